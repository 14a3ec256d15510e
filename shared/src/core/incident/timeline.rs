//! The timeline: everything that happened to an incident, in order, with the thread lines that it wants.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Actor, Effect, Moved};
use crate::core::signal::Severity;

/// One entry of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Orders the timeline: the commit's version and the position in it, zero-padded (`00000003.01`).
    pub id: String,
    /// When, by our clock.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub what: What,
    /// The thread lines that it wants, one per channel; empty when the card says it all.
    #[serde(default)]
    pub lines: Vec<Line>,
}

/// A line in the incident's thread in one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The channel as in [`Post::channel`](super::Post::channel).
    pub channel: String,
    /// Also shown in the channel itself.
    pub broadcast: bool,
    /// How far it is.
    pub effect: Effect,
}

/// What happened to an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum What {
    /// The first signal.
    Opened {
        /// The severity that it opened with.
        severity: Severity,
    },
    /// It was resolved and fires again.
    Refired,
    /// Further things of the group fire.
    Joined {
        /// The titles of the first few.
        titles: Vec<String>,
        /// How many more there were in the same moment.
        more: u64,
    },
    /// It got worse.
    Worse {
        /// Before.
        from: Severity,
        /// Now.
        to: Severity,
    },
    /// Somebody looks at it.
    Acknowledged,
    /// Nobody does any more.
    Unacknowledged,
    /// The acknowledgement's lease ran out.
    Lapsed {
        /// Whose it was.
        owner: Actor,
    },
    /// It is over.
    Resolved,
    /// It is not over after all, says a person.
    Reopened,
    /// Somebody wrote something.
    Noted {
        /// What they wrote.
        text: String,
    },
    /// The post went to the fallback channel.
    Moved(Moved),
    /// The report is made.
    Reported {
        /// There was nothing to say.
        quiet: bool,
    },
}

/// The id of the timeline entry at a position of the commit that makes this version; ids order the timeline.
pub fn entry_id(version: u64, position: usize) -> String {
    format!("{version:08}.{position:03}")
}
