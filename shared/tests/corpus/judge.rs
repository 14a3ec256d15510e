//! What a payload of the corpus earns: a point each for no crash, status, severity, the words of the title, a link and the thing
//! that it is about, and two where it is known as the same as those of its incident and told from the others of its sender.

use serde_json::Value;
use shared::sources::Mapped;

use crate::points::{Score, shown};
use crate::{word, words};

/// A payload that was read.
pub(crate) struct Taken {
    pub(crate) file: String,
    /// What is expected of it, if anything.
    pub(crate) line: Option<Value>,
    pub(crate) mapped: Mapped,
}

/// What the payload at this place among those of its sender earns, and what was expected and is not so.
pub(crate) fn judge(one: &Taken, all: &[Taken], at: usize) -> (Score, Vec<String>) {
    let (mut score, mut faults) = (Score::default(), Vec::new());
    let Some(line) = &one.line else { return (score, faults) };
    score.give("crash", 1, true);
    let Some(signal) = one.mapped.signals.first() else { return (score, faults) };
    let mut give = |what: &'static str, points: usize, earned: bool, fault: &dyn Fn() -> String| {
        score.give(what, points, earned);
        faults.extend((!earned).then(fault));
    };
    let statuses = [words(line, "status"), words(line, "status_alt")].concat();
    if !statuses.is_empty() {
        let found = signal.status.word();
        let right = statuses.iter().any(|status| status == found);
        give("status", 1, right, &|| format!("status {found}, not {}", statuses.join(" or ")));
    }
    if let Some(severity) = word(line, &["severity"]) {
        let found = signal.severity.word();
        give("severity", 1, severity == found, &|| format!("severity {found}, not {severity}"));
    }
    let title = [words(line, "title_words"), words(line, "title")].concat().join(" ").to_lowercase();
    let shown = shown(signal);
    if !title.is_empty() {
        let right = title.split_whitespace().all(|word| shown.contains(word));
        give("title", 1, right, &|| format!("title {:?} lacks some of {title:?}", signal.title));
    }
    if let Some(link) = word(line, &["link", "url"]).filter(|link| link.starts_with("http")) {
        give("link", 1, !signal.links.is_empty(), &|| format!("no link, {link} is expected"));
    }
    let things: Vec<String> = ["service", "resource"].iter().filter_map(|name| word(line, &[name])).collect();
    if !things.is_empty() {
        let right = things.iter().any(|thing| shown.contains(&thing.to_lowercase()));
        give("thing", 1, right, &|| format!("none of {things:?} is said"));
    }
    if let Some(its) = incident(one) {
        let others = all.iter().enumerate().filter(|(other, _)| *other != at);
        let wrong =
            others.filter_map(|(_, other)| Some((incident(other)?, other))).find(|(theirs, other)| {
                let same = other.mapped.signals.first().is_some_and(|other| other.key == signal.key);
                same != (*theirs == its)
            });
        give("key", 2, wrong.is_none(), &|| match &wrong {
            Some((theirs, other)) if *theirs == its => {
                format!("{} has another key than {}", other.file, signal.key)
            }
            Some((_, other)) => format!("{} has the same key {}", other.file, signal.key),
            None => String::new(),
        });
    }
    (score, faults)
}

/// Which incident it is of, by whatever name; `None` where nothing tells.
fn incident(one: &Taken) -> Option<String> {
    let line = one.line.as_ref()?;
    if line.get("dedup_placeholder").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let named = word(line, &["same_incident", "incident", "group", "dedup", "dedup_identity", "dedup_key"]);
    named.or_else(|| line.get("dedup").filter(|dedup| !dedup.is_null()).map(Value::to_string))
}
