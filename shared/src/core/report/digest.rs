//! What reports count of an incident: small enough that those of a hundred thousand incidents are read in seconds. It is
//! stored with the commits that change it, which are those that open, acknowledge, resolve and reopen; not with each signal.

use jiff::Timestamp;

use crate::core::incident::{Incident, IncidentId, State};

/// What reports count of an incident that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Which.
    pub incident: IncidentId,
    /// The route that took it.
    pub route: String,
    /// Its group key, at most 80 characters of it.
    pub group: String,
    /// What it said when this was stored, at most 80 characters of it.
    pub title: String,
    /// When it fired for the first time, by our clock: what it is filed under.
    pub fired_at: Timestamp,
    /// When somebody acknowledged it for the first time.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was over, if it is.
    pub resolved_at: Option<Timestamp>,
    /// How often it began to fire.
    pub firings: u64,
    /// Somebody responded.
    pub acted_on: bool,
}

/// The most characters of a text in a digest.
pub(super) const MOST_TEXT: usize = 80;

impl Digest {
    /// Of an incident; `None` of one that never fired.
    pub fn of(incident: &Incident) -> Option<Digest> {
        let cut = |text: &str| text.chars().take(MOST_TEXT).collect();
        Some(Digest {
            fired_at: incident.counts.fired_at?,
            incident: incident.id.clone(),
            route: incident.route.clone(),
            group: cut(&incident.group),
            title: cut(&incident.content.title),
            acknowledged_at: incident.counts.acknowledged_at,
            resolved_at: match &incident.state {
                State::Resolved { at, .. } => Some(*at),
                _ => None,
            },
            firings: incident.counts.firings,
            acted_on: incident.counts.responses > 0,
        })
    }

    /// Whether it says anything else than this one. What an incident says changes with its signals and is not worth a write.
    pub fn differs(&self, before: &Digest) -> bool {
        *self != Digest { title: self.title.clone(), ..before.clone() }
    }
}
