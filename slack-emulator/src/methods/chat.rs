//! `chat.*`: posting, changing and removing messages, as the bot.

use serde_json::{Map, Value, json};

use super::content::{Content, Limits};
use crate::answer::{Outcome, Refusal, refuse, reply};
use crate::args::Args;
use crate::messages::Draft;
use crate::workspace::Workspace;

const POST: Limits = Limits {
    text: None,
    text_too_long: "msg_blocks_too_long",
    blocks_too_long: "msg_blocks_too_long",
    bad_attachments: None,
    metadata: true,
};
const UPDATE: Limits = Limits {
    text: Some(4_000),
    text_too_long: "msg_too_long",
    blocks_too_long: "msg_too_long",
    bad_attachments: Some("invalid_attachments"),
    metadata: true,
};
const EPHEMERAL: Limits = Limits { text: Some(40_000), metadata: false, ..UPDATE };

/// <https://docs.slack.dev/reference/methods/chat.postMessage>
pub(crate) fn post_message(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let channel = where_to_post(workspace, args, now)?;
    let content = Content::read(workspace, args, POST, now)?;
    let warnings = content.warnings.clone();
    let draft = Draft {
        thread_ts: thread_root(workspace, &channel, args)?,
        broadcast: args.flag("reply_broadcast"),
        ..draft(workspace, content, args)
    };
    let ts = workspace.post(&channel, draft, now);
    let message = workspace.message(&channel, &ts).map(|m| workspace.message_json(&channel, m, true));
    let mut fields = reply([("channel", channel.into()), ("ts", ts.into()), ("message", message.into())])?;
    warn(&mut fields, &warnings);
    Ok(fields)
}

/// <https://docs.slack.dev/reference/methods/chat.postEphemeral>
pub(crate) fn post_ephemeral(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let channel = where_to_post(workspace, args, now)?;
    let user = args.text("user").unwrap_or_default();
    if !workspace.channel(&channel).is_some_and(|c| c.members.contains(&user)) {
        return Err(refuse("user_not_in_channel"));
    }
    let content = Content::read(workspace, args, EPHEMERAL, now)?;
    let draft = Draft {
        thread_ts: thread_root(workspace, &channel, args)?,
        only_for: Some(user),
        ..draft(workspace, content, args)
    };
    let ts = workspace.post(&channel, draft, now);
    reply([("message_ts", ts.into())])
}

/// <https://docs.slack.dev/reference/methods/chat.update>
pub(crate) fn update(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let (channel, ts) = own_message(workspace, args, "cant_update_message")?;
    if workspace.channel(&channel).is_some_and(|c| c.archived) {
        return Err(refuse("is_inactive"));
    }
    let content = Content::read(workspace, args, UPDATE, now)?;
    let text = content.text.clone().unwrap_or_default();
    workspace.edit(&channel, &ts, content, now);
    let message = workspace.message(&channel, &ts).map(|m| workspace.message_json(&channel, m, true));
    reply([
        ("channel", channel.into()),
        ("ts", ts.into()),
        ("text", text.into()),
        ("message", message.into()),
    ])
}

/// <https://docs.slack.dev/reference/methods/chat.delete>
pub(crate) fn delete(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let (channel, ts) = own_message(workspace, args, "cant_delete_message")?;
    workspace.remove(&channel, &ts, now);
    reply([("channel", channel.into()), ("ts", ts.into())])
}

/// <https://docs.slack.dev/reference/methods/chat.getPermalink>
pub(crate) fn permalink(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let channel = named(workspace, args)?;
    let ts = args.text("message_ts").unwrap_or_default();
    let message = workspace.message(&channel, &ts).filter(|m| m.only_for.is_none());
    let message = message.ok_or_else(|| refuse("message_not_found"))?;
    let permalink = workspace.permalink(&channel, message);
    reply([("permalink", permalink.into()), ("channel", channel.into())])
}

fn named(workspace: &Workspace, args: &Args) -> Result<String, Refusal> {
    let name = args.text("channel").unwrap_or_default();
    workspace.channel_named(&name).map(|c| c.id.clone()).ok_or_else(|| refuse("channel_not_found"))
}

/// The channel of a post; a user id means the direct conversation with that person.
fn where_to_post(workspace: &mut Workspace, args: &Args, now: i64) -> Result<String, Refusal> {
    let name = args.text("channel").unwrap_or_default();
    if workspace.state.users.get(&name).is_some_and(|person| !person.is_bot) {
        return Ok(workspace.direct_with(&name, now));
    }
    let id = named(workspace, args)?;
    let bot = workspace.bot_user();
    let channel = workspace.channel(&id).ok_or_else(|| refuse("channel_not_found"))?;
    let inside = channel.members.contains(bot);
    if channel.is_private && !inside {
        return Err(refuse("channel_not_found"));
    }
    if channel.archived {
        return Err(refuse("is_archived"));
    }
    if !inside && !workspace.has_scope("chat:write.public") {
        return Err(refuse("not_in_channel"));
    }
    Ok(id)
}

/// The root of the thread that `thread_ts` names; a reply's ts leads to its root.
fn thread_root(workspace: &Workspace, channel: &str, args: &Args) -> Result<Option<String>, Refusal> {
    let Some(ts) = args.text("thread_ts") else { return Ok(None) };
    match workspace.message(channel, &ts) {
        Some(message) if message.only_for.is_none() => Ok(Some(message.thread_ts.clone().unwrap_or(ts))),
        _ => Err(refuse("cannot_reply_to_message")),
    }
}

fn own_message(
    workspace: &Workspace,
    args: &Args,
    not_own: &'static str,
) -> Result<(String, String), Refusal> {
    let channel = named(workspace, args)?;
    let ts = args.text("ts").unwrap_or_default();
    let message = workspace.message(&channel, &ts).filter(|m| m.only_for.is_none());
    let message = message.ok_or_else(|| refuse("message_not_found"))?;
    if !workspace.is_bot(&message.user) {
        return Err(Refusal { code: not_own, more: Map::new() });
    }
    Ok((channel, ts))
}

fn draft(workspace: &Workspace, content: Content, args: &Args) -> Draft {
    let mut text = content.text.unwrap_or_default();
    if args.flag("link_names") || args.text("parse").as_deref() == Some("full") {
        text = workspace.link_names(&text);
    }
    Draft {
        user: workspace.bot_user().to_owned(),
        username: args.text("username").filter(|_| workspace.has_scope("chat:write.customize")),
        text,
        blocks: content.blocks.unwrap_or_default(),
        attachments: content.attachments.unwrap_or_default(),
        metadata: content.metadata.filter(|metadata| metadata.as_object().is_some_and(|m| !m.is_empty())),
        client_msg_id: args.text("client_msg_id"),
        ..Draft::default()
    }
}

fn warn(fields: &mut Map<String, Value>, warnings: &[&str]) {
    if !warnings.is_empty() {
        fields.insert("warning".into(), warnings.join(",").into());
        fields.insert("response_metadata".into(), json!({ "warnings": warnings }));
    }
}
