//! A message, and the limits of the whole: at most 50 blocks, 2 charts and 100 attachments, and a sum of text that Slack does not
//! document but refuses to exceed (`msg_blocks_too_long` somewhere above 11,000 characters). [`Message::fit`] keeps to both by
//! cutting the longest texts first, down to one common length, so that short lines and every control survive.

use serde::Serialize;

use super::cut::length;
use super::{Block, MAX_CHARTS, Piece};
use crate::slack::escape::Mrkdwn;

/// How many blocks a message may have; those in attachments are counted in, to be safe.
pub const MAX_BLOCKS: usize = 50;

/// How much text a message may have in all, in characters.
pub const MAX_MESSAGE_TEXT: usize = 9_900;

/// How much `text` may have: `chat.update` refuses more than 4,000, where `chat.postMessage` takes ten times as much.
pub const MAX_TEXT: usize = 3_900;

/// What is posted: the fallback text that phones show, blocks, and attachments with a colour bar.
///
/// Slack shows `text` above the attachments, though not above blocks: leave it empty where the attachment says it all, and
/// let the attachment's `fallback` speak on phones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Message {
    /// What notifications show, and the whole message where there are no blocks.
    pub text: Mrkdwn,
    /// At most 50.
    pub blocks: Vec<Block>,
    /// At most 100.
    pub attachments: Vec<Attachment>,
}

/// Blocks beside a bar of colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// `#rrggbb`.
    pub color: String,
    /// What notifications show where the message has no `text`.
    pub fallback: Mrkdwn,
    /// What is shown.
    pub blocks: Vec<Block>,
}

impl Message {
    /// A message of text only.
    pub fn text(text: Mrkdwn) -> Self {
        Message { text, ..Message::default() }
    }

    /// Adds blocks.
    pub fn blocks(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }

    /// Adds blocks beside a bar of colour.
    pub fn attachment(
        mut self,
        color: &str,
        fallback: Mrkdwn,
        blocks: impl IntoIterator<Item = Block>,
    ) -> Self {
        self.attachments.push(Attachment {
            color: color.to_owned(),
            fallback,
            blocks: blocks.into_iter().collect(),
        });
        self
    }

    /// What to send instead if Slack refuses the blocks: the same words and nothing that could be refused again.
    pub fn words_only(&self) -> Message {
        let fallback = || self.attachments.first().map(|first| first.fallback.clone());
        let text = if self.text.is_empty() { fallback().unwrap_or_default() } else { self.text.clone() };
        Message::text(text).fit()
    }

    /// The same message within the limits of the whole. Blocks without content go; a message that fits stays as it is.
    pub fn fit(mut self) -> Self {
        self.text = self.text.cut(MAX_TEXT);
        self.blocks.retain(|block| !block.is_empty());
        self.blocks.truncate(MAX_BLOCKS);
        self.attachments.truncate(100);
        let mut room = MAX_BLOCKS - self.blocks.len();
        for attachment in &mut self.attachments {
            attachment.fallback = attachment.fallback.cut(MAX_TEXT);
            attachment.blocks.retain(|block| !block.is_empty());
            attachment.blocks.truncate(room);
            room -= attachment.blocks.len();
        }
        self.few_charts();
        while self.labels() > MAX_MESSAGE_TEXT / 2 && self.drop_last_block() {}
        self.level();
        self
    }

    /// Slack draws two charts a message: the others are said in words.
    fn few_charts(&mut self) {
        let mut charts = 0;
        let attached = self.attachments.iter_mut().flat_map(|attachment| &mut attachment.blocks);
        for block in self.blocks.iter_mut().chain(attached) {
            if let Block::DataVisualization(chart) = block {
                charts += 1;
                if charts > MAX_CHARTS {
                    *block = Block::section(chart.as_ref().clone().into_words());
                }
            }
        }
    }

    /// Cuts the longest texts to one common length, so that the sum fits.
    fn level(&mut self) {
        let mut lengths = Vec::new();
        self.each_text(&mut |piece| {
            if let Piece::Plain(text) | Piece::Mrkdwn(text) = piece {
                lengths.push(length(text));
            }
        });
        let room = MAX_MESSAGE_TEXT.saturating_sub(self.labels());
        if lengths.iter().sum::<usize>() > room {
            let level = common_length(lengths, room);
            self.each_text(&mut |piece| piece.cut(level));
        }
    }

    /// The length of everything that cannot be cut.
    fn labels(&mut self) -> usize {
        let mut sum = 0;
        self.each_text(&mut |piece| {
            if let Piece::Fixed(text) = piece {
                sum += length(text);
            }
        });
        sum
    }

    fn drop_last_block(&mut self) -> bool {
        let blocks = self.attachments.iter_mut().rev().map(|attachment| &mut attachment.blocks);
        blocks.chain([&mut self.blocks]).any(|blocks| blocks.pop().is_some())
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(Piece<'_>)) {
        visit(Piece::Mrkdwn(self.text.as_mut_string()));
        self.blocks.iter_mut().for_each(|block| block.each_text(visit));
        for attachment in &mut self.attachments {
            visit(Piece::Mrkdwn(attachment.fallback.as_mut_string()));
            attachment.blocks.iter_mut().for_each(|block| block.each_text(visit));
        }
    }
}

/// The greatest length to which all longer ones can be cut so that the sum is at most `room`.
fn common_length(mut lengths: Vec<usize>, room: usize) -> usize {
    lengths.sort_unstable();
    let (mut left, mut many) = (room, lengths.len());
    for length in lengths {
        if length * many > left {
            return left / many;
        }
        left -= length;
        many -= 1;
    }
    room
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::slack::blocks::{Button, Choice, Element, Text};

    fn total(message: &Message) -> usize {
        let mut sum = 0;
        message.clone().each_text(&mut |piece| {
            sum += match piece {
                Piece::Plain(text) | Piece::Mrkdwn(text) => length(text),
                Piece::Fixed(text) => length(text),
            };
        });
        sum
    }

    fn of(length: usize) -> Block {
        Block::section(Mrkdwn::escape(&"x".repeat(length)))
    }

    #[test]
    fn a_message_that_fits_stays_as_it_is() {
        let message = Message::text(Mrkdwn::ours("hello")).blocks([of(3_000), of(3_000), Block::Divider]);
        assert_eq!(message.clone().fit(), message);
    }

    #[test]
    fn long_texts_give_way_and_short_lines_and_controls_survive() {
        let row = Block::actions("row", [Button::new("ack", "Acknowledge").into()]);
        let message = Message::text(Mrkdwn::ours("short")).blocks([
            of(20),
            of(3_000),
            of(3_000),
            of(3_000),
            of(3_000),
            row.clone(),
        ]);
        let fitted = message.fit();
        assert!(total(&fitted) <= MAX_MESSAGE_TEXT);
        assert!(total(&fitted) > MAX_MESSAGE_TEXT - 10, "no more is cut than has to be");
        assert_eq!(fitted.blocks[0], of(20));
        assert_eq!(fitted.blocks[5], row);
    }

    #[test]
    fn blocks_in_attachments_count_too() {
        let message = Message::default().blocks((0..30).map(|_| Block::Divider)).attachment(
            "#d92d20",
            Mrkdwn::ours("fallback"),
            (0..30).map(|_| Block::Divider),
        );
        let fitted = message.fit();
        assert_eq!((fitted.blocks.len(), fitted.attachments[0].blocks.len()), (30, 20));
    }

    #[test]
    fn blocks_without_content_go() {
        let message = Message::text(Mrkdwn::ours("x")).blocks([
            Block::context([]),
            Block::actions("a", []),
            Block::fields([]),
        ]);
        assert_eq!(message.fit(), Message::text(Mrkdwn::ours("x")));
    }

    #[test]
    fn refused_blocks_leave_the_words() {
        let spoken = Message::text(Mrkdwn::ours("*words*")).blocks([of(5)]);
        assert_eq!(spoken.words_only(), Message::text(Mrkdwn::ours("*words*")));
        let silent = Message::default().attachment("#d92d20", Mrkdwn::escape("5 < 6"), [of(5)]);
        assert_eq!(silent.words_only().text.as_str(), "5 &lt; 6");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_is_put_in_fits(
            lengths in prop::collection::vec(0_usize..6_000, 0..70),
            fields in prop::collection::vec(0_usize..3_000, 0..12),
            choices in 0_usize..120,
            text in 0_usize..6_000,
        ) {
            let menu = Element::select("m", "pick", (0..choices).filter_map(|_| Choice::new(&"c".repeat(75), "v")), None);
            let message = Message::text(Mrkdwn::escape(&"&".repeat(text)))
                .blocks(lengths.into_iter().map(of))
                .blocks([Block::fields(fields.into_iter().map(|n| Text::foreign(&"f".repeat(n))))])
                .attachment("#111111", Mrkdwn::escape(&"b".repeat(text)), [Block::actions("row", menu)]);
            let fitted = message.fit();
            prop_assert!(total(&fitted) <= MAX_MESSAGE_TEXT);
            prop_assert!(length(fitted.text.as_str()) <= MAX_TEXT);
            prop_assert!(fitted.blocks.len() + fitted.attachments[0].blocks.len() <= MAX_BLOCKS);
            prop_assert_eq!(fitted.clone().fit(), fitted, "fitting twice changes nothing");
        }
    }
}
