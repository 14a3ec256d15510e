//! `blocks.validate`: Slack's public judge of blocks, messages and views, which needs no token.
//! <https://docs.slack.dev/reference/methods/blocks.validate>

use serde_json::{Map, Value, json};

use crate::answer::{Outcome, Refusal, refuse};
use crate::args::Args;
use crate::blocks::{self, Fault, Surface};
use crate::workspace::Workspace;

/// Judges exactly one of `blocks`, `view` and `message`.
pub(crate) fn validate(_: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let given: Vec<&str> = ["blocks", "view", "message"].into_iter().filter(|name| args.has(name)).collect();
    let [name] = given.as_slice() else {
        let one = "must provide exactly one of `blocks`, `view`, or `message`".to_owned();
        return Err(refuse("invalid_arguments").because(&[one]));
    };
    let Ok(Some(value)) = args.json(name) else {
        return Err(refuse("invalid_arguments").because(&[format!("`{name}` must be valid JSON")]));
    };
    match *name {
        "view" => judge(refuse("invalid_view"), blocks::check_view(&value)),
        "message" => judge(refuse("invalid_message"), message(&value)),
        _ => judge(refuse("invalid_blocks"), list(&value, Surface::Any)),
    }
}

fn list(value: &Value, surface: Surface) -> Vec<Fault> {
    match value {
        Value::Array(blocks) => blocks::check_blocks(blocks, surface),
        _ => vec![Fault::at("", "must be an array")],
    }
}

fn message(value: &Value) -> Vec<Fault> {
    let items = |name: &str| value[name].as_array().map(Vec::as_slice).unwrap_or_default();
    if !value.is_object() {
        return vec![Fault::at("", "must be an object")];
    }
    blocks::check_message(items("blocks"), items("attachments"), Surface::Message)
}

fn judge(refusal: Refusal, faults: Vec<Fault>) -> Outcome {
    if faults.is_empty() {
        return Ok(Map::new());
    }
    let errors: Vec<Value> = faults
        .iter()
        .map(|fault| {
            let mut error =
                json!({ "code": "failed_constraint", "message": fault.message, "pointer": fault.pointer });
            if let (Some((kind, expected)), Value::Object(fields)) = (&fault.constraint, &mut error) {
                fields.insert("constraint".into(), json!({ "type": kind, "expected": expected }));
            }
            error
        })
        .collect();
    Err(refusal.with("errors", errors.into()))
}
