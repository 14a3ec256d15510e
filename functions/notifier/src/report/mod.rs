//! Reports: begins the runs that are due, gathers what each section says, and stores it with the run; from then on it is posted
//! like everything else. One file a section. What cannot be gathered is said in its place and holds up nothing else.
//!
//! When a run is due and what becomes of it is `core::report`'s; words are `text`'s. Nobody posts here.

use std::time::Duration;

use jiff::Timestamp;
use shared::change::{Changed, begin, change};
use shared::config::section::FromAws;
use shared::config::{Report, Show};
use shared::core::chart::Chart;
use shared::core::incident::{Event, IncidentId};
use shared::core::report::{self, Asked, Document, Next, Run, Section, by_schedule, next, route};
use shared::deps::Deps;
use shared::store::{CommitError, Opens, StoreError};

use crate::draw::draw_all;

pub mod aws;

mod alarms;
mod cloudwatch;
mod console;
mod cost;
mod counted;
mod logs;
mod noise;
mod open_incidents;
mod response_times;
mod text;

use aws::When;
use counted::{Counted, Period};

/// How long AWS may take for one report: Lambda gives a tick less than a minute, and others may be due as well.
const PATIENCE: Duration = Duration::from_secs(15);

/// Begins the runs that are due. One report that cannot be begun holds up no other.
pub(crate) async fn begin_due(deps: &Deps, now: Timestamp) {
    for report in &deps.config.reports {
        if let Err(error) = begin_one(report, deps, now).await {
            tracing::error!(report = report.name, %error, "it could not be begun; the next tick tries again");
        }
    }
}

async fn begin_one(report: &Report, deps: &Deps, now: Timestamp) -> Result<(), StoreError> {
    let newest = deps.store.latest(&route(&report.name), by_schedule()).await?;
    let begun = match next(&report.schedule, newest.as_ref(), now) {
        Next::Nothing => return Ok(()),
        Next::Begin => report::Report::Begun { at: now },
        Next::Due { slot, late } => report::Report::Wanted(Run::new(&report.name, &report.to, slot, late)),
    };
    let opens = Opens { after: newest.map(|newest| newest.id) };
    let asked = Asked::Schedule(&report.schedule);
    let rules = &deps.config.rules;
    match begin(deps.store.as_ref(), &report.name, &asked, begun, (Some(opens), None), rules, now).await {
        // Another tick was faster.
        Err(CommitError::Conflict) | Ok(_) => Ok(()),
        Err(CommitError::Store(error)) => Err(error),
        Err(error @ (CommitError::Seen(_) | CommitError::IdTaken)) => {
            Err(StoreError::Unavailable(error.to_string()))
        }
    }
}

/// Makes a run that is wanted: gathers what it says and stores that.
///
/// # Errors
/// The store is not available; the next tick makes it.
pub(crate) async fn make(id: &IncidentId, run: &Run, deps: &Deps) -> Result<(), StoreError> {
    let document = match deps.config.report(&run.name) {
        Some(report) => {
            let document = gather(report, run, deps).await;
            let skip = report.skip_if_quiet && run.asked_by.is_none() && document.is_quiet();
            (!skip).then(|| Box::new(document))
        }
        // It was taken out of the config after the run had begun.
        None => None,
    };
    match keep(id, document.clone(), deps).await {
        // Whatever is too large now will be so the next time as well.
        Err(StoreError::Refused(why)) if let Some(document) = document => {
            let why = format!("it is too large to be kept ({why}): show fewer sections or rows");
            let section = Section::Failed { section: run.name.clone(), why };
            keep(id, Some(Box::new(Document { sections: vec![section], ..*document })), deps).await
        }
        kept => kept,
    }
}

async fn keep(id: &IncidentId, document: Option<Box<Document>>, deps: &Deps) -> Result<(), StoreError> {
    let stores = (deps.store.as_ref(), deps.queue.as_ref());
    let events = [Event::Reported(document)];
    match change(stores, id, &events, None, &deps.config.rules, deps.clock.now()).await? {
        Changed::Answered { .. } | Changed::Before | Changed::NotFound => Ok(()),
    }
}

/// What a report says now, section by section.
pub async fn gather(report: &Report, run: &Run, deps: &Deps) -> Document {
    let made_at = deps.clock.now();
    let period = Period::of(&report.schedule, run);
    let counts = report.show.iter().any(|show| matches!(show, Show::ResponseTimes | Show::Noise));
    let counted = if counts { Some(Counted::read(&period, report, deps).await) } else { None };
    let asked: Vec<FromAws> = report.show.iter().filter_map(Show::from_aws).cloned().collect();
    let when = When { slot: run.slot, zone: report.schedule.zone_name() };
    let mut from_aws = aws::gather(deps.cloud.as_ref(), &asked, when, PATIENCE).await.into_iter();
    let mut sections = Vec::new();
    for show in &report.show {
        let section = match show {
            Show::OpenIncidents => open_incidents::gather(deps).await.map(Section::OpenIncidents),
            Show::ResponseTimes => counted_by(&counted).map(response_times::section),
            Show::Noise => counted_by(&counted).map(|counted| noise::section(counted, report)),
            Show::Text(template) => text::section(template, report, run),
            Show::FromAws(_) => {
                sections.extend(from_aws.next().unwrap_or_default());
                continue;
            }
        };
        sections.push(section.unwrap_or_else(|why| failed(show, why)));
    }
    draw_all(&deps.slack, &mut charts(&mut sections)).await;
    Document {
        title: report.title.clone(),
        slot: run.slot,
        late: run.late,
        asked_by: run.asked_by.clone(),
        made_at,
        since: period.since,
        zone: report.schedule.zone_name().to_owned(),
        mention: report.mention.clone().filter(|_| run.asked_by.is_none()),
        sample: deps.cloud.is_sample() && !asked.is_empty(),
        sections,
    }
}

/// The charts of a message, in its order.
fn charts(sections: &mut [Section]) -> Vec<&mut Chart> {
    let charts = sections.iter_mut().filter_map(|section| match section {
        Section::Chart(chart) => Some(chart),
        Section::Noise(noise) => noise.heat.as_mut(),
        _ => None,
    });
    charts.collect()
}

fn failed(show: &Show, why: String) -> Section {
    tracing::error!(section = show.name(), why, "a section of a report could not be made");
    Section::Failed { section: show.name().to_owned(), why }
}

fn counted_by(counted: &Option<Result<Counted, String>>) -> Result<&Counted, String> {
    match counted {
        Some(Ok(counted)) => Ok(counted),
        Some(Err(why)) => Err(why.clone()),
        None => Err("nothing was counted".to_owned()),
    }
}

/// What a store's error means to a reader of the report.
fn unread(error: &StoreError) -> String {
    format!("{error}; the next report tries again")
}
