//! What people do without a button: an emoji on an incident's message, a reply in its thread. Slack repeats an event until it
//! gets a 200 and may tell the same message twice, as `message` and as `app_mention`; each has effect once, because its
//! identity is remembered with the change it made.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::change::{change, seen};
use shared::core::incident::{Event as Happened, IncidentId, Origin, Response as Said, Verb};
use shared::deps::Deps;
use shared::door;
use shared::slack::inbound::{Delivery, Event, Inbound, Message, Reaction};
use shared::store::{Seen, StoreError};

/// The emoji that acknowledges while it is there (<https://docs.slack.dev/reference/events/reaction_added>).
const ACK: &str = "eyes";
/// The emoji that resolves while it is there.
const RESOLVE: &str = "white_check_mark";

/// After so many repetitions Slack gives up, so the last one is not asked for again.
const LAST_RETRY: u32 = 3;

/// How long the order of somebody's emoji is remembered: longer than Slack repeats an event.
const ORDERED_FOR: SignedDuration = SignedDuration::from_hours(12);

/// Handles a request to `/slack/events`.
pub async fn handle(request: Request<Bytes>, deps: &Deps) -> Response<Bytes> {
    let now = deps.clock.now();
    if let Err(refusal) = door::from_slack(&request, &deps.secrets, now) {
        return refusal;
    }
    let delivery = match Inbound::parse(request.body()) {
        Ok(Inbound::Event(delivery)) => delivery,
        Ok(Inbound::UrlVerification { challenge }) => {
            return door::answer(StatusCode::OK, &json!({ "challenge": challenge }));
        }
        Ok(Inbound::RateLimited { .. }) => {
            tracing::error!("Slack has stopped sending events for a while: there are too many");
            return door::done();
        }
        Ok(Inbound::Other { .. }) => return door::done(),
        Err(error) => {
            return door::refuse(StatusCode::BAD_REQUEST, &error.to_string(), "Slack sends events as JSON.");
        }
    };
    match take(&delivery, request.headers(), deps, now).await {
        Ok(Taken::Done) => door::done(),
        Ok(Taken::TooEarly) => {
            let remedy = "Send it again: the message it is about is still being recorded.";
            door::refuse(StatusCode::SERVICE_UNAVAILABLE, "too early", remedy)
        }
        Err(error) => {
            tracing::warn!(%error, "an event could not be carried out; Slack sends it again");
            let remedy = "Send it again in a moment.";
            door::refuse(StatusCode::SERVICE_UNAVAILABLE, "the store is not available", remedy)
        }
    }
}

enum Taken {
    Done,
    /// It is about a message of ours that the courier has not recorded yet.
    TooEarly,
}

async fn take(
    delivery: &Delivery,
    headers: &HeaderMap,
    deps: &Deps,
    now: Timestamp,
) -> Result<Taken, StoreError> {
    let us = delivery.bot_user.as_ref();
    // Whether a message of ours should have been found: the courier records it a moment after Slack shows it.
    let taken = |found: bool, author: Option<&String>| match author {
        Some(author) if !found && us == Some(author) && retries(headers) < LAST_RETRY => Taken::TooEarly,
        _ => Taken::Done,
    };
    match &delivery.event {
        Event::Reaction(reaction) => {
            let Some(verb) = verb(reaction).filter(|_| us != Some(&reaction.user)) else {
                return Ok(Taken::Done);
            };
            // The event's own id differs between two installations of one app; who, what and when does not.
            let identity =
                format!("{}/{}/{}/{}", reaction.user, reaction.name, reaction.ts, reaction.event_ts);
            let once = seen("reaction", identity, now);
            let Some(id) = deps.store.by_post(&reaction.channel, &reaction.ts).await? else {
                return Ok(taken(false, reaction.item_user.as_ref()));
            };
            if is_newest(reaction, deps).await? {
                respond(&id, verb, (&reaction.user, Origin::Emoji), once, deps, now).await?;
            }
            Ok(Taken::Done)
        }
        Event::Message(message) => match reply(message) {
            None => Ok(Taken::Done),
            Some((user, root)) => {
                let found =
                    note((user, &message.channel, root, &message.ts, &message.text), deps, now).await?;
                Ok(taken(found, message.parent_user.as_ref()))
            }
        },
        Event::Mention(mention) => {
            if let Some(root) = mention.thread_ts.as_ref().filter(|_| mention.bot_id.is_none()) {
                note((&mention.user, &mention.channel, root, &mention.ts, &mention.text), deps, now).await?;
            }
            Ok(Taken::Done)
        }
        Event::HomeOpened(_) | Event::Other { .. } => Ok(Taken::Done),
    }
}

fn verb(reaction: &Reaction) -> Option<Verb> {
    // A skin tone comes as `name::skin-tone-2`.
    match (reaction.name.split("::").next().unwrap_or_default(), reaction.added) {
        (ACK, true) => Some(Verb::Ack),
        (ACK, false) => Some(Verb::Unack),
        (RESOLVE, true) => Some(Verb::Resolve),
        (RESOLVE, false) => Some(Verb::Reopen),
        _ => None,
    }
}

/// A person's reply in a thread: who, and under which message.
fn reply(message: &Message) -> Option<(&str, &str)> {
    let by_a_person =
        message.bot_id.is_none() && matches!(message.subtype.as_deref(), None | Some("thread_broadcast"));
    let root = message.thread_ts.as_deref().filter(|root| *root != message.ts)?;
    Some((message.user.as_deref().filter(|_| by_a_person)?, root))
}

/// Keeps a reply as a note; false if the message is none of ours. Its own place in the channel identifies it, however often
/// and as whatever it is told.
async fn note(
    (user, channel, root, ts, text): (&str, &str, &str, &str, &str),
    deps: &Deps,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(id) = deps.store.by_post(channel, root).await? else { return Ok(false) };
    let once = seen("reply", format!("{channel}/{ts}"), now);
    respond(&id, Verb::Note(text.to_owned()), (user, Origin::Thread), once, deps, now).await?;
    Ok(true)
}

async fn respond(
    id: &IncidentId,
    verb: Verb,
    (user, origin): (&str, Origin),
    once: Seen,
    deps: &Deps,
    now: Timestamp,
) -> Result<(), StoreError> {
    let said = Said { verb, by: user.to_owned(), origin };
    let stores = (deps.store.as_ref(), deps.queue.as_ref());
    change(stores, id, &[Happened::Response(said)], Some(once), &deps.config.rules, now).await?;
    Ok(())
}

/// Whether nothing newer is known of this person's emoji there. What is asked for again comes late: a person may have taken
/// the emoji away meanwhile, and that was heard first. The claim is judged by Slack's clock, so the newest one holds it, and
/// the same event again as well.
async fn is_newest(reaction: &Reaction, deps: &Deps) -> Result<bool, StoreError> {
    let Some(until) = at(&reaction.event_ts).and_then(|at| at.checked_add(ORDERED_FOR).ok()) else {
        return Ok(true);
    };
    let id = format!("{}/{}/{}/{}", reaction.user, reaction.name, reaction.channel, reaction.ts);
    deps.store.claim(&Seen { scope: "reaction-order".to_owned(), id, until }, until).await
}

/// A time as Slack writes it: seconds, and millionths after the dot.
fn at(event_ts: &str) -> Option<Timestamp> {
    let (seconds, fraction) = event_ts.split_once('.').unwrap_or((event_ts, ""));
    let nanoseconds: i32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Timestamp::new(seconds.parse().ok()?, nanoseconds).ok()
}

fn retries(headers: &HeaderMap) -> u32 {
    let number = headers.get("x-slack-retry-num").and_then(|value| value.to_str().ok());
    number.and_then(|value| value.parse().ok()).unwrap_or(0)
}
