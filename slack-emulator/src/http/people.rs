//! The people's API under `/_slack`: what a page or a script asks and does on behalf of people. Meant for the loopback
//! interface: there is no login.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::faults::Fault;
use crate::methods::files::mimetype;
use crate::people::{Act, Acted};

/// Who looks.
#[derive(Deserialize)]
pub(super) struct Viewer {
    #[serde(default)]
    user: String,
}

/// `GET /_slack/state?user=U...`; without a user, the first person looks.
pub(super) async fn state(State(emulator): State<Emulator>, Query(viewer): Query<Viewer>) -> Json<Value> {
    Json(emulator.read(|workspace, now| {
        let first = workspace.settings.users.first().map_or("", |person| person.id.as_str());
        let user = if viewer.user.is_empty() { first } else { &viewer.user };
        workspace.state_json(user, now)
    }))
}

/// `GET /_slack/channels/{id}/messages?user=U...`
pub(super) async fn messages(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    Query(viewer): Query<Viewer>,
) -> Response {
    found(
        emulator.read(|workspace, _| {
            Some(workspace.messages_json(&id, &workspace.messages_for(&id, &viewer.user)?))
        }),
    )
}

/// `GET /_slack/channels/{id}/threads/{ts}?user=U...`
pub(super) async fn thread(
    State(emulator): State<Emulator>,
    Path((id, ts)): Path<(String, String)>,
    Query(viewer): Query<Viewer>,
) -> Response {
    found(emulator.read(|workspace, _| {
        Some(workspace.messages_json(&id, &workspace.thread_for(&id, &ts, &viewer.user)?))
    }))
}

fn found(json: Option<Value>) -> Response {
    match json {
        Some(json) => Json(json).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "ok": false, "error": "not_found" }))).into_response(),
    }
}

/// `GET /_slack/stream`: the version now, and again after every change.
pub(super) async fn stream(
    State(emulator): State<Emulator>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send + 'static> {
    let mut versions = emulator.versions();
    versions.mark_changed();
    let events = unfold(versions, |mut versions| async move {
        versions.changed().await.ok()?;
        let version = *versions.borrow_and_update();
        Some((Ok(Event::default().data(json!({ "version": version }).to_string())), versions))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// The body of an act.
#[derive(Deserialize)]
pub(super) struct Doing {
    user: String,
    #[serde(rename = "do")]
    act: Act,
}

/// `POST /_slack/act`
pub(super) async fn act(State(emulator): State<Emulator>, body: axum::body::Bytes) -> Json<Acted> {
    match serde_json::from_slice::<Doing>(&body) {
        Ok(doing) => Json(emulator.act(&doing.user, doing.act).await),
        Err(error) => Json(Acted::error("invalid_act").with("detail", error.to_string().into())),
    }
}

/// `GET /_slack/faults`
pub(super) async fn faults(State(emulator): State<Emulator>) -> Json<Vec<Fault>> {
    Json(emulator.faults())
}

/// `POST /_slack/faults`
pub(super) async fn fail(State(emulator): State<Emulator>, body: axum::body::Bytes) -> Json<Value> {
    match serde_json::from_slice::<Fault>(&body) {
        Ok(fault) => {
            emulator.fail(fault);
            Json(json!({ "ok": true }))
        }
        Err(error) => Json(json!({ "ok": false, "error": "invalid_fault", "detail": error.to_string() })),
    }
}

/// `DELETE /_slack/faults`
pub(super) async fn clear_faults(State(emulator): State<Emulator>) -> Json<Value> {
    emulator.clear_faults();
    Json(json!({ "ok": true }))
}

/// `GET /_slack/log`
pub(super) async fn log(State(emulator): State<Emulator>) -> Json<Value> {
    Json(json!({ "calls": emulator.calls(), "requests": emulator.requests(), "counts": emulator.counts() }))
}

/// `GET /_slack/files/{id}`
pub(super) async fn file(State(emulator): State<Emulator>, Path(id): Path<String>) -> Response {
    let file = emulator.read(|workspace, _| {
        let file = workspace.state.files.get(&id)?;
        Some((mimetype(&file.name), file.bytes.clone()?))
    });
    match file {
        // An uploaded SVG or HTML must not run in the page's origin.
        Some((kind, bytes)) => (
            [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'")],
            bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
