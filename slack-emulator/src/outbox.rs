//! Requests to the app that wait for their time, and the rules of trying again: events at once, after a minute, after five
//! minutes, unless the app forbids it; commands and clicks never. <https://docs.slack.dev/apis/events-api#retries>

use serde::{Deserialize, Serialize};

use crate::log::LoggedRequest;
use crate::workspace::Workspace;

/// When a failed event is sent again, after the failure before, in milliseconds.
const RETRY_AFTER_MS: [i64; 3] = [0, 60_000, 300_000];

/// A request to the app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Delivery {
    /// For the log: `command`, `block_actions`, `event message`, ...
    pub(crate) what: String,
    pub(crate) url: String,
    pub(crate) body: Body,
    pub(crate) due_ms: i64,
    /// How often it was sent before.
    pub(crate) retry: u32,
    /// Why the last attempt failed.
    pub(crate) reason: Option<String>,
}

/// A body and with it the content type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Body {
    Json(String),
    Form(String),
}

impl Body {
    /// A form of these fields.
    pub(crate) fn form(fields: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        Self::Form(form.extend_pairs(fields).finish())
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Json(text) | Self::Form(text) => text,
        }
    }

    pub(crate) const fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
        }
    }
}

/// What came of a request.
#[derive(Debug, Clone)]
pub(crate) enum Heard {
    /// The app answered.
    Answer { status: u16, no_retry: bool, body: String },
    /// It did not: `http_timeout`, `connection_failed`, ...
    Silence(&'static str),
}

impl Heard {
    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Self::Answer { status: 200..=299, .. })
    }

    fn status(&self) -> String {
        match self {
            Self::Answer { status, .. } => status.to_string(),
            Self::Silence(reason) => (*reason).to_owned(),
        }
    }
}

impl Workspace {
    /// Takes the next delivery that is due, oldest first.
    pub(crate) fn next_due(&mut self, now: i64) -> Option<Delivery> {
        let due = self.state.outbox.iter().enumerate().filter(|(_, d)| d.due_ms <= now);
        let (at, _) = due.min_by_key(|(at, d)| (d.due_ms, *at))?;
        Some(self.state.outbox.remove(at))
    }

    /// Writes down what came of a request.
    pub(crate) fn log_request(&mut self, delivery: &Delivery, heard: &Heard, now: i64) {
        let what = delivery.what.clone();
        self.state.log.request(LoggedRequest {
            at: now,
            what,
            retry: delivery.retry,
            status: heard.status(),
        });
    }

    /// Puts a failed event back, if it may be tried again.
    pub(crate) fn delivered(&mut self, delivery: Delivery, heard: &Heard, now: i64) {
        self.log_request(&delivery, heard, now);
        let forbidden = matches!(heard, Heard::Answer { no_retry: true, .. });
        if heard.is_success() || forbidden {
            return;
        }
        let tries = usize::try_from(delivery.retry).unwrap_or(usize::MAX);
        if let Some(wait) = RETRY_AFTER_MS.get(tries) {
            let reason = match heard {
                Heard::Answer { .. } => "http_error",
                Heard::Silence(reason) => reason,
            };
            self.state.outbox.push(Delivery {
                due_ms: now + wait,
                retry: delivery.retry + 1,
                reason: Some(reason.to_owned()),
                ..delivery
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn event() -> Delivery {
        Delivery {
            what: "event message".into(),
            url: "http://app".into(),
            body: Body::Json("{}".into()),
            due_ms: 0,
            retry: 0,
            reason: None,
        }
    }

    #[test]
    fn a_failing_event_is_sent_four_times_and_then_given_up() {
        let mut workspace = Workspace::new(Settings::default(), 0);
        workspace.state.outbox.push(event());
        let mut sent = Vec::new();
        let mut now = 0;
        while !workspace.state.outbox.is_empty() {
            while let Some(delivery) = workspace.next_due(now) {
                sent.push((now, delivery.retry, delivery.reason.clone()));
                workspace.delivered(delivery, &Heard::Silence("http_timeout"), now);
            }
            now += 10_000;
        }
        let why = || Some("http_timeout".to_owned());
        assert_eq!(sent, [(0, 0, None), (0, 1, why()), (60_000, 2, why()), (360_000, 3, why())]);
    }

    #[test]
    fn an_app_that_says_no_retry_is_left_alone() {
        let mut workspace = Workspace::new(Settings::default(), 0);
        let no = Heard::Answer { status: 500, no_retry: true, body: String::new() };
        workspace.delivered(event(), &no, 0);
        assert!(workspace.state.outbox.is_empty());
        let error = Heard::Answer { status: 500, no_retry: false, body: String::new() };
        workspace.delivered(event(), &error, 0);
        assert_eq!(workspace.state.outbox[0].reason.as_deref(), Some("http_error"));
    }
}
