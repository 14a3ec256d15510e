//! Reads the many ways in which senders write a time. It never asks what time it is.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads ISO 8601 with or without zone (UTC then), RFC 2822, or Unix time in seconds, milliseconds, microseconds or
/// nanoseconds, told apart by size. `None` for anything else and for times before 1990 or after 2200, which are never meant.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let time = match text.parse::<f64>() {
        Ok(number) => from_unix(text, number),
        Err(_) => from_words(text),
    };
    time.filter(|time| (EARLIEST..LATEST).contains(&time.as_second()))
}

/// 1990-01-01 and 2200-01-01 in Unix seconds.
const EARLIEST: i64 = 631_152_000;
const LATEST: i64 = 7_258_118_400;

fn from_unix(text: &str, number: f64) -> Option<Timestamp> {
    let whole: Option<i64> = text.parse().ok();
    match number {
        n if n < 1e11 => match whole {
            Some(seconds) => Timestamp::from_second(seconds).ok(),
            // Microseconds are as exact as a float of this size can be.
            None => Timestamp::from_microsecond((n * 1e6).round() as i64).ok(),
        },
        n if n < 1e14 => Timestamp::from_millisecond(whole.unwrap_or(n as i64)).ok(),
        n if n < 1e17 => Timestamp::from_microsecond(whole.unwrap_or(n as i64)).ok(),
        n => Timestamp::from_nanosecond(whole.map_or(n as i128, i128::from)).ok(),
    }
}

fn from_words(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(time) = text.parse::<DateTime>() {
        return time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_way_of_writing_a_time_is_read() {
        for (written, expected) in [
            ("2026-11-22T09:03:12.345+0000", "2026-11-22T09:03:12.345Z"),
            ("2026-11-22T09:03:12Z", "2026-11-22T09:03:12Z"),
            ("2026-11-22T10:03:12+01:00", "2026-11-22T09:03:12Z"),
            ("2026-11-22 09:03:12 UTC", "2026-11-22T09:03:12Z"),
            ("2026-11-22T09:03:12", "2026-11-22T09:03:12Z"),
            ("Sun, 22 Nov 2026 09:03:12 +0000", "2026-11-22T09:03:12Z"),
            ("1795338192", "2026-11-22T09:03:12Z"),
            ("1795338192.5", "2026-11-22T09:03:12.5Z"),
            ("1795338192000", "2026-11-22T09:03:12Z"),
            ("1795338192000000", "2026-11-22T09:03:12Z"),
            ("1795338192000000000", "2026-11-22T09:03:12Z"),
        ] {
            assert_eq!(parse(written).map(|time| time.to_string()).as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_taken_for_one() {
        for written in
            ["", "0", "42", "soon", "NaN", "inf", "-1e300", "0001-01-01T00:00:00Z", "9".repeat(400).as_str()]
        {
            assert_eq!(parse(written), None, "{written}");
        }
    }
}
