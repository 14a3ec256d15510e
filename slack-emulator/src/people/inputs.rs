//! Interactive elements: finding them, what using one says to the app, and the state of all of them (`state.values`).
//! <https://docs.slack.dev/reference/block-kit/block-elements>

use serde_json::{Map, Value, json};

use crate::blocks::each_element;
use crate::state::Message;

/// An element and its block's id.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) block_id: String,
    pub(super) element: Value,
}

/// All blocks of a message, those of attachments last.
pub(super) fn blocks_of(message: &Message) -> Vec<&Value> {
    let attached = message.attachments.iter().filter_map(|a| a["blocks"].as_array()).flatten();
    message.blocks.iter().chain(attached).collect()
}

pub(super) fn find(blocks: &[&Value], block_id: Option<&str>, action_id: &str) -> Option<Found> {
    let mut found = None;
    for block in blocks.iter().filter(|block| block_id.is_none_or(|id| block["block_id"] == id)) {
        each_element(block, &mut |element| {
            if found.is_none() && element["action_id"] == action_id {
                let block_id = block["block_id"].as_str().unwrap_or_default().to_owned();
                found = Some(Found { block_id, element: element.clone() });
            }
        });
    }
    found
}

/// What an element holds after it was used, in the form of `state.values`; `Err` if no person could have chosen that.
pub(super) fn chosen(
    element: &Value,
    chosen: &Map<String, Value>,
) -> Result<Map<String, Value>, &'static str> {
    let kind = element["type"].as_str().unwrap_or_default();
    let mut value = Map::from_iter([("type".to_owned(), Value::from(kind))]);
    let Some((name, _)) = field_of(kind) else { return Ok(value) };
    let given = chosen.get(name).cloned().unwrap_or(Value::Null);
    let given = match name {
        "selected_option" if given.is_null() => Value::Null,
        "selected_option" => option(element, &given)?,
        "selected_options" => match given {
            Value::Array(given) => {
                given.iter().map(|g| option(element, g)).collect::<Result<Vec<_>, _>>()?.into()
            }
            _ => json!([]),
        },
        _ => given,
    };
    value.insert(name.to_owned(), given);
    Ok(value)
}

/// The entry of `actions` for an element that was used.
pub(super) fn action(found: &Found, value: &Map<String, Value>, action_ts: &str) -> Value {
    let element = &found.element;
    let mut action = value.clone();
    action.insert("type".into(), element["type"].clone());
    action.insert("action_id".into(), element["action_id"].clone());
    action.insert("block_id".into(), found.block_id.clone().into());
    action.insert("action_ts".into(), action_ts.into());
    let copied: &[&str] = match element["type"].as_str() {
        Some("button" | "workflow_button") => {
            &["text", "value", "style", "url", "confirm", "accessibility_label"]
        }
        _ => &["placeholder", "confirm"],
    };
    for name in copied {
        if let Some(value) = element.get(*name) {
            action.insert((*name).into(), value.clone());
        }
    }
    Value::Object(action)
}

/// `state.values` of a message: every element that holds something.
pub(super) fn message_state(message: &Message) -> Map<String, Value> {
    state(&blocks_of(message), &message.state)
}

/// `state.values` of a view.
pub(super) fn view_state(view: &Value, typed: &Map<String, Value>) -> Map<String, Value> {
    let blocks: Vec<&Value> = view["blocks"].as_array().into_iter().flatten().collect();
    state(&blocks, typed)
}

fn state(blocks: &[&Value], typed: &Map<String, Value>) -> Map<String, Value> {
    let mut state = Map::new();
    for block in blocks {
        let Some(block_id) = block["block_id"].as_str() else { continue };
        let mut values = Map::new();
        each_element(block, &mut |element| {
            let kind = element["type"].as_str().unwrap_or_default();
            let (Some((name, initial)), Some(action_id)) = (field_of(kind), element["action_id"].as_str())
            else {
                return;
            };
            if kind == "overflow" {
                return;
            }
            let empty = if name.ends_with('s') { json!([]) } else { Value::Null };
            let start = element.get(initial).cloned().unwrap_or(empty);
            let held = typed.get(block_id).and_then(|block| block.get(action_id)).cloned();
            values.insert(action_id.into(), held.unwrap_or_else(|| json!({ "type": kind, name: start })));
        });
        if !values.is_empty() {
            state.insert(block_id.into(), values.into());
        }
    }
    state
}

/// Whether a required input of this value is still empty.
pub(super) fn is_empty(value: &Value) -> bool {
    let Some((name, _)) = value["type"].as_str().and_then(field_of) else { return false };
    match value.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

/// Where an element keeps its value, and where its first value stands.
fn field_of(kind: &str) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => {
            ("value", "initial_value")
        }
        "rich_text_input" => ("rich_text_value", "initial_value"),
        "static_select" | "external_select" | "radio_buttons" | "overflow" => {
            ("selected_option", "initial_option")
        }
        "multi_static_select" | "multi_external_select" | "checkboxes" => {
            ("selected_options", "initial_options")
        }
        "users_select" => ("selected_user", "initial_user"),
        "multi_users_select" => ("selected_users", "initial_users"),
        "channels_select" => ("selected_channel", "initial_channel"),
        "multi_channels_select" => ("selected_channels", "initial_channels"),
        "conversations_select" => ("selected_conversation", "initial_conversation"),
        "multi_conversations_select" => ("selected_conversations", "initial_conversations"),
        "datepicker" => ("selected_date", "initial_date"),
        "timepicker" => ("selected_time", "initial_time"),
        "datetimepicker" => ("selected_date_time", "initial_date_time"),
        "file_input" => ("files", "initial_files"),
        _ => return None,
    })
}

/// The option that is meant, by its value or as a whole; of a fixed list it must be one.
fn option(element: &Value, given: &Value) -> Result<Value, &'static str> {
    let value = given.as_str().or_else(|| given["value"].as_str());
    if matches!(element["type"].as_str(), Some("external_select" | "multi_external_select")) {
        return Ok(given.clone());
    }
    let grouped =
        element["option_groups"].as_array().into_iter().flatten().filter_map(|g| g["options"].as_array());
    let mut options = element["options"].as_array().into_iter().chain(grouped).flatten();
    options
        .find(|option| value.is_some() && option["value"].as_str() == value)
        .cloned()
        .ok_or("no_such_option")
}
