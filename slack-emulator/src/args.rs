//! The arguments of a Web API call, however they came: JSON body, form body or query. Slack takes arrays and objects in a
//! form as JSON strings, numbers and booleans as text, and lists as comma separated text; so does this.

use serde_json::{Map, Value};

/// Arguments by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args(Map<String, Value>);

impl From<Map<String, Value>> for Args {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl Args {
    /// Arguments from a form or query (`a=1&b=2`), added to these.
    pub(crate) fn add_form(&mut self, form: &[u8]) {
        for (name, value) in form_urlencoded::parse(form) {
            self.0.insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    /// Arguments from a JSON object, added to these; `false` if it is none.
    pub(crate) fn add_json(&mut self, body: &[u8]) -> bool {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => {
                self.0.extend(map);
                true
            }
            _ => false,
        }
    }

    /// Removes and returns the token, so that no handler and no log sees it.
    pub(crate) fn take_token(&mut self) -> Option<String> {
        match self.0.remove("token") {
            Some(Value::String(token)) => Some(token),
            _ => None,
        }
    }

    /// The text of an argument; empty counts as not given. Numbers count as their text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Whether an argument was given, even empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// A yes or no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    /// A whole number, if it is one.
    pub(crate) fn whole(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// A structured argument: an array or object, or a string that holds one. `Err(())` if the string is no JSON.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, NotJson> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| NotJson),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// A list of ids: an array, or comma separated text.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(String::from).collect(),
            Some(Value::String(text)) => {
                if let Ok(items) = serde_json::from_str::<Vec<String>>(text) {
                    return items;
                }
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(String::from).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A structured argument could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;
