//! 200 means durable. What is not available says so, and whoever sent it sends it again.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use shared::core::raw::Raw;
use shared::queue::{Queue, QueueError, Verdict, Wake};

use crate::stage::{Stage, event};
use crate::store::Watched;

/// A queue that takes nothing.
#[derive(Debug)]
struct Down;

#[async_trait]
impl Queue for Down {
    async fn signals(&self, _: &[Raw]) -> Result<(), QueueError> {
        Err(QueueError("AccessDenied for arn:aws:sqs:eu-west-1:123456789012:signals".to_owned()))
    }

    async fn wakes(&self, _: &[Wake]) -> Result<(), QueueError> {
        Err(QueueError("AccessDenied".to_owned()))
    }

    async fn dead(&self) -> Result<usize, QueueError> {
        Err(QueueError("AccessDenied".to_owned()))
    }
}

#[tokio::test]
async fn what_is_not_durable_is_not_answered_with_200() {
    let stage = Stage::with(|deps| deps.queue = Arc::new(Down)).await;
    for path in ["/hooks", "/hooks/cloudwatch", "/sns"] {
        let answer = stage.post(path, &[], event("cloudwatch/alarm.json")).await;
        answer.refuses(503, path);
        assert!(!answer.text.contains("arn:"), "the inside is shown: {}", answer.text);
    }
    // Lambda tries again what a function fails.
    let answer = stage
        .post("/2015-03-31/functions/ingest/invocations", &[], event("cloudwatch/alarm-action.json"))
        .await;
    assert_eq!(answer.headers.get("x-amz-function-error").unwrap(), "Unhandled", "{}", answer.text);
}

#[tokio::test]
async fn a_wake_that_is_lost_delays_and_loses_nothing() {
    let stage = Stage::with(|deps| deps.queue = Arc::new(Down)).await;
    let batch = event("functions/router-sqs.json");
    let answer = stage.post("/2015-03-31/functions/router/invocations", &[], batch).await;
    assert_eq!(answer.json(), json!({ "batchItemFailures": [] }), "the commit is what counts");
    assert_eq!(stage.incidents().await.len(), 3);
}

#[tokio::test]
async fn state_survives_the_end_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let (before, ts) = {
        let stage = Stage::in_folder(folder.path()).await;
        stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
        stage.drain().await;
        // Taken in and not routed yet: it waits in the queue's file.
        stage.post("/hooks/odd-sender", &[], r#"{"title":"Waits for the next start"}"#).await;
        stage.world.save();
        let incident = stage.incident().await;
        let ts = incident["posts"][0]["ts"].as_str().unwrap().to_owned();
        let world = Arc::downgrade(&stage.world);
        drop(stage);
        gone(&world).await;
        (incident, ts)
    };
    let stage = Stage::in_folder(folder.path()).await;
    assert_eq!(stage.incident().await, before);
    assert_eq!(stage.posts("#alerts"), 1);
    stage.drain().await;
    assert_eq!(stage.posts("#alerts"), 2, "{}", stage.channel("#alerts"));
    assert!(stage.channel("#alerts").contains("Waits for the next start"));
    // And the old message is still ours to edit.
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/ok.json")).await;
    stage.drain().await;
    assert_eq!(stage.posts("#alerts"), 2);
    let resolved =
        stage.incidents().await.into_iter().find(|incident| incident["id"] == before["id"]).unwrap();
    assert_eq!((&resolved["state"], &resolved["posts"][0]["ts"]), (&json!("resolved"), &json!(ts)));
}

/// The files are free once the server has let go of the world.
async fn gone(world: &std::sync::Weak<local::world::World>) {
    for _ in 0..10_000 {
        if world.strong_count() == 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("somebody still holds the world");
}

#[tokio::test]
async fn couriers_that_meet_at_one_post_make_one_message() {
    let stage = Stage::with(|deps| deps.store = Watched::over(deps.store.clone())).await;
    let batch = event("functions/router-sqs.json");
    stage.post("/2015-03-31/functions/router/invocations", &[], batch).await;
    // The queue keeps couriers of one channel apart; if it ever fails to, the version does.
    let wakes: Vec<Wake> = stage.world.queue.take_wakes().into_iter().map(|(_, wake)| wake).collect();
    let deps = &stage.world.deps;
    let met = |wakes| async move {
        tokio::join!(
            courier::handle(wakes, deps),
            courier::handle(wakes, deps),
            courier::handle(wakes, deps),
            courier::handle(wakes, deps),
        )
    };
    let (one, two, three, four) = met(&wakes).await;
    for verdict in [one, two, three, four].concat() {
        assert!(verdict != Verdict::Failed);
    }
    let slack = stage.world.slack.as_ref().unwrap();
    let posts = slack.calls().iter().filter(|call| call.method == "chat.postMessage").count();
    assert_eq!(posts, wakes.len(), "one message for each post");
    stage.drain().await;
}

#[tokio::test]
async fn the_workspace_is_written_when_it_changed_and_not_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.json");
    let stage = Stage::in_folder(folder.path()).await;
    stage.world.save();
    assert!(file.exists(), "the first time it is new");
    std::fs::remove_file(&file).unwrap();
    stage.world.save();
    assert!(!file.exists(), "nothing has happened since");
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    stage.drain().await;
    stage.world.save();
    assert!(file.exists(), "a message was posted");
}
