//! `doctor`: asks a deployment how it is, from outside: whether its doors are there and closed to strangers, and then, by a command
//! signed as Slack signs, everything that it can see itself.

use jiff::Timestamp;
use secrecy::SecretString;
use shared::slack::sign::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};

use super::tick::post;
use crate::Trouble;

/// A command as Slack sends it, from nobody in particular.
const COMMAND: &str = "command=%2Fops&text=doctor&user_id=U0DOCTOR&user_name=doctor&team_id=T0DOCTOR&channel_id=C0DOCTOR\
                       &channel_name=doctor&trigger_id=0.0.doctor&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F0";

/// Looks at the deployment at `url` (without a path) and tells what is well and what is not.
///
/// # Errors
/// Nothing answers there, a door is open, or something has to be mended; each with what was found.
pub async fn doctor(url: &str, secret: &SecretString, now: Timestamp) -> Result<String, Trouble> {
    let url = url.trim_end_matches('/');
    let commands = format!("{url}/slack/commands");
    let (status, answer) = post(&commands, COMMAND.to_owned(), &[form()]).await?;
    if status != 401 {
        return Err(Trouble(format!(
            "✗ {commands} answers {status} to a request that nobody has signed; 401 is right. Is that the address of a deployment? {answer}"
        )));
    }
    let at = now.as_second();
    let signed = [
        form(),
        (TIMESTAMP_HEADER.to_owned(), at.to_string()),
        (SIGNATURE_HEADER.to_owned(), sign(secret, at, COMMAND.as_bytes())),
    ];
    let (status, answer) = post(&commands, COMMAND.to_owned(), &signed).await?;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
    if status != 200 {
        let why = answer.get("error").and_then(|error| error.as_str()).unwrap_or("no reason");
        return Err(Trouble(format!(
            "✓ Its doors are there, and closed to strangers.\n✗ A signed command is answered {status}: {why}. Compare the signing secret with the one in the app's settings, and this machine's clock."
        )));
    }
    let told = format!("✓ Its doors are there, and closed to strangers.\n{}\n", lines(&answer));
    if told.contains("✗ ") { Err(Trouble(told)) } else { Ok(told) }
}

fn form() -> (String, String) {
    ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())
}

/// What the answer says, as text.
fn lines(answer: &serde_json::Value) -> String {
    let blocks = answer.get("blocks").and_then(|blocks| blocks.as_array());
    let texts = blocks.into_iter().flatten().filter_map(|block| block.pointer("/text/text")?.as_str());
    let texts: Vec<&str> = texts.collect();
    shared::slack::escape::unescape(&texts.join("\n")).replace('`', "")
}
