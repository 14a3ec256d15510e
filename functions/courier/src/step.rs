//! One step as one Slack call, and what its answer means for the post and for the channel.

use jiff::{SignedDuration, Timestamp};
use shared::core::incident::{Entry, Post};
use shared::core::outcome::{Outcome, backoff};
use shared::core::plan::Step;
use shared::core::view::Card;
use shared::deps::Deps;
use shared::metrics;
use shared::present::message;
use shared::slack::blocks::Message;
use shared::slack::client;
use shared::slack::error::SlackError;
use shared::store::{Channel, Loaded};
use shared::text;

/// The methods by which a channel's pace is kept.
pub(crate) const POST: &str = "chat.postMessage";
pub(crate) const UPDATE: &str = "chat.update";
pub(crate) const FIND: &str = "conversations.history";

/// By what kind of metadata we know our own messages again.
const EVENT_TYPE: &str = "callboard_post";

/// How far Slack's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_secs(120);

/// Calls Slack. The channel's record learns its id, its pace and whether it lives; the caller stores it.
pub(crate) async fn take(
    loaded: &Loaded,
    step: &Step,
    card: &Card,
    channel: &mut Channel,
    deps: &Deps,
) -> Outcome {
    let Some(post) = super::find(&loaded.incident, &channel.name) else { return Outcome::NotFound };
    let answer = match step {
        Step::Post => say(deps, channel, card_message(card, post), None, &root_key(loaded, channel)).await,
        Step::Line { entry, thread_ts } => match line(loaded, channel, entry) {
            Some((message, broadcast)) => {
                let key = line_key(loaded, channel, entry);
                say(deps, channel, message, Some((thread_ts, broadcast)), &key).await
            }
            None => return Outcome::Refused("no such line".to_owned()),
        },
        Step::Edit { ts } => match channel_id(post, channel) {
            Some(id) => deps.slack.update(&id, ts, &card_message(card, post)).await.map(|()| Outcome::Edited),
            None => return Outcome::Gone,
        },
        Step::Find { tried_at } => {
            look(deps, channel, post, &root_key(loaded, channel), *tried_at, None).await
        }
        Step::FindLine { entry, thread_ts, tried_at } => {
            let key = line_key(loaded, channel, entry);
            look(deps, channel, post, &key, *tried_at, Some(thread_ts)).await
        }
    };
    let outcome = match answer {
        Ok(outcome) => {
            channel.dead = None;
            outcome
        }
        Err(error) => failed(&error, step, channel, post, deps.clock.now()),
    };
    if let Outcome::Posted { channel_id, .. } = &outcome {
        channel.id = Some(channel_id.clone());
    }
    outcome
}

async fn say(
    deps: &Deps,
    channel: &mut Channel,
    message: Message,
    thread: Option<(&String, bool)>,
    key: &str,
) -> Result<Outcome, SlackError> {
    let target = channel.id.clone().unwrap_or_else(|| channel.name.clone());
    let mut post = client::Post::new(&target, message).known_as(EVENT_TYPE, key);
    if let Some((root, broadcast)) = thread {
        post = post.in_thread(root);
        post = if broadcast { post.broadcast() } else { post };
    }
    let mut posted = deps.slack.post_message(&post).await;
    if is_outside(&posted) && join(deps, channel).await {
        posted = deps.slack.post_message(&post).await;
    }
    let posted = posted?;
    Ok(Outcome::Posted { channel_id: posted.channel, ts: posted.ts })
}

/// Looks for a message that may be there.
async fn look(
    deps: &Deps,
    channel: &mut Channel,
    post: &Post,
    key: &str,
    tried_at: Timestamp,
    thread: Option<&String>,
) -> Result<Outcome, SlackError> {
    let id = match channel_id(post, channel) {
        Some(id) => id,
        None => match listed(deps, channel).await? {
            Some(id) => id,
            None => return Ok(Outcome::CannotLook),
        },
    };
    let oldest = tried_at.checked_sub(SKEW).unwrap_or(tried_at).as_second().to_string();
    let ours = client::Metadata { event_type: EVENT_TYPE.to_owned(), key: key.to_owned() };
    let thread = thread.map(String::as_str);
    let mut found = deps.slack.find_own(&id, &ours, &oldest, thread).await;
    // An app may post to a public channel without being in it, but not read there.
    if is_outside(&found) {
        deps.slack.conversations_join(&id).await?;
        found = deps.slack.find_own(&id, &ours, &oldest, thread).await;
    }
    Ok(match found? {
        Some(ts) => Outcome::Posted { channel_id: id, ts },
        None => Outcome::NotFound,
    })
}

/// The channel's id by its name. The list of channels is asked for once: Slack allows that twenty times a minute.
async fn listed(deps: &Deps, channel: &mut Channel) -> Result<Option<String>, SlackError> {
    let found = deps.slack.channel_named(&channel.name).await?;
    Ok(found.map(|found| channel.id.insert(found.id).clone()))
}

fn is_outside<T>(answer: &Result<T, SlackError>) -> bool {
    matches!(answer, Err(SlackError::ChannelDead { code }) if code == "not_in_channel")
}

/// Whether we are in the channel now. A public one takes everybody.
async fn join(deps: &Deps, channel: &mut Channel) -> bool {
    let id = match &channel.id {
        Some(id) => Ok(Some(id.clone())),
        None => listed(deps, channel).await,
    };
    let joined = match id {
        Ok(Some(id)) => deps.slack.conversations_join(&id).await.map(|_| true),
        Ok(None) => Ok(false),
        Err(error) => Err(error),
    };
    joined.unwrap_or_else(|error| {
        tracing::warn!(channel = channel.name, %error, "the channel cannot be joined");
        false
    })
}

/// What a failure means, for the post and for everybody else in the channel.
fn failed(error: &SlackError, step: &Step, channel: &mut Channel, post: &Post, now: Timestamp) -> Outcome {
    let looking = matches!(step, Step::Find { .. } | Step::FindLine { .. });
    let method = match step {
        Step::Post | Step::Line { .. } => POST,
        Step::Edit { .. } => UPDATE,
        Step::Find { .. } | Step::FindLine { .. } => FIND,
    };
    tracing::warn!(method, %error, "Slack did not do it");
    let mut hold = |pause: SignedDuration| {
        let pause = pause.max(SignedDuration::from_secs(1));
        let at = now.checked_add(pause).unwrap_or(now);
        channel.not_before.insert(method.to_owned(), at);
        at
    };
    match error {
        SlackError::RateLimited { retry_after } => {
            metrics::rate_limited(method);
            let pause = SignedDuration::try_from(*retry_after).unwrap_or(SignedDuration::from_secs(30));
            Outcome::Later { at: Some(hold(pause)) }
        }
        // Slack as a whole may be down: whoever is next in this channel need not find that out for itself.
        SlackError::Unknown { .. } if looking => {
            hold(backoff(post.failures + 1));
            Outcome::Later { at: None }
        }
        SlackError::Unknown { .. } => {
            hold(backoff(post.failures + 1));
            Outcome::Unknown
        }
        SlackError::NotSent { .. } | SlackError::Transient { .. } => {
            hold(backoff(post.failures + 1));
            Outcome::Later { at: None }
        }
        // A token without the scope never sees it; one that is being replaced will, and until then it may be there.
        SlackError::Auth { needed: Some(_), .. } if looking => Outcome::CannotLook,
        SlackError::ChannelDead { .. } | SlackError::Refused { .. } if looking => Outcome::CannotLook,
        SlackError::ChannelDead { code } => {
            // Another channel may have the name by now.
            channel.id = None;
            channel.dead = Some((code.clone(), now));
            Outcome::ChannelDead(code.clone())
        }
        SlackError::BadBlocks { .. } => Outcome::BadBlocks,
        SlackError::Gone { .. } => Outcome::Gone,
        SlackError::Auth { code, .. } => {
            tracing::error!(%code, "Slack refuses our token: nothing can be posted until it is replaced");
            Outcome::Later { at: Some(hold(SignedDuration::from_mins(1))) }
        }
        SlackError::AlreadyDone => Outcome::Edited,
        SlackError::TooLate { code } | SlackError::Refused { code } => Outcome::Refused(code.clone()),
    }
}

fn card_message(card: &Card, post: &Post) -> Message {
    if post.plain { message::plain_card(card) } else { message::card(card) }
}

fn line(loaded: &Loaded, channel: &Channel, entry: &str) -> Option<(Message, bool)> {
    let entry: &Entry = loaded.timeline.iter().find(|known| known.id == entry)?;
    let line = entry.lines.iter().find(|line| line.channel == channel.name)?;
    let words = text::line::thread(entry, &loaded.incident.content.title);
    Some((Message::text(words).fit(), line.broadcast))
}

fn channel_id(post: &Post, channel: &Channel) -> Option<String> {
    post.channel_id.clone().or_else(|| channel.id.clone())
}

fn root_key(loaded: &Loaded, channel: &Channel) -> String {
    format!("{}/{}", loaded.incident.id, channel.name)
}

fn line_key(loaded: &Loaded, channel: &Channel, entry: &str) -> String {
    format!("{}/{}/{entry}", loaded.incident.id, channel.name)
}
