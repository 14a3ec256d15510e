//! What the digests of a period come to: read once for all sections that count, one digest after the other, so that a
//! hundred thousand of them take no more memory than their numbers.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use shared::config::Report;
use shared::core::report::{Digest, Run, Schedule};
use shared::deps::Deps;

use super::unread;

/// What a report looks at: from `since` until the time that it is made for, and as long again before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) before: Timestamp,
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
}

/// The longest period: what is older is not kept, and a period and the one before fit into what is kept.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 45);

impl Period {
    /// From one time of the schedule to the next. Of a run that somebody asked for, as long as that.
    pub(crate) fn of(schedule: &Schedule, run: &Run) -> Period {
        let just_before = |time: Timestamp| time.checked_sub(SignedDuration::from_secs(1)).unwrap_or(time);
        let last = schedule.last_until(run.slot).unwrap_or(run.slot);
        let length = schedule.last_until(just_before(last)).map(|before| last.duration_since(before));
        let length = length.unwrap_or(SignedDuration::from_hours(24)).min(LONGEST);
        let until = run.slot;
        let since = until.checked_sub(length).unwrap_or(until);
        let before = since.checked_sub(length).unwrap_or(since);
        Period { before, since, until }
    }

    pub(crate) fn length(&self) -> SignedDuration {
        self.until.duration_since(self.since)
    }
}

/// Times in seconds and numbers of incidents, of one period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    /// Incidents that began.
    pub(crate) incidents: u64,
    /// Until somebody acknowledged.
    pub(crate) acknowledged: Vec<u32>,
    /// Until it was over.
    pub(crate) resolved: Vec<u32>,
}

/// How often one thing fired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fired {
    pub(crate) title: String,
    pub(crate) newest: Timestamp,
    pub(crate) firings: u64,
    pub(crate) incidents: u64,
    pub(crate) acted_on: u64,
}

/// What all of them come to.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) period: Period,
    pub(crate) now: Times,
    pub(crate) before: Times,
    /// (route, group) -> how often, of this period.
    pub(crate) fired: BTreeMap<(String, String), Fired>,
    /// (beginning of the local day, hour) -> how many began, of this period.
    pub(crate) hours: BTreeMap<(Timestamp, i8), u64>,
    zone: TimeZone,
}

impl Counted {
    /// Reads and counts.
    ///
    /// # Errors
    /// The store's, in words for the report.
    pub(crate) async fn read(period: &Period, report: &Report, deps: &Deps) -> Result<Counted, String> {
        let mut counted = Counted::new(*period, report.schedule.zone().clone());
        let read = deps.store.digests(period.before, period.until, &mut |digest| counted.add(&digest)).await;
        read.map(|()| counted).map_err(|error| unread(&error))
    }

    pub(crate) fn new(period: Period, zone: TimeZone) -> Counted {
        let (now, before) = (Times::default(), Times::default());
        Counted { period, now, before, fired: BTreeMap::new(), hours: BTreeMap::new(), zone }
    }

    pub(crate) fn add(&mut self, digest: &Digest) {
        let this = digest.fired_at >= self.period.since;
        let times = if this { &mut self.now } else { &mut self.before };
        let after = |end: Option<Timestamp>| {
            let seconds = end?.duration_since(digest.fired_at).as_secs();
            Some(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
        };
        times.incidents += 1;
        times.acknowledged.extend(after(digest.acknowledged_at));
        times.resolved.extend(after(digest.resolved_at));
        if !this {
            return;
        }
        let fired = self.fired.entry((digest.route.clone(), digest.group.clone())).or_default();
        if digest.fired_at >= fired.newest {
            (fired.newest, fired.title) = (digest.fired_at, digest.title.clone());
        }
        fired.firings += digest.firings;
        fired.incidents += 1;
        fired.acted_on += u64::from(digest.acted_on);
        let local = digest.fired_at.to_zoned(self.zone.clone());
        if let Ok(day) = local.start_of_day() {
            *self.hours.entry((day.timestamp(), local.hour())).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests;
