//! What is measured, each with one function here and nowhere else: an event under [`TARGET`] whose numbers are measures and whose
//! words are dimensions. In Lambda it becomes a CloudWatch metric (`lambda::metrics`); on the laptop nobody listens.
//!
//! Every combination of words is a metric that costs money, so a word comes from a short list: no ids, no names from outside.
//! Nothing is measured while nothing happens.

use jiff::SignedDuration;

use crate::sources::Sources;

/// Under which target a measure is an event. Its level is `INFO`.
pub const TARGET: &str = "callboard::metrics";

/// How a source is called that has no mapping: its name comes from outside.
const OTHER: &str = "other";

/// How a name of a measure ends that is a time, in milliseconds; any other is a count.
pub const TIME: &str = "Time";

/// What became of signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A notification was refused at the door.
    Refused,
    /// It is in an incident and on record.
    Recorded,
    /// Its delivery was handled before.
    Repeated,
    /// It could not be recorded and goes back to the queue.
    PutBack,
}

/// Signals by source and outcome; at the door, notifications.
pub fn signals(sources: &Sources, source: &str, taken: Taken, count: usize) {
    let source = if sources.get(source).is_some() { source } else { OTHER };
    let outcome = match taken {
        Taken::Refused => "refused",
        Taken::Recorded => "recorded",
        Taken::Repeated => "repeated",
        Taken::PutBack => "put back",
    };
    if count > 0 {
        tracing::info!(target: TARGET, Signals = count, Source = source, Outcome = outcome);
    }
}

/// From the door until a signal is on record.
pub fn recorded_after(time: SignedDuration) {
    tracing::info!(target: TARGET, RecordTime = milliseconds(time));
}

/// From the record of an incident's first signal until its message is in Slack.
pub fn posted_after(time: SignedDuration) {
    tracing::info!(target: TARGET, Posts = 1, PostTime = milliseconds(time));
}

/// One step of the courier and its outcome, each named as in `core`.
pub fn step(step: &'static str, outcome: &'static str) {
    tracing::info!(target: TARGET, Steps = 1, Step = step, Outcome = outcome);
}

/// Slack asked us to wait (429).
pub fn rate_limited(method: &'static str) {
    tracing::info!(target: TARGET, RateLimits = 1, Method = method);
}

/// Posts that the sweep found behind.
pub fn behind(posts: usize) {
    if posts > 0 {
        tracing::info!(target: TARGET, PostsBehind = posts);
    }
}

/// How late something that was due is carried out.
pub fn due_lag(time: SignedDuration) {
    tracing::info!(target: TARGET, DueLagTime = milliseconds(time));
}

fn milliseconds(time: SignedDuration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or_default()
}
