//! One world on a free port, and the requests that the outside makes.

use std::path::Path;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use local::world::{Options, World};
use secrecy::SecretString;
use serde_json::Value;
use shared::config::Config;
use shared::deps::{Clock, Deps, Secrets};
use shared::slack::client;
use shared::slack::sign;
use tokio::task::JoinHandle;

/// What Slack signs with.
pub(crate) const SIGNING: &str = "the-signing-secret-of-the-tests";

/// When everything begins.
pub(crate) const BEGIN: &str = "2026-11-22T09:00:30Z";

/// A world that is served until it is dropped.
pub(crate) struct Stage {
    pub(crate) world: Arc<World>,
    server: JoinHandle<()>,
    http: reqwest::Client,
}

/// What a door said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Stage {
    /// With the laptop's config, where every source is let in.
    pub(crate) async fn new() -> Self {
        Stage::make(None, |_| {}).await
    }

    /// With other seams.
    pub(crate) async fn with(change: impl FnOnce(&mut Deps)) -> Self {
        Stage::make(None, change).await
    }

    /// With state in a folder, where another world may have left some.
    pub(crate) async fn in_folder(folder: &Path) -> Self {
        Stage::make(Some(folder), |_| {}).await
    }

    async fn make(folder: Option<&Path>, change: impl FnOnce(&mut Deps)) -> Self {
        let listener = local::http::listen(0).await.unwrap();
        let address = listener.local_addr().unwrap();
        let options = Options {
            data_dir: folder.map(Path::to_path_buf),
            signing_secret: Some(SIGNING.into()),
            stands_at: Some(BEGIN.parse().unwrap()),
            ..Options::default()
        };
        let mut world = World::new(&options, format!("http://{address}")).unwrap();
        change(&mut world.deps);
        let world = Arc::new(world);
        let served = world.clone();
        let server = tokio::spawn(async move { local::http::serve(served, listener).await.unwrap() });
        Stage { world, server, http: client::http().build().unwrap() }
    }

    /// A request as it is.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: HeaderMap,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.world.url));
        let answer = request.headers(headers).body(body).send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, text: answer.text().await.unwrap() }
    }

    /// A POST with these headers.
    pub(crate) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let header = |(name, value): &(&str, &str)| {
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        self.request("POST", path, headers.iter().map(header).collect(), body).await
    }

    /// A POST that Slack signed now.
    pub(crate) async fn slack(&self, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let at = self.now().as_second();
        let (at, signature) = (at.to_string(), sign::sign(&SIGNING.into(), at, body.as_bytes()));
        let kind =
            if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        let mut headers =
            vec![("content-type", kind), (sign::TIMESTAMP_HEADER, &at), (sign::SIGNATURE_HEADER, &signature)];
        headers.extend_from_slice(more);
        self.post(path, &headers, body.to_owned()).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// Lets everything that is due be done; nothing may be left over or dead.
    pub(crate) async fn drain(&self) {
        let done = self.world.drain().await;
        assert_eq!((done.waiting, done.dead), (0, 0), "work is left");
    }

    /// The channel as people read it.
    pub(crate) fn channel(&self, name: &str) -> String {
        self.world.slack.as_ref().unwrap().channel_text(name)
    }

    /// How many messages of the first level everybody sees there.
    pub(crate) fn posts(&self, channel: &str) -> usize {
        let messages = self.world.slack.as_ref().unwrap().messages(channel, "");
        messages.iter().filter(|message| message.thread_ts.is_none()).count()
    }

    /// `/_local/incidents`
    pub(crate) async fn incidents(&self) -> Vec<Value> {
        let answer = self.request("GET", "/_local/incidents", HeaderMap::new(), "").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json().as_array().unwrap().clone()
    }

    /// The only incident.
    pub(crate) async fn incident(&self) -> Value {
        let incidents = self.incidents().await;
        assert_eq!(incidents.len(), 1, "{incidents:#?}");
        incidents[0].clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// It is a refusal with this status that names the fault and what to do.
    pub(crate) fn refuses(&self, status: u16, case: &str) {
        assert_eq!(self.status, status, "{case}: {}", self.text);
        let body = self.json();
        for field in ["error", "remedy"] {
            assert!(body[field].as_str().is_some_and(|text| text.len() > 5), "{case}: {body}");
        }
        assert_eq!(body["ok"], false, "{case}");
    }
}

/// A config in which the sources are these; the rest is the laptop's.
pub(crate) fn config(sources: Value) -> Config {
    let routes = serde_json::json!([{ "name": "everything", "to": "#alerts" }]);
    let file =
        serde_json::json!({ "channels": { "fallback": "#ops" }, "sources": sources, "routes": routes });
    Config::from_json(&file.to_string()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// These secrets, by the names in the config.
pub(crate) fn secrets(named: &[(&str, &str)]) -> Arc<Secrets> {
    let secrets = Secrets::new(vec![SecretString::from(SIGNING)]);
    Arc::new(named.iter().fold(secrets, |secrets, (name, secret)| secrets.with(*name, (*secret).into())))
}

/// A payload of `events/`.
pub(crate) fn event(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
