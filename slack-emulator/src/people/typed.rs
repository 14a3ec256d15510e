//! From what people type to Slack's markup: `@ana`, `#ops`, `@here` and addresses become links, and `&`, `<`, `>` are
//! escaped. Markup that is already there and means somebody real is kept.
//! <https://docs.slack.dev/messaging/formatting-message-text>

use crate::workspace::Workspace;

impl Workspace {
    /// The markup of a typed text.
    pub(crate) fn typed(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((markup, length)) = self.link_at(rest, out.chars().next_back()) {
                out.push_str(&markup);
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            match first {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                other => out.push(other),
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
        out
    }

    /// Turns bare names into mentions in a text that is markup already (`link_names`).
    pub(crate) fn link_names(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            match self.name_at(rest, out.chars().next_back()) {
                Some((markup, length)) if first == '@' => {
                    out.push_str(&markup);
                    rest = rest.get(length..).unwrap_or_default();
                }
                _ => {
                    out.push(first);
                    rest = rest.get(first.len_utf8()..).unwrap_or_default();
                }
            }
        }
        out
    }

    /// The link that begins here, and the bytes that it takes.
    fn link_at(&self, rest: &str, before: Option<char>) -> Option<(String, usize)> {
        if let Some(token) =
            rest.strip_prefix('<').and_then(|inner| inner.split_once('>')).map(|(inner, _)| inner)
        {
            return self.is_known(token).then(|| (format!("<{token}>"), token.len() + 2));
        }
        if rest.starts_with("https://") || rest.starts_with("http://") {
            let end =
                rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|')).unwrap_or(rest.len());
            let address = rest.get(..end)?.trim_end_matches(['.', ',', ')', ';', '!', '?']);
            return Some((format!("<{}>", address.replace('&', "&amp;")), address.len()));
        }
        self.name_at(rest, before)
    }

    fn name_at(&self, rest: &str, before: Option<char>) -> Option<(String, usize)> {
        if before.is_some_and(char::is_alphanumeric) {
            return None;
        }
        let (sign, name) = (rest.chars().next()?, rest.get(1..)?);
        let end =
            name.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(name.len());
        let name = name.get(..end)?.trim_end_matches('.');
        let found = match sign {
            '@' => self.mention(name)?,
            '#' => {
                let channel = self.channel_named(name).filter(|c| c.name == name)?;
                format!("<#{}|{}>", channel.id, channel.name)
            }
            _ => return None,
        };
        Some((found, name.len() + 1))
    }

    fn mention(&self, name: &str) -> Option<String> {
        if matches!(name, "here" | "channel" | "everyone") {
            return Some(format!("<!{name}>"));
        }
        if let Some(group) = self.state.usergroups.values().find(|group| group.handle == name) {
            return Some(format!("<!subteam^{}>", group.id));
        }
        let person = self.state.users.values().find(|person| person.name.eq_ignore_ascii_case(name))?;
        Some(format!("<@{}>", person.id))
    }

    fn is_known(&self, token: &str) -> bool {
        let id = |rest: &str| rest.split('|').next().unwrap_or_default().to_owned();
        match token.split_at_checked(1) {
            Some(("@", rest)) => self.state.users.contains_key(&id(rest)),
            Some(("#", rest)) => self.channel(&id(rest)).is_some(),
            Some(("!", "here" | "channel" | "everyone")) => true,
            Some(("!", rest)) => rest
                .strip_prefix("subteam^")
                .is_some_and(|rest| self.state.usergroups.contains_key(&id(rest))),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn names_and_addresses_become_links_and_the_rest_is_escaped() {
        let workspace = Workspace::new(Settings::default(), 0);
        for (typed, markup) in [
            ("hello @Ana, see #ops.", "hello <@U01ANA>, see <#C02OPS|ops>."),
            ("@payments-oncall @here", "<!subteam^S01ONCALL> <!here>"),
            ("mail ana@example.com #nowhere @nobody", "mail ana@example.com #nowhere @nobody"),
            ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
            ("see https://example.com/?a=1&b=2.", "see <https://example.com/?a=1&amp;b=2>."),
            ("<@U0BOT> help <@UNOBODY>", "<@U0BOT> help &lt;@UNOBODY&gt;"),
            ("né@ana", "né@ana"),
        ] {
            assert_eq!(workspace.typed(typed), markup);
        }
    }
}
