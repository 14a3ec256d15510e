//! What a chart says in words: the labels of its columns, and the text for those who do not see the picture. How much is `amount`.
//!
//! In a picture nothing can be written by Slack in the reader's zone, so times here are in the chart's own zone, and the
//! text names it.

mod amount;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::core::chart::{Chart, Day, Drawing, Form, Point, Series, Threshold};
use crate::slack::blocks::cut::cut_plain;

pub use self::amount::{Scale, amount, scale};

/// How much alternative text Slack takes with a file, in characters.
pub const MOST_ALT: usize = 1_000;

/// The zone of this name; UTC if there is none.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The times of columns, each other than the others and at most 20 characters long: the time of day, with the day beyond two
/// days, only the day where all are a day apart. `None` if no such labels tell them apart.
pub fn labels(times: &[Timestamp], zone: &TimeZone) -> Option<Vec<String>> {
    let span = times.last()?.duration_since(*times.first()?);
    let forms = if span.as_hours() < 48 {
        ["%H:%M", "%a %H:%M", "%b %-d %H:%M"]
    } else {
        ["%a %-d", "%a %H:%M", "%b %-d %H:%M"]
    };
    // "Mon 23" hides the time, so it only says times that are the same every day.
    let clock = |at: &Timestamp| format(*at, zone, "%H:%M");
    let daily = span.as_hours() < 48 || times.iter().all(|at| Some(clock(at)) == times.first().map(clock));
    forms.into_iter().skip(usize::from(!daily)).find_map(|form| {
        let labels: Vec<String> = times.iter().map(|at| format(*at, zone, form)).collect();
        let mut distinct = labels.clone();
        distinct.sort_unstable();
        distinct.dedup();
        (distinct.len() == labels.len()).then_some(labels)
    })
}

/// A time in the chart's zone, in `strftime`'s words.
pub fn format(at: Timestamp, zone: &TimeZone, form: &'static str) -> String {
    at.to_zoned(zone.clone()).strftime(form).to_string()
}

/// From when to when, as short as it can be said.
pub fn range(from: Timestamp, to: Timestamp, zone: &TimeZone) -> String {
    let (begin, end) = (from.to_zoned(zone.clone()), to.to_zoned(zone.clone()));
    if begin.date() == end.date() {
        return format!("{} to {}", begin.strftime("%b %-d, %H:%M"), end.strftime("%H:%M"));
    }
    format!("{} to {}", begin.strftime("%b %-d, %H:%M"), end.strftime("%b %-d, %H:%M"))
}

/// What the chart shows, in at most 1,000 characters of plain text.
pub fn alt(chart: &Chart) -> String {
    let zone = zone(&chart.zone);
    let mut said = vec![chart.title.trim().to_owned()];
    match &chart.drawing {
        Drawing::Series { form, series, threshold } => {
            said.push(match ends(series) {
                Some((from, to)) => format!("{}, {} ({})", kind(*form), range(from, to, &zone), chart.zone),
                None => format!("{} without values", kind(*form)),
            });
            if let Some(threshold) = threshold {
                said.push(crossed(*threshold, series, chart.unit.as_deref()));
            }
            said.extend(series.iter().map(|one| line(one, chart, &zone)));
        }
        Drawing::Heat { days } => said.extend(heat(days, chart, &zone)),
    }
    said.retain(|sentence| !sentence.is_empty());
    cut_plain(&(said.join(". ") + "."), MOST_ALT)
}

fn kind(form: Form) -> &'static str {
    match form {
        Form::Line => "Line chart",
        Form::Area => "Area chart",
        Form::Bar => "Bar chart",
    }
}

/// The first and the last time.
fn ends(series: &[Series]) -> Option<(Timestamp, Timestamp)> {
    let times = || series.iter().flat_map(|one| &one.points).map(|point| point.at);
    Some((times().min()?, times().max()?))
}

fn crossed(threshold: Threshold, series: &[Series], unit: Option<&str>) -> String {
    let beyond = |one: &&Series| !one.faint && one.points.iter().any(|point| threshold.crossed(point.value));
    let names: Vec<&str> = series.iter().filter(beyond).map(|one| one.name.trim()).collect();
    let side = if threshold.below { "below" } else { "above" };
    let value = amount(threshold.value.get(), unit);
    match names.as_slice() {
        [] => format!("Nothing went {side} the threshold of {value}"),
        [name] => format!("{name} went {side} the threshold of {value}"),
        names if names.len() <= 3 => format!("{} went {side} the threshold of {value}", names.join(" and ")),
        names => format!("{} of them went {side} the threshold of {value}", names.len()),
    }
}

fn line(one: &Series, chart: &Chart, zone: &TimeZone) -> String {
    let higher = |best: Point, point: Point| if point.value.get() > best.value.get() { point } else { best };
    let name = one.name.trim();
    let (Some(last), Some(highest)) = (one.points.last(), one.points.iter().copied().reduce(higher)) else {
        return format!("{name}: no values");
    };
    let unit = chart.unit.as_deref();
    let compared = if one.faint { " (for comparison)" } else { "" };
    format!(
        "{name}{compared}: last {}, highest {} at {}",
        amount(last.value.get(), unit),
        amount(highest.value.get(), unit),
        format(highest.at, zone, "%b %-d, %H:%M"),
    )
}

fn heat(days: &[Day], chart: &Chart, zone: &TimeZone) -> Vec<String> {
    let sum = |day: &Day| day.hours.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
    let total = days.iter().map(sum).fold(0_u64, u64::saturating_add);
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return vec!["Heat map without values".to_owned()];
    };
    let (from, to) = (format(first.at, zone, "%b %-d"), format(last.at, zone, "%b %-d"));
    let mut said = vec![format!("Counts by hour and day, {from} to {to} ({}), {total} in all", chart.zone)];
    if total == 0 {
        return said;
    }
    let hours =
        days.iter().flat_map(|day| (0..24).zip(&day.hours).map(move |(hour, count)| (day, hour, *count)));
    if let Some((day, hour, count)) = hours.reduce(|best, one| if one.2 > best.2 { one } else { best }) {
        said.push(format!("Busiest hour: {}, {hour:02}:00, with {count}", format(day.at, zone, "%a %b %-d")));
    }
    if let Some(day) = days.iter().reduce(|best, one| if sum(one) > sum(best) { one } else { best }) {
        said.push(format!("Busiest day: {}, with {}", format(day.at, zone, "%a %b %-d"), sum(day)));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::chart::Number;

    /// Monday.
    fn at(minutes: i64) -> Timestamp {
        "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minutes)
    }

    fn series(name: &str, values: &[f64], faint: bool) -> Series {
        let point = |(n, value): (i64, &f64)| Point { at: at(60 * n), value: Number::new(*value).unwrap() };
        Series { name: name.into(), points: (0..).zip(values).map(point).collect(), faint }
    }

    fn chart(drawing: Drawing) -> Chart {
        Chart {
            title: "Latency".into(),
            unit: Some("Milliseconds".into()),
            zone: "Europe/Berlin".into(),
            drawing,
            picture: None,
        }
    }

    fn drawn(series: Vec<Series>, threshold: Option<f64>) -> Chart {
        let threshold = threshold.map(|value| Threshold::above(Number::new(value).unwrap()));
        chart(Drawing::Series { form: Form::Line, series, threshold })
    }

    #[test]
    fn the_text_says_what_the_picture_says() {
        for (chart, expected) in [
            (
                drawn(vec![series("p99", &[900.0, 2300.0, 1000.0], false)], None),
                "Latency. Line chart, Nov 23, 01:00 to 03:00 (Europe/Berlin). \
                 p99: last 1 s, highest 2.3 s at Nov 23, 02:00.",
            ),
            (
                drawn(
                    vec![series("p99", &[900.0], false), series("a week before", &[800.0], true)],
                    Some(1000.0),
                ),
                "Latency. Line chart, Nov 23, 01:00 to 01:00 (Europe/Berlin). \
                 Nothing went above the threshold of 1 s. p99: last 900 ms, highest 900 ms at Nov 23, 01:00. \
                 a week before (for comparison): last 800 ms, highest 800 ms at Nov 23, 01:00.",
            ),
            (
                drawn(vec![series("p99", &[9e5], false), series("p50", &[], false)], Some(1000.0)),
                "Latency. Line chart, Nov 23, 01:00 to 01:00 (Europe/Berlin). \
                 p99 went above the threshold of 1 s. p99: last 15 min, highest 15 min at Nov 23, 01:00. \
                 p50: no values.",
            ),
            (drawn(vec![], None), "Latency. Line chart without values."),
            (
                chart(Drawing::Heat {
                    days: vec![
                        Day { at: at(-60), hours: (0..24).collect() },
                        Day { at: at(23 * 60), hours: vec![13; 24] },
                    ],
                }),
                "Latency. Counts by hour and day, Nov 23 to Nov 24 (Europe/Berlin), 588 in all. \
                 Busiest hour: Mon Nov 23, 23:00, with 23. Busiest day: Tue Nov 24, with 312.",
            ),
            (chart(Drawing::Heat { days: vec![] }), "Latency. Heat map without values."),
            (
                chart(Drawing::Heat { days: vec![Day { at: at(-60), hours: vec![u64::MAX, 0] }] }),
                "Latency. Counts by hour and day, Nov 23 to Nov 23 (Europe/Berlin), 18446744073709551615 in all. \
                 Busiest hour: Mon Nov 23, 00:00, with 18446744073709551615. \
                 Busiest day: Mon Nov 23, with 18446744073709551615.",
            ),
        ] {
            assert_eq!(alt(&chart), expected);
        }
    }

    #[test]
    fn below_can_be_wrong_too() {
        let mut chart = drawn(vec![series("free", &[5.0], false)], None);
        let Drawing::Series { threshold, .. } = &mut chart.drawing else { panic!("no series") };
        *threshold = Some(Threshold::below(Number::new(10.0).unwrap()));
        assert!(alt(&chart).contains("free went below the threshold of 10 ms."), "{}", alt(&chart));
    }

    #[test]
    fn the_text_fits() {
        let many = (0..60).map(|n| series(&format!("series number {n}"), &[1.0, 2.0], false)).collect();
        assert_eq!(alt(&drawn(many, Some(0.0))).chars().count(), MOST_ALT);
    }

    #[test]
    fn labels_are_as_short_as_they_can_be() {
        let times = |minutes: &[i64]| minutes.iter().map(|n| at(*n)).collect::<Vec<_>>();
        let berlin = zone("Europe/Berlin");
        for (minutes, expected) in [
            (vec![0, 60, 120], Some(vec!["01:00", "02:00", "03:00"])),
            (vec![0, 720, 1440], Some(vec!["Mon 01:00", "Mon 13:00", "Tue 01:00"])),
            (vec![0, 1440, 2880], Some(vec!["Mon 23", "Tue 24", "Wed 25"])),
            (vec![0, 1440, 3600], Some(vec!["Mon 01:00", "Tue 01:00", "Wed 13:00"])),
            (vec![0, 10080, 10800], Some(vec!["Nov 23 01:00", "Nov 30 01:00", "Nov 30 13:00"])),
            (vec![0, 0], None),
            (vec![], None),
        ] {
            let expected = expected.map(|labels| labels.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(labels(&times(&minutes), &berlin), expected, "{minutes:?}");
        }
        // 01:30 comes twice in New York that night.
        let twice: Vec<Timestamp> =
            ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"].map(|at| at.parse().unwrap()).into();
        assert_eq!(labels(&twice, &zone("America/New_York")), None);
        assert_eq!(zone("Nowhere/Land"), TimeZone::UTC);
    }
}
