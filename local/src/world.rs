//! Everything wired, and the work that the cloud would do by itself: queues drained, minutes ticked.
//!
//! One world is one deployment. All work is done under one lock, so a script that drains sees the end of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Serialize;
use shared::config::Config;
use shared::deps::{Clock, Deps, Secrets};
use shared::fetch::{Network, Public, Reach};
use shared::mailbox::NoMailbox;
use shared::slack::client::{self, Client};
use shared::store::embedded::Embedded;
use slack_emulator::{AppUrls, Emulator, Settings};
use tokio::sync::Mutex;
use url::Url;

use crate::Trouble;
use crate::app;
use crate::clock::LocalClock;
use crate::queue::LocalQueue;
use crate::rules::{Rules, rules};
use crate::sample_cloud::SampleCloud;

/// How a world is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where the rules are.
    pub rules: Rules,
    /// Where state survives a restart; in memory without one.
    pub data_dir: Option<PathBuf>,
    /// Another Slack-compatible server, or Slack itself; the emulator without one.
    pub slack_api_url: Option<Url>,
    /// Slack's signing secret.
    pub signing_secret: Option<SecretString>,
    /// The bot token.
    pub bot_token: Option<SecretString>,
    /// The clock stands still from this time on, for scripts.
    pub stands_at: Option<Timestamp>,
}

/// One deployment on this machine.
#[derive(Debug)]
pub struct World {
    /// What the handlers are given.
    pub deps: Deps,
    /// The same store, with what only tools ask of it.
    pub store: Arc<Embedded>,
    /// The queues.
    pub queue: Arc<LocalQueue>,
    /// The clock.
    pub clock: Arc<LocalClock>,
    /// Where its rules are, for whoever wants to read them anew.
    pub rules: Rules,
    /// The Slack workspace, unless another server is used.
    pub slack: Option<Emulator>,
    /// Where all of it is reached, without a slash at the end.
    pub url: String,
    /// How many requests came in.
    pub(crate) requests: AtomicU64,
    data_dir: Option<PathBuf>,
    /// The workspace's version in the data directory; `u64::MAX` before the first save.
    saved: AtomicU64,
    working: Mutex<()>,
}

/// What a drain or a move of the clock did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Notifications that the router handled.
    pub signals: usize,
    /// Wakes that the courier handled.
    pub wakes: usize,
    /// Events that Slack delivered.
    pub events: usize,
    /// Ticks of the notifier.
    pub ticks: usize,
    /// Messages that still wait for their time.
    pub waiting: usize,
    /// Messages that failed too often.
    pub dead: usize,
}

/// How long a drain waits for what is due later, by a clock that runs.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

/// How far a drain moves a clock that stands: what fails again and again would move it for ever.
const FARTHEST: SignedDuration = SignedDuration::from_hours(1);

impl World {
    /// A world that is reached at `url`.
    ///
    /// # Errors
    /// The config has faults, or the data directory cannot be used.
    pub fn new(options: &Options, url: String) -> Result<Self, Trouble> {
        let clock = Arc::new(match options.stands_at {
            Some(at) => LocalClock::standing(at),
            None => LocalClock::running(),
        });
        let (config, sources) = rules(&options.rules)?;
        let (store, queue) = match &options.data_dir {
            None => (Embedded::memory(), LocalQueue::memory(clock.clone())),
            Some(folder) => {
                fs::create_dir_all(folder)
                    .map_err(|error| Trouble::because("the data directory cannot be made", error))?;
                (
                    Embedded::open(&folder.join("store.redb")),
                    LocalQueue::open(&folder.join("queues.redb"), clock.clone())?,
                )
            }
        };
        let store = Arc::new(store.map_err(|error| Trouble::because("the store cannot be opened", error))?);
        let queue = Arc::new(queue);
        let settings = settings(&config, options, &url)?;
        let token = options.bot_token.clone().unwrap_or_else(|| settings.bot_token.clone().into());
        let signing =
            options.signing_secret.clone().unwrap_or_else(|| settings.signing_secret.clone().into());
        let slack = match options.slack_api_url {
            Some(_) => None,
            None => Some(emulator(settings, options.data_dir.as_deref(), &clock)?),
        };
        let base = options.slack_api_url.clone().map_or_else(|| Url::parse(&url), Ok);
        let base = base.map_err(|error| Trouble::because("this is no address", error))?;
        let http = client::http().build().map_err(|error| Trouble::because("no HTTP client", error))?;
        let mut secrets = Secrets::new(vec![signing]);
        for (name, secret) in named_secrets() {
            secrets = secrets.with(name, secret);
        }
        let deps = Deps {
            store: store.clone(),
            slack: Client::new(base, token, http.clone()).timeout(Duration::from_secs(5)),
            queue: queue.clone(),
            config: Arc::new(config),
            sources: Arc::new(sources),
            fetch: Arc::new(Network::new(http, Public::new(client::http, Reach::Loopback))),
            cloud: Arc::new(SampleCloud::new(clock.clone())),
            mailbox: Arc::new(NoMailbox),
            secrets: Arc::new(secrets),
            clock: clock.clone(),
        };
        let data_dir = options.data_dir.clone();
        Ok(World {
            deps,
            store,
            queue,
            clock,
            rules: options.rules.clone(),
            slack,
            url,
            requests: AtomicU64::new(0),
            data_dir,
            saved: AtomicU64::new(u64::MAX),
            working: Mutex::default(),
        })
    }

    /// Does all work that is due now.
    pub async fn work(&self) -> Done {
        let _one_at_a_time = self.working.lock().await;
        self.work_now().await
    }

    /// Does all work, also what is due a little later: a clock that stands is moved there, by an hour at the most, one that
    /// runs is waited for, for half a minute.
    pub async fn drain(&self) -> Done {
        let patience = if self.clock.stands() { FARTHEST } else { PATIENCE };
        let patience = self.clock.now().checked_add(patience).unwrap_or(Timestamp::MAX);
        let mut done = self.work().await;
        while let Some(at) = self.queue.next_at().filter(|at| *at <= patience) {
            if self.clock.stands() {
                done = done.and(self.pass_until(at).await);
            } else {
                let wait = at.duration_since(self.clock.now());
                tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
                done = done.and(self.work().await);
            }
        }
        done
    }

    /// Lets time pass: whatever becomes due on the way is done in its order, and every minute ticks.
    pub async fn pass_until(&self, to: Timestamp) -> Done {
        let _one_at_a_time = self.working.lock().await;
        let mut done = self.work_now().await;
        loop {
            let now = self.clock.now();
            let minute = next_minute(now);
            let event = self.slack.as_ref().and_then(Emulator::next_due_ms);
            let event = event.and_then(|at| Timestamp::from_millisecond(at).ok());
            let due = [self.queue.next_at(), event].into_iter().flatten().filter(|at| *at > now);
            let next = due.fold(minute, Timestamp::min);
            if next > to {
                self.clock.set(to.max(now));
                return done.and(self.work_now().await);
            }
            self.clock.set(next);
            if next == minute {
                done = done.and(self.tick().await);
            }
            done = done.and(self.work_now().await);
        }
    }

    /// Does something while no other work is done here, as the queue's groups see to in the deployment.
    pub async fn alone<T>(&self, work: impl Future<Output = T>) -> T {
        let _one_at_a_time = self.working.lock().await;
        work.await
    }

    /// One tick of the notifier.
    pub async fn tick(&self) -> Done {
        if let Err(error) = notifier::tick(&self.deps).await {
            tracing::warn!(%error, "the tick failed; the next one does what this one did not");
        }
        Done { ticks: 1, ..Done::default() }
    }

    /// Works until the future is dropped: as soon as something is sent, when something falls due, and every minute.
    pub async fn run(&self) {
        let mut ticked = self.clock.now();
        loop {
            self.work().await;
            self.save();
            let now = self.clock.now();
            if now >= next_minute(ticked) {
                ticked = now;
                let _one_at_a_time = self.working.lock().await;
                self.tick().await;
                continue;
            }
            let due = self.queue.next_at().map_or(next_minute(now), |at| at.min(next_minute(now)));
            let wait = Duration::try_from(due.duration_since(now)).unwrap_or_default();
            // Slack's events have no bell, and a clock that is moved does not ring either.
            let wait = wait.clamp(Duration::from_millis(5), Duration::from_millis(250));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.queue.bell.notified() => {}
            }
        }
    }

    /// Writes the Slack workspace to the data directory, if it changed since the last time.
    pub fn save(&self) {
        let (Some(folder), Some(slack)) = (&self.data_dir, &self.slack) else { return };
        // Read before it is written: what changes meanwhile is written the next time.
        let version = slack.version();
        if self.saved.load(Ordering::Relaxed) == version {
            return;
        }
        match slack.save(&folder.join(WORKSPACE)) {
            Ok(()) => self.saved.store(version, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the Slack workspace could not be saved"),
        }
    }

    async fn work_now(&self) -> Done {
        let mut done = Done::default();
        loop {
            let before = done;
            if let Some(slack) = &self.slack {
                done.events += slack.deliver_due().await;
            }
            done.signals += self.route().await;
            done.wakes += self.carry().await;
            if done == before {
                (done.waiting, done.dead) = self.queue.depth();
                return done;
            }
        }
    }

    async fn route(&self) -> usize {
        let (numbers, raws): (Vec<u64>, Vec<_>) = self.queue.take_signals().into_iter().unzip();
        if raws.is_empty() {
            return 0;
        }
        let verdicts = router::handle(&raws, &self.deps).await;
        self.settle(numbers.iter().copied().zip(verdicts));
        raws.len()
    }

    async fn carry(&self) -> usize {
        let (numbers, wakes): (Vec<u64>, Vec<_>) = self.queue.take_wakes().into_iter().unzip();
        if wakes.is_empty() {
            return 0;
        }
        let verdicts = courier::handle(&wakes, &self.deps).await;
        self.settle(numbers.iter().copied().zip(verdicts));
        wakes.len()
    }

    fn settle(&self, verdicts: impl Iterator<Item = (u64, shared::queue::Verdict)>) {
        for (number, verdict) in verdicts {
            if let Err(error) = self.queue.settle(number, verdict) {
                tracing::error!(%error, "a message could not be settled and comes again");
            }
        }
    }
}

impl Done {
    /// This and what came after it.
    #[must_use]
    pub fn and(self, then: Done) -> Done {
        Done {
            signals: self.signals + then.signals,
            wakes: self.wakes + then.wakes,
            events: self.events + then.events,
            ticks: self.ticks + then.ticks,
            waiting: then.waiting,
            dead: then.dead,
        }
    }
}

/// The workspace's file in the data directory.
const WORKSPACE: &str = "workspace.json";

fn emulator(settings: Settings, folder: Option<&Path>, clock: &Arc<LocalClock>) -> Result<Emulator, Trouble> {
    match folder.map(|folder| folder.join(WORKSPACE)).filter(|file| file.exists()) {
        None => Ok(Emulator::new(settings, clock.clone())),
        Some(file) => Emulator::load(&file, settings, clock.clone())
            .map_err(|error| Trouble::because("the saved Slack workspace cannot be read", error)),
    }
}

/// The workspace of a Callboard that is reached at `url`, with the workspace itself at `base`; neither ends in a slash.
///
/// # Errors
/// The app's manifest is none.
pub fn workspace(config: &Config, url: &str, base: &str) -> Result<Settings, Trouble> {
    let mut settings = app::installed(&config.command)?;
    settings.app_urls = AppUrls {
        commands: Some(format!("{url}/slack/commands")),
        interactions: Some(format!("{url}/slack/interactions")),
        events: Some(format!("{url}/slack/events")),
    };
    settings.base_url = Some(base.to_owned());
    Ok(settings)
}

fn settings(config: &Config, options: &Options, url: &str) -> Result<Settings, Trouble> {
    use secrecy::ExposeSecret;
    let mut settings = workspace(config, url, url)?;
    if options.stands_at.is_some() {
        // Slack's patience is in real time; where the clock stands, a busy machine must not change the story.
        settings.app_timeout_ms = 60_000;
    }
    if let Some(secret) = &options.signing_secret {
        settings.signing_secret = secret.expose_secret().to_owned();
    }
    if let Some(token) = &options.bot_token {
        settings.bot_token = token.expose_secret().to_owned();
    }
    Ok(settings)
}

/// `CALLBOARD_SECRET_GITHUB_WEBHOOK=...` is the secret that the config calls `github-webhook`.
fn named_secrets() -> impl Iterator<Item = (String, SecretString)> {
    std::env::vars().filter_map(|(name, value)| {
        let name = name.strip_prefix("CALLBOARD_SECRET_")?.to_lowercase().replace('_', "-");
        Some((name, value.into()))
    })
}

fn next_minute(after: Timestamp) -> Timestamp {
    let minute = (after.as_second().div_euclid(60) + 1) * 60;
    Timestamp::from_second(minute).unwrap_or(Timestamp::MAX)
}
