//! The notifier: what the passing of time does. Once a minute it sweeps the posts that Slack does not show yet and carries
//! out what is due. It wakes the courier and changes incidents like everybody else; it speaks to nobody itself.

use jiff::SignedDuration;
use shared::change::{Changed, change};
use shared::core::incident::{Event, IncidentId};
use shared::deps::Deps;
use shared::queue::Wake;
use shared::store::StoreError;

/// How much of the index one tick looks at; the rest follows a minute later.
const MOST: usize = 200;

/// What one tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Posts that were behind and whose courier was woken.
    pub behind: usize,
    /// Incidents whose due time came.
    pub due: usize,
}

/// One tick. Safe to run twice at once or late: every effect is a conditional commit or a wake.
///
/// # Errors
/// The store or the queue is not available; the next tick does what this one did not.
pub async fn tick(deps: &Deps) -> Result<Tick, StoreError> {
    let due = due(deps).await?;
    let behind = behind(deps).await?;
    Ok(Tick { behind, due })
}

async fn due(deps: &Deps) -> Result<usize, StoreError> {
    let now = deps.clock.now();
    let mut done = 0;
    for id in deps.store.due(now, MOST).await? {
        let stores = (deps.store.as_ref(), deps.queue.as_ref());
        match change(stores, &id, &[Event::Due], None, &deps.config.rules, now).await? {
            Changed::Answered { .. } => done += 1,
            Changed::Before | Changed::NotFound => {}
        }
    }
    Ok(done)
}

async fn behind(deps: &Deps) -> Result<usize, StoreError> {
    let now = deps.clock.now();
    // The same revision may have to be swept more than once; the queue would swallow the second wake of one minute only.
    let minute = now.as_second().div_euclid(SignedDuration::from_mins(1).as_secs());
    let mut wakes = Vec::new();
    for id in deps.store.behind(now, MOST).await? {
        wakes.extend(wakes_of(deps, &id).await?.into_iter().map(|wake| Wake { sweep: Some(minute), ..wake }));
    }
    if !wakes.is_empty() {
        deps.queue.wakes(&wakes).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    }
    Ok(wakes.len())
}

async fn wakes_of(deps: &Deps, id: &IncidentId) -> Result<Vec<Wake>, StoreError> {
    Ok(deps.store.incident(id).await?.map(|loaded| Wake::all(&loaded.incident)).unwrap_or_default())
}
