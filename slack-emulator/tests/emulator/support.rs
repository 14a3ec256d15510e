//! A workspace on a real port, and an app on another that writes down what it receives and answers as told. No test here
//! waits for time: the clock stands still until it is moved.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use slack_emulator::{AppUrls, Emulator, ManualClock, Settings, SlashCommand};
use tokio::net::TcpListener;

pub(crate) const NOW: i64 = 1_700_000_000_000;
pub(crate) const TOKEN: &str = "xoxb-emulator";

/// What the app received.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Received {
    /// The fields of a form.
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// The payload of an interaction.
    pub(crate) fn payload(&self) -> Value {
        serde_json::from_str(&self.form()["payload"]).unwrap()
    }

    /// The event inside its envelope.
    pub(crate) fn event(&self) -> Value {
        serde_json::from_str::<Value>(&self.body).unwrap()["event"].clone()
    }

    fn is_signed(&self) -> bool {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"emulator-signing-secret").unwrap();
        mac.update(format!("v0:{}:{}", self.headers["x-slack-request-timestamp"], self.body).as_bytes());
        self.headers["x-slack-signature"] == format!("v0={}", hex::encode(mac.finalize().into_bytes()))
    }
}

/// Status, headers and body of an answer.
type Scripted = (u16, Vec<(&'static str, &'static str)>, String);

#[derive(Default)]
struct Script {
    received: Vec<Received>,
    answers: VecDeque<Scripted>,
}

/// The app under test's place.
#[derive(Clone, Default)]
pub(crate) struct App(Arc<Mutex<Script>>);

impl App {
    /// Answers the next request so; without, requests get an empty 200.
    pub(crate) fn answer(&self, status: u16, headers: &[(&'static str, &'static str)], body: &str) {
        self.0.lock().unwrap().answers.push_back((status, headers.to_vec(), body.to_owned()));
    }

    /// Takes what came in so far, and proves that all of it was signed.
    pub(crate) fn take(&self) -> Vec<Received> {
        let received = std::mem::take(&mut self.0.lock().unwrap().received);
        assert!(received.iter().all(Received::is_signed), "an unsigned request: {received:?}");
        received
    }
}

async fn receive(State(app): State<App>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let headers =
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let mut script = app.0.lock().unwrap();
    script.received.push(Received { path: uri.path().to_owned(), headers, body });
    let (status, headers, body) = script.answers.pop_front().unwrap_or((200, vec![], String::new()));
    (StatusCode::from_u16(status).unwrap(), axum::response::AppendHeaders(headers), body).into_response()
}

/// A workspace, its clock, an app, and a client.
pub(crate) struct World {
    pub(crate) slack: Emulator,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) app: App,
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let app = App::default();
        let app_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let app_url = format!("http://{}", app_listener.local_addr().unwrap());
        let app_router = Router::new().fallback(receive).with_state(app.clone());
        tokio::spawn(async move { axum::serve(app_listener, app_router).await });

        let mut settings = Settings {
            app_urls: AppUrls {
                commands: Some(format!("{app_url}/commands")),
                interactions: Some(format!("{app_url}/interactions")),
                events: Some(format!("{app_url}/events")),
            },
            commands: vec![SlashCommand {
                name: "/deploy".into(),
                description: "Deploys a service".into(),
                usage_hint: "[service]".into(),
            }],
            ..Settings::default()
        };
        change(&mut settings);
        let clock = Arc::new(ManualClock::at(NOW));
        let slack = Emulator::new(settings, clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        slack.set_base_url(&url);
        let served = slack.clone();
        tokio::spawn(async move { served.serve(listener, Router::new()).await });
        Self { slack, clock, app, url, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// A Web API call over HTTP, as JSON.
    pub(crate) async fn call(&self, method: &str, args: Value) -> Value {
        self.send(method, args).await.unwrap().json().await.unwrap()
    }

    /// The same, without looking at what comes back.
    pub(crate) async fn send(&self, method: &str, args: Value) -> Result<reqwest::Response, reqwest::Error> {
        let request = self.http.post(format!("{}/api/{method}", self.url));
        request.header("authorization", format!("Bearer {TOKEN}")).json(&args).send().await
    }

    /// Posts a message and returns its ts.
    pub(crate) async fn post(&self, args: Value) -> String {
        let answer = self.call("chat.postMessage", args).await;
        assert_eq!(answer["ok"], true, "{answer}");
        answer["ts"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    /// An act over HTTP.
    pub(crate) async fn act(&self, user: &str, act: Value) -> Value {
        let body = json!({ "user": user, "do": act });
        self.http
            .post(format!("{}/_slack/act", self.url))
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }
}
