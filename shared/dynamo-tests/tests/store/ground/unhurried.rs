//! Real sockets under a clock that jumps. A paused tokio clock jumps to the next timer whenever nothing is left to do, and
//! waiting for a socket counts as nothing: a request would meet its timeout before its answer. While a task is on a blocking
//! thread [the clock does not jump](https://docs.rs/tokio/latest/tokio/time/fn.pause.html#auto-advance), so one stays there
//! for as long as a call takes.
//!
//! A call that sleeps by itself, as DynamoStore does before it tries again, waits for a clock that it holds, until the hold
//! ends after [`LONGEST`] of real time. Faults of a simulation therefore belong in front of this store, not behind it.

use std::sync::mpsc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use shared::core::feed::Feed;
use shared::core::incident::{Incident, IncidentId};
use shared::core::report::Digest;
use shared::store::{Channel, Commit, CommitError, First, Loaded, Seen, SignalRecord, Store, StoreError};

/// How long a call holds the clock at most, in real time.
const LONGEST: Duration = Duration::from_secs(10);

/// Whatever it waits for, the clock stands meanwhile. Letting go of the future lets go of the clock.
pub(crate) async fn unhurried<T>(call: impl Future<Output = T>) -> T {
    let (done, held) = mpsc::channel::<()>();
    // Nothing is ever sent: it ends when `done` is dropped, wherever this future ends.
    drop(tokio::task::spawn_blocking(move || held.recv_timeout(LONGEST)));
    let answer = call.await;
    drop(done);
    answer
}

/// A store whose calls take no time.
#[derive(Debug)]
pub(crate) struct Unhurried<S>(pub(crate) S);

#[async_trait]
impl<S: Store> Store for Unhurried<S> {
    async fn incident(&self, id: &IncidentId) -> Result<Option<Loaded>, StoreError> {
        unhurried(self.0.incident(id)).await
    }

    async fn latest(&self, route: &str, group: &str) -> Result<Option<Incident>, StoreError> {
        unhurried(self.0.latest(route, group)).await
    }

    async fn by_post(&self, channel_id: &str, ts: &str) -> Result<Option<IncidentId>, StoreError> {
        unhurried(self.0.by_post(channel_id, ts)).await
    }

    async fn open(&self, first: First, limit: usize) -> Result<Vec<Incident>, StoreError> {
        unhurried(self.0.open(first, limit)).await
    }

    async fn behind(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        unhurried(self.0.behind(until, limit)).await
    }

    async fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        unhurried(self.0.due(until, limit)).await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), CommitError> {
        unhurried(self.0.commit(commit)).await
    }

    async fn channel(&self, name: &str) -> Result<Channel, StoreError> {
        unhurried(self.0.channel(name)).await
    }

    async fn put_channel(&self, channel: &Channel) -> Result<(), StoreError> {
        unhurried(self.0.put_channel(channel)).await
    }

    async fn feeds(&self, names: &[String]) -> Result<Vec<Feed>, StoreError> {
        unhurried(self.0.feeds(names)).await
    }

    async fn put_feed(&self, feed: &Feed) -> Result<bool, StoreError> {
        unhurried(self.0.put_feed(feed)).await
    }

    async fn claim(&self, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
        unhurried(self.0.claim(seen, now)).await
    }

    async fn digests(
        &self,
        since: Timestamp,
        until: Timestamp,
        each: &mut (dyn FnMut(Digest) + Send),
    ) -> Result<(), StoreError> {
        unhurried(self.0.digests(since, until, each)).await
    }

    async fn signals(&self, hour: Timestamp) -> Result<Vec<SignalRecord>, StoreError> {
        unhurried(self.0.signals(hour)).await
    }
}
