//! The runner's own API.

use http::HeaderMap;
use jiff::SignedDuration;
use serde_json::{Value, json};
use slack_emulator::{Fault, FaultKind};

use crate::stage::{BEGIN, Stage, event};

async fn clock(stage: &Stage) -> Value {
    stage.request("GET", "/_local/clock", HeaderMap::new(), "").await.json()
}

#[tokio::test]
async fn the_clock_goes_forward_and_does_what_falls_due() {
    let stage = Stage::new().await;
    assert_eq!((&clock(&stage).await["now"], &clock(&stage).await["frozen"]), (&json!(BEGIN), &json!(true)));
    let answer = stage.post("/_local/clock", &[], r#"{"advance":"15m"}"#).await.json();
    assert_eq!((&answer["now"], &answer["did"]["ticks"]), (&json!("2026-11-22T09:15:30Z"), &json!(15)));
    let answer = stage.post("/_local/clock", &[], r#"{"set":"2026-11-22T10:00:00Z"}"#).await.json();
    assert_eq!((&answer["now"], &answer["did"]["ticks"]), (&json!("2026-11-22T10:00:00Z"), &json!(45)));
    let answer = stage.post("/_local/clock", &[], r#"{"set":"2026-11-22T10:00:00Z"}"#).await;
    assert_eq!(answer.status, 200, "no time at all may pass");
    let answer = stage.post("/_local/clock", &[], r#"{"miss":"3h"}"#).await.json();
    assert_eq!((&answer["now"], &answer["did"]["ticks"]), (&json!("2026-11-22T13:00:00Z"), &json!(0)));
}

#[tokio::test]
async fn a_clock_that_cannot_be_moved_so_says_why() {
    let stage = Stage::new().await;
    for body in [
        r#"{"set":"2026-11-22T08:00:00Z"}"#,
        r#"{"advance":"-1m"}"#,
        r#"{"advance":"91d"}"#,
        r#"{"advance":"2185h"}"#,
        r#"{"advance":"9223372036854775807s"}"#,
        r#"{"set":"9999-12-31T23:59:59Z"}"#,
        r#"{"set":"soon"}"#,
        r#"{"advance":15}"#,
        r#"{"advance":"15m","set":"2026-11-22T10:00:00Z"}"#,
        "{}",
        "[]",
        "null",
        "",
        "15m",
    ] {
        let answer = stage.post("/_local/clock", &[], body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        assert!(answer.json()["error"].as_str().unwrap().len() > 10, "{body}");
    }
    let answer = stage.post("/_local/clock", &[], vec![0xff, 0xfe]).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert_eq!(clock(&stage).await["now"], BEGIN);
}

#[tokio::test]
async fn a_drain_ends_within_the_hour_and_says_what_is_still_behind() {
    let stage = Stage::new().await;
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    let slack = stage.world.slack.as_ref().unwrap();
    // Slack takes a message of ours not before tomorrow.
    slack.fail(Fault { method: None, kind: FaultKind::RateLimited { retry_after: 86_400 }, times: u32::MAX });
    let began = stage.now();
    let drained = stage.post("/_local/drain", &[], "").await.json();
    assert_eq!(drained["behind"], 1, "{drained}");
    assert!(stage.now().duration_since(began) <= SignedDuration::from_hours(1), "{}", stage.now());
    slack.clear_faults();
    stage.world.pass_until(stage.now() + SignedDuration::from_hours(1)).await;
    let drained = stage.post("/_local/drain", &[], "").await.json();
    assert_eq!((&drained["behind"], &drained["waiting"]), (&json!(0), &json!(0)), "{drained}");
    assert_eq!(stage.posts("#alerts"), 1);
}

#[tokio::test]
async fn an_incident_is_told_whole() {
    let stage = Stage::new().await;
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    let drained = stage.post("/_local/drain", &[], "").await.json();
    assert_eq!(
        (&drained["signals"], &drained["wakes"], &drained["waiting"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let incident = stage.incident().await;
    for field in ["id", "route", "key", "state", "severity", "title"] {
        assert!(incident[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {incident:#}");
    }
    assert_eq!(
        (
            &incident["route"],
            &incident["state"],
            &incident["severity"],
            &incident["title"],
            &incident["owner"]
        ),
        (
            &json!("everything-else"),
            &json!("firing"),
            &json!("error"),
            &json!("High CPU on api-prod"),
            &Value::Null
        )
    );
    assert_eq!(incident["labels"]["region"], "eu-west-1");
    assert!(incident["version"].as_u64().unwrap() >= 1 && incident["revision"] == 1, "{incident:#}");
    for count in ["signals", "firings", "reopened"] {
        assert!(incident["counts"][count].is_u64(), "{count}: {incident:#}");
    }
    let post = &incident["posts"][0];
    assert_eq!((&post["channel"], &post["channel_id"]), (&json!("#alerts"), &json!("C01ALERTS")));
    let messages = stage.world.slack.as_ref().unwrap().messages("#alerts", "");
    assert_eq!((&post["ts"], &post["shown_revision"]), (&json!(messages[0].ts), &json!(1)));
    let entry = &incident["timeline"][0];
    for field in ["id", "at", "by", "what"] {
        assert!(!entry[field].is_null(), "{field}: {entry:#}");
    }
}

#[tokio::test]
async fn the_samples_can_be_listed_read_and_sent() {
    let stage = Stage::new().await;
    let list = stage.request("GET", "/_local/events", HeaderMap::new(), "").await.json();
    let list = list.as_array().unwrap();
    assert!(list.len() > 20 && list.iter().all(|sample| sample["source"] != "functions"), "{}", list.len());
    for sample in list {
        let path = format!("/_local/{}", sample["path"].as_str().unwrap());
        let read = stage.request("GET", &path, HeaderMap::new(), "").await.json();
        assert!(!read["body"].as_str().unwrap().is_empty(), "{path}");
        let send = json!({ "source": sample["source"], "name": sample["name"] }).to_string();
        let sent = stage.post("/_local/send", &[("content-type", "application/json")], send).await.json();
        assert_eq!(sent["status"], 200, "{path}: {sent}");
    }
    stage.drain().await;
    let typed = json!({ "source": "my-script", "body": "{\"title\":\"Typed by hand\"}" }).to_string();
    stage.post("/_local/send", &[("content-type", "application/json")], typed).await;
    stage.drain().await;
    assert!(stage.channel("#alerts").contains("Typed by hand"));
    for body in [r#"{"source":"cloudwatch"}"#, r#"{"source":"cloudwatch","name":"../../Cargo.toml"}"#] {
        let answer = stage.post("/_local/send", &[("content-type", "application/json")], body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
    }
    for path in ["/_local/events/cloudwatch/none.json", "/_local/events/..%2f..%2flocal/Cargo.toml"] {
        assert_eq!(stage.request("GET", path, HeaderMap::new(), "").await.status, 404, "{path}");
    }
}
