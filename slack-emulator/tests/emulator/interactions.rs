//! People press buttons, type commands and fill in forms; the app is asked as Slack asks, and its answers are honoured.

use crate::support::World;
use serde_json::{Value, json};
use slack_emulator::Act;

fn text(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn option(value: &str) -> Value {
    json!({ "text": text(value), "value": value })
}

fn form() -> Value {
    json!({
        "type": "modal", "callback_id": "note", "title": text("Note"), "submit": text("Save"), "notify_on_close": true,
        "blocks": [{ "type": "input", "block_id": "b", "label": text("Note"),
                     "element": { "type": "plain_text_input", "action_id": "a", "multiline": true } }],
    })
}

/// A message with a button and an overflow menu in #ops; its ts.
async fn card(world: &World) -> String {
    let elements = json!([
        { "type": "button", "action_id": "ack", "text": text("Acknowledge"), "value": "v1", "style": "primary" },
        { "type": "overflow", "action_id": "more", "options": [option("note"), option("why")] },
    ]);
    let blocks = json!([{ "type": "actions", "block_id": "buttons", "elements": elements }]);
    world.post(json!({ "channel": "ops", "text": "card", "attachments": [{ "blocks": blocks }] })).await
}

/// Presses the button and returns what the app received.
async fn pressed(world: &World) -> Value {
    let ts = card(world).await;
    world.app.take();
    assert!(world.slack.act("U01ANA", Act::press("ops", &ts, "ack")).await.ok);
    world.app.take().remove(0).payload()
}

#[tokio::test]
async fn a_press_carries_the_documented_fields() {
    let world = World::start().await;
    let payload = pressed(&world).await;
    let action = &payload["actions"][0];
    assert_eq!((&action["action_id"], &action["block_id"]), (&json!("ack"), &json!("buttons")));
    assert_eq!((&action["type"], &action["value"]), (&json!("button"), &json!("v1")));
    assert!(action["action_ts"].is_string());
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(
        payload["user"],
        json!({ "id": "U01ANA", "username": "ana", "name": "ana", "team_id": "T01ACME" })
    );
    assert_eq!(payload["channel"], json!({ "id": "C02OPS", "name": "ops" }));
    assert_eq!(payload["team"], json!({ "id": "T01ACME", "domain": "acme" }));
    let container = &payload["container"];
    assert_eq!((&container["type"], &container["attachment_id"]), (&json!("message_attachment"), &json!(1)));
    assert_eq!(container["message_ts"], payload["message"]["ts"]);
    assert_eq!((&payload["api_app_id"], &payload["is_enterprise_install"]), (&json!("A0APP"), &json!(false)));
    assert!(payload["trigger_id"].is_string() && payload["response_url"].is_string());
    assert_eq!(payload["state"], json!({ "values": {} }));
}

#[tokio::test]
async fn only_what_is_offered_can_be_chosen() {
    let world = World::start().await;
    let ts = card(&world).await;
    world.app.take();
    assert!(world.slack.act("U01ANA", Act::choose("ops", &ts, "more", "why")).await.ok);
    assert_eq!(world.app.take()[0].payload()["actions"][0]["selected_option"], option("why"));
    for act in [
        Act::choose("ops", &ts, "more", "other"),
        Act::press("ops", &ts, "gone"),
        Act::press("ops", "1.1", "ack"),
    ] {
        assert!(!world.slack.act("U01ANA", act).await.ok);
    }
    assert_eq!(world.app.take().len(), 0);
}

#[tokio::test]
async fn a_command_is_a_form_and_its_answer_is_seen_by_the_person_or_by_all() {
    let world = World::start().await;
    world.app.answer(200, &[], "just text");
    let run = |text: &str| Act::Message { channel: "ops".into(), text: text.into(), thread_ts: None };
    assert!(world.slack.act("U01ANA", run("/deploy api  v2 ")).await.ok);
    let received = world.app.take().remove(0);
    let form = received.form();
    assert_eq!(received.path, "/commands");
    for (name, value) in [
        ("command", "/deploy"),
        ("text", "api  v2"),
        ("user_id", "U01ANA"),
        ("user_name", "ana"),
        ("channel_id", "C02OPS"),
        ("channel_name", "ops"),
        ("team_id", "T01ACME"),
        ("team_domain", "acme"),
        ("api_app_id", "A0APP"),
        ("is_enterprise_install", "false"),
    ] {
        assert_eq!(form[name], value, "{name}");
    }
    world.app.answer(200, &[], r#"{"response_type":"in_channel","text":"for all"}"#);
    assert!(world.slack.act("U02BEN", run("/deploy")).await.ok);
    world.app.answer(500, &[], "");
    assert_eq!(world.slack.act("U02BEN", run("/deploy")).await.error.as_deref(), Some("dispatch_failed"));
    assert_eq!(
        world.slack.channel_text("ops"),
        "#ops\nBot (only Ana sees this):\n  just text\nBot:\n  for all\n\
         Slackbot (only Ben sees this):\n  /deploy failed with the error \"dispatch_failed\"\n"
    );
}

#[tokio::test]
async fn an_unknown_command_never_reaches_the_app() {
    let world = World::start().await;
    let act = Act::Command { channel: "ops".into(), command: "/other".into(), text: String::new() };
    assert_eq!(world.slack.act("U01ANA", act).await.error.as_deref(), Some("unknown_command"));
    let text = Act::Message { channel: "ops".into(), text: "/other thing".into(), thread_ts: None };
    assert!(world.slack.act("U01ANA", text).await.ok, "to Slack it would be text here");
    assert!(world.app.take().is_empty());
}

#[tokio::test]
async fn a_trigger_opens_one_modal_within_three_seconds() {
    let world = World::start().await;
    let trigger = pressed(&world).await["trigger_id"].clone();
    let open = json!({ "trigger_id": trigger, "view": form() });
    let opened = world.call("views.open", open.clone()).await;
    assert_eq!(opened["view"]["id"], opened["view"]["root_view_id"], "{opened}");
    assert_eq!(world.call("views.open", open).await["error"], "exchanged_trigger_id");
    let trigger = pressed(&world).await["trigger_id"].clone();
    world.clock.advance(3_001);
    let late = world.call("views.open", json!({ "trigger_id": trigger, "view": form() })).await;
    assert_eq!(late["error"], "expired_trigger_id");
    assert_eq!(world.slack.views("U01ANA").len(), 1);
    assert!(world.slack.views("U02BEN").is_empty());
}

/// Opens the form for Ana and returns its id.
async fn opened(world: &World) -> String {
    let trigger = pressed(world).await["trigger_id"].clone();
    let answer = world.call("views.open", json!({ "trigger_id": trigger, "view": form() })).await;
    answer["view"]["id"].as_str().unwrap().to_owned()
}

async fn submit(world: &World, view: &str, value: &str) -> Value {
    let values = json!({ "b": { "a": { "value": value } } });
    world.act("U01ANA", json!({ "type": "submit", "view": view, "values": values })).await
}

#[tokio::test]
async fn a_submitted_form_carries_its_state_and_closes() {
    let world = World::start().await;
    let view = opened(&world).await;
    assert_eq!(submit(&world, &view, "hello").await, json!({ "ok": true }));
    let payload = world.app.take().remove(0).payload();
    assert_eq!(payload["type"], "view_submission");
    assert_eq!(payload["view"]["id"], json!(view));
    assert_eq!(payload["view"]["callback_id"], "note");
    assert_eq!(
        payload["view"]["state"],
        json!({ "values": { "b": { "a": { "type": "plain_text_input", "value": "hello" } } } })
    );
    assert_eq!(payload["response_urls"], json!([]));
    assert!(world.slack.views("U01ANA").is_empty());
    assert_eq!(submit(&world, &view, "again").await["error"], "view_not_found");
}

#[tokio::test]
async fn a_required_input_is_asked_for_before_the_app_hears_of_it() {
    let world = World::start().await;
    let view = opened(&world).await;
    let answer = submit(&world, &view, "").await;
    assert_eq!(answer["errors"], json!({ "b": "Please complete this required field." }));
    assert!(world.app.take().is_empty());
    let shown = world.get("/_slack/state?user=U01ANA").await["views"][0]["errors"].clone();
    assert_eq!(shown, answer["errors"]);
}

#[tokio::test]
async fn every_response_action_does_what_it_says() {
    let world = World::with(|settings| settings.rate_limits = false).await;
    let view = opened(&world).await;
    world.app.answer(200, &[], r#"{"response_action":"errors","errors":{"b":"Too short"}}"#);
    assert_eq!(submit(&world, &view, "x").await["errors"], json!({ "b": "Too short" }));
    world.app.answer(200, &[], r#"{"response_action":"errors","errors":{"nowhere":"?"}}"#);
    assert_eq!(submit(&world, &view, "x").await["error"], "invalid_response");
    world.app.answer(500, &[], "");
    assert_eq!(submit(&world, &view, "x").await["error"], "dispatch_failed");

    let mut next = form();
    next["title"]["text"] = json!("Sure?");
    world.app.answer(200, &[], &json!({ "response_action": "update", "view": next }).to_string());
    assert_eq!(submit(&world, &view, "x").await["ok"], true);
    let views = world.slack.views("U01ANA");
    assert_eq!(
        (views.len(), &views[0]["title"]["text"], &views[0]["id"]),
        (1, &json!("Sure?"), &json!(view))
    );

    world.app.answer(200, &[], &json!({ "response_action": "push", "view": next }).to_string());
    assert_eq!(submit(&world, &view, "x").await["ok"], true);
    let views = world.slack.views("U01ANA");
    assert_eq!((views.len(), &views[1]["previous_view_id"]), (2, &json!(view)));
    let top = views[1]["id"].as_str().unwrap().to_owned();
    assert_eq!(submit(&world, &view, "x").await["error"], "view_not_found", "only the top one can be used");

    world.app.answer(200, &[], r#"{"response_action":"clear"}"#);
    assert_eq!(submit(&world, &top, "x").await["ok"], true);
    assert!(world.slack.views("U01ANA").is_empty());
}

#[tokio::test]
async fn three_modals_stand_on_each_other_and_a_stale_hash_is_refused() {
    let world = World::start().await;
    let view = opened(&world).await;
    let more = json!({ "type": "modal", "title": text("More"), "blocks": [
        { "type": "actions", "block_id": "x", "elements": [{ "type": "button", "action_id": "y", "text": text("Y") }] } ] });
    let stale = world.slack.views("U01ANA")[0]["hash"].clone();
    let update = json!({ "view_id": view, "hash": stale, "view": more });
    assert_eq!(world.call("views.update", update.clone()).await["ok"], true);
    assert_eq!(world.call("views.update", update).await["error"], "hash_conflict");
    let mut top = view;
    for expected in ["ok", "ok", "push_limit_reached"] {
        world.app.take();
        let click = json!({ "type": "click", "view": top, "block_id": "x", "action_id": "y" });
        assert_eq!(world.act("U01ANA", click).await["ok"], true);
        let payload = world.app.take().remove(0).payload();
        assert_eq!((&payload["container"]["type"], payload.get("response_url")), (&json!("view"), None));
        let answer =
            world.call("views.push", json!({ "trigger_id": payload["trigger_id"], "view": more })).await;
        assert_eq!(answer["error"].as_str().unwrap_or("ok"), expected);
        top = world.slack.views("U01ANA").last().unwrap()["id"].as_str().unwrap().to_owned();
    }
}

#[tokio::test]
async fn closing_is_told_only_if_the_view_asked_for_it() {
    let world = World::start().await;
    let view = opened(&world).await;
    assert_eq!(world.act("U01ANA", json!({ "type": "close", "view": view })).await["ok"], true);
    let payload = world.app.take().remove(0).payload();
    assert_eq!((&payload["type"], &payload["is_cleared"]), (&json!("view_closed"), &json!(false)));
    assert!(world.slack.views("U01ANA").is_empty());
}

#[tokio::test]
async fn a_response_url_works_five_times_within_half_an_hour() {
    let world = World::start().await;
    let url = pressed(&world).await["response_url"].as_str().unwrap().to_owned();
    let respond = async |body: Value| {
        let answer = world.http.post(&url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let ok = (200, "ok".to_owned());
    assert_eq!(respond(json!({ "text": "only you" })).await, ok);
    assert_eq!(respond(json!({ "text": "all", "response_type": "in_channel" })).await, ok);
    assert_eq!(respond(json!({})).await, (400, r#"{"error":"no_text","ok":false}"#.to_owned()));
    assert_eq!(respond(json!({ "replace_original": true, "text": "done", "attachments": [] })).await, ok);
    assert_eq!(
        world.slack.channel_text("ops"),
        "#ops\nBot (edited):\n  done\nBot (only Ana sees this):\n  only you\nBot:\n  all\n"
    );
    assert_eq!(respond(json!({ "delete_original": true })).await, ok);
    assert_eq!(respond(json!({ "text": "five" })).await, ok);
    assert_eq!(
        respond(json!({ "text": "six" })).await,
        (404, r#"{"error":"used_url","ok":false}"#.to_owned())
    );

    let url = pressed(&world).await["response_url"].as_str().unwrap().to_owned();
    world.clock.advance(30 * 60_000 + 1);
    let late = world.http.post(&url).json(&json!({ "text": "late" })).send().await.unwrap();
    assert_eq!(late.json::<Value>().await.unwrap()["error"], "expired_url");
}

#[tokio::test]
async fn an_external_select_asks_the_app_for_options() {
    let world = World::start().await;
    let select = json!({ "type": "external_select", "action_id": "pick", "min_query_length": 0 });
    let blocks = json!([{ "type": "actions", "block_id": "b", "elements": [select] }]);
    let ts = world.post(json!({ "channel": "ops", "text": "pick", "blocks": blocks })).await;
    world.app.take();
    world.app.answer(200, &[], &json!({ "options": [option("api")] }).to_string());
    let suggest =
        json!({ "type": "suggest", "channel": "ops", "ts": ts, "action_id": "pick", "value": "ap" });
    assert_eq!(world.act("U01ANA", suggest).await["options"], json!([option("api")]));
    let payload = world.app.take().remove(0).payload();
    assert_eq!((&payload["type"], &payload["value"]), (&json!("block_suggestion"), &json!("ap")));
}
