//! What people press, choose and type, within the limits of the elements. `action_id` comes back with the click and
//! `value` is what it means; both are ours, short, and never cut.
//!
//! Contract: <https://docs.slack.dev/reference/block-kit/block-elements>

use serde::Serialize;

use super::text::{Piece, Text};
use super::within;
use crate::slack::escape::web_address;

/// Something inside a section, a row of actions or an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Element {
    /// Something to press.
    Button(Button),
    /// Three dots that open a short menu.
    Overflow {
        /// Comes back with the choice.
        #[serde(skip_serializing_if = "Option::is_none")]
        action_id: Option<String>,
        /// 1 to 5.
        options: Vec<Choice>,
        /// Asks before it counts.
        #[serde(skip_serializing_if = "Option::is_none")]
        confirm: Option<Confirm>,
    },
    /// A menu of our choices.
    StaticSelect {
        /// Comes back with the choice.
        #[serde(skip_serializing_if = "Option::is_none")]
        action_id: Option<String>,
        /// Shown before anything is chosen; at most 150 characters.
        placeholder: Text,
        /// 1 to 100.
        options: Vec<Choice>,
        /// Chosen from the start; one of the options.
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_option: Option<Choice>,
    },
    /// A menu of everybody in the workspace.
    UsersSelect {
        /// Comes back with the choice.
        #[serde(skip_serializing_if = "Option::is_none")]
        action_id: Option<String>,
        /// Shown before anybody is chosen; at most 150 characters.
        placeholder: Text,
        /// Chosen from the start.
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_user: Option<String>,
    },
    /// A line or a box to type into.
    PlainTextInput(TextInput),
}

/// Something to press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Button {
    #[serde(skip_serializing_if = "Option::is_none")]
    action_id: Option<String>,
    text: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<Style>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm: Option<Confirm>,
}

/// How much a button stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Green: what most people want to do; at most one in a row.
    Primary,
    /// Red: what cannot be undone.
    Danger,
}

/// A question before a press counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confirm {
    title: Text,
    text: Text,
    confirm: Text,
    deny: Text,
}

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    text: Text,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text>,
}

/// A line or a box to type into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    action_id: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    multiline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    placeholder: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u16>,
}

impl Element {
    /// The first 5 choices behind three dots; `None` without any.
    pub fn overflow(action_id: &str, options: impl IntoIterator<Item = Choice>) -> Option<Self> {
        let options: Vec<_> = options.into_iter().take(5).collect();
        (!options.is_empty()).then(|| Element::Overflow {
            action_id: within(action_id, 255),
            options,
            confirm: None,
        })
    }

    /// A menu of the first 100 choices; `None` without any.
    pub fn select(
        action_id: &str,
        placeholder: &str,
        options: impl IntoIterator<Item = Choice>,
        initial: Option<&str>,
    ) -> Option<Self> {
        let options: Vec<_> = options.into_iter().take(100).collect();
        (!options.is_empty()).then(|| Element::StaticSelect {
            action_id: within(action_id, 255),
            placeholder: Text::plain(placeholder).at_most(150),
            initial_option: options.iter().find(|choice| Some(choice.value.as_str()) == initial).cloned(),
            options,
        })
    }

    /// A menu of everybody in the workspace.
    pub fn people(action_id: &str, placeholder: &str, initial: Option<&str>) -> Self {
        Element::UsersSelect {
            action_id: within(action_id, 255),
            placeholder: Text::plain(placeholder).at_most(150),
            initial_user: initial.map(ToOwned::to_owned),
        }
    }

    pub(super) fn each_text(&mut self, visit: &mut dyn FnMut(Piece<'_>)) {
        let mut confirmed = |confirm: &Option<Confirm>| {
            if let Some(Confirm { title, text, confirm, deny }) = confirm {
                [title, text, confirm, deny].into_iter().for_each(|text| visit(text.fixed()));
            }
        };
        match self {
            Element::Button(Button { text, confirm, .. }) => {
                confirmed(confirm);
                visit(text.fixed());
            }
            Element::Overflow { options, confirm, .. } => {
                confirmed(confirm);
                options.iter().flat_map(Choice::texts).for_each(|text| visit(text.fixed()));
            }
            Element::StaticSelect { placeholder, options, .. } => {
                visit(placeholder.fixed());
                options.iter().flat_map(Choice::texts).for_each(|text| visit(text.fixed()));
            }
            Element::UsersSelect { placeholder, .. } => visit(placeholder.fixed()),
            Element::PlainTextInput(input) => {
                input.placeholder.iter().for_each(|text| visit(text.fixed()));
                input.initial_value.iter().for_each(|text| visit(Piece::Fixed(text)));
            }
        }
    }
}

impl Button {
    /// A button with a label of at most 75 characters. `action_id` is unique in its row.
    pub fn new(action_id: &str, label: &str) -> Self {
        Button {
            action_id: within(action_id, 255),
            text: Text::plain(label).at_most(75),
            value: None,
            url: None,
            style: None,
            confirm: None,
        }
    }

    /// A button that opens a web page; `None` if the address is not one. Slack sends a click for it too.
    pub fn link(action_id: &str, label: &str, address: &str) -> Option<Self> {
        web_address(address).map(|url| Button { url: Some(url), ..Button::new(action_id, label) })
    }

    /// What it means: comes back with the click. At most 2,000 characters.
    pub fn value(mut self, value: &str) -> Self {
        self.value = within(value, 2_000);
        self
    }

    /// Makes it stand out.
    pub fn style(mut self, style: Style) -> Self {
        self.style = Some(style);
        self
    }

    /// Asks before it counts.
    pub fn confirm(mut self, confirm: Confirm) -> Self {
        self.confirm = Some(confirm);
        self
    }
}

impl Confirm {
    /// A question of at most 300 characters under a title of at most 100, and two answers of at most 30.
    pub fn new(title: &str, text: &str, yes: &str, no: &str) -> Self {
        Confirm {
            title: Text::plain(title).at_most(100),
            text: Text::plain(text).at_most(300),
            confirm: Text::plain(yes).at_most(30),
            deny: Text::plain(no).at_most(30),
        }
    }
}

impl Choice {
    /// A line of at most 75 characters and what it means. `None` if the value is empty or longer than 75 characters.
    pub fn new(label: &str, value: &str) -> Option<Self> {
        let value = within(value, 75)?;
        Some(Choice { text: Text::plain(label).at_most(75), value, description: None })
    }

    /// A second, smaller line of at most 75 characters.
    pub fn description(mut self, description: &str) -> Self {
        self.description = Some(Text::plain(description).at_most(75));
        self
    }

    fn texts(&self) -> impl Iterator<Item = &Text> {
        std::iter::once(&self.text).chain(&self.description)
    }
}

impl TextInput {
    /// One line to type into.
    pub fn new(action_id: &str) -> Self {
        TextInput {
            action_id: within(action_id, 255),
            multiline: false,
            placeholder: None,
            initial_value: None,
            max_length: None,
        }
    }

    /// A box instead of a line.
    pub fn multiline(mut self) -> Self {
        self.multiline = true;
        self
    }

    /// Shown while it is empty; at most 150 characters.
    pub fn placeholder(mut self, placeholder: &str) -> Self {
        self.placeholder = Some(Text::plain(placeholder).at_most(150));
        self
    }

    /// Filled in from the start; at most 3,000 characters.
    pub fn initial(mut self, value: &str) -> Self {
        self.initial_value = Some(super::cut::cut_plain(value, 3_000)).filter(|value| !value.is_empty());
        self
    }

    /// How much people may type: 1 to 3,000 characters.
    pub fn max_length(mut self, characters: u16) -> Self {
        self.max_length = Some(characters.clamp(1, 3_000));
        self
    }
}

impl From<Button> for Element {
    fn from(button: Button) -> Self {
        Element::Button(button)
    }
}

impl From<TextInput> for Element {
    fn from(input: TextInput) -> Self {
        Element::PlainTextInput(input)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_button_says_what_it_means_or_where_it_leads() {
        let button = Button::new("ack", "Acknowledge").value("inc7").style(Style::Primary);
        assert_eq!(
            serde_json::to_value(Element::from(button)).unwrap(),
            json!({"type": "button", "action_id": "ack", "value": "inc7", "style": "primary",
                   "text": {"type": "plain_text", "text": "Acknowledge", "emoji": true}})
        );
        assert!(Button::link("open", "Runbook", "https://example.com").is_some());
        assert!(Button::link("open", "Runbook", "javascript:alert(1)").is_none());
        assert_eq!(Button::new("a", "b").value(&"v".repeat(2_001)).value, None);
        assert_eq!(Button::new("a", &"b".repeat(80)).text.into_string().chars().count(), 75);
    }

    #[test]
    fn a_menu_without_choices_is_no_menu() {
        assert_eq!(Element::overflow("more", []), None);
        assert_eq!(Element::select("pick", "Pick", [], None), None);
        assert_eq!(Choice::new("too long", &"v".repeat(76)), None);
        assert_eq!(Choice::new("empty", ""), None);
    }

    #[test]
    fn a_menu_holds_what_slack_allows_and_marks_the_initial_choice() {
        let choices = || (0..200).filter_map(|n| Choice::new("choice", &n.to_string()));
        let Some(Element::Overflow { options, .. }) = Element::overflow("more", choices()) else {
            panic!("no menu")
        };
        assert_eq!(options.len(), 5);
        let select = Element::select("pick", "Pick", choices(), Some("7"));
        let Some(Element::StaticSelect { options, initial_option, .. }) = select else { panic!("no menu") };
        assert_eq!((options.len(), initial_option.unwrap().value.as_str()), (100, "7"));
    }
}
