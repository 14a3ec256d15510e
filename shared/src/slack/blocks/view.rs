//! A modal or the app's home, within the limits of views: 100 blocks, titles and buttons of 24 characters. A modal with an
//! input needs a submit button, so a modal always has one.
//!
//! Contract: <https://docs.slack.dev/reference/views>

use serde::Serialize;

use super::text::Text;
use super::{Block, within};

/// What opens over the conversation, or fills the app's home tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct View {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submit: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    close: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_metadata: Option<String>,
    blocks: Vec<Block>,
}

impl View {
    /// A form. `callback_id` comes back with the submission; the title and both buttons have at most 24 characters. Without
    /// words on `submit` it is a page that is only read.
    pub fn modal(callback_id: &str, title: &str, submit: &str, close: &str) -> Self {
        let short = |text: &str| Some(Text::plain(text).at_most(24));
        View {
            kind: "modal",
            callback_id: within(callback_id, 255),
            title: short(title),
            submit: short(submit).filter(|_| !submit.is_empty()),
            close: short(close),
            private_metadata: None,
            blocks: Vec::new(),
        }
    }

    /// The app's home tab.
    pub fn home() -> Self {
        View {
            kind: "home",
            callback_id: None,
            title: None,
            submit: None,
            close: None,
            private_metadata: None,
            blocks: Vec::new(),
        }
    }

    /// What to remember until the submission: at most 3,000 characters. The person can read it; no secrets.
    pub fn metadata(mut self, metadata: &str) -> Self {
        self.private_metadata = within(metadata, 3_000);
        self
    }

    /// Adds blocks: the first 100 that hold something.
    pub fn blocks(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks.into_iter().filter(|block| !block.is_empty()));
        self.blocks.truncate(100);
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::slack::blocks::{Input, TextInput};

    #[test]
    fn a_modal_is_written_as_slack_documents_it() {
        let view = View::modal("note", "Add a note", "Add", "Cancel").metadata("inc7").blocks([Input::new(
            "note",
            "Note",
            TextInput::new("text"),
        )
        .into()]);
        let plain = |text: &str| json!({"type": "plain_text", "text": text, "emoji": true});
        assert_eq!(
            serde_json::to_value(view).unwrap(),
            json!({"type": "modal", "callback_id": "note", "title": plain("Add a note"), "submit": plain("Add"),
                   "close": plain("Cancel"), "private_metadata": "inc7", "blocks": [{"type": "input", "block_id": "note",
                   "label": plain("Note"), "element": {"type": "plain_text_input", "action_id": "text"}}]})
        );
    }

    #[test]
    fn a_view_keeps_to_the_limits() {
        let view = View::modal("x", &"t".repeat(50), "Go", "No")
            .blocks((0..150).map(|_| Block::Divider))
            .blocks([Block::context([])]);
        let view = serde_json::to_value(view).unwrap();
        assert_eq!(view["blocks"].as_array().unwrap().len(), 100);
        assert_eq!(view["title"]["text"].as_str().unwrap().chars().count(), 24);
        let home = serde_json::to_value(View::home().metadata(&"m".repeat(3_001))).unwrap();
        assert_eq!(home, json!({"type": "home", "blocks": []}));
    }
}
