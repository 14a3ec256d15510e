//! What a payload calls the thing that it is about, so that the end finds the beginning: the sender's own key or the id of
//! the alert, the issue, the object; of a build or a deployment the project, the workflow and the branch or environment; else
//! the names in it and what remains of the title without its state. Never the id of a message or a run: each has another.

use std::collections::BTreeMap;

use super::super::draft::web_address;
use super::fields::{Field, Fields};
use super::names::{
    ACTIONS, ADDRESSES, BRANCHES, CHECKS, EVENTS, HOSTS, IDS, KEYS, KINDS, LAST_IDS, MEASURED, NO_THINGS,
    NUMBERS, OBJECTS, PROJECTS, PROSE, RUNS, WORKFLOWS,
};
use super::{state, words};

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
    let about_a_run = is_about_a_run(fields);
    if let Some(number) = fields.best(NUMBERS, |field| !about_a_run && says_something(field)) {
        let project = fields.by_name(PROJECTS, names_a_thing).map(Field::text);
        return [project.unwrap_or_default(), &noun_of(number, fields), number.text()].join(" ");
    }
    if let Some(build) = build(fields, labels) {
        return build;
    }
    if let Some(object) = fields.best(OBJECTS, |field| !about_a_run && is_an_object(field)) {
        // More than one thing can happen to a resource.
        let event = title.filter(|field| object.name() == "resources" && field.is_named(EVENTS));
        let noun = event.map(|field| words::noun(field.text())).unwrap_or_default();
        return format!("{noun} {}", object.text().trim()).trim().to_owned();
    }
    if let Some(field) = fields.best(LAST_IDS, says_something) {
        return field.text().trim().to_owned();
    }
    by_names(fields, title, shown, labels)
}

/// Not the id of an event, nor one of several.
fn is_an_object(field: &Field) -> bool {
    says_something(field) && !field.is_listed() && !field.text().starts_with("evt")
}

/// `acme/shop CI main`: what a build or a deployment is of, whatever its number and its commit are.
pub(super) fn build(fields: &Fields, labels: &BTreeMap<String, String>) -> Option<String> {
    let project = fields.by_name(PROJECTS, names_a_thing)?.text().to_owned();
    let workflows = workflows(fields);
    let environment = labels.get("environment").cloned();
    let branch = fields.by_name(BRANCHES, names_a_thing).map(|field| branch(field.text()).to_owned());
    // An alarm of a project is not all alarms of that project.
    let is_run = is_about_a_run(fields) && (environment.is_some() || !workflows.is_empty());
    let is_alert = state::is_about_trouble(fields) || fields.has(MEASURED);
    if is_alert || (branch.is_none() && !is_run) {
        return None;
    }
    let mut parts = vec![project, kind(fields)];
    parts.extend(workflows.into_iter().chain(branch).chain(environment));
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    Some(parts.join(" "))
}

/// Which of a project's builds it is: pipeline, stage and job, as far as they are named.
fn workflows(fields: &Fields) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in WORKFLOWS {
        let named = fields.by_name(&[name], |field| !field.is_aside() && names_a_thing(field));
        found.extend(named.map(|field| field.text().to_owned()).filter(|text| !found.contains(text)));
    }
    found.truncate(MAX_NAMES);
    found
}

/// What sort of thing it is about, by the field at the top that says so.
fn kind(fields: &Fields) -> String {
    fields.best(KINDS, Field::is_at_top).map(|field| words::noun(field.text())).unwrap_or_default()
}

/// `issue` of `issue.number`.
fn noun_of(number: &Field, fields: &Fields) -> String {
    let name = number.name();
    match number.full_name().strip_suffix(name).unwrap_or_default() {
        "objectattributes" => kind(fields).replace(' ', ""),
        noun => noun.to_owned(),
    }
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
    let places = ["service", "resource", "environment", "region"];
    let mut parts: Vec<String> = places.iter().filter_map(|name| labels.get(*name)).cloned().collect();
    let texts = |fields: Vec<&Field>| fields.into_iter().map(|field| field.text().to_owned()).collect();
    let check: Vec<String> = texts(fields.best(CHECKS, names_a_thing).into_iter().collect());
    let runs = if is_about_a_run(fields) { workflows(fields) } else { Vec::new() };
    let things: Vec<String> = texts(things(fields));
    let mut telling = [check, runs, things].concat();
    telling.retain(|thing| !parts.contains(thing));
    let is_prose = title.is_some_and(|field| field.is_named(PROSE) && !field.is_named(EVENTS));
    let is_event = title.is_some_and(|field| field.is_named(EVENTS));
    let on_a_host =
        fields.best(HOSTS, names_a_thing).map(Field::text) == labels.get("resource").map(String::as_str);
    let is_told = match labels.contains_key("resource") {
        true => !on_a_host || !telling.is_empty(),
        false => labels.contains_key("service") && !telling.is_empty(),
    };
    let title = match (is_prose && is_told, is_event) {
        (true, _) => kind(fields),
        (false, true) => words::noun(shown),
        (false, false) => words::without_state(shown),
    };
    // `check.down` of which check?
    let address = fields.best(ADDRESSES, |field| is_event && telling.is_empty() && says_something(field));
    parts.extend(address.map(|field| field.text().trim().to_owned()));
    let title = if title.is_empty() && parts.is_empty() { words::without_state(shown) } else { title };
    parts.extend(telling);
    parts.dedup();
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
        // What a template was not filled in with.
        && !text.contains("{{")
        && text.len() <= 500
}

fn names_a_thing(field: &Field) -> bool {
    let text = field.text().trim();
    says_something(field) && text.len() <= 200 && !words::is_plain_id(text) && web_address(text).is_none()
}
