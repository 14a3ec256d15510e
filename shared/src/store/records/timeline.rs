//! A timeline entry as it is written down, and what incidents share with it: who did something, how far an effect is.
//! Only the mirror of the core's types; no rule may enter.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Version;
use super::signal::SeverityRecord;
use crate::core::incident::{Actor, Effect, Entry, Line, Moved, What};

/// An entry of a timeline.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct EntryRecord {
    v: Version,
    id: String,
    at: Timestamp,
    by: ActorRecord,
    what: WhatRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<LineRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "lowercase")]
pub(super) enum ActorRecord {
    Source { name: String },
    Person { id: String },
    Callboard,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum EffectRecord {
    Wanted,
    Started {
        at: Timestamp,
        /// Absent: `at`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<Timestamp>,
        looked: u32,
    },
    Done {
        ts: String,
    },
    Dropped {
        reason: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MovedRecord {
    from: String,
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct LineRecord {
    ch: String,
    #[serde(default)]
    loud: bool,
    effect: EffectRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
enum WhatRecord {
    Opened { sev: SeverityRecord },
    Refired,
    Joined { titles: Vec<String>, more: u64 },
    Worse { from: SeverityRecord, to: SeverityRecord },
    Acknowledged,
    Unacknowledged,
    Lapsed { owner: ActorRecord },
    Resolved,
    Reopened,
    Noted { text: String },
    Moved(MovedRecord),
    Reported { quiet: bool },
}

impl From<&Entry> for EntryRecord {
    fn from(entry: &Entry) -> Self {
        let Entry { id, at, by, what, lines } = entry.clone();
        Self {
            v: Version,
            id,
            at,
            by: by.into(),
            what: what.into(),
            lines: lines.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<EntryRecord> for Entry {
    fn from(record: EntryRecord) -> Self {
        Self {
            id: record.id,
            at: record.at,
            by: record.by.into(),
            what: record.what.into(),
            lines: record.lines.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Actor> for ActorRecord {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Source { name } => Self::Source { name },
            Actor::Person { id } => Self::Person { id },
            Actor::Callboard => Self::Callboard,
        }
    }
}

impl From<ActorRecord> for Actor {
    fn from(record: ActorRecord) -> Self {
        match record {
            ActorRecord::Source { name } => Self::Source { name },
            ActorRecord::Person { id } => Self::Person { id },
            ActorRecord::Callboard => Self::Callboard,
        }
    }
}

impl From<Effect> for EffectRecord {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Wanted => Self::Wanted,
            Effect::Started { at, first, looked } => {
                Self::Started { at, first: (first != at).then_some(first), looked }
            }
            Effect::Done { ts } => Self::Done { ts },
            Effect::Dropped { reason } => Self::Dropped { reason },
        }
    }
}

impl From<EffectRecord> for Effect {
    fn from(record: EffectRecord) -> Self {
        match record {
            EffectRecord::Wanted => Self::Wanted,
            EffectRecord::Started { at, first, looked } => {
                Self::Started { at, first: first.unwrap_or(at), looked }
            }
            EffectRecord::Done { ts } => Self::Done { ts },
            EffectRecord::Dropped { reason } => Self::Dropped { reason },
        }
    }
}

impl From<Moved> for MovedRecord {
    fn from(moved: Moved) -> Self {
        let Moved { from, reason } = moved;
        Self { from, reason }
    }
}

impl From<MovedRecord> for Moved {
    fn from(record: MovedRecord) -> Self {
        let MovedRecord { from, reason } = record;
        Self { from, reason }
    }
}

impl From<Line> for LineRecord {
    fn from(line: Line) -> Self {
        let Line { channel, broadcast, effect } = line;
        Self { ch: channel, loud: broadcast, effect: effect.into() }
    }
}

impl From<LineRecord> for Line {
    fn from(record: LineRecord) -> Self {
        Self { channel: record.ch, broadcast: record.loud, effect: record.effect.into() }
    }
}

impl From<What> for WhatRecord {
    fn from(what: What) -> Self {
        match what {
            What::Opened { severity } => Self::Opened { sev: severity.into() },
            What::Refired => Self::Refired,
            What::Joined { titles, more } => Self::Joined { titles, more },
            What::Worse { from, to } => Self::Worse { from: from.into(), to: to.into() },
            What::Acknowledged => Self::Acknowledged,
            What::Unacknowledged => Self::Unacknowledged,
            What::Lapsed { owner } => Self::Lapsed { owner: owner.into() },
            What::Resolved => Self::Resolved,
            What::Reopened => Self::Reopened,
            What::Noted { text } => Self::Noted { text },
            What::Moved(moved) => Self::Moved(moved.into()),
            What::Reported { quiet } => Self::Reported { quiet },
        }
    }
}

impl From<WhatRecord> for What {
    fn from(record: WhatRecord) -> Self {
        match record {
            WhatRecord::Opened { sev } => Self::Opened { severity: sev.into() },
            WhatRecord::Refired => Self::Refired,
            WhatRecord::Joined { titles, more } => Self::Joined { titles, more },
            WhatRecord::Worse { from, to } => Self::Worse { from: from.into(), to: to.into() },
            WhatRecord::Acknowledged => Self::Acknowledged,
            WhatRecord::Unacknowledged => Self::Unacknowledged,
            WhatRecord::Lapsed { owner } => Self::Lapsed { owner: owner.into() },
            WhatRecord::Resolved => Self::Resolved,
            WhatRecord::Reopened => Self::Reopened,
            WhatRecord::Noted { text } => Self::Noted { text },
            WhatRecord::Moved(moved) => Self::Moved(moved.into()),
            WhatRecord::Reported { quiet } => Self::Reported { quiet },
        }
    }
}
