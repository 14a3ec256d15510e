use serde_json::json;

use super::*;

fn one(body: Value) -> Draft {
    let mut drafts = read(&body, &Envelope::default(), "2026-11-22T09:00:00Z".parse().unwrap());
    assert_eq!(drafts.len(), 1);
    drafts.remove(0)
}

#[test]
fn an_alert_of_an_unknown_sender_reads_well() {
    let draft = one(json!({
        "event": "incident.triggered",
        "incident": {
            "id": "PX1", "title": "Checkout latency is high", "status": "triggered", "urgency": "high",
            "service": { "name": "checkout" }, "html_url": "https://example.com/incidents/PX1",
            "created_at": "2026-11-22T08:59:00Z",
        },
    }));
    assert_eq!(draft.title, "Checkout latency is high");
    assert_eq!((draft.status, draft.severity), (Some(Status::Firing), Some(Severity::Error)));
    assert_eq!(draft.labels["service"], "checkout");
    assert_eq!(draft.links[0].1, "https://example.com/incidents/PX1");
    assert_eq!(draft.key, "PX1");
    assert_eq!(draft.at.unwrap().to_string(), "2026-11-22T08:59:00Z");
}

#[test]
fn a_named_thing_gets_its_state_into_the_title() {
    let draft = one(json!({ "name": "nightly-backup", "status": "FAILED", "host": "db-1" }));
    assert_eq!(draft.title, "nightly-backup: failed");
    assert_eq!(draft.status, Some(Status::Firing));
    assert_eq!(draft.facts, ["host db-1"]);
}

#[test]
fn the_same_thing_has_the_same_key_firing_and_resolved() {
    let firing = one(json!({ "title": "CPU at 93.4 % on web-2", "state": "alerting", "id": "1" }));
    let resolved = one(json!({ "title": "CPU at 12 % on web-2", "state": "ok", "id": "2" }));
    let other = one(json!({ "title": "CPU at 12 % on web-3", "state": "ok", "id": "3" }));
    assert_eq!((firing.status, resolved.status), (Some(Status::Firing), Some(Status::Resolved)));
    assert_eq!(firing.key, resolved.key);
    assert_ne!(firing.key, other.key);
}

#[test]
fn an_unknown_state_does_not_fire() {
    for body in [
        json!({ "title": "Something", "status": "frobnicated", "severity": "critical" }),
        json!({ "title": "A pull request", "action": "opened" }),
        json!({ "message": "user signed up", "type": "user.created" }),
        json!({ "message": "hello" }),
    ] {
        let status = one(body.clone()).status;
        assert!(status.is_none(), "{body}: {status:?}");
    }
}

#[test]
fn an_error_without_any_state_fires() {
    assert_eq!(
        one(json!({ "message": "Disk is full", "severity": "critical" })).status,
        Some(Status::Firing)
    );
    assert_eq!(one(json!({ "message": "Disk is filling", "severity": "warning" })).status, None);
}

#[test]
fn a_list_of_notifications_is_many() {
    let drafts = read(
        &Value::from(vec![json!({ "title": "a" }); 300]),
        &Envelope::default(),
        "2026-11-22T09:00:00Z".parse().unwrap(),
    );
    assert_eq!(drafts.len(), 201);
    assert_eq!(drafts[200].title, "100 further entries in one delivery");
}

#[test]
fn plain_text_has_its_first_line_as_title() {
    let draft = one(json!("RESOLVED: disk on db-1\n\nSee https://example.com/x?a=1, thanks"));
    assert_eq!(draft.title, "RESOLVED: disk on db-1");
    assert_eq!(draft.text, "See https://example.com/x?a=1, thanks");
    assert_eq!(draft.status, Some(Status::Resolved));
    assert_eq!(draft.links[0].1, "https://example.com/x?a=1");
}

#[test]
fn tags_of_any_form_are_labels() {
    for tags in [
        json!({ "env": "prod", "team": "core" }),
        json!(["env:prod", "team:core"]),
        json!("env:prod, team:core"),
    ] {
        let labels = one(json!({ "title": "x", "tags": tags })).labels;
        assert_eq!((labels["env"].as_str(), labels["team"].as_str()), ("prod", "core"));
    }
}

#[test]
fn an_action_speaks_for_the_alert_that_it_is_about() {
    let alert = json!({ "message": "Disk full", "priority": "P2", "alias": "disk" });
    for (action, expected) in
        [("Create", Some(Status::Firing)), ("Close", Some(Status::Resolved)), ("AddNote", None)]
    {
        assert_eq!(one(json!({ "action": action, "alert": alert })).status, expected, "{action}");
    }
}

#[test]
fn what_looks_like_a_secret_is_never_shown() {
    let canary = "canary-0451";
    let names = [
        "token",
        "routing_key",
        "apiKey",
        "access_key",
        "password",
        "client_secret",
        "signature",
        "Cookie",
        "passwd",
    ];
    let mut body = json!({ "title": "x", "status": "firing", "host": "a" });
    for name in names {
        body[name] = json!(canary);
    }
    body["subscribe_url"] = json!(format!("https://example.com/?Token={canary}"));
    assert!(!format!("{:?}", one(body)).contains(canary));
}

#[test]
fn a_field_that_is_named_for_a_secret_is_not_read_wherever_it_stands() {
    let body = serde_json::json!({
        "title": "Login failed", "authorization": "Bearer c4n4ry", "api_key": "c4n4ry", "dbPassword": "c4n4ry",
        "credentials": { "name": "c4n4ry", "host": "c4n4ry" }, "tokens": ["c4n4ry"], "host": "db-1",
    });
    let drafts = read(&body, &Envelope::default(), "2026-11-22T09:00:00Z".parse().unwrap());
    let drafts = format!("{drafts:?}");
    assert!(!drafts.contains("c4n4ry") && drafts.contains("db-1"), "{drafts}");
}
