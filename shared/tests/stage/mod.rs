//! What the tests from outside share: one alarm, the incident it makes, and a Slack workspace to show it in.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "this is test code, though not inside a test function"
)]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use shared::core::incident::{IncidentId, Opening, Why};
use shared::core::signal::{Link, Severity, Signal, Status};
use shared::slack::blocks::Message;
use slack_emulator::{Emulator, ManualClock, Settings};

/// The token that the workspace accepts.
const TOKEN: &str = "xoxb-emulator";

/// 2026-11-22T09:00:00Z plus so many seconds.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_338_000).unwrap() + SignedDuration::from_secs(seconds)
}

/// A firing of severity error, at second 0.
pub(crate) fn alarm() -> Signal {
    let link =
        |title: &str, page: &str| Link { title: title.into(), url: format!("https://example.com/{page}") };
    Signal {
        id: "d1.0".into(),
        source: "cloudwatch".into(),
        kind: "alarm".into(),
        status: Status::Firing,
        severity: Severity::Error,
        title: "High CPU on api-prod".into(),
        text: "Threshold crossed: 3 datapoints were greater than the threshold (80.0).".into(),
        facts: vec!["93.4 % > 80 %".into(), "eu-west-1".into()],
        labels: [("service", "payments"), ("environment", "prod")].map(|(n, v)| (n.into(), v.into())).into(),
        links: vec![link("Alarm", "alarm"), link("Runbook", "runbook")],
        key: "api-prod-cpu".into(),
        at: at(0),
        received_at: at(0),
    }
}

/// What an incident starts from.
pub(crate) fn opening() -> Opening {
    Opening {
        id: IncidentId("k7qf3".into()),
        route: "payments".into(),
        group: "cloudwatch\napi-prod-cpu".into(),
        channels: vec!["#alerts".into()],
        show_unfired: false,
        why: Why {
            when: Some("labels.service == \"payments\"".into()),
            grouped_by: Vec::new(),
            rejected: vec![("deployments".into(), "kind == \"deployment\"".into())],
            key: "api-prod-cpu".into(),
        },
    }
}

/// A workspace without rate limits.
pub(crate) fn slack() -> Emulator {
    let settings = Settings { rate_limits: false, ..Settings::default() };
    Emulator::new(settings, Arc::new(ManualClock::at(at(0).as_millisecond())))
}

/// Posts a message in `#alerts` as the client does, after Slack's judge of blocks has seen it.
pub(crate) fn post(slack: &Emulator, message: &Message) {
    let mut message = serde_json::to_value(message).unwrap();
    let judged = slack.call("blocks.validate", serde_json::json!({ "message": message }), TOKEN);
    assert_eq!(judged.outcome(), "ok", "{} {message}", judged.body);
    message["channel"] = "#alerts".into();
    let posted = slack.call("chat.postMessage", message, TOKEN);
    assert_eq!(posted.outcome(), "ok", "{}", posted.body);
}
