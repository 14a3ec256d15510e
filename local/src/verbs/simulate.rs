//! `simulate`: the whole system on simulated time, with faults: one seed narrated, or many counted.

use std::time::Instant;

use crate::Trouble;
use crate::simulation::{Outcome, Stage, crash, each, run, runtime};

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
    let told = format!("{}{}\n{stories}{}\n", cut.told, point.words(), cut.faults.join("\n"));
    if cut.faults.is_empty() && cut.stories == whole.stories { Ok(told) } else { Err(Trouble(told)) }
}

/// Runs so many seeds from the first one on, on all cores, and says how many went wrong. `progress` is told now and then how
/// many are done.
///
/// # Errors
/// One of them was not as promised.
pub fn many(first: u64, seeds: u64, progress: impl Fn(u64) + Sync) -> Result<String, Trouble> {
    let began = Instant::now();
    let one = |stage: &Stage, number: u64| runtime()?.block_on(run(stage, first + number, None, false));
    let mut sum = each(seeds, one, progress)?;
    for (number, _) in &mut sum.failures {
        *number += first;
    }
    let told = format!(
        "{seeds} seeds from {first} on: {} calls, {} notifications, {} responses, {} seeds failed, {:.1} s\n",
        sum.calls,
        sum.accepted,
        sum.asked,
        sum.failures.len(),
        began.elapsed().as_secs_f64(),
    );
    if sum.failures.is_empty() {
        return Ok(told);
    }
    Err(Trouble(format!("{told}{}`cargo local simulate --seed N` tells one of them.", sum.told(TOLD))))
}
