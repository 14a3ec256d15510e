//! The seams that a handler is given in a simulation: the real store, queues and Slack workspace, each call of which flies
//! (`flight`) and may suffer what the other side does when it is unwell.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Response};
use jiff::Timestamp;
use shared::core::feed::Feed;
use shared::core::incident::{Incident, IncidentId};
use shared::core::raw::Raw;
use shared::core::report::Digest;
use shared::deps::Deps;
use shared::fetch::{Fetch, FetchError};
use shared::mailbox::NoMailbox;
use shared::queue::{Queue, QueueError, Wake};
use shared::slack::client::{self, Client, Url, Wire};
use shared::slack::error::SlackError;
use shared::store::{Channel, Commit, CommitError, First, Loaded, Seen, SignalRecord, Store, StoreError};
use slack_emulator::{Fault, FaultKind};
use tower::ServiceExt;

use super::flight::{Cut, Life};
use super::ground::Ground;
use super::weather::Seam;
use crate::sample_cloud::SampleCloud;

/// Where Slack is, for addresses; nobody listens there.
pub(super) const SLACK: &str = "http://slack.test";

impl Life {
    /// What this handler is given.
    pub(super) fn deps(&self, plain: &Client) -> Deps {
        let ground = &self.ground;
        Deps {
            store: Arc::new(self.clone()),
            slack: plain.clone().on(Arc::new(self.clone())),
            queue: Arc::new(self.clone()),
            config: ground.config.clone(),
            sources: ground.sources.clone(),
            fetch: Arc::new(Nowhere),
            cloud: Arc::new(SampleCloud::new(ground.clock.clone())),
            mailbox: Arc::new(NoMailbox),
            secrets: ground.secrets.clone(),
            clock: ground.clock.clone(),
        }
    }

    async fn ask<T: Send + 'static>(
        &self,
        verb: &str,
        effect: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let busy = |_| Err(StoreError::Unavailable("throttled, three times".to_owned()));
        self.fly(Seam::Store, verb, busy, effect).await
    }
}

/// A client that only needs a wire; making one takes milliseconds, so one is made for all.
pub(super) fn plain_client(token: &str) -> Option<Client> {
    let base = Url::parse(SLACK).ok()?;
    Some(Client::new(base, token.to_owned().into(), client::http().build().ok()?))
}

#[async_trait]
impl Store for Life {
    async fn incident(&self, id: &IncidentId) -> Result<Option<Loaded>, StoreError> {
        let (store, id) = (self.ground.store.clone(), id.clone());
        self.ask("store.incident", async move { store.incident(&id).await }).await
    }

    async fn latest(&self, route: &str, group: &str) -> Result<Option<Incident>, StoreError> {
        let (store, route, group) = (self.ground.store.clone(), route.to_owned(), group.to_owned());
        self.ask("store.latest", async move { store.latest(&route, &group).await }).await
    }

    async fn by_post(&self, channel_id: &str, ts: &str) -> Result<Option<IncidentId>, StoreError> {
        let (store, channel, ts) = (self.ground.store.clone(), channel_id.to_owned(), ts.to_owned());
        self.ask("store.by_post", async move { store.by_post(&channel, &ts).await }).await
    }

    async fn open(&self, first: First, limit: usize) -> Result<Vec<Incident>, StoreError> {
        let store = self.ground.store.clone();
        self.ask("store.open", async move { store.open(first, limit).await }).await
    }

    async fn behind(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        let store = self.ground.store.clone();
        self.ask("store.behind", async move { store.behind(until, limit).await }).await
    }

    async fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        let store = self.ground.store.clone();
        self.ask("store.due", async move { store.due(until, limit).await }).await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), CommitError> {
        let (store, commit) = (self.ground.store.clone(), commit.clone());
        let what = format!("store.commit {} version {}", commit.incident.id, commit.incident.version);
        // DynamoDB cancels a transaction that races with another one, even if it would have applied.
        let raced = |number: u64| match number % 2 {
            0 => Err(CommitError::Conflict),
            _ => Err(Cut::refused()),
        };
        self.fly(Seam::Store, &what, raced, async move { store.commit(&commit).await }).await
    }

    async fn channel(&self, name: &str) -> Result<Channel, StoreError> {
        let (store, name) = (self.ground.store.clone(), name.to_owned());
        self.ask("store.channel", async move { store.channel(&name).await }).await
    }

    async fn put_channel(&self, channel: &Channel) -> Result<(), StoreError> {
        let (store, channel) = (self.ground.store.clone(), channel.clone());
        self.ask("store.put_channel", async move { store.put_channel(&channel).await }).await
    }

    async fn feeds(&self, names: &[String]) -> Result<Vec<Feed>, StoreError> {
        let (store, names) = (self.ground.store.clone(), names.to_vec());
        self.ask("store.feeds", async move { store.feeds(&names).await }).await
    }

    async fn put_feed(&self, feed: &Feed) -> Result<bool, StoreError> {
        let (store, feed) = (self.ground.store.clone(), feed.clone());
        self.ask("store.put_feed", async move { store.put_feed(&feed).await }).await
    }

    async fn claim(&self, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
        let (store, seen) = (self.ground.store.clone(), seen.clone());
        self.ask("store.claim", async move { store.claim(&seen, now).await }).await
    }

    async fn digests(
        &self,
        since: Timestamp,
        until: Timestamp,
        each: &mut (dyn FnMut(Digest) + Send),
    ) -> Result<(), StoreError> {
        let store = self.ground.store.clone();
        let asked = async move {
            let mut digests = Vec::new();
            store.digests(since, until, &mut |digest| digests.push(digest)).await.map(|()| digests)
        };
        self.ask("store.digests", asked).await?.into_iter().for_each(each);
        Ok(())
    }

    async fn signals(&self, hour: Timestamp) -> Result<Vec<SignalRecord>, StoreError> {
        let store = self.ground.store.clone();
        self.ask("store.signals", async move { store.signals(hour).await }).await
    }
}

#[async_trait]
impl Queue for Life {
    async fn signals(&self, raw: &[Raw]) -> Result<(), QueueError> {
        let (queue, raw) = (self.ground.queue.clone(), raw.to_vec());
        let busy = |_| Err(QueueError("busy".to_owned()));
        self.fly(Seam::Queue, "queue.signals", busy, async move { queue.signals(&raw).await }).await
    }

    async fn wakes(&self, wakes: &[Wake]) -> Result<(), QueueError> {
        let (queue, wakes) = (self.ground.queue.clone(), wakes.to_vec());
        let busy = |_| Err(QueueError("busy".to_owned()));
        self.fly(Seam::Queue, "queue.wakes", busy, async move { queue.wakes(&wakes).await }).await
    }

    async fn dead(&self) -> Result<usize, QueueError> {
        let queue = self.ground.queue.clone();
        let busy = |_| Err(QueueError("busy".to_owned()));
        self.fly(Seam::Queue, "queue.dead", busy, async move { queue.dead().await }).await
    }
}

#[async_trait]
impl Wire for Life {
    async fn carry(&self, request: reqwest::Request) -> Result<Response<Bytes>, SlackError> {
        let patience = request.timeout().copied().unwrap_or(client::DEFAULT_TIMEOUT);
        let method = request.url().path().trim_start_matches("/api/").to_owned();
        let unwell = Arc::new(Mutex::new(None));
        let becomes = unwell.clone();
        let peculiar = move |number| {
            *becomes.lock().unwrap_or_else(PoisonError::into_inner) = Some(peculiar(number));
            Ok(())
        };
        let effect = exchange(self.ground.clone(), request, method.clone(), unwell);
        let call = self.fly(Seam::Slack, &method, peculiar, effect);
        tokio::time::timeout(patience, call).await.unwrap_or_else(|_| Err(Cut::lost()))
    }
}

/// How Slack fails.
fn peculiar(number: u64) -> FaultKind {
    match number % 8 {
        0 => FaultKind::Status { status: 503 },
        1 => FaultKind::Status { status: 500 },
        2 => FaultKind::Html { status: 502 },
        3 => FaultKind::Html { status: 200 },
        4 => FaultKind::InternalError,
        5 => FaultKind::FatalErrorAfterStoring,
        6 => FaultKind::RateLimited { retry_after: 1 + number / 8 % 40 },
        _ => FaultKind::Error { code: "service_unavailable".to_owned() },
    }
}

async fn exchange(
    ground: Arc<Ground>,
    request: reqwest::Request,
    method: String,
    unwell: Arc<Mutex<Option<FaultKind>>>,
) -> Result<Response<Bytes>, SlackError> {
    let unwell = unwell.lock().unwrap_or_else(PoisonError::into_inner).take();
    let well = unwell.is_none();
    let mut asked = http::Request::new(Body::from(
        request.body().and_then(|body| body.as_bytes()).map(Bytes::copy_from_slice).unwrap_or_default(),
    ));
    *asked.method_mut() = request.method().clone();
    *asked.headers_mut() = request.headers().clone();
    *asked.uri_mut() = request.url().as_str().parse().map_err(|_| <SlackError as Cut>::refused())?;
    if let Some(kind) = unwell {
        let told = format!("{kind:?}");
        let name = told.split([' ', '{']).next().unwrap_or_default();
        ground.ledger().meets(format!("Slack answers {name}"));
        ground.slack.fail(Fault { method: Some(method.clone()), kind, times: 1 });
    }
    // Between the fault and the call nobody else gets a word in: nothing is awaited before the workspace has taken both.
    let Ok(answer) = ground.api.clone().oneshot(asked).await;
    if !well {
        // What answers response URLs knows no faults.
        ground.slack.clear_faults();
    }
    ground.slack_changed.notify_one();
    let (parts, body) = answer.into_parts();
    if well && parts.status == http::StatusCode::TOO_MANY_REQUESTS {
        ground.ledger().too_fast(&method, ground.now());
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.map_err(|_| <SlackError as Cut>::lost())?;
    Ok(Response::from_parts(parts, body))
}

/// No message of a simulation names an address.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Fetch for Nowhere {
    async fn get(&self, _: &Url) -> Result<Bytes, FetchError> {
        Err(FetchError("there is no network".to_owned()))
    }

    async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.get(url).await
    }

    async fn get_public(&self, url: &Url, _: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
        self.get(url).await.map(Response::new)
    }
}
