//! The queues as SQS: `signals` is a standard queue, `wakes` a FIFO queue with one group per channel, so that one courier at a
//! time serves a channel (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html>).
//! How a message is written is `invoke::sqs`, beside how it is read. No decision may enter.

use async_trait::async_trait;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::aws::{Aws, Operation};
use crate::core::raw::Raw;
use crate::invoke::sqs::{self, LONGEST, Record};
use crate::queue::{Queue, QueueError, Wake};

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>
const SEND: Operation = sqs("AmazonSQS.SendMessageBatch");
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>
const PUT_OFF: Operation = sqs("AmazonSQS.ChangeMessageVisibility");
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
const LOOK: Operation = sqs("AmazonSQS.GetQueueAttributes");

const fn sqs(target: &'static str) -> Operation {
    Operation { service: "sqs", target, content_type: "application/x-amz-json-1.0" }
}

/// The most messages of one request.
const MOST_MESSAGES: usize = 10;

/// The longest group id and deduplication id, in characters.
const LONGEST_ID: usize = 128;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Signals,
    Wakes,
}

/// The two queues in SQS.
#[derive(Clone, Debug)]
pub(super) struct SqsQueue {
    aws: Aws,
    signals: String,
    wakes: String,
    /// The dead-letter queues, for those functions that may look at them.
    dead: Vec<String>,
}

/// How many messages a queue holds, about.
#[derive(Deserialize)]
struct Held {
    #[serde(rename = "Attributes")]
    attributes: Depth,
}

#[derive(Deserialize)]
struct Depth {
    #[serde(rename = "ApproximateNumberOfMessages")]
    messages: String,
}

/// What was not taken of a batch; the rest of the answer is of no interest.
#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "Failed", default)]
    failed: Vec<NotTaken>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NotTaken {
    code: String,
    message: Option<String>,
}

impl SqsQueue {
    /// The queues at these addresses.
    pub(super) fn new(aws: Aws, signals_url: impl Into<String>, wakes_url: impl Into<String>) -> Self {
        SqsQueue { aws, signals: signals_url.into(), wakes: wakes_url.into(), dead: Vec::new() }
    }

    /// The same, with its dead-letter queues at these addresses.
    pub(super) fn with_dead(self, dead: Vec<String>) -> Self {
        SqsQueue { dead, ..self }
    }

    /// Keeps a message out of sight for a while, counted in whole seconds from 1 to 12 hours. A failure changes only when it is
    /// seen again: then the queue's own visibility timeout holds.
    pub(super) async fn put_off(&self, which: Which, record: &Record, pause: SignedDuration) {
        let asked = json!({
            "QueueUrl": self.url(which),
            "ReceiptHandle": record.receipt,
            "VisibilityTimeout": pause.as_secs(),
        });
        if let Err(error) = self.aws.ask::<serde::de::IgnoredAny>(PUT_OFF, &asked).await {
            tracing::warn!(id = %record.id, %error, "a message could not be put off and comes when its time is over");
        }
    }

    fn url(&self, which: Which) -> &str {
        match which {
            Which::Signals => &self.signals,
            Which::Wakes => &self.wakes,
        }
    }

    /// Sends everything, or says that not all was taken; what was is then sent again, and known by its id.
    async fn send(&self, which: Which, messages: Vec<Message>) -> Result<(), QueueError> {
        for batch in batches(messages) {
            let entries: Vec<Value> =
                batch.into_iter().enumerate().map(|(number, message)| message.entry(number)).collect();
            let asked = json!({ "QueueUrl": self.url(which), "Entries": entries });
            let sent: Sent =
                self.aws.ask(SEND, &asked).await.map_err(|error| QueueError(error.to_string()))?;
            if let Some(NotTaken { code, message }) = sent.failed.first() {
                let message = message.as_deref().unwrap_or("no message");
                return Err(QueueError(format!("{} refused, {code}: {message}", sent.failed.len())));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn signals(&self, raw: &[Raw]) -> Result<(), QueueError> {
        let message = |raw| sqs::body(raw).map(|body| Message { body, place: None });
        let messages: Result<Vec<Message>, _> = raw.iter().map(message).collect();
        self.send(Which::Signals, messages.map_err(|error| QueueError(error.to_string()))?).await
    }

    async fn wakes(&self, wakes: &[Wake]) -> Result<(), QueueError> {
        let message = |wake: &Wake| {
            let place = Some((group(&wake.channel), hash(&wake.deduplication_id())));
            Ok(Message { body: serde_json::to_string(wake)?, place })
        };
        let messages: Result<Vec<Message>, serde_json::Error> = wakes.iter().map(message).collect();
        self.send(Which::Wakes, messages.map_err(|error| QueueError(error.to_string()))?).await
    }

    async fn dead(&self) -> Result<usize, QueueError> {
        if self.dead.is_empty() {
            return Err(QueueError("this function does not know the dead-letter queues".to_owned()));
        }
        let mut all = 0;
        for url in &self.dead {
            let asked = json!({ "QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"] });
            let held: Held =
                self.aws.ask(LOOK, &asked).await.map_err(|error| QueueError(error.to_string()))?;
            all +=
                held.attributes.messages.parse::<usize>().map_err(|error| QueueError(error.to_string()))?;
        }
        Ok(all)
    }
}

struct Message {
    body: String,
    /// FIFO: the group and the deduplication id.
    place: Option<(String, String)>,
}

impl Message {
    fn entry(self, number: usize) -> Value {
        let (id, body) = (number.to_string(), self.body);
        match self.place {
            None => json!({ "Id": id, "MessageBody": body }),
            Some((group, deduplication)) => json!({
                "Id": id,
                "MessageBody": body,
                "MessageGroupId": group,
                "MessageDeduplicationId": deduplication,
            }),
        }
    }
}

/// Batches in order, each of at most ten messages and at most as many bytes as one request may carry.
fn batches(messages: Vec<Message>) -> Vec<Vec<Message>> {
    let mut batches: Vec<Vec<Message>> = Vec::new();
    let mut bytes = 0;
    for message in messages {
        let length = message.body.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < MOST_MESSAGES && bytes + length <= LONGEST => {
                bytes += length;
                batch.push(message);
            }
            _ => {
                bytes = length;
                batches.push(vec![message]);
            }
        }
    }
    batches
}

/// The channel as a group id: itself if it is one (1 to 128 printable ASCII characters without spaces), else its hash.
fn group(channel: &str) -> String {
    let is_one =
        (1..=LONGEST_ID).contains(&channel.len()) && channel.bytes().all(|byte| byte.is_ascii_graphic());
    if is_one { channel.to_owned() } else { hash(channel) }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: usize) -> Message {
        Message { body: "x".repeat(bytes), place: None }
    }

    fn lengths(messages: Vec<Message>) -> Vec<Vec<usize>> {
        let batches = batches(messages).into_iter();
        batches.map(|batch| batch.iter().map(|message| message.body.len()).collect()).collect()
    }

    #[test]
    fn a_batch_holds_ten_messages_and_one_mebibyte() {
        assert!(lengths(Vec::new()).is_empty());
        let many = lengths((0..23).map(|_| message(1)).collect());
        assert_eq!(many.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 3]);
        let large = lengths(vec![message(LONGEST - 1), message(1), message(1), message(LONGEST)]);
        assert_eq!(large, [vec![LONGEST - 1, 1], vec![1], vec![LONGEST]]);
    }

    #[test]
    fn every_channel_has_a_group_that_sqs_takes() {
        assert_eq!(group("#payments-oncall"), "#payments-oncall");
        assert_eq!(group("C024BE91L"), "C024BE91L");
        for odd in ["", "#déploiements", "#with space", "#tab\t", "#障害", &"x".repeat(129)] {
            let group = group(odd);
            assert_eq!(group.len(), 64, "{odd}");
            assert!(group.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{odd}");
        }
        assert_ne!(group("#déploiements"), group("#deploiements"));
        assert_eq!(group(&"x".repeat(128)).len(), 128);
    }
}
