//! Where a story is played: the handful of things that it needs of Callboard and its Slack workspace. This machine's world is
//! one stage; a deployment whose clock can be moved is another. What a sentence means is not its business.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use shared::deps::Clock;
use shared::store::{Loaded, Store};
use slack_emulator::Emulator;

use crate::Trouble;
use crate::http::sample_request;
use crate::samples::Sample;
use crate::world::World;

/// What stays in the queues after a drain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Messages that wait for their time.
    pub waiting: usize,
    /// Messages that failed too often.
    pub dead: usize,
}

/// Where a story is played. Its clock stands still but for `drain` and `pass_until`, and nothing is taken from the queues but by
/// them.
#[async_trait]
pub trait Stage: Sync {
    /// What time it is there.
    fn now(&self) -> Timestamp;

    /// Its Slack workspace, which has the same clock.
    ///
    /// # Errors
    /// It has none that a script could look at.
    fn slack(&self) -> Result<&Emulator, Trouble>;

    /// Sends a sample to its hook, and says what was answered.
    ///
    /// # Errors
    /// There was no answer.
    async fn take_in(&self, sample: &Sample) -> Result<http::Response<Bytes>, Trouble>;

    /// Does all work, also what is due within an hour: the clock is moved there.
    ///
    /// # Errors
    /// The work cannot be asked for.
    async fn drain(&self) -> Result<Left, Trouble>;

    /// Lets time pass: whatever becomes due on the way is done in its order, and every minute ticks.
    ///
    /// # Errors
    /// As [`Stage::drain`].
    async fn pass_until(&self, to: Timestamp) -> Result<(), Trouble>;

    /// Lets time pass in which nothing of ours runs.
    ///
    /// # Errors
    /// The clock cannot be moved.
    async fn miss(&self, to: Timestamp) -> Result<(), Trouble>;

    /// What is stored, by incident id.
    ///
    /// # Errors
    /// The store does not answer.
    async fn incidents(&self) -> Result<Vec<Loaded>, Trouble>;
}

#[async_trait]
impl Stage for World {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn slack(&self) -> Result<&Emulator, Trouble> {
        let slack = self.slack.as_ref();
        slack.ok_or_else(|| Trouble("a script needs the Slack workspace of this machine".to_owned()))
    }

    async fn take_in(&self, sample: &Sample) -> Result<http::Response<Bytes>, Trouble> {
        sample_request(sample, self).await
    }

    async fn drain(&self) -> Result<Left, Trouble> {
        let done = World::drain(self).await;
        Ok(Left { waiting: done.waiting, dead: done.dead })
    }

    async fn pass_until(&self, to: Timestamp) -> Result<(), Trouble> {
        World::pass_until(self, to).await;
        Ok(())
    }

    async fn miss(&self, to: Timestamp) -> Result<(), Trouble> {
        self.clock.set(to);
        Ok(())
    }

    async fn incidents(&self) -> Result<Vec<Loaded>, Trouble> {
        let trouble = |error| Trouble::because("the store does not answer", error);
        let mut incidents = Vec::new();
        for id in self.store.incidents().map_err(trouble)? {
            incidents.extend(self.store.incident(&id).await.map_err(trouble)?);
        }
        Ok(incidents)
    }
}
