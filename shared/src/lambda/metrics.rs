//! Measures as CloudWatch metrics: each event of `metrics` becomes a line in the embedded metric format, which CloudWatch Logs
//! reads by itself, so that no request is made and nobody waits
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
//! Translation only; what is measured is decided in `metrics`.

use std::fmt::Debug;
use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::deps::Clock;
use crate::deps::SystemClock;
use crate::metrics::{TARGET, TIME};

/// Writes each measure as a line to stdout.
#[derive(Debug)]
pub(super) struct Metrics {
    /// Where CloudWatch keeps them.
    namespace: String,
}

impl Metrics {
    pub(super) fn new(namespace: String) -> Self {
        Metrics { namespace }
    }
}

impl<S: Subscriber> Layer<S> for Metrics {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != TARGET {
            return;
        }
        let mut measured = Measured::default();
        event.record(&mut measured);
        let line = measured.line(&self.namespace, SystemClock.now());
        // Without a stdout there is nobody who could be told.
        let _told = writeln!(std::io::stdout().lock(), "{line}");
    }
}

/// The numbers and the words of one event.
#[derive(Debug, Default)]
struct Measured {
    numbers: Vec<(&'static str, u64)>,
    words: Vec<(&'static str, String)>,
}

impl Measured {
    fn line(self, namespace: &str, now: Timestamp) -> Value {
        let unit = |name: &str| if name.ends_with(TIME) { "Milliseconds" } else { "Count" };
        let metrics: Vec<Value> =
            self.numbers.iter().map(|(name, _)| json!({ "Name": name, "Unit": unit(name) })).collect();
        let dimensions: Vec<&str> = self.words.iter().map(|(name, _)| *name).collect();
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [
                    { "Namespace": namespace, "Dimensions": [dimensions], "Metrics": metrics },
                ],
            }),
        );
        line.extend(self.words.into_iter().map(|(name, word)| (name.to_owned(), word.into())));
        line.extend(self.numbers.into_iter().map(|(name, number)| (name.to_owned(), number.into())));
        Value::Object(line)
    }
}

impl Visit for Measured {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.numbers.push((field.name(), value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.numbers.push((field.name(), u64::try_from(value).unwrap_or_default()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.words.push((field.name(), value.to_owned()));
    }

    // Nothing else is measured.
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_a_line_in_the_embedded_metric_format() {
        let measured = Measured {
            numbers: vec![("Posts", 1), ("PostTime", 830)],
            words: vec![("Source", "github".to_owned())],
        };
        let line = measured.line("Callboard/team", Timestamp::from_millisecond(1_792_000_000_123).unwrap());
        assert_eq!(
            line,
            json!({
                "_aws": {
                    "Timestamp": 1_792_000_000_123_u64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Callboard/team",
                        "Dimensions": [["Source"]],
                        "Metrics": [{ "Name": "Posts", "Unit": "Count" }, { "Name": "PostTime", "Unit": "Milliseconds" }],
                    }],
                },
                "Source": "github", "Posts": 1, "PostTime": 830,
            })
        );
    }
}
