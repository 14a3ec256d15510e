//! The three doors that only Slack may use.

use http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;
use serde_json::json;
use shared::slack::sign::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use slack_emulator::{Fault, FaultKind};

use crate::stage::{SIGNING, Stage, event};

const DOORS: [&str; 3] = ["/slack/commands", "/slack/interactions", "/slack/events"];

pub(crate) fn command(text: &str, trigger: &str) -> String {
    format!(
        "command=%2Fops&text={}&user_id=U01ANA&channel_id=C02OPS&trigger_id={trigger}&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1",
        text.replace(' ', "+").replace('#', "%23")
    )
}

pub(crate) fn click(action: &str, incident: &str, ts: &str, at: &str) -> String {
    click_by("U01ANA", false, action, incident, ts, at)
}

/// A click of somebody, maybe on a message that only they see.
pub(crate) fn click_by(
    user: &str,
    ephemeral: bool,
    action: &str,
    incident: &str,
    ts: &str,
    at: &str,
) -> String {
    let payload = json!({
        "type": "block_actions", "user": { "id": user }, "trigger_id": "1.2.3",
        "container": { "type": "message", "message_ts": ts, "channel_id": "C01ALERTS", "is_ephemeral": ephemeral },
        "channel": { "id": "C01ALERTS" }, "message": { "ts": ts },
        "actions": [{ "type": "button", "action_id": action, "block_id": "b", "value": incident, "action_ts": at }],
    });
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("payload", &payload.to_string()).finish()
}

#[tokio::test]
async fn what_slack_did_not_sign_is_refused_at_every_door() {
    let stage = Stage::new().await;
    let now = stage.now().as_second();
    let body = command("status", "1");
    let good = sign(&SIGNING.into(), now, body.as_bytes());
    let other = sign(&"another-secret".into(), now, body.as_bytes());
    let old = sign(&SIGNING.into(), now - 301, body.as_bytes());
    let future = sign(&SIGNING.into(), now + 301, body.as_bytes());
    let changed = sign(&SIGNING.into(), now, b"another body");
    let now = now.to_string();
    let header = |text: &str| Some(HeaderValue::from_str(text).unwrap());
    let bytes = |bytes: &[u8]| Some(HeaderValue::from_bytes(bytes).unwrap());
    let rows = [
        ("nothing", None, None),
        ("no timestamp", None, header(&good)),
        ("no signature", header(&now), None),
        ("another secret", header(&now), header(&other)),
        ("another body", header(&now), header(&changed)),
        ("too old", header(&(stage.now().as_second() - 301).to_string()), header(&old)),
        ("from the future", header(&(stage.now().as_second() + 301).to_string()), header(&future)),
        ("another time than signed", header(&(stage.now().as_second() - 1).to_string()), header(&good)),
        ("a timestamp beyond ASCII", bytes("１７９５".as_bytes()), header(&good)),
        ("a signature beyond ASCII", header(&now), bytes(b"v0=\xff\xfe\xfd")),
        ("a timestamp that is no number", header("soon"), header(&good)),
        ("a timestamp that no number holds", header("99999999999999999999999999"), header(&good)),
        ("a timestamp below zero", header("-1"), header(&good)),
        ("an empty signature", header(&now), header("")),
        ("another version", header(&now), header(&good.replace("v0=", "v1="))),
        ("upper case", header(&now), header(&good.to_uppercase())),
    ];
    for door in DOORS {
        for (case, timestamp, signature) in &rows {
            let mut headers = HeaderMap::new();
            timestamp.clone().and_then(|value| headers.insert(TIMESTAMP_HEADER, value));
            signature.clone().and_then(|value| headers.insert(SIGNATURE_HEADER, value));
            let answer = stage.request("POST", door, headers, body.clone()).await;
            answer.refuses(401, &format!("{door}: {case}"));
            assert!(!answer.text.contains("v0="), "{door}: {case}: {}", answer.text);
        }
        let answer = stage.request("POST", door, HeaderMap::new(), "").await;
        answer.refuses(401, &format!("{door}: empty"));
        let answer = stage.request("GET", door, HeaderMap::new(), "").await;
        assert_eq!(answer.status, 405, "{door}: GET");
    }
}

#[tokio::test]
async fn what_slack_signed_but_makes_no_sense_is_answered_400() {
    let stage = Stage::new().await;
    let deep = format!("payload={}", "[".repeat(10_000));
    for (door, bodies) in [
        ("/slack/commands", vec!["", "command=%2Fops", "{}", "\u{0}"]),
        ("/slack/interactions", vec!["", "payload=", "payload=%7B", "payload=null", deep.as_str()]),
        ("/slack/events", vec!["", "[]", "null", "{", "{}", r#"{"type":"event_callback"}"#]),
    ] {
        for body in bodies {
            let case = format!("{door}: {}", body.chars().take(40).collect::<String>());
            stage.slack(door, &[], body).await.refuses(400, &case);
        }
    }
    // Kinds that Slack may add are no mistake.
    for (door, body) in [
        ("/slack/interactions", "payload=%7B%22type%22%3A%22from_next_year%22%7D"),
        ("/slack/events", r#"{"type":"from_next_year"}"#),
    ] {
        assert_eq!(stage.slack(door, &[], body).await.status, 200, "{door}");
    }
}

#[tokio::test]
async fn slack_may_look_at_the_certificate_and_at_the_address() {
    let stage = Stage::new().await;
    let answer = stage.post("/slack/commands", &[], "ssl_check=1&token=x").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    let ask = r#"{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV"}"#;
    let answer = stage.slack("/slack/events", &[], ask).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({ "challenge": "3eZbrw1aBm2rZgRNFdxV" }))
    );
    stage.post("/slack/events", &[], ask).await.refuses(401, "unsigned");
}

#[tokio::test]
async fn a_command_that_comes_twice_has_one_effect() {
    let stage = Stage::new().await;
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    stage.drain().await;
    let id = stage.incident().await["id"].as_str().unwrap().to_owned();
    let say = |text: String, trigger: &str| command(&text, trigger);
    let note = say(format!("note {id} restarted"), "t1");
    let first = stage.slack("/slack/commands", &[], &note).await;
    assert!(first.text.contains("Noted"), "{}", first.text);
    let second = stage.slack("/slack/commands", &[], &note).await;
    assert_eq!(second.status, 200);
    assert!(!second.text.contains("Noted"), "{}", second.text);
    let sending = say("send #general hello".to_owned(), "t2");
    stage.slack("/slack/commands", &[], &sending).await;
    stage.slack("/slack/commands", &[], &sending).await;
    stage.drain().await;
    assert_eq!(stage.posts("#general"), 1);
    let incident = stage.incident().await;
    let timeline = incident["timeline"].as_array().unwrap();
    assert_eq!(timeline.len(), 2, "{timeline:#?}");
}

#[tokio::test]
async fn a_click_that_comes_twice_has_one_effect() {
    let stage = Stage::new().await;
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    stage.drain().await;
    let incident = stage.incident().await;
    let (id, ts) = (incident["id"].as_str().unwrap(), incident["posts"][0]["ts"].as_str().unwrap());
    let acknowledge = click("ack", id, ts, "1795338031.1");
    assert_eq!(stage.slack("/slack/interactions", &[], &acknowledge).await.status, 200);
    let take_back = click("unack", id, ts, "1795338032.1");
    assert_eq!(stage.slack("/slack/interactions", &[], &take_back).await.status, 200);
    // Slack does not repeat a click, but whoever recorded one may.
    assert_eq!(stage.slack("/slack/interactions", &[], &acknowledge).await.status, 200);
    assert_eq!(stage.incident().await["state"], "firing");
    stage.drain().await;
}

#[tokio::test]
async fn what_is_merely_on_its_way_to_slack_is_not_late() {
    let stage = Stage::new().await;
    let status = async |trigger: &str| {
        let answer = stage.slack("/slack/commands", &[], &command("status", trigger)).await;
        answer.json()["blocks"][0]["text"]["text"].as_str().unwrap().to_owned()
    };
    let batch = event("functions/router-sqs.json");
    stage.post("/2015-03-31/functions/router/invocations", &[], batch).await;
    assert_eq!(stage.incidents().await.len(), 3);
    assert!(status("1").await.contains("Slack is up to date."));
    // Nobody carried them for longer than the courier may take.
    stage.world.clock.set(stage.now() + SignedDuration::from_secs(61));
    assert!(status("2").await.contains("3 posts are late in Slack"));
    stage.drain().await;
    assert!(status("3").await.contains("Slack is up to date."));
    // What failed is late at once.
    let slack = stage.world.slack.as_ref().unwrap();
    let kind = FaultKind::Status { status: 503 };
    slack.fail(Fault { method: Some("chat.update".to_owned()), kind, times: u32::MAX });
    let id = stage.incidents().await[0]["id"].as_str().unwrap().to_owned();
    stage.slack("/slack/commands", &[], &command(&format!("ack {id}"), "4")).await;
    assert!(status("5").await.contains("Slack is up to date."));
    stage.world.work().await;
    assert!(status("6").await.contains("1 post is late in Slack"));
    slack.clear_faults();
    stage.drain().await;
    assert!(status("7").await.contains("Slack is up to date."));
}

#[tokio::test]
async fn a_list_of_long_titles_names_every_incident() {
    let stage = Stage::new().await;
    for number in 0..30 {
        let body = json!({ "title": format!("{number} {}", "a very long title ".repeat(12)), "key": number.to_string(),
            "status": "firing", "severity": "error", "link": format!("https://example.com/{}", "x".repeat(250)) });
        stage.post("/hooks/my-script", &[], body.to_string()).await;
    }
    stage.world.work().await;
    let incidents = stage.incidents().await;
    assert_eq!(incidents.len(), 30);
    let answer = stage.slack("/slack/commands", &[], &command("list", "1")).await.json();
    let blocks = answer["blocks"].to_string();
    for incident in &incidents {
        let id = incident["id"].as_str().unwrap();
        assert!(blocks.contains(id), "{id} is missing");
    }
    for block in answer["blocks"].as_array().unwrap() {
        assert!(block["text"]["text"].as_str().unwrap().chars().count() <= 3_000);
    }
}
