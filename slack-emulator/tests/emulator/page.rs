//! The people's API as a page uses it: state, messages, threads, unread counts, the stream, the log.

use crate::support::World;
use serde_json::{Value, json};

#[tokio::test]
async fn the_state_has_everything_that_a_sidebar_shows() {
    let world = World::start().await;
    let state = world.get("/_slack/state?user=U01ANA").await;
    assert_eq!((&state["me"], &state["team"]["name"]), (&json!("U01ANA"), &json!("Acme")));
    assert_eq!(state["bot"], json!({ "user_id": "U0BOT", "name": "Bot" }));
    assert_eq!(state["commands"][0]["name"], "/deploy");
    assert_eq!(state["usergroups"][0]["handle"], "payments-oncall");
    assert_eq!(
        (state["users"].as_array().unwrap().len(), state["channels"].as_array().unwrap().len()),
        (4, 5)
    );
    assert_eq!(state["now_ms"], crate::support::NOW);
}

#[tokio::test]
async fn unread_messages_and_mentions_count_until_they_are_read() {
    let world = World::start().await;
    let row = async |user: &str| {
        let state = world.get(&format!("/_slack/state?user={user}")).await;
        let channels = state["channels"].as_array().unwrap().clone();
        let ops = channels.into_iter().find(|channel| channel["name"] == "ops").unwrap();
        (ops["unread"].as_u64().unwrap(), ops["mentions"].as_u64().unwrap())
    };
    world.post(json!({ "channel": "ops", "text": "plain" })).await;
    world.post(json!({ "channel": "ops", "text": "<!subteam^S01ONCALL> look" })).await;
    assert_eq!((row("U01ANA").await, row("U02BEN").await), ((2, 1), (2, 0)));
    assert_eq!(
        world.act("U01ANA", json!({ "type": "read", "channel": "C02OPS" })).await,
        json!({ "ok": true })
    );
    assert_eq!((row("U01ANA").await, row("U02BEN").await), ((0, 0), (2, 0)));
}

#[tokio::test]
async fn messages_and_threads_have_the_rows_that_a_page_draws() {
    let world = World::start().await;
    let sent =
        world.act("U01ANA", json!({ "type": "message", "channel": "ops", "text": "hello @ben" })).await;
    let root = sent["ts"].as_str().unwrap();
    let reply = json!({ "type": "message", "channel": "C02OPS", "text": "yes", "thread_ts": root });
    world.act("U02BEN", reply).await;
    let messages = world.get("/_slack/channels/C02OPS/messages?user=U03CHI").await;
    let row = &messages["messages"][0];
    assert_eq!((&row["text"], &row["username"]), (&json!("hello <@U02BEN>"), &json!("Ana")));
    assert_eq!((&row["reply_count"], &row["reply_users"]), (&json!(1), &json!(["U02BEN"])));
    assert_eq!(
        (&row["ephemeral"], &row["edited"], &row["is_bot"]),
        (&json!(false), &json!(false), &json!(false))
    );
    assert_eq!(messages["messages"].as_array().unwrap().len(), 1);
    let thread = world.get(&format!("/_slack/channels/C02OPS/threads/{root}?user=U03CHI")).await;
    assert_eq!(thread["messages"][1]["text"], "yes");
    let missing = world.http.get(format!("{}/_slack/channels/C0/messages", world.url)).send().await.unwrap();
    assert_eq!(missing.status().as_u16(), 404);
}

#[tokio::test]
async fn the_stream_gives_the_version_at_once_and_after_each_change() {
    let world = World::start().await;
    let mut stream = world.http.get(format!("{}/_slack/stream", world.url)).send().await.unwrap();
    let mut next = async || {
        let chunk = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
        let data: Value = serde_json::from_str(chunk.trim().strip_prefix("data: ").unwrap()).unwrap();
        data["version"].as_u64().unwrap()
    };
    let first = next().await;
    world.post(json!({ "channel": "ops", "text": "x" })).await;
    assert!(next().await > first);
}

#[tokio::test]
async fn the_log_names_calls_and_requests_but_no_secret() {
    let world = World::start().await;
    world.post(json!({ "channel": "C02OPS", "text": "private words" })).await;
    world.call("chat.update", json!({ "channel": "C02OPS", "ts": "1.1", "text": "x" })).await;
    world.slack.deliver_due().await;
    let log = world.get("/_slack/log").await;
    assert_eq!(log["calls"][0]["outcome"], "ok");
    assert_eq!(
        log["calls"][1],
        json!({ "at": crate::support::NOW, "method": "chat.update", "channel": "C02OPS", "outcome": "message_not_found" })
    );
    assert_eq!(log["requests"][0]["what"], "event message");
    assert_eq!(log["requests"][0]["status"], "200");
    let all = log.to_string();
    assert!(!all.contains(crate::support::TOKEN) && !all.contains("private words"));
    assert!(!format!("{:?}", slack_emulator::Settings::default()).contains(crate::support::TOKEN));
}

#[tokio::test]
async fn what_nobody_can_do_is_answered_with_a_reason() {
    let world = World::start().await;
    for (user, act, error) in [
        ("U0", json!({ "type": "home" }), "user_not_found"),
        ("U0BOT", json!({ "type": "home" }), "user_not_found"),
        ("U01ANA", json!({ "type": "message", "channel": "nowhere", "text": "x" }), "channel_not_found"),
        ("U01ANA", json!({ "type": "message", "channel": "ops", "text": "  " }), "no_text"),
        (
            "U01ANA",
            json!({ "type": "message", "channel": "ops", "text": "x", "thread_ts": "1.1" }),
            "thread_not_found",
        ),
        (
            "U01ANA",
            json!({ "type": "react", "channel": "ops", "ts": "1.1", "name": "eyes" }),
            "message_not_found",
        ),
        (
            "U01ANA",
            json!({ "type": "unreact", "channel": "ops", "ts": "1.1", "name": "eyes" }),
            "no_reaction",
        ),
        ("U01ANA", json!({ "type": "delete", "channel": "ops", "ts": "1.1" }), "message_not_found"),
        ("U01ANA", json!({ "type": "close", "view": "V0" }), "view_not_found"),
        ("U01ANA", json!({ "type": "click", "action_id": "x" }), "message_not_found"),
        ("U01ANA", json!({ "type": "fly" }), "invalid_act"),
    ] {
        let answer = world.act(user, act.clone()).await;
        assert_eq!((&answer["ok"], &answer["error"]), (&json!(false), &json!(error)), "{act}");
    }
    world.act("U01ANA", json!({ "type": "archive", "channel": "ops" })).await;
    let late = world.act("U01ANA", json!({ "type": "message", "channel": "ops", "text": "x" })).await;
    assert_eq!(late["error"], "is_archived");
}
