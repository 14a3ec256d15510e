//! Everything that can go wrong between an app and Slack, seen by a real HTTP client; and the rate limits.

use crate::support::World;
use serde_json::{Value, json};
use slack_emulator::{Fault, FaultKind};

async fn posts_after(world: &World) -> usize {
    world.slack.messages("ops", "U01ANA").len()
}

fn on_post(kind: FaultKind) -> Fault {
    Fault { method: Some("chat.postMessage".into()), kind, times: 1 }
}

#[tokio::test]
async fn a_dropped_connection_gives_no_status_and_the_message_is_there_or_not_as_told() {
    let world = World::start().await;
    for (kind, posts) in [(FaultKind::DropBefore, 0), (FaultKind::DropAfter, 1)] {
        world.slack.fail(on_post(kind));
        let error =
            world.send("chat.postMessage", json!({ "channel": "ops", "text": "x" })).await.unwrap_err();
        assert!(error.status().is_none() && !error.is_timeout(), "{error:?}");
        assert!(error.is_request() || error.is_body(), "{error:?}");
        assert_eq!(posts_after(&world).await, posts);
    }
    world.post(json!({ "channel": "ops", "text": "after" })).await;
    let outcomes: Vec<String> = world.slack.calls().into_iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, ["drop_before", "drop_after", "ok"]);
}

#[tokio::test]
async fn every_other_fault_answers_as_its_name_says() {
    let rows: [(FaultKind, u16, &str, usize); 8] = [
        (FaultKind::Status { status: 503 }, 503, "", 0),
        (FaultKind::Html { status: 502 }, 502, "<html>", 0),
        (FaultKind::Html { status: 200 }, 200, "<html>", 0),
        (FaultKind::FatalErrorAfterStoring, 200, "fatal_error", 1),
        (FaultKind::InternalError, 200, "internal_error", 0),
        (FaultKind::RateLimited { retry_after: 7 }, 429, "ratelimited", 0),
        (FaultKind::Error { code: "is_archived".into() }, 200, "is_archived", 0),
        (FaultKind::Slow { ms: 1 }, 200, "\"ok\":true", 1),
    ];
    for (kind, status, body, posts) in rows {
        let world = World::start().await;
        world.slack.fail(on_post(kind.clone()));
        assert_eq!(world.call("auth.test", json!({})).await["ok"], true, "another method is not hit");
        let answer = world.send("chat.postMessage", json!({ "channel": "ops", "text": "x" })).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{kind:?}");
        let retry_after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(retry_after.as_deref(), (status == 429).then_some("7"));
        assert!(answer.text().await.unwrap().contains(body), "{kind:?}");
        assert_eq!(posts_after(&world).await, posts, "{kind:?}");
        world.post(json!({ "channel": "ops", "text": "the fault is used up" })).await;
    }
}

#[tokio::test]
async fn a_slow_answer_comes_after_the_caller_has_given_up_and_the_message_is_there() {
    let world = World::start().await;
    world.slack.fail(on_post(FaultKind::Slow { ms: 60_000 }));
    let request = world.http.post(format!("{}/api/chat.postMessage", world.url));
    let request = request.bearer_auth(crate::support::TOKEN).json(&json!({ "channel": "ops", "text": "x" }));
    let error = request.timeout(std::time::Duration::from_millis(100)).send().await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(posts_after(&world).await, 1);
}

#[tokio::test]
async fn faults_are_added_listed_and_cleared_over_http() {
    let world = World::start().await;
    let url = format!("{}/_slack/faults", world.url);
    let fault = json!({ "method": "chat.update", "kind": "rate_limited", "retry_after": 3, "times": 2 });
    let answer: Value = world.http.post(&url).json(&fault).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({ "ok": true }));
    assert_eq!(world.get("/_slack/faults").await, json!([fault]));
    world.http.delete(&url).send().await.unwrap();
    assert_eq!(world.get("/_slack/faults").await, json!([]));
    let bad: Value =
        world.http.post(&url).json(&json!({ "kind": "x" })).send().await.unwrap().json().await.unwrap();
    assert_eq!(bad["error"], "invalid_fault");
}

#[tokio::test]
async fn the_fifth_message_in_a_second_is_limited_and_another_channel_is_free() {
    let world = World::start().await;
    for n in 0..4 {
        world.post(json!({ "channel": "ops", "text": n.to_string() })).await;
    }
    let fifth = world.send("chat.postMessage", json!({ "channel": "#ops", "text": "5" })).await.unwrap();
    assert_eq!((fifth.status().as_u16(), fifth.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    assert_eq!(fifth.json::<Value>().await.unwrap(), json!({ "ok": false, "error": "ratelimited" }));
    world.post(json!({ "channel": "alerts", "text": "free" })).await;
    world.clock.advance(1_000);
    world.post(json!({ "channel": "ops", "text": "a second later" })).await;
}

#[tokio::test]
async fn a_method_has_its_tier_and_another_method_is_free() {
    let world = World::start().await;
    for _ in 0..20 {
        assert_eq!(world.call("conversations.list", json!({})).await["ok"], true);
    }
    let over = world.send("conversations.list", json!({})).await.unwrap();
    assert_eq!((over.status().as_u16(), over.headers()["retry-after"].to_str().unwrap()), (429, "60"));
    assert_eq!(world.call("users.list", json!({})).await["ok"], true);
    world.clock.advance(60_000);
    assert_eq!(world.call("conversations.list", json!({})).await["ok"], true);
}
