//! The reports: each time has one run, made and shown, and the last time has one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use shared::core::incident::{IncidentId, SHORTEST_ID};
use shared::core::report::{Asked, Report, by_schedule, opening, route};
use shared::store::{Loaded, StoreError};

use super::End;
use crate::simulation::ground::Ground;

/// How long after its time a report may be made where everything works: a tick, and its making.
const SOON: SignedDuration = SignedDuration::from_secs(90);

/// The runs of all times since the beginning; their names follow from the times.
pub(super) async fn runs(
    ground: &Ground,
    began: Timestamp,
) -> Result<BTreeMap<IncidentId, Loaded>, StoreError> {
    let mut runs = BTreeMap::new();
    for report in &ground.config.reports {
        let mut slot = report.schedule.next_after(began);
        while let Some(at) = slot.filter(|at| *at <= ground.now()) {
            let id = opening(&report.name, &Asked::Schedule(&report.schedule), at, SHORTEST_ID).id;
            if let Some(loaded) = ground.store.incident(&id).await? {
                runs.insert(id, loaded);
            }
            slot = report.schedule.next_after(at);
        }
    }
    Ok(runs)
}

impl End<'_> {
    /// A run that was begun is made and shown, and the last time that was due has one.
    pub(super) async fn reports(&self) -> Result<Vec<String>, StoreError> {
        let mut faults = Vec::new();
        for loaded in self.incidents.values() {
            let Some(report) = loaded.incident.content.report.as_deref() else { continue };
            let shown = loaded.incident.posts.iter().any(|post| post.ts().is_some());
            if !matches!(report, Report::Made(_)) || !shown {
                faults.push(format!(
                    "{} is begun and not shown: {:?}",
                    loaded.incident.id, loaded.incident.posts
                ));
            }
        }
        let now = self.ground.now();
        for report in &self.ground.config.reports {
            let newest = self.ground.store.latest(&route(&report.name), by_schedule()).await?;
            let known = newest.as_ref().and_then(|newest| newest.content.report.as_deref()).map(Report::slot);
            let due = now.checked_sub(SOON).ok().and_then(|until| report.schedule.last_until(until));
            match (known, due) {
                (None, _) => faults.push(format!("the report {} was never begun", report.name)),
                (Some(known), Some(due)) if known < due => {
                    faults.push(format!(
                        "the report {} of {due} is not made: {known} was the last",
                        report.name
                    ));
                }
                _ => {}
            }
        }
        Ok(faults)
    }
}
