//! The mappings against a corpus of real payloads, and the signature schemes against its vectors, when the environment names
//! one (`CALLBOARD_CORPUS`); without it there is nothing to test here and the tests say so.
//!
//! The corpus is not ours, so its files are read tolerantly: what is not in a form that is understood is counted, not failed.
//! Failures are only a panic, a payload without a signal, and a vector that is understood and disagrees. The rest is a scoreboard.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Map, Value};
use shared::core::raw::Raw;
use shared::core::signal::Signal;
use shared::sources::{Mapped, Sources, verify};

#[expect(clippy::disallowed_methods, reason = "a test has no main that could read the environment")]
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var("CALLBOARD_CORPUS").ok().map(PathBuf::from);
    if folder.is_none() {
        eprintln!("corpus: not run (CALLBOARD_CORPUS is not set)");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A payload file as a delivery. A file that holds `headers` and `body` is a recorded request.
fn delivery(path: &Path) -> Raw {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let recorded: Option<Map<String, Value>> = serde_json::from_str(&text)
        .ok()
        .filter(|map: &Map<String, Value>| map.contains_key("headers") && map.contains_key("body"));
    let beside = fs::read_to_string(path.with_extension("headers.json")).ok();
    let beside = beside.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let headers =
        recorded.as_ref().and_then(|map| map.get("headers").cloned()).or(beside).unwrap_or_default();
    let body = recorded.and_then(|mut map| map.remove("body")).map(|body| match body {
        Value::String(text) => text,
        other => other.to_string(),
    });
    Raw {
        id: path.file_name().and_then(|name| name.to_str()).unwrap_or("x").to_owned(),
        source: None,
        headers: headers
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())))
            .collect(),
        body: body.unwrap_or(text),
        received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        note: None,
    }
}

#[derive(Default)]
struct Score {
    files: usize,
    own: usize,
    skipped: usize,
    judged: usize,
    points: BTreeMap<&'static str, (usize, usize)>,
}

impl Score {
    fn point(&mut self, what: &'static str, right: Option<bool>) {
        if let Some(right) = right {
            let (won, of) = self.points.entry(what).or_default();
            *won += usize::from(right);
            *of += 1;
        }
    }

    fn line(&self, source: &str) -> String {
        let points: Vec<String> =
            self.points.iter().map(|(what, (won, of))| format!("{what} {won}/{of}")).collect();
        let generic = self.files - self.own - self.skipped;
        format!(
            "{source:<28} files {:>3}  own mapping {:>3}  skipped {:>3}  generic {generic:>3}  judged {:>3}  {}",
            self.files,
            self.own,
            self.skipped,
            self.judged,
            points.join("  ")
        )
    }
}

#[test]
fn every_payload_of_the_corpus_becomes_a_signal() {
    let Some(corpus) = corpus() else { return };
    let sources = Sources::builtin().unwrap();
    let expected = expectations(&corpus);
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in files(&corpus.join("payloads")) {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let mut score = Score::default();
        for path in files(&folder)
            .iter()
            .filter(|path| path.is_file() && !path.to_string_lossy().ends_with(".headers.json"))
        {
            let mapped = sources.map(&delivery(path));
            assert!(!mapped.signals.is_empty() || mapped.skipped.is_some(), "{}", path.display());
            assert!(
                mapped.signals.iter().all(|signal| !signal.title.trim().is_empty()),
                "{}",
                path.display()
            );
            score.files += 1;
            score.own += usize::from(mapped.trace.mapping.is_some() && mapped.skipped.is_none());
            score.skipped += usize::from(mapped.skipped.is_some());
            let Some(line) = expected
                .get(&format!("{name}/{}", file_name(path)))
                .or_else(|| expected.get(&file_name(path)))
            else {
                continue;
            };
            score.judged += 1;
            judge(line, &mapped, &mut score, path);
            let group = word(line, &["same_incident", "incident", "group"]);
            let placeholder = line.get("dedup_placeholder").and_then(Value::as_bool) == Some(true);
            if let (Some(group), Some(signal), false) = (group, mapped.signals.first(), placeholder) {
                groups.entry(format!("{name}/{group}")).or_default().insert(signal.key.clone());
            }
        }
        eprintln!("{}", score.line(&name));
    }
    for (group, keys) in groups.iter().filter(|(_, keys)| keys.len() > 1) {
        eprintln!("more than one key in {group}: {keys:?}");
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned()
}

/// The lines of EXPECTED.jsonl by file, both with and without the folder.
fn expectations(corpus: &Path) -> BTreeMap<String, Value> {
    let mut expected = BTreeMap::new();
    let mut odd = 0;
    let paths = [corpus.join("EXPECTED.jsonl"), corpus.join("payloads/EXPECTED.jsonl")];
    for line in paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
    {
        let value: Value = serde_json::from_str(&line).unwrap_or_default();
        match word(&value, &["file", "path", "payload", "name"]) {
            Some(file) => {
                let mut parts: Vec<&str> = file.rsplit('/').take(2).collect();
                parts.reverse();
                let key = match (parts.as_slice(), word(&value, &["source", "folder"])) {
                    ([file], Some(source)) => format!("{source}/{file}"),
                    _ => parts.join("/"),
                };
                expected.insert(key, value);
            }
            None => {
                if odd == 0 {
                    let keys: Vec<&String> = value.as_object().into_iter().flat_map(Map::keys).collect();
                    eprintln!("EXPECTED.jsonl: a line that names no file, with the keys {keys:?}");
                }
                odd += 1;
            }
        }
    }
    eprintln!("EXPECTED.jsonl: {} lines understood, {odd} not", expected.len());
    expected
}

/// Compares what is there to compare.
fn judge(line: &Value, mapped: &Mapped, score: &mut Score, path: &Path) {
    let Some(signal) = mapped.signals.first() else { return };
    let statuses = [words(line, "status"), words(line, "status_alt")].concat();
    let status = (!statuses.is_empty()).then(|| statuses.iter().any(|status| status == signal.status.word()));
    let severity = word(line, &["severity"]).map(|severity| severity == signal.severity.word());
    let title = [words(line, "title_words"), words(line, "title")].concat();
    let shown = shown(signal);
    let title = (!title.is_empty()).then(|| {
        title
            .iter()
            .flat_map(|title| title.split_whitespace())
            .all(|word| shown.contains(&word.to_lowercase()))
    });
    let link = word(line, &["link", "url"]).filter(|link| link.starts_with("http"));
    let link = link.map(|link| {
        signal.links.iter().any(|ours| ours.url.trim_end_matches('/') == link.trim_end_matches('/'))
    });
    for (what, right) in [("status", status), ("severity", severity), ("title", title), ("link", link)] {
        if right == Some(false) {
            eprintln!(
                "  {} {what}: expected {line}, got {} {} {:?}",
                path.display(),
                signal.severity.word(),
                signal.status.word(),
                signal.title
            );
        }
        score.point(what, right);
    }
}

/// Everything that a person reads of it, in lower case.
fn shown(signal: &Signal) -> String {
    let labels = signal.labels.values().cloned().collect::<Vec<_>>().join(" ");
    format!("{} {} {} {labels}", signal.title, signal.text, signal.facts.join(" ")).to_lowercase()
}

fn word(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match value.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn words(value: &Value, name: &str) -> Vec<String> {
    match value.get(name) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_vector_that_is_understood_agrees() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    for path in files(&corpus.join("vectors")) {
        let Ok(value) = serde_json::from_str::<Value>(&fs::read_to_string(&path).unwrap_or_default()) else {
            continue;
        };
        let (mut let_in, mut kept_out, mut odd, mut refused) = (0, 0, 0, Vec::new());
        walk(&value, &Map::new(), &mut |case| match check(&file_name(&path), case) {
            Some((true, Ok(()))) => let_in += 1,
            Some((false, Err(_))) => kept_out += 1,
            Some((true, Err(error))) => refused.push(format!("{error} for {}", Value::from(case.clone()))),
            Some((false, Ok(()))) => {
                wrong.push(format!("{}: let in {}", path.display(), Value::from(case.clone())))
            }
            None => odd += 1,
        });
        let keys: Vec<&String> = value.as_object().into_iter().flat_map(Map::keys).collect();
        eprintln!(
            "{}: {let_in} let in and {kept_out} kept out as expected, {} refused that should not be, {odd} not understood; its keys are {keys:?}",
            file_name(&path),
            refused.len(),
        );
        // Where nothing is let in, it is this reader that does not understand the file.
        if let_in > 0 {
            wrong.extend(refused.into_iter().map(|case| format!("{}: refused: {case}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Calls back with every innermost object, each with the plain fields of what is around it.
fn walk(value: &Value, around: &Map<String, Value>, found: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| walk(value, around, found)),
        Value::Object(map) => {
            let mut here = around.clone();
            here.extend(map.iter().map(|(name, value)| (name.clone(), value.clone())));
            let inner: Vec<&Value> = map
                .values()
                .filter(|value| value.as_array().is_some_and(|list| list.iter().any(Value::is_object)))
                .collect();
            if inner.is_empty() {
                found(&here);
            }
            inner.into_iter().for_each(|value| walk(value, &here, found));
        }
        _ => {}
    }
}

/// What the vector expects and what we say, if it is one of a scheme of ours.
fn check(file: &str, case: &Map<String, Value>) -> Option<(bool, Result<(), verify::VerifyError<'static>>)> {
    let case = Value::from(case.clone());
    let expected = ["valid", "ok", "accept", "expected", "expect", "verified"].iter().find_map(|name| {
        match case.get(name)? {
            Value::Bool(truth) => Some(*truth),
            Value::String(text) => match text.as_str() {
                "valid" | "accept" | "accepted" | "ok" | "pass" | "true" => Some(true),
                "invalid" | "reject" | "rejected" | "refuse" | "refused" | "fail" | "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    })?;
    if file.contains("sns") {
        return Some((expected, check_sns(&case)?));
    }
    let body = word(&case, &["body", "payload"])?;
    let secrets: Vec<SecretString> =
        [words(&case, "secret"), words(&case, "secrets"), words(&case, "signing_secret")]
            .concat()
            .into_iter()
            .map(Into::into)
            .collect();
    if secrets.is_empty() {
        return None;
    }
    let mut headers = HeaderMap::new();
    for (name, value) in case.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::try_from(name.as_str()).ok()?;
        headers.insert(name, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    let now = word(&case, &["now", "at"]).and_then(|now| shared::core::time::parse(&now));
    let header = |headers: &mut HeaderMap, name: &'static str, fields: &[&str]| {
        if let Some(value) = word(&case, fields).and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.entry(name).or_insert(value);
        }
    };
    let timed = file.contains("standard") || file.contains("slack");
    if timed && now.is_none() && !expected {
        // It may be refused for its time, and no time is told.
        return None;
    }
    let sent = word(&case, &["timestamp", "webhook-timestamp", "ts"])
        .and_then(|sent| Timestamp::from_second(sent.parse().ok()?).ok());
    let result = if file.contains("slack") {
        header(&mut headers, "x-slack-request-timestamp", &["timestamp", "ts"]);
        header(&mut headers, "x-slack-signature", &["signature"]);
        let verified = shared::slack::sign::verify(&secrets, &headers, body.as_bytes(), now.or(sent)?);
        verified.map_err(|_| verify::VerifyError::Mismatch("the signature"))
    } else if file.contains("github") {
        header(&mut headers, "x-hub-signature-256", &["signature", "header", "x-hub-signature-256"]);
        let scheme = verify::named::scheme("github")?;
        let shown = verify::Shown { headers: &headers, body: body.as_bytes(), last_segment: None };
        verify::verify(&scheme, &shown, &secrets, now.or(sent).unwrap_or(Timestamp::UNIX_EPOCH))
            .map_err(|_| verify::VerifyError::Mismatch("the signature"))
    } else if file.contains("standard") {
        header(&mut headers, "webhook-id", &["id", "webhook-id", "msg_id"]);
        header(&mut headers, "webhook-timestamp", &["timestamp", "webhook-timestamp"]);
        header(&mut headers, "webhook-signature", &["signature", "signatures", "webhook-signature"]);
        verify::standard_webhooks::verify(&headers, body.as_bytes(), &secrets, now.or(sent)?)
    } else {
        return None;
    };
    Some((expected, result))
}

/// A signed message with its certificate; the topic is allowed, since the vectors are about signatures and addresses.
fn check_sns(case: &Value) -> Option<Result<(), verify::VerifyError<'static>>> {
    let message = ["message", "body", "payload"].iter().find_map(|name| case.get(name))?;
    let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
    let certificate = word(case, &["certificate", "cert", "pem", "certificate_pem", "cert_pem"])?;
    let verified = verify::sns::Message::parse(message.as_bytes())
        .and_then(|message| message.verify(certificate.as_bytes(), &[message.topic().to_owned()]));
    Some(verified.map(|_| ()))
}
