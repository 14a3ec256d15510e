//! DynamoStore on a wire that fails: nothing is lost, nothing is done twice, and what cannot be done is said.

use crate::ground::{Fault, Ground, now_and_then};
use shared::core::incident::What;
use shared::store::contract::{changed, entry, opening, record, t};
use shared::store::dynamo::DynamoStore;
use shared::store::{Commit, CommitError, Seen, Store, StoreError};
use tokio::task::JoinSet;

/// Does what the router does with one delivery, again and again until it is applied; the queue behind it would do so.
async fn deliver(store: &DynamoStore, group: &str, delivery: &str) -> Result<(), StoreError> {
    let patience = 1000;
    for _ in 0..patience {
        let latest = match store.latest("alerts", group).await {
            Ok(latest) => latest,
            Err(StoreError::Unavailable(_)) => continue,
            Err(other) => return Err(other),
        };
        let mut commit = opening(group, group);
        if let Some(incident) = latest {
            commit = changed(&Commit { incident, ..commit });
        }
        commit.incident.counts.signals += 1;
        let id = format!("{:08}.00", commit.incident.version);
        commit.entries = vec![entry(&id, What::Noted { text: delivery.to_owned() })];
        commit.seen = vec![Seen { scope: "hook".to_owned(), id: delivery.to_owned(), until: t(1000) }];
        commit.records = vec![record(delivery, group, t(0))];
        match store.commit(&commit).await {
            Ok(()) | Err(CommitError::Seen(_)) => return Ok(()),
            Err(CommitError::Conflict | CommitError::Store(StoreError::Unavailable(_))) => {}
            Err(CommitError::IdTaken) => return Err(StoreError::Corrupt("its own id".to_owned())),
            Err(CommitError::Store(other)) => return Err(other),
        }
    }
    Err(StoreError::Unavailable(format!("{delivery} was not applied in {patience} tries")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_thirty_faults_in_a_hundred_nothing_is_lost_and_nothing_doubled() {
    let Ground { store, wire, .. } = Ground::new().await;
    wire.plan(now_and_then(30));
    let (groups, deliveries) = (10, 20);
    let mut tasks = JoinSet::new();
    for group in 0..groups {
        // Every delivery arrives twice, at two handlers.
        for _ in 0..2 {
            let store = store.clone();
            tasks.spawn(async move {
                for delivery in 0..deliveries {
                    deliver(&store, &format!("group{group}"), &format!("{group}/{delivery:02}"))
                        .await
                        .unwrap();
                }
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let requests = wire.take_sent().len();
    wire.plan(|_| Fault::None);
    for group in 0..groups {
        let incident = store.latest("alerts", &format!("group{group}")).await.unwrap().unwrap();
        let timeline = store.incident(&incident.id).await.unwrap().unwrap().timeline;
        let mut applied: Vec<String> = timeline
            .into_iter()
            .map(|entry| match entry.what {
                What::Noted { text } => text,
                other => panic!("{other:?}"),
            })
            .collect();
        applied.sort();
        let expected: Vec<String> =
            (0..deliveries).map(|delivery| format!("{group}/{delivery:02}")).collect();
        assert_eq!(applied, expected);
        assert_eq!(incident.counts.signals, deliveries);
        assert_eq!(incident.version, deliveries);
    }
    assert_eq!(store.signals(t(0)).await.unwrap().len(), usize::try_from(groups * deliveries).unwrap());
    assert!(requests > 1000, "{requests} requests are too few to have met many faults");
}

#[tokio::test]
async fn a_busy_dynamodb_is_asked_three_times_with_one_token() {
    for fault in [Fault::Throttled, Fault::Raced, Fault::ServerError, Fault::RequestLost] {
        let Ground { store, wire, .. } = Ground::new().await;
        wire.plan(move |_| fault);
        let commit = store.commit(&opening("aaaaa", "api")).await;
        assert!(
            matches!(commit, Err(CommitError::Store(StoreError::Unavailable(_)))),
            "{fault:?}: {commit:?}"
        );
        let sent = wire.take_sent();
        assert_eq!(sent.len(), 3, "{fault:?}");
        assert!(sent[0].body.contains("ClientRequestToken"));
        assert!(sent.iter().all(|again| *again == sent[0]), "the same request, token and all");
        assert!(matches!(store.latest("alerts", "api").await, Err(StoreError::Unavailable(_))), "{fault:?}");
        assert_eq!(wire.take_sent().len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn two_commits_have_two_tokens() {
    let Ground { store, wire, .. } = Ground::new().await;
    store.commit(&opening("aaaaa", "api")).await.unwrap();
    assert_eq!(
        store.commit(&opening("aaaaa", "api")).await,
        Err(CommitError::IdTaken),
        "not taken for the first one"
    );
    let sent = wire.take_sent();
    assert_ne!(sent[0].body, sent[1].body);
}

#[tokio::test]
async fn a_lost_answer_of_a_single_put_is_not_a_conflict_with_oneself() {
    let Ground { store, wire, .. } = Ground::new().await;
    let first = opening("aaaaa", "api");
    store.commit(&first).await.unwrap();
    let lose_one = || {
        let mut lost = false;
        wire.plan(move |_| if std::mem::replace(&mut lost, true) { Fault::None } else { Fault::AnswerLost });
    };
    let second = changed(&first);
    lose_one();
    store.commit(&second).await.unwrap();
    assert_eq!(store.commit(&second).await, Err(CommitError::Conflict), "another commit is a conflict");
    let seen = Seen { scope: "event".to_owned(), id: "E1".to_owned(), until: t(100) };
    lose_one();
    assert!(store.claim(&seen, t(0)).await.unwrap(), "the claim is ours, though the answer was lost");
    assert!(!store.claim(&seen, t(0)).await.unwrap());
}

#[tokio::test]
async fn what_is_not_allowed_is_refused_at_once() {
    let Ground { store, wire, client, .. } = Ground::new().await;
    wire.plan(|_| Fault::Denied);
    let denied = store.latest("alerts", "api").await;
    assert_eq!(denied, Err(StoreError::Refused("AccessDeniedException: by the test".to_owned())));
    assert_eq!(wire.take_sent().len(), 1);
    let nowhere = DynamoStore::new(&client, "no-such-table");
    assert!(matches!(nowhere.latest("alerts", "api").await, Err(StoreError::Refused(_))));
    let commit = nowhere.commit(&opening("aaaaa", "api")).await;
    assert!(matches!(commit, Err(CommitError::Store(StoreError::Refused(_)))), "{commit:?}");
}
