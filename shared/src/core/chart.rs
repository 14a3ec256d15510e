//! A chart as values: what is drawn, before anybody knows how. Slack draws the small ones itself; a picture is made of the
//! rest. `columns` decides which, `thin` leaves points out where there are too many. No words, no colours, no pixels may enter.

mod columns;
mod thin;

use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::columns::{Columns, MOST_COLUMNS, MOST_SERIES, columns};
pub use self::thin::{runs, thin, thin_chart};

/// A chart with a title.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chart {
    /// One line.
    pub title: String,
    /// The unit of the values, as CloudWatch names it (`Milliseconds`, `Percent`, `Count`, ...) or as a person wrote it.
    pub unit: Option<String>,
    /// The IANA time zone in which times are shown.
    pub zone: String,
    /// What is drawn.
    pub drawing: Drawing,
    /// The picture of it that Slack keeps, once it has been uploaded: Slack's id of the file.
    pub picture: Option<String>,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Drawing {
    /// Values over time.
    Series {
        /// How.
        form: Form,
        /// At least one.
        series: Vec<Series>,
        /// A line, beyond which something is wrong.
        threshold: Option<Threshold>,
    },
    /// Counts by hour (24 columns, local time) and day (rows, oldest first).
    Heat {
        /// One a day.
        days: Vec<Day>,
    },
}

/// How values over time are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// One line for each series.
    #[default]
    Line,
    /// A line with the area below it filled.
    Area,
    /// Bars side by side.
    Bar,
}

/// Values over time under one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// Oldest first. A time without a value is left out, and the line has a gap where more than a period is missing.
    pub points: Vec<Point>,
    /// It is there for comparison (the same time a week before), so it is drawn faintly. Its points carry the times that
    /// they are compared with, not those at which they were measured.
    pub faint: bool,
}

/// A value, beyond which something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Threshold {
    /// The value; it is still good.
    pub value: Number,
    /// What lies below it is wrong, rather than what lies above.
    #[serde(default)]
    pub below: bool,
}

/// A value at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// How much.
    pub value: Number,
}

/// A day of a heat map.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Day {
    /// Its beginning.
    pub at: Timestamp,
    /// One count for each hour of the local clock.
    pub hours: Vec<u64>,
}

impl Threshold {
    /// More than this is wrong.
    pub fn above(value: Number) -> Self {
        Threshold { value, below: false }
    }

    /// Less than this is wrong.
    pub fn below(value: Number) -> Self {
        Threshold { value, below: true }
    }

    /// Whether a value is wrong.
    pub fn crossed(self, value: Number) -> bool {
        if self.below { value.0 < self.value.0 } else { value.0 > self.value.0 }
    }
}

/// A finite number that can be compared and hashed, bit by bit.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Number(f64);

impl Number {
    /// A number, unless it is infinite or none.
    pub fn new(value: f64) -> Option<Number> {
        // Minus zero is zero: they differ in their bits only.
        value.is_finite().then_some(Number(if value == 0.0 { 0.0 } else { value }))
    }

    /// The value.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Nothing.
    pub const ZERO: Number = Number(0.0);
}

impl TryFrom<f64> for Number {
    type Error = &'static str;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        Number::new(value).ok_or("not a finite number")
    }
}

impl From<Number> for f64 {
    fn from(number: Number) -> f64 {
        number.0
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}
