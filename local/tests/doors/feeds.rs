//! Feeds, from a server on this machine to the post: what is new is posted once, whatever is cut where, and a feed that cannot be
//! read is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::http::StatusCode as Status;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, Response};
use jiff::SignedDuration;
use shared::config::Config;
use shared::core::raw::Raw;
use shared::fetch::{Fetch, FetchError};
use shared::queue::{Queue, QueueError, Wake};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use url::Url;

use crate::slack::command;
use crate::stage::Stage;
use crate::store::Watched;

/// What the server answers, and what it was asked.
#[derive(Debug, Default)]
struct Page {
    status: u16,
    items: Vec<&'static str>,
    conditions: Vec<Option<String>>,
}

type Shared = Arc<Mutex<Page>>;

/// A server with one feed.
async fn served() -> (Shared, Url) {
    let page: Shared = Arc::new(Mutex::new(Page { status: 200, ..Page::default() }));
    let answers = page.clone();
    let answer = move |headers: HeaderMap| {
        let mut page = answers.lock().unwrap();
        let known = headers.get("if-none-match").map(|known| known.to_str().unwrap().to_owned());
        let etag = format!("\"{}\"", page.items.concat());
        page.conditions.push(known.clone());
        let status = if known.as_ref() == Some(&etag) { 304 } else { page.status };
        let item = |title: &&str| format!("<item><title>Item {title}</title><guid>{title}</guid></item>");
        let items: String = page.items.iter().map(item).collect();
        let body = format!("<rss><channel><title>News of acme</title>{items}</channel></rss>");
        async move { (Status::from_u16(status).unwrap(), [("etag", etag)], body) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/feed.xml", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        axum::serve(listener, Router::new().route("/feed.xml", get(answer))).await.unwrap()
    });
    (page, url)
}

fn rules(url: &Url) -> Config {
    let rules = r##"
channels: { fallback: "#ops" }
sources: { "*": { verify: none } }
routes:
  - { name: news, when: 'labels.feed == "acme" and status == "info"', to: "#deploys" }
  - { name: alerts, to: "#alerts" }
feeds:
  - { name: acme, url: "URL" }
"##;
    Config::from_yaml(&rules.replace("URL", url.as_str())).unwrap()
}

async fn stage(url: &Url) -> (Stage, Arc<Watched>) {
    let config = Arc::new(rules(url));
    let mut watched = None;
    let stage = Stage::with(|deps| {
        let store = Watched::over(deps.store.clone());
        deps.config = config;
        deps.store = store.clone();
        watched = Some(store);
    })
    .await;
    (stage, watched.unwrap())
}

async fn pass(stage: &Stage, minutes: i64) {
    stage.world.pass_until(stage.now() + SignedDuration::from_mins(minutes)).await;
    stage.drain().await;
}

/// How often each title is posted.
fn posted(stage: &Stage) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in stage.channel("#deploys").lines() {
        for title in ["Item a", "Item b", "Item c", "Item d"] {
            *counts.entry(title.to_owned()).or_default() += line.matches(title).count();
        }
    }
    counts.retain(|_, count| *count > 0);
    counts
}

fn once(titles: &[&str]) -> BTreeMap<String, usize> {
    titles.iter().map(|title| (format!("Item {title}"), 1)).collect()
}

#[tokio::test]
async fn what_is_new_is_posted_once_and_an_unchanged_feed_is_not_sent_again() {
    let (page, url) = served().await;
    page.lock().unwrap().items = vec!["a"];
    let (stage, _) = stage(&url).await;
    pass(&stage, 1).await;
    assert_eq!(posted(&stage), once(&[]), "what was there before is no news");
    page.lock().unwrap().items = vec!["c", "b", "a"];
    pass(&stage, 15).await;
    assert_eq!(posted(&stage), once(&["b", "c"]));
    pass(&stage, 60).await;
    assert_eq!(posted(&stage), once(&["b", "c"]));
    let asked: Vec<Option<String>> = std::mem::take(&mut page.lock().unwrap().conditions);
    let etag = |etag: &str| Some(format!("\"{etag}\""));
    assert_eq!(asked[..3], [None, etag("a"), etag("cba")]);
    assert_eq!(asked.len(), 6, "every quarter of an hour");
    let text = stage.channel("#deploys");
    assert!(text.find("Item b").unwrap() < text.find("Item c").unwrap(), "oldest first: {text}");
}

#[tokio::test]
async fn a_feed_that_cannot_be_read_is_one_alert_until_it_can() {
    let (page, url) = served().await;
    page.lock().unwrap().items = vec!["a"];
    let (stage, _) = stage(&url).await;
    pass(&stage, 1).await;
    (page.lock().unwrap().status, page.lock().unwrap().items) = (404, vec!["b"]);
    pass(&stage, 100).await;
    assert_eq!(stage.channel("#alerts").matches("cannot be read").count(), 0, "45 minutes are not for long");
    pass(&stage, 300).await;
    let text = stage.channel("#alerts");
    assert!(text.contains("Feed acme cannot be read: the answer is 404"), "{text}");
    assert_eq!(text.matches("Feed acme cannot be read").count(), 1, "{text}");
    page.lock().unwrap().status = 200;
    pass(&stage, 24 * 60).await;
    let text = stage.channel("#alerts");
    assert!(text.contains("Resolved"), "{text}");
    assert_eq!(posted(&stage), once(&["b"]), "and what came meanwhile");
}

#[tokio::test]
async fn however_many_poll_at_once_there_is_one_post_of_each() {
    let (page, url) = served().await;
    page.lock().unwrap().items = vec!["a"];
    let (stage, _) = stage(&url).await;
    pass(&stage, 1).await;
    page.lock().unwrap().items = vec!["b", "a"];
    stage.world.clock.set(stage.now() + SignedDuration::from_mins(15));
    let ticks = (0..20).map(|_| notifier::tick(&stage.world.deps));
    for ticked in futures_util::future::join_all(ticks).await {
        assert_eq!(ticked.unwrap().feeds, 1);
    }
    stage.drain().await;
    pass(&stage, 60).await;
    assert_eq!(posted(&stage), once(&["b"]));
}

#[tokio::test]
async fn without_feeds_a_tick_asks_nothing_for_them() {
    let requests = async |feeds: bool| {
        let (_, url) = served().await;
        let (stage, store) = stage(&url).await;
        let mut deps = stage.world.deps.clone();
        let mut config = rules(&url);
        if !feeds {
            config.feeds.clear();
        }
        deps.config = Arc::new(config);
        notifier::tick(&deps).await.unwrap();
        store.requests()
    };
    assert_eq!(requests(true).await, requests(false).await + 2);
}

#[tokio::test]
async fn connect_says_what_to_write_into_the_config() {
    let stage = Stage::new().await;
    let answer = stage.slack("/slack/commands", &[], &command("connect feed", "7.7")).await;
    assert!(answer.text.contains("feeds: [{ name: github-status"), "{}", answer.text);
    assert!(!answer.text.contains("EventSources"), "{}", answer.text);
}

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// It fails before it has an effect.
    Refused,
    /// It has its effect, and the answer is lost.
    Lost,
    /// Its caller is killed before it.
    KilledBefore,
    /// Its caller is killed after it.
    KilledAfter,
}

/// One call of a poll that is cut; none, by default.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    strikes: Option<(usize, Fate)>,
    calls: Mutex<usize>,
    killed: Notify,
}

impl Cut {
    fn at(call: usize, fate: Fate) -> Arc<Self> {
        Arc::new(Cut { strikes: Some((call, fate)), ..Cut::default() })
    }

    pub(crate) async fn call<T, E>(
        &self,
        error: impl FnOnce() -> E,
        effect: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let number = *self.calls.lock().unwrap();
        *self.calls.lock().unwrap() += 1;
        let fate = self.strikes.filter(|(at, _)| *at == number).map(|(_, fate)| fate);
        match fate {
            None => effect.await,
            Some(Fate::Refused) => Err(error()),
            Some(Fate::Lost) => effect.await.and_then(|_| Err(error())),
            Some(Fate::KilledBefore) => self.kill().await,
            Some(Fate::KilledAfter) => {
                effect.await.map(drop).unwrap_or_default();
                self.kill().await
            }
        }
    }

    async fn kill<T>(&self) -> T {
        self.killed.notify_one();
        std::future::pending().await
    }
}

/// The queue and the fetching of a poll that is cut, with the deliveries that the queue really took.
#[derive(Debug)]
struct Cutting {
    cut: Arc<Cut>,
    queue: Arc<dyn Queue>,
    fetch: Arc<dyn Fetch>,
    taken: Mutex<Vec<String>>,
}

#[async_trait]
impl Queue for Cutting {
    async fn signals(&self, raw: &[Raw]) -> Result<(), QueueError> {
        let effect = async {
            self.queue.signals(raw).await?;
            self.taken.lock().unwrap().extend(raw.iter().map(|raw| raw.id.clone()));
            Ok(())
        };
        self.cut.call(|| QueueError("no answer".to_owned()), effect).await
    }

    async fn wakes(&self, wakes: &[Wake]) -> Result<(), QueueError> {
        self.queue.wakes(wakes).await
    }

    async fn dead(&self) -> Result<usize, QueueError> {
        self.queue.dead().await
    }
}

#[async_trait]
impl Fetch for Cutting {
    async fn get(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.fetch.get(url).await
    }

    async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.fetch.get_once(url).await
    }

    async fn get_public(&self, url: &Url, headers: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
        let lost = || FetchError("no answer".to_owned());
        self.cut.call(lost, self.fetch.get_public(url, headers)).await
    }
}

/// What the queue took and what was posted, with the poll of the new items cut, and how many calls it made.
async fn cut(cut: Arc<Cut>) -> (Vec<String>, BTreeMap<String, usize>, usize) {
    let (page, url) = served().await;
    page.lock().unwrap().items = vec!["a"];
    let (stage, store) = stage(&url).await;
    pass(&stage, 1).await;
    page.lock().unwrap().items = vec!["c", "b", "a"];
    stage.world.clock.set(stage.now() + SignedDuration::from_mins(15));
    let (queue, fetch) = (stage.world.deps.queue.clone(), stage.world.deps.fetch.clone());
    let cutting = Arc::new(Cutting { cut: cut.clone(), queue, fetch, taken: Mutex::default() });
    let mut deps = stage.world.deps.clone();
    (deps.queue, deps.fetch) = (cutting.clone(), cutting.clone());
    *store.cut.lock().unwrap() = Some(cut.clone());
    tokio::select! {
        ticked = notifier::tick(&deps) => drop(ticked),
        () = cut.killed.notified() => {}
    }
    let calls = *cut.calls.lock().unwrap();
    // The next ones are not cut: its number is past.
    for _ in 0..35 {
        stage.world.clock.set(stage.now() + SignedDuration::from_mins(1));
        notifier::tick(&deps).await.unwrap();
        stage.world.work().await;
    }
    stage.drain().await;
    let mut taken = cutting.taken.lock().unwrap().clone();
    taken.sort();
    taken.dedup();
    (taken, posted(&stage), calls)
}

#[tokio::test]
async fn wherever_a_poll_is_cut_each_item_is_posted_once() {
    let (taken, posts, calls) = cut(Arc::default()).await;
    assert_eq!(
        (taken.len(), &posts, calls),
        (2, &once(&["b", "c"]), 4),
        "what is kept, the feed, the queue, what is kept"
    );
    for call in 0..calls {
        for fate in [Fate::Refused, Fate::Lost, Fate::KilledBefore, Fate::KilledAfter] {
            let (again, posts, _) = cut(Cut::at(call, fate)).await;
            assert_eq!((&again, posts), (&taken, once(&["b", "c"])), "call {call}, {fate:?}");
        }
    }
}
