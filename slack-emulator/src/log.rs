//! What happened lately: the last Web API calls and the last requests to the app, for people who look for a fault and for
//! tests. Names and outcomes only; no token, signature or text.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::catalog;

const KEPT: usize = 500;

/// A Web API call that was answered, or that a fault swallowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedCall {
    /// Milliseconds since 1970.
    pub at: i64,
    /// `chat.postMessage`
    pub method: String,
    /// The `channel` argument, if there was one.
    pub channel: Option<String>,
    /// `ok`, an error name, or the fault (`drop_before`, ...) that hid the answer.
    pub outcome: String,
}

/// A request to the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedRequest {
    /// Milliseconds since 1970.
    pub at: i64,
    /// `command`, `block_actions`, `view_submission`, `event message`, ...
    pub what: String,
    /// 0 for the first attempt.
    pub retry: u32,
    /// HTTP status, or the reason why there was none (`http_timeout`, `connection_failed`).
    pub status: String,
}

/// How often each method was called since the start, by outcome.
pub type Counts = BTreeMap<String, BTreeMap<String, u64>>;

/// The last [`KEPT`] of each, and the count of all calls.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Log {
    pub(crate) calls: VecDeque<LoggedCall>,
    pub(crate) requests: VecDeque<LoggedRequest>,
    #[serde(default)]
    pub(crate) counts: Counts,
}

impl Log {
    pub(crate) fn call(&mut self, call: LoggedCall) {
        // A name that is no method could be any text, and as many as a caller likes.
        if let Some(method) = catalog::find(&call.method) {
            let outcomes = self.counts.entry(method.name.to_owned()).or_default();
            *outcomes.entry(call.outcome.clone()).or_default() += 1;
        }
        push(&mut self.calls, call);
    }

    pub(crate) fn request(&mut self, request: LoggedRequest) {
        push(&mut self.requests, request);
    }
}

fn push<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == KEPT {
        queue.pop_front();
    }
    queue.push_back(item);
}
