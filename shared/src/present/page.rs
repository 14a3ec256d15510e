//! What opens from a card: the note form, and the pages that tell why, what happened, and everything.

use crate::core::incident::{Entry, Incident};
use crate::slack::blocks::{Block, Input, Text, TextInput, View};
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

/// How long an entry may be on a page, in characters; a note can be read whole in the thread.
const ENTRY: usize = 1_000;

/// How large the entries on a page may be in all, in bytes of JSON: Slack takes a view of 250 KB
/// (<https://docs.slack.dev/reference/methods/views.open>), and something stands around them.
const MOST_BYTES: usize = 200_000;

/// How long a piece of text may be in one block, in characters.
const PIECE: usize = 3_000;

/// How many pieces of text a page shows: more than the 20,000 characters that are kept of a signal's text.
const MOST_PIECES: usize = 20;

/// How many fields a block holds.
const LABELS_A_BLOCK: usize = 10;

/// How many blocks of labels a page shows: more than the 64 labels that are kept of a signal.
const MOST_LABEL_BLOCKS: usize = 10;

/// The form for a note.
pub fn note(incident: &Incident) -> View {
    let field = TextInput::new(NOTE_FIELD).multiline().max_length(3000);
    let input = Input::new(NOTE_FIELD, text::page::NOTE_LABEL, field).hint(text::page::NOTE_HINT);
    View::modal(NOTE, text::page::NOTE, text::page::SAVE, text::page::CLOSE)
        .metadata(&incident.id.0)
        .blocks([Block::section(text::page::heading(incident)), input.into()])
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
    let mut room = MOST_BYTES;
    let newest = timeline.iter().rev().take(MOST_ENTRIES);
    let newest = newest.map(|entry| Block::section(text::line::timeline(entry).cut(ENTRY)));
    let fitting = newest.map_while(|block| {
        room = room.checked_sub(serde_json::to_vec(&block).ok()?.len())?;
        Some(block)
    });
    let mut shown: Vec<Block> = fitting.collect();
    shown.reverse();
    let mut blocks = vec![Block::section(text::page::heading(incident))];
    let skipped = timeline.len().saturating_sub(shown.len());
    if skipped > 0 {
        blocks.push(Block::context([text::page::earlier(skipped)]));
    }
    blocks.extend(shown);
    read(text::page::TIMELINE, blocks)
}

/// All of its text, labels and links.
pub fn details(incident: &Incident) -> View {
    let content = &incident.content;
    let mut blocks = vec![Block::section(text::page::heading(incident))];
    blocks.extend(pieces(&content.text).into_iter().map(Block::preformatted));
    let labels: Vec<Text> =
        content.labels.iter().map(|(name, value)| text::page::label(name, value).into()).collect();
    blocks.extend(
        labels.chunks(LABELS_A_BLOCK).take(MOST_LABEL_BLOCKS).map(|some| Block::fields(some.to_vec())),
    );
    let links = Mrkdwn::join(content.links.iter().map(|link| Mrkdwn::link(&link.url, &link.title)), "\n");
    if !links.is_empty() {
        blocks.push(Block::section(links));
    }
    blocks.push(Block::context([text::page::named(incident)]));
    read(text::page::DETAILS, blocks)
}

/// The text in pieces that a block can hold, divided between lines where that is possible.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() && pieces.len() < MOST_PIECES {
        let piece = match rest.char_indices().nth(PIECE) {
            None => rest,
            Some((end, _)) => {
                let room = rest.get(..end).unwrap_or(rest);
                room.rfind('\n').and_then(|line_end| room.get(..=line_end)).unwrap_or(room)
            }
        };
        rest = rest.get(piece.len()..).unwrap_or_default();
        pieces.push(piece.trim_end_matches('\n'));
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

fn read(title: &str, blocks: Vec<Block>) -> View {
    View::modal(READ, title, "", text::page::CLOSE).blocks(blocks)
}
