//! The run of a report as a notice: begun without a post, and shown once it is made.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Applied, Fold, Opening, Rules};
use crate::core::incident::{Actor, Answer, Content, Counts, Incident, Post, State, What};
use crate::core::report::{Document, ROUTE, Report};
use crate::core::signal::Severity;

/// Begins the run of a report (`now`: our clock). It is shown nowhere until it is made.
pub fn begin(opening: Opening, report: Report, rules: &Rules, now: Timestamp) -> Applied {
    let name = opening.route.strip_prefix(ROUTE).unwrap_or(&opening.route).to_owned();
    let shell = Incident {
        id: opening.id,
        version: 0,
        revision: 0,
        route: opening.route,
        group: opening.group,
        state: State::Notice,
        severity: Severity::Info,
        opened_at: report.slot(),
        content: Content::report(&name, report),
        things: BTreeMap::new(),
        counts: Counts::default(),
        changed_at: now,
        posts: Vec::new(),
        why: opening.why,
        behind_at: None,
    };
    let mut fold = Fold::of(&shell, rules, now);
    fold.record(Actor::Callboard, What::Opened { severity: Severity::Info }, None);
    fold.fold(&[])
}

impl Fold<'_> {
    /// Whoever was faster has made it, of the same time.
    pub(super) fn reported(&mut self, document: Option<&Document>) -> Answer {
        let Some(Report::Wanted(run)) = self.incident.content.report.as_deref() else {
            return Answer::Duplicate;
        };
        let (to, slot) = (run.to.clone(), run.slot);
        self.incident.content.report = Some(Box::new(match document {
            Some(document) => Report::Made(document.clone()),
            None => Report::Skipped { slot },
        }));
        if document.is_some() {
            self.incident.posts = vec![Post::wanted(to)];
        }
        self.record(Actor::Callboard, What::Reported { quiet: document.is_none() }, None);
        Answer::Done
    }
}
