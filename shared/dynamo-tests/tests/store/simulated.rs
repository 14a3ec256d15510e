//! The simulation of the whole system on DynamoStore instead of the embedded store: the same promises, by another store. The
//! faults stand in front of the store, where they stand for the embedded one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use local::simulation::{Stage, run, runtime};

use crate::ground::{Ground, Unhurried, unhurried};

/// How many seeds `cargo test` runs, unless the environment variable `CALLBOARD_DYNAMO_SEEDS` says otherwise: each makes
/// hundreds of requests.
const SEEDS: u64 = 40;

#[expect(clippy::disallowed_methods, reason = "the tests have no main in which to read the environment")]
fn seeds() -> u64 {
    std::env::var("CALLBOARD_DYNAMO_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap())
}

#[test]
fn the_promises_hold_on_dynamodb_too() {
    let (stage, next, seeds) = (Stage::set().unwrap(), AtomicU64::new(0), seeds());
    let worker = || {
        let (mut calls, mut failures) = (0, Vec::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                return (calls, failures);
            }
            let outcome = runtime().unwrap().block_on(async {
                let store = Arc::new(Unhurried(unhurried(Ground::new()).await.store));
                run(&stage, seed, Some(store), false).await.unwrap()
            });
            calls += outcome.calls;
            failures.extend(outcome.faults.iter().map(|fault| format!("{seed}: {fault}")));
        }
    };
    let (calls, failures) = std::thread::scope(|scope| {
        let workers = [scope.spawn(worker), scope.spawn(worker)].map(|worker| worker.join().unwrap());
        let [(first, one), (second, other)] = workers;
        (first + second, [one, other].concat())
    });
    println!("{seeds} seeds on DynamoDB, {calls} calls, {} faults", failures.len());
    assert!(calls > seeds * 50, "{calls} calls in {seeds} runs are no story");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
