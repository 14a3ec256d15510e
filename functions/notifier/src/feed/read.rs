//! The body of a feed as its items: RSS 0.9 to 2.0, RDF and Atom (`xml`), or JSON Feed (`json`). Lenient with what people get
//! wrong, bounded whatever comes. Which items are news is `core::feed`'s.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;
use shared::core::feed::Item;
use url::Url;

use super::plain::{cut, line, plain};
use super::{json, xml};

/// The most items that are read of one answer.
pub(super) const MOST_ITEMS: usize = 2_000;

/// The longest text of an item, in characters; a Slack message shows 3,000.
const LONGEST_TEXT: usize = 2_500;
const LONGEST_TITLE: usize = 300;
const LONGEST_NAME: usize = 100;
const LONGEST_ID: usize = 500;
const LONGEST_LINK: usize = 2_000;
const MOST_CATEGORIES: usize = 10;

/// A feed as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// What it calls itself.
    pub title: String,
    /// Its items, in its own order.
    pub items: Vec<Item>,
}

/// A text as a feed holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Plain.
    Text(String),
    /// HTML.
    Html(String),
}

/// What an item says of itself, by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Id,
    Title,
    Link,
    Summary,
    Content,
    Published,
    Updated,
    Author,
    Category,
}

/// An item that is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    fields: BTreeMap<Field, Words>,
    categories: Vec<Words>,
}

impl Draft {
    /// Takes a text; the first one of each kind counts.
    pub(super) fn take(&mut self, field: Field, words: Words) {
        let empty = words.raw().trim().is_empty();
        match field {
            _ if empty => {}
            Field::Category if self.categories.len() < MOST_CATEGORIES => self.categories.push(words),
            Field::Category => {}
            field => {
                self.fields.entry(field).or_insert(words);
            }
        }
    }

    fn said(&self, field: Field, most: usize) -> String {
        self.fields.get(&field).map(|words| words.plain(most)).unwrap_or_default()
    }

    /// As it stands, without reading it as HTML.
    fn raw(&self, field: Field) -> Option<&str> {
        self.fields.get(&field).map(|words| words.raw().trim())
    }

    /// The item, unless it says nothing at all. `base`: where the feed was read, for links that are relative.
    pub(super) fn item(&self, base: &Url) -> Option<Item> {
        let title = line(&self.said(Field::Title, LONGEST_TITLE), LONGEST_TITLE);
        let content = || self.said(Field::Content, LONGEST_TEXT);
        let text = Some(self.said(Field::Summary, LONGEST_TEXT)).filter(|text| !text.is_empty());
        let text = text.unwrap_or_else(content);
        let link = self.raw(Field::Link).and_then(|link| web(base, link));
        // A `guid` is a link unless it says otherwise, and often is where it does.
        let link = link
            .or_else(|| self.raw(Field::Id).filter(|id| id.starts_with("http")).and_then(|id| web(base, id)));
        let own = self.raw(Field::Id).map(str::to_owned).or_else(|| link.clone());
        let id = own
            .or_else(|| Some(title.clone()).filter(|title| !title.is_empty()))
            .or_else(|| Some(text.clone()).filter(|text| !text.is_empty()))?;
        let categories = self.categories.iter().map(|words| line(&words.plain(LONGEST_NAME), LONGEST_NAME));
        Some(Item {
            id: bounded_id(&id),
            title: if title.is_empty() { line(&text, LONGEST_NAME) } else { title },
            text,
            link,
            published: self.raw(Field::Published).and_then(time),
            updated: self.raw(Field::Updated).and_then(time),
            author: Some(line(&self.said(Field::Author, LONGEST_NAME), LONGEST_NAME))
                .filter(|name| !name.is_empty()),
            categories: categories.filter(|name| !name.is_empty()).collect(),
        })
    }
}

impl Words {
    fn raw(&self) -> &str {
        match self {
            Words::Text(text) | Words::Html(text) => text,
        }
    }

    pub(super) fn plain(&self, most: usize) -> String {
        match self {
            Words::Text(text) => cut(text.trim(), most),
            Words::Html(html) => plain(html, most),
        }
    }
}

/// Reads the body of a feed that was found at `base`.
///
/// # Errors
/// Why it is no feed.
pub fn read(body: &[u8], base: &Url) -> Result<Read, String> {
    let text = decoded(body);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.chars().next() {
        None => Err("the answer is empty".to_owned()),
        Some('{') => json::read(text, base),
        Some('<') => xml::read(text, base),
        Some(_) => Err("the answer is no feed".to_owned()),
    }
}

/// UTF-8, or what the first bytes say instead.
fn decoded(body: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match body {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        _ => {}
    }
    match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let head = String::from_utf8_lossy(body.get(..body.len().min(200)).unwrap_or_default());
            let head = head.to_ascii_lowercase();
            let latin = ["iso-8859-1", "iso-8859-15", "windows-1252", "latin1"];
            match latin.iter().any(|name| head.contains(name)) {
                // Each byte is the letter of that number, but for a few quotes and dashes.
                true => body.iter().map(|byte| char::from(*byte)).collect(),
                false => String::from_utf8_lossy(body).into_owned(),
            }
        }
    }
}

/// An address that a browser opens.
fn web(base: &Url, link: &str) -> Option<String> {
    let url = base.join(link.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.to_string()).filter(|url| url.len() <= LONGEST_LINK)
}

/// Ids are compared as they are; what is longer than any real one keeps its length, so that two of them rarely meet.
fn bounded_id(id: &str) -> String {
    match id.char_indices().nth(LONGEST_ID) {
        None => id.to_owned(),
        Some((at, _)) => {
            let (begin, rest) = id.split_at(at);
            let hash = Item { id: rest.to_owned(), ..Item::default() }.hash();
            format!("{begin}…{hash}")
        }
    }
}

/// A time as feeds write it: RFC 2822 in RSS, RFC 3339 in Atom, or only a day.
fn time(text: &str) -> Option<Timestamp> {
    let by_mail = || DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok();
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    text.parse().ok().or_else(by_mail).or_else(day)
}

#[cfg(test)]
mod tests;
