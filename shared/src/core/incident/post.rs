//! How far an incident's message is in one channel: what is wanted, what was tried, what Slack shows. Written by the courier
//! (`core::outcome`), read by `core::plan`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One Slack message that we own: the incident's root message in one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// The channel as the route names it (`#alerts` or an id): the FIFO group, and the key of the channel's record.
    pub channel: String,
    /// The channel's id, known once Slack has answered.
    pub channel_id: Option<String>,
    /// How far the root message is.
    pub root: Effect,
    /// Content hash of the card that Slack shows; `None` before the first post.
    pub shown: Option<u64>,
    /// The incident's revision that Slack shows.
    pub shown_revision: u64,
    /// Not before this time (a rate limit, an outage); `None` for at once.
    pub next_at: Option<Timestamp>,
    /// Failures in a row, for the backoff.
    pub failures: u32,
    /// Slack refused the blocks: show plain text.
    pub plain: bool,
    /// The channel it was meant for and the reason why it is not there.
    pub moved: Option<Moved>,
}

/// A post that went to the fallback channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moved {
    /// The channel that the route named.
    pub from: String,
    /// Slack's error code: `is_archived`, `channel_not_found`, ...
    pub reason: String,
}

/// A one-shot effect as a level: what is wanted, what was started, what is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Effect {
    /// It should happen.
    Wanted,
    /// A try was made and its outcome is not known (yet): look for it before trying again.
    Started {
        /// When, by our clock. Stored before the call.
        at: Timestamp,
        /// The first try of which nobody could see what became of it; the same as `at` but where it was not possible to look
        /// in between.
        first: Timestamp,
        /// How often it was looked for in vain; [`CANNOT_LOOK`] where that is not possible.
        looked: u32,
    },
    /// It happened.
    Done {
        /// Slack's identity of the message.
        ts: String,
    },
    /// It will not happen, with the reason.
    Dropped {
        /// Slack's error code.
        reason: String,
    },
}

/// In place of how often it was looked: nobody could. It is tried again, and what was tried before is not forgotten.
pub const CANNOT_LOOK: u32 = u32::MAX;

/// The reason of a post that is not made: a resolution of what nobody saw fire says nothing new. It is made after all as
/// soon as a firing turns up or somebody reopens it.
pub const QUIET: &str = "nobody saw it fire";

impl Post {
    /// A post that nobody has tried yet.
    pub fn wanted(channel: impl Into<String>) -> Self {
        Post {
            channel: channel.into(),
            channel_id: None,
            root: Effect::Wanted,
            shown: None,
            shown_revision: 0,
            next_at: None,
            failures: 0,
            plain: false,
            moved: None,
        }
    }

    /// Whether it is not made because nobody saw it fire.
    pub fn is_quiet(&self) -> bool {
        matches!(&self.root, Effect::Dropped { reason } if reason == QUIET)
    }

    /// The root message's ts, once Slack has taken it.
    pub fn ts(&self) -> Option<&str> {
        match &self.root {
            Effect::Done { ts } => Some(ts),
            _ => None,
        }
    }
}
