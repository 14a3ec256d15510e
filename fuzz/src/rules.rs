//! What a team writes: expressions, templates, config files, mapping files. Whatever stands in them, they are taken or refused
//! with a place and a word, and what is taken does bounded work.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::json;
use shared::config::Config;
use shared::core::expression::{Context, Expression, ExpressionError, Template};
use shared::core::raw::Raw;
use shared::core::signal::Signal;
use shared::sources::Sources;

use crate::seams::{now, sources};

/// The longest text that one evaluation makes, in bytes.
const LONGEST: usize = 1024 * 1024;

/// What an expression may see: texts, numbers, lists and maps, some of them large.
static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    Context::new(&json!({
        "title": "Disk full", "text": "x".repeat(10_000), "severity": "critical", "status": "firing", "kind": "alarm",
        "labels": { "service": "payments", "region": "eu-west-1" }, "facts": ["93 % > 80 %"], "key": "disk", "value": 1e308,
        "body": { "alerts": [{ "status": "firing", "labels": {} }], "list": (0..1_000).collect::<Vec<u32>>(), "nothing": null },
        "item": { "a": [1, -1, 0.5, "b", null, [], {}] }, "headers": { "x-github-event": "push" },
    }))
});

/// A condition, as in `when:`.
pub fn expression(input: &[u8]) {
    let Ok(source) = std::str::from_utf8(input) else { return };
    match Expression::compile(source) {
        Err(error) => told(&error, source),
        Ok(expression) => {
            assert!(expression.names().len() <= source.len());
            if let Err(error) = expression.eval_bool(&CONTEXT) {
                told(&error, source);
            }
            let text = expression.eval_string(&CONTEXT).ok().flatten().unwrap_or_default();
            assert!(text.len() <= LONGEST, "{} bytes", text.len());
            if let Ok(data) = expression.eval(&CONTEXT) {
                data.entries();
                data.elements();
            }
        }
    }
}

/// A text with places to fill.
pub fn template(input: &[u8]) {
    let Ok(source) = std::str::from_utf8(input) else { return };
    match Template::compile(source) {
        Err(error) => told(&error, source),
        Ok(template) => {
            assert!(template.names().len() <= source.len());
            match template.render(&CONTEXT) {
                Ok(text) => assert!(text.len() <= LONGEST, "{} bytes", text.len()),
                Err(error) => told(&error, source),
            }
        }
    }
}

/// A whole config file: every fault has a word, and a file without one routes.
pub fn config(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Config::from_yaml(text) {
        Err(faults) => {
            assert!(!faults.is_empty(), "a refusal says why");
            for fault in faults {
                assert!(!fault.message.trim().is_empty(), "{fault:?}");
                assert!(fault.to_string().len() <= 4 * text.len() + 2_000, "a fault is no copy of the file");
            }
        }
        Ok(config) => {
            for signal in signals(sources()) {
                let decisions = config.routes.decide(&signal);
                assert!(!decisions.is_empty(), "nothing is without a route");
                for decision in decisions {
                    assert!(!decision.channels.is_empty(), "{decision:?}");
                    assert!(decision.group.len() <= LONGEST);
                }
            }
            for source in ["github", "nobody", ""] {
                let _told = config.source(source);
            }
        }
    }
}

/// A mapping file of a team's own, which then reads everybody's payloads.
pub fn mapping(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let file = [("own".to_owned(), text.to_owned())];
    match Sources::builtin().unwrap().with_user_files(&file) {
        Err(error) => assert!(!error.message.trim().is_empty()),
        Ok(sources) => {
            for fault in sources.faults() {
                assert_eq!(fault.source_name, "own");
                told(&fault.error, text);
            }
            for signal in signals(&sources) {
                assert!(!signal.title.is_empty() && !signal.key.is_empty());
            }
        }
    }
}

/// An error is short and points into the source.
fn told(error: &ExpressionError, source: &str) {
    assert!(!error.message.is_empty() && error.message.chars().count() <= 300, "{error:?}");
    assert!(error.line >= 1 && error.line <= source.lines().count() + 1, "{error:?}");
    assert!(error.column >= 1 && error.column <= source.chars().count() + 1, "{error:?}");
}

/// What the built-in payloads are by these sources.
fn signals(sources: &Sources) -> Vec<Signal> {
    let payloads = [
        (Some("cloudwatch"), include_str!("../../events/cloudwatch/alarm.json")),
        (Some("own"), include_str!("../../events/alertmanager/firing.json")),
        (Some("own"), r#"{"title":"Disk full","severity":"critical","list":[1,2,3],"none":null}"#),
        (None, "Backup failed"),
    ];
    let raw = |(source, body): (Option<&str>, &str)| Raw {
        id: "delivery".to_owned(),
        source: source.map(str::to_owned),
        headers: BTreeMap::new(),
        body: body.to_owned(),
        received_at: now(),
        note: None,
    };
    payloads.into_iter().map(raw).flat_map(|raw| sources.map(&raw).signals).collect()
}
