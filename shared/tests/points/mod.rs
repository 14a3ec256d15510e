//! What the scoreboards of readings have in common: points, and what counts as shown.

use std::collections::BTreeMap;

use shared::core::signal::Signal;

/// Points that were earned and that there were, by what they are for.
#[derive(Default)]
pub(crate) struct Score {
    points: BTreeMap<&'static str, (usize, usize)>,
}

impl Score {
    /// Gives points or does not.
    pub(crate) fn give(&mut self, what: &'static str, points: usize, earned: bool) {
        let (won, of) = self.points.entry(what).or_default();
        *won += if earned { points } else { 0 };
        *of += points;
    }

    /// Adds what another reading earned.
    pub(crate) fn add(&mut self, other: &Score) {
        for (what, (won, of)) in &other.points {
            let sum = self.points.entry(what).or_default();
            *sum = (sum.0 + won, sum.1 + of);
        }
    }

    /// How much of all of it was earned; nothing of nothing.
    pub(crate) fn percent(&self) -> usize {
        let (won, of) = self.points.values().fold((0, 0), |(won, of), (w, o)| (won + w, of + o));
        won * 100 / of.max(1)
    }

    /// One line of a scoreboard.
    pub(crate) fn line(&self, name: &str) -> String {
        let parts: Vec<String> =
            self.points.iter().map(|(what, (won, of))| format!("{what} {won}/{of}")).collect();
        format!("{name:<24} {:>3} %  {}", self.percent(), parts.join("  "))
    }
}

/// Everything that a person reads of it, in lower case.
pub(crate) fn shown(signal: &Signal) -> String {
    let labels = signal.labels.values().cloned().collect::<Vec<_>>().join(" ");
    format!("{} {} {} {labels}", signal.title, signal.text, signal.facts.join(" ")).to_lowercase()
}
