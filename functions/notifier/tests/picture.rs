//! Pictures from outside: whatever the chart, they are PNGs of a bounded size, and one of them looks as it did.

#![expect(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use jiff::Timestamp;
use notifier::picture::png;
use proptest::prelude::*;
use shared::core::chart::{Chart, Day, Drawing, Form, Number, Point, Series, Threshold};

mod samples;

/// What Slack, phones and people are spared.
const MOST_BYTES: usize = 250_000;

/// Width, height and RGBA of a PNG, which must be one.
fn read(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

#[test]
fn every_sample_is_a_picture_of_bounded_size() {
    for (name, chart) in samples::all() {
        let bytes = png(&chart).unwrap();
        assert!(bytes.len() <= MOST_BYTES, "{name}: {} bytes", bytes.len());
        let (width, height, _) = read(&bytes);
        assert_eq!(width, 1_440, "{name}");
        assert!((720..=1_500).contains(&height), "{name}: {height}");
    }
}

/// The worst to compress that there may be: forty series of noise.
#[test]
fn noise_is_within_bounds_too() {
    let noise = |n: u64| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11) as f64;
    let one = |s: u64| samples::series("noise", 1, (0..1_440).map(|n| Some(noise(n * 41 + s))));
    let drawing = Drawing::Series { form: Form::Line, series: (0..40).map(one).collect(), threshold: None };
    let bytes = png(&samples::chart("Noise", None, drawing)).unwrap();
    assert!(bytes.len() <= MOST_BYTES, "{} bytes", bytes.len());
}

/// Renewed by deleting the file and running the test, and looked at.
#[test]
fn the_golden_picture_looks_as_it_did() {
    let (_, chart) = samples::all().into_iter().find(|(name, _)| *name == "bars").unwrap();
    let bytes = png(&chart).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/bars.png");
    if !std::path::Path::new(path).exists() {
        std::fs::write(path, &bytes).unwrap();
        panic!("{path} is new: look at it");
    }
    let (golden, now) = (read(&std::fs::read(path).unwrap()), read(&bytes));
    assert_eq!((golden.0, golden.1), (now.0, now.1));
    // Another machine may round an edge otherwise; nothing else may differ.
    let differ = golden.2.iter().zip(&now.2).filter(|(a, b)| a.abs_diff(**b) > 16).count();
    assert!(differ * 1_000 < golden.2.len(), "{differ} of {} differ: look at {path}", golden.2.len());
}

fn number() -> impl Strategy<Value = Number> {
    let any = prop_oneof![any::<f64>(), -10.0..10.0, Just(0.0), Just(f64::MAX), Just(f64::MIN), Just(5e-324)];
    any.prop_filter_map("not finite", Number::new)
}

fn point() -> impl Strategy<Value = Point> {
    let near = (0..200_i64).prop_map(|n| 1_763_856_000 + 60 * n);
    let any = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    let at = prop_oneof![4 => near, 1 => any].prop_map(|second| Timestamp::from_second(second).unwrap());
    (at, number()).prop_map(|(at, value)| Point { at, value })
}

fn drawing() -> impl Strategy<Value = Drawing> {
    let form = prop_oneof![Just(Form::Line), Just(Form::Area), Just(Form::Bar)];
    let points = prop::collection::vec(point(), 0..60).prop_flat_map(|points| {
        let mut sorted = points.clone();
        sorted.sort_by_key(|point| point.at);
        prop_oneof![Just(points), Just(sorted)]
    });
    let one =
        (".{0,30}", points, any::<bool>()).prop_map(|(name, points, faint)| Series { name, points, faint });
    let threshold = prop::option::of((number(), any::<bool>()));
    let threshold = threshold.prop_map(|some| some.map(|(value, below)| Threshold { value, below }));
    let series = (form, prop::collection::vec(one, 0..9), threshold)
        .prop_map(|(form, series, threshold)| Drawing::Series { form, series, threshold });
    let begins = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    let day = (begins, prop::collection::vec(any::<u64>(), 0..30))
        .prop_map(|(at, hours)| Day { at: Timestamp::from_second(at).unwrap(), hours });
    prop_oneof![3 => series, 1 => prop::collection::vec(day, 0..40).prop_map(|days| Drawing::Heat { days })]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_chart_is_a_picture_and_has_words(
        title in any::<String>(),
        unit in prop::option::of(prop_oneof![any::<String>(), Just("Seconds".to_owned()), Just("Bytes".to_owned())]),
        zone in prop_oneof![Just("Europe/Berlin".to_owned()), Just("Asia/Kathmandu".to_owned()), any::<String>()],
        drawing in drawing(),
    ) {
        let mut chart = Chart { title, unit, zone, drawing, picture: None };
        let bytes = png(&chart).unwrap();
        prop_assert!(bytes.len() <= MOST_BYTES, "{} bytes", bytes.len());
        read(&bytes);
        prop_assert!(shared::text::chart::alt(&chart).chars().count() <= 1_000);
        shared::present::chart::chart(&chart);
        shared::core::chart::thin_chart(&mut chart, 20);
        shared::present::chart::chart(&chart);
    }
}
