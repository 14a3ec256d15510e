//! How much, for people: a number with three digits that count, in the largest unit that fits. Units are called as CloudWatch
//! calls them, or anything else, which then stands behind the number.
//!
//! Contract: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>

use crate::slack::blocks::cut::cut_plain;

/// How much of a unit that we do not know is said, in characters.
const MOST_UNIT: usize = 16;

/// In what values of a size are said.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// What a value is multiplied with.
    pub by: f64,
    /// What then stands behind it: `ms`, `GB/s`, `k`, or nothing.
    pub name: String,
}

/// Sizes with their names, largest first.
type Sizes = &'static [(f64, &'static str)];

const BYTES: Sizes = &[(1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")];
const BITS: Sizes = &[(1e12, "Tbit"), (1e9, "Gbit"), (1e6, "Mbit"), (1e3, "kbit"), (1.0, "bit")];
const COUNTS: Sizes = &[(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")];
const PERCENT: Sizes = &[(1.0, "%")];
/// Two of a unit are needed for it: 90 s are 90 s, and 120 s are 2 min.
const SECONDS: Sizes =
    &[(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];

/// A value with its unit: `2.3 s`, `48 MB/s`, `12k`, `7 USD`.
pub fn amount(value: f64, unit: Option<&str>) -> String {
    let scale = scale(unit, value);
    scale.named(digits(value * scale.by))
}

impl Scale {
    /// A value with so many decimal places.
    pub fn say(&self, value: f64, places: usize) -> String {
        self.named(format!("{:.places$}", value * self.by).replace('-', "−"))
    }

    fn named(&self, said: String) -> String {
        match self.name.as_str() {
            "" => said,
            // A factor belongs to the number, a unit is a word of its own.
            name if name.starts_with(['k', 'M', 'G', 'T']) && is_factor(name) => said + name,
            name => said + " " + name,
        }
    }
}

/// In what to say values of which the largest is `most`.
pub fn scale(unit: Option<&str>, most: f64) -> Scale {
    let (sizes, base, behind) = family(unit.unwrap_or_default().trim());
    let is_time = std::ptr::eq(sizes, SECONDS);
    // What would be rounded up to the next unit belongs there: 999.9 kB are 1 MB.
    let most = (most * base).abs() * 1.000_5;
    let enough = |(size, _): &&(f64, &str)| most >= size * if is_time && *size > 1.0 { 2.0 } else { 1.0 };
    let smallest = sizes.last().filter(|_| !is_time || most > 0.0);
    let zero = sizes.iter().find(|(size, _)| *size == 1.0);
    let too_large = sizes.first().is_some_and(|(size, _)| most >= size * 1e6);
    let fits = sizes.iter().find(enough).filter(|_| !too_large);
    let (size, name) = fits.or(smallest.filter(|_| !too_large)).or(zero).copied().unwrap_or((1.0, ""));
    let name = match (name, behind.as_str()) {
        (name, "") => name.to_owned(),
        (name, "/s") => format!("{name}/s"),
        ("", behind) => behind.to_owned(),
        (name, behind) => format!("{name} {behind}"),
    };
    Scale { by: base / size, name }
}

fn is_factor(name: &str) -> bool {
    let rest = name.get(1..).unwrap_or_default();
    rest.is_empty() || rest == "/s" || rest.starts_with(' ')
}

/// Which sizes a unit has, what one of it is in the base unit, and what else stands behind the number.
fn family(unit: &str) -> (Sizes, f64, String) {
    let (what, per) = match unit.strip_suffix("/Second") {
        Some(what) => (what, "/s"),
        None => (unit, ""),
    };
    let (sizes, base) = match what {
        "Seconds" | "s" => (SECONDS, 1.0),
        "Milliseconds" | "ms" => (SECONDS, 1e-3),
        "Microseconds" | "µs" => (SECONDS, 1e-6),
        "Bytes" | "B" => (BYTES, 1.0),
        "Kilobytes" => (BYTES, 1e3),
        "Megabytes" => (BYTES, 1e6),
        "Gigabytes" => (BYTES, 1e9),
        "Terabytes" => (BYTES, 1e12),
        "Bits" => (BITS, 1.0),
        "Kilobits" => (BITS, 1e3),
        "Megabits" => (BITS, 1e6),
        "Gigabits" => (BITS, 1e9),
        "Terabits" => (BITS, 1e12),
        "Percent" | "%" => (PERCENT, 1.0),
        "Count" | "None" | "" => (COUNTS, 1.0),
        _ => return (COUNTS, 1.0, cut_plain(unit, MOST_UNIT)),
    };
    (sizes, base, per.to_owned())
}

/// Three digits that count, without zeros at the end; what is too large or too small for that in powers of ten.
fn digits(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(0.000_5..1e6).contains(&size) {
        let said = format!("{value:.2e}");
        let (digits, power) = said.split_once('e').unwrap_or((&said, "0"));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits}e{power}").replace('-', "−");
    }
    let places = match size {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.1 => 2,
        _ => 4,
    };
    let said = format!("{value:.places$}");
    let said = if places > 0 { said.trim_end_matches('0').trim_end_matches('.') } else { &said };
    said.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_said_in_the_largest_unit_that_fits() {
        for (value, unit, expected) in [
            (2_300.0, Some("Milliseconds"), "2.3 s"),
            (900.0, Some("Milliseconds"), "900 ms"),
            (0.25, Some("Seconds"), "250 ms"),
            (90.0, Some("Seconds"), "90 s"),
            (120.0, Some("Seconds"), "2 min"),
            (5_400.0, Some("Seconds"), "90 min"),
            (200_000.0, Some("Seconds"), "2.31 d"),
            (12.0, Some("Microseconds"), "12 µs"),
            (0.0, Some("Milliseconds"), "0 s"),
            (48_000_000.0, Some("Bytes/Second"), "48 MB/s"),
            (1_500.0, Some("Megabytes"), "1.5 GB"),
            (999_900.0, Some("Bytes"), "1 MB"),
            (0.0, Some("Bytes"), "0 B"),
            (93.7, Some("Percent"), "93.7 %"),
            (0.004, Some("Percent"), "0.004 %"),
            (12_345.0, Some("Count"), "12.3k"),
            (1_000_000.0, None, "1M"),
            (12_345.0, Some("Count/Second"), "12.3k/s"),
            (12.0, Some("Count/Second"), "12 /s"),
            (7.0, Some("USD"), "7 USD"),
            (7_100.0, Some("USD"), "7.1k USD"),
            (-1_234.0, None, "−1.23k"),
            (-0.5, Some("Seconds"), "−500 ms"),
            (1e-9, None, "1e−9"),
            (1e300, None, "1e300"),
            (1.8e30, Some("Bytes"), "1.8e30 B"),
            (99.97, None, "100"),
            (0.0, None, "0"),
        ] {
            assert_eq!(amount(value, unit), expected, "{value} {unit:?}");
        }
    }

    #[test]
    fn an_axis_has_one_unit() {
        for (unit, most, by, name) in [
            (Some("Milliseconds"), 2_500.0, 1e-3, "s"),
            (Some("Bytes"), 3.2e9, 1e-9, "GB"),
            (Some("Count"), 12.0, 1.0, ""),
            (Some("Count/Second"), 12.0, 1.0, "/s"),
            (Some("pies"), 12_000.0, 1e-3, "k pies"),
        ] {
            let scale = scale(unit, most);
            assert!((scale.by / by - 1.0).abs() < 1e-12, "{unit:?} {scale:?}");
            assert_eq!(scale.name, name);
        }
    }

    proptest! {
        #[test]
        fn any_amount_is_short(value in any::<f64>(), unit in prop::option::of("[A-Za-z/]{0,12}")) {
            prop_assert!(amount(value, unit.as_deref()).chars().count() < 30);
        }
    }
}
