//! The writes of the embedded store: one redb transaction each, dropped (and with it undone) on a refusal. The order of the
//! refusals is the contract's: seen first, then the incident's own, then the newest of its group.

use jiff::{SignedDuration, Timestamp};
use redb::{Database, ReadableTable, Table, TableDefinition, WriteTransaction};

use super::{
    BEHIND, DIGESTS, DUE, ENTRIES, FEEDS, FORGET, INCIDENTS, NEWEST, Nanoseconds, OPEN, POSTS, SEEN, SIGNALS,
    failed,
};
use crate::core::feed::Feed;
use crate::core::incident::Incident;
use crate::store::records::{
    DigestRecord, EntryRecord, FeedRecord, ReceivedRecord, decode, encode, incident_bytes, room,
};
use crate::store::{Commit, CommitError, SIGNALS_KEPT, Seen, StoreError, day, hour};

/// A memory is kept this much longer than asked for, since the clocks of two callers may differ.
const FORGET_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Writes all of a commit or nothing of it.
pub(super) fn commit(database: &Database, commit: &Commit) -> Result<(), CommitError> {
    let expected = commit.stored_version()?;
    let record = incident_bytes(&commit.incident)?;
    let writing = database.begin_write().map_err(failed)?;
    refuse_seen(&writing, commit)?;
    let indexed = indexed_before(&writing, &commit.incident, expected)?;
    become_newest(&writing, commit)?;
    put_incident(&writing, commit, indexed, &record)?;
    put_rest(&writing, commit)?;
    forget(&writing, commit.now)?;
    writing.commit().map_err(failed)?;
    Ok(())
}

/// Claims an identity: true for the first caller.
pub(super) fn claim(database: &Database, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
    let writing = database.begin_write().map_err(failed)?;
    if remembered(&writing, seen, now)? {
        return Ok(false);
    }
    remember(&writing, seen)?;
    forget(&writing, now)?;
    writing.commit().map_err(failed)?;
    Ok(true)
}

/// Stores a feed on condition of the version before it.
pub(super) fn put_feed(database: &Database, feed: &Feed) -> Result<bool, StoreError> {
    let record = encode("a feed", &FeedRecord::from(feed))?;
    let writing = database.begin_write().map_err(failed)?;
    {
        let mut feeds = writing.open_table(FEEDS).map_err(failed)?;
        let stored = match feeds.get(feed.name.as_str()).map_err(failed)? {
            Some(stored) => decode::<FeedRecord>("a feed", stored.value())?.version,
            None => 0,
        };
        if stored.checked_add(1) != Some(feed.version) {
            return Ok(false);
        }
        feeds.insert(feed.name.as_str(), record.as_slice()).map_err(failed)?;
    }
    writing.commit().map_err(failed)?;
    Ok(true)
}

fn refuse_seen(writing: &WriteTransaction, commit: &Commit) -> Result<(), CommitError> {
    let mut applied = Vec::new();
    for seen in &commit.seen {
        if remembered(writing, seen, commit.now)? {
            applied.push(seen.id.clone());
        }
    }
    if applied.is_empty() { Ok(()) } else { Err(CommitError::Seen(applied)) }
}

/// What the indexes hold for the incident that is about to be replaced: open, behind, due.
type Indexed = (Option<Nanoseconds>, Option<Nanoseconds>, Option<Nanoseconds>);

/// Refuses unless the stored version is the expected one.
fn indexed_before(
    writing: &WriteTransaction,
    incident: &Incident,
    expected: u64,
) -> Result<Indexed, CommitError> {
    let incidents = writing.open_table(INCIDENTS).map_err(failed)?;
    let stored = incidents.get(incident.id.0.as_str()).map_err(failed)?;
    let Some(stored) = stored else {
        return if expected == 0 { Ok((None, None, None)) } else { Err(CommitError::Conflict) };
    };
    let (version, open, behind, due, _) = stored.value();
    match expected {
        0 => Err(CommitError::IdTaken),
        expected if version == expected => Ok((open, behind, due)),
        _ => Err(CommitError::Conflict),
    }
}

fn become_newest(writing: &WriteTransaction, commit: &Commit) -> Result<(), CommitError> {
    let Some(opens) = &commit.opens else { return Ok(()) };
    let key = (commit.incident.route.as_str(), commit.incident.group.as_str());
    let mut newest = writing.open_table(NEWEST).map_err(failed)?;
    let stored = newest.get(key).map_err(failed)?.map(|id| id.value().to_owned());
    if stored.as_deref() != opens.after.as_ref().map(|id| id.0.as_str()) {
        return Err(CommitError::Conflict);
    }
    newest.insert(key, commit.incident.id.0.as_str()).map_err(failed)?;
    Ok(())
}

fn put_incident(
    writing: &WriteTransaction,
    commit: &Commit,
    (was_open, was_behind, was_due): Indexed,
    record: &[u8],
) -> Result<(), StoreError> {
    let id = commit.incident.id.0.as_str();
    let open = commit.open.then(|| commit.incident.opened_at.as_nanosecond());
    let behind = commit.incident.behind_at.map(Timestamp::as_nanosecond);
    let due = commit.due_at.map(Timestamp::as_nanosecond);
    let row = (commit.incident.version, open, behind, due, record);
    writing.open_table(INCIDENTS).map_err(failed)?.insert(id, row).map_err(failed)?;
    index(writing, OPEN, id, was_open, open)?;
    index(writing, BEHIND, id, was_behind, behind)?;
    index(writing, DUE, id, was_due, due)
}

/// Moves an incident within a sparse index.
fn index(
    writing: &WriteTransaction,
    index: TableDefinition<(Nanoseconds, &str), ()>,
    id: &str,
    before: Option<Nanoseconds>,
    after: Option<Nanoseconds>,
) -> Result<(), StoreError> {
    if before == after {
        return Ok(());
    }
    let mut table = writing.open_table(index).map_err(failed)?;
    if let Some(before) = before {
        table.remove((before, id)).map_err(failed)?;
    }
    if let Some(after) = after {
        table.insert((after, id), ()).map_err(failed)?;
    }
    Ok(())
}

/// The timeline, the posts, what was seen and what was received: nothing of it has a condition any more.
fn put_rest(writing: &WriteTransaction, commit: &Commit) -> Result<(), StoreError> {
    let id = commit.incident.id.0.as_str();
    let mut entries = writing.open_table(ENTRIES).map_err(failed)?;
    for entry in &commit.entries {
        let record = encode("a timeline entry", &EntryRecord::from(entry))?;
        entries.insert((id, entry.id.as_str()), record.as_slice()).map_err(failed)?;
    }
    let mut posts = writing.open_table(POSTS).map_err(failed)?;
    for (channel_id, ts) in &commit.posted {
        posts.insert((channel_id.as_str(), ts.as_str()), id).map_err(failed)?;
    }
    for seen in &commit.seen {
        remember(writing, seen)?;
    }
    let mut signals = writing.open_table(SIGNALS).map_err(failed)?;
    for record in &commit.records {
        let bytes = ReceivedRecord::fitted(record, room(commit.records.len()))?;
        signals.insert((hour(record.received_at), record.id.as_str()), bytes.as_slice()).map_err(failed)?;
    }
    if let Some(digest) = &commit.digest {
        let record = encode("a digest", &DigestRecord::from(digest))?;
        let mut digests = writing.open_table(DIGESTS).map_err(failed)?;
        digests.insert((day(digest.fired_at), id), record.as_slice()).map_err(failed)?;
    }
    Ok(())
}

fn remembered(writing: &WriteTransaction, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
    let table = writing.open_table(SEEN).map_err(failed)?;
    let until = table.get((seen.scope.as_str(), seen.id.as_str())).map_err(failed)?;
    Ok(until.is_some_and(|until| now.as_nanosecond() < until.value()))
}

fn remember(writing: &WriteTransaction, seen: &Seen) -> Result<(), StoreError> {
    let (scope, id, until) = (seen.scope.as_str(), seen.id.as_str(), seen.until.as_nanosecond());
    let mut table = writing.open_table(SEEN).map_err(failed)?;
    let mut forgettable = writing.open_table(FORGET).map_err(failed)?;
    if let Some(before) = table.insert((scope, id), until).map_err(failed)? {
        forgettable.remove((before.value(), scope, id)).map_err(failed)?;
    }
    forgettable.insert((until, scope, id), ()).map_err(failed)?;
    Ok(())
}

/// Does what DynamoDB's TTL does: deletes what expired a while ago.
fn forget(writing: &WriteTransaction, now: Timestamp) -> Result<(), StoreError> {
    let cutoff = now.saturating_sub(FORGET_AFTER).map_err(beyond_time)?.as_nanosecond();
    let mut table = writing.open_table(SEEN).map_err(failed)?;
    let mut forgettable: Table<(Nanoseconds, &str, &str), ()> = writing.open_table(FORGET).map_err(failed)?;
    for row in forgettable.extract_from_if(..(cutoff, "", ""), |_, ()| true).map_err(failed)? {
        let (key, _) = row.map_err(failed)?;
        let (_, scope, id) = key.value();
        table.remove((scope, id)).map_err(failed)?;
    }
    let kept_since = now.saturating_sub(SIGNALS_KEPT).map_err(beyond_time)?;
    let mut signals = writing.open_table(SIGNALS).map_err(failed)?;
    signals.retain_in(..(hour(kept_since), ""), |_, _| false).map_err(failed)?;
    let mut digests = writing.open_table(DIGESTS).map_err(failed)?;
    digests.retain_in(..(day(kept_since), ""), |_, _| false).map_err(failed)
}

fn beyond_time(error: jiff::Error) -> StoreError {
    StoreError::Refused(error.to_string())
}
