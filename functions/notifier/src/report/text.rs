//! `text`: the team's own words, with the day in them if they ask for it.

use jiff::Timestamp;
use serde::Serialize;
use shared::config::Report;
use shared::core::expression::{Context, Template};
use shared::core::report::{Run, Section};

/// What a text can see.
#[derive(Serialize)]
struct Names<'a> {
    /// `2026-11-23`, on the report's clock.
    date: String,
    /// `Monday`.
    weekday: String,
    /// The report's name.
    report: &'a str,
}

pub(crate) fn section(template: &Template, report: &Report, run: &Run) -> Result<Section, String> {
    let names = names(run.slot, report);
    let text = template.render(&Context::new(&names)).map_err(|error| error.message)?;
    Ok(Section::Text { text })
}

fn names(slot: Timestamp, report: &Report) -> Names<'_> {
    let local = slot.to_zoned(report.schedule.zone().clone());
    Names {
        date: local.strftime("%Y-%m-%d").to_string(),
        weekday: local.strftime("%A").to_string(),
        report: &report.name,
    }
}
