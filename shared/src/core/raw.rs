//! A notification as it arrived, before any mapping has looked at it: what the `signals` queue carries and what is kept
//! beside the signal for 90 days.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One notification as it arrived. A delivery may hold several signals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// Identity of the delivery: the sender's own id where it has one (`X-GitHub-Delivery`, SNS `MessageId`, ...), so that
    /// a repeated delivery is known; else one made by whoever received it.
    pub id: String,
    /// The source named in the path, or recognised at the door; `None` leaves recognising to the mapping engine.
    pub source: Option<String>,
    /// The request headers that a mapping may look at, in lower case. Signatures, tokens and cookies are never among them.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body: JSON mostly, any text otherwise. Invalid UTF-8 has been replaced.
    pub body: String,
    /// When it was received, by our clock.
    pub received_at: Timestamp,
    /// What was done to it at the door, for people: "cut from 3.2 MB".
    #[serde(default)]
    pub note: Option<String>,
}
