//! A message as RFC 5322 and MIME have it, in the form that mappings see: who, what, when, the text, a few headers, and the names
//! of what is attached. Everything has a bound, since whoever knows an address can send to it. What the text means may not enter.
//!
//! Formats: <https://www.rfc-editor.org/rfc/rfc5322>, <https://www.rfc-editor.org/rfc/rfc2045>.

use std::borrow::Cow;
use std::sync::LazyLock;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Address, HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use regex_lite::{Captures, Regex};
use serde_json::{Map, Value, json};

use super::super::headers::is_hidden;

/// The longest message that is read, in bytes; of a longer one its beginning.
pub const LONGEST: usize = 10 << 20;
/// The most lines that are read: ten megabytes of an attachment have fewer, and each could be a header or begin a part.
const MAX_LINES: usize = 150_000;
/// The most lines that say of what type a part is. Messages within messages have one each, and what the parser makes of some
/// ten thousand of them has no room on the stack when it is let go of.
const MAX_TYPES: usize = 300;
const TYPE: &[u8] = b"content-type";
/// How far the headers are looked for that make a text a message.
const NEAR: usize = 64 * 1024;
/// The longest text, in characters, and the most HTML that it is made of, in bytes.
const MAX_TEXT: usize = 50_000;
const MAX_HTML: usize = 400_000;
/// The longest value of a header, in characters.
const MAX_VALUE: usize = 1_000;
const MAX_HEADERS: usize = 40;
const MAX_ADDRESSES: usize = 50;
const MAX_ATTACHMENTS: usize = 20;
/// The most links of an HTML text whose addresses are said: what comes after them is mostly how to unsubscribe.
const MAX_LINKS: usize = 5;

/// Headers that a mapping may look at, beside those that begin with `x-` and hold no secret by their name.
const HEADERS: [&str; 8] = [
    "auto-submitted",
    "importance",
    "list-id",
    "precedence",
    "priority",
    "reply-to",
    "return-path",
    "sender",
];

/// Whether this is a message: it begins with a header and has a `From` and a `Subject`, before its first empty line.
pub fn looks_like(bytes: &[u8]) -> bool {
    let near = bytes.get(..NEAR).unwrap_or(bytes);
    let (mut from, mut subject, mut first) = (false, false, true);
    for line in near.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(name) = header_name(line) else {
            let folded = matches!(line.first(), Some(b' ' | b'\t')) && !first;
            // What Postfix pipes begins with a line of its own: `From sender date`.
            let envelope = first && line.starts_with(b"From ");
            if folded || envelope {
                continue;
            }
            break;
        };
        first = false;
        from |= name.eq_ignore_ascii_case(b"from");
        subject |= name.eq_ignore_ascii_case(b"subject");
    }
    from && subject
}

/// The name of the header that a line begins with.
fn header_name(line: &[u8]) -> Option<&[u8]> {
    let end = line.iter().position(|byte| *byte == b':').filter(|end| (1..=80).contains(end))?;
    let name = line.get(..end)?;
    name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).then_some(name)
}

/// The message in the form that mappings see; `None` if it is none.
pub fn read(bytes: &[u8]) -> Option<Value> {
    if !looks_like(bytes) {
        return None;
    }
    let whole = ended(without_envelope(near(bytes)));
    let message = MessageParser::default().parse(whole.as_ref())?;
    let from = sole_address(&message);
    let date = message.date().filter(|date| date.is_valid()).map(|date| date.to_rfc3339());
    Some(json!({
        "from": from.clone().map(|(address, _)| address).unwrap_or_default(),
        "from_name": from.map(|(_, name)| name).unwrap_or_default(),
        "to": to(&message),
        "subject": line(message.subject().unwrap_or_default()),
        "date": date.unwrap_or_default(),
        "message_id": line(message.message_id().unwrap_or_default()),
        "in_reply_to": line(in_reply_to(&message)),
        "text": text(&message),
        "headers": headers(&message),
        "attachments": message.attachments().take(MAX_ATTACHMENTS).map(attachment).collect::<Vec<_>>(),
    }))
}

/// As much of it as is read.
pub(in crate::sources) fn near(bytes: &[u8]) -> &[u8] {
    let near = bytes.get(..LONGEST).unwrap_or(bytes);
    let (mut end, mut types) = (0, 0);
    for (number, line) in near.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let begin = line.trim_ascii_start().get(..TYPE.len()).unwrap_or_default();
        types += usize::from(begin.eq_ignore_ascii_case(TYPE));
        if number >= MAX_LINES || types > MAX_TYPES {
            break;
        }
        end += line.len();
    }
    near.get(..end).unwrap_or(near)
}

/// Without the line that a mailbox file or a pipe has before the message.
fn without_envelope(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == b'\n').filter(|_| bytes.starts_with(b"From "));
    end.and_then(|end| bytes.get(end + 1..)).unwrap_or(bytes)
}

/// With an end to its last line, or the parser would not see a header there.
fn ended(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes.last() {
        Some(b'\n') => Cow::Borrowed(bytes),
        _ => Cow::Owned([bytes, b"\n\n"].concat()),
    }
}

/// Who it says it is from, in lower case, and their name. Nobody, if it says so twice or names several: then it depends on the
/// reader who that is.
fn sole_address(message: &Message<'_>) -> Option<(String, String)> {
    let mut fields = message.headers().iter().filter(|header| header.name == HeaderName::From);
    let (Some(field), None) = (fields.next(), fields.next()) else { return None };
    let mut addresses = field.value.as_address()?.iter();
    let (Some(sole), None) = (addresses.next(), addresses.next()) else { return None };
    let name = sole.name.as_deref().unwrap_or_default();
    Some((line(sole.address.as_deref()?).to_lowercase(), line(name)))
}

fn to(message: &Message<'_>) -> Vec<String> {
    let lists = [message.to(), message.cc()].into_iter().flatten();
    let addresses = lists.flat_map(Address::iter).filter_map(|address| address.address.as_deref());
    addresses.take(MAX_ADDRESSES).map(|address| line(address).to_lowercase()).collect()
}

fn in_reply_to<'a>(message: &'a Message<'_>) -> &'a str {
    let value = message.in_reply_to();
    let first = value.as_text_list().and_then(|ids| ids.first()).map(AsRef::as_ref);
    value.as_text().or(first).unwrap_or_default()
}

/// The plain text, or the HTML as text. What is quoted of earlier messages stays.
fn text(message: &Message<'_>) -> String {
    let mut text = String::new();
    for part in message.text_bodies() {
        let more = match &part.body {
            PartType::Text(text) => text.to_string(),
            PartType::Html(html) => {
                let html = html.get(..html.floor_char_boundary(MAX_HTML)).unwrap_or_default();
                html_to_text(&with_addresses(html))
            }
            _ => continue,
        };
        if !text.is_empty() {
            text.push('\n');
        }
        // Cut in bytes first, so that a hostile megabyte stays cheap.
        text.push_str(more.get(..more.floor_char_boundary(MAX_TEXT * 4)).unwrap_or_default());
        if text.len() > MAX_TEXT * 4 {
            break;
        }
    }
    let text = text.replace("\r\n", "\n");
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim()),
        None => text.trim().to_owned(),
    }
}

/// With the address of each of the first links behind its words: as text, "View the alert" leads nowhere.
fn with_addresses(html: &str) -> Cow<'_, str> {
    static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
        // No bounds on the repetitions: they would make it thousands of states.
        let link = r#"(?is)<a\s[^>]*?href\s*=\s*["']?(https?://[^"'<>\s]+)[^>]*>(.*?)</a>"#;
        Regex::new(link).ok()
    });
    let Some(link) = LINK.as_ref() else { return html.into() };
    link.replacen(html, MAX_LINKS, |found: &Captures<'_>| {
        let part = |nth| found.get(nth).map_or("", |part| part.as_str());
        let (whole, address, words) = (part(0), part(1), part(2));
        if words.contains(address) { whole.to_owned() } else { format!("{words} ({address})") }
    })
}

fn headers(message: &Message<'_>) -> Map<String, Value> {
    let mut kept = Map::new();
    for (name, value) in message.headers_raw() {
        let name = name.to_ascii_lowercase();
        let wanted = HEADERS.contains(&name.as_str()) || name.starts_with("x-") && !is_hidden(&name);
        if wanted && name.len() <= 80 && kept.len() < MAX_HEADERS {
            kept.entry(name).or_insert_with(|| line(value).into());
        }
    }
    kept
}

fn attachment(part: &MessagePart<'_>) -> Value {
    let kind = part.content_type().map(|kind| match kind.subtype() {
        Some(subtype) => format!("{}/{subtype}", kind.ctype()).to_lowercase(),
        None => kind.ctype().to_lowercase(),
    });
    json!({
        "name": line(part.attachment_name().unwrap_or_default()),
        "type": line(&kind.unwrap_or_default()),
        "size": part.len(),
    })
}

/// One line of some length.
pub(super) fn line(text: &str) -> String {
    super::super::draft::line(text, MAX_VALUE)
}

#[cfg(test)]
mod tests;
