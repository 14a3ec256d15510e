//! From values and times to pixels, and which of them are written beside the axes: round values (1, 2, 5 and their tenfolds;
//! minutes and hours as a clock has them), round times in the chart's zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use shared::text::chart::{Scale, format, scale};

/// The axis of values.
pub(super) struct Values {
    low: f64,
    high: f64,
    /// Values are divided by this power of ten first, so that nothing overflows.
    power: i32,
    ticks: Vec<f64>,
    scale: Scale,
}

/// The axis of times, in milliseconds since 1970.
pub(super) struct Times {
    from: i64,
    to: i64,
}

/// How many values stand beside the axis, about.
const TICKS: f64 = 4.0;

/// Beyond this, a value is brought near 1 before anything is computed with it.
const LARGE: i32 = 100;
const LARGEST: i32 = 300;

/// What only powers of ten can say: `5e306`.
fn with_power(value: f64, power: i32) -> String {
    let said = format!("{value:e}");
    let (digits, own) = said.split_once('e').unwrap_or((&said, "0"));
    format!("{digits}e{}", own.parse::<i32>().unwrap_or(0) + power).replace('-', "−")
}

fn near_one(value: f64, power: i32) -> f64 {
    if power == 0 { value } else { value * 10_f64.powi(-power) }
}

impl Values {
    /// An axis that shows all of these, and zero if it has to (`from_zero`) or is not far.
    pub(super) fn new(
        values: impl Iterator<Item = f64> + Clone,
        unit: Option<&str>,
        from_zero: bool,
    ) -> Self {
        let most = values.clone().map(f64::abs).fold(0.0, f64::max);
        let power = if most > 0.0 { most.log10().floor() as i32 } else { 0 };
        let power = if power.abs() > LARGE { power.clamp(-LARGEST, LARGEST) } else { 0 };
        let scaled = values.map(|value| near_one(value, power));
        let (mut low, mut high) = scaled
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let far = (high - low) < 0.2 * high.abs().max(low.abs()) && low < high;
        if from_zero || !far {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if low == high {
            (low, high) = (low, low + 1.0);
        }
        let scale = scale(unit, low.abs().max(high.abs()));
        let step = step((high - low) / TICKS, &scale);
        let (mut first, mut last) = ((low / step).floor(), (high / step).ceil());
        if far && !from_zero {
            // Nothing lies on the edge.
            first = (low / step - 0.1).floor();
            last = (high / step + 0.1).ceil();
        }
        let ticks: Vec<f64> =
            (0..=(last - first).clamp(1.0, 12.0) as u32).map(|n| (first + f64::from(n)) * step).collect();
        let ends = (ticks.first().copied().unwrap_or(low), ticks.last().copied().unwrap_or(high));
        Values { low: ends.0, high: ends.1, power, ticks, scale }
    }

    /// Where a value is, 0 at the lower end to 1 at the upper.
    pub(super) fn place(&self, value: f64) -> f32 {
        (((near_one(value, self.power) - self.low) / (self.high - self.low)) as f32).clamp(-0.01, 1.01)
    }

    /// Zero, or the end of the axis that is nearest to it: where bars and areas stand.
    pub(super) fn floor(&self) -> f32 {
        self.place(0.0).clamp(0.0, 1.0)
    }

    /// The values beside the axis, with their places.
    pub(super) fn labels(&self) -> Vec<(String, f32)> {
        let step = match self.ticks.as_slice() {
            [one, two, ..] => (two - one) * self.scale.by,
            _ => 1.0,
        };
        let places = (0..6).find(|places| {
            let shifted = step * 10_f64.powi(*places);
            (shifted - shifted.round()).abs() < 1e-6 * shifted.abs()
        });
        let say = |value: f64| match places {
            _ if value == 0.0 => "0".to_owned(),
            _ if self.power != 0 => with_power(value, self.power),
            places => self.scale.say(value, usize::try_from(places.unwrap_or(6)).unwrap_or_default()),
        };
        let place = |value: f64| ((value - self.low) / (self.high - self.low)) as f32;
        self.ticks.iter().map(|value| (say(*value), place(*value))).collect()
    }
}

/// A round step of at least so much. Minutes, hours and days are not decimal.
fn step(least: f64, scale: &Scale) -> f64 {
    let clock: &[f64] = match scale.name.as_str() {
        "min" => &[1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0],
        "h" => &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0],
        _ => &[],
    };
    let said = least * scale.by;
    if let Some(step) = clock.iter().find(|step| **step >= said && said > 0.4) {
        return step / scale.by;
    }
    let power = 10_f64.powf(said.log10().floor());
    let round =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= said * 0.999_999);
    let step = round.unwrap_or(said) / scale.by;
    if step.is_normal() { step } else { least.max(f64::MIN_POSITIVE) }
}

impl Times {
    /// From the first of these to the last.
    pub(super) fn new(times: impl Iterator<Item = Timestamp>) -> Option<Self> {
        let ends = times.map(|at| at.as_millisecond()).fold(None, |ends: Option<(i64, i64)>, at| {
            Some(ends.map_or((at, at), |(from, to)| (from.min(at), to.max(at))))
        });
        ends.map(|(from, to)| Times { from, to })
    }

    /// The same with room at both ends.
    pub(super) fn padded(self, milliseconds: i64) -> Self {
        Times { from: self.from.saturating_sub(milliseconds), to: self.to.saturating_add(milliseconds) }
    }

    /// Where a time is, from 0 to 1; a single one is in the middle.
    pub(super) fn place(&self, at: Timestamp) -> f32 {
        match self.to.saturating_sub(self.from) {
            0 => 0.5,
            span => (at.as_millisecond().saturating_sub(self.from) as f64 / span as f64) as f32,
        }
    }

    /// How much of the axis so many milliseconds are.
    pub(super) fn share(&self, milliseconds: i64) -> f32 {
        (milliseconds as f64 / (self.to.saturating_sub(self.from)).max(1) as f64) as f32
    }

    /// Round times, at most so many, with their places.
    pub(super) fn labels(&self, zone: &TimeZone, most: i64) -> Vec<(String, f32)> {
        let minutes = self.to.saturating_sub(self.from) / 60_000;
        let step = STEPS.into_iter().find(|step| minutes / step < most).unwrap_or(MOST_STEP);
        let ends = [self.from, self.to].map(|at| Timestamp::from_millisecond(at).ok());
        let [Some(from), Some(to)] = ends else { return Vec::new() };
        if from == to {
            return vec![(format(from, zone, "%b %-d, %H:%M"), self.place(from))];
        }
        let mut labels = Vec::new();
        let mut date = from.to_zoned(zone.clone()).date();
        let apart = (step / DAY).max(1);
        while let Some(midnight) = instant(date, 0, zone).filter(|midnight| *midnight <= to) {
            let within = (0..DAY).step_by(usize::try_from(step.min(DAY)).unwrap_or(1));
            for minute in within {
                let Some(at) = (if minute == 0 { Some(midnight) } else { instant(date, minute, zone) })
                else {
                    continue;
                };
                let form = match (step, minute) {
                    (step, _) if step >= 300 * DAY => "%b %Y",
                    (step, _) if step >= 7 * DAY => "%b %-d",
                    (_, 0) => "%a %-d",
                    _ => "%H:%M",
                };
                if from <= at && at <= to {
                    labels.push((format(at, zone, form), self.place(at)));
                }
            }
            let Ok(next) = date.checked_add(apart.days()) else { break };
            date = next;
        }
        labels
    }
}

const DAY: i64 = 24 * 60;

/// Four thousand years: more than enough for all times that there are.
const MOST_STEP: i64 = 4_000 * 365 * DAY;

/// How far apart times may stand, in minutes.
const STEPS: [i64; 22] = [
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    180,
    240,
    360,
    720,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
    180 * DAY,
    365 * DAY,
    3_650 * DAY,
    MOST_STEP,
];

/// A minute of a local day; one that the clocks skip is the one after.
fn instant(date: Date, minute: i64, zone: &TimeZone) -> Option<Timestamp> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let local = jiff::civil::Time::new(hour, minute, 0, 0).ok()?.on(date.year(), date.month(), date.day());
    Some(local.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use shared::text::chart::zone;

    use super::*;

    #[test]
    fn values_beside_the_axis_are_round() {
        for (values, unit, from_zero, expected) in [
            (vec![0.0, 2_300.0], Some("Milliseconds"), false, vec!["0", "1 s", "2 s", "3 s"]),
            (vec![3.0, 97.0], Some("Percent"), false, vec!["0", "50 %", "100 %"]),
            (vec![0.0, 7.0], None, false, vec!["0", "2", "4", "6", "8"]),
            (vec![1_000.0, 1_010.0], None, false, vec!["0.995k", "1.000k", "1.005k", "1.010k", "1.015k"]),
            (vec![1_000.0, 1_010.0], None, true, vec!["0", "0.5k", "1.0k", "1.5k"]),
            (vec![5.4e9, 1e9], Some("Bytes"), false, vec!["0", "2 GB", "4 GB", "6 GB"]),
            (vec![-3.0, 4.0], None, false, vec!["−4", "−2", "0", "2", "4"]),
            (vec![0.0], None, false, vec!["0", "0.5", "1.0"]),
            (vec![0.0, 5_000.0], Some("Seconds"), false, vec!["0", "30 min", "60 min", "90 min"]),
            (vec![], None, false, vec!["0", "0.5", "1.0"]),
            (vec![1e307], Some("Bytes"), false, vec!["0", "5e306", "1e307"]),
        ] {
            let axis = Values::new(values.clone().into_iter(), unit, from_zero);
            let labels: Vec<String> = axis.labels().into_iter().map(|(label, _)| label).collect();
            assert_eq!(labels, expected, "{values:?}");
        }
    }

    #[test]
    fn all_values_have_a_place() {
        let all = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -1e-300, 0.0, 1.0, 1e15, -7.3];
        for one in all {
            for other in all {
                let axis = Values::new([one, other].into_iter(), None, false);
                assert!((0.0..=1.0).contains(&axis.place(one)), "{one} beside {other}: {}", axis.place(one));
                assert!(axis.labels().len() >= 2, "{one} {other}");
                assert!(one <= other || axis.place(one) >= axis.place(other));
            }
        }
    }

    #[test]
    fn times_beside_the_axis_are_round_in_the_zone() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (from, to, zone_name, expected) in [
            (
                "2026-11-22T08:00:00Z",
                "2026-11-23T08:00:00Z",
                "Europe/Berlin",
                "12:00 16:00 20:00 Mon 23 04:00 08:00",
            ),
            ("2026-11-22T08:00:00Z", "2026-11-22T08:05:00Z", "UTC", "08:00 08:01 08:02 08:03 08:04 08:05"),
            ("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z", "UTC", "Mon 16 Wed 18 Fri 20 Sun 22"),
            // The night in which the clocks go back.
            (
                "2026-10-24T20:00:00Z",
                "2026-10-25T08:00:00Z",
                "Europe/Berlin",
                "22:00 Sun 25 02:00 04:00 06:00 08:00",
            ),
            ("2026-01-01T00:00:00Z", "2026-11-23T00:00:00Z", "UTC", "Jan 1 Apr 1 Jun 30 Sep 28"),
            ("-009999-01-03T00:00:00Z", "9999-12-29T00:00:00Z", "Asia/Tokyo", ""),
        ] {
            let axis = Times::new([at(from), at(to)].into_iter()).unwrap();
            let labels: Vec<String> =
                axis.labels(&zone(zone_name), 7).into_iter().map(|(label, _)| label).collect();
            if expected.is_empty() {
                assert!(labels.len() < 8, "{labels:?}");
            } else {
                assert_eq!(labels.join(" "), expected);
            }
        }
    }
}
