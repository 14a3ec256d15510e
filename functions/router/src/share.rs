//! How a batch is shared out: one share for each incident that gets something of it, so that each is committed once.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use shared::change;
use shared::core::incident::IncidentId;
use shared::core::raw::Raw;
use shared::core::routing::{Decision, Routes};
use shared::core::signal::{Signal, Status};
use shared::sources::Mapped;
use shared::store::{Seen, SignalRecord};

use crate::mail::LeftOut;

/// The most deliveries in one share: each needs two items of the 100 that DynamoDB takes in one transaction
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html>).
const MOST_DELIVERIES: usize = 40;

/// About how long DynamoDB takes for a share, and so how long the first loser should stand back.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// The tries of one share wait for about two seconds in all, so that a batch of ten stays within the function's minute.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// A notification of the batch, as it was read.
#[derive(Debug)]
pub(crate) struct Notification {
    /// With the message in it, if that lay in S3.
    pub(crate) raw: Arc<Raw>,
    pub(crate) mapped: Result<Mapped, LeftOut>,
}

/// What one incident gets of the batch.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) decision: Decision,
    /// Each notice stands for itself.
    pub(crate) notice: bool,
    pub(crate) deliveries: Vec<Delivery>,
}

/// The end of something, and where it would belong by a route that does not take it.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) decision: Decision,
    /// The notification's place in the batch.
    pub(crate) position: usize,
    raw: Arc<Raw>,
    pub(crate) signal: Arc<Signal>,
}

/// What one notification brings to the share.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// Its place in the batch.
    pub(crate) position: usize,
    /// Up to a mebibyte, which each of its signals has.
    raw: Arc<Raw>,
    signals: Vec<Signal>,
}

/// Shares out what is taken of the batch, in order of arrival; and the ends in it, for other routes.
pub(crate) fn shares(batch: Vec<Notification>, routes: &Routes) -> (Vec<Share>, Vec<End>) {
    let (mut shares, mut ends) = (Vec::new(), Vec::new());
    for (position, Notification { raw, mapped }) in batch.into_iter().enumerate() {
        for signal in mapped.into_iter().flat_map(|mapped| mapped.signals) {
            let decisions = routes.decide(&signal);
            if signal.status == Status::Resolved {
                let shared = Arc::new(signal.clone());
                let elsewhere = routes.elsewhere(&signal, &decisions).into_iter();
                let end = |decision| End { decision, position, raw: raw.clone(), signal: shared.clone() };
                ends.extend(elsewhere.map(end));
            }
            for decision in decisions {
                add(&mut shares, decision, position, &raw, signal.clone());
            }
        }
    }
    (shares, ends)
}

fn add(shares: &mut Vec<Share>, decision: Decision, position: usize, raw: &Arc<Raw>, signal: Signal) {
    let notice = signal.status == Status::Info;
    let same = |share: &&mut Share| {
        let goes_there = share.decision.route == decision.route && share.decision.group == decision.group;
        let last = share.deliveries.last().map(|delivery| delivery.position);
        goes_there
            && !notice
            && !share.notice
            && (last == Some(position) || share.deliveries.len() < MOST_DELIVERIES)
    };
    // The same delivery twice in one batch is one delivery; in two batches the commit remembers it.
    let twice = |share: &Share| {
        let same_place = share.decision.route == decision.route && share.decision.group == decision.group;
        let other = |known: &Delivery| {
            known.position != position && (&known.raw.source, &known.raw.id) == (&raw.source, &raw.id)
        };
        same_place && !share.notice && share.deliveries.iter().any(other)
    };
    if shares.iter().any(twice) {
        return;
    }
    match shares.iter_mut().rev().find(same) {
        None => {
            let deliveries = vec![Delivery { position, raw: raw.clone(), signals: vec![signal] }];
            shares.push(Share { decision, notice, deliveries });
        }
        Some(share) => match share.deliveries.last_mut().filter(|last| last.position == position) {
            Some(delivery) => delivery.signals.push(signal),
            None => share.deliveries.push(Delivery { position, raw: raw.clone(), signals: vec![signal] }),
        },
    }
}

impl Share {
    pub(crate) fn signals(&self) -> impl Iterator<Item = &Signal> {
        self.deliveries.iter().flat_map(|delivery| &delivery.signals)
    }

    /// The shares of these ends, which all belong to one place.
    pub(crate) fn of_ends(ends: impl Iterator<Item = End>) -> Vec<Share> {
        let mut shares = Vec::new();
        for End { decision, position, raw, signal } in ends {
            add(&mut shares, decision, position, &raw, Arc::unwrap_or_clone(signal));
        }
        shares
    }

    /// One share for each delivery, with its place in the batch.
    pub(crate) fn singles(&self) -> Vec<(usize, Share)> {
        let single = |delivery: &Delivery| {
            let share = Share { deliveries: vec![delivery.clone()], ..self.clone() };
            (delivery.position, share)
        };
        self.deliveries.iter().map(single).collect()
    }

    /// What must not have effect twice: each delivery in this group. A notice is its signal.
    pub(crate) fn seen(&self, now: Timestamp) -> Vec<Seen> {
        self.deliveries
            .iter()
            .map(|delivery| change::seen(self.scope(), self.identity(delivery), now))
            .collect()
    }

    /// Leaves out what was committed before.
    pub(crate) fn forget(&mut self, ids: &[String]) {
        let keep: Vec<bool> =
            self.deliveries.iter().map(|delivery| !ids.contains(&self.identity(delivery))).collect();
        let mut keep = keep.iter();
        self.deliveries.retain(|_| keep.next().copied().unwrap_or(true));
    }

    /// How long to stand back after so many tries that others won: up to twice as long each time, and each share as long as
    /// its first delivery says, so that a crowd comes apart and a run can be repeated.
    pub(crate) fn pause(&self, tries: u32) -> Duration {
        let first = self.deliveries.first().map(|delivery| &delivery.raw.id);
        let dice = BuildHasherDefault::<DefaultHasher>::default().hash_one((first, tries));
        let longest = LONGEST_PAUSE.min(FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tries)));
        longest.mul_f64((dice % 1_000) as f64 / 1_000.0)
    }

    /// What is kept of each delivery.
    pub(crate) fn records(&self, incident: &IncidentId) -> Vec<SignalRecord> {
        let record = |delivery: &Delivery| SignalRecord {
            id: format!("{incident}/{}", self.identity(delivery)),
            incident: incident.clone(),
            signals: delivery.signals.clone(),
            raw: Some(Raw::clone(&delivery.raw)),
            received_at: delivery.raw.received_at,
        };
        self.deliveries.iter().map(record).collect()
    }

    fn scope(&self) -> String {
        format!("signal/{}/{}", self.decision.route, if self.notice { "" } else { &self.decision.group })
    }

    fn identity(&self, delivery: &Delivery) -> String {
        match delivery.signals.first().filter(|_| self.notice) {
            Some(signal) => signal.id.clone(),
            // Two senders may number their deliveries alike.
            None => match &delivery.raw.source {
                Some(source) => format!("{source}/{}", delivery.raw.id),
                None => delivery.raw.id.clone(),
            },
        }
    }
}
