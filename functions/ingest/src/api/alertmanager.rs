//! Alertmanager's API v2, as Prometheus, vmalert, Mimir, Loki and amtool send to it
//! (<https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>).
//!
//! What Alertmanager would tell its webhook goes into the queue, so that the mapping `alertmanager` reads both and an alert has
//! the same key by both ways: the fingerprint of its labels, and whether it is over, which the end says by our clock at
//! receipt. Senders repeat an alert each minute with another expected end; without that, the same alerts are the
//! same delivery and have no effect again.

use std::collections::BTreeMap;
use std::hash::Hasher;

use bytes::Bytes;
use fnv::FnvHasher;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::core::raw::Raw;
use shared::deps::Deps;
use shared::door;

use super::{raw, short_hash};
use crate::refusal::Refusal;

const SOURCE: &str = "alertmanager";

/// The most alerts in one notification; what is above goes into further ones, so that none is cut.
const TOGETHER: usize = 100;

/// How Alertmanager's webhook writes that there is no end yet.
const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// Takes alerts, and answers as Alertmanager does.
pub(super) async fn handle(request: &Request<Bytes>, deps: &Deps, now: Timestamp) -> Response<Bytes> {
    match take(request, deps, now).await {
        Ok(()) => door::done(),
        Err(refusal) => {
            let message = format!("{}. {}", refusal.fault, refusal.remedy);
            door::answer(refusal.status, &Value::String(message))
        }
    }
}

async fn take(request: &Request<Bytes>, deps: &Deps, now: Timestamp) -> Result<(), Refusal> {
    if request.method() != Method::POST {
        let remedy = "Alerts are shown in Slack; this address only takes them.";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "only POST is taken here", remedy));
    }
    crate::enter(request, SOURCE, None, deps, now).await?;
    let Ok(given) = serde_json::from_slice::<Vec<Value>>(request.body()) else {
        return Err(invalid("the body is no JSON list"));
    };
    let all: Vec<Option<Value>> = given.iter().map(|alert| read(alert, now)).collect();
    let whole = all.iter().all(Option::is_some);
    let mut alerts: Vec<Value> = all.into_iter().flatten().collect();
    // Senders order them as they like.
    alerts.sort_by_cached_key(|alert| alert.get("fingerprint").map(Value::to_string));
    let raws: Vec<Raw> = alerts.chunks(TOGETHER).map(|alerts| notification(request, alerts, now)).collect();
    if !raws.is_empty() {
        crate::keep(SOURCE, &raws, deps).await?;
    }
    // As Alertmanager does: what is sound is taken even so.
    if whole { Ok(()) } else { Err(invalid("an alert has no labels, or a time that is none")) }
}

/// What the webhook would say of alerts that it does not group.
fn notification(request: &Request<Bytes>, alerts: &[Value], now: Timestamp) -> Raw {
    let fires = alerts.iter().any(|alert| alert.get("status").is_some_and(|status| status == "firing"));
    let body = json!({
        "version": "4",
        "status": if fires { "firing" } else { "resolved" },
        "groupKey": "{}:{}",
        "groupLabels": {},
        "alerts": alerts,
    });
    let id = short_hash(body.to_string());
    Raw { id, ..raw(request, SOURCE, &body, now) }
}

/// One alert as the webhook has it; `None` if it is none. Labels without a value are as good as absent.
fn read(alert: &Value, now: Timestamp) -> Option<Value> {
    let labels = alert.get("labels")?.as_object()?;
    let labels: BTreeMap<&str, &str> = labels
        .iter()
        .map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect::<Option<BTreeMap<_, _>>>()?
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if labels.is_empty() {
        return None;
    }
    let ends = time(alert.get("endsAt"))?;
    let over = ends.filter(|ends| *ends <= now);
    // A sender without a clock means now; a time makes the next firing another one.
    let starts = time(alert.get("startsAt"))?.or(over).unwrap_or(now);
    Some(json!({
        "status": if over.is_some() { "resolved" } else { "firing" },
        "fingerprint": fingerprint(&labels),
        "labels": labels,
        "annotations": alert.get("annotations").filter(|notes| notes.is_object()).unwrap_or(&json!({})),
        "startsAt": starts.to_string(),
        "endsAt": over.map_or_else(|| NO_TIME.to_owned(), |over| over.to_string()),
        "generatorURL": alert.get("generatorURL").and_then(Value::as_str).unwrap_or_default(),
    }))
}

/// A time, if one is given; `None` if it is none. The year 1 is Go's way of saying nothing.
fn time(value: Option<&Value>) -> Option<Option<Timestamp>> {
    match value {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) if text.is_empty() => Some(None),
        Some(Value::String(text)) => text
            .parse::<Timestamp>()
            .ok()
            .map(|time| Some(time).filter(|time| *time >= Timestamp::UNIX_EPOCH)),
        Some(_) => None,
    }
}

/// The identity of a label set as all of Prometheus computes it: FNV-1a over names and values in order, each closed by 0xff
/// (<https://github.com/prometheus/common/blob/main/model/signature.go>).
fn fingerprint(labels: &BTreeMap<&str, &str>) -> String {
    let mut hasher = FnvHasher::default();
    for part in labels.iter().flat_map(|(name, value)| [name, value]) {
        hasher.write(part.as_bytes());
        hasher.write(&[0xff]);
    }
    format!("{:016x}", hasher.finish())
}

fn invalid(fault: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, fault, "Compare it with Alertmanager's API v2.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T09:00:00Z";

    fn read_now(alert: Value) -> Option<Value> {
        read(&alert, NOW.parse().unwrap())
    }

    fn of(body: Value) -> Raw {
        let alerts: Vec<Value> = body.as_array().unwrap().iter().cloned().filter_map(read_now).collect();
        notification(&Request::new(Bytes::new()), &alerts, NOW.parse().unwrap())
    }

    #[test]
    fn the_fingerprint_is_that_of_prometheus() {
        // The vectors of prometheus/common; the second as Alertmanager 0.25 tells it too.
        assert_eq!(fingerprint(&BTreeMap::new()), format!("{:016x}", 14_695_981_039_346_656_037_u64));
        let labels = BTreeMap::from([("name", "garland, briggs"), ("fear", "love is not enough")]);
        assert_eq!(fingerprint(&labels), "507a62d79ee76c9a");
    }

    #[test]
    fn an_alert_is_over_when_its_end_has_passed_by_our_clock() {
        for (ends, expected) in [
            (json!("2026-11-22T09:00:00Z"), "resolved"),
            (json!("2026-11-22T10:00:00+02:00"), "resolved"),
            (json!("2026-11-22T09:00:00.001Z"), "firing"),
            (json!("0001-01-01T00:00:00.000Z"), "firing"),
            (json!(null), "firing"),
        ] {
            let alert = read_now(json!({ "labels": { "alertname": "Up" }, "endsAt": ends })).unwrap();
            assert_eq!(alert["status"], expected, "{ends}");
        }
    }

    #[test]
    fn a_repetition_with_a_later_expected_end_is_the_same_delivery() {
        let alert =
            |end: &str, start: &str| json!([{ "labels": { "a": "1" }, "startsAt": start, "endsAt": end }]);
        let first = of(alert("2026-11-22T09:04:00Z", "2026-11-22T08:00:00Z"));
        assert_eq!(first.id, of(alert("2026-11-22T09:05:00Z", "2026-11-22T08:00:00Z")).id);
        assert_ne!(first.id, of(alert("2026-11-22T09:04:00Z", "2026-11-22T08:30:00Z")).id, "fires anew");
        assert_ne!(first.id, of(alert("2026-11-22T08:59:00Z", "2026-11-22T08:00:00Z")).id, "is over");
    }

    #[test]
    fn what_is_no_alert_is_told_from_what_is() {
        for alert in [
            json!({}),
            json!(7),
            json!({ "labels": {} }),
            json!({ "labels": { "alertname": "" } }),
            json!({ "labels": { "alertname": 7 } }),
            json!({ "labels": { "a": "1" }, "endsAt": "tomorrow" }),
            json!({ "labels": { "a": "1" }, "startsAt": 7 }),
        ] {
            assert_eq!(read_now(alert.clone()), None, "{alert}");
        }
        let alert = read_now(json!({ "labels": { "a": "1", "empty": "" } })).unwrap();
        assert_eq!((&alert["labels"], &alert["startsAt"]), (&json!({ "a": "1" }), &json!(NOW)));
    }
}
