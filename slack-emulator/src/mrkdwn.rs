//! Slack's markup as a reader sees it: which tokens mention somebody or link somewhere, and what a text says once they are
//! replaced. Everything that Slack would parse is looked at: text, mrkdwn objects, attachments, rich text.
//! <https://docs.slack.dev/messaging/formatting-message-text>

use std::collections::BTreeSet;

use serde_json::Value;

use crate::state::Message;

/// Who is mentioned and what is linked in a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// User ids.
    pub users: BTreeSet<String>,
    /// User group ids.
    pub usergroups: BTreeSet<String>,
    /// Channel ids.
    pub channels: BTreeSet<String>,
    /// `here`, `channel`, `everyone`.
    pub specials: BTreeSet<String>,
    /// Address and label; without a label, the address again.
    pub links: BTreeSet<(String, String)>,
}

/// A piece of marked-up text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    User(&'a str),
    Usergroup(&'a str),
    Channel(&'a str),
    Special(&'a str),
    /// The fallback text of a date.
    Date(&'a str),
    Link {
        url: &'a str,
        label: &'a str,
    },
}

/// Splits a marked-up text into its pieces; text stays escaped.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((token, tail)) = after.split_once('>') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(piece(token));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn piece(token: &str) -> Piece<'_> {
    let (target, label) = token.split_once('|').unwrap_or((token, ""));
    match target.split_at_checked(1) {
        Some(("@", id)) => Piece::User(id),
        Some(("#", id)) => Piece::Channel(id),
        Some(("!", special)) => match special.split_once('^') {
            Some(("subteam", id)) => Piece::Usergroup(id),
            Some(("date", _)) => Piece::Date(label),
            _ => Piece::Special(special),
        },
        _ => Piece::Link { url: target, label: if label.is_empty() { target } else { label } },
    }
}

/// Turns `&amp;`, `&lt;`, `&gt;` back into characters.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

impl Mentions {
    /// Everything that Slack would parse in a message.
    pub fn of(message: &Message) -> Self {
        let mut mentions = Self::default();
        mentions.read(&message.text);
        for value in message.blocks.iter().chain(&message.attachments) {
            mentions.walk(value);
        }
        mentions
    }

    fn read(&mut self, text: &str) {
        for piece in pieces(text) {
            match piece {
                Piece::User(id) => self.users.insert(id.into()),
                Piece::Usergroup(id) => self.usergroups.insert(id.into()),
                Piece::Channel(id) => self.channels.insert(id.into()),
                Piece::Special(name) => self.specials.insert(name.into()),
                Piece::Link { url, label } => self.links.insert((unescape(url), unescape(label))),
                Piece::Text(_) | Piece::Date(_) => false,
            };
        }
    }

    fn walk(&mut self, value: &Value) {
        let Value::Object(fields) = value else {
            value.as_array().into_iter().flatten().for_each(|item| self.walk(item));
            return;
        };
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        match text("type") {
            "plain_text" | "text" | "raw_text" | "date" => return,
            "user" => drop(self.users.insert(text("user_id").into())),
            "usergroup" => drop(self.usergroups.insert(text("usergroup_id").into())),
            "channel" => drop(self.channels.insert(text("channel_id").into())),
            "broadcast" => drop(self.specials.insert(text("range").into())),
            "link" => {
                let label = if text("text").is_empty() { text("url") } else { text("text") };
                self.links.insert((text("url").into(), label.into()));
                return;
            }
            "mrkdwn" | "markdown" => self.read(text("text")),
            // An attachment: its own texts are markup.
            "" => ["text", "pretext", "value"].into_iter().for_each(|name| self.read(text(name))),
            _ => {}
        }
        fields
            .values()
            .filter(|value| value.is_object() || value.is_array())
            .for_each(|value| self.walk(value));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_token_is_found_and_escaped_ones_are_text() {
        let text = "<!here> <@U1> <@U2|ben> <!subteam^S1|@x> <#C1|ops> <https://a.b/?x=1&amp;y|site> <https://c.d> \
                    &lt;!channel&gt; @here <!date^1^{date}|then> <unclosed";
        let message = Message { text: text.into(), ..Message::default() };
        let mentions = Mentions::of(&message);
        let set = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(mentions.specials, set(&["here"]));
        assert_eq!(mentions.users, set(&["U1", "U2"]));
        assert_eq!(mentions.usergroups, set(&["S1"]));
        assert_eq!(mentions.channels, set(&["C1"]));
        let links = [("https://a.b/?x=1&y", "site"), ("https://c.d", "https://c.d")];
        assert_eq!(mentions.links, links.map(|(u, l)| (u.to_owned(), l.to_owned())).into());
    }

    #[test]
    fn plain_text_never_mentions_and_mrkdwn_does_wherever_it_stands() {
        let message = Message {
            blocks: vec![
                json!({ "type": "header", "text": { "type": "plain_text", "text": "<!channel>" } }),
                json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": "<@U1>" }] }),
                json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [
                    { "type": "text", "text": "<!everyone>" }, { "type": "user", "user_id": "U2" } ] }] }),
            ],
            attachments: vec![json!({ "text": "<!here>", "fields": [{ "title": "x", "value": "<@U3>" }] })],
            ..Message::default()
        };
        let mentions = Mentions::of(&message);
        assert_eq!(mentions.users.into_iter().collect::<Vec<_>>(), ["U1", "U2", "U3"]);
        assert_eq!(mentions.specials.into_iter().collect::<Vec<_>>(), ["here"]);
    }
}
