//! What is made for PagerDuty, Alertmanager or Opsgenie and had its URL changed.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::config::Config;

use crate::stage::{Answer, Stage, config, secrets};

const KEY: &str = "key-of-the-tests-new";
const OLD: &str = "key-of-the-tests-old";

/// A world in which each of the three has two secrets, and nobody else gets in.
async fn guarded() -> Stage {
    let bearer = json!({ "verify": "bearer", "secrets": ["new", "old"] });
    let sources = json!({ "pagerduty-events": bearer, "opsgenie-api": bearer, "alertmanager": bearer });
    Stage::with(|deps| {
        deps.config = Arc::new(config(sources));
        deps.secrets = secrets(&[("new", KEY), ("old", OLD)]);
    })
    .await
}

/// A request with a key, and a body if there is one.
async fn knock(stage: &Stage, method: &str, path: &str, key: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, HeaderValue::from_str(key).unwrap())]);
    stage.request(method, path, headers, body).await
}

async fn page(stage: &Stage, event: Value) -> Answer {
    stage.post("/v2/enqueue", &[], event.to_string()).await
}

fn trigger(routing_key: &Value) -> Value {
    json!({
        "routing_key": routing_key,
        "event_action": "trigger",
        "dedup_key": "disk/db-1",
        "payload": { "summary": "Disk full on db-1", "source": "db-1", "severity": "critical" },
    })
}

/// Everything that was recorded within the hour, as it arrived.
async fn recorded(stage: &Stage) -> Vec<String> {
    let records = stage.world.deps.store.signals(stage.now()).await.unwrap();
    records.into_iter().map(|record| record.raw.unwrap().body).collect()
}

#[tokio::test]
async fn what_pages_pagerduty_pages_callboard_once_and_ends_it() {
    let stage = guarded().await;
    let answer = page(&stage, trigger(&json!(KEY))).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let expected = json!({ "status": "success", "message": "Event processed", "dedup_key": "disk/db-1" });
    assert_eq!(answer.json(), expected);
    assert_eq!(page(&stage, trigger(&json!(OLD))).await.status, 202, "the old secret, the same thing");
    stage.drain().await;
    assert_eq!(stage.posts("#alerts"), 1);
    assert!(stage.channel("#alerts").contains("Disk full on db-1"), "{}", stage.channel("#alerts"));
    let end = json!({ "routing_key": KEY, "event_action": "resolve", "dedup_key": "disk/db-1" });
    assert_eq!(page(&stage, end).await.status, 202);
    stage.drain().await;
    assert_eq!((stage.posts("#alerts"), &stage.incident().await["state"]), (1, &json!("resolved")));
}

/// A world whose routes ask for what an end does not say, and for what may have changed in between.
async fn by_severity() -> Stage {
    Stage::with(|deps| {
        let file = json!({
            "channels": { "fallback": "#ops" },
            "sources": { "pagerduty-events": { "verify": "bearer", "secrets": "new" }, "my-script": { "verify": "none" } },
            "routes": [
                { "name": "audit", "to": "#deploys", "when": "labels.service == 'db'", "continue": true },
                { "name": "critical", "to": "#payments-oncall", "when": "severity == 'critical'" },
                { "name": "rest", "to": "#alerts", "when": "severity != 'critical'" },
            ],
        });
        deps.config = Arc::new(Config::from_json(&file.to_string()).unwrap());
        deps.secrets = secrets(&[("new", KEY)]);
    })
    .await
}

#[tokio::test]
async fn an_end_that_is_nothing_but_a_key_ends_it_where_it_is_open() {
    let stage = by_severity().await;
    page(&stage, trigger(&json!(KEY))).await;
    stage.drain().await;
    assert_eq!((stage.posts("#payments-oncall"), stage.posts("#alerts")), (1, 0));
    let end = json!({ "routing_key": KEY, "event_action": "resolve", "dedup_key": "disk/db-1" });
    for _ in 0..2 {
        page(&stage, end.clone()).await;
        stage.drain().await;
        assert_eq!((stage.posts("#payments-oncall"), stage.posts("#alerts")), (1, 0));
        let shown = stage.channel("#payments-oncall");
        assert!(shown.contains("Resolved"), "{shown}");
    }
    // What begins again is where it began.
    stage.world.clock.set(stage.now() + SignedDuration::from_mins(5));
    page(&stage, trigger(&json!(KEY))).await;
    stage.drain().await;
    assert!(
        stage.channel("#payments-oncall").contains("Firing again"),
        "{}",
        stage.channel("#payments-oncall")
    );
}

#[tokio::test]
async fn an_end_that_is_less_bad_ends_it_on_every_route_that_took_the_beginning() {
    let stage = by_severity().await;
    let told = |status: &str, severity: &str| json!({ "title": "Disk full", "key": "disk", "status": status, "severity": severity, "labels": { "service": "db" } });
    for (status, severity) in [("firing", "critical"), ("resolved", "info")] {
        stage.post("/hooks/my-script", &[], told(status, severity).to_string()).await;
        stage.drain().await;
    }
    for channel in ["#deploys", "#payments-oncall"] {
        let shown = stage.channel(channel);
        assert!(stage.posts(channel) == 1 && shown.contains("Resolved"), "{channel}: {shown}");
    }
    assert_eq!(stage.posts("#alerts"), 0, "nobody saw it fire there");
}

#[tokio::test]
async fn ends_that_come_together_each_end_their_own_and_nobody_elses() {
    let stage = Stage::with(|deps| {
        let file = json!({
            "channels": { "fallback": "#ops" },
            "sources": { "my-script": { "verify": "none" } },
            "routes": [
                { "name": "critical", "to": "#payments-oncall", "when": "severity == 'critical'" },
                { "name": "prod", "to": "#alerts", "when": "labels.environment == 'prod'", "group_by": "labels.service" },
                { "name": "rest", "to": "#deploys", "group_by": "labels.service" },
            ],
        });
        deps.config = Arc::new(Config::from_json(&file.to_string()).unwrap());
    })
    .await;
    let told = |key: &str, status: &str, severity: &str, environment: &str| {
        let labels = json!({ "service": "shop", "environment": environment });
        json!({ "title": key, "key": key, "status": status, "severity": severity, "labels": labels })
    };
    let send = async |signals: Value| {
        stage.post("/hooks/my-script", &[], signals.to_string()).await;
        stage.drain().await;
    };
    send(json!([
        told("x", "firing", "critical", "qa"),
        told("y", "firing", "critical", "qa"),
        told("p", "firing", "error", "prod"),
    ]))
    .await;
    // Another of the same service begins, two that are open elsewhere end, and one that nobody knows does.
    send(json!([
        told("z", "firing", "error", "qa"),
        told("x", "resolved", "info", "qa"),
        told("y", "resolved", "info", "qa"),
        told("s", "resolved", "info", "qa"),
    ]))
    .await;
    let oncall = stage.channel("#payments-oncall");
    assert!(oncall.matches("Resolved").count() == 2 && !oncall.contains("Firing since"), "{oncall}");
    let alerts = stage.channel("#alerts");
    assert!(alerts.contains("Firing since") && !alerts.contains(" of "), "{alerts}");
    assert!(stage.channel("#deploys").contains("Firing since"), "{}", stage.channel("#deploys"));
}

#[tokio::test]
async fn an_event_without_a_key_gets_one_that_ends_it() {
    let stage = guarded().await;
    let mut event = trigger(&json!(KEY));
    event.as_object_mut().unwrap().remove("dedup_key");
    let (one, other) = (page(&stage, event.clone()).await.json(), page(&stage, event).await.json());
    assert_ne!(one["dedup_key"], other["dedup_key"], "two events are two things");
    let end = json!({ "routing_key": KEY, "event_action": "resolve", "dedup_key": one["dedup_key"] });
    assert_eq!(page(&stage, end).await.status, 202);
    stage.drain().await;
    let incidents = stage.incidents().await;
    let resolved = incidents.iter().filter(|incident| incident["state"] == "resolved").count();
    assert_eq!((incidents.len(), resolved), (2, 1), "{incidents:#?}");
}

#[tokio::test]
async fn a_routing_key_proves_and_is_never_kept() {
    let stage = guarded().await;
    for wrong in [json!("key-of-the-tests-ne"), json!(""), json!(null), json!(7), json!([KEY]), json!("a\nb")]
    {
        let answer = page(&stage, trigger(&wrong)).await;
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text);
        let told = answer.json();
        assert_eq!(told["status"], "invalid event", "{wrong}: {told}");
        assert!(told["errors"][0].as_str().unwrap().contains("routing_key"), "{wrong}: {told}");
        assert!(!answer.text.contains("key-of-the-tests"), "{}", answer.text);
    }
    assert_eq!(stage.world.queue.depth(), (0, 0), "nothing was taken in");
    assert_eq!(page(&stage, trigger(&json!(KEY))).await.status, 202);
    let mut event = trigger(&json!(null));
    event.as_object_mut().unwrap().remove("routing_key");
    let answer = stage.post("/v2/enqueue", &[("x-routing-key", KEY)], event.to_string()).await;
    assert_eq!(answer.status, 202, "by the header: {}", answer.text);
    stage.drain().await;
    let recorded = recorded(&stage).await;
    assert_eq!(recorded.len(), 2);
    for body in recorded {
        assert!(!body.contains(KEY) && !body.contains("routing_key"), "{body}");
    }
}

#[tokio::test]
async fn a_change_event_is_news() {
    let stage = guarded().await;
    let event = json!({ "routing_key": KEY, "payload": { "summary": "Build 1043 was deployed" } });
    let answer = stage.post("/v2/change/enqueue", &[], event.to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (202, &json!("success")));
    stage.drain().await;
    assert_eq!((stage.posts("#alerts"), &stage.incident().await["state"]), (1, &json!("notice")));
}

#[tokio::test]
async fn what_prometheus_repeats_each_minute_changes_nothing() {
    let stage = guarded().await;
    let bearer = format!("Bearer {KEY}");
    let send = async |ends: &str| {
        let alert = json!({
            "labels": { "alertname": "InstanceDown", "instance": "db-1:9100", "severity": "critical" },
            "annotations": { "summary": "db-1 is down" },
            "startsAt": "2026-11-22T09:00:00Z",
            "endsAt": ends,
            "generatorURL": "http://prometheus.acme.example/graph",
        });
        let answer = knock(&stage, "POST", "/api/v2/alerts", &bearer, &json!([alert])).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
        stage.drain().await;
        stage.incident().await
    };
    let first = send("2026-11-22T09:04:30Z").await;
    assert_eq!(first["state"], "firing");
    for end in ["2026-11-22T09:05:30Z", "2026-11-22T09:06:30Z", "2026-11-22T09:07:30Z"] {
        assert_eq!(send(end).await, first, "not even a new version");
    }
    assert_eq!(send("2026-11-22T09:00:20Z").await["state"], "resolved");
    assert_eq!(stage.posts("#alerts"), 1);
}

#[tokio::test]
async fn an_alert_is_the_same_thing_straight_from_prometheus_and_through_alertmanager() {
    let stage = guarded().await;
    let bearer = format!("Bearer {KEY}");
    let labels = json!({ "alertname": "InstanceDown", "instance": "db-1:9100" });
    let straight = json!([{ "labels": labels, "startsAt": "2026-11-22T09:00:00Z" }]);
    assert_eq!(knock(&stage, "POST", "/api/v2/alerts", &bearer, &straight).await.status, 200);
    // The fingerprint that Alertmanager gives to these labels.
    let through = json!({
        "version": "4", "status": "resolved", "groupKey": "{}:{}", "groupLabels": {},
        "alerts": [{
            "status": "resolved", "fingerprint": "b5ceecb3d9c65c42", "labels": labels, "annotations": {},
            "startsAt": "2026-11-22T09:00:00Z", "endsAt": "2026-11-22T09:00:20Z",
        }],
    });
    assert_eq!(knock(&stage, "POST", "/hooks/alertmanager", &bearer, &through).await.status, 200);
    stage.drain().await;
    assert_eq!(stage.incident().await["state"], "resolved");
}

#[tokio::test]
async fn alertmanagers_address_takes_what_is_sound_and_tells_the_rest() {
    let stage = guarded().await;
    let bearer = format!("Bearer {KEY}");
    let good = json!({ "labels": { "alertname": "Up" } });
    for (key, body, status) in [
        ("Bearer wrong", json!([good]), 401),
        (bearer.as_str(), json!({ "alerts": [good] }), 400),
        (bearer.as_str(), json!([{ "labels": {} }, 7]), 400),
        (bearer.as_str(), json!([]), 200),
    ] {
        let answer = knock(&stage, "POST", "/api/v2/alerts", key, &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert!(status == 200 || answer.json().is_string(), "{}", answer.text);
    }
    assert_eq!(stage.world.queue.depth(), (0, 0));
    let answer = knock(&stage, "POST", "/api/v2/alerts", &bearer, &json!([good, { "labels": {} }])).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    stage.drain().await;
    assert_eq!(stage.posts("#alerts"), 1, "the sound one is shown");
}

#[tokio::test]
async fn what_pages_opsgenie_pages_callboard_once_and_ends_it() {
    let stage = guarded().await;
    let genie = format!("GenieKey {KEY}");
    let alert = json!({ "message": "Disk full on db-1", "alias": "disk/db 1", "priority": "P1" });
    for _ in 0..2 {
        let answer = knock(&stage, "POST", "/v2/alerts", &genie, &alert).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let told = answer.json();
        assert_eq!(told["result"], "Request will be processed");
        assert!(told["took"].is_f64() && told["requestId"].is_string(), "{told}");
    }
    stage.drain().await;
    assert_eq!(stage.posts("#alerts"), 1);
    let path = "/v2/alerts/disk%2Fdb%201/close?identifierType=alias";
    assert_eq!(knock(&stage, "POST", path, &genie, &Value::Null).await.status, 202, "without a body");
    stage.drain().await;
    assert_eq!((stage.posts("#alerts"), &stage.incident().await["state"]), (1, &json!("resolved")));
}

#[tokio::test]
async fn an_alert_without_an_alias_is_closed_by_the_id_that_its_request_tells() {
    let stage = guarded().await;
    let genie = format!("GenieKey {OLD}");
    let created = knock(&stage, "POST", "/v2/alerts", &genie, &json!({ "message": "Late" })).await.json();
    let path = format!("/v2/alerts/requests/{}", created["requestId"].as_str().unwrap());
    let told = knock(&stage, "GET", &path, &genie, &Value::Null).await;
    assert_eq!(
        (told.status.as_u16(), &told.json()["data"]["isSuccess"]),
        (200, &json!(true)),
        "{}",
        told.text
    );
    let path = format!("/v2/alerts/{}?identifierType=id", told.json()["data"]["alertId"].as_str().unwrap());
    assert_eq!(knock(&stage, "DELETE", &path, &genie, &Value::Null).await.status, 202);
    stage.drain().await;
    assert_eq!(stage.incident().await["state"], "resolved");
}

#[tokio::test]
async fn a_word_on_an_alert_says_who_and_leaves_its_incident_as_it_is() {
    let stage = guarded().await;
    let genie = format!("GenieKey {KEY}");
    let alert = json!({ "message": "Disk full on db-1", "alias": "disk" });
    knock(&stage, "POST", "/v2/alerts", &genie, &alert).await;
    for (action, body) in [
        ("acknowledge", json!({ "user": "ana@acme.example", "note": "Looking." })),
        ("notes", json!({ "note": "Old backups." })),
        ("snooze", json!({ "endTime": "2026-11-22T18:00:00Z" })),
        ("unacknowledge", Value::Null),
    ] {
        let path = format!("/v2/alerts/disk/{action}?identifierType=alias");
        let answer = knock(&stage, "POST", &path, &genie, &body).await;
        assert_eq!(answer.status, 202, "{action}: {}", answer.text);
    }
    let pong = knock(&stage, "GET", "/v2/heartbeats/nightly%20backup/ping", &genie, &Value::Null).await;
    assert_eq!((pong.status.as_u16(), &pong.json()["result"]), (202, &json!("PONG - Heartbeat received")));
    stage.drain().await;
    let states: Vec<Value> = stage.incidents().await.iter().map(|one| one["state"].clone()).collect();
    let count = |state: &str| states.iter().filter(|known| *known == state).count();
    assert_eq!((count("firing"), count("notice")), (1, 4), "a ping is no news: {states:?}");
    assert!(
        stage.channel("#alerts").contains("Acknowledged by ana@acme.example"),
        "{}",
        stage.channel("#alerts")
    );
}

#[tokio::test]
async fn opsgenies_addresses_refuse_in_its_form() {
    let stage = guarded().await;
    let genie = format!("GenieKey {KEY}");
    let alert = json!({ "message": "Disk full on db-1" });
    for (method, path, key, body, status) in [
        ("POST", "/v2/alerts", "GenieKey wrong", alert.clone(), 401),
        ("POST", "/v2/alerts", "GenieKey", alert.clone(), 401),
        ("GET", "/v2/alerts/requests/a.alias-YQ", "GenieKey wrong", Value::Null, 401),
        ("GET", "/v2/heartbeats/backup/ping", "GenieKey wrong", Value::Null, 401),
        ("POST", "/v2/alerts", &genie, json!({}), 422),
        ("POST", "/v2/alerts", &genie, json!([alert]), 422),
        ("POST", "/v2/alerts/7/close?identifierType=tiny", &genie, json!({}), 422),
        ("POST", "/v2/alerts/disk/close", &genie, json!("x"), 422),
        ("POST", "/v2/alerts/disk/explode", &genie, json!({}), 404),
        ("GET", "/v2/alerts/requests/elsewhere", &genie, Value::Null, 404),
        ("GET", "/v2/alerts", &genie, Value::Null, 405),
    ] {
        let answer = knock(&stage, method, path, key, &body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        let told = answer.json();
        assert!(told["message"].is_string() && told["requestId"].is_string(), "{method} {path}: {told}");
        assert_eq!(told["errors"].is_object(), status == 422, "{method} {path}: {told}");
    }
    assert_eq!(stage.world.queue.depth(), (0, 0), "nothing was taken in");
}
