//! What GetMetricData is asked: the metrics of every section that looks at the same span of time, under ids that tell whose they
//! are (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::config::section::{Metric, ShowMetrics};
use shared::core::metric_math;

use super::seconds;
use crate::report::aws::set;

/// The most queries of a request.
const MOST: usize = 500;

/// A span of time in Unix seconds; the end does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// A section's share of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// Its place among the sections.
    pub(super) place: usize,
    pub(super) show: &'a ShowMetrics,
    /// So much earlier than the time that it shows.
    pub(super) earlier: Option<SignedDuration>,
}

/// One request, without its pages.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) span: Span,
    pub(super) parts: Vec<Part<'a>>,
    /// An expression takes all metrics of the request, so nobody else's may be in it.
    alone: bool,
}

/// As few requests as can be: sections share one if they look at the same span of time.
pub(super) fn requests<'a>(sections: &[&'a ShowMetrics], slot: Timestamp) -> Vec<Request<'a>> {
    let mut requests: Vec<Request<'a>> = Vec::new();
    for earlier in [false, true] {
        for (place, show) in sections.iter().copied().enumerate() {
            let earlier = match (earlier, show.compare) {
                (false, _) => None,
                (true, Some(earlier)) => Some(earlier),
                (true, None) => continue,
            };
            let span = span(show, slot, earlier.unwrap_or_default());
            let expressions = || show.metrics.iter().filter_map(|metric| metric.expression.as_deref());
            let alone = expressions().any(metric_math::takes_all);
            let part = Part { place, show, earlier };
            let fits = |request: &&mut Request<'_>| {
                let taken: usize = request.parts.iter().map(|part| part.show.metrics.len()).sum();
                !alone && !request.alone && request.span == span && taken + show.metrics.len() <= MOST
            };
            match requests.iter_mut().find(fits) {
                Some(request) => request.parts.push(part),
                None => requests.push(Request { span, parts: vec![part], alone }),
            }
        }
    }
    requests
}

/// Whole periods: the one that the slot is in has only begun, and half a sum looks like a fall.
fn span(show: &ShowMetrics, slot: Timestamp, earlier: SignedDuration) -> Span {
    let period = show.period();
    let whole = |at: i64| at - at.rem_euclid(period);
    let end = whole(seconds(slot));
    let start = whole(end.saturating_sub(show.last.as_secs()));
    let earlier = earlier.as_secs();
    Span { start: start.saturating_sub(earlier), end: end.saturating_sub(earlier) }
}

impl Request<'_> {
    /// The first page.
    pub(super) fn asked(&self) -> Value {
        let queries: Vec<Value> = self.parts.iter().flat_map(Part::queries).collect();
        json!({
            "MetricDataQueries": queries,
            "StartTime": self.span.start,
            "EndTime": self.span.end,
            "ScanBy": "TimestampAscending",
        })
    }
}

impl Part<'_> {
    /// What a metric is called in the request.
    pub(super) fn id(&self, position: usize, metric: &Metric) -> String {
        match &metric.id {
            Some(id) => self.named(id),
            None => format!("s{}m{position}", self.place),
        }
    }

    fn named(&self, id: &str) -> String {
        format!("s{}_{id}", self.place)
    }

    fn queries(&self) -> impl Iterator<Item = Value> {
        self.show.metrics.iter().enumerate().map(|(position, metric)| self.query(position, metric))
    }

    fn query(&self, position: usize, metric: &Metric) -> Value {
        let mut query = json!({ "Id": self.id(position, metric), "ReturnData": !metric.hidden });
        if let Some(label) = &metric.label {
            set(&mut query, "Label", label.as_str());
        }
        let period = self.show.period();
        match &metric.expression {
            Some(expression) => {
                set(&mut query, "Expression", metric_math::rename(expression, |id| self.named(id)));
                // Other expressions have the period of what they are made of.
                if metric_math::is_query(expression) {
                    set(&mut query, "Period", period);
                }
            }
            None => {
                let dimensions: Vec<Value> = metric
                    .dimensions
                    .iter()
                    .map(|(name, value)| json!({ "Name": name, "Value": value }))
                    .collect();
                let stat = json!({
                    "Metric": {
                        "Namespace": metric.namespace.as_deref().unwrap_or_default(),
                        "MetricName": metric.name.as_deref().unwrap_or_default(),
                        "Dimensions": dimensions,
                    },
                    "Period": period,
                    "Stat": metric.stat.as_deref().unwrap_or("Average"),
                });
                set(&mut query, "MetricStat", stat);
            }
        }
        query
    }
}
