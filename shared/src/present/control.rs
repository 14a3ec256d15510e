//! How a control is named on the wire: the `action_id` or menu value of what is drawn is read back by the interaction
//! function from here, so the two cannot drift apart.

use crate::core::incident::{IncidentId, Verb};
use crate::core::view::Control;
use crate::slack::blocks::{Button, Choice, Element, Style};
use crate::text;

/// The `action_id` of the overflow menu.
const MENU: &str = "more";

/// What a click asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A change of state.
    Respond(Verb),
    /// The form for a note.
    Note,
    /// The page that tells why.
    Why,
    /// The timeline.
    Timeline,
    /// Everything.
    Details,
    /// A link was opened: nothing to do.
    Opened,
}

/// What a click on `action_id` with a button's value, or a menu's choice, asks for and of which incident; `None` if it is
/// not from a card of ours.
pub fn asked(action_id: &str, value: &str) -> Option<(IncidentId, Asked)> {
    let (name, id) = match action_id {
        MENU => value.split_once(' ')?,
        name => (name, value),
    };
    let asked = match name {
        "ack" => Asked::Respond(Verb::Ack),
        "unack" => Asked::Respond(Verb::Unack),
        "resolve" => Asked::Respond(Verb::Resolve),
        "reopen" => Asked::Respond(Verb::Reopen),
        "note" => Asked::Note,
        "why" => Asked::Why,
        "timeline" => Asked::Timeline,
        "details" => Asked::Details,
        other if other.starts_with("open") => Asked::Opened,
        _ => return None,
    };
    Some((IncidentId::typed(id)?, asked))
}

/// A row of buttons.
pub fn buttons(controls: &[Control], id: &IncidentId) -> Vec<Element> {
    let button = |(position, control): (usize, &Control)| match control {
        Control::Open(link) => {
            let button = Button::link(&format!("open{position}"), text::card::control(control), &link.url);
            button.map(|button| button.value(&id.0).into())
        }
        control => {
            let button = Button::new(name(control), text::card::control(control)).value(&id.0);
            Some(if *control == Control::Ack { button.style(Style::Primary) } else { button }.into())
        }
    };
    controls.iter().enumerate().filter_map(button).collect()
}

/// The overflow menu.
pub fn menu(controls: &[Control], id: &IncidentId) -> Option<Element> {
    let choice =
        |control: &Control| Choice::new(text::card::control(control), &format!("{} {id}", name(control)));
    Element::overflow(MENU, controls.iter().filter_map(choice))
}

fn name(control: &Control) -> &'static str {
    match control {
        Control::Ack => "ack",
        Control::Unack => "unack",
        Control::Resolve => "resolve",
        Control::Reopen => "reopen",
        Control::Note => "note",
        Control::Why => "why",
        Control::Timeline => "timeline",
        Control::Details => "details",
        Control::Open(_) => "open",
    }
}
