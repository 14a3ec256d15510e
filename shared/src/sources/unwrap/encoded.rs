//! What comes in base64: a message that Pub/Sub pushes, a batch of CloudWatch Logs (compressed besides), the data of a
//! CloudEvent. Decoding only, and bounded: what decompresses to more than there is room for stays as it came.
//!
//! Formats: <https://cloud.google.com/pubsub/docs/push#receive_push>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample>,
//! <https://github.com/cloudevents/spec/blob/main/cloudevents/formats/json-format.md#31-handling-of-data>.

use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use serde_json::{Map, Value};

use super::{Envelope, Payload, attributes, parse, text};

/// The longest text that a batch is decompressed to which AWS itself hands over, in bytes. It has at most 1 MB compressed, as a rule
/// far less.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What is inside, if this is one of them. `room`: how many bytes may be decompressed; what is is taken off.
pub(super) fn open(fields: &Map<String, Value>, outer: &Envelope, room: &mut u64) -> Option<Payload> {
    let payload = |body| Payload { body, envelope: outer.clone() };
    of_pub_sub(fields)
        .or_else(|| decompressed(fields, room).map(payload))
        .or_else(|| of_cloud_event(fields).map(payload))
}

/// A message in a push of Pub/Sub. Without data it is its attributes.
fn of_pub_sub(fields: &Map<String, Value>) -> Option<Payload> {
    let subscription = text(fields, "subscription")?;
    let message = fields.get("message")?.as_object()?;
    let attributes = attributes(message.get("attributes"), "");
    let body = match message.get("data").and_then(Value::as_str) {
        Some(data) => parse(&decoded(data)?, false),
        None => message.get("attributes")?.clone(),
    };
    let envelope = Envelope {
        subject: None,
        topic: Some(subscription),
        id: text(message, "messageId").or_else(|| text(message, "message_id")),
        time: text(message, "publishTime").or_else(|| text(message, "publish_time")),
        attributes,
        arrival: None,
    };
    Some(Payload { body, envelope })
}

/// A batch of CloudWatch Logs as a subscription hands it over, with its lines in the open; `None` for anything else.
pub fn logs(fields: &Map<String, Value>) -> Option<Value> {
    let mut room = LONGEST;
    decompressed(fields, &mut room)
}

fn decompressed(fields: &Map<String, Value>, room: &mut u64) -> Option<Value> {
    let data = fields.get("awslogs").filter(|_| fields.len() == 1)?.get("data")?.as_str()?;
    let compressed = BASE64_STANDARD.decode(data).ok()?;
    let mut opened = Vec::new();
    GzDecoder::new(compressed.as_slice()).take(*room).read_to_end(&mut opened).ok()?;
    *room = room.saturating_sub(opened.len() as u64);
    serde_json::from_slice(&opened).ok()
}

/// A CloudEvent with its data in the open.
fn of_cloud_event(fields: &Map<String, Value>) -> Option<Value> {
    let data = fields.get("data_base64").filter(|_| fields.contains_key("specversion"))?.as_str()?;
    let data = parse(&decoded(data)?, false);
    let mut fields = fields.clone();
    fields.remove("data_base64");
    fields.insert("data".to_owned(), data);
    Some(Value::Object(fields))
}

fn decoded(base64: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(base64).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::json;

    use super::*;

    fn opened(body: &Value) -> Option<Payload> {
        open(body.as_object().unwrap(), &Envelope::default(), &mut 1_000_000)
    }

    fn compressed(text: &[u8]) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        BASE64_STANDARD.encode(encoder.finish().unwrap())
    }

    #[test]
    fn a_push_of_pub_sub_is_what_was_published_with_its_attributes() {
        let push = json!({ "subscription": "projects/p/subscriptions/s", "message": {
            "data": BASE64_STANDARD.encode(r#"{"title": "Full"}"#), "messageId": "7", "publishTime": "2026-11-22T09:00:00Z",
            "attributes": { "env": "prod" },
        } });
        let payload = opened(&push).unwrap();
        assert_eq!(payload.body, json!({ "title": "Full" }));
        assert_eq!(payload.envelope.id.as_deref(), Some("7"));
        assert_eq!(payload.envelope.topic.as_deref(), Some("projects/p/subscriptions/s"));
        assert_eq!(payload.envelope.attributes["env"], "prod");

        let bare =
            json!({ "subscription": "s", "message": { "messageId": "8", "attributes": { "title": "Hi" } } });
        assert_eq!(opened(&bare).unwrap().body, json!({ "title": "Hi" }));
    }

    #[test]
    fn a_batch_of_logs_is_its_lines() {
        let batch = json!({ "messageType": "DATA_MESSAGE", "logEvents": [{ "message": "one" }] });
        let handed = json!({ "awslogs": { "data": compressed(batch.to_string().as_bytes()) } });
        assert_eq!(opened(&handed).unwrap().body, batch);
    }

    #[test]
    fn data_of_a_cloud_event_stands_in_the_open() {
        let event =
            json!({ "specversion": "1.0", "type": "t", "data_base64": BASE64_STANDARD.encode("{\"a\": 1}") });
        let payload = opened(&event).unwrap();
        assert_eq!(payload.body, json!({ "specversion": "1.0", "type": "t", "data": { "a": 1 } }));
    }

    #[test]
    fn what_cannot_be_decoded_stays_as_it_came() {
        let bomb = compressed(format!("[{}0]", "0,".repeat(1_000_000)).as_bytes());
        for body in [
            json!({ "awslogs": { "data": "no base64!" } }),
            json!({ "awslogs": { "data": BASE64_STANDARD.encode("no gzip") } }),
            json!({ "awslogs": { "data": bomb } }),
            json!({ "awslogs": 7 }),
            json!({ "subscription": "s", "message": { "data": "%" } }),
            json!({ "subscription": "s", "message": {} }),
            json!({ "specversion": "1.0", "data_base64": "%" }),
            json!({ "data_base64": "YQ==" }),
        ] {
            assert!(opened(&body).is_none(), "{body}");
        }
    }
}
