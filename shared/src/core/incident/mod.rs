//! An incident: all signals of one route with one group key, from the first firing until resolved; the thing that people
//! acknowledge. This file holds what an incident *is*; `apply` says how it changes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::Report;
use super::signal::{Link, Severity, Signal, Status};

mod answer;
mod apply;
mod event;
mod id;
mod post;
#[cfg(test)]
mod tests;
mod timeline;

pub use answer::Answer;
pub use apply::{Applied, MAX_NOTE, Opening, Rules, apply, begin, open, starts_anew};
pub use event::{Event, Origin, Response, Verb};
pub use id::{IncidentId, LONGEST_ID, SHORTEST_ID};
pub use post::{CANNOT_LOOK, Effect, Moved, Post, QUIET};
pub use timeline::{Entry, Line, What, entry_id};

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
    /// It is a run of a report, which says all of it.
    pub report: Option<Box<Report>>,
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
    /// When it fired for the first time, by our clock.
    pub fired_at: Option<Timestamp>,
    /// When somebody acknowledged it for the first time.
    pub acknowledged_at: Option<Timestamp>,
    /// How often people responded to it.
    pub responses: u64,
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

/// The most things (dedup keys) that one incident tracks; a DynamoDB item holds 400 kB.
pub const MAX_THINGS: usize = 1000;

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
            report: None,
        }
    }

    /// A run of a report.
    pub fn report(name: &str, report: Report) -> Self {
        Content {
            source: "callboard".to_owned(),
            kind: "report".to_owned(),
            title: name.to_owned(),
            text: String::new(),
            facts: Vec::new(),
            labels: BTreeMap::new(),
            links: Vec::new(),
            report: Some(Box::new(report)),
        }
    }
}

impl Incident {
    /// When something must happen to it by itself: the acknowledgement lapses, or a report is to be made.
    pub fn due_at(&self) -> Option<Timestamp> {
        if let Some(Report::Wanted(run)) = self.content.report.as_deref() {
            return Some(run.slot);
        }
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
