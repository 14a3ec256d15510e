//! Mail: a message becomes a payload like any other, whichever way it came.
//!
//! | room | what it holds |
//! | --- | --- |
//! | `message` | a message as it is on the wire, in the form that mappings see |
//! | `ses` | what SES says of a message that it received |
//! | `sender` | whose mail is taken: who is listed, and what proves it |
//!
//! The envelope of SES is opened by `unwrap`, as all others are; the router asks [`arrivals`] whom to let in and what still has to
//! be fetched, before anything is mapped. No I/O may enter.

mod message;
mod sender;
mod ses;

pub(super) use self::message::near;
pub use self::message::{LONGEST, looks_like, read};
pub use self::sender::{Refused, is_listable};
pub use self::ses::{Arrival, Place};

use super::Opened;

/// The name of the source.
pub const NAME: &str = "mail";

/// What SES says of each message that a notification carries; nothing, if SES did not bring it.
pub fn arrivals(opened: &Opened) -> impl Iterator<Item = &Arrival> {
    opened.payloads.iter().filter_map(|payload| payload.envelope.arrival.as_deref())
}
