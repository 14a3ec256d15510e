//! A report over a hundred thousand incidents: the store holds their digests, and the notifier gathers `response-times` and
//! `noise` of the week. Counted are time, memory above what was there before, and requests to DynamoDB. The Slack workspace
//! that takes the picture has a thread of its own; dynoxide, which stands for DynamoDB, is in this process, memory and all.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
};
use aws_sdk_dynamodb::error::BoxError;
use jiff::{SignedDuration, Timestamp};
use local::world::{Options, World};
use serde_json::json;
use shared::config::Config;
use shared::core::incident::{Content, Counts, Incident, IncidentId, State, Why};
use shared::core::report::{Digest, Document, Run, Section};
use shared::core::signal::Severity;
use shared::store::dynamo::{DynamoStore, table};
use shared::store::{Commit, Store};
use tokio::runtime::Runtime;

use crate::measure::{busy, forget_peak, peak_mb, resident_mb};

/// How many incidents the week had.
pub(crate) const INCIDENTS: u32 = 100_000;

/// When the report is due.
const SLOT: &str = "2026-11-23T09:00:00Z";

/// How far it looks back.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Incidents that are written at the same time.
const AT_ONCE: u32 = 50;

/// Where the digests are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the laptop's store.
    Embedded,
    /// In DynamoDB's protocol, by `DynamoStore`.
    Dynamo,
}

/// How it went.
#[derive(Clone, Debug)]
pub(crate) struct Went {
    /// From the beginning to the document.
    pub(crate) took: Duration,
    /// What the notifier's thread needed of a processor.
    pub(crate) busy: Duration,
    /// The most memory above what there was before, in MB.
    pub(crate) memory_mb: u64,
    /// Requests to DynamoDB.
    pub(crate) requests: usize,
}

/// Fills a store and makes the report.
///
/// # Errors
/// The report does not say what was put there.
pub(crate) fn run(kept: Kept) -> Result<Went, Box<dyn Error>> {
    let slot: Timestamp = SLOT.parse()?;
    let elsewhere = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = elsewhere.block_on(local::http::listen(0))?;
    let url = format!("http://{}", listener.local_addr()?);
    let options = Options { stands_at: Some(slot), ..Options::default() };
    let mut world = World::new(&options, url)?;
    let asked = Arc::new(Asked::default());
    if kept == Kept::Dynamo {
        world.deps.store = elsewhere.block_on(dynamo(asked.clone()))?;
    }
    world.deps.config = Arc::new(config()?);
    let world = Arc::new(world);
    elsewhere.spawn(local::http::serve(world.clone(), listener));
    let here = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    here.block_on(fill(&world.deps.store, slot))?;
    let went = gather(&here, &world, &asked, slot);
    elsewhere.shutdown_background();
    went
}

fn gather(here: &Runtime, world: &World, asked: &Asked, slot: Timestamp) -> Result<Went, Box<dyn Error>> {
    let report = world.deps.config.report("week").ok_or("there is no such report")?;
    let run = Run::new(&report.name, &report.to, slot, false);
    forget_peak()?;
    let (before, began, from) = (resident_mb()?, Instant::now(), busy()?);
    let requests = asked.0.load(Ordering::Relaxed);
    let document = here.block_on(notifier::gather(report, &run, &world.deps));
    let went = Went {
        took: began.elapsed(),
        busy: busy()? - from,
        memory_mb: peak_mb()?.saturating_sub(before),
        requests: asked.0.load(Ordering::Relaxed) - requests,
    };
    is_right(&document)?;
    Ok(went)
}

/// It counts them all, and has a picture of the hours.
fn is_right(document: &Document) -> Result<(), Box<dyn Error>> {
    match document.sections.as_slice() {
        [Section::ResponseTimes(times), Section::Noise(noise)] => {
            let all = times.incidents.now.map(|number| number.get());
            let pictured = noise.heat.as_ref().is_some_and(|heat| heat.picture.is_some());
            if all == Some(f64::from(INCIDENTS)) && pictured && !noise.rows.is_empty() {
                return Ok(());
            }
            Err(format!("{all:?} incidents, picture: {pictured}").into())
        }
        other => Err(format!("{other:?}").into()),
    }
}

fn config() -> Result<Config, Box<dyn Error>> {
    let config = json!({
        "channels": { "fallback": "#ops" },
        "sources": { "*": { "verify": "none" } },
        "routes": [{ "name": "alerts", "to": "#alerts" }],
        "reports": [{ "name": "week", "at": "0 9 * * MON", "to": "#ops", "show": ["response-times", "noise"] }],
    });
    Config::from_json(&config.to_string()).map_err(|faults| format!("{faults:?}").into())
}

async fn dynamo(asked: Arc<Asked>) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory()?));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "bench"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .interceptor(Counter(asked))
        .build();
    let client = Client::from_conf(config);
    table::create_table(&client, "bench").await?;
    Ok(Arc::new(DynamoStore::new(&client, "bench")))
}

async fn fill(store: &Arc<dyn Store>, slot: Timestamp) -> Result<(), Box<dyn Error>> {
    for first in (0..INCIDENTS).step_by(AT_ONCE as usize) {
        let mut writing = tokio::task::JoinSet::new();
        for number in first..INCIDENTS.min(first + AT_ONCE) {
            let (store, commit) = (store.clone(), commit(number, slot));
            writing.spawn(async move { store.commit(&commit).await });
        }
        while let Some(written) = writing.join_next().await {
            written??;
        }
    }
    Ok(())
}

/// One incident of the week, over and done with: five hundred things that fire again and again.
fn commit(number: u32, slot: Timestamp) -> Commit {
    let fired_at =
        slot - WEEK + WEEK * i32::try_from(number).unwrap_or(0) / i32::try_from(INCIDENTS).unwrap_or(1);
    let after = |seconds: u32| Some(fired_at + SignedDuration::from_secs(i64::from(seconds)));
    let id = IncidentId(format!("{number:010x}"));
    let group = format!("alertname=\"HighErrorRate\", instance=\"web-{}:8080\"", number % 500);
    let title = format!("web-{} answers with errors", number % 500);
    let content = Content {
        source: "alertmanager".into(),
        kind: "alert".into(),
        title: title.clone(),
        text: String::new(),
        facts: Vec::new(),
        labels: Default::default(),
        links: Vec::new(),
        report: None,
    };
    let resolved_at = after(120 + number % 7_200);
    let incident = Incident {
        id: id.clone(),
        version: 1,
        revision: 1,
        route: "alerts".into(),
        group: group.clone(),
        state: State::Firing,
        severity: Severity::Error,
        content,
        things: Default::default(),
        counts: Counts::default(),
        opened_at: fired_at,
        changed_at: fired_at,
        posts: Vec::new(),
        why: Why::default(),
        behind_at: None,
    };
    let digest = Digest {
        incident: id,
        route: "alerts".into(),
        group,
        title,
        fired_at,
        acknowledged_at: after(30 + number % 900),
        resolved_at,
        firings: 1 + u64::from(number % 3),
        acted_on: !number.is_multiple_of(4),
    };
    Commit {
        incident,
        entries: Vec::new(),
        opens: None,
        open: false,
        due_at: None,
        posted: Vec::new(),
        seen: Vec::new(),
        records: Vec::new(),
        digest: Some(digest),
        now: fired_at,
    }
}

/// How many requests were sent.
#[derive(Debug, Default)]
struct Asked(AtomicUsize);

/// Counts them.
#[derive(Debug)]
struct Counter(Arc<Asked>);

impl Intercept for Counter {
    fn name(&self) -> &'static str {
        "counts"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
