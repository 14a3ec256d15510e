//! Carrying out a decision: read the incident, let the core decide, write it conditionally, wake the courier. Everybody who
//! changes an existing incident goes through here, so that "the first of two wins and the other is told" holds everywhere.
//!
//! The decision itself is `core::incident::apply`; which incident an event belongs to is the caller's.

use jiff::{SignedDuration, Timestamp};

use crate::core::incident::{
    self, Answer, Entry, Event, Incident, IncidentId, LONGEST_ID, Response, Rules, SHORTEST_ID, Verb, apply,
};
use crate::core::report::{self, Asked, Digest, Report};
use crate::queue::{Queue, Wake};
use crate::store::{Commit, CommitError, Loaded, Opens, Seen, Store, StoreError};

/// How often a decision is made anew because somebody else was faster.
const TRIES: usize = 8;

/// How long deliveries, clicks and events are remembered: longer than any sender repeats them.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What became of a change.
#[derive(Clone, Debug)]
pub enum Changed {
    /// The core decided; the incident is as it is now.
    Answered {
        /// What became of each event.
        answers: Vec<Answer>,
        /// As it is now.
        incident: Box<Incident>,
    },
    /// The same click or event was carried out before.
    Before,
    /// There is no such incident.
    NotFound,
}

/// Lets events happen to an incident (`now`: our clock). `seen` is the identity of what caused them, if it has one.
///
/// # Errors
/// The store is not available, or others were faster eight times in a row.
pub async fn change(
    (store, queue): (&dyn Store, &dyn Queue),
    id: &IncidentId,
    events: &[Event],
    seen: Option<Seen>,
    rules: &Rules,
    now: Timestamp,
) -> Result<Changed, StoreError> {
    for _ in 0..TRIES {
        let Some(Loaded { incident: before, .. }) = store.incident(id).await? else {
            return Ok(Changed::NotFound);
        };
        let applied = apply(&before, events, rules, now);
        if applied.entries.is_empty() && !applied.visible {
            return Ok(Changed::Answered { answers: applied.answers, incident: Box::new(before) });
        }
        let answers = applied.answers;
        let seen = seen.iter().cloned().collect();
        let commit = Commit { seen, ..commit_of(Some(&before), applied.incident, applied.entries, now) };
        match store.commit(&commit).await {
            Ok(()) => {
                wake(queue, &commit.incident).await;
                return Ok(Changed::Answered { answers, incident: Box::new(commit.incident) });
            }
            Err(CommitError::Seen(_)) => return Ok(Changed::Before),
            Err(CommitError::Conflict | CommitError::IdTaken) => {
                if let Some(newer) = superseded(store, &before, events).await? {
                    let answers = vec![Answer::Superseded { open: newer.state.is_open(), by: newer.id }];
                    return Ok(Changed::Answered { answers, incident: Box::new(before) });
                }
            }
            Err(CommitError::Store(error)) => return Err(error),
        }
    }
    Err(StoreError::Unavailable(format!("incident {id} is changed faster than this one can decide")))
}

/// Reopening an incident that another one of its group has replaced would make two open ones.
async fn superseded(
    store: &dyn Store,
    before: &Incident,
    events: &[Event],
) -> Result<Option<Incident>, StoreError> {
    let reopens = |event: &Event| matches!(event, Event::Response(Response { verb: Verb::Reopen, .. }));
    if !events.iter().any(reopens) {
        return Ok(None);
    }
    let latest = store.latest(&before.route, &before.group).await?;
    Ok(latest.filter(|latest| latest.id != before.id))
}

/// Stores a new run of a report and says its name (`now`: our clock). `opens` if it becomes the newest one by the schedule,
/// `seen` if what asked for it has an identity.
///
/// # Errors
/// As [`Store::commit`]; a conflict means that another one became the newest.
pub async fn begin(
    store: &dyn Store,
    name: &str,
    asked: &Asked<'_>,
    report: Report,
    (opens, seen): (Option<Opens>, Option<Seen>),
    rules: &Rules,
    now: Timestamp,
) -> Result<IncidentId, CommitError> {
    let mut length = SHORTEST_ID;
    loop {
        let opening = report::opening(name, asked, report.slot(), length);
        let applied = incident::begin(opening, report.clone(), rules, now);
        let id = applied.incident.id.clone();
        let commit = Commit {
            opens: opens.clone(),
            seen: seen.iter().cloned().collect(),
            ..commit_of(None, applied.incident, applied.entries, now)
        };
        match store.commit(&commit).await {
            Ok(()) => return Ok(id),
            Err(CommitError::IdTaken) if length < LONGEST_ID => length += 1,
            Err(error) => return Err(error),
        }
    }
}

/// The write that makes a decision true. `before` is what it was made on; `None` for a new incident.
pub fn commit_of(
    before: Option<&Incident>,
    incident: Incident,
    entries: Vec<Entry>,
    now: Timestamp,
) -> Commit {
    let reopens = before.is_some_and(|before| !before.state.is_open()) && incident.state.is_open();
    let counted = before.and_then(Digest::of);
    let digest =
        Digest::of(&incident).filter(|digest| counted.as_ref().is_none_or(|counted| digest.differs(counted)));
    Commit {
        opens: reopens.then(|| Opens { after: Some(incident.id.clone()) }),
        open: incident.state.is_open(),
        due_at: incident.due_at(),
        incident,
        entries,
        posted: Vec::new(),
        seen: Vec::new(),
        records: Vec::new(),
        digest,
        now,
    }
}

/// Remembers an identity (`now`: our clock).
pub fn seen(scope: impl Into<String>, id: impl Into<String>, now: Timestamp) -> Seen {
    Seen { scope: scope.into(), id: id.into(), until: now.checked_add(REMEMBERED).unwrap_or(Timestamp::MAX) }
}

/// Tells the log that the incident has changed, and wakes the courier for every post of it. A failure only delays: the notifier
/// sweeps what is behind.
pub async fn wake(queue: &dyn Queue, incident: &Incident) {
    tracing::info!(incident = %incident.id, route = incident.route, state = incident.state.word(), "changed");
    if let Err(error) = queue.wakes(&Wake::all(incident)).await {
        tracing::warn!(incident = %incident.id, %error, "the courier was not woken; the sweep will do it");
    }
}
