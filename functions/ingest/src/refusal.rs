//! Why a request is not taken, before it is said in anybody's form: our own doors say it as they do everywhere, the doors of
//! other tools in the form that their clients read.

use bytes::Bytes;
use http::{Response, StatusCode};
use shared::door;

/// A request that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// What is wrong. Never a secret, an expected value or the body.
    pub(crate) fault: String,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, fault: impl Into<String>, remedy: &'static str) -> Self {
        Refusal { status, fault: fault.into(), remedy }
    }
}

impl From<Refusal> for Response<Bytes> {
    fn from(refusal: Refusal) -> Self {
        door::refuse(refusal.status, &refusal.fault, refusal.remedy)
    }
}
