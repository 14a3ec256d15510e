//! The Web API over real HTTP, against a base URL: Slack, or an emulator of it. This file holds the one way a call goes out and
//! the sorting of what comes back: done, surely not done, or unknown. The typed methods stand beside it by family:
//! `messages`, `channels`, `people`, `views`, `files`, `respond` (response URLs) and `find` (our own message, after a lost answer); `wire` carries.
//!
//! No retry, no sleep and no clock may enter: when to try again is the caller's decision, made from [`SlackError`]. Neither
//! the token nor an answer's body ever reaches an error or `Debug`.
//!
//! Contract: <https://docs.slack.dev/apis/web-api/> and the page of each method.

mod channels;
mod files;
mod find;
mod messages;
mod people;
mod respond;
mod views;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use self::channels::{Channel, Listed, ListedMetadata, Page, Query};
pub use self::files::{Upload, Uploaded};
pub use self::messages::{Metadata, Post, Posted};
pub use self::people::{Identity, User};
pub use self::respond::{Reply, Shown};
pub use self::views::OpenView;
pub use self::wire::Wire;
pub use reqwest::Url;

/// The scopes that the bot token needs, as `slack-manifest.yaml` asks for them.
pub const SCOPES: [&str; 11] = [
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "reactions:read",
];

use super::error::SlackError;

/// How long a call may take in all, unless [`Client::timeout`] says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(8);

/// How long to wait where Slack says that we call too often, and not for how long.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(30);

/// The longest wait that we believe; longer ones are asked for again when this one is over.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// A Slack workspace as seen with one bot token. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    base: Url,
    token: SecretString,
    /// Writes requests; only the wire sends them.
    http: reqwest::Client,
    wire: Arc<dyn Wire>,
    timeout: Duration,
}

/// How an HTTP client for [`Client::new`] has to be: one second to connect, and no redirects, since a redirect would carry a
/// response URL to a host that nobody has checked. TLS is rustls with ring, for the whole process.
pub fn http() -> reqwest::ClientBuilder {
    // The first one stays; an error only says that there was one.
    let _first = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().connect_timeout(Duration::from_secs(1)).redirect(Policy::none()).referer(false)
}

impl Client {
    /// A client for the workspace that `token` belongs to. `base` is `https://slack.com/` or an emulator's address: methods
    /// are found under its `api/`. Build `http` from [`http()`].
    pub fn new(base: Url, token: SecretString, http: reqwest::Client) -> Self {
        Client { base, token, wire: Arc::new(http.clone()), http, timeout: DEFAULT_TIMEOUT }
    }

    /// The same client on another wire.
    pub fn on(self, wire: Arc<dyn Wire>) -> Self {
        Client { wire, ..self }
    }

    /// The same client with another limit for a whole call.
    pub fn timeout(self, timeout: Duration) -> Self {
        Client { timeout, ..self }
    }

    /// Calls a method that takes JSON.
    async fn json<A: DeserializeOwned>(&self, method: &str, body: &impl Serialize) -> Result<A, SlackError> {
        Ok(self.with_scopes(method, body).await?.0)
    }

    /// The same, with the scopes of the token.
    async fn with_scopes<A: DeserializeOwned>(
        &self,
        method: &str,
        body: &impl Serialize,
    ) -> Result<(A, Vec<String>), SlackError> {
        let body =
            serde_json::to_vec(body).map_err(|error| SlackError::Refused { code: error.to_string() })?;
        let request = self
            .http
            .post(self.address(method)?)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body);
        self.call(request).await
    }

    /// Calls a method that takes form fields only; absent ones are left out.
    async fn form<A: DeserializeOwned>(
        &self,
        method: &str,
        fields: &[(&str, Option<&str>)],
    ) -> Result<A, SlackError> {
        let fields: Vec<(&str, &str)> =
            fields.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
        Ok(self.call(self.http.post(self.address(method)?).form(&fields)).await?.0)
    }

    async fn call<A: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(A, Vec<String>), SlackError> {
        let request = request.bearer_auth(self.token.expose_secret());
        let mut answer = self.exchange(request).await?;
        let scopes = std::mem::take(&mut answer.scopes);
        serde_json::from_value(answer.accepted()?)
            .map(|answer| (answer, scopes))
            .map_err(|error| SlackError::Unknown { why: format!("the answer is not as documented: {error}") })
    }

    /// One request, one answer; `Err` only if there was none.
    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Answer, SlackError> {
        let request = request.timeout(self.timeout).build().map_err(wire::no_answer)?;
        let answer = self.wire.carry(request).await?;
        let (status, retry_after) = (answer.status(), retry_after(answer.headers()));
        let scopes = scopes(answer.headers());
        Ok(Answer { status, retry_after, scopes, body: serde_json::from_slice(answer.body()).ok() })
    }

    fn address(&self, method: &str) -> Result<Url, SlackError> {
        let mut address = self.base.clone();
        match address.path_segments_mut() {
            Ok(mut path) => path.pop_if_empty().extend(["api", method]),
            Err(()) => return Err(SlackError::NotSent { why: "the base URL cannot have a path".to_owned() }),
        };
        Ok(address)
    }
}

/// What came back, before anybody has judged it.
struct Answer {
    status: StatusCode,
    retry_after: Duration,
    scopes: Vec<String>,
    /// `None` if the body is not JSON.
    body: Option<Value>,
}

impl Answer {
    /// The body if it says `ok: true`, else what its error means.
    fn accepted(self) -> Result<Value, SlackError> {
        self.limited()?;
        let Some(body) = self.body else {
            return Err(SlackError::Unknown { why: format!("HTTP {} without JSON", self.status.as_u16()) });
        };
        match body.get("ok").and_then(Value::as_bool) {
            Some(true) if self.status.is_success() => Ok(body),
            Some(false) => Err(refusal(&body, self.retry_after)),
            _ => Err(SlackError::Unknown { why: format!("HTTP {} without `ok`", self.status.as_u16()) }),
        }
    }

    /// The outcomes that the status alone decides. Whatever a 5xx says, it may have happened.
    fn limited(&self) -> Result<(), SlackError> {
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            Err(SlackError::RateLimited { retry_after: self.retry_after })
        } else if self.status.is_server_error() {
            Err(SlackError::Unknown { why: format!("HTTP {}", self.status.as_u16()) })
        } else {
            Ok(())
        }
    }
}

/// What a body with `ok: false` means.
fn refusal(body: &Value, retry_after: Duration) -> SlackError {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let messages = body.pointer("/response_metadata/messages").and_then(Value::as_array);
    let messages =
        messages.into_iter().flatten().filter_map(|message| message.as_str().map(ToOwned::to_owned));
    let code = text("error").unwrap_or_else(|| "no_error_code".to_owned());
    SlackError::from_code(&code, messages.collect(), text("needed"), retry_after)
}

/// <https://docs.slack.dev/authentication/installing-with-oauth>
fn scopes(headers: &HeaderMap) -> Vec<String> {
    let told = headers.get("x-oauth-scopes").and_then(|value| value.to_str().ok()).unwrap_or_default();
    told.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

fn retry_after(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    seconds.map_or(DEFAULT_RETRY_AFTER, Duration::from_secs).min(MAX_RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: Option<Value>) -> Result<Value, SlackError> {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, retry_after: Duration::from_secs(3), scopes: Vec::new(), body }.accepted()
    }

    #[test]
    fn an_answer_is_done_surely_not_done_or_unknown() {
        let ok = json!({"ok": true});
        let refused = |error: &str| Some(json!({"ok": false, "error": error}));
        assert_eq!(answer(200, Some(ok.clone())), Ok(ok.clone()));
        assert_eq!(answer(429, None), Err(SlackError::RateLimited { retry_after: Duration::from_secs(3) }));
        assert_eq!(answer(429, Some(ok.clone())), answer(429, None));
        for (status, body) in [
            (500, Some(ok.clone())),
            (503, refused("service_unavailable")),
            (502, None),
            (200, None),
            (200, Some(json!([]))),
            (200, Some(json!({"ok": "yes"}))),
            (302, Some(ok)),
            (200, refused("fatal_error")),
        ] {
            let outcome = answer(status, body.clone()).unwrap_err();
            assert!(outcome.may_have_happened(), "{status} {body:?} {outcome:?}");
        }
        assert_eq!(
            answer(200, refused("no_such_code")),
            Err(SlackError::Refused { code: "no_such_code".into() })
        );
        assert_eq!(
            answer(200, Some(json!({"ok": false}))),
            Err(SlackError::Refused { code: "no_error_code".into() })
        );
    }

    #[test]
    fn a_refusal_keeps_what_slack_says_about_the_blocks() {
        let body = json!({"ok": false, "error": "invalid_blocks", "response_metadata": {"messages": ["[ERROR] too long", 7]}});
        assert_eq!(
            refusal(&body, Duration::ZERO),
            SlackError::BadBlocks {
                code: "invalid_blocks".into(),
                messages: vec!["[ERROR] too long".into()]
            }
        );
    }

    #[test]
    fn a_wait_is_believed_within_reason() {
        for (header, expected) in [
            (Some("7"), 7),
            (Some(" 7 "), 7),
            (Some("86400"), 900),
            (Some("soon"), 30),
            (Some("-1"), 30),
            (None, 30),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = header {
                headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            }
            assert_eq!(retry_after(&headers), Duration::from_secs(expected), "{header:?}");
        }
    }

    #[test]
    fn a_method_is_found_under_the_base_with_or_without_a_slash() {
        for (base, expected) in [
            ("https://slack.com", "https://slack.com/api/auth.test"),
            ("https://slack.com/", "https://slack.com/api/auth.test"),
            ("http://127.0.0.1:1/slack", "http://127.0.0.1:1/slack/api/auth.test"),
            ("http://127.0.0.1:1/slack/", "http://127.0.0.1:1/slack/api/auth.test"),
        ] {
            assert_eq!(client(base).address("auth.test").unwrap().as_str(), expected);
        }
        assert!(matches!(client("mailto:a@b").address("auth.test"), Err(SlackError::NotSent { .. })));
    }

    #[test]
    fn debug_never_shows_the_token() {
        assert!(!format!("{:?}", client("https://slack.com")).contains("canary"));
    }

    fn client(base: &str) -> Client {
        Client::new(base.parse().unwrap(), "xoxb-canary".into(), http().build().unwrap())
    }
}
