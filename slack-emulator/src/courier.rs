//! Sends requests to the app as Slack does: signed, with a short patience, following at most two redirects. The only room
//! that speaks to the app, over HTTP or to an app in the same process; what an answer means is decided elsewhere.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use hmac::{Hmac, Mac};
use reqwest::redirect::Policy;
use sha2::Sha256;

use crate::outbox::{Delivery, Heard};

/// What the app answers, or why it did not: `http_timeout`, `connection_failed`, ...
pub type Reaches<'a> =
    Pin<Box<dyn Future<Output = Result<axum::http::Response<Bytes>, &'static str>> + Send + 'a>>;

/// An app that is reached without the network: the patience is its own business.
pub trait App: Send + Sync {
    /// A signed request to one of the app's addresses.
    fn ask(&self, request: axum::http::Request<Bytes>) -> Reaches<'_>;
}

/// An app on the network.
struct Network(Result<reqwest::Client, &'static str>);

impl Network {
    fn new(timeout: Duration) -> Self {
        // Apps may listen on HTTPS. The process's first TLS provider stays; an error only says that there was one.
        let _first = rustls::crypto::ring::default_provider().install_default();
        let client =
            reqwest::Client::builder().timeout(timeout).redirect(Policy::limited(2)).no_proxy().build();
        Self(client.map_err(|_| "connection_failed"))
    }
}

impl App for Network {
    fn ask(&self, request: axum::http::Request<Bytes>) -> Reaches<'_> {
        Box::pin(async move {
            let client = self.0.as_ref().map_err(|reason| *reason)?;
            let request = reqwest::Request::try_from(request).map_err(|_| "connection_failed")?;
            let mut answer = client.execute(request).await.map_err(|error| reason(&error))?;
            let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
            let mut heard = axum::http::Response::new(answer.bytes().await.map_err(|error| reason(&error))?);
            (*heard.status_mut(), *heard.headers_mut()) = (status, headers);
            Ok(heard)
        })
    }
}

/// The sender.
pub(crate) struct Courier(Box<dyn App>);

impl Courier {
    pub(crate) fn network(timeout: Duration) -> Self {
        Self(Box::new(Network::new(timeout)))
    }

    pub(crate) fn to(app: Box<dyn App>) -> Self {
        Self(app)
    }

    /// Sends one request, signed at this time (milliseconds since 1970).
    pub(crate) async fn send(&self, delivery: &Delivery, secret: &str, now: i64) -> Heard {
        let timestamp = now / 1_000;
        let body = delivery.body.text().to_owned();
        let mut request = axum::http::Request::post(&delivery.url)
            .header("content-type", delivery.body.content_type())
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", timestamp)
            .header("x-slack-signature", sign(secret, timestamp, &body));
        if let Some(reason) = &delivery.reason {
            request =
                request.header("x-slack-retry-num", delivery.retry).header("x-slack-retry-reason", reason);
        }
        let Ok(request) = request.body(Bytes::from(body)) else { return Heard::Silence("connection_failed") };
        match self.0.ask(request).await {
            Err(reason) => Heard::Silence(reason),
            Ok(answer) => Heard::Answer {
                status: answer.status().as_u16(),
                no_retry: answer.headers().get("x-slack-no-retry").is_some_and(|value| value == "1"),
                body: String::from_utf8_lossy(answer.body()).into_owned(),
            },
        }
    }
}

fn reason(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "http_timeout",
        error if error.is_redirect() => "too_many_redirects",
        error if error.is_connect() => "connection_failed",
        _ => "unknown_error",
    }
}

/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
pub(crate) fn sign(secret: &str, timestamp: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_slack_publishes() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                    &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                    &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                    &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            sign("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
