//! `open-incidents`: what is open now, the oldest first, with who is on it and where its post is.

use futures_util::future::join_all;
use shared::core::incident::{Actor, Incident, State};
use shared::core::report::{OpenIncident, OpenIncidents};
use shared::deps::Deps;
use shared::store::{First, MAX_OPEN};

use super::unread;

/// How many it names.
const MOST: usize = 10;

pub(crate) async fn gather(deps: &Deps) -> Result<OpenIncidents, String> {
    let open = deps.store.open(First::Oldest, MAX_OPEN).await.map_err(|error| unread(&error))?;
    let rows = join_all(open.iter().take(MOST).map(|incident| row(incident, deps))).await;
    Ok(OpenIncidents { rows, all: open.len(), at_least: open.len() >= MAX_OPEN })
}

async fn row(incident: &Incident, deps: &Deps) -> OpenIncident {
    let owner = match &incident.state {
        State::Acknowledged { by: Actor::Person { id }, .. } => Some(id.clone()),
        _ => None,
    };
    OpenIncident {
        id: incident.id.clone(),
        title: incident.content.title.clone(),
        severity: incident.severity,
        owner,
        since: incident.opened_at,
        link: link(incident, deps).await,
    }
}

/// Where its first post is. Without an answer the row has no link, and is worth having all the same.
async fn link(incident: &Incident, deps: &Deps) -> Option<String> {
    let posted = incident.posts.iter().find_map(|post| Some((post.channel_id.as_ref()?, post.ts()?)));
    let (channel, ts) = posted?;
    match deps.slack.get_permalink(channel, ts).await {
        Ok(link) => Some(link),
        Err(error) => {
            tracing::warn!(incident = %incident.id, %error, "Slack does not say where its post is");
            None
        }
    }
}
