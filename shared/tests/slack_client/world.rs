//! The stage: a Slack workspace, our client for it, and an app that only writes down what Slack sends.

#![expect(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use shared::slack::blocks::Message;
use shared::slack::client::{Client, Metadata, Post, http as http_client};
use shared::slack::error::SlackError;
use shared::slack::escape::Mrkdwn;
use shared::slack::sign::{SignatureError, verify};
use slack_emulator::{AppUrls, Emulator, Fault, FaultKind, ManualClock, Settings, SlashCommand};
use tokio::net::TcpListener;

const START_MS: i64 = 1_700_000_000_000;
pub(crate) const OPS: &str = "C02OPS";

/// Two minutes before the start, as a `ts`.
const OLDEST: &str = "1699999880.000000";

/// A Slack workspace, our client for it, and an app that only writes down what Slack sends.
pub(crate) struct World {
    pub(crate) slack: Emulator,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) received: Received,
}

pub(crate) type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

impl World {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings {
            rate_limits: false,
            commands: vec![SlashCommand {
                name: "/ops".to_owned(),
                description: "Operations".to_owned(),
                usage_hint: String::new(),
            }],
            app_urls: AppUrls {
                commands: Some(format!("{base}/app/commands")),
                interactions: Some(format!("{base}/app/interactions")),
                events: Some(format!("{base}/app/events")),
            },
            ..Settings::default()
        };
        let clock = Arc::new(ManualClock::at(START_MS));
        let slack = Emulator::new(settings, clock.clone());
        let received = Received::default();
        let app =
            Router::new().route("/app/{what}", axum::routing::post(write_down)).with_state(received.clone());
        let serving = slack.clone();
        tokio::spawn(async move { serving.serve(listener, app).await });
        let client = client(&base, "xoxb-emulator");
        World { slack, clock, client, base, received }
    }

    pub(crate) fn fail(&self, method: &str, kind: FaultKind) {
        self.slack.fail(Fault { method: Some(method.to_owned()), kind, times: 1 });
    }

    pub(crate) async fn post(&self, key: &str) -> Result<String, SlackError> {
        Ok(self.client.post_message(&message(key)).await?.ts)
    }

    pub(crate) async fn find(&self, key: &str, thread_ts: Option<&str>) -> Option<String> {
        self.client.find_own(OPS, &known(key), OLDEST, thread_ts).await.unwrap()
    }

    pub(crate) fn shown_to(&self, user: &str) -> usize {
        self.slack.messages(OPS, user).len()
    }

    pub(crate) fn shown(&self) -> usize {
        self.shown_to("U01ANA")
    }

    pub(crate) fn calls(&self, method: &str) -> usize {
        self.slack.calls().iter().filter(|call| call.method == method).count()
    }

    /// The next request that Slack sent to the app, its signature checked.
    pub(crate) fn next_request(&self) -> Bytes {
        let (headers, body) = self.received.lock().unwrap().remove(0);
        let now = Timestamp::from_millisecond(START_MS).unwrap();
        assert_eq!(verify(&["emulator-signing-secret".into()], &headers, &body, now), Ok(()));
        assert_eq!(verify(&["another".into()], &headers, &body, now), Err(SignatureError::Mismatch));
        body
    }
}

async fn write_down(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    received.lock().unwrap().push((headers, body));
    ""
}

pub(crate) fn client(base: &str, token: &str) -> Client {
    Client::new(base.parse().unwrap(), token.into(), http_client().no_proxy().build().unwrap())
}

pub(crate) fn message(key: &str) -> Post {
    Post::new(OPS, Message::text(Mrkdwn::escape(key))).known_as("incident_root", key)
}

pub(crate) fn known(key: &str) -> Metadata {
    Metadata { event_type: "incident_root".to_owned(), key: key.to_owned() }
}
