//! What no mapping understands still has to read well: most senders will never have a mapping. Title, text, status,
//! severity, identity, time and links are found by the names and shapes of fields (`fields`) and by the words in them
//! (`words`), in the order of how much a name promises.
//!
//! Careful where it matters: a word that is not known is no status, so nothing fires by accident; identity comes from a
//! field that names the alert, else from what remains of the title without its state, its numbers and its times, never
//! from the message's own id. No knowledge of a single sender may enter: that is what mapping files are for.

mod fields;
mod names;
mod plain;
mod words;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use self::fields::{Field, Fields};
use self::names::{
    ACTIONS, CHECKS, FACTS, KEYS, LABELS, LINKS, NAMES, SEVERITIES, STATES, TEXTS, TIMES, TITLES,
};
use self::words::Reading;
use super::draft::{Draft, line, web_address};
use super::unwrap::Envelope;
use crate::core::signal::{Severity, Status};
use crate::core::time;

/// The most elements of a list of notifications that become signals of their own.
const MAX_ELEMENTS: usize = 200;
/// The most facts picked for the line under the title.
const MAX_FACTS: usize = 6;

/// Reads any payload. At least one draft.
pub(super) fn read(body: &Value, envelope: &Envelope, received_at: Timestamp) -> Vec<Draft> {
    match body {
        Value::Array(elements) if !elements.is_empty() && elements.iter().all(Value::is_object) => {
            let mut drafts: Vec<Draft> = elements
                .iter()
                .take(MAX_ELEMENTS)
                .map(|element| object(element, envelope, received_at))
                .collect();
            let above = elements.len().saturating_sub(MAX_ELEMENTS);
            if above > 0 {
                let title = format!("{above} further entries in one delivery");
                drafts.push(Draft { title, ..Draft::default() });
            }
            drafts
        }
        Value::Object(fields) if !fields.is_empty() => vec![object(body, envelope, received_at)],
        Value::String(text) => vec![plain::read(text, envelope)],
        Value::Null | Value::Object(_) => vec![plain::read("", envelope)],
        other => vec![plain::read(&other.to_string(), envelope)],
    }
}

fn object(body: &Value, envelope: &Envelope, received_at: Timestamp) -> Draft {
    let fields = Fields::of(body);
    let readable = |field: &Field| !words::is_plain_id(field.text()) && web_address(field.text()).is_none();
    let labels = labels(&fields);
    let about = about(&fields, &labels);
    // A title of something else (a commit's) only where nothing says what this is about.
    let title = fields.best(TITLES, |field| readable(field) && (about.is_empty() || !field.is_aside()));
    let shown =
        title.map(|field| line(field.text(), 400)).or_else(|| envelope.subject.clone()).unwrap_or_default();
    let text = fields.best(TEXTS, |field| {
        let text = field.text().trim();
        text.chars().any(char::is_whitespace) && line(text, 400) != shown
    });
    let state = state(&fields, &shown, text);
    let severity = fields.first(SEVERITIES, |field| words::severity(field.text()));
    let status = match (&state, severity) {
        (Some(state), _) => state.reading.status,
        // No state at all, but somebody took the trouble to call it an error.
        (None, Some(severity))
            if severity >= Severity::Error
                && !fields.has(STATES)
                && !fields.has(&["action", "eventaction"]) =>
        {
            Some(Status::Firing)
        }
        (None, _) => None,
    };
    let said = state.as_ref().map(|state| words::as_said(&state.said)).filter(|said| !said.is_empty());
    let title_text = match title {
        Some(title) if title.is_named(NAMES) => with_state(shown, said),
        _ if shown.is_empty() => with_state(about, said),
        _ => shown,
    };
    let links = links(&fields);
    let told_by = state.as_ref().and_then(|state| state.field);
    let used: Vec<&str> = [title, text, told_by].into_iter().flatten().map(|field| field.path()).collect();
    Draft {
        kind: if status.is_some_and(|status| status != Status::Info) { "alert" } else { "event" }.to_owned(),
        status,
        severity: severity.or(state.and_then(|state| state.reading.severity)),
        key: key(&fields, &title_text, &labels),
        facts: facts(&fields, &title_text, &used),
        text: text.map(|field| field.text().to_owned()).unwrap_or_default(),
        at: when(&fields, received_at),
        title: title_text,
        labels,
        links,
    }
}

/// What the state is, and where that was said.
struct Said<'a> {
    reading: Reading,
    said: String,
    field: Option<&'a Field>,
}

/// Fields named for a state go first; in one named for an action only words that speak of an alert count; then flags; then
/// a state that stands apart in the title or the text.
fn state<'a>(fields: &'a Fields, title: &str, text: Option<&Field>) -> Option<Said<'a>> {
    let about_trouble = fields.is_about(words::TROUBLE);
    let read = |names: &[&str], read: &dyn Fn(&Field) -> Option<Reading>| {
        let told = |field: &'a Field| {
            Some(Said { reading: read(field)?, said: field.text().to_owned(), field: Some(field) })
        };
        fields.ranked(names).into_iter().find_map(told)
    };
    let in_words = |text: &str| {
        let (reading, said) = words::in_title(text)?;
        Some(Said { reading, said, field: None })
    };
    read(STATES, &|field| words::state(field.text()))
        .or_else(|| read(ACTIONS, &|field| words::action(field.text(), about_trouble)))
        .or_else(|| {
            read(words::FLAGS, &|field| words::flag(field.name(), field.text())).map(Said::without_words)
        })
        .or_else(|| in_words(title))
        .or_else(|| in_words(&line(text?.text(), 200)))
}

impl Said<'_> {
    /// `true` is nothing that people say.
    fn without_words(self) -> Self {
        Said { said: String::new(), ..self }
    }
}

/// What a payload without any title is about: `disk on db-1`.
fn about(fields: &Fields, labels: &BTreeMap<String, String>) -> String {
    let what = fields.best(CHECKS, |_| true);
    let what = what.map(|field| line(field.text(), 200));
    let on = ["resource", "service"].iter().find_map(|name| labels.get(*name)).map(|on| line(on, 200));
    match (what, on) {
        (Some(what), Some(on)) if what != on => format!("{what} on {on}"),
        (Some(either), _) | (None, Some(either)) => either,
        (None, None) => String::new(),
    }
}

fn with_state(about: String, said: Option<String>) -> String {
    match said {
        Some(said) if about.is_empty() => said,
        Some(said) => format!("{about}: {said}"),
        None => about,
    }
}

fn labels(fields: &Fields) -> BTreeMap<String, String> {
    let mut labels: BTreeMap<String, String> = LABELS
        .iter()
        .filter_map(|(name, names)| {
            let field = fields
                .best(names, |field| field.text().len() <= 200 && web_address(field.text()).is_none())?;
            Some(((*name).to_owned(), field.text().to_owned()))
        })
        .collect();
    for (name, value) in fields.tags() {
        labels.entry(name).or_insert(value);
    }
    labels
}

fn links(fields: &Fields) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let is_page = |field: &Field| web_address(field.text()).is_some();
    if let Some(field) = fields.best(LINKS, is_page).or_else(|| fields.any_link()) {
        links.push(("Open".to_owned(), field.text().trim().to_owned()));
    } else if let Some(url) =
        fields.all().filter(|field| !field.is_technical()).find_map(|field| plain::first_link(field.text()))
    {
        links.push(("Open".to_owned(), url));
    }
    for (title, names) in [
        ("Runbook", ["runbookurl", "runbook", "playbookurl"]),
        ("Dashboard", ["dashboardurl", "dashboard", "panelurl"]),
    ] {
        links.extend(
            fields.best(&names, is_page).map(|field| (title.to_owned(), field.text().trim().to_owned())),
        );
    }
    links
}

/// What the thing is called by its sender; else what is left of the title without state, numbers and times.
fn key(fields: &Fields, title: &str, labels: &BTreeMap<String, String>) -> String {
    if let Some(field) = fields.best(KEYS, |field| !field.text().trim().is_empty()) {
        return field.text().trim().to_owned();
    }
    // A bare `key` is a name of the thing only where nothing else can be meant.
    if let Some(field) = fields.best(&["key"], |field| field.is_at_top() && !field.text().trim().is_empty()) {
        return field.text().trim().to_owned();
    }
    let title = words::without_state(title);
    let place = ["service", "resource", "environment", "region"].iter().filter_map(|name| labels.get(*name));
    let apart = place.filter(|value| !title.contains(&value.to_lowercase())).map(String::as_str);
    apart.chain([title.as_str()]).collect::<Vec<_>>().join(" ")
}

/// The newest time that is not ahead of our clock: with every change a sender's `updated_at` or `resolved_at` grows.
fn when(fields: &Fields, received_at: Timestamp) -> Option<Timestamp> {
    let latest = received_at.checked_add(SignedDuration::from_hours(1)).ok()?;
    fields
        .ranked(TIMES)
        .into_iter()
        .filter_map(|field| time::parse(field.text()))
        .filter(|at| *at <= latest)
        .max()
}

/// Short values that say something: those that alerts are about first, then what is nearest to the top.
fn facts(fields: &Fields, title: &str, used: &[&str]) -> Vec<String> {
    let ranked = fields.ranked(FACTS).into_iter().chain(fields.all());
    let mut facts: Vec<String> = Vec::new();
    for field in ranked {
        let text = field.text().trim();
        let is_time = time::parse(text).is_some() && (text.contains(':') || TIMES.contains(&field.name()));
        let says_little = field.is_technical()
            || field.is_empty()
            || is_time
            || (text.len() > 2 && title.contains(text))
            || KEYS.contains(&field.name())
            || SEVERITIES.contains(&field.name())
            || text.is_empty()
            || text.chars().count() > 60
            || text.contains('\n')
            || words::is_plain_id(text)
            || web_address(text).is_some()
            || matches!(text, "true" | "false" | "null");
        let fact = format!("{} {}", field.label(), text);
        if !says_little && !used.contains(&field.path()) && !facts.contains(&fact) {
            facts.push(fact);
        }
        if facts.len() == MAX_FACTS {
            break;
        }
    }
    facts
}

#[cfg(test)]
mod tests;
