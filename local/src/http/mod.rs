//! The addresses of this machine: those of the deployment (`template.yaml`), the Lambda invoke API, the runner's own, and
//! the page. Translation only.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use bytes::Bytes;
use shared::deps::Deps;
use shared::invoke::RequestId;
use tokio::net::TcpListener;

use crate::Trouble;
use crate::samples::Sample;
use crate::world::World;

mod invoke;
mod page;
mod report;
mod runner;

/// The largest request, in bytes, as API Gateway takes it
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>).
const LARGEST: usize = 10 * 1024 * 1024;

/// A listener on this machine only; port 0 takes a free one.
///
/// # Errors
/// The port is taken.
pub async fn listen(port: u16) -> Result<TcpListener, Trouble> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        Trouble::because(&format!("port {port} cannot be used (`--port` takes another one)"), error)
    })
}

/// Serves a world until the future is dropped.
///
/// # Errors
/// The listener fails.
pub async fn serve(world: Arc<World>, listener: TcpListener) -> std::io::Result<()> {
    let router = router(world.clone());
    match &world.slack {
        Some(slack) => slack.serve(listener, router).await,
        None => axum::serve(listener, router).await,
    }
}

fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/hooks", any(hooks))
        .route("/hooks/{source}", any(hooks))
        .route("/hooks/{source}/{token}", any(hooks))
        .route("/sns", any(hooks))
        .route("/v2/enqueue", any(hooks))
        .route("/v2/change/enqueue", any(hooks))
        .route("/api/v2/alerts", any(hooks))
        .route("/v2/alerts", any(hooks))
        .route("/v2/alerts/{identifier}", any(hooks))
        .route("/v2/alerts/{identifier}/{action}", any(hooks))
        .route("/v2/heartbeats/{name}/ping", any(hooks))
        .route("/slack/commands", post(commands))
        .route("/slack/interactions", post(interactions))
        .route("/slack/events", post(events))
        .route("/2015-03-31/functions/{name}/invocations", post(invoke::invoke))
        .route("/_local/clock", get(runner::clock).post(runner::move_clock))
        .route("/_local/incidents", get(runner::incidents))
        .route("/_local/dead", get(runner::dead).post(runner::put_back))
        .route("/_local/reports/{name}", get(report::report))
        .route("/_local/drain", post(runner::drain))
        .route("/_local/events", get(runner::samples))
        .route("/_local/try", post(runner::try_out))
        .route("/_local/events/{source}/{name}", get(runner::sample))
        .route("/_local/send", post(runner::send))
        .fallback(page::file)
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(world)
}

/// The four doors, each by the function that is behind it in the deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `/hooks`, `/sns`, and the addresses of other tools' APIs.
    Ingest,
    /// `/slack/commands`.
    Commands,
    /// `/slack/interactions`.
    Interactions,
    /// `/slack/events`.
    Events,
}

/// Hands a request to a function.
pub async fn enter(door: Door, request: http::Request<Bytes>, deps: &Deps) -> http::Response<Bytes> {
    match door {
        Door::Ingest => ingest::handle(request, deps).await,
        Door::Commands => slash_command::handle(request, deps).await,
        Door::Interactions => interaction::handle(request, deps).await,
        Door::Events => slack_events::handle(request, deps).await,
    }
}

/// Sends a sample to its hook, without the network.
pub(crate) async fn sample_request(sample: &Sample, world: &World) -> Result<http::Response<Bytes>, Trouble> {
    let mut request = http::Request::post(sample.path.as_str()).extension(world.next_request());
    for (name, value) in &sample.headers {
        request = request.header(name, value);
    }
    let request = request.body(Bytes::from(sample.body.clone()));
    let request = request.map_err(|error| Trouble::because("a header of the sample is none", error))?;
    Ok(enter(Door::Ingest, request, &world.deps).await)
}

async fn hooks(State(world): State<Arc<World>>, request: Request) -> Response {
    through(Door::Ingest, request, &world).await
}

async fn commands(State(world): State<Arc<World>>, request: Request) -> Response {
    through(Door::Commands, request, &world).await
}

async fn interactions(State(world): State<Arc<World>>, request: Request) -> Response {
    through(Door::Interactions, request, &world).await
}

async fn events(State(world): State<Arc<World>>, request: Request) -> Response {
    through(Door::Events, request, &world).await
}

async fn through(door: Door, request: Request, world: &World) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return (http::StatusCode::PAYLOAD_TOO_LARGE, "{\"ok\":false,\"error\":\"10 MB is the most\"}")
            .into_response();
    };
    let mut request = http::Request::from_parts(parts, body);
    request.extensions_mut().insert(world.next_request());
    enter(door, request, &world.deps).await.map(axum::body::Body::from).into_response()
}

impl World {
    /// The id that API Gateway would give the next request.
    pub(crate) fn next_request(&self) -> RequestId {
        let number = self.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let now = shared::deps::Clock::now(self.clock.as_ref()).as_millisecond();
        RequestId(format!("local-{now:x}-{number}"))
    }
}
