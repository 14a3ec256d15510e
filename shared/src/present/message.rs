//! A card as a message: colour bar, sign and title, facts, text, standing, controls; in this order, so that a phone shows
//! first what matters first.

use crate::core::incident::State;
use crate::core::signal::Severity;
use crate::core::view::Card;
use crate::slack::blocks::cut::cut_plain;
use crate::slack::blocks::{Block, Message, Section};
use crate::slack::escape::Mrkdwn;
use crate::text;

use super::{control, report};

/// How much of the signal's text a card shows, in characters; the rest is under Details.
const MOST_TEXT: usize = 600;

/// The incident's root message. The words for phones are the attachment's fallback: Slack would show a `text` above the
/// attachment, and everybody would read the title twice.
pub fn card(card: &Card) -> Message {
    if let Some(document) = &card.report {
        return report::message(document, card.moved.as_ref());
    }
    let mut head = Section::new(text::card::title(card)).id("head");
    if let Some(menu) = control::menu(&card.more, &card.id) {
        head = head.accessory(menu);
    }
    let mut blocks = vec![Block::from(head)];
    if !card.facts.is_empty() {
        blocks.push(Block::section(text::card::facts(card)));
    }
    if !card.text.trim().is_empty() {
        blocks.push(Block::section(Mrkdwn::join(body(card), "\n")));
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
    if let Some(document) = &card.report {
        return report::plain(document, card.moved.as_ref());
    }
    // The first of the body only: there is no menu to read the rest in.
    let lines = [Some(text::card::title(card)), Some(text::card::facts(card)), body(card).into_iter().next()];
    let standing = [
        Some(text::card::standing(card)),
        card.untracked.then(text::card::untracked),
        card.moved.as_ref().map(text::card::moved),
    ];
    Message::text(Mrkdwn::join(lines.into_iter().chain(standing).flatten(), "\n")).fit()
}

/// The signal's text; if it is cut, with where the rest is.
fn body(card: &Card) -> Vec<Mrkdwn> {
    let whole = card.text.trim();
    let shown = cut_plain(whole, MOST_TEXT);
    let cut = (shown != whole).then(text::card::read_all);
    std::iter::once(Mrkdwn::escape(&shown)).chain(cut).collect()
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
