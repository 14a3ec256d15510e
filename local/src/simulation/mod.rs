//! The whole system on simulated time: handlers, queues, people, senders and Slack, with faults at every seam, by a seed. The
//! same seed gives the same run to the byte, so a failure can be replayed and read.
//!
//! - `weather`: what goes wrong, and when
//! - `ground`: the clock, what is for real, and the narration; `ledger`: what was asked and promised
//! - `flight`: one call through a seam; `seams`: the seams that handlers are given
//! - `cloud`: what AWS does; `senders`, `people`: who wants something
//! - `story`: a run by a seed; `crash`: one flow, cut at every call
//! - `check`: what must hold at the end; `many`: many runs at once
//!
//! Time is tokio's paused clock: it jumps when everybody waits. No decision of the system may enter, and nothing here knows how
//! the system reaches its promises.

use std::sync::{Arc, OnceLock, Weak};

use jiff::Timestamp;
use shared::config::Config;
use shared::deps::Secrets;
use shared::slack::client::Client;
use shared::sources::Sources;
use shared::store::Store;
use shared::store::embedded::Embedded;
use slack_emulator::{AppUrls, Emulator, InProcessApp, Reaches, Settings};

use crate::Trouble;
use crate::app;
use cloud::Cloud;
use ground::{Ground, Real, SimClock};
use weather::Weather;

mod check;
mod cloud;
pub mod crash;
mod flight;
mod ground;
mod ledger;
mod many;
mod people;
mod seams;
mod senders;
mod story;
mod weather;

pub use many::{Sum, each};
pub use story::{Outcome, run};

/// When every run begins.
const BEGIN: &str = "2026-11-22T09:00:17Z";

/// The rules of the simulated team.
const RULES: &str = include_str!("rules.yaml");

/// What runs have in common, made once.
#[derive(Clone, Debug)]
pub struct Stage {
    config: Arc<Config>,
    sources: Arc<Sources>,
    plain: Client,
}

impl Stage {
    /// Compiles the rules and the sources.
    ///
    /// # Errors
    /// One of the built-in files is broken.
    pub fn set() -> Result<Self, Trouble> {
        let faults = |faults: Vec<shared::config::Fault>| {
            Trouble(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        };
        let sources = Sources::builtin().map_err(|error| Trouble::because("a source is broken", error))?;
        let plain = seams::plain_client(&Settings::default().bot_token);
        Ok(Stage {
            config: Arc::new(Config::from_yaml(RULES).map_err(faults)?),
            sources: Arc::new(sources),
            plain: plain.ok_or_else(|| Trouble("there is no HTTP client".to_owned()))?,
        })
    }

    /// A world with nothing in it yet. Without a store, an embedded one.
    fn world(&self, weather: Weather, store: Option<Arc<dyn Store>>, tell: bool) -> Result<Cloud, Trouble> {
        let begin: Timestamp = BEGIN.parse().map_err(|error| Trouble::because("no time to begin", error))?;
        let clock = Arc::new(SimClock::begin(begin));
        let store = match store {
            Some(store) => store,
            None => Arc::new(
                Embedded::memory().map_err(|error| Trouble::because("the store cannot be opened", error))?,
            ),
        };
        let app = App::default();
        let settings = self.settings()?;
        let secrets = Secrets::new(vec![settings.signing_secret.clone().into()]);
        let slack = Emulator::with_app(settings, clock.clone(), app.clone());
        let real = Real {
            clock,
            store,
            slack,
            config: self.config.clone(),
            sources: self.sources.clone(),
            secrets: Arc::new(secrets),
        };
        let cloud = Cloud::new(Arc::new(Ground::new(real, weather, tell)), self.plain.clone());
        // Only weakly, or no world would ever end.
        let _first = app.0.set((Arc::downgrade(&cloud.ground), self.plain.clone()));
        Ok(cloud)
    }

    fn settings(&self) -> Result<Settings, Trouble> {
        let mut settings = app::installed(&self.config.command)?;
        let url = |door: &str| Some(format!("{}/slack/{door}", seams::SLACK));
        settings.app_urls =
            AppUrls { commands: url("commands"), interactions: url("interactions"), events: url("events") };
        settings.base_url = Some(seams::SLACK.to_owned());
        Ok(settings)
    }
}

/// A runtime of one thread whose time jumps.
///
/// # Errors
/// The machine has no resources for one.
pub fn runtime() -> Result<tokio::runtime::Runtime, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.map_err(|error| Trouble::because("there is no runtime", error))
}

/// The doors as Slack reaches them.
#[derive(Clone, Default)]
struct App(Arc<OnceLock<(Weak<Ground>, Client)>>);

impl InProcessApp for App {
    fn ask(&self, request: http::Request<bytes::Bytes>) -> Reaches<'_> {
        Box::pin(async move {
            let known = self.0.get().and_then(|(ground, plain)| Some((ground.upgrade()?, plain.clone())));
            let (ground, plain) = known.ok_or("connection_failed")?;
            Cloud::new(ground, plain).ask(request).await
        })
    }
}
