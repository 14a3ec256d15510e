//! `noise`: what fired most in the period, whether anybody acted on it, and, over several days, at what hours.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use shared::config::Report;
use shared::core::chart::{Chart, Day, Drawing};
use shared::core::report::{Noise, Noisy, Section};

use super::counted::Counted;

/// How many it names.
const MOST: usize = 5;

/// A map of hours says something over this time.
const SEVERAL_DAYS: SignedDuration = SignedDuration::from_hours(48);

/// The most days of a map.
const MOST_DAYS: usize = 31;

pub(crate) fn section(counted: &Counted, report: &Report) -> Section {
    let mut fired: Vec<_> = counted.fired.iter().collect();
    fired.sort_by_key(|((route, group), fired)| {
        (Reverse(fired.firings), fired.acted_on, route.clone(), group.clone())
    });
    let rows = fired.into_iter().take(MOST).map(|((route, _), fired)| Noisy {
        route: route.clone(),
        title: fired.title.clone(),
        firings: fired.firings,
        acted_on: fired.acted_on,
        incidents: fired.incidents,
    });
    Section::Noise(Noise { rows: rows.collect(), heat: heat(counted, report) })
}

fn heat(counted: &Counted, report: &Report) -> Option<Chart> {
    if counted.period.length() < SEVERAL_DAYS || counted.hours.is_empty() {
        return None;
    }
    let mut days: BTreeMap<Timestamp, Vec<u64>> = days(counted, report);
    for ((day, hour), began) in &counted.hours {
        let hours = days.entry(*day).or_insert_with(|| vec![0; 24]);
        if let Some(cell) = usize::try_from(*hour).ok().and_then(|hour| hours.get_mut(hour)) {
            *cell += began;
        }
    }
    let newest = days.into_iter().rev().take(MOST_DAYS).map(|(at, hours)| Day { at, hours });
    let mut days: Vec<Day> = newest.collect();
    days.reverse();
    Some(Chart {
        title: "Incidents by hour".to_owned(),
        unit: None,
        zone: report.schedule.zone_name().to_owned(),
        drawing: Drawing::Heat { days },
        picture: None,
    })
}

/// Every day of the period, so that a quiet one is seen.
fn days(counted: &Counted, report: &Report) -> BTreeMap<Timestamp, Vec<u64>> {
    let zone = report.schedule.zone();
    let until = counted.period.until;
    let mut days = BTreeMap::new();
    let mut day = counted.period.since.to_zoned(zone.clone()).start_of_day().ok();
    while let Some(at) = day.filter(|at| at.timestamp() < until && days.len() <= MOST_DAYS * 2) {
        days.insert(at.timestamp(), vec![0; 24]);
        day = at.tomorrow().and_then(|next| next.start_of_day()).ok();
    }
    days
}
