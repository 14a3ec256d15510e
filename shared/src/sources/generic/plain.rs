//! Plain text as a notification: the subject or the first line is the title, the rest the text, the first address in it the
//! link. A state counts only where it stands apart (`RESOLVED: ...`), since prose is full of errors and alarms.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::super::draft::{Draft, line, web_address};
use super::super::unwrap::Envelope;
use super::names::{SEVERITIES, STATES};
use super::words;
use crate::core::signal::{Severity, Status};

/// Longer first lines are prose: the title is their beginning, and all of it stays in the text.
const MAX_TITLE_LINE: usize = 200;

pub(super) fn read(text: &str, envelope: &Envelope) -> Draft {
    let text = text.trim();
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let subject = envelope.subject.as_deref().map(str::trim).filter(|subject| !subject.is_empty());
    let title = subject.unwrap_or(first);
    let rest = match subject {
        None if first.chars().count() <= MAX_TITLE_LINE => text.strip_prefix(first).unwrap_or(text).trim(),
        _ => text,
    };
    let reading = words::in_title(title).or_else(|| words::in_title(first));
    let reading = reading.map(|(reading, _)| reading);
    // What the publisher wrote on it counts before what is found in the prose.
    let written = |names: &[&str]| {
        let attributes = &envelope.attributes;
        attributes
            .iter()
            .find(|(name, _)| names.contains(&name.to_lowercase().as_str()))
            .map(|(_, value)| value)
    };
    let told = written(&["status", "state"]).and_then(|status| words::state(status, true));
    let status = told.or(reading).and_then(|reading| reading.status);
    let severity = written(&["severity", "level", "priority"]).and_then(|level| words::severity(level));
    Draft {
        kind: if status.is_some_and(|status| status != Status::Info) { "alert" } else { "event" }.to_owned(),
        status,
        severity: severity.or(reading.and_then(|reading| reading.severity)),
        title: line(title, 400),
        text: rest.to_owned(),
        links: first_link(text).map(|url| ("Open".to_owned(), url)).into_iter().collect(),
        key: words::without_state(&line(title, 400)),
        ..Draft::default()
    }
}

/// How far down a text a line may say how things stand, and how bad it is.
const MAX_LINES: usize = 40;

/// A message: its subject is the title. What the subject does not say, a line of the text may: `Severity: critical`.
pub(super) fn prose(subject: &str, text: &str) -> Draft {
    let subject = without_forwarding(subject.trim()).to_owned();
    let envelope = Envelope { subject: Some(subject), ..Envelope::default() };
    let mut draft = read(text, &envelope);
    if draft.status.is_none() {
        // `open` and `closed` speak of tickets as well, and a resolution that nobody saw fire is not shown.
        let counts = |value: &str| value.eq_ignore_ascii_case("ok") || !words::is_weak(value);
        draft.status =
            said(text, STATES, |value| words::state(value, false)?.status.filter(|_| counts(value)));
    }
    // How bad something is makes no trouble of what is none.
    if draft.status.is_some() && draft.severity.is_none() {
        let severity = said(text, SEVERITIES, words::severity);
        draft.severity =
            severity.filter(|severity| draft.status != Some(Status::Resolved) || *severity != Severity::Info);
    }
    if draft.status.is_some_and(|status| status != Status::Info) {
        draft.kind = "alert".to_owned();
    }
    draft
}

/// A subject without what answering and forwarding put before it.
fn without_forwarding(subject: &str) -> &str {
    static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*(?:(?:re|fwd?|aw|wg|sv|vs|tr|rv|antw)(?:\[\d+\])?\s*:\s*)+").ok()
    });
    let end = BEFORE.as_ref().and_then(|before| before.find(subject)).map_or(0, |found| found.end());
    subject.get(end..).filter(|rest| !rest.is_empty()).unwrap_or(subject)
}

/// What a line `name: value` says, if its name is one of these.
fn said<T>(text: &str, names: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
    text.lines().take(MAX_LINES).find_map(|line| {
        let (name, value) = line.split_once(':').filter(|(name, _)| name.len() <= 40)?;
        let name: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        read(value.trim()).filter(|_| names.contains(&name.as_str()))
    })
}

/// The first address in a text.
pub(super) fn first_link(text: &str) -> Option<String> {
    let near = text.get(..text.floor_char_boundary(20_000)).unwrap_or(text);
    let start = near.find("https://").or_else(|| near.find("http://"))?;
    let rest = near.get(start..)?;
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '|' | ')' | ']'))
        .unwrap_or(rest.len());
    web_address(rest.get(..end)?.trim_end_matches(['.', ',', ';', ':', '!', '?']))
}
