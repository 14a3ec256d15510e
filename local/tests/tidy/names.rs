//! One name for one thing: a function is called the same as a folder, as a package and as a binary; a source the same as a
//! mapping file and as a folder of payloads.

use crate::repository::{exists, files_under, names_in, none_of, packages};

/// The functions, as the deployment knows them.
const FUNCTIONS: [&str; 7] =
    ["courier", "ingest", "interaction", "notifier", "router", "slack-events", "slash-command"];

/// The fewest payloads of a source: one of each kind that differs, and two at the very least.
const FEWEST: usize = 2;

/// The folder of what Lambda hands to functions that are not asked over HTTP; no source.
const INVOCATIONS: &str = "functions";

#[test]
fn there_are_seven_functions() {
    assert_eq!(names_in("functions"), FUNCTIONS);
}

#[test]
fn a_package_is_called_like_its_folder_and_its_binary() {
    let mut faults = Vec::new();
    for package in packages() {
        if package.folder.rsplit('/').next() != Some(&package.name) {
            faults.push(format!("the package in {} is called {}", package.folder, package.name));
        }
        let others = package.binaries.iter().filter(|binary| **binary != package.name);
        faults.extend(others.map(|binary| format!("the binary of {} is called {binary}", package.folder)));
    }
    none_of(faults, "give all three the name of the folder");
}

#[test]
fn every_source_has_payloads_and_every_payload_a_source() {
    let mut faults = Vec::new();
    let files = names_in("shared/sources");
    let sources: Vec<&str> = files.iter().filter_map(|file| file.strip_suffix(".yaml")).collect();
    assert_eq!(files.len(), sources.len(), "only mapping files belong in shared/sources");
    for source in &sources {
        let folder = format!("events/{source}");
        let payloads = if exists(&folder) { names_in(&folder) } else { Vec::new() };
        let payloads = payloads.iter().filter(|name| !name.ends_with(".headers.json")).count();
        if payloads < FEWEST {
            faults.push(format!("{folder} has {payloads} payloads"));
        }
    }
    let is_known = |folder: &String| sources.contains(&folder.as_str()) || folder == INVOCATIONS;
    let strangers = names_in("events").into_iter().filter(|folder| !is_known(folder));
    faults.extend(strangers.map(|folder| format!("events/{folder} has no shared/sources/{folder}.yaml")));
    none_of(faults, "put two real payloads or more into events/<source>/");
}

#[test]
fn every_payload_that_says_json_is_json_and_headers_belong_to_a_payload() {
    let mut faults = Vec::new();
    for file in files_under("events") {
        let Some(stem) = file.path.strip_suffix(".json") else { continue };
        let value = match serde_json::from_str::<serde_json::Value>(&file.text) {
            Ok(value) => value,
            Err(error) => {
                faults.push(format!("{}: {error}", file.path));
                continue;
            }
        };
        if let Some(payload) = stem.strip_suffix(".headers") {
            let words = |value: &serde_json::Value| {
                value.as_object().is_some_and(|map| map.values().all(|value| value.is_string()))
            };
            if !exists(&format!("{payload}.json")) || !words(&value) {
                faults.push(format!("{}: no header names and values of {payload}.json", file.path));
            }
        }
    }
    none_of(faults, "mend the file, or give it an ending that says what it is");
}
