//! Every sentence that a person reads, one function each, by the rules of STYLE.md: what happened first, then who and when,
//! then what to do next; short enough for a phone.
//!
//! - `card`: the lines of an incident's message
//! - `line`: what stands in its thread and its timeline
//! - `answer`: what a person is told who pressed or typed something
//! - `chart`: what a chart says, and how much is how much
//! - `connect`: how to connect a source
//! - `doctor`: what is well with an installation, and what is not
//! - `report`: what a report says
//! - `page`: headings and lines of the forms and pages that open
//!
//! No block layout and no decision may enter: words in, words out.

use jiff::{SignedDuration, Timestamp};

use crate::core::incident::{Actor, State};
use crate::core::signal::Severity;
use crate::slack::escape::Mrkdwn;

pub mod answer;
pub mod card;
pub mod chart;
pub mod connect;
pub mod doctor;
pub mod line;
pub mod page;
pub mod report;

/// Who did it.
pub fn who(actor: &Actor) -> Mrkdwn {
    match actor {
        Actor::Person { id } => Mrkdwn::user(id),
        Actor::Source { name } => Mrkdwn::escape(name),
        Actor::Callboard => Mrkdwn::ours("Callboard"),
    }
}

/// When it was, in the reader's own time zone: only the time today, with the day otherwise.
pub fn when(at: Timestamp) -> Mrkdwn {
    Mrkdwn::time(at, "{date_short_pretty} {time}")
}

/// How long it took, in the two largest units: `45 s`, `7 min`, `2 h 5 min`, `3 d 4 h`.
pub fn how_long(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let two = |large: i64, unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{large} {unit}"),
        _ => format!("{large} {unit} {small} {small_unit}"),
    };
    match () {
        () if days > 0 => two(days, "d", hours % 24, "h"),
        () if hours > 0 => two(hours, "h", minutes % 60, "min"),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    }
}

/// The state as the first word of a notification, which is all that a phone may show.
pub fn headline(state: &State) -> &'static str {
    match state {
        State::Notice => "",
        State::Firing => "FIRING",
        State::Acknowledged { .. } => "ACKNOWLEDGED",
        State::Resolved { .. } => "RESOLVED",
    }
}

/// The sign before a title: how bad it is while it lasts, and a tick when it is over.
pub fn sign(state: &State, severity: Severity) -> Mrkdwn {
    Mrkdwn::ours(match (state, severity) {
        (State::Resolved { .. }, _) => ":white_check_mark:",
        (State::Acknowledged { .. }, _) => ":eyes:",
        (_, Severity::Critical) => ":rotating_light:",
        (_, Severity::Error) => ":red_circle:",
        (_, Severity::Warning) => ":large_yellow_circle:",
        (_, Severity::Info) => ":large_blue_circle:",
    })
}

/// `1 incident`, `2 incidents`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
