//! What the checks write: small things by default, and one of everything for the round trip.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::core::incident::{
    Actor, Content, Counts, Effect, Entry, Incident, IncidentId, Line, Moved, Post, State, Thing, What, Why,
};
use crate::core::raw::Raw;
use crate::core::report::{Document, Mention, OpenIncidents, Report, Run, Section};
use crate::core::signal::{Link, Severity, Signal, Status};
use crate::store::{Commit, Opens, SignalRecord};

/// A time `seconds` after the full hour at which the checks play, in 2030: no real clock expires what they write.
pub fn t(seconds: i64) -> Timestamp {
    Timestamp::constant(1_900_000_800 + seconds, 0)
}

/// The commit that opens a firing incident as the first of its group in the route `alerts`.
pub fn opening(id: &str, group: &str) -> Commit {
    let incident = Incident {
        id: IncidentId(id.to_owned()),
        version: 1,
        revision: 1,
        route: "alerts".to_owned(),
        group: group.to_owned(),
        state: State::Firing,
        severity: Severity::Error,
        content: Content {
            source: "cloudwatch".to_owned(),
            kind: "alarm".to_owned(),
            title: "API latency".to_owned(),
            text: String::new(),
            facts: Vec::new(),
            labels: BTreeMap::new(),
            links: Vec::new(),
            report: None,
        },
        things: BTreeMap::new(),
        counts: Counts::default(),
        opened_at: t(0),
        changed_at: t(0),
        posts: Vec::new(),
        why: Why::default(),
        behind_at: None,
    };
    Commit {
        incident,
        entries: Vec::new(),
        opens: Some(Opens { after: None }),
        open: true,
        due_at: None,
        posted: Vec::new(),
        seen: Vec::new(),
        records: Vec::new(),
        digest: None,
        now: t(0),
    }
}

/// A commit that changes what `before` has left, and carries nothing else along.
pub fn changed(before: &Commit) -> Commit {
    let mut incident = before.incident.clone();
    incident.version += 1;
    Commit {
        incident,
        opens: None,
        entries: Vec::new(),
        posted: Vec::new(),
        seen: Vec::new(),
        records: Vec::new(),
        digest: None,
        ..before.clone()
    }
}

/// A timeline entry.
pub fn entry(id: &str, what: What) -> Entry {
    Entry { id: id.to_owned(), at: t(0), by: Actor::Callboard, what, lines: Vec::new() }
}

/// A signal record with one signal and a small payload.
pub fn record(id: &str, incident: &str, received_at: Timestamp) -> SignalRecord {
    SignalRecord {
        id: id.to_owned(),
        incident: IncidentId(incident.to_owned()),
        signals: vec![signal(Status::Firing, Severity::Error, received_at)],
        raw: Some(Raw {
            id: id.to_owned(),
            source: Some("cloudwatch".to_owned()),
            headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
            body: r#"{"AlarmName":"API latency"}"#.to_owned(),
            received_at,
            note: Some("cut from 3.2 MB".to_owned()),
        }),
        received_at,
    }
}

fn signal(status: Status, severity: Severity, at: Timestamp) -> Signal {
    Signal {
        id: "delivery-1/0".to_owned(),
        source: "cloudwatch".to_owned(),
        kind: "alarm".to_owned(),
        status,
        severity,
        title: "API latency is \u{201c}high\u{201d}".to_owned(),
        text: "line one\nline two\t\u{0}\u{1f525}".to_owned(),
        facts: vec!["p99 2.1 s > 1 s".to_owned(), String::new()],
        labels: BTreeMap::from([("service".to_owned(), "api".to_owned()), (String::new(), String::new())]),
        links: vec![Link { title: "Console".to_owned(), url: "https://example.com/?a=b&c=d#e".to_owned() }],
        key: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:API latency".to_owned(),
        at,
        received_at: at,
    }
}

/// A record that holds every status and severity, with and without what may be missing.
pub(super) fn full_records(incident: &str) -> Vec<SignalRecord> {
    let mut full = record("full", incident, Timestamp::constant(1_900_000_801, 123_456_789));
    for severity in [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical] {
        for status in [Status::Firing, Status::Resolved, Status::Info] {
            full.signals.push(signal(status, severity, t(2)));
        }
    }
    let mut bare = record("bare", incident, t(3));
    bare.signals.clear();
    bare.raw = None;
    let mut plain = record("plain", incident, t(4));
    plain.raw = plain.raw.map(|raw| Raw { source: None, headers: BTreeMap::new(), note: None, ..raw });
    vec![full, bare, plain]
}

fn actors() -> [Actor; 3] {
    [
        Actor::Source { name: "cloudwatch".to_owned() },
        Actor::Person { id: "U01ANA".to_owned() },
        Actor::Callboard,
    ]
}

fn effects() -> [Effect; 5] {
    [
        Effect::Wanted,
        Effect::Started { at: t(5), first: t(5), looked: 3 },
        Effect::Started { at: t(5), first: t(2), looked: 0 },
        Effect::Done { ts: "1900000801.000100".to_owned() },
        Effect::Dropped { reason: "is_archived".to_owned() },
    ]
}

fn moved() -> Moved {
    Moved { from: "#gone".to_owned(), reason: "channel_not_found".to_owned() }
}

/// Every state, each with everything that an incident can hold.
pub(super) fn full_incidents() -> Vec<Incident> {
    let mut states = vec![State::Notice, State::Firing];
    for by in actors() {
        states.push(State::Acknowledged { by: by.clone(), at: t(1), lapses_at: None });
        states.push(State::Acknowledged { by: by.clone(), at: t(1), lapses_at: Some(t(3600)) });
        states.push(State::Resolved { by, at: t(2) });
    }
    states.into_iter().enumerate().map(|(n, state)| full_incident(n, state)).collect()
}

fn full_incident(number: usize, state: State) -> Incident {
    let id = format!("full{number}");
    let posts = effects().into_iter().enumerate().map(|(n, root)| Post {
        channel: format!("#channel-{n}"),
        channel_id: (n > 0).then(|| format!("C{n}")),
        root,
        shown: (n > 1).then_some(u64::MAX),
        shown_revision: 7,
        next_at: (n > 2).then(|| t(60)),
        failures: 2,
        plain: n > 1,
        moved: (n > 2).then(moved),
    });
    let things = [Status::Firing, Status::Resolved, Status::Info]
        .map(|status| (status.word().to_owned(), Thing { status, at: t(9) }));
    let sample = signal(Status::Firing, Severity::Critical, t(0));
    Incident {
        revision: 12,
        state,
        severity: Severity::Critical,
        content: Content {
            source: sample.source,
            kind: sample.kind,
            title: sample.title,
            text: sample.text,
            facts: sample.facts,
            labels: sample.labels,
            links: sample.links,
            report: reports().into_iter().nth(number).map(Box::new),
        },
        things: BTreeMap::from(things),
        counts: Counts {
            signals: u64::MAX,
            firings: 2,
            reopened: 3,
            untracked: 4,
            fired_at: (number > 1).then_some(t(1)),
            acknowledged_at: (number > 2).then_some(t(2)),
            responses: number as u64,
        },
        opened_at: Timestamp::constant(1_900_000_800, 1),
        changed_at: Timestamp::constant(1_900_000_800, 999_999_999),
        posts: posts.collect(),
        why: Why {
            when: Some("severity == \"critical\"".to_owned()),
            grouped_by: vec![("labels.service".to_owned(), "api".to_owned())],
            rejected: vec![("payments".to_owned(), "labels.service == \"payments\"".to_owned())],
            key: "arn:aws:alarm".to_owned(),
        },
        behind_at: Some(t(30)),
        ..opening(&id, &id).incident
    }
}

/// A run of a report, as far as it can be.
fn reports() -> Vec<Report> {
    let run = Run::new("morning", "#ops", t(5), true);
    vec![
        Report::Begun { at: t(5) },
        Report::Wanted(run.clone()),
        Report::Wanted(Run { asked_by: Some("U01ANA".to_owned()), late: false, ..run }),
        Report::Skipped { slot: t(5) },
        Report::Made(Document {
            title: "Morning".to_owned(),
            slot: t(5),
            late: true,
            asked_by: Some("U01ANA".to_owned()),
            made_at: t(6),
            since: t(-5),
            zone: "Europe/London".to_owned(),
            mention: Some(Mention::Usergroup("S01OPS".to_owned())),
            sample: true,
            sections: vec![
                Section::OpenIncidents(OpenIncidents { rows: Vec::new(), all: 100, at_least: true }),
                Section::Text { text: "a \"quoted\" text".to_owned() },
                Section::Failed { section: "alarms".to_owned(), why: "AccessDenied".to_owned() },
            ],
        }),
    ]
}

/// Everything that can happen, by everybody, with lines in every state.
pub(super) fn full_timeline() -> Vec<Entry> {
    let whats = vec![
        What::Opened { severity: Severity::Warning },
        What::Refired,
        What::Joined { titles: vec!["API errors".to_owned()], more: 3 },
        What::Worse { from: Severity::Info, to: Severity::Critical },
        What::Acknowledged,
        What::Unacknowledged,
        What::Lapsed { owner: Actor::Person { id: "U02BEN".to_owned() } },
        What::Resolved,
        What::Reopened,
        What::Noted { text: "restarted it".to_owned() },
        What::Moved(moved()),
        What::Reported { quiet: true },
    ];
    let line =
        |effect| Line { channel: "#alerts".to_owned(), broadcast: matches!(effect, Effect::Wanted), effect };
    let lines: Vec<Line> = effects().into_iter().map(line).collect();
    let entries = whats.into_iter().zip(actors().into_iter().cycle()).enumerate();
    entries
        .map(|(n, (what, by))| Entry { by, lines: lines.clone(), ..entry(&format!("00000001.{n:02}"), what) })
        .collect()
}

/// Text that does not compress below half: a sequence that never repeats, in hexadecimal.
pub(super) fn noise(bytes: usize) -> String {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&format!("{state:016x}"));
    }
    text.truncate(bytes);
    text
}
