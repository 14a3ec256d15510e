//! A report as a message: its title, when and for what span, then section by section.

use crate::core::incident::Moved;
use crate::core::report::{Document, Section};
use crate::slack::blocks::{Block, Message};
use crate::slack::escape::Mrkdwn;
use crate::text;

use super::chart;

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
    let lines = document.sections.iter().flat_map(|section| words(section, document));
    Message::text(Mrkdwn::join(head.into_iter().flatten().chain(lines), "\n")).fit()
}

fn section_blocks(section: &Section, document: &Document) -> Vec<Block> {
    let lines = text::report::lines(section, document.made_at);
    let words = (!lines.is_empty()).then(|| Block::section(Mrkdwn::join(lines, "\n")));
    let drawn = match section {
        Section::Chart(chart) => Some(chart::chart(chart)),
        Section::Noise(noise) => noise.heat.as_ref().map(chart::chart),
        Section::Table(table) if !table.rows.is_empty() => {
            Some(Block::preformatted(&text::report::columns(table)))
        }
        _ => None,
    };
    let below = text::report::below(section).map(|below| Block::context([below]));
    // What is said of the rows stands right below them, not below a picture.
    let beside = if matches!(section, Section::Noise(_)) { [below, drawn] } else { [drawn, below] };
    words.into_iter().chain(beside.into_iter().flatten()).collect()
}

/// A section in words; a chart in those that say what it shows.
fn words(section: &Section, document: &Document) -> Vec<Mrkdwn> {
    let alt = |chart| Mrkdwn::escape(&text::chart::alt(chart));
    let drawn = match section {
        Section::Chart(chart) => vec![alt(chart)],
        Section::Noise(noise) => noise.heat.iter().map(alt).collect(),
        Section::Table(table) => text::report::rows(table),
        _ => Vec::new(),
    };
    let lines = text::report::lines(section, document.made_at).into_iter();
    lines.chain(drawn).chain(text::report::below(section)).collect()
}
