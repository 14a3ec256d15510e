//! What every HTTP door says: JSON answers with a word for the machine and a remedy for the person, and the check that a
//! request is Slack's.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::deps::{Deps, Secrets};
use crate::invoke::RequestId;
use crate::slack::client::Client;
use crate::slack::sign;

/// How long our calls to Slack may take while Slack waits for us. Slack waits three seconds
/// (<https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response>); the rest is for a cold start,
/// the store and the way back.
pub const IN_TIME: Duration = Duration::from_millis(1_500);

/// The same seams, where each call to Slack gives up in time for the answer.
pub fn in_time(deps: &Deps) -> Deps {
    Deps { slack: deps.slack.clone().timeout(IN_TIME), ..deps.clone() }
}

/// How long all calls to Slack of one request may take together.
const ALTOGETHER: Duration = Duration::from_millis(2_500);

/// A moment; tests move its clock.
pub type Began = Instant;

/// When the calls to Slack of a request begin, for [`with_the_rest`].
pub fn began() -> Began {
    Instant::now()
}

/// The client for a further call to Slack after one that began then: it has what is left of the time, and no longer than the
/// first one had.
pub fn with_the_rest(slack: &Client, began: Began) -> Client {
    slack.clone().timeout(ALTOGETHER.saturating_sub(began.elapsed()).min(IN_TIME))
}

/// A JSON answer.
pub fn answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

/// 200 and nothing to say.
pub fn done() -> Response<Bytes> {
    Response::new(Bytes::new())
}

/// A refusal that names the fault and the remedy.
pub fn refuse(status: StatusCode, fault: &str, remedy: &str) -> Response<Bytes> {
    answer(status, &json!({ "ok": false, "error": fault, "remedy": remedy }))
}

/// Whether the request is Slack's; the refusal if it is not.
///
/// # Errors
/// 401 with the check that failed, never with the expected value.
pub fn from_slack(
    request: &Request<Bytes>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), Response<Bytes>> {
    sign::verify(secrets.signing(), request.headers(), request.body(), now).map_err(|error| {
        tracing::warn!(%error, "a request that is not Slack's");
        let remedy = "Requests to this address have to be signed by Slack: compare the signing secret with the one in the app's settings.";
        refuse(StatusCode::UNAUTHORIZED, &error.to_string(), remedy)
    })
}

/// The id to quote when something fails.
pub fn request_id(request: &Request<Bytes>) -> String {
    request.extensions().get::<RequestId>().map_or_else(|| "unknown".to_owned(), |id| id.0.clone())
}
