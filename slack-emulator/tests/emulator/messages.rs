//! Posting, editing, finding and removing messages through the Web API, and what a person then reads.

use crate::support::{TOKEN, World};
use serde_json::{Value, json};
use slack_emulator::Act;

#[tokio::test]
async fn a_call_may_be_json_or_a_form_with_the_token_in_the_header_or_the_body() {
    let world = World::start().await;
    let url = format!("{}/api/chat.postMessage", world.url);
    let blocks = r#"[{"type":"section","text":{"type":"mrkdwn","text":"*hi*"}}]"#;
    let form = [("token", TOKEN), ("channel", "#ops"), ("blocks", blocks), ("text", "hi")];
    let answer: Value = world.http.post(&url).form(&form).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(answer["message"]["blocks"][0]["text"]["text"], "*hi*");
    assert!(answer["message"]["blocks"][0]["block_id"].is_string(), "Slack gives a block its id");

    let query = format!("{}/api/conversations.info?token={TOKEN}&channel=C02OPS", world.url);
    let answer: Value = world.http.get(query).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["channel"]["name"], "ops");

    let nobody: Value =
        world.http.post(&url).form(&[("channel", "#ops")]).send().await.unwrap().json().await.unwrap();
    assert_eq!(nobody, json!({ "ok": false, "error": "not_authed" }));
}

#[tokio::test]
async fn a_message_can_be_updated_found_and_deleted() {
    let world = World::start().await;
    let metadata = json!({ "event_type": "order", "event_payload": { "id": 7 } });
    let ts = world.post(json!({ "channel": "ops", "text": "one", "metadata": metadata })).await;
    let answer = world.call("chat.update", json!({ "channel": "C02OPS", "ts": ts, "text": "two" })).await;
    assert_eq!((&answer["ok"], &answer["text"]), (&json!(true), &json!("two")));

    let found = |answer: &Value| answer["messages"][0].clone();
    let bare = found(&world.call("conversations.history", json!({ "channel": "C02OPS" })).await);
    assert_eq!((&bare["text"], &bare["ts"]), (&json!("two"), &json!(ts)));
    assert_eq!(bare["metadata"], json!({ "event_type": "order" }), "the payload only on demand");
    let args = json!({ "channel": "C02OPS", "include_all_metadata": true, "oldest": ts, "inclusive": true });
    assert_eq!(found(&world.call("conversations.history", args).await)["metadata"], metadata);

    let permalink = world.call("chat.getPermalink", json!({ "channel": "C02OPS", "message_ts": ts })).await;
    assert_eq!(permalink["permalink"], "https://acme.slack.com/archives/C02OPS/p1700000000000000");
    assert_eq!(world.call("chat.delete", json!({ "channel": "C02OPS", "ts": ts })).await["ok"], true);
    assert_eq!(world.slack.channel_text("ops"), "#ops\n");
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_name() {
    let world = World::start().await;
    let ts = world
        .post(json!({ "channel": "ops", "text": "one", "attachments": [{ "color": "#e01e5a", "text": "bad" }] }))
        .await;
    world.call("chat.update", json!({ "channel": "C02OPS", "ts": ts, "text": "two" })).await;
    assert_eq!(world.slack.channel_text("ops"), "#ops\nBot (edited):\n  two\n  red| bad\n");
    world
        .call("chat.update", json!({ "channel": "C02OPS", "ts": ts, "text": "three", "attachments": [] }))
        .await;
    assert_eq!(world.slack.channel_text("ops"), "#ops\nBot (edited):\n  three\n");
}

#[tokio::test]
async fn a_thread_stays_out_of_the_channel_unless_it_is_broadcast() {
    let world = World::start().await;
    let root = world.post(json!({ "channel": "ops", "text": "root" })).await;
    let reply = world.post(json!({ "channel": "ops", "text": "quiet", "thread_ts": root })).await;
    world
        .post(json!({ "channel": "ops", "text": "loud", "thread_ts": reply, "reply_broadcast": true }))
        .await;

    let texts = |answer: &Value| -> Vec<String> {
        let messages = answer["messages"].as_array().unwrap();
        messages.iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect()
    };
    let history = world.call("conversations.history", json!({ "channel": "C02OPS" })).await;
    assert_eq!(texts(&history), ["loud", "root"], "newest first");
    assert_eq!(history["messages"][1]["reply_count"], 2);
    let replies = world.call("conversations.replies", json!({ "channel": "C02OPS", "ts": root })).await;
    assert_eq!(texts(&replies), ["root", "quiet", "loud"]);
    assert_eq!(replies["messages"][2]["subtype"], "thread_broadcast");
    let page = world.call("conversations.history", json!({ "channel": "C02OPS", "limit": 1 })).await;
    assert_eq!((texts(&page), &page["has_more"]), (vec!["loud".to_owned()], &json!(true)));
    let cursor = &page["response_metadata"]["next_cursor"];
    let page = world
        .call("conversations.history", json!({ "channel": "C02OPS", "limit": 1, "cursor": cursor }))
        .await;
    assert_eq!((texts(&page), &page["has_more"]), (vec!["root".to_owned()], &json!(false)));
}

#[tokio::test]
async fn an_ephemeral_message_is_seen_by_one_person_and_by_no_history() {
    let world = World::start().await;
    let answer = world
        .call("chat.postEphemeral", json!({ "channel": "C02OPS", "user": "U01ANA", "text": "psst" }))
        .await;
    let ts = answer["message_ts"].as_str().unwrap();
    assert_eq!(world.slack.messages("ops", "U01ANA").len(), 1);
    assert_eq!(world.slack.messages("ops", "U02BEN").len(), 0);
    assert_eq!(world.slack.channel_text("ops"), "#ops\nBot (only Ana sees this):\n  psst\n");
    let history = world.call("conversations.history", json!({ "channel": "C02OPS" })).await;
    assert_eq!(history["messages"], json!([]));
    let update = world.call("chat.update", json!({ "channel": "C02OPS", "ts": ts, "text": "x" })).await;
    assert_eq!(update["error"], "message_not_found");
    assert!(!world.slack.act("U02BEN", Act::Dismiss { channel: "ops".into(), ts: ts.into() }).await.ok);
    assert!(world.slack.act("U01ANA", Act::Dismiss { channel: "ops".into(), ts: ts.into() }).await.ok);
    assert_eq!(world.slack.channel_text("ops"), "#ops\n");
}

#[tokio::test]
async fn the_bot_and_people_react_each_once() {
    let world = World::start().await;
    let ts = world.post(json!({ "channel": "ops", "text": "hello" })).await;
    let args = json!({ "channel": "C02OPS", "timestamp": ts, "name": "eyes" });
    assert_eq!(world.call("reactions.add", args.clone()).await["ok"], true);
    assert_eq!(world.call("reactions.add", args.clone()).await["error"], "already_reacted");
    let react = Act::React { channel: "ops".into(), ts: ts.clone(), name: "eyes".into() };
    assert!(world.slack.act("U01ANA", react.clone()).await.ok);
    assert_eq!(world.slack.act("U01ANA", react).await.error.as_deref(), Some("already_reacted"));
    assert_eq!(world.slack.channel_text("ops"), "#ops\nBot:\n  hello\n  :eyes: Bot, Ana\n");
    let got = world.call("reactions.get", json!({ "channel": "C02OPS", "timestamp": ts })).await;
    assert_eq!(
        got["message"]["reactions"],
        json!([{ "name": "eyes", "users": ["U0BOT", "U01ANA"], "count": 2 }])
    );
    assert_eq!(world.call("reactions.remove", args.clone()).await["ok"], true);
    assert_eq!(world.call("reactions.remove", args).await["error"], "no_reaction");
}

#[tokio::test]
async fn a_channel_reads_as_a_person_reads_it() {
    let world = World::start().await;
    let button = |text: &str, style: &str| json!({ "type": "button", "action_id": text, "style": style, "text": { "type": "plain_text", "text": text } });
    let option = |text: &str| json!({ "text": { "type": "plain_text", "text": text }, "value": text });
    let ts = world
        .post(json!({
            "channel": "#payments-oncall", "text": "High CPU",
            "attachments": [{ "color": "#d72b3f", "fallback": "High CPU", "blocks": [
                { "type": "section", "text": { "type": "mrkdwn",
                    "text": ":red_circle: *<https://example.com/a?b=1&amp;c=2|High CPU &lt;api&gt;>*" },
                  "accessory": { "type": "overflow", "action_id": "more", "options": [option("Note"), option("Why?")] } },
                { "type": "context", "elements": [{ "type": "mrkdwn",
                    "text": "Firing since <!date^1700000000^{time}|22:13> for <@U01ANA> <!subteam^S01ONCALL>" }] },
                { "type": "actions", "elements": [button("Acknowledge", "primary"), button("Resolve", "danger")] },
            ] }],
        }))
        .await;
    world.post(json!({ "channel": "#payments-oncall", "text": "<!here> look", "thread_ts": ts })).await;
    let write = Act::Message {
        channel: "#payments-oncall".into(),
        text: "On it, @bot & co".into(),
        thread_ts: Some(ts.clone()),
    };
    assert!(world.slack.act("U02BEN", write).await.ok);
    assert_eq!(
        world.slack.channel_text("payments-oncall"),
        "#payments-oncall\n\
         Bot:\n\
         \x20 High CPU\n\
         \x20 red| :red_circle: *High CPU <api> (https://example.com/a?b=1&c=2)*  [... Note, Why?]\n\
         \x20 red| ~ Firing since 22:13 for @Ana @payments-oncall\n\
         \x20 red| [Acknowledge] [Resolve]\n\
         \x20   Bot:\n\
         \x20     @here look\n\
         \x20   Ben:\n\
         \x20     On it, @Bot & co\n"
    );
    let messages = world.slack.messages("payments-oncall", "U01ANA");
    let mentions = world.slack.mentions(&messages[0]);
    assert_eq!(mentions.usergroups.into_iter().collect::<Vec<_>>(), ["S01ONCALL"]);
    assert_eq!(mentions.links.into_iter().next().unwrap().0, "https://example.com/a?b=1&c=2");
}

#[tokio::test]
async fn a_text_over_forty_thousand_characters_is_cut_with_a_warning() {
    let world = World::start().await;
    let answer =
        world.call("chat.postMessage", json!({ "channel": "ops", "text": "é".repeat(40_001) })).await;
    assert_eq!((&answer["ok"], &answer["warning"]), (&json!(true), &json!("message_truncated")));
    assert_eq!(answer["message"]["text"].as_str().unwrap().chars().count(), 40_000);
}

#[tokio::test]
async fn people_and_groups_and_direct_conversations_are_found() {
    let world = World::start().await;
    let who = world.call("auth.test", json!({})).await;
    assert_eq!(
        (&who["user_id"], &who["bot_id"], &who["team"]),
        (&json!("U0BOT"), &json!("B0BOT"), &json!("Acme"))
    );
    let ana = world.call("users.lookupByEmail", json!({ "email": "Ana@example.com" })).await;
    assert_eq!(ana["user"]["id"], "U01ANA");
    assert_eq!(world.call("users.list", json!({})).await["members"].as_array().unwrap().len(), 4);
    let update = json!({ "usergroup": "S01ONCALL", "users": "U02BEN,U03CHI" });
    assert_eq!(world.call("usergroups.users.update", update).await["usergroup"]["user_count"], 2);
    assert_eq!(world.slack.usergroup("S01ONCALL"), ["U02BEN", "U03CHI"]);
    let group = world.call("usergroups.list", json!({})).await["usergroups"][0].clone();
    assert_eq!((&group["handle"], group.get("users")), (&json!("payments-oncall"), None));

    let opened = world.call("conversations.open", json!({ "users": "U01ANA" })).await;
    assert_eq!(opened["channel"]["id"], "D01ANA");
    assert_eq!(world.call("conversations.open", json!({ "users": "U01ANA" })).await["already_open"], true);
    world.post(json!({ "channel": "U01ANA", "text": "hello" })).await;
    assert_eq!(world.slack.channel_text("D01ANA"), "@Bot with Ana\nBot:\n  hello\n");
    let private = world.call("conversations.list", json!({ "types": "public_channel,im" })).await;
    assert_eq!(private["channels"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_private_picture_is_shown_once_it_has_been_looked_through() {
    let world = World::with(|settings| (settings.file_scan_ms, settings.rate_limits) = (2_000, false)).await;
    let ticket =
        world.call("files.getUploadURLExternal", json!({ "filename": "chart.png", "length": 3 })).await;
    let id = ticket["file_id"].as_str().unwrap();
    let shown = |file: Value| {
        let image = json!({ "type": "image", "alt_text": "A chart", "slack_file": file });
        world.call("chat.postMessage", json!({ "channel": "C02OPS", "text": "t", "blocks": [image] }))
    };
    let refused = "invalid slack file [json-pointer:/blocks/0/slack_file]";
    assert_eq!(shown(json!({ "id": id })).await["errors"][0], refused, "announced only");
    world.http.post(ticket["upload_url"].as_str().unwrap()).body("png").send().await.unwrap();
    assert_eq!(shown(json!({ "id": id })).await["error"], "invalid_blocks", "not completed");
    assert_eq!(world.call("files.info", json!({ "file": id })).await["error"], "file_not_found");

    let done = world.call("files.completeUploadExternal", json!({ "files": [{ "id": id }] })).await;
    assert_eq!((&done["ok"], &done["files"][0]["mimetype"]), (&json!(true), &json!("")));
    assert_eq!(shown(json!({ "id": id })).await["errors"][0], refused, "not looked through");
    world.clock.advance(2_000);
    let info = world.call("files.info", json!({ "file": id })).await;
    assert_eq!(info["file"]["mimetype"], "image/png");
    assert_eq!(world.slack.channel_text("ops"), "#ops\n", "it was shared with nobody");
    assert_eq!(shown(json!({ "id": id })).await["ok"], true);
    assert_eq!(shown(json!({ "url": info["file"]["url_private"] })).await["ok"], true);

    assert_eq!(shown(json!({ "id": "F0NOBODYHAS" })).await["errors"][0], refused);
    assert_eq!(shown(json!({})).await["errors"][0], refused);
    assert_eq!(shown(json!({ "id": id, "url": info["file"]["url_private"] })).await["errors"][0], refused);
    let pattern = "input must match regex pattern: ^[F][A-Z0-9]{8,}$ [json-pointer:/blocks/0/slack_file/id]";
    assert_eq!(shown(json!({ "id": "chart.png" })).await["errors"][0], pattern);
}

#[tokio::test]
async fn a_file_is_announced_uploaded_and_shared() {
    let world = World::start().await;
    let args = json!({ "filename": "chart.png", "length": 3, "alt_txt": "A chart" });
    let ticket = world.call("files.getUploadURLExternal", args).await;
    let id = ticket["file_id"].as_str().unwrap();
    let complete = json!({ "files": [{ "id": id, "title": "Chart" }], "channel_id": "C02OPS", "initial_comment": "See" });
    let early = world.call("files.completeUploadExternal", complete.clone()).await;
    assert_eq!(early["error"], "file_not_found", "nothing was uploaded yet");
    let upload = world.http.post(ticket["upload_url"].as_str().unwrap()).body("png").send().await.unwrap();
    assert_eq!((upload.status().as_u16(), upload.text().await.unwrap().as_str()), (200, "OK - 3"));
    assert_eq!(world.call("files.completeUploadExternal", complete).await["files"][0]["title"], "Chart");
    assert_eq!(world.slack.channel_text("ops"), "#ops\nBot:\n  See\n  [file: Chart]\n");
    let row =
        world.get("/_slack/channels/C02OPS/messages?user=U01ANA").await["messages"][0]["files"][0].clone();
    assert_eq!((&row["mimetype"], &row["alt_txt"]), (&json!("image/png"), &json!("A chart")));
    let url = format!("{}{}", world.url, row["url"].as_str().unwrap());
    assert_eq!(world.http.get(url).send().await.unwrap().text().await.unwrap(), "png");
}

#[tokio::test]
async fn a_saved_workspace_comes_back_without_its_secrets() {
    let world = World::start().await;
    world.post(json!({ "channel": "ops", "text": "remember" })).await;
    let path = std::env::temp_dir().join(format!("slack-emulator-{}.json", std::process::id()));
    world.slack.save(&path).unwrap();
    let saved = std::fs::read_to_string(&path).unwrap();
    assert!(!saved.contains(TOKEN) && !saved.contains("emulator-signing-secret"));
    let loaded =
        slack_emulator::Emulator::load(&path, slack_emulator::Settings::default(), world.clock.clone());
    std::fs::remove_file(&path).unwrap();
    let loaded = loaded.unwrap();
    assert_eq!(loaded.channel_text("ops"), world.slack.channel_text("ops"));
    assert_eq!(loaded.call("auth.test", json!({}), TOKEN).outcome(), "ok");
}
