//! What stands in an incident's thread and in its timeline.

use crate::core::incident::{Entry, What};
use crate::slack::escape::{Mrkdwn, one_line};
use crate::text::{when, who};

/// The line in the thread for an entry that asks for one.
pub fn thread(entry: &Entry, title: &str) -> Mrkdwn {
    match &entry.what {
        What::Refired => Mrkdwn::ours(":repeat: Firing again: ") + Mrkdwn::escape(&one_line(title)).bold(),
        What::Worse { from, to } => {
            let change = format!("{} → {}", from.word(), to.word());
            Mrkdwn::ours(":arrow_up: Worse (")
                + Mrkdwn::escape(&change)
                + "): "
                + Mrkdwn::escape(&one_line(title)).bold()
        }
        What::Lapsed { owner } => {
            Mrkdwn::ours(":alarm_clock: ")
                + who(owner)
                + " acknowledged this, and it is still open: firing again."
        }
        What::Noted { text } => Mrkdwn::ours(":memo: ") + who(&entry.by) + ": " + Mrkdwn::escape(text),
        What::Joined { titles, more } => {
            let titles =
                Mrkdwn::join(titles.iter().map(|title| Mrkdwn::escape(&one_line(title)).bold()), ", ");
            Mrkdwn::ours("Also firing: ") + titles + and_more(*more)
        }
        _ => happened(entry),
    }
}

/// One line of the timeline, with its time.
pub fn timeline(entry: &Entry) -> Mrkdwn {
    when(entry.at) + "  " + happened(entry)
}

fn happened(entry: &Entry) -> Mrkdwn {
    let by = who(&entry.by);
    match &entry.what {
        What::Opened { severity } => by + " reported it as " + severity.word(),
        What::Refired => by + " reported it again",
        What::Joined { titles, more } => {
            let titles = Mrkdwn::join(titles.iter().map(|title| Mrkdwn::escape(&one_line(title))), ", ");
            Mrkdwn::ours("also firing: ") + titles + and_more(*more)
        }
        What::Worse { from, to } => by + " says it got worse: " + from.word() + " → " + to.word(),
        What::Acknowledged => by + " acknowledged it",
        What::Unacknowledged => by + " took the acknowledgement back",
        What::Lapsed { owner } => Mrkdwn::ours("the acknowledgement of ") + who(owner) + " lapsed",
        What::Resolved => by + " resolved it",
        What::Reopened => by + " reopened it",
        What::Noted { text } => by + ": " + Mrkdwn::escape(text),
        What::Reported { quiet: true } => Mrkdwn::ours("Nothing to report"),
        What::Reported { quiet: false } => Mrkdwn::ours("Made the report"),
        What::Moved(moved) => {
            let (from, reason) = (Mrkdwn::escape(&moved.from), Mrkdwn::escape(&moved.reason));
            Mrkdwn::ours("moved to the fallback channel, since ") + from + " cannot take it (" + reason + ")"
        }
    }
}

fn and_more(more: u64) -> Mrkdwn {
    match more {
        0 => Mrkdwn::default(),
        more => Mrkdwn::escape(&format!(" and {more} more")),
    }
}
