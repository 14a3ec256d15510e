//! The deployment as a story sees it. Its Slack is the laptop's emulator, in this process; its clock is the emulator's too, and
//! is told to the cloud whenever it moves. How time passes is as in the laptop's world (`local::world`): to whatever is due
//! next, and minute by minute.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use local::Trouble;
use local::clock::LocalClock;
use local::samples::Sample;
use local::scenario::{Left, Stage};
use local::world::workspace;
use shared::deps::Clock;
use shared::store::Loaded;
use slack_emulator::Emulator;
use tokio::net::TcpListener;

use crate::cloud::{Cloud, Queues};
use crate::sender::Sender;

/// How far a drain moves the clock, as on the laptop.
const FARTHEST: SignedDuration = SignedDuration::from_hours(1);

/// A deployment at the beginning of a story.
#[derive(Debug)]
pub(crate) struct Deployment {
    cloud: Cloud,
    slack: Emulator,
    clock: Arc<LocalClock>,
    sender: Sender,
    sent: AtomicUsize,
}

impl Deployment {
    /// Empties the deployment, and opens a fresh workspace where it finds Slack.
    pub(crate) async fn anew(cloud: Cloud, begin: Timestamp) -> Result<Self, Trouble> {
        cloud.begin(begin).await?;
        let sender = Sender::to(&cloud)?;
        let clock = Arc::new(LocalClock::standing(begin));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, cloud.about.slack_port)).await;
        let listener = listener.map_err(|error| Trouble::because("Slack's port cannot be used", error))?;
        let base = format!("http://127.0.0.1:{}", cloud.about.slack_port);
        let mut settings = workspace(&sender.config, &cloud.about.api, &base)?;
        // Slack's patience is in real time; where the clock stands, a busy machine must not change the story.
        settings.app_timeout_ms = 60_000;
        let slack = Emulator::new(settings, clock.clone());
        let serving = slack.clone();
        tokio::spawn(async move { serving.serve(listener, axum::Router::new()).await });
        Ok(Deployment { cloud, slack, clock, sender, sent: AtomicUsize::new(0) })
    }

    async fn set(&self, at: Timestamp) -> Result<(), Trouble> {
        self.clock.set(at);
        self.cloud.set(at).await
    }

    /// Does all that is due now: what Slack has to tell, and what is in the queues, until both are calm.
    async fn work(&self) -> Result<Queues, Trouble> {
        loop {
            self.slack.deliver_due().await;
            let queues = self.cloud.work().await?;
            if self.slack.idle() {
                return Ok(queues);
            }
        }
    }

    async fn pass(&self, to: Timestamp) -> Result<Queues, Trouble> {
        let mut queues = self.work().await?;
        loop {
            let now = self.clock.now();
            let minute = next_minute(now);
            let event = self.slack.next_due_ms().and_then(|at| Timestamp::from_millisecond(at).ok());
            let due = [queues.next_at(), event].into_iter().flatten().filter(|at| *at > now);
            let next = due.fold(minute, Timestamp::min);
            if next > to {
                self.set(to.max(now)).await?;
                return self.work().await;
            }
            self.set(next).await?;
            if next != minute {
                queues = self.work().await?;
                continue;
            }
            self.cloud.tick().await?;
            queues = self.work().await?;
            if queues.waiting == 0 && self.slack.next_due_ms().is_none() {
                self.set(self.before_the_next_work(to).await?).await?;
            }
        }
    }

    /// Until when nobody has anything to do: the minutes on the way would ring in vain, and a day has 1,440 of them. Asked after one that
    /// rang, with nothing under way.
    async fn before_the_next_work(&self, to: Timestamp) -> Result<Timestamp, Trouble> {
        let now = self.clock.now();
        let config = &self.sender.config;
        let reports = config.reports.iter().filter_map(|report| report.schedule.next_after(now));
        let until = reports.fold(to, Timestamp::min);
        if !config.feeds.is_empty() || self.cloud.has_work(until).await? {
            return Ok(now);
        }
        // The minute in which it comes has to ring.
        Ok(until.checked_sub(SignedDuration::from_mins(1)).map_or(now, |before| before.max(now)))
    }
}

#[async_trait]
impl Stage for Deployment {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn slack(&self) -> Result<&Emulator, Trouble> {
        Ok(&self.slack)
    }

    async fn take_in(&self, sample: &Sample) -> Result<http::Response<Bytes>, Trouble> {
        // The laptop counts all requests, also those of Slack.
        let number = self.sent.fetch_add(1, Ordering::Relaxed) + self.slack.requests().len();
        self.sender.send(sample, number, self.clock.now(), &self.cloud).await
    }

    async fn drain(&self) -> Result<Left, Trouble> {
        let patience = self.clock.now().checked_add(FARTHEST).unwrap_or(Timestamp::MAX);
        let mut queues = self.work().await?;
        while let Some(at) = queues.next_at().filter(|at| *at <= patience) {
            queues = self.pass(at).await?;
        }
        Ok(Left { waiting: queues.waiting, dead: queues.dead })
    }

    async fn pass_until(&self, to: Timestamp) -> Result<(), Trouble> {
        self.pass(to).await.map(|_| ())
    }

    async fn miss(&self, to: Timestamp) -> Result<(), Trouble> {
        self.set(to).await
    }

    async fn incidents(&self) -> Result<Vec<Loaded>, Trouble> {
        self.cloud.incidents().await
    }
}

fn next_minute(after: Timestamp) -> Timestamp {
    let minute = (after.as_second().div_euclid(60) + 1) * 60;
    Timestamp::from_second(minute).unwrap_or(Timestamp::MAX)
}
