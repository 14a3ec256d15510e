//! What was asked and what was promised in a run, written down where it happens and compared with what came of it in `check`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::core::incident::{IncidentId, Verb};

/// The ledger of one run.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By its mark, which no other notification carries.
    pub(super) sent: BTreeMap<String, Sent>,
    pub(super) asked: Vec<Asked>,
    /// How many texts each person wrote.
    pub(super) written: BTreeMap<String, usize>,
    /// Calls that Slack itself found too fast: (method, when).
    pub(super) limited: Vec<(String, Timestamp)>,
    /// What the notifier found behind, over all ticks.
    pub(super) swept: usize,
    /// How often each seam had each fate, and what else befell a run.
    pub(super) met: BTreeMap<String, u64>,
    /// How many dead letters had to be put back.
    pub(super) redriven: usize,
}

/// A notification that somebody sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// The thing that it is about; `None` for a notice.
    pub(super) thing: Option<String>,
    pub(super) firing: bool,
    /// Whether it has the same identity whenever it is sent again.
    pub(super) identified: bool,
    /// By the sender's clock.
    pub(super) at: Timestamp,
    /// When it was answered with 2xx, by the true clock.
    pub(super) accepted: Option<Timestamp>,
}

/// Something that a person asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) by: String,
    pub(super) incident: IncidentId,
    pub(super) verb: Verb,
    /// Whether the person was told that it is done.
    pub(super) done: bool,
    /// Whether it never reached us.
    pub(super) refused: bool,
}

impl Ledger {
    /// Counts what befell a run.
    pub(super) fn meets(&mut self, what: impl Into<String>) {
        *self.met.entry(what.into()).or_default() += 1;
    }

    pub(super) fn too_fast(&mut self, method: &str, at: Timestamp) {
        self.limited.push((method.to_owned(), at));
    }

    /// Writes down what somebody is about to ask for; the number is for [`Ledger::done`].
    pub(super) fn asks(&mut self, by: &str, incident: &IncidentId, verb: Verb) -> usize {
        self.asked.push(Asked {
            by: by.to_owned(),
            incident: incident.clone(),
            verb,
            done: false,
            refused: false,
        });
        self.asked.len() - 1
    }

    /// It was refused before it reached us.
    pub(super) fn take_back(&mut self, number: usize) {
        if let Some(asked) = self.asked.get_mut(number) {
            asked.refused = true;
        }
    }

    pub(super) fn done(&mut self, number: usize) {
        if let Some(asked) = self.asked.get_mut(number) {
            asked.done = true;
        }
    }
}
