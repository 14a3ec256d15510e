//! Faults on demand: what can go wrong between an app and Slack, chosen by a test or a person for the next so many calls.
//! A fault is taken before the call is looked at, so it hits calls that would be refused as well.

use serde::{Deserialize, Serialize};

use crate::workspace::Workspace;

/// A fault that waits for calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The method to hit; `None`: any.
    #[serde(default)]
    pub method: Option<String>,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How many calls it still hits.
    #[serde(default = "once")]
    pub times: u32,
}

const fn bad_gateway() -> u16 {
    502
}

const fn once() -> u32 {
    1
}

/// What goes wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// The connection closes; nothing was done.
    DropBefore,
    /// The call is done, then the connection closes without an answer.
    DropAfter,
    /// Nothing is done; an empty answer with this HTTP status (500, 502, 503).
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// Nothing is done; an HTML page with this status.
    Html {
        /// The HTTP status; 502 if it is not given in JSON.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// The call is done, then the answer waits so long (real milliseconds).
    Slow {
        /// Real milliseconds.
        ms: u64,
    },
    /// The call is done and answered with `fatal_error`.
    FatalErrorAfterStoring,
    /// Nothing is done; `internal_error`.
    InternalError,
    /// Nothing is done; HTTP 429.
    RateLimited {
        /// Seconds in `Retry-After`.
        retry_after: u64,
    },
    /// Nothing is done; this error name.
    Error {
        /// The error name.
        code: String,
    },
}

impl FaultKind {
    /// The name in JSON and in the log.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::DropBefore => "drop_before",
            Self::DropAfter => "drop_after",
            Self::Status { .. } => "status",
            Self::Html { .. } => "html",
            Self::Slow { .. } => "slow",
            Self::FatalErrorAfterStoring => "fatal_error_after_storing",
            Self::InternalError => "internal_error",
            Self::RateLimited { .. } => "rate_limited",
            Self::Error { .. } => "error",
        }
    }

    /// Whether the call is done all the same.
    pub(crate) const fn call_is_done(&self) -> bool {
        matches!(self, Self::DropAfter | Self::Slow { .. } | Self::FatalErrorAfterStoring)
    }
}

impl Workspace {
    /// The fault that hits a call of this method, used up by one.
    pub(crate) fn take_fault(&mut self, method: &str) -> Option<FaultKind> {
        let faults = &mut self.state.faults;
        let at =
            faults.iter().position(|f| f.times > 0 && f.method.as_deref().is_none_or(|m| m == method))?;
        let fault = faults.get_mut(at)?;
        fault.times -= 1;
        let kind = fault.kind.clone();
        if fault.times == 0 {
            faults.remove(at);
        }
        Some(kind)
    }
}
