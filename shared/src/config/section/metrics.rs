//! The section `cloudwatch`: metrics and metric math over time, as GetMetricData takes them
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>), checked here so that a report
//! does not fail at nine in the morning for a typing error.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::span;
use super::{a_day, looks_back, title};
use crate::config::fault::{Fault, did_you_mean};
use crate::core::chart::Form;
use crate::core::expression::nearest;
use crate::core::metric_math;

/// The most queries of one request.
const MOST: usize = 500;

/// The most values of one line: nobody sees more, and every one has to be fetched.
const MOST_VALUES: i64 = 1_500;

/// So many values a line at the most, where no period is said.
const ENOUGH_VALUES: i64 = 300;

/// Periods that are chosen where none is said, in seconds.
const PERIODS: [i64; 6] = [60, 300, 900, 3_600, 21_600, 86_400];

/// Periods below a minute that metrics of high resolution have.
const SHORT_PERIODS: [i64; 5] = [1, 5, 10, 20, 30];

/// The statistics that have a name; the others have a number as well.
const STATS: [&str; 6] = ["Average", "Sum", "Minimum", "Maximum", "SampleCount", "IQM"];

/// `cloudwatch`: metrics over time, as one chart.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShowMetrics {
    /// What stands above it.
    pub title: String,
    /// The unit of the values, for people. CloudWatch is not asked for it.
    #[serde(default)]
    pub unit: Option<String>,
    /// How much time a value stands for; without one, as much as makes at most 300 values.
    #[serde(default, with = "span::optional")]
    pub period: Option<SignedDuration>,
    /// How far it looks back.
    #[serde(default = "a_day", with = "span")]
    pub last: SignedDuration,
    /// How it is drawn.
    #[serde(default)]
    pub form: Form,
    /// What is drawn.
    pub metrics: Vec<Metric>,
    /// A line at this value.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// The same time so much earlier is drawn as well, faintly.
    #[serde(default, with = "span::optional")]
    pub compare: Option<SignedDuration>,
}

/// A metric, or an expression over metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metric {
    /// `AWS/Lambda`, ...
    pub namespace: Option<String>,
    /// `Errors`, ...
    pub name: Option<String>,
    /// All that the metric has: a metric with other dimensions is another metric.
    pub dimensions: BTreeMap<String, String>,
    /// `Average` without one.
    pub stat: Option<String>,
    /// Metric math, in place of all of the above.
    pub expression: Option<String>,
    /// What the legend says; without one, what CloudWatch calls it.
    pub label: Option<String>,
    /// What expressions call it.
    pub id: Option<String>,
    /// It is there for expressions, and is not drawn.
    pub hidden: bool,
}

impl ShowMetrics {
    /// How much time a value stands for, in seconds.
    pub fn period(&self) -> i64 {
        let fits = |period: &&i64| self.last.as_secs() / **period <= ENOUGH_VALUES;
        let chosen = || PERIODS.iter().find(fits).copied().unwrap_or(86_400);
        self.period.map_or_else(chosen, |period| period.as_secs().max(1))
    }

    pub(super) fn check(&self, path: &str) -> Vec<Fault> {
        let mut faults: Vec<Fault> = title(path, &self.title).into_iter().collect();
        faults.extend(looks_back(path, self.last, 455));
        faults.extend(self.check_period(path));
        if self.threshold.is_some_and(|threshold| !threshold.is_finite()) {
            let fault = Fault::at(format!("{path}.threshold"), "this is no number that can be drawn");
            faults.push(fault.with_remedy("such as `threshold: 500`"));
        }
        if self.compare.is_some_and(|earlier| !earlier.is_positive()) {
            let fault = Fault::at(format!("{path}.compare"), "it is compared with an earlier time");
            faults.push(fault.with_remedy("such as `compare: 1w`"));
        }
        if self.metrics.is_empty() || self.metrics.len() > MOST {
            let fault = Fault::at(format!("{path}.metrics"), format!("a chart has 1 to {MOST} metrics"));
            faults.push(fault.with_remedy("such as `- { namespace: AWS/Lambda, name: Errors, stat: Sum }`"));
        } else if self.metrics.iter().all(|metric| metric.hidden) {
            let fault = Fault::at(format!("{path}.metrics"), "all of them are hidden");
            faults.push(fault.with_remedy("leave out `hidden` where a line is wanted"));
        }
        let mut ids = BTreeSet::new();
        for (position, metric) in self.metrics.iter().enumerate() {
            let path = format!("{path}.metrics[{position}]");
            if metric.id.as_ref().is_some_and(|id| !ids.insert(id.as_str())) {
                let fault = Fault::at(format!("{path}.id"), "another metric here has this id");
                faults.push(fault.with_remedy("give it one of its own"));
            }
            faults.extend(metric.check(&path));
        }
        for (position, metric) in self.metrics.iter().enumerate() {
            let path = format!("{path}.metrics[{position}].expression");
            faults.extend(metric.expression.iter().flat_map(|used| unknown_ids(&path, used, metric, &ids)));
        }
        faults
    }

    /// How long CloudWatch keeps what
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html>).
    fn check_period(&self, path: &str) -> Option<Fault> {
        let period = self.period();
        let back = self.last.as_secs() + self.compare.map_or(0, |earlier| earlier.as_secs());
        let hours = |hours: i64| back > hours * 3_600;
        let whole = self.period.is_none_or(|period| period.subsec_nanos() == 0);
        let (message, remedy) = match period {
            period
                if !whole
                    || period < 60 && !SHORT_PERIODS.contains(&period)
                    || period > 60 && period % 60 != 0 =>
            {
                (
                    "a period is a whole number of minutes, or 1, 5, 10, 20 or 30 seconds".to_owned(),
                    "such as 5m".to_owned(),
                )
            }
            period if period > self.last.as_secs() => (
                "a value would stand for more time than is looked at".to_owned(),
                "take a shorter `period`, or a longer `last`".to_owned(),
            ),
            period if self.last.as_secs() / period > MOST_VALUES => {
                let values = self.last.as_secs() / period;
                (
                    format!("that is {values} values a line, and at most {MOST_VALUES} are drawn"),
                    "take a longer `period`, or leave it out".to_owned(),
                )
            }
            period if period < 60 && hours(3) => (
                "CloudWatch keeps values of less than a minute for three hours".to_owned(),
                "take 1m".to_owned(),
            ),
            period if period % 300 != 0 && hours(15 * 24) => (
                "that far back CloudWatch has a value for every five minutes".to_owned(),
                "take 5m or a multiple of it".to_owned(),
            ),
            period if period % 3_600 != 0 && hours(63 * 24) => (
                "that far back CloudWatch has a value for every hour".to_owned(),
                "take 1h or a multiple of it".to_owned(),
            ),
            _ => return None,
        };
        Some(Fault::at(format!("{path}.period"), message).with_remedy(remedy))
    }
}

impl Metric {
    fn check(&self, path: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, message: String, remedy: &str| {
            faults.push(Fault::at(format!("{path}{field}"), message).with_remedy(remedy));
        };
        if let Some(id) = &self.id
            && !is_id(id)
        {
            let message = format!("\"{id}\" is no id: letters, digits and _, the first a small letter");
            fault(".id", message, "such as `id: errors`");
        }
        if self.expression.is_some() {
            let both = [
                (self.namespace.is_some(), "namespace"),
                (self.name.is_some(), "name"),
                (self.stat.is_some(), "stat"),
                (!self.dimensions.is_empty(), "dimensions"),
            ];
            for (_, field) in both.iter().filter(|(there, _)| *there) {
                let message = format!("an expression has no `{field}`");
                fault(
                    &format!(".{field}"),
                    message,
                    "make two of it: the metric with an `id`, and the expression that uses it",
                );
            }
            if self
                .expression
                .as_ref()
                .is_some_and(|text| text.trim().is_empty() || text.chars().count() > 2_048)
            {
                fault(
                    ".expression",
                    "an expression has 1 to 2048 characters".to_owned(),
                    "such as \"100 * errors / calls\"",
                );
            }
            return faults;
        }
        let is_named = |text: &Option<String>| {
            text.as_ref()
                .is_some_and(|text| (1..=255).contains(&text.chars().count()) && !text.starts_with(':'))
        };
        if !is_named(&self.namespace) {
            fault("", "a metric needs its `namespace`".to_owned(), "such as `namespace: AWS/Lambda`");
        }
        if !is_named(&self.name) {
            fault("", "a metric needs its `name`".to_owned(), "such as `name: Errors`");
        }
        let bad = |(name, value): (&String, &String)| name.is_empty() || value.is_empty();
        if self.dimensions.len() > 30 || self.dimensions.iter().any(bad) {
            let message = "a metric has up to 30 dimensions, each with a name and a value".to_owned();
            fault(".dimensions", message, "such as `dimensions: { FunctionName: checkout }`");
        }
        if let Some(stat) = self.stat.as_ref().filter(|stat| !is_stat(stat)) {
            let near = did_you_mean(stat, &STATS);
            let remedy =
                format!("{near}, and p99, tm95, tc95, ts95, wm95, TM(5%:95%), PR(0:200) and the like");
            fault(".stat", format!("there is no statistic \"{stat}\""), &remedy);
        }
        faults
    }
}

fn is_id(id: &str) -> bool {
    let rest = |letter: char| letter == '_' || letter.is_ascii_alphanumeric();
    id.len() <= 200 && id.starts_with(|first: char| first.is_ascii_lowercase()) && id.chars().all(rest)
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html>
fn is_stat(stat: &str) -> bool {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.chars().all(|letter| letter == '.' || letter.is_ascii_digit());
        digits && text.parse::<f64>().is_ok()
    };
    let percentile = |text: &str| number(text) && text.parse::<f64>().is_ok_and(|percent| percent <= 100.0);
    let edge = |text: &str| text.is_empty() || number(text.trim_end_matches('%'));
    let range = |text: &str| {
        let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        inside
            .and_then(|inside| inside.split_once(':'))
            .is_some_and(|(from, to)| edge(from) && edge(to) && !(from.is_empty() && to.is_empty()))
    };
    STATS.contains(&stat)
        || ["p", "tm", "tc", "ts", "wm"].iter().any(|kind| stat.strip_prefix(kind).is_some_and(percentile))
        || ["PR", "TM", "TC", "TS", "WM"].iter().any(|kind| stat.strip_prefix(kind).is_some_and(range))
}

fn unknown_ids(path: &str, expression: &str, metric: &Metric, ids: &BTreeSet<&str>) -> Vec<Fault> {
    let used = metric_math::ids(expression);
    if used.is_empty() && !metric_math::finds_metrics(expression) && !expression.trim().is_empty() {
        let remedy = "give a metric an `id` and use it: \"100 * errors / calls\"";
        return vec![Fault::at(path, "the expression uses no metric").with_remedy(remedy)];
    }
    let unknown: BTreeSet<&str> =
        used.into_iter().filter(|id| !ids.contains(id) || metric.id.as_deref() == Some(id)).collect();
    let fault = |id: &str| {
        let (message, others) = match ids.contains(id) {
            true => ("the expression uses itself".to_owned(), "take the id of another metric".to_owned()),
            false => (
                format!("no metric here has the id `{id}`"),
                match nearest(id, ids.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("give one of them `id: {id}`"),
                },
            ),
        };
        Fault::at(path, message).with_remedy(others)
    };
    unknown.into_iter().map(fault).collect()
}
