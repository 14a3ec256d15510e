//! Every crash point: one flow (fire, post, acknowledge, note, fire again, resolve, fire anew, acknowledge and think better of
//! it, and then the hourly report), and for each call in it the same flow with that call refused, lost, answered into the void, or its caller killed before
//! or after it. Then it recovers, and tells the same story as if nothing had happened.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::cloud::Cloud;
use super::people::Deed;
use super::senders::THINGS;
use super::story::{Outcome, finish};
use super::weather::{Fate, Weather};
use super::{BEGIN, Stage};
use crate::Trouble;

/// One call of the flow and what happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The call's number.
    pub call: u64,
    fate: Fate,
}

impl Point {
    /// In words.
    pub fn words(&self) -> String {
        format!("call {}: {}", self.call, self.fate.words())
    }
}

/// The flow without a fault, and all points at which it can be cut.
///
/// # Errors
/// The world cannot be made.
pub async fn points(stage: &Stage) -> Result<(Outcome, Vec<Point>), Trouble> {
    let whole = play(stage, Weather::calm(), true, true).await?;
    let points = (0..whole.calls).flat_map(|call| Fate::STRIKES.map(|fate| Point { call, fate })).collect();
    Ok((whole, points))
}

/// The flow cut at a point, and recovered.
///
/// # Errors
/// The world cannot be made.
pub async fn cut(stage: &Stage, point: Point, tell: bool) -> Result<Outcome, Trouble> {
    play(stage, Weather::Strike { at: point.call, fate: point.fate }, false, tell).await
}

async fn play(stage: &Stage, weather: Weather, calm: bool, tell: bool) -> Result<Outcome, Trouble> {
    let cloud = stage.world(weather, None, tell)?;
    cloud.start();
    let [disk, ..] = THINGS;
    let fires = async |firing| {
        cloud.clone().report(disk, firing, SignedDuration::ZERO).await;
        rest(&cloud).await
    };
    let does = async |user, deed| {
        cloud.clone().person(user, deed, "#alerts", 0).await;
        rest(&cloud).await
    };
    fires(true).await?;
    does("U01ANA", Deed::Press("ack")).await?;
    does("U02BEN", Deed::Form).await?;
    does("U03CHI", Deed::Reply).await?;
    fires(true).await?;
    fires(false).await?;
    fires(true).await?;
    does("U02BEN", Deed::React("eyes")).await?;
    does("U01ANA", Deed::Press("resolve")).await?;
    fires(true).await?;
    does("U03CHI", Deed::Type("ack")).await?;
    does("U03CHI", Deed::Press("unack")).await?;
    // Back to what was there before, while it may not be recorded yet that something else was shown in between.
    cloud.clone().person("U01ANA", Deed::Type("ack"), "#alerts", 0).await;
    sleep(Duration::from_secs(2)).await;
    does("U01ANA", Deed::Type("unack")).await?;
    report(&cloud).await?;
    finish(&cloud, calm).await
}

/// Until the report's time has come, and what comes of it.
async fn report(cloud: &Cloud) -> Result<(), Trouble> {
    let began = BEGIN.parse().map_err(|error| Trouble::because("no time to begin", error))?;
    let next =
        cloud.ground.config.reports.iter().filter_map(|report| report.schedule.next_after(began)).min();
    let wait = next.map(|at| at.duration_since(cloud.ground.now()) + SignedDuration::from_secs(70));
    sleep(wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or_default()).await;
    rest(cloud).await
}

/// Until nobody works and nothing waits.
async fn rest(cloud: &Cloud) -> Result<(), Trouble> {
    for _ in 0..40 {
        sleep(Duration::from_secs(15)).await;
        let behind = cloud.ground.store.behind(Timestamp::MAX, 1).await;
        let behind = behind.map_err(|error| Trouble::because("the store cannot be read", error))?;
        if cloud.ground.is_quiet() && behind.is_empty() {
            return Ok(());
        }
    }
    Err(Trouble(format!("it does not come to rest:\n{}", cloud.ground.told())))
}
