//! Buttons, menus and forms. A click changes the incident through `shared::change`, like everything else does, and the
//! courier makes the message say so; only who came late, or pressed what cannot be, is told something here.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use shared::change::{Changed, change, seen};
use shared::core::incident::{Answer, Event, IncidentId, Origin, Response as Said, Verb};
use shared::deps::Deps;
use shared::door;
use shared::present::control::{Asked, asked};
use shared::present::page;
use shared::slack::blocks::{Message, View};
use shared::slack::client::{Reply, Shown};
use shared::slack::error::SlackError;
use shared::slack::escape::{Mrkdwn, unescape};
use shared::slack::inbound::{Click, Interaction, Submission};
use shared::store::{Loaded, StoreError};
use shared::text;

/// Handles a request to `/slack/interactions`.
pub async fn handle(request: Request<Bytes>, deps: &Deps) -> Response<Bytes> {
    let deps = &door::in_time(deps);
    let now = deps.clock.now();
    if let Err(refusal) = door::from_slack(&request, &deps.secrets, now) {
        return refusal;
    }
    let interaction = match Interaction::parse(request.body()) {
        Ok(interaction) => interaction,
        Err(error) => {
            let remedy = "Slack sends a form with the field `payload`.";
            return door::refuse(StatusCode::BAD_REQUEST, &error.to_string(), remedy);
        }
    };
    let (id, began) = (door::request_id(&request), door::began());
    let tell = async |click: &Click, words| tell(click, words, began, deps).await;
    match interaction {
        Interaction::Click(click) => match clicked(&click, &id, deps, now).await {
            Ok(None) => door::done(),
            Ok(Some(words)) => {
                tell(&click, words).await;
                door::done()
            }
            Err(error) => {
                tracing::error!(request = %id, %error, "a click could not be carried out");
                if tell(&click, text::answer::failed(&id)).await {
                    return door::done();
                }
                // Then Slack says so itself, beside the button.
                door::refuse(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the click was not carried out",
                    "Press it again in a moment.",
                )
            }
        },
        Interaction::Submission(submission) => submitted(&submission, &id, deps, now).await,
        Interaction::Closed(_) | Interaction::Other { .. } => door::done(),
    }
}

/// Carries a click out. What to tell the person, if the message itself does not.
async fn clicked(
    click: &Click,
    request_id: &str,
    deps: &Deps,
    now: Timestamp,
) -> Result<Option<Mrkdwn>, StoreError> {
    let open = |id, view| open(click, request_id, id, deps, view);
    let value = click.selected.as_deref().or(click.value.as_deref()).unwrap_or_default();
    let Some((id, asked)) = asked(&click.action_id, value) else { return Ok(None) };
    match asked {
        Asked::Opened => Ok(None),
        Asked::Respond(verb) => {
            let message = click.message_ts.as_deref().unwrap_or_default();
            let identity = format!("{}/{message}/{}/{}", click.user, click.action_id, click.action_ts);
            let said = respond(&id, verb, &click.user, &identity, deps, now).await?;
            Ok(said.filter(|said| click.ephemeral || !said.shown).map(|said| said.words))
        }
        Asked::Note => open(&id, |loaded| page::note(&loaded.incident)).await,
        Asked::Why => open(&id, |loaded| page::why(&loaded.incident)).await,
        Asked::Timeline => open(&id, |loaded| page::timeline(&loaded.incident, &loaded.timeline)).await,
        Asked::Details => open(&id, |loaded| page::details(&loaded.incident)).await,
    }
}

/// What became of a response, in words.
struct Told {
    words: Mrkdwn,
    /// The incident's own message says it too: nobody has to be told who sees that one.
    shown: bool,
}

async fn respond(
    id: &IncidentId,
    verb: Verb,
    user: &str,
    identity: &str,
    deps: &Deps,
    now: Timestamp,
) -> Result<Option<Told>, StoreError> {
    let said = Said { verb: verb.clone(), by: user.to_owned(), origin: Origin::Button };
    let once = Some(seen("click", identity, now));
    let stores = (deps.store.as_ref(), deps.queue.as_ref());
    Ok(match change(stores, id, &[Event::Response(said)], once, &deps.config.rules, now).await? {
        Changed::Answered { answers, incident } => answers.first().map(|answer| Told {
            words: text::answer::response(answer, &verb, &incident),
            shown: *answer == Answer::Done,
        }),
        Changed::Before => None,
        Changed::NotFound => Some(Told { words: text::answer::gone(), shown: false }),
    })
}

/// Opens a form or a page; the trigger lives three seconds, so nothing comes before it but the one read it needs.
async fn open(
    click: &Click,
    request_id: &str,
    id: &IncidentId,
    deps: &Deps,
    view: fn(&Loaded) -> View,
) -> Result<Option<Mrkdwn>, StoreError> {
    let Some(loaded) = deps.store.incident(id).await? else { return Ok(Some(text::answer::gone())) };
    let Some(trigger) = &click.trigger_id else { return Ok(Some(text::answer::too_late())) };
    match deps.slack.views_open(trigger, &view(&loaded)).await {
        Ok(_) => Ok(None),
        Err(error @ (SlackError::TooLate { .. } | SlackError::Unknown { .. })) => {
            tracing::warn!(%error, "a form did not open in time");
            Ok(Some(text::answer::too_late()))
        }
        // Pressing again would not help.
        Err(error) => {
            tracing::error!(request = %request_id, %error, "a form could not be opened");
            Ok(Some(text::answer::failed(request_id)))
        }
    }
}

/// A form was sent. An answer of 200 without a body closes it; `errors` keeps it open with the reason under the field.
async fn submitted(form: &Submission, request_id: &str, deps: &Deps, now: Timestamp) -> Response<Bytes> {
    if form.callback_id != page::NOTE {
        return door::done();
    }
    let note =
        form.values.get(page::NOTE_FIELD).and_then(|values| values.first()).cloned().unwrap_or_default();
    let Some(id) = IncidentId::typed(&form.private_metadata) else {
        return field_error(&text::answer::gone());
    };
    match respond(&id, Verb::Note(note), &form.user, &form.view_id, deps, now).await {
        Ok(Some(Told { words, shown: false })) => field_error(&words),
        Ok(_) => door::done(),
        Err(error) => {
            tracing::error!(request = %request_id, %error, "a note could not be kept");
            field_error(&text::answer::failed(request_id))
        }
    }
}

/// Slack shows what stands under a field as plain text, so the markup goes.
fn field_error(words: &Mrkdwn) -> Response<Bytes> {
    let plain = unescape(&words.as_str().replace(['*', '`'], ""));
    let errors = serde_json::json!({ page::NOTE_FIELD: plain });
    door::answer(StatusCode::OK, &serde_json::json!({ "response_action": "errors", "errors": errors }))
}

/// Tells one person something, by the click's own address, or as an ephemeral message if that is used up. Whether it went.
async fn tell(click: &Click, words: Mrkdwn, began: door::Began, deps: &Deps) -> bool {
    let slack = || door::with_the_rest(&deps.slack, began);
    let message = Message::text(words);
    let answered = match &click.response_url {
        Some(url) => slack().respond(url, &Reply::new(Shown::Ephemeral, message.clone())).await,
        None => Err(SlackError::Gone { code: "no_response_url".to_owned() }),
    };
    let told = match (answered, &click.channel) {
        (Err(SlackError::Gone { .. }), Some(channel)) => {
            slack().post_ephemeral(channel, &click.user, &message, click.thread_ts.as_deref()).await
        }
        (answered, _) => answered,
    };
    if let Err(error) = &told {
        tracing::warn!(%error, "somebody could not be told what became of a click");
    }
    told.is_ok()
}
