//! A report as a message: its title, when and for what span, then section by section.

use crate::core::incident::Moved;
use crate::core::report::{Document, Section};
use crate::slack::blocks::{Block, Message};
use crate::slack::escape::Mrkdwn;
use crate::text;

/// The message of a report. `moved` if it is in the fallback channel.
pub fn message(document: &Document, moved: Option<&Moved>) -> Message {
    let mut blocks = vec![Block::header(&document.title), Block::context([text::report::standing(document)])];
    blocks.extend(document.mention.as_ref().map(|mention| Block::section(text::report::mention(mention))));
    blocks.extend(moved.map(|moved| Block::context([text::card::moved(moved)])));
    for section in &document.sections {
        blocks.extend(section_blocks(section, document));
    }
    Message::text(text::report::fallback(document)).blocks(blocks).fit()
}

/// The same in words only, for when Slack refuses the blocks.
pub fn plain(document: &Document, moved: Option<&Moved>) -> Message {
    let title = Mrkdwn::escape(&document.title).bold();
    let head = [Some(title), Some(text::report::standing(document)), moved.map(text::card::moved)];
    let lines = document.sections.iter().flat_map(|section| text::report::lines(section, document.made_at));
    Message::text(Mrkdwn::join(head.into_iter().flatten().chain(lines), "\n")).fit()
}

fn section_blocks(section: &Section, document: &Document) -> Vec<Block> {
    let lines = text::report::lines(section, document.made_at);
    let words = (!lines.is_empty()).then(|| Block::section(Mrkdwn::join(lines, "\n")));
    let beside = match section {
        Section::Table(table) if !table.rows.is_empty() => {
            Some(Block::preformatted(&text::report::columns(table)))
        }
        _ => None,
    };
    words.into_iter().chain(beside).collect()
}
