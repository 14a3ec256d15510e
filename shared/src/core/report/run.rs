//! What is to be done about a report now: `next` compares its schedule with its newest run. The runs of a report are a chain,
//! each the newest one of its group by a conditional write, so whoever ticks how often makes one run for a time.

use jiff::{SignedDuration, Timestamp};

use super::{Run, Schedule};
use crate::core::incident::{Incident, IncidentId, Opening, Why};

/// What the routes of reports begin with. No route of a config can: a name holds no colon.
pub const ROUTE: &str = "report:";

/// The group of a report's runs by its schedule.
const BY_SCHEDULE: &str = "schedule";

/// One that could not be made within this time is late, and says so.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// One that could not be made within this time is left out.
pub const MADE_UP_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing is due.
    Nothing,
    /// The schedule is new, or another one than before: remember since when it is known.
    Begin,
    /// The run for this time is due.
    Due {
        /// The time.
        slot: Timestamp,
        /// It is late.
        late: bool,
    },
}

/// Who wants a run, and why.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// The schedule, as it is written down in the run.
    Schedule(&'a Schedule),
    /// A person; a repetition of what they typed is the same run.
    Person {
        /// The identity of what they typed.
        once: &'a str,
    },
}

/// What is to be done, given the newest run by the schedule (`now`: our clock).
pub fn next(schedule: &Schedule, newest: Option<&Incident>, now: Timestamp) -> Next {
    let written = written(schedule);
    let known = newest.filter(|newest| newest.why.when.as_ref() == Some(&written));
    let Some(before) = known.and_then(|newest| newest.content.report.as_deref()) else { return Next::Begin };
    match schedule.last_until(now) {
        Some(slot) if slot > before.slot() && now.duration_since(slot) <= MADE_UP_FOR => {
            Next::Due { slot, late: now.duration_since(slot) > LATE_AFTER }
        }
        _ => Next::Nothing,
    }
}

/// The route of a report's runs, by its name.
pub fn route(name: &str) -> String {
    format!("{ROUTE}{name}")
}

/// What the incident of a run starts from; `length` as in [`IncidentId::derive`].
pub fn opening(name: &str, asked: &Asked<'_>, at: Timestamp, length: usize) -> Opening {
    let route = route(name);
    let (group, when) = match asked {
        Asked::Schedule(schedule) => (BY_SCHEDULE.to_owned(), Some(written(schedule))),
        Asked::Person { once } => (format!("asked:{once}"), None),
    };
    let what = format!("{group}/{}", at.as_nanosecond());
    Opening {
        id: IncidentId::derive(&route, &what, length),
        why: Why { when, key: what, ..Why::default() },
        route,
        group,
        channels: Vec::new(),
        show_unfired: false,
    }
}

/// The group whose newest incident is a report's newest run by its schedule.
pub fn by_schedule() -> &'static str {
    BY_SCHEDULE
}

/// A schedule as it is compared: a report that is edited begins anew.
fn written(schedule: &Schedule) -> String {
    format!("{} {}", schedule.pattern(), schedule.zone_name())
}

impl Run {
    /// The run of a report for a time.
    pub fn new(name: &str, to: &str, slot: Timestamp, late: bool) -> Run {
        Run { name: name.to_owned(), slot, to: to.to_owned(), asked_by: None, late }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::incident::{Rules, begin};
    use crate::core::report::Report;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-{time}:00Z").parse().unwrap()
    }

    fn newest(schedule: &Schedule, report: Report) -> Incident {
        let opening = opening("morning", &Asked::Schedule(schedule), at("20T12:00"), 5);
        begin(opening, report, &Rules::default(), at("20T12:00")).incident
    }

    #[test]
    fn a_time_is_due_once_and_made_up_once_and_nothing_before_it_was_known() {
        let schedule = Schedule::new("0 9 * * *", "UTC").unwrap();
        let other = Schedule::new("0 9 * * *", "Europe/Paris").unwrap();
        let begun = |time| Some(newest(&schedule, Report::Begun { at: at(time) }));
        let done = |time| Some(newest(&schedule, Report::Skipped { slot: at(time) }));
        let due = |time, late| Next::Due { slot: at(time), late };
        #[rustfmt::skip]
        let table: Vec<(&str, Option<Incident>, &str, Next)> = vec![
            ("never seen", None, "21T09:00", Next::Begin),
            ("known since an hour before", begun("21T08:00"), "21T08:59", Next::Nothing),
            ("its time comes", begun("21T08:00"), "21T09:00", due("21T09:00", false)),
            ("a few minutes later", begun("21T08:00"), "21T09:05", due("21T09:00", false)),
            ("after an outage", begun("21T08:00"), "21T12:03", due("21T09:00", true)),
            ("known since a minute after", begun("21T09:01"), "21T12:03", Next::Nothing),
            ("made already", done("21T09:00"), "21T09:01", Next::Nothing),
            ("made already, and long ago", done("21T09:00"), "22T08:59", Next::Nothing),
            ("the next day", done("21T09:00"), "22T09:00", due("22T09:00", false)),
            ("of two that were missed the last", done("21T09:00"), "23T10:00", due("23T09:00", true)),
            ("another zone", Some(newest(&other, Report::Skipped { slot: at("21T08:00") })), "21T12:00", Next::Begin),
        ];
        for (what, newest, now, expected) in table {
            assert_eq!(next(&schedule, newest.as_ref(), at(now)), expected, "{what}");
        }
        let monthly = Schedule::new("0 9 1 * *", "UTC").unwrap();
        let before = newest(&monthly, Report::Begun { at: "2026-10-15T00:00Z".parse().unwrap() });
        assert_eq!(next(&monthly, Some(&before), at("02T09:00")), due("01T09:00", true), "a day later");
        assert_eq!(next(&monthly, Some(&before), at("02T09:01")), Next::Nothing, "more than a day later");
    }
}
