//! Who may do what: a role for each function, exact actions on exact resources, and a reason for every `*`.

use std::collections::BTreeMap;

use serde_json::Value;
use shared::cloud::Operation;

use super::{all, captures, functions, resources, template, text, texts};
use crate::repository::{none_of, read};

/// What a report asks for and IAM has no resource for
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>).
const WITHOUT_RESOURCE: [&str; 6] = [
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "ce:GetCostAndUsage",
    "ce:GetCostForecast",
    "logs:GetQueryResults",
    "logs:StopQuery",
];

/// Every statement of every policy below a value.
fn statements<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) if fields.contains_key("Effect") => found.push(value),
        Value::Object(fields) => fields.values().for_each(|value| statements(value, found)),
        Value::Array(values) => values.iter().for_each(|value| statements(value, found)),
        _ => {}
    }
}

/// The statements that stand in a function's own role.
fn own(template: &Value, function: &Value) -> Vec<Value> {
    let role = text(&function["Properties"]["Role"]).strip_suffix(".Arn").unwrap();
    let policies = template["Resources"][role]["Properties"]["Policies"].as_array().unwrap();
    let mut found = Vec::new();
    policies.iter().for_each(|policy| statements(policy, &mut found));
    assert!(!found.is_empty(), "{role} allows nothing");
    found.into_iter().cloned().collect()
}

#[test]
fn every_function_has_a_role_of_its_own_that_only_lambda_takes() {
    let template = template();
    for (name, (id, function)) in functions(&template) {
        assert!(
            function["Properties"].get("Policies").is_none(),
            "{name}: SAM adds nothing to a role of ours"
        );
        let role = id.replace("Function", "Role");
        assert_eq!(function["Properties"]["Role"], format!("{role}.Arn"));
        let role = &template["Resources"][&role]["Properties"];
        let mut trusted = Vec::new();
        statements(&role["AssumeRolePolicyDocument"], &mut trusted);
        assert_eq!(trusted.len(), 1, "{name}");
        assert_eq!(trusted[0]["Principal"]["Service"], "lambda.amazonaws.com", "{name}");
        let more = serde_json::json!(["MayLog", ["HasTraces", "MayTrace", "AWS::NoValue"]]);
        assert_eq!(role["ManagedPolicyArns"], more, "{name}");
        assert_eq!(role["Policies"][0]["PolicyName"], *name);
    }
}

#[test]
fn a_function_may_read_the_secrets_that_it_asks_for_and_no_others() {
    let template = template();
    for (name, (_, function)) in functions(&template) {
        let main = read(&format!("functions/{name}/src/main.rs"));
        let needs = captures(r"Needs::(\w+)", &main);
        let expected: &[&str] = match needs[0][0] {
            "Nothing" => &[],
            "Token" => &["slack-bot-token"],
            "Slack" => &["slack-bot-token", "slack-signing-secret"],
            "Sources" => &["sources/*"],
            other => panic!("{name} needs {other}"),
        };
        let statements = Value::from(own(&template, &function)).to_string();
        let allowed = captures(r#"\$\{SecretsParameter\}([^"]+)""#, &statements);
        assert_eq!(allowed.iter().map(|found| found[0]).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn a_function_that_takes_from_a_queue_may_and_no_other() {
    let template = template();
    let mappings = resources(&template, "AWS::Lambda::EventSourceMapping");
    for (name, (id, function)) in functions(&template) {
        let mapped = mappings.values().find(|mapping| mapping["Properties"]["FunctionName"] == *id);
        let takes = own(&template, &function);
        let takes = takes.iter().find(|one| all(&one["Action"]).contains(&"sqs:ReceiveMessage".into()));
        let queue = |value: Option<&Value>| value.map(|value| text(value).to_owned());
        assert_eq!(
            queue(takes.map(|statement| &statement["Resource"])),
            queue(mapped.map(|mapping| &mapping["Properties"]["EventSourceArn"])),
            "{name}"
        );
    }
}

#[test]
fn no_policy_allows_more_than_it_names() {
    let template = template();
    let mut found = Vec::new();
    let ours =
        template["Resources"].as_object().unwrap().iter().filter(|(_, one)| one["Type"] != "AWS::KMS::Key");
    ours.for_each(|(_, resource)| statements(resource, &mut found));
    assert!(found.len() > 30, "{}", found.len());
    for statement in found {
        assert_eq!(statement["Effect"], "Allow");
        for action in all(&statement["Action"]) {
            assert!(!text(&action).contains('*'), "{action}");
        }
        for resource in statement.get("Resource").map(all).unwrap_or_default() {
            let traces = all(&statement["Action"]).iter().all(|action| text(action).starts_with("xray:"));
            let exact = !text(&resource).contains('*')
                || text(&resource).ends_with("sources/*")
                || text(&resource).ends_with(":s3:::${MailBucket}/*")
                || text(&resource).ends_with(":log-group:${ReportLogGroups}:*");
            let all = all(&statement["Action"]);
            let reads = all.iter().all(|action| WITHOUT_RESOURCE.contains(&text(action)));
            assert!(exact || traces || reads, "{resource}");
        }
    }
}

/// `*` stands where AWS offers nothing else, and beside it or above its statement stands why.
#[test]
fn every_star_has_its_reason() {
    let file = read("template.yaml");
    let lines: Vec<&str> = file.lines().collect();
    let mut faults = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        let code = line.split(" #").next().unwrap_or(line).trim_start();
        if !(code.starts_with("Action:") || code.starts_with("Resource:") || code.starts_with("- !Sub arn:"))
            || !code.contains('*')
        {
            continue;
        }
        let begins = lines[..=position].iter().rposition(|line| line.contains("- Effect:")).unwrap();
        let statement = &lines[begins.saturating_sub(1)..=position];
        if !statement.iter().any(|line| line.contains("# ")) {
            faults.push(format!("template.yaml:{}: {code}", position + 1));
        }
    }
    none_of(faults, "say why beside it, or name what is meant");
}

#[test]
fn a_service_acts_only_for_this_account() {
    let template = template();
    let mut found = Vec::new();
    statements(&template["Resources"], &mut found);
    let services = found.iter().filter(|one| one["Principal"]["Service"].is_string());
    let services: Vec<_> =
        services.filter(|one| one["Principal"]["Service"] != "lambda.amazonaws.com").collect();
    assert!(services.len() >= 6, "{}", services.len());
    for statement in services {
        let mut conditions: Vec<&str> = Vec::new();
        texts(&statement["Condition"], &mut conditions);
        let keys = statement["Condition"].to_string();
        assert!(keys.contains("aws:SourceArn") || keys.contains("aws:SourceAccount"), "{statement}");
        assert!(!conditions.is_empty() && !conditions.contains(&"*"), "{statement}");
    }
}

#[test]
fn reports_may_ask_what_they_ask_and_only_if_it_was_asked_for() {
    let template = template();
    let policies = template["Resources"]["NotifierRole"]["Properties"]["Policies"].as_array().unwrap();
    let mut allowed = BTreeMap::new();
    for policy in policies.iter().skip(1) {
        let [condition, _, without] = &policy.as_array().unwrap()[..] else { panic!("{policy}") };
        assert_eq!(without, "AWS::NoValue");
        let mut found = Vec::new();
        statements(policy, &mut found);
        for action in found.iter().flat_map(|statement| all(&statement["Action"])) {
            allowed.insert(text(&action).to_owned(), text(condition).to_owned());
        }
    }
    let by = |action: &str| if action.starts_with("logs:") { "HasReportLogGroups" } else { "HasReports" };
    let asked = Operation::ALL.map(Operation::action);
    assert_eq!(allowed, asked.map(|action| (action.to_owned(), by(action).to_owned())).into());
    for (condition, parameter) in [("HasReports", "Reports"), ("HasReportLogGroups", "ReportLogGroups")] {
        assert!(template["Conditions"][condition].to_string().contains(parameter));
        let off = &template["Parameters"][parameter]["Default"];
        assert!(off == "no" || off == "", "{parameter} gives rights that nobody asked for");
    }
}

#[test]
fn mail_is_read_from_the_bucket_that_was_named_and_from_no_other() {
    let template = template();
    let policies = template["Resources"]["RouterRole"]["Properties"]["Policies"].as_array().unwrap();
    let [condition, policy, without] = &policies[1].as_array().unwrap()[..] else { panic!("{policies:?}") };
    assert_eq!((text(condition), text(without)), ("HasMailBucket", "AWS::NoValue"));
    let mut found = Vec::new();
    statements(policy, &mut found);
    assert_eq!((found.len(), text(&found[0]["Action"])), (1, "s3:GetObject"));
    assert_eq!(template["Parameters"]["MailBucket"]["Default"], "");
    assert!(template["Conditions"]["HasMailBucket"].to_string().contains("MailBucket"));
    let reads = template.to_string().matches("s3:").count();
    assert_eq!(reads, 2, "one action and its resource");
}

#[test]
fn a_trace_is_sent_only_if_it_was_asked_for() {
    let template = template();
    let mode = &template["Globals"]["Function"]["Tracing"];
    assert_eq!(*mode, serde_json::json!(["HasTraces", "Active", "PassThrough"]));
    let mut found = Vec::new();
    for (name, resource) in template["Resources"].as_object().unwrap() {
        if resource.to_string().contains("xray:") {
            assert_eq!(resource["Condition"], "HasTraces", "{name}");
            found.push(name);
        }
    }
    assert_eq!(found, ["MayTrace"]);
}
