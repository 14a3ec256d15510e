//! The shell around the workspace: one lock, the clock, the sender. Every change goes through [`Emulator::change`], which
//! tells the page and the background task that something happened. No lock is ever held across an await.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::answer::Answer;
use crate::args::Args;
use crate::clock::Clock;
use crate::courier::{App, Courier};
use crate::faults::Fault;
use crate::people::{Act, Acted, Begun};
use crate::settings::Settings;
use crate::state::State;
use crate::workspace::Workspace;

/// A Slack workspace. Clones share it.
#[derive(Clone)]
pub struct Emulator {
    inner: Arc<Inner>,
}

struct Inner {
    workspace: Mutex<Workspace>,
    clock: Arc<dyn Clock>,
    courier: Courier,
    version: watch::Sender<u64>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}

impl Emulator {
    /// A fresh workspace.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now_ms();
        Self::around(Workspace::new(settings, now), clock)
    }

    /// A fresh workspace whose app is in this process.
    pub fn with_app(settings: Settings, clock: Arc<dyn Clock>, app: impl App + 'static) -> Self {
        let now = clock.now_ms();
        Self::beside(Courier::to(Box::new(app)), Workspace::new(settings, now), clock)
    }

    /// A workspace that was saved before. The settings, and with them the secrets, are not part of the file.
    ///
    /// # Errors
    /// If the file cannot be read or is no saved workspace.
    pub fn load(path: &Path, settings: Settings, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let state: State = serde_json::from_slice(&std::fs::read(path)?)?;
        Ok(Self::around(Workspace { settings, state }, clock))
    }

    /// Writes the workspace to a file, as JSON without secrets.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        let bytes = self.read(|workspace, _| serde_json::to_vec(&workspace.state))?;
        // A crash while writing must not cost the old file.
        let beside = path.with_extension("tmp");
        std::fs::write(&beside, bytes)?;
        std::fs::rename(&beside, path)
    }

    fn around(workspace: Workspace, clock: Arc<dyn Clock>) -> Self {
        let patience = Duration::from_millis(workspace.settings.app_timeout_ms);
        Self::beside(Courier::network(patience), workspace, clock)
    }

    fn beside(courier: Courier, workspace: Workspace, clock: Arc<dyn Clock>) -> Self {
        let version = watch::Sender::new(workspace.state.version);
        Self { inner: Arc::new(Inner { workspace: Mutex::new(workspace), clock, courier, version }) }
    }

    pub(crate) fn read<R>(&self, look: impl FnOnce(&Workspace, i64) -> R) -> R {
        let now = self.inner.clock.now_ms();
        look(&self.inner.workspace.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut Workspace, i64) -> R) -> R {
        let now = self.inner.clock.now_ms();
        let mut workspace = self.inner.workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut workspace, now);
        workspace.state.version += 1;
        self.inner.version.send_replace(workspace.state.version);
        result
    }

    /// Rises with every change, also with those that a file of [`Emulator::save`] would not show.
    pub fn version(&self) -> u64 {
        *self.inner.version.borrow()
    }

    /// Rises with every change.
    pub(crate) fn versions(&self) -> watch::Receiver<u64> {
        self.inner.version.subscribe()
    }

    /// Calls a Web API method without HTTP; the token is checked, faults are not applied.
    pub fn call(&self, method: &str, args: Value, token: &str) -> Answer {
        let args = Args::from(args.as_object().cloned().unwrap_or_default());
        self.change(|workspace, now| workspace.call(method, args, Some(token.to_owned()), now))
    }

    /// Does something on behalf of a person. Commands, clicks and forms ask the app before this returns; events wait in
    /// the outbox.
    pub async fn act(&self, user: &str, act: Act) -> Acted {
        let asked = match self.change(|workspace, now| workspace.begin(user, act, now)) {
            Begun::Done(acted) => return acted,
            Begun::Ask(asked) => asked,
        };
        let (secret, now) = self.read(|workspace, now| (workspace.settings.signing_secret.clone(), now));
        let heard = self.inner.courier.send(&asked.delivery, &secret, now).await;
        self.change(|workspace, now| workspace.heard(&asked, &heard, now))
    }

    /// Sends every event that is due now, also those that become due by sending. Returns how many were sent.
    pub async fn deliver_due(&self) -> usize {
        let mut sent = 0;
        while let Some(delivery) = self.take_due() {
            let (secret, now) = self.read(|workspace, now| (workspace.settings.signing_secret.clone(), now));
            let heard = self.inner.courier.send(&delivery, &secret, now).await;
            self.change(|workspace, now| workspace.delivered(delivery, &heard, now));
            sent += 1;
        }
        sent
    }

    fn take_due(&self) -> Option<crate::outbox::Delivery> {
        let now = self.inner.clock.now_ms();
        self.inner.workspace.lock().unwrap_or_else(PoisonError::into_inner).next_due(now)
    }

    /// How many events wait to be sent.
    pub fn pending(&self) -> usize {
        self.read(|workspace, _| workspace.state.outbox.len())
    }

    /// When the next event is due, in milliseconds since 1970; `None` if none waits.
    pub fn next_due_ms(&self) -> Option<i64> {
        self.read(|workspace, _| workspace.state.outbox.iter().map(|delivery| delivery.due_ms).min())
    }

    /// Whether nothing is due now; something may wait for a later time.
    pub fn idle(&self) -> bool {
        let now = self.inner.clock.now_ms();
        self.next_due_ms().is_none_or(|due| due > now)
    }

    /// Sends events as they fall due, until the returned task is aborted. The clock may jump: it is looked at four times a
    /// second.
    pub fn spawn(&self) -> tokio::task::JoinHandle<()> {
        let emulator = self.clone();
        let mut versions = self.versions();
        tokio::spawn(async move {
            loop {
                emulator.deliver_due().await;
                let look_again = tokio::time::sleep(Duration::from_millis(250));
                tokio::select! {
                    () = look_again => {}
                    changed = versions.changed() => if changed.is_err() { return },
                }
            }
        })
    }

    /// Where this server can be reached, without a slash at the end; goes into response and upload URLs.
    pub fn set_base_url(&self, url: &str) {
        self.change(|workspace, _| workspace.settings.base_url = Some(url.trim_end_matches('/').to_owned()));
    }

    /// Where the app listens from now on.
    pub fn set_app_urls(&self, urls: crate::settings::AppUrls) {
        self.change(|workspace, _| workspace.settings.app_urls = urls);
    }

    pub(crate) fn lacks_base_url(&self) -> bool {
        self.read(|workspace, _| workspace.settings.base_url.is_none())
    }

    /// Lets something go wrong for the next calls.
    pub fn fail(&self, fault: Fault) {
        self.change(|workspace, _| workspace.state.faults.push(fault));
    }

    /// Faults that still wait for calls.
    pub fn faults(&self) -> Vec<Fault> {
        self.read(|workspace, _| workspace.state.faults.clone())
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        self.change(|workspace, _| workspace.state.faults.clear());
    }

    /// Makes the token invalid (`token_revoked`), or valid again.
    pub fn revoke_token(&self, revoked: bool) {
        self.change(|workspace, _| workspace.state.token_revoked = revoked);
    }

    /// Archives a channel, or brings it back; `false` if there is none.
    pub fn archive(&self, channel: &str, archived: bool) -> bool {
        self.change(|workspace, _| match workspace.channel_named(channel).map(|c| c.id.clone()) {
            Some(id) => workspace.archive(&id, archived).is_ok(),
            None => false,
        })
    }

    /// Takes the bot out of a channel, or lets it in; `false` if there is none.
    pub fn bot_in_channel(&self, channel: &str, inside: bool) -> bool {
        self.change(|workspace, _| {
            let bot = workspace.bot_user().to_owned();
            let id = workspace.channel_named(channel).map(|c| c.id.clone());
            let Some(channel) = id.and_then(|id| workspace.channel_mut(&id)) else { return false };
            if inside {
                channel.members.insert(bot)
            } else {
                channel.members.remove(&bot)
            };
            true
        })
    }

    /// Removes a message as an administrator would; `false` if there is none.
    pub fn remove_message(&self, channel: &str, ts: &str) -> bool {
        self.change(|workspace, now| {
            let Some(id) = workspace.channel_named(channel).map(|c| c.id.clone()) else { return false };
            let there = workspace.message(&id, ts).is_some();
            workspace.remove(&id, ts, now);
            there
        })
    }
}
