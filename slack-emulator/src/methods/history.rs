//! `conversations.history` and `conversations.replies`: what was said. Ephemeral messages are never part of it, and the
//! payload of metadata only if it is asked for. <https://docs.slack.dev/messaging/message-metadata>

use serde_json::{Value, json};

use super::page;
use crate::answer::{Outcome, Refusal, refuse, reply};
use crate::args::Args;
use crate::state::{Channel, Message};
use crate::workspace::Workspace;

const MOST: usize = 999;

/// Newest first. <https://docs.slack.dev/reference/methods/conversations.history>
pub(crate) fn history(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let channel = readable(workspace, args)?;
    if !channel.members.contains(workspace.bot_user()) {
        return Err(refuse("not_in_channel"));
    }
    let span = Span::read(args)?;
    let found: Vec<Value> = channel
        .roots()
        .rev()
        .filter(|m| m.only_for.is_none() && span.holds(&m.ts))
        .map(|m| workspace.message_json(&channel.id, m, args.flag("include_all_metadata")))
        .collect();
    answer(args, found, 100)
}

/// The root, then the replies, oldest first. <https://docs.slack.dev/reference/methods/conversations.replies>
pub(crate) fn replies(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let channel = readable(workspace, args)?;
    let ts = args.text("ts").unwrap_or_default();
    let asked = channel.messages.get(&ts).filter(|m| m.only_for.is_none());
    let asked = asked.ok_or_else(|| refuse("thread_not_found"))?;
    let root = asked.thread_ts.as_deref().unwrap_or(&ts);
    let span = Span::read(args)?;
    let in_span = |message: &&Message| span.holds(&message.ts);
    let found: Vec<Value> = channel
        .messages
        .get(root)
        .into_iter()
        .chain(channel.replies(root).filter(in_span))
        .map(|m| workspace.message_json(&channel.id, m, args.flag("include_all_metadata")))
        .collect();
    answer(args, found, 1_000)
}

fn answer(args: &Args, found: Vec<Value>, limit: usize) -> Outcome {
    let limit = args.whole("limit").unwrap_or(limit).clamp(1, MOST.max(limit));
    let (messages, next) =
        page(found, args.text("cursor").as_deref(), limit).map_err(|_| refuse("invalid_cursor"))?;
    let mut fields = reply([
        ("messages", messages.into()),
        ("has_more", (!next.is_empty()).into()),
        ("pin_count", json!(0)),
    ])?;
    if !next.is_empty() {
        fields.insert("response_metadata".into(), json!({ "next_cursor": next }));
    }
    Ok(fields)
}

fn readable<'a>(workspace: &'a Workspace, args: &Args) -> Result<&'a Channel, Refusal> {
    let id = args.text("channel").unwrap_or_default();
    let channel = workspace.channel(&id).ok_or_else(|| refuse("channel_not_found"))?;
    let scope = match (channel.is_im(), channel.is_private) {
        (true, _) => "im:history",
        (false, true) => "groups:history",
        (false, false) => "channels:history",
    };
    if !workspace.has_scope(scope) {
        return Err(workspace.missing_scope(&[scope]));
    }
    if channel.is_private && !channel.members.contains(workspace.bot_user()) {
        return Err(refuse("channel_not_found"));
    }
    Ok(channel)
}

/// Which ts are asked for, in microseconds.
struct Span {
    oldest: Option<i64>,
    latest: Option<i64>,
    inclusive: bool,
}

impl Span {
    fn read(args: &Args) -> Result<Self, Refusal> {
        Ok(Self {
            oldest: bound(args, "oldest").map_err(|_| refuse("invalid_ts_oldest"))?,
            latest: bound(args, "latest").map_err(|_| refuse("invalid_ts_latest"))?,
            inclusive: args.flag("inclusive"),
        })
    }

    fn holds(&self, ts: &str) -> bool {
        let Some(at) = microseconds(ts) else { return false };
        let inside = |edge: Option<i64>, before: bool| match edge {
            Some(edge) if edge == at => self.inclusive,
            Some(edge) => (at < edge) == before,
            None => true,
        };
        inside(self.oldest, false) && inside(self.latest, true)
    }
}

fn bound(args: &Args, name: &str) -> Result<Option<i64>, NotTs> {
    match args.text(name) {
        None => Ok(None),
        Some(text) if matches!(text.as_str(), "0" | "now") => Ok(None),
        Some(text) => microseconds(&text).map(Some).ok_or(NotTs),
    }
}

struct NotTs;

/// `1700000000.000100`, or whole or fractional seconds, as microseconds.
fn microseconds(ts: &str) -> Option<i64> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, ""));
    if fraction.len() > 6 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_count_only_if_inclusive() {
        let span = |inclusive| Span { oldest: Some(1_000_000), latest: Some(3_000_000), inclusive };
        let held =
            |inclusive| ["0.9", "1.0", "2", "3.000000", "3.000001"].map(|ts| span(inclusive).holds(ts));
        assert_eq!(held(false), [false, false, true, false, false]);
        assert_eq!(held(true), [false, true, true, true, false]);
    }

    #[test]
    fn what_is_no_ts_is_refused() {
        for text in ["", "x", "1.x", "1.0000001", "99999999999999999999"] {
            assert_eq!(microseconds(text), None, "{text}");
        }
    }
}
