//! The app's side of HTTP: Web API calls in every form that Slack takes, with the faults that wait for them; posts to
//! response URLs; uploads. <https://docs.slack.dev/apis/web-api/using-the-web-api>

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequestParts, Path, RawQuery, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::connection::Cut;
use crate::answer::Answer;
use crate::args::Args;
use crate::emulator::Emulator;
use crate::faults::FaultKind;
use crate::log::LoggedCall;
use crate::people::ResponsePost;

/// The connection's handle, if the server gives one.
pub(super) struct Wire(Option<Cut>);

impl<S: Send + Sync> FromRequestParts<S> for Wire {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<ConnectInfo<Cut>>().map(|ConnectInfo(cut)| cut.clone())))
    }
}

impl Wire {
    fn drop(&self) -> Response {
        if let Some(cut) = &self.0 {
            cut.now();
        }
        StatusCode::BAD_GATEWAY.into_response()
    }
}

/// `/api/{method}`
pub(super) async fn method(
    State(emulator): State<Emulator>,
    Path(method): Path<String>,
    RawQuery(query): RawQuery,
    wire: Wire,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut args = Args::default();
    args.add_form(query.unwrap_or_default().as_bytes());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let readable = match kind.split(';').next().map(str::trim) {
        Some("application/json") => body.is_empty() || args.add_json(&body),
        _ => {
            args.add_form(&body);
            true
        }
    };
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).map(|token| token.trim().to_owned());
    let channel = args.text("channel");
    let (fault, answer) = emulator.change(|workspace, now| {
        let fault = workspace.take_fault(&method);
        let done = fault.as_ref().is_none_or(FaultKind::call_is_done);
        let answer = match (done, readable) {
            (true, true) => Some(workspace.call(&method, args, token, now)),
            (true, false) => Some(Answer::error("invalid_form_data")),
            (false, _) => None,
        };
        let outcome = match (&fault, &answer) {
            (Some(fault), _) => fault.name(),
            (None, Some(answer)) => answer.outcome(),
            (None, None) => "none",
        };
        let outcome = outcome.to_owned();
        workspace.state.log.call(LoggedCall { at: now, method: method.clone(), channel, outcome });
        (fault, answer)
    });
    match fault {
        None => answer.map(send).unwrap_or_default(),
        Some(fault) => suffer(fault, answer, &wire).await,
    }
}

async fn suffer(fault: FaultKind, answer: Option<Answer>, wire: &Wire) -> Response {
    match fault {
        FaultKind::DropBefore | FaultKind::DropAfter => wire.drop(),
        FaultKind::Status { status } => code(status).into_response(),
        FaultKind::Html { status } => {
            (code(status), Html("<html><body><h1>Something went wrong</h1></body></html>")).into_response()
        }
        FaultKind::Slow { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            answer.map(send).unwrap_or_default()
        }
        FaultKind::FatalErrorAfterStoring => send(Answer::error("fatal_error")),
        FaultKind::InternalError => send(Answer::error("internal_error")),
        FaultKind::RateLimited { retry_after } => send(Answer::rate_limited(retry_after)),
        FaultKind::Error { code } => send(Answer::error(&code)),
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn send(answer: Answer) -> Response {
    let mut response = (code(answer.status), Json(answer.body)).into_response();
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    let scopes = answer.scopes.into_iter();
    for (name, value) in
        scopes.flat_map(|s| [("x-oauth-scopes", s.granted), ("x-accepted-oauth-scopes", s.accepted)])
    {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// `POST /response/{id}`
pub(super) async fn response(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let message: Map<String, Value> = match serde_json::from_slice(&body) {
        Ok(Value::Object(message)) => message,
        _ => return refused(400, "invalid_payload"),
    };
    match emulator.change(|workspace, now| workspace.post_response(&id, message, now)) {
        ResponsePost::Done => "ok".into_response(),
        ResponsePost::Refused(status, code) => refused(status, code),
    }
}

fn refused(status: u16, error: &str) -> Response {
    (code(status), Json(json!({ "ok": false, "error": error }))).into_response()
}

/// `POST /upload/v1/{id}`: the bytes as they are, or as the one part of a multipart form.
pub(super) async fn upload(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(String::from);
    let Ok(body) = axum::body::to_bytes(request.into_body(), super::LARGEST_BODY).await else {
        return refused(413, "file_too_large");
    };
    let bytes = match kind.as_deref().and_then(boundary) {
        Some(boundary) => first_part(&body, boundary).map(<[u8]>::to_vec),
        None => Some(body.to_vec()),
    };
    let Some(bytes) = bytes else { return refused(400, "invalid_form_data") };
    let length = bytes.len();
    match emulator.change(|workspace, _| workspace.receive_file(&id, bytes)) {
        true => format!("OK - {length}").into_response(),
        false => refused(404, "file_not_found"),
    }
}

fn boundary(content_type: &str) -> Option<&str> {
    let (kind, rest) = content_type.split_once(';')?;
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    (kind.trim() == "multipart/form-data").then(|| boundary.trim_matches('"'))
}

/// The content of the first part: after its headers, up to the next boundary.
fn first_part<'a>(body: &'a [u8], boundary: &str) -> Option<&'a [u8]> {
    let start = find(body, b"\r\n\r\n")? + 4;
    let rest = body.get(start..)?;
    rest.get(..find(rest, format!("\r\n--{boundary}").as_bytes())?)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_of_a_form_is_the_file() {
        let kind = "multipart/form-data; boundary=\"xx\"";
        let body = b"--xx\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nby\r\ntes\r\n--xx--\r\n";
        assert_eq!(first_part(body, boundary(kind).unwrap()), Some(b"by\r\ntes".as_slice()));
        assert_eq!(first_part(b"nonsense", "xx"), None);
        assert_eq!(boundary("image/png"), None);
    }
}
