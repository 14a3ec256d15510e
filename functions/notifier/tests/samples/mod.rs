//! Charts to look at and to test with: one of each kind that a picture is drawn for. Made of sines and a counter, so that they
//! are the same everywhere and always.

use jiff::{SignedDuration, Timestamp};
use shared::core::chart::{Chart, Day, Drawing, Form, Number, Point, Series, Threshold};

/// Midnight in Berlin, a Monday.
fn begin() -> Timestamp {
    "2026-11-22T23:00:00Z".parse().unwrap()
}

/// A series with a value every so many minutes; `None` is a gap.
pub(crate) fn series(name: &str, minutes: i64, values: impl IntoIterator<Item = Option<f64>>) -> Series {
    let point = |(n, value): (i64, Option<f64>)| {
        let at = begin() + SignedDuration::from_mins(minutes * n);
        Some(Point { at, value: Number::new(value?)? })
    };
    Series { name: name.to_owned(), points: (0..).zip(values).filter_map(point).collect(), faint: false }
}

/// A chart in Berlin's time.
pub(crate) fn chart(title: &str, unit: Option<&str>, drawing: Drawing) -> Chart {
    Chart {
        title: title.to_owned(),
        unit: unit.map(str::to_owned),
        zone: "Europe/Berlin".to_owned(),
        drawing,
        picture: None,
    }
}

/// Noise between 0 and 1 that is the same everywhere.
fn noise(n: i64) -> f64 {
    let mixed =
        (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed >> 40) as f64 / (1_u64 << 24) as f64
}

/// A day of latencies in five-minute steps, with a bad hour in the afternoon.
fn latency(base: f64, bad: f64) -> impl Iterator<Item = Option<f64>> {
    (0..288).map(move |n| {
        let day = 1.0 + 0.5 * (f64::from(n) / 288.0 * std::f64::consts::TAU - 1.9).sin();
        let hour = (-(f64::from(n) - 178.0).powi(2) / 60.0).exp() * bad;
        Some(base * day * (0.85 + 0.3 * noise(i64::from(n))) + hour)
    })
}

fn drawn(form: Form, series: Vec<Series>, threshold: Option<f64>) -> Drawing {
    Drawing::Series { form, series, threshold: threshold.and_then(Number::new).map(Threshold::above) }
}

/// All of them, with a name.
pub(crate) fn all() -> Vec<(&'static str, Chart)> {
    let milliseconds = Some("Milliseconds");
    let p99 = || series("p99", 5, latency(640.0, 1_500.0));
    let before = Series { faint: true, ..series("p99 a week before", 5, latency(600.0, 200.0)) };
    let gap = (0..288).zip(latency(640.0, 0.0)).map(|(n, value)| value.filter(|_| !(90..130).contains(&n)));
    let heat = |days: i64| {
        let hours = |day: i64| {
            (0..24).map(move |hour| {
                let busy = if (8..19).contains(&hour) { 9.0 } else { 1.5 };
                let storm = if day == 3 && hour == 14 { 40.0 } else { 0.0 };
                (busy * noise(day * 24 + hour).powi(2) + storm) as u64
            })
        };
        let at = |day: i64| begin() + SignedDuration::from_hours(24 * (day - days + 1));
        Drawing::Heat {
            days: (0..days).map(|day| Day { at: at(day), hours: hours(day).collect() }).collect(),
        }
    };
    let services = [
        "checkout",
        "cart",
        "search",
        "login",
        "payments",
        "mail",
        "thumbnails",
        "a service with quite a long name",
    ];
    let many = services.iter().zip(1_i32..).map(|(name, n)| {
        series(
            name,
            60,
            (0..49).map(move |hour| {
                Some(
                    f64::from(n * 40) * (1.2 + (f64::from(hour + 5 * n) / 4.0).sin())
                        + 20.0 * noise(i64::from(hour * n)),
                )
            }),
        )
    });
    let bytes =
        |base: f64| (0..31).map(move |n| Some(base * (1.0 + 0.3 * noise(n) + 0.4 * (n as f64 / 5.0).sin())));
    let free = (0..168).map(|n| Some(60e9 - 0.31e9 * n as f64 + 2e9 * noise(n)));
    let mut disk = drawn(Form::Area, vec![series("FreeStorageSpace", 60, free)], None);
    if let Drawing::Series { threshold, .. } = &mut disk {
        *threshold = Number::new(20e9).map(Threshold::below);
    }
    let last_week = Series { faint: true, ..series("the week before", 60 * 24, bytes(1.8e9)) };
    let profit = (0..60).map(|n| Some((n as f64 / 6.0).sin() * 40.0 - 8.0));
    let text = "Ω ünïcode Ж → ≥ 😀 漢字 \u{202e}evil\u{0} <b>& \u{301}".repeat(9);
    vec![
        (
            "line",
            chart(
                "Checkout latency",
                milliseconds,
                drawn(Form::Line, vec![p99(), series("p50", 5, latency(210.0, 90.0)), before], Some(1_000.0)),
            ),
        ),
        (
            "area-gap",
            chart("Requests", Some("Count/Second"), drawn(Form::Area, vec![series("5xx", 5, gap)], None)),
        ),
        (
            "bars",
            chart(
                "Bytes sent by day",
                Some("Bytes"),
                drawn(Form::Bar, vec![series("this month", 60 * 24, bytes(2e9)), last_week], Some(3e9)),
            ),
        ),
        ("many", chart("CPU by service", Some("Percent"), drawn(Form::Line, many.collect(), None))),
        ("heat", chart("When it fired", None, heat(7))),
        ("heat-month", chart("When it fired", None, heat(31))),
        ("below", chart("Free disk space, orders-db", Some("Bytes"), disk)),
        (
            "negative",
            chart("Balance", Some("EUR"), drawn(Form::Area, vec![series("hot wallet", 60, profit)], None)),
        ),
        (
            "far-threshold",
            chart(
                "Queue age",
                Some("Seconds"),
                drawn(
                    Form::Line,
                    vec![series("oldest", 5, (0..200).map(|n| Some(4.0 + noise(n))))],
                    Some(300.0),
                ),
            ),
        ),
        (
            "zero",
            chart(
                "Errors",
                Some("Count"),
                drawn(Form::Line, vec![series("errors", 5, vec![Some(0.0); 288])], Some(0.0)),
            ),
        ),
        (
            "one",
            chart(
                "One value",
                Some("Percent"),
                drawn(Form::Line, vec![series("cpu", 5, [Some(93.0)])], Some(90.0)),
            ),
        ),
        ("empty", chart("Nothing yet", None, drawn(Form::Line, vec![series("cpu", 5, [])], None))),
        (
            "huge",
            chart(
                "Extremes",
                None,
                drawn(Form::Bar, vec![series("huge", 60, [Some(f64::MAX), Some(f64::MIN), Some(1.0)])], None),
            ),
        ),
        (
            "text",
            chart(
                &text,
                Some(&text),
                drawn(
                    Form::Line,
                    vec![series(&text, 5, latency(1.0, 0.0)), series("b", 5, latency(2.0, 0.0))],
                    Some(1.5),
                ),
            ),
        ),
    ]
}
