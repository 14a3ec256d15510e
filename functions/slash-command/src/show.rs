//! `show`: everything about one incident, for the person who asks.

use shared::core::incident::IncidentId;
use shared::core::view::view;
use shared::deps::Deps;
use shared::present::message;
use shared::slack::blocks::{Block, Message};
use shared::slack::escape::Mrkdwn;
use shared::store::StoreError;
use shared::text;

/// How many entries of the timeline are shown, the newest.
const MOST_ENTRIES: usize = 15;

/// The incident's card with its controls, its timeline, and the way to its messages.
pub(crate) async fn show(id: &IncidentId, slash: &str, deps: &Deps) -> Result<Message, StoreError> {
    let Some(loaded) = deps.store.incident(id).await? else {
        return Ok(Message::text(text::answer::not_found(id, slash)));
    };
    let card = view(&loaded.incident, &loaded.timeline, deps.config.routes.buttons(&loaded.incident.route));
    let entries = loaded.timeline.iter().skip(loaded.timeline.len().saturating_sub(MOST_ENTRIES));
    let timeline = Mrkdwn::join(entries.map(text::line::timeline), "\n");
    let places = loaded.incident.posts.iter().map(text::answer::place);
    let below = [Block::section(timeline), Block::context([Mrkdwn::join(places, " · ")])];
    let mut message = message::card(&card);
    for attachment in &mut message.attachments {
        attachment.blocks.extend(below.clone());
    }
    Ok(message)
}
