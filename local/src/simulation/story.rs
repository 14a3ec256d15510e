//! A run by a seed: who does what when, under which weather, and whether everything was as promised in the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use jiff::SignedDuration;
use shared::store::Store;
use tokio::time::sleep;

use super::check::End;
use super::cloud::Cloud;
use super::people::{CHANNELS, DEEDS, PEOPLE};
use super::senders::THINGS;
use super::weather::{Weather, climate};
use super::{BEGIN, Stage};
use crate::Trouble;

/// How long a run may take to come to rest once nothing fails any more: the longest pause anywhere is ten minutes.
const PATIENCE: usize = 60;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Calls through a seam.
    pub calls: u64,
    /// Notifications that were accepted.
    pub accepted: usize,
    /// What people asked for.
    pub asked: usize,
    /// How often each seam had each fate.
    pub met: BTreeMap<String, u64>,
    /// What was not as promised; empty if all was.
    pub faults: Vec<String>,
    /// What happened to each incident, in order, without the times.
    pub stories: Vec<String>,
    /// The narration, if it was asked for.
    pub told: String,
}

/// Runs a seed under a paused clock. Without a store, on an embedded one.
///
/// # Errors
/// The world cannot be made, or its store cannot be read at the end.
pub async fn run(
    stage: &Stage,
    seed: u64,
    store: Option<Arc<dyn Store>>,
    tell: bool,
) -> Result<Outcome, Trouble> {
    let mut dice = Rng::with_seed(seed);
    let (per_mille, spells) = climate(&mut dice);
    let calm = per_mille == 0 && spells.is_empty();
    let weather = Weather::Dice { rng: Rng::with_seed(dice.u64(..)), per_mille };
    let cloud = stage.world(weather, store, tell)?;
    cloud.ground.tell("seed", || format!("{seed}: {per_mille} of 1,000 calls fail, {spells:?}"));
    cloud.start();
    let mut ends = SignedDuration::from_mins(25);
    for (from, long, what) in spells {
        ends = ends.max(from + long);
        let ground = cloud.ground.clone();
        tokio::spawn(async move {
            sleep(Duration::try_from(from).unwrap_or_default()).await;
            ground.befall(&what, true);
            sleep(Duration::try_from(long).unwrap_or_default()).await;
            ground.befall(&what, false);
        });
    }
    let deeds = dice.usize(8..40);
    for _ in 0..deeds {
        begin(&cloud, &mut dice);
    }
    sleep(Duration::try_from(ends).unwrap_or_default() + Duration::from_secs(30)).await;
    *cloud.ground.weather() = Weather::calm();
    cloud.ground.tell("weather", || "clears up".to_owned());
    finish(&cloud, calm).await
}

/// One deed at some time in the first 25 minutes. They come in bursts, since that is when things go wrong.
fn begin(cloud: &Cloud, dice: &mut Rng) {
    let burst = dice.u64(0..6) * 240;
    // Some come within so short a time that several handlers have them at once.
    let within = match dice.u64(0..4) {
        0 => 50,
        1 => 3_000,
        _ => 60_000,
    };
    let at = Duration::from_millis(burst * 1000 + dice.u64(0..within));
    let cloud = cloud.clone();
    match dice.u64(0..10) {
        0..=4 => {
            let number = dice.usize(0..THINGS.len());
            let firing = dice.u64(0..10) < 6;
            // Two report each thing, and their clocks are off in ways of their own, so that what comes last need not be newest.
            let skew = [0, 90, -240, 5, -3, 300, -60, 1].get(number).copied().unwrap_or_default();
            let skew = if dice.bool() { skew } else { skew / 2 - 45 };
            let Some(thing) = THINGS.get(number).copied() else { return };
            tokio::spawn(async move {
                sleep(at).await;
                cloud.report(thing, firing, SignedDuration::from_secs(skew)).await;
            });
        }
        5 => {
            tokio::spawn(async move {
                sleep(at).await;
                cloud.announce().await;
            });
        }
        _ => {
            let pick = |dice: &mut Rng, among: usize| dice.usize(0..among);
            let (user, deed) = (pick(dice, PEOPLE.len()), pick(dice, DEEDS.len()));
            let channel = if dice.u64(0..4) == 0 { pick(dice, CHANNELS.len()) } else { pick(dice, 2) };
            let which = pick(dice, 3);
            // People answer what they see, so a moment later.
            let at = at + Duration::from_secs(dice.u64(2..45));
            let (Some(user), Some(deed)) = (PEOPLE.get(user), DEEDS.get(deed)) else { return };
            let Some(channel) = CHANNELS.get(channel) else { return };
            tokio::spawn(async move {
                sleep(at).await;
                cloud.person(user, *deed, channel, which).await;
            });
        }
    }
}

/// Waits until nobody works and nothing waits, and looks whether all is as promised.
pub(super) async fn finish(cloud: &Cloud, calm: bool) -> Result<Outcome, Trouble> {
    let trouble = |error| Trouble::because("the store cannot be read", error);
    let ground = &cloud.ground;
    for _ in 0..PATIENCE {
        // What failed too often waits for somebody to put it back, which somebody does once it works again.
        let dead = ground.queue.put_back().map_err(|error| Trouble::because("the queue fails", error))?;
        ground.ledger().redriven += dead;
        let behind = ground.store.behind(jiff::Timestamp::MAX, 1).await.map_err(trouble)?;
        let due = ground.store.due(ground.now(), 1).await.map_err(trouble)?;
        if ground.is_quiet() && behind.is_empty() && due.is_empty() {
            break;
        }
        sleep(Duration::from_secs(60)).await;
    }
    let began = BEGIN.parse().map_err(|error| Trouble::because("no time to begin", error))?;
    let end = End::read(ground, began).await.map_err(trouble)?;
    let faults = end.faults(calm).await.map_err(trouble)?;
    let stories = end.stories();
    for fault in &faults {
        ground.tell("FAULT", || fault.clone());
    }
    let ledger = ground.ledger();
    let accepted = ledger.sent.values().filter(|sent| sent.accepted.is_some()).count();
    let (calls, asked, met) = (ground.calls(), ledger.asked.len(), ledger.met.clone());
    Ok(Outcome { calls, accepted, asked, met, faults, stories, told: ground.told() })
}
