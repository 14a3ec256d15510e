//! What was applied is not applied again: deliveries, clicks and events, until they expire by the caller's clock.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::fixtures::{changed, opening, t};
use super::{Outcome, Store};
use crate::store::{CommitError, Seen};

fn seen(scope: &str, id: &str, until: Timestamp) -> Seen {
    Seen { scope: scope.to_owned(), id: id.to_owned(), until }
}

pub(super) async fn what_was_seen_is_refused_until_it_expires(store: Arc<dyn Store>) -> Outcome {
    let mut first = opening("aaaaa", "api");
    first.seen = vec![seen("hook", "one", t(100))];
    store.commit(&first).await?;
    let mut second = changed(&first);
    second.seen = vec![seen("hook", "one", t(200))];
    second.now = t(99);
    assert_eq!(store.commit(&second).await, Err(CommitError::Seen(vec!["one".to_owned()])));
    second.now = t(100);
    store.commit(&second).await?;
    let mut third = changed(&second);
    third.seen = vec![seen("hook", "one", t(300))];
    third.now = t(199);
    let renewed = Err(CommitError::Seen(vec!["one".to_owned()]));
    assert_eq!(store.commit(&third).await, renewed, "remembered anew, until the new time");
    third.seen = vec![seen("click", "one", t(300))];
    store.commit(&third).await?;
    Ok(())
}

pub(super) async fn every_delivery_that_was_seen_is_named(store: Arc<dyn Store>) -> Outcome {
    let mut first = opening("aaaaa", "api");
    first.seen = vec![seen("hook", "one", t(100)), seen("hook", "two", t(100))];
    store.commit(&first).await?;
    let mut second = changed(&first);
    second.seen =
        vec![seen("hook", "one", t(100)), seen("hook", "three", t(100)), seen("hook", "two", t(100))];
    let both = vec!["one".to_owned(), "two".to_owned()];
    assert_eq!(store.commit(&second).await, Err(CommitError::Seen(both.clone())));
    second.seen.retain(|seen| !both.contains(&seen.id));
    store.commit(&second).await?;
    Ok(())
}

pub(super) async fn seen_is_reported_before_a_conflict(store: Arc<dyn Store>) -> Outcome {
    let mut first = opening("aaaaa", "api");
    first.seen = vec![seen("hook", "one", t(100))];
    store.commit(&first).await?;
    let applied = Err(CommitError::Seen(vec!["one".to_owned()]));
    assert_eq!(store.commit(&first).await, applied, "the same commit again");
    let mut taken = opening("aaaaa", "database");
    taken.seen = first.seen.clone();
    assert_eq!(store.commit(&taken).await, applied, "before IdTaken");
    Ok(())
}

pub(super) async fn a_claim_is_true_once_until_it_expires(store: Arc<dyn Store>) -> Outcome {
    assert!(store.claim(&seen("event", "E1", t(100)), t(0)).await?);
    assert!(!store.claim(&seen("event", "E1", t(150)), t(1)).await?, "the same caller again");
    assert!(!store.claim(&seen("event", "E1", t(199)), t(99)).await?);
    assert!(store.claim(&seen("event", "E2", t(100)), t(1)).await?, "another one");
    assert!(store.claim(&seen("click", "E1", t(100)), t(1)).await?, "another scope");
    assert!(store.claim(&seen("event", "E1", t(200)), t(100)).await?, "expired");
    assert!(!store.claim(&seen("event", "E1", t(300)), t(199)).await?, "remembered anew");
    Ok(())
}

pub(super) async fn claims_and_commits_remember_together(store: Arc<dyn Store>) -> Outcome {
    assert!(store.claim(&seen("hook", "one", t(100)), t(0)).await?);
    let mut commit = opening("aaaaa", "api");
    commit.seen = vec![seen("hook", "one", t(100))];
    assert_eq!(store.commit(&commit).await, Err(CommitError::Seen(vec!["one".to_owned()])));
    commit.seen = vec![seen("hook", "two", t(100))];
    store.commit(&commit).await?;
    assert!(!store.claim(&seen("hook", "two", t(100)), t(0)).await?);
    Ok(())
}

pub(super) async fn of_fifty_who_claim_at_once_one_wins(store: Arc<dyn Store>) -> Outcome {
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.claim(&seen("event", "E1", t(100)), t(0)).await });
    }
    let mut winners = 0;
    while let Some(done) = tasks.join_next().await {
        winners += usize::from(done??);
    }
    assert_eq!(winners, 1);
    Ok(())
}
