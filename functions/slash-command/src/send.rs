//! `send`: a message in a channel, from the person who typed it.

use jiff::Timestamp;
use shared::change::seen;
use shared::deps::Deps;
use shared::door;
use shared::slack::blocks::Message;
use shared::slack::client::Post;
use shared::slack::error::SlackError;
use shared::slack::inbound::SlashCommand;
use shared::store::StoreError;
use shared::text;

/// Sends it once, even if the same request comes twice. An answer that is lost is not tried again: the person is told.
pub(crate) async fn send(
    channel: &str,
    words: &str,
    typed: &SlashCommand,
    deps: &Deps,
    now: Timestamp,
) -> Result<Message, StoreError> {
    if !deps.store.claim(&seen("command", &typed.trigger_id, now), now).await? {
        return Ok(Message::text(text::answer::before()));
    }
    let began = door::began();
    let message = Message::text(text::answer::sent_by(&typed.user_id, words));
    Ok(Message::text(match deps.slack.post_message(&Post::new(channel, message)).await {
        Ok(posted) => {
            // The link is a courtesy, for which nobody waits: without it the message is there all the same.
            let slack = door::with_the_rest(&deps.slack, began);
            let link = slack.get_permalink(&posted.channel, &posted.ts).await.ok();
            text::answer::sent(channel, link.as_deref())
        }
        Err(error) if error.may_have_happened() => text::answer::maybe_sent(channel),
        Err(error) => {
            tracing::warn!(%error, "a message was not sent");
            text::answer::not_sent(channel, &code(&error))
        }
    }))
}

fn code(error: &SlackError) -> String {
    match error {
        SlackError::ChannelDead { code }
        | SlackError::BadBlocks { code, .. }
        | SlackError::Gone { code }
        | SlackError::Auth { code, .. }
        | SlackError::TooLate { code }
        | SlackError::Transient { code }
        | SlackError::Refused { code } => code.clone(),
        SlackError::RateLimited { .. } => "ratelimited".to_owned(),
        SlackError::NotSent { .. } | SlackError::Unknown { .. } | SlackError::AlreadyDone => {
            "no answer".to_owned()
        }
    }
}
