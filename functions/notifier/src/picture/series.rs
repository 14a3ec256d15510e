//! Values over time: a legend, the two axes, the threshold with the side that is wrong shaded, and the highest value. What is
//! between them is drawn by `marks`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::core::chart::{Chart, Form, Point, Series, Threshold};
use shared::text::chart::{amount, range};

use super::axes::{Times, Values};
use super::canvas::{Anchor, Canvas, Pen};
use super::{HEIGHT, LABEL, MARGIN, WIDTH, head, ink, marks};

/// How many series are drawn.
const MOST_DRAWN: usize = 40;
/// How many rows the legend may have, and how high they are.
const ROWS: usize = 2;
const ROW: f32 = 46.0;
/// How many times stand below.
const MOST_TIMES: i64 = 7;

/// What is drawn.
#[derive(Clone, Copy)]
pub(super) struct Plot<'a> {
    pub(super) form: Form,
    pub(super) series: &'a [Series],
    pub(super) threshold: Option<Threshold>,
}

/// Where values and times are on the canvas.
pub(super) struct Frame {
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
    pub(super) values: Values,
    pub(super) times: Times,
    /// How far apart bars stand, in milliseconds.
    pub(super) period: i64,
}

impl Frame {
    /// Where a time is.
    pub(super) fn x(&self, at: Timestamp) -> f32 {
        self.left + self.times.place(at) * (self.right - self.left)
    }

    /// Where a value is.
    pub(super) fn y(&self, value: f64) -> f32 {
        self.bottom - self.values.place(value) * (self.bottom - self.top)
    }

    /// Where bars and areas stand.
    pub(super) fn floor(&self) -> f32 {
        self.bottom - self.values.floor() * (self.bottom - self.top)
    }

    /// Where a point is.
    pub(super) fn at(&self, point: &Point) -> (f32, f32) {
        (self.x(point.at), self.y(point.value.get()))
    }
}

/// A series with its colour. One for comparison has the colour of what it is compared with.
pub(super) struct Drawn<'a> {
    pub(super) series: &'a Series,
    pub(super) rgb: u32,
}

impl<'a> Plot<'a> {
    /// The whole picture, and where things are in it if there are any.
    pub(super) fn draw(self, chart: &Chart, zone: &TimeZone) -> Option<(Canvas, Option<Frame>)> {
        let mut canvas = Canvas::new(WIDTH as u32, HEIGHT as u32)?;
        let times = || self.series.iter().flat_map(|one| &one.points).map(|point| point.at);
        let (Some(from), Some(to), Some(axis)) = (times().min(), times().max(), Times::new(times())) else {
            head(&mut canvas, chart, &chart.zone);
            let middle = (WIDTH / 2.0, HEIGHT / 2.0 + 40.0);
            canvas.text(middle, LABEL, ink::DIM, Anchor::Middle, "No values in this time");
            return Some((canvas, None));
        };
        let top = head(&mut canvas, chart, &format!("{} · {}", range(from, to, zone), chart.zone));
        let drawn = self.drawn();
        let top = self.legend(&mut canvas, chart, &drawn, top);
        let frame = self.frame(&mut canvas, chart, zone, top, axis);
        self.shade(&mut canvas, &frame);
        // What is compared with lies below.
        let (faint, plain): (Vec<_>, Vec<_>) = drawn.iter().partition(|one| one.series.faint);
        match self.form {
            Form::Bar => marks::bars(&mut canvas, &frame, &drawn),
            Form::Line | Form::Area => {
                faint.iter().for_each(|one| marks::line(&mut canvas, &frame, one, false));
                plain.iter().for_each(|one| marks::line(&mut canvas, &frame, one, self.form == Form::Area));
            }
        }
        let peak = self.highest().filter(|peak| self.lowest().is_none_or(|low| low < peak.value.get()));
        self.limit(&mut canvas, chart, &frame, peak);
        if let Some(peak) = peak {
            if self.form != Form::Bar {
                canvas.dot(frame.at(peak), 11.0, ink::CARD);
                canvas.dot(frame.at(peak), 8.0, ink::TEXT);
            }
            said_at(&mut canvas, &frame, peak, &amount(peak.value.get(), chart.unit.as_deref()));
        }
        Some((canvas, Some(frame)))
    }

    fn drawn(self) -> Vec<Drawn<'a>> {
        let (mut plain, mut faint) = (0.., 0..);
        let color = |series: &Series| if series.faint { faint.next() } else { plain.next() };
        let indices: Vec<usize> = self.series.iter().map(color).map(Option::unwrap_or_default).collect();
        let drawn = self.series.iter().zip(indices).take(MOST_DRAWN);
        let color = |faint: bool, rgb: u32| if faint { ink::pale(rgb) } else { rgb };
        drawn.map(|(series, index)| Drawn { series, rgb: color(series.faint, ink::series(index)) }).collect()
    }

    fn plain_points(self) -> impl Iterator<Item = &'a Point> {
        self.series.iter().filter(|one| !one.faint).flat_map(|one| &one.points)
    }

    fn highest(self) -> Option<&'a Point> {
        self.plain_points()
            .reduce(|best, point| if point.value.get() > best.value.get() { point } else { best })
    }

    fn lowest(self) -> Option<f64> {
        self.plain_points().map(|point| point.value.get()).reduce(f64::min)
    }

    /// Names with their last values, in at most two rows; gives where the plot may begin.
    fn legend(self, canvas: &mut Canvas, chart: &Chart, drawn: &[Drawn<'_>], top: f32) -> f32 {
        let (mut x, mut row) = (MARGIN, 0);
        let mut left = self.series.len();
        for one in drawn {
            let last = one.series.points.last();
            let last = last.map(|last| amount(last.value.get(), chart.unit.as_deref())).unwrap_or_default();
            let name = canvas.cut(LABEL, one.series.name.trim(), 560.0);
            let (named, said) = (canvas.width(LABEL, &name), canvas.width(LABEL, &last));
            let wide = 56.0 + named + 14.0 + said;
            // Room for "+ 12 more" at the end of the last row.
            let end = WIDTH - MARGIN - if row + 1 == ROWS && left > 1 { 190.0 } else { 0.0 };
            if x + wide > end && x > MARGIN {
                if row + 1 == ROWS {
                    break;
                }
                (x, row) = (MARGIN, row + 1);
            }
            let y = top + 36.0 + row as f32 * ROW;
            self.swatch(canvas, one, x, y);
            canvas.text((x + 56.0, y), LABEL, ink::TEXT, Anchor::Start, &name);
            canvas.text((x + 56.0 + named + 14.0, y), LABEL, ink::DIM, Anchor::Start, &last);
            x += wide + 44.0;
            left -= 1;
        }
        if left > 0 {
            let y = top + 36.0 + row as f32 * ROW;
            canvas.text((x, y), LABEL, ink::DIM, Anchor::Start, &format!("+ {left} more"));
        }
        top + 36.0 + row as f32 * ROW + 30.0
    }

    fn swatch(self, canvas: &mut Canvas, one: &Drawn<'_>, x: f32, y: f32) {
        if self.form == Form::Line || one.series.faint && self.form == Form::Area {
            canvas.line(&[(x + 4.0, y - 11.0), (x + 40.0, y - 11.0)], marks::pen(one));
        } else {
            let cover = if one.series.faint { marks::PALE } else { 1.0 };
            canvas.block([x + 8.0, y - 25.0, 28.0, 28.0], 6.0, one.rgb, cover);
        }
    }

    /// The axes.
    fn frame(self, canvas: &mut Canvas, chart: &Chart, zone: &TimeZone, top: f32, times: Times) -> Frame {
        let shown =
            self.series.iter().take(MOST_DRAWN).flat_map(|one| &one.points).map(|point| point.value.get());
        let limit = self.threshold.map(|threshold| threshold.value.get());
        let near = limit.filter(|limit| is_near(*limit, shown.clone()));
        let standing = self.form != Form::Line;
        let values = Values::new(shown.chain(near), chart.unit.as_deref(), standing);
        let period = period(self.series);
        let times = if self.form == Form::Bar { times.padded(period / 2) } else { times };
        let labels = values.labels();
        let widest = labels.iter().map(|(label, _)| canvas.width(LABEL, label)).fold(0.0, f32::max);
        let frame = Frame {
            left: MARGIN + widest.min(WIDTH / 3.0) + 20.0,
            right: WIDTH - MARGIN - 6.0,
            top: top + 12.0,
            bottom: HEIGHT - MARGIN - 44.0,
            values,
            times,
            period,
        };
        for (label, place) in labels {
            let y = frame.bottom - place * (frame.bottom - frame.top);
            let pen = Pen { rgb: ink::GRID, cover: 1.0, width: 2.0, dashed: false };
            canvas.line(&[(frame.left, y), (frame.right, y)], pen);
            canvas.text((frame.left - 20.0, y + 11.0), LABEL, ink::DIM, Anchor::End, &label);
        }
        for (label, place) in frame.times.labels(zone, MOST_TIMES) {
            let half = canvas.width(LABEL, &label) / 2.0;
            let x = frame.left + place * (frame.right - frame.left);
            let pen = Pen { rgb: ink::DIM, cover: 0.7, width: 2.0, dashed: false };
            canvas.line(&[(x, frame.bottom + 2.0), (x, frame.bottom + 10.0)], pen);
            let x = x.min(WIDTH - 16.0 - half).max(16.0 + half);
            canvas.text((x, frame.bottom + 50.0), LABEL, ink::DIM, Anchor::Middle, &label);
        }
        frame
    }

    /// The side of the threshold that is wrong.
    fn shade(self, canvas: &mut Canvas, frame: &Frame) {
        let Some(threshold) = self.threshold else { return };
        let y = frame.y(threshold.value.get()).min(frame.bottom).max(frame.top);
        let (from, to) = if threshold.below { (y, frame.bottom) } else { (frame.top, y) };
        canvas.block([frame.left, from, frame.right - frame.left, to - from], 0.0, ink::THRESHOLD, 0.13);
    }

    /// The threshold's line and value; one that is far away is only named, with where it is.
    fn limit(self, canvas: &mut Canvas, chart: &Chart, frame: &Frame, peak: Option<&Point>) {
        let Some(threshold) = self.threshold else { return };
        let value = threshold.value.get();
        let place = frame.values.place(value);
        let said = amount(value, chart.unit.as_deref());
        let (said, y) = match place {
            place if place > 1.0 => (format!("↑ {said}"), frame.top),
            place if place < 0.0 => (format!("↓ {said}"), frame.bottom),
            _ => (said, frame.y(value)),
        };
        if (0.0..=1.0).contains(&place) {
            let pen = Pen { rgb: ink::THRESHOLD, cover: 1.0, width: 4.0, dashed: true };
            canvas.line(&[(frame.left, y), (frame.right, y)], pen);
        }
        // Not where the highest value is said.
        let wide = canvas.width(LABEL, &said);
        let at_left = peak.is_some_and(|peak| frame.x(peak.at) > frame.right - wide - 260.0);
        let x = if at_left { frame.left + 12.0 } else { frame.right - wide - 12.0 };
        let baseline = if y - 46.0 < frame.top { y + 40.0 } else { y - 14.0 };
        canvas.said((x, baseline), LABEL, ink::THRESHOLD, &said);
    }
}

/// The highest value, beside where it is.
fn said_at(canvas: &mut Canvas, frame: &Frame, point: &Point, said: &str) {
    let (x, y) = frame.at(point);
    let wide = canvas.width(LABEL, said);
    let room = y - 56.0 > frame.top - 60.0;
    let (x, y) = match () {
        () if room => (x - wide / 2.0, y - 20.0),
        () if x + wide + 40.0 < frame.right => (x + 22.0, y + 12.0),
        () => (x - wide - 22.0, y + 12.0),
    };
    canvas.said((x.min(frame.right - wide).max(frame.left + 8.0), y), LABEL, ink::TEXT, said);
}

/// Whether a threshold can be shown without pressing the values flat.
fn is_near(limit: f64, values: impl Iterator<Item = f64>) -> bool {
    // Quarters, so that nothing overflows.
    let (low, high) = values
        .fold((0.0, 0.0), |(low, high): (f64, f64), value| (low.min(value / 4.0), high.max(value / 4.0)));
    let room = (high - low) * 0.75;
    high == low || (low - room..=high + room).contains(&(limit / 4.0))
}

/// The usual distance of two times, in milliseconds; an hour if there is only one.
fn period(series: &[Series]) -> i64 {
    let longest = series.iter().max_by_key(|one| one.points.len());
    let times = longest.into_iter().flat_map(|one| &one.points).map(|point| point.at.as_millisecond());
    let times: Vec<i64> = times.collect();
    let mut distances: Vec<i64> = times
        .windows(2)
        .filter_map(|pair| pair.last()?.checked_sub(*pair.first()?))
        .filter(|d| *d > 0)
        .collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).copied().unwrap_or(3_600_000)
}
