//! Block Kit's limits, as `blocks.validate` judges them: one row per limit, at the limit and one over.

use std::sync::Arc;

use serde_json::{Value, json};
use slack_emulator::{Emulator, ManualClock, Settings};

fn judge(name: &str, value: &Value) -> Value {
    let settings = Settings { rate_limits: false, ..Settings::default() };
    Emulator::new(settings, Arc::new(ManualClock::at(0)))
        .call("blocks.validate", json!({ name: value }), "")
        .body
}

fn chars(n: usize) -> String {
    // Slack counts code points; two bytes each catch a count of bytes.
    "é".repeat(n)
}

fn plain(n: usize) -> Value {
    json!({ "type": "plain_text", "text": chars(n) })
}

fn mrkdwn(n: usize) -> Value {
    json!({ "type": "mrkdwn", "text": chars(n) })
}

fn option(n: usize) -> Value {
    json!({ "text": plain(n), "value": n.to_string() })
}

fn actions(element: Value) -> Value {
    json!({ "type": "actions", "elements": [element] })
}

fn button(fields: Value) -> Value {
    let mut button = json!({ "type": "button", "text": plain(1), "action_id": "a" });
    button.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    actions(button)
}

fn input(element: Value) -> Value {
    json!({ "type": "input", "label": plain(1), "element": element })
}

fn confirm(name: &str, n: usize) -> Value {
    let mut confirm = json!({ "title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1) });
    confirm[name] = plain(n);
    button(json!({ "confirm": confirm }))
}

fn chart(fields: Value) -> Value {
    json!({ "type": "data_visualization", "title": "t", "chart": fields })
}

type Row = (&'static str, usize, fn(usize) -> Value);

/// What is limited, the limit, and a block that uses so much of it.
const LIMITS: &[Row] = &[
    ("section text", 3_000, |n| json!({ "type": "section", "text": mrkdwn(n) })),
    ("section fields", 10, |n| json!({ "type": "section", "fields": vec![mrkdwn(1); n] })),
    ("section field", 2_000, |n| json!({ "type": "section", "fields": [mrkdwn(n)] })),
    ("header", 150, |n| json!({ "type": "header", "text": plain(n) })),
    ("context elements", 10, |n| json!({ "type": "context", "elements": vec![mrkdwn(1); n] })),
    ("context text", 3_000, |n| json!({ "type": "context", "elements": [mrkdwn(n)] })),
    ("actions elements", 25, |n| {
        let button = |i: usize| json!({ "type": "button", "text": plain(1), "action_id": i.to_string() });
        json!({ "type": "actions", "elements": (0..n).map(button).collect::<Vec<_>>() })
    }),
    ("button text", 75, |n| button(json!({ "text": plain(n) }))),
    ("button value", 2_000, |n| button(json!({ "value": chars(n) }))),
    ("button url", 3_000, |n| button(json!({ "url": chars(n) }))),
    ("accessibility label", 75, |n| button(json!({ "accessibility_label": chars(n) }))),
    ("action_id", 255, |n| button(json!({ "action_id": chars(n) }))),
    ("block_id", 255, |n| json!({ "type": "divider", "block_id": chars(n) })),
    ("confirm title", 100, |n| confirm("title", n)),
    ("confirm text", 300, |n| confirm("text", n)),
    ("confirm yes", 30, |n| confirm("confirm", n)),
    ("confirm no", 30, |n| confirm("deny", n)),
    ("options", 100, |n| actions(json!({ "type": "static_select", "options": vec![option(1); n] }))),
    ("option groups", 100, |n| {
        let group = json!({ "label": plain(1), "options": [option(1)] });
        actions(json!({ "type": "static_select", "option_groups": vec![group; n] }))
    }),
    ("option text", 75, |n| actions(json!({ "type": "static_select", "options": [option(n)] }))),
    ("option value", 75, |n| {
        actions(json!({ "type": "overflow", "options": [{ "text": plain(1), "value": chars(n) }] }))
    }),
    ("option description", 75, |n| {
        let option = json!({ "text": plain(1), "value": "v", "description": plain(n) });
        actions(json!({ "type": "overflow", "options": [option] }))
    }),
    ("overflow options", 5, |n| actions(json!({ "type": "overflow", "options": vec![option(1); n] }))),
    ("radio options", 10, |n| actions(json!({ "type": "radio_buttons", "options": vec![option(1); n] }))),
    ("checkboxes", 10, |n| actions(json!({ "type": "checkboxes", "options": vec![option(1); n] }))),
    ("placeholder", 150, |n| actions(json!({ "type": "users_select", "placeholder": plain(n) }))),
    ("image url", 3_000, |n| json!({ "type": "image", "image_url": chars(n), "alt_text": "a" })),
    ("image alt", 2_000, |n| json!({ "type": "image", "image_url": "u", "alt_text": chars(n) })),
    (
        "image title",
        2_000,
        |n| json!({ "type": "image", "image_url": "u", "alt_text": "a", "title": plain(n) }),
    ),
    (
        "input label",
        2_000,
        |n| json!({ "type": "input", "label": plain(n), "element": { "type": "plain_text_input" } }),
    ),
    (
        "input hint",
        2_000,
        |n| json!({ "type": "input", "label": plain(1), "hint": plain(n), "element": { "type": "plain_text_input" } }),
    ),
    ("input value", 3_000, |n| input(json!({ "type": "plain_text_input", "initial_value": chars(n) }))),
    ("markdown", 12_000, |n| json!({ "type": "markdown", "text": chars(n) })),
    (
        "table rows",
        100,
        |n| json!({ "type": "table", "rows": vec![[{ json!({ "type": "raw_text", "text": "x" }) }]; n] }),
    ),
    (
        "table columns",
        20,
        |n| json!({ "type": "table", "rows": [vec![json!({ "type": "raw_text", "text": "x" }); n]] }),
    ),
    ("chart title", 50, |n| {
        let pie = json!({ "type": "pie", "segments": [{ "label": "x", "value": 1 }] });
        json!({ "type": "data_visualization", "title": chars(n), "chart": pie })
    }),
    ("chart label", 20, |n| chart(json!({ "type": "pie", "segments": [{ "label": chars(n), "value": 1 }] }))),
    ("pie segments", 12, |n| {
        chart(json!({ "type": "pie", "segments": vec![json!({ "label": "x", "value": 1 }); n] }))
    }),
    ("chart series", 12, |n| {
        let series = |i: usize| json!({ "name": i.to_string(), "data": [{ "label": "x", "value": 1.5 }] });
        let series: Vec<Value> = (0..n).map(series).collect();
        chart(json!({ "type": "line", "series": series, "axis_config": { "categories": ["x"] } }))
    }),
    ("chart points", 20, |n| {
        let labels: Vec<String> = (0..n).map(|i| i.to_string()).collect();
        let data: Vec<Value> = labels.iter().map(|label| json!({ "label": label, "value": 1 })).collect();
        let series = [json!({ "name": "s", "data": data })];
        chart(json!({ "type": "bar", "series": series, "axis_config": { "categories": labels } }))
    }),
];

#[test]
fn every_limit_holds_at_the_limit_and_breaks_one_over() {
    for (what, limit, block) in LIMITS {
        let at = judge("blocks", &json!([block(*limit)]));
        assert_eq!(at, json!({ "ok": true }), "{what} at {limit}");
        let over = judge("blocks", &json!([block(limit + 1)]));
        assert_eq!(over["error"], "invalid_blocks", "{what} at {}", limit + 1);
        let expected = &over["errors"][0]["constraint"]["expected"];
        assert_eq!(expected, &json!(limit), "{what}: {over}");
    }
}

#[test]
fn a_chart_has_a_value_for_each_category_and_a_name_for_each_series() {
    let series = |name: &str, labels: &[&str]| {
        let data: Vec<Value> = labels.iter().map(|label| json!({ "label": label, "value": 1 })).collect();
        json!({ "name": name, "data": data })
    };
    for (what, all, pointer) in [
        ("a missing value", vec![series("a", &["x", "y"]), series("b", &["x"])], "/0/chart/series/1/data"),
        ("an unknown label", vec![series("a", &["x", "z"])], "/0/chart/series/0/data"),
        ("a label twice", vec![series("a", &["x", "x"])], "/0/chart/series/0/data"),
        ("a name twice", vec![series("a", &["x", "y"]), series("a", &["x", "y"])], "/0/chart/series/1/name"),
    ] {
        let block =
            chart(json!({ "type": "area", "series": all, "axis_config": { "categories": ["x", "y"] } }));
        let judged = judge("blocks", &json!([block]));
        assert_eq!(judged["errors"][0]["pointer"], pointer, "{what}: {judged}");
    }
}

#[test]
fn what_is_malformed_is_pointed_at() {
    let two = |a: Value, b: Value| json!([a, b]);
    let with_action = |id: &str| json!({ "type": "button", "text": plain(1), "action_id": id });
    for (what, blocks, pointer) in [
        ("an unknown type", json!([{ "type": "nonsense" }]), "/0/type"),
        ("no type", json!([{}]), "/0"),
        ("no text", json!([{ "type": "section" }]), "/0"),
        ("an empty text", json!([{ "type": "section", "text": plain(0) }]), "/0/text/text"),
        ("markup in a header", json!([{ "type": "header", "text": mrkdwn(1) }]), "/0/text/type"),
        ("an unknown field", json!([{ "type": "divider", "colour": "red" }]), "/0"),
        ("an unknown style", json!([button(json!({ "style": "loud" }))]), "/0/elements/0/style"),
        ("an image without alt text", json!([{ "type": "image", "image_url": "u" }]), "/0"),
        (
            "an input where none may be",
            json!([actions(json!({ "type": "plain_text_input" }))]),
            "/0/elements/0/type",
        ),
        (
            "two blocks of one id",
            two(json!({ "type": "divider", "block_id": "b" }), json!({ "type": "divider", "block_id": "b" })),
            "/1/block_id",
        ),
        (
            "two actions of one id in a block",
            json!([{ "type": "actions", "elements": [with_action("a"), with_action("a")] }]),
            "/0",
        ),
        (
            "a pie with an empty piece",
            json!([chart(json!({ "type": "pie", "segments": [{ "label": "x", "value": 0 }] }))]),
            "/0/chart/segments/0/value",
        ),
        ("a block that is a text", json!(["text"]), "/0"),
    ] {
        let answer = judge("blocks", &blocks);
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{what}: {answer}");
        assert_eq!(answer["errors"][0]["code"], "failed_constraint");
    }
    let rows = two(actions(with_action("a")), actions(with_action("a")));
    assert_eq!(judge("blocks", &rows)["ok"], true, "rows of a list may repeat their actions");
}

#[test]
fn a_view_has_limits_of_its_own() {
    let view = |fields: Value| {
        let mut view = json!({ "type": "modal", "title": plain(24), "blocks": [] });
        view.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        judge("view", &view)
    };
    assert_eq!(view(json!({ "submit": plain(24), "private_metadata": chars(3_000) }))["ok"], true);
    let ask = input(json!({ "type": "plain_text_input" }));
    assert_eq!(view(json!({ "blocks": [ask], "submit": plain(4) }))["ok"], true);
    for (fields, message) in [
        (json!({ "title": plain(25) }), "must be less than 25 characters"),
        (json!({ "close": plain(25) }), "must be less than 25 characters"),
        (json!({ "private_metadata": chars(3_001) }), "must be less than 3001 characters"),
        (json!({ "blocks": vec![json!({ "type": "divider" }); 101] }), "no more than 100 items allowed"),
        (json!({ "blocks": [ask] }), "missing required field: submit"),
        (json!({ "blocks": [{ "type": "markdown", "text": "x" }] }), "unsupported type: markdown"),
    ] {
        assert_eq!(view(fields)["errors"][0]["message"], message);
    }
}

#[test]
fn a_refused_message_says_where_in_slacks_words() {
    let slack = Emulator::new(Settings::default(), Arc::new(ManualClock::at(0)));
    let blocks = json!([{ "type": "section", "text": mrkdwn(3_001) }]);
    let answer =
        slack.call("chat.postMessage", json!({ "channel": "ops", "blocks": blocks }), "xoxb-emulator").body;
    let sentence = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]";
    assert_eq!(answer["errors"], json!([sentence]));
    assert_eq!(answer["response_metadata"]["messages"], json!([format!("[ERROR] {sentence}")]));
}

#[test]
fn rich_text_tables_and_charts_as_slack_documents_them_pass() {
    let rich = json!({ "type": "rich_text", "elements": [
        { "type": "rich_text_section", "elements": [
            { "type": "text", "text": "a", "style": { "bold": true } }, { "type": "user", "user_id": "U1" },
            { "type": "link", "url": "https://example.com", "text": "b" }, { "type": "emoji", "name": "tada" },
            { "type": "broadcast", "range": "here" } ] },
        { "type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [
            { "type": "rich_text_section", "elements": [{ "type": "text", "text": "c" }] } ] },
        { "type": "rich_text_quote", "elements": [{ "type": "text", "text": "d" }] },
        { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": "e" }], "border": 0 } ] });
    let cell = json!({ "type": "raw_text", "text": "x" });
    let rich_cell = json!({ "type": "rich_text", "elements": [
        { "type": "rich_text_section", "elements": [{ "type": "text", "text": "y" }] } ] });
    let table =
        json!({ "type": "table", "rows": [[cell, rich_cell]], "column_settings": [{ "is_wrapped": true }] });
    assert_eq!(judge("blocks", &json!([rich, table])), json!({ "ok": true }));
    let two_tables = judge("blocks", &json!([table, table]));
    assert_eq!(two_tables["errors"][0]["message"], "no more than 1 table blocks allowed");
}
