//! Opens the envelopes that transports put around a payload: an SNS message as it arrives over HTTPS or in a queue, the
//! records that Lambda hands over for SNS, SQS and SES, mail, a form in parts (`multipart`) or with a `payload` field, JSON inside of
//! a JSON string, and what comes encoded (`encoded`). What is in them is parsed here too, with bounds: nothing outside can make this recurse or
//! allocate without end.
//!
//! EventBridge's event is no envelope: its own fields (`detail-type`, `region`) belong to the content. To add an envelope,
//! add a row to [`peel`]. What the content means may not enter here.
//!
//! Formats: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>, <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::MAX_SIGNALS;
use super::mail::{self, Arrival};
use crate::core::raw::Raw;

pub(super) mod encoded;
mod multipart;

/// How many envelopes may be inside of each other: real ones come to three (Lambda record, queue, topic).
const MAX_ENVELOPES: usize = 5;

/// The most attributes of a message that are looked at; SQS allows 10, SNS and Pub/Sub some more.
const MAX_ATTRIBUTES: usize = 20;
/// The longest thing that a transport says, in characters: each payload of a delivery has it by itself.
const MAX_SAID: usize = 500;
/// The most that is decompressed of one delivery, in bytes: as much as may come uncompressed.
const MAX_DECOMPRESSED: u64 = 1024 * 1024;

/// A delivery without its envelopes, which whoever asks about it more than once opens once.
#[derive(Debug)]
pub struct Opened {
    /// What was inside; at least one.
    pub(super) payloads: Vec<Payload>,
    /// The transport's identity of the delivery, if it has one.
    pub(super) delivery: Option<String>,
    /// What is worth knowing: records were left out.
    pub(super) note: Option<String>,
    /// How much more may be decompressed.
    room: u64,
}

/// One payload: JSON, or a JSON string for anything that is not.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    pub(super) body: Value,
    pub(super) envelope: Envelope,
}

/// What the transport says about a payload.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Envelope {
    /// The subject of an SNS message.
    pub(super) subject: Option<String>,
    /// The ARN of the SNS topic.
    pub(super) topic: Option<String>,
    /// The transport's identity of the message.
    pub(super) id: Option<String>,
    /// When the transport took it.
    pub(super) time: Option<String>,
    /// What the publisher wrote on it: the attributes of a message of SNS, SQS or Pub/Sub.
    pub(super) attributes: BTreeMap<String, String>,
    /// What SES says of the message that it received.
    #[serde(skip)]
    pub(super) arrival: Option<Box<Arrival>>,
}

/// Opens all envelopes of a delivery. What is in them is parsed, so that this is most of the work of reading it.
pub fn open(raw: &Raw) -> Opened {
    let kind = raw.headers.get("content-type").map(String::as_str).unwrap_or_default();
    let form = kind.starts_with("application/x-www-form-urlencoded");
    let parts = multipart::fields(kind, &raw.body).map(Value::Object);
    let body = parts.unwrap_or_else(|| parse(&raw.body, form));
    let mut opened = Opened { payloads: Vec::new(), delivery: None, note: None, room: MAX_DECOMPRESSED };
    let payload = Payload { body, envelope: Envelope::default() };
    opened.add(payload, 0);
    opened
}

impl Opened {
    fn add(&mut self, payload: Payload, depth: usize) {
        let inner = if depth < MAX_ENVELOPES { peel(&payload, &mut self.room) } else { None };
        let Some(inner) = inner else {
            if self.payloads.is_empty() {
                self.delivery.clone_from(&payload.envelope.id);
            }
            self.payloads.push(payload);
            return;
        };
        for payload in inner {
            if self.payloads.len() >= MAX_SIGNALS {
                self.note = Some(format!("only the first {MAX_SIGNALS} records of this delivery were read"));
                return;
            }
            self.add(payload, depth + 1);
        }
    }
}

/// What is inside of one envelope; `None` if it is none.
fn peel(payload: &Payload, room: &mut u64) -> Option<Vec<Payload>> {
    match &payload.body {
        Value::String(text) => {
            if let Some(message) = mail::read(text.as_bytes()) {
                return Some(vec![Payload { body: message, envelope: payload.envelope.clone() }]);
            }
            let inner = parse(text, false);
            (!inner.is_string()).then(|| vec![Payload { body: inner, envelope: payload.envelope.clone() }])
        }
        Value::Object(fields) => {
            let sns = sns(fields).map(|inner| vec![inner]);
            sns.or_else(|| records(fields, &payload.envelope))
                .or_else(|| received(fields, &payload.envelope))
                .or_else(|| form_field(fields, &payload.envelope))
                .or_else(|| encoded::open(fields, &payload.envelope, room).map(|inner| vec![inner]))
        }
        Value::Array(events) => cloud_events(events, &payload.envelope),
        _ => None,
    }
}

/// The events of a batch: each is one of its own
/// (<https://github.com/cloudevents/spec/blob/main/cloudevents/formats/json-format.md#4-json-batch-format>).
fn cloud_events(events: &[Value], outer: &Envelope) -> Option<Vec<Payload>> {
    let is_event = |event: &Value| event.get("specversion").is_some() && event.get("type").is_some();
    let payload = |event: &Value| Payload { body: event.clone(), envelope: outer.clone() };
    // One more than is read, so that it is told that there are more.
    let events = Some(events).filter(|events| !events.is_empty() && events.iter().all(is_event))?;
    Some(events.iter().take(MAX_SIGNALS + 1).map(payload).collect())
}

/// An SNS notification, over HTTPS or in a queue.
fn sns(fields: &Map<String, Value>) -> Option<Payload> {
    let is_notification =
        text(fields, "Type").as_deref() == Some("Notification") && fields.contains_key("TopicArn");
    let message = fields.get("Message").filter(|_| is_notification)?;
    let envelope = Envelope {
        subject: text(fields, "Subject"),
        topic: text(fields, "TopicArn"),
        id: text(fields, "MessageId"),
        time: text(fields, "Timestamp"),
        attributes: attributes(fields.get("MessageAttributes"), "Value"),
        arrival: None,
    };
    Some(Payload { body: message.clone(), envelope })
}

/// What SES says of a message that it received.
fn received(fields: &Map<String, Value>, outer: &Envelope) -> Option<Vec<Payload>> {
    let arrival = Arrival::read(fields)?;
    let body = arrival.body().clone();
    let envelope = Envelope { arrival: Some(Box::new(arrival)), ..outer.clone() };
    Some(vec![Payload { body, envelope }])
}

/// The records of an event of SNS, SQS or SES; of any other service they are content.
fn records(fields: &Map<String, Value>, outer: &Envelope) -> Option<Vec<Payload>> {
    let records = fields.get("Records")?.as_array().filter(|records| !records.is_empty())?;
    let mut read = Vec::new();
    for record in records {
        // All of them or none: what is only like records is content.
        let payload = one_record(record, outer)?;
        // One more than is read, so that it is told that there are more.
        if read.len() <= MAX_SIGNALS {
            read.push(payload);
        }
    }
    Some(read)
}

fn one_record(record: &Value, outer: &Envelope) -> Option<Payload> {
    let record = record.as_object()?;
    if let Some(message) = record.get("Sns").and_then(Value::as_object) {
        let mut fields = message.clone();
        fields.entry("Type").or_insert_with(|| "Notification".into());
        return sns(&fields);
    }
    if let Some(received) = record.get("ses").filter(|received| received.is_object()) {
        return Some(Payload { body: received.clone(), envelope: outer.clone() });
    }
    let of_queue = text(record, "eventSource").as_deref() == Some("aws:sqs");
    let body = record.get("body").filter(|_| of_queue)?.clone();
    let attributes = attributes(record.get("messageAttributes"), "stringValue");
    Some(Payload { body, envelope: Envelope { id: text(record, "messageId"), attributes, ..outer.clone() } })
}

/// The attributes of a message that are texts: names, and maps with the value in one of their fields, or the value itself.
fn attributes(attributes: Option<&Value>, field: &str) -> BTreeMap<String, String> {
    let text = |(name, value): (&String, &Value)| {
        let text = value.get(field).unwrap_or(value).as_str()?;
        Some((name.chars().take(MAX_SAID).collect(), text.chars().take(MAX_SAID).collect()))
    };
    let attributes = attributes.and_then(Value::as_object).into_iter().flatten();
    attributes.take(MAX_ATTRIBUTES).filter_map(text).collect()
}

/// A form whose only content is a `payload` field with JSON, as GitHub sends it when it is told to send forms.
fn form_field(fields: &Map<String, Value>, outer: &Envelope) -> Option<Vec<Payload>> {
    let inner =
        fields.get("payload").filter(|_| fields.len() == 1)?.as_str().map(|text| parse(text, false))?;
    (!inner.is_string()).then(|| vec![Payload { body: inner, envelope: outer.clone() }])
}

/// JSON if it is JSON; else the fields of a form if it is one; else a string. JSON nested deeper than 128 is no JSON to
/// serde_json, which keeps the stack bounded; of doubled keys the last one counts.
fn parse(text: &str, form: bool) -> Value {
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    if let Ok(value @ (Value::Object(_) | Value::Array(_) | Value::String(_))) = serde_json::from_str(trimmed)
    {
        return value;
    }
    // `curl -d` says that everything is a form. A real one has no blank in it and at least one `=`.
    let form = form && trimmed.contains('=') && !trimmed.contains(char::is_whitespace);
    if form || looks_like_form(trimmed) {
        let fields = form_urlencoded::parse(trimmed.as_bytes());
        let fields =
            fields.take(1_000).map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())));
        return Value::Object(fields.collect());
    }
    Value::from(trimmed)
}

/// `a=1&b=2` without any blank, at most a few kilobytes: prose with a `=` in it is no form.
fn looks_like_form(text: &str) -> bool {
    let word =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'%' | b'[' | b']');
    text.len() < 64 * 1024
        && text.contains('&')
        && !text.contains(char::is_whitespace)
        && text.split('&').all(|pair| {
            pair.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(word))
        })
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name)?.as_str().map(|text| text.chars().take(MAX_SAID).collect())
}
