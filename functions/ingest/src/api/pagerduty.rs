//! PagerDuty's Events API v2: alert events and change events
//! (<https://developer.pagerduty.com/docs/events-api-v2/overview/>).
//!
//! The `routing_key` in the body, or in the header `X-Routing-Key`, is the secret. It is taken out before anything is kept. An
//! event goes into the queue as it was sent, with its `dedup_key`, made up if it has none; a change event, which has neither
//! action nor key, says `"event_action": "change"`.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::deps::Deps;
use shared::door;

use super::{made_up, raw, with_key};
use crate::refusal::Refusal;

const SOURCE: &str = "pagerduty-events";

/// What an address takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `/v2/enqueue`
    Alert,
    /// `/v2/change/enqueue`
    Change,
}

/// Takes an event, and answers as PagerDuty does.
pub(super) async fn handle(
    request: &Request<Bytes>,
    kind: Kind,
    deps: &Deps,
    now: Timestamp,
) -> Response<Bytes> {
    match take(request, kind, deps, now).await {
        Ok(dedup_key) => accepted(kind, &dedup_key),
        Err(refusal) => refused(&refusal),
    }
}

async fn take(request: &Request<Bytes>, kind: Kind, deps: &Deps, now: Timestamp) -> Result<String, Refusal> {
    if request.method() != Method::POST {
        let fault = "only POST is taken here";
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            fault,
            "Send the event as the body of a POST.",
        ));
    }
    let Ok(Value::Object(mut event)) = serde_json::from_slice(request.body()) else {
        return Err(invalid("the body is no JSON object"));
    };
    let in_body = event.remove("routing_key");
    let in_header = request.headers().get("x-routing-key").and_then(|key| key.to_str().ok());
    let key = in_body.as_ref().and_then(Value::as_str).or(in_header);
    crate::enter(&with_key(request, SOURCE, key, deps), SOURCE, None, deps, now).await?;
    let dedup_key = complete(&mut event, kind, || made_up(request, now))?;
    crate::keep(SOURCE, &[raw(request, SOURCE, &Value::Object(event), now)], deps).await?;
    Ok(dedup_key)
}

/// Puts in what an event may leave out, and tells its key. Refuses what PagerDuty refuses and nothing could be made of.
fn complete(
    event: &mut Map<String, Value>,
    kind: Kind,
    made_up: impl FnOnce() -> String,
) -> Result<String, Refusal> {
    if kind == Kind::Change {
        event.insert("event_action".to_owned(), "change".into());
    }
    let summary = event.get("payload").and_then(|payload| payload.get("summary")).and_then(Value::as_str);
    let says_something = summary.is_some_and(|summary| !summary.trim().is_empty());
    let dedup_key = match event.get("dedup_key") {
        Some(Value::String(key)) if !key.trim().is_empty() => Some(key.clone()),
        Some(Value::Number(key)) => Some(key.to_string()),
        _ => None,
    };
    let key = match (event.get("event_action").and_then(Value::as_str), dedup_key) {
        (Some("trigger" | "change"), _) if !says_something => {
            return Err(invalid("'payload.summary' is missing or blank"));
        }
        (Some("trigger" | "change"), key) => key.unwrap_or_else(made_up),
        (Some("acknowledge" | "resolve"), Some(key)) => key,
        (Some("acknowledge" | "resolve"), None) => return Err(invalid("'dedup_key' is missing or blank")),
        _ => return Err(invalid("'event_action' is none of trigger, acknowledge, resolve")),
    };
    event.insert("dedup_key".to_owned(), key.clone().into());
    Ok(key)
}

fn invalid(fault: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, fault, "Compare the event with PagerDuty's Events API v2.")
}

/// <https://developer.pagerduty.com/docs/events-api-v2/overview/#response-codes--retry-logic>
fn accepted(kind: Kind, dedup_key: &str) -> Response<Bytes> {
    let body = match kind {
        Kind::Alert => json!({ "status": "success", "message": "Event processed", "dedup_key": dedup_key }),
        Kind::Change => json!({ "status": "success", "message": "Change event processed" }),
    };
    door::answer(StatusCode::ACCEPTED, &body)
}

/// A key that does not fit is a 400 here: PagerDuty has no 401, and clients try again after what they do not know.
fn refused(refusal: &Refusal) -> Response<Bytes> {
    let status = match refusal.status {
        StatusCode::UNAUTHORIZED => StatusCode::BAD_REQUEST,
        status => status,
    };
    // The scheme speaks of the place where it looks.
    let fault = refusal.fault.replace("authorization", "'routing_key'");
    let (word, message) = match status {
        StatusCode::BAD_REQUEST => ("invalid event", "Event object is invalid"),
        _ => ("not processed", "Event was not processed"),
    };
    door::answer(status, &json!({ "status": word, "message": message, "errors": [fault, refusal.remedy] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(kind: Kind, event: Value) -> (Result<String, String>, Value) {
        let Value::Object(mut event) = event else { panic!("no event") };
        let key = complete(&mut event, kind, || "made-up".to_owned());
        (key.map_err(|refusal| refusal.fault), Value::Object(event))
    }

    #[test]
    fn a_trigger_keeps_its_key_or_gets_one() {
        for (given, expected) in [
            (json!("disk/db-1"), "disk/db-1"),
            (json!(42), "42"),
            (json!(""), "made-up"),
            (json!(null), "made-up"),
            (json!({}), "made-up"),
        ] {
            let event =
                json!({ "event_action": "trigger", "dedup_key": given, "payload": { "summary": "x" } });
            let (key, event) = completed(Kind::Alert, event);
            assert_eq!((key.as_deref(), &event["dedup_key"]), (Ok(expected), &json!(expected)), "{given}");
        }
    }

    #[test]
    fn a_change_is_told_from_an_alert_though_nothing_in_it_says_so() {
        let (key, event) = completed(Kind::Change, json!({ "payload": { "summary": "Deployed" } }));
        assert_eq!(key.as_deref(), Ok("made-up"));
        assert_eq!(event["event_action"], "change");
    }

    #[test]
    fn what_nothing_can_be_made_of_is_refused_with_its_fault() {
        for (event, named) in [
            (json!({}), "event_action"),
            (json!({ "event_action": "explode", "dedup_key": "a" }), "event_action"),
            (json!({ "event_action": "resolve" }), "dedup_key"),
            (json!({ "event_action": "acknowledge", "dedup_key": " " }), "dedup_key"),
            (json!({ "event_action": "trigger" }), "payload.summary"),
            (json!({ "event_action": "trigger", "payload": { "summary": " " } }), "payload.summary"),
            (json!({ "event_action": "trigger", "payload": "x" }), "payload.summary"),
        ] {
            let (key, _) = completed(Kind::Alert, event.clone());
            assert!(key.as_ref().is_err_and(|fault| fault.contains(named)), "{event}: {key:?}");
        }
    }
}
