//! Many runs, on all cores, and what they add up to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::{Outcome, Stage};
use crate::Trouble;

/// What many runs add up to.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Calls through a seam.
    pub calls: u64,
    /// Notifications that were accepted.
    pub accepted: usize,
    /// What people asked for.
    pub asked: usize,
    /// How often each seam had each fate.
    pub met: BTreeMap<String, u64>,
    /// The number of each run that was not as promised, with its faults; in order.
    pub failures: Vec<(u64, String)>,
}

/// Does a run for each number below `runs`, on all cores. `progress` is told now and then how many are done.
///
/// # Errors
/// One of them could not be made, or panicked.
pub fn each(
    runs: u64,
    run: impl Fn(&Stage, u64) -> Result<Outcome, Trouble> + Sync,
    progress: impl Fn(u64) + Sync,
) -> Result<Sum, Trouble> {
    let (stage, next) = (Stage::set()?, AtomicU64::new(0));
    let worker = || -> Result<Sum, Trouble> {
        let mut sum = Sum::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= runs {
                return Ok(sum);
            }
            sum.add(number, run(&stage, number)?);
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
    let mut all = Sum::default();
    for result in results {
        let sum = result.map_err(|_| Trouble("a run panicked".to_owned()))??;
        all.calls += sum.calls;
        all.accepted += sum.accepted;
        all.asked += sum.asked;
        all.failures.extend(sum.failures);
        for (what, times) in sum.met {
            *all.met.entry(what).or_default() += times;
        }
    }
    all.failures.sort();
    Ok(all)
}

impl Sum {
    fn add(&mut self, number: u64, outcome: Outcome) {
        self.calls += outcome.calls;
        self.accepted += outcome.accepted;
        self.asked += outcome.asked;
        for (what, times) in outcome.met {
            *self.met.entry(what).or_default() += times;
        }
        if !outcome.faults.is_empty() {
            self.failures.push((number, outcome.faults.join("\n    ")));
        }
    }

    /// The first failures, in words.
    pub fn told(&self, most: usize) -> String {
        let told = self.failures.iter().take(most).map(|(number, faults)| format!("{number}: {faults}\n"));
        told.collect()
    }
}
