//! Fewer points that look the same: the first, the last, the highest and the lowest always stay, and of what lies between,
//! one point from each stretch of the time, the one that makes the largest triangle with its neighbours ("Largest Triangle
//! Three Buckets", S. Steinarsson 2013). Peaks and troughs survive; the kept points stay about evenly spread.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Chart, Drawing, Number, Point, Series};

/// At most `most` of the points, in their order: the first and the last, the highest and the lowest, and those between that
/// show the most. `most` below 2 counts as 2, and below 4 there is no room for both extremes.
pub fn thin(points: &[Point], most: usize) -> Vec<Point> {
    let row: Vec<Number> = points.iter().map(|point| point.value).collect();
    let times: Vec<Timestamp> = points.iter().map(|point| point.at).collect();
    let kept = keep(&times, &[row], most);
    points.iter().enumerate().filter(|(index, _)| kept.contains(index)).map(|(_, point)| *point).collect()
}

/// The same chart with at most `most` points a series. Series with the same times keep the same times.
pub fn thin_chart(chart: &mut Chart, most: usize) {
    let Drawing::Series { series, .. } = &mut chart.drawing else { return };
    let times = |one: &Series| one.points.iter().map(|point| point.at).collect::<Vec<_>>();
    let shared = series.first().map(times).unwrap_or_default();
    if !series.iter().all(|one| times(one) == shared) {
        series.iter_mut().for_each(|one| one.points = thin(&one.points, most));
        return;
    }
    let rows: Vec<Vec<Number>> =
        series.iter().map(|one| one.points.iter().map(|point| point.value).collect()).collect();
    let kept = keep(&shared, &rows, most);
    for one in series {
        let mut index = 0..;
        one.points.retain(|_| index.next().is_some_and(|index| kept.contains(&index)));
    }
}

/// The points from gap to gap: one is where more than a period (and a half, since clocks are not exact) is missing. The
/// period is the usual distance of two points.
pub fn runs(points: &[Point]) -> Vec<&[Point]> {
    let apart = |pair: &[Point]| match pair {
        [a, b] => b.at.duration_since(a.at).as_millis(),
        _ => 0,
    };
    let mut distances: Vec<i128> = points.windows(2).map(apart).collect();
    distances.sort_unstable();
    let usual = distances.get(distances.len() / 2).copied().unwrap_or_default();
    points.chunk_by(|a, b| apart(&[*a, *b]) * 2 <= usual * 3).collect()
}

/// Which of the places stay, for all rows together.
fn keep(times: &[Timestamp], rows: &[Vec<Number>], most: usize) -> BTreeSet<usize> {
    let (length, most) = (times.len(), most.max(2));
    if length <= most {
        return (0..length).collect();
    }
    let mut kept = BTreeSet::from([0, length - 1]);
    for index in rows.iter().flat_map(|row| extremes(row)) {
        if kept.len() < most {
            kept.insert(index);
        }
    }
    let rows: Vec<Vec<f64>> = rows.iter().map(|row| unit(row)).collect();
    let room = most - kept.len();
    let (begin, inner) = (times.first().map_or(0, |at| at.as_millisecond()), length - 2);
    let at = |index: usize| times.get(index).map_or(0.0, |at| (at.as_millisecond() - begin) as f64);
    let value = |row: &[f64], index: usize| row.get(index).copied().unwrap_or_default();
    let bound = |stretch: usize| (1 + stretch * inner / room).min(length - 1);
    let mut before = 0;
    for stretch in 0..room {
        let (from, to) = (bound(stretch), bound(stretch + 1));
        // What comes next, about: the middle of the next stretch.
        let after = usize::midpoint(to, bound(stretch + 2).max(to + 1)).min(length - 1);
        let mean = |row: &[f64]| {
            let next = row.get(to..bound(stretch + 2).max(to + 1)).unwrap_or_default();
            next.iter().sum::<f64>() / next.len().max(1) as f64
        };
        let shows = |index: usize| {
            let triangle = |row: &Vec<f64>| {
                let (x, y) = (at(before), value(row, before));
                let (to_x, to_y) = (at(after) - x, mean(row) - y);
                (to_x * (value(row, index) - y) - (at(index) - x) * to_y).abs()
            };
            rows.iter().map(triangle).fold(0.0, f64::max)
        };
        let best = (from..to).filter(|index| !kept.contains(index)).map(|index| (index, shows(index)));
        if let Some((index, _)) = best.max_by(|a, b| a.1.total_cmp(&b.1)) {
            kept.insert(index);
            before = index;
        }
    }
    kept
}

/// Where the highest and the lowest are.
fn extremes(row: &[Number]) -> [usize; 2] {
    let by = |better: fn(f64, f64) -> bool| {
        row.iter().enumerate().reduce(|best, one| if better(one.1.get(), best.1.get()) { one } else { best })
    };
    [by(|one, best| one > best), by(|one, best| one < best)].map(|found| found.map_or(0, |(index, _)| index))
}

/// Stretched to 0 (the lowest) to 1; halves, so that no difference overflows.
fn unit(row: &[Number]) -> Vec<f64> {
    let half = |number: &Number| number.get() / 2.0;
    let low = row.iter().map(half).fold(f64::INFINITY, f64::min);
    let span = row.iter().map(half).fold(f64::NEG_INFINITY, f64::max) - low;
    row.iter().map(|number| if span > 0.0 { (half(number) - low) / span } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(values: &[f64]) -> Vec<Point> {
        let at = |index: i64| Timestamp::from_second(1_700_000_000 + 60 * index).unwrap();
        (0..).zip(values).map(|(n, v)| Point { at: at(n), value: Number::new(*v).unwrap() }).collect()
    }

    #[test]
    fn a_spike_of_one_minute_survives_a_day() {
        let mut values = vec![1.0; 1_440];
        values[700] = 9.0;
        values[900] = -3.0;
        let kept = thin(&points(&values), 20);
        assert_eq!(kept.len(), 20);
        let has = |value: f64| kept.iter().any(|point| point.value.get() == value);
        assert!(has(9.0) && has(-3.0));
    }

    #[test]
    fn what_is_kept_is_spread_over_the_time() {
        let values: Vec<f64> = (0..1_000).map(|n| (f64::from(n) / 40.0).sin()).collect();
        let kept = thin(&points(&values), 100);
        let widest = kept.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_mins()).max();
        assert!(widest.unwrap() <= 25, "{widest:?}");
    }

    #[test]
    fn a_gap_is_where_more_than_a_period_is_missing() {
        let mut some = points(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!(runs(&some).len(), 1);
        some.remove(3);
        let lengths: Vec<usize> = runs(&some).iter().map(|run| run.len()).collect();
        assert_eq!(lengths, [3, 3]);
        assert_eq!((runs(&[]).len(), runs(&some[..1]).len()), (0, 1));
    }

    #[test]
    fn series_with_the_same_times_keep_the_same_times() {
        let series = |peak: usize| {
            let mut values = vec![1.0; 200];
            values[peak] = 5.0;
            Series { name: peak.to_string(), points: points(&values), faint: false }
        };
        let drawing = Drawing::Series {
            form: super::super::Form::Line,
            series: vec![series(30), series(170)],
            threshold: None,
        };
        let mut chart = Chart { title: "t".into(), unit: None, zone: "UTC".into(), drawing, picture: None };
        thin_chart(&mut chart, 20);
        let Drawing::Series { series, .. } = chart.drawing else { panic!("no series") };
        for (one, other) in series[0].points.iter().zip(&series[1].points) {
            assert_eq!(one.at, other.at);
        }
        assert!(series.iter().all(|one| one.points.iter().any(|point| point.value.get() == 5.0)));
    }

    proptest! {
        #[test]
        fn few_points_stay_and_the_ends_and_extremes_are_among_them(
            values in prop::collection::vec(prop_oneof![any::<f64>(), -9.0..9.0, Just(0.0)], 0..300),
            most in 0_usize..40,
        ) {
            let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
            let all = points(&values);
            let kept = thin(&all, most);
            prop_assert!(kept.len() <= most.max(2));
            prop_assert!(kept.windows(2).all(|pair| pair[0].at < pair[1].at));
            prop_assert!(kept.iter().all(|point| all.contains(point)));
            if all.len() <= most {
                prop_assert_eq!(&kept, &all);
            }
            prop_assert_eq!((kept.first(), kept.last()), (all.first(), all.last()));
            let ends = |points: &[Point], least: f64, better: fn(f64, f64) -> f64| {
                points.iter().map(|point| point.value.get()).fold(least, better)
            };
            if most >= 4 {
                prop_assert_eq!(ends(&kept, f64::NEG_INFINITY, f64::max), ends(&all, f64::NEG_INFINITY, f64::max));
                prop_assert_eq!(ends(&kept, f64::INFINITY, f64::min), ends(&all, f64::INFINITY, f64::min));
            }
        }
    }
}
