//! What no mapping understands still has to read well: most senders will never have a mapping. Title, text, status,
//! severity, identity, time and links are found by the names and shapes of fields (`fields`) and by the words in them
//! (`words`), in the order of how much a name promises.
//!
//! Careful where it matters: a word that is not known is no status, so nothing fires by accident; identity comes from a
//! field that names the alert, else from what remains of the title without its state, its numbers and its times, never
//! from the message's own id. No knowledge of a single sender may enter: that is what mapping files are for.

mod fields;
mod identity;
mod lexicon;
mod names;
mod plain;
mod state;
mod words;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use self::fields::{Field, Fields};
use self::names::{
    CHECKS, EVENTS, FACTS, IDS, KEYS, LABELS, LINKS, NAMES, SCORES, SEVERITIES, STATES, TEXTS, TIMES, TITLES,
};
use super::draft::{Draft, line, names_a_secret, web_address};
use super::unwrap::Envelope;
use crate::core::signal::{Severity, Status};
use crate::core::time;

/// The most elements of a list of notifications that become signals of their own.
const MAX_ELEMENTS: usize = 200;
/// The most facts picked for the line under the title.
const MAX_FACTS: usize = 9;

/// Reads any payload. At least one draft.
pub(super) fn read(body: &Value, envelope: &Envelope, received_at: Timestamp) -> Vec<Draft> {
    let mut drafts = inside(body, envelope, received_at);
    let attributes = envelope.attributes.iter().filter(|(name, _)| !names_a_secret(name));
    for (name, value) in attributes {
        for draft in &mut drafts {
            draft.labels.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    drafts
}

fn inside(body: &Value, envelope: &Envelope, received_at: Timestamp) -> Vec<Draft> {
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
        Value::Object(fields) if !fields.is_empty() => match many(fields) {
            Some(alerts) => inside(alerts, envelope, received_at),
            None => vec![object(body, envelope, received_at)],
        },
        Value::String(text) => vec![plain::read(text, envelope)],
        Value::Null | Value::Object(_) => vec![plain::read("", envelope)],
        other => vec![plain::read(&other.to_string(), envelope)],
    }
}

/// Reads what was written for people, under a title: a message.
pub(super) fn prose(title: &str, text: &str) -> Draft {
    plain::prose(title, text)
}

/// The list of alerts in a group of alerts: each has its own state and its own end.
fn many(fields: &serde_json::Map<String, Value>) -> Option<&Value> {
    let list = ["alerts", "incidents", "problems"].iter().find_map(|name| fields.get(*name))?;
    let elements = list.as_array().filter(|elements| !elements.is_empty())?;
    elements.iter().all(|element| element.as_object().is_some_and(|fields| fields.len() > 3)).then_some(list)
}

fn object(body: &Value, envelope: &Envelope, received_at: Timestamp) -> Draft {
    let fields = Fields::of(body);
    let readable = |field: &Field| !words::is_plain_id(field.text()) && web_address(field.text()).is_none();
    let labels = labels(&fields);
    let about = about(&fields, &labels);
    // A title of something else (a commit's) only where nothing says what this is about.
    let title =
        fields.best(TITLES, |field| readable(field) && (about.is_empty() || !field.is_aside())).or_else(
            || fields.ending(&["title", "subject", "summary"], &[]).into_iter().find(|field| readable(field)),
        );
    let shown =
        title.map(|field| line(field.text(), 400)).or_else(|| envelope.subject.clone()).unwrap_or_default();
    let text = fields.best(TEXTS, |field| {
        let text = field.text().trim();
        text.chars().any(char::is_whitespace) && line(text, 400) != shown
    });
    let state = state::state(&fields, &shown, text);
    let severity = fields
        .first(SEVERITIES, |field| words::severity(field.text()))
        .or_else(|| fields.first(SCORES, |field| words::score(field.text())));
    // How urgent a ticket is does not make news of it an error.
    let has_status = state.as_ref().is_some_and(|state| state.reading.status.is_some());
    let severity = severity.filter(|_| has_status || !state::is_about_work(&fields));
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
    // That all is well again does not say how bad it was.
    let severity =
        severity.filter(|severity| status != Some(Status::Resolved) || *severity != Severity::Info);
    let said = state.as_ref().map(|state| words::as_said(&state.said)).filter(|said| !said.is_empty());
    let key = identity::key(&fields, title, if shown.is_empty() { &about } else { &shown }, &labels);
    let title_text = match title {
        Some(title) if title.is_named(NAMES) => with_state(shown, said),
        Some(title) if title.is_named(EVENTS) => match thing(&fields, &labels) {
            Some(thing) if !shown.contains(&thing) => format!("{shown}: {thing}"),
            _ => shown,
        },
        _ if shown.is_empty() => with_state(about, said),
        _ => shown,
    };
    let links = links(&fields);
    let told_by = state.as_ref().and_then(|state| state.field);
    let bare = told_by.filter(|field| lexicon::BARE.contains(&words::as_said(field.text()).as_str()));
    let used: Vec<&str> = [title, text, bare].into_iter().flatten().map(Field::path).collect();
    Draft {
        kind: if status.is_some_and(|status| status != Status::Info) { "alert" } else { "event" }.to_owned(),
        status,
        severity: severity.or(state.and_then(|state| state.reading.severity)),
        key,
        facts: facts(&fields, told_by, &title_text, &used),
        text: text.map(|field| field.text().to_owned()).unwrap_or_default(),
        at: when(&fields, received_at),
        title: title_text,
        labels,
        links,
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

/// The first thing with a name.
fn thing(fields: &Fields, labels: &BTreeMap<String, String>) -> Option<String> {
    let named = ["resource", "service", "project"].iter().find_map(|name| labels.get(*name)).cloned();
    named.or_else(|| Some(identity::things(fields).first()?.text().to_owned()))
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
    if labels.get("project") == labels.get("service") {
        labels.remove("project");
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

/// Short values that say something: the state, what alerts are about, then what is nearest to the top.
fn facts(fields: &Fields, told_by: Option<&Field>, title: &str, used: &[&str]) -> Vec<String> {
    let folded_title = title.to_lowercase();
    let named = identity::things(fields).into_iter();
    let ranked = told_by.into_iter().chain(fields.ranked(FACTS)).chain(named).chain(fields.all());
    let mut facts: Vec<String> = Vec::new();
    for field in ranked {
        let text = field.text().trim();
        let is_time = time::parse(text).is_some() && (text.contains(':') || TIMES.contains(&field.name()));
        let says_little = field.is_technical()
            || field.is_empty()
            || is_time
            || (text.len() > 2
                && [text.to_lowercase(), words::as_said(text)]
                    .iter()
                    .any(|said| folded_title.contains(said)))
            || field.is_named(KEYS)
            || field.is_named(IDS)
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
