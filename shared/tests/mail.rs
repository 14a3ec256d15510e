//! Mail as people get it from what monitors their machines: what it says, what it is about, and that its end finds its beginning.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::core::raw::Raw;
use shared::core::signal::{Severity, Signal, Status};
use shared::sources::{Sources, mail, open};

fn raw(body: String) -> Raw {
    Raw {
        id: "delivery".to_owned(),
        source: None,
        headers: BTreeMap::new(),
        body,
        received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        note: None,
    }
}

fn signal(subject: &str, text: &str) -> Signal {
    let message =
        format!("From: Monitor <monitor@example.com>\nTo: ops@example.org\nSubject: {subject}\n\n{text}\n");
    let mapped = Sources::builtin().unwrap().map(&raw(message));
    assert_eq!(mapped.trace.mapping.as_deref(), Some("mail/message"), "{subject}");
    assert_eq!((mapped.source.as_str(), mapped.signals.len()), ("mail", 1), "{subject}");
    mapped.signals.into_iter().next().unwrap()
}

#[test]
fn a_subject_says_how_things_stand_and_what_it_is_about() {
    let (fires, ends, news) = (Status::Firing, Status::Resolved, Status::Info);
    for (subject, text, status, severity, title, key) in [
        (
            "[FIRING] Disk full on db-1",
            "",
            fires,
            Severity::Error,
            "[FIRING] Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "[RESOLVED] Disk full on db-1",
            "",
            ends,
            Severity::Error,
            "[RESOLVED] Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "[FIRING:2] Disk full on db-1",
            "",
            fires,
            Severity::Error,
            "[FIRING:2] Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "PROBLEM: Disk full on db-1",
            "",
            fires,
            Severity::Error,
            "PROBLEM: Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "RECOVERY: Disk full on db-1",
            "",
            ends,
            Severity::Error,
            "RECOVERY: Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "Re: [FIRING] Disk full on db-1",
            "",
            fires,
            Severity::Error,
            "[FIRING] Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "Fwd: RE: [RESOLVED] Disk full on db-1",
            "",
            ends,
            Severity::Error,
            "[RESOLVED] Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "AW: Re[2]: OK: Disk full on db-1",
            "",
            ends,
            Severity::Error,
            "OK: Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "ALARM: \"cpu\" in EU (Ireland)",
            "",
            fires,
            Severity::Error,
            "ALARM: \"cpu\" in EU (Ireland)",
            "cpu in eu ireland",
        ),
        (
            "OK: \"cpu\" in EU (Ireland)",
            "",
            ends,
            Severity::Error,
            "OK: \"cpu\" in EU (Ireland)",
            "cpu in eu ireland",
        ),
        (
            "[CRITICAL] shop.example.com is down",
            "",
            fires,
            Severity::Critical,
            "[CRITICAL] shop.example.com is down",
            "shop.example.com",
        ),
        (
            "shop.example.com is back up",
            "",
            ends,
            Severity::Error,
            "shop.example.com is back up",
            "shop.example.com",
        ),
        ("Backup of db-1 failed", "", fires, Severity::Error, "Backup of db-1 failed", "backup of db-1"),
        (
            "[FIRING] Disk full on db-1",
            "Host: db-1\nSeverity: critical\n",
            fires,
            Severity::Critical,
            "[FIRING] Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "Disk full on db-1",
            "Status: resolved\nPriority: P3\n",
            ends,
            Severity::Warning,
            "Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "Disk full on db-1",
            "State: ALARM\n",
            fires,
            Severity::Error,
            "Disk full on db-1",
            "disk full on db-1",
        ),
        (
            "Your invoice for November",
            "Severity: critical\n",
            news,
            Severity::Info,
            "Your invoice for November",
            "your invoice for november",
        ),
        (
            "Ticket 17 has an answer",
            "Status: open\n",
            news,
            Severity::Info,
            "Ticket 17 has an answer",
            "ticket an answer",
        ),
        ("Re:", "hello", news, Severity::Info, "Re:", "re"),
        ("", "hello", news, Severity::Info, "Mail from Monitor", "mail from monitor"),
    ] {
        let signal = signal(subject, text);
        assert_eq!((signal.status, signal.severity), (status, severity), "{subject}: {text}");
        assert_eq!(
            (signal.title.as_str(), signal.key.as_str()),
            (title, format!("mail:{key}").as_str()),
            "{subject}"
        );
    }
}

/// What SES says of a message, inside of nothing.
fn notice(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/mail").join(name);
    let event: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    serde_json::from_str(event["Message"].as_str().unwrap()).unwrap()
}

#[test]
fn ses_is_heard_in_every_shape() {
    let notice = notice("ses-topic.json");
    let sns =
        json!({ "Type": "Notification", "TopicArn": "t", "MessageId": "m", "Message": notice.to_string() });
    let record = json!({ "eventSource": "aws:sqs", "messageId": "q", "body": sns.to_string() });
    for body in [
        notice.clone(),
        sns.clone(),
        json!(sns.to_string()),
        json!({ "Records": [record] }),
        json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "TopicArn": "t", "MessageId": "m", "Message": notice.to_string() } }] }),
        json!({ "Records": [{ "eventSource": "aws:ses", "ses": notice }] }),
        json!({ "Records": [{ "ses": notice }] }),
    ] {
        let raw = raw(body.to_string());
        let opened = open(&raw);
        let arrivals: Vec<_> = mail::arrivals(&opened).collect();
        assert_eq!(arrivals.len(), 1, "{body}");
        assert_eq!(arrivals[0].from.as_deref(), Some("alerts@status.acme.example"), "{body}");
        let mapped = Sources::builtin().unwrap().map(&raw);
        assert_eq!((mapped.source.as_str(), mapped.signals[0].status), ("mail", Status::Firing), "{body}");
    }
}

#[test]
fn a_message_takes_the_place_of_what_ses_says_of_it() {
    let opened = open(&raw(notice("ses-bucket.json").to_string()));
    let mut arrival = mail::arrivals(&opened).next().unwrap().clone();
    let place = arrival.place.clone().unwrap();
    assert_eq!(
        (place.bucket.as_str(), place.key.as_str()),
        ("acme-mail", "inbound/d6iitobk75ur44p8kdnnp7g2n800")
    );
    arrival.lack("it is gone");
    let told = |body: &Value| Sources::builtin().unwrap().map(&raw(body.to_string())).signals.remove(0);
    let without = told(arrival.body());
    assert_eq!(
        (without.title.as_str(), without.text.as_str()),
        ("[FIRING] Nightly report failed", "it is gone")
    );
    arrival.take(b"From: alerts@status.acme.example\nSubject: [FIRING] Nightly report failed\n\nThe reason");
    let with = told(arrival.body());
    assert_eq!((with.title, with.key, with.text.as_str()), (without.title, without.key, "The reason"));
    assert_eq!(arrival.body()["message_id"], "2003@status.acme.example", "the notice has it");
}

#[test]
fn a_mapping_of_the_teams_own_reads_a_sender_better() {
    let documents = include_str!("../../docs/sources.md");
    let begin = documents.find("title: Backup reports").unwrap();
    let mapping = documents[begin..].split("```").next().unwrap();
    let files = [("backup".to_owned(), mapping.to_owned())];
    let sources = Sources::builtin().unwrap().with_user_files(&files).unwrap();
    assert_eq!(sources.faults(), []);
    let told = |subject: &str, text: &str| {
        let text = format!("From: Backup <REPORTS@vendor.com>\nSubject: {subject}\n\n{text}");
        let mapped = sources.map(&raw(text));
        assert_eq!(mapped.trace.notes, Vec::<String>::new());
        (mapped.trace.mapping.unwrap(), mapped.signals.into_iter().next().unwrap())
    };
    let (by, failed) = told("Backup report", "Job: nightly-db\nResult: FAILURE\nDuration: 12 min");
    assert_eq!(by, "backup/report");
    assert_eq!((failed.status, failed.key.as_str()), (Status::Firing, "backup:nightly-db"));
    assert_eq!(failed.title, "Backup nightly-db: failure");
    let (_, well) = told("Backup report", "Job: nightly-db\nResult: SUCCESS\n");
    assert_eq!((well.status, well.key.as_str()), (Status::Resolved, "backup:nightly-db"));
    assert_eq!(told("Our newsletter", "Job: x").0, "mail/message", "another subject");
}
