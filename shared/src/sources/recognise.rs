//! Which source a payload is from, by its headers and the fields at its top: an index from one discriminating name per rule
//! to the rules, so that a payload asks only the rules that it could fulfil. Expressions may not enter: recognising is done
//! at the door, for everything that arrives, and must stay cheap.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::mapping::{Mapping, Recognition};

/// Every rule of recognition, by the name that must be there for it to hold.
#[derive(Debug, Default)]
pub(super) struct Index {
    rules: Vec<Rule>,
    by_header: HashMap<String, Vec<usize>>,
    by_field: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Rule {
    source: String,
    recognition: Recognition,
}

impl Index {
    /// Sources in order of precedence; within the same, the rule that asks for more goes first.
    pub(super) fn new<'a>(mappings: impl Iterator<Item = (&'a str, &'a Mapping)>) -> Self {
        let mut rules: Vec<(bool, Rule)> = mappings
            .flat_map(|(source, mapping)| {
                let rule = |recognition: &Recognition| Rule {
                    source: source.to_owned(),
                    recognition: recognition.clone(),
                };
                mapping.recognise.iter().map(move |recognition| (mapping.builtin, rule(recognition)))
            })
            .collect();
        rules.sort_by_key(|(builtin, rule)| (*builtin, std::cmp::Reverse(rule.weight())));
        let mut index = Index::default();
        for (at, (_, rule)) in rules.into_iter().enumerate() {
            if let Some(name) = rule.recognition.headers.keys().next() {
                index.by_header.entry(name.clone()).or_default().push(at);
            } else if let Some(name) = rule.rarest_field() {
                index.by_field.entry(name).or_default().push(at);
            }
            index.rules.push(rule);
        }
        index
    }

    /// The source whose rule holds.
    pub(super) fn find(&self, headers: &BTreeMap<String, String>, body: &Value) -> Option<&str> {
        let by_header = headers.keys().filter_map(|name| self.by_header.get(name));
        let fields = body.as_object();
        let by_field =
            fields.into_iter().flat_map(|fields| fields.keys()).filter_map(|name| self.by_field.get(name));
        let mut candidates: Vec<usize> = by_header.chain(by_field).flatten().copied().collect();
        candidates.sort_unstable();
        candidates
            .into_iter()
            .filter_map(|at| self.rules.get(at))
            .find(|rule| rule.holds(headers, body))
            .map(|rule| rule.source.as_str())
    }
}

impl Rule {
    /// How much it asks for: a value counts more than a presence.
    fn weight(&self) -> usize {
        let patterns = self.recognition.headers.values().chain(self.recognition.fields.values());
        patterns.map(|pattern| if pattern == "*" { 1 } else { 2 }).sum()
    }

    /// The field to index by: the longest name is the one that other senders least use.
    fn rarest_field(&self) -> Option<String> {
        self.recognition.fields.keys().max_by_key(|name| name.len()).cloned()
    }

    fn holds(&self, headers: &BTreeMap<String, String>, body: &Value) -> bool {
        let header = |(name, pattern): (&String, &String)| {
            headers.get(name).is_some_and(|value| matches(pattern, Some(value)))
        };
        let field = |(name, pattern): (&String, &String)| match body.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => matches(pattern, Some(text)),
            Some(value @ (Value::Bool(_) | Value::Number(_))) => matches(pattern, Some(&value.to_string())),
            Some(Value::Array(_) | Value::Object(_)) => matches(pattern, None),
        };
        self.recognition.headers.iter().all(header) && self.recognition.fields.iter().all(field)
    }
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
    use crate::sources::verify::Scheme;

    fn mapping(builtin: bool, recognise: Value) -> Mapping {
        let recognise = serde_json::from_value(recognise).unwrap();
        Mapping {
            title: String::new(),
            verify: Scheme::None,
            delivery: None,
            recognise,
            names: vec![],
            cases: vec![],
            builtin,
        }
    }

    #[test]
    fn the_rule_that_asks_for_most_wins_and_a_users_rule_goes_first() {
        let any = mapping(true, json!([{ "fields": { "detail-type": "*", "source": "*" } }]));
        let aws = mapping(true, json!([{ "fields": { "detail-type": "*", "source": "aws.*" } }]));
        let hub = mapping(true, json!([{ "headers": { "x-event": "*" } }]));
        let own = mapping(false, json!([{ "fields": { "ours": "true" } }]));
        let sources = [("any", &any), ("aws", &aws), ("hub", &hub), ("own", &own)];
        let index = Index::new(sources.into_iter());
        let plain = BTreeMap::new();
        let event = BTreeMap::from([("x-event".to_owned(), "push".to_owned())]);
        for (headers, body, expected) in [
            (&plain, json!({ "detail-type": "x", "source": "aws.ec2" }), Some("aws")),
            (&plain, json!({ "detail-type": "x", "source": "mine" }), Some("any")),
            (&plain, json!({ "detail-type": null, "source": "mine" }), None),
            (&event, json!({}), Some("hub")),
            (&event, json!({ "ours": true }), Some("own")),
            (&plain, json!({ "ours": ["true"] }), None),
            (&plain, json!("text"), None),
        ] {
            assert_eq!(index.find(headers, &body), expected, "{body}");
        }
    }
}
