//! Logs: one JSON object a line on stdout, which Lambda hands to CloudWatch Logs. Every line carries the invocation's request
//! id; measures go beside them (`metrics`). Libraries never say more than `INFO`, whatever the level: what they say below it may quote what they carry.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use super::environment::variable;
use super::metrics::Metrics;
use crate::metrics::TARGET;

/// Starts logging; a second start changes nothing.
pub(super) fn start() {
    let level = variable("AWS_LAMBDA_LOG_LEVEL").and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let lines = fmt::layer().json().flatten_event(true).with_span_list(false);
    let lines = lines.with_filter(filter_fn(move |metadata| is_wanted(metadata, level)));
    let metrics = variable("METRICS_NAMESPACE").map(Metrics::new);
    // An error only says that logging has started already.
    let _started = Registry::default().with(lines).with(metrics).try_init();
}

fn is_wanted(metadata: &Metadata<'_>, level: Level) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    let ours = OURS.contains(&crate_name);
    metadata.target() != TARGET && *metadata.level() <= if ours { level } else { level.min(Level::INFO) }
}

/// The crates that know what must not be said.
const OURS: [&str; 8] =
    ["shared", "ingest", "router", "courier", "slash_command", "interaction", "slack_events", "notifier"];
