//! template.yaml and the code say the same: functions, routes, environment, and how long a message is out of sight; and what it
//! asks and tells is complete. The table's keys are compared in shared/dynamo-tests.
//!
//! - `roles`: who may do what
//! - `events`: what the topic and the rules let in, and where it goes when it cannot
//! - `watch`: logs, alarms, dashboard

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use serde_json::Value;

use crate::repository::{exists, names_in, none_of, read};

mod events;
mod roles;
mod watch;

/// CloudFormation's own tags (`!Ref`, `!Sub`) fall away; what they tag stays.
fn template() -> Value {
    serde_saphyr::from_str(&read("template.yaml")).unwrap()
}

/// The resources of a type: logical id -> resource.
fn resources(template: &Value, of: &str) -> BTreeMap<String, Value> {
    let all = template["Resources"].as_object().unwrap().iter();
    let found: BTreeMap<_, _> = all
        .filter(|(_, resource)| resource["Type"] == of)
        .map(|(id, resource)| (id.clone(), resource.clone()))
        .collect();
    assert!(!found.is_empty(), "there is no {of}");
    found
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A list, or one thing that stands for a list of one.
fn all(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    }
}

/// Every text below a value.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// The functions of the template: folder name -> (logical id, resource).
fn functions(template: &Value) -> BTreeMap<String, (String, Value)> {
    resources(template, "AWS::Serverless::Function")
        .iter()
        .map(|(id, resource)| {
            let folder = resource["Properties"]["CodeUri"].as_str().unwrap();
            let name = folder.strip_prefix("functions/").and_then(|name| name.strip_suffix('/'));
            (
                name.unwrap_or_else(|| panic!("{folder} is no folder of functions/")).to_owned(),
                (id.clone(), resource.clone()),
            )
        })
        .collect()
}

fn folders() -> BTreeSet<String> {
    let names = names_in("functions").into_iter();
    names.filter(|name| exists(&format!("functions/{name}/Cargo.toml"))).collect()
}

/// `slash-command` -> `SlashCommandFunction`.
fn logical_id(name: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(word).collect::<String>() + "Function"
}

fn captures<'a>(pattern: &str, text: &'a str) -> Vec<Vec<&'a str>> {
    let pattern = Regex::new(pattern).unwrap();
    let found = pattern.captures_iter(text);
    found.map(|found| found.iter().skip(1).map(|group| group.unwrap().as_str()).collect()).collect()
}

#[test]
fn every_function_is_a_folder_and_every_folder_a_function() {
    let functions = functions(&template());
    assert_eq!(functions.keys().cloned().collect::<BTreeSet<_>>(), folders());
    for (name, (id, function)) in &functions {
        assert_eq!(*id, logical_id(name));
        assert_eq!(function["Metadata"]["BuildMethod"], "rust-cargolambda", "{name}");
        let manifest = read(&format!("functions/{name}/Cargo.toml"));
        let bin =
            format!("[[bin]]\nname = \"{name}\"\npath = \"src/main.rs\"\nrequired-features = [\"lambda\"]\n");
        assert!(manifest.contains(&bin), "{name} has no such binary");
    }
}

#[test]
fn the_deployment_has_the_routes_of_the_laptop() {
    let behind = BTreeMap::from([
        ("hooks", "ingest"),
        ("commands", "slash-command"),
        ("interactions", "interaction"),
        ("events", "slack-events"),
    ]);
    let source = read("local/src/http/mod.rs");
    let laptop: BTreeSet<(String, String, String)> =
        captures(r#"\.route\("([^"]+)", (any|post)\(([a-z]+)\)\)"#, &source)
            .into_iter()
            .map(|found| (found[0].to_owned(), found[1].to_uppercase(), behind[found[2]].to_owned()))
            .collect();
    assert_eq!(laptop.len(), 14, "{laptop:?}");
    let mut deployed = BTreeSet::new();
    for (name, (_, function)) in functions(&template()) {
        for event in
            function["Properties"]["Events"].as_object().into_iter().flat_map(|events| events.values())
        {
            if event["Type"] == "HttpApi" {
                let text = |field: &str| event["Properties"][field].as_str().unwrap().to_owned();
                assert_eq!(text("ApiId"), "Api");
                deployed.insert((text("Path"), text("Method"), name.clone()));
            }
        }
    }
    assert_eq!(deployed, laptop);
}

#[test]
fn the_events_to_try_come_by_a_route_of_their_function() {
    let template = template();
    let mut tried = 0;
    for (name, (_, function)) in functions(&template) {
        let routes = function["Properties"]["Events"].as_object();
        let routes = routes.into_iter().flat_map(|events| events.values()).map(|event| &event["Properties"]);
        let routes: Vec<String> = routes
            .filter(|route| route["Path"].is_string())
            .map(|route| format!("{} {}", text(&route["Method"]), text(&route["Path"])))
            .collect();
        for file in names_in("events/functions") {
            if file.starts_with(&format!("{name}-api-gateway")) {
                let event: Value = serde_json::from_str(&read(&format!("events/functions/{file}"))).unwrap();
                assert!(routes.contains(&text(&event["routeKey"]).to_owned()), "{file}");
                assert_eq!(event["routeKey"], event["requestContext"]["routeKey"], "{file}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 9, "{tried}");
}

#[test]
fn the_environment_is_what_the_functions_read() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    let own = functions.values().map(|function| &function["Properties"]);
    let set: BTreeSet<&str> = std::iter::once(&template["Globals"]["Function"])
        .chain(own)
        .filter_map(|part| part["Environment"]["Variables"].as_object())
        .flat_map(|variables| variables.keys().map(String::as_str))
        .collect();
    let source = read("shared/src/lambda/environment.rs");
    let source = source.split("#[cfg(test)]").next().unwrap();
    let mut used: BTreeSet<&str> =
        captures(r#"(?:needed|value)\("([A-Z_]+)"\)"#, source).into_iter().map(|found| found[0]).collect();
    assert!(read("shared/src/lambda/log.rs").contains(r#"variable("METRICS_NAMESPACE")"#));
    used.insert("METRICS_NAMESPACE");
    assert_eq!(set, used);
    for name in set {
        assert!(
            read("shared/src/lambda/mod.rs").contains(&format!("`{name}`")),
            "{name} is not in the table"
        );
    }
}

#[test]
fn a_message_is_out_of_sight_for_six_times_as_long_as_its_function_may_take() {
    let template = template();
    let mappings = resources(&template, "AWS::Lambda::EventSourceMapping");
    assert_eq!(mappings.len(), 2);
    for mapping in mappings.values().map(|mapping| &mapping["Properties"]) {
        let queue = text(&mapping["EventSourceArn"]).strip_suffix(".Arn").unwrap();
        let seconds = |value: &Value| value.as_u64().unwrap();
        let timeout =
            seconds(&template["Resources"][text(&mapping["FunctionName"])]["Properties"]["Timeout"]);
        let queue_ = &template["Resources"][queue]["Properties"];
        assert!(seconds(&queue_["VisibilityTimeout"]) >= 6 * timeout, "{queue}");
        assert_eq!(mapping["FunctionResponseTypes"][0], "ReportBatchItemFailures");
        assert_eq!(queue_["RedrivePolicy"]["deadLetterTargetArn"], format!("{queue}DeadLetters.Arn"));
        assert!(seconds(&mapping["ScalingConfig"]["MaximumConcurrency"]) >= 2, "{queue}");
    }
}

#[test]
fn every_queue_and_the_table_are_encrypted_and_the_table_cannot_be_deleted() {
    let template = template();
    for (name, queue) in resources(&template, "AWS::SQS::Queue") {
        assert_eq!(queue["Properties"]["SqsManagedSseEnabled"], true, "{name}");
    }
    let table = &template["Resources"]["Table"]["Properties"];
    assert_eq!(table["SSESpecification"]["SSEEnabled"], false, "false is DynamoDB's own key");
    assert_eq!(table["DeletionProtectionEnabled"], true);
}

#[test]
fn the_api_lets_in_no_more_than_it_is_told_to() {
    let api = template()["Resources"]["Api"]["Properties"].clone();
    let limits = &api["DefaultRouteSettings"];
    assert_eq!(
        (text(&limits["ThrottlingRateLimit"]), text(&limits["ThrottlingBurstLimit"])),
        ("ApiRate", "ApiBurst")
    );
}

#[test]
fn every_parameter_is_explained_grouped_once_used_and_has_a_default_that_it_allows() {
    let template = template();
    let parameters = template["Parameters"].as_object().unwrap();
    let groups =
        template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"].as_array().unwrap();
    let grouped: Vec<Value> = groups.iter().flat_map(|group| all(&group["Parameters"])).collect();
    let mut used = Vec::new();
    for part in ["Conditions", "Globals", "Resources"] {
        texts(&template[part], &mut used);
    }
    let mut faults = Vec::new();
    for (name, parameter) in parameters {
        let default = match &parameter["Default"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let allows = |allowed: &Value| allowed.as_str().map_or_else(|| allowed.to_string(), str::to_owned);
        let listed = parameter["AllowedValues"].as_array();
        let pattern = parameter["AllowedPattern"].as_str().map(|pattern| Regex::new(pattern).unwrap());
        let number = |field: &str| parameter[field].as_i64();
        let in_range = number("MinValue") <= number("Default")
            && (number("MaxValue").is_none() || number("Default") <= number("MaxValue"));
        for (holds, fault) in [
            (parameter["Description"].is_string(), "is not explained"),
            (grouped.iter().filter(|one| text(one) == name).count() == 1, "is not in one group"),
            (listed.is_none_or(|all| all.iter().any(|one| allows(one) == default)), "refuses its default"),
            (pattern.is_none_or(|pattern| pattern.is_match(&default)), "refuses its default"),
            (number("MinValue").is_none() || in_range, "refuses its default"),
            (used.iter().any(|text| *text == name || text.contains(&format!("${{{name}}}"))), "is not used"),
        ] {
            if !holds {
                faults.push(format!("{name} {fault}"));
            }
        }
    }
    assert_eq!(grouped.len(), parameters.len());
    none_of(faults, "see Parameters and Metadata of template.yaml");
}

#[test]
fn the_outputs_hold_every_address_to_paste() {
    let template = template();
    let mut told = Vec::new();
    texts(&template["Outputs"], &mut told);
    for (name, (_, function)) in functions(&template) {
        for event in function["Properties"]["Events"].as_object().into_iter().flat_map(|all| all.values()) {
            let path = event["Properties"]["Path"].as_str().and_then(|path| path.split("/{").next());
            // Whoever speaks another tool's API knows its paths and is told where they begin.
            let path = path.map(|path| if path.contains("/v2/") { "" } else { path });
            let address = path.map(|path| format!("${{Api.ApiEndpoint}}{path}"));
            assert!(address.is_none_or(|address| told.contains(&address.as_str())), "{name}: {path:?}");
        }
    }
}

#[test]
fn every_check_that_is_left_out_has_its_reason() {
    let list = read(".checkov.yaml");
    let skipped: Vec<&str> = list.lines().filter(|line| line.contains("CKV_")).collect();
    let parsed: Value = serde_saphyr::from_str(&list).unwrap();
    assert_eq!(parsed["skip-check"].as_array().unwrap().len(), skipped.len());
    for line in skipped {
        let reason = line.split_once(" # ").map_or("", |(_, reason)| reason);
        assert!(reason.split_whitespace().count() > 4, "{line}");
    }
}
