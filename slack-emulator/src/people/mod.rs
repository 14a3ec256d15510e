//! What people do: they write, press, type commands, fill in forms. An act changes the workspace at once, and some acts ask
//! the app something; then `begin` gives out the request to send, and `heard` takes what came of it. Neither does I/O.

mod act;
mod answers;
mod doing;
mod inputs;
mod modals;
mod payloads;
mod typed;

pub use act::{Act, Acted};
pub(crate) use answers::ResponsePost;

use crate::outbox::Delivery;

/// An act that waits for the app.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) delivery: Delivery,
    pub(crate) then: Then,
}

/// What the app's answer is for.
#[derive(Debug)]
pub(crate) enum Then {
    Command { user: String, channel: String, command: String },
    Click,
    Submit { user: String, view: String },
    Closed,
    Suggest,
}

/// What an act came to before the app was asked.
#[derive(Debug)]
pub(crate) enum Begun {
    Done(Acted),
    Ask(Box<Asked>),
}
