//! The fields of an arbitrary JSON payload as a flat list, nearest to the top first, and the search for the one that a list
//! of names promises most of. Bounded in number and depth whatever the payload. What values mean is for `words`.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::super::draft::names_a_secret;
use super::web_address;

/// The most fields that are looked at, how deep, and how many elements of a list.
const MAX_FIELDS: usize = 500;
const MAX_DEPTH: usize = 6;
const MAX_LIST: usize = 10;

/// Maps that are about somebody or something else: what is in them rarely speaks for the notification.
#[rustfmt::skip]
const ASIDE: &[&str] = &[
    "actor", "agent", "assignee", "assignees", "author", "avatar", "client", "commit", "context", "creator",
    "createdby", "customer", "escalationpolicy", "firstprobe", "from", "headers", "installation", "labels", "links", "meta",
    "metadata", "old", "organization", "owner", "page", "previous", "previousattributes", "previousstate", "pusher",
    "repository", "request", "requester", "secondprobe", "sender", "tags", "team", "user",
];

/// Maps whose name says what their `name` or `title` is the name of.
#[rustfmt::skip]
const NAMED: &[&str] = &[
    "service", "host", "monitor", "check", "environment", "resource", "project", "repository", "repo", "pipeline",
    "workflow", "application", "app", "component", "stack", "cluster", "server", "database", "queue",
    "definition", "workspace",
];
/// Maps that hold one word and how people call it: `{"state": {"value": "ALARM"}}`.
const WORDS: &[&str] =
    &["status", "state", "severity", "priority", "urgency", "level", "currentstatus", "newstatus"];

/// Parts of names whose values are of no use to people.
#[rustfmt::skip]
const TECHNICAL: &[&str] = &[
    "api", "avatar", "callback", "cert", "checksum", "cookie", "credential", "cursor", "gravatar", "hash", "icon",
    "image", "logo", "nonce", "passw", "schema", "secret", "signature", "subscribe", "thumbnail", "token",
    "version", "webhook",
];

/// Names that say nothing by themselves: beside the title they would only repeat what sort of message it is.
#[rustfmt::skip]
const EMPTY: &[&str] = &[
    "alerttype", "code", "description", "format", "kind", "message", "msg", "number", "summary", "tags", "text",
    "title", "uri", "url",
];

/// All fields, nearest to the top first.
pub(super) struct Fields {
    fields: Vec<Field>,
    tags: BTreeMap<String, String>,
}

/// One plain value with its name and place.
pub(super) struct Field {
    path: String,
    /// The last name in lower case without separators; also with its parent's: `monitor.name` is `monitorname` too.
    name: String,
    with_parent: String,
    text: String,
    depth: usize,
    aside: bool,
    /// One of many: it speaks for a part at most.
    listed: bool,
}

impl Fields {
    pub(super) fn of(body: &Value) -> Self {
        let mut found = Fields { fields: Vec::new(), tags: BTreeMap::new() };
        let mut queue = VecDeque::from([Place {
            path: String::new(),
            name: String::new(),
            parent: String::new(),
            value: body,
            depth: 0,
            aside: false,
            listed: false,
        }]);
        while let Some(place) = queue.pop_front() {
            if found.fields.len() >= MAX_FIELDS || queue.len() > 4 * MAX_FIELDS {
                break;
            }
            match place.value {
                Value::Object(map) if place.depth < MAX_DEPTH => {
                    let aside = place.aside || ASIDE.contains(&place.name.as_str());
                    if matches!(place.name.as_str(), "labels" | "tags" | "commonlabels") {
                        found.tags.extend(
                            map.iter().filter_map(|(name, value)| Some((name.clone(), plain(value)?))),
                        );
                    }
                    let readable = map.iter().filter(|(name, _)| !names_a_secret(name));
                    queue.extend(
                        readable.take(MAX_FIELDS).map(|(name, value)| place.inner(name, value, aside)),
                    );
                }
                Value::Array(list) if place.depth < MAX_DEPTH => {
                    if matches!(place.name.as_str(), "labels" | "tags") {
                        found.tags.extend(list.iter().filter_map(|value| tag(value.as_str()?)));
                    }
                    for value in list.iter().take(MAX_LIST) {
                        let listed = place.listed || list.len() > 1;
                        queue.push_back(Place { value, depth: place.depth + 1, listed, ..place.clone() });
                    }
                }
                value => found.fields.extend(plain(value).map(|text| place.field(text))),
            }
        }
        if let Some(tags) = body.get("tags").and_then(Value::as_str) {
            found.tags.extend(tags.split(',').take(100).filter_map(tag));
        }
        found
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }

    /// Whether anything in it says that the payload is about one of these: a field or map of that name near the top.
    pub(super) fn is_about(&self, things: &[&str]) -> bool {
        let about =
            |field: &Field| field.path.split('.').take(2).any(|part| things.contains(&folded(part).as_str()));
        self.fields.iter().any(about)
    }

    /// The entries of `labels` and `tags`, whatever their form.
    pub(super) fn tags(&self) -> impl Iterator<Item = (String, String)> {
        self.tags.iter().take(100).map(|(name, value)| (name.clone(), value.clone()))
    }

    /// The fields with one of the names, the most promising first: by place in the list of names, then by nearness to the
    /// top; a level further down weighs as much as three places in the list.
    pub(super) fn ranked(&self, names: &[&str]) -> Vec<&Field> {
        let mut ranked: Vec<(usize, &Field)> = self
            .fields
            .iter()
            .filter(|field| !field.text.trim().is_empty())
            .filter_map(|field| {
                let own = names.iter().position(|name| *name == field.name);
                let with_parent =
                    names.iter().position(|name| *name == field.with_parent).map(|at| at.saturating_sub(3));
                let place = own.into_iter().chain(with_parent).min()?;
                Some((place + 3 * field.depth + if field.aside { 40 } else { 0 }, field))
            })
            .collect();
        ranked.sort_by_key(|(cost, _)| *cost);
        ranked.into_iter().map(|(_, field)| field).collect()
    }

    /// The most promising field that also fulfils a condition.
    pub(super) fn best(&self, names: &[&str], fits: impl Fn(&Field) -> bool) -> Option<&Field> {
        self.ranked(names).into_iter().find(|field| fits(field))
    }

    /// The field with the first of the names that anything has, wherever it stands.
    pub(super) fn by_name(&self, names: &[&str], fits: impl Fn(&Field) -> bool) -> Option<&Field> {
        names.iter().find_map(|name| {
            self.fields.iter().find(|field| !field.listed && field.is_named(&[*name]) && fits(field))
        })
    }

    /// What the most promising field that can be read says.
    pub(super) fn first<T>(&self, names: &[&str], read: impl Fn(&Field) -> Option<T>) -> Option<T> {
        self.ranked(names).into_iter().find_map(read)
    }

    /// The fields whose names end in one of these, and do not begin with one of those; nearest to the top first.
    pub(super) fn ending(&self, endings: &[&str], unless: &[&str]) -> Vec<&Field> {
        let fits = |field: &&Field| {
            !field.aside
                && !field.text.trim().is_empty()
                && endings
                    .iter()
                    .any(|ending| field.name.ends_with(ending) && field.name.len() > ending.len())
                && !unless.iter().any(|begin| field.name.starts_with(begin))
        };
        self.fields.iter().filter(fits).collect()
    }

    /// Whether there is any field with one of the names.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        !self.ranked(names).is_empty()
    }

    /// Any address of a page, whatever its name.
    pub(super) fn any_link(&self) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| !field.is_technical() && !field.aside && web_address(&field.text).is_some())
    }
}

impl Field {
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// In lower case, without separators.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its name with its parent's.
    pub(super) fn full_name(&self) -> &str {
        &self.with_parent
    }

    /// Whether one of the names is its own, or its own with its parent's.
    pub(super) fn is_named(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str()) || names.contains(&self.with_parent.as_str())
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Of no use to people: identifiers, secrets, pictures, programs' addresses.
    pub(super) fn is_technical(&self) -> bool {
        let ends_as_id = self.path.ends_with("id") || self.path.ends_with("Id") || self.path.ends_with("ID");
        let is_secret_key = self.name.ends_with("key") && self.name != "key";
        self.aside
            || is_secret_key
            || (ends_as_id && !matches!(self.name.as_str(), "accountid"))
            || TECHNICAL.iter().any(|word| self.name.contains(word))
    }

    /// It speaks of somebody or something else.
    pub(super) fn is_aside(&self) -> bool {
        self.aside
    }

    /// One of many.
    pub(super) fn is_listed(&self) -> bool {
        self.listed
    }

    /// How far it is from the top.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Its name says nothing by itself.
    pub(super) fn is_empty(&self) -> bool {
        EMPTY.contains(&self.name.as_str())
    }

    /// Whether it is at the top of the payload.
    pub(super) fn is_at_top(&self) -> bool {
        self.depth == 1
    }

    /// Its name for people: the last part of the path in words; of `service.name` that is `service`.
    pub(super) fn label(&self) -> String {
        let mut parts = self.path.rsplit('.');
        let last = parts.next().unwrap_or_default();
        let says_little =
            folded(last) != self.name || matches!(self.name.as_str(), "name" | "title" | "slug");
        let last = if says_little { parts.next().unwrap_or(last) } else { last };
        let mut words = String::new();
        for character in last.chars().take(40) {
            match character {
                '_' | '-' => words.push(' '),
                upper if upper.is_uppercase() && words.ends_with(char::is_lowercase) => {
                    words.push(' ');
                    words.extend(upper.to_lowercase());
                }
                other => words.push(other),
            }
        }
        words
    }
}

#[derive(Clone)]
struct Place<'a> {
    path: String,
    name: String,
    parent: String,
    value: &'a Value,
    depth: usize,
    aside: bool,
    listed: bool,
}

impl<'a> Place<'a> {
    fn inner(&self, name: &str, value: &'a Value, aside: bool) -> Self {
        let short: String = name.chars().take(80).collect();
        let path = if self.path.is_empty() { short.clone() } else { format!("{}.{short}", self.path) };
        Place {
            path,
            name: folded(&short),
            parent: self.name.clone(),
            value,
            depth: self.depth + 1,
            aside,
            listed: self.listed,
        }
    }

    fn field(&self, text: String) -> Field {
        // `{"service": {"name": "payments"}}` says the service as well as `{"service": "payments"}` does.
        let parent = self.parent.as_str();
        let stands_for_parent = match self.name.as_str() {
            "name" => NAMED.contains(&parent) || WORDS.contains(&parent),
            "summary" | "title" | "displayname" | "slug" => {
                NAMED.contains(&parent) || WORDS.contains(&parent)
            }
            "value" | "label" | "current" | "type" => WORDS.contains(&parent),
            _ => false,
        };
        let name = if stands_for_parent { self.parent.clone() } else { self.name.clone() };
        let with_parent = if parent.is_empty() { String::new() } else { format!("{parent}{}", self.name) };
        Field {
            path: self.path.clone(),
            name,
            with_parent,
            text,
            depth: self.depth,
            aside: self.aside,
            listed: self.listed,
        }
    }
}

/// A name in lower case without separators: `alert_name`, `alertName` and `Alert-Name` are one.
fn folded(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `name:value` or `name=value`.
fn tag(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once([':', '='])?;
    let (name, value) = (name.trim(), value.trim());
    let plain = !name.is_empty() && !name.contains(char::is_whitespace) && !value.starts_with("//");
    plain.then(|| (name.to_owned(), value.to_owned()))
}
