//! What lies in the table: what the console shows, what expires, what a newer Callboard wrote, and more than one answer holds.

use std::collections::HashMap;

use crate::ground::Ground;
use aws_sdk_dynamodb::types::AttributeValue;
use shared::core::incident::What;
use shared::store::contract::{entry, opening, record, t};
use shared::store::{First, SIGNALS_KEPT, Seen, Store, StoreError};

type Item = HashMap<String, AttributeValue>;

/// All items, by the beginning of their partition key and the sort key.
async fn items(ground: &Ground) -> HashMap<String, Item> {
    let found = ground.client.scan().table_name(&ground.table).consistent_read(true).send().await.unwrap();
    let text = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
    let named = |item: Item| (format!("{} / {}", text(&item, "pk"), text(&item, "sk")), item);
    found.items.unwrap().into_iter().map(named).collect()
}

fn find<'a>(items: &'a HashMap<String, Item>, prefix: &str) -> &'a Item {
    let mut found = items.iter().filter(|(key, _)| key.starts_with(prefix));
    let (_, item) = found.next().unwrap_or_else(|| panic!("no {prefix} in {:?}", items.keys()));
    assert!(found.next().is_none(), "more than one {prefix}");
    item
}

#[tokio::test]
async fn only_deliveries_and_signal_records_expire() {
    let ground = Ground::new().await;
    let mut commit = opening("aaaaa", "api");
    commit.entries = vec![entry("00000001.00", What::Refired)];
    commit.posted = vec![("C1".to_owned(), "1.1".to_owned())];
    commit.seen = vec![Seen { scope: "hook".to_owned(), id: "one".to_owned(), until: t(100) }];
    commit.records = vec![record("one", "aaaaa", t(0))];
    ground.store.commit(&commit).await.unwrap();
    let items = items(&ground).await;
    let expires = |prefix: &str| {
        let value = find(&items, prefix).get("expires_at");
        value.map(|value| value.as_n().unwrap().parse::<i64>().unwrap())
    };
    assert_eq!(items.len(), 6, "{:?}", items.keys());
    assert_eq!(expires("INC#aaaaa / META"), None);
    assert_eq!(expires("INC#aaaaa / T#00000001.00"), None);
    assert_eq!(expires("KEY#alerts#"), None);
    assert_eq!(expires("POST#C1#1.1 / -"), None);
    assert_eq!(expires("SEEN#hook#one / -"), Some(t(101).as_second()), "not before it is forgotten");
    assert_eq!(expires("SIG#"), Some((t(0) + SIGNALS_KEPT).as_second()));
}

#[tokio::test]
async fn a_small_incident_is_readable_in_the_console_and_costs_one_write_unit() {
    let ground = Ground::new().await;
    ground.store.commit(&opening("aaaaa", "api")).await.unwrap();
    let items = items(&ground).await;
    let record = find(&items, "INC#aaaaa / META")["d"].as_s().unwrap();
    assert!(record.starts_with(r#"{"v":1,"id":"aaaaa","#), "{record}");
    let size: usize = record.len() + 100;
    assert!(size < 1024, "{size} bytes");
}

#[tokio::test]
async fn a_record_of_a_newer_callboard_names_the_remedy() {
    let ground = Ground::new().await;
    let first = opening("aaaaa", "api");
    ground.store.commit(&first).await.unwrap();
    let mut newer = find(&items(&ground).await, "INC#aaaaa / META").clone();
    let record = newer["d"].as_s().unwrap().replace(r#""v":1"#, r#""v":2"#);
    newer.insert("d".to_owned(), AttributeValue::S(record));
    ground.client.put_item().table_name(&ground.table).set_item(Some(newer)).send().await.unwrap();
    let Err(StoreError::Corrupt(why)) = ground.store.latest("alerts", "api").await else {
        panic!("it was read")
    };
    assert!(why.contains("version 2") && why.contains("deploy the newer Callboard again"), "{why}");
    assert!(matches!(ground.store.incident(&first.incident.id).await, Err(StoreError::Corrupt(_))));
}

#[tokio::test]
async fn open_incidents_that_fill_more_than_one_answer_are_all_listed() {
    let ground = Ground::new().await;
    let mut noise: u64 = 88_172_645_463_325_252;
    let mut text = String::new();
    while text.len() < 500_000 {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        text.push_str(&format!("{noise:x}"));
    }
    // One answer holds 16 MB, and each of these is about 300 kB.
    for n in 0..70 {
        let mut commit = opening(&format!("a{n:02}"), &format!("a{n:02}"));
        commit.incident.opened_at = t(n);
        commit.incident.content.text.clone_from(&text);
        ground.store.commit(&commit).await.unwrap();
    }
    ground.wire.take_sent();
    let open = ground.store.open(First::Newest, 100).await.unwrap();
    assert_eq!(open.len(), 70);
    let requests = ground.wire.take_operations();
    // Not every emulator knows DynamoDB's limit of 16 MB; one that answers all at once shows the same incidents.
    assert!(requests.len() > 2 || !ground.chosen, "an answer of more than 16 MB: {requests:?}");
    assert!(open.iter().all(|incident| incident.content.text == text));
}
