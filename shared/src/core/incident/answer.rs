//! What became of an event: the reason that `apply` gives. `text` turns it into a sentence for the person who asked.

use jiff::Timestamp;

use super::{Actor, IncidentId};

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It changed the incident.
    Done,
    /// What was due has happened.
    Lapsed {
        /// When it was due.
        due_at: Timestamp,
    },
    /// A signal that says what is known already: recorded, nothing else.
    Duplicate,
    /// A signal older than what is known of its thing: recorded, nothing else.
    Older,
    /// Somebody acknowledged it before.
    AlreadyAcknowledged {
        /// Who.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// It was resolved before.
    AlreadyResolved {
        /// Who.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// Nobody has acknowledged it, so there is nothing to take back.
    NotAcknowledged,
    /// It is open already.
    AlreadyOpen,
    /// Only whoever did it can take it back this way.
    NotYours {
        /// Whose it is.
        by: Actor,
    },
    /// Nobody has to acknowledge a notice.
    IsNotice,
    /// The note says nothing.
    EmptyNote,
    /// A newer incident of the same group took its place, so this one stays closed.
    Superseded {
        /// The newer one.
        by: IncidentId,
        /// Whether that one is open.
        open: bool,
    },
}
