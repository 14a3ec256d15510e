//! The router: takes raw notifications from the `signals` queue, lets the sources turn them into signals and the routes
//! say where they go, and folds each incident's share of the batch into one commit.
//!
//! A batch of a thousand identical signals costs a few commits, not a thousand. A notification whose commit fails goes back
//! to the queue alone; what was done for it already is remembered with the commit and not done twice. Slack must not enter.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use shared::change;
use shared::core::incident::{
    Event, Incident, IncidentId, Opening, Rules, SHORTEST_ID, apply, open, starts_anew,
};
use shared::core::raw::Raw;
use shared::core::signal::{Signal, Status};
use shared::deps::Deps;
use shared::metrics::{self, Taken};
use shared::queue::Verdict;
use shared::sources::{self, Mapped, Opened};
use shared::store::{Commit, CommitError, MAX_ITEMS, Opens, StoreError};

mod mail;
mod share;

use mail::{LeftOut, Mailbox};
use share::{End, Notification, Share, shares};

/// How often a share is decided anew because somebody else was faster.
const TRIES: u32 = 12;

/// How many incidents of other routes are asked for at once.
const AT_ONCE: usize = 50;

/// Handles a batch; one verdict for each notification, in order.
pub async fn handle(batch: &[Raw], deps: &Deps) -> Vec<Verdict> {
    let now = deps.clock.now();
    let (mut notifications, mut mailbox) = (Vec::with_capacity(batch.len()), Mailbox::default());
    for raw in batch {
        notifications.push(read(raw, &mut mailbox, deps).await);
    }
    let verdict = |notification: &Notification| match notification.mapped {
        Err(LeftOut::ForNow) => Verdict::Failed,
        Ok(_) | Err(LeftOut::ForGood) => Verdict::Done,
    };
    let mut verdicts: Vec<Verdict> = notifications.iter().map(verdict).collect();
    let raws: Vec<Arc<Raw>> = notifications.iter().map(|notification| notification.raw.clone()).collect();
    let (shares, ends) = shares(notifications, &deps.config.routes);
    for share in shares {
        let failed = take_all(share, deps, now).await;
        put_back(&failed, &raws, &mut verdicts, deps);
    }
    let failed = end_elsewhere(ends, deps, now).await;
    put_back(&failed, &raws, &mut verdicts, deps);
    verdicts
}

/// Reads one notification of the batch. With the sender's own id: the door has found it already; what a topic or a bus put into the
/// queue by itself has only the queue's id, which is another one each time the same message is put there.
async fn read(raw: &Raw, mailbox: &mut Mailbox, deps: &Deps) -> Notification {
    let mut raw = raw.clone();
    let mut opened = sources::open(&raw);
    let identify = |raw: &mut Raw, opened: &Opened| {
        raw.id = deps.sources.delivery_id(raw, opened).unwrap_or_else(|| raw.id.clone());
    };
    identify(&mut raw, &opened);
    let admitted = mailbox.admit(&raw, &opened, deps).await;
    if let Ok(Some(message)) = &admitted {
        raw.body = message.body().to_string();
        opened = sources::open(&raw);
        identify(&mut raw, &opened);
    }
    let mapped = admitted.map(|_| deps.sources.map_opened(&raw, &opened));
    if let Ok(Mapped { source, signals, .. }) = &mapped {
        tracing::info!(source, delivery = raw.id, signals = signals.len(), "notification mapped");
    }
    Notification { raw: Arc::new(raw), mapped }
}

fn put_back(failed: &[(usize, StoreError)], raws: &[Arc<Raw>], verdicts: &mut [Verdict], deps: &Deps) {
    for (position, error) in failed {
        let raw = raws.get(*position);
        let id = raw.map_or("", |raw| raw.id.as_str());
        tracing::warn!(delivery = %id, %error, "a notification goes back to the queue");
        let source = raw.and_then(|raw| raw.source.as_deref()).unwrap_or_default();
        metrics::signals(&deps.sources, source, Taken::PutBack, 1);
        if let Some(verdict) = verdicts.get_mut(*position) {
            *verdict = Verdict::Failed;
        }
    }
}

/// Takes a share in; the positions of what must come again, with the reason. What the store refuses for good is the fault of
/// one delivery and must not cost the others, so they are taken in one by one; what it cannot do now, it cannot do for any.
async fn take_all(mut share: Share, deps: &Deps, now: Timestamp) -> Vec<(usize, StoreError)> {
    let Err(error) = take(&mut share, deps, now).await else { return Vec::new() };
    let singles = share.singles();
    let for_good = matches!(error, StoreError::Refused(_)) && singles.len() > 1;
    let mut failed = Vec::new();
    for (position, mut single) in singles {
        let again = if for_good { take(&mut single, deps, now).await } else { Err(error.clone()) };
        failed.extend(again.err().map(|error| (position, error)));
    }
    failed
}

/// Tells the ends of the batch to the open incidents of other routes in which their things still fire. An end may say less than
/// the beginning did (PagerDuty's `resolve` is nothing but a key), or something else (how bad it is now), so that the route of
/// the beginning does not take it. The positions of what must come again, with the reason.
async fn end_elsewhere(ends: Vec<End>, deps: &Deps, now: Timestamp) -> Vec<(usize, StoreError)> {
    let mut places: BTreeMap<(String, String), Vec<End>> = BTreeMap::new();
    for end in ends {
        let place = (end.decision.route.clone(), end.decision.group.clone());
        places.entry(place).or_default().push(end);
    }
    // Boxed and in a list, since the compiler cannot tell otherwise that they may move between threads.
    let asked: Vec<BoxFuture<'_, _>> =
        places.keys().map(|(route, group)| deps.store.latest(route, group)).collect();
    let found: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut failed = Vec::new();
    for (ends, latest) in places.into_values().zip(found) {
        match latest {
            Err(error) => failed.extend(ends.iter().map(|end| (end.position, error.clone()))),
            Ok(Some(latest)) if latest.state.is_open() => {
                let fires = |end: &End| {
                    latest.things.get(&end.signal.key).is_some_and(|thing| thing.status == Status::Firing)
                };
                for share in Share::of_ends(ends.into_iter().filter(fires)) {
                    failed.extend(take_all(share, deps, now).await);
                }
            }
            Ok(_) => {}
        }
    }
    failed
}

/// Commits what one incident gets of the batch. What was committed before is left out of the share.
async fn take(share: &mut Share, deps: &Deps, now: Timestamp) -> Result<(), StoreError> {
    let mut length = SHORTEST_ID;
    for tries in 1..=TRIES {
        let latest = match share.notice {
            true => None,
            false => deps.store.latest(&share.decision.route, &share.decision.group).await?,
        };
        let Some(commit) = decide(share, latest.as_ref(), length, &deps.config.rules, now) else {
            return Ok(());
        };
        match deps.store.commit(&commit).await {
            Ok(()) => {
                measure(&commit, deps);
                // A signal that shows nothing new wakes nobody.
                let shown = latest.map(|latest| (latest.id, latest.revision));
                if shown != Some((commit.incident.id.clone(), commit.incident.revision)) {
                    change::wake(deps.queue.as_ref(), &commit.incident).await;
                }
                return Ok(());
            }
            Err(CommitError::Seen(ids)) => {
                let source = share.signals().next().map_or("", |signal| &signal.source);
                metrics::signals(&deps.sources, source, Taken::Repeated, ids.len());
                share.forget(&ids);
            }
            Err(CommitError::IdTaken) => length += 1,
            Err(CommitError::Conflict) if tries < TRIES => tokio::time::sleep(share.pause(tries)).await,
            Err(CommitError::Conflict) => {}
            Err(CommitError::Store(error)) => return Err(error),
        }
    }
    Err(StoreError::Unavailable(format!("a group of route {} is changed too fast", share.decision.route)))
}

/// What was recorded, by source, and how long the oldest of it took.
fn measure(commit: &Commit, deps: &Deps) {
    let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
    for signal in commit.records.iter().flat_map(|record| &record.signals) {
        *sources.entry(&signal.source).or_default() += 1;
    }
    for (source, count) in sources {
        metrics::signals(&deps.sources, source, Taken::Recorded, count);
    }
    if let Some(oldest) = commit.records.iter().map(|record| record.received_at).min() {
        metrics::recorded_after(deps.clock.now().duration_since(oldest));
    }
}

/// The commit for a share; `None` if nothing is left of it.
fn decide(
    share: &Share,
    latest: Option<&Incident>,
    length: usize,
    rules: &Rules,
    now: Timestamp,
) -> Option<Commit> {
    let signals: Vec<_> = share.signals().collect();
    let anew = match latest {
        None => signals.first().map(|_| 0),
        Some(latest) => signals.iter().position(|signal| starts_anew(latest, signal, rules, now)),
    };
    let first = anew.and_then(|position| signals.get(position));
    // What the incident before it knows must not make a new one older.
    let past = |signal: &Signal| first.is_some() && latest.is_some_and(|latest| latest.knows(signal));
    let others =
        signals.iter().enumerate().filter(|(position, signal)| Some(*position) != anew && !past(signal));
    let events: Vec<Event> = others.map(|(_, signal)| Event::Signal((*signal).clone())).collect();
    let mut commit = match (first, latest) {
        (Some(first), latest) => {
            let opening = Opening {
                id: IncidentId::derive(&share.decision.route, &first.id, length),
                route: share.decision.route.clone(),
                group: share.decision.group.clone(),
                channels: share.decision.channels.clone(),
                show_unfired: share.decision.show_unfired,
                why: share.decision.why.clone(),
            };
            let opens = (!share.notice).then(|| Opens { after: latest.map(|latest| latest.id.clone()) });
            let applied = open(opening, first, &events, rules, now);
            Commit { opens, ..change::commit_of(None, applied.incident, applied.entries, now) }
        }
        (None, Some(latest)) if !signals.is_empty() => {
            let applied = apply(latest, &events, rules, now);
            change::commit_of(Some(latest), applied.incident, applied.entries, now)
        }
        (None, _) => return None,
    };
    commit.seen = share.seen(now);
    commit.records = share.records(&commit.incident.id);
    fit(&mut commit);
    Some(commit)
}

/// A commit holds so many items and no more. Of a share that tells more than fits, the timeline keeps how it began and how it
/// ended; the records keep all of it.
fn fit(commit: &mut Commit) {
    let over = commit.items().saturating_sub(MAX_ITEMS);
    let mut position = 0;
    commit.entries.retain(|_| {
        position += 1;
        position == 1 || position > 1 + over
    });
}

#[cfg(test)]
mod tests;
