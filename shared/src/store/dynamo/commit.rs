//! The conditional writes: a commit as one transaction, or as one put if the incident is all that it changes, a feed, and a claim.
//!
//! A write whose answer is lost is repeated, and must not be taken for somebody else's: a transaction carries a token, by
//! which DynamoDB knows it for ten minutes, and a single put leaves a random mark in its item, by which we know our own.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

use super::attempt::{Failure, attempt, busy, transient};
use super::key::Key;
use super::table::{BEHIND, DUE, Index, OPEN, TTL_ATTRIBUTE};
use super::{DynamoStore, INCIDENT, Item, RECORD, key, nanoseconds, record, refused, text};
use crate::core::feed::Feed;
use crate::core::incident::Incident;
use crate::store::records::{
    DigestRecord, EntryRecord, FeedRecord, ReceivedRecord, encode, incident_bytes, room,
};
use crate::store::{Commit, CommitError, SIGNALS_KEPT, Seen, StoreError};

/// The attribute with an incident's or a feed's version.
const VERSION: &str = "ver";
/// The attribute that says until when something is remembered, in nanoseconds.
const REMEMBERED: &str = "till";
/// The attribute with the mark of who wrote an item.
const MARK: &str = "mark";

/// The code of a cancelled transaction's item whose condition did not hold.
const CONDITION_FAILED: &str = "ConditionalCheckFailed";
/// The code of one that another transaction was writing at the same time.
const WRITTEN_BY_ANOTHER: &str = "TransactionConflict";

/// One put of a commit.
struct Write {
    item: Item,
    /// The expression and its values; `None` writes whatever is there.
    condition: Option<(&'static str, Item)>,
    means: Means,
}

/// What it means when a write's condition fails.
#[derive(Clone, PartialEq, Eq)]
enum Means {
    /// The incident is not at the expected version.
    Incident,
    /// Another one is the newest of the group.
    Newest,
    /// The delivery with this id was applied.
    Seen(String),
    /// It has no condition.
    Nothing,
}

/// Writes all of a commit or nothing of it.
pub(super) async fn commit(store: &DynamoStore, commit: &Commit) -> Result<(), CommitError> {
    let writes = writes(commit)?;
    match writes.as_slice() {
        [only] => match put(store, only).await? {
            Outcome::Written => Ok(()),
            Outcome::Refused(stored) => Err(refusal(commit, &[(&only.means, stored.as_ref())])?),
        },
        all => transact(store, commit, all).await,
    }
}

/// Claims an identity: true for the first caller.
pub(super) async fn claim(store: &DynamoStore, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
    let (_, write) = remember(seen, now);
    Ok(matches!(put(store, &write).await?, Outcome::Written))
}

/// Stores a feed on condition of the version before it.
pub(super) async fn put_feed(store: &DynamoStore, feed: &Feed) -> Result<bool, StoreError> {
    let Some(before) = feed.version.checked_sub(1) else { return Ok(false) };
    let condition = match before {
        0 => ("attribute_not_exists(pk)", Item::new()),
        before => ("ver = :before", Item::from([(":before".to_owned(), number(before))])),
    };
    let (_, mut write) =
        plain(key::feed(&feed.name), RECORD, record(encode("a feed", &FeedRecord::from(feed))?));
    write.item.insert(VERSION.to_owned(), number(feed.version));
    write.condition = Some(condition);
    Ok(matches!(put(store, &write).await?, Outcome::Written))
}

/// The puts of a commit. An item that is given twice is written once, as it was given last: a transaction refuses to write
/// one twice.
fn writes(commit: &Commit) -> Result<Vec<Write>, StoreError> {
    let id = &commit.incident.id;
    let mut keyed = vec![incident(commit)?];
    keyed.extend(newest(commit));
    keyed.extend(commit.seen.iter().map(|seen| remember(seen, commit.now)));
    for entry in &commit.entries {
        let bytes = encode("a timeline entry", &EntryRecord::from(entry))?;
        keyed.push(plain(key::entry(id, &entry.id), RECORD, record(bytes)));
    }
    for (channel_id, ts) in &commit.posted {
        keyed.push(plain(key::post(channel_id, ts), INCIDENT, text(&id.0)));
    }
    let expires_at = commit.now.as_second().saturating_add(SIGNALS_KEPT.as_secs());
    for received in &commit.records {
        let bytes = ReceivedRecord::fitted(received, room(commit.records.len()))?;
        let (key, mut write) = plain(key::signal(received.received_at, &received.id), RECORD, record(bytes));
        write.item.insert(TTL_ATTRIBUTE.to_owned(), number(expires_at));
        keyed.push((key, write));
    }
    if let Some(digest) = &commit.digest {
        let bytes = encode("a digest", &DigestRecord::from(digest))?;
        let (key, mut write) = plain(key::digest(digest.fired_at, id), RECORD, record(bytes));
        write.item.insert(TTL_ATTRIBUTE.to_owned(), number(expires_at));
        keyed.push((key, write));
    }
    let mut places: HashMap<Key, usize> = HashMap::new();
    let mut writes: Vec<Write> = Vec::new();
    for (key, write) in keyed {
        let place = *places.entry(key).or_insert(writes.len());
        match writes.get_mut(place) {
            Some(earlier) => *earlier = write,
            None => writes.push(write),
        }
    }
    Ok(writes)
}

/// The incident at its new version, on condition of the one before, with what puts it into the indexes.
fn incident(commit: &Commit) -> Result<(Key, Write), StoreError> {
    let Incident { id, version, opened_at, behind_at, .. } = &commit.incident;
    let condition = match commit.stored_version()? {
        0 => ("attribute_not_exists(pk)", Item::new()),
        before => ("ver = :before", Item::from([(":before".to_owned(), number(before))])),
    };
    let key = key::incident(id);
    let mut item = key.item();
    item.insert(INCIDENT.to_owned(), text(&id.0));
    item.insert(VERSION.to_owned(), number(version));
    item.insert(RECORD.to_owned(), record(incident_bytes(&commit.incident)?));
    let mut list = |index: Index, at: Option<Timestamp>| {
        if let Some(at) = at {
            item.insert(index.partition.to_owned(), text(index.name));
            item.insert(index.sort.to_owned(), nanoseconds(at));
        }
    };
    list(OPEN, commit.open.then_some(*opened_at));
    list(BEHIND, *behind_at);
    list(DUE, commit.due_at);
    Ok((key, Write { item, condition: Some(condition), means: Means::Incident }))
}

/// The pointer to the newest incident of a group. It is kept when the incident closes, and without a TTL: writing one at the
/// close would cost more than storing the pointer for a year, and the pointer of an open incident must never expire.
fn newest(commit: &Commit) -> Option<(Key, Write)> {
    let condition = match &commit.opens.as_ref()?.after {
        None => ("attribute_not_exists(pk)", Item::new()),
        Some(after) => ("id = :after", Item::from([(":after".to_owned(), text(&after.0))])),
    };
    let key = key::newest(&commit.incident.route, &commit.incident.group);
    let mut item = key.item();
    item.insert(INCIDENT.to_owned(), text(&commit.incident.id.0));
    Some((key, Write { item, condition: Some(condition), means: Means::Newest }))
}

/// Remembers an identity unless it is remembered. Expiry is judged here; DynamoDB deletes hours or days later.
fn remember(seen: &Seen, now: Timestamp) -> (Key, Write) {
    let key = key::seen(&seen.scope, &seen.id);
    let mut item = key.item();
    item.insert(REMEMBERED.to_owned(), nanoseconds(seen.until));
    item.insert(TTL_ATTRIBUTE.to_owned(), number(seen.until.as_second().saturating_add(1)));
    let now = Item::from([(":now".to_owned(), nanoseconds(now))]);
    let condition = Some(("attribute_not_exists(pk) OR till <= :now", now));
    (key, Write { item, condition, means: Means::Seen(seen.id.clone()) })
}

fn plain(key: Key, attribute: &str, value: AttributeValue) -> (Key, Write) {
    let mut item = key.item();
    item.insert(attribute.to_owned(), value);
    (key, Write { item, condition: None, means: Means::Nothing })
}

fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// What came of a single put.
enum Outcome {
    Written,
    /// The condition failed, with what is stored.
    Refused(Option<Item>),
}

async fn put(store: &DynamoStore, write: &Write) -> Result<Outcome, StoreError> {
    let mark = text(&random()?);
    let mut item = write.item.clone();
    item.insert(MARK.to_owned(), mark.clone());
    let (expression, values) = write.condition.clone().unzip();
    let values = values.filter(|values| !values.is_empty());
    let call = || {
        let request = store.client.put_item().table_name(&store.table).set_item(Some(item.clone()));
        request
            .set_condition_expression(expression.map(str::to_owned))
            .set_expression_attribute_values(values.clone())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
    };
    match attempt(call, transient).await {
        Ok(_) => Ok(Outcome::Written),
        Err(Failure::Answer(error)) => match *error {
            PutItemError::ConditionalCheckFailedException(failed) => {
                let ours = failed.item.as_ref().is_some_and(|stored| stored.get(MARK) == Some(&mark));
                Ok(if ours { Outcome::Written } else { Outcome::Refused(failed.item) })
            }
            other => Err(Failure::Answer(Box::new(other)).into()),
        },
        Err(failure) => Err(failure.into()),
    }
}

async fn transact(store: &DynamoStore, commit: &Commit, writes: &[Write]) -> Result<(), CommitError> {
    let token = random()?;
    let puts = writes.iter().map(|write| transact_put(store, write));
    let puts: Vec<TransactWriteItem> = puts.collect::<Result<_, _>>()?;
    let call = || {
        let request = store.client.transact_write_items().set_transact_items(Some(puts.clone()));
        request.client_request_token(&token).send()
    };
    match attempt(call, |error| transient(error) || raced(error)).await {
        Ok(_) => Ok(()),
        Err(Failure::Answer(error)) => match *error {
            TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                let reasons = cancelled.cancellation_reasons.unwrap_or_default();
                let failed: Vec<(&Means, Option<&Item>)> = writes
                    .iter()
                    .zip(&reasons)
                    .filter(|(_, reason)| reason.code() == Some(CONDITION_FAILED))
                    .map(|(write, reason)| (&write.means, reason.item()))
                    .collect();
                if failed.is_empty() {
                    return Err(StoreError::Refused(format!("cancelled: {}", codes(&reasons))).into());
                }
                Err(refusal(commit, &failed)?)
            }
            other => Err(StoreError::from(Failure::Answer(Box::new(other))).into()),
        },
        Err(failure) => Err(StoreError::from(failure).into()),
    }
}

fn transact_put(store: &DynamoStore, write: &Write) -> Result<TransactWriteItem, StoreError> {
    let (expression, values) = write.condition.clone().unzip();
    let put = Put::builder()
        .table_name(&store.table)
        .set_item(Some(write.item.clone()))
        .set_condition_expression(expression.map(str::to_owned))
        .set_expression_attribute_values(values.filter(|values| !values.is_empty()))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .map_err(refused)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// Whether a transaction was cancelled only because of others at the same moment: no condition was judged against us.
/// [The reasons](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
fn raced(error: &SdkError<TransactWriteItemsError>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return false;
    };
    let codes = cancelled.cancellation_reasons().iter().filter_map(CancellationReason::code);
    let mut codes = codes.filter(|code| *code != "None").peekable();
    codes.peek().is_some() && codes.all(|code| code == WRITTEN_BY_ANOTHER || throttled(code))
}

/// Cancellation reasons say `ThrottlingError` and `ProvisionedThroughputExceeded` where answers name exceptions.
fn throttled(code: &str) -> bool {
    busy(code) || code == "ProvisionedThroughputExceeded"
}

fn codes(reasons: &[CancellationReason]) -> String {
    let codes: Vec<&str> = reasons.iter().filter_map(CancellationReason::code).collect();
    codes.join(", ")
}

/// Why a commit was refused, from the writes whose conditions failed and what is stored instead.
fn refusal(commit: &Commit, failed: &[(&Means, Option<&Item>)]) -> Result<CommitError, StoreError> {
    let applied = failed.iter().filter_map(|(means, _)| match means {
        Means::Seen(id) => Some(id.clone()),
        _ => None,
    });
    let applied: Vec<String> = applied.collect();
    if !applied.is_empty() {
        return Ok(CommitError::Seen(applied));
    }
    let taken = failed.iter().any(|(means, _)| **means == Means::Incident) && commit.incident.version == 1;
    Ok(if taken { CommitError::IdTaken } else { CommitError::Conflict })
}

/// 32 characters that nobody else has.
fn random() -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StoreError::Unavailable("the system has no random bytes".to_owned()))?;
    Ok(hex::encode(bytes))
}
