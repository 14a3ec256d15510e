//! What can never be done must cost nobody else anything, and must not be lost: it waits with the dead letters until its cause is
//! mended. No payload does that by itself (the fuzzer looks for one); a store does that refuses one commit for good, or that
//! cannot read one incident.

use std::sync::Arc;

use http::HeaderMap;
use local::verbs::replay;
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::store::Watched;

/// How often the laptop's queue tries a message.
const TRIES: usize = 5;

async fn poisoned() -> (Stage, Arc<Watched>) {
    let mut watched = None;
    let stage = Stage::with(|deps| {
        let store = Watched::over(deps.store.clone());
        deps.store = store.clone();
        watched = Some(store);
    })
    .await;
    (stage, watched.unwrap())
}

async fn send(stage: &Stage, title: &str, key: &str) {
    tell(stage, title, key, "firing").await;
}

async fn tell(stage: &Stage, title: &str, key: &str, status: &str) {
    let body = json!({ "title": title, "key": key, "status": status, "severity": "critical" });
    assert_eq!(stage.post("/hooks/own", &[], body.to_string()).await.status, 200);
}

async fn dead(stage: &Stage) -> Vec<Value> {
    let answer = stage.request("GET", "/_local/dead", HeaderMap::new(), "").await;
    answer.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn one_poisoned_message_of_ten_costs_the_other_nine_nothing_and_is_put_back_when_it_can_be_done() {
    let (stage, store) = poisoned().await;
    store.refuse(Some("Poison"));
    for number in 0..10 {
        let title = if number == 6 { "Poison".to_owned() } else { format!("Alarm {number}") };
        send(&stage, &title, &format!("key-{number}")).await;
    }
    assert_eq!(stage.world.queue.take_signals().len(), 10, "one batch");
    let done = stage.world.drain().await;
    assert_eq!((done.waiting, done.dead), (0, 1));
    assert_eq!((stage.incidents().await.len(), stage.posts("#alerts")), (9, 9), "each once");
    assert_eq!(store.refusals(), TRIES);

    let letters = dead(&stage).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!((&letters[0]["queue"], &letters[0]["source"]), (&json!("signals"), &json!("own")));
    assert_eq!(letters[0]["tries"], TRIES);
    let shown = stage.request("GET", "/_local/dead", HeaderMap::new(), "").await.text;
    assert!(!shown.contains("Poison"), "what and why, not the content: {shown}");

    // Put back before its cause is mended it dies again, with all its tries.
    assert_eq!(replay::dead(&stage.world.url).await.unwrap(), "put back: 1");
    assert_eq!(stage.world.drain().await.dead, 1);
    assert_eq!(store.refusals(), 2 * TRIES);

    store.refuse(None);
    assert_eq!(replay::dead(&stage.world.url).await.unwrap(), "put back: 1");
    stage.drain().await;
    assert_eq!((stage.incidents().await.len(), stage.posts("#alerts")), (10, 10));
    assert!(stage.channel("#alerts").contains("Poison"));
    assert_eq!(replay::dead(&stage.world.url).await.unwrap(), "there are no dead letters");
}

#[tokio::test]
async fn poison_costs_nothing_to_what_goes_to_the_same_incident() {
    let (stage, store) = poisoned().await;
    store.refuse(Some("Poison"));
    for title in ["Disk full", "Disk full", "Poison", "Disk full"] {
        send(&stage, title, "disk").await;
    }
    let done = stage.world.drain().await;
    assert_eq!((done.waiting, done.dead), (0, 1));
    let incident = stage.incident().await;
    assert_eq!(incident["counts"]["signals"], 3, "{incident:#}");
    store.refuse(None);
    replay::dead(&stage.world.url).await.unwrap();
    stage.drain().await;
    assert_eq!(stage.incident().await["counts"]["signals"], 4);
}

#[tokio::test]
async fn an_incident_that_cannot_be_read_holds_its_channel_up_for_its_tries_and_no_longer() {
    let (stage, store) = poisoned().await;
    send(&stage, "First", "first").await;
    stage.drain().await;
    let id = stage.incident().await["id"].as_str().unwrap().to_owned();
    // It is over, and before the courier comes to it, its record is broken.
    stage.world.pass_until(stage.now() + jiff::SignedDuration::from_secs(60)).await;
    tell(&stage, "First", "first", "resolved").await;
    let raws: Vec<_> = stage.world.queue.take_signals();
    let batch: Vec<_> = raws.iter().map(|(_, raw)| raw.clone()).collect();
    let verdicts = router::handle(&batch, &stage.world.deps).await;
    for ((number, _), verdict) in raws.iter().zip(verdicts) {
        stage.world.queue.settle(*number, verdict).unwrap();
    }
    store.break_incident(&id);
    send(&stage, "Second", "second").await;
    let before = stage.now();
    let done = stage.world.drain().await;
    assert_eq!((done.waiting, done.dead), (0, 1));
    assert!(stage.channel("#alerts").contains("Second"), "{}", stage.channel("#alerts"));
    assert!(stage.now().duration_since(before).as_secs() <= 180, "{}", stage.now());
    assert!(!stage.channel("#alerts").contains("Resolved"), "{}", stage.channel("#alerts"));
    let letters = dead(&stage).await;
    assert_eq!((&letters[0]["queue"], &letters[0]["incident"]), (&json!("wakes"), &json!(id)));
    store.mend_incident();
    assert_eq!(replay::dead(&stage.world.url).await.unwrap(), "put back: 1");
    stage.drain().await;
    assert!(stage.channel("#alerts").contains("Resolved"), "{}", stage.channel("#alerts"));
}
