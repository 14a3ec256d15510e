//! The notifier: what the passing of time does. Once a minute it sweeps the posts that Slack does not show yet, begins the
//! reports whose time has come (`report`), carries out what is due, and polls the feeds (`feed`). It wakes the courier and changes incidents like
//! everybody else; it posts nothing itself. The charts of reports are drawn here (`picture`), since only here is time for it,
//! and Slack keeps them (`draw`).

pub mod draw;
pub mod feed;
pub mod picture;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use shared::change::{Changed, change};
use shared::core::incident::{Answer, Event, IncidentId};
use shared::core::plan::POST_INTERVAL;
use shared::core::report::{Report, Run};
use shared::deps::Deps;
use shared::metrics;
use shared::queue::Wake;
use shared::store::StoreError;

pub use report::gather;

pub mod report;

/// How many one tick wakes or carries out; the rest follows a minute later.
const MOST: usize = 200;

/// How much of the index of what is behind one tick looks at, so that a waiting channel with much behind it hides no other.
const MOST_READ: usize = 1_000;

/// After so long a tick begins no further report: Lambda would end it in the middle.
const LONG_ENOUGH: SignedDuration = SignedDuration::from_secs(25);

/// What one tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Posts that were behind and whose courier was woken.
    pub behind: usize,
    /// Incidents whose due time came.
    pub due: usize,
    /// Feeds that were polled.
    pub feeds: usize,
}

/// One tick. Safe to run twice at once or late: every effect is a conditional commit or a wake.
///
/// # Errors
/// The store or the queue is not available; the next tick does what this one did not.
pub async fn tick(deps: &Deps) -> Result<Tick, StoreError> {
    let began = deps.clock.now();
    report::begin_due(deps, began).await;
    // None is left out because another could not be done; reports and feeds ask others, which takes longest.
    let behind = behind(deps).await;
    let due = due(deps).await;
    let feeds = match deps.clock.now().duration_since(began) > LONG_ENOUGH {
        true => Ok(0),
        false => feed::poll_due(deps).await,
    };
    Ok(Tick { behind: behind?, due: due?, feeds: feeds? })
}

async fn due(deps: &Deps) -> Result<usize, StoreError> {
    let now = deps.clock.now();
    let mut done = 0;
    let mut reports = Vec::new();
    for id in deps.store.due(now, MOST).await? {
        match carry_out(&id, deps, now).await {
            Ok(Due::Done) => done += 1,
            Ok(Due::Nothing) => {}
            Ok(Due::Report(run)) => reports.push((id, run)),
            Err(error) => skipped(&id, &error),
        }
    }
    // They ask others, which takes time; nobody who waits for a lease should wait for that.
    for (id, run) in reports {
        if deps.clock.now().duration_since(now) > LONG_ENOUGH {
            tracing::warn!(report = run.name, "left to the next tick: the reports before it took long");
            break;
        }
        match report::make(&id, &run, deps).await {
            Ok(()) => done += 1,
            Err(error) => skipped(&id, &error),
        }
    }
    Ok(done)
}

/// What there was to do about an incident that is due.
enum Due {
    Done,
    Nothing,
    Report(Run),
}

async fn carry_out(id: &IncidentId, deps: &Deps, now: Timestamp) -> Result<Due, StoreError> {
    let Some(loaded) = deps.store.incident(id).await? else { return Ok(Due::Nothing) };
    if let Some(Report::Wanted(run)) = loaded.incident.content.report.as_deref() {
        return Ok(Due::Report(run.clone()));
    }
    let stores = (deps.store.as_ref(), deps.queue.as_ref());
    match change(stores, id, &[Event::Due], None, &deps.config.rules, now).await? {
        Changed::Answered { answers, .. } => {
            measure(&answers, now);
            Ok(Due::Done)
        }
        Changed::Before | Changed::NotFound => Ok(Due::Nothing),
    }
}

fn measure(answers: &[Answer], now: Timestamp) {
    for answer in answers {
        if let Answer::Lapsed { due_at } = answer {
            metrics::due_lag(now.duration_since(*due_at));
        }
    }
}

async fn behind(deps: &Deps) -> Result<usize, StoreError> {
    let now = deps.clock.now();
    let mut channels = Channels::default();
    let mut wakes = Vec::new();
    for id in deps.store.behind(now, MOST_READ).await? {
        if wakes.len() >= MOST {
            break;
        }
        match deps.store.incident(&id).await {
            Ok(loaded) => {
                for incident in loaded.iter().map(|loaded| &loaded.incident) {
                    for wake in Wake::all(incident) {
                        if !channels.waits(&wake.channel, deps, now).await {
                            wakes.push(Wake { sweep: Some(incident.version), ..wake });
                        }
                    }
                }
            }
            Err(error) => skipped(&id, &error),
        }
    }
    if !wakes.is_empty() {
        deps.queue.wakes(&wakes).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    }
    metrics::behind(wakes.len());
    Ok(wakes.len())
}

/// Which channels wait for their time, each asked for once a tick. Nothing can be posted there before it, so wakes would only
/// pile up; the first tick after it sends them.
#[derive(Default)]
struct Channels(BTreeMap<String, bool>);

impl Channels {
    async fn waits(&mut self, name: &str, deps: &Deps, now: Timestamp) -> bool {
        if let Some(waits) = self.0.get(name) {
            return *waits;
        }
        let waits = match deps.store.channel(name).await {
            // The second between two messages is no wait: a busy channel would never be swept.
            Ok(channel) => channel.not_before.values().any(|at| at.duration_since(now) > POST_INTERVAL * 2),
            // Then nobody knows. The courier asks again, and fails for this channel alone.
            Err(error) => {
                tracing::error!(channel = name, %error, "the channel cannot be read");
                false
            }
        };
        self.0.insert(name.to_owned(), waits);
        waits
    }
}

/// One incident that cannot be read or changed must not hold up all the others; the next tick meets it again.
fn skipped(id: &IncidentId, error: &StoreError) {
    tracing::error!(incident = %id, %error, "left out of this tick");
}
