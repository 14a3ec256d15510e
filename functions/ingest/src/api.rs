//! The addresses of other tools' APIs, so that whatever pages PagerDuty or Opsgenie, or sends to Alertmanager, pages Callboard
//! after a change of its URL.
//!
//! | address | whose | source |
//! | --- | --- | --- |
//! | `/v2/enqueue`, `/v2/change/enqueue` | PagerDuty's Events API v2 | `pagerduty-events` |
//! | `/api/v2/alerts` | Alertmanager's API v2 | `alertmanager` |
//! | `/v2/alerts...`, `/v2/heartbeats/{name}/ping` | Opsgenie's Alert and Heartbeat API | `opsgenie-api` |
//!
//! Each does the same: it lets the request in by the scheme of its source, puts what the path and the query say into the body
//! and takes a secret out of it, keeps it like any notification, and answers as the tool would. What it means is
//! said by the source's mapping, not here.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::core::raw::Raw;
use shared::deps::Deps;
use shared::door;
use shared::sources::headers;
use shared::sources::verify::Scheme;

use crate::{access, cut};

mod alertmanager;
mod opsgenie;
mod pagerduty;

/// Handles a request to an address of one of these APIs; `None` if it is none.
pub(crate) async fn handle(request: &Request<Bytes>, deps: &Deps, now: Timestamp) -> Option<Response<Bytes>> {
    let parts: Vec<&str> = request.uri().path().trim_matches('/').split('/').collect();
    Some(match parts.as_slice() {
        ["v2", "enqueue"] => pagerduty::handle(request, pagerduty::Kind::Alert, deps, now).await,
        ["v2", "change", "enqueue"] => pagerduty::handle(request, pagerduty::Kind::Change, deps, now).await,
        ["api", "v2", "alerts"] => alertmanager::handle(request, deps, now).await,
        ["v2", "alerts", rest @ ..] => opsgenie::alerts(request, rest, deps, now).await,
        ["v2", "heartbeats", name, "ping"] => opsgenie::ping(request, name, deps, now).await,
        _ => return None,
    })
}

/// The request with its key where `bearer` looks for one, if that is the scheme of the source: each of these APIs has a place of
/// its own for it. Any other scheme looks at the request as it is.
fn with_key(request: &Request<Bytes>, source: &str, key: Option<&str>, deps: &Deps) -> Request<Bytes> {
    let mut request = request.clone();
    let scheme = deps.config.source(source).and_then(|access| access::scheme(access, source, deps));
    let bearer = scheme == Some(&Scheme::Bearer);
    let value = key.filter(|_| bearer).and_then(|key| HeaderValue::try_from(format!("Bearer {key}")).ok());
    if let Some(value) = value {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    request
}

/// A body as a notification of a source, with the id of the request.
fn raw(request: &Request<Bytes>, source: &str, body: &Value, now: Timestamp) -> Raw {
    let (body, note) = cut::to_size(body.to_string().as_bytes());
    let headers = headers::visible(request.headers());
    Raw {
        id: door::request_id(request),
        source: Some(source.to_owned()),
        headers,
        body,
        received_at: now,
        note,
    }
}

/// A name for what its sender gave none: another one for each request.
fn made_up(request: &Request<Bytes>, now: Timestamp) -> String {
    short_hash(format!("{} {}", door::request_id(request), now.as_nanosecond()))
}

/// 32 hexadecimal digits.
fn short_hash(of: impl AsRef<[u8]>) -> String {
    let mut hash = hex::encode(Sha256::digest(of));
    hash.truncate(32);
    hash
}
