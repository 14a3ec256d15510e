//! Which single Slack call brings what is shown nearer to what is wanted: `plan` subtracts what is recorded as shown from
//! what the card wants, and gives a step, a reason, or a time to look again.
//!
//! It decides the same whatever woke the courier. An effect whose outcome is not known is looked for before it is tried
//! again, and a channel is never posted to faster than Slack allows.

use jiff::{SignedDuration, Timestamp};

use super::incident::{Effect, Entry, Post};

/// The most calls per channel: one message a second (<https://docs.slack.dev/apis/web-api/rate-limits>).
pub const POST_INTERVAL: SignedDuration = SignedDuration::from_secs(1);

/// When to look for a message whose answer was lost, counted from the try; after the last look in vain it is posted again.
const LOOKS: [SignedDuration; 2] = [SignedDuration::from_secs(3), SignedDuration::from_secs(30)];

/// What the courier should do for one post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One Slack call, if one is due now.
    pub step: Option<Step>,
    /// Why, for the log and the tests.
    pub reason: Reason,
    /// When to plan again, if something is wanted that may not be done yet.
    pub wake_at: Option<Timestamp>,
}

impl Step {
    /// One word for it, for metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Step::Post => "post",
            Step::Find { .. } => "find",
            Step::Edit { .. } => "edit",
            Step::Line { .. } => "line",
            Step::FindLine { .. } => "find line",
        }
    }
}

/// One Slack call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Post the root message.
    Post,
    /// Look for the root message by our key in its metadata.
    Find {
        /// When it was first tried.
        tried_at: Timestamp,
    },
    /// Edit the root message.
    Edit {
        /// Which.
        ts: String,
    },
    /// Post the thread line of a timeline entry.
    Line {
        /// The entry's id.
        entry: String,
        /// The thread.
        thread_ts: String,
    },
    /// Look for that line.
    FindLine {
        /// The entry's id.
        entry: String,
        /// The thread.
        thread_ts: String,
        /// When it was first tried.
        tried_at: Timestamp,
    },
}

/// Why a plan is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is no message yet.
    NotPosted,
    /// A try had no known outcome.
    OutcomeUnknown,
    /// The message says something else.
    ContentChanged,
    /// A line is missing in the thread.
    LineMissing,
    /// Slack asked to wait, or the channel had a message less than a second ago.
    TooSoon,
    /// After a failure.
    BackingOff,
    /// Slack shows what is wanted.
    UpToDate,
}

/// The earliest times of the next calls in a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Of the next `chat.postMessage`.
    pub post: Option<Timestamp>,
    /// Of the next `chat.update`.
    pub update: Option<Timestamp>,
    /// Of the next look (`conversations.history` and `.replies`).
    pub find: Option<Timestamp>,
}

/// Plans the next step for one post (`now`: our clock). `wanted` is the card's content hash.
pub fn plan(wanted: u64, post: &Post, timeline: &[Entry], pace: Pace, now: Timestamp) -> Plan {
    if let Some(at) = post.next_at.filter(|at| *at > now) {
        return wait(at, Reason::BackingOff);
    }
    match &post.root {
        Effect::Wanted => paced(Step::Post, Reason::NotPosted, pace.post, now),
        Effect::Started { at, first, looked } => match look_at(*at, *looked) {
            Some(due) if due > now => wait(due, Reason::OutcomeUnknown),
            Some(_) => paced(Step::Find { tried_at: *first }, Reason::OutcomeUnknown, pace.find, now),
            None => paced(Step::Post, Reason::NotPosted, pace.post, now),
        },
        Effect::Dropped { .. } => nothing(),
        Effect::Done { ts } if post.shown != Some(wanted) => {
            paced(Step::Edit { ts: ts.clone() }, Reason::ContentChanged, pace.update, now)
        }
        Effect::Done { ts } => line(post, ts, timeline, pace, now),
    }
}

fn line(post: &Post, thread_ts: &str, timeline: &[Entry], pace: Pace, now: Timestamp) -> Plan {
    let lines = timeline.iter().flat_map(|entry| entry.lines.iter().map(move |line| (&entry.id, line)));
    let mut open = lines.filter(|(_, line)| line.channel == post.channel).filter_map(|(entry, line)| {
        let (entry, thread_ts) = (entry.clone(), thread_ts.to_owned());
        match &line.effect {
            Effect::Wanted => {
                Some(paced(Step::Line { entry, thread_ts }, Reason::LineMissing, pace.post, now))
            }
            Effect::Started { at, first, looked } => Some(match look_at(*at, *looked) {
                Some(due) if due > now => wait(due, Reason::OutcomeUnknown),
                Some(_) => {
                    let find = Step::FindLine { entry, thread_ts, tried_at: *first };
                    paced(find, Reason::OutcomeUnknown, pace.find, now)
                }
                None => paced(Step::Line { entry, thread_ts }, Reason::LineMissing, pace.post, now),
            }),
            Effect::Done { .. } | Effect::Dropped { .. } => None,
        }
    });
    // Lines come in the timeline's order, so the first that is open holds back the rest.
    open.next().unwrap_or_else(nothing)
}

fn look_at(tried_at: Timestamp, looked: u32) -> Option<Timestamp> {
    let after = LOOKS.get(usize::try_from(looked).ok()?)?;
    tried_at.checked_add(*after).ok()
}

fn paced(step: Step, reason: Reason, not_before: Option<Timestamp>, now: Timestamp) -> Plan {
    match not_before {
        Some(at) if at > now => wait(at, Reason::TooSoon),
        _ => Plan { step: Some(step), reason, wake_at: None },
    }
}

fn wait(at: Timestamp, reason: Reason) -> Plan {
    Plan { step: None, reason, wake_at: Some(at) }
}

fn nothing() -> Plan {
    Plan { step: None, reason: Reason::UpToDate, wake_at: None }
}

#[cfg(test)]
mod tests;
