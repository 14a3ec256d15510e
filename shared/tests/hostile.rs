//! What must hold for any payload whatever, from whomever: never a panic, always a bounded signal or a reason.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use shared::core::raw::Raw;
use shared::core::signal::Signal;
use shared::sources::{Mapped, Sources};

static SOURCES: LazyLock<Sources> = LazyLock::new(|| Sources::builtin().unwrap());

/// Nobody's, somebody's whom nobody knows, and every source.
static NAMES: LazyLock<Vec<Option<String>>> = LazyLock::new(|| {
    let known = SOURCES.names().map(str::to_owned);
    std::iter::once(None).chain(known.chain(["nobody".to_owned()]).map(Some)).collect()
});

fn map(source: Option<&str>, body: impl Into<String>) -> Mapped {
    SOURCES.map(&Raw {
        id: "delivery".to_owned(),
        source: source.map(str::to_owned),
        headers: BTreeMap::new(),
        body: body.into(),
        received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        note: None,
    })
}

/// What must hold for every signal, whatever it was made of.
fn check(signal: &Signal) {
    let count = |text: &str| text.chars().count();
    assert!(!signal.title.trim().is_empty());
    assert!(!signal.key.is_empty() && count(&signal.key) <= 300, "{}", count(&signal.key));
    assert!(count(&signal.title) <= 250 && !signal.title.contains('\n'), "{:?}", signal.title);
    assert!(count(&signal.text) <= 20_000);
    assert!(
        signal.facts.len() <= 10 && signal.facts.iter().all(|fact| !fact.is_empty() && count(fact) <= 200)
    );
    assert!(signal.labels.len() <= 64);
    assert!(
        signal
            .labels
            .iter()
            .all(|(name, value)| count(name) <= 64 && count(value) <= 256 && !value.is_empty())
    );
    assert!(signal.links.len() <= 5);
    assert!(
        signal.links.iter().all(|link| link.url.starts_with("http://") || link.url.starts_with("https://"))
    );
    let whole = serde_json::to_string(signal).unwrap();
    assert!(whole.len() < 200_000, "{}", whole.len());
    let unseen = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(![&signal.title, &signal.text].into_iter().any(|text| text.contains(unseen)));
}

#[test]
fn hostile_bodies_give_signals_and_nothing_else() {
    let notification = |message: Value| json!({ "Type": "Notification", "TopicArn": "t", "MessageId": "m", "Message": message });
    let sns_as_text =
        (0..8).fold(json!("the end"), |inner, _| notification(notification(inner).to_string().into()));
    // Nested as JSON and not as text it can be 120 deep without doubling in size.
    let sns_as_json = (0..120).fold(json!("the end"), |inner, _| notification(inner));
    let sns_300 = r#"{"Type":"Notification","TopicArn":"t","Message":"#.repeat(300) + "1" + &"}".repeat(300);
    let record = json!({ "eventSource": "aws:sqs", "messageId": "m", "body": "hello" });
    let alert = json!({ "status": "firing", "labels": {} });
    let keys: String = (0..100_000).map(|n| format!("\"k{n}\":{n},")).collect();
    for (what, body) in [
        ("nothing", String::new()),
        ("blanks", " \n\t".to_owned()),
        ("null", "null".to_owned()),
        ("a number", "42".to_owned()),
        ("an empty map", "{}".to_owned()),
        ("an empty list", "[]".to_owned()),
        ("a list of nothing", "[[],[],null]".to_owned()),
        ("10,000 deep lists", "[".repeat(10_000) + &"]".repeat(10_000)),
        ("10,000 deep maps", "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000)),
        ("a megabyte of text", "a".repeat(1 << 20)),
        ("a megabyte of lines", "a\n".repeat(1 << 19)),
        ("a megabyte in a field", json!({ "title": "a".repeat(1 << 20), "text": "b ".repeat(1 << 19) }).to_string()),
        ("100,000 keys", format!("{{{keys}\"end\":1}}")),
        ("NUL", "{\"title\":\"a\\u0000b\",\"text\":\"\\u0000\"}".to_owned()),
        ("NUL in text", "a\0b".to_owned()),
        ("replaced bytes", "\u{FFFD}\u{FFFD}{".to_owned()),
        ("doubled keys", r#"{"title":"a","title":"b","title":{"c":1}}"#.to_owned()),
        ("NaN", r#"{"value":NaN}"#.to_owned()),
        ("a huge number", r#"{"title":"x","value":1e999}"#.to_owned()),
        ("a lone surrogate", r#"{"title":"\ud800"}"#.to_owned()),
        ("SNS in SNS as text", sns_as_text.to_string()),
        ("SNS in SNS as JSON", sns_as_json.to_string()),
        ("300 SNS in SNS", sns_300),
        ("5,000 records", json!({ "Records": vec![record; 5_000] }).to_string()),
        ("5,000 alerts", json!({ "groupKey": "g", "groupLabels": {}, "alerts": vec![alert; 5_000] }).to_string()),
        ("a string of JSON of a string", json!(json!(json!("{}").to_string()).to_string()).to_string()),
        ("a form", "a=1&title=Hello%20world&%00=%FF".to_owned()),
        ("wrong types", json!({ "AlarmName": {}, "alerts": 1, "detail": "x", "labels": [1], "tags": { "a": {} } }).to_string()),
        ("an alarm of wrong types", json!({ "AlarmName": "a", "NewStateValue": "ALARM", "Trigger": [], "AlarmArn": 1, "NewStateReason": {} }).to_string()),
        ("an event of wrong types", json!({ "detail-type": [], "source": 1, "detail": [], "resources": "x", "region": {} }).to_string()),
        ("a message of parts", format!("From: a@b.c\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(50_000))),
        ("a message of headers", format!("From: a@b.c\nSubject: {}\n{}", "x".repeat(1_000), "X-A: b\n".repeat(100_000))),
        ("messages in a message", format!("From: a@b.c\nSubject: x\n{}", "Content-Type: message/rfc822\n\nFrom: a@b.c\nSubject: x\n".repeat(2_000))),
        ("a mail of wrong types", json!({ "mail": { "messageId": [], "commonHeaders": 1, "headers": {} }, "receipt": { "action": [], "spamVerdict": 1 }, "content": "x" }).to_string()),
        ("mail in mail", json!({ "mail": { "messageId": "m" }, "receipt": {}, "content": json!({ "mail": { "messageId": "m" }, "receipt": {}, "content": "" }).to_string() }).to_string()),
        ("turned text", "{\"title\":\"\u{202E}\u{2066}\u{200B}\"}".to_owned()),
    ] {
        // What is long is long for everybody: not every mapping needs to read it.
        let step = if body.len() > 10_000 { 20 } else { 1 };
        for source in NAMES.iter().step_by(step) {
            let mapped = map(source.as_deref(), body.clone());
            let count = mapped.signals.len();
            let skipped = mapped.skipped.is_some();
            assert!((1..=1_000).contains(&count) || (count == 0 && skipped), "{what} to {source:?}: {count}");
            mapped.signals.iter().for_each(check);
        }
    }
}

/// Everything that stands somewhere in a value, by its JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            places(value, &format!("{at}/{name}"), found);
        }),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found))
        }
        _ => {}
    }
}

#[test]
fn a_payload_with_something_else_in_it_than_its_sender_writes_gives_bounded_signals() {
    let others = [
        json!(null),
        json!(7),
        json!(""),
        json!("\u{202E}<!channel> %{x}"),
        json!(true),
        json!([]),
        json!({}),
        json!([[null], {}]),
        json!({ "name": [1], "": "x" }),
        json!("x".repeat(3_000)),
    ];
    let (mut tried, mut turn) = (0, 0);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../events");
    for folder in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let text = fs::read_to_string(&file).unwrap();
            let Ok(body) = serde_json::from_str::<Value>(&text) else { continue };
            let mut found = Vec::new();
            places(&body, "", &mut found);
            // Every place of a small payload, some of a large one; what stands there goes round.
            let step = 1 + found.len() / 12;
            for place in found.iter().skip(turn % step).step_by(step) {
                let mut changed = body.clone();
                *changed.pointer_mut(place).unwrap() = others[turn % others.len()].clone();
                turn += 1;
                let mapped = map(Some(&name), changed.to_string());
                assert!(
                    mapped.skipped.is_some() == mapped.signals.is_empty(),
                    "{} at {place}",
                    file.display()
                );
                mapped.signals.iter().for_each(check);
                tried += 1;
            }
        }
    }
    assert!(tried > 5_000, "{tried}");
}

/// Any JSON: nested, with the names that mappings look for among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "title",
        "status",
        "state",
        "severity",
        "message",
        "alerts",
        "labels",
        "annotations",
        "detail",
        "detail-type",
        "source",
        "AlarmName",
        "NewStateValue",
        "Trigger",
        "Type",
        "TopicArn",
        "Message",
        "Records",
        "Sns",
        "url",
        "tags",
        "workflow_run",
        "repository",
        "action",
        "groupKey",
        "groupLabels",
        "timestamp",
        "payload",
        "resources",
        "dedup_key",
    ]);
    let name = prop_oneof![3 => names.prop_map(str::to_owned), 1 => ".{0,12}".boxed()];
    let text = prop_oneof![
        "\\PC{0,40}",
        ".{0,40}",
        Just("firing".to_owned()),
        Just("https://example.com/x".to_owned())
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        let map = prop::collection::btree_map(name.clone(), inner.clone(), 0..8);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            map.prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_gives_bounded_signals(body in any_json(), source in prop::sample::select(NAMES.as_slice())) {
        let mapped = map(source.as_deref(), body.to_string());
        prop_assert!(mapped.skipped.is_some() == mapped.signals.is_empty());
        mapped.signals.iter().for_each(check);
        // The same delivery gives the same signals.
        prop_assert_eq!(mapped, map(source.as_deref(), body.to_string()));
    }

    #[test]
    fn any_text_gives_bounded_signals(body in ".{0,300}") {
        let mapped = map(None, body);
        prop_assert!(!mapped.signals.is_empty());
        mapped.signals.iter().for_each(check);
    }
}
