//! The documents against the code: what they name exists, what they list is complete, and what is generated is up to date.
//!
//! `UPDATE_DOCS=1 cargo test -p local --test tidy` writes the generated ones anew.

use std::collections::BTreeSet;

use shared::config::ConfigFile;
use shared::config::section::{ShowAlarms, ShowCost, ShowLogs, ShowMetrics};
use shared::core::command::COMMANDS;
use shared::core::view::Button;
use shared::sources::mapping::Mapping;
use shared::sources::verify::{Scheme, named};

use crate::repository::{File, exists, files_under, has_word, names_in, none_of, packages, read, root};

/// Folders where a document is data.
const DATA: [&str; 1] = ["events/"];

fn documents() -> Vec<File> {
    let is_document =
        |file: &File| file.path.ends_with(".md") && !DATA.iter().any(|data| file.path.starts_with(data));
    files_under("").into_iter().filter(is_document).collect()
}

#[test]
fn docs_commands_md_is_the_table_of_commands() {
    let mut page = String::from(
        "<!-- Made from COMMANDS in shared/src/core/command.rs: UPDATE_DOCS=1 cargo test -p local --test tidy -->\n\n\
         # Commands\n\n\
         What to type after the slash command, which is `/ops` unless the config names another one. An incident's ID stands on its\n\
         message: five or more letters and digits. The answer is for you alone.\n\n\
         | command | what it does | for example |\n| --- | --- | --- |\n",
    );
    for command in &COMMANDS {
        let usage = format!("{} {}", command.name, command.usage).trim().replace('|', "\\|");
        page += &format!("| `{usage}` | {} | `/ops {}` |\n", command.help, command.example);
    }
    page += "\n`send` reaches every channel that the app is in, whoever types it and whether or not that person is; the message names them.\n";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join("docs/commands.md"), &page).unwrap();
    }
    assert_eq!(read("docs/commands.md"), page, "renew it: UPDATE_DOCS=1 cargo test -p local --test tidy");
}

#[test]
fn docs_config_md_explains_every_word_of_the_config() {
    let every_block = serde_json::json!({
        "channels": { "fallback": "#ops" },
        "sources": { "*": { "verify": { "hmac": { "header": "x-signature" } } }, "other": { "verify": { "token": "x-key" } } },
        "routes": [{ "name": "all", "to": "#alerts" }],
    });
    let file: ConfigFile = serde_json::from_value(every_block).unwrap();
    let mut words = BTreeSet::new();
    collect_words(&serde_json::to_value(file).unwrap(), &mut words);
    assert!(words.contains("reopen_within"), "the defaults are written out");
    for name in ["*", "other"] {
        words.remove(name);
    }
    words.extend(Button::ALL.map(|(name, _)| name.to_owned()));
    must_explain("docs/config.md", words);
}

#[test]
fn docs_sources_md_explains_every_word_of_a_mapping() {
    let every_block = serde_json::json!({
        "title": "T", "verify": "none", "recognise": [{}], "guide": { "connect": "c", "key": "k", "page": "p" },
        "cases": [{ "name": "n", "signal": {
            "key": "k", "kind": "k", "status": { "of": "", "words": {} }, "title": "t", "links": [{ "title": "t", "url": "u" }],
        } }],
    });
    let mapping: Mapping = serde_json::from_value(every_block).unwrap();
    let mut words = BTreeSet::new();
    collect_words(&serde_json::to_value(mapping).unwrap(), &mut words);
    assert!(words.contains("labels_from"), "the defaults are written out");
    must_explain("docs/sources.md", words);
}

/// A row for each scheme, which names the header that it looks at.
#[test]
fn docs_sources_md_says_how_every_named_sender_proves_itself() {
    let text = read("docs/sources.md");
    let row = |name: &str| text.lines().find(|line| line.starts_with(&format!("| `{name}` | ")));
    let told = |name: &str| match (row(name), named::scheme(name)) {
        (Some(row), Some(Scheme::Token(header))) => row.contains(&format!("`{header}`")),
        (Some(row), Some(Scheme::Hmac(form))) => row.contains(&format!("`{}`", form.words().header)),
        (row, _) => row.is_some(),
    };
    let missing = named::names().filter(|name| !told(name));
    none_of(missing.map(|name| format!("docs/sources.md has no row for `{name}`")).collect(), "add it");
}

#[test]
fn docs_reports_md_explains_every_word_of_a_report() {
    let every_block = serde_json::json!({
        "channels": { "fallback": "#ops" },
        "reports": [{ "name": "n", "at": "0 9 * * *", "to": "#ops", "show": ["noise"] }],
    });
    let file: ConfigFile = serde_json::from_value(every_block).unwrap();
    let metrics = serde_json::json!({ "title": "T", "metrics": [{ "expression": "m" }] });
    let logs = serde_json::json!({ "title": "T", "groups": "/x", "query": "fields @message" });
    let mut words = BTreeSet::new();
    for value in [
        serde_json::to_value(&file.reports),
        serde_json::to_value(ShowAlarms::default()),
        serde_json::to_value(ShowCost::default()),
        serde_json::to_value(serde_json::from_value::<ShowLogs>(logs).unwrap()),
        serde_json::to_value(serde_json::from_value::<ShowMetrics>(metrics).unwrap()),
    ] {
        collect_words(&value.unwrap(), &mut words);
    }
    assert!(words.contains("skip_if_quiet") && words.contains("at_most"), "the defaults are written out");
    must_explain("docs/reports.md", words);
}

fn collect_words(value: &serde_json::Value, words: &mut BTreeSet<String>) {
    if let Some(map) = value.as_object() {
        words.extend(map.keys().cloned());
        map.values().for_each(|value| collect_words(value, words));
    }
    value.as_array().into_iter().flatten().for_each(|value| collect_words(value, words));
}

fn must_explain(document: &str, words: BTreeSet<String>) {
    let text = read(document);
    let code: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let missing = words.iter().filter(|word| !code.contains(word.as_str()));
    none_of(missing.map(|word| format!("{document} does not explain `{word}`")).collect(), "add a row");
}

#[test]
fn what_a_document_names_exists() {
    let tops: Vec<String> = names_in("");
    let mut faults = Vec::new();
    for document in documents() {
        let folder = document.path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        for link in links(&document.text) {
            if !exists(&format!("{folder}/{link}")) {
                faults.push(format!("{}: the link {link}", document.path));
            }
        }
        for path in paths(&document.text, &tops) {
            if !exists(&path) {
                faults.push(format!("{}: {path}", document.path));
            }
        }
    }
    none_of(faults, "mend the name, or the document if the thing is gone");
}

/// Links to files of the repository, and its pictures.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let pictures = text.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let targets = targets.chain(pictures);
    let files = targets.map(|target| target.split('#').next().unwrap_or_default());
    files.filter(|file| !file.is_empty() && !file.contains("://")).collect()
}

/// Paths from the root: words that begin with one of its folders and hold no placeholder.
fn paths(text: &str, tops: &[String]) -> Vec<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || "`'\"()@,;|<>".contains(letter));
    let words = words.map(|word| word.trim_end_matches(['.', ':', '/']));
    let is_path = |word: &&str| {
        let in_tops = word.split_once('/').is_some_and(|(top, _)| tops.iter().any(|known| known == top));
        in_tops && !word.contains(['*', '{', '$'])
    };
    words.filter(is_path).map(str::to_owned).collect()
}

/// ARCHITECTURE.md says "`name` (path)" wherever it names a function, a type or a test.
#[test]
fn the_functions_and_tests_that_the_architecture_names_exist() {
    let text = read("ARCHITECTURE.md");
    let mut named = 0;
    let mut faults = Vec::new();
    for (at, _) in text.match_indices("` (") {
        let name = text[..at].rsplit('`').next().unwrap_or_default();
        let path = text[at + 3..].split(')').next().unwrap_or_default().trim_matches('`');
        if !path.ends_with(".rs") {
            continue;
        }
        named += 1;
        let forms = match name.split_once("::") {
            Some((_, variant)) => vec![variant.to_owned()],
            None => ["fn", "struct", "enum", "trait"].map(|form| format!("{form} {name}")).to_vec(),
        };
        if !exists(path) || !forms.iter().any(|form| has_word(&read(path), form)) {
            faults.push(format!("`{name}` is not in {path}"));
        }
    }
    assert!(named > 20, "the architecture names functions as `name` (path)");
    none_of(faults, "tell the story again as the code does it today");
}

#[test]
fn the_architecture_shows_every_package_and_every_room() {
    let text = read("ARCHITECTURE.md");
    let shown = |place: &str| text.contains(&format!("`{place}`")) || text.contains(&format!("`{place}.rs`"));
    let packages = packages().into_iter().map(|package| package.folder);
    let packages = packages.filter(|folder| folder != "shared");
    let rooms = names_in("shared/src").into_iter().filter(|room| room != "lib.rs");
    let rooms = rooms.map(|room| format!("shared/src/{}", room.trim_end_matches(".rs")));
    let hidden = packages.chain(rooms).filter(|place| !shown(place));
    none_of(hidden.collect(), "add it to the code map");
}

#[test]
fn the_commands_of_the_documents_work() {
    let aliases = read(".cargo/config.toml");
    assert!(aliases.contains("local = \"run "), "`cargo local` is an alias");
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_local")).arg("--help").output().unwrap();
    assert!(help.status.success(), "cargo local --help fails");
    let help = String::from_utf8(help.stdout).unwrap();
    let verbs = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let verbs: Vec<&str> = verbs
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(!verbs.is_empty(), "cargo local --help lists no verbs");
    let laptop = read("docs/laptop.md");
    let hidden = verbs.iter().filter(|verb| **verb != "help" && !laptop.contains(&format!("`{verb}")));
    let mut faults: Vec<String> =
        hidden.map(|verb| format!("docs/laptop.md does not explain `{verb}`")).collect();
    for document in documents() {
        let commands = document.text.split("cargo local ").skip(1);
        let words = commands.filter_map(|rest| rest.split([' ', '\n', '`', ',', ')']).next());
        let unknown = words.filter(|word| word.chars().all(char::is_alphabetic) && !word.is_empty());
        let unknown = unknown.filter(|word| !verbs.contains(word));
        faults.extend(unknown.map(|word| format!("{}: cargo local {word}", document.path)));
    }
    none_of(faults, "`cargo local --help` has the verbs");
}
