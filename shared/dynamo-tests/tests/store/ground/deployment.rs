//! All of Callboard on a store of the test's choice: the laptop's world with another store in it, behind its own address,
//! with a Slack workspace and a clock that stands.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use local::world::{Options, World};
use shared::core::raw::Raw;
use shared::deps::{Clock, Deps};
use shared::queue::Verdict;
use shared::store::Store;
use slack_emulator::Message;
use tokio::task::{JoinHandle, JoinSet};

/// When everything begins.
const BEGIN: &str = "2026-11-22T09:00:30Z";

/// How often a message of the `signals` queue is received before it is a dead letter: `maxReceiveCount` in template.yaml.
pub(crate) const MOST_RECEIVED: usize = 20;

/// A deployment that is served until it is dropped.
pub(crate) struct Deployment {
    world: Arc<World>,
    server: JoinHandle<()>,
}

impl Deployment {
    /// With the laptop's rules.
    pub(crate) async fn on(store: Arc<dyn Store>) -> Self {
        let listener = local::http::listen(0).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let options = Options { stands_at: Some(BEGIN.parse().unwrap()), ..Options::default() };
        let mut world = World::new(&options, url).unwrap();
        world.deps.store = store;
        let world = Arc::new(world);
        let served = world.clone();
        let server = tokio::spawn(async move { local::http::serve(served, listener).await.unwrap() });
        Self { world, server }
    }

    /// What the handlers are given.
    pub(crate) fn deps(&self) -> &Deps {
        &self.world.deps
    }

    /// A notification that has just arrived.
    pub(crate) fn raw(&self, id: &str, body: &serde_json::Value) -> Raw {
        Raw {
            id: id.to_owned(),
            source: Some("generic".to_owned()),
            headers: Default::default(),
            body: body.to_string(),
            received_at: self.world.clock.now(),
            note: None,
        }
    }

    /// Gives each notification to a router of its own, all at once; what fails comes again, as from the queue. Returns how
    /// often the unluckiest one was received.
    pub(crate) async fn route_at_once(&self, raws: Vec<Raw>) -> usize {
        let mut left = raws;
        let mut received = 0;
        while !left.is_empty() {
            received += 1;
            let mut routers = JoinSet::new();
            for raw in left.drain(..) {
                let deps = self.world.deps.clone();
                routers.spawn(async move {
                    let verdicts = router::handle(std::slice::from_ref(&raw), &deps).await;
                    (verdicts != [Verdict::Done]).then_some(raw)
                });
            }
            left.extend(routers.join_all().await.into_iter().flatten());
            assert!(received < MOST_RECEIVED || left.is_empty(), "{} are dead letters", left.len());
        }
        received
    }

    /// Lets time pass until Slack shows everything, an hour at the most.
    pub(crate) async fn calm(&self) {
        for _ in 0..60 {
            self.world.drain().await;
            // Under faults asking may fail too; then nothing is known.
            if self.deps().store.behind(Timestamp::MAX, 1).await == Ok(Vec::new()) {
                return;
            }
            self.world.pass_until(self.world.clock.now() + SignedDuration::from_mins(1)).await;
        }
        panic!("Slack does not show everything after an hour: {}", self.channel("#alerts"));
    }

    /// The messages of the first level that everybody sees.
    pub(crate) fn roots(&self, channel: &str) -> Vec<Message> {
        let messages = self.world.slack.as_ref().unwrap().messages(channel, "");
        messages.into_iter().filter(|message| message.thread_ts.is_none()).collect()
    }

    /// The channel as people read it.
    pub(crate) fn channel(&self, name: &str) -> String {
        self.world.slack.as_ref().unwrap().channel_text(name)
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        self.server.abort();
    }
}
