//! What tells how it goes: logs that end, alarms that need no Slack, a dashboard that shows what there is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{all, captures, functions, resources, template, text, texts};
use crate::repository::read;

/// Metric and resource of every alarm: (`Errors`, `RouterFunction`).
fn watched(template: &Value) -> BTreeSet<(String, String)> {
    resources(template, "AWS::CloudWatch::Alarm")
        .values()
        .map(|alarm| &alarm["Properties"])
        .map(|alarm| {
            let of = text(&alarm["Dimensions"][0]["Value"]).trim_end_matches(".QueueName");
            (text(&alarm["MetricName"]).to_owned(), of.to_owned())
        })
        .collect()
}

#[test]
fn every_log_ends_some_day() {
    let template = template();
    for (name, group) in resources(&template, "AWS::Logs::LogGroup") {
        assert_eq!(group["Properties"]["RetentionInDays"], "LogDays", "{name}");
    }
    assert_eq!(template["Globals"]["Function"]["LoggingConfig"]["LogGroup"], "Logs");
    for (name, (_, function)) in functions(&template) {
        assert!(function["Properties"].get("LoggingConfig").is_none(), "{name} logs elsewhere");
    }
    assert_eq!(
        template["Resources"]["MayLog"]["Properties"]["PolicyDocument"]["Statement"][0]["Resource"],
        "Logs.Arn"
    );
}

/// Secrets stand in headers, in queries, in bodies, and at the end of `/hooks/{source}/{token}`.
#[test]
fn the_access_log_is_json_and_holds_nothing_that_was_sent() {
    let harmless = [
        "requestTime",
        "requestId",
        "identity.sourceIp",
        "httpMethod",
        "routeKey",
        "status",
        "responseLength",
        "responseLatency",
        "integrationStatus",
        "integrationLatency",
        "error.message",
        "integrationErrorMessage",
    ];
    let template = template();
    let settings = &template["Resources"]["Api"]["Properties"]["AccessLogSettings"];
    assert_eq!(settings["DestinationArn"], "ApiLogs.Arn");
    let line: Value = serde_json::from_str(text(&settings["Format"])).unwrap();
    assert!(!text(&settings["Format"]).contains('\n'), "a log line is one line");
    for (field, value) in line.as_object().unwrap() {
        let of = text(value).strip_prefix("$context.").unwrap_or_else(|| panic!("{field} is {value}"));
        assert!(harmless.contains(&of), "{field} is {value}");
    }
    assert!(line["request"].is_string(), "by the request's id the function's lines are found");
}

#[test]
fn every_dead_letter_and_every_wait_is_told() {
    let template = template();
    let watched = watched(&template);
    let is_watched = |metric: &str, queue: &str| watched.contains(&(metric.to_owned(), queue.to_owned()));
    let mut dead_letters = Vec::new();
    for (name, queue) in resources(&template, "AWS::SQS::Queue") {
        match queue["Properties"].get("RedrivePolicy") {
            Some(_) => assert!(is_watched("ApproximateAgeOfOldestMessage", &name), "{name}"),
            None => dead_letters.push(name),
        }
    }
    assert_eq!(dead_letters, ["SignalsDeadLetters", "TicksDeadLetters", "WakesDeadLetters"]);
    for queue in dead_letters {
        assert!(is_watched("ApproximateNumberOfMessagesVisible", &queue), "{queue}");
    }
}

/// Whoever asks over the API sees it fail as a 5xx; a function that is asked in another way has its own alarms.
#[test]
fn every_function_that_fails_or_lacks_concurrency_is_told() {
    let template = template();
    let watched = watched(&template);
    assert!(watched.contains(&("5xx".to_owned(), "Api".to_owned())));
    for (name, (id, function)) in functions(&template) {
        let events = function["Properties"]["Events"].as_object();
        let only_api = events.is_some_and(|events| events.values().all(|event| event["Type"] == "HttpApi"))
            && function["Properties"].get("DeadLetterQueue").is_none();
        for metric in ["Errors", "Throttles"] {
            assert_eq!(watched.contains(&(metric.to_owned(), id.clone())), !only_api, "{name}: {metric}");
        }
    }
    assert!(watched.contains(&("Invocations".to_owned(), "NotifierFunction".to_owned())));
}

#[test]
fn the_alarms_are_heard_without_slack() {
    let template = template();
    for (name, alarm) in resources(&template, "AWS::CloudWatch::Alarm") {
        let alarm = &alarm["Properties"];
        assert_eq!(
            (&alarm["AlarmActions"][0], &alarm["OKActions"][0]),
            (&"AlarmTopic".into(), &"AlarmTopic".into())
        );
        assert!(alarm["AlarmDescription"].is_string() && alarm["TreatMissingData"].is_string(), "{name}");
    }
    for name in ["AlarmTopic", "AlarmTopicPolicy"] {
        assert!(template["Resources"][name].get("Condition").is_none(), "{name} is always there");
    }
    for (name, subscription) in resources(&template, "AWS::SNS::Subscription") {
        let of_alarms = subscription["Properties"]["TopicArn"] == "AlarmTopic";
        assert_eq!(of_alarms, subscription["Properties"]["Protocol"] == "email", "{name}");
        assert_eq!(of_alarms, subscription.get("Condition").is_some(), "{name}");
    }
}

#[test]
fn an_alarm_may_publish_with_a_key_and_without() {
    let template = template();
    let allowed = |of: &Value| -> BTreeSet<String> {
        let statements = all(&of["Statement"]);
        let alarms =
            statements.iter().filter(|one| one["Principal"]["Service"] == "cloudwatch.amazonaws.com");
        alarms.flat_map(|one| all(&one["Action"])).map(|action| text(&action).to_owned()).collect()
    };
    let resources_ = &template["Resources"];
    let publish = allowed(&resources_["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]);
    assert_eq!(publish, BTreeSet::from(["sns:Publish".to_owned()]));
    let key = allowed(&resources_["TopicKey"]["Properties"]["KeyPolicy"]);
    assert_eq!(key, BTreeSet::from(["kms:Decrypt".to_owned(), "kms:GenerateDataKey*".to_owned()]));
    for (name, topic) in resources(&template, "AWS::SNS::Topic") {
        let key = json!(["HasTopicKey", "TopicKey", "AWS::NoValue"]);
        assert_eq!(topic["Properties"]["KmsMasterKeyId"], key, "{name}");
    }
}

#[test]
fn the_dashboard_is_json_and_shows_what_there_is() {
    let template = template();
    let body = text(&template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]);
    let board: Value = serde_json::from_str(body).unwrap();
    let mut metrics = 0;
    for widget in all(&board["widgets"]) {
        assert!(widget["properties"]["title"].is_string(), "{widget}");
        assert_eq!(widget["properties"]["region"], "${AWS::Region}");
        metrics += all(&widget["properties"]["metrics"]).len();
    }
    assert!(metrics <= 50, "{metrics} metrics: only 50 are free");
    let source = read("shared/src/metrics.rs");
    let lines = source.lines().filter(|line| line.contains("target: TARGET"));
    let measured: Vec<_> = lines.flat_map(|line| captures(r"([A-Z]\w+) = ", line)).collect();
    assert!(measured.len() >= 10, "{measured:?}");
    for name in measured {
        assert!(body.contains(name[0]), "{} is measured and not shown", name[0]);
    }
    let shown: BTreeSet<&str> =
        captures(r"\$\{(\w+)(?:\.\w+)?\}", body).into_iter().map(|found| found[0]).collect();
    for name in &shown {
        assert!(template["Resources"].get(*name).is_some(), "{name}");
    }
    let mut watched = Vec::new();
    for of in
        ["AWS::Serverless::Function", "AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::Serverless::HttpApi"]
    {
        watched.extend(resources(&template, of).into_keys());
    }
    for name in &watched {
        assert!(shown.contains(name.as_str()), "{name} is not shown");
    }
    let mut told = Vec::new();
    texts(&template["Outputs"], &mut told);
    assert!(told.iter().any(|text| text.contains("${Dashboard}")));
}
