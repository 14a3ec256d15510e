//! What opens from a card: the note form, and the pages that tell why, what happened, and everything.

use crate::core::incident::{Entry, Incident};
use crate::slack::blocks::{Block, Input, TextInput, View};
use crate::slack::escape::Mrkdwn;
use crate::text;

/// `callback_id` of the note form; its metadata is the incident's id.
pub const NOTE: &str = "note";
/// Block and action id of the note form's field.
pub const NOTE_FIELD: &str = "note";
/// `callback_id` of the pages that are only read.
const READ: &str = "read";

/// How many timeline entries a page shows, the newest of them; a view takes 100 blocks.
const MOST_ENTRIES: usize = 80;

/// How many labels a page shows.
const MOST_LABELS: usize = 40;

/// The form for a note.
pub fn note(incident: &Incident) -> View {
    let field = TextInput::new(NOTE_FIELD).multiline().max_length(3000);
    let input = Input::new(NOTE_FIELD, text::page::NOTE_LABEL, field).hint(text::page::NOTE_HINT);
    View::modal(NOTE, text::page::NOTE, text::page::SAVE, text::page::CLOSE)
        .metadata(&incident.id.0)
        .blocks([Block::section(Mrkdwn::escape(&incident.content.title).bold()), input.into()])
}

/// Why it is here.
pub fn why(incident: &Incident) -> View {
    let mut blocks = vec![Block::section(text::page::matched(incident))];
    let rejected = text::page::rejected(&incident.why);
    if !rejected.is_empty() {
        blocks.push(Block::section(Mrkdwn::join(rejected, "\n")));
    }
    blocks.push(Block::section(text::page::grouped(&incident.why)));
    blocks.push(Block::context([text::page::counted(incident)]));
    read(text::page::WHY, blocks)
}

/// What happened to it, oldest first.
pub fn timeline(incident: &Incident, timeline: &[Entry]) -> View {
    let skipped = timeline.len().saturating_sub(MOST_ENTRIES);
    let mut blocks = vec![Block::section(Mrkdwn::escape(&incident.content.title).bold())];
    if skipped > 0 {
        blocks.push(Block::context([text::page::earlier(skipped)]));
    }
    blocks.extend(timeline.iter().skip(skipped).map(|entry| Block::section(text::line::timeline(entry))));
    read(text::page::TIMELINE, blocks)
}

/// All of its text, labels and links.
pub fn details(incident: &Incident) -> View {
    let content = &incident.content;
    let mut blocks = vec![Block::section(Mrkdwn::escape(&content.title).bold())];
    if !content.text.trim().is_empty() {
        blocks.push(Block::preformatted(&content.text));
    }
    let labels = content.labels.iter().take(MOST_LABELS).map(|(name, value)| text::page::label(name, value));
    blocks.push(Block::section(Mrkdwn::join(labels, "\n")));
    let links = content.links.iter().map(|link| Mrkdwn::link(&link.url, &link.title));
    blocks.push(Block::section(Mrkdwn::join(links, "\n")));
    blocks.push(Block::context([text::page::named(incident)]));
    read(text::page::DETAILS, blocks)
}

fn read(title: &str, blocks: Vec<Block>) -> View {
    View::modal(READ, title, "", text::page::CLOSE).blocks(blocks)
}
