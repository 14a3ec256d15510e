//! Data for the tests of the core: short to write, easy to read, the same every time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::incident::{
    Applied, Event, Incident, IncidentId, Opening, Origin, Response, Rules, Verb, Why, apply, open,
};
use super::signal::{Severity, Signal, Status};

/// 2026-11-22T09:00:00Z plus so many seconds.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_338_000).unwrap() + SignedDuration::from_secs(seconds)
}

impl Signal {
    /// A firing of severity error about `cpu`, at second 0.
    pub(crate) fn test() -> Signal {
        Signal {
            id: "d1-0".into(),
            source: "cloudwatch".into(),
            kind: "alarm".into(),
            status: Status::Firing,
            severity: Severity::Error,
            title: "High CPU on api-prod".into(),
            text: String::new(),
            facts: vec!["93.4 % > 80 %".into()],
            labels: BTreeMap::from([("service".into(), "payments".into())]),
            links: Vec::new(),
            key: "cpu".into(),
            at: at(0),
            received_at: at(0),
        }
    }

    pub(crate) fn second(self, seconds: i64) -> Signal {
        Signal {
            id: format!("d{seconds}-{}", self.status.word()),
            at: at(seconds),
            received_at: at(seconds),
            ..self
        }
    }

    pub(crate) fn resolved(self) -> Signal {
        Signal { status: Status::Resolved, ..self }
    }

    pub(crate) fn info(self) -> Signal {
        Signal { status: Status::Info, ..self }
    }

    pub(crate) fn with_severity(self, severity: Severity) -> Signal {
        Signal { severity, ..self }
    }

    pub(crate) fn about(self, key: &str) -> Signal {
        Signal { key: key.into(), title: format!("Trouble with {key}"), ..self }
    }
}

/// What an incident starts from.
pub(crate) fn opening() -> Opening {
    Opening {
        id: IncidentId("k7qf3".into()),
        route: "rest".into(),
        group: "cloudwatch\ncpu".into(),
        channels: vec!["#alerts".into()],
        show_unfired: false,
        why: Why::default(),
    }
}

impl Incident {
    /// Firing since second 0, stored.
    pub(crate) fn test() -> Incident {
        open(opening(), &Signal::test(), &[], &Rules::default(), at(0)).incident
    }

    /// After these events at that second.
    pub(crate) fn after(&self, seconds: i64, events: &[Event]) -> Incident {
        self.step(seconds, events).incident
    }

    pub(crate) fn step(&self, seconds: i64, events: &[Event]) -> Applied {
        apply(self, events, &Rules::default(), at(seconds))
    }
}

pub(crate) fn says(signal: Signal) -> Event {
    Event::Signal(signal)
}

/// A person presses a button.
pub(crate) fn press(by: &str, verb: Verb) -> Event {
    Event::Response(Response { verb, by: by.into(), origin: Origin::Button })
}

/// A person adds or takes back a reaction.
pub(crate) fn emoji(by: &str, verb: Verb) -> Event {
    Event::Response(Response { verb, by: by.into(), origin: Origin::Emoji })
}
