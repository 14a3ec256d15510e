//! Who wins: the optimistic lock, the newest of a group, all or nothing.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::fixtures::{changed, entry, opening, record, t};
use super::{Outcome, Store};
use crate::core::incident::{Actor, IncidentId, State, What};
use crate::store::{Commit, CommitError, First, MAX_ITEMS, Opens, Seen, StoreError};

pub(super) async fn a_commit_applies_only_on_the_version_before_it(store: Arc<dyn Store>) -> Outcome {
    let first = opening("aaaaa", "api");
    store.commit(&first).await?;
    assert_eq!(store.commit(&first).await, Err(CommitError::IdTaken), "a second version 1");
    let second = changed(&first);
    let third = changed(&second);
    assert_eq!(store.commit(&third).await, Err(CommitError::Conflict), "version 3 upon 1");
    store.commit(&second).await?;
    assert_eq!(store.commit(&second).await, Err(CommitError::Conflict), "a second version 2");
    store.commit(&third).await?;
    let loaded = store.incident(&first.incident.id).await?.ok_or("gone")?;
    assert_eq!(loaded.incident, third.incident);
    Ok(())
}

pub(super) async fn a_change_of_what_is_not_there_is_a_conflict(store: Arc<dyn Store>) -> Outcome {
    let second = changed(&opening("aaaaa", "api"));
    assert_eq!(store.commit(&second).await, Err(CommitError::Conflict));
    assert_eq!(store.incident(&second.incident.id).await?, None);
    Ok(())
}

pub(super) async fn version_zero_is_refused(store: Arc<dyn Store>) -> Outcome {
    let mut commit = opening("aaaaa", "api");
    commit.incident.version = 0;
    assert!(matches!(store.commit(&commit).await, Err(CommitError::Store(StoreError::Refused(_)))));
    Ok(())
}

pub(super) async fn an_id_that_is_taken_is_told_apart(store: Arc<dyn Store>) -> Outcome {
    store.commit(&opening("aaaaa", "api")).await?;
    assert_eq!(store.commit(&opening("aaaaa", "database")).await, Err(CommitError::IdTaken));
    let mut other_route = opening("aaaaa", "api");
    other_route.incident.route = "rest".to_owned();
    assert_eq!(store.commit(&other_route).await, Err(CommitError::IdTaken));
    assert_eq!(store.commit(&opening("aaaaa", "api")).await, Err(CommitError::IdTaken), "its own group");
    let later = changed(&changed(&opening("aaaaa", "database")));
    assert_eq!(store.commit(&later).await, Err(CommitError::Conflict), "not an opening");
    Ok(())
}

pub(super) async fn only_one_incident_becomes_the_newest_of_its_group(store: Arc<dyn Store>) -> Outcome {
    store.commit(&opening("aaaaa", "api")).await?;
    let mut next = opening("bbbbb", "api");
    assert_eq!(store.commit(&next).await, Err(CommitError::Conflict), "there is one already");
    next.opens = Some(Opens { after: Some(IncidentId("ccccc".to_owned())) });
    assert_eq!(store.commit(&next).await, Err(CommitError::Conflict), "the newest is another");
    next.opens = Some(Opens { after: Some(IncidentId("aaaaa".to_owned())) });
    store.commit(&next).await?;
    assert_eq!(store.latest("alerts", "api").await?, Some(next.incident.clone()));
    let mut unfounded = opening("ddddd", "disk");
    unfounded.opens = Some(Opens { after: Some(IncidentId("aaaaa".to_owned())) });
    assert_eq!(store.commit(&unfounded).await, Err(CommitError::Conflict), "nothing opened this group");
    let mut again = changed(&next);
    again.opens = Some(Opens { after: Some(next.incident.id.clone()) });
    store.commit(&again).await?;
    assert_eq!(store.latest("alerts", "api").await?, Some(again.incident));
    Ok(())
}

/// A commit that would leave a trace everywhere.
fn loud(mut commit: Commit) -> Commit {
    let id = commit.incident.id.0.clone();
    commit.incident.behind_at = Some(t(1));
    commit.due_at = Some(t(1));
    commit.entries = vec![entry("00000009.00", What::Refired)];
    commit.posted = vec![("C1".to_owned(), "1.9".to_owned())];
    commit.seen = vec![Seen { scope: "hook".to_owned(), id: "new".to_owned(), until: t(100) }];
    commit.records = vec![record("record", &id, t(0))];
    commit
}

async fn assert_no_trace(store: &dyn Store) -> Outcome {
    assert_eq!(store.by_post("C1", "1.9").await?, None, "post");
    assert_eq!(store.behind(t(10), 10).await?, [], "behind");
    assert_eq!(store.due(t(10), 10).await?, [], "due");
    assert_eq!(store.signals(t(0)).await?, [], "record");
    Ok(())
}

pub(super) async fn nothing_of_a_refused_commit_is_visible(store: Arc<dyn Store>) -> Outcome {
    let mut first = opening("aaaaa", "api");
    first.seen = vec![Seen { scope: "hook".to_owned(), id: "old".to_owned(), until: t(100) }];
    store.commit(&first).await?;

    let mut late = loud(changed(&changed(&first)));
    late.incident.group = "other".to_owned();
    late.opens = Some(Opens { after: None });
    assert_eq!(store.commit(&late).await, Err(CommitError::Conflict), "by version");
    assert_no_trace(&*store).await?;
    assert_eq!(store.latest("alerts", "other").await?, None);

    let mut repeated = loud(changed(&first));
    repeated.seen.extend(first.seen.clone());
    assert_eq!(store.commit(&repeated).await, Err(CommitError::Seen(vec!["old".to_owned()])), "by seen");
    assert_no_trace(&*store).await?;

    let second = loud(opening("bbbbb", "api"));
    assert_eq!(store.commit(&second).await, Err(CommitError::Conflict), "by newest");
    assert_no_trace(&*store).await?;
    assert_eq!(store.incident(&second.incident.id).await?, None);

    let loaded = store.incident(&first.incident.id).await?.ok_or("gone")?;
    assert_eq!((loaded.incident, loaded.timeline), (first.incident.clone(), Vec::new()));
    assert_eq!(store.open(First::Newest, 10).await?, [first.incident]);
    let new = Seen { scope: "hook".to_owned(), id: "new".to_owned(), until: t(100) };
    assert!(store.claim(&new, t(0)).await?, "a refused commit remembered a delivery");
    Ok(())
}

pub(super) async fn a_hundred_items_are_one_commit_and_one_more_is_refused(store: Arc<dyn Store>) -> Outcome {
    let mut commit = opening("aaaaa", "api");
    let fill = |n| entry(&format!("00000001.{n:02}"), What::Refired);
    commit.entries = (0..MAX_ITEMS - 1).map(fill).collect();
    assert_eq!(commit.items(), MAX_ITEMS + 1);
    assert!(matches!(store.commit(&commit).await, Err(CommitError::Store(StoreError::Refused(_)))));
    assert_eq!(store.incident(&commit.incident.id).await?, None);
    commit.entries.pop();
    store.commit(&commit).await?;
    let loaded = store.incident(&commit.incident.id).await?.ok_or("gone")?;
    assert_eq!(loaded.timeline, commit.entries);
    Ok(())
}

pub(super) async fn an_item_given_twice_is_written_once(store: Arc<dyn Store>) -> Outcome {
    let mut commit = loud(opening("aaaaa", "api"));
    commit.entries.extend(commit.entries.clone());
    commit.posted.extend(commit.posted.clone());
    commit.seen.extend(commit.seen.clone());
    commit.records.extend(commit.records.clone());
    store.commit(&commit).await?;
    let loaded = store.incident(&commit.incident.id).await?.ok_or("gone")?;
    assert_eq!(loaded.timeline.len(), 1);
    assert_eq!(store.signals(t(0)).await?.len(), 1);
    Ok(())
}

pub(super) async fn of_fifty_who_acknowledge_at_once_one_wins(store: Arc<dyn Store>) -> Outcome {
    let first = opening("aaaaa", "api");
    store.commit(&first).await?;
    let commits = (0..50).map(|n| {
        let by = Actor::Person { id: format!("U{n}") };
        let mut commit = changed(&first);
        commit.entries =
            vec![crate::core::incident::Entry { by: by.clone(), ..entry("00000002.00", What::Acknowledged) }];
        commit.incident.state = State::Acknowledged { by, at: t(1), lapses_at: None };
        commit
    });
    let winner = race(&store, commits.collect()).await?;
    let loaded = store.incident(&first.incident.id).await?.ok_or("gone")?;
    assert_eq!(loaded.incident, winner.incident);
    assert_eq!(loaded.timeline, winner.entries, "the winner's entry and no other");
    Ok(())
}

pub(super) async fn of_two_hundred_who_open_at_once_one_wins(store: Arc<dyn Store>) -> Outcome {
    let winner = race(&store, (0..200).map(|n| opening(&format!("a{n:04}"), "api")).collect()).await?;
    assert_eq!(store.latest("alerts", "api").await?.as_ref(), Some(&winner.incident));
    assert_eq!(store.open(First::Newest, 100).await?, [winner.incident]);
    Ok(())
}

/// How often a caller asks again.
const PATIENCE: usize = 20;

/// Commits all at once and returns the only one that applied. A store under such load may be unavailable for a moment; then
/// its caller asks again, as the contract says.
async fn race(
    store: &Arc<dyn Store>,
    commits: Vec<Commit>,
) -> Result<Commit, Box<dyn std::error::Error + Send + Sync>> {
    let mut tasks = JoinSet::new();
    for commit in commits {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            for _ in 0..PATIENCE {
                match store.commit(&commit).await {
                    Ok(()) => return Ok(Some(commit)),
                    Err(CommitError::Conflict) => return Ok(None),
                    Err(CommitError::Store(StoreError::Unavailable(_))) => tokio::task::yield_now().await,
                    Err(other) => return Err(other),
                }
            }
            Err(StoreError::Unavailable(format!("{PATIENCE} times")).into())
        });
    }
    let mut winners = Vec::new();
    while let Some(done) = tasks.join_next().await {
        winners.extend(done??);
    }
    assert_eq!(winners.len(), 1, "winners");
    Ok(winners.pop().ok_or("nobody")?)
}
