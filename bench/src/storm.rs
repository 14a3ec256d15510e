//! One storm from its first signal until Slack shows everything. Callboard has one thread, and the Slack workspace another
//! one, whose work does not count. The clock stands and is moved, so that Slack's one message a second costs no time.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use local::world::{Options, World};
use serde_json::json;
use shared::core::raw::Raw;
use shared::deps::Clock;
use shared::queue::Verdict;
use shared::store::Store;

use crate::measure::busy;

/// How many signals.
pub(crate) const SIGNALS: usize = 100_000;

/// How many incidents they belong to.
const INCIDENTS: usize = 1_000;

/// How long signals come in.
const LASTS: SignedDuration = SignedDuration::from_mins(5);

/// One message a second and channel is what Slack takes, so it cannot end much before a thousand seconds.
const LONGEST: SignedDuration = SignedDuration::from_mins(60);

/// When everything begins.
const BEGIN: &str = "2026-11-22T09:00:00Z";

/// Where the laptop's rules send it all.
const CHANNEL: &str = "#alerts";

/// How signals arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storm {
    /// How many the router gets at once.
    pub(crate) batch: usize,
    /// How many signals of the same incident follow each other.
    pub(crate) in_a_row: usize,
}

/// How it went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Went {
    /// What the router needed of a processor.
    pub(crate) router: Duration,
    /// What the courier needed, and with it the queue of wakes and the notifier.
    pub(crate) courier: Duration,
    /// The router's and the courier's commits.
    pub(crate) commits: u64,
    /// Calls of Slack.
    pub(crate) calls: usize,
    /// Of them `chat.postMessage`.
    pub(crate) posts: usize,
    /// How long it took until Slack showed everything, by the clock that stands.
    pub(crate) minutes: i64,
}

impl Storm {
    /// Lets it blow.
    ///
    /// # Errors
    /// Something is not as it should be in the end.
    pub(crate) fn run(self) -> Result<Went, Box<dyn Error>> {
        let begin: Timestamp = BEGIN.parse()?;
        let elsewhere = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = elsewhere.block_on(local::http::listen(0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let options = Options { stands_at: Some(begin), ..Options::default() };
        let world = Arc::new(World::new(&options, url)?);
        elsewhere.spawn(local::http::serve(world.clone(), listener));
        let here = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let went = here.block_on(self.blow(&world, begin));
        elsewhere.shutdown_background();
        went
    }

    async fn blow(self, world: &World, begin: Timestamp) -> Result<Went, Box<dyn Error>> {
        let mut went = Went::default();
        let order = order(self.in_a_row);
        let mut calls = Calls { since: begin, counted: BTreeMap::new() };
        for (number, incidents) in order.chunks(self.batch).enumerate() {
            let first = number * self.batch;
            let arrives = begin + LASTS * i32::try_from(first)? / i32::try_from(SIGNALS)?;
            let from = busy()?;
            world.pass_until(arrives).await;
            went.courier += busy()? - from;
            let signals = incidents.iter().enumerate();
            let batch: Vec<Raw> =
                signals.map(|(position, incident)| signal(first + position, *incident, arrives)).collect();
            let from = busy()?;
            let verdicts = router::handle(&batch, &world.deps).await;
            went.router += busy()? - from;
            if verdicts.iter().any(|verdict| *verdict != Verdict::Done) {
                return Err("a signal went back to the queue".into());
            }
            calls.count(world);
        }
        while world.queue.depth() != (0, 0) || !world.store.behind(Timestamp::MAX, 1).await?.is_empty() {
            let from = busy()?;
            world.pass_until(world.clock.now() + SignedDuration::from_secs(10)).await;
            went.courier += busy()? - from;
            calls.count(world);
            if world.clock.now().duration_since(begin) > LONGEST {
                return Err("Slack does not show everything in time".into());
            }
        }
        went.minutes = world.clock.now().duration_since(begin).as_mins();
        world.clock.set(world.clock.now() + SignedDuration::from_secs(1));
        calls.count(world);
        went.calls = calls.counted.values().sum();
        went.posts = calls.counted.get("chat.postMessage").copied().unwrap_or_default();
        went.commits = ended_well(world).await?;
        Ok(went)
    }
}

/// One alert of Alertmanager, whose figure is another one each time.
fn signal(number: usize, incident: usize, at: Timestamp) -> Raw {
    let body = json!({
        "version": "4", "status": "firing", "receiver": "callboard",
        "groupKey": format!("{{}}:{{instance=\"web-{incident}\"}}"),
        "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "https://alertmanager.acme.example",
        "alerts": [{
            "status": "firing",
            "labels": {
                "alertname": "HighErrorRate", "severity": "error", "environment": "prod", "job": "web",
                "instance": format!("web-{incident}:8080"), "region": "eu-west-1"
            },
            "annotations": {
                "summary": format!("web-{incident} answers with errors"),
                "description": format!("{} % of the requests of the last 5 minutes failed.", number % 97),
                "runbook_url": "https://wiki.acme.example/runbooks/web"
            },
            "startsAt": BEGIN, "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.acme.example/graph?g0.expr=rate&g0.tab=1",
            "fingerprint": format!("{incident:016x}")
        }]
    });
    Raw {
        id: format!("delivery-{number}"),
        source: Some("alertmanager".to_owned()),
        headers: BTreeMap::new(),
        body: body.to_string(),
        received_at: at,
        note: None,
    }
}
/// Which incident each signal belongs to: every one as often, runs of `in_a_row` shuffled, in the same order each time.
fn order(in_a_row: usize) -> Vec<usize> {
    let mut runs: Vec<usize> = (0..SIGNALS / in_a_row).map(|run| run % INCIDENTS).collect();
    let mut noise: usize = 88_172_645_463_325_252;
    for last in (1..runs.len()).rev() {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        runs.swap(last, noise % (last + 1));
    }
    runs.into_iter().flat_map(|incident| std::iter::repeat_n(incident, in_a_row)).collect()
}

/// Every signal counted, every incident with one message; returns how many commits that took.
async fn ended_well(world: &World) -> Result<u64, Box<dyn Error>> {
    let (mut signals, mut commits) = (0, 0);
    let ids = world.store.incidents()?;
    for id in &ids {
        let incident = world.store.incident(id).await?.ok_or("an incident has vanished")?.incident;
        signals += incident.counts.signals;
        commits += incident.version;
    }
    let messages = world.slack.as_ref().ok_or("no workspace")?.messages(CHANNEL, "");
    let roots = messages.iter().filter(|message| message.thread_ts.is_none()).count();
    match (ids.len(), usize::try_from(signals)?, roots) {
        (INCIDENTS, SIGNALS, INCIDENTS) => Ok(commits),
        other => Err(format!("incidents, signals, messages: {other:?}").into()),
    }
}

/// How often each method was called. The workspace remembers the last few hundred, so it is asked often.
struct Calls {
    since: Timestamp,
    counted: BTreeMap<String, usize>,
}

impl Calls {
    /// Counts what was called before this moment: what is called in it may not be over.
    fn count(&mut self, world: &World) {
        let now = world.clock.now();
        if now.duration_since(self.since) < SignedDuration::from_secs(1) {
            return;
        }
        let window = self.since.as_millisecond()..now.as_millisecond();
        self.since = now;
        for call in world.slack.iter().flat_map(|slack| slack.calls()) {
            if window.contains(&call.at) {
                *self.counted.entry(call.method).or_default() += 1;
            }
        }
    }
}
