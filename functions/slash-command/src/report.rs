//! `reports` and `report`: which there are, and one of them now. What a report says is gathered by the notifier, which has the
//! time and the rights for it: here its run is stored, and the next tick makes it.

use jiff::Timestamp;
use shared::change::{begin, seen};
use shared::core::command::ReportTo;
use shared::core::report::{Asked, Report, Run};
use shared::deps::Deps;
use shared::slack::blocks::Message;
use shared::slack::inbound::SlashCommand;
use shared::store::{CommitError, StoreError};
use shared::text;

/// The reports with their next times.
pub(crate) fn list(deps: &Deps, now: Timestamp) -> Message {
    let reports = &deps.config.reports;
    if reports.is_empty() {
        return Message::text(text::report::none_configured());
    }
    let line = |report: &shared::config::Report| {
        let schedule = &report.schedule;
        let next = schedule.next_after(now);
        text::report::listed(&report.name, &schedule.in_words(), schedule.zone_name(), &report.to, next)
    };
    super::lines(reports.iter().map(line).collect())
}

/// Has one made.
pub(crate) async fn ask(
    name: &str,
    to: ReportTo,
    typed: &SlashCommand,
    deps: &Deps,
    now: Timestamp,
) -> Result<Message, StoreError> {
    let Some(report) = deps.config.report(name) else {
        let known: Vec<&str> = deps.config.reports.iter().map(|report| report.name.as_str()).collect();
        return Ok(Message::text(text::report::unknown(name, &known)));
    };
    let to = match to {
        ReportTo::Me => typed.user_id.clone(),
        ReportTo::Here => typed.channel_id.clone(),
        ReportTo::Channel(channel) => channel,
    };
    let run = Run { asked_by: Some(typed.user_id.clone()), ..Run::new(&report.name, &to, now, false) };
    let asked = Asked::Person { once: &typed.trigger_id };
    let once = Some(seen("command", &typed.trigger_id, now));
    let rules = &deps.config.rules;
    match begin(deps.store.as_ref(), &report.name, &asked, Report::Wanted(run), (None, once), rules, now)
        .await
    {
        Ok(_) => Ok(Message::text(text::report::asked_for(&report.title, &to))),
        Err(CommitError::Seen(_)) => Ok(Message::text(text::answer::before())),
        Err(CommitError::Store(error)) => Err(error),
        Err(error @ (CommitError::Conflict | CommitError::IdTaken)) => {
            Err(StoreError::Unavailable(error.to_string()))
        }
    }
}
