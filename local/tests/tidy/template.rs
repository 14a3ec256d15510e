//! template.yaml and the code say the same: functions, routes, environment, secrets, and how long a message is out of sight.
//! The table is compared in shared/dynamo-tests.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use serde_json::Value;

use crate::repository::{exists, names_in, read};

/// CloudFormation's own tags (`!Ref`, `!Sub`) fall away; what they tag stays.
fn template() -> Value {
    serde_saphyr::from_str(&read("template.yaml")).unwrap()
}

/// The functions of the template: folder name -> (logical id, resource).
fn functions(template: &Value) -> BTreeMap<String, (String, Value)> {
    let resources = template["Resources"].as_object().unwrap();
    let functions = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
    functions
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
    assert_eq!(laptop.len(), 6, "{laptop:?}");
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
fn the_environment_is_what_the_functions_read() {
    let template = template();
    let set = template["Globals"]["Function"]["Environment"]["Variables"].as_object().unwrap();
    let set: BTreeSet<&str> = set.keys().map(String::as_str).collect();
    let source = read("shared/src/lambda/environment.rs");
    let source = source.split("#[cfg(test)]").next().unwrap();
    let used: BTreeSet<&str> =
        captures(r#"(?:needed|value)\("([A-Z_]+)"\)"#, source).into_iter().map(|found| found[0]).collect();
    assert_eq!(set, used);
    for name in set {
        assert!(
            read("shared/src/lambda/mod.rs").contains(&format!("`{name}`")),
            "{name} is not in the table"
        );
    }
}

#[test]
fn a_function_may_read_the_secrets_that_it_asks_for_and_no_others() {
    for (name, (_, function)) in functions(&template()) {
        let main = read(&format!("functions/{name}/src/main.rs"));
        let needs = captures(r"Needs::(\w+)", &main);
        let expected: &[&str] = match needs[0][0] {
            "Nothing" => &[],
            "Token" => &["slack-bot-token"],
            "Slack" => &["slack-bot-token", "slack-signing-secret"],
            "Sources" => &["sources/*"],
            other => panic!("{name} needs {other}"),
        };
        let policies = function["Properties"]["Policies"].to_string();
        let allowed = captures(r#"\$\{SecretsParameter\}([^"]+)""#, &policies);
        assert_eq!(allowed.iter().map(|found| found[0]).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn no_policy_allows_more_than_it_names() {
    for (name, (_, function)) in functions(&template()) {
        for statement in function["Properties"]["Policies"][0]["Statement"].as_array().unwrap() {
            let all = |field: &str| match &statement[field] {
                Value::Array(all) => all.clone(),
                one => vec![one.clone()],
            };
            for action in all("Action") {
                assert!(!action.as_str().unwrap().contains('*'), "{name}: {action}");
            }
            for resource in all("Resource") {
                let resource = resource.as_str().unwrap();
                assert!(!resource.contains('*') || resource.ends_with("sources/*"), "{name}: {resource}");
            }
        }
    }
}

#[test]
fn a_message_is_out_of_sight_for_six_times_as_long_as_its_function_may_take() {
    let template = template();
    let resources = &template["Resources"];
    let mappings: Vec<&Value> = resources
        .as_object()
        .unwrap()
        .values()
        .filter(|resource| resource["Type"] == "AWS::Lambda::EventSourceMapping")
        .map(|mapping| &mapping["Properties"])
        .collect();
    assert_eq!(mappings.len(), 2);
    for mapping in mappings {
        let queue = mapping["EventSourceArn"].as_str().unwrap().strip_suffix(".Arn").unwrap();
        let function = mapping["FunctionName"].as_str().unwrap();
        let seconds = |value: &Value| value.as_u64().unwrap();
        let timeout = seconds(&resources[function]["Properties"]["Timeout"]);
        assert_eq!(seconds(&resources[queue]["Properties"]["VisibilityTimeout"]), 6 * timeout, "{queue}");
        assert_eq!(mapping["FunctionResponseTypes"][0], "ReportBatchItemFailures");
        let dead_letters =
            resources[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"].as_str().unwrap();
        assert_eq!(dead_letters, format!("{queue}DeadLetters.Arn"));
    }
}
