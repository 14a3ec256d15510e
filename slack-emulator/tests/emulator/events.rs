//! What the app is told through the Events API, and how it is told again when it does not listen.

use crate::support::World;
use serde_json::{Value, json};
use slack_emulator::Act;

fn write(channel: &str, text: &str, thread_ts: Option<String>) -> Act {
    Act::Message { channel: channel.into(), text: text.into(), thread_ts }
}

/// Delivers what is due and returns the events that the app received.
async fn events(world: &World) -> Vec<Value> {
    world.slack.deliver_due().await;
    world.app.take().iter().map(|received| received.event()).collect()
}

#[tokio::test]
async fn a_message_is_told_in_the_documented_envelope() {
    let world = World::start().await;
    world.slack.act("U01ANA", write("ops", "hello", None)).await;
    assert!(!world.slack.idle() && world.slack.pending() == 1);
    world.slack.deliver_due().await;
    assert!(world.slack.idle() && world.slack.pending() == 0);
    let received = world.app.take().remove(0);
    let envelope: Value = serde_json::from_str(&received.body).unwrap();
    assert_eq!((&envelope["type"], &envelope["team_id"]), (&json!("event_callback"), &json!("T01ACME")));
    assert_eq!(envelope["authorizations"][0]["user_id"], "U0BOT");
    assert!(envelope["event_id"].as_str().unwrap().starts_with("Ev"));
    assert_eq!(envelope["event_time"], crate::support::NOW / 1_000);
    let event = &envelope["event"];
    assert_eq!(
        (&event["type"], &event["text"], &event["user"]),
        (&json!("message"), &json!("hello"), &json!("U01ANA"))
    );
    assert_eq!((&event["channel"], &event["channel_type"]), (&json!("C02OPS"), &json!("channel")));
    assert_eq!(event["ts"], event["event_ts"]);
    assert!(!received.headers.contains_key("x-slack-retry-num"));
}

#[tokio::test]
async fn mentions_replies_reactions_edits_and_removals_are_told() {
    let world = World::start().await;
    let root = world.post(json!({ "channel": "ops", "text": "root" })).await;
    let own = events(&world).await;
    assert_eq!((own.len(), &own[0]["bot_id"]), (1, &json!("B0BOT")), "the app hears its own messages too");

    world.slack.act("U01ANA", write("ops", "@bot help", Some(root.clone()))).await;
    let told = events(&world).await;
    let kinds: Vec<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["message", "app_mention"]);
    assert_eq!(told[0]["ts"], told[1]["ts"], "one gesture, one ts");
    assert_eq!((&told[0]["thread_ts"], &told[0]["parent_user_id"]), (&json!(root), &json!("U0BOT")));

    let (channel, ts, name) = ("ops".to_owned(), root.clone(), "eyes".to_owned());
    world
        .slack
        .act("U02BEN", Act::React { channel: channel.clone(), ts: ts.clone(), name: name.clone() })
        .await;
    world.slack.act("U02BEN", Act::Unreact { channel: channel.clone(), ts: ts.clone(), name }).await;
    let told = events(&world).await;
    assert_eq!((&told[0]["type"], &told[1]["type"]), (&json!("reaction_added"), &json!("reaction_removed")));
    assert_eq!(told[0]["item"], json!({ "type": "message", "channel": "C02OPS", "ts": root }));
    assert_eq!((&told[0]["user"], &told[0]["item_user"]), (&json!("U02BEN"), &json!("U0BOT")));

    world.call("chat.update", json!({ "channel": "C02OPS", "ts": root, "text": "new" })).await;
    let told = events(&world).await;
    assert_eq!(
        (&told[0]["subtype"], &told[0]["message"]["text"]),
        (&json!("message_changed"), &json!("new"))
    );
    assert_eq!(told[0]["previous_message"]["text"], "root");
    world.slack.act("U01ANA", Act::Delete { channel, ts }).await;
    let told = events(&world).await;
    assert_eq!((&told[0]["subtype"], &told[0]["deleted_ts"]), (&json!("message_deleted"), &json!(root)));
}

#[tokio::test]
async fn the_home_is_opened_published_and_shown() {
    let world = World::start().await;
    world.slack.act("U01ANA", Act::Home).await;
    let told = events(&world).await;
    assert_eq!((&told[0]["type"], &told[0]["tab"]), (&json!("app_home_opened"), &json!("home")));
    assert_eq!((told[0].get("view"), &told[0]["channel"]), (None, &json!("D01ANA")));
    let blocks = json!([{ "type": "header", "text": { "type": "plain_text", "text": "Home" } }]);
    let view = json!({ "type": "home", "blocks": blocks });
    assert_eq!(world.call("views.publish", json!({ "user_id": "U01ANA", "view": view })).await["ok"], true);
    world.slack.act("U01ANA", Act::Home).await;
    assert_eq!(events(&world).await[0]["view"]["blocks"][0]["text"]["text"], "Home");
    assert_eq!(world.get("/_slack/state?user=U01ANA").await["home"]["type"], "home");
    assert_eq!(world.get("/_slack/state?user=U02BEN").await["home"], Value::Null);
}

#[tokio::test]
async fn nothing_is_told_of_channels_where_the_bot_is_not_and_of_what_was_not_subscribed() {
    let world = World::with(|settings| settings.events = vec!["message.channels".into()]).await;
    world.slack.bot_in_channel("general", false);
    world.slack.act("U01ANA", write("general", "secret", None)).await;
    let ts = world.slack.messages("general", "U01ANA")[0].ts.clone();
    world.slack.act("U01ANA", Act::React { channel: "general".into(), ts, name: "eyes".into() }).await;
    world.slack.act("U01ANA", Act::Home).await;
    assert!(events(&world).await.is_empty());
}

#[tokio::test]
async fn a_failed_event_comes_again_with_its_number_and_reason() {
    let world = World::start().await;
    for _ in 0..4 {
        world.app.answer(503, &[], "");
    }
    world.slack.act("U01ANA", write("ops", "hello", None)).await;
    let mut seen = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..3 {
        world.slack.deliver_due().await;
        for received in world.app.take() {
            let header = |name: &str| received.headers.get(name).cloned().unwrap_or_default();
            seen.push((header("x-slack-retry-num"), header("x-slack-retry-reason")));
            ids.insert(serde_json::from_str::<Value>(&received.body).unwrap()["event_id"].to_string());
        }
        let next = world.slack.next_due_ms().unwrap_or_default();
        let now = slack_emulator::Clock::now_ms(&*world.clock);
        world.clock.advance((next - now).max(0));
    }
    let again = |n: &str| (n.to_owned(), "http_error".to_owned());
    assert_eq!(seen, [(String::new(), String::new()), again("1"), again("2"), again("3")]);
    assert_eq!(ids.len(), 1, "every attempt carries the same event_id");
    assert_eq!(world.slack.pending(), 0);
    let logged: Vec<(u32, String)> =
        world.slack.requests().into_iter().map(|r| (r.retry, r.status)).collect();
    assert_eq!(logged.len(), 4);
    assert_eq!(logged[3], (3, "503".to_owned()));
}

#[tokio::test]
async fn an_app_that_wants_no_retry_gets_none() {
    let world = World::start().await;
    world.app.answer(500, &[("x-slack-no-retry", "1")], "");
    world.slack.act("U01ANA", write("ops", "hello", None)).await;
    world.slack.deliver_due().await;
    assert_eq!((world.app.take().len(), world.slack.pending()), (1, 0));
}

#[tokio::test]
async fn the_background_task_delivers_by_itself() {
    let world = World::start().await;
    let task = world.slack.spawn();
    world.slack.act("U01ANA", write("ops", "hello", None)).await;
    while world.slack.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert_eq!(world.app.take().len(), 1);
}
