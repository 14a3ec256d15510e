//! The store in DynamoDB: one table, keyed as `key` says, with three sparse indexes and a TTL as `table` says. Reads are
//! here, writes in `commit`, what to do when DynamoDB does not answer in `attempt`.
//!
//! The requests of each verb are counted in its comment, since they are what the deployment pays for: a signal of an open
//! incident takes three, `latest` two and `commit` one. `open` is an index and not a list of its own, because the index
//! follows the incident's item by itself: no write besides, and none that could be forgotten.
//!
//! Every incident in an index has the same partition key there, which bounds the deployment at about 1,000 changes of an
//! index a second; a workspace that takes one message a second and channel is far below.

mod attempt;
mod commit;
mod key;
pub mod table;

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use self::attempt::{attempt, transient};
use self::key::Key;
use self::table::Index;
use super::records::{
    ChannelRecord, DigestRecord, EntryRecord, FeedRecord, IncidentRecord, ReceivedRecord, decode,
    deflated_beyond, encode,
};
use super::{
    Channel, Commit, CommitError, First, Loaded, MAX_FEEDS, MAX_OPEN, Seen, SignalRecord, Store, StoreError,
    day,
};
use crate::core::feed::Feed;
use crate::core::incident::{Entry, Incident, IncidentId};
use crate::core::report::Digest;

/// An item or a key as the SDK has it.
type Item = HashMap<String, AttributeValue>;

/// The attribute with the record: JSON text while it is short, deflated JSON when it is long.
const RECORD: &str = "d";
/// The attribute that names an incident: of a pointer, of a post, and in the indexes.
const INCIDENT: &str = "id";

/// Up to this many bytes a record stays JSON. Beyond it deflating saves write units, which are counted by the started kilobyte of
/// an item, keys and indexed attributes included, and twice in a transaction.
const PLAIN_MAX: usize = 800;

/// No request of ours takes longer than a moment; one that does has lost its answer.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);

/// The store in DynamoDB.
#[derive(Clone)]
pub struct DynamoStore {
    client: Client,
    table: String,
}

/// What one request of a query brought, and where the next one starts.
struct Page {
    items: Vec<Item>,
    next: Option<Item>,
}

impl fmt::Debug for DynamoStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoStore").field("table", &self.table).finish_non_exhaustive()
    }
}

impl DynamoStore {
    /// The store in the table `table`. The client brings region, credentials and HTTP. How often it tries is set here, because
    /// a repeated write has to be recognised as the same one; how long a try may take, only if the client does not say.
    pub fn new(client: &Client, table: impl Into<String>) -> Self {
        let config = client.config();
        let timeouts = config.timeout_config().cloned().unwrap_or_else(|| TimeoutConfig::builder().build());
        let longest = timeouts.operation_attempt_timeout().unwrap_or(ATTEMPT_TIMEOUT);
        let config = config
            .to_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts.to_builder().operation_attempt_timeout(longest).build())
            .build();
        Self { client: Client::from_conf(config), table: table.into() }
    }

    /// One item, strongly consistent. One request, half a read unit per started 4 kB twice.
    async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let call = || {
            let request = self.client.get_item().table_name(&self.table).set_key(Some(key.item()));
            request.consistent_read(true).send()
        };
        Ok(attempt(call, transient).await?.item)
    }

    /// All items of a query, or the first `limit`. One request per megabyte.
    async fn query(
        &self,
        build: impl Fn(QueryFluentBuilder) -> QueryFluentBuilder,
        limit: Option<usize>,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start: Option<Item> = None;
        loop {
            let left = limit.map(|limit| limit.saturating_sub(items.len()));
            if left == Some(0) {
                return Ok(items);
            }
            let page = self.page(&build, left, start).await?;
            items.extend(page.items);
            start = page.next;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    /// One request of a query.
    async fn page(
        &self,
        build: &impl Fn(QueryFluentBuilder) -> QueryFluentBuilder,
        limit: Option<usize>,
        start: Option<Item>,
    ) -> Result<Page, StoreError> {
        let limit = limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX));
        let call = || {
            let request = build(self.client.query().table_name(&self.table));
            request.set_limit(limit).set_exclusive_start_key(start.clone()).send()
        };
        let answer = attempt(call, transient).await?;
        Ok(Page { items: answer.items.unwrap_or_default(), next: answer.last_evaluated_key })
    }

    /// All items with a partition key, strongly consistent, in the order of their sort keys.
    async fn partition(&self, pk: &str) -> Result<Vec<Item>, StoreError> {
        let build = |query: QueryFluentBuilder| {
            let query = query.key_condition_expression("pk = :pk").consistent_read(true);
            query.expression_attribute_values(":pk", text(pk))
        };
        self.query(build, None).await
    }

    /// The incidents of an index that are at or before `until`, oldest first.
    async fn up_to(
        &self,
        index: &Index,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<IncidentId>, StoreError> {
        let build = |query: QueryFluentBuilder| {
            let condition = format!("{} = :pk AND {} <= :until", index.partition, index.sort);
            let query = query.index_name(index.name).key_condition_expression(condition);
            let query = query.expression_attribute_values(":pk", text(index.name));
            query.expression_attribute_values(":until", nanoseconds(until))
        };
        self.query(build, Some(limit)).await?.iter().map(incident_id).collect()
    }

    /// Items by key, at most a hundred, strongly consistent, in no order. One request per 16 MB.
    async fn get_all(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut left = keys;
        while !left.is_empty() {
            let asked = left.len();
            let wanted = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true).build();
            let wanted = HashMap::from([(self.table.clone(), wanted.map_err(refused)?)]);
            let call = || self.client.batch_get_item().set_request_items(Some(wanted.clone())).send();
            let answer = attempt(call, transient).await?;
            items.extend(answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default());
            left = match answer.unprocessed_keys.unwrap_or_default().remove(&self.table) {
                Some(unprocessed) => unprocessed.keys,
                None => Vec::new(),
            };
            if left.len() == asked {
                return Err(StoreError::Unavailable("a batch was read in no part".to_owned()));
            }
        }
        Ok(items)
    }
}

#[async_trait]
impl Store for DynamoStore {
    /// One query of the incident's partition; a further one per megabyte of timeline.
    async fn incident(&self, id: &IncidentId) -> Result<Option<Loaded>, StoreError> {
        let mut incident = None;
        let mut timeline = Vec::new();
        for item in self.partition(&key::incident(id).pk).await? {
            if key::is_incident(&item) {
                incident = Some(read::<IncidentRecord>("an incident", &item)?.into());
            } else {
                timeline.push(Entry::from(read::<EntryRecord>("a timeline entry", &item)?));
            }
        }
        timeline.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(incident.map(|incident| Loaded { incident, timeline }))
    }

    /// Two gets, or one if there is none.
    async fn latest(&self, route: &str, group: &str) -> Result<Option<Incident>, StoreError> {
        let Some(pointer) = self.get(&key::newest(route, group)).await? else { return Ok(None) };
        let id = incident_id(&pointer)?;
        let item = self.get(&key::incident(&id)).await?;
        let item =
            item.ok_or_else(|| StoreError::Corrupt(format!("incident {id} is the newest and gone")))?;
        Ok(Some(read::<IncidentRecord>("an incident", &item)?.into()))
    }

    /// One get.
    async fn by_post(&self, channel_id: &str, ts: &str) -> Result<Option<IncidentId>, StoreError> {
        self.get(&key::post(channel_id, ts)).await?.as_ref().map(incident_id).transpose()
    }

    /// One query of the index and one batch of gets, which leaves out what closed in between.
    async fn open(&self, first: First, limit: usize) -> Result<Vec<Incident>, StoreError> {
        let build = |query: QueryFluentBuilder| {
            let condition = format!("{} = :pk", table::OPEN.partition);
            let query = query.index_name(table::OPEN.name).key_condition_expression(condition);
            query
                .expression_attribute_values(":pk", text(table::OPEN.name))
                .scan_index_forward(first == First::Oldest)
        };
        let listed = self.query(build, Some(limit.min(MAX_OPEN))).await?;
        let keys = listed.iter().map(|item| Ok(key::incident(&incident_id(item)?).item()));
        let items = self.get_all(keys.collect::<Result<_, StoreError>>()?).await?;
        let open = items.iter().filter(|item| item.contains_key(table::OPEN.partition));
        let open = open.map(|item| read::<IncidentRecord>("an incident", item).map(Incident::from));
        let mut open: Vec<Incident> = open.collect::<Result<_, _>>()?;
        open.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        if first == First::Newest {
            open.reverse();
        }
        Ok(open)
    }

    /// One query; a further one per megabyte.
    async fn behind(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        self.up_to(&table::BEHIND, until, limit).await
    }

    /// One query; a further one per megabyte.
    async fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<IncidentId>, StoreError> {
        self.up_to(&table::DUE, until, limit).await
    }

    /// One transaction, or one put if the incident is all that changes, for half the write units.
    async fn commit(&self, commit: &Commit) -> Result<(), CommitError> {
        commit::commit(self, commit).await
    }

    /// One get.
    async fn channel(&self, name: &str) -> Result<Channel, StoreError> {
        match self.get(&key::channel(name)).await? {
            Some(item) => Ok(read::<ChannelRecord>("a channel", &item)?.into()),
            None => Ok(Channel { name: name.to_owned(), ..Channel::default() }),
        }
    }

    /// One put.
    async fn put_channel(&self, channel: &Channel) -> Result<(), StoreError> {
        let mut item = key::channel(&channel.name).item();
        item.insert(RECORD.to_owned(), record(encode("a channel", &ChannelRecord::from(channel))?));
        let call = || self.client.put_item().table_name(&self.table).set_item(Some(item.clone())).send();
        attempt(call, transient).await?;
        Ok(())
    }

    /// One batch of gets; none if no feed is asked for.
    async fn feeds(&self, names: &[String]) -> Result<Vec<Feed>, StoreError> {
        let keys = names.iter().take(MAX_FEEDS).map(|name| key::feed(name).item()).collect();
        let items = self.get_all(keys).await?;
        let stored = items.iter().map(|item| read::<FeedRecord>("a feed", item).map(Feed::from));
        // One that cannot be read holds up no other. What is made of it cannot be stored over it.
        let unreadable = |error: &StoreError| tracing::error!(%error, "what is kept of a feed is left aside");
        let stored = stored.filter_map(|feed| feed.inspect_err(unreadable).ok());
        let stored: HashMap<String, Feed> = stored.map(|feed| (feed.name.clone(), feed)).collect();
        let fresh = |name: &String| Feed { name: name.clone(), ..Feed::default() };
        let feed = |name: &String| stored.get(name).cloned().unwrap_or_else(|| fresh(name));
        Ok(names.iter().take(MAX_FEEDS).map(feed).collect())
    }

    /// One conditional put.
    async fn put_feed(&self, feed: &Feed) -> Result<bool, StoreError> {
        commit::put_feed(self, feed).await
    }

    /// One conditional put.
    async fn claim(&self, seen: &Seen, now: Timestamp) -> Result<bool, StoreError> {
        commit::claim(self, seen, now).await
    }

    /// One query per day; a further one per megabyte. Not strongly consistent, for half the read units.
    async fn digests(
        &self,
        since: Timestamp,
        until: Timestamp,
        each: &mut (dyn FnMut(Digest) + Send),
    ) -> Result<(), StoreError> {
        for day in day(since)..=day(until) {
            let pk = key::digests(day);
            let build = |query: QueryFluentBuilder| {
                let query = query.key_condition_expression("pk = :pk");
                query.expression_attribute_values(":pk", text(&pk))
            };
            let mut start = None;
            loop {
                let page = self.page(&build, None, start).await?;
                for item in &page.items {
                    let digest = Digest::from(read::<DigestRecord>("a digest", item)?);
                    if since <= digest.fired_at && digest.fired_at < until {
                        each(digest);
                    }
                }
                match page.next {
                    Some(next) => start = Some(next),
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// One query per shard of the hour; a further one per megabyte.
    async fn signals(&self, hour: Timestamp) -> Result<Vec<SignalRecord>, StoreError> {
        let mut records = Vec::new();
        for pk in key::shards(hour) {
            for item in self.partition(&pk).await? {
                records.push(SignalRecord::from(read::<ReceivedRecord>("a signal record", &item)?));
            }
        }
        records.sort_by(|a, b| (a.received_at, &a.id).cmp(&(b.received_at, &b.id)));
        Ok(records)
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// A time as an index is ordered by: exact, unlike text with fewer digits.
fn nanoseconds(time: Timestamp) -> AttributeValue {
    AttributeValue::N(time.as_nanosecond().to_string())
}

/// A record's bytes as an attribute: short JSON stays readable in the console.
fn record(bytes: Vec<u8>) -> AttributeValue {
    let bytes = deflated_beyond(PLAIN_MAX, bytes);
    if bytes.first() != Some(&b'{') {
        return AttributeValue::B(Blob::new(bytes));
    }
    match String::from_utf8(bytes) {
        Ok(json) => AttributeValue::S(json),
        Err(not_text) => AttributeValue::B(Blob::new(not_text.into_bytes())),
    }
}

fn read<R: DeserializeOwned>(what: &str, item: &Item) -> Result<R, StoreError> {
    match item.get(RECORD) {
        Some(AttributeValue::S(json)) => decode(what, json.as_bytes()),
        Some(AttributeValue::B(bytes)) => decode(what, bytes.as_ref()),
        _ => Err(StoreError::Corrupt(format!("{what} has no record"))),
    }
}

fn incident_id(item: &Item) -> Result<IncidentId, StoreError> {
    match item.get(INCIDENT) {
        Some(AttributeValue::S(id)) => Ok(IncidentId(id.clone())),
        _ => Err(StoreError::Corrupt("an item names no incident".to_owned())),
    }
}

/// The SDK refuses to build a request that lacks something: a fault of ours.
fn refused(error: impl fmt::Display) -> StoreError {
    StoreError::Refused(error.to_string())
}
