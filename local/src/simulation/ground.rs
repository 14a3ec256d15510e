//! The ground on which a run stands: the simulated clock, what is for real (store, queues, Slack workspace, rules), the
//! weather, and the ledger of what was asked and promised. Everything is reached through here, and nothing is decided.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use jiff::{SignedDuration, Timestamp};
use shared::config::Config;
use shared::deps::{Clock, Secrets};
use shared::sources::Sources;
use shared::store::Store;
use slack_emulator::Emulator;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::ledger::Ledger;
use super::weather::{Misfortune, Weather};
use crate::queue::LocalQueue;

/// Time as tokio's paused clock tells it: it moves when nobody has anything to do.
#[derive(Debug)]
pub(super) struct SimClock {
    began: Instant,
    at: Timestamp,
}

impl SimClock {
    pub(super) fn begin(at: Timestamp) -> Self {
        SimClock { began: Instant::now(), at }
    }

    pub(super) fn passed(&self) -> SignedDuration {
        SignedDuration::try_from(self.began.elapsed()).unwrap_or(SignedDuration::MAX)
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        self.at.checked_add(self.passed()).unwrap_or(self.at)
    }
}

impl slack_emulator::Clock for SimClock {
    fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

/// One run's world.
pub(super) struct Ground {
    pub(super) clock: Arc<SimClock>,
    pub(super) store: Arc<dyn Store>,
    pub(super) queue: Arc<LocalQueue>,
    pub(super) slack: Emulator,
    /// The Web API, reached without a network.
    pub(super) api: Router,
    pub(super) config: Arc<Config>,
    pub(super) sources: Arc<Sources>,
    pub(super) secrets: Arc<Secrets>,
    /// Handlers that live, people and senders that wait for an answer.
    pub(super) busy: AtomicUsize,
    /// Rung when Slack may have an event for us.
    pub(super) slack_changed: Notify,
    /// The number of the next call.
    calls: AtomicU64,
    /// The number of the next invocation, request or message.
    numbers: AtomicU64,
    weather: Mutex<Weather>,
    spells: Mutex<Vec<Misfortune>>,
    ledger: Mutex<Ledger>,
    told: Option<Mutex<String>>,
}

impl std::fmt::Debug for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ground").finish_non_exhaustive()
    }
}

/// What is for real.
pub(super) struct Real {
    pub(super) clock: Arc<SimClock>,
    pub(super) store: Arc<dyn Store>,
    pub(super) slack: Emulator,
    pub(super) config: Arc<Config>,
    pub(super) sources: Arc<Sources>,
    pub(super) secrets: Arc<Secrets>,
}

impl Ground {
    pub(super) fn new(real: Real, weather: Weather, tell: bool) -> Self {
        let Real { clock, store, slack, config, sources, secrets } = real;
        Ground {
            queue: Arc::new(LocalQueue::memory(clock.clone())),
            clock,
            store,
            api: slack.router(),
            slack,
            config,
            sources,
            secrets,
            busy: AtomicUsize::new(0),
            slack_changed: Notify::new(),
            calls: AtomicU64::new(0),
            numbers: AtomicU64::new(0),
            weather: Mutex::new(weather),
            spells: Mutex::default(),
            ledger: Mutex::default(),
            told: tell.then(Mutex::default),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    /// How many calls there were.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn suffers(&self, from: &Misfortune) -> bool {
        self.spells.lock().unwrap_or_else(PoisonError::into_inner).contains(from)
    }

    pub(super) fn befall(&self, what: &Misfortune, begins: bool) {
        let mut spells = self.spells.lock().unwrap_or_else(PoisonError::into_inner);
        if begins {
            spells.push(what.clone());
        } else if let Some(at) = spells.iter().position(|spell| spell == what) {
            spells.remove(at);
        }
        let still = spells.contains(what);
        drop(spells);
        match what {
            Misfortune::TokenRevoked => self.slack.revoke_token(still),
            Misfortune::Archived(channel) => {
                self.slack.archive(channel, still);
            }
            _ => {}
        }
        if begins {
            let what = format!("{what:?}");
            self.ledger().meets(what.split('(').next().unwrap_or_default());
        }
        self.tell("weather", || format!("{what:?} {}", if begins { "begins" } else { "is over" }));
    }

    /// Somebody is at work until this is dropped.
    pub(super) fn at_work(self: &Arc<Self>) -> AtWork {
        self.busy.fetch_add(1, Ordering::Relaxed);
        AtWork(self.clone())
    }

    /// Whether nobody works and nothing waits.
    pub(super) fn is_quiet(&self) -> bool {
        self.busy.load(Ordering::Relaxed) == 0 && self.queue.depth().0 == 0 && self.slack.pending() == 0
    }

    /// Says what happens, if anybody listens.
    pub(super) fn tell(&self, who: &str, what: impl FnOnce() -> String) {
        let Some(told) = &self.told else { return };
        let passed = self.clock.passed();
        let (seconds, ms) = (passed.as_secs(), passed.subsec_millis());
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(told, "{hours:02}:{minutes:02}:{seconds:02}.{ms:03}  {who:<18} {}", what());
    }

    pub(super) fn told(&self) -> String {
        let told = self.told.as_ref().map(|told| told.lock().unwrap_or_else(PoisonError::into_inner).clone());
        told.unwrap_or_default()
    }
}

/// See [`Ground::at_work`].
pub(super) struct AtWork(Arc<Ground>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}
