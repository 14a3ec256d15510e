//! Plain text as a notification: the subject or the first line is the title, the rest the text, the first address in it the
//! link. A state counts only where it stands apart (`RESOLVED: ...`), since prose is full of errors and alarms.

use super::super::draft::{Draft, line, web_address};
use super::super::unwrap::Envelope;
use super::words;
use crate::core::signal::Status;

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
