//! The embedded store keeps the contract, in memory and in a file, and a file outlives the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shared::store::contract::{broken, changed, checks, opening, t};
use shared::store::embedded::Embedded;
use shared::store::{Seen, Store, StoreError};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_memory_it_keeps_the_contract() {
    let broken = broken(async || Arc::new(Embedded::memory().unwrap()) as Arc<dyn Store>).await;
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(checks().len() > 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_file_it_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicUsize::new(0);
    let broken = broken(async || {
        let path = folder.path().join(next.fetch_add(1, Ordering::Relaxed).to_string());
        Arc::new(Embedded::open(&path).unwrap()) as Arc<dyn Store>
    })
    .await;
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn a_file_is_there_again_after_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let first = opening("aaaaa", "api");
    let seen = Seen { scope: "event".to_owned(), id: "E1".to_owned(), until: t(100) };
    {
        let store = Embedded::open(&path).unwrap();
        store.commit(&first).await.unwrap();
        assert!(store.claim(&seen, t(0)).await.unwrap());
    }
    let store = Embedded::open(&path).unwrap();
    assert_eq!(store.latest("alerts", "api").await.unwrap(), Some(first.incident.clone()));
    assert!(!store.claim(&seen, t(0)).await.unwrap());
    store.commit(&changed(&first)).await.unwrap();
}

#[tokio::test]
async fn what_was_committed_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let copy = folder.path().join("copy");
    let first = opening("aaaaa", "api");
    let store = Embedded::open(&path).unwrap();
    store.commit(&first).await.unwrap();
    // What a killed process leaves is the file as it is now, without redb's orderly end.
    std::fs::copy(&path, &copy).unwrap();
    let found = Embedded::open(&copy).unwrap().latest("alerts", "api").await.unwrap();
    assert_eq!(found, Some(first.incident));
}

#[test]
fn a_second_process_is_told_that_the_file_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let _first = Embedded::open(&path).unwrap();
    assert!(matches!(Embedded::open(&path), Err(StoreError::Refused(_))));
}

#[test]
fn a_file_of_something_else_is_refused_and_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    std::fs::write(&path, "not a store ".repeat(1000)).unwrap();
    assert!(Embedded::open(&path).is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("not a store"));
}
