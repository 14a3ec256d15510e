//! What digests come to, in numbers and by hours.

use serde_json::json;
use shared::config::Config;
use shared::core::incident::IncidentId;
use shared::core::report::Section;

use super::*;
use crate::report::{noise, response_times};

fn at(time: &str) -> Timestamp {
    format!("2026-{time}Z").parse().unwrap()
}

fn report(pattern: &str, zone: &str) -> Report {
    let report = json!({ "name": "x", "at": pattern, "time_zone": zone, "to": "ops", "show": ["noise"] });
    let rules = json!({ "channels": { "fallback": "ops" }, "reports": [report] });
    Config::from_json(&rules.to_string()).unwrap().reports.remove(0)
}

fn digest(group: &str, fired_at: &str, acknowledged: Option<i64>, resolved: Option<i64>) -> Digest {
    let fired_at = at(fired_at);
    let after = |seconds: Option<i64>| Some(fired_at + SignedDuration::from_secs(seconds?));
    Digest {
        incident: IncidentId("aaaaa".into()),
        route: "alerts".into(),
        group: group.into(),
        title: format!("{group} at {fired_at}"),
        fired_at,
        acknowledged_at: after(acknowledged),
        resolved_at: after(resolved),
        firings: 2,
        acted_on: acknowledged.is_some(),
    }
}

#[test]
fn a_period_goes_from_one_time_to_the_next_and_an_asked_one_is_as_long() {
    let run = |slot| Run::new("x", "#ops", at(slot), false);
    let daily = report("0 9 * * MON-FRI", "UTC");
    // 2026-11-23 is a Monday.
    let monday = Period::of(&daily.schedule, &run("11-23T09:00:00"));
    assert_eq!((monday.since, monday.before), (at("11-20T09:00:00"), at("11-17T09:00:00")));
    let tuesday = Period::of(&daily.schedule, &run("11-24T09:00:00"));
    assert_eq!((tuesday.since, tuesday.before), (at("11-23T09:00:00"), at("11-22T09:00:00")));
    let asked = Period::of(&daily.schedule, &run("11-24T15:00:00"));
    assert_eq!(asked.since, at("11-23T15:00:00"));
    let clock_change = Period::of(&report("0 9 * * *", "Europe/Paris").schedule, &run("10-25T08:00:00"));
    assert_eq!(clock_change.length(), SignedDuration::from_hours(25));
    let yearly = Period::of(&report("0 9 1 1 *", "UTC").schedule, &run("01-01T09:00:00"));
    assert_eq!(yearly.length(), LONGEST);
}

#[test]
fn times_and_titles_are_those_of_the_period_and_the_one_before_is_only_compared() {
    let report = report("0 9 * * *", "UTC");
    let period = Period::of(&report.schedule, &Run::new("x", "#ops", at("11-23T09:00:00"), false));
    let mut counted = Counted::new(period, report.schedule.zone().clone());
    for digest in [
        digest("disk", "11-21T10:00:00", Some(600), Some(1200)),
        digest("disk", "11-22T09:00:00", Some(60), None),
        digest("disk", "11-22T10:00:00", None, Some(30)),
        digest("api", "11-23T08:59:59", Some(120), Some(240)),
    ] {
        counted.add(&digest);
    }
    let Section::ResponseTimes(times) = response_times::section(&counted) else { panic!() };
    let seconds = |compared: shared::core::report::Compared| {
        (compared.now.map(|number| number.get()), compared.before.map(|number| number.get()))
    };
    assert_eq!(seconds(times.incidents), (Some(3.0), Some(1.0)));
    assert_eq!(seconds(times.acknowledged_median), (Some(60.0), Some(600.0)));
    assert_eq!(seconds(times.acknowledged_p90), (Some(120.0), Some(600.0)));
    assert_eq!(seconds(times.resolved_median), (Some(30.0), Some(1200.0)));
    let Section::Noise(noise) = noise::section(&counted, &report) else { panic!() };
    let rows: Vec<_> =
        noise.rows.iter().map(|row| (row.title.as_str(), row.firings, row.acted_on, row.incidents)).collect();
    assert_eq!(
        rows,
        [("disk at 2026-11-22T10:00:00Z", 4, 1, 2), ("api at 2026-11-23T08:59:59Z", 2, 1, 1)],
        "the newest title of each"
    );
    assert_eq!(noise.heat, None, "a day is no map");
}

#[test]
fn hours_are_those_of_the_local_clock_and_quiet_days_are_in_the_map() {
    let report = report("0 9 * * MON", "Europe/Paris");
    // The week in which the clock is put back; 02:30 comes twice on the 25th.
    let period = Period::of(&report.schedule, &Run::new("x", "#ops", at("10-26T08:00:00"), false));
    let mut counted = Counted::new(period, report.schedule.zone().clone());
    for fired_at in ["10-25T00:30:00", "10-25T01:30:00", "10-20T22:15:00"] {
        counted.add(&digest("disk", fired_at, None, None));
    }
    let Section::Noise(noise) = noise::section(&counted, &report) else { panic!() };
    let shared::core::chart::Drawing::Heat { days } = noise.heat.unwrap().drawing else { panic!() };
    let count =
        |day: usize| days[day].hours.iter().enumerate().filter(|(_, n)| **n > 0).map(|(h, n)| (h, *n));
    assert_eq!(days.len(), 8, "Monday to Monday");
    assert!(days.iter().all(|day| day.hours.len() == 24));
    assert_eq!(count(2).collect::<Vec<_>>(), [(0, 1)], "a quarter past midnight on the 21st");
    assert_eq!(count(6).collect::<Vec<_>>(), [(2, 2)]);
}
