//! `simulate`: the whole system on simulated time, with faults: one seed narrated, or many counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crate::Trouble;
use crate::simulation::{Outcome, Stage, crash, run, runtime};

/// How many failed seeds are told in full.
const TOLD: usize = 5;

/// Runs one seed and tells all that happened.
///
/// # Errors
/// Something was not as promised.
pub fn one(seed: u64) -> Result<String, Trouble> {
    let outcome = runtime()?.block_on(run(&Stage::set()?, seed, None, true))?;
    let Outcome { calls, accepted, asked, faults, told, .. } = outcome;
    let told = format!("{told}{calls} calls, {accepted} notifications, {asked} responses\n");
    match faults.as_slice() {
        [] => Ok(told),
        faults => Err(Trouble(format!("{told}seed {seed} is not as promised:\n{}", faults.join("\n")))),
    }
}

/// Runs the flow of the crash points, cut at one of them, and tells all that happened.
///
/// # Errors
/// There is no such point, or something was not as promised.
pub fn crash_point(number: usize) -> Result<String, Trouble> {
    let stage = Stage::set()?;
    let (whole, points) = runtime()?.block_on(crash::points(&stage))?;
    let point = points.get(number).ok_or_else(|| Trouble(format!("there are {} points", points.len())))?;
    let cut = runtime()?.block_on(crash::cut(&stage, *point, true))?;
    let stories = format!("as it should be: {:#?}\nas it was: {:#?}\n", whole.stories, cut.stories);
    Ok(format!("{}{}\n{stories}{}\n", cut.told, point.words(), cut.faults.join("\n")))
}

/// Runs so many seeds from the first one on, on all cores, and says how many went wrong. `progress` is told now and then how
/// many are done.
///
/// # Errors
/// One of them was not as promised.
pub fn many(first: u64, seeds: u64, progress: impl Fn(u64) + Sync) -> Result<String, Trouble> {
    let began = Instant::now();
    let (stage, next, calls) = (Stage::set()?, AtomicU64::new(0), AtomicU64::new(0));
    let (accepted, asked) = (AtomicU64::new(0), AtomicU64::new(0));
    let worker = || -> Result<Vec<String>, Trouble> {
        let mut failures = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= seeds {
                return Ok(failures);
            }
            let seed = first + number;
            let outcome = runtime()?.block_on(run(&stage, seed, None, false))?;
            calls.fetch_add(outcome.calls, Ordering::Relaxed);
            accepted.fetch_add(outcome.accepted as u64, Ordering::Relaxed);
            asked.fetch_add(outcome.asked as u64, Ordering::Relaxed);
            if !outcome.faults.is_empty() {
                failures.push(format!("seed {seed}: {}", outcome.faults.join("\n    ")));
            }
            if (number + 1) % 500 == 0 {
                progress(number + 1);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let results: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut failures = Vec::new();
    for result in results {
        failures.extend(result.map_err(|_| Trouble("a simulation panicked".to_owned()))??);
    }
    let told = format!(
        "{seeds} seeds from {first} on: {} calls, {} notifications, {} responses, {} failed, {:.1} s\n",
        calls.into_inner(),
        accepted.into_inner(),
        asked.into_inner(),
        failures.len(),
        began.elapsed().as_secs_f64(),
    );
    if failures.is_empty() {
        return Ok(told);
    }
    failures.sort();
    failures.truncate(TOLD);
    Err(Trouble(format!("{told}{}\n`cargo local simulate --seed N` tells one of them.", failures.join("\n"))))
}
