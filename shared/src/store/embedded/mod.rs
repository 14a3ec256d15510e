//! The store in one process: redb, in memory for the simulation and the tests, in a file for the laptop. One table per
//! pattern of the deployment's table (see `dynamo`), the same records, the same refusals. No rule that DynamoDB does not have
//! may enter, else the tests that run on this store prove nothing about the deployment.
//!
//! redb is synchronous and has one writer. A commit in memory takes microseconds and one in a file a disk flush, so the
//! calls are made where they are awaited and not on another thread: this store serves a laptop.

mod write;

use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use redb::backends::InMemoryBackend;
use redb::{Builder, Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition};

use super::records::{
    ChannelRecord, DigestRecord, EntryRecord, FeedRecord, IncidentRecord, ReceivedRecord, decode, encode,
};
use super::{
    Channel, Commit, CommitError, First, Loaded, MAX_FEEDS, Seen, SignalRecord, Store, StoreError, day,
};
use crate::core::feed::Feed;
use crate::core::incident::{Entry, Incident, IncidentId};
use crate::core::report::Digest;

/// Nanoseconds since 1970: what the tables are ordered by.
type Nanoseconds = i128;

/// What lies beside an incident's record: its version and what the three indexes hold for it.
type Row = (u64, Option<Nanoseconds>, Option<Nanoseconds>, Option<Nanoseconds>, &'static [u8]);

/// id -> version, opened at (only while open), behind at, due at, record.
const INCIDENTS: TableDefinition<&str, Row> = TableDefinition::new("incidents");
/// (incident, entry id) -> record.
const ENTRIES: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("entries");
/// (route, group) -> the newest incident.
const NEWEST: TableDefinition<(&str, &str), &str> = TableDefinition::new("newest");
/// (channel id, ts) -> incident.
const POSTS: TableDefinition<(&str, &str), &str> = TableDefinition::new("posts");
/// (opened at, incident), only of open ones.
const OPEN: TableDefinition<(Nanoseconds, &str), ()> = TableDefinition::new("open");
/// (behind at, incident), only of those that are behind.
const BEHIND: TableDefinition<(Nanoseconds, &str), ()> = TableDefinition::new("behind");
/// (due at, incident), only of those that have something due.
const DUE: TableDefinition<(Nanoseconds, &str), ()> = TableDefinition::new("due");
/// (scope, id) -> until when it is remembered.
const SEEN: TableDefinition<(&str, &str), Nanoseconds> = TableDefinition::new("seen");
/// (until, scope, id): what can be forgotten.
const FORGET: TableDefinition<(Nanoseconds, &str, &str), ()> = TableDefinition::new("forget");
/// (hour since 1970, id) -> record.
const SIGNALS: TableDefinition<(i64, &str), &[u8]> = TableDefinition::new("signals");
/// (day since 1970, incident) -> record.
const DIGESTS: TableDefinition<(i64, &str), &[u8]> = TableDefinition::new("digests");
/// name -> record.
const CHANNELS: TableDefinition<&str, &[u8]> = TableDefinition::new("channels");
/// name -> record.
const FEEDS: TableDefinition<&str, &[u8]> = TableDefinition::new("feeds");

/// The pages that redb keeps in memory: plenty for a laptop, and little for a simulation that opens thousands of stores.
const CACHE_BYTES: usize = 16 << 20;

/// The embedded store.
#[derive(Debug)]
pub struct Embedded {
    database: Database,
}

impl Embedded {
    /// An empty store that is gone when it is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no memory for it.
    pub fn memory() -> Result<Self, StoreError> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE_BYTES);
        Self::with_tables(builder.create_with_backend(InMemoryBackend::new()).map_err(failed)?)
    }

    /// The store in the file `path`, which is made if it is not there. What was committed survives the end of the process,
    /// however it ends.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if another process has it open, [`StoreError::Corrupt`] if it is something else,
    /// [`StoreError::Unavailable`] if it cannot be reached.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE_BYTES);
        Self::with_tables(builder.create(path).map_err(failed)?)
    }

    /// Every incident's id, in the ids' order: for tools that show all there is. The deployment has no such verb, since its
    /// table is too large to be read through.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file cannot be read.
    pub fn incidents(&self) -> Result<Vec<IncidentId>, StoreError> {
        let reading = self.reading()?;
        let incidents = reading.open_table(INCIDENTS).map_err(failed)?;
        let ids = incidents.iter().map_err(failed)?;
        ids.map(|row| Ok(IncidentId(row.map_err(failed)?.0.value().to_owned()))).collect()
    }

    /// A read of a table that was never written fails, so all of them are made at once.
    fn with_tables(database: Database) -> Result<Self, StoreError> {
        let writing = database.begin_write().map_err(failed)?;
        writing.open_table(INCIDENTS).map_err(failed)?;
        writing.open_table(ENTRIES).map_err(failed)?;
        writing.open_table(NEWEST).map_err(failed)?;
        writing.open_table(POSTS).map_err(failed)?;
        writing.open_table(OPEN).map_err(failed)?;
        writing.open_table(BEHIND).map_err(failed)?;
        writing.open_table(DUE).map_err(failed)?;
        writing.open_table(SEEN).map_err(failed)?;
        writing.open_table(FORGET).map_err(failed)?;
        writing.open_table(SIGNALS).map_err(failed)?;
        writing.open_table(DIGESTS).map_err(failed)?;
        writing.open_table(CHANNELS).map_err(failed)?;
        writing.open_table(FEEDS).map_err(failed)?;
        writing.commit().map_err(failed)?;
        Ok(Self { database })
    }

    fn reading(&self) -> Result<ReadTransaction, StoreError> {
        self.database.begin_read().map_err(failed)
    }

    /// The incidents of an index up to a time, oldest first.
    fn up_to(
        &self,
        index: TableDefinition<(Nanoseconds, &str), ()>,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<IncidentId>, StoreError> {
        let table = self.reading()?.open_table(index).map_err(failed)?;
        let rows = table.range(..(until.as_nanosecond() + 1, "")).map_err(failed)?;
        rows.take(limit)
            .map(|row| row.map(|(key, _)| IncidentId(key.value().1.to_owned())).map_err(failed))
            .collect()
    }
}

#[async_trait]
impl Store for Embedded {
    async fn incident(&self, id: &IncidentId) -> Result<Option<Loaded>, StoreError> {
        let reading = self.reading()?;
        let Some(incident) = find(&reading, &id.0)? else { return Ok(None) };
        let entries = reading.open_table(ENTRIES).map_err(failed)?;
        let mut timeline = Vec::new();
        for row in entries.range((id.0.as_str(), "")..).map_err(failed)? {
            let (key, record) = row.map_err(failed)?;
            if key.value().0 != id.0 {
                break;
            }
            timeline.push(Entry::from(decode::<EntryRecord>("a timeline entry", record.value())?));
        }
        Ok(Some(Loaded { incident, timeline }))
    }

    async fn latest(&self, route: &str, group: &str) -> Result<Option<Incident>, StoreError> {
        let reading = self.reading()?;
        let newest = reading.open_table(NEWEST).map_err(failed)?;
        let Some(id) = newest.get((route, group)).map_err(failed)? else { return Ok(None) };
        find(&reading, id.value())
    }

    async fn by_post(&self, channel_id: &str, ts: &str) -> Result<Option<IncidentId>, StoreError> {
        let posts = self.reading()?.open_table(POSTS).map_err(failed)?;
        let id = posts.get((channel_id, ts)).map_err(failed)?;
        Ok(id.map(|id| IncidentId(id.value().to_owned())))
    }

    async fn open(&self, first: First, limit: usize) -> Result<Vec<Incident>, StoreError> {
        let reading = self.reading()?;
        let open = reading.open_table(OPEN).map_err(failed)?;
        let mut rows = open.iter().map_err(failed)?;
        let next = |_| match first {
            First::Newest => rows.next_back(),
            First::Oldest => rows.next(),
        };
        let mut incidents = Vec::new();
        for row in (0..limit.min(super::MAX_OPEN)).map_while(next) {
            let (key, _) = row.map_err(failed)?;
            incidents.extend(find(&reading, key.value().1)?);
        }
        Ok(incidents)
    }

    async fn behind(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        self.up_to(BEHIND, until, limit)
    }

    async fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        self.up_to(DUE, until, limit)
    }

    async fn commit(&self, commit: &Commit) -> Result<(), CommitError> {
        write::commit(&self.database, commit)
    }

    async fn channel(&self, name: &str) -> Result<Channel, StoreError> {
        let channels = self.reading()?.open_table(CHANNELS).map_err(failed)?;
        match channels.get(name).map_err(failed)? {
            Some(record) => Ok(decode::<ChannelRecord>("a channel", record.value())?.into()),
            None => Ok(Channel { name: name.to_owned(), ..Channel::default() }),
        }
    }

    async fn put_channel(&self, channel: &Channel) -> Result<(), StoreError> {
        let record = encode("a channel", &ChannelRecord::from(channel))?;
        let writing = self.database.begin_write().map_err(failed)?;
        writing
            .open_table(CHANNELS)
            .map_err(failed)?
            .insert(channel.name.as_str(), record.as_slice())
            .map_err(failed)?;
        writing.commit().map_err(failed)
    }

    async fn feeds(&self, names: &[String]) -> Result<Vec<Feed>, StoreError> {
        let feeds = self.reading()?.open_table(FEEDS).map_err(failed)?;
        let feed = |name: &String| match feeds.get(name.as_str()).map_err(failed)? {
            Some(record) => Ok(decode::<FeedRecord>("a feed", record.value())?.into()),
            None => Ok(Feed { name: name.clone(), ..Feed::default() }),
        };
        names.iter().take(MAX_FEEDS).map(feed).collect()
    }

    async fn put_feed(&self, feed: &Feed) -> Result<bool, StoreError> {
        write::put_feed(&self.database, feed)
    }

    async fn claim(&self, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
        write::claim(&self.database, seen, now)
    }

    async fn digests(
        &self,
        since: Timestamp,
        until: Timestamp,
        each: &mut (dyn FnMut(Digest) + Send),
    ) -> Result<(), StoreError> {
        let table = self.reading()?.open_table(DIGESTS).map_err(failed)?;
        for row in table.range((day(since), "")..(day(until) + 1, "")).map_err(failed)? {
            let (_, record) = row.map_err(failed)?;
            let digest = Digest::from(decode::<DigestRecord>("a digest", record.value())?);
            if since <= digest.fired_at && digest.fired_at < until {
                each(digest);
            }
        }
        Ok(())
    }

    async fn signals(&self, hour: Timestamp) -> Result<Vec<SignalRecord>, StoreError> {
        let hour = super::hour(hour);
        let signals = self.reading()?.open_table(SIGNALS).map_err(failed)?;
        let mut records = Vec::new();
        for row in signals.range((hour, "")..(hour + 1, "")).map_err(failed)? {
            let (_, record) = row.map_err(failed)?;
            records.push(SignalRecord::from(decode::<ReceivedRecord>("a signal record", record.value())?));
        }
        records.sort_by(|a, b| (a.received_at, &a.id).cmp(&(b.received_at, &b.id)));
        Ok(records)
    }
}

/// The incident in a snapshot.
fn find(reading: &ReadTransaction, id: &str) -> Result<Option<Incident>, StoreError> {
    let incidents = reading.open_table(INCIDENTS).map_err(failed)?;
    let Some(row) = incidents.get(id).map_err(failed)? else { return Ok(None) };
    Ok(Some(decode::<IncidentRecord>("an incident", row.value().4)?.into()))
}

/// redb's errors, by what the caller does next.
fn failed(error: impl Into<redb::Error>) -> StoreError {
    match error.into() {
        redb::Error::DatabaseAlreadyOpen => {
            StoreError::Refused("another process has the file open; end that one first".to_owned())
        }
        error @ (redb::Error::Corrupted(_)
        | redb::Error::UpgradeRequired(_)
        | redb::Error::TableTypeMismatch { .. }
        | redb::Error::TypeDefinitionChanged { .. }) => {
            StoreError::Corrupt(format!("{error}; move the file away to start with an empty store"))
        }
        error => StoreError::Unavailable(error.to_string()),
    }
}
