//! The runner's own API, under `/_local`: the clock, every incident as it is stored, draining, dead letters, and
//! the samples.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::core::incident::{Incident, IncidentId, Post, State as IncidentState};
use shared::core::report::Report;
use shared::deps::Clock;
use shared::store::{Loaded, Store};

use super::sample_request;
use crate::samples::{self, Sample};
use crate::verbs::try_out;
use crate::world::{Done, World};

/// `GET /_local/clock`
pub(super) async fn clock(State(world): State<Arc<World>>) -> Response {
    axum::Json(time(&world)).into_response()
}

/// How the clock is to be moved.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Move {
    /// `{"advance": "15m"}`
    Advance(SignedDuration),
    /// `{"set": "2026-11-22T09:00:00Z"}`
    Set(Timestamp),
    /// `{"miss": "3h"}`: time passes, and nothing of ours runs.
    Miss(SignedDuration),
}

/// `POST /_local/clock`: moves it forward and does what became due on the way.
pub(super) async fn move_clock(State(world): State<Arc<World>>, body: String) -> Response {
    let wanted: Move = match serde_json::from_str(&body) {
        Ok(wanted) => wanted,
        Err(error) => {
            return refuse(&format!(
                "{error}; say {{\"advance\":\"15m\"}}, {{\"miss\":\"3h\"}} or {{\"set\":\"2026-11-22T09:00:00Z\"}}"
            ));
        }
    };
    let now = world.clock.now();
    let missed = matches!(wanted, Move::Miss(_));
    let to = match wanted {
        Move::Advance(by) | Move::Miss(by) => now.checked_add(by).ok(),
        Move::Set(to) => Some(to),
    };
    match to {
        Some(to) if to >= now && to.duration_since(now) <= MOST => {
            if missed {
                world.alone(async { world.clock.set(to) }).await;
            }
            let did = world.pass_until(to).await;
            let mut answer = time(&world);
            if let Some(fields) = answer.as_object_mut() {
                fields.insert("did".to_owned(), json!(did));
            }
            axum::Json(answer).into_response()
        }
        _ => refuse("the clock only goes forward, by at most 90 days at a time"),
    }
}

/// The farthest that the clock is moved at once; every minute on the way is ticked.
const MOST: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What a drain did, and what it could not do.
#[derive(Serialize)]
struct Drained {
    #[serde(flatten)]
    done: Done,
    /// Incidents that Slack does not show as they are.
    behind: usize,
}

/// `POST /_local/drain`
pub(super) async fn drain(State(world): State<Arc<World>>) -> Response {
    let done = world.drain().await;
    match world.store.behind(Timestamp::MAX, usize::MAX).await {
        Ok(behind) => axum::Json(Drained { done, behind: behind.len() }).into_response(),
        Err(error) => failed(&error),
    }
}

/// `GET /_local/dead`: the messages that failed so often that they are tried no more.
pub(super) async fn dead(State(world): State<Arc<World>>) -> Response {
    axum::Json(world.queue.dead_letters()).into_response()
}

/// `POST /_local/dead`: puts them back into their queues.
pub(super) async fn put_back(State(world): State<Arc<World>>) -> Response {
    match world.queue.put_back() {
        Ok(put_back) => axum::Json(json!({ "put_back": put_back })).into_response(),
        Err(error) => {
            let body = json!({ "ok": false, "error": error.to_string() });
            (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(body)).into_response()
        }
    }
}

/// `GET /_local/incidents`
pub(super) async fn incidents(State(world): State<Arc<World>>) -> Response {
    let mut incidents = Vec::new();
    let ids: Vec<IncidentId> = match world.store.incidents() {
        Ok(ids) => ids,
        Err(error) => return failed(&error),
    };
    for id in ids {
        match world.store.incident(&id).await {
            Ok(Some(loaded)) if is_begun(&loaded) => {}
            Ok(Some(loaded)) => incidents.push(loaded),
            Ok(None) => {}
            Err(error) => return failed(&error),
        }
    }
    incidents
        .sort_by(|a, b| (a.incident.opened_at, &a.incident.id).cmp(&(b.incident.opened_at, &b.incident.id)));
    axum::Json(incidents.iter().map(incident).collect::<Vec<_>>()).into_response()
}

fn incident(loaded: &Loaded) -> Value {
    let Loaded { incident, timeline } = loaded;
    let timeline: Vec<Value> = timeline
        .iter()
        .map(|entry| json!({ "id": entry.id, "at": entry.at, "by": entry.by, "what": entry.what, "lines": entry.lines }))
        .collect();
    json!({
        "id": incident.id,
        "route": incident.route,
        "key": incident.group,
        "state": incident.state.word(),
        "owner": owner(incident),
        "severity": incident.severity,
        "title": incident.content.title,
        "labels": incident.content.labels,
        "version": incident.version,
        "revision": incident.revision,
        "counts": incident.counts,
        "posts": incident.posts.iter().map(post).collect::<Vec<_>>(),
        "timeline": timeline,
    })
}

/// A schedule that is known: nothing that happened to anybody.
fn is_begun(loaded: &Loaded) -> bool {
    matches!(loaded.incident.content.report.as_deref(), Some(Report::Begun { .. }))
}

fn owner(incident: &Incident) -> Option<&shared::core::incident::Actor> {
    match &incident.state {
        IncidentState::Acknowledged { by, .. } => Some(by),
        _ => None,
    }
}

fn post(post: &Post) -> Value {
    json!({
        "channel": post.channel,
        "channel_id": post.channel_id,
        "ts": post.ts(),
        "shown_revision": post.shown_revision,
        "moved": post.moved,
        "failures": post.failures,
    })
}

/// `GET /_local/events`
pub(super) async fn samples(State(world): State<Arc<World>>) -> Response {
    axum::Json(samples::all(&world)).into_response()
}

/// `GET /_local/events/{source}/{name}`
pub(super) async fn sample(Path((source, name)): Path<(String, String)>) -> Response {
    match samples::find(&source, &name) {
        Some(sample) => axum::Json(sample).into_response(),
        None => {
            (StatusCode::NOT_FOUND, axum::Json(json!({ "ok": false, "error": "there is no such sample" })))
                .into_response()
        }
    }
}

/// What the page's drawer sends or tries.
#[derive(Deserialize)]
pub(super) struct Send {
    source: String,
    name: Option<String>,
    body: Option<String>,
}

/// `POST /_local/send`: sends a sample, as if it happened now, or what was typed, as it is.
pub(super) async fn send(State(world): State<Arc<World>>, axum::Json(send): axum::Json<Send>) -> Response {
    let Some(sample) = send.sample(&world) else { return refuse(NO_SAMPLE) };
    match sample_request(&sample, &world).await {
        Ok(answer) => {
            let body = String::from_utf8_lossy(answer.body());
            axum::Json(json!({ "status": answer.status().as_u16(), "body": body })).into_response()
        }
        Err(error) => refuse(&error.to_string()),
    }
}

/// `POST /_local/try`: what would become of it, by the rules as they stand in the files now. Nothing is sent.
pub(super) async fn try_out(State(world): State<Arc<World>>, axum::Json(send): axum::Json<Send>) -> Response {
    let Some(sample) = send.sample(&world) else { return refuse(NO_SAMPLE) };
    let now = world.clock.now();
    let raw = sample.raw(&send.source, now);
    match try_out::tried(raw, &send.source, world.rules.clone(), now).await {
        Ok(told) => axum::Json(json!({ "told": told })).into_response(),
        Err(trouble) => refuse(&trouble.to_string()),
    }
}

const NO_SAMPLE: &str = "there is no such sample, and no body";

impl Send {
    fn sample(&self, world: &World) -> Option<Sample> {
        let sample = self.name.as_deref().and_then(|name| samples::find(&self.source, name));
        match (self.body.clone(), sample) {
            (Some(body), None) => Some(Sample::plain(&self.source, body)),
            (Some(body), Some(sample)) => Some(Sample { body, ..sample }),
            (None, Some(sample)) => {
                Some(Sample { body: samples::as_of(&sample.body, world.clock.now()), ..sample })
            }
            (None, None) => None,
        }
    }
}

fn time(world: &World) -> Value {
    json!({
        "now": world.clock.now(),
        "offset_seconds": world.clock.offset().as_secs(),
        "frozen": world.clock.stands(),
    })
}

fn refuse(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, axum::Json(json!({ "ok": false, "error": error }))).into_response()
}

fn failed(error: &shared::store::StoreError) -> Response {
    let body = json!({ "ok": false, "error": error.to_string() });
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(body)).into_response()
}
