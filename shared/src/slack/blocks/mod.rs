//! The blocks that we emit, as typed values that keep to Slack's limits by construction. Text that is too long is cut (`cut`);
//! an id, a value or an address is never cut, since half of one is a wrong one: one that is too long is left out. Empty text,
//! which Slack refuses, shows as a dash.
//!
//! `element` holds what people press, choose and type, `chart` what they look at; `message` and `view` hold what blocks are put
//! into, with the limits of the whole. To add a block: a variant or struct here, its texts in `each_text`. What a card looks like must not enter.
//!
//! Limits: <https://docs.slack.dev/reference/block-kit/blocks>; they count Unicode code points.

mod chart;
pub mod cut;
mod element;
mod message;
mod text;
mod view;

use serde::Serialize;

pub use self::chart::{MAX_CHARTS, PlotKind, SlackFile, Visualization};
pub use self::element::{Button, Choice, Confirm, Element, Style, TextInput};
pub use self::message::{Attachment, MAX_BLOCKS, MAX_MESSAGE_TEXT, MAX_TEXT, Message};
pub use self::text::Text;
pub use self::view::View;

use self::text::Piece;
use super::escape::Mrkdwn;

/// One block of a message or a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Text, fields, and one element beside them.
    Section(Section),
    /// A large line of plain text.
    Header {
        /// At most 150 characters.
        text: Text,
    },
    /// Small print.
    Context {
        /// At most 10.
        elements: Vec<Text>,
    },
    /// A row of things to press or choose from.
    Actions {
        /// Unique in the message; it comes back with a click.
        #[serde(skip_serializing_if = "Option::is_none")]
        block_id: Option<String>,
        /// At most 25.
        elements: Vec<Element>,
    },
    /// A line.
    Divider,
    /// Something to fill in; for views.
    Input(Input),
    /// A chart that Slack draws.
    DataVisualization(Box<Visualization>),
    /// A picture that Slack keeps.
    Image {
        /// Which.
        slack_file: SlackFile,
        /// What it shows, at most 1,000 characters.
        alt_text: String,
        /// A line above it.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<Text>,
    },
    /// Text in which Slack parses nothing.
    RichText {
        /// We emit preformatted text only.
        elements: Vec<Preformatted>,
    },
}

/// Text, fields, and one element beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Section {
    #[serde(skip_serializing_if = "Option::is_none")]
    block_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accessory: Option<Box<Element>>,
}

/// Something to fill in, with its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    #[serde(skip_serializing_if = "Option::is_none")]
    block_id: Option<String>,
    label: Text,
    element: Box<Element>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Text>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
}

/// Text in a fixed-width box, exactly as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "rich_text_preformatted")]
pub struct Preformatted {
    elements: [Verbatim; 1],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "text")]
struct Verbatim {
    text: String,
}

impl Block {
    /// A section with text of at most 3,000 characters.
    pub fn section(text: impl Into<Text>) -> Self {
        Section::new(text).into()
    }

    /// A section of short texts in two columns: the first 10, each at most 2,000 characters.
    pub fn fields(fields: impl IntoIterator<Item = Text>) -> Self {
        let fields = fields.into_iter().take(10).map(|field| field.at_most(2_000)).collect();
        Block::Section(Section { fields, ..Section::default() })
    }

    /// A large line of at most 150 characters.
    pub fn header(text: &str) -> Self {
        Block::Header { text: Text::plain(text).at_most(150) }
    }

    /// Small print: the first 10 texts.
    pub fn context(elements: impl IntoIterator<Item = Mrkdwn>) -> Self {
        Block::Context { elements: elements.into_iter().take(10).map(Text::from).collect() }
    }

    /// A row of controls: the first 25.
    pub fn actions(block_id: &str, elements: impl IntoIterator<Item = Element>) -> Self {
        Block::Actions { block_id: within(block_id, 255), elements: elements.into_iter().take(25).collect() }
    }

    /// Foreign text in a fixed-width box, exactly as it is; at most 3,000 characters.
    pub fn preformatted(foreign: &str) -> Self {
        let text = Text::foreign(foreign).into_string();
        Block::RichText { elements: vec![Preformatted { elements: [Verbatim { text }] }] }
    }

    /// A picture by its id at Slack (`F...`), what it shows in at most 1,000 characters (what an upload takes, half of what a
    /// block does), and a line above it; `None` if this is no id. Slack refuses one that it has not looked through yet.
    pub fn image(file: &str, alt: &str, title: Option<&str>) -> Option<Self> {
        Some(Block::Image {
            slack_file: SlackFile::new(file)?,
            alt_text: Text::foreign(alt).at_most(1_000).into_string(),
            title: title.map(Text::foreign),
        })
    }

    /// Whether Slack would refuse it for holding nothing.
    fn is_empty(&self) -> bool {
        match self {
            Block::Section(section) => section.text.is_none() && section.fields.is_empty(),
            Block::Context { elements } => elements.is_empty(),
            Block::Actions { elements, .. } => elements.is_empty(),
            Block::Header { .. }
            | Block::Divider
            | Block::Input(_)
            | Block::RichText { .. }
            | Block::DataVisualization(_)
            | Block::Image { .. } => false,
        }
    }

    /// Visits every text that a person reads in it.
    fn each_text(&mut self, visit: &mut dyn FnMut(Piece<'_>)) {
        match self {
            Block::Section(Section { text, fields, accessory, .. }) => {
                text.iter_mut().chain(fields).for_each(|text| visit(text.piece()));
                accessory.iter_mut().for_each(|element| element.each_text(visit));
            }
            Block::Header { text } => visit(text.fixed()),
            Block::Context { elements } => elements.iter_mut().for_each(|text| visit(text.piece())),
            Block::Actions { elements, .. } => {
                elements.iter_mut().for_each(|element| element.each_text(visit));
            }
            Block::Divider => {}
            Block::Input(Input { label, element, hint, .. }) => {
                visit(label.fixed());
                element.each_text(visit);
                hint.iter_mut().for_each(|hint| visit(hint.fixed()));
            }
            Block::DataVisualization(chart) => chart.each_text(visit),
            Block::Image { alt_text, title, .. } => {
                visit(Piece::Plain(alt_text));
                title.iter().for_each(|title| visit(title.fixed()));
            }
            Block::RichText { elements } => {
                elements.iter_mut().flat_map(|box_| &mut box_.elements).for_each(|line| {
                    visit(Piece::Plain(&mut line.text));
                });
            }
        }
    }
}

impl Section {
    /// A section with text of at most 3,000 characters.
    pub fn new(text: impl Into<Text>) -> Self {
        Section { text: Some(text.into()), ..Section::default() }
    }

    /// Names it; unique in the message, at most 255 characters.
    pub fn id(mut self, block_id: &str) -> Self {
        self.block_id = within(block_id, 255);
        self
    }

    /// Puts one element beside the text.
    pub fn accessory(mut self, element: impl Into<Element>) -> Self {
        self.accessory = Some(Box::new(element.into()));
        self
    }
}

impl Input {
    /// A label of at most 2,000 characters and what to fill in. `block_id` names it in the submission.
    pub fn new(block_id: &str, label: &str, element: impl Into<Element>) -> Self {
        Input {
            block_id: within(block_id, 255),
            label: Text::plain(label).at_most(2_000),
            element: Box::new(element.into()),
            hint: None,
            optional: false,
        }
    }

    /// A line below it, at most 2,000 characters.
    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(Text::plain(hint).at_most(2_000));
        self
    }

    /// It may be left empty.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl From<Section> for Block {
    fn from(section: Section) -> Self {
        Block::Section(section)
    }
}

impl From<Visualization> for Block {
    fn from(chart: Visualization) -> Self {
        Block::DataVisualization(Box::new(chart))
    }
}

impl From<Input> for Block {
    fn from(input: Input) -> Self {
        Block::Input(input)
    }
}

/// An id, a value or an address: whole, or not at all.
fn within(text: &str, max: usize) -> Option<String> {
    (!text.is_empty() && cut::length(text) <= max).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn as_json(block: Block) -> Value {
        serde_json::to_value(block).unwrap()
    }

    #[test]
    fn blocks_are_written_as_slack_documents_them() {
        assert_eq!(
            as_json(Section::new(Mrkdwn::ours("*hi*")).id("b").accessory(Button::new("a", "Go")).into()),
            json!({"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "*hi*", "verbatim": true},
                   "accessory": {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go", "emoji": true}}})
        );
        assert_eq!(
            as_json(Block::header("Report")),
            json!({"type": "header", "text": {"type": "plain_text", "text": "Report", "emoji": true}})
        );
        assert_eq!(as_json(Block::Divider), json!({"type": "divider"}));
        assert_eq!(
            as_json(Block::preformatted("a *b* <c>")),
            json!({"type": "rich_text", "elements": [
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a *b* <c>"}]}]})
        );
        assert_eq!(
            as_json(Input::new("note", "Note", TextInput::new("text").multiline()).optional().into()),
            json!({"type": "input", "block_id": "note", "optional": true,
                   "label": {"type": "plain_text", "text": "Note", "emoji": true},
                   "element": {"type": "plain_text_input", "action_id": "text", "multiline": true}})
        );
    }

    #[test]
    fn limits_hold_by_construction() {
        let long = "é".repeat(5_000);
        let text =
            |block: &Value, pointer: &str| block.pointer(pointer).unwrap().as_str().unwrap().chars().count();

        let section = as_json(Block::section(Mrkdwn::escape(&long)));
        assert_eq!(text(&section, "/text/text"), 3_000);
        assert_eq!(text(&as_json(Block::header(&long)), "/text/text"), 150);
        let fields = as_json(Block::fields((0..20).map(|_| Text::plain(&long))));
        assert_eq!(text(&fields, "/fields/9/text"), 2_000);
        assert_eq!(fields["fields"].as_array().unwrap().len(), 10);
        let context = as_json(Block::context((0..20).map(|_| Mrkdwn::ours("x"))));
        assert_eq!(context["elements"].as_array().unwrap().len(), 10);
        let actions = as_json(Block::actions("row", (0..40).map(|_| Button::new("a", "b").into())));
        assert_eq!(actions["elements"].as_array().unwrap().len(), 25);
        assert_eq!(text(&as_json(Block::preformatted(&long)), "/elements/0/elements/0/text"), 3_000);
    }

    #[test]
    fn an_id_that_is_too_long_is_left_out_rather_than_cut() {
        let row = as_json(Block::actions(&"i".repeat(256), [Button::new("a", "b").into()]));
        assert_eq!(row.get("block_id"), None);
    }

    #[test]
    fn nothing_shows_as_a_dash() {
        assert_eq!(as_json(Block::section(Mrkdwn::escape(" ")))["text"]["text"], "–");
    }
}
