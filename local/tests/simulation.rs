//! The whole system on simulated time: many seeds, and one flow cut at every call. A seed that fails is told by
//! `cargo local simulate --seed N`; once understood, it becomes a story in `scenarios/`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use local::simulation::{Outcome, Stage, crash, run, runtime};

/// How many seeds `cargo test` runs, unless the environment variable `CALLBOARD_SEEDS` says otherwise.
const SEEDS: u64 = 2_000;

#[expect(clippy::disallowed_methods, reason = "the tests have no main in which to read the environment")]
fn seeds() -> u64 {
    std::env::var("CALLBOARD_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap())
}

/// The crash points that there were when this was written. A flow that loses some of them proves less.
const POINTS: usize = 450;

/// Runs something for each number below `most`, on all cores, and gathers what fails.
fn each(most: u64, work: impl Fn(&Stage, u64) -> Outcome + Sync) -> (u64, Vec<String>) {
    let (stage, next, calls) = (Stage::set().unwrap(), AtomicU64::new(0), AtomicU64::new(0));
    let threads = thread::available_parallelism().map_or(2, usize::from);
    let failures = thread::scope(|scope| {
        let worker = || {
            let mut failures = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= most {
                    return failures;
                }
                let outcome = work(&stage, number);
                calls.fetch_add(outcome.calls, Ordering::Relaxed);
                if !outcome.faults.is_empty() {
                    failures.push(format!("{number}: {}", outcome.faults.join("\n    ")));
                }
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    (calls.into_inner(), failures)
}

#[test]
fn whatever_fails_nothing_is_lost_and_nothing_happens_twice() {
    let seeds = seeds();
    let (calls, failures) =
        each(seeds, |stage, seed| runtime().unwrap().block_on(run(stage, seed, None, false)).unwrap());
    println!("{seeds} seeds, {calls} calls, {} failed", failures.len());
    assert!(
        failures.is_empty(),
        "{} seeds failed, among them\n{}",
        failures.len(),
        failures[..failures.len().min(8)].join("\n")
    );
}

#[test]
fn every_call_may_fail_and_the_story_is_the_same() {
    let stage = Stage::set().unwrap();
    let (whole, points) = runtime().unwrap().block_on(crash::points(&stage)).unwrap();
    assert_eq!(whole.faults, Vec::<String>::new(), "{}", whole.told);
    let most = u64::try_from(points.len()).unwrap();
    let (_, failures) = each(most, |stage, number| {
        let point = points[usize::try_from(number).unwrap()];
        let mut cut = runtime().unwrap().block_on(crash::cut(stage, point, false)).unwrap();
        if cut.stories != whole.stories {
            cut.faults.push(format!("another story: {:#?}", cut.stories));
        }
        for fault in &mut cut.faults {
            *fault = format!("{}: {fault}", point.words());
        }
        cut
    });
    println!("{} calls, {most} crash points, {} failed", whole.calls, failures.len());
    assert!(points.len() >= POINTS, "only {} crash points are left of {POINTS}", points.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_same_seed_gives_the_same_run_to_the_byte() {
    let stage = Stage::set().unwrap();
    for seed in 0..20 {
        let once = || runtime().unwrap().block_on(run(&stage, seed, None, true)).unwrap().told;
        let first = once();
        assert!(first.lines().count() > 50, "{first}");
        assert!(first == once(), "seed {seed} went another way the second time");
    }
}
