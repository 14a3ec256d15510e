//! Which source a payload is from, by its headers, its fields, or what its text or subject begins with: an index from one
//! discriminating name per rule to the rules, so that a payload asks only the rules that it could fulfil. Expressions may not
//! enter: recognising is done at the door, for everything that arrives, and must stay cheap.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::mapping::{Head, Recognition};
use super::unwrap::Payload;

/// Every rule of recognition, by the name that must be there for it to hold.
#[derive(Debug, Default)]
pub(super) struct Index {
    rules: Vec<Rule>,
    by_header: HashMap<String, Vec<usize>>,
    by_field: HashMap<String, Vec<usize>>,
    /// The few that have no name to find them by: what a text, a subject or a field's name begins with.
    others: Vec<usize>,
}

/// Where a source comes from; a user's own goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Own,
    Builtin,
}

#[derive(Debug)]
struct Rule {
    source: String,
    recognition: Recognition,
}

impl Index {
    /// Names of sources and their heads. A user's own go first, whatever they ask for; else the rule that asks for more.
    pub(super) fn new<'a>(heads: impl Iterator<Item = (&'a str, &'a Head, Origin)>) -> Self {
        let mut rules: Vec<(Origin, Rule)> = heads
            .flat_map(|(source, head, origin)| {
                let rule = |recognition: &Recognition| Rule {
                    source: source.to_owned(),
                    recognition: recognition.clone(),
                };
                head.recognise.iter().map(move |recognition| (origin, rule(recognition)))
            })
            .collect();
        rules.sort_by_key(|(origin, rule)| (*origin, std::cmp::Reverse(rule.weight())));
        let mut index = Index::default();
        for (at, (_, rule)) in rules.into_iter().enumerate() {
            if let Some(name) = rule.recognition.headers.keys().next() {
                index.by_header.entry(name.clone()).or_default().push(at);
            } else if let Some(name) = rule.rarest_field() {
                index.by_field.entry(name).or_default().push(at);
            } else {
                index.others.push(at);
            }
            index.rules.push(rule);
        }
        index
    }

    /// The source whose rule holds.
    pub(super) fn find(&self, headers: &BTreeMap<String, String>, payload: &Payload) -> Option<&str> {
        let by_header = headers.keys().filter_map(|name| self.by_header.get(name)).flatten();
        let fields = fields_of(&payload.body).into_iter().flat_map(|fields| fields.keys());
        let by_field = fields.filter_map(|name| self.by_field.get(top(name))).flatten();
        let mut candidates: Vec<usize> = by_header.chain(by_field).chain(&self.others).copied().collect();
        candidates.sort_unstable();
        candidates
            .into_iter()
            .filter_map(|at| self.rules.get(at))
            .find(|rule| rule.holds(headers, payload))
            .map(|rule| rule.source.as_str())
    }
}

impl Rule {
    /// How much it asks for: a value counts more than a presence.
    fn weight(&self) -> usize {
        let Recognition { headers, fields, text, subject } = &self.recognition;
        let patterns = headers.values().chain(fields.values()).chain(text).chain(subject);
        patterns.map(|pattern| if pattern == "*" { 1 } else { 2 }).sum()
    }

    /// The field to index by: the longest name is the one that other senders least use.
    fn rarest_field(&self) -> Option<String> {
        let names = self.recognition.fields.keys().filter(|name| !name.ends_with('*'));
        names.max_by_key(|name| name.len()).map(|name| top(name).to_owned())
    }

    fn holds(&self, headers: &BTreeMap<String, String>, payload: &Payload) -> bool {
        let Recognition { headers: wanted, fields, text, subject } = &self.recognition;
        let header = |(name, pattern): (&String, &String)| {
            headers.get(name).is_some_and(|value| matches(pattern, Some(value)))
        };
        let field = |(name, pattern): (&String, &String)| {
            let fields = fields_of(&payload.body);
            let found = match name.strip_suffix('*') {
                Some(beginning) => fields.and_then(|fields| {
                    fields.iter().find(|(name, _)| name.starts_with(beginning)).map(|(_, value)| value)
                }),
                None => fields.and_then(|fields| at(fields, name)),
            };
            match found {
                None | Some(Value::Null) => false,
                Some(Value::String(text)) => matches(pattern, Some(text)),
                Some(value @ (Value::Bool(_) | Value::Number(_))) => {
                    matches(pattern, Some(&value.to_string()))
                }
                Some(Value::Array(_) | Value::Object(_)) => matches(pattern, None),
            }
        };
        let says = |pattern: &Option<String>, said: Option<&str>| {
            pattern.as_ref().is_none_or(|pattern| said.is_some_and(|said| matches(pattern, Some(said))))
        };
        wanted.iter().all(header)
            && fields.iter().all(field)
            && says(text, payload.body.as_str())
            && says(subject, payload.envelope.subject.as_deref())
    }
}

/// The fields at the top; of a list of things, those of the first.
fn fields_of(body: &Value) -> Option<&Map<String, Value>> {
    match body {
        Value::Array(things) => things.first()?.as_object(),
        body => body.as_object(),
    }
}

/// A field by its name, or by a path of names with dots between them; of a list of things on the way, that of the first.
fn at<'a>(fields: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let direct = fields.get(path);
    direct.or_else(|| {
        let (first, rest) = path.split_once('.')?;
        at(fields_of(fields.get(first)?)?, rest)
    })
}

/// The first name of a path.
fn top(path: &str) -> &str {
    path.split_once('.').map_or(path, |(first, _)| first)
}

/// `*` takes everything, `text*` what begins so, `text` only itself. A list or map (`None`) has no text.
fn matches(pattern: &str, text: Option<&str>) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(beginning) => text.is_some_and(|text| text.starts_with(beginning)),
        None => text == Some(pattern),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sources::unwrap::Envelope;
    use crate::sources::verify::Scheme;

    fn head(recognise: Value) -> Head {
        let recognise = serde_json::from_value(recognise).unwrap();
        Head { title: String::new(), verify: Scheme::None, recognise }
    }

    #[test]
    fn the_rule_that_asks_for_most_wins_and_a_users_rule_goes_first() {
        let any = head(json!([{ "fields": { "detail-type": "*", "source": "*" } }]));
        let aws = head(json!([{ "fields": { "detail-type": "*", "source": "aws.*" } }]));
        let hub = head(json!([{ "headers": { "x-event": "*" } }]));
        let own = head(json!([{ "fields": { "ours": "true" } }]));
        let deep = head(json!([{ "fields": { "event.data.kind": "page*" } }]));
        let cache = head(json!([{ "fields": { "Cache:*": "*" } }]));
        let prose = head(json!([{ "text": "StackId='*", "subject": "News*" }]));
        let sources = [
            ("any", &any),
            ("aws", &aws),
            ("hub", &hub),
            ("own", &own),
            ("deep", &deep),
            ("cache", &cache),
            ("prose", &prose),
        ];
        let origin = |name| if name == "own" { Origin::Own } else { Origin::Builtin };
        let index = Index::new(sources.into_iter().map(|(name, head)| (name, head, origin(name))));
        let plain = BTreeMap::new();
        let event = BTreeMap::from([("x-event".to_owned(), "push".to_owned())]);
        for (headers, body, expected) in [
            (&plain, json!({ "detail-type": "x", "source": "aws.ec2" }), Some("aws")),
            (&plain, json!({ "detail-type": "x", "source": "mine" }), Some("any")),
            (&plain, json!({ "detail-type": null, "source": "mine" }), None),
            (&event, json!({}), Some("hub")),
            (&event, json!({ "ours": true }), Some("own")),
            (&plain, json!({ "ours": ["true"] }), None),
            (&plain, json!({ "event": [{ "data": { "kind": "pager" } }, {}] }), Some("deep")),
            (&plain, json!({ "event": [{}, { "data": { "kind": "pager" } }] }), None),
            (&plain, json!("text"), None),
            (&plain, json!({ "event": { "data": { "kind": "pages" } } }), Some("deep")),
            (&plain, json!({ "event.data.kind": "page" }), Some("deep")),
            (&plain, json!({ "event": { "data": "page" } }), None),
            (&plain, json!([{ "ours": true }, 7]), Some("own")),
            (&plain, json!([7, { "ours": true }]), None),
            (&plain, json!({ "Cache:Ready": "x" }), Some("cache")),
            (&plain, json!("StackId='1'"), Some("prose")),
            (&plain, json!("stack"), None),
        ] {
            let subject = Some("News of a stack".to_owned());
            let payload = Payload { body, envelope: Envelope { subject, ..Envelope::default() } };
            assert_eq!(index.find(headers, &payload), expected, "{:?}", payload.body);
        }
        let unnamed = Payload { body: json!("StackId='1'"), envelope: Envelope::default() };
        assert_eq!(index.find(&plain, &unnamed), None);
    }
}
