//! Many at once, on the embedded store and on a DynamoDB that fails three requests in ten: one wins, the others learn who,
//! and nothing is lost or shown twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use shared::change::{Changed, change, seen};
use shared::core::incident::{Actor, Answer, Event, Incident, IncidentId, Origin, Response, Verb, What};
use shared::deps::Deps;
use shared::store::embedded::Embedded;
use shared::store::{First, Store};
use tokio::task::JoinSet;

use crate::ground::{Deployment, Fault, Ground, Wire, now_and_then};

/// How many people press the button.
const PEOPLE: usize = 50;

/// How many routers get a signal of the same group.
const HANDLERS: usize = 200;

/// How often a caller asks a store that is not available.
const PATIENCE: usize = 1000;

/// The stores, with the wire to the one that has one. A DynamoDB that never fails would show nothing more.
async fn stores() -> Vec<(&'static str, Arc<dyn Store>, Option<Wire>)> {
    let ground = Ground::new().await;
    ground.wire.plan(now_and_then(30));
    vec![
        ("embedded", Arc::new(Embedded::memory().unwrap()), None),
        ("DynamoDB", Arc::new(ground.store), Some(ground.wire)),
    ]
}

/// The wire works from now on, so that what is stored can be looked at. It has to have met its faults.
fn mended(wire: Option<Wire>) {
    if let Some(wire) = wire {
        wire.plan(|_| Fault::None);
        let requests = wire.take_sent().len();
        assert!(requests >= PEOPLE, "{requests} requests are too few to have met many faults");
    }
}

/// The only open incident.
async fn the_incident(deps: &Deps) -> Incident {
    for _ in 0..PATIENCE {
        if let Ok(mut open) = deps.store.open(First::Newest, 10).await {
            assert_eq!(open.len(), 1, "{open:#?}");
            return open.pop().unwrap();
        }
    }
    panic!("the store was not available in {PATIENCE} tries")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_acknowledge_one_wins_and_the_others_learn_who() {
    for (name, store, wire) in stores().await {
        let deployment = Deployment::on(store).await;
        let signal = json!({ "title": "Disk full", "status": "firing", "dedup_key": "disk" });
        deployment.route_at_once(vec![deployment.raw("d1", &signal)]).await;
        let deps = deployment.deps();
        let incident = the_incident(deps).await;
        let mut people = JoinSet::new();
        for person in 0..PEOPLE {
            let (deps, id) = (deps.clone(), incident.id.clone());
            people.spawn(async move { (person, acknowledge(&deps, &id, person).await) });
        }
        let told = people.join_all().await;
        mended(wire);
        let loaded = deps.store.incident(&incident.id).await.unwrap().unwrap();
        let entries: Vec<_> =
            loaded.timeline.iter().filter(|entry| entry.what == What::Acknowledged).collect();
        assert_eq!(entries.len(), 1, "{name}: {entries:#?}");
        let (mut winners, mut learned) = (Vec::new(), 0);
        for (person, changed) in told {
            match changed {
                Changed::Answered { answers, .. } if answers == [Answer::Done] => winners.push(person),
                // The winner's own click, again, because its answer was lost.
                Changed::Before => winners.push(person),
                Changed::Answered { answers, .. } => {
                    let [Answer::AlreadyAcknowledged { by, .. }] = &answers[..] else {
                        panic!("{name}: {answers:?}")
                    };
                    assert_eq!(by, &entries[0].by, "{name}");
                    learned += 1;
                }
                Changed::NotFound => panic!("{name}: {person} did not find it"),
            }
        }
        assert_eq!((winners.len(), learned), (1, PEOPLE - 1), "{name}");
        assert_eq!(entries[0].by, Actor::Person { id: format!("U{}", winners[0]) }, "{name}");
    }
}

/// One person's click, pressed again while the store is not available.
async fn acknowledge(deps: &Deps, id: &IncidentId, person: usize) -> Changed {
    let by = format!("U{person}");
    let click = seen("click", &by, deps.clock.now());
    let events = [Event::Response(Response { verb: Verb::Ack, by, origin: Origin::Button })];
    for _ in 0..PATIENCE {
        let parts = (deps.store.as_ref(), deps.queue.as_ref());
        let changed =
            change(parts, id, &events, Some(click.clone()), &deps.config.rules, deps.clock.now()).await;
        if let Ok(changed) = changed {
            return changed;
        }
    }
    panic!("{person} was not answered in {PATIENCE} tries")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_who_open_an_incident_one_posts_and_no_signal_is_lost() {
    for (name, store, wire) in stores().await {
        let deployment = Deployment::on(store).await;
        let raw = |n: usize| {
            let signal = json!({ "title": "Disk full", "status": "firing", "dedup_key": "disk", "text": format!("{n} % used") });
            deployment.raw(&format!("delivery-{n:03}"), &signal)
        };
        let received = deployment.route_at_once((0..HANDLERS).map(raw).collect()).await;
        deployment.calm().await;
        println!("{name}: the unluckiest was received {received} times");
        mended(wire);
        assert_eq!(deployment.roots("#alerts").len(), 1, "{name}: {}", deployment.channel("#alerts"));
        let deps = deployment.deps();
        let incident = the_incident(deps).await;
        assert_eq!(usize::try_from(incident.counts.signals), Ok(HANDLERS), "{name}");
        let records = deps.store.signals(deployment.raw("", &json!({})).received_at).await.unwrap();
        let recorded: BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
        assert_eq!((records.len(), recorded.len()), (HANDLERS, HANDLERS), "{name}");
        assert!(records.iter().all(|record| record.incident == incident.id), "{name}");
    }
}
