//! Can Slack's own chart say it? It knows named values over a row of labels at even distances, and nothing else: no line to
//! stay below, no gap, no time axis, at most 6 series of 20 points. What it would say wrongly needs a picture:
//!
//! - a threshold, or a heat map;
//! - more than 6 series; one for comparison is a series like the others;
//! - series that have not all the same times, or a gap: each series must have a value for each label;
//! - more than 20 points, unless every n-th of them says the same, with all others within 2 % of the range of the line
//!   between their neighbours. Bars are never left out;
//! - a line through a single point.
//!
//! Contract: <https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block>; sources disagree on 6 or 12 series.

use jiff::Timestamp;

use super::{Chart, Drawing, Form, Number, Series, runs};

/// How many series Slack draws.
pub const MOST_SERIES: usize = 6;

/// How many points a series may have there.
pub const MOST_COLUMNS: usize = 20;

/// How much of the range a left-out point may lie beside the line.
const HIDDEN: f64 = 0.02;

/// A chart as Slack can say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// How it is drawn.
    pub form: Form,
    /// The times of the columns, oldest first, 1 to 20.
    pub times: Vec<Timestamp>,
    /// 1 to 6 names, each with one value for each column.
    pub series: Vec<(String, Vec<Number>)>,
}

/// The chart as Slack can say it, if it can.
pub fn columns(chart: &Chart) -> Option<Columns> {
    let Drawing::Series { form, series, threshold: None } = &chart.drawing else { return None };
    let first = series.first()?;
    let times: Vec<Timestamp> = first.points.iter().map(|point| point.at).collect();
    let same = |one: &Series| one.points.iter().map(|point| point.at).eq(times.iter().copied());
    let least = if *form == Form::Bar { 1 } else { 2 };
    if series.len() > MOST_SERIES
        || times.len() < least
        || runs(&first.points).len() != 1
        || !times.is_sorted_by(|one, next| one < next)
        || !series.iter().all(same)
    {
        return None;
    }
    let rows: Vec<Vec<Number>> =
        series.iter().map(|one| one.points.iter().map(|point| point.value).collect()).collect();
    let step = (times.len() - 1).div_ceil(MOST_COLUMNS - 1).max(1);
    if step > 1 && (*form == Form::Bar || rows.iter().any(|row| hides(row, step))) {
        return None;
    }
    let last = times.len() - 1;
    let shown = |index: &usize| index.is_multiple_of(step) || *index == last;
    let pick =
        |row: Vec<Number>| row.into_iter().enumerate().filter(|(at, _)| shown(at)).map(|(_, n)| n).collect();
    Some(Columns {
        form: *form,
        times: times.iter().enumerate().filter(|(at, _)| shown(at)).map(|(_, time)| *time).collect(),
        series: series.iter().map(|one| one.name.clone()).zip(rows.into_iter().map(pick)).collect(),
    })
}

/// Whether every `step`-th value (and the last) says something else than all of them. Halves, so that nothing overflows.
fn hides(row: &[Number], step: usize) -> bool {
    let row: Vec<f64> = row.iter().map(|number| number.get() / 2.0).collect();
    let high = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let low = row.iter().copied().fold(f64::INFINITY, f64::min);
    (0..row.len()).step_by(step).any(|from| {
        let to = (from + step).min(row.len() - 1);
        let stretch = row.get(from..=to).unwrap_or_default();
        let (Some(begin), Some(end)) = (stretch.first(), stretch.last()) else { return false };
        let parts = stretch.len().saturating_sub(1).max(1) as f64;
        let beside = |(at, value): (usize, &f64)| {
            let share = at as f64 / parts;
            (value - (begin + (end - begin) * share)).abs() > HIDDEN * (high - low)
        };
        stretch.iter().enumerate().any(beside)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Day, Point, Threshold};
    use super::*;

    fn line(name: &str, values: impl IntoIterator<Item = f64>) -> Series {
        let at = |index: i64| Timestamp::from_second(1_700_000_000 + 3_600 * index).unwrap();
        let points = (0..).zip(values).map(|(n, v)| Point { at: at(n), value: Number::new(v).unwrap() });
        Series { name: name.to_owned(), points: points.collect(), faint: false }
    }

    fn of(form: Form, series: Vec<Series>) -> Chart {
        let drawing = Drawing::Series { form, series, threshold: None };
        Chart { title: "t".into(), unit: None, zone: "UTC".into(), drawing, picture: None }
    }

    fn zigzag(length: u32) -> impl Iterator<Item = f64> {
        (0..length).map(|n| f64::from(n % 2))
    }

    #[test]
    fn slack_says_what_it_can_say_rightly() {
        let mut gap = line("a", zigzag(12));
        gap.points.remove(5);
        let mut short = line("b", zigzag(12));
        short.points.pop();
        let threshold = Some(Threshold::above(Number::ZERO));
        let under = Drawing::Series { form: Form::Line, series: vec![line("a", zigzag(3))], threshold };
        let heat = Drawing::Heat { days: vec![Day { at: Timestamp::UNIX_EPOCH, hours: vec![0; 24] }] };
        let drawn = |drawing: Drawing| Chart { drawing, ..of(Form::Line, vec![]) };
        for (what, chart, said) in [
            ("two points", of(Form::Line, vec![line("a", zigzag(2))]), Some(2)),
            ("twenty points", of(Form::Area, vec![line("a", zigzag(20))]), Some(20)),
            ("six series", of(Form::Line, (0..6).map(|_| line("a", zigzag(5))).collect()), Some(5)),
            ("seven series", of(Form::Line, (0..7).map(|_| line("a", zigzag(5))).collect()), None),
            ("no series", of(Form::Line, vec![]), None),
            ("no points", of(Form::Bar, vec![line("a", [])]), None),
            ("one point", of(Form::Line, vec![line("a", [1.0])]), None),
            ("one bar", of(Form::Bar, vec![line("a", [1.0])]), Some(1)),
            ("a gap", of(Form::Line, vec![gap]), None),
            ("other times", of(Form::Line, vec![line("a", zigzag(12)), short]), None),
            ("more than can be left out", of(Form::Line, vec![line("a", zigzag(21))]), None),
            ("many that say nothing", of(Form::Line, vec![line("a", vec![3.0; 288])]), Some(19)),
            ("a straight line", of(Form::Line, vec![line("a", (0..39).map(f64::from))]), Some(20)),
            ("many bars", of(Form::Bar, vec![line("a", vec![3.0; 21])]), None),
            ("a threshold", drawn(under), None),
            ("a heat map", drawn(heat), None),
        ] {
            assert_eq!(columns(&chart).map(|columns| columns.times.len()), said, "{what}");
        }
    }

    #[test]
    fn the_first_and_the_last_column_are_always_there() {
        for length in 21..200 {
            let chart = of(Form::Line, vec![line("a", (0..length).map(f64::from))]);
            let columns = columns(&chart).unwrap();
            assert!(columns.times.len() <= MOST_COLUMNS, "{length}");
            let values = &columns.series[0].1;
            assert_eq!((values[0].get(), values.last().unwrap().get()), (0.0, f64::from(length - 1)));
        }
    }

    #[test]
    fn one_peak_among_many_points_asks_for_a_picture() {
        let mut values = vec![1.0; 100];
        values[50] = 1.5;
        assert_eq!(columns(&of(Form::Line, vec![line("a", values)])), None);
    }
}
