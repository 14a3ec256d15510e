//! `reactions.*`: the bot's own emoji on messages. People's reactions come through `people`; both change the same list.

use serde_json::{Value, json};

use crate::answer::{Outcome, Refusal, refuse, reply};
use crate::args::Args;
use crate::workspace::Workspace;

/// Distinct emoji on one message. <https://docs.slack.dev/reference/methods/reactions.add>
const DISTINCT: usize = 50;

/// <https://docs.slack.dev/reference/methods/reactions.add>
pub(crate) fn add(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let (channel, ts) = item(workspace, args)?;
    let name = name(args)?;
    if workspace.channel(&channel).is_some_and(|c| c.archived) {
        return Err(refuse("is_archived"));
    }
    let distinct = workspace.message(&channel, &ts).map_or(0, |m| m.reactions.len());
    if distinct >= DISTINCT {
        return Err(refuse("too_many_emoji"));
    }
    let bot = workspace.bot_user().to_owned();
    if !workspace.react(&channel, &ts, &bot, &name, now) {
        return Err(refuse("already_reacted"));
    }
    reply([])
}

/// <https://docs.slack.dev/reference/methods/reactions.remove>
pub(crate) fn remove(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let (channel, ts) = item(workspace, args)?;
    let name = name(args)?;
    let bot = workspace.bot_user().to_owned();
    if !workspace.unreact(&channel, &ts, &bot, &name, now) {
        return Err(refuse("no_reaction"));
    }
    reply([])
}

/// <https://docs.slack.dev/reference/methods/reactions.get>
pub(crate) fn get(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let (channel, ts) = item(workspace, args)?;
    let message = workspace.message(&channel, &ts).ok_or_else(|| refuse("message_not_found"))?;
    let mut json = workspace.message_json(&channel, message, false);
    if let Value::Object(fields) = &mut json {
        fields.insert("permalink".into(), workspace.permalink(&channel, message).into());
    }
    reply([("type", json!("message")), ("message", json), ("channel", channel.into())])
}

fn name(args: &Args) -> Result<String, Refusal> {
    let name = args.text("name").unwrap_or_default();
    let bare = name.trim_matches(':');
    let known = !bare.is_empty()
        && bare.len() <= 100
        && bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '\'' | ':'));
    if known { Ok(bare.to_owned()) } else { Err(refuse("invalid_name")) }
}

fn item(workspace: &Workspace, args: &Args) -> Result<(String, String), Refusal> {
    let (Some(channel), Some(ts)) = (args.text("channel"), args.text("timestamp")) else {
        return Err(refuse("no_item_specified"));
    };
    let channel = workspace.channel(&channel).ok_or_else(|| refuse("channel_not_found"))?;
    if !ts.contains('.') || !ts.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(refuse("bad_timestamp"));
    }
    let seen = channel.messages.get(&ts).is_some_and(|m| m.only_for.is_none());
    if seen { Ok((channel.id.clone(), ts)) } else { Err(refuse("message_not_found")) }
}
