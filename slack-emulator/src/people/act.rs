//! The acts themselves, as data: what a page or a test may ask for on behalf of a person, and what it is told then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Something that a person does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Act {
    /// Writes into a channel or thread; text that begins with a known slash command runs it.
    Message {
        /// Channel id or name.
        channel: String,
        /// As typed: `@ana`, `#ops` and addresses become links.
        text: String,
        /// The thread's root.
        #[serde(default)]
        thread_ts: Option<String>,
    },
    /// Runs a slash command.
    Command {
        /// Channel id or name.
        channel: String,
        /// With the slash.
        command: String,
        /// What follows it.
        #[serde(default)]
        text: String,
    },
    /// Uses a button, select, picker, ... of a message (`channel` and `ts`) or of an open view (`view`).
    Click {
        /// Channel id or name.
        #[serde(default)]
        channel: Option<String>,
        /// The message.
        #[serde(default)]
        ts: Option<String>,
        /// The open modal's id, or `home`.
        #[serde(default)]
        view: Option<String>,
        /// The block; if it is missing, the first element with the action id is taken.
        #[serde(default)]
        block_id: Option<String>,
        /// The element.
        action_id: String,
        /// What was chosen: `selected_option` (an option, or its value), `selected_options`, `selected_date`,
        /// `selected_time`, `selected_user`, `value` (of an input), ...
        #[serde(flatten)]
        chosen: Map<String, Value>,
    },
    /// Adds an emoji.
    React {
        /// Channel id or name.
        channel: String,
        /// The message.
        ts: String,
        /// Short code.
        name: String,
    },
    /// Takes an emoji back.
    Unreact {
        /// Channel id or name.
        channel: String,
        /// The message.
        ts: String,
        /// Short code.
        name: String,
    },
    /// Submits the open modal.
    Submit {
        /// The modal's id.
        view: String,
        /// By block and action id, in the form of Slack's `state.values`; `type` may be missing.
        #[serde(default)]
        values: Map<String, Value>,
    },
    /// Closes the open modal.
    Close {
        /// The modal's id.
        view: String,
    },
    /// Types into an external select.
    Suggest {
        /// Channel id or name.
        #[serde(default)]
        channel: Option<String>,
        /// The message.
        #[serde(default)]
        ts: Option<String>,
        /// The open modal's id.
        #[serde(default)]
        view: Option<String>,
        /// The block.
        #[serde(default)]
        block_id: Option<String>,
        /// The element.
        action_id: String,
        /// What was typed.
        #[serde(default)]
        value: String,
    },
    /// Has read a channel to its end.
    Read {
        /// Channel id or name.
        channel: String,
    },
    /// Puts away a message that only this person sees.
    Dismiss {
        /// Channel id or name.
        channel: String,
        /// The message.
        ts: String,
    },
    /// Removes a message.
    Delete {
        /// Channel id or name.
        channel: String,
        /// The message.
        ts: String,
    },
    /// Opens the app's home.
    Home,
    /// Joins a channel.
    Join {
        /// Channel id or name.
        channel: String,
    },
    /// Archives a channel.
    Archive {
        /// Channel id or name.
        channel: String,
    },
    /// Brings an archived channel back.
    Unarchive {
        /// Channel id or name.
        channel: String,
    },
}

impl Act {
    /// Presses the first element of a message with this action id.
    pub fn press(channel: &str, ts: &str, action_id: &str) -> Self {
        Self::Click {
            channel: Some(channel.into()),
            ts: Some(ts.into()),
            view: None,
            block_id: None,
            action_id: action_id.into(),
            chosen: Map::new(),
        }
    }

    /// Chooses an option, by its value, of the first select, overflow or radio group of a message with this action id.
    pub fn choose(channel: &str, ts: &str, action_id: &str, value: &str) -> Self {
        let mut act = Self::press(channel, ts, action_id);
        if let Self::Click { chosen, .. } = &mut act {
            chosen.insert("selected_option".into(), value.into());
        }
        act
    }
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Acted {
    /// Whether it could be done.
    pub ok: bool,
    /// Why not: a Slack error name, `dispatch_failed`, `operation_timeout`, or a short name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What else there is to say: `ts` of a message, `errors` of a form, `options` of a suggestion.
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

impl Acted {
    pub(crate) const fn ok() -> Self {
        Self { ok: true, error: None, more: BTreeMap::new() }
    }

    pub(crate) fn error(error: &str) -> Self {
        Self { ok: false, error: Some(error.to_owned()), more: BTreeMap::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }
}
