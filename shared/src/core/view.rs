//! What Slack should show for an incident: `view` turns its state into a `Card` of typed values.
//!
//! A card holds no sentence and no block: words are `text`'s, blocks are `slack`'s. It depends on nothing that changes by
//! itself (times are absolute), so its content hash changes only when something happened, and an edit is sent only then.

use std::hash::{Hash, Hasher};

use jiff::Timestamp;

use super::incident::{Actor, Entry, Incident, IncidentId, Moved, State, What};
use super::report::{Document, Report};
use super::signal::{Link, Severity};

/// What one incident's root message says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Card {
    /// The incident's short name.
    pub id: IncidentId,
    /// Where it stands.
    pub state: State,
    /// How bad it got.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// What the title links to.
    pub link: Option<String>,
    /// Short facts for one line.
    pub facts: Vec<String>,
    /// The rest; may be empty. Not cut yet.
    pub text: String,
    /// When it began, by the sender's clock.
    pub opened_at: Timestamp,
    /// The first acknowledgement since it last began to fire: who and when.
    pub acked: Option<(Actor, Timestamp)>,
    /// When it last began to fire, by our clock: what response times are measured from.
    pub fired_at: Timestamp,
    /// How often it began to fire.
    pub firings: u64,
    /// (still firing, all), when the group has more than one thing.
    pub things: Option<(usize, usize)>,
    /// Only a person can resolve it: more things fire than can be tracked.
    pub untracked: bool,
    /// It is in the fallback channel, and why.
    pub moved: Option<Moved>,
    /// The controls to see, most important first; at most five.
    pub controls: Vec<Control>,
    /// The controls in the overflow menu; at most five.
    pub more: Vec<Control>,
    /// It is a report, which says all of it.
    pub report: Option<Box<Document>>,
}

/// Something that a person can press.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// I look at it.
    Ack,
    /// I do not look at it any more.
    Unack,
    /// It is over.
    Resolve,
    /// It is not over.
    Reopen,
    /// Write a note (opens a form).
    Note,
    /// Why is this here? (opens a page)
    Why,
    /// Everything that happened (opens a page).
    Timeline,
    /// The whole text and all labels (opens a page).
    Details,
    /// A link of the signal.
    Open(Link),
}

/// A control that a route can ask for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Button {
    /// `ack`: Acknowledge, or Unacknowledge once it is.
    Ack,
    /// `resolve`.
    Resolve,
    /// `note`.
    Note,
    /// `links`: the signal's links after the first, such as a runbook.
    Links,
    /// `timeline`.
    Timeline,
    /// `why`.
    Why,
    /// `details`.
    Details,
}

impl Button {
    /// All of them with the names that config files use.
    pub const ALL: [(&'static str, Button); 7] = [
        ("ack", Button::Ack),
        ("resolve", Button::Resolve),
        ("note", Button::Note),
        ("links", Button::Links),
        ("timeline", Button::Timeline),
        ("why", Button::Why),
        ("details", Button::Details),
    ];

    /// What a route shows that does not say.
    pub const USUAL: [Button; 3] = [Button::Ack, Button::Resolve, Button::Links];

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Button> {
        Button::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, button)| button)
    }
}

/// More controls than this are not shown, so that a phone shows them in two lines at most.
const MOST_CONTROLS: usize = 5;

/// The card of an incident, with the buttons that its route asks for.
pub fn view(incident: &Incident, timeline: &[Entry], buttons: &[Button]) -> Card {
    let began = timeline
        .iter()
        .rposition(|entry| matches!(entry.what, What::Opened { .. } | What::Refired | What::Reopened));
    let since = timeline.get(began.unwrap_or(0)..).unwrap_or_default();
    let acked = since.iter().find(|entry| entry.what == What::Acknowledged);
    let (firing, all) = incident.firing_things();
    let controls = controls(incident, buttons);
    Card {
        id: incident.id.clone(),
        state: incident.state.clone(),
        severity: incident.severity,
        title: incident.content.title.clone(),
        link: incident.content.links.first().map(|link| link.url.clone()),
        facts: incident.content.facts.clone(),
        text: incident.content.text.clone(),
        opened_at: incident.opened_at,
        acked: acked.map(|entry| (entry.by.clone(), entry.at)),
        fired_at: since.first().map_or(incident.opened_at, |entry| entry.at),
        firings: incident.counts.firings,
        things: (all > 1).then_some((firing, all)),
        untracked: incident.counts.untracked > 0,
        moved: None,
        more: more(incident, &controls),
        controls,
        report: incident.content.report.as_deref().and_then(Report::document).cloned().map(Box::new),
    }
}

fn controls(incident: &Incident, buttons: &[Button]) -> Vec<Control> {
    if incident.content.report.is_some() {
        return Vec::new();
    }
    let chosen = buttons.iter().flat_map(|button| match (button, &incident.state) {
        (Button::Ack, State::Firing) => vec![Control::Ack],
        (Button::Ack, State::Acknowledged { .. }) => vec![Control::Unack],
        (Button::Resolve, State::Firing | State::Acknowledged { .. }) => vec![Control::Resolve],
        (Button::Resolve, State::Resolved { .. }) => vec![Control::Reopen],
        (Button::Note, State::Notice) | (Button::Ack | Button::Resolve, _) => vec![],
        (Button::Note, _) => vec![Control::Note],
        (Button::Links, _) => incident.content.links.iter().skip(1).cloned().map(Control::Open).collect(),
        (Button::Timeline, _) => vec![Control::Timeline],
        (Button::Why, _) => vec![Control::Why],
        (Button::Details, _) => vec![Control::Details],
    });
    // Slack refuses two of the same in one row.
    let mut controls = Vec::new();
    for control in chosen {
        if controls.len() < MOST_CONTROLS && !controls.contains(&control) {
            controls.push(control);
        }
    }
    controls
}

/// What is not a button is in the menu, so that nothing is out of reach but acknowledging, which a route may not want.
fn more(incident: &Incident, shown: &[Control]) -> Vec<Control> {
    if incident.content.report.is_some() {
        return Vec::new();
    }
    let mut all = vec![Control::Note, Control::Timeline, Control::Why, Control::Details];
    match incident.state {
        State::Notice => all.retain(|control| matches!(control, Control::Why | Control::Details)),
        State::Resolved { .. } => all.insert(0, Control::Reopen),
        State::Firing | State::Acknowledged { .. } => all.insert(0, Control::Resolve),
    }
    all.retain(|control| !shown.contains(control));
    all
}

impl Card {
    /// Tells one content from another; the same on every machine and in every build.
    pub fn content_hash(&self) -> u64 {
        let mut hasher = fnv::FnvHasher::default();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests;
