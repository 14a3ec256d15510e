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

#[test]
fn the_senders_own_key_goes_before_ids_and_ids_before_titles() {
    for (body, key) in [
        (json!({ "title": "x", "dedup_key": "disk/db-1", "alert": { "id": "7" } }), "disk/db-1"),
        (json!({ "title": "x", "alert": { "id": "7" }, "id": "delivery-1" }), "7"),
        (
            json!({ "type": "incident", "data": { "id": "25", "type": "incident" }, "incident_key": "k" }),
            "25",
        ),
        (json!({ "issue": { "id": "10001", "key": "SHOP-12" }, "comment": { "id": "3" } }), "SHOP-12"),
    ] {
        assert_eq!(one(body.clone()).key, key, "{body}");
    }
}

#[test]
fn a_build_is_known_by_project_workflow_and_branch() {
    let build = |run: u32, commit: &str, result: &str, branch: &str| {
        one(json!({
            "action": "completed",
            "workflow_run": {
                "id": run, "name": "CI", "head_branch": branch, "display_title": commit, "status": "completed",
                "conclusion": result, "head_commit": { "message": commit },
            },
            "repository": { "name": "shop", "full_name": "acme/shop" },
        }))
    };
    let (failed, passed) =
        (build(1, "Round prices", "failure", "main"), build(2, "Fix it", "success", "main"));
    assert_eq!((failed.status, passed.status), (Some(Status::Firing), Some(Status::Resolved)));
    assert_eq!(failed.key, passed.key);
    assert_ne!(failed.key, build(3, "Round prices", "failure", "next").key);
    assert_eq!(failed.labels["branch"], "main");
}

#[test]
fn two_alerts_of_one_project_are_two_things() {
    let alert = |title: &str| {
        let body = json!({ "project": "shop", "environment": "prod", "title": title, "status": "firing" });
        one(body).key
    };
    assert_ne!(alert("CPU is high"), alert("Disk is full"));
    let of_a_job = |title: &str| {
        let body = json!({ "project": "shop", "env": "prod", "job": "node", "title": title, "severity": "critical" });
        one(body).key
    };
    assert_ne!(of_a_job("CPU is high"), of_a_job("Disk is full"));
}

#[test]
fn a_monitor_that_pings_may_be_down() {
    let draft = one(json!({ "name": "Shop", "type": "ping", "status": "down" }));
    assert_eq!((draft.status, draft.title.as_str()), (Some(Status::Firing), "Shop: down"));
}

#[test]
fn a_sentence_that_changes_does_not_name_the_thing_where_something_else_does() {
    let check = |message: &str, status: &str| {
        one(json!({ "message": message, "status": status, "chart": "disk_space", "host": "web-1" })).key
    };
    assert_eq!(check("96 % used, more than 90", "CRITICAL"), check("All well", "OK"));
    let ping = one(json!({ "message": "All well", "status": "OK", "chart": "ping", "host": "web-1" }));
    assert_ne!(check("All well", "OK"), ping.key);
}

#[test]
fn a_state_in_a_map_of_its_own_is_read_and_the_one_before_is_not() {
    let draft = one(json!({
        "alarmName": "High CPU", "previousState": { "value": "OK" }, "state": { "value": "ALARM", "reason": "95 > 80" },
    }));
    assert_eq!((draft.status, draft.title.as_str()), (Some(Status::Firing), "High CPU: alarm"));
}

#[test]
fn what_is_open_or_active_fires_only_if_it_is_trouble() {
    for (body, expected) in [
        (json!({ "action": "opened", "pull_request": { "title": "Round prices", "state": "open" } }), None),
        (
            json!({ "repository": { "name": "shop", "status": "Active" }, "push_data": { "tag": "1.4" } }),
            None,
        ),
        (json!({ "topic": "conversation.created", "data": { "item": { "state": "open" } } }), None),
        (json!({ "incident": { "title": "Checkout fails", "status": "open" } }), Some(Status::Firing)),
        (
            json!({ "incident": { "title": "Checkout fails", "status": "acknowledged" } }),
            Some(Status::Firing),
        ),
        (json!({ "title": "Order 7", "status": "acknowledged" }), None),
        (
            json!({ "event": "comment", "error": { "status": "open" }, "comment": { "message": "On it" } }),
            None,
        ),
    ] {
        assert_eq!(one(body.clone()).status, expected, "{body}");
    }
}

#[test]
fn a_word_that_leaves_no_doubt_goes_before_one_that_also_speaks_of_work() {
    let build = |result: &str| one(json!({ "status": "completed", "result": result, "name": "shop" })).status;
    assert_eq!((build("failed"), build("succeeded")), (Some(Status::Firing), Some(Status::Resolved)));
    let parts = one(json!({ "app": "shop", "health": "Degraded", "phase": "Succeeded" }));
    assert_eq!(parts.status, Some(Status::Firing));
    let ended = one(json!({ "status": "resolved", "title": "Shop", "rule": { "state": "down" } }));
    assert_eq!(ended.status, Some(Status::Resolved));
    let rolled_back = one(json!({ "stack": "shop", "status": "UPDATE_ROLLBACK_COMPLETE" }));
    assert_eq!(rolled_back.status, Some(Status::Firing));
}

#[test]
fn each_alert_of_a_group_has_its_own_state() {
    let alert = |status: &str, host: &str| json!({ "status": status, "labels": { "instance": host }, "annotations": { "summary": host }, "fingerprint": host });
    let body = json!({ "status": "firing", "groupKey": "g", "alerts": [alert("firing", "a"), alert("resolved", "b")] });
    let drafts = read(&body, &Envelope::default(), "2026-11-22T09:00:00Z".parse().unwrap());
    let read: Vec<_> = drafts.iter().map(|draft| (draft.key.as_str(), draft.status)).collect();
    assert_eq!(read, [("a", Some(Status::Firing)), ("b", Some(Status::Resolved))]);
}

#[test]
fn how_bad_it_was_is_not_taken_from_its_being_well_again() {
    assert_eq!(one(json!({ "title": "Disk", "status": "ok", "severity": "ok" })).severity, None);
    assert_eq!(
        one(json!({ "title": "Disk", "status": "firing", "severity": 9.1 })).severity,
        Some(Severity::Critical)
    );
    // From 0 to 10 or from 1 to 5: nobody can tell.
    assert_eq!(one(json!({ "title": "Disk", "status": "firing", "severity": 3 })).severity, None);
    let ticket = json!({ "ticket_status": "Open", "ticket_title": "Late", "priority": "urgent" });
    assert_eq!(one(ticket).severity, None);
}

#[test]
fn a_kind_of_event_is_said_with_what_it_happened_to() {
    let draft = one(json!({ "type": "deploy_ended", "data": { "serviceName": "shop", "status": "failed" } }));
    assert_eq!((draft.status, draft.title.as_str()), (Some(Status::Firing), "deploy_ended: shop"));
    assert_eq!(draft.facts, ["status failed"]);
}

#[test]
fn checks_without_a_name_are_told_apart_by_their_address() {
    let down = |url: &str| one(json!({ "event": "check.down", "check": { "url": url, "alias": "" } }));
    let up = one(json!({ "event": "check.up", "check": { "url": "https://shop.example.com", "alias": "" } }));
    assert_eq!(down("https://shop.example.com").key, up.key);
    assert_ne!(down("https://api.example.com").key, up.key);
    assert_eq!((down("x").status, up.status), (Some(Status::Firing), Some(Status::Resolved)));
}

#[test]
fn what_a_template_was_not_filled_in_with_names_nothing() {
    let error =
        |title: &str| one(json!({ "title": title, "fingerprint": ["{{ default }}"], "level": "error" }));
    assert_ne!(error("No such table").key, error("Out of memory").key);
}

#[test]
fn a_state_in_other_words_is_understood() {
    for (body, expected) in [
        (json!({ "check_name": "shop", "check_state_name": "Not Responding" }), Status::Firing),
        (json!({ "check_name": "shop", "check_state_name": "Reporting Error" }), Status::Firing),
        (json!({ "check_name": "shop", "check_state_name": "Available" }), Status::Resolved),
        (json!({ "monitor": "shop", "is_ok": 0 }), Status::Firing),
        (json!({ "monitor": "shop", "is_ok": 1 }), Status::Resolved),
        (json!({ "Name": "db-1", "CheckResult": "CRITICAL" }), Status::Firing),
        (json!({ "Name": "db-1", "CheckResult": "OK" }), Status::Resolved),
        (json!({ "AlertName": "Disk", "ActionType": "resolve" }), Status::Resolved),
    ] {
        assert_eq!(one(body.clone()).status, Some(expected), "{body}");
    }
    for body in [
        json!({ "event": "update.available", "version": "1.2" }),
        json!({ "title": "[Update available] DSM 7.2" }),
        json!({ "title": "Shop", "status": "update available" }),
    ] {
        assert_eq!(one(body.clone()).status, None, "{body}");
    }
}
