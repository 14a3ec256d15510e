//! The keys of all items, in one place. Names come from outside, so each is written such that no two keys can meet and none is
//! longer than [DynamoDB allows](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html) (2,048
//! bytes for a partition key, 1,024 for a sort key). To add a kind of item: a function here and a line in this table.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | incident | `INC#<id>` | `META` |
//! | timeline entry | `INC#<id>` | `T#<entry id>` |
//! | newest incident of a group | `KEY#<route>#<hash of group>` | `OPEN` |
//! | root message | `POST#<channel id>#<ts>` | `-` |
//! | what was seen | `SEEN#<scope>#<id>` | `-` |
//! | signal record | `SIG#<hour>#<shard>` | `<id>` |
//! | digest | `DAY#<day>` | `<incident>` |
//! | channel | `CHAN#<name>` | `META` |
//! | feed | `FEED#<name>` | `META` |

use std::hash::Hasher;

use aws_sdk_dynamodb::types::AttributeValue;
use fnv::FnvHasher;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Item, text};
use crate::core::incident::IncidentId;
use crate::store::{day, hour};

/// The sort key of an incident's own item.
const META: &str = "META";

/// In how many partitions the records of one hour lie: a partition takes about 1,000 write units a second.
const SHARDS: u64 = 4;

/// Longer names are replaced by their hash.
const NAME_MAX: usize = 300;

/// The key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pk: String,
    sk: String,
}

impl Key {
    /// As an item to which attributes are added.
    pub(super) fn item(&self) -> Item {
        Item::from([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))])
    }
}

pub(super) fn incident(id: &IncidentId) -> Key {
    Key { pk: format!("INC#{}", name(&id.0)), sk: META.to_owned() }
}

/// Whether an item of an incident's partition is the incident itself.
pub(super) fn is_incident(item: &Item) -> bool {
    matches!(item.get("sk"), Some(AttributeValue::S(sk)) if sk == META)
}

pub(super) fn entry(incident: &IncidentId, entry: &str) -> Key {
    Key { pk: format!("INC#{}", name(&incident.0)), sk: format!("T#{}", name(entry)) }
}

pub(super) fn newest(route: &str, group: &str) -> Key {
    Key { pk: format!("KEY#{}#{}", name(route), hash(group)), sk: "OPEN".to_owned() }
}

pub(super) fn post(channel_id: &str, ts: &str) -> Key {
    Key { pk: format!("POST#{}#{}", name(channel_id), name(ts)), sk: "-".to_owned() }
}

pub(super) fn seen(scope: &str, id: &str) -> Key {
    Key { pk: format!("SEEN#{}#{}", name(scope), name(id)), sk: "-".to_owned() }
}

pub(super) fn signal(received_at: Timestamp, id: &str) -> Key {
    let mut hasher = FnvHasher::default();
    hasher.write(id.as_bytes());
    Key { pk: shard(received_at, hasher.finish() % SHARDS), sk: name(id) }
}

/// Where the digest of an incident is filed.
pub(super) fn digest(fired_at: Timestamp, incident: &IncidentId) -> Key {
    Key { pk: digests(day(fired_at)), sk: name(&incident.0) }
}

/// The partition with the digests of a day, counted from 1970.
pub(super) fn digests(day: i64) -> String {
    let start = Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or(Timestamp::MIN);
    format!("DAY#{}", start.strftime("%Y-%m-%d"))
}

/// The partitions with the records of the hour that holds `time`.
pub(super) fn shards(time: Timestamp) -> impl Iterator<Item = String> {
    (0..SHARDS).map(move |number| shard(time, number))
}

pub(super) fn channel(channel: &str) -> Key {
    Key { pk: format!("CHAN#{}", name(channel)), sk: META.to_owned() }
}

pub(super) fn feed(feed: &str) -> Key {
    Key { pk: format!("FEED#{}", name(feed)), sk: META.to_owned() }
}

fn shard(time: Timestamp, number: u64) -> String {
    let start = Timestamp::from_second(hour(time) * 3600).unwrap_or(Timestamp::MIN);
    format!("SIG#{}#{number}", start.strftime("%Y-%m-%dT%H"))
}

/// A name as part of a key: as it is where that is safe, escaped where it holds a separator, hashed where it is too long or
/// empty. Different names stay different.
fn name(name: &str) -> String {
    let escaped = name.replace('%', "%25").replace('#', "%23").replace('~', "%7E");
    if escaped.is_empty() || escaped.len() > NAME_MAX { format!("~{}", hash(name)) } else { escaped }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_the_table_says() {
        let id = IncidentId("k3f9a".to_owned());
        let at = Timestamp::constant(1_900_002_000, 5);
        let keys = [
            incident(&id),
            entry(&id, "00000003.01"),
            newest("payments-critical", "api"),
            post("C024BE91L", "1900000801.000100"),
            seen("github", "72d3162e"),
            signal(at, "72d3162e"),
            channel("#alerts"),
            feed("github-status"),
        ];
        let keys = keys.map(|key| format!("{} / {}", key.pk, key.sk));
        let expected = [
            "INC#k3f9a / META",
            "INC#k3f9a / T#00000003.01",
            "KEY#payments-critical#14c2529eb4498c5d1ffd6915d05bf58a91bdda796af59f41d480d11c099d0479 / OPEN",
            "POST#C024BE91L#1900000801.000100 / -",
            "SEEN#github#72d3162e / -",
            "SIG#2030-03-17T18#3 / 72d3162e",
            "CHAN#%23alerts / META",
            "FEED#github-status / META",
        ];
        assert_eq!(keys, expected);
    }

    #[test]
    fn different_names_have_different_keys() {
        let long = "x".repeat(NAME_MAX + 1);
        let names = [
            "a",
            "a#",
            "a%23",
            "a%2523",
            "",
            "~",
            "%7E",
            &hash(""),
            &format!("~{}", hash("")),
            &long,
            &hash(&long),
        ];
        let keys: std::collections::HashSet<String> = names.iter().map(|text| name(text)).collect();
        assert_eq!(keys.len(), names.len());
        assert!(keys.iter().all(|key| !key.is_empty() && key.len() <= NAME_MAX && !key.contains('#')));
    }

    #[test]
    fn the_records_of_an_hour_are_in_its_shards_and_no_others() {
        for second in [0, 1, 3599] {
            let time = Timestamp::constant(1_900_000_800 + second, 999_999_999);
            let key = signal(time, "72d3162e");
            assert!(shards(Timestamp::constant(1_900_000_800, 0)).any(|pk| pk == key.pk));
            assert!(!shards(Timestamp::constant(1_900_004_400, 0)).any(|pk| pk == key.pk));
        }
    }
}
