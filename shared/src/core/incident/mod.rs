//! An incident: all signals of one route with one group key, from the first firing until resolved; the thing that people
//! acknowledge. This file holds what an incident *is*; `apply` says how it changes.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::signal::{Link, Severity, Signal, Status};

mod answer;
mod apply;
#[cfg(test)]
mod tests;
pub use answer::Answer;
pub use apply::{Applied, Event, MAX_NOTE, Opening, Origin, Response, Rules, Verb, apply, open, starts_anew};

/// A short name that people can type: five or more characters of Crockford's base 32 in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub String);

/// The alphabet of incident names: Crockford's base 32, without the letters that look like digits (i, l, o) and without u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The shortest name that is given.
pub const SHORTEST_ID: usize = 5;

impl IncidentId {
    /// The name that the signal with this id gives to an incident of this route, `length` (5 to 12) characters long. The same input
    /// gives the same name, so a repeated delivery meets the incident it made; when a name is taken by another
    /// incident, the next longer one is tried.
    pub fn derive(route: &str, signal: &str, length: usize) -> Self {
        use std::hash::Hasher;
        let mut hasher = fnv::FnvHasher::default();
        hasher.write(route.as_bytes());
        hasher.write_u8(0);
        hasher.write(signal.as_bytes());
        // FNV's high bits mix poorly for short input: fold the halves before taking five bits at a time.
        let mut rest = hasher.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        rest ^= rest >> 29;
        let name = (0..length.clamp(SHORTEST_ID, 12)).filter_map(|_| {
            let letter = ALPHABET.get((rest & 31) as usize);
            rest >>= 5;
            letter.map(|letter| char::from(*letter))
        });
        IncidentId(name.collect())
    }

    /// Reads what a person typed or copied: any case, with or without `#` or backticks, and with the letters that look
    /// like digits taken for them. `None` if it cannot be a name.
    pub fn typed(text: &str) -> Option<Self> {
        let name: String = text
            .trim()
            .trim_matches('`')
            .trim_start_matches('#')
            .chars()
            .map(|letter| match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        let fits =
            (SHORTEST_ID..=12).contains(&name.len()) && name.bytes().all(|letter| ALPHABET.contains(&letter));
        fits.then_some(IncidentId(name))
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One incident (or notice) as stored: the fold of everything that happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its short name.
    pub id: IncidentId,
    /// Rises by one with every commit; 0 means not stored yet. The optimistic lock.
    pub version: u64,
    /// Rises with every change that people should see; wakes carry it.
    pub revision: u64,
    /// The name of the route that made it.
    pub route: String,
    /// The group key: signals of the route with the same one belong together.
    pub group: String,
    /// Where it stands.
    pub state: State,
    /// The highest severity since it opened; falls only when it reopens.
    pub severity: Severity,
    /// What the newest signal says, for the card.
    pub content: Content,
    /// The state of each thing (dedup key) in the group. At most `MAX_THINGS`.
    pub things: BTreeMap<String, Thing>,
    /// Numbers for the card and the reports.
    pub counts: Counts,
    /// When it first fired (or was posted, for a notice), by the sender's clock.
    pub opened_at: Timestamp,
    /// When it was last changed, by our clock.
    pub changed_at: Timestamp,
    /// One per channel that shows it.
    pub posts: Vec<Post>,
    /// Why it is here: the routing decision's trace, made by the code that decided.
    pub why: Why,
    /// When the sweep has to look whether Slack shows it; `None` when Slack does. Feeds the sparse index `behind`.
    pub behind_at: Option<Timestamp>,
}

/// Where an incident stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum State {
    /// Nobody has to acknowledge it: posted and forgotten.
    Notice,
    /// Something is wrong and nobody has said that they look at it.
    Firing,
    /// Somebody looks at it, until the lease lapses.
    Acknowledged {
        /// Who.
        by: Actor,
        /// Since when.
        at: Timestamp,
        /// When it counts as firing again unless something happens; `None` for never.
        lapses_at: Option<Timestamp>,
    },
    /// It is over.
    Resolved {
        /// Who ended it: the source, or a person.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "lowercase")]
pub enum Actor {
    /// The source itself, by its signal.
    Source {
        /// The source's name.
        name: String,
    },
    /// A person.
    Person {
        /// Slack user id.
        id: String,
    },
    /// Callboard, when a time came.
    Callboard,
}

/// What the newest signal says, for the card.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Content {
    /// The source's name.
    pub source: String,
    /// `alarm`, `deployment`, ...
    pub kind: String,
    /// One line.
    pub title: String,
    /// May be empty.
    pub text: String,
    /// Short facts.
    pub facts: Vec<String>,
    /// Names and values.
    pub labels: BTreeMap<String, String>,
    /// The first is what the title links to.
    pub links: Vec<Link>,
}

/// One thing in the group: the fold of the signals with one dedup key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    /// Its newest status by the sender's clock.
    pub status: Status,
    /// When that was, by the sender's clock. An older signal never overwrites a newer one.
    pub at: Timestamp,
}

/// Numbers for the card and the reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Signals of it that were recorded.
    pub signals: u64,
    /// How often it went from quiet to firing.
    pub firings: u64,
    /// How often it was reopened.
    pub reopened: u64,
    /// Things that had no room in `things`; while there are any, only a person can resolve it.
    pub untracked: u64,
}

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
        /// How often it was looked for in vain.
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
    /// The channel as in [`Post::channel`].
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
}

/// Why an incident is where it is: made by the routing decision itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The matching route's condition; `None` if it takes everything.
    pub when: Option<String>,
    /// What the group key was made of: (expression, value).
    pub grouped_by: Vec<(String, String)>,
    /// The routes above it that did not match, nearest first: (route, the condition that failed). At most five.
    pub rejected: Vec<(String, String)>,
    /// The signal's own key.
    pub key: String,
}

/// The reason of a post that is not made: a resolution of what nobody saw fire says nothing new. It is made after all as
/// soon as a firing turns up or somebody reopens it.
pub const QUIET: &str = "nobody saw it fire";

/// The most things (dedup keys) that one incident tracks; a DynamoDB item holds 400 kB.
pub const MAX_THINGS: usize = 1000;

/// The id of the timeline entry at a position of the commit that makes this version; ids order the timeline.
pub fn entry_id(version: u64, position: usize) -> String {
    format!("{version:08}.{position:03}")
}

impl State {
    /// Firing or acknowledged.
    pub fn is_open(&self) -> bool {
        matches!(self, State::Firing | State::Acknowledged { .. })
    }

    /// The word that people read.
    pub fn word(&self) -> &'static str {
        match self {
            State::Notice => "notice",
            State::Firing => "firing",
            State::Acknowledged { .. } => "acknowledged",
            State::Resolved { .. } => "resolved",
        }
    }
}

impl Actor {
    /// A person, by Slack user id.
    pub fn person(id: impl Into<String>) -> Self {
        Actor::Person { id: id.into() }
    }
}

impl Content {
    /// What a signal says.
    pub fn of(signal: &Signal) -> Self {
        Content {
            source: signal.source.clone(),
            kind: signal.kind.clone(),
            title: signal.title.clone(),
            text: signal.text.clone(),
            facts: signal.facts.clone(),
            labels: signal.labels.clone(),
            links: signal.links.clone(),
        }
    }
}

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

impl Incident {
    /// When something must happen to it by itself: the acknowledgement lapses.
    pub fn due_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Acknowledged { lapses_at, .. } => *lapses_at,
            _ => None,
        }
    }

    /// Whether a signal tells it nothing newer about its thing, by the sender's clock.
    pub fn knows(&self, signal: &Signal) -> bool {
        self.things.get(&signal.key).is_some_and(|thing| signal.at <= thing.at)
    }

    /// How many things still fire, and how many there are.
    pub fn firing_things(&self) -> (usize, usize) {
        let firing = self.things.values().filter(|thing| thing.status == Status::Firing).count();
        (firing, self.things.len())
    }
}
