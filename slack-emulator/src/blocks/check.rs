//! Reads the tables of `shapes` and `elements` and compares a value with them, collecting faults with JSON pointers.
//! Knows kinds of rules (text, list, one of), not one single limit of Slack's.

use serde_json::{Value, json};

use super::{Surface, shapes};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) pointer: String,
    pub(crate) message: String,
    /// Kind and expected value of the rule that was broken.
    pub(crate) constraint: Option<(&'static str, Value)>,
}

impl Fault {
    pub(crate) fn at(pointer: &str, message: &str) -> Self {
        Self { pointer: pointer.into(), message: message.into(), constraint: None }
    }

    /// As `response_metadata.messages` says it.
    pub(crate) fn sentence(&self) -> String {
        format!("{} [json-pointer:{}]", self.message, self.pointer)
    }
}

/// Faults so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) faults: Vec<Fault>,
}

impl Report {
    pub(crate) fn add(&mut self, pointer: &str, message: String, constraint: Option<(&'static str, Value)>) {
        self.faults.push(Fault { pointer: pointer.into(), message, constraint });
    }
}

/// An object of one type.
pub(crate) struct Shape {
    /// The value of `type`; empty if it has none.
    pub(crate) kind: &'static str,
    pub(crate) fields: &'static [Field],
    /// At least one of these must be there; empty: no such rule.
    pub(crate) any_of: &'static [&'static str],
}

/// A field of a shape.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) rule: Rule,
}

/// What a field may hold. Lengths are counted in Unicode code points.
pub(crate) enum Rule {
    /// A string.
    Chars {
        min: usize,
        max: usize,
    },
    /// A text object of one of the types.
    Text {
        kinds: &'static [&'static str],
        min: usize,
        max: usize,
    },
    Flag,
    Whole {
        min: i64,
        max: i64,
    },
    Number,
    /// A number above zero.
    Positive,
    OneOf(&'static [&'static str]),
    /// An object without `type`.
    Object(&'static Shape),
    /// An object whose `type` is one of these.
    Typed(&'static [&'static Shape]),
    List {
        min: usize,
        max: usize,
        item: &'static Rule,
    },
    /// Not looked into.
    Free,
}

pub(crate) const fn must(name: &'static str, rule: Rule) -> Field {
    Field { name, required: true, rule }
}

pub(crate) const fn may(name: &'static str, rule: Rule) -> Field {
    Field { name, required: false, rule }
}

/// Judges a block for a surface.
pub(crate) fn block(report: &mut Report, pointer: &str, value: &Value, surface: Surface) {
    let fits = |row: &&shapes::Block| surface == Surface::Any || row.surfaces.contains(&surface);
    let known: Vec<&'static Shape> = shapes::BLOCKS.iter().filter(fits).map(|row| row.shape).collect();
    typed(report, pointer, value, &known);
}

fn typed(report: &mut Report, pointer: &str, value: &Value, known: &[&'static Shape]) {
    let Some(kind) = value.get("type").and_then(Value::as_str) else {
        report.add(pointer, "missing required field: type".into(), None);
        return;
    };
    match known.iter().find(|shape| shape.kind == kind) {
        Some(found) => shape(report, pointer, value, found),
        None => {
            let expected: Vec<&str> = known.iter().map(|shape| shape.kind).collect();
            report.add(
                &format!("{pointer}/type"),
                format!("unsupported type: {kind}"),
                Some(("enum", json!(expected))),
            );
        }
    }
}

/// Judges an object by its shape: required, known and well-formed fields.
pub(crate) fn shape(report: &mut Report, pointer: &str, value: &Value, shape: &Shape) {
    let Value::Object(fields) = value else {
        report.add(pointer, "must be an object".into(), None);
        return;
    };
    for field in shape.fields {
        match fields.get(field.name) {
            None | Some(Value::Null) if field.required => {
                report.add(pointer, format!("missing required field: {}", field.name), None);
            }
            None | Some(Value::Null) => {}
            Some(value) => rule(report, &format!("{pointer}/{}", field.name), value, &field.rule),
        }
    }
    for name in fields.keys() {
        if name != "type" && !shape.fields.iter().any(|field| field.name == name) {
            report.add(pointer, format!("invalid additional property: {name}"), None);
        }
    }
    if !shape.any_of.is_empty() && !shape.any_of.iter().any(|name| fields.contains_key(*name)) {
        report.add(pointer, format!("missing required field: one of {}", shape.any_of.join(", ")), None);
    }
}

fn rule(report: &mut Report, pointer: &str, value: &Value, wanted: &Rule) {
    match wanted {
        Rule::Free => {}
        Rule::Chars { min, max } => match value.as_str() {
            Some(text) => length(report, pointer, text, *min, *max),
            None => report.add(pointer, "must be a string".into(), Some(("type", "string".into()))),
        },
        Rule::Text { kinds, min, max } => text(report, pointer, value, kinds, (*min, *max)),
        Rule::Flag if value.is_boolean() => {}
        Rule::Flag => report.add(pointer, "must be a boolean".into(), Some(("type", "boolean".into()))),
        Rule::Number if value.is_number() => {}
        Rule::Number => report.add(pointer, "must be a number".into(), Some(("type", "number".into()))),
        Rule::Positive if value.as_f64().is_some_and(|number| number > 0.0) => {}
        Rule::Positive => {
            report.add(pointer, "must be more than 0".into(), Some(("exclusive_min", 0.into())))
        }
        Rule::Whole { min, max } => match value.as_i64() {
            Some(number) if number < *min => {
                report.add(pointer, format!("must be at least {min}"), Some(("min", (*min).into())));
            }
            Some(number) if number > *max => {
                report.add(pointer, format!("must be at most {max}"), Some(("max", (*max).into())));
            }
            Some(_) => {}
            None => report.add(pointer, "must be an integer".into(), Some(("type", "integer".into()))),
        },
        Rule::OneOf(allowed) if value.as_str().is_some_and(|text| allowed.contains(&text)) => {}
        Rule::OneOf(allowed) => {
            report.add(
                pointer,
                format!("must be one of {}", allowed.join(", ")),
                Some(("enum", json!(allowed))),
            );
        }
        Rule::Object(wanted) => shape(report, pointer, value, wanted),
        Rule::Typed(known) => typed(report, pointer, value, known),
        Rule::List { min, max, item } => list(report, pointer, value, (*min, *max), item),
    }
}

fn list(report: &mut Report, pointer: &str, value: &Value, (min, max): (usize, usize), item: &Rule) {
    let Some(items) = value.as_array() else {
        report.add(pointer, "must be an array".into(), Some(("type", "array".into())));
        return;
    };
    if items.len() < min {
        report.add(pointer, format!("must have at least {min} items"), Some(("min_items", min.into())));
    }
    if items.len() > max {
        report.add(pointer, format!("no more than {max} items allowed"), Some(("max_items", max.into())));
    }
    for (value, at) in items.iter().zip(0..) {
        rule(report, &format!("{pointer}/{at}"), value, item);
    }
}

fn text(report: &mut Report, pointer: &str, value: &Value, kinds: &[&str], (min, max): (usize, usize)) {
    let kind = value.get("type").and_then(Value::as_str);
    let known: &[&str] = match kind {
        Some("plain_text") => &["type", "text", "emoji"],
        Some("mrkdwn") => &["type", "text", "verbatim"],
        _ => &[],
    };
    let Value::Object(fields) = value else {
        report.add(pointer, "must be an object".into(), Some(("type", "object".into())));
        return;
    };
    if !kind.is_some_and(|kind| kinds.contains(&kind)) {
        let message = format!("unsupported type: {}", kind.unwrap_or("(none)"));
        report.add(&format!("{pointer}/type"), message, Some(("enum", json!(kinds))));
        return;
    }
    match fields.get("text").and_then(Value::as_str) {
        Some(text) => length(report, &format!("{pointer}/text"), text, min, max),
        None => report.add(pointer, "missing required field: text".into(), None),
    }
    for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
        report.add(pointer, format!("invalid additional property: {name}"), None);
    }
}

fn length(report: &mut Report, pointer: &str, text: &str, min: usize, max: usize) {
    let characters = text.chars().count();
    if characters < min {
        let message = format!("must be more than {} characters", min - 1);
        report.add(pointer, message, Some(("min_length", min.into())));
    }
    if characters > max {
        let message = format!("must be less than {} characters", max + 1);
        report.add(pointer, message, Some(("max_length", max.into())));
    }
}
