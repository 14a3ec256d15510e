//! Slash commands: a form. Also Slack's `ssl_check`, which wants a 200 and nothing done.
//!
//! Contract: <https://docs.slack.dev/interactivity/implementing-slash-commands>

use super::InboundError;
use crate::slack::escape::unescape;

/// What came to the address of the slash commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Slack looks at our certificate: answer 200, do nothing.
    SslCheck,
    /// Somebody typed a command.
    Run(Box<SlashCommand>),
}

/// A command that somebody typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlashCommand {
    /// The command with its slash: `/ops`.
    pub command: String,
    /// The rest of the line as typed: Slack's three entities are turned back, mentions may be `<@U…|name>` or `@name`.
    pub text: String,
    /// Who.
    pub user_id: String,
    /// Where.
    pub channel_id: String,
    /// The channel's name; `directmessage` in a conversation with one person.
    pub channel_name: String,
    /// The workspace; absent only from installs for a whole organisation.
    pub team_id: Option<String>,
    /// The organisation.
    pub enterprise_id: Option<String>,
    /// Opens one modal within three seconds.
    pub trigger_id: String,
    /// Takes five answers within half an hour.
    pub response_url: String,
}

impl Command {
    /// Reads the body of the request. Whatever is not a form reads as one without fields.
    pub fn parse(body: &[u8]) -> Result<Self, InboundError> {
        let field = |name: &str| {
            form_urlencoded::parse(body)
                .find(|(field, value)| field == name && !value.is_empty())
                .map(|(_, value)| value.into_owned())
        };
        let need = |name: &'static str| field(name).ok_or(InboundError::Missing { field: name });
        if field("ssl_check").as_deref() == Some("1") {
            return Ok(Command::SslCheck);
        }
        Ok(Command::Run(Box::new(SlashCommand {
            command: need("command")?,
            text: unescape(&field("text").unwrap_or_default()),
            user_id: need("user_id")?,
            channel_id: need("channel_id")?,
            channel_name: field("channel_name").unwrap_or_default(),
            team_id: field("team_id"),
            enterprise_id: field("enterprise_id"),
            trigger_id: need("trigger_id")?,
            response_url: need("response_url")?,
        })))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &str = "token=x&team_id=T1&team_domain=acme&channel_id=C1&channel_name=ops&user_id=U1&user_name=ana&command=%2Fops&text=ack+7%20%26lt%3B+now&api_app_id=A1&is_enterprise_install=false&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1&trigger_id=1.2.3";

    #[test]
    fn a_command_is_read() {
        assert_eq!(
            Command::parse(BODY.as_bytes()),
            Ok(Command::Run(Box::new(SlashCommand {
                command: "/ops".into(),
                text: "ack 7 < now".into(),
                user_id: "U1".into(),
                channel_id: "C1".into(),
                channel_name: "ops".into(),
                team_id: Some("T1".into()),
                enterprise_id: None,
                trigger_id: "1.2.3".into(),
                response_url: "https://hooks.slack.com/commands/1".into(),
            })))
        );
    }

    #[test]
    fn a_command_without_words_has_an_empty_text() {
        for body in [BODY.replace("&text=ack+7%20%26lt%3B+now", ""), BODY.replace("ack+7%20%26lt%3B+now", "")]
        {
            let Ok(Command::Run(command)) = Command::parse(body.as_bytes()) else { panic!("{body}") };
            assert_eq!(command.text, "");
        }
    }

    #[test]
    fn a_certificate_check_is_no_command() {
        assert_eq!(Command::parse(b"ssl_check=1&token=x"), Ok(Command::SslCheck));
    }

    #[test]
    fn what_is_missing_is_named() {
        for field in ["command", "user_id", "channel_id", "trigger_id", "response_url"] {
            let body = BODY.replace(&format!("{field}="), &format!("no_{field}="));
            assert_eq!(Command::parse(body.as_bytes()), Err(InboundError::Missing { field }));
        }
        assert_eq!(
            Command::parse(&[0xFF, 0x00, b'%', b'z']),
            Err(InboundError::Missing { field: "command" })
        );
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Command::parse(&body).is_err());
        }
    }
}
