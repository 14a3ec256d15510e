//! The sentences that a script is made of.
//!
//! ```text
//! send cloudwatch/alarm.json [now] [twice | N times]   a payload of events/, as it is or as if it happened now
//! post my-script {"title": "Disk full"}                the rest of the line, to the hook of that source
//! drain                                                all work that is due
//! advance 15m                                          time passes, minute by minute
//! outage of 3h                                         time passes, and nothing of ours runs
//! show #alerts                                         the channel, as people read it
//! show views of ana                                    the forms and pages on her screen
//! incidents                                            what is stored, one line each
//! calls chat.postMessage                               how often Slack was asked
//! ana presses Acknowledge in #alerts                   a button of the newest message
//! ana chooses "Add note" in #alerts                    a line of its menu
//! ana fills in "Restarted"                             the open form
//! ana closes the form
//! ana types "/ops status" in #ops                      a slash command
//! ana reacts :eyes: in #alerts                         and `unreacts`
//! ana replies "On it" in #alerts                       in the newest message's thread
//! ana deletes the message in #alerts
//! slack fails chat.postMessage drop_after [twice | N times]
//! slack is down, slack is up
//! slack archives #alerts, slack unarchives #alerts
//! # a remark
//! ```

use jiff::SignedDuration;
use slack_emulator::FaultKind;

use crate::Trouble;

/// One line, understood.
#[derive(Debug)]
pub(super) enum Line {
    Send { file: String, now: bool, times: u32 },
    Post { source: String, body: String },
    Drain,
    Advance(SignedDuration),
    Outage(SignedDuration),
    Show(String),
    ShowViews { who: String },
    Incidents,
    Calls(String),
    Press { who: String, label: String, channel: String },
    Choose { who: String, label: String, channel: String },
    Type { who: String, text: String, channel: String },
    React { who: String, emoji: String, channel: String, on: bool },
    Reply { who: String, text: String, channel: String },
    Fill { who: String, text: String },
    Close { who: String },
    Delete { who: String, channel: String },
    Archive { channel: String, archived: bool },
    SlackFails { method: Option<String>, kind: FaultKind, times: u32 },
    SlackDown,
    SlackUp,
}

/// Reads a line; `None` for an empty one and a remark.
pub(super) fn read(line: &str) -> Result<Option<Line>, Trouble> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if let Some((source, body)) = line.strip_prefix("post ").and_then(|rest| rest.trim().split_once(' ')) {
        return Ok(Some(Line::Post { source: source.to_owned(), body: body.trim().to_owned() }));
    }
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let text = |word: &str| word.to_owned();
    let understood = match words.as_slice() {
        ["send", file, "now", rest @ ..] => Line::Send { file: text(file), now: true, times: times(rest)? },
        ["send", file, rest @ ..] => Line::Send { file: text(file), now: false, times: times(rest)? },
        ["drain"] => Line::Drain,
        ["advance", by] => Line::Advance(duration(by)?),
        ["outage", "of", of] => Line::Outage(duration(of)?),
        ["show", "views", "of", who] => Line::ShowViews { who: text(who) },
        ["show", channel] => Line::Show(text(channel)),
        ["incidents"] => Line::Incidents,
        ["calls", method] => Line::Calls(text(method)),
        ["slack", "is", "down"] => Line::SlackDown,
        ["slack", "is", "up"] => Line::SlackUp,
        ["slack", "archives", channel] => Line::Archive { channel: text(channel), archived: true },
        ["slack", "unarchives", channel] => Line::Archive { channel: text(channel), archived: false },
        ["slack", "fails", method, fault, rest @ ..] => {
            let method = (*method != "everything").then(|| text(method));
            Line::SlackFails { method, kind: kind(fault)?, times: times(rest)? }
        }
        [who, "presses", label, "in", channel] => {
            Line::Press { who: text(who), label: text(label), channel: text(channel) }
        }
        [who, "chooses", label, "in", channel] => {
            Line::Choose { who: text(who), label: text(label), channel: text(channel) }
        }
        [who, "types", typed, "in", channel] => {
            Line::Type { who: text(who), text: text(typed), channel: text(channel) }
        }
        [who, "reacts", emoji, "in", channel] => {
            Line::React { who: text(who), emoji: text(emoji), channel: text(channel), on: true }
        }
        [who, "unreacts", emoji, "in", channel] => {
            Line::React { who: text(who), emoji: text(emoji), channel: text(channel), on: false }
        }
        [who, "replies", reply, "in", channel] => {
            Line::Reply { who: text(who), text: text(reply), channel: text(channel) }
        }
        [who, "fills", "in", typed] => Line::Fill { who: text(who), text: text(typed) },
        [who, "closes", "the", "form"] => Line::Close { who: text(who) },
        [who, "deletes", "the", "message", "in", channel] => {
            Line::Delete { who: text(who), channel: text(channel) }
        }
        _ => {
            return Err(Trouble(
                "this is no sentence that a script can have (see docs/laptop.md)".to_owned(),
            ));
        }
    };
    Ok(Some(understood))
}

/// The `action_id` of the button that says this.
pub(super) fn action(label: &str) -> String {
    match label {
        "Acknowledge" => "ack",
        "Unacknowledge" => "unack",
        other => return other.to_lowercase(),
    }
    .to_owned()
}

/// Words, where what stands in double quotes is one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (position, part) in line.split('"').enumerate() {
        if position % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn times(words: &[&str]) -> Result<u32, Trouble> {
    match words {
        [] => Ok(1),
        ["twice"] => Ok(2),
        [number, "times"] => number.parse().map_err(|_| Trouble(format!("\"{number}\" is no number"))),
        other => Err(Trouble(format!("\"{}\" is not how often: say `twice` or `5 times`", other.join(" ")))),
    }
}

fn duration(word: &str) -> Result<SignedDuration, Trouble> {
    word.parse().map_err(|error| Trouble::because("say how long as in `15m`, `2h`", error))
}

fn kind(name: &str) -> Result<FaultKind, Trouble> {
    let (name, number) = name.split_once('=').unwrap_or((name, ""));
    let number = number.parse().ok();
    Ok(match name {
        "drop_before" => FaultKind::DropBefore,
        "drop_after" => FaultKind::DropAfter,
        "status" => FaultKind::Status { status: number.unwrap_or(503) },
        "fatal_error_after_storing" => FaultKind::FatalErrorAfterStoring,
        "internal_error" => FaultKind::InternalError,
        "rate_limited" => FaultKind::RateLimited { retry_after: number.unwrap_or(30).into() },
        code => FaultKind::Error { code: code.to_owned() },
    })
}
