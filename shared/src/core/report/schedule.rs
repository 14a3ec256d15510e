//! When a report is due: a cron pattern on the clock of a time zone. The pattern is matched against local times; what becomes
//! of one that the clock skips or shows twice is decided here: a time that does not exist runs when the clock goes on, one that
//! comes twice runs once, the first time.
//!
//! No state may enter: what was made already is the caller's to know.

use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// When something is due, again and again.
#[derive(Clone, Debug)]
pub struct Schedule {
    pattern: String,
    zone_name: String,
    cron: Cron,
    zone: TimeZone,
}

/// Why there is no such schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The pattern is no cron pattern, or one that never comes. Says why.
    #[error("this is no cron pattern: {0}")]
    Pattern(String),
    /// There is no such time zone.
    #[error("there is no time zone \"{0}\"")]
    Zone(String),
}

impl Schedule {
    /// Reads a pattern of five fields (minute, hour, day of the month, month, day of the week) and an IANA time zone.
    ///
    /// # Errors
    /// Which of the two is none.
    pub fn new(pattern: &str, zone: &str) -> Result<Self, ScheduleError> {
        let five = CronParser::builder().seconds(Seconds::Disallowed).build();
        let cron = five.parse(pattern).map_err(|error| ScheduleError::Pattern(told(&error.to_string())))?;
        let known = TimeZone::get(zone).map_err(|_| ScheduleError::Zone(zone.to_owned()))?;
        Ok(Schedule { pattern: pattern.to_owned(), zone_name: zone.to_owned(), cron, zone: known })
    }

    /// The pattern, as it was written.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The time zone's name.
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// The time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The pattern in words: "At 09:00, Monday through Friday".
    pub fn in_words(&self) -> String {
        self.cron.describe().trim_end_matches('.').to_owned()
    }

    /// The next time after this one; `None` if it never comes again.
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        let mut local = self.local(time);
        loop {
            local = self.cron.find_next_occurrence(&local, false).ok()?;
            match self.instant(local) {
                Some(at) if at > time => return Some(at),
                // The clock shows it for the second time.
                Some(_) => {}
                None => return None,
            }
        }
    }

    /// The last time until this one, itself included; `None` if it never came.
    pub fn last_until(&self, time: Timestamp) -> Option<Timestamp> {
        let mut local = self.local(time).checked_add(self.ahead(time)).ok()?;
        let mut inclusive = true;
        loop {
            local = self.cron.find_previous_occurrence(&local, inclusive).ok()?;
            inclusive = false;
            match self.instant(local) {
                Some(at) if at <= time => return Some(at),
                Some(_) => {}
                None => return None,
            }
        }
    }

    fn local(&self, time: Timestamp) -> DateTime {
        self.zone.to_datetime(time)
    }

    /// How far ahead of the clock a local time may be that was there before: where the clock shows an hour for the second
    /// time, all of that hour.
    fn ahead(&self, time: Timestamp) -> SignedDuration {
        let local = self.local(time);
        match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Fold { before, after } => before.duration_since(after).abs(),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => SignedDuration::ZERO,
        }
    }

    /// When a local time is: the first time, if it comes twice; when the clock goes on, if it is skipped.
    fn instant(&self, local: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
            AmbiguousOffset::Gap { .. } => {
                // As if the clock had been moved already: this lies before the gap, and the gap is what comes next.
                let before = ambiguous.earlier().ok()?;
                self.zone.following(before).next().map(|change| change.timestamp())
            }
        }
    }
}

/// What the parser says, without its own heading.
fn told(error: &str) -> String {
    error.trim_start_matches("Invalid pattern: ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(pattern: &str, zone: &str) -> Schedule {
        Schedule::new(pattern, zone).unwrap()
    }

    /// All times in a span, local, as `MM-DD HH:MM+offset`.
    fn times(pattern: &str, zone: &str, from: &str, until: &str) -> Vec<String> {
        let schedule = schedule(pattern, zone);
        let (mut at, until): (Timestamp, Timestamp) = (from.parse().unwrap(), until.parse().unwrap());
        let mut times = Vec::new();
        while let Some(next) = schedule.next_after(at).filter(|next| *next <= until) {
            assert_eq!(schedule.last_until(next), Some(next), "{pattern} in {zone}");
            times.push(next.to_zoned(schedule.zone.clone()).strftime("%m-%d %H:%M%z").to_string());
            at = next;
        }
        times
    }

    #[test]
    fn a_time_that_is_skipped_runs_when_the_clock_goes_on_and_one_that_comes_twice_runs_once() {
        #[rustfmt::skip]
        let table: &[(&str, &str, &str, &str, &[&str])] = &[
            // Europe: 2026-03-29 02:00 -> 03:00, 2026-10-25 03:00 -> 02:00.
            ("30 2 * * *", "Europe/Paris", "2026-03-28T00:00Z", "2026-03-31T00:00Z", &["03-28 02:30+0100", "03-29 03:00+0200", "03-30 02:30+0200"]),
            ("30 2 * * *", "Europe/Paris", "2026-10-24T00:00Z", "2026-10-27T00:00Z", &["10-24 02:30+0200", "10-25 02:30+0200", "10-26 02:30+0100"]),
            ("*/30 * * * *", "Europe/Paris", "2026-03-29T00:00Z", "2026-03-29T02:00Z", &["03-29 01:30+0100", "03-29 03:00+0200", "03-29 03:30+0200", "03-29 04:00+0200"]),
            ("*/30 * * * *", "Europe/Paris", "2026-10-24T23:30Z", "2026-10-25T02:00Z", &["10-25 02:00+0200", "10-25 02:30+0200", "10-25 03:00+0100"]),
            ("0 9 * * MON-FRI", "Europe/London", "2026-03-26T10:00Z", "2026-03-31T10:00Z", &["03-27 09:00+0000", "03-30 09:00+0100", "03-31 09:00+0100"]),
            // New York: 2026-03-08 02:00 -> 03:00, 2026-11-01 02:00 -> 01:00.
            ("15 2 * * *", "America/New_York", "2026-03-07T12:00Z", "2026-03-09T12:00Z", &["03-08 03:00-0400", "03-09 02:15-0400"]),
            ("15 1 * * *", "America/New_York", "2026-10-31T12:00Z", "2026-11-02T12:00Z", &["11-01 01:15-0400", "11-02 01:15-0500"]),
            // Lord Howe Island moves its clock by half an hour: 2026-10-04 02:00 -> 02:30, 2026-04-05 02:00 -> 01:30.
            ("10 2 * * *", "Australia/Lord_Howe", "2026-10-02T15:00Z", "2026-10-04T16:00Z", &["10-03 02:10+1030", "10-04 02:30+1100", "10-05 02:10+1100"]),
            ("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T16:00Z", "2026-04-05T16:00Z", &["04-05 01:45+1100", "04-06 01:45+1030"]),
            // Midnight is what is skipped in Beirut: 2026-03-29 00:00 -> 01:00.
            ("0 0 * * *", "Asia/Beirut", "2026-03-27T23:00Z", "2026-03-29T23:00Z", &["03-29 01:00+0300", "03-30 00:00+0300"]),
            // No clock changes.
            ("0 9 * * *", "Asia/Tokyo", "2026-03-28T12:00Z", "2026-03-30T12:00Z", &["03-29 09:00+0900", "03-30 09:00+0900"]),
            ("0 9 * * *", "UTC", "2026-03-28T12:00Z", "2026-03-30T12:00Z", &["03-29 09:00+0000", "03-30 09:00+0000"]),
            // The last day of the month, the first Monday, a leap day.
            ("0 6 L * *", "UTC", "2026-01-31T07:00Z", "2026-04-01T00:00Z", &["02-28 06:00+0000", "03-31 06:00+0000"]),
            ("0 6 * * MON#1", "UTC", "2026-01-31T07:00Z", "2026-04-01T00:00Z", &["02-02 06:00+0000", "03-02 06:00+0000"]),
            ("0 6 29 2 *", "UTC", "2026-01-01T00:00Z", "2032-12-31T00:00Z", &["02-29 06:00+0000", "02-29 06:00+0000"]),
        ];
        for (pattern, zone, from, until, expected) in table {
            assert_eq!(times(pattern, zone, from, until), *expected, "{pattern} in {zone}");
        }
    }

    #[test]
    fn while_the_clock_shows_an_hour_again_the_last_time_is_that_of_its_first_showing() {
        let schedule = schedule("30 2 * * *", "Europe/Paris");
        let first: Timestamp = "2026-10-25T00:30Z".parse().unwrap();
        for now in [
            "2026-10-25T00:30Z",
            "2026-10-25T00:50Z",
            "2026-10-25T01:10Z",
            "2026-10-25T01:40Z",
            "2026-10-25T09:00Z",
        ] {
            assert_eq!(schedule.last_until(now.parse().unwrap()), Some(first), "{now}");
        }
        assert_eq!(
            schedule.last_until("2026-10-25T00:29Z".parse().unwrap()),
            "2026-10-24T00:30Z".parse().ok()
        );
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_the_reason() {
        for pattern in
            ["", "9", "0 9 * *", "0 0 9 * * MON", "60 9 * * *", "0 25 * * *", "0 9 * * FUNDAY", "x"]
        {
            assert!(matches!(Schedule::new(pattern, "UTC"), Err(ScheduleError::Pattern(_))), "{pattern}");
        }
        let zone = Schedule::new("0 9 * * *", "Europe/Londn").unwrap_err();
        assert_eq!(zone, ScheduleError::Zone("Europe/Londn".to_owned()));
        let never = schedule("0 9 31 2 *", "UTC");
        assert_eq!(never.next_after("2026-01-01T00:00Z".parse().unwrap()), None);
    }

    proptest! {
        /// Next and last are each other's inverse, at any time in any zone.
        #[test]
        fn nothing_lies_between_the_last_and_the_next(
            second in 1_700_000_000_i64..1_900_000_000,
            pattern in prop::sample::select(vec!["0 9 * * MON-FRI", "*/7 * * * *", "30 2 * * *", "0 0 1 * *", "59 1,2,3 * * *"]),
            zone in prop::sample::select(vec!["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca", "UTC"]),
        ) {
            let schedule = schedule(pattern, zone);
            let now = Timestamp::from_second(second).unwrap();
            let last = schedule.last_until(now).unwrap();
            let next = schedule.next_after(now).unwrap();
            prop_assert!(last <= now && now < next);
            prop_assert_eq!(schedule.next_after(last), Some(next));
            let before = next - SignedDuration::from_secs(1);
            prop_assert_eq!(schedule.last_until(before), Some(last));
        }
    }
}
