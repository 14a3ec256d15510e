//! DynamoStore keeps the contract, also when every request fails at first, and takes no more requests than it says.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ground::{Fault, Ground};
use shared::core::incident::What;
use shared::store::contract::{broken, changed, entry, opening, record, t};
use shared::store::{Commit, First, Seen, Store};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    let broken = broken(async || Ground::new().await.into_store()).await;
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Every request meets the fault the first time it is sent, and gets through when it is sent again.
async fn broken_with_every_first_try(fault: Fault) -> Vec<String> {
    broken(async || {
        let ground = Ground::new().await;
        let mut tries: HashMap<String, usize> = HashMap::new();
        ground.wire.plan(move |sent| {
            let tries = tries.entry(sent.body.clone()).or_default();
            *tries += 1;
            if *tries % 2 == 1 { fault } else { Fault::None }
        });
        Arc::new(ground.store) as Arc<dyn Store>
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract_when_every_first_try_is_throttled() {
    let broken = broken_with_every_first_try(Fault::Throttled).await;
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract_when_every_first_answer_is_lost() {
    let broken = broken_with_every_first_try(Fault::AnswerLost).await;
    assert!(broken.is_empty(), "{broken:#?}");
}

fn full(mut commit: Commit) -> Commit {
    let version = commit.incident.version;
    commit.entries = vec![entry(&format!("{version:08}.00"), What::Refired)];
    commit.seen = vec![Seen { scope: "hook".to_owned(), id: version.to_string(), until: t(100) }];
    commit.records = vec![record(&version.to_string(), &commit.incident.id.0, t(0))];
    commit
}

#[tokio::test]
async fn a_signal_of_an_open_incident_takes_three_requests() {
    let Ground { store, wire, .. } = Ground::new().await;
    let first = full(opening("aaaaa", "api"));
    assert_eq!(store.latest("alerts", "api").await.unwrap(), None);
    store.commit(&first).await.unwrap();
    assert_eq!(wire.take_operations(), ["GetItem", "TransactWriteItems"], "the first signal");
    store.latest("alerts", "api").await.unwrap().unwrap();
    store.commit(&full(changed(&first))).await.unwrap();
    assert_eq!(wire.take_operations(), ["GetItem", "GetItem", "TransactWriteItems"]);
}

#[tokio::test]
async fn every_verb_takes_the_requests_that_it_says() {
    let Ground { store, wire, .. } = Ground::new().await;
    let mut first = full(opening("aaaaa", "api"));
    first.posted = vec![("C1".to_owned(), "1.1".to_owned())];
    store.commit(&first).await.unwrap();
    wire.take_sent();
    store.incident(&first.incident.id).await.unwrap();
    assert_eq!(wire.take_operations(), ["Query"], "incident");
    store.by_post("C1", "1.1").await.unwrap();
    assert_eq!(wire.take_operations(), ["GetItem"], "by_post");
    store.open(First::Newest, 100).await.unwrap();
    assert_eq!(wire.take_operations(), ["Query", "BatchGetItem"], "open");
    store.behind(t(0), 100).await.unwrap();
    assert_eq!(wire.take_operations(), ["Query"], "behind");
    store.due(t(0), 100).await.unwrap();
    assert_eq!(wire.take_operations(), ["Query"], "due");
    store.commit(&changed(&first)).await.unwrap();
    assert_eq!(wire.take_operations(), ["PutItem"], "a commit of the incident alone");
    let channel = store.channel("#alerts").await.unwrap();
    assert_eq!(wire.take_operations(), ["GetItem"], "channel");
    store.put_channel(&channel).await.unwrap();
    assert_eq!(wire.take_operations(), ["PutItem"], "put_channel");
    let mut feeds = store.feeds(&["a".to_owned(), "b".to_owned()]).await.unwrap();
    assert_eq!(wire.take_operations(), ["BatchGetItem"], "feeds");
    assert_eq!(store.feeds(&[]).await.unwrap(), []);
    assert!(wire.take_operations().is_empty(), "no feeds");
    feeds[0].version = 1;
    assert!(store.put_feed(&feeds[0]).await.unwrap());
    assert_eq!(wire.take_operations(), ["PutItem"], "put_feed");
    store.claim(&Seen { scope: "event".to_owned(), id: "E1".to_owned(), until: t(9) }, t(0)).await.unwrap();
    assert_eq!(wire.take_operations(), ["PutItem"], "claim");
    store.signals(t(0)).await.unwrap();
    assert_eq!(wire.take_operations(), ["Query"; 4], "signals");
}
