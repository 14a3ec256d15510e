//! The arrows: `local -> functions -> shared`, inside of `shared` everything towards `core`, and the emulator alone.

use crate::repository::{File, files_under, has_word, none_of, packages, read, rust_under};

/// The rooms of `shared` and the rooms that each may use. A new room needs a row.
const ROOMS: [(&str, &[&str]); 18] = [
    ("core", &[]),
    ("slack", &[]),
    ("fetch", &[]),
    ("cloud", &[]),
    ("mailbox", &[]),
    ("sources", &["core"]),
    ("store", &["core"]),
    ("queue", &["core"]),
    ("config", &["core", "sources"]),
    ("text", &["core", "slack"]),
    ("present", &["core", "slack", "text"]),
    ("metrics", &["sources"]),
    ("change", &["core", "queue", "store"]),
    ("invoke", &["core", "queue"]),
    ("deps", &["cloud", "config", "fetch", "mailbox", "queue", "slack", "sources", "store"]),
    ("door", &["deps", "invoke", "slack"]),
    (
        "lambda",
        &[
            "cloud", "config", "core", "deps", "door", "fetch", "invoke", "mailbox", "metrics", "queue",
            "slack", "sources", "store",
        ],
    ),
    ("lib", &[]),
];

/// What would make the core impure.
const NOT_IN_CORE: [&str; 10] = [
    "async",
    "std::fs",
    "std::net",
    "std::time",
    "std::env",
    "std::thread",
    "tokio",
    "reqwest",
    "serde_json::Value",
    "Timestamp::now",
];

#[test]
fn the_core_has_no_async_no_io_and_no_clock() {
    let mut faults = Vec::new();
    for file in rust_under("shared/src/core") {
        for (number, line) in file.code() {
            let json = line.trim_start().starts_with("use serde_json") && has_word(line, "Value");
            let found = NOT_IN_CORE.iter().filter(|word| has_word(line, word));
            let found = found.copied().chain(json.then_some("serde_json::Value"));
            faults.extend(found.map(|word| format!("{}:{number}: {word}", file.path)));
        }
    }
    none_of(faults, "decide in the core, and do outside of it; pass `now` in as an argument");
}

#[test]
fn a_room_of_shared_uses_only_the_rooms_below_it() {
    let mut faults = Vec::new();
    for file in rust_under("shared/src") {
        let room = file.room("shared/src");
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("{}: the room \"{room}\" has no row in ROOMS", file.path));
            continue;
        };
        for (number, used) in rooms_used(&file) {
            if used != room && !allowed.contains(&used.as_str()) {
                faults.push(format!("{}:{number}: {room} uses {used}", file.path));
            }
        }
    }
    none_of(faults, "move the code to the room above both, or pass in what it needs");
}

/// What follows `crate::` in each line. A list in braces would hide it, so that is refused.
fn rooms_used(file: &File) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (number, line) in file.code() {
        for (at, pattern) in line.match_indices("crate::") {
            let rest = &line[at + pattern.len()..];
            assert!(!rest.starts_with('{'), "{}:{number}: write one `use crate::room` a line", file.path);
            let name: String =
                rest.chars().take_while(|letter| *letter == '_' || letter.is_alphanumeric()).collect();
            used.push((number, name));
        }
    }
    used
}

#[test]
fn the_rooms_of_the_table_exist() {
    let files = rust_under("shared/src");
    let gone = ROOMS.iter().filter(|(room, _)| !files.iter().any(|file| file.room("shared/src") == *room));
    none_of(gone.map(|(room, _)| format!("there is no room {room}")).collect(), "take its row out of ROOMS");
}

#[test]
fn packages_depend_on_each_other_only_downwards() {
    let packages = packages();
    let is_function = |name: &str| {
        packages.iter().any(|package| package.name == name && package.folder.starts_with("functions/"))
    };
    let ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut faults = Vec::new();
    for package in &packages {
        for (need, test_only) in package.needs.iter().filter(|(need, _)| ours(need)) {
            let allowed = match package.name.as_str() {
                "slack-emulator" => false,
                "shared" => *test_only && (need == "slack-emulator" || need == "shared"),
                // What proves the whole needs the whole.
                "local" | "dynamo-tests" | "bench" | "fuzz" | "deployed" => true,
                name if is_function(name) => need == "shared" || *test_only && need == "slack-emulator",
                _ => need == "shared",
            };
            if !allowed {
                faults.push(format!("{} depends on {need}", package.name));
            }
        }
    }
    none_of(faults, "put what both need into `shared`");
}

/// Answers to a request itself (ephemeral words, a form, what `send` was asked to send) are the exception.
#[test]
fn only_the_courier_writes_to_channels() {
    let may =
        |path: &str| path.starts_with("functions/courier/") || path == "functions/slash-command/src/send.rs";
    let writes = [".post_message(", ".slack.update(", ".slack.delete("];
    let mut faults = Vec::new();
    let mut allowed = 0;
    for file in rust_under("functions").into_iter().filter(|file| file.path.contains("/src/")) {
        for (number, line) in file.code().filter(|(_, line)| writes.iter().any(|call| line.contains(call))) {
            match may(&file.path) {
                true => allowed += 1,
                false => faults.push(format!("{}:{number}: {}", file.path, line.trim())),
            }
        }
    }
    assert!(
        allowed >= 3,
        "the courier posts and edits, and `send` sends: is the client called otherwise now?"
    );
    none_of(faults, "change the incident through `shared::change`; the courier shows it");
}

/// What a lost wake held would be lost with it.
#[test]
fn a_wake_carries_no_content() {
    let queue = read("shared/src/queue.rs");
    let body = queue.split("pub struct Wake {").nth(1).unwrap().split('}').next().unwrap();
    let lines = body.lines().map(str::trim).filter_map(|line| line.strip_prefix("pub "));
    let fields: Vec<&str> = lines.filter_map(|line| line.split(':').next()).collect();
    assert_eq!(fields, ["incident", "channel", "revision", "sweep"]);
}

#[test]
fn the_emulator_has_never_heard_of_callboard() {
    // The variable that names the folder of reference data is one for the whole repository.
    let knows = |file: &File| file.text.replace("CALLBOARD_CORPUS", "").to_lowercase().contains("callboard");
    let knows = files_under("slack-emulator").into_iter().filter(knows);
    none_of(
        knows.map(|file| file.path).collect(),
        "speak of \"the app\": others use the emulator for their own apps",
    );
}
