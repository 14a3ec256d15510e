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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::fixtures::{at, opening, press, says};
    use crate::core::incident::{Event, Rules, Verb, apply, open};
    use crate::core::signal::{Severity, Signal};

    #[test]
    fn it_changes_with_what_people_and_things_do_and_not_with_each_signal() {
        let rules = Rules::default();
        let fire = || Signal::test();
        let mut incident = open(opening(), &fire(), &[], &rules, at(0)).incident;
        let rows: Vec<(&str, i64, Event, bool)> = vec![
            ("the same again", 10, says(fire().second(10)), false),
            ("it gets worse", 20, says(fire().second(20).with_severity(Severity::Critical)), false),
            ("somebody acknowledges", 60, press("ANA", Verb::Ack), true),
            ("the same again", 70, says(fire().second(70)), false),
            ("somebody takes it back", 80, press("ANA", Verb::Unack), false),
            ("another acknowledges", 90, press("BEN", Verb::Ack), false),
            ("it is over", 120, says(fire().resolved().second(120)), true),
            ("it fires again", 180, says(fire().second(180)), true),
        ];
        for (what, second, event, differs) in rows {
            let before = Digest::of(&incident).unwrap();
            incident = apply(&incident, &[event], &rules, at(second)).incident;
            assert_eq!(Digest::of(&incident).unwrap().differs(&before), differs, "{what}");
        }
        let digest = Digest::of(&incident).unwrap();
        assert_eq!((digest.fired_at, digest.acknowledged_at), (at(0), Some(at(60))), "the first time each");
        assert_eq!((digest.firings, digest.acted_on, digest.resolved_at), (2, true, None));
        assert!(digest.group.chars().count() <= MOST_TEXT);
    }

    #[test]
    fn what_never_fired_has_none() {
        let resolved = open(opening(), &Signal::test().resolved(), &[], &Rules::default(), at(0)).incident;
        assert_eq!(Digest::of(&resolved), None);
        let late = apply(&resolved, &[says(Signal::test().second(-60))], &Rules::default(), at(5)).incident;
        assert_eq!(Digest::of(&late).map(|digest| digest.fired_at), Some(at(5)), "by our clock");
    }
}
