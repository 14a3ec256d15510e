//! The sections that AWS is asked for, all at once and within one budget of time: a section that fails or is late says so in its
//! place, and the others are there. What a section asks and how it reads the answer is its own file's.

use std::time::Duration;

use futures_util::future::{join, join_all};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::cloud::{Cloud, CloudError, Operation};
use shared::config::section::FromAws;
use shared::core::report::Section;
use tokio::time::{Instant, timeout_at};

use super::{alarms, cloudwatch, cost, logs};

/// The time that a report looks back from, and how its times are shown.
#[derive(Clone, Copy, Debug)]
pub struct When<'a> {
    /// Its slot.
    pub slot: Timestamp,
    /// The IANA time zone.
    pub zone: &'a str,
}

/// What a section has become: itself and what could not be had of it, or why there is nothing.
pub(super) type Gathered = Result<Vec<Section>, String>;

/// Asks for all of them. There is an answer for each, in their order: the section, or that it failed and why, or both where
/// something is missing. It takes as long as `patience` at the most.
pub async fn gather(
    cloud: &dyn Cloud,
    asked: &[FromAws],
    when: When<'_>,
    patience: Duration,
) -> Vec<Vec<Section>> {
    let deadline = Instant::now() + patience;
    // The metrics of all sections are asked for together.
    let metrics = asked.iter().filter_map(|section| match section {
        FromAws::Metrics(show) => Some(show),
        _ => None,
    });
    let metrics: Vec<_> = metrics.collect();
    let others = asked.iter().map(|section| one(cloud, section, when, deadline));
    let (charts, others) = join(cloudwatch::ask(cloud, &metrics, when, deadline), join_all(others)).await;
    let mut charts = charts.into_iter();
    let each = asked.iter().zip(others).map(|(section, other)| {
        let gathered = other.or_else(|| charts.next()).unwrap_or_else(|| Ok(Vec::new()));
        gathered.unwrap_or_else(|why| vec![failed(section, why)])
    });
    each.collect()
}

/// A section that is asked for by itself.
async fn one(cloud: &dyn Cloud, section: &FromAws, when: When<'_>, deadline: Instant) -> Option<Gathered> {
    match section {
        FromAws::Metrics(_) => None,
        FromAws::Alarms(show) => Some(alarms::ask(cloud, show, when, deadline).await),
        FromAws::Logs(show) => Some(logs::ask(cloud, show, when, deadline).await),
        FromAws::Cost(show) => Some(cost::ask(cloud, show, when, deadline).await),
    }
}

fn failed(section: &FromAws, why: String) -> Section {
    Section::Failed { section: name(section), why }
}

/// How a failure names it.
fn name(section: &FromAws) -> String {
    match section {
        FromAws::Alarms(_) => "alarms".to_owned(),
        FromAws::Metrics(show) => format!("cloudwatch: {}", show.title),
        FromAws::Logs(show) => format!("logs: {}", show.title),
        FromAws::Cost(_) => "cost".to_owned(),
    }
}

/// One request, and what is needed of its answer.
pub(super) async fn ask<A: DeserializeOwned>(
    cloud: &dyn Cloud,
    operation: Operation,
    asked: &Value,
    deadline: Instant,
) -> Result<A, CloudError> {
    let answer = timeout_at(deadline, cloud.ask(operation, asked)).await;
    let answer = answer.unwrap_or_else(|_| Err(CloudError::late(operation)))?;
    serde_json::from_value(answer).map_err(|_| CloudError::unreadable(operation))
}

/// Puts a field into what is asked.
pub(super) fn set(asked: &mut Value, field: &str, value: impl Into<Value>) {
    if let Value::Object(fields) = asked {
        fields.insert(field.to_owned(), value.into());
    }
}

/// Seconds since 1970, as JSON has them.
pub(super) fn timestamp(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1_000.0).round();
    // What does not fit becomes the largest there is, which is no time.
    Timestamp::from_millisecond(milliseconds as i64).ok().filter(|_| seconds.is_finite())
}

#[cfg(test)]
pub(super) mod scripted;
#[cfg(test)]
mod tests;
