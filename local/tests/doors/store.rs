//! A store that is watched: it counts what it would ask of DynamoDB; one incident in it can be broken, and it can refuse one
//! notification, or large reports, for good.

use std::sync::{Arc, Mutex};

use crate::feeds::Cut;
use async_trait::async_trait;
use jiff::Timestamp;
use shared::core::feed::Feed;
use shared::core::incident::{Incident, IncidentId};
use shared::core::report::{Digest, Report};
use shared::store::{Channel, Commit, CommitError, First, Loaded, Seen, SignalRecord, Store, StoreError};

/// The store behind it does the work.
#[derive(Debug)]
pub(crate) struct Watched {
    inner: Arc<dyn Store>,
    requests: Mutex<usize>,
    broken: Mutex<Option<IncidentId>>,
    broken_channel: Mutex<Option<String>>,
    refused: Mutex<Option<String>>,
    most_sections: Mutex<Option<usize>>,
    refusals: Mutex<usize>,
    /// Where what is asked of feeds is cut, if it is.
    pub(crate) cut: Mutex<Option<Arc<Cut>>>,
}

impl Watched {
    pub(crate) fn over(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Watched {
            inner,
            requests: Mutex::default(),
            broken: Mutex::default(),
            broken_channel: Mutex::default(),
            refused: Mutex::default(),
            most_sections: Mutex::default(),
            refusals: Mutex::default(),
            cut: Mutex::default(),
        })
    }

    /// From now on this incident cannot be read.
    pub(crate) fn break_incident(&self, id: &str) {
        *self.broken.lock().unwrap() = Some(IncidentId(id.to_owned()));
    }

    /// From now on, what is known of this channel cannot be read; `None` mends it.
    pub(crate) fn break_channel(&self, name: Option<&str>) {
        *self.broken_channel.lock().unwrap() = name.map(str::to_owned);
    }

    /// It can be read again.
    pub(crate) fn mend_incident(&self) {
        *self.broken.lock().unwrap() = None;
    }

    /// From now on nothing is committed that records a signal with this title; `None` lets everything in again.
    pub(crate) fn refuse(&self, title: Option<&str>) {
        *self.refused.lock().unwrap() = title.map(str::to_owned);
    }

    /// From now on a report of more sections is refused, as one that fits no item.
    pub(crate) fn refuse_reports_beyond(&self, sections: usize) {
        *self.most_sections.lock().unwrap() = Some(sections);
    }

    /// How often something was refused.
    pub(crate) fn refusals(&self) -> usize {
        *self.refusals.lock().unwrap()
    }

    /// How many requests since this was asked last.
    pub(crate) fn requests(&self) -> usize {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }

    /// The documented number of requests of a verb, see `shared::store::Store`.
    async fn asks(&self, requests: usize) {
        *self.requests.lock().unwrap() += requests;
        // As over a network, others get their turn before the answer is there.
        tokio::task::yield_now().await;
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("no answer".to_owned())
}

#[async_trait]
impl Store for Watched {
    async fn incident(&self, id: &IncidentId) -> Result<Option<Loaded>, StoreError> {
        self.asks(1).await;
        if self.broken.lock().unwrap().as_ref() == Some(id) {
            return Err(StoreError::Corrupt("the record is of no version that is known".to_owned()));
        }
        self.inner.incident(id).await
    }

    async fn latest(&self, route: &str, group: &str) -> Result<Option<Incident>, StoreError> {
        let latest = self.inner.latest(route, group).await;
        // The pointer, and what it points to.
        self.asks(if matches!(latest, Ok(None)) { 1 } else { 2 }).await;
        latest
    }

    async fn by_post(&self, channel_id: &str, ts: &str) -> Result<Option<IncidentId>, StoreError> {
        self.asks(1).await;
        self.inner.by_post(channel_id, ts).await
    }

    async fn open(&self, first: First, limit: usize) -> Result<Vec<Incident>, StoreError> {
        self.asks(2).await;
        self.inner.open(first, limit).await
    }

    async fn behind(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        self.asks(1).await;
        self.inner.behind(until, limit).await
    }

    async fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        self.asks(1).await;
        self.inner.due(until, limit).await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), CommitError> {
        self.asks(1).await;
        let mut titles =
            commit.records.iter().flat_map(|record| &record.signals).map(|signal| signal.title.as_str());
        let refused = self.refused.lock().unwrap().clone();
        let most_sections = self.most_sections.lock().unwrap().unwrap_or(usize::MAX);
        let report = commit.incident.content.report.as_deref().and_then(Report::document);
        let too_large = report.is_some_and(|report| report.sections.len() > most_sections);
        if too_large || refused.is_some_and(|refused| titles.any(|title| title == refused)) {
            *self.refusals.lock().unwrap() += 1;
            return Err(StoreError::Refused("the item is too large".to_owned()).into());
        }
        self.inner.commit(commit).await
    }

    async fn channel(&self, name: &str) -> Result<Channel, StoreError> {
        self.asks(1).await;
        if self.broken_channel.lock().unwrap().as_deref() == Some(name) {
            return Err(StoreError::Corrupt("a channel is no JSON".to_owned()));
        }
        self.inner.channel(name).await
    }

    async fn put_channel(&self, channel: &Channel) -> Result<(), StoreError> {
        self.asks(1).await;
        self.inner.put_channel(channel).await
    }

    async fn feeds(&self, names: &[String]) -> Result<Vec<Feed>, StoreError> {
        self.asks(usize::from(!names.is_empty())).await;
        let cut = self.cut.lock().unwrap().clone().unwrap_or_default();
        cut.call(unavailable, self.inner.feeds(names)).await
    }

    async fn put_feed(&self, feed: &Feed) -> Result<bool, StoreError> {
        self.asks(1).await;
        let cut = self.cut.lock().unwrap().clone().unwrap_or_default();
        cut.call(unavailable, self.inner.put_feed(feed)).await
    }

    async fn claim(&self, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
        self.asks(1).await;
        self.inner.claim(seen, now).await
    }

    async fn digests(
        &self,
        since: Timestamp,
        until: Timestamp,
        each: &mut (dyn FnMut(Digest) + Send),
    ) -> Result<(), StoreError> {
        self.asks(1).await;
        self.inner.digests(since, until, each).await
    }

    async fn signals(&self, hour: Timestamp) -> Result<Vec<SignalRecord>, StoreError> {
        self.asks(1).await;
        self.inner.signals(hour).await
    }
}
