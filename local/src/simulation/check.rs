//! What must hold once a run is calm: nothing lost, nothing twice, and Slack shows what is stored. Each function answers with
//! the sentences that are not true.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use shared::core::incident::{Actor, IncidentId, State, Verb, What};
use shared::core::signal::Status;
use shared::store::{Loaded, SignalRecord, StoreError};
use slack_emulator::Message;

use super::ground::Ground;
use super::ledger::Asked;

mod reports;
mod shown;

/// How old the time may be by which a handler decides: no handler lives longer.
const STALE: SignedDuration = SignedDuration::from_mins(1);

/// What lies in the store and in Slack at the end.
pub(super) struct End<'a> {
    ground: &'a Ground,
    records: Vec<SignalRecord>,
    incidents: BTreeMap<IncidentId, Loaded>,
    /// Our messages by their key; those in threads too.
    messages: BTreeMap<String, Vec<(&'static str, Message)>>,
}

impl<'a> End<'a> {
    pub(super) async fn read(ground: &'a Ground, began: Timestamp) -> Result<End<'a>, StoreError> {
        let store = ground.store.as_ref();
        let (mut records, mut hour) = (Vec::new(), began);
        while hour < ground.now().checked_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX) {
            records.extend(store.signals(hour).await?);
            hour = hour.checked_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX);
        }
        let mut incidents = BTreeMap::new();
        for id in records.iter().map(|record| &record.incident) {
            if !incidents.contains_key(id)
                && let Some(loaded) = store.incident(id).await?
            {
                incidents.insert(id.clone(), loaded);
            }
        }
        incidents.extend(reports::runs(ground, began).await?);
        Ok(End { ground, records, incidents, messages: shown::messages(ground) })
    }

    /// Everything that is not as it must be.
    pub(super) async fn faults(&self, calm: bool) -> Result<Vec<String>, StoreError> {
        let mut faults = Vec::new();
        faults.extend(self.queues(calm).await?);
        faults.extend(self.notifications());
        faults.extend(self.things().await?);
        faults.extend(self.apart());
        faults.extend(self.reports().await?);
        faults.extend(self.responses());
        faults.extend(self.shown(calm));
        faults.extend(self.pace());
        if calm {
            faults.extend(self.prompt());
        }
        Ok(faults)
    }

    async fn queues(&self, calm: bool) -> Result<Vec<String>, StoreError> {
        let mut faults = Vec::new();
        let redriven = self.ground.ledger().redriven;
        if calm && redriven > 0 {
            faults.push(format!("nothing failed, and {redriven} messages died"));
        }
        let (waiting, dead) = self.ground.queue.depth();
        if waiting + dead > 0 {
            faults.push(format!("the queues hold {waiting} messages and {dead} dead ones"));
        }
        let swept = self.ground.ledger().swept;
        if calm && swept > 0 {
            faults.push(format!("nothing failed, and {swept} posts had to be swept"));
        }
        for id in self.ground.store.behind(Timestamp::MAX, 100).await? {
            faults.push(format!("{id} is still behind"));
        }
        Ok(faults)
    }

    /// What was accepted is recorded once and can be read in Slack; what a batch said is counted as often as it was recorded.
    fn notifications(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let ledger = self.ground.ledger();
        for (mark, sent) in &ledger.sent {
            let holds = |record: &&SignalRecord| {
                record.raw.as_ref().is_some_and(|raw| raw.body.contains(&format!("\"{mark}\"")))
            };
            let held: Vec<&SignalRecord> = self.records.iter().filter(holds).collect();
            let by: BTreeSet<&IncidentId> = held.iter().map(|record| &record.incident).collect();
            if sent.accepted.is_some() && held.is_empty() {
                faults.push(format!("{mark} was accepted and is not recorded"));
            }
            // Alertmanager gives its deliveries no identity: what it sends again is a further signal of the same incident.
            if sent.identified && held.len() > 1 {
                faults.push(format!("{mark} is recorded {} times, in {} incidents", held.len(), by.len()));
            }
        }
        for (id, loaded) in &self.incidents {
            let recorded: usize = self
                .records
                .iter()
                .filter(|record| record.incident == *id)
                .map(|record| record.signals.len())
                .sum();
            // What the incident before it knew already counts for neither.
            let over = loaded.incident.counts.signals < recorded as u64 && self.of_its_group(loaded) > 1;
            if loaded.incident.counts.signals != recorded as u64 && !over {
                let counted = loaded.incident.counts.signals;
                faults.push(format!("{id} counts {counted} signals and {recorded} are recorded"));
            }
            let visible = loaded.incident.posts.iter().any(|post| post.ts().is_some() || post.is_quiet());
            if !visible && loaded.incident.content.report.is_none() {
                faults.push(format!("{id} is nowhere to be seen: {:?}", loaded.incident.posts));
            }
        }
        faults
    }

    /// The newest that was accepted of a thing, by the sender's clock, is what its incident says.
    async fn things(&self) -> Result<Vec<String>, StoreError> {
        let mut newest: BTreeMap<String, (Timestamp, bool, Timestamp)> = BTreeMap::new();
        let mut ties = Vec::new();
        for sent in self.ground.ledger().sent.values() {
            let (Some(thing), Some(accepted)) = (sent.thing.clone(), sent.accepted) else { continue };
            match newest.get(&thing).copied() {
                Some((at, ..)) if at > sent.at => {}
                // Of two at the same moment either may be the last word.
                Some((at, firing, _)) if at == sent.at && firing != sent.firing => ties.push(thing),
                _ => drop(newest.insert(thing, (sent.at, sent.firing, accepted))),
            }
        }
        let mut faults = Vec::new();
        for (thing, (at, firing, accepted)) in newest {
            let about = |loaded: &&Loaded| loaded.incident.things.keys().any(|key| key.ends_with(&thing));
            let Some(any) = self.incidents.values().find(about) else {
                faults.push(format!("{thing} was accepted and is in no incident"));
                continue;
            };
            let latest = self.ground.store.latest(&any.incident.route, &any.incident.group).await?;
            let known = latest
                .as_ref()
                .and_then(|latest| latest.things.iter().find(|(key, _)| key.ends_with(&thing)));
            let Some((_, known)) = known else {
                // An incident need not know what came before it was there, by our clock: the one before it does.
                let began = latest.as_ref().and_then(|latest| self.began(&latest.id));
                if firing && began.is_some_and(|began| began < accepted) {
                    faults.push(format!("{thing} fires since {at} and its incident does not know it"));
                }
                continue;
            };
            // The incident before it in the group may have had the last word; it does not tell the next one (docs/reliability.md).
            let before = self
                .incidents
                .values()
                .filter(|other| Some(&other.incident.id) != latest.as_ref().map(|one| &one.id));
            let said_before = before
                .flat_map(|other| &other.incident.things)
                .any(|(key, before)| key.ends_with(&thing) && before.at >= at);
            if said_before {
                continue;
            }
            if known.at <= at && !ties.contains(&thing) && (known.status == Status::Firing) != firing {
                faults.push(format!(
                    "{thing} is {:?} at {}, but the newest says {firing} at {at}",
                    known.status, known.at
                ));
            }
        }
        Ok(faults)
    }

    /// An incident of a group begins only when the one before it is over for good.
    fn apart(&self) -> Vec<String> {
        let mut groups: BTreeMap<(&str, &str), Vec<(Timestamp, &IncidentId)>> = BTreeMap::new();
        for loaded in self.incidents.values().filter(|loaded| loaded.incident.state != State::Notice) {
            let incident = &loaded.incident;
            let begun = groups.entry((&incident.route, &incident.group)).or_default();
            begun.extend(self.began(&incident.id).map(|at| (at, &incident.id)));
        }
        let shortest = self.ground.config.rules.reopen_within - STALE;
        let mut faults = Vec::new();
        for begun in groups.values_mut() {
            begun.sort_unstable();
            for ((before, one), (at, other)) in begun.iter().zip(begun.iter().skip(1)) {
                if at.duration_since(*before) < shortest {
                    faults.push(format!("{other} began at {at}, while {one} of its group went on"));
                }
            }
        }
        faults
    }

    /// Since when an incident has been there, by our clock.
    fn began(&self, id: &IncidentId) -> Option<Timestamp> {
        self.incidents.get(id)?.timeline.first().map(|first| first.at)
    }

    /// No effect without somebody who asked for it, none twice, and none missing that was promised.
    fn responses(&self) -> Vec<String> {
        let ledger = self.ground.ledger();
        let mut faults = Vec::new();
        let mut asked: BTreeMap<(&IncidentId, &str, String), usize> = BTreeMap::new();
        for ask in ledger.asked.iter().filter(|ask| !ask.refused) {
            *asked.entry((&ask.incident, &ask.by, word(&ask.verb))).or_default() += 1;
        }
        let mut happened: BTreeMap<(&IncidentId, &str, String), usize> = BTreeMap::new();
        for (id, loaded) in &self.incidents {
            for entry in &loaded.timeline {
                let (Actor::Person { id: person }, Some(verb)) = (&entry.by, verb(&entry.what)) else {
                    continue;
                };
                *happened.entry((id, person, word(&verb))).or_default() += 1;
            }
        }
        for (what, times) in &happened {
            let allowed = asked.get(what).copied().unwrap_or_default();
            // A form that is sent again is one note.
            let allowed = if what.2.starts_with("note") { allowed.min(1) } else { allowed };
            if *times > allowed {
                faults.push(format!("{what:?} happened {times} times and was asked for {allowed} times"));
            }
        }
        for ask in ledger.asked.iter().filter(|ask| ask.done && !self.is_there(ask)) {
            faults.push(format!(
                "{} by {} on {} was taken and is gone",
                word(&ask.verb),
                ask.by,
                ask.incident
            ));
        }
        faults
    }

    /// How many incidents its group has had.
    fn of_its_group(&self, loaded: &Loaded) -> usize {
        let group = |loaded: &Loaded| (loaded.incident.route.clone(), loaded.incident.group.clone());
        self.incidents.values().filter(|other| group(other) == group(loaded)).count()
    }

    /// Whether what somebody was told is done has happened, by them or by somebody before them.
    fn is_there(&self, ask: &Asked) -> bool {
        let Some(loaded) = self.incidents.get(&ask.incident) else { return false };
        // A notice is answered with the sentence that nobody has to acknowledge it, and whoever reopens what a newer incident has
        // replaced is told which.
        loaded.incident.state == State::Notice
            || ask.verb == Verb::Reopen && self.of_its_group(loaded) > 1
            || loaded.timeline.iter().any(|entry| match (&ask.verb, &entry.what) {
                (Verb::Note(asked), What::Noted { text }) => asked == text,
                (Verb::Ack, What::Acknowledged | What::Resolved) | (Verb::Resolve, What::Resolved) => true,
                (Verb::Unack, What::Unacknowledged | What::Lapsed { .. } | What::Resolved) => true,
                (Verb::Reopen, What::Reopened | What::Refired) => true,
                _ => false,
            })
    }

    /// What happened to each incident, in order, without the times.
    pub(super) fn stories(&self) -> Vec<String> {
        let story = |loaded: &Loaded| {
            let entries = loaded.timeline.iter().map(|entry| format!("{:?} by {:?}", entry.what, entry.by));
            format!("{}: {}", loaded.incident.state.word(), entries.collect::<Vec<_>>().join(", "))
        };
        let mut stories: Vec<String> = self.incidents.values().map(story).collect();
        stories.sort();
        stories
    }
}

fn verb(what: &What) -> Option<Verb> {
    Some(match what {
        What::Acknowledged => Verb::Ack,
        What::Unacknowledged => Verb::Unack,
        What::Resolved => Verb::Resolve,
        What::Reopened => Verb::Reopen,
        What::Noted { text } => Verb::Note(text.clone()),
        _ => return None,
    })
}

fn word(verb: &Verb) -> String {
    match verb {
        Verb::Note(text) => format!("note {text}"),
        other => format!("{other:?}"),
    }
}
