//! What is kept of a feed, as it is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::core::feed::{Failing, Feed};

/// What is kept of a feed.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct FeedRecord {
    v: Version,
    name: String,
    /// How often it was stored.
    pub(in crate::store) version: u64,
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failing: Option<FailingRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FailingRecord {
    since: Timestamp,
    polls: u32,
    #[serde(default)]
    told: bool,
}

impl From<&Feed> for FeedRecord {
    fn from(feed: &Feed) -> Self {
        let Feed { name, version, url, etag, last_modified, next_at, read_since, seen, failing } =
            feed.clone();
        let failing = failing.map(|Failing { since, polls, told }| FailingRecord { since, polls, told });
        Self { v: Version, name, version, url, etag, last_modified, next_at, read_since, seen, failing }
    }
}

impl From<FeedRecord> for Feed {
    fn from(record: FeedRecord) -> Self {
        let FeedRecord {
            v: Version,
            name,
            version,
            url,
            etag,
            last_modified,
            next_at,
            read_since,
            seen,
            failing,
        } = record;
        let failing = failing.map(|FailingRecord { since, polls, told }| Failing { since, polls, told });
        Self { name, version, url, etag, last_modified, next_at, read_since, seen, failing }
    }
}
