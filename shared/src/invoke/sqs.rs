//! A batch of queue messages and the answer that returns only those that failed
//! (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>). What stands in the `signals` queue is
//! either ours (the door wrapped it) or somebody's own: an SNS envelope, an EventBridge event, any text.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::WrongShape;
use crate::core::raw::Raw;
use crate::queue::{Verdict, Wake};

/// One message of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// SQS's id of the message.
    pub id: String,
    /// Its body.
    pub body: String,
    /// What its visibility is changed by.
    pub receipt: String,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    body: String,
    #[serde(default)]
    receipt_handle: String,
}

/// The messages of a batch.
///
/// # Errors
/// It is no such event.
pub fn records(event: &Value) -> Result<Vec<Record>, WrongShape> {
    let event = Event::deserialize(event)
        .map_err(|error| WrongShape { expected: "a batch from SQS", why: error.to_string() })?;
    let record = |message: Message| Record {
        id: message.message_id,
        body: message.body,
        receipt: message.receipt_handle,
    };
    Ok(event.records.into_iter().map(record).collect())
}

/// A message of the `signals` queue as a notification. What the door did not wrap has SQS's id until its own is found.
pub fn raw(record: &Record, now: Timestamp) -> Raw {
    serde_json::from_str(&record.body).unwrap_or_else(|_| Raw {
        id: record.id.clone(),
        source: None,
        headers: std::collections::BTreeMap::new(),
        body: record.body.clone(),
        received_at: now,
        note: None,
    })
}

/// A message of the `wakes` queue; `None` if it is none, which helps nobody to repeat.
pub fn wake(record: &Record) -> Option<Wake> {
    serde_json::from_str(&record.body).ok()
}

/// The answer: everything but these is done.
pub fn failures(records: &[Record], verdicts: &[Verdict]) -> Value {
    let failed = records.iter().zip(verdicts).filter(|(_, verdict)| **verdict != Verdict::Done);
    let items: Vec<Value> = failed.map(|(record, _)| json!({ "itemIdentifier": record.id })).collect();
    json!({ "batchItemFailures": items })
}
