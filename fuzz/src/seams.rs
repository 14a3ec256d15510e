//! A deployment that nothing leaves: a store and a queue for one input alone, a Slack that cannot be reached, and a network
//! that only remembers what it was asked for. Nothing here may depend on the input.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Response};
use jiff::Timestamp;
use local::clock::LocalClock;
use local::queue::LocalQueue;
use local::sample_cloud::SampleCloud;
use secrecy::SecretString;
use serde_json::Value;
use shared::change::commit_of;
use shared::config::Config;
use shared::core::incident::{Effect, IncidentId, Opening, Rules, Why, open};
use shared::core::raw::Raw;
use shared::core::signal::Signal;
use shared::deps::{Deps, Secrets};
use shared::fetch::{Fetch, FetchError};
use shared::mailbox::NoMailbox;
use shared::slack::client::{self, Client};
use shared::sources::Sources;
use shared::store::embedded::Embedded;
use shared::store::{Commit, Opens};
use slack_emulator::{Emulator, ManualClock, Settings};
use tokio::runtime::Runtime;
use url::Url;

/// What Slack signs with here.
pub(crate) const SIGNING: &str = "the-signing-secret-of-the-fuzzer";

/// The topics that are let in.
pub(crate) const TOPICS: &str = "arn:aws:sns:eu-west-1:123456789012:*";

/// The incident that is there, and where Slack shows it.
pub(crate) const INCIDENT: &str = "k7qf3";
const CHANNEL: &str = "C01ALERTS";
const TS: &str = "1795338030.000100";

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9/";

/// The calls that one judge of blocks remembers before the next takes over.
const MOST_JUDGED: usize = 200;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());

static RULES: LazyLock<(Arc<Config>, Arc<Sources>)> = LazyLock::new(|| {
    let config = serde_json::json!({
        "channels": { "fallback": "#ops" },
        "sources": { "sns": { "verify": "sns", "topics": [TOPICS] }, "mail": { "verify": "none", "senders": "*" }, "*": { "verify": "none" } },
        "routes": [{ "name": "everything", "to": "#alerts" }],
    });
    let config = Config::from_json(&config.to_string()).unwrap();
    (Arc::new(config), Arc::new(Sources::builtin().unwrap()))
});

static SLACK: LazyLock<Client> = LazyLock::new(|| {
    // Addresses that stand in an input go to the same nowhere.
    let http = client::http().proxy(reqwest::Proxy::all(NOWHERE).unwrap()).build().unwrap();
    Client::new(Url::parse(NOWHERE).unwrap(), SecretString::from("xoxb-of-the-fuzzer"), http)
});

/// The workspace that judges blocks, and how often it was asked.
static JUDGE: LazyLock<Mutex<(Emulator, usize)>> = LazyLock::new(|| Mutex::new((workspace(), 0)));

/// A network that only remembers.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<Vec<Url>>);

impl Asked {
    /// What was asked for.
    pub(crate) fn all(&self) -> Vec<Url> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Fetch for Asked {
    async fn get(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(url.clone());
        Err(FetchError("there is no network".to_owned()))
    }

    async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.get(url).await
    }

    async fn get_public(&self, url: &Url, _: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
        self.get(url).await.map(Response::new)
    }
}

/// A deployment for one input.
pub(crate) struct Seams {
    pub(crate) deps: Deps,
    pub(crate) queue: Arc<LocalQueue>,
    pub(crate) asked: Arc<Asked>,
}

impl Seams {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(LocalClock::standing(now()));
        let queue = Arc::new(LocalQueue::memory(clock.clone()));
        let asked = Arc::new(Asked::default());
        let (config, sources) = RULES.clone();
        let deps = Deps {
            store: Arc::new(Embedded::memory().unwrap()),
            slack: SLACK.clone(),
            queue: queue.clone(),
            config,
            sources,
            fetch: asked.clone(),
            cloud: Arc::new(SampleCloud::new(clock.clone())),
            mailbox: Arc::new(NoMailbox),
            secrets: Arc::new(Secrets::new(vec![SecretString::from(SIGNING)])),
            clock,
        };
        Seams { deps, queue, asked }
    }

    /// With an incident that Slack shows already, so that somebody can answer it.
    pub(crate) fn with_incident() -> Self {
        let seams = Seams::new();
        let raw = Raw {
            id: "d1".to_owned(),
            source: None,
            headers: BTreeMap::new(),
            body: r#"{"title":"Disk full","severity":"critical"}"#.to_owned(),
            received_at: now(),
            note: None,
        };
        let signal = sources().map(&raw).signals.remove(0);
        let mut opened = open(opening(&signal), &signal, &[], &Rules::default(), now());
        for post in &mut opened.incident.posts {
            post.channel_id = Some(CHANNEL.to_owned());
            post.root = Effect::Done { ts: TS.to_owned() };
        }
        let commit = Commit {
            opens: Some(Opens { after: None }),
            posted: vec![(CHANNEL.to_owned(), TS.to_owned())],
            ..commit_of(None, opened.incident, opened.entries, now())
        };
        wait(seams.deps.store.commit(&commit)).unwrap();
        seams
    }
}

/// What a signal opens.
pub(crate) fn opening(signal: &Signal) -> Opening {
    Opening {
        id: IncidentId(INCIDENT.to_owned()),
        route: "everything".to_owned(),
        group: signal.key.clone(),
        channels: vec!["#alerts".to_owned()],
        show_unfired: true,
        why: Why { when: None, grouped_by: vec![], rejected: vec![], key: signal.key.clone() },
    }
}

/// When every input comes in.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_795_338_030).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Waits for what a handler does.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.block_on(work)
}

/// The built-in sources.
pub(crate) fn sources() -> &'static Sources {
    &RULES.1
}

/// Fails unless Slack would take this message.
pub(crate) fn judge(message: &Value) {
    let mut judge = JUDGE.lock().unwrap_or_else(PoisonError::into_inner);
    if judge.1 >= MOST_JUDGED {
        *judge = (workspace(), 0);
    }
    judge.1 += 1;
    let judged = judge.0.call("blocks.validate", serde_json::json!({ "message": message }), "xoxb-emulator");
    assert_eq!(judged.outcome(), "ok", "{} {message}", judged.body);
}

fn workspace() -> Emulator {
    let settings = Settings { rate_limits: false, ..Settings::default() };
    Emulator::new(settings, Arc::new(ManualClock::at(now().as_millisecond())))
}
