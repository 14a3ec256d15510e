//! docs/sources.md has a row for each source, made of its mapping and of what its first payload in `events/` becomes, with a
//! picture of that, which local/browser/posts.mjs takes.
//!
//! `UPDATE_DOCS=1 cargo test -p local --test tidy` writes it anew.

use std::fmt::Write;

use shared::core::raw::Raw;
use shared::core::signal::{Severity, Signal, Status};
use shared::sources::verify::Scheme;
use shared::sources::{Source, Sources};

use crate::repository::{names_in, read, root};

/// What stands around the rows.
const MARKS: [&str; 2] = ["<!-- sources -->\n", "<!-- /sources -->\n"];

/// The most letters of a post.
const LONGEST: usize = 140;

#[test]
fn docs_sources_md_has_a_row_for_each_source() {
    let page = read("docs/sources.md");
    let [begin, end] = MARKS.map(|mark| page.find(mark).unwrap());
    let renewed = format!("{}{}{}", &page[..begin + MARKS[0].len()], table(), &page[end..]);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join("docs/sources.md"), &renewed).unwrap();
    }
    assert_eq!(read("docs/sources.md"), renewed, "renew it: UPDATE_DOCS=1 cargo test -p local --test tidy");
}

fn table() -> String {
    let sources = Sources::builtin().unwrap();
    let mut table = String::from(
        "| source | how to connect it | who is verified how | incidents | a post |\n| --- | --- | --- | --- | --- |\n",
    );
    for source in sources.names().filter_map(|name| sources.get(name)) {
        let Some(guide) = source.guide() else { continue };
        let (name, scheme) = (source.name(), source.verify());
        let (address, verified) = match guide.path(name, scheme) {
            Some(path) => (path, written(scheme, name)),
            None if guide.config.is_some() => (name.to_owned(), "nobody sends".to_owned()),
            None => (name.to_owned(), "your account".to_owned()),
        };
        let written_down = guide.config.as_ref().map(|config| format!(" `{config}`")).unwrap_or_default();
        let how = escape(&guide.connect).replace("URL", "`URL`") + &written_down;
        let post = first(&sources, source).as_ref().map(post).unwrap_or_default();
        writeln!(
            table,
            "| [{}]({})<br>`{address}` | {how} | {verified} | {} | <img src=\"posts/{name}.png\" width=\"300\" alt=\"{post}\"> |",
            source.title(),
            guide.page,
            escape(&guide.key),
        )
        .unwrap();
    }
    table
}

/// A scheme by its name, or by its kind and header.
fn written(scheme: &Scheme, name: &str) -> String {
    match scheme {
        _ if !scheme.written(name).starts_with('{') => format!("`{}`", scheme.written(name)),
        Scheme::Hmac(form) => format!("`hmac` in `{}`", form.words().header),
        Scheme::Token(header) => format!("`token` in `{header}`"),
        _ => String::new(),
    }
}

/// What its first payload that fires becomes; if none does, the first of all.
fn first(sources: &Sources, source: &Source) -> Option<Signal> {
    let folder = format!("events/{}", source.name());
    let files = names_in(&folder).into_iter().filter(|file| !file.ends_with(".headers.json"));
    let signals = files.flat_map(|file| {
        let path = format!("{folder}/{file}");
        let headers = format!("{}.headers.json", path.trim_end_matches(".json"));
        let headers = std::fs::read_to_string(root().join(headers)).unwrap_or("{}".to_owned());
        let raw = Raw {
            id: "delivery".to_owned(),
            source: Some(source.name().to_owned()),
            headers: serde_json::from_str(&headers).unwrap(),
            body: read(&path),
            received_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            note: None,
        };
        sources.map(&raw).signals
    });
    let signals: Vec<Signal> = signals.collect();
    signals.iter().find(|signal| signal.status == Status::Firing).or(signals.first()).cloned()
}

/// A post in one line: sign, title and facts.
fn post(signal: &Signal) -> String {
    let sign = match signal.severity {
        Severity::Critical => "🚨",
        Severity::Error => "🔴",
        Severity::Warning => "🟡",
        Severity::Info => "🔵",
    };
    let room = LONGEST.saturating_sub(signal.title.chars().count());
    let facts = cut(&signal.facts.join(" · "), room);
    let facts = if facts.is_empty() { facts } else { format!(" · {facts}") };
    attribute(&format!("{sign} {}{facts}", cut(&signal.title, LONGEST)))
}

/// As the value of an attribute in a cell of a table.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('|', "&#124;")
}

#[test]
fn every_source_has_a_picture_of_its_post_and_no_picture_is_of_nobody() {
    let sources = Sources::builtin().unwrap();
    let wanted =
        sources.names().filter(|name| sources.get(name).is_some_and(|source| source.guide().is_some()));
    let mut wanted: Vec<String> = wanted.map(|name| format!("{name}.png")).collect();
    wanted.sort();
    assert_eq!(names_in("docs/posts"), wanted, "take them: local/browser/posts.mjs");
}

fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest).collect();
    let kept = kept.rsplit_once(' ').map_or("", |(kept, _)| kept).trim_end_matches([' ', '·']);
    if kept.is_empty() { String::new() } else { format!("{kept} …") }
}

/// Text in a cell, so that nothing in it formats or links.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '#' | '@' => escaped.extend(['\\', letter]),
            _ => escaped.push(letter),
        }
    }
    escaped
}
