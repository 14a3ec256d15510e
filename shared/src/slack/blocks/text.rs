//! The two kinds of text object: plain, in which Slack parses nothing but emoji codes, and mrkdwn, which only
//! [`Mrkdwn`](crate::slack::escape::Mrkdwn) can be put into. Which slot takes how much is the blocks' business.
//!
//! Contract: <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>

use serde::Serialize;

use super::cut::{cut_mrkdwn, cut_plain};
use crate::slack::escape::{Mrkdwn, honest};

/// What any text object may hold.
const MAX: usize = 3_000;

/// A text object of 1 to 3,000 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Text {
    /// Nothing in it is parsed, but emoji codes where `emoji` says so.
    PlainText {
        /// 1 to 3,000 characters.
        text: String,
        /// Whether `:fire:` is an emoji.
        emoji: bool,
    },
    /// Formatted by Slack.
    Mrkdwn {
        /// 1 to 3,000 characters.
        text: String,
        /// Always true: bare URLs and channel names stay text.
        verbatim: bool,
    },
}

/// A text inside a message that is being fitted to the limits of the whole.
pub(super) enum Piece<'a> {
    /// Plain text that may be cut further.
    Plain(&'a mut String),
    /// mrkdwn that may be cut further.
    Mrkdwn(&'a mut String),
    /// Labels and the like, that stay as they are.
    Fixed(&'a str),
}

impl Text {
    /// Our own words, in plain text.
    pub fn plain(ours: &str) -> Self {
        Text::PlainText { text: not_empty(cut_plain(&honest(ours), MAX)), emoji: true }
    }

    /// Foreign text, exactly as it is: nothing in it is parsed, emoji codes included.
    pub fn foreign(text: &str) -> Self {
        Text::PlainText { text: not_empty(cut_plain(&honest(text), MAX)), emoji: false }
    }

    /// The same text, at most `max` characters long.
    pub(super) fn at_most(mut self, max: usize) -> Self {
        self.piece().cut(max);
        self
    }

    pub(super) fn into_string(self) -> String {
        match self {
            Text::PlainText { text, .. } | Text::Mrkdwn { text, .. } => text,
        }
    }

    pub(super) fn piece(&mut self) -> Piece<'_> {
        match self {
            Text::PlainText { text, .. } => Piece::Plain(text),
            Text::Mrkdwn { text, .. } => Piece::Mrkdwn(text),
        }
    }

    pub(super) fn fixed(&self) -> Piece<'_> {
        match self {
            Text::PlainText { text, .. } | Text::Mrkdwn { text, .. } => Piece::Fixed(text),
        }
    }
}

impl Piece<'_> {
    pub(super) fn cut(self, max: usize) {
        match self {
            Piece::Plain(text) => *text = cut_plain(text, max),
            Piece::Mrkdwn(text) => *text = cut_mrkdwn(text, max),
            Piece::Fixed(_) => {}
        }
    }
}

impl From<Mrkdwn> for Text {
    fn from(text: Mrkdwn) -> Self {
        Text::Mrkdwn { text: not_empty(cut_mrkdwn(text.as_str(), MAX)), verbatim: true }
    }
}

/// The text, or a dash: Slack refuses nothing.
pub(super) fn not_empty(text: String) -> String {
    if text.trim().is_empty() { "–".to_owned() } else { text }
}
