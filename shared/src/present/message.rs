//! A card as a message: colour bar, sign and title, facts, text, standing, controls; in this order, so that a phone shows
//! first what matters first.

use crate::core::incident::State;
use crate::core::signal::Severity;
use crate::core::view::Card;
use crate::slack::blocks::{Block, Message, Section};
use crate::slack::escape::Mrkdwn;
use crate::text;

use super::control;

/// How much of the signal's text a card shows, in characters; the rest is under Details.
const MOST_TEXT: usize = 600;

/// The incident's root message. The words for phones are the attachment's fallback: Slack would show a `text` above the
/// attachment, and everybody would read the title twice.
pub fn card(card: &Card) -> Message {
    let mut head = Section::new(text::card::title(card)).id("head");
    if let Some(menu) = control::menu(&card.more, &card.id) {
        head = head.accessory(menu);
    }
    let mut blocks = vec![Block::from(head)];
    if !card.facts.is_empty() {
        blocks.push(Block::section(text::card::facts(card)));
    }
    if !card.text.trim().is_empty() {
        blocks.push(Block::section(body(card)));
    }
    blocks.push(Block::context([text::card::standing(card)]));
    if card.untracked {
        blocks.push(Block::context([text::card::untracked()]));
    }
    if let Some(moved) = &card.moved {
        blocks.push(Block::context([text::card::moved(moved)]));
    }
    let buttons = control::buttons(&card.controls, &card.id);
    if !buttons.is_empty() {
        blocks.push(Block::actions("controls", buttons));
    }
    let fallback = text::card::fallback(card);
    Message::default().attachment(colour(card), fallback, blocks).fit()
}

/// The same in words only, for when Slack refuses the blocks: the alert is not lost.
pub fn plain_card(card: &Card) -> Message {
    let lines = [text::card::title(card), text::card::facts(card), body(card), text::card::standing(card)];
    Message::text(Mrkdwn::join(lines, "\n")).fit()
}

fn body(card: &Card) -> Mrkdwn {
    let length = card.text.chars().count();
    if length <= MOST_TEXT {
        return Mrkdwn::escape(card.text.trim());
    }
    let start: String = card.text.trim().chars().take(MOST_TEXT).collect();
    Mrkdwn::join([Mrkdwn::escape(&start) + "…", text::card::read_all()], "\n")
}

/// The bar: firing red, acknowledged amber, resolved green; a notice is as grey as its severity allows.
fn colour(card: &Card) -> &'static str {
    match (&card.state, card.severity) {
        (State::Firing, _) => "#c62828",
        (State::Acknowledged { .. }, _) => "#e6a100",
        (State::Resolved { .. }, _) => "#2e9e5b",
        (State::Notice, Severity::Critical | Severity::Error) => "#c62828",
        (State::Notice, Severity::Warning) => "#e6a100",
        (State::Notice, Severity::Info) => "#8a8f98",
    }
}
