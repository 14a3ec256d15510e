//! The mappings against a corpus of real payloads, and the signature schemes against its vectors, when the environment names
//! one (`CALLBOARD_CORPUS`); without it there is nothing to test here and the tests say so.
//!
//! The corpus is not ours, so its files are read tolerantly: what is not in a form that is understood is counted, not failed.
//! Failures are a panic, a payload without a signal, a vector (`vectors`) that is understood and disagrees, and too few points
//! (`judge`) on the scoreboard, which is drawn once with the mappings and once without.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use shared::core::raw::Raw;
use shared::sources::Sources;

use judge::Taken;
use points::Score;

mod judge;
#[path = "../points/mod.rs"]
mod points;
mod vectors;

/// Points in a hundred that must be earned: of all files by their own mappings, of each file by them, of all files without them.
const OWN: usize = 97;
const EACH: usize = 70;
const GENERIC: usize = 70;

#[expect(clippy::disallowed_methods, reason = "a test has no main that could read the environment")]
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var("CALLBOARD_CORPUS").ok().map(PathBuf::from);
    if folder.is_none() {
        eprintln!("corpus: not run (CALLBOARD_CORPUS is not set)");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A payload file as a delivery. A file that holds `headers` and `body` is a recorded request.
fn delivery(path: &Path) -> Raw {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let recorded: Option<Map<String, Value>> = serde_json::from_str(&text)
        .ok()
        .filter(|map: &Map<String, Value>| map.contains_key("headers") && map.contains_key("body"));
    let beside = fs::read_to_string(path.with_extension("headers.json")).ok();
    let beside = beside.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let headers =
        recorded.as_ref().and_then(|map| map.get("headers").cloned()).or(beside).unwrap_or_default();
    let body = recorded.and_then(|mut map| map.remove("body")).map(|body| match body {
        Value::String(text) => text,
        other => other.to_string(),
    });
    Raw {
        id: path.file_name().and_then(|name| name.to_str()).unwrap_or("x").to_owned(),
        source: None,
        headers: headers
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())))
            .collect(),
        body: body.unwrap_or(text),
        received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        note: None,
    }
}

#[test]
fn every_payload_of_the_corpus_becomes_a_signal() {
    let Some(corpus) = corpus() else { return };
    let expected = expectations(&corpus);
    let own = scoreboard("own mappings", &Sources::builtin().unwrap(), &corpus, &expected);
    let generic = scoreboard("generic reading", &Sources::none(), &corpus, &expected);
    let mut missed: Vec<String> = own.1.iter().map(|file| format!("{file}, not {EACH} %")).collect();
    for (what, score, wanted) in [("own mappings", own.0, OWN), ("generic reading", generic.0, GENERIC)] {
        eprintln!("{}", score.line(what));
        if score.percent() < wanted {
            missed.push(format!("{what}: {} %, not {wanted} %", score.percent()));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// The points of all files, and the files that have too few of them.
fn scoreboard(
    what: &str,
    sources: &Sources,
    corpus: &Path,
    expected: &BTreeMap<String, Value>,
) -> (Score, Vec<String>) {
    let (mut all, mut poor) = (Score::default(), Vec::new());
    for folder in files(&corpus.join("payloads")) {
        let name = file_name(&folder);
        let mut taken = Vec::new();
        for path in files(&folder)
            .iter()
            .filter(|path| path.is_file() && !path.to_string_lossy().ends_with(".headers.json"))
        {
            let mapped = sources.map(&delivery(path));
            assert!(!mapped.signals.is_empty() || mapped.skipped.is_some(), "{}", path.display());
            for signal in &mapped.signals {
                assert!(!signal.title.trim().is_empty(), "{}", path.display());
            }
            let file = format!("{name}/{}", file_name(path));
            let line = expected.get(&file).or_else(|| expected.get(&file_name(path))).cloned();
            taken.push(Taken { file, line, mapped });
        }
        let mut score = Score::default();
        for (at, one) in taken.iter().enumerate() {
            let (own, faults) = judge::judge(one, &taken, at);
            for fault in faults {
                eprintln!("  {what}: {}: {fault}", one.file);
            }
            if one.line.is_some() && own.percent() < EACH {
                poor.push(format!("{} {} %", one.file, own.percent()));
            }
            score.add(&own);
        }
        eprintln!("{}", score.line(&name));
        all.add(&score);
    }
    (all, poor)
}

fn file_name(path: &Path) -> String {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned()
}

/// The lines of EXPECTED.jsonl by file, both with and without the folder.
fn expectations(corpus: &Path) -> BTreeMap<String, Value> {
    let mut expected = BTreeMap::new();
    let mut odd = 0;
    let paths = [corpus.join("EXPECTED.jsonl"), corpus.join("payloads/EXPECTED.jsonl")];
    for line in paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
    {
        let value: Value = serde_json::from_str(&line).unwrap_or_default();
        match word(&value, &["file", "path", "payload", "name"]) {
            Some(file) => {
                let mut parts: Vec<&str> = file.rsplit('/').take(2).collect();
                parts.reverse();
                let key = match (parts.as_slice(), word(&value, &["source", "folder"])) {
                    ([file], Some(source)) => format!("{source}/{file}"),
                    _ => parts.join("/"),
                };
                expected.insert(key, value);
            }
            None => {
                if odd == 0 {
                    let keys: Vec<&String> = value.as_object().into_iter().flat_map(Map::keys).collect();
                    eprintln!("EXPECTED.jsonl: a line that names no file, with the keys {keys:?}");
                }
                odd += 1;
            }
        }
    }
    eprintln!("EXPECTED.jsonl: {} lines understood, {odd} not", expected.len());
    expected
}

fn word(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match value.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn words(value: &Value, name: &str) -> Vec<String> {
    match value.get(name) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
