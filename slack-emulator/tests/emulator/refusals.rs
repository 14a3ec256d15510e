//! What the Web API refuses and by which name: a table of calls that go wrong, and the proof that every name which is
//! answered stands in Slack's own file of the method.

use std::sync::Arc;

use serde_json::{Value, json};
use slack_emulator::{Emulator, ManualClock, Settings};

const TOKEN: &str = "xoxb-emulator";

/// A workspace with one message of the bot, one of a person, and one archived channel; no rate limits.
fn workspace() -> (Emulator, String) {
    let settings = Settings { rate_limits: false, ..Settings::default() };
    let slack = Emulator::new(settings, Arc::new(ManualClock::at(1_700_000_000_000)));
    let ts = slack.call("chat.postMessage", json!({ "channel": "C02OPS", "text": "ours" }), TOKEN).body["ts"]
        .clone();
    slack.archive("deploys", true);
    slack.bot_in_channel("general", false);
    (slack, ts.as_str().unwrap().to_owned())
}

fn rows(ts: &str) -> Vec<(&'static str, Value, &'static str)> {
    let long = |n: usize| "x".repeat(n);
    let section = |n: usize| json!({ "type": "section", "text": { "type": "mrkdwn", "text": long(n) } });
    vec![
        ("chat.postMessage", json!({ "text": "x" }), "channel_not_found"),
        ("chat.postMessage", json!({ "channel": "#nowhere", "text": "x" }), "channel_not_found"),
        ("chat.postMessage", json!({ "channel": "C03DEPLOYS", "text": "x" }), "is_archived"),
        ("chat.postMessage", json!({ "channel": "general", "text": "x" }), "not_in_channel"),
        ("chat.postMessage", json!({ "channel": "ops" }), "no_text"),
        ("chat.postMessage", json!({ "channel": "ops", "text": "" }), "no_text"),
        ("chat.postMessage", json!({ "channel": "ops", "blocks": "{" }), "invalid_blocks_format"),
        ("chat.postMessage", json!({ "channel": "ops", "blocks": {} }), "invalid_blocks_format"),
        ("chat.postMessage", json!({ "channel": "ops", "blocks": [section(3_001)] }), "invalid_blocks"),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "blocks": [{ "type": "nonsense" }] }),
            "invalid_blocks",
        ),
        ("chat.postMessage", json!({ "channel": "ops", "blocks": vec![section(1); 51] }), "invalid_blocks"),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "blocks": vec![section(3_000); 5] }),
            "msg_blocks_too_long",
        ),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "attachments": [{ "blocks": vec![section(3_000); 5] }] }),
            "msg_blocks_too_long",
        ),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "attachments": vec![json!({}); 101] }),
            "too_many_attachments",
        ),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "text": "x", "markdown_text": "y" }),
            "markdown_text_conflict",
        ),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "markdown_text": long(12_001) }),
            "msg_blocks_too_long",
        ),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "text": "x", "metadata": "{" }),
            "invalid_metadata_format",
        ),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "text": "x", "metadata": { "event_type": "a" } }),
            "invalid_metadata_schema",
        ),
        (
            "chat.postMessage",
            json!({ "channel": "ops", "text": "x", "thread_ts": "1.000001" }),
            "cannot_reply_to_message",
        ),
        ("chat.update", json!({ "channel": "C02OPS", "ts": "1.000001", "text": "x" }), "message_not_found"),
        ("chat.update", json!({ "channel": "C02OPS", "ts": ts, "text": long(4_001) }), "msg_too_long"),
        ("chat.update", json!({ "channel": "C02OPS", "ts": ts, "attachments": "no" }), "invalid_attachments"),
        ("chat.update", json!({ "channel": "C02OPS", "ts": ts }), "no_text"),
        ("chat.delete", json!({ "channel": "C02OPS", "ts": "1.000001" }), "message_not_found"),
        ("chat.delete", json!({ "channel": "C0", "ts": ts }), "channel_not_found"),
        ("chat.postEphemeral", json!({ "channel": "ops", "user": "U0", "text": "x" }), "user_not_in_channel"),
        (
            "chat.postEphemeral",
            json!({ "channel": "ops", "user": "U01ANA", "blocks": vec![section(3_000); 5] }),
            "msg_too_long",
        ),
        ("chat.getPermalink", json!({ "channel": "C02OPS", "message_ts": "1.1" }), "message_not_found"),
        ("conversations.list", json!({ "types": "everything" }), "invalid_types"),
        ("conversations.list", json!({ "cursor": "x" }), "invalid_cursor"),
        ("conversations.list", json!({ "limit": "0" }), "invalid_limit"),
        ("conversations.info", json!({ "channel": "ops" }), "channel_not_found"),
        ("conversations.members", json!({}), "channel_not_found"),
        ("conversations.history", json!({ "channel": "C05GENERAL" }), "not_in_channel"),
        ("conversations.history", json!({ "channel": "C02OPS", "oldest": "x" }), "invalid_ts_oldest"),
        ("conversations.history", json!({ "channel": "C02OPS", "latest": "x" }), "invalid_ts_latest"),
        ("conversations.replies", json!({ "channel": "C02OPS", "ts": "1.1" }), "thread_not_found"),
        ("conversations.join", json!({ "channel": "C03DEPLOYS" }), "is_archived"),
        ("conversations.open", json!({}), "users_list_not_supplied"),
        ("conversations.open", json!({ "users": "U0" }), "user_not_found"),
        ("conversations.open", json!({ "users": "U0BOT" }), "invalid_user_combination"),
        ("reactions.add", json!({ "channel": "C02OPS", "name": "eyes" }), "no_item_specified"),
        ("reactions.add", json!({ "channel": "C02OPS", "name": "eyes", "timestamp": "x" }), "bad_timestamp"),
        (
            "reactions.add",
            json!({ "channel": "C02OPS", "name": "eyes", "timestamp": "1.1" }),
            "message_not_found",
        ),
        ("reactions.add", json!({ "channel": "C02OPS", "name": "no name", "timestamp": ts }), "invalid_name"),
        ("reactions.remove", json!({ "channel": "C02OPS", "name": "eyes", "timestamp": ts }), "no_reaction"),
        ("reactions.get", json!({ "channel": "C0", "timestamp": ts }), "channel_not_found"),
        ("users.info", json!({ "user": "U0" }), "user_not_found"),
        ("users.lookupByEmail", json!({ "email": "nobody@example.com" }), "users_not_found"),
        ("users.lookupByEmail", json!({}), "users_not_found"),
        ("usergroups.users.list", json!({ "usergroup": "S0" }), "no_such_subteam"),
        ("usergroups.users.update", json!({ "usergroup": "S01ONCALL" }), "no_users_provided"),
        ("usergroups.users.update", json!({ "usergroup": "S01ONCALL", "users": "U0" }), "invalid_users"),
        ("usergroups.users.update", json!({ "usergroup": "S0", "users": "U01ANA" }), "permission_denied"),
        ("usergroups.users.update", json!({ "users": "U01ANA" }), "missing_argument"),
        ("views.open", json!({ "trigger_id": "x", "view": modal("x") }), "invalid_trigger_id"),
        ("views.open", json!({ "trigger_id": "x" }), "invalid_arguments"),
        ("views.open", json!({ "trigger_id": "x", "view": modal(&long(25)) }), "invalid_arguments"),
        ("views.push", json!({ "trigger_id": "x", "view": modal("x") }), "invalid_trigger_id"),
        ("views.update", json!({ "view_id": "V0", "view": modal("x") }), "not_found"),
        (
            "views.publish",
            json!({ "user_id": "U0", "view": { "type": "home", "blocks": [] } }),
            "invalid_arguments",
        ),
        ("views.publish", json!({ "user_id": "U01ANA", "view": modal("x") }), "invalid_arguments"),
        ("files.getUploadURLExternal", json!({ "filename": "a.png" }), "missing_argument"),
        (
            "files.getUploadURLExternal",
            json!({ "filename": "a", "length": 1, "alt_txt": long(1_001) }),
            "alt_txt_too_large",
        ),
        ("files.completeUploadExternal", json!({ "files": [{ "id": "F0" }] }), "file_not_found"),
        ("blocks.validate", json!({}), "invalid_arguments"),
        ("blocks.validate", json!({ "blocks": "[]", "view": "{}" }), "invalid_arguments"),
        ("blocks.validate", json!({ "blocks": [{ "type": "nonsense" }] }), "invalid_blocks"),
        ("blocks.validate", json!({ "view": { "type": "modal" } }), "invalid_view"),
        ("blocks.validate", json!({ "message": { "blocks": [{}] } }), "invalid_message"),
        ("chat.meMessage", json!({}), "unknown_method"),
    ]
}

/// Arguments that are wrong in every way at once, or absent, or of the wrong type.
fn nonsense(ts: &str) -> Vec<Value> {
    let wrong =
        [json!("{"), json!([1]), json!({}), json!(-1), json!(true), json!(""), json!("é".repeat(50_000))];
    let names = [
        "attachments",
        "blocks",
        "channel",
        "channels",
        "cursor",
        "email",
        "external_id",
        "files",
        "hash",
        "latest",
        "length",
        "limit",
        "markdown_text",
        "message",
        "metadata",
        "name",
        "oldest",
        "text",
        "thread_ts",
        "timestamp",
        "trigger_id",
        "ts",
        "types",
        "user",
        "user_id",
        "usergroup",
        "users",
        "view",
        "view_id",
    ];
    let good = json!({
        "channel": "C02OPS", "ts": ts, "timestamp": ts, "message_ts": ts, "text": "x", "user": "U01ANA",
        "user_id": "U01ANA", "usergroup": "S01ONCALL", "users": "U01ANA", "filename": "a", "length": 1,
        "name": "eyes", "trigger_id": "x", "view": modal("x"),
    });
    let mut all = vec![good.clone()];
    for name in names {
        for value in &wrong {
            let mut args = good.clone();
            args[name] = value.clone();
            all.push(args);
        }
    }
    all
}

#[test]
fn no_nonsense_gets_an_error_that_the_method_does_not_have() {
    let (_, ts) = workspace();
    let methods: std::collections::BTreeSet<&str> =
        rows(&ts).into_iter().map(|(method, ..)| method).collect();
    for args in nonsense(&ts) {
        let (slack, _) = workspace();
        for method in &methods {
            let answer = slack.call(method, args.clone(), TOKEN);
            assert_ne!(answer.outcome(), "internal_error", "{method}: a name outside its row, see the log");
        }
    }
}

fn modal(title: &str) -> Value {
    json!({ "type": "modal", "title": { "type": "plain_text", "text": title }, "blocks": [] })
}

#[test]
fn every_call_that_goes_wrong_is_refused_by_its_documented_name() {
    let (slack, ts) = workspace();
    for (method, args, error) in rows(&ts) {
        let answer = slack.call(method, args.clone(), TOKEN);
        assert_eq!((answer.status, answer.outcome()), (200, error), "{method} {args}: {}", answer.body);
        assert_eq!(answer.body["ok"], false);
    }
}

#[test]
fn every_name_in_the_table_stands_in_the_file_of_its_method() {
    let Some(corpus) = std::env::var_os("CALLBOARD_CORPUS") else {
        println!("did not run: no directory with Slack's method files is set");
        return;
    };
    let folder = std::path::Path::new(&corpus).join("slack_reference/methods");
    let common =
        ["unknown_method", "missing_scope", "not_authed", "invalid_auth", "token_revoked", "ratelimited"];
    let mut compared = 0;
    for (method, _, error) in rows("1.1") {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{method}.json"))) else {
            println!("{method}: no file");
            continue;
        };
        let file: Value = serde_json::from_str(&text).unwrap();
        let in_examples = file["examples"].to_string().contains(&format!("\"{error}\""));
        let known = file["errors"].get(error).is_some() || in_examples || common.contains(&error);
        assert!(known, "{method} answers {error}, its file does not know it");
        compared += 1;
    }
    assert!(compared > 0, "no method file in {}", folder.display());
}

#[test]
fn a_token_is_asked_for_known_and_not_revoked() {
    let (slack, _) = workspace();
    assert_eq!(slack.call("auth.test", json!({}), "").outcome(), "invalid_auth");
    assert_eq!(slack.call("auth.test", json!({}), "xoxb-other").outcome(), "invalid_auth");
    slack.revoke_token(true);
    assert_eq!(slack.call("auth.test", json!({}), TOKEN).outcome(), "token_revoked");
    slack.revoke_token(false);
    assert_eq!(slack.call("auth.test", json!({}), TOKEN).outcome(), "ok");
    assert_eq!(slack.call("blocks.validate", json!({ "blocks": [] }), "").outcome(), "ok");
}

#[test]
fn a_missing_scope_is_named_together_with_those_that_are_there() {
    let settings =
        Settings { scopes: vec!["chat:write".into(), "channels:read".into()], ..Settings::default() };
    let slack = Emulator::new(settings, Arc::new(ManualClock::at(0)));
    for (method, args, needed) in [
        ("reactions.add", json!({}), "reactions:write"),
        ("conversations.list", json!({ "types": "im" }), "im:read"),
        (
            "conversations.history",
            json!({ "channel": "C02OPS" }),
            "channels:history,groups:history,im:history,mpim:history",
        ),
    ] {
        let body = slack.call(method, args, TOKEN).body;
        assert_eq!(body["error"], "missing_scope", "{method}");
        assert_eq!(
            (&body["needed"], &body["provided"]),
            (&json!(needed), &json!("chat:write,channels:read"))
        );
    }
}
