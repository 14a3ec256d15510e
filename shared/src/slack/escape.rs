//! Text that Slack formats (mrkdwn), and the one way for foreign text to get into it: [`Mrkdwn::escape`].
//!
//! Text from a payload must never mention, link or format. Three rules see to that:
//! - `&`, `<` and `>` become entities, which Slack documents; so no `<!channel>`, `<@U…>` or `<url|label>` survives. A bare
//!   `@here` stays text because we never set `link_names`, a bare URL because every mrkdwn object says `verbatim`.
//! - For `*`, `_`, `~` and the backtick Slack has no escape. Zero-width characters beside them are common, but travel unseen
//!   with copy and paste; a look-alike (`∗`, `ˍ`, `∼`, `ˋ`) is honest and cannot format in any client. It stands in only
//!   where a marker could work, at the edge of a word: `snake_case`, `a*b` and `0 9 * * 1` stay as they are.
//! - A `>` at the start of a line quotes, even as an entity, so it becomes `›`.
//!
//! Where every character counts (commands, logs), use [`super::blocks::Text::foreign`] or preformatted rich text: there Slack
//! parses nothing, so nothing has to change. Emoji codes such as `:fire:` are let through; they do no harm.
//!
//! Contract: <https://docs.slack.dev/messaging/formatting-message-text>. No sentence for people may enter; that is `text.rs`.

use std::fmt;
use std::ops::Add;

use jiff::Timestamp;
use serde::Serialize;

/// Text in Slack's markup. It can only be made of our own words, escaped foreign text, and the sequences below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Mrkdwn(String);

impl Mrkdwn {
    /// Our own words, markup included. `'static`, so that nothing from outside gets in this way.
    pub fn ours(words: &'static str) -> Self {
        Mrkdwn(words.to_owned())
    }

    /// The team's own words from its config, markup included. Nothing that comes from anywhere else may be in it.
    pub fn of_config(words: &str) -> Self {
        Mrkdwn(words.to_owned())
    }

    /// Foreign text, so that it reads the same and does nothing.
    pub fn escape(foreign: &str) -> Self {
        let mut escaped = String::with_capacity(foreign.len());
        let mut line_start = true;
        let mut before = None;
        let mut characters = foreign.chars().filter(|c| is_honest(*c)).peekable();
        while let Some(character) = characters.next() {
            match character {
                '>' if line_start => escaped.push('›'),
                '*' | '_' | '~' | '`' if marks(before, character, characters.peek().copied()) => {
                    escaped.push(look_alike(character));
                }
                plain => push_entity(&mut escaped, plain),
            }
            line_start = character == '\n' || line_start && (character.is_whitespace() || character == '>');
            before = Some(character);
        }
        Mrkdwn(escaped)
    }

    /// Foreign text as inline code, on one line: Slack formats nothing in it, so only backticks have to change.
    pub fn code(foreign: &str) -> Self {
        let mut code = String::new();
        for character in one_line(foreign).chars() {
            push_entity(&mut code, if character == '`' { look_alike('`') } else { character });
        }
        if code.is_empty() { Mrkdwn::default() } else { Mrkdwn(format!("`{code}`")) }
    }

    /// A link with a foreign label. Only `http` and `https` addresses of at most 2,000 characters; any other leaves the label.
    pub fn link(address: &str, label: &str) -> Self {
        let label = one_line(label);
        match web_address(address) {
            None => Mrkdwn::escape(&label),
            Some(address) => {
                let label = Mrkdwn::escape(if label.is_empty() { &address } else { &label });
                let mut link = String::from("<");
                address.chars().for_each(|character| push_entity(&mut link, character));
                Mrkdwn(link + "|" + &label.0 + ">")
            }
        }
    }

    /// Mentions a user, by id. Anything that is not an id stays text.
    pub fn user(id: &str) -> Self {
        sequence("@", id)
    }

    /// Mentions a user group, by id. Anything that is not an id stays text.
    pub fn usergroup(id: &str) -> Self {
        sequence("!subteam^", id)
    }

    /// Links to a channel, by id. Anything that is not an id stays text.
    pub fn channel(id: &str) -> Self {
        sequence("#", id)
    }

    /// A time that every reader sees in their own time zone, as `format` says: <https://docs.slack.dev/messaging/formatting-message-text#date-formatting>.
    pub fn time(at: Timestamp, format: &'static str) -> Self {
        let fallback = at.strftime("%Y-%m-%d %H:%M UTC");
        Mrkdwn(format!("<!date^{}^{format}|{fallback}>", at.as_second()))
    }

    /// This in bold; nothing stays nothing.
    pub fn bold(self) -> Self {
        if self.is_empty() { self } else { Mrkdwn(format!("*{}*", self.0)) }
    }

    /// All of them with our own words between; empty ones are left out.
    pub fn join(parts: impl IntoIterator<Item = Mrkdwn>, between: &'static str) -> Self {
        let parts: Vec<String> =
            parts.into_iter().filter(|part| !part.is_empty()).map(|part| part.0).collect();
        Mrkdwn(parts.join(between))
    }

    /// This, at most `max` code points long.
    pub fn cut(&self, max: usize) -> Self {
        Mrkdwn(super::blocks::cut::cut_mrkdwn(&self.0, max))
    }

    /// As Slack gets it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For cutting in place; only our own modules can reach it.
    pub(super) fn as_mut_string(&mut self) -> &mut String {
        &mut self.0
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl Add for Mrkdwn {
    type Output = Mrkdwn;

    fn add(self, other: Mrkdwn) -> Mrkdwn {
        Mrkdwn(self.0 + &other.0)
    }
}

impl Add<&'static str> for Mrkdwn {
    type Output = Mrkdwn;

    fn add(self, ours: &'static str) -> Mrkdwn {
        Mrkdwn(self.0 + ours)
    }
}

impl fmt::Display for Mrkdwn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person typed, as Slack sends it to us: the three entities turned back. Mentions stay as they are.
pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Foreign text on one line: every run of white space is one space, and nothing invisible turns the line around.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().map(honest).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Foreign text without the characters that show something else than is there.
pub(super) fn honest(text: &str) -> String {
    text.chars().filter(|c| is_honest(*c)).collect()
}

/// A web address as Slack takes it: `http` or `https`, at most 2,000 characters, ASCII, without `<`, `>`, `|` or spaces.
pub(super) fn web_address(address: &str) -> Option<String> {
    let address = reqwest::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let address = address.as_str().replace('|', "%7C").replace('<', "%3C").replace('>', "%3E");
    (address.len() <= 2_000).then_some(address)
}

fn sequence(sign: &str, id: &str) -> Mrkdwn {
    if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric()) {
        Mrkdwn(format!("<{sign}{id}>"))
    } else {
        Mrkdwn::escape(id)
    }
}

fn push_entity(into: &mut String, character: char) {
    match character {
        '&' => into.push_str("&amp;"),
        '<' => into.push_str("&lt;"),
        '>' => into.push_str("&gt;"),
        other => into.push(other),
    }
}

/// Control characters have no place in a message, and directional ones can make a line read as another.
fn is_honest(character: char) -> bool {
    let turns =
        matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}');
    !turns && (character == '\n' || character == '\t' || !character.is_control())
}

/// Whether a marker could format here. Not inside a word, nor between spaces. The edges of the text may touch anything.
fn marks(before: Option<char>, marker: char, after: Option<char>) -> bool {
    let within = |inside: fn(char) -> bool| before.is_some_and(inside) && after.is_some_and(inside);
    marker == '`' || !within(char::is_alphanumeric) && !within(char::is_whitespace)
}

fn look_alike(marker: char) -> char {
    match marker {
        '*' => '∗',
        '_' => 'ˍ',
        '~' => '∼',
        _ => 'ˋ',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        Mrkdwn::escape(text).0
    }

    #[test]
    fn foreign_text_cannot_mention_or_link() {
        for (text, expected) in [
            ("<!channel> now", "&lt;!channel&gt; now"),
            ("<@U1>", "&lt;@U1&gt;"),
            ("<!subteam^S1>", "&lt;!subteam^S1&gt;"),
            ("<http://x|your bank>", "&lt;http://x|your bank&gt;"),
            ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
            ("a & b", "a &amp; b"),
            ("@here", "@here"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn foreign_text_cannot_format() {
        for (text, expected) in [
            ("*bold*", "∗bold∗"),
            ("an _italic_ word", "an ˍitalicˍ word"),
            ("~struck~", "∼struck∼"),
            ("`code`", "ˋcodeˋ"),
            ("```\nlog\n```", "ˋˋˋ\nlog\nˋˋˋ"),
            ("> quoted", "› quoted"),
            (">>> quoted", "››› quoted"),
            ("a\n  > b > c", "a\n  › b &gt; c"),
            ("__init__", "ˍˍinitˍˍ"),
            ("(*x*)", "(∗x∗)"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn what_could_not_format_stays_as_it_is() {
        for text in [
            "snake_case_name",
            "2*3*4",
            "cron 0 9 * * 1",
            "größe_über_alles",
            "a ~ b",
            "日本_語",
            "line\nline",
        ] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn nothing_invisible_turns_a_line_around() {
        assert_eq!(escaped("safe\u{202E}txt.exe\u{7}\r\n"), "safetxt.exe\n");
        assert_eq!(one_line(" a\r\n\tb \u{2066}c "), "a b c");
    }

    #[test]
    fn code_keeps_its_markers() {
        assert_eq!(Mrkdwn::code("a *b* <c> `d`\ne").0, "`a *b* &lt;c&gt; ˋdˋ e`");
        assert!(Mrkdwn::code(" \n").is_empty());
    }

    #[test]
    fn a_link_leads_to_the_web_or_is_no_link() {
        for (address, label, expected) in [
            ("https://example.com/a", "The page", "<https://example.com/a|The page>"),
            ("https://example.com/?a=1&b=2", "x", "<https://example.com/?a=1&amp;b=2|x>"),
            ("https://example.com/a b|c>d<e", "x", "<https://example.com/a%20b%7Cc%3Ed%3Ce|x>"),
            ("https://example.com/a", "a|b\n<!here> *c*", "<https://example.com/a|a|b &lt;!here&gt; ∗c∗>"),
            ("https://example.com/a", " ", "<https://example.com/a|https://example.com/a>"),
            ("javascript:alert(1)", "x", "x"),
            ("slack://open", "x", "x"),
            ("not an address", "<x>", "&lt;x&gt;"),
            ("", "x", "x"),
        ] {
            assert_eq!(Mrkdwn::link(address, label).0, expected, "{address}");
        }
        assert_eq!(Mrkdwn::link(&format!("https://e.com/{}", "a".repeat(2_000)), "x").0, "x");
    }

    #[test]
    fn only_an_id_can_be_mentioned() {
        assert_eq!(Mrkdwn::user("U01ANA").0, "<@U01ANA>");
        assert_eq!(Mrkdwn::usergroup("S01ONCALL").0, "<!subteam^S01ONCALL>");
        assert_eq!(Mrkdwn::channel("C1").0, "<#C1>");
        assert_eq!(Mrkdwn::user("U1> <!channel").0, "U1&gt; &lt;!channel");
        assert_eq!(Mrkdwn::user("").0, "");
    }

    #[test]
    fn a_time_is_shown_in_the_readers_zone_and_in_utc_where_that_fails() {
        let at: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        assert_eq!(Mrkdwn::time(at, "{time}").0, "<!date^1795372200^{time}|2026-11-22 18:30 UTC>");
    }

    #[test]
    fn joining_leaves_out_what_is_empty() {
        let parts = ["a", "", "b"].map(Mrkdwn::escape);
        assert_eq!(Mrkdwn::join(parts, " · ").0, "a · b");
        assert_eq!((Mrkdwn::ours("*by* ") + Mrkdwn::user("U1") + ".").0, "*by* <@U1>.");
        assert!(Mrkdwn::default().bold().is_empty());
    }

    #[test]
    fn what_a_person_typed_reads_as_typed() {
        assert_eq!(unescape("a &lt;b&gt; &amp;amp; <@U1>"), "a <b> &amp; <@U1>");
    }

    proptest! {
        #[test]
        fn escaped_text_never_holds_a_bracket_or_a_bare_ampersand(text in "(?s)([<>&|*_~`\n @!]|.){0,60}") {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(['<', '>', '`']), "{escaped}");
            let without = escaped.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
            prop_assert!(!without.contains('&'), "{escaped}");
        }

        #[test]
        fn a_link_is_one_sequence_whatever_it_is_made_of(address in "https?://[a-z]{1,5}/(?s).{0,30}", label in "(?s).{0,30}") {
            let link = Mrkdwn::link(&address, &label).0;
            prop_assert!(link.starts_with("<http") && link.ends_with('>'), "{link}");
            prop_assert_eq!(link.matches(['<', '>', '\n']).count(), 2, "{}", link);
        }
    }
}
