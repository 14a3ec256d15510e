//! How well a sender is read that nobody knows: every payload in `events/` with its mapping switched off, against what the
//! mapping says. Real deployments get many of those. A scoreboard with a floor: it goes up by better reading, never by a name
//! of a sender.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking and reports by printing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use shared::core::raw::Raw;
use shared::core::signal::Signal;
use shared::sources::Sources;

use points::{Score, shown};

mod points;

/// Points in a hundred that reading generically must earn.
const FLOOR: usize = 76;

#[test]
fn a_sender_that_nobody_knows_is_read_well_enough() {
    let (known, unknown) = (Sources::builtin().unwrap(), Sources::none());
    let mut all = Score::default();
    for source in known.names().filter(|name| *name != "generic") {
        let pairs: Vec<(String, Signal, Signal)> = payloads(source)
            .iter()
            .filter_map(|path| {
                let raw = raw(path, source);
                let ours = known.map(&raw).signals.into_iter().next()?;
                let theirs = unknown.map(&Raw { source: None, ..raw.clone() }).signals.into_iter().next();
                Some((raw.body, ours, theirs?))
            })
            .collect();
        let mut score = Score::default();
        for (body, wanted, read) in &pairs {
            judge(body, wanted, read, &mut score);
        }
        keys(&pairs, &mut score);
        eprintln!("{}", score.line(source));
        all.add(&score);
    }
    eprintln!("{}", all.line("all"));
    assert!(all.percent() >= FLOOR, "{} % of the points", all.percent());
}

/// One point each for status, severity, the words of the title, a link, and the thing that it is about.
fn judge(body: &str, wanted: &Signal, read: &Signal, score: &mut Score) {
    let shown = shown(read);
    score.give("status", 1, wanted.status == read.status);
    score.give("severity", 1, wanted.severity == read.severity);
    // Only what the payload says can be read from it.
    let said = body.to_lowercase();
    let of_payload = |word: &String| word.len() > 3 && said.contains(word.as_str());
    let mut words = words(&wanted.title).into_iter().filter(of_payload).peekable();
    if words.peek().is_some() {
        score.give("title", 1, words.all(|word| shown.contains(&word)));
    }
    if !wanted.links.is_empty() && said.contains("http") {
        score.give("link", 1, !read.links.is_empty());
    }
    let things: Vec<String> = ["service", "resource"]
        .iter()
        .filter_map(|name| Some(wanted.labels.get(*name)?.to_lowercase()))
        .filter(|thing| said.contains(thing.as_str()))
        .collect();
    if !things.is_empty() {
        score.give("thing", 1, things.iter().any(|thing| shown.contains(thing)));
    }
}

/// Two points where things are told apart and found again as the mapping does.
fn keys(pairs: &[(String, Signal, Signal)], score: &mut Score) {
    for (_, wanted, read) in pairs {
        let same = |(_, other, theirs): &&(String, Signal, Signal)| {
            (other.key == wanted.key) == (theirs.key == read.key)
        };
        score.give("key", 2, pairs.iter().all(|pair| same(&pair)));
    }
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn payloads(source: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(source);
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| !path.to_string_lossy().ends_with(".headers.json"));
    paths.sort();
    paths
}

fn raw(path: &Path, source: &str) -> Raw {
    let headers = fs::read_to_string(path.with_extension("headers.json")).unwrap_or("{}".to_owned());
    Raw {
        id: "delivery".to_owned(),
        source: Some(source.to_owned()),
        headers: serde_json::from_str(&headers).unwrap(),
        body: fs::read_to_string(path).unwrap(),
        received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        note: None,
    }
}
