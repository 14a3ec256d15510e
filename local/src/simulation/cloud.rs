//! What AWS does in the deployment: the gateway in front of the doors, the queues that call router and courier, the schedule
//! that calls the notifier. It starts handlers, ends them when their time is over or when the dice say so, and settles
//! messages. What handlers do is their own business.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use shared::core::raw::Raw;
use shared::invoke::RequestId;
use shared::queue::{Verdict, Wake};
use shared::slack::client::Client;
use slack_emulator::{InProcessApp, Reaches};
use tokio::time::{sleep, timeout};

use super::flight::Life;
use super::ground::Ground;
use super::weather::{Fate, Seam};
use crate::http::{Door, enter};
use crate::queue::Batch;

/// How long handlers may take, as in `template.yaml`.
const DOOR_TIMEOUT: Duration = Duration::from_secs(10);
const ROUTER_TIMEOUT: Duration = Duration::from_secs(60);
const COURIER_TIMEOUT: Duration = Duration::from_secs(30);
const NOTIFIER_TIMEOUT: Duration = Duration::from_secs(50);

/// How long Slack waits for an answer.
const SLACKS_PATIENCE: Duration = Duration::from_secs(3);

/// How long a sender waits for one.
pub(super) const SENDERS_PATIENCE: Duration = Duration::from_secs(10);

/// The cloud of one run. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Cloud {
    pub(super) ground: Arc<Ground>,
    plain: Client,
}

impl Cloud {
    pub(super) fn new(ground: Arc<Ground>, plain: Client) -> Self {
        Cloud { ground, plain }
    }

    /// What goes on by itself from now on.
    pub(super) fn start(&self) {
        tokio::spawn(self.clone().serve_queues());
        tokio::spawn(self.clone().keep_schedule());
        tokio::spawn(self.clone().deliver_events());
    }

    /// Runs a handler until it is done, is killed, or has had its time.
    async fn run<T>(
        &self,
        role: &str,
        limit: Duration,
        handler: impl AsyncFnOnce(shared::deps::Deps) -> T,
    ) -> Option<T> {
        let _busy = self.ground.at_work();
        let life = Life::new(self.ground.clone(), role);
        let (killed, after) = {
            let mut weather = self.ground.weather();
            (weather.happens(20), Duration::from_millis(weather.pick(700)))
        };
        let end = if killed { after.min(limit) } else { limit };
        let done = tokio::select! {
            biased;
            () = life.killed() => None,
            () = sleep(end) => None,
            done = handler(life.deps(&self.plain)) => Some(done),
        };
        if done.is_none() {
            if killed {
                self.ground.ledger().meets("a handler is killed at some moment");
            }
            self.ground.tell(&life.name, || "is dead".to_owned());
        }
        done
    }

    /// A request through the gateway. The answer, or why there is none.
    pub(super) async fn knock(
        &self,
        door: Door,
        mut request: http::Request<Bytes>,
        patience: Duration,
    ) -> Result<http::Response<Bytes>, &'static str> {
        let number = self.ground.next_number();
        request.extensions_mut().insert(RequestId(format!("request-{number}")));
        let (fate, (there, back)) = {
            let call = self.ground.next_call();
            let mut weather = self.ground.weather();
            (weather.fate(Seam::Door, call), weather.latency(Seam::Door))
        };
        self.ground.tell("gateway", || format!("{} {}", request.uri().path(), fate.words()));
        self.ground.ledger().meets(format!("Door {}", fate.words()));
        let more = if let Fate::Slow(more) = fate { more } else { 0 };
        let there = Duration::from_millis(there + more);
        if !matches!(fate, Fate::Slow(_)) {
            sleep(there).await;
        }
        match fate {
            Fate::Refused => return Err("connection_failed"),
            Fate::LostThere => {
                sleep(patience).await;
                return Err("http_timeout");
            }
            Fate::KilledBefore | Fate::Peculiar(_) => return Ok(bad_gateway()),
            _ => {}
        }
        let (cloud, role) = (self.clone(), role(door));
        // A caller that hangs up does not end the handler.
        let handler = tokio::spawn(async move {
            if matches!(fate, Fate::Slow(_)) {
                // The caller's patience runs meanwhile.
                sleep(there).await;
            }
            let handler = async |deps| enter(door, request, &deps).await;
            cloud.run(role, DOOR_TIMEOUT, handler).await
        });
        let answer = timeout(patience, handler).await.map_err(|_| "http_timeout")?;
        sleep(Duration::from_millis(back)).await;
        match fate {
            Fate::LostBack => Err("unknown_error"),
            Fate::KilledAfter => Ok(bad_gateway()),
            _ => Ok(answer.ok().flatten().unwrap_or_else(bad_gateway)),
        }
    }

    /// Serves both queues until the run is over.
    async fn serve_queues(self) {
        loop {
            let signals = self.ground.queue.take_signals();
            let wakes = self.ground.queue.take_wakes();
            if signals.is_empty() && wakes.is_empty() {
                let wait = self.ground.queue.next_at().map_or(SignedDuration::from_mins(60), |at| {
                    at.duration_since(self.ground.now()).max(SignedDuration::from_millis(1))
                });
                tokio::select! {
                    biased;
                    () = self.ground.queue.bell.notified() => {}
                    () = sleep(Duration::try_from(wait).unwrap_or_default()) => {}
                }
                continue;
            }
            for batch in self.shuffled(signals) {
                if self.ground.weather().happens(40) {
                    self.ground.ledger().meets("a batch is delivered twice");
                    let again = self.clone();
                    let twice = batch.clone();
                    tokio::spawn(async move { again.route(twice).await });
                }
                let cloud = self.clone();
                tokio::spawn(async move { cloud.route(batch).await });
            }
            for (number, wake) in wakes {
                let cloud = self.clone();
                tokio::spawn(async move { cloud.carry(number, wake).await });
            }
        }
    }

    /// A standard queue keeps no order, and gives a few here and a few there.
    fn shuffled(&self, signals: Batch<Raw>) -> Vec<Batch<Raw>> {
        let mut batches: Vec<Batch<Raw>> = Vec::new();
        let mut weather = self.ground.weather();
        for signal in signals {
            match batches.last_mut() {
                Some(batch) if !weather.happens(300) => {
                    let at = if weather.happens(300) { 0 } else { batch.len() };
                    batch.insert(at, signal);
                }
                _ => batches.push(vec![signal]),
            }
        }
        batches
    }

    async fn route(&self, batch: Batch<Raw>) {
        let _busy = self.ground.at_work();
        let wait = self.delay(30, 200, 9_000);
        sleep(wait).await;
        let (numbers, raws): (Vec<u64>, Vec<Raw>) = batch.into_iter().unzip();
        let verdicts =
            self.run("router", ROUTER_TIMEOUT, async |deps| router::handle(&raws, &deps).await).await;
        self.settle(numbers.into_iter().zip(verdicts.unwrap_or_default()));
    }

    async fn carry(&self, number: u64, wake: Wake) {
        let _busy = self.ground.at_work();
        let wait = self.delay(15, 60, 6_000);
        sleep(wait).await;
        if self.ground.weather().happens(30) {
            self.ground.ledger().meets("a wake is lost");
            self.ground.tell("queue", || format!("the wake for {} {} is lost", wake.incident, wake.channel));
            self.settle([(number, Verdict::Done)].into_iter());
            return;
        }
        let handler = async |deps| courier::handle(std::slice::from_ref(&wake), &deps).await;
        let verdicts = self.run("courier", COURIER_TIMEOUT, handler).await;
        self.settle([number].into_iter().zip(verdicts.unwrap_or_default()));
    }

    /// How long a queue takes to deliver, in milliseconds: commonly so long, in so many of a thousand cases up to much longer.
    fn delay(&self, commonly: u64, per_mille: u64, most: u64) -> Duration {
        let mut weather = self.ground.weather();
        let ms =
            if weather.happens(per_mille) { weather.pick(most) } else { commonly + weather.pick(commonly) };
        Duration::from_millis(ms)
    }

    fn settle(&self, verdicts: impl Iterator<Item = (u64, Verdict)>) {
        for (number, verdict) in verdicts {
            if self.ground.weather().happens(20) {
                self.ground.ledger().meets("a message is settled in vain");
                self.ground.tell("queue", || "a message was handled and is not forgotten".to_owned());
            } else if let Err(error) = self.ground.queue.settle(number, verdict) {
                self.ground.tell("queue", || error.to_string());
            }
        }
        self.ground.queue.bell.notify_one();
    }

    /// The notifier, every minute until the run is over.
    async fn keep_schedule(self) {
        loop {
            let second = self.ground.now().as_second().rem_euclid(60);
            sleep(Duration::from_secs(u64::try_from(60 - second).unwrap_or(60))).await;
            let times = {
                let mut weather = self.ground.weather();
                if weather.happens(80) { 0 } else { 1 + u64::from(weather.happens(80)) }
            };
            match times {
                0 => self.ground.ledger().meets("a tick is missed"),
                1 => {}
                _ => self.ground.ledger().meets("a tick comes twice"),
            }
            for _ in 0..times {
                let cloud = self.clone();
                tokio::spawn(async move { cloud.tick().await });
            }
        }
    }

    async fn tick(&self) {
        let tick = self.run("notifier", NOTIFIER_TIMEOUT, async |deps| notifier::tick(&deps).await).await;
        match tick {
            Some(Ok(tick)) => self.ground.ledger().swept += tick.behind,
            Some(Err(error)) => self.ground.tell("notifier", || error.to_string()),
            None => {}
        }
    }

    /// Delivers Slack's events until the run is over, and repeats those that have to be repeated.
    async fn deliver_events(self) {
        loop {
            self.ground.slack.deliver_due().await;
            let due = self.ground.slack.next_due_ms().unwrap_or(i64::MAX);
            let wait = due.saturating_sub(slack_emulator::Clock::now_ms(self.ground.clock.as_ref()));
            let wait = Duration::from_millis(u64::try_from(wait.clamp(1, 3_600_000)).unwrap_or(1));
            tokio::select! {
                biased;
                () = self.ground.slack_changed.notified() => {}
                () = sleep(wait) => {}
            }
        }
    }
}

impl InProcessApp for Cloud {
    fn ask(&self, request: http::Request<Bytes>) -> Reaches<'_> {
        let door = match request.uri().path() {
            "/slack/commands" => Door::Commands,
            "/slack/interactions" => Door::Interactions,
            _ => Door::Events,
        };
        Box::pin(self.knock(door, request, SLACKS_PATIENCE))
    }
}

fn role(door: Door) -> &'static str {
    match door {
        Door::Ingest => "ingest",
        Door::Commands => "slash-command",
        Door::Interactions => "interaction",
        Door::Events => "slack-events",
    }
}

fn bad_gateway() -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from_static(b"{\"message\":\"Internal Server Error\"}"));
    *response.status_mut() = http::StatusCode::BAD_GATEWAY;
    response
}
