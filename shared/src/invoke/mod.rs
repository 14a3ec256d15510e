//! The shapes in which Lambda hands work over, read and written as plain JSON: an HTTP request from API Gateway (`http`), a
//! batch from SQS (`sqs`). The laptop's invoke API and the functions that are not asked over HTTP share them, so that an
//! event file works in both places. No Lambda crate and no decision may enter.

pub mod http;
pub mod sqs;

/// Where an invocation is known from: the request id that API Gateway or Lambda gave it. Quoted to people when something fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The event is none of the shape that the function is asked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this event is not {expected}: {why}")]
pub struct WrongShape {
    /// What the function is asked with.
    pub expected: &'static str,
    /// What is wrong, without quoting the event.
    pub why: String,
}
