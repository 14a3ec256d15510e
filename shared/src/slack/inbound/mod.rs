//! What people did, read from the requests that Slack sends: `command` (slash commands), `interaction` (buttons, menus and
//! forms), `event` (messages, emoji, the home tab). Verify the signature first; nothing here looks at it.
//!
//! Tolerant on purpose: fields that we do not know are ignored, kinds that we do not know become `Other`, so that nothing
//! Slack adds can break us. What we do need and do not find is an error that names the field, and never shows its value.
//! To read one more thing: a field here and a row in its test. What it means for an incident must not enter.

mod command;
mod event;
mod interaction;

use serde_json::Value;

pub use self::command::{Command, SlashCommand};
pub use self::event::{Delivery, Event, HomeOpened, Inbound, Mention, Message, Reaction};
pub use self::interaction::{Click, Closed, Interaction, Submission};

/// Why a request cannot be read. Answer 400: Slack does not send such things.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InboundError {
    /// The body is not the JSON (or does not hold the JSON) that it should be.
    #[error("{field} is not JSON")]
    NotJson {
        /// `body`, or the form field.
        field: &'static str,
    },
    /// Something that has to be there is missing, or of another type.
    #[error("the field {field} is missing or not what it should be")]
    Missing {
        /// The field, as a path with dots.
        field: &'static str,
    },
}

/// Reads JSON values by a path with dots: `channel.id`.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a Value);

impl<'a> Fields<'a> {
    fn value(self, path: &str) -> Option<&'a Value> {
        path.split('.').try_fold(self.0, |value, name| match name.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value.get(name),
        })
    }

    /// The text there; empty counts as absent, as Slack sends both.
    fn text(self, path: &str) -> Option<String> {
        self.value(path)?.as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned)
    }

    /// The text there, or an error that names it.
    fn need(self, path: &'static str) -> Result<String, InboundError> {
        self.text(path).ok_or(InboundError::Missing { field: path })
    }

    /// The first of these that is there.
    fn first(self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// The objects in the list there.
    fn list(self, path: &str) -> impl Iterator<Item = Fields<'a>> {
        self.value(path).and_then(Value::as_array).into_iter().flatten().map(Fields)
    }
}
