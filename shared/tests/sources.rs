//! The mappings, against the payloads in `events/`. What must hold for any payload whatever is in `hostile.rs`.
//!
//! A snapshot shows the signals as a person compares them: one look tells whether they can be understood. To add a case, add a
//! file to `events/<source>/` (and `<name>.headers.json` where headers matter) and review the new snapshot.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shared::core::raw::Raw;
use shared::core::signal::Status;
use shared::sources::verify::Scheme;
use shared::sources::{Mapped, Sources, open};

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn raw(source: Option<&str>, headers: BTreeMap<String, String>, body: String) -> Raw {
    Raw {
        id: "delivery".to_owned(),
        source: source.map(str::to_owned),
        headers,
        body,
        received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        note: None,
    }
}

fn read(path: &Path, source: Option<&str>) -> Raw {
    let headers = fs::read_to_string(path.with_extension("headers.json")).unwrap_or("{}".to_owned());
    raw(source, serde_json::from_str(&headers).unwrap(), fs::read_to_string(path).unwrap())
}

/// The payloads of a source, without the files of headers.
fn payloads(source: &str) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(events().join(source)) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|ending| ending == "json" || ending == "eml") && !is_headers(path)
    });
    paths.sort();
    paths
}

fn is_headers(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.ends_with(".headers.json"))
}

fn map(source: Option<&str>, body: impl Into<String>) -> Mapped {
    Sources::builtin().unwrap().map(&raw(source, BTreeMap::new(), body.into()))
}

fn event(path: &str) -> Mapped {
    let path = events().join(path);
    Sources::builtin().unwrap().map(&read(&path, None))
}

#[test]
fn every_payload_is_understood_as_its_snapshot_says() {
    let sources = Sources::builtin().unwrap();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../../events", "*/*.{json,eml}", |path| {
            let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap();
            if is_headers(path) || folder == "functions" {
                return;
            }
            insta::assert_snapshot!(shown(&sources.map(&read(path, Some(folder)))));
        });
    });
}

/// The signals as a person compares them.
fn shown(mapped: &Mapped) -> String {
    let mut text =
        format!("mapping: {}\n", mapped.trace.mapping.as_deref().unwrap_or("none, read generically"));
    for note in &mapped.trace.notes {
        text += &format!("note: {note}\n");
    }
    if let Some(reason) = &mapped.skipped {
        text += &format!("skipped: {reason}\n");
    }
    for signal in &mapped.signals {
        text += &format!(
            "\n{} {} {}: {}\n",
            signal.severity.word(),
            signal.kind,
            signal.status.word(),
            signal.title
        );
        text += &format!("facts: {}\n", signal.facts.join(" · "));
        for line in signal.text.lines() {
            text += &format!("| {line}\n");
        }
        for link in &signal.links {
            text += &format!("-> {}: {}\n", link.title, link.url);
        }
        text += &format!("key: {}\nat: {}\n", signal.key, signal.at);
        for (name, value) in &signal.labels {
            text += &format!("  {name} = {value}\n");
        }
    }
    text
}

#[test]
fn no_built_in_mapping_has_a_fault() {
    assert_eq!(Sources::builtin().unwrap().faults(), []);
}

#[test]
fn every_source_has_two_payloads_and_knows_them() {
    let sources = Sources::builtin().unwrap();
    for name in sources.names() {
        let payloads = payloads(name);
        assert!(payloads.len() >= 2, "events/{name} has {} payloads", payloads.len());
        for path in payloads.iter().filter(|_| name != "generic") {
            let shown = path.display();
            let mapped = sources.map(&read(path, Some(name)));
            let by = mapped.trace.mapping.unwrap_or_default();
            assert!(by.starts_with(name), "{shown} was read by {by:?}: {:?}", mapped.trace.notes);
            assert_eq!(mapped.trace.notes, Vec::<String>::new(), "{shown}");
            // The same without a name in the path: recognised.
            let bare = read(path, None);
            let recognised = sources.recognise(&bare, &open(&bare));
            assert_eq!(recognised.map(|source| source.name()), Some(name), "{shown}");
        }
    }
}

#[test]
fn every_source_says_how_to_connect_it() {
    let sources = Sources::builtin().unwrap();
    for source in sources.names().filter(|name| *name != "generic").filter_map(|name| sources.get(name)) {
        let (name, scheme) = (source.name(), source.verify());
        let guide = source.guide().unwrap_or_else(|| panic!("{name} has no guide"));
        let words: Vec<&str> =
            guide.connect.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
        let says = |word: &str| words.contains(&word);
        let address = guide.path(name, scheme);
        assert!(guide.connect.len() < 240, "{name}: {} letters", guide.connect.len());
        assert_eq!(
            guide.connect.matches("URL").count(),
            words.iter().filter(|word| **word == "URL").count(),
            "{name}: URL is the address alone"
        );
        assert!(
            address.is_some()
                || guide.config.is_some()
                || ["topic", "rule", "EventSources", "IngestFunctionArn"].iter().any(|word| says(word)),
            "{name}: {}",
            guide.connect
        );
        // What its sender has to bring is said, and nothing that it need not bring.
        let secret = guide.connect.to_lowercase().contains("secret");
        let asked = scheme.needs_secret() && *scheme != Scheme::Path && address.is_some();
        assert!(secret == asked, "{name} is verified by {scheme:?}: {}", guide.connect);
        assert!(guide.page.starts_with("https://"), "{name}: {}", guide.page);
        assert!(!guide.key.is_empty() && !guide.key.ends_with('.'), "{name}: {}", guide.key);
    }
}

#[test]
fn a_payload_of_github_is_known_without_its_headers() {
    let sources = Sources::builtin().unwrap();
    for path in payloads("github") {
        let with = sources.map(&read(&path, Some("github"))).trace.mapping;
        let bare = raw(None, BTreeMap::new(), fs::read_to_string(&path).unwrap());
        // What only the header names cannot be known without it.
        if with.as_deref() != Some("github/other") {
            assert_eq!(sources.map(&bare).trace.mapping, with, "{}", path.display());
        }
    }
}

#[test]
fn an_alarm_is_the_same_thing_in_every_shape_and_its_end_has_the_same_key() {
    let shapes = [
        "alarm",
        "alarm-sns",
        "alarm-sns-record",
        "alarm-sns-sqs",
        "alarm-sqs-raw",
        "alarm-eventbridge",
        "alarm-action",
    ];
    let ends = ["ok", "ok-sns", "ok-eventbridge"];
    let expected = event("cloudwatch/alarm.json").signals.remove(0);
    for (names, status) in [(&shapes[..], Status::Firing), (&ends[..], Status::Resolved)] {
        for name in names {
            let signal = event(&format!("cloudwatch/{name}.json")).signals.remove(0);
            assert_eq!(signal.key, expected.key, "{name}");
            assert_eq!((signal.status, signal.severity), (status, expected.severity), "{name}");
            assert_eq!(signal.title, expected.title, "{name}");
            assert_eq!(signal.links[0], expected.links[0], "{name}");
            if status == Status::Firing {
                assert_eq!(signal.facts, expected.facts, "{name}");
            }
        }
    }
}

#[test]
fn a_success_resolves_what_a_failure_fired() {
    for (failure, success) in [
        ("github/workflow-run-failure.json", "github/workflow-run-success.json"),
        ("github/check-run-failure.json", "github/check-run-success.json"),
        ("github/deployment-status-failure.json", "github/deployment-status-success.json"),
        ("eventbridge/codepipeline-failed.json", "eventbridge/codepipeline-succeeded.json"),
        ("eventbridge/ecs-deployment-failed.json", "eventbridge/ecs-deployment-completed.json"),
        ("generic/alert.json", "generic/alert-resolved.json"),
        ("alertmanager/firing.json", "alertmanager/resolved.json"),
        ("mail/firing.eml", "mail/resolved.eml"),
        ("mail/ses-topic.json", "mail/ses-topic-base64.json"),
        ("mail/ses-function.json", "mail/resolved.eml"),
    ] {
        let (fires, ends) = (event(failure).signals.remove(0), event(success).signals.remove(0));
        assert_eq!((fires.status, ends.status), (Status::Firing, Status::Resolved), "{failure}");
        assert_eq!(fires.key, ends.key, "{failure}");
        assert!(fires.at <= ends.at, "{failure}: {} {}", fires.at, ends.at);
    }
}

#[test]
fn a_delivery_is_named_by_its_sender() {
    let sources = Sources::builtin().unwrap();
    for (path, expected) in [
        ("github/workflow-run-failure.json", Some("72d3162e-cc78-11e3-81ab-4c9367dc0901")),
        ("cloudwatch/alarm-sns.json", Some("5a1f6c1e-0c7b-5d1a-9a54-3a7c1f000001")),
        ("cloudwatch/alarm-sns-record.json", Some("5a1f6c1e-0c7b-5d1a-9a54-3a7c1f000003")),
        ("cloudwatch/alarm-eventbridge.json", Some("c4c1c1c9-6542-e61b-6ef0-8c4d36933a92")),
        ("mail/firing.eml", Some("20261122085956.1001@status.acme.example")),
        ("mail/ses-topic.json", Some("2001@status.acme.example")),
        ("mail/ses-bucket.json", Some("2003@status.acme.example")),
        ("alertmanager/firing.json", None),
        ("generic/alert.json", None),
    ] {
        let raw = read(&events().join(path), None);
        let id = sources.delivery_id(&raw, &open(&raw));
        assert_eq!(id.as_deref(), expected, "{path}");
    }
}

#[test]
fn a_standard_webhook_names_its_delivery_whatever_the_source() {
    let sources = Sources::builtin().unwrap();
    let id = |file: &str, webhook_id: &str| {
        let mut raw = read(&events().join(file), None);
        raw.headers.insert("webhook-id".into(), webhook_id.into());
        sources.delivery_id(&raw, &open(&raw))
    };
    assert_eq!(id("generic/alert.json", "msg_1").as_deref(), Some("msg_1"));
    assert_eq!(id("alertmanager/firing.json", "msg_1").as_deref(), Some("msg_1"));
    assert_eq!(id("generic/alert.json", " ").as_deref(), None);
    let own = Some("72d3162e-cc78-11e3-81ab-4c9367dc0901");
    assert_eq!(id("github/workflow-run-failure.json", "msg_1").as_deref(), own, "the mapping names another");
}

#[test]
fn a_word_that_is_not_known_never_fires() {
    let alarm = fs::read_to_string(events().join("cloudwatch/alarm.json")).unwrap();
    let mut alarm: Value = serde_json::from_str(&alarm).unwrap();
    alarm["NewStateValue"] = json!("SOMETHING_NEW");
    let mapped = map(Some("cloudwatch"), alarm.to_string());
    assert_eq!(mapped.signals[0].status, Status::Info);
    assert!(mapped.trace.notes.iter().any(|note| note.contains("something_new")), "{:?}", mapped.trace);
}

#[test]
fn a_named_source_that_sends_something_else_is_recognised_or_read_generically() {
    let alarm = fs::read_to_string(events().join("cloudwatch/alarm.json")).unwrap();
    let mapped = map(Some("prod-alarms"), alarm);
    assert_eq!(mapped.source, "cloudwatch");
    assert_eq!(mapped.signals[0].labels["hook"], "prod-alarms");

    let mapped = map(Some("cloudwatch"), r#"{"title":"Not an alarm","status":"firing"}"#);
    assert_eq!((mapped.source.as_str(), mapped.signals[0].status), ("cloudwatch", Status::Firing));
    assert_eq!(mapped.trace.mapping, None);

    let mapped = map(Some("../../etc"), "x");
    assert_eq!(mapped.source, "generic");
}

#[test]
fn one_broken_alert_does_not_take_the_others_with_it() {
    let alerts = json!({ "groupKey": "g", "groupLabels": {}, "alerts": [
        { "status": "firing", "labels": { "alertname": "A" }, "fingerprint": "1" },
        "not an alert",
        { "status": "firing", "labels": { "alertname": "B" }, "fingerprint": "2" },
    ] });
    let mapped = map(Some("alertmanager"), alerts.to_string());
    let titles: Vec<&str> = mapped.signals.iter().map(|signal| signal.title.as_str()).collect();
    assert_eq!(titles, ["A", "not an alert", "B"]);
}

#[test]
fn a_form_with_a_payload_is_read_as_json() {
    let push = fs::read_to_string(events().join("github/push.json")).unwrap();
    let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("payload", &push).finish();
    let headers =
        BTreeMap::from([("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())]);
    let mapped = Sources::builtin().unwrap().map(&raw(Some("github"), headers, form));
    assert_eq!(mapped.trace.mapping.as_deref(), Some("github/push"));
}

#[test]
fn a_line_that_curl_calls_a_form_is_read_as_a_line() {
    let headers =
        || BTreeMap::from([("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())]);
    let title = |body: &str| {
        let mapped = Sources::builtin().unwrap().map(&raw(Some("backup"), headers(), body.to_owned()));
        mapped.signals[0].title.clone()
    };
    assert_eq!(title("Backup of db-1 failed: disk full"), "Backup of db-1 failed: disk full");
    assert_eq!(title("Backup of db-1 failed, code=28"), "Backup of db-1 failed, code=28");
    assert_eq!(title("title=Backup+failed&host=db-1"), "Backup failed");
}

#[test]
fn what_is_above_the_bound_is_told() {
    let alert = json!({ "status": "firing", "labels": {} });
    let alerts = json!({ "groupKey": "g", "groupLabels": {}, "alerts": vec![alert; 5_000] });
    let mapped = map(None, alerts.to_string());
    assert_eq!(mapped.signals.len(), 1_000);
    assert!(mapped.signals[999].title.starts_with("4001 further"), "{}", mapped.signals[999].title);
}

#[cfg(feature = "yaml")]
mod user_files {
    use super::*;

    fn with(text: &str) -> Result<Sources, shared::sources::BadFile> {
        Sources::builtin().unwrap().with_user_files(&[("buildkite".to_owned(), text.to_owned())])
    }

    const MAPPING: &str = r#"
title: Buildkite
verify: bearer
recognise:
  - fields: { event: build.*, pipeline: "*" }
cases:
  - name: build
    when: body.build.state is defined
    signal:
      key: "{{ body.pipeline.slug }}"
      kind: build
      status: { of: "{{ body.build.state }}", words: { failed: firing, passed: resolved } }
      title: "{{ body.pipeline.slug }} {{ body.build.state }}"
      labels: { branch: "{{ body.build.branch }}" }
"#;

    #[test]
    fn a_users_mapping_is_used_like_a_built_in_one() {
        let sources = with(MAPPING).unwrap();
        assert_eq!(sources.faults(), []);
        let body = json!({ "event": "build.finished", "pipeline": { "slug": "web" }, "build": { "state": "failed" } });
        let mapped = sources.map(&raw(None, BTreeMap::new(), body.to_string()));
        assert_eq!(mapped.trace.mapping.as_deref(), Some("buildkite/build"));
        assert_eq!(
            (mapped.signals[0].title.as_str(), mapped.signals[0].status),
            ("web failed", Status::Firing)
        );
        assert!(mapped.signals[0].labels.is_empty(), "a label that asks for something missing is left out");
    }

    #[test]
    fn a_fault_is_told_with_its_place_and_what_may_be_meant() {
        for (wrong, right, expected) in [
            ("signal:", "signals:", "unknown field `signals`"),
            (
                "firing,",
                "fireing,",
                "sources/buildkite.yaml: cases.build.signal.status.words: `fireing` is none of our words",
            ),
            ("body.build.state is defined", "body.build.state is definde", "did you mean `defined`?"),
            (
                "key: \"{{ body.pipeline.slug }}\"",
                "key: \"{{ body.pipeline.slug \"",
                "cases.build.signal.key",
            ),
            ("verify: bearer", "verify: nothing", "standard-webhooks"),
        ] {
            let text = MAPPING.replace(wrong, right);
            assert_ne!(text, MAPPING);
            let told = match with(&text) {
                Err(bad) => bad.to_string(),
                Ok(sources) => sources.faults().iter().map(ToString::to_string).collect(),
            };
            assert!(told.contains(expected), "{told}");
        }
    }
}
