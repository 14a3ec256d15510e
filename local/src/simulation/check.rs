//! What must hold once a run is calm: nothing lost, nothing twice, and Slack shows what is stored. Each function answers with
//! the sentences that are not true.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use shared::core::incident::{Actor, Effect, IncidentId, Post, Verb, What};
use shared::core::signal::Status;
use shared::core::view::{Card, view};
use shared::present::message;
use shared::store::{Loaded, SignalRecord, StoreError};
use slack_emulator::Message;

use super::ground::Ground;
use super::people::{CHANNELS, key};

/// What lies in the store and in Slack at the end.
pub(super) struct End<'a> {
    ground: &'a Ground,
    records: Vec<SignalRecord>,
    incidents: BTreeMap<IncidentId, Loaded>,
    /// Our messages by their key; those in threads too.
    messages: BTreeMap<String, Vec<Message>>,
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
        Ok(End { ground, records, incidents, messages: messages(ground) })
    }

    /// Everything that is not as it must be.
    pub(super) async fn faults(&self, calm: bool) -> Result<Vec<String>, StoreError> {
        let mut faults = Vec::new();
        faults.extend(self.queues().await?);
        faults.extend(self.notifications());
        faults.extend(self.things().await?);
        faults.extend(self.responses());
        faults.extend(self.shown());
        faults.extend(self.pace(calm));
        if calm {
            faults.extend(self.prompt());
        }
        Ok(faults)
    }

    async fn queues(&self) -> Result<Vec<String>, StoreError> {
        let mut faults = Vec::new();
        let (waiting, dead) = self.ground.queue.depth();
        if waiting + dead > 0 {
            faults.push(format!("the queues hold {waiting} messages and {dead} dead ones"));
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
            if sent.thing.is_none() && by.len() > 1 {
                faults.push(format!("the notice {mark} is in {} incidents", by.len()));
            }
        }
        for (id, loaded) in &self.incidents {
            let recorded: usize = self
                .records
                .iter()
                .filter(|record| record.incident == *id)
                .map(|record| record.signals.len())
                .sum();
            if loaded.incident.counts.signals != recorded as u64 {
                let counted = loaded.incident.counts.signals;
                faults.push(format!("{id} counts {counted} signals and {recorded} are recorded"));
            }
            let visible = loaded.incident.posts.iter().any(|post| post.ts().is_some() || post.is_quiet());
            if !visible {
                faults.push(format!("{id} is nowhere to be seen: {:?}", loaded.incident.posts));
            }
        }
        faults
    }

    /// The newest that was accepted of a thing, by the sender's clock, is what its incident says.
    async fn things(&self) -> Result<Vec<String>, StoreError> {
        let mut newest: BTreeMap<String, (Timestamp, bool)> = BTreeMap::new();
        for sent in self.ground.ledger().sent.values() {
            let Some(thing) = sent.thing.clone().filter(|_| sent.accepted.is_some()) else { continue };
            let newer = newest.get(&thing).is_none_or(|(at, _)| *at < sent.at);
            if newer {
                newest.insert(thing, (sent.at, sent.firing));
            }
        }
        let mut faults = Vec::new();
        for (thing, (at, firing)) in newest {
            let about = |loaded: &&Loaded| loaded.incident.things.keys().any(|key| key.contains(&thing));
            let Some(any) = self.incidents.values().find(about) else { continue };
            let latest = self.ground.store.latest(&any.incident.route, &any.incident.group).await?;
            let known =
                latest.as_ref().and_then(|latest| latest.things.iter().find(|(key, _)| key.contains(&thing)));
            let Some((_, known)) = known else { continue };
            if known.at <= at && (known.status == Status::Firing) != firing {
                faults.push(format!(
                    "{thing} is {:?} at {}, but the newest says {firing} at {at}",
                    known.status, known.at
                ));
            }
        }
        Ok(faults)
    }

    /// No effect without somebody who asked for it, none twice, and none missing that was promised.
    fn responses(&self) -> Vec<String> {
        let ledger = self.ground.ledger();
        let mut faults = Vec::new();
        let mut asked: BTreeMap<(&IncidentId, &str, String), usize> = BTreeMap::new();
        for ask in &ledger.asked {
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
        for ask in ledger.asked.iter().filter(|ask| ask.done && matches!(ask.verb, Verb::Note(_))) {
            if !happened.contains_key(&(&ask.incident, ask.by.as_str(), word(&ask.verb))) {
                faults.push(format!(
                    "{} by {} on {} was taken and is gone",
                    word(&ask.verb),
                    ask.by,
                    ask.incident
                ));
            }
        }
        faults
    }

    /// One root message for each incident and channel, each line once and in order, and the words are those of the stored state.
    fn shown(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut expected: BTreeMap<String, String> = BTreeMap::new();
        for (id, loaded) in &self.incidents {
            for post in &loaded.incident.posts {
                faults.extend(self.root(id, loaded, post, &mut expected));
                faults.extend(self.lines(id, loaded, post, &mut expected));
            }
        }
        for (key, shown) in &self.messages {
            let moved = self.moved_away(key);
            match (expected.get(key), shown.as_slice()) {
                (_, [_, _, ..]) => faults.push(format!("{key} is there {} times", shown.len())),
                (Some(ts), [one]) if one.ts == *ts => {}
                (Some(ts), _) => faults.push(format!("{key} should be {ts}")),
                (None, _) if moved => {}
                (None, _) => faults.push(format!("{key} is shown and not recorded")),
            }
        }
        faults
    }

    fn root(
        &self,
        id: &IncidentId,
        loaded: &Loaded,
        post: &Post,
        expected: &mut BTreeMap<String, String>,
    ) -> Vec<String> {
        let key = format!("{id}/{}", post.channel);
        let Some(ts) = post.ts() else {
            let told = format!("{key} has no message: {:?}", post.root);
            return if post.is_quiet() { Vec::new() } else { vec![told] };
        };
        expected.insert(key.clone(), ts.to_owned());
        let Some(shown) = self.messages.get(&key).and_then(|shown| shown.first()) else {
            return vec![format!("{key} is not there")];
        };
        let buttons = self.ground.config.routes.buttons(&loaded.incident.route);
        let card = Card { moved: post.moved.clone(), ..view(&loaded.incident, &loaded.timeline, buttons) };
        let wanted = if post.plain { message::plain_card(&card) } else { message::card(&card) };
        let wanted = bare(serde_json::json!([wanted.blocks, wanted.attachments]));
        let there = bare(serde_json::json!([shown.blocks, shown.attachments]));
        if wanted == there {
            Vec::new()
        } else {
            vec![format!("{key} shows\n  {there}\nand not\n  {wanted}")]
        }
    }

    fn lines(
        &self,
        id: &IncidentId,
        loaded: &Loaded,
        post: &Post,
        expected: &mut BTreeMap<String, String>,
    ) -> Vec<String> {
        let (mut faults, mut before) = (Vec::new(), String::new());
        for entry in &loaded.timeline {
            for line in entry.lines.iter().filter(|line| line.channel == post.channel) {
                let key = format!("{id}/{}/{}", post.channel, entry.id);
                match &line.effect {
                    Effect::Done { ts } => {
                        if *ts < before {
                            faults.push(format!("{key} stands before the line before it"));
                        }
                        before.clone_from(ts);
                        expected.insert(key, ts.clone());
                    }
                    Effect::Dropped { .. } => {}
                    open => faults.push(format!("{key} is not told: {open:?}")),
                }
            }
        }
        faults
    }

    /// Whether a message stands in a channel that its incident had to leave.
    fn moved_away(&self, key: &str) -> bool {
        let mut parts = key.split('/');
        let (Some(id), Some(channel)) = (parts.next(), parts.next()) else { return false };
        let loaded = self.incidents.get(&IncidentId(id.into()));
        loaded.is_some_and(|loaded| {
            loaded
                .incident
                .posts
                .iter()
                .any(|post| post.moved.as_ref().is_some_and(|moved| moved.from == channel))
        })
    }

    /// Slack never had to say that we are too fast; and where nothing fails, nothing waits for the sweep.
    fn pace(&self, calm: bool) -> Vec<String> {
        let ledger = self.ground.ledger();
        let mut faults: Vec<String> = ledger
            .limited
            .iter()
            .filter(|(method, _)| method == "chat.postMessage")
            .map(|(method, at)| format!("{method} was too fast at {at}"))
            .collect();
        if calm && ledger.swept > 0 {
            faults.push(format!("nothing failed, and {} posts had to be swept", ledger.swept));
        }
        faults
    }

    /// Where nothing fails, a signal is shown within seconds, and a second more for every other message of its channel.
    fn prompt(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, loaded) in &self.incidents {
            // What is over before anybody saw it fire is not shown until it fires.
            let shows = |record: &&SignalRecord| {
                record.incident == *id
                    && record.signals.iter().any(|signal| signal.status != Status::Resolved)
            };
            let of_it = self.records.iter().filter(shows);
            let Some(received) = of_it.map(|record| record.received_at).min() else { continue };
            for post in &loaded.incident.posts {
                let Some(seconds) = post.ts().and_then(|ts| ts.split('.').next()?.parse::<i64>().ok()) else {
                    continue;
                };
                let before = |message: &&Message| message.ts.as_str() < post.ts().unwrap_or_default();
                let ahead = self.messages.values().flatten().filter(before).count() as i64;
                if seconds - received.as_second() > 5 + ahead {
                    faults.push(format!(
                        "{id} was shown {} s after its signal",
                        seconds - received.as_second()
                    ));
                }
            }
        }
        faults
    }

    /// What happened to each incident, in order, without the times.
    pub(super) fn stories(&self) -> Vec<String> {
        let story = |loaded: &Loaded| {
            let entries = loaded.timeline.iter().map(|entry| format!("{:?} by {:?}", entry.what, entry.by));
            format!("{}: {}", loaded.incident.state.word(), entries.collect::<Vec<_>>().join(", "))
        };
        let mut incidents: Vec<&Loaded> = self.incidents.values().collect();
        incidents.sort_by_key(|loaded| loaded.incident.opened_at);
        incidents.into_iter().map(story).collect()
    }
}

/// All messages of ours, in channels and threads, by their key.
fn messages(ground: &Ground) -> BTreeMap<String, Vec<Message>> {
    let mut by_key: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for channel in CHANNELS {
        let mut seen = BTreeSet::new();
        for root in ground.slack.messages(channel, "") {
            let thread = ground.slack.thread(channel, &root.ts, "");
            for message in std::iter::once(root).chain(thread) {
                if !seen.insert(message.ts.clone()) {
                    continue;
                }
                if let Some(key) = key(&message).map(str::to_owned) {
                    by_key.entry(key).or_default().push(message);
                }
            }
        }
    }
    by_key
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

/// Without what Slack fills in: the ids of blocks, and defaults.
fn bare(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for filled in ["block_id", "id", "fallback", "emoji", "verbatim"] {
                fields.remove(filled);
            }
            *fields = std::mem::take(fields).into_iter().map(|(name, field)| (name, bare(field))).collect();
        }
        Value::Array(items) => *items = std::mem::take(items).into_iter().map(bare).collect(),
        _ => {}
    }
    value
}
