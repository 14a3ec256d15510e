//! The simulation of the whole system on DynamoStore instead of the embedded store: the same promises, by another store. The
//! faults stand in front of the store, where they stand for the embedded one.

use std::sync::Arc;

use local::simulation::{Stage, each, run, runtime};

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
    let seeds = seeds();
    let one = |stage: &Stage, seed: u64| {
        runtime()?.block_on(async {
            let store = Arc::new(Unhurried(unhurried(Ground::new()).await.store));
            run(stage, seed, Some(store), false).await
        })
    };
    let sum = each(seeds, one, |_| {}).unwrap();
    println!("{seeds} seeds on DynamoDB, {} calls, {} seeds failed", sum.calls, sum.failures.len());
    assert!(sum.calls > seeds * 50, "{} calls in {seeds} runs are no story", sum.calls);
    assert!(sum.failures.is_empty(), "{}", sum.told(8));
}
