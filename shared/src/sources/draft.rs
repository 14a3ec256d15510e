//! A signal in the making, and the bounds that make it one: every string from outside is cut and cleaned here and nowhere
//! else, so that whatever a mapping or a heuristic produced, what leaves is a valid [`Signal`]. No meaning may enter.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use crate::core::raw::Raw;
use crate::core::signal::{Link, Severity, Signal, Status};

/// The longest title, text and so on, in characters.
pub(super) const MAX_TITLE: usize = 250;
/// See [`MAX_TITLE`].
pub(super) const MAX_TEXT: usize = 20_000;
const MAX_KIND: usize = 40;
const MAX_FACT: usize = 200;
const MAX_LABEL_NAME: usize = 64;
const MAX_LABEL: usize = 256;
const MAX_LINK_TITLE: usize = 60;
const MAX_URL: usize = 2_000;
const MAX_KEY: usize = 200;
/// The most facts, labels and links of a signal.
pub(super) const MAX_FACTS: usize = 10;
/// See [`MAX_FACTS`].
pub(super) const MAX_LABELS: usize = 64;
/// See [`MAX_FACTS`].
pub(super) const MAX_LINKS: usize = 5;

/// How far ahead of our clock a sender's clock may be: what claims to be later has no credible time.
const MAX_AHEAD: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// What is known of a signal before bounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) kind: String,
    pub(super) status: Option<Status>,
    pub(super) severity: Option<Severity>,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) facts: Vec<String>,
    pub(super) labels: BTreeMap<String, String>,
    /// Titles and addresses, the main one first.
    pub(super) links: Vec<(String, String)>,
    pub(super) key: String,
    pub(super) at: Option<Timestamp>,
}

impl Draft {
    /// The signal: bounded, clean, and with a default for whatever is missing.
    pub(super) fn finish(self, raw: &Raw, source: &str, position: usize) -> Signal {
        let status = self.status.unwrap_or(Status::Info);
        // The end of something has the severity of its beginning, so that both take the same route.
        let by_status = if status == Status::Info { Severity::Info } else { Severity::Error };
        let title = match line(&self.title, MAX_TITLE) {
            empty if empty.is_empty() => format!("Notification from {source}"),
            title => title,
        };
        let kind = match line(&self.kind, MAX_KIND).to_lowercase() {
            empty if empty.is_empty() => "event".to_owned(),
            kind => kind,
        };
        let mut facts: Vec<String> = self.facts.iter().map(|fact| line(fact, MAX_FACT)).collect();
        facts.retain(|fact| !fact.is_empty());
        facts.truncate(MAX_FACTS);
        Signal {
            id: format!("{}.{position}", line(&raw.id, MAX_KEY)),
            source: source.to_owned(),
            kind,
            status,
            severity: self.severity.unwrap_or(by_status),
            text: block(&self.text, MAX_TEXT),
            facts,
            labels: labels(self.labels),
            links: links(&self.links),
            key: key(source, if self.key.trim().is_empty() { &title } else { &self.key }),
            at: self.at.filter(|at| *at <= latest(raw.received_at)).unwrap_or(raw.received_at),
            received_at: raw.received_at,
            title,
        }
    }
}

fn latest(received_at: Timestamp) -> Timestamp {
    received_at.checked_add(MAX_AHEAD).unwrap_or(Timestamp::MAX)
}

fn labels(labels: BTreeMap<String, String>) -> BTreeMap<String, String> {
    labels
        .into_iter()
        .map(|(name, value)| (label_name(&name), line(&value, MAX_LABEL)))
        .filter(|(name, value)| !name.is_empty() && !value.is_empty() && !names_a_secret(name))
        .take(MAX_LABELS)
        .collect()
}

/// Parts of names whose values prove something.
const SECRETS: [&str; 8] =
    ["apikey", "authorization", "cookie", "credential", "passw", "privatekey", "secret", "token"];

/// Whether a label or field of this name holds a secret by all appearance. It is left out, whoever sent it: people see the rest.
pub(super) fn names_a_secret(name: &str) -> bool {
    let name: String =
        name.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
    SECRETS.iter().any(|part| name.contains(part))
}

/// A name that rules can write without quotes: letters, digits and `_`; anything else becomes `_`.
fn label_name(name: &str) -> String {
    let name: String = line(name, MAX_LABEL_NAME)
        .chars()
        .map(|character| if character.is_alphanumeric() { character } else { '_' })
        .collect();
    name.trim_matches('_').to_owned()
}

fn links(links: &[(String, String)]) -> Vec<Link> {
    let mut kept: Vec<Link> = Vec::new();
    for (title, url) in links {
        let Some(url) = web_address(url).filter(|url| kept.iter().all(|link| link.url != *url)) else {
            continue;
        };
        let title = match line(title, MAX_LINK_TITLE) {
            empty if empty.is_empty() => "Open".to_owned(),
            title => title,
        };
        kept.push(Link { title, url });
    }
    kept.truncate(MAX_LINKS);
    kept
}

/// An `http` or `https` address in its normal form, which holds no blank, quote, `<`, `>` or `|` that could end it early.
pub(super) fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let begins =
        |scheme: &str| text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    if text.len() > MAX_URL || !(begins("http://") || begins("https://")) {
        return None;
    }
    let url = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none())?;
    let url = url.to_string().replace('|', "%7C").replace('<', "%3C").replace('>', "%3E").replace('"', "%22");
    (url.len() <= MAX_URL).then_some(url)
}

/// The identity of a thing, in the namespace of its source; a long one by its hash.
fn key(source: &str, key: &str) -> String {
    let whole = key.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = line(key, MAX_KEY);
    if clean == whole {
        return format!("{source}:{clean}");
    }
    let hash = hex::encode(Sha256::digest(whole.as_bytes()));
    format!("{source}:#{}", hash.get(..32).unwrap_or(&hash))
}

/// One line of clean text: control characters gone, blanks single, cut with an ellipsis.
pub(super) fn line(text: &str, limit: usize) -> String {
    // What is beyond several times the limit cannot matter; cutting first keeps a hostile megabyte cheap.
    let near = text.get(..text.floor_char_boundary(limit * 16)).unwrap_or(text);
    let spaced: String =
        near.chars().map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }).collect();
    let joined = spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    cut(joined.chars().filter(|character| !is_unseen(*character)).collect(), limit)
}

/// Clean text of several lines.
fn block(text: &str, limit: usize) -> String {
    let near = text.get(..text.floor_char_boundary(limit * 8)).unwrap_or(text);
    let kept = |character: &char| {
        matches!(character, '\n' | '\t') || (!character.is_control() && !is_unseen(*character))
    };
    cut(near.chars().filter(kept).collect::<String>().trim().to_owned(), limit)
}

/// Characters that are not seen but turn or hide what is: bidirectional controls and zero-width ones. The joiner of emoji
/// stays.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn cut(text: String, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.trim().to_owned();
    }
    let kept: String = text.trim_start().chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> Raw {
        Raw {
            id: "d1".to_owned(),
            source: None,
            headers: BTreeMap::new(),
            body: String::new(),
            received_at: "2026-11-22T09:00:00Z".parse().unwrap(),
            note: None,
        }
    }

    #[test]
    fn nothing_known_still_makes_a_signal() {
        let signal = Draft::default().finish(&raw(), "feeds", 3);
        assert_eq!(signal.title, "Notification from feeds");
        assert_eq!((signal.status, signal.severity), (Status::Info, Severity::Info));
        assert_eq!((signal.id.as_str(), signal.kind.as_str()), ("d1.3", "event"));
        assert_eq!(signal.at, raw().received_at);
    }

    #[test]
    fn text_is_cleaned_of_what_is_not_seen() {
        let title = "a\0b\r\n\tc \u{202E}evil\u{2066} d\u{200B}e 👩\u{200D}🚒".to_owned();
        let text = "one\r\ntwo\u{0007}\u{FEFF}\n\tthree".to_owned();
        let signal = Draft { title, text, ..Draft::default() }.finish(&raw(), "s", 0);
        assert_eq!(signal.title, "a b c evil de 👩\u{200D}🚒");
        assert_eq!(signal.text, "one\ntwo\n\tthree");
    }

    #[test]
    fn only_web_addresses_are_links() {
        for (written, expected) in [
            ("https://example.com/a b|c>d", Some("https://example.com/a%20b%7Cc%3Ed")),
            ("HTTP://EXAMPLE.com", Some("http://example.com/")),
            ("javascript:alert(1)", None),
            ("ftp://example.com", None),
            ("https://user:pw@example.com", None),
            ("https://", None),
            ("example.com", None),
        ] {
            assert_eq!(web_address(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn a_time_far_ahead_is_not_believed() {
        for (at, expected) in [
            ("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
            ("2030-01-01T00:00:00Z", "2026-11-22T09:00:00Z"),
        ] {
            let draft = Draft { at: at.parse().ok(), ..Draft::default() };
            assert_eq!(draft.finish(&raw(), "s", 0).at.to_string(), expected);
        }
    }

    #[test]
    fn long_keys_differ_when_only_their_ends_differ() {
        let long =
            |end: &str| Draft { key: "a".repeat(300) + end, ..Draft::default() }.finish(&raw(), "s", 0).key;
        assert_ne!(long("1"), long("2"));
        assert!(long("1").len() < 60);
    }

    #[test]
    fn a_label_that_is_named_for_a_secret_is_left_out() {
        let names = [
            "API-Key",
            "auth_token",
            "db.password",
            "AWS_SECRET_ACCESS_KEY",
            "Cookie",
            "service",
            "author",
            "key",
        ];
        let labels = names.map(|name| (name.to_owned(), "x".to_owned())).into();
        let signal = Draft { labels, ..Draft::default() }.finish(&raw(), "s", 0);
        assert_eq!(signal.labels.keys().collect::<Vec<_>>(), ["author", "key", "service"]);
    }

    #[test]
    fn label_names_can_be_written_in_a_rule() {
        let labels =
            BTreeMap::from([("k8s.io/app-name".to_owned(), "x".to_owned()), ("".to_owned(), "y".to_owned())]);
        let signal = Draft { labels, ..Draft::default() }.finish(&raw(), "s", 0);
        assert_eq!(signal.labels, BTreeMap::from([("k8s_io_app_name".to_owned(), "x".to_owned())]));
    }
}
