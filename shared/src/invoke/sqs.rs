//! A batch of queue messages and the answer that returns only those that failed
//! (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>). What stands in the `signals` queue is
//! either ours (the door wrapped it) or somebody's own: an SNS envelope, an EventBridge event, any text.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::WrongShape;
use crate::core::raw::Raw;
use crate::queue::{Verdict, Wake};

/// The longest message, and the longest batch in all, in bytes
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>).
pub const LONGEST: usize = 1024 * 1024;

/// Up to this many bytes a message stays readable JSON; a longer one is deflated.
const PLAIN_MAX: usize = 200_000;

/// The longest notification that is inflated again, in bytes: what the door lets in, with its headers, escaped as JSON.
const INFLATED_MAX: usize = 16 * 1024 * 1024;

/// How hard to deflate, as everywhere: 6 of 10.
const LEVEL: u8 = 6;

/// A message that failed comes again after this, then twice as long each time.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(15);
/// The longest pause of a message that fails.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(2);

/// How long a message may be put off, in seconds
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>).
const PUT_OFF: (i64, i64) = (1, 43_200);

/// One message of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// SQS's id of the message.
    pub id: String,
    /// Its body.
    pub body: String,
    /// What its visibility is changed by.
    pub receipt: String,
    /// How often it was handed out, this time included.
    pub tries: u32,
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
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
struct Attributes {
    /// A number, as text.
    #[serde(default, rename = "ApproximateReceiveCount")]
    tries: String,
}

/// A notification too long to stay as it is: its JSON, deflated, as base64.
#[derive(Serialize, Deserialize)]
struct Deflated {
    deflated: String,
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
        tries: message.attributes.tries.parse().unwrap_or(1),
    };
    Ok(event.records.into_iter().map(record).collect())
}

/// A notification as a message of the `signals` queue, at most [`LONGEST`] bytes. One that does not fit even deflated loses the
/// end of its body and says so: nothing is refused for its size.
///
/// # Errors
/// It cannot be JSON, which no notification is known to cause.
pub fn body(raw: &Raw) -> Result<String, serde_json::Error> {
    let whole = raw.body.len();
    let mut raw = Cow::Borrowed(raw);
    loop {
        let message = message(&raw)?;
        if message.len() <= LONGEST || raw.body.is_empty() {
            return Ok(message);
        }
        let shorter = raw.to_mut();
        shorter.body.truncate(shorter.body.floor_char_boundary(shorter.body.len() / 4 * 3));
        shorter.note.get_or_insert_with(|| format!("cut from {:.1} MB", whole as f64 / 1e6));
    }
}

fn message(raw: &Raw) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(raw)?;
    // JSON escapes every other character that SQS does not take.
    let taken = !json.contains(['\u{fffe}', '\u{ffff}']);
    if json.len() <= PLAIN_MAX && taken {
        return Ok(json);
    }
    let deflated = miniz_oxide::deflate::compress_to_vec(json.as_bytes(), LEVEL);
    serde_json::to_string(&Deflated { deflated: BASE64_STANDARD.encode(deflated) })
}

/// A message of the `signals` queue as a notification. What the door did not wrap has SQS's id until its own is found.
pub fn raw(record: &Record, now: Timestamp) -> Raw {
    let ours = serde_json::from_str(&record.body).ok().or_else(|| inflated(&record.body));
    ours.unwrap_or_else(|| Raw {
        id: record.id.clone(),
        source: None,
        headers: std::collections::BTreeMap::new(),
        body: record.body.clone(),
        received_at: now,
        note: None,
    })
}

fn inflated(body: &str) -> Option<Raw> {
    let Deflated { deflated } = serde_json::from_str(body).ok()?;
    let deflated = BASE64_STANDARD.decode(deflated).ok()?;
    let json = miniz_oxide::inflate::decompress_to_vec_with_limit(&deflated, INFLATED_MAX).ok()?;
    serde_json::from_slice(&json).ok()
}

/// A message of the `wakes` queue; `None` if it is none, which helps nobody to repeat.
pub fn wake(record: &Record) -> Option<Wake> {
    serde_json::from_str(&record.body).ok()
}

/// The wakes of a batch, with their messages. What is no wake is left out, so that it is deleted like what is done.
///
/// # Errors
/// It is no batch.
pub fn wakes(event: &Value) -> Result<(Vec<Record>, Vec<Wake>), WrongShape> {
    let pair = |record: Record| match wake(&record) {
        Some(wake) => Some((record, wake)),
        None => {
            tracing::error!(id = %record.id, "a message in the queue of wakes is none; it is dropped");
            None
        }
    };
    Ok(records(event)?.into_iter().filter_map(pair).unzip())
}

/// How long to keep a message out of sight; `None` for one that is done.
pub fn pause(record: &Record, verdict: Verdict, now: Timestamp) -> Option<SignedDuration> {
    let pause = match verdict {
        Verdict::Done => return None,
        // Whole seconds, and not too early.
        Verdict::Again(at) => {
            SignedDuration::from_secs((at.duration_since(now).as_millis() as i64 + 999).div_euclid(1000))
        }
        Verdict::Failed => {
            let doublings = record.tries.saturating_sub(1).min(8);
            LONGEST_PAUSE.min(FIRST_PAUSE * (1 << doublings))
        }
    };
    Some(SignedDuration::from_secs(pause.as_secs().clamp(PUT_OFF.0, PUT_OFF.1)))
}

/// The answer: everything but these is done.
pub fn failures(records: &[Record], verdicts: &[Verdict]) -> Value {
    let failed = records.iter().zip(verdicts).filter(|(_, verdict)| **verdict != Verdict::Done);
    let items: Vec<Value> = failed.map(|(record, _)| json!({ "itemIdentifier": record.id })).collect();
    json!({ "batchItemFailures": items })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn raw_of(body: String) -> Raw {
        let headers = BTreeMap::from([("user-agent".to_owned(), "GitHub-Hookshot/1".to_owned())]);
        Raw {
            id: "D1".to_owned(),
            source: Some("github".to_owned()),
            headers,
            body,
            received_at: t(0),
            note: None,
        }
    }

    fn record(body: String) -> Record {
        Record { id: "M1".to_owned(), body, receipt: "R1".to_owned(), tries: 1 }
    }

    /// Text that deflating makes no shorter than three quarters, one character for each six random bits.
    fn noise(length: usize) -> String {
        let mut state: u64 = 88_172_645_463_325_252;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(b'0' + (state >> 32) as u8 % 64)
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_notification_goes_through_the_queue_as_it_is() {
        let texts = [
            "{\"a\":1}".to_owned(),
            "\u{0}\u{1b}\u{7f}é障\u{1f600}".to_owned(),
            "a\u{fffe}\u{ffff}".to_owned(),
        ];
        for raw_ in texts.into_iter().chain([noise(150_000), noise(250_000), noise(1_000_000)]).map(raw_of) {
            let message = body(&raw_).unwrap();
            assert!(message.len() <= LONGEST, "{}", message.len());
            let taken = |letter: char| matches!(letter, '\u{9}' | '\u{a}' | '\u{d}' | ' '..='\u{fffd}' | '\u{10000}'..);
            assert!(message.chars().all(taken), "a character that SQS refuses");
            assert!(raw(&record(message), t(9)) == raw_, "{} bytes come back changed", raw_.body.len());
        }
    }

    #[test]
    fn what_is_long_is_deflated_and_what_is_short_can_be_read() {
        assert!(body(&raw_of("{\"title\":\"x\"}".to_owned())).unwrap().contains("title"));
        let long = body(&raw_of("all work and no play ".repeat(40_000))).unwrap();
        assert!(long.len() < 10_000, "{} bytes", long.len());
    }

    #[test]
    fn what_does_not_fit_even_deflated_loses_its_end_and_says_so() {
        let letters: Vec<char> = ('\u{4e00}'..'\u{9fff}').collect();
        let text: String = noise(400_000)
            .chars()
            .zip(noise(400_007).chars().skip(7))
            .map(|(a, b)| letters[(a as usize * 331 + b as usize * 7919) % letters.len()])
            .collect();
        let whole = raw_of(text);
        let message = body(&whole).unwrap();
        assert!(message.len() <= LONGEST, "{} bytes", message.len());
        let cut = raw(&record(message), t(9));
        assert!(cut.body.len() < whole.body.len() && whole.body.starts_with(&cut.body));
        assert_eq!(cut.note.as_deref(), Some("cut from 1.2 MB"));
        assert_eq!(cut.id, whole.id);
    }

    #[test]
    fn what_only_looks_like_ours_is_somebodys_own() {
        let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b' '; INFLATED_MAX + 1], 9);
        let bomb = json!({ "deflated": BASE64_STANDARD.encode(bomb) }).to_string();
        for body in
            ["{\"deflated\":\"!\"}".to_owned(), "{\"deflated\":\"AAAA\"}".to_owned(), bomb, "x".to_owned()]
        {
            let raw = raw(&record(body.clone()), t(9));
            assert!(raw.body == body && raw.id == "M1" && raw.received_at == t(9));
        }
    }

    #[test]
    fn a_message_that_is_no_wake_is_dropped_and_the_others_are_served() {
        let wake = Wake {
            incident: crate::core::incident::IncidentId("abcde".to_owned()),
            channel: "#a".to_owned(),
            revision: 1,
            sweep: None,
        };
        let message = |id: &str, body: String| json!({ "messageId": id, "body": body, "receiptHandle": id });
        let event = json!({ "Records": [message("1", "{}".to_owned()), message("2", serde_json::to_string(&wake).unwrap())] });
        let (records, found) = wakes(&event).unwrap();
        assert_eq!((records.len(), records[0].id.as_str(), found), (1, "2", vec![wake]));
    }

    #[test]
    fn a_message_comes_again_when_it_was_asked_for_and_later_each_time_it_fails() {
        let secs = |verdict, tries| {
            let record = Record { tries, ..record(String::new()) };
            pause(&record, verdict, t(0)).map(|pause| pause.as_secs())
        };
        assert_eq!(secs(Verdict::Done, 1), None);
        assert_eq!(secs(Verdict::Again(t(7)), 1), Some(7));
        assert_eq!(secs(Verdict::Again(t(7) + SignedDuration::from_millis(1)), 1), Some(8), "not too early");
        assert_eq!(secs(Verdict::Again(t(-5)), 1), Some(1), "a visibility of 0 would come at once, for ever");
        assert_eq!(secs(Verdict::Again(t(90_000)), 1), Some(43_200), "12 hours are the most");
        assert_eq!(secs(Verdict::Again(Timestamp::MAX), 1), Some(43_200));
        assert_eq!(
            [1, 2, 3, 4, 5, u32::MAX].map(|tries| secs(Verdict::Failed, tries)),
            [15, 30, 60, 120, 120, 120].map(Some)
        );
    }
}
