//! What the outcome of a step means for a post: `started` before the call and `record` after it fold it into the incident,
//! and say when to go on. The other half of `plan`; together they are the courier's whole mind.
//!
//! An outcome is named by what is known of the effect: it happened, it surely did not, or nobody knows. Only the second is
//! tried again blindly. A failure never stops the channel for long: after the second one the post gets a time of its own.

use jiff::{SignedDuration, Timestamp};

use super::incident::{Actor, CANNOT_LOOK, Effect, Entry, Incident, Line, Moved, Post, What, entry_id};
use super::plan::Step;

/// What became of one Slack call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Slack took the message, or it was found.
    Posted {
        /// The channel's id.
        channel_id: String,
        /// The message's identity.
        ts: String,
    },
    /// Slack shows the edit.
    Edited,
    /// The message that was looked for is not there (yet).
    NotFound,
    /// It is not possible to look there.
    CannotLook,
    /// It may have happened.
    Unknown,
    /// It surely did not happen and may work later.
    Later {
        /// Not before this time, if Slack said so.
        at: Option<Timestamp>,
    },
    /// Slack refuses the blocks.
    BadBlocks,
    /// The message to edit is gone.
    Gone,
    /// Nothing can be posted in this channel. With Slack's code.
    ChannelDead(String),
    /// It did not happen, and trying again soon will not help. With Slack's code.
    Refused(String),
}

impl Outcome {
    /// One word for it, for metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Posted { .. } => "posted",
            Outcome::Edited => "edited",
            Outcome::NotFound => "not found",
            Outcome::CannotLook => "cannot look",
            Outcome::Unknown => "unknown",
            Outcome::Later { .. } => "later",
            Outcome::BadBlocks => "bad blocks",
            Outcome::Gone => "gone",
            Outcome::ChannelDead(_) => "channel dead",
            Outcome::Refused(_) => "refused",
        }
    }
}

/// How the courier goes on after an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoOn {
    /// Plan again at once.
    Now,
    /// Hold the channel until then, and plan again.
    At(Timestamp),
    /// Let the channel go on; the sweep comes back to this post.
    Sweep,
}

/// The longest pause between two tries of one post while Slack fails: soon after an outage everything is shown.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// The pause after an edit whose answer was lost: it may still be carried out, and must not come after the next one.
const OVERTAKES: SignedDuration = SignedDuration::from_secs(10);

/// The pause after a refusal, which a person has to mend.
const REFUSED: SignedDuration = SignedDuration::from_mins(10);

/// The pause after so many failures in a row: 2 s, 4 s, 8 s, ... one minute.
pub fn backoff(failures: u32) -> SignedDuration {
    let seconds = 1_i64.checked_shl(failures.min(16)).unwrap_or(i64::MAX);
    SignedDuration::from_secs(seconds).min(LONGEST)
}

/// Whether a step sends a message: it counts for the channel's pace.
pub fn sends(step: &Step) -> bool {
    matches!(step, Step::Post | Step::Line { .. })
}

/// Whether a try must be stored before it is made: whoever comes after a courier that was killed has to know of it. Of an
/// edit, only once: until an answer is recorded, nobody knows what the post shows.
pub fn must_be_remembered(post: &Post, step: &Step) -> bool {
    sends(step) || matches!(step, Step::Edit { .. }) && post.shown.is_some()
}

/// How far the message of a step is; `None` for an edit, and if the post or the line is not there any more.
pub fn progress<'a>(
    incident: &'a mut Incident,
    timeline: &'a mut [Entry],
    channel: &str,
    step: &Step,
) -> Option<&'a mut Effect> {
    match step {
        Step::Post | Step::Find { .. } => post(incident, channel).map(|post| &mut post.root),
        Step::Edit { .. } => None,
        Step::Line { entry, .. } | Step::FindLine { entry, .. } => {
            let entry = timeline.iter_mut().find(|known| known.id == *entry)?;
            let line = entry.lines.iter_mut().find(|line| line.channel == channel)?;
            Some(&mut line.effect)
        }
    }
}

/// Remembers a try before it is made (`wanted`: the card's content hash).
pub fn started(
    incident: &mut Incident,
    timeline: &mut [Entry],
    channel: &str,
    step: &Step,
    wanted: u64,
    now: Timestamp,
) {
    // What is found later is a try that could not be looked for, or this one: nobody knows which.
    let mut first = now;
    if let Some(effect) = progress(incident, timeline, channel, step) {
        if let Effect::Started { first: earlier, looked: CANNOT_LOOK, .. } = effect {
            first = *earlier;
        }
        *effect = Effect::Started { at: now, first, looked: 0 };
    }
    match (post(incident, channel), step) {
        (Some(post), Step::Post) => post.shown = (first == now).then_some(wanted),
        (Some(post), Step::Edit { .. }) => post.shown = None,
        _ => {}
    }
}

/// Folds in what became of a step (`wanted`: the content hash that was sent; `now`: our clock).
pub fn record(
    incident: &mut Incident,
    timeline: &mut Vec<Entry>,
    channel: &str,
    fallback: &str,
    (step, outcome): (&Step, &Outcome),
    wanted: u64,
    now: Timestamp,
) -> GoOn {
    let line = matches!(step, Step::Line { .. } | Step::FindLine { .. });
    if let (Step::Edit { .. }, Some(post)) = (step, post(incident, channel)) {
        match outcome {
            Outcome::Edited => post.shown = Some(wanted),
            Outcome::Gone => {
                (post.root, post.shown) = (Effect::Wanted, None);
                return GoOn::Now;
            }
            _ => {}
        }
    }
    match outcome {
        Outcome::Posted { channel_id, ts } => {
            set(incident, timeline, channel, step, Effect::Done { ts: ts.clone() });
            if let Some(post) = post(incident, channel) {
                post.channel_id = Some(channel_id.clone());
                if *step == Step::Post {
                    post.shown = Some(wanted);
                }
            }
            well(incident, channel)
        }
        Outcome::Edited => well(incident, channel),
        Outcome::NotFound => {
            if let Some(Effect::Started { looked, .. }) = progress(incident, timeline, channel, step) {
                *looked = looked.saturating_add(1);
            }
            GoOn::Now
        }
        // Nobody can tell whether it is there. An incident is better told twice than never; a line in its thread is not.
        Outcome::CannotLook if line => {
            let reason = "outcome unknown".to_owned();
            set(incident, timeline, channel, step, Effect::Dropped { reason });
            GoOn::Now
        }
        Outcome::CannotLook => {
            if let Some(Effect::Started { looked, .. }) = progress(incident, timeline, channel, step) {
                *looked = CANNOT_LOOK;
            }
            GoOn::Now
        }
        Outcome::Unknown if matches!(step, Step::Edit { .. }) => failed(incident, channel, now, OVERTAKES),
        // The plan looks for it before it tries again.
        Outcome::Unknown => failed(incident, channel, now, SignedDuration::ZERO),
        Outcome::Later { at } => {
            undo(incident, timeline, channel, step);
            match at {
                Some(at) => GoOn::At(*at),
                None => failed(incident, channel, now, SignedDuration::ZERO),
            }
        }
        Outcome::BadBlocks if !line && post(incident, channel).is_some_and(|post| !post.plain) => {
            if let Some(post) = post(incident, channel) {
                post.plain = true;
                post.shown = None;
            }
            undo(incident, timeline, channel, step);
            GoOn::Now
        }
        Outcome::ChannelDead(code) if channel != fallback => {
            move_to(incident, timeline, channel, fallback, code, now);
            GoOn::Now
        }
        Outcome::BadBlocks | Outcome::Gone if line => {
            let reason = "refused".to_owned();
            set(incident, timeline, channel, step, Effect::Dropped { reason });
            GoOn::Now
        }
        Outcome::ChannelDead(reason) | Outcome::Refused(reason) if line => {
            set(incident, timeline, channel, step, Effect::Dropped { reason: reason.clone() });
            GoOn::Now
        }
        Outcome::ChannelDead(_) | Outcome::Refused(_) | Outcome::BadBlocks | Outcome::Gone => {
            undo(incident, timeline, channel, step);
            give_time(incident, channel, now)
        }
    }
}

/// Moves a post, with what its thread still wants, to the fallback channel.
pub fn move_to(
    incident: &mut Incident,
    timeline: &mut Vec<Entry>,
    channel: &str,
    fallback: &str,
    code: &str,
    now: Timestamp,
) {
    let moved = Moved { from: channel.to_owned(), reason: code.to_owned() };
    let there_already = incident.posts.iter().any(|post| post.channel == fallback);
    incident.posts.retain(|post| post.channel != channel || !there_already);
    if let Some(post) = post(incident, channel) {
        let root = if post.is_quiet() { post.root.clone() } else { Effect::Wanted };
        *post = Post { moved: Some(moved.clone()), root, ..Post::wanted(fallback) };
    }
    for entry in timeline.iter_mut() {
        let said_there = entry.lines.iter().any(|line| line.channel == fallback);
        // Two lines of one entry in one thread would be told apart by nothing, and say the same twice.
        entry.lines.retain(|line| !(said_there && is_open(line, channel)));
        for line in entry.lines.iter_mut().filter(|line| is_open(line, channel)) {
            line.channel = fallback.to_owned();
            line.effect = Effect::Wanted;
        }
    }
    let position = timeline.iter().filter(|entry| entry.id.starts_with(&version(incident))).count();
    let id = entry_id(incident.version, position);
    let what = What::Moved(moved);
    timeline.push(Entry { id, at: now, by: Actor::Callboard, what, lines: Vec::new() });
}

fn is_open(line: &Line, channel: &str) -> bool {
    line.channel == channel && matches!(line.effect, Effect::Wanted | Effect::Started { .. })
}

fn version(incident: &Incident) -> String {
    entry_id(incident.version, 0).split('.').next().unwrap_or_default().to_owned()
}

fn well(incident: &mut Incident, channel: &str) -> GoOn {
    if let Some(post) = post(incident, channel) {
        (post.failures, post.next_at) = (0, None);
    }
    GoOn::Now
}

/// The first failure holds the channel for a moment, which keeps the order; later ones let it go on. The pause is `least` at
/// least, whoever comes next.
fn failed(incident: &mut Incident, channel: &str, now: Timestamp, least: SignedDuration) -> GoOn {
    let Some(post) = post(incident, channel) else { return GoOn::Sweep };
    post.failures += 1;
    let next_at = now.checked_add(backoff(post.failures).max(least)).unwrap_or(now);
    if least > SignedDuration::ZERO {
        post.next_at = Some(next_at);
    }
    match post.failures {
        1 => GoOn::At(next_at),
        _ => {
            post.next_at = Some(next_at);
            GoOn::Sweep
        }
    }
}

fn give_time(incident: &mut Incident, channel: &str, now: Timestamp) -> GoOn {
    if let Some(post) = post(incident, channel) {
        post.failures += 1;
        post.next_at = now.checked_add(REFUSED).ok();
    }
    GoOn::Sweep
}

fn set(incident: &mut Incident, timeline: &mut [Entry], channel: &str, step: &Step, to: Effect) {
    if let Some(effect) = progress(incident, timeline, channel, step) {
        *effect = to;
    }
}

/// The try that was just made surely had no effect; one before it, of which nobody knows, may have had one.
fn undo(incident: &mut Incident, timeline: &mut [Entry], channel: &str, step: &Step) {
    if !sends(step) {
        return;
    }
    if let Some(effect) = progress(incident, timeline, channel, step) {
        *effect = match *effect {
            Effect::Started { at, first, .. } if first < at => {
                Effect::Started { at: first, first, looked: CANNOT_LOOK }
            }
            _ => Effect::Wanted,
        };
    }
}

fn post<'a>(incident: &'a mut Incident, channel: &str) -> Option<&'a mut Post> {
    incident.posts.iter_mut().find(|post| post.channel == channel)
}

#[cfg(test)]
mod tests;
