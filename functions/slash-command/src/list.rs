//! `status` and `list`: what is open now.

use jiff::{SignedDuration, Timestamp};
use shared::core::incident::{Incident, Post, State};
use shared::deps::Deps;
use shared::slack::blocks::Message;
use shared::store::{First, StoreError};
use shared::text;
use shared::text::answer::Late;

/// The most incidents that one read gives.
const MOST_READ: usize = 100;

/// The most lines of a list; more do not help on a phone.
const MOST_LISTED: usize = 30;

/// The most incidents whose posts are looked at: Slack waits three seconds for the answer.
const MOST_BEHIND: usize = 25;

/// Farther than any pause after a failure.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// The most lines under the status.
const MOST_UNDER_STATUS: usize = 5;

/// What is open and whether Slack shows it: two requests to the store, one to its index, and one for each incident that is
/// over and not shown yet.
pub(crate) async fn status(deps: &Deps, now: Timestamp) -> Result<Message, StoreError> {
    let open = deps.store.open(First::Newest, MOST_READ).await?;
    let late = late_of(&open, deps, now).await?;
    let mut lines = vec![text::answer::status(&open, open.len() == MOST_READ, late)];
    lines.extend(open.iter().take(MOST_UNDER_STATUS).map(|incident| text::answer::listed(incident, now)));
    lines.extend(more(open.len(), MOST_UNDER_STATUS));
    Ok(super::lines(lines))
}

/// What Slack should show and does not.
pub(crate) async fn late(deps: &Deps, now: Timestamp) -> Result<Late, StoreError> {
    late_of(&[], deps, now).await
}

async fn late_of(open: &[Incident], deps: &Deps, now: Timestamp) -> Result<Late, StoreError> {
    // The index says when the sweep looks next, which a failure puts off, so what stands ahead may be late as well.
    let behind = deps.store.behind(now.checked_add(AHEAD).unwrap_or(now), MOST_BEHIND).await?;
    let mut late = 0;
    for id in &behind {
        late += match open.iter().find(|incident| incident.id == *id) {
            Some(incident) => late_posts(incident, now),
            None => deps.store.incident(id).await?.map_or(0, |loaded| late_posts(&loaded.incident, now)),
        };
    }
    Ok(Late { posts: late, more: behind.len() == MOST_BEHIND })
}

/// Posts that Slack should have shown: one that failed, or whose time is past. What is merely on its way is not late.
fn late_posts(incident: &Incident, now: Timestamp) -> usize {
    let past = incident.behind_at.is_some_and(|at| at <= now);
    let is_behind = |post: &Post| post.ts().is_none() || post.shown_revision < incident.revision;
    let is_late = |post: &&Post| post.failures > 0 || past && is_behind(post) && !post.is_quiet();
    incident.posts.iter().filter(is_late).count()
}

/// The open incidents that fit.
pub(crate) async fn list(
    firing: Option<bool>,
    words: &[String],
    deps: &Deps,
    now: Timestamp,
) -> Result<Message, StoreError> {
    let open = deps.store.open(First::Newest, MOST_READ).await?;
    let fits: Vec<&Incident> = open.iter().filter(|incident| fits(incident, firing, words)).collect();
    if fits.is_empty() {
        return Ok(Message::text(text::answer::nothing_listed(!open.is_empty())));
    }
    let mut lines: Vec<_> =
        fits.iter().take(MOST_LISTED).map(|incident| text::answer::listed(incident, now)).collect();
    lines.extend(more(fits.len(), MOST_LISTED));
    Ok(super::lines(lines))
}

fn more(all: usize, shown: usize) -> Option<shared::slack::escape::Mrkdwn> {
    (all > shown).then(|| text::answer::and_more(all - shown))
}

/// Every word has to occur somewhere: in the title, the id, the route, the severity or a label.
fn fits(incident: &Incident, firing: Option<bool>, words: &[String]) -> bool {
    let is_firing = incident.state == State::Firing;
    let content = &incident.content;
    let names = [&content.title, &incident.id.0, &incident.route, &content.source];
    let text = names.into_iter().chain(content.labels.values()).map(|text| text.to_lowercase());
    let text: Vec<String> = text.chain([incident.severity.word().to_owned()]).collect();
    firing.is_none_or(|wanted| wanted == is_firing)
        && words.iter().all(|word| text.iter().any(|text| text.contains(word.as_str())))
}
