//! Answering through the response URL that came with a command or a click: five times within half an hour, in any channel.
//! The address comes from outside, so it is followed to Slack's own host (or the emulator's) only, and our token stays here.
//!
//! Contract: <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>

use http::{StatusCode, header};
use serde::Serialize;

use super::{Client, Url, refusal};
use crate::slack::blocks::Message;
use crate::slack::error::SlackError;

const SLACKS_HOST: &str = "hooks.slack.com";

/// An answer to a command or a click. Also what the HTTP answer to a command may hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reply {
    response_type: Shown,
    replace_original: bool,
    delete_original: bool,
    #[serde(flatten)]
    message: Message,
}

/// Who sees an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The person who asked.
    Ephemeral,
    /// Everybody in the channel.
    InChannel,
}

impl Reply {
    /// A message to the person who asked, or to all.
    pub fn new(shown: Shown, message: Message) -> Self {
        Reply {
            response_type: shown,
            replace_original: false,
            delete_original: false,
            message: message.fit(),
        }
    }

    /// A message instead of the one that was clicked.
    pub fn replacing(message: Message) -> Self {
        Reply { replace_original: true, ..Reply::new(Shown::Ephemeral, message) }
    }

    /// Takes away the message that was clicked.
    pub fn deleting() -> Self {
        Reply { delete_original: true, ..Reply::new(Shown::Ephemeral, Message::default()) }
    }
}

impl Client {
    /// Sends an answer to a response URL. [`SlackError::Gone`] if it is used up: say it with [`Client::post_ephemeral`].
    pub async fn respond(&self, response_url: &str, reply: &Reply) -> Result<(), SlackError> {
        let address = self.followed(response_url).ok_or_else(not_followed)?;
        let body =
            serde_json::to_vec(reply).map_err(|error| SlackError::Refused { code: error.to_string() })?;
        let request = self.http.post(address).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        let answer = self.exchange(request.body(body)).await?;
        answer.limited()?;
        // Slack answers with a bare "ok", with JSON, or with a 404 once the address is used up.
        let code = answer.body.as_ref().and_then(|body| body.get("error")?.as_str());
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                Err(SlackError::Gone { code: code.unwrap_or("expired_url").to_owned() })
            }
            status if code.is_some() || status.is_client_error() => {
                Err(refusal(&answer.body.unwrap_or_default(), answer.retry_after))
            }
            status if status.is_success() => Ok(()),
            status => Err(SlackError::Unknown { why: format!("HTTP {}", status.as_u16()) }),
        }
    }

    /// The address, if it is one of Slack's or lies where our base URL lies. Never anywhere else.
    fn followed(&self, response_url: &str) -> Option<Url> {
        let address = Url::parse(response_url).ok()?;
        let anonymous = address.username().is_empty() && address.password().is_none();
        let slacks = address.scheme() == "https"
            && address.host_str() == Some(SLACKS_HOST)
            && address.port_or_known_default() == Some(443);
        let ours = matches!(address.scheme(), "http" | "https") && address.origin() == self.base.origin();
        (anonymous && (slacks || ours)).then_some(address)
    }
}

fn not_followed() -> SlackError {
    SlackError::Refused { code: "not_a_response_url".to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::slack::client::http;
    use crate::slack::escape::Mrkdwn;

    #[test]
    fn only_slacks_host_and_our_own_are_followed() {
        let client = |base: &str| Client::new(base.parse().unwrap(), "xoxb".into(), http().build().unwrap());
        let (slack, local) = (client("https://slack.com/"), client("http://127.0.0.1:8080/"));
        for (address, by_slack, by_local) in [
            ("https://hooks.slack.com/actions/T1/2/3", true, true),
            ("https://hooks.slack.com:443/commands/1/2", true, true),
            ("http://127.0.0.1:8080/response/7", false, true),
            ("http://127.0.0.1:8081/response/7", false, false),
            ("https://127.0.0.1:8080/response/7", false, false),
            ("http://hooks.slack.com/actions", false, false),
            ("https://hooks.slack.com:8443/actions", false, false),
            ("https://hooks.slack.com.evil.example/actions", false, false),
            ("https://hooks.slack.com@evil.example/", false, false),
            ("https://user@hooks.slack.com/", false, false),
            ("https://evil.example/?hooks.slack.com", false, false),
            ("https://evil.example\\@hooks.slack.com/", false, false),
            ("http://169.254.169.254/latest/meta-data", false, false),
            ("http://[::1]:8080/", false, false),
            ("file:///etc/passwd", false, false),
            ("//hooks.slack.com/", false, false),
            ("", false, false),
        ] {
            assert_eq!(slack.followed(address).is_some(), by_slack, "{address}");
            assert_eq!(local.followed(address).is_some(), by_local, "{address}");
        }
    }

    #[test]
    fn a_reply_is_written_as_slack_documents_it() {
        let reply = Reply::new(Shown::InChannel, Message::text(Mrkdwn::ours("done")));
        assert_eq!(
            serde_json::to_value(reply).unwrap(),
            json!({"response_type": "in_channel", "replace_original": false, "delete_original": false,
                   "text": "done", "blocks": [], "attachments": []})
        );
    }
}
