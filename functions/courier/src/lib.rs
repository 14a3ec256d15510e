//! The courier: makes Slack show what is stored. Whatever woke it, it loads the incident, plans, takes one step, records what
//! is shown now, and plans again, until nothing is left or it has to wait.
//!
//! Every Slack write about an incident goes through here. One courier at a time serves a channel (the queue's FIFO group),
//! a try is stored before a message is sent, and a message whose answer is lost is looked for before it is sent again.
//! Decisions are `core::plan` and `core::outcome`; the calls are `step`. Reading the clock once is not enough here: calls
//! take time, and the pause between two messages counts from the end of the first.

use jiff::{SignedDuration, Timestamp};
use shared::change::commit_of;
use shared::core::incident::{Effect, Entry, Incident, Post};
use shared::core::outcome::{GoOn, Outcome, move_to, must_be_remembered, progress, record, sends, started};
use shared::core::plan::{POST_INTERVAL, Pace, Plan, Reason, Step, plan};
use shared::core::view::{Card, view};
use shared::deps::Deps;
use shared::metrics;
use shared::queue::{Verdict, Wake};
use shared::store::{Channel, Commit, CommitError, Loaded, StoreError};

mod step;

/// How many steps one wake may take: a post, its edit and a screenful of lines.
const MOST_STEPS: usize = 40;

/// How often a record is folded in anew because a person was faster.
const TRIES: usize = 8;

/// A wait of at most this long holds the channel, which keeps the order; a longer one is left to the sweep.
const HOLD: SignedDuration = SignedDuration::from_secs(10);

/// How long a dead channel is not tried again.
const DEAD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Serves a batch of wakes in order; one verdict for each. What follows a wake that has to wait in its channel waits too.
pub async fn handle(wakes: &[Wake], deps: &Deps) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(wakes.len());
    for (position, wake) in wakes.iter().enumerate() {
        let earlier = wakes.iter().take(position).zip(&verdicts);
        let held = earlier
            .filter(|(earlier, _)| earlier.channel == wake.channel)
            .map(|(_, verdict)| *verdict)
            .find(|verdict| *verdict != Verdict::Done);
        let verdict = match held {
            Some(verdict) => verdict,
            None => serve(wake, deps).await.unwrap_or_else(|error| {
                tracing::warn!(incident = %wake.incident, channel = %wake.channel, %error, "the wake goes back");
                Verdict::Failed
            }),
        };
        verdicts.push(verdict);
    }
    verdicts
}

/// Brings one post up to date, as far as the time allows.
async fn serve(wake: &Wake, deps: &Deps) -> Result<Verdict, StoreError> {
    let Some(mut loaded) = deps.store.incident(&wake.incident).await? else { return Ok(Verdict::Done) };
    let mut channel = deps.store.channel(&wake.channel).await?;
    for _ in 0..MOST_STEPS {
        let now = deps.clock.now();
        let Some(post) = find(&loaded.incident, &wake.channel) else { return Ok(Verdict::Done) };
        if let Some(code) = dead(&channel, post, deps, now) {
            loaded = fold(loaded, deps, |incident, timeline| {
                move_to(incident, timeline, &wake.channel, fallback(deps), &code, now);
                true
            })
            .await?
            .0;
            return hand_over(&loaded.incident, deps).await;
        }
        let card = card(&loaded, post, deps);
        let plan = plan(card.content_hash(), post, &loaded.timeline, pace(&channel), now);
        let Some(step) = plan.step.clone() else { return settle(loaded, &plan, &wake.channel, deps).await };
        tracing::debug!(incident = %wake.incident, channel = %wake.channel, reason = ?plan.reason, "step");
        let went;
        (loaded, went) = take(loaded, &step, &card, &mut channel, deps).await?;
        match went {
            GoOn::Now => {}
            GoOn::At(at) => return Ok(Verdict::Again(at)),
            GoOn::Sweep => return Ok(Verdict::Done),
        }
        if find(&loaded.incident, &wake.channel).is_none() {
            return hand_over(&loaded.incident, deps).await;
        }
    }
    Ok(Verdict::Again(deps.clock.now()))
}

/// Takes one step: remembers the try, calls Slack, records the outcome.
async fn take(
    mut loaded: Loaded,
    step: &Step,
    card: &Card,
    channel: &mut Channel,
    deps: &Deps,
) -> Result<(Loaded, GoOn), StoreError> {
    let wanted = card.content_hash();
    if find(&loaded.incident, &channel.name).is_some_and(|post| must_be_remembered(post, step)) {
        let now = deps.clock.now();
        let planned_on = progress(&mut loaded.incident, &mut loaded.timeline, &channel.name, step).cloned();
        let ours;
        (loaded, ours) = fold(loaded, deps, |incident, timeline| {
            // Whoever else is at it has changed the version. The try is ours only if nobody has begun it meanwhile.
            let ours = progress(incident, timeline, &channel.name, step).cloned() == planned_on;
            if ours {
                started(incident, timeline, &channel.name, step, wanted, now);
            }
            ours
        })
        .await?;
        if !ours {
            return Ok((loaded, GoOn::Now));
        }
    }
    let known = channel.clone();
    let outcome = step::take(&loaded, step, card, channel, deps).await;
    let now = deps.clock.now();
    measure(&loaded, step, &outcome, now);
    if sends(step) {
        let next = now.checked_add(POST_INTERVAL).unwrap_or(now);
        let earliest = channel.not_before.get(step::POST).copied().unwrap_or(next).max(next);
        channel.not_before.insert(step::POST.to_owned(), earliest);
    }
    // Before what Slack said is recorded: whoever is next there must not come too soon.
    if *channel != known {
        deps.store.put_channel(channel).await?;
    }
    let mut went = GoOn::Now;
    (loaded, _) = fold(loaded, deps, |incident, timeline| {
        went = record(incident, timeline, &channel.name, fallback(deps), (step, &outcome), wanted, now);
        true
    })
    .await?;
    Ok((loaded, went))
}

fn measure(loaded: &Loaded, step: &Step, outcome: &Outcome, now: Timestamp) {
    metrics::step(step.word(), outcome.word());
    let root = matches!(step, Step::Post | Step::Find { .. }) && matches!(outcome, Outcome::Posted { .. });
    if let Some(first) = loaded.timeline.first().filter(|_| root) {
        metrics::posted_after(now.duration_since(first.at));
    }
}

/// Nothing to do now: either all is shown, or it has to wait.
async fn settle(loaded: Loaded, plan: &Plan, channel: &str, deps: &Deps) -> Result<Verdict, StoreError> {
    let now = deps.clock.now();
    if let Some(at) = plan.wake_at {
        let short = at.duration_since(now) <= HOLD;
        let holds = plan.reason == Reason::TooSoon || short && plan.reason == Reason::OutcomeUnknown;
        return Ok(if holds { Verdict::Again(at) } else { Verdict::Done });
    }
    let up_to_date =
        find(&loaded.incident, channel).is_some_and(|post| post.shown_revision == loaded.incident.revision);
    if !up_to_date || loaded.incident.behind_at.is_some() && all_shown(&loaded, deps, now) {
        fold(loaded, deps, |_, _| true).await?;
    }
    Ok(Verdict::Done)
}

/// Commits a change of what is recorded as shown. If somebody changed the incident meanwhile, the change is made again on
/// what they left. A change that says false is not wanted there: what is stored comes back as it is, with false.
async fn fold(
    mut loaded: Loaded,
    deps: &Deps,
    mut change: impl FnMut(&mut Incident, &mut Vec<Entry>) -> bool,
) -> Result<(Loaded, bool), StoreError> {
    for _ in 0..TRIES {
        let id = loaded.incident.id.clone();
        let before = loaded.clone();
        loaded.incident.version += 1;
        if !change(&mut loaded.incident, &mut loaded.timeline) {
            return Ok((before, false));
        }
        let now = deps.clock.now();
        note_progress(&mut loaded, deps, now);
        let told = loaded.timeline.iter().filter(|entry| !before.timeline.contains(entry));
        let commit = Commit {
            posted: new_in_channel(&before, &loaded),
            ..commit_of(Some(&before.incident), loaded.incident.clone(), told.cloned().collect(), now)
        };
        match deps.store.commit(&commit).await {
            Ok(()) => return Ok((loaded, true)),
            Err(CommitError::Store(error)) => return Err(error),
            Err(CommitError::Conflict | CommitError::Seen(_) | CommitError::IdTaken) => {
                let again = deps.store.incident(&id).await?;
                loaded = again.ok_or_else(|| StoreError::Corrupt(format!("incident {id} has vanished")))?;
            }
        }
    }
    Err(StoreError::Unavailable("the incident is changed faster than its posts can be recorded".to_owned()))
}

/// What stands in a channel since this change: root messages, and lines that are shown there too. An emoji on either is
/// about the incident. (channel id, ts)
fn new_in_channel(before: &Loaded, after: &Loaded) -> Vec<(String, String)> {
    let known = in_channel(before);
    in_channel(after).into_iter().filter(|message| !known.contains(message)).collect()
}

fn in_channel(loaded: &Loaded) -> Vec<(String, String)> {
    let mut messages = Vec::new();
    for post in &loaded.incident.posts {
        let lines = loaded.timeline.iter().flat_map(|entry| &entry.lines);
        let broadcasts = lines.filter(|line| line.broadcast && line.channel == post.channel);
        for effect in broadcasts.map(|line| &line.effect).chain([&post.root]) {
            if let (Some(channel), Effect::Done { ts }) = (&post.channel_id, effect) {
                messages.push((channel.clone(), ts.clone()));
            }
        }
    }
    messages
}

/// Which revision each post shows, and when the sweep has to come back.
fn note_progress(loaded: &mut Loaded, deps: &Deps, now: Timestamp) {
    let shown: Vec<bool> =
        loaded.incident.posts.iter().map(|post| is_shown(loaded, post, deps, now)).collect();
    let grace = now.checked_add(deps.config.rules.grace).unwrap_or(now);
    let revision = loaded.incident.revision;
    let mut behind = None;
    for (post, shown) in loaded.incident.posts.iter_mut().zip(shown) {
        if shown {
            post.shown_revision = revision;
        } else {
            let at = post.next_at.unwrap_or(grace).max(grace);
            behind = Some(behind.map_or(at, |earliest: Timestamp| earliest.min(at)));
        }
    }
    loaded.incident.behind_at = behind;
}

fn all_shown(loaded: &Loaded, deps: &Deps, now: Timestamp) -> bool {
    loaded.incident.posts.iter().all(|post| is_shown(loaded, post, deps, now))
}

fn is_shown(loaded: &Loaded, post: &Post, deps: &Deps, now: Timestamp) -> bool {
    let wanted = card(loaded, post, deps).content_hash();
    plan(wanted, post, &loaded.timeline, Pace::default(), now).reason == Reason::UpToDate
}

/// The fallback channel's courier takes over.
async fn hand_over(incident: &Incident, deps: &Deps) -> Result<Verdict, StoreError> {
    shared::change::wake(deps.queue.as_ref(), incident).await;
    Ok(Verdict::Done)
}

/// Slack's code, if the channel is known to take nothing and this post is still to be made.
fn dead(channel: &Channel, post: &Post, deps: &Deps, now: Timestamp) -> Option<String> {
    let (code, since) = channel.dead.as_ref()?;
    let recent = now.duration_since(*since) < DEAD_FOR;
    let to_be_made = matches!(post.root, Effect::Wanted | Effect::Started { .. });
    (recent && to_be_made && channel.name != fallback(deps)).then(|| code.clone())
}

/// What the post should say.
fn card(loaded: &Loaded, post: &Post, deps: &Deps) -> Card {
    let buttons = deps.config.routes.buttons(&loaded.incident.route);
    Card { moved: post.moved.clone(), ..view(&loaded.incident, &loaded.timeline, buttons) }
}

fn pace(channel: &Channel) -> Pace {
    let at = |method: &str| channel.not_before.get(method).copied();
    Pace { post: at(step::POST), update: at(step::UPDATE), find: at(step::FIND) }
}

fn fallback(deps: &Deps) -> &str {
    &deps.config.routes.fallback
}

fn find<'a>(incident: &'a Incident, channel: &str) -> Option<&'a Post> {
    incident.posts.iter().find(|post| post.channel == channel)
}
