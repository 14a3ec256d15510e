//! The store seam: what the functions keep, as a handful of verbs of this domain, and the two implementations behind it:
//! `embedded` (redb; the laptop and the simulation) and `dynamo` (DynamoDB; the deployment). Both pass the one suite in
//! `contract`. Stored records are versioned types of their own (`records`), so that the core's types can change freely.
//!
//! One commit is one atomic conditional write. No Slack, no mapping and no decision may enter.

#[cfg(feature = "contract")]
pub mod contract;
#[cfg(feature = "aws")]
pub mod dynamo;
#[cfg(feature = "embedded")]
pub mod embedded;
#[cfg(any(feature = "aws", feature = "embedded"))]
mod records;

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::feed::Feed;
use crate::core::incident::{Entry, Incident, IncidentId};
use crate::core::raw::Raw;
use crate::core::report::Digest;
use crate::core::signal::Signal;

/// The most incidents that [`Store::open`] lists.
pub const MAX_OPEN: usize = 100;

/// The most feeds that [`Store::feeds`] reads.
pub const MAX_FEEDS: usize = 100;

/// The most items that one commit may write, see [`Commit::items`]: what
/// [TransactWriteItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html) takes.
pub const MAX_ITEMS: usize = 100;

/// How long recorded signals and digests are kept, from the clock of the commit that wrote them.
pub const SIGNALS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What the functions keep. Every verb that reads sees every commit made before it (strong consistency), except `behind`,
/// `due` and `open`, which may lag by a moment.
#[async_trait]
pub trait Store: Send + Sync + Debug {
    /// The incident with its whole timeline in order. One request.
    async fn incident(&self, id: &IncidentId) -> Result<Option<Loaded>, StoreError>;

    /// The newest incident of a route with a group key, open or resolved. At most two requests.
    async fn latest(&self, route: &str, group: &str) -> Result<Option<Incident>, StoreError>;

    /// The incident whose root message this is. One request. The channel is Slack's id, not a name.
    async fn by_post(&self, channel_id: &str, ts: &str) -> Result<Option<IncidentId>, StoreError>;

    /// The open (firing or acknowledged) incidents, at most `limit` (at most 100). At most two requests.
    async fn open(&self, first: First, limit: usize) -> Result<Vec<Incident>, StoreError>;

    /// Incidents whose `behind_at` is at or before `until`, oldest first.
    async fn behind(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError>;

    /// Incidents whose `due_at` (see [`Commit::due_at`]) is at or before `until`, oldest first.
    async fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError>;

    /// Writes all of a commit or nothing of it. One request. Of several refusals the first in this order is reported:
    /// [`CommitError::Seen`], then what is wrong with the incident itself, then with being the newest one.
    async fn commit(&self, commit: &Commit) -> Result<(), CommitError>;

    /// What is known of a channel, keyed as routes name it; a fresh record if nothing is.
    async fn channel(&self, name: &str) -> Result<Channel, StoreError>;

    /// Stores what is known of a channel. Its writers are serial (one FIFO group a channel), so there is no condition.
    async fn put_channel(&self, channel: &Channel) -> Result<(), StoreError>;

    /// What is kept of these feeds, each named once, at most [`MAX_FEEDS`], in their order; a fresh record where nothing is. One
    /// request.
    async fn feeds(&self, names: &[String]) -> Result<Vec<Feed>, StoreError>;

    /// Stores what is kept of a feed at its new version; false if the stored version is not exactly one less (0: no such feed),
    /// which means that somebody else has polled it. One request.
    async fn put_feed(&self, feed: &Feed) -> Result<bool, StoreError>;

    /// Claims an identity that has no incident to be remembered with: true for the first caller, false while it is remembered.
    async fn claim(&self, seen: &Seen, now: Timestamp) -> Result<bool, StoreError>;

    /// Every digest (see [`Commit::digest`]) of an incident that fired from `since` on and before `until`, by days and within a
    /// day in no order. One request for each day and megabyte (about 4,000 incidents); may lag by a moment.
    async fn digests(
        &self,
        since: Timestamp,
        until: Timestamp,
        each: &mut (dyn FnMut(Digest) + Send),
    ) -> Result<(), StoreError>;

    /// The recorded signals received in the hour that holds `hour`, in order of receipt: search, backtest, reports.
    async fn signals(&self, hour: Timestamp) -> Result<Vec<SignalRecord>, StoreError>;
}

/// From which end a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// What opened last comes first.
    Newest,
    /// What opened first comes first.
    Oldest,
}

/// An incident and everything that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The incident.
    pub incident: Incident,
    /// Its timeline, oldest first.
    pub timeline: Vec<Entry>,
}

/// One atomic write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The incident at its new version; applies only if the stored version is exactly one less (0: no such incident).
    pub incident: Incident,
    /// Timeline entries that are new or whose effects changed.
    pub entries: Vec<Entry>,
    /// This incident becomes the newest one of its route and group; applies only if the newest one is still this (`None`:
    /// there is none). What makes two open incidents of one group impossible.
    pub opens: Option<Opens>,
    /// It is open (firing or acknowledged) after this commit, so [`Store::open`] lists it.
    pub open: bool,
    /// When something must happen to it by itself, for the index `due`.
    pub due_at: Option<Timestamp>,
    /// Root messages that are known from this commit on, for [`Store::by_post`]: (channel id, ts).
    pub posted: Vec<(String, String)>,
    /// Deliveries, clicks and events applied here; if one of them was applied before, nothing is written.
    pub seen: Vec<Seen>,
    /// What was received. Writing the same record twice leaves one.
    pub records: Vec<SignalRecord>,
    /// What reports count of the incident, if that changes. Replaces what was counted before.
    pub digest: Option<Digest>,
    /// Our clock: what expiries are judged by and records are kept from.
    pub now: Timestamp,
}

impl Commit {
    /// How many items it writes; [`MAX_ITEMS`] is the most. Whoever batches asks this before adding to a batch.
    pub fn items(&self) -> usize {
        1 + usize::from(self.opens.is_some())
            + self.entries.len()
            + self.posted.len()
            + self.seen.len()
            + self.records.len()
            + usize::from(self.digest.is_some())
    }

    /// The version that has to be stored for this commit to apply; 0 for none.
    #[cfg(any(feature = "aws", feature = "embedded"))]
    fn stored_version(&self) -> Result<u64, StoreError> {
        let items = self.items();
        if items > MAX_ITEMS {
            return Err(StoreError::Refused(format!(
                "a commit of {items} items; at most {MAX_ITEMS} are atomic"
            )));
        }
        let before = self.incident.version.checked_sub(1);
        before.ok_or_else(|| StoreError::Refused("a commit raises the version, so it cannot be 0".to_owned()))
    }
}

/// The hour that holds a time, counted from 1970: what recorded signals are filed under.
#[cfg(any(feature = "aws", feature = "embedded"))]
fn hour(time: Timestamp) -> i64 {
    time.as_second().div_euclid(3600)
}

/// The day that holds a time, counted from 1970, in UTC: what digests are filed under.
#[cfg(any(feature = "aws", feature = "embedded"))]
fn day(time: Timestamp) -> i64 {
    time.as_second().div_euclid(86_400)
}

/// The condition of a commit that makes an incident the newest one of its route and group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opens {
    /// Who was the newest one when the decision was made.
    pub after: Option<IncidentId>,
}

/// An identity that must not have effect twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What kind of thing and where: two scopes never meet.
    pub scope: String,
    /// The identity within the scope.
    pub id: String,
    /// Until when it is remembered; judged by the clock given, not by when the row happens to be deleted.
    pub until: Timestamp,
}

/// What was received in one delivery for one incident; kept 90 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalRecord {
    /// Unique and the same for a repeated delivery.
    pub id: String,
    /// The incident that took it.
    pub incident: IncidentId,
    /// The normal forms.
    pub signals: Vec<Signal>,
    /// As it arrived; stored compressed, and left out (with a note in the log) when it does not fit an item even so.
    pub raw: Option<Raw>,
    /// When it was received; decides the hour.
    pub received_at: Timestamp,
}

/// What is known of a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// As routes name it: `#alerts`, or an id.
    pub name: String,
    /// Slack's id, once known.
    pub id: Option<String>,
    /// Earliest time of the next call, per Slack method.
    pub not_before: BTreeMap<String, Timestamp>,
    /// Why nothing can be posted there (Slack's code) and since when.
    pub dead: Option<(String, Timestamp)>,
}

/// Why a commit was not written. Named by what the caller does next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Somebody else was faster: read again and decide again.
    #[error("the incident was changed by somebody else")]
    Conflict,
    /// These of `seen` (their ids) were applied before: leave them out (all of it has happened) and decide again.
    #[error("already applied: {0:?}")]
    Seen(Vec<String>),
    /// The id of a new incident is taken: take a longer one.
    #[error("the incident id is taken")]
    IdTaken,
    /// The store did not do it, or may have: read again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Throttled, timed out, not reachable: may work later.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// A stored record cannot be read: a fault of ours.
    #[error("a stored record cannot be read: {0}")]
    Corrupt(String),
    /// The store refuses this for good (no permission, no table).
    #[error("the store refused: {0}")]
    Refused(String),
}
