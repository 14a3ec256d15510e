//! The lines of an incident's message.

use crate::core::incident::{Actor, Moved, State};
use crate::core::view::{Card, Control};
use crate::slack::escape::{Mrkdwn, one_line};
use crate::text::{headline, how_long, sign, when, who};

/// The whole message in one plain line: all that a phone's notification shows.
pub fn fallback(card: &Card) -> Mrkdwn {
    let headline = match card.state {
        State::Firing => format!("{} {}: ", headline(&card.state), card.severity.word()),
        State::Acknowledged { .. } | State::Resolved { .. } => format!("{}: ", headline(&card.state)),
        State::Notice => String::new(),
    };
    Mrkdwn::join([Mrkdwn::escape(&(headline + &one_line(&card.title))), facts(card)], " · ")
}

/// The first line: sign and linked title.
pub fn title(card: &Card) -> Mrkdwn {
    let title = match &card.link {
        Some(link) => Mrkdwn::link(link, &card.title),
        None => Mrkdwn::escape(&one_line(&card.title)),
    };
    sign(&card.state, card.severity) + " " + title.bold()
}

/// The facts on one line.
pub fn facts(card: &Card) -> Mrkdwn {
    Mrkdwn::join(card.facts.iter().map(|fact| Mrkdwn::escape(&one_line(fact))), " · ")
}

/// Where it stands: since when, who is on it, how long it took.
pub fn standing(card: &Card) -> Mrkdwn {
    let state = match &card.state {
        State::Notice => when(card.opened_at),
        State::Firing => Mrkdwn::ours("Firing since ") + when(card.opened_at),
        State::Acknowledged { by, at, lapses_at } => {
            let until = lapses_at.map(|at| Mrkdwn::ours(", holds until ") + when(at));
            who(by) + " is on it since " + when(*at) + until.unwrap_or_default()
        }
        State::Resolved { by, at } => {
            let by = match by {
                Actor::Source { .. } | Actor::Callboard => Mrkdwn::ours("Resolved "),
                Actor::Person { .. } => Mrkdwn::ours("Resolved by ") + who(by) + " ",
            };
            let lasted = how_long(at.duration_since(card.opened_at));
            match card.firings {
                0 => Mrkdwn::ours("Well since ") + when(*at),
                _ => by + when(*at) + Mrkdwn::escape(&format!(" after {lasted}")),
            }
        }
    };
    Mrkdwn::join([state, acknowledged(card), things(card), times(card), name(card)], " · ")
}

/// Who was first and how fast, once it is over.
fn acknowledged(card: &Card) -> Mrkdwn {
    match (&card.state, &card.acked) {
        (State::Resolved { .. }, Some((by, at))) => {
            let took = how_long(at.duration_since(card.fired_at));
            Mrkdwn::ours("acknowledged by ") + who(by) + Mrkdwn::escape(&format!(" after {took}"))
        }
        _ => Mrkdwn::default(),
    }
}

fn things(card: &Card) -> Mrkdwn {
    match card.things {
        Some((firing, all)) if card.state.is_open() => Mrkdwn::escape(&format!("{firing} of {all} firing")),
        Some((_, all)) => Mrkdwn::escape(&format!("{all} things")),
        None => Mrkdwn::default(),
    }
}

fn times(card: &Card) -> Mrkdwn {
    match card.firings {
        0 | 1 => Mrkdwn::default(),
        2 => Mrkdwn::ours("twice so far"),
        more => Mrkdwn::escape(&format!("{more} times so far")),
    }
}

/// What to type to get at it.
fn name(card: &Card) -> Mrkdwn {
    match card.state {
        State::Notice => Mrkdwn::default(),
        _ => Mrkdwn::code(&card.id.0),
    }
}

/// Why it is not where it should be.
pub fn moved(moved: &Moved) -> Mrkdwn {
    Mrkdwn::ours(":warning: Meant for ")
        + Mrkdwn::escape(&moved.from).bold()
        + ", which cannot take it ("
        + Mrkdwn::escape(&moved.reason)
        + "). "
        + remedy(&moved.reason)
}

/// What to do about a channel that takes nothing.
fn remedy(reason: &str) -> &'static str {
    match reason {
        "not_in_channel" | "channel_not_found" => "Invite the app to the channel, or change the route.",
        "is_archived" => "Unarchive the channel, or change the route.",
        _ => "Change the route, or the channel's posting rights.",
    }
}

/// More happens than can be tracked.
pub fn untracked() -> Mrkdwn {
    Mrkdwn::ours("More fires here than Callboard can track: resolve it by hand when it is over.")
}

/// The text was cut.
pub fn read_all() -> Mrkdwn {
    Mrkdwn::ours("_Cut here; the menu has all of it under Details._")
}

/// What a control says. At most 75 characters: <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.
pub fn control(control: &Control) -> &str {
    match control {
        Control::Ack => "Acknowledge",
        Control::Unack => "Unacknowledge",
        Control::Resolve => "Resolve",
        Control::Reopen => "Reopen",
        Control::Note => "Add note",
        Control::Why => "Why?",
        Control::Timeline => "Timeline",
        Control::Details => "Details",
        Control::Open(link) if link.title.trim().is_empty() => "Open link",
        Control::Open(link) => &link.title,
    }
}
