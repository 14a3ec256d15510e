//! What senders ask before they send anything: whether the address is there, and whether whoever has it wants to hear from
//! them. The answer gives back what was sent, in the place where the sender looks for it, and never as something that a browser would
//! run. Nothing is kept, so nothing is verified but that the config names the source. To add one, add a row to [`answer`].
//!
//! | who asks | how | what it wants to hear |
//! | --- | --- | --- |
//! | [CloudEvents](https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection), Azure Event Grid | `OPTIONS` with `WebHook-Request-Origin` | `WebHook-Allowed-Origin` |
//! | [Azure Event Grid](https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema) | an event with a `validationCode` | `validationResponse` |
//! | [Okta](https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request) | `GET` with `X-Okta-Verification-Challenge` | `verification` |
//! | [Microsoft Graph](https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks#notificationurl-validation) | `POST` with `?validationToken=` | the token as text |
//! | [Dropbox](https://www.dropbox.com/developers/reference/webhooks) and others | `GET` with `?challenge=` | the challenge as text |
//! | [monday.com](https://developer.monday.com/api-reference/reference/webhooks), Slack and others | a body with nothing but a `challenge` | the same `challenge` |
//! | [Trello](https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#creating-a-webhook) | `HEAD` | 200 |

use bytes::Bytes;
use http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use shared::door;

/// The longest text that is given back.
const LONGEST: usize = 4_096;

/// The answer to whoever only asks; `None` if something is brought.
pub(crate) fn answer(request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let asked = |name: &str| request.headers().get(name).filter(|value| value.len() <= LONGEST);
    match *request.method() {
        Method::HEAD => Some(door::done()),
        Method::OPTIONS => Some(allowed(asked("webhook-request-origin")?)),
        Method::GET => match asked("x-okta-verification-challenge").and_then(|value| value.to_str().ok()) {
            Some(challenge) => Some(told(&json!({ "verification": challenge }))),
            None => Some(text(parameter(request, "challenge")?)),
        },
        Method::POST => match parameter(request, "validationToken") {
            Some(token) if request.body().is_empty() => Some(text(token)),
            _ => in_body(request.body()),
        },
        _ => None,
    }
}

fn in_body(body: &[u8]) -> Option<Response<Bytes>> {
    // An event with a code has some hundred bytes: longer bodies are not read twice.
    let value: Value = serde_json::from_slice(body).ok().filter(|_| body.len() <= LONGEST)?;
    match &value {
        Value::Array(events) => {
            let event = events.first()?;
            let kind = event.get("eventType")?.as_str()?;
            let code = event.pointer("/data/validationCode")?.as_str()?;
            (kind == "Microsoft.EventGrid.SubscriptionValidationEvent")
                .then(|| told(&json!({ "validationResponse": code })))
        }
        Value::Object(fields) => {
            let challenge = fields.get("challenge")?.as_str()?;
            let asks = fields.get("type").is_some_and(|kind| kind == "url_verification");
            (asks || fields.len() == 1).then(|| told(&json!({ "challenge": challenge })))
        }
        _ => None,
    }
}

/// The only parameter, if it has this name: beside others it may be a field of something that is brought.
fn parameter(request: &Request<Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().filter(|query| !query.contains('&'))?;
    let (found, value) = form_urlencoded::parse(query.as_bytes()).next()?;
    (found == name && !value.is_empty() && value.len() <= LONGEST).then(|| value.into_owned())
}

fn told(body: &Value) -> Response<Bytes> {
    door::answer(StatusCode::OK, body)
}

/// As plain text, which no browser may take for anything else.
fn text(text: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn allowed(origin: &HeaderValue) -> Response<Bytes> {
    let mut response = door::done();
    response.headers_mut().insert("webhook-allowed-origin", origin.clone());
    response.headers_mut().insert("webhook-allowed-rate", HeaderValue::from_static("*"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, uri: &str, header: Option<(&str, &str)>, body: &str) -> Option<(u16, String)> {
        let mut request = Request::builder().method(method).uri(uri);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let answer = answer(&request.body(Bytes::from(body.to_owned())).unwrap())?;
        let kind = answer.headers().get(CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap());
        assert!(
            answer.body().is_empty()
                || kind.starts_with("application/json")
                || kind.starts_with("text/plain")
        );
        Some((answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).unwrap()))
    }

    #[test]
    fn who_asks_gets_back_what_they_sent() {
        let okta = Some(("x-okta-verification-challenge", "abc"));
        let grid = r#"[{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "abc"}}]"#;
        for (method, uri, header, body, expected) in [
            ("GET", "/hooks/okta", okta, "", r#"{"verification":"abc"}"#),
            ("GET", "/hooks/dropbox?challenge=a%3Cb", None, "", "a<b"),
            ("POST", "/hooks/graph?validationToken=a+b", None, "", "a b"),
            ("POST", "/hooks/grid", None, grid, r#"{"validationResponse":"abc"}"#),
            ("POST", "/hooks/monday", None, r#"{"challenge": "abc"}"#, r#"{"challenge":"abc"}"#),
            (
                "POST",
                "/hooks/x",
                None,
                r#"{"type": "url_verification", "token": "t", "challenge": "abc"}"#,
                r#"{"challenge":"abc"}"#,
            ),
            ("HEAD", "/hooks/trello", None, "", ""),
        ] {
            assert_eq!(asked(method, uri, header, body), Some((200, expected.to_owned())), "{method} {uri}");
        }
        let request =
            Request::builder().method("OPTIONS").header("webhook-request-origin", "eventgrid.azure.net");
        let answer = answer(&request.body(Bytes::new()).unwrap()).unwrap();
        assert_eq!(answer.headers()["webhook-allowed-origin"], "eventgrid.azure.net");
    }

    #[test]
    fn a_notification_is_no_question() {
        let long = format!("/hooks/x?challenge={}", "a".repeat(LONGEST + 1));
        for (method, uri, body) in [
            ("POST", "/hooks/x", r#"{"title": "Full", "challenge": "abc"}"#),
            ("POST", "/hooks/x", r#"{"challenge": 7}"#),
            ("POST", "/hooks/x?validationToken=a", r#"{"title": "Full"}"#),
            ("POST", "/hooks/x", r#"[{"eventType": "Other", "data": {"validationCode": "abc"}}]"#),
            ("POST", "/hooks/x", "[]"),
            ("POST", "/hooks/x", "challenge"),
            ("GET", "/hooks/x?title=Full", ""),
            ("GET", "/hooks/x?challenge=", ""),
            ("GET", "/hooks/x?challenge=web-1&title=Solved", ""),
            ("GET", &long, ""),
            ("OPTIONS", "/hooks/x", ""),
            ("DELETE", "/hooks/x", ""),
        ] {
            assert_eq!(asked(method, uri, None, body), None, "{method} {uri} {body}");
        }
    }
}
