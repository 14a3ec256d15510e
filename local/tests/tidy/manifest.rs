//! slack-manifest.yaml against the code, so that an app made from it can do all that the code asks of it and no more, and
//! against Slack's own rules for manifests.
//!
//! The rules are those of `schemas/manifest.schema.2.0.0.json` in <https://github.com/slackapi/manifest-schema>, as of commit
//! c50cfa8508ff, as far as they are about something like this app: a word that stands there and not here is a fault, too. That
//! schema knows neither scopes nor events, so those are derived: from the calls in the sources, the scopes that the Slack
//! emulator says they need, and the scopes of the events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use regex_lite::Regex;
use serde_json::{Value, json};
use shared::config::ConfigFile;
use shared::core::command::COMMANDS;
use shared::slack::client::SCOPES;
use slack_emulator::{Emulator, ManualClock, Settings};

use crate::repository::{File, none_of, read, rust_under};

/// What an address begins with until there is a deployment.
const PLACEHOLDER: &str = "https://YOUR-API.execute-api.REGION.amazonaws.com";

/// What an event needs that is in the manifest, <https://docs.slack.dev/reference/events>.
const EVENT_SCOPES: [(&str, &str); 5] = [
    ("app_mention", "app_mentions:read"),
    ("message.channels", "channels:history"),
    ("message.groups", "groups:history"),
    ("reaction_added", "reactions:read"),
    ("reaction_removed", "reactions:read"),
];

/// The kinds of channel that a route can name, public and private, as scopes and as `message` events call them. Where a
/// method takes one scope for each kind of conversation, these are ours.
const KINDS: [&str; 2] = ["channels", "groups"];

fn manifest() -> Value {
    serde_saphyr::from_str(&read("slack-manifest.yaml")).unwrap()
}

fn words(value: &Value) -> BTreeSet<String> {
    let list = value.as_array().unwrap_or_else(|| panic!("{value} is no list"));
    let words: BTreeSet<String> = list.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    assert_eq!(words.len(), list.len(), "a word stands there twice: {value}");
    words
}

fn found(pattern: &str, text: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// The code of a file without its tests.
fn code(file: &File) -> String {
    let lines: Vec<&str> =
        file.code().map(|(_, line)| line).take_while(|line| *line != "#[cfg(test)]").collect();
    lines.join("\n")
}

/// What the Slack client offers: a function's name -> the methods of Slack's that it calls, at first or second hand.
fn client() -> BTreeMap<String, BTreeSet<String>> {
    let mut own: BTreeMap<String, (BTreeSet<String>, Vec<String>)> = BTreeMap::new();
    for file in rust_under("shared/src/slack/client") {
        for function in code(&file).split("fn ").skip(1) {
            let name = function.split(['(', '<']).next().unwrap();
            let methods = found(r#""([a-z]+\.[A-Za-z.]+)""#, function);
            own.insert(name.to_owned(), (BTreeSet::from_iter(methods), found(r"self\s*\.(\w+)\(", function)));
        }
    }
    let reach = |name: &String| {
        let (mut seen, mut next, mut methods) = (BTreeSet::new(), vec![name], BTreeSet::new());
        while let Some(name) = next.pop() {
            if let Some((direct, calls)) = own.get(name).filter(|_| seen.insert(name)) {
                methods.extend(direct.iter().cloned());
                next.extend(calls);
            }
        }
        methods
    };
    own.keys().map(|name| (name.clone(), reach(name))).collect()
}

/// The methods of Slack's that some function really calls.
fn called() -> BTreeSet<String> {
    let client = client();
    let product = rust_under("functions").into_iter().chain(rust_under("shared/src"));
    let product = product.filter(|file| !file.path.starts_with("shared/src/slack/client"));
    let calls = product.flat_map(|file| found(r"\.(\w+)\(", &code(&file)));
    calls.filter_map(|call| client.get(&call)).flatten().cloned().collect()
}

/// The scopes that a call of this method needs, as Slack says in `X-Accepted-OAuth-Scopes`.
fn scopes_of(method: &str, slack: &Emulator) -> BTreeSet<String> {
    let answer = slack.call(method, json!({}), &Settings::default().bot_token);
    let accepted = answer.scopes.unwrap_or_else(|| panic!("{method}: {}", answer.body)).accepted;
    let accepted: Vec<&str> = accepted.split(',').filter(|scope| !scope.is_empty()).collect();
    let ours =
        |scope: &&&str| accepted.len() == 1 || KINDS.iter().any(|kind| scope.split(':').next() == Some(kind));
    accepted.iter().filter(ours).map(|scope| (*scope).to_owned()).collect()
}

#[test]
fn the_calls_that_are_made_are_found_in_the_sources() {
    let called = called();
    // By the courier, by the courier through `find_own`, by a click, and by nobody.
    for (method, is_called) in [
        ("chat.postMessage", true),
        ("conversations.replies", true),
        ("views.open", true),
        ("usergroups.users.list", false),
    ] {
        assert_eq!(called.contains(method), is_called, "{method}: {called:?}");
    }
}

#[test]
fn the_scopes_are_what_calls_events_and_commands_need_and_no_others() {
    let manifest = manifest();
    let slack = Emulator::new(Settings::default(), Arc::new(ManualClock::at(0)));
    let mut needed = BTreeSet::from(["commands".to_owned()]);
    needed.extend(called().iter().flat_map(|method| scopes_of(method, &slack)));
    for event in words(&manifest["settings"]["event_subscriptions"]["bot_events"]) {
        let row = EVENT_SCOPES.iter().find(|(name, _)| *name == event);
        needed.insert(row.unwrap_or_else(|| panic!("what does {event} need?")).1.to_owned());
    }
    assert_eq!(words(&manifest["oauth_config"]["scopes"]["bot"]), needed);
    assert_eq!(needed, SCOPES.map(str::to_owned).into(), "what the doctor looks for");
    assert_eq!(manifest["oauth_config"]["scopes"]["user"], Value::Null);
}

#[test]
fn the_events_are_those_that_slack_events_reads() {
    let inbound = read("shared/src/slack/inbound/event.rs");
    let inbound = inbound.split("fn read(").nth(1).unwrap().split("#[cfg(test)]").next().unwrap();
    // `"name" | "name"` at the beginning of an arm, and the variant that it becomes.
    let (mut names, mut variants) = (Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for line in inbound.lines().map(str::trim) {
        if line.starts_with('"') {
            names = found(r#""([a-z_]+)""#, line.split("=>").next().unwrap());
        }
        for variant in found(r"\bEvent::(\w+)", line) {
            variants.entry(variant).or_default().append(&mut names);
        }
    }
    let handler = read("functions/slack-events/src/lib.rs");
    let ignored = handler.lines().filter(|line| line.ends_with("=> Ok(Taken::Done),"));
    let ignored: Vec<String> = ignored.flat_map(|line| found(r"\bEvent::(\w+)", line)).collect();
    assert_eq!(ignored, ["HomeOpened", "Other"]);
    let handled = variants.iter().filter(|(variant, _)| !ignored.contains(variant));
    let read: BTreeSet<String> = handled
        .flat_map(|(_, names)| names)
        .flat_map(|name| match name.as_str() {
            "message" => KINDS.map(|kind| format!("message.{kind}")).to_vec(),
            other => vec![other.to_owned()],
        })
        .collect();
    assert_eq!(words(&manifest()["settings"]["event_subscriptions"]["bot_events"]), read);
}

#[test]
fn the_addresses_are_the_deployments() {
    let (manifest, template) = (manifest(), read("template.yaml"));
    let template: Value = serde_saphyr::from_str(&template).unwrap();
    let functions = template["Resources"].as_object().unwrap().values();
    let routes: Vec<&Value> = functions
        .filter_map(|one| one["Properties"]["Events"].as_object())
        .flat_map(|all| all.values())
        .collect();
    for (place, function, output) in [
        ("/features/slash_commands/0/url", "commands", "CommandsUrl"),
        ("/settings/interactivity/request_url", "interactions", "InteractionsUrl"),
        ("/settings/event_subscriptions/request_url", "events", "EventsUrl"),
    ] {
        let url = manifest.pointer(place).unwrap().as_str().unwrap();
        let path = url.strip_prefix(PLACEHOLDER).unwrap_or_else(|| panic!("{url} is no placeholder"));
        assert_eq!(path, format!("/slack/{function}"));
        let is_route =
            |route: &&Value| route["Properties"]["Path"] == path && route["Properties"]["Method"] == "POST";
        assert_eq!(routes.iter().copied().filter(is_route).count(), 1, "{path}");
        let output = template["Outputs"][output]["Value"].as_str().unwrap();
        assert!(output.ends_with(path), "{output} is not for {path}");
    }
}

#[test]
fn the_command_is_the_configs_and_its_hint_names_what_there_is() {
    let config: ConfigFile = serde_saphyr::from_str(&read("config/callboard.yaml")).unwrap();
    let manifest = manifest();
    let command = &manifest["features"]["slash_commands"][0];
    assert_eq!(command["command"], config.command);
    for word in command["usage_hint"].as_str().unwrap().split(" | ") {
        let name = word.split(' ').next().unwrap();
        assert!(COMMANDS.iter().any(|command| command.name == name), "{name} is no command");
    }
}

/// What may stand in a place of a manifest.
enum Form {
    /// Length from and to, and what it looks like.
    Text(usize, usize, &'static str),
    Flag,
    Number,
    /// From and to so many.
    List(usize, usize, &'static Form),
    /// Words, whether each is needed, and what it holds.
    Block(&'static [(&'static str, bool, Form)]),
}

use Form::{Block, Flag, List, Number, Text};

const ANY: &str = "";
const ADDRESS: &str = "^https?://";
const NAME: Form = Text(0, 50, ANY);

static COMMAND: Form = Block(&[
    ("command", true, Text(2, 32, "^/")),
    ("url", false, Text(0, 3_000, ADDRESS)),
    ("description", true, Text(1, 2_000, ANY)),
    ("usage_hint", false, Text(1, 1_000, ANY)),
    ("should_escape", false, Flag),
]);

static MANIFEST: Form = Block(&[
    ("_metadata", false, Block(&[("major_version", false, Number), ("minor_version", false, Number)])),
    (
        "display_information",
        true,
        Block(&[
            ("name", true, Text(1, 35, ANY)),
            ("description", false, Text(1, 140, ANY)),
            ("background_color", false, Text(4, 7, "^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$")),
            ("long_description", false, Text(175, 4_000, ANY)),
        ]),
    ),
    (
        "features",
        false,
        Block(&[
            (
                "app_home",
                false,
                Block(&[
                    ("home_tab_enabled", false, Flag),
                    ("messages_tab_enabled", false, Flag),
                    ("messages_tab_read_only_enabled", false, Flag),
                ]),
            ),
            // The letters are from SchemaStore's slack-app-manifest.json.
            (
                "bot_user",
                false,
                Block(&[("display_name", true, Text(1, 80, r"^[\w\-.]+$")), ("always_online", false, Flag)]),
            ),
            ("slash_commands", false, List(1, 50, &COMMAND)),
        ]),
    ),
    (
        "oauth_config",
        false,
        Block(&[(
            "scopes",
            false,
            Block(&[("bot", false, List(0, 255, &NAME)), ("user", false, List(0, 255, &NAME))]),
        )]),
    ),
    (
        "settings",
        false,
        Block(&[
            (
                "event_subscriptions",
                false,
                Block(&[
                    ("request_url", false, Text(0, 3_500, ADDRESS)),
                    ("bot_events", false, List(0, 100, &NAME)),
                    ("user_events", false, List(0, 100, &NAME)),
                ]),
            ),
            (
                "interactivity",
                false,
                Block(&[
                    ("is_enabled", true, Flag),
                    ("request_url", false, Text(0, 3_500, ADDRESS)),
                    ("message_menu_options_url", false, Text(0, 3_500, ADDRESS)),
                ]),
            ),
            ("org_deploy_enabled", false, Flag),
            ("socket_mode_enabled", false, Flag),
            ("token_rotation_enabled", false, Flag),
        ]),
    ),
]);

fn check(value: &Value, form: &Form, place: &str, faults: &mut Vec<String>) {
    let fits = match (form, value) {
        (Flag, Value::Bool(_)) => true,
        (Number, Value::Number(number)) => number.is_u64(),
        (Text(from, to, looks), Value::String(text)) => {
            (*from..=*to).contains(&text.chars().count()) && Regex::new(looks).unwrap().is_match(text)
        }
        (List(from, to, each), Value::Array(list)) => {
            list.iter().enumerate().for_each(|(at, one)| check(one, each, &format!("{place}/{at}"), faults));
            (*from..=*to).contains(&list.len())
        }
        (Block(words), Value::Object(map)) => {
            for (word, _, form) in *words {
                map.get(*word)
                    .into_iter()
                    .for_each(|one| check(one, form, &format!("{place}/{word}"), faults));
            }
            let known = |word: &String| words.iter().any(|(known, ..)| known == word);
            words.iter().all(|(word, needed, _)| !needed || map.contains_key(*word)) && map.keys().all(known)
        }
        _ => false,
    };
    if !fits {
        faults.push(format!("{place}: {value}"));
    }
}

#[test]
fn slack_takes_such_a_manifest() {
    let mut faults = Vec::new();
    check(&manifest(), &MANIFEST, "", &mut faults);
    none_of(faults, "see the rules in local/tests/tidy/manifest.rs");
}

#[test]
fn slack_refuses_a_manifest_with_a_fault() {
    for (place, broken) in [
        ("/display_information/name", json!("A name of more than thirty-five letters")),
        ("/display_information/name", json!(7)),
        ("/display_information/background_color", json!("#3d2b5")),
        ("/display_information", json!({ "description": "No name" })),
        ("/features/bot_user/display_name", json!("call board")),
        ("/features/slash_commands", json!([])),
        ("/features/slash_commands/0/command", json!("ops")),
        ("/features/slash_commands/0/url", json!("YOUR-API/slack/commands")),
        ("/features/slash_commands/0", json!({ "command": "/ops" })),
        ("/oauth_config/scopes/bot", json!("chat:write")),
        ("/settings/event_subscriptions/bot_events", json!([1])),
        ("/settings/interactivity", json!({ "request_url": "https://api.example" })),
        ("/settings/socket_mode_enabled", json!("no")),
        ("/settings", json!({ "socket_mode": false })),
    ] {
        let (mut manifest, mut faults) = (manifest(), Vec::new());
        *manifest.pointer_mut(place).unwrap() = broken.clone();
        check(&manifest, &MANIFEST, "", &mut faults);
        assert_eq!(faults.len(), 1, "{place} {broken}: {faults:?}");
    }
}
