//! What Slack shows, against what is stored: each message once, where it belongs, in the words that the stored state asks for, and
//! no faster than Slack allows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use shared::core::incident::{Effect, IncidentId, Post};
use shared::core::signal::Status;
use shared::core::view::{Card, view};
use shared::present::message;
use shared::store::{Loaded, SignalRecord};
use shared::text::line::thread;
use slack_emulator::Message;

use super::End;
use crate::simulation::ground::Ground;
use crate::simulation::people::{CHANNELS, key};

/// What must be there, by key: its ts.
type Expected = BTreeMap<String, String>;

impl End<'_> {
    /// One root message for each incident and channel, each line once and in order, in the words of the stored state.
    pub(super) fn shown(&self, calm: bool) -> Vec<String> {
        let (mut faults, mut expected) = (Vec::new(), Expected::new());
        for (id, loaded) in &self.incidents {
            for post in &loaded.incident.posts {
                faults.extend(self.root(id, loaded, post, &mut expected));
            }
            faults.extend(self.lines(id, loaded, calm, &mut expected));
        }
        for (key, shown) in &self.messages {
            match (expected.get(key), shown.as_slice()) {
                (_, [_, _, ..]) => faults.push(format!("{key} is there {} times", shown.len())),
                (Some(ts), [(_, one)]) if one.ts == *ts => {}
                (Some(ts), _) => faults.push(format!("{key} should be {ts}")),
                (None, _) if self.moved_away(key) => {}
                (None, _) => faults.push(format!("{key} is shown and not recorded")),
            }
        }
        faults
    }

    fn root(&self, id: &IncidentId, loaded: &Loaded, post: &Post, expected: &mut Expected) -> Vec<String> {
        let key = format!("{id}/{}", post.channel);
        let Some(ts) = post.ts() else {
            let fires = |record: &SignalRecord| {
                record.incident == *id && record.signals.iter().any(|signal| signal.status == Status::Firing)
            };
            let quiet = post.is_quiet() && !self.records.iter().any(fires);
            return if quiet { Vec::new() } else { vec![format!("{key} has no message: {:?}", post.root)] };
        };
        expected.insert(key.clone(), ts.to_owned());
        let Some((_, shown)) = self.messages.get(&key).and_then(|shown| shown.first()) else {
            return vec![format!("{key} is not there")];
        };
        let buttons = self.ground.config.routes.buttons(&loaded.incident.route);
        let card = Card { moved: post.moved.clone(), ..view(&loaded.incident, &loaded.timeline, buttons) };
        let wanted = if post.plain { message::plain_card(&card) } else { message::card(&card) };
        let wanted = bare(json!([wanted.text, wanted.blocks, wanted.attachments]));
        let there = bare(json!([shown.text, shown.blocks, shown.attachments]));
        if wanted == there {
            Vec::new()
        } else {
            vec![format!("{key} shows\n  {there}\nand not\n  {wanted}")]
        }
    }

    fn lines(&self, id: &IncidentId, loaded: &Loaded, calm: bool, expected: &mut Expected) -> Vec<String> {
        let mut faults = Vec::new();
        let mut before: BTreeMap<&str, &str> = BTreeMap::new();
        for entry in &loaded.timeline {
            for line in &entry.lines {
                let key = format!("{id}/{}/{}", line.channel, entry.id);
                let ts = match &line.effect {
                    Effect::Done { ts } => ts,
                    // Slack may refuse a line for good, but not where it works.
                    Effect::Dropped { .. } if !calm => continue,
                    open => {
                        faults.push(format!("{key} is not told: {open:?}"));
                        continue;
                    }
                };
                if before.insert(&line.channel, ts).is_some_and(|before| ts.as_str() < before) {
                    faults.push(format!("{key} stands before the line before it"));
                }
                expected.insert(key.clone(), ts.clone());
                let post = loaded.incident.posts.iter().find(|post| post.channel == line.channel);
                let Some((_, shown)) = self.messages.get(&key).and_then(|shown| shown.first()) else {
                    faults.push(format!("{key} is not there"));
                    continue;
                };
                // A root that is posted anew leaves the lines of the old one where they are.
                if calm && shown.thread_ts.as_deref() != post.and_then(Post::ts) {
                    faults.push(format!("{key} is not in the thread of its incident"));
                }
                let words = thread(entry, &loaded.incident.content.title);
                // The title of a group is that of the thing that fired last, so only what stands before it stays the same.
                let alone = loaded.incident.things.len() == 1;
                let part = |text: &str| {
                    if alone {
                        text.to_owned()
                    } else {
                        text.split('*').next().unwrap_or_default().to_owned()
                    }
                };
                if part(&shown.text) != part(words.as_str()) {
                    faults.push(format!("{key} says {:?} and not {:?}", shown.text, words.as_str()));
                }
            }
        }
        faults
    }

    /// Whether a message stands in a channel that its incident had to leave.
    fn moved_away(&self, key: &str) -> bool {
        let mut parts = key.split('/');
        let (Some(id), Some(channel)) = (parts.next(), parts.next()) else { return false };
        let moved = |post: &Post| post.moved.as_ref().is_some_and(|moved| moved.from == channel);
        self.incidents
            .get(&IncidentId(id.into()))
            .is_some_and(|loaded| loaded.incident.posts.iter().any(moved))
    }

    /// A message a second in each channel, and Slack never had to say that we are too fast.
    pub(super) fn pace(&self) -> Vec<String> {
        let mut faults: Vec<String> = self
            .ground
            .ledger()
            .limited
            .iter()
            .map(|(method, at)| format!("{method} was too fast at {at}"))
            .collect();
        // What was sent in time and held up on its way may meet what was sent after it.
        if self.ground.ledger().met.keys().any(|met| met.starts_with("Slack very slow")) {
            return faults;
        }
        let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (channel, message) in self.messages.values().flatten() {
            times.entry(channel).or_default().push(message.ts.parse().unwrap_or_default());
        }
        for (channel, mut times) in times {
            times.sort_by(f64::total_cmp);
            for (before, after) in times.iter().zip(times.iter().skip(1)) {
                if after - before < 1.0 {
                    faults.push(format!("two messages in {channel} within {:.3} s", after - before));
                }
            }
        }
        faults
    }

    /// Where nothing fails, a signal is shown within seconds, and a second more for every message that its channel had meanwhile.
    pub(super) fn prompt(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, loaded) in &self.incidents {
            // What is over before anybody saw it fire is not shown until it fires.
            let shows = |record: &&SignalRecord| {
                record.incident == *id
                    && record.signals.iter().any(|signal| signal.status != Status::Resolved)
            };
            let received = self.records.iter().filter(shows).map(|record| record.received_at).min();
            let Some(received) = received.map(|at| at.as_second() as f64) else { continue };
            for post in &loaded.incident.posts {
                let Some(at) = post.ts().and_then(|ts| ts.parse::<f64>().ok()) else { continue };
                let meanwhile = |(channel, message): &&(&str, Message)| {
                    let ts = message.ts.parse::<f64>().unwrap_or_default();
                    *channel == post.channel && ts >= received && ts < at
                };
                let ahead = self.messages.values().flatten().filter(meanwhile).count() as f64;
                if at - received > 5.0 + 1.5 * ahead {
                    faults.push(format!("{id} was shown {:.1} s after its signal", at - received));
                }
            }
        }
        faults
    }
}

/// All messages of ours, in channels and threads, by their key.
pub(super) fn messages(ground: &Ground) -> BTreeMap<String, Vec<(&'static str, Message)>> {
    let mut by_key: BTreeMap<String, Vec<(&'static str, Message)>> = BTreeMap::new();
    for channel in CHANNELS {
        let mut seen = BTreeSet::new();
        for root in ground.slack.messages(channel, "") {
            let thread = ground.slack.thread(channel, &root.ts, "");
            for message in std::iter::once(root).chain(thread) {
                if seen.insert(message.ts.clone())
                    && let Some(key) = key(&message).map(str::to_owned)
                {
                    by_key.entry(key).or_default().push((channel, message));
                }
            }
        }
    }
    by_key
}

/// Without what Slack fills in: the ids of blocks and attachments, and defaults.
fn bare(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for filled in ["block_id", "id", "emoji", "verbatim"] {
                fields.remove(filled);
            }
            *fields = std::mem::take(fields).into_iter().map(|(name, field)| (name, bare(field))).collect();
        }
        Value::Array(items) => *items = std::mem::take(items).into_iter().map(bare).collect(),
        _ => {}
    }
    value
}
