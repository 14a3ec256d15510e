//! Facts about pixels that hold whatever the font or the smoothing of edges does.

use jiff::{SignedDuration, Timestamp};
use shared::core::chart::{Chart, Day, Drawing, Form, Number, Point, Series, Threshold};
use shared::text::chart::zone;

use super::canvas::Canvas;
use super::series::{Frame, Plot};
use super::{heat, ink};

fn at(minutes: i64) -> Timestamp {
    "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn of(values: impl IntoIterator<Item = (i64, f64)>) -> Series {
    let point = |(minute, value)| Point { at: at(minute), value: Number::new(value).unwrap() };
    Series { name: "p99".into(), points: values.into_iter().map(point).collect(), faint: false }
}

fn drawn(form: Form, series: &[Series], threshold: Option<Threshold>) -> (Canvas, Frame) {
    let drawing = Drawing::Series { form, series: series.to_vec(), threshold };
    let chart = Chart { title: "t".into(), unit: None, zone: "UTC".into(), drawing, picture: None };
    let (canvas, frame) = Plot { form, series, threshold }.draw(&chart, &zone("UTC")).unwrap();
    (canvas, frame.unwrap())
}

/// Blue as the first series is, seen through nothing.
fn is_first(rgb: u32) -> bool {
    rgb == ink::series(0)
}

/// How many pixels of a column between two heights have the colour of the first series.
fn blue(canvas: &Canvas, x: f32, from: f32, to: f32) -> usize {
    (from as u32..to as u32).filter(|y| is_first(canvas.at(x, *y as f32))).count()
}

#[test]
fn a_peak_of_five_minutes_is_drawn_to_its_height() {
    let values = (0..288).map(|n| (5 * n, if n == 144 { 97.0 } else { 3.0 }));
    let series = [of(values)];
    for form in [Form::Line, Form::Area, Form::Bar] {
        let (canvas, frame) = drawn(form, &series, None);
        let peak = &series[0].points[144];
        let (x, middle) = (frame.x(peak.at), frame.y(50.0));
        let across = (-8..=8).any(|aside| is_first(canvas.at(x + aside as f32, middle)));
        assert!(across, "{form:?}: nothing at half of the peak's height");
        let elsewhere = frame.x(series[0].points[40].at);
        assert_eq!(
            blue(&canvas, elsewhere, frame.top, middle),
            0,
            "{form:?}: something far above the values"
        );
    }
}

#[test]
fn a_gap_has_no_line() {
    let series = [of((0..100).filter(|n| !(40..60).contains(n)).map(|n| (n, 5.0 + (n % 2) as f64)))];
    let (canvas, frame) = drawn(Form::Line, &series, None);
    assert_eq!(blue(&canvas, frame.x(at(50)), frame.top, frame.bottom), 0);
    assert!(blue(&canvas, frame.x(at(20)), frame.top, frame.bottom) > 3);
}

#[test]
fn the_threshold_has_its_row_and_the_wrong_side_is_shaded() {
    let series = [of((0..50).map(|n| (n, n as f64)))];
    for (threshold, shaded, plain) in [
        (Threshold::above(Number::new(30.0).unwrap()), 42.0, 22.0),
        (Threshold::below(Number::new(30.0).unwrap()), 22.0, 42.0),
    ] {
        let (canvas, frame) = drawn(Form::Line, &series, Some(threshold));
        let row = frame.y(30.0);
        let red =
            (frame.left as u32..frame.right as u32).filter(|x| canvas.at(*x as f32, row) == ink::THRESHOLD);
        assert!(red.count() as f32 > (frame.right - frame.left) / 3.0, "no line at the threshold");
        // Left of the values, where nothing else is, and off the lines of the grid.
        let x = frame.left + 200.0;
        assert_ne!(canvas.at(x, frame.y(shaded)), ink::CARD);
        assert_eq!(canvas.at(x, frame.y(plain)), ink::CARD);
    }
}

#[test]
fn one_value_is_a_dot() {
    let series = [of([(0, 93.0)])];
    let (canvas, frame) = drawn(Form::Line, &series, None);
    assert!(is_first(canvas.at(frame.x(at(0)), frame.y(93.0))));
}

#[test]
fn negative_values_hang_from_zero() {
    let series = [of([(0, -8.0), (60, 8.0), (120, -8.0)])];
    let (canvas, frame) = drawn(Form::Bar, &series, None);
    for (minutes, value, other) in [(0, -4.0, 4.0), (60, 4.0, -4.0)] {
        assert!(is_first(canvas.at(frame.x(at(minutes)), frame.y(value))));
        assert!(!is_first(canvas.at(frame.x(at(minutes)), frame.y(other))));
    }
}

#[test]
fn the_line_of_all_equal_values_is_there() {
    for value in [0.0, 5.0, -5.0, 1e-300, 1e300, f64::MAX, f64::MIN_POSITIVE] {
        let series = [of((0..20).map(|n| (n, value)))];
        let (canvas, frame) = drawn(Form::Line, &series, None);
        let seen = blue(&canvas, frame.x(at(10)) + 5.0, frame.y(value) - 10.0, frame.y(value) + 10.0);
        assert!(seen >= 3, "{value}: {seen}");
    }
}

#[test]
fn the_busiest_hour_is_the_hottest() {
    let mut hours = vec![1; 24];
    hours[14] = 40;
    hours[15] = 0;
    let days = [Day { at: at(0), hours: vec![0; 24] }, Day { at: at(1_440), hours }];
    let drawing = Drawing::Heat { days: days.to_vec() };
    let chart = Chart { title: "t".into(), unit: None, zone: "UTC".into(), drawing, picture: None };
    let (canvas, grid) = heat::draw(&chart, &days, &zone("UTC")).unwrap();
    let cell = |hour: f32, day: f32| {
        canvas.at(grid.left + (hour + 0.5) * grid.cell.0, grid.top + (day + 0.5) * grid.cell.1)
    };
    assert_eq!(cell(14.0, 1.0), ink::heat(1.0));
    assert_eq!((cell(15.0, 1.0), cell(14.0, 0.0)), (ink::COLD, ink::COLD));
    assert_ne!(cell(3.0, 1.0), ink::COLD, "one is seen");
}

#[test]
fn texts_are_cut_to_their_room_and_letters_that_are_missing_are_boxes() {
    let mut canvas = Canvas::new(400, 100).unwrap();
    for text in ["", "a", "漢字", "a very long title that never ends", "\u{0}\n\u{301}", "😀😀😀😀😀😀😀😀😀"]
    {
        assert!(canvas.width(32.0, &canvas.cut(32.0, text, 200.0)) <= 200.0, "{text}");
    }
    canvas.text((40.0, 70.0), 50.0, ink::TEXT, super::canvas::Anchor::Start, "漢");
    assert_eq!(canvas.at(45.5, 50.0), ink::TEXT, "the side of the box");
    assert_eq!(canvas.at(56.0, 50.0), ink::CARD, "and nothing in it");
}
