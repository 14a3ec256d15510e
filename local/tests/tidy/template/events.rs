//! What the topic, the rules and the schedule let in, and where it goes when it cannot be handed over. The rules' patterns are
//! tried as EventBridge reads them (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>),
//! as far as they are used here.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{all, resources, template, text};
use crate::repository::{files_under, read};

/// The longest pattern, in characters
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>).
const LONGEST: usize = 2048;

/// Whether an event fits a pattern: in all fields, each one of the values that it allows.
fn fits(pattern: &Value, event: &Value) -> bool {
    pattern.as_object().unwrap().iter().all(|(field, wanted)| {
        if field == "$or" {
            return wanted.as_array().unwrap().iter().any(|pattern| fits(pattern, event));
        }
        // What stands in a list fits if one of the list does.
        let found = event.get(field).map(all).unwrap_or_default();
        found.iter().any(|found| match wanted {
            Value::Array(wanted) => wanted.iter().any(|wanted| is(wanted, found)),
            pattern => fits(pattern, found),
        })
    })
}

fn is(wanted: &Value, found: &Value) -> bool {
    match &wanted["anything-but"]["prefix"] {
        Value::String(prefix) => !text(found).starts_with(prefix.as_str()),
        _ => wanted == found,
    }
}

fn pattern(rule: &str) -> Value {
    template()["Resources"][rule]["Properties"]["EventPattern"].clone()
}

/// The services' rule, as if these were the parameter.
fn services(sources: &[&str]) -> Value {
    let mut pattern = pattern("ServicesRule");
    assert_eq!(pattern["source"], "EventSources");
    pattern["source"] = json!(sources);
    pattern
}

fn offered() -> Vec<String> {
    let offered = template()["Parameters"]["EventSources"]["AllowedValues"].clone();
    all(&offered).iter().map(|source| text(source).to_owned()).filter(|source| source != "none").collect()
}

#[test]
fn every_alarm_comes_in_except_those_that_aws_scales_by() {
    let rule = pattern("AlarmsRule");
    let files = files_under("events/cloudwatch");
    let files: Vec<_> = files.iter().filter(|file| file.path.ends_with("eventbridge.json")).collect();
    assert!(files.len() >= 3);
    for file in files {
        let mut event: Value = serde_json::from_str(&file.text).unwrap();
        assert!(fits(&rule, &event), "{}", file.path);
        event["detail"]["alarmName"] = json!("TargetTracking-table/orders-AlarmHigh-1");
        assert!(!fits(&rule, &event), "{}", file.path);
        event["detail"]["alarmName"] = json!("Targets of the load balancer are gone");
        assert!(fits(&rule, &event), "{}", file.path);
    }
}

/// For each service an event that comes in and one that says too little to be shown.
#[test]
fn an_event_comes_in_if_its_service_is_asked_for_and_it_says_how_something_ended() {
    let cases = [
        ("aws.autoscaling", "EC2 Instance Launch Unsuccessful", json!({ "StatusCode": "Failed" }), true),
        ("aws.autoscaling", "EC2 Instance Launch Successful", json!({ "StatusCode": "InProgress" }), false),
        ("aws.backup", "Backup Job State Change", json!({ "state": "FAILED" }), true),
        ("aws.backup", "Restore Job State Change", json!({ "status": "COMPLETED" }), true),
        ("aws.backup", "Backup Job State Change", json!({ "state": "RUNNING" }), false),
        ("aws.codebuild", "CodeBuild Build State Change", json!({ "build-status": "FAILED" }), true),
        ("aws.codebuild", "CodeBuild Build State Change", json!({ "build-status": "IN_PROGRESS" }), false),
        ("aws.codebuild", "CodeBuild Build Phase Change", json!({ "completed-phase": "INSTALL" }), false),
        (
            "aws.codedeploy",
            "CodeDeploy Deployment State-change Notification",
            json!({ "state": "FAILURE" }),
            true,
        ),
        (
            "aws.codedeploy",
            "CodeDeploy Deployment State-change Notification",
            json!({ "state": "START" }),
            false,
        ),
        (
            "aws.codepipeline",
            "CodePipeline Pipeline Execution State Change",
            json!({ "state": "FAILED" }),
            true,
        ),
        (
            "aws.codepipeline",
            "CodePipeline Stage Execution State Change",
            json!({ "state": "FAILED" }),
            false,
        ),
        ("aws.ecs", "ECS Deployment State Change", json!({ "eventName": "SERVICE_DEPLOYMENT_FAILED" }), true),
        ("aws.ecs", "ECS Task State Change", json!({ "lastStatus": "STOPPED" }), true),
        ("aws.ecs", "ECS Task State Change", json!({ "lastStatus": "PENDING" }), false),
        ("aws.guardduty", "GuardDuty Finding", json!({ "severity": 8 }), true),
        ("aws.health", "AWS Health Event", json!({ "eventTypeCategory": "issue" }), true),
        ("aws.rds", "RDS DB Instance Event", json!({ "EventCategories": ["failover"] }), true),
        ("aws.rds", "RDS DB Instance Event", json!({ "EventCategories": ["backup"] }), false),
        (
            "aws.securityhub",
            "Security Hub Findings - Imported",
            json!({ "findings": [{ "Severity": { "Label": "HIGH" }, "RecordState": "ACTIVE", "Workflow": { "Status": "NEW" } }] }),
            true,
        ),
        (
            "aws.securityhub",
            "Security Hub Findings - Imported",
            json!({ "findings": [{ "Severity": { "Label": "LOW" }, "RecordState": "ACTIVE", "Workflow": { "Status": "NEW" } }] }),
            false,
        ),
    ];
    for (source, kind, detail, expected) in &cases {
        let event = json!({ "source": source, "detail-type": kind, "detail": detail });
        assert_eq!(fits(&services(&[*source]), &event), *expected, "{event}");
        assert!(!fits(&services(&["none"]), &event), "nobody asked for {source}");
    }
    let tried: BTreeSet<String> = cases.iter().filter(|case| case.3).map(|case| case.0.to_owned()).collect();
    assert_eq!(tried.into_iter().collect::<Vec<_>>(), offered());
}

/// What the mapping has a case for is let in, and what it has none for is not.
#[test]
fn the_sample_events_of_aws_come_in_if_the_mapping_knows_them() {
    let all_of_them = offered();
    let rule = services(&all_of_them.iter().map(String::as_str).collect::<Vec<_>>());
    let mapping = read("shared/sources/eventbridge.yaml");
    let mut let_in = 0;
    for file in files_under("events/eventbridge") {
        let event: Value = serde_json::from_str(&file.text).unwrap();
        let known = mapping.contains(text(&event["detail-type"]))
            || mapping.contains(&format!("body.source == {}", event["source"]));
        assert_eq!(fits(&rule, &event), known, "{}", file.path);
        let_in += usize::from(known);
    }
    assert!(let_in >= 8, "{let_in}");
}

#[test]
fn the_patterns_are_no_longer_than_eventbridge_takes() {
    let every_source = services(&offered().iter().map(String::as_str).collect::<Vec<_>>());
    for pattern in [pattern("AlarmsRule"), every_source] {
        assert!(pattern.to_string().len() <= LONGEST, "{}", pattern.to_string().len());
    }
}

#[test]
fn the_question_names_every_service_that_may_be_answered() {
    let template = template();
    let question = text(&template["Parameters"]["EventSources"]["Description"]);
    for source in offered() {
        assert!(question.contains(&source), "{source}");
    }
}

#[test]
fn what_cannot_be_handed_over_is_kept_where_its_sender_may_put_it() {
    let template = template();
    let policy =
        template["Resources"]["SignalsDeadLettersPolicy"]["Properties"]["PolicyDocument"]["Statement"]
            .clone();
    let mut named: Vec<Value> = all(&policy)
        .iter()
        .inspect(|statement| assert_eq!(statement["Resource"], "SignalsDeadLetters.Arn"))
        .flat_map(|statement| all(&statement["Condition"]["ArnEquals"]["aws:SourceArn"]))
        .collect();
    let mut senders = Vec::new();
    for (name, rule) in resources(&template, "AWS::Events::Rule") {
        for target in all(&rule["Properties"]["Targets"]) {
            assert_eq!(target["Arn"], "Signals.Arn", "{name}");
            assert_eq!(target["DeadLetterConfig"]["Arn"], "SignalsDeadLetters.Arn", "{name}");
            assert!(target["RetryPolicy"]["MaximumRetryAttempts"].as_u64().unwrap() > 0, "{name}");
        }
        senders.push(json!(format!("{name}.Arn")));
    }
    let subscription = &template["Resources"]["TopicSubscription"]["Properties"];
    assert_eq!(subscription["Endpoint"], "Signals.Arn");
    assert_eq!(subscription["RedrivePolicy"]["deadLetterTargetArn"], "SignalsDeadLetters.Arn");
    senders.push(subscription["TopicArn"].clone());
    let by_name = |one: &Value, other: &Value| text(one).cmp(text(other));
    named.sort_by(by_name);
    senders.sort_by(by_name);
    assert_eq!(named, senders);
    // What invokes ingest past the API waits for no answer: the queue that it would have filled takes it.
    let ingest = &template["Resources"]["IngestFunction"]["Properties"];
    assert_eq!(ingest["DeadLetterQueue"], json!({ "Type": "SQS", "TargetArn": "Signals.Arn" }));
}

#[test]
fn the_schedule_rings_every_minute_and_what_it_cannot_ring_is_kept() {
    let template = template();
    let notifier = &template["Resources"]["NotifierFunction"]["Properties"];
    let schedule = &notifier["Events"]["EveryMinute"];
    assert_eq!(schedule["Type"], "ScheduleV2");
    let schedule = &schedule["Properties"];
    assert_eq!(schedule["ScheduleExpression"], "rate(1 minute)");
    assert!(notifier["Timeout"].as_u64().unwrap() < 60, "a tick ends before the next one");
    assert_eq!(schedule["RetryPolicy"]["MaximumEventAgeInSeconds"], 60, "a later tick overtakes it");
    assert_eq!(schedule["DeadLetterConfig"]["Arn"], "TicksDeadLetters.Arn");
    let role = template["Resources"]["ScheduleRole"]["Properties"]["Policies"].to_string();
    assert!(role.contains("NotifierFunction.Arn") && role.contains("TicksDeadLetters.Arn"), "{role}");
}
