//! HTML as plain text: tags are taken away, what separates becomes a line or a bullet, entities become letters. Whatever stands
//! in it, what comes out is text and bounded; Slack's own characters are escaped where it is shown.

use quick_xml::escape::resolve_html5_entity;

/// What is no text, with all that is in it.
const HIDDEN: [&str; 5] = ["script", "style", "head", "template", "iframe"];

/// What begins a line.
const LINES: [&str; 22] = [
    "p",
    "br",
    "div",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "hr",
    "pre",
    "dl",
    "dt",
    "dd",
    "section",
    "article",
    "blockquote",
];

/// The longest name of an entity, in bytes: `&CounterClockwiseContourIntegral;`
const LONGEST_ENTITY: usize = 32;

/// The text of HTML, at most `most` characters, with `…` where it was cut.
pub(super) fn plain(html: &str, most: usize) -> String {
    let mut text = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        // Enough is enough: what follows would be cut.
        if text.made.len() > most.saturating_mul(8) {
            break;
        }
        let (before, from) = rest.split_at(at);
        text.say(before);
        rest = if from.starts_with('<') { tag(from, &mut text) } else { entity(from, &mut text) };
    }
    text.say(rest);
    cut(text.made.trim(), most)
}

/// Text on one line.
pub(super) fn line(text: &str, most: usize) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// The first characters, and `…` if there are more.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Text that is being made: blanks are one blank, and of empty lines one stays.
#[derive(Default)]
struct Text {
    made: String,
    blank: bool,
}

impl Text {
    fn say(&mut self, text: &str) {
        for letter in text.chars() {
            // Also what nobody sees: it would only hide what is read.
            if letter.is_whitespace() || letter.is_control() {
                self.blank = true;
                continue;
            }
            if self.blank && !self.made.is_empty() && !self.made.ends_with('\n') {
                self.made.push(' ');
            }
            self.blank = false;
            self.made.push(letter);
        }
    }

    fn line(&mut self) {
        self.blank = false;
        if !self.made.is_empty() && !self.made.ends_with("\n\n") {
            self.made.push('\n');
        }
    }
}

/// A tag at the beginning of `from`; what follows it.
fn tag<'a>(from: &'a str, text: &mut Text) -> &'a str {
    if let Some(comment) = from.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let inner = from.strip_prefix('<').unwrap_or(from);
    let closes = inner.starts_with('/');
    let named = inner.strip_prefix('/').unwrap_or(inner);
    if !named.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!' || letter == '?') {
        text.say("<");
        return inner;
    }
    let ends = named.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(named.len());
    let name = named.get(..ends).unwrap_or_default().to_ascii_lowercase();
    let rest = after(named);
    if HIDDEN.contains(&name.as_str()) && !closes {
        return rest.get(closing(rest, &name)..).map_or("", |end| after(end));
    }
    match name.as_str() {
        // A list is tight.
        "li" | "tr" | "dt" | "dd" if closes => {}
        "li" => {
            text.line();
            text.say("• ");
        }
        name if LINES.contains(&name) => text.line(),
        _ => {}
    }
    rest
}

/// What follows a tag; a `>` in quotes is part of it.
fn after(tag: &str) -> &str {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return tag.get(at + 1..).unwrap_or_default(),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if letter == open => quote = None,
            _ => {}
        }
    }
    ""
}

/// Where the end of a hidden element begins.
fn closing(text: &str, name: &str) -> usize {
    let ends = |at: usize| {
        let tag = text.get(at + 2..at + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    text.match_indices("</").map(|(at, _)| at).find(|at| ends(*at)).unwrap_or(text.len())
}

/// An entity at the beginning of `from`; what follows it.
fn entity<'a>(from: &'a str, text: &mut Text) -> &'a str {
    let inner = from.strip_prefix('&').unwrap_or(from);
    // No further, or many would be looked for in all that follows.
    let ends = inner.bytes().take(LONGEST_ENTITY + 1).position(|byte| byte == b';');
    let known = ends.and_then(|at| Some((inner.get(..at)?, inner.get(at + 1..)?)));
    let said = known.and_then(|(name, rest)| Some((letters(name)?, rest)));
    match said {
        Some((said, rest)) => {
            text.say(&said);
            rest
        }
        None => {
            text.say("&");
            inner
        }
    }
}

/// What the name of an entity stands for.
pub(super) fn letters(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(str::to_owned);
    };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    char::from_u32(number.ok()?).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_reads_as_text() {
        let table = [
            ("plain text", "plain text"),
            ("  much \n\t space ", "much space"),
            ("<p>One</p><p>Two</p>", "One\n\nTwo"),
            ("One<br/>Two<BR>Three", "One\nTwo\nThree"),
            ("<ul><li>One</li><li><b>Two</b></li></ul>", "• One\n• Two"),
            ("<strong>Resolved</strong> - all is <em>well</em>.", "Resolved - all is well."),
            ("a&nbsp;b &amp; c &lt;d&gt; &#39;e&#x27; &hellip; &unknown; &", "a b & c <d> 'e' … &unknown; &"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
            ("<a href=\"https://x.example/?a>b\">here</a>", "here"),
            ("a<script>alert('<b>')</script>b<style>p{}</STYLE >c", "abc"),
            ("a<!-- <p>not this</p> -->b<!doctype html>c", "abc"),
            ("ends in <a href='", "ends in"),
            ("ends in <script>never", "ends in"),
            ("ends in <!-- never", "ends in"),
            ("\u{0}a\u{8}b", "a b"),
            ("", ""),
        ];
        for (html, expected) in table {
            assert_eq!(plain(html, 100), expected, "{html}");
        }
    }

    /// What takes long for each sign would take minutes here.
    #[test]
    fn a_lot_of_nothing_is_read_in_no_time() {
        for piece in ["&", "<", "<b>", "<script>", "</", "<!--", "<a x=\"", "&#", "& ", "<script></x"] {
            assert!(plain(&piece.repeat(2_000_000 / piece.len()), 100).chars().count() <= 100, "{piece}");
        }
    }

    #[test]
    fn text_is_cut_where_it_is_too_long() {
        assert_eq!(plain("1234567890", 10), "1234567890");
        assert_eq!(plain("12345678901", 10), "123456789…");
        assert_eq!(plain(&"🔥<b>".repeat(100_000), 5), "🔥🔥🔥🔥…");
        assert_eq!(line(" a\n b ", 10), "a b");
    }
}
