//! `conversations.*` about the channels themselves: list, info, members, join, open. What was said is in `history`.

use serde_json::{Value, json};

use super::page;
use crate::answer::{Outcome, Refusal, refuse, reply};
use crate::args::Args;
use crate::state::Channel;
use crate::workspace::Workspace;

const MOST: usize = 999;

/// <https://docs.slack.dev/reference/methods/conversations.list>
pub(crate) fn list(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let types = match args.list("types") {
        types if types.is_empty() => vec!["public_channel".to_owned()],
        types => types,
    };
    if types.iter().any(|kind| !matches!(kind.as_str(), "public_channel" | "private_channel" | "im" | "mpim"))
    {
        return Err(refuse("invalid_types"));
    }
    for kind in &types {
        let scope = read_scope(kind);
        if !workspace.has_scope(scope) {
            return Err(workspace.missing_scope(&[scope]));
        }
    }
    let limit = match args.text("limit") {
        None => 100,
        Some(_) => {
            args.whole("limit").filter(|n| (1..=1_000).contains(n)).ok_or_else(|| refuse("invalid_limit"))?
        }
    };
    let bot = workspace.bot_user();
    let channels: Vec<Value> = workspace
        .state
        .channels
        .values()
        .filter(|c| types.iter().any(|kind| kind == kind_of(c)))
        .filter(|c| c.members.contains(bot) || kind_of(c) == "public_channel")
        .filter(|c| !(c.archived && args.flag("exclude_archived")))
        .map(|c| workspace.channel_json(c))
        .collect();
    let (channels, next) =
        page(channels, args.text("cursor").as_deref(), limit).map_err(|_| refuse("invalid_cursor"))?;
    reply([("channels", channels.into()), ("response_metadata", json!({ "next_cursor": next }))])
}

/// <https://docs.slack.dev/reference/methods/conversations.info>
pub(crate) fn info(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let channel = visible(workspace, args)?;
    let mut json = workspace.channel_json(channel);
    if args.flag("include_num_members")
        && let Value::Object(fields) = &mut json
    {
        fields.insert("num_members".into(), channel.members.len().into());
    }
    reply([("channel", json)])
}

/// <https://docs.slack.dev/reference/methods/conversations.members>
pub(crate) fn members(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let members: Vec<Value> = visible(workspace, args)?.members.iter().map(|m| m.as_str().into()).collect();
    let limit = args.whole("limit").unwrap_or(100).clamp(1, MOST);
    let (members, next) =
        page(members, args.text("cursor").as_deref(), limit).map_err(|_| refuse("invalid_cursor"))?;
    reply([("members", members.into()), ("response_metadata", json!({ "next_cursor": next }))])
}

/// <https://docs.slack.dev/reference/methods/conversations.join>
pub(crate) fn join(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let bot = workspace.bot_user().to_owned();
    let id = args.text("channel").unwrap_or_default();
    let channel = workspace.channel_mut(&id).ok_or_else(|| refuse("channel_not_found"))?;
    if channel.is_im() || channel.is_private {
        return Err(refuse("method_not_supported_for_channel_type"));
    }
    if channel.archived {
        return Err(refuse("is_archived"));
    }
    let joined = channel.members.insert(bot);
    let json = workspace.channel(&id).map(|c| workspace.channel_json(c));
    let mut fields = reply([("channel", json.into())])?;
    if !joined {
        fields.insert("warning".into(), "already_in_channel".into());
        fields.insert("response_metadata".into(), json!({ "warnings": ["already_in_channel"] }));
    }
    Ok(fields)
}

/// Direct conversations only: one person and the bot. <https://docs.slack.dev/reference/methods/conversations.open>
pub(crate) fn open(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let before = workspace.state.channels.len();
    let id = match args.text("channel") {
        Some(id) if workspace.channel(&id).is_some_and(Channel::is_im) => id,
        Some(_) => return Err(refuse("channel_not_found")),
        None => {
            let users = args.list("users");
            let [user] = users.as_slice() else {
                return Err(refuse(if users.is_empty() {
                    "users_list_not_supplied"
                } else {
                    "user_not_found"
                }));
            };
            match workspace.state.users.get(user) {
                None => return Err(refuse("user_not_found")),
                Some(person) if person.is_bot => return Err(refuse("invalid_user_combination")),
                Some(person) if person.deleted => return Err(refuse("user_disabled")),
                Some(_) => workspace.direct_with(user, now),
            }
        }
    };
    let channel = workspace.channel(&id).map(|c| workspace.channel_json(c));
    let channel = if args.flag("return_im") { channel.into() } else { json!({ "id": id }) };
    let mut fields = reply([("channel", channel)])?;
    if workspace.state.channels.len() == before {
        fields.insert("no_op".into(), true.into());
        fields.insert("already_open".into(), true.into());
    }
    Ok(fields)
}

/// The channel of the call, if the bot may see it and the token has the scope for its kind.
fn visible<'a>(workspace: &'a Workspace, args: &Args) -> Result<&'a Channel, Refusal> {
    let id = args.text("channel").unwrap_or_default();
    let channel = workspace.channel(&id).ok_or_else(|| refuse("channel_not_found"))?;
    let scope = read_scope(kind_of(channel));
    if !workspace.has_scope(scope) {
        return Err(workspace.missing_scope(&[scope]));
    }
    if channel.is_private && !channel.members.contains(workspace.bot_user()) {
        return Err(refuse("channel_not_found"));
    }
    Ok(channel)
}

const fn kind_of(channel: &Channel) -> &'static str {
    match (channel.is_im(), channel.is_private) {
        (true, _) => "im",
        (false, true) => "private_channel",
        (false, false) => "public_channel",
    }
}

fn read_scope(kind: &str) -> &'static str {
    match kind {
        "im" => "im:read",
        "mpim" => "mpim:read",
        "private_channel" => "groups:read",
        _ => "channels:read",
    }
}

impl Workspace {
    /// A channel as the API shows it.
    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        if let Some(user) = &channel.im_user {
            return json!({
                "id": channel.id, "created": channel.created, "is_im": true, "is_org_shared": false, "user": user,
                "is_archived": channel.archived, "is_user_deleted": false, "is_open": true, "priority": 0,
            });
        }
        json!({
            "id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": channel.created,
            "is_channel": !channel.is_private, "is_group": channel.is_private, "is_im": false, "is_mpim": false,
            "is_private": channel.is_private, "is_archived": channel.archived, "is_general": channel.name == "general",
            "is_shared": false, "is_ext_shared": false, "is_org_shared": false, "is_pending_ext_shared": false,
            "pending_shared": [], "unlinked": 0, "previous_names": [],
            "context_team_id": self.settings.team_id, "shared_team_ids": [self.settings.team_id],
            "creator": self.settings.users.first().map(|person| &person.id),
            "is_member": channel.members.contains(self.bot_user()), "num_members": channel.members.len(),
            "topic": { "value": channel.topic, "creator": "", "last_set": 0 },
            "purpose": { "value": channel.topic, "creator": "", "last_set": 0 },
        })
    }
}
