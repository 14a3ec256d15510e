//! A cloud of tests: it answers as it is told, after a time that nobody really waits for, and remembers what it was asked.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::cloud::{Cloud, CloudError, Operation};
use shared::config::section::FromAws;
use shared::core::report::Section;

use super::{When, gather};

type Answer = dyn Fn(Operation, &Value, usize) -> Result<Value, CloudError> + Send + Sync;

pub(in crate::report) struct Scripted {
    answer: Box<Answer>,
    takes: Duration,
    asked: Mutex<Vec<(Operation, Value)>>,
}

impl Scripted {
    /// It answers so to an operation, its fields, and to how many came before.
    pub(in crate::report) fn new(
        answer: impl Fn(Operation, &Value, usize) -> Result<Value, CloudError> + Send + Sync + 'static,
    ) -> Self {
        Scripted { answer: Box::new(answer), takes: Duration::ZERO, asked: Mutex::default() }
    }

    /// The same, and each answer takes so long.
    pub(in crate::report) fn slow(self, takes: Duration) -> Self {
        Scripted { takes, ..self }
    }

    /// What it was asked, in that order.
    pub(in crate::report) fn asked(&self) -> Vec<(Operation, Value)> {
        self.asked.lock().unwrap().clone()
    }

    pub(in crate::report) fn operations(&self) -> Vec<Operation> {
        self.asked().into_iter().map(|(operation, _)| operation).collect()
    }

    /// What a section becomes, at nine in the morning.
    pub(in crate::report) async fn gather(&self, section: FromAws) -> Vec<Section> {
        gather(self, &[section], nine(), Duration::from_secs(20)).await.remove(0)
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl Cloud for Scripted {
    async fn ask(&self, operation: Operation, asked: &Value) -> Result<Value, CloudError> {
        let before = {
            let mut known = self.asked.lock().unwrap();
            known.push((operation, asked.clone()));
            known.len() - 1
        };
        tokio::time::sleep(self.takes).await;
        (self.answer)(operation, asked, before)
    }

    fn region(&self) -> &str {
        "eu-west-1"
    }
}

/// A Monday in November, 09:00 in Berlin.
pub(in crate::report) fn nine() -> When<'static> {
    When { slot: at("2026-11-23T08:00:00Z"), zone: "Europe/Berlin" }
}

pub(in crate::report) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What AWS says to whoever has no right.
pub(in crate::report) fn denied(operation: Operation) -> CloudError {
    CloudError::refused(
        operation,
        "AccessDeniedException",
        "User: arn:aws:sts::111122223333:assumed-role/n/n is not authorized",
    )
}

pub(in crate::report) fn shown<T: serde::de::DeserializeOwned>(fields: Value) -> T {
    serde_json::from_value(fields).unwrap()
}

/// A chart of so many metrics.
pub(in crate::report) fn chart_of(title: &str, metrics: usize, compare: bool) -> FromAws {
    let metric = |number| json!({ "namespace": "AWS/Lambda", "name": format!("M{number}"), "stat": "p99" });
    let metrics: Vec<Value> = (0..metrics).map(metric).collect();
    let mut fields = json!({ "title": title, "metrics": metrics });
    if compare {
        fields["compare"] = json!("1w");
    }
    FromAws::Metrics(shown(fields))
}
