//! What a handler is given: the seams, already wired. `main.rs` of a function builds it from AWS, the laptop from what it
//! embeds. Nothing here decides anything.

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cloud::Cloud;
use crate::config::Config;
use crate::fetch::Fetch;
use crate::mailbox::Mailbox;
use crate::queue::Queue;
use crate::slack::client::Client;
use crate::sources::Sources;
use crate::store::Store;

pub use secrets::Secrets;

mod secrets;

/// The seams of one process.
#[derive(Clone, Debug)]
pub struct Deps {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// Slack's Web API.
    pub slack: Client,
    /// The two queues.
    pub queue: Arc<dyn Queue>,
    /// The team's rules, checked.
    pub config: Arc<Config>,
    /// How payloads become signals.
    pub sources: Arc<Sources>,
    /// The addresses that messages and the config name.
    pub fetch: Arc<dyn Fetch>,
    /// What a report asks AWS for.
    pub cloud: Arc<dyn Cloud>,
    /// Where messages lie that are too long for a topic.
    pub mailbox: Arc<dyn Mailbox>,
    /// Signing secrets and tokens, by name.
    pub secrets: Arc<Secrets>,
    /// The time. Read once per invocation, except by the courier, whose calls take time.
    pub clock: Arc<dyn Clock>,
}

/// The time, as a seam.
pub trait Clock: Send + Sync + Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
