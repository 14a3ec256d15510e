//! The filters and tests that mappings and rules have beside those of Jinja, and the check that an expression uses none
//! that does not exist. To add one: write a function, register it in [`add_to`], name it in [`FILTERS`] or [`TESTS`].
//! Only pure functions of their arguments may enter; one that can fail on odd input gives undefined, so that `| default`
//! answers it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::Timestamp;
use minijinja::{Environment, Error, ErrorKind, Value};
use regex_lite::{Regex, RegexBuilder};
use sha2::{Digest, Sha256};

use super::{ExpressionError, nearest};
use crate::core::time;

/// Every filter that may be used: minijinja's first, then ours.
#[rustfmt::skip]
const FILTERS: &[&str] = &[
    "abs", "attr", "batch", "bool", "capitalize", "chain", "count", "d", "default", "dictsort", "first",
    "float", "format", "groupby", "indent", "int", "items", "join", "last", "length", "lines", "list", "lower",
    "map", "max", "min", "pprint", "reject", "rejectattr", "replace", "reverse", "round", "select",
    "selectattr", "slice", "sort", "split", "string", "sum", "title", "trim", "unique", "upper", "urlencode",
    "zip", "arn", "digest", "duration", "first_line", "fromjson", "humanize", "number", "regex_find", "regex_replace",
    "timestamp", "to_map", "truncate",
];

/// Every test (`x is ...`) that may be used.
#[rustfmt::skip]
const TESTS: &[&str] = &[
    "boolean", "defined", "divisibleby", "endingwith", "eq", "equalto", "even", "false", "filter", "float",
    "ge", "gt", "in", "int", "integer", "iterable", "le", "lower", "lt", "mapping", "ne", "none", "number",
    "odd", "sameas", "sequence", "startingwith", "string", "test", "true", "undefined", "upper", "matching",
];

/// The longest text that a regular expression looks at, in bytes: the time is its length times the pattern's.
const MAX_SEARCHED: usize = 64 * 1024;

pub(super) fn add_to(environment: &mut Environment<'static>) {
    environment.add_filter("arn", arn);
    environment.add_filter("digest", |text: &str| digest(text));
    environment.add_filter("duration", duration);
    environment.add_filter("first_line", |text: &str| first_line(text).to_owned());
    environment.add_filter("fromjson", fromjson);
    environment.add_filter("humanize", |text: &str| humanize(text));
    environment.add_filter("number", number);
    environment.add_filter("regex_find", regex_find);
    environment.add_filter("regex_replace", regex_replace);
    environment.add_filter("timestamp", timestamp);
    environment.add_filter("to_map", to_map);
    environment.add_filter("truncate", |text: &str, length: usize| truncate(text, length));
    environment.add_test("matching", |text: &str, pattern: &str| {
        Ok::<_, Error>(regex(pattern)?.is_match(searched(text)))
    });
}

/// `arn:aws:sns:eu-west-1:123456789012:alarms` as a map of partition, service, region, account and resource.
fn arn(text: &str) -> Value {
    let mut parts = text.splitn(6, ':');
    if parts.next() != Some("arn") {
        return Value::UNDEFINED;
    }
    let names = ["partition", "service", "region", "account", "resource"];
    let map: BTreeMap<&str, Value> = names.into_iter().zip(parts.map(Value::from)).collect();
    if map.len() == names.len() { Value::from(map) } else { Value::UNDEFINED }
}

/// Seconds as people say them: `300` is `5 min`, `90` is `90 s`, `7200` is `2 h`.
fn duration(seconds: &Value) -> Value {
    let Ok(seconds) = f64::try_from(seconds.clone()) else { return Value::UNDEFINED };
    for (size, unit) in [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min")] {
        if seconds >= size && seconds % size == 0.0 {
            return Value::from(format!("{} {unit}", seconds / size));
        }
    }
    Value::from(format!("{} s", round(seconds)))
}

/// A short name for a long text, which tells nothing of it: the same text has the same.
fn digest(text: &str) -> String {
    let mut name = hex::encode(Sha256::digest(text));
    name.truncate(16);
    name
}

fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// Reads JSON inside of text; undefined if it is none.
fn fromjson(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::UNDEFINED)
}

/// `CPUUtilization`, `cpu_utilization` and `timed-out` as words: `CPU Utilization`, `cpu utilization`, `timed out`.
fn humanize(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 8);
    let characters: Vec<char> = text.chars().collect();
    for (at, &character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| characters.get(at)).copied().unwrap_or(' ');
        let after = characters.get(at + 1).copied().unwrap_or(' ');
        let starts_word = character.is_uppercase()
            && (before.is_lowercase() || (before.is_uppercase() && after.is_lowercase() && after != 's'));
        if starts_word {
            words.push(' ');
        }
        words.push(if matches!(character, '_' | '-') { ' ' } else { character });
    }
    words
}

/// A number as people read it: at most three significant decimals, no trailing zeros.
fn number(value: &Value) -> Value {
    let parsed = match value.as_str() {
        Some(text) => text.trim().parse().ok(),
        None => f64::try_from(value.clone()).ok(),
    };
    parsed.filter(|number| number.is_finite()).map_or(Value::UNDEFINED, |number| Value::from(round(number)))
}

fn round(number: f64) -> String {
    let decimals = if number == 0.0 || number.abs() >= 1.0 { 2 } else { 4 };
    let text = format!("{number:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The first match: its first group, or all of it if the pattern has none; undefined if nothing matches.
fn regex_find(text: &str, pattern: &str) -> Result<Value, Error> {
    let regex = regex(pattern)?;
    let found = regex.captures(searched(text)).and_then(|groups| groups.get(1).or_else(|| groups.get(0)));
    Ok(found.map_or(Value::UNDEFINED, |group| Value::from(group.as_str())))
}

fn regex_replace(text: &str, pattern: &str, replacement: &str) -> Result<String, Error> {
    Ok(regex(pattern)?.replace_all(searched(text), replacement).into_owned())
}

/// A time as `2026-11-22T09:00:00Z`, from ISO 8601 or Unix seconds to nanoseconds; undefined if it is none.
fn timestamp(value: &Value) -> Value {
    let text = value.to_string();
    time::parse(&text).map_or(Value::UNDEFINED, |time: Timestamp| Value::from(time.to_string()))
}

/// `[{"name": "a", "value": 1}]` as `{"a": 1}`: how AWS writes dimensions and tags. What is no such pair is left out.
fn to_map(list: &Value, name: &str, value: &str) -> Value {
    let pairs = list.try_iter().into_iter().flatten().filter_map(|pair| {
        let name = pair.get_attr(name).ok()?.as_str()?.to_owned();
        Some((name, pair.get_attr(value).ok()?))
    });
    Value::from(pairs.collect::<BTreeMap<String, Value>>())
}

fn truncate(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let cut: String = text.chars().take(length.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

fn searched(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_SEARCHED)).unwrap_or(text)
}

/// Compiles on first use: a thousand patterns compiled eagerly would cost 0.2 s of a cold start.
fn regex(pattern: &str) -> Result<Arc<Regex>, Error> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Regex>>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = compiled.get(pattern) {
        return Ok(regex.clone());
    }
    let regex = RegexBuilder::new(pattern).size_limit(64 * 1024).build();
    let regex = regex
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("regular expression: {error}")))?;
    if compiled.len() >= 2_000 {
        compiled.clear(); // patterns made from payloads must not fill the memory
    }
    let regex = Arc::new(regex);
    compiled.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

/// Finds filters and tests that do not exist: the engine itself would notice only when it evaluates them.
pub(super) fn check_names(
    source: &str,
    code: impl Iterator<Item = Range<usize>>,
) -> Result<(), ExpressionError> {
    static USE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\|\s*([A-Za-z_]\w*)|\bis\s+(?:not\s+)?([A-Za-z_]\w*)"#,
        )
        .ok()
    });
    let Some(uses) = USE.as_ref() else { return Ok(()) };
    for range in code {
        let part = source.get(range.clone()).unwrap_or_default();
        for found in uses.captures_iter(part) {
            for (group, known, what) in [(found.get(1), FILTERS, "filter"), (found.get(2), TESTS, "test")] {
                let Some(name) = group.filter(|name| !known.contains(&name.as_str())) else { continue };
                let message = format!("there is no {what} `{}`", name.as_str());
                let suggestion = nearest(name.as_str(), known.iter().copied()).map(str::to_owned);
                return Err(ExpressionError::at(source, range.start + name.start(), message, suggestion));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::expression::{Context, Expression};

    #[test]
    fn every_named_filter_and_test_exists() {
        for (names, test) in [(FILTERS, "filter"), (TESTS, "test")] {
            for name in names {
                let expression = Expression::compile(&format!("{name:?} is {test}")).unwrap();
                assert!(expression.eval_bool(&Context::empty()).unwrap(), "there is no {test} {name}");
            }
        }
    }

    #[test]
    fn filters_give_what_people_read() {
        for (source, expected) in [
            (r#""arn:aws:sns:eu-west-1:123456789012:alarms" | arn | attr("region")"#, Some("eu-west-1")),
            (r#"("not an arn" | arn) is undefined"#, Some("true")),
            ("300 | duration", Some("5 min")),
            ("90 | duration", Some("90 s")),
            ("7200 | duration", Some("2 h")),
            ("86400 | duration", Some("1 d")),
            ("93.4 | number", Some("93.4")),
            (r#""80.0" | number"#, Some("80")),
            ("0.00012 | number", Some("0.0001")),
            (r#""1.2E7" | number"#, Some("12000000")),
            (r#""abc" | digest"#, Some("ba7816bf8f01cfea")),
            (r#""CPUUtilization" | humanize"#, Some("CPU Utilization")),
            (r#""HTTPCode_Target_5XX_Count" | humanize"#, Some("HTTP Code Target 5XX Count")),
            (r#""UnHealthyHostCount" | humanize"#, Some("Un Healthy Host Count")),
            (r#""\n  one\ntwo" | first_line"#, Some("one")),
            (r#""{\"a\": [1, 2]}" | fromjson | attr("a") | last"#, Some("2")),
            (r#"("{" | fromjson) is undefined"#, Some("true")),
            (r#""datapoints [93.4 (22/11)]" | regex_find("\\[([0-9.]+)")"#, Some("93.4")),
            (r#""nothing" | regex_find("x+")"#, None),
            (r#""a1b22" | regex_replace("[0-9]+", "_")"#, Some("a_b_")),
            (r#""2026-11-22T09:03:12.345+0000" | timestamp"#, Some("2026-11-22T09:03:12.345Z")),
            ("1614265330 | timestamp", Some("2021-02-25T15:02:10Z")),
            (r#"([{"Name": "a", "Value": 1}, 2] | to_map("Name", "Value")).a"#, Some("1")),
            (r#""abcdef" | truncate(4)"#, Some("abc…")),
            (r#""SEV1: down" is matching("(?i)sev1")"#, Some("true")),
        ] {
            let value = Expression::compile(source).unwrap().eval_string(&Context::empty()).unwrap();
            assert_eq!(value.as_deref(), expected, "{source}");
        }
    }
}
