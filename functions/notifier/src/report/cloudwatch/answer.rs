//! What GetMetricData answers, page by page, as lines: which values at which times, and what is missing
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html>).

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use shared::cloud::one_line;
use shared::core::chart::{Number, Point};

use super::{Part, Span};
use crate::report::aws::timestamp;

/// The longest name of a line and message about one, in characters.
const LONGEST: usize = 120;

/// The most lines that an answer may have: a search finds up to a hundred, and a request has up to 500 queries.
const MOST: usize = 2_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Answer {
    #[serde(default)]
    metric_data_results: Vec<MetricDataResult>,
    next_token: Option<String>,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDataResult {
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    timestamps: Vec<f64>,
    #[serde(default)]
    values: Vec<f64>,
    #[serde(default)]
    status_code: String,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    #[serde(default)]
    code: String,
    #[serde(default)]
    value: String,
}

/// Values over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// Which metric of the section, by its place, and which line of it: an expression may make several.
    pub(super) key: (usize, String),
    /// It is not all there because of an error.
    pub(super) failed: bool,
    /// What is missing, in words.
    missing: Option<String>,
    /// Milliseconds since 1970 -> value.
    values: BTreeMap<i64, f64>,
}

/// All lines of a request, or of a section.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// By id in the request and label.
    by_id: BTreeMap<(String, String), Line>,
    said: Vec<String>,
}

impl Lines {
    /// Adds a page, and says whether there is another.
    pub(super) fn take(&mut self, answer: Answer, span: Span) -> Option<String> {
        self.said.extend(answer.messages.iter().map(Message::said));
        let more = answer.next_token.filter(|token| !token.is_empty());
        for result in answer.metric_data_results {
            let label = one_line(&result.label, LONGEST);
            let room = self.by_id.len() < MOST;
            let key = (result.id.clone(), label.clone());
            if !room && !self.by_id.contains_key(&key) {
                continue;
            }
            let line = self.by_id.entry(key).or_default();
            line.take(&result, &label, span, more.is_some());
        }
        more
    }

    /// A section's share of them.
    pub(super) fn of(&self, part: &Part<'_>) -> Lines {
        let mut of_part = Lines { said: self.said.clone(), ..Lines::default() };
        for (place, metric) in part.show.metrics.iter().enumerate().filter(|(_, metric)| !metric.hidden) {
            let id = part.id(place, metric);
            let of_metric = self.by_id.iter().filter(|((known, _), _)| *known == id);
            for ((id, label), line) in of_metric {
                let line = Line { key: (place, label.clone()), ..line.clone() };
                of_part.by_id.insert((id.clone(), label.clone()), line);
            }
        }
        of_part
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.by_id.values()
    }

    /// In the order of the metrics.
    pub(super) fn into_lines(self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.by_id.into_values().collect();
        lines.sort_by(|one, other| one.key.cmp(&other.key));
        lines
    }

    /// What is missing, and what CloudWatch said besides.
    pub(super) fn missing(&self) -> Vec<String> {
        let mut missing: Vec<String> = self.lines().filter_map(|line| line.missing.clone()).collect();
        missing.extend(self.said.iter().cloned());
        missing.dedup();
        // One that fails often fails with all its like.
        missing.truncate(3);
        missing
    }
}

impl Line {
    fn take(&mut self, result: &MetricDataResult, label: &str, span: Span, more: bool) {
        for (at, value) in result.timestamps.iter().zip(&result.values) {
            let in_span = (span.start as f64) <= *at && *at < span.end as f64;
            if in_span && value.is_finite() {
                self.values.insert((at * 1_000.0).round() as i64, *value);
            }
        }
        let name = if label.is_empty() { &result.id } else { label };
        let why: Vec<String> = result.messages.iter().map(Message::said).collect();
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
        (self.failed, self.missing) = match result.status_code.as_str() {
            "InternalError" => (true, Some(format!("CloudWatch could not get \"{name}\"{why}"))),
            "Forbidden" => (true, Some(format!("the values of \"{name}\" may not be read{why}"))),
            // The rest of it comes with the next page.
            "PartialData" if !more => (true, Some(format!("some values of \"{name}\" are missing{why}"))),
            _ => (false, None),
        };
    }

    /// Its values, oldest first, as if they were later by so much.
    pub(super) fn points(&self, later: SignedDuration) -> Vec<Point> {
        let point = |(at, value): (&i64, &f64)| {
            let at = timestamp(*at as f64 / 1_000.0)?.checked_add(later).ok()?;
            Some(Point { at, value: Number::new(*value)? })
        };
        self.values.iter().filter_map(point).collect()
    }

    pub(super) fn highest(&self) -> f64 {
        self.values.values().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

impl Message {
    fn said(&self) -> String {
        one_line(&format!("{}: {}", self.code, self.value), LONGEST)
    }
}
