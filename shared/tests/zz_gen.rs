#![allow(warnings)]
mod core {
    pub use shared::core::*;
}
mod sources {
    #[path = "/work/wt/s-generic/shared/src/sources/draft.rs"]
    pub mod draft;
    #[path = "/tmp/gen/generic/mod.rs"]
    pub mod generic;
    #[path = "/work/wt/s-generic/shared/src/sources/unwrap.rs"]
    pub mod unwrap;
    const MAX_SIGNALS: usize = 1000;
    pub fn map(raw: &crate::core::raw::Raw) -> Option<crate::core::signal::Signal> {
        let opened = unwrap::open(raw);
        let payload = opened.payloads.first()?;
        generic::read(&payload.body, &payload.envelope, raw.received_at)
            .into_iter()
            .next()
            .map(|d| d.finish(raw, "generic", 0))
    }
}
use shared::core::raw::Raw;
use shared::core::signal::Signal;
use std::collections::{BTreeMap, BTreeSet};
/// Points of one source: what was earned and what there was, by what it was for.
#[derive(Default)]
struct Score(BTreeMap<&'static str, (usize, usize)>);

impl Score {
    fn give(&mut self, what: &'static str, points: usize, earned: bool) {
        let (won, of) = self.0.entry(what).or_default();
        *won += if earned { points } else { 0 };
        *of += points;
    }

    fn total(&self) -> (usize, usize) {
        self.0.values().fold((0, 0), |(won, of), (w, o)| (won + w, of + o))
    }

    fn add(&mut self, other: &Score) {
        for (what, (won, of)) in &other.0 {
            let sum = self.0.entry(what).or_default();
            *sum = (sum.0 + won, sum.1 + of);
        }
    }

    fn line(&self, name: &str) -> String {
        let (won, of) = self.total();
        let parts: Vec<String> =
            self.0.iter().map(|(what, (won, of))| format!("{what} {won}/{of}")).collect();
        format!("{name:<24} {:>3} %  {}", won * 100 / of.max(1), parts.join("  "))
    }
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

/// Everything that a person reads of it, in lower case.
fn shown(signal: &Signal) -> String {
    let labels: Vec<&str> = signal.labels.values().map(String::as_str).collect();
    [&signal.title, &signal.text, &signal.facts.join(" "), &labels.join(" ")]
        .map(|text| text.to_lowercase())
        .join(" ")
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[test]
fn zz() {
    let all: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string("/tmp/wanted.json").unwrap()).unwrap();
    let mut by: BTreeMap<String, Vec<(String, Signal, Signal, String)>> = BTreeMap::new();
    for one in &all {
        let source = one["source"].as_str().unwrap().to_owned();
        let raw = Raw {
            id: "delivery".into(),
            source: None,
            headers: serde_json::from_value(one["headers"].clone()).unwrap(),
            body: one["body"].as_str().unwrap().into(),
            received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            note: None,
        };
        let wanted: Signal = serde_json::from_value(one["wanted"].clone()).unwrap();
        let Some(read) = sources::map(&raw) else { continue };
        by.entry(source).or_default().push((
            raw.body,
            wanted,
            read,
            one["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(),
        ));
    }
    let mut total = Score::default();
    let mut lines = String::new();
    let mut out = String::new();
    for (source, list) in &by {
        let mut score = Score::default();
        let triples: Vec<(String, Signal, Signal)> =
            list.iter().map(|(a, b, c, _)| (a.clone(), b.clone(), c.clone())).collect();
        keys(&triples, &mut score);
        for (body, wanted, read, path) in list {
            let mut s = Score::default();
            judge(body, wanted, read, &mut s);
            let mut k = Score::default();
            let same = triples.iter().all(|(_, o, t)| (o.key == wanted.key) == (t.key == read.key));
            let missed: Vec<&str> =
                s.0.iter()
                    .filter(|(_, (w, o))| w < o)
                    .map(|(n, _)| *n)
                    .chain((!same).then_some("key"))
                    .collect();
            out.push_str(&format!("## {source}/{path}  MISS {}\n", missed.join(" ")));
            out.push_str(&format!(
                "  W {:?}/{:?} k={:?} t={:?} labels={:?}\n",
                wanted.status,
                wanted.severity,
                wanted.key,
                wanted.title,
                (wanted.labels.get("service"), wanted.labels.get("resource"))
            ));
            out.push_str(&format!(
                "  R {:?}/{:?} k={:?} t={:?}\n",
                read.status, read.severity, read.key, read.title
            ));
            if missed.contains(&"title") || missed.contains(&"thing") {
                out.push_str(&format!(
                    "    text={:?} facts={:?} labels={:?}\n",
                    read.text.chars().take(200).collect::<String>(),
                    read.facts,
                    read.labels
                ));
            }
            score.add(&s);
        }
        lines.push_str(&score.line(source));
        lines.push('\n');
        total.add(&score);
    }
    lines.push_str(&total.line("all"));
    lines.push('\n');
    std::fs::write("/tmp/out.txt", out).unwrap();
    std::fs::write("/tmp/scores.txt", &lines).unwrap();
    println!("{}", total.line("all"));
}
