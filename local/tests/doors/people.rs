//! What people do without a button, as Slack tells it: early, twice, by two names.

use serde_json::{Value, json};

use crate::stage::{Stage, event};

fn told(event: Value, id: &str) -> String {
    json!({ "type": "event_callback", "team_id": "T01ACME", "event_id": id, "event_time": 1,
        "authorizations": [{ "team_id": "T01ACME", "user_id": "U0BOT", "is_bot": true }], "event": event })
    .to_string()
}

fn reaction(user: &str, channel: &str, ts: &str) -> Value {
    json!({ "type": "reaction_added", "user": user, "reaction": "eyes", "item_user": "U0BOT",
        "item": { "type": "message", "channel": channel, "ts": ts }, "event_ts": "1795338031.000200" })
}

/// A world with one incident whose message is there: its channel's id and its `ts`.
async fn with_a_post() -> (Stage, String, String) {
    let stage = Stage::new().await;
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    stage.drain().await;
    let post = stage.incident().await["posts"][0].clone();
    let text = |field: &str| post[field].as_str().unwrap().to_owned();
    (stage, text("channel_id"), text("ts"))
}

async fn entries(stage: &Stage) -> Vec<Value> {
    stage.incident().await["timeline"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_emoji_that_comes_before_the_post_is_recorded_is_asked_for_again() {
    let stage = Stage::new().await;
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    // The message's `ts` is known to Slack, and to us only when the courier has recorded it.
    let ts = "1795338030.000100";
    let early = told(reaction("U01ANA", "C01ALERTS", ts), "Ev1");
    stage.slack("/slack/events", &[], &early).await.refuses(503, "early");
    let last = stage.slack("/slack/events", &[("x-slack-retry-num", "3")], &early).await;
    assert_eq!(last.status, 200, "the last repetition is let go");
    stage.drain().await;
    let post = stage.incident().await["posts"][0].clone();
    let now = reaction("U01ANA", post["channel_id"].as_str().unwrap(), post["ts"].as_str().unwrap());
    assert_eq!(
        stage.slack("/slack/events", &[("x-slack-retry-num", "1")], &told(now, "Ev1")).await.status,
        200
    );
    assert_eq!(stage.incident().await["state"], "acknowledged");
    stage.drain().await;
}

#[tokio::test]
async fn an_emoji_that_was_taken_away_before_it_was_heard_has_no_effect() {
    let (stage, channel, ts) = with_a_post().await;
    let eyes = |kind: &str, event_ts: &str| {
        let mut event = reaction("U01ANA", &channel, &ts);
        event["type"] = json!(kind);
        event["event_ts"] = json!(event_ts);
        told(event, event_ts)
    };
    // Put on at 31 and not heard; taken away at 33 and heard; then the first one comes again.
    for (kind, event_ts, retry, state) in [
        ("reaction_removed", "1795338033.000200", "0", "firing"),
        ("reaction_added", "1795338031.000200", "1", "firing"),
        ("reaction_added", "1795338033.000201", "0", "acknowledged"),
        ("reaction_removed", "1795338033.000200", "1", "acknowledged"),
        ("reaction_added", "1795338033.000201", "1", "acknowledged"),
        ("reaction_removed", "1795338034.000100", "0", "firing"),
        ("reaction_added", "1795338033.000201", "2", "firing"),
    ] {
        let answer =
            stage.slack("/slack/events", &[("x-slack-retry-num", retry)], &eyes(kind, event_ts)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(stage.incident().await["state"], state, "{kind} {event_ts} {retry}");
    }
    stage.drain().await;
}

#[tokio::test]
async fn a_reply_that_comes_before_the_post_is_recorded_is_asked_for_again() {
    let stage = Stage::new().await;
    let reply = |author: &str| {
        json!({ "type": "message", "user": "U01ANA", "channel": "C01ALERTS", "ts": "1795338032.000300",
            "thread_ts": "1795338030.000100", "parent_user_id": author, "text": "On it" })
    };
    stage.slack("/slack/events", &[], &told(reply("U0BOT"), "Ev1")).await.refuses(503, "early");
    let foreign = stage.slack("/slack/events", &[], &told(reply("U02BEN"), "Ev2")).await;
    assert_eq!(foreign.status, 200, "a reply to a person's message is none of ours");
}

#[tokio::test]
async fn an_emoji_on_a_line_in_the_channel_is_about_the_incident() {
    let (stage, channel, _) = with_a_post().await;
    for severity in ["warning", "critical"] {
        let body =
            json!({ "title": "Queue grows", "status": "firing", "severity": severity, "key": "queue" });
        stage.post("/hooks/my-script", &[], body.to_string()).await;
        stage.drain().await;
    }
    let slack = stage.world.slack.as_ref().unwrap();
    let line = slack.messages("#alerts", "U01ANA").into_iter().find(|message| message.broadcast).unwrap();
    let event = told(reaction("U02BEN", &channel, &line.ts), "Ev1");
    assert_eq!(stage.slack("/slack/events", &[], &event).await.status, 200);
    let states: Vec<Value> =
        stage.incidents().await.iter().map(|incident| incident["state"].clone()).collect();
    assert_eq!(states.iter().filter(|state| **state == "acknowledged").count(), 1, "{states:?}");
    stage.drain().await;
}

#[tokio::test]
async fn an_event_that_is_repeated_has_one_effect() {
    let (stage, channel, ts) = with_a_post().await;
    let reply = json!({ "type": "message", "user": "U01ANA", "channel": channel, "ts": "1795338032.000300",
        "thread_ts": ts, "text": "On it" });
    for retry in ["0", "1", "2", "3"] {
        for event in [reaction("U01ANA", &channel, &ts), reply.clone()] {
            let answer =
                stage.slack("/slack/events", &[("x-slack-retry-num", retry)], &told(event, "Ev1")).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
    }
    assert_eq!(entries(&stage).await.len(), 3, "opened, acknowledged, noted");
    stage.drain().await;
}

#[tokio::test]
async fn a_reply_that_is_told_as_a_message_and_as_a_mention_is_one_note() {
    let (stage, channel, ts) = with_a_post().await;
    for (kind, id) in [("message", "Ev1"), ("app_mention", "Ev2")] {
        let event = json!({ "type": kind, "user": "U01ANA", "channel": channel, "ts": "1795338032.000300",
            "thread_ts": ts, "text": "<@U0BOT> restarted it" });
        assert_eq!(stage.slack("/slack/events", &[], &told(event, id)).await.status, 200);
    }
    assert_eq!(entries(&stage).await.len(), 2, "opened, noted");
    stage.drain().await;
}

#[tokio::test]
async fn what_a_bot_does_is_no_response() {
    let (stage, channel, ts) = with_a_post().await;
    let rows = [
        ("our reaction", reaction("U0BOT", &channel, &ts)),
        (
            "our reply",
            json!({ "type": "message", "user": "U0BOT", "bot_id": "B0BOT", "channel": channel,
                "ts": "1795338032.000300", "thread_ts": ts, "text": "Firing again" }),
        ),
        (
            "another bot's reply",
            json!({ "type": "message", "subtype": "bot_message", "bot_id": "B0OTHER", "channel": channel,
                "ts": "1795338032.000301", "thread_ts": ts, "text": "Build failed" }),
        ),
        (
            "a mention by another bot",
            json!({ "type": "app_mention", "user": "U0OTHER", "bot_id": "B0OTHER", "channel": channel,
                "ts": "1795338032.000302", "thread_ts": ts, "text": "<@U0BOT> build failed" }),
        ),
        (
            "somebody joins",
            json!({ "type": "message", "subtype": "channel_join", "user": "U01ANA", "channel": channel,
                "ts": "1795338032.000303", "text": "joined" }),
        ),
    ];
    for (case, event) in rows {
        assert_eq!(stage.slack("/slack/events", &[], &told(event, case)).await.status, 200, "{case}");
        assert_eq!(entries(&stage).await.len(), 1, "{case}");
    }
}

#[tokio::test]
async fn what_happens_to_other_messages_is_no_concern_of_ours() {
    let (stage, channel, ts) = with_a_post().await;
    let mut of_others = reaction("U01ANA", &channel, "1795338001.000100");
    of_others["item_user"] = json!("U02BEN");
    let rows = [
        of_others,
        json!({ "type": "message", "user": "U01ANA", "channel": channel, "ts": "1795338032.1", "text": "Hello" }),
        json!({ "type": "message", "user": "U01ANA", "channel": channel, "ts": "1795338032.2",
            "thread_ts": "1795338001.000100", "text": "In another thread" }),
        json!({ "type": "message", "subtype": "message_deleted", "channel": channel, "ts": "1795338032.3",
            "deleted_ts": ts }),
        json!({ "type": "app_mention", "user": "U01ANA", "channel": channel, "ts": "1795338032.4", "text": "<@U0BOT>" }),
        json!({ "type": "reaction_added", "user": "U01ANA", "reaction": "eyes", "item": { "type": "file" } }),
    ];
    for (position, event) in rows.into_iter().enumerate() {
        let answer = stage.slack("/slack/events", &[], &told(event, &format!("Ev{position}"))).await;
        assert_eq!(answer.status, 200, "{position}: {}", answer.text);
    }
    assert_eq!(entries(&stage).await.len(), 1);
}
