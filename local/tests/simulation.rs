//! The whole system on simulated time: many seeds, and one flow cut at every call. A seed that fails is told by
//! `cargo local simulate --seed N`; once understood, it becomes a story in `scenarios/` or a test of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use local::simulation::{Stage, crash, each, run, runtime};

/// How many seeds `cargo test` runs, unless the environment variable `CALLBOARD_SEEDS` says otherwise.
const SEEDS: u64 = 2_000;

/// The crash points that there were when this was written. A flow that loses some of them proves less.
const POINTS: usize = 1_425;

/// What has to happen to some call, or the seeds prove less than they say.
const FATES: [&str; 45] = [
    "Store refused",
    "Store lost on the way there",
    "Store done, the answer lost",
    "Store the caller is killed before it",
    "Store done, and the caller is killed",
    "Store answered with an error",
    "Store very slow",
    "Queue refused",
    "Queue lost on the way there",
    "Queue done, the answer lost",
    "Queue the caller is killed before it",
    "Queue done, and the caller is killed",
    "Queue answered with an error",
    "Queue very slow",
    "Slack refused",
    "Slack lost on the way there",
    "Slack done, the answer lost",
    "Slack the caller is killed before it",
    "Slack done, and the caller is killed",
    "Slack very slow",
    "Slack answers Status",
    "Slack answers Html",
    "Slack answers InternalError",
    "Slack answers FatalErrorAfterStoring",
    "Slack answers RateLimited",
    "Slack answers Error",
    "Door refused",
    "Door lost on the way there",
    "Door very slow",
    "Door done, the answer lost",
    "Door the caller is killed before it",
    "Door done, and the caller is killed",
    "Door answered with an error",
    "a handler is killed at some moment",
    "a batch is delivered twice",
    "a wake is lost",
    "a message is settled in vain",
    "a tick is missed",
    "a tick comes twice",
    "SlackDown",
    "SlackUnreachable",
    "TokenRevoked",
    "Archived",
    "Throttled",
    "QueueDown",
];

#[expect(clippy::disallowed_methods, reason = "the tests have no main in which to read the environment")]
fn seeds() -> u64 {
    std::env::var("CALLBOARD_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap())
}

#[test]
fn whatever_fails_nothing_is_lost_and_nothing_happens_twice() {
    let seeds = seeds();
    let sum = each(seeds, |stage, seed| runtime()?.block_on(run(stage, seed, None, false)), |_| {}).unwrap();
    println!(
        "{seeds} seeds: {} calls, {} notifications, {} responses, {} seeds failed",
        sum.calls,
        sum.accepted,
        sum.asked,
        sum.failures.len()
    );
    assert!(sum.failures.is_empty(), "{} seeds failed, among them\n{}", sum.failures.len(), sum.told(8));
    let never: Vec<_> = FATES.into_iter().filter(|fate| !sum.met.contains_key(*fate)).collect();
    assert!(never.is_empty() || seeds < SEEDS, "{never:?} never happened: {:#?}", sum.met);
}

#[test]
fn every_call_may_fail_and_the_story_is_the_same() {
    let stage = Stage::set().unwrap();
    let (whole, points) = runtime().unwrap().block_on(crash::points(&stage)).unwrap();
    assert_eq!(whole.faults, Vec::<String>::new(), "{}", whole.told);
    let most = u64::try_from(points.len()).unwrap();
    let cut = |stage: &Stage, number: u64| {
        let point = points[usize::try_from(number).unwrap()];
        let mut cut = runtime()?.block_on(crash::cut(stage, point, false))?;
        if cut.stories != whole.stories {
            cut.faults.push(format!("another story: {:#?}", cut.stories));
        }
        for fault in &mut cut.faults {
            *fault = format!("{}: {fault}", point.words());
        }
        Ok(cut)
    };
    let sum = each(most, cut, |_| {}).unwrap();
    println!("{} calls, {most} crash points, {} failed", whole.calls, sum.failures.len());
    assert!(points.len() >= POINTS, "only {} crash points are left of {POINTS}", points.len());
    assert!(sum.failures.is_empty(), "{}", sum.told(usize::MAX));
}

#[test]
fn the_same_seed_gives_the_same_run_to_the_byte() {
    let stage = Stage::set().unwrap();
    for seed in 0..20 {
        let once = || {
            let outcome = runtime().unwrap().block_on(run(&stage, seed, None, true)).unwrap();
            format!("{}{:#?}", outcome.told, outcome.stories)
        };
        let first = once();
        assert!(first.lines().count() > 50, "{first}");
        assert!(first == once(), "seed {seed} went another way the second time");
    }
}
