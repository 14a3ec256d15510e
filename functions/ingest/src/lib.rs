//! Ingest: the door for everything that has something to report. It checks who is there, and puts what they brought, as it
//! is, into the `signals` queue; once that is durable it says 200. It understands nothing: what a notification means is the
//! router's business, so that a payload that nobody understands is never refused.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use jiff::Timestamp;
use serde_json::json;
use shared::core::raw::Raw;
use shared::deps::Deps;
use shared::door;
use shared::metrics::{self, Taken};
use shared::sources::{self, Opened, headers, is_name, mail};

mod access;
mod api;
mod cut;
mod events;
mod handshake;
mod refusal;

use access::Entered;
pub use events::handle_event;
use refusal::Refusal;

/// Handles a request to `/hooks`, `/hooks/{source}`, `/hooks/{source}/{token}` or `/sns`, or to an address of another tool's API.
pub async fn handle(request: Request<Bytes>, deps: &Deps) -> Response<Bytes> {
    let now = deps.clock.now();
    match api::handle(&request, deps, now).await {
        Some(answer) => answer,
        None => take(&request, deps, now).await.unwrap_or_else(Into::into),
    }
}

async fn take(request: &Request<Bytes>, deps: &Deps, now: Timestamp) -> Result<Response<Bytes>, Refusal> {
    let Address { named, last_segment } = address(request.uri().path())?;
    if let Some(answer) = asked(request, named.as_deref(), deps) {
        return Ok(answer);
    }
    let brought = brought(request)?;
    let (mut raw, mut opened) = raw(brought.as_ref().unwrap_or(request), named, deps, now);
    let source = raw.source.clone().unwrap_or_default();
    if brought.is_some() && access::signs_body(&source, deps) {
        let remedy = "Send the notification as the body of a POST: what is signed is the body.";
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "only POST is taken of this source",
            remedy,
        ));
    }
    match enter(request, &source, last_segment, deps, now).await? {
        Entered::Notification => {}
        Entered::Answered(what) => {
            return Ok(door::answer(StatusCode::OK, &json!({ "ok": true, "did": what })));
        }
    }
    if source == access::SNS {
        // The topic is only the carrier: what it carries tells the source.
        raw.source = None;
    }
    if let Some(message) = mail::read(request.body()) {
        // Read here, since the queue carries a mebibyte of text, and a message may have attachments and any letters.
        (raw.body, opened) = (message.to_string(), None);
        if source == mail::NAME {
            // So is mail: a mapping of the team's own may know its sender.
            raw.source = None;
        }
    } else if raw.body.is_empty() {
        (raw.body, raw.note) = cut::to_size(request.body());
    }
    let opened = opened.unwrap_or_else(|| sources::open(&raw));
    raw.id = deps.sources.delivery_id(&raw, &opened).unwrap_or_else(|| door::request_id(request));
    let id = raw.id.clone();
    keep(&source, &[raw], deps).await?;
    Ok(door::answer(StatusCode::OK, &json!({ "ok": true, "id": id, "source": source })))
}

/// The answer to a source of the config's that only asks whether it may send.
fn asked(request: &Request<Bytes>, named: Option<&str>, deps: &Deps) -> Option<Response<Bytes>> {
    deps.config.source(named?)?;
    handshake::answer(request)
}

/// The request with its query as the body, a form: what is sent by those who can only call an address. `None` if it has a body
/// of its own.
fn brought(request: &Request<Bytes>) -> Result<Option<Request<Bytes>>, Refusal> {
    let blank = request.body().iter().all(u8::is_ascii_whitespace);
    let query = request.uri().query().filter(|query| blank && query.contains('='));
    match (request.method(), query) {
        (&Method::POST, None) if blank => {
            let remedy = "Send JSON or text, for example {\"title\": \"Disk full on db-1\", \"severity\": \"critical\"}.";
            Err(Refusal::new(StatusCode::BAD_REQUEST, "the body is empty", remedy))
        }
        (&Method::POST, None) => Ok(None),
        (&Method::GET | &Method::POST, Some(query)) => {
            let mut form = request.clone();
            *form.body_mut() = Bytes::from(query.to_owned());
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            form.headers_mut().insert(header::CONTENT_TYPE, kind);
            Ok(Some(form))
        }
        _ => {
            let remedy = "Send the notification as the body of a POST: curl -d '{\"title\": \"Hello\"}' URL";
            Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "only POST, and GET with a query, is taken here",
                remedy,
            ))
        }
    }
}

/// Lets a request in by the scheme of its source, and counts it if it is not.
async fn enter(
    request: &Request<Bytes>,
    source: &str,
    last_segment: Option<&str>,
    deps: &Deps,
    now: Timestamp,
) -> Result<Entered, Refusal> {
    let refused = |_: &_| metrics::signals(&deps.sources, source, Taken::Refused, 1);
    access::check(request, source, last_segment, deps, now).await.inspect_err(refused)
}

/// Puts notifications into the queue; the refusal that makes a sender try again if that fails.
async fn keep(source: &str, raws: &[Raw], deps: &Deps) -> Result<(), Refusal> {
    deps.queue.signals(raws).await.map_err(|error| {
        tracing::error!(%error, "a notification could not be stored and was refused");
        let remedy = "It was not taken. Send it again in a moment.";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the queue is not available", remedy)
    })?;
    for raw in raws {
        tracing::info!(%source, delivery = %raw.id, "notification taken in");
    }
    Ok(())
}

/// What an address says.
struct Address<'a> {
    /// The source, if it names one.
    named: Option<String>,
    /// What stands behind it, which is a secret.
    last_segment: Option<&'a str>,
}

fn address(path: &str) -> Result<Address<'_>, Refusal> {
    let mut parts = path.trim_matches('/').splitn(4, '/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("sns"), None, None, None) => {
            Ok(Address { named: Some(access::SNS.to_owned()), last_segment: None })
        }
        (Some("hooks"), None, None, None) => Ok(Address { named: None, last_segment: None }),
        (Some("hooks"), Some(name), last_segment, None) if is_name(name) => {
            Ok(Address { named: Some(name.to_owned()), last_segment })
        }
        (Some("hooks"), Some(_), None, None) => {
            let fault = "this is no name of a source";
            let remedy =
                "A name has up to 64 lower-case letters, digits and hyphens, such as /hooks/cloudwatch.";
            Err(Refusal::new(StatusCode::NOT_FOUND, fault, remedy))
        }
        _ => Err(nothing_here()),
    }
}

/// The answer at an address that nobody has.
fn nothing_here() -> Refusal {
    let remedy = "Send to /hooks/SOURCE, or to /hooks to have the source recognised.";
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this address", remedy)
}

/// The request as a notification, with its source where that can be told, and opened where it had to be for that. What is in it is
/// looked at no further before whoever sent it is let in.
fn raw(
    request: &Request<Bytes>,
    named: Option<String>,
    deps: &Deps,
    now: Timestamp,
) -> (Raw, Option<Opened>) {
    // A message is read only once it is let in.
    let is_mail = mail::looks_like(request.body());
    let (body, note) = if is_mail { Default::default() } else { cut::to_size(request.body()) };
    let mut raw = Raw {
        id: String::new(),
        source: named,
        headers: headers::visible(request.headers()),
        body,
        received_at: now,
        note,
    };
    if raw.source.is_none() && is_mail {
        raw.source = Some(mail::NAME.to_owned());
    }
    if raw.source.is_some() {
        return (raw, None);
    }
    let opened = sources::open(&raw);
    let found = deps.sources.recognise(&raw, &opened).map(|source| source.name().to_owned());
    raw.source = Some(found.unwrap_or_else(|| access::GENERIC.to_owned()));
    (raw, Some(opened))
}
