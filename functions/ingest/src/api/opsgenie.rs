//! Opsgenie's Alert API v2, which ends in April 2027, and the ping of its Heartbeat API
//! (<https://docs.opsgenie.com/docs/alert-api>, <https://docs.opsgenie.com/docs/heartbeat-api>).
//!
//! What was sent goes into the queue with one more field, `opsgenie`, that holds what the address says: the `action` and
//! the alert's `alias`, which is its key. Nothing is looked up here, so an alert's id is its alias in base64url behind `alias-`,
//! and the id of a request ends with it. An alert without an alias gets one that is made up. Tiny ids are numbers that only Opsgenie has.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use shared::deps::Deps;
use shared::door;

use super::{made_up, raw, short_hash, with_key};
use crate::refusal::Refusal;

const SOURCE: &str = "opsgenie-api";

/// What the id of an alert begins with.
const ID: &str = "alias-";

/// What can be done to an alert, as the addresses name it.
const ACTIONS: [&str; 5] = ["acknowledge", "close", "notes", "snooze", "unacknowledge"];

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Create,
    Act {
        action: &'static str,
        alias: String,
    },
    /// What became of a request: it was kept, or nobody would know its id.
    Status {
        request: String,
    },
}

/// Handles what comes to `/v2/alerts` and below.
pub(super) async fn alerts(
    request: &Request<Bytes>,
    rest: &[&str],
    deps: &Deps,
    now: Timestamp,
) -> Response<Bytes> {
    let answer = match admit(request, deps, now).await.and_then(|()| asked(request, rest)) {
        Ok(Asked::Status { request: id }) => status(&id, now),
        Ok(asked) => keep(request, asked, deps, now).await.map(|alias| {
            let body =
                json!({ "result": "Request will be processed", "requestId": request_id(request, &alias) });
            (StatusCode::ACCEPTED, body)
        }),
        Err(refusal) => Err(refusal),
    };
    finished(request, answer, deps, now)
}

/// Takes the ping of a heartbeat.
pub(super) async fn ping(
    request: &Request<Bytes>,
    name: &str,
    deps: &Deps,
    now: Timestamp,
) -> Response<Bytes> {
    let answer = match admit(request, deps, now).await {
        Ok(()) => {
            let asked = Asked::Act { action: "ping", alias: decoded(name) };
            keep(request, asked, deps, now).await.map(|alias| {
                let id = request_id(request, &alias);
                (StatusCode::ACCEPTED, json!({ "result": "PONG - Heartbeat received", "requestId": id }))
            })
        }
        Err(refusal) => Err(refusal),
    };
    finished(request, answer, deps, now)
}

/// `Authorization: GenieKey <key>`, where `bearer` is the scheme of the source.
async fn admit(request: &Request<Bytes>, deps: &Deps, now: Timestamp) -> Result<(), Refusal> {
    let value = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = value
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("geniekey"));
    let key = key.map(|(_, key)| key.trim());
    crate::enter(&with_key(request, SOURCE, key, deps), SOURCE, None, deps, now).await.map(drop)
}

/// What the method and the address ask for. An alias may hold a slash, which arrives as it is where the way decodes it.
fn asked(request: &Request<Bytes>, rest: &[&str]) -> Result<Asked, Refusal> {
    let method = request.method();
    let nothing =
        || Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this address", "See docs/sources.md.");
    match rest {
        [] if method == Method::POST => Ok(Asked::Create),
        ["requests", id] if method == Method::GET => Ok(Asked::Status { request: (*id).to_owned() }),
        [name @ .., action] if method == Method::POST && !name.is_empty() => {
            let action = ACTIONS.into_iter().find(|known| known == action).ok_or_else(nothing)?;
            Ok(Asked::Act { action, alias: alias(request, &name.join("/"))? })
        }
        [_, ..] if method == Method::DELETE => {
            Ok(Asked::Act { action: "delete", alias: alias(request, &rest.join("/"))? })
        }
        _ => {
            let remedy =
                "Alerts are created, acknowledged, closed and noted here; what they are is shown in Slack.";
            Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this is not done here", remedy))
        }
    }
}

/// The alias of the alert that a path names by `identifierType`, which is `id` without a word
/// (<https://docs.opsgenie.com/docs/alert-api#alert-identifier>).
fn alias(request: &Request<Bytes>, name: &str) -> Result<String, Refusal> {
    let query = request.uri().query().unwrap_or_default();
    let kind = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "identifierType");
    let name = decoded(name);
    match kind.as_ref().map_or("id", |(_, kind)| kind.as_ref()) {
        "alias" => Ok(name),
        "id" => Ok(alias_of(&name).unwrap_or(name)),
        "tiny" => {
            Err(unprocessable("identifierType", "no alert has a tiny id here: name it by its alias or id"))
        }
        _ => Err(unprocessable("identifierType", "it is one of id, alias")),
    }
}

/// Keeps a request; the alias of the alert that it is about.
async fn keep(
    request: &Request<Bytes>,
    asked: Asked,
    deps: &Deps,
    now: Timestamp,
) -> Result<String, Refusal> {
    let mut sent = match serde_json::from_slice(request.body()) {
        Ok(Value::Object(sent)) => sent,
        _ if asked != Asked::Create && request.body().iter().all(u8::is_ascii_whitespace) => Map::new(),
        _ => return Err(unprocessable("body", "it is no JSON object")),
    };
    let text = |name: &str| sent.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let (action, alias) = match asked {
        Asked::Act { action, alias } => (action, alias),
        _ if text("message").is_none() => return Err(unprocessable("message", "it is missing or blank")),
        _ => ("create", text("alias").map_or_else(|| made_up(request, now), str::to_owned)),
    };
    sent.insert("opsgenie".to_owned(), json!({ "action": action, "alias": alias }));
    crate::keep(SOURCE, &[raw(request, SOURCE, &Value::Object(sent), now)], deps).await?;
    Ok(alias)
}

/// What became of a request: <https://docs.opsgenie.com/docs/alert-api#get-request-status>.
fn status(request: &str, now: Timestamp) -> Result<(StatusCode, Value), Refusal> {
    let id = request.split_once('.').map_or("", |(_, id)| id);
    let Some(alias) = alias_of(id) else {
        let remedy = "Ask by the requestId of an answer.";
        return Err(Refusal::new(StatusCode::NOT_FOUND, "there is no such request", remedy));
    };
    let data = json!({
        "success": true,
        "isSuccess": true,
        "action": "",
        "status": "Kept",
        "processedAt": now.to_string(),
        "integrationId": "",
        "alertId": id,
        "alias": alias,
    });
    Ok((StatusCode::OK, json!({ "data": data, "requestId": request })))
}

/// The answer in Opsgenie's form: <https://docs.opsgenie.com/docs/response>.
fn finished(
    request: &Request<Bytes>,
    answer: Result<(StatusCode, Value), Refusal>,
    deps: &Deps,
    now: Timestamp,
) -> Response<Bytes> {
    let (status, mut body) = answer.unwrap_or_else(|refusal| {
        let body = match refusal
            .fault
            .split_once(": ")
            .filter(|_| refusal.status == StatusCode::UNPROCESSABLE_ENTITY)
        {
            Some((field, fault)) => json!({ "message": refusal.remedy, "errors": { field: fault } }),
            None => json!({ "message": format!("{}. {}", refusal.fault, refusal.remedy) }),
        };
        (refusal.status, body)
    });
    if let Some(fields) = body.as_object_mut() {
        let took = deps.clock.now().duration_since(now);
        fields.insert("took".to_owned(), took.as_secs_f64().into());
        fields.entry("requestId").or_insert_with(|| door::request_id(request).into());
    }
    door::answer(status, &body)
}

fn unprocessable(field: &str, fault: &str) -> Refusal {
    let remedy = "Request body is not processable. Please check the errors.";
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{field}: {fault}"), remedy)
}

/// Another one for each request, with the alert's id behind a dot.
fn request_id(request: &Request<Bytes>, alias: &str) -> String {
    format!("{}.{ID}{}", short_hash(door::request_id(request)), URL_SAFE_NO_PAD.encode(alias))
}

/// The alias in an alert's id.
fn alias_of(id: &str) -> Option<String> {
    let decoded = URL_SAFE_NO_PAD.decode(id.strip_prefix(ID)?).ok();
    decoded.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|alias| !alias.is_empty())
}

fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, uri: &str) -> Request<Bytes> {
        Request::builder().method(method).uri(uri).body(Bytes::new()).unwrap()
    }

    fn asked_at(method: &str, uri: &str) -> Result<Asked, u16> {
        let request = request(method, uri);
        let path = request.uri().path().trim_start_matches("/v2/alerts").trim_matches('/').to_owned();
        let rest: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        asked(&request, &rest).map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn an_address_says_what_is_asked_of_which_alert() {
        let act = |action, alias: &str| Ok(Asked::Act { action, alias: alias.to_owned() });
        for (method, uri, expected) in [
            ("POST", "/v2/alerts", Ok(Asked::Create)),
            ("POST", "/v2/alerts/disk/close?identifierType=alias", act("close", "disk")),
            ("POST", "/v2/alerts/disk%20full/notes?identifierType=alias", act("notes", "disk full")),
            ("POST", "/v2/alerts/db%2F1/snooze?identifierType=alias", act("snooze", "db/1")),
            ("POST", "/v2/alerts/db/1/acknowledge?identifierType=alias", act("acknowledge", "db/1")),
            ("POST", "/v2/alerts/alias-ZGlzaw/close", act("close", "disk")),
            ("POST", "/v2/alerts/alias-ZGlzaw/close?identifierType=id", act("close", "disk")),
            ("POST", "/v2/alerts/70413a06-38d6/close", act("close", "70413a06-38d6")),
            ("POST", "/v2/alerts/alias-ZGlzaw/close?identifierType=alias", act("close", "alias-ZGlzaw")),
            ("DELETE", "/v2/alerts/disk?identifierType=alias", act("delete", "disk")),
            ("GET", "/v2/alerts/requests/a.b", Ok(Asked::Status { request: "a.b".to_owned() })),
            ("POST", "/v2/alerts/7/close?identifierType=tiny", Err(422)),
            ("POST", "/v2/alerts/7/close?identifierType=x", Err(422)),
            ("POST", "/v2/alerts/disk/explode", Err(404)),
            ("POST", "/v2/alerts/close", Err(405)),
            ("GET", "/v2/alerts", Err(405)),
            ("GET", "/v2/alerts/disk", Err(405)),
            ("PUT", "/v2/alerts/disk/message", Err(405)),
        ] {
            assert_eq!(asked_at(method, uri), expected, "{method} {uri}");
        }
    }

    #[test]
    fn whoever_has_the_id_of_a_request_has_the_alert() {
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        for alias in ["disk", "a/b c", "ä.b"] {
            let id = request_id(&request("POST", "/v2/alerts"), alias);
            let (_, body) = status(&id, now).unwrap();
            assert_eq!(body["data"]["alias"], alias);
            assert_eq!(alias_of(body["data"]["alertId"].as_str().unwrap()).as_deref(), Some(alias));
        }
        for id in ["", "a", "a.", "a.b", "a.alias-", "a.alias-/", "a.alias-_w"] {
            assert!(status(id, now).is_err(), "{id}");
        }
    }
}
