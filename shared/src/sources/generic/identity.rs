//! What a payload calls the thing that it is about, so that the end finds the beginning: the sender's own key or the id of
//! the alert, the issue, the object; of a build or a deployment the project, the workflow and the branch or environment; else
//! the names in it and what remains of the title without its state. Never the id of a message or a run: each has another.

use std::collections::BTreeMap;

use super::super::draft::web_address;
use super::fields::{Field, Fields};
use super::names::{
    ACTIONS, BRANCHES, EVENTS, IDS, KEYS, NO_THINGS, NUMBERS, OBJECTS, PROJECTS, PROSE, RUNS, WORKFLOWS,
};
use super::words;

/// The most names that tell one thing from another.
const MAX_NAMES: usize = 4;

/// What the thing is called.
pub(super) fn key(
    fields: &Fields,
    title: Option<&Field>,
    shown: &str,
    labels: &BTreeMap<String, String>,
) -> String {
    if let Some(field) = fields.best(KEYS, says_something).or_else(|| fields.best(IDS, says_something)) {
        return field.text().trim().to_owned();
    }
    // A bare `key` is a name of the thing only where nothing else can be meant.
    if let Some(field) = fields.best(&["key"], |field| field.is_at_top() && says_something(field)) {
        return field.text().trim().to_owned();
    }
    if let Some(number) = fields.best(NUMBERS, says_something) {
        let project = fields.best(PROJECTS, says_something).map(Field::text);
        return [project.unwrap_or_default(), number.text()].join(" ");
    }
    if let Some(build) = build(fields, labels) {
        return build;
    }
    if let Some(object) = fields.best(OBJECTS, says_something).filter(|_| !is_about_a_run(fields)) {
        return object.text().trim().to_owned();
    }
    by_names(fields, title, shown, labels)
}

/// `acme/shop CI main`: what a build or a deployment is of, whatever its number and its commit are.
pub(super) fn build(fields: &Fields, labels: &BTreeMap<String, String>) -> Option<String> {
    let text =
        |names: &[&str]| fields.best(names, names_a_thing).map(|field| branch(field.text()).to_owned());
    let project = text(PROJECTS)?;
    let workflow = text(WORKFLOWS);
    let place = text(BRANCHES).or_else(|| labels.get("environment").cloned());
    if place.is_none() && (workflow.is_none() || !is_about_a_run(fields)) {
        return None;
    }
    let mut parts = vec![project];
    parts.extend([workflow, place, labels.get("environment").cloned()].into_iter().flatten());
    parts.dedup();
    Some(parts.join(" "))
}

/// `refs/heads/main` is `main`.
pub(super) fn branch(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("refs/heads/").or_else(|| text.strip_prefix("refs/tags/")).unwrap_or(text)
}

/// Names of things in it, as they come: pipelines, tables, queues.
pub(super) fn things(fields: &Fields) -> Vec<&Field> {
    let mut things = fields.ending(&["name", "arn", "identifier"], NO_THINGS);
    things.retain(|field| !field.is_listed() && field.depth() <= 3 && names_a_thing(field));
    things.truncate(MAX_NAMES);
    things
}

fn by_names(
    fields: &Fields,
    title: Option<&Field>,
    shown: &str,
    labels: &BTreeMap<String, String>,
) -> String {
    let mut parts: Vec<String> = ["service", "resource", "environment", "region"]
        .iter()
        .filter_map(|name| labels.get(*name))
        .chain([].iter())
        .cloned()
        .collect();
    for thing in things(fields) {
        if !parts.iter().any(|part| part == thing.text()) {
            parts.push(thing.text().to_owned());
        }
    }
    let named = labels.contains_key("resource") || labels.contains_key("service");
    let is_prose = title.is_some_and(|field| field.is_named(PROSE) && !field.is_named(EVENTS));
    let title = if named && is_prose { String::new() } else { words::without_state(shown) };
    parts.retain(|part| !title.contains(&part.to_lowercase()));
    parts.push(title);
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn is_about_a_run(fields: &Fields) -> bool {
    let speaks = |field: &Field| words::has_any(field.text(), RUNS);
    fields.is_about(RUNS) || fields.ranked(ACTIONS).into_iter().any(speaks)
}

fn says_something(field: &Field) -> bool {
    let text = field.text().trim();
    !matches!(text, "" | "0" | "-" | "null" | "none" | "None" | "n/a" | "N/A" | "true" | "false")
        && text.len() <= 500
}

fn names_a_thing(field: &Field) -> bool {
    let text = field.text().trim();
    says_something(field) && text.len() <= 200 && !words::is_plain_id(text) && web_address(text).is_none()
}
