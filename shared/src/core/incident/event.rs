//! What can happen to an incident: a signal arrives, a person responds, its time comes.

use crate::core::report::Document;
use crate::core::signal::Signal;

/// Something that happened to an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A signal of its group arrived.
    Signal(Signal),
    /// A person did something.
    Response(Response),
    /// Its due time came.
    Due,
    /// The run of a report is made; `None` if there is nothing to say.
    Reported(Option<Box<Document>>),
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// What they want.
    pub verb: Verb,
    /// Slack user id.
    pub by: String,
    /// How they said it.
    pub origin: Origin,
}

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// I look at it.
    Ack,
    /// I do not look at it any more.
    Unack,
    /// It is over.
    Resolve,
    /// It is not over.
    Reopen,
    /// Remember this.
    Note(String),
}

/// How a person said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A button, a menu or a form.
    Button,
    /// A slash command.
    Command,
    /// A reaction. Taking one back undoes only what the same person did.
    Emoji,
    /// A reply in the thread, which is there for all to see already.
    Thread,
}
