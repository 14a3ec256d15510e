//! Headings and lines of the forms and pages that open from a message.

use crate::core::incident::{Incident, Why};
use crate::core::routing::UNROUTED;
use crate::slack::escape::{Mrkdwn, one_line};

/// Heading of the page that tells why. At most 24 characters, as all view titles.
pub const WHY: &str = "Why is this here?";
/// Heading of the timeline.
pub const TIMELINE: &str = "Timeline";
/// Heading of the page with everything.
pub const DETAILS: &str = "Details";
/// Heading of the note form.
pub const NOTE: &str = "Add a note";
/// What the note form's field is called.
pub const NOTE_LABEL: &str = "What should others know?";
/// Under the field.
pub const NOTE_HINT: &str = "It goes into the incident's thread and timeline.";
/// The note form's button.
pub const SAVE: &str = "Save";
/// Every page's button.
pub const CLOSE: &str = "Close";

/// What it is about.
pub fn heading(incident: &Incident) -> Mrkdwn {
    Mrkdwn::escape(&one_line(&incident.content.title)).bold()
}

/// Which route took it, and on which condition.
pub fn matched(incident: &Incident) -> Mrkdwn {
    let route = Mrkdwn::escape(&incident.route).bold();
    match &incident.why.when {
        _ if incident.route == UNROUTED => Mrkdwn::ours(
            "No route took it, so it went to the fallback channel. Add a route for it to the config.",
        ),
        Some(when) => {
            Mrkdwn::ours("The route ") + route + " took it, because " + Mrkdwn::code(when) + " holds."
        }
        None => Mrkdwn::ours("The route ") + route + " took it: it has no condition and takes what is left.",
    }
}

/// What was tried before, and why it did not match.
pub fn rejected(why: &Why) -> Vec<Mrkdwn> {
    let line = |(route, condition): &(String, String)| {
        Mrkdwn::ours("• ") + Mrkdwn::escape(route).bold() + " did not: " + Mrkdwn::code(condition) + " fails"
    };
    why.rejected.iter().map(line).collect()
}

/// What it is grouped by.
pub fn grouped(why: &Why) -> Mrkdwn {
    if why.grouped_by.is_empty() {
        return Mrkdwn::ours("Signals with the same key are one incident. Its key: ")
            + Mrkdwn::code(&why.key);
    }
    let parts = why.grouped_by.iter().map(|(name, value)| {
        let value = if value.is_empty() { "(nothing)" } else { value };
        Mrkdwn::code(&format!("{name} = {value}"))
    });
    Mrkdwn::ours("Signals of the route that agree in this are one incident: ") + Mrkdwn::join(parts, ", ")
}

/// How often it was heard of.
pub fn counted(incident: &Incident) -> Mrkdwn {
    let counts = &incident.counts;
    let signals = usize::try_from(counts.signals).unwrap_or(usize::MAX);
    let signals = crate::text::count(signals, "signal", "signals");
    let often = |what: &str, number| (number > 0).then(|| format!("{what} {}", times(number)));
    let parts = [Some(signals), often("fired", counts.firings), often("reopened", counts.reopened)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Mrkdwn::escape(&format!("{} so far", parts.join(", ")))
}

fn times(number: u64) -> String {
    match number {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

/// Entries that are not shown.
pub fn earlier(skipped: usize) -> Mrkdwn {
    Mrkdwn::escape(&format!("… {}", crate::text::count(skipped, "earlier entry", "earlier entries")))
}

/// A label with its value.
pub fn label(name: &str, value: &str) -> Mrkdwn {
    Mrkdwn::escape(name).bold() + "\n" + Mrkdwn::escape(value)
}

/// Where it comes from and how to type it.
pub fn named(incident: &Incident) -> Mrkdwn {
    Mrkdwn::code(&incident.id.0) + " · from " + Mrkdwn::escape(&incident.content.source)
}
