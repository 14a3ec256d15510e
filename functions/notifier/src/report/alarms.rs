//! The section `alarms`: CloudWatch alarms that are not OK, those that have been so for longest first. Each state is asked for by
//! itself, so that what fires is found among thousands that are OK.

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::cloud::{Cloud, CloudError, Operation, one_line};
use shared::config::section::ShowAlarms;
use shared::core::report::{Alarm, Alarms, Section};
use tokio::time::Instant;

use super::aws::{Gathered, When, ask as ask_aws, set, timestamp};
use super::console;

/// The most alarms of a page.
const PAGE: usize = 100;

/// So many pages of each state are read.
const MOST_PAGES: usize = 10;

/// The kinds of alarms. Without kinds it would be metric alarms only.
const KINDS: [&str; 3] = ["MetricAlarm", "CompositeAlarm", "LogAlarm"];

/// Those of a region that does not know the newest one yet.
const OLD_KINDS: [&str; 2] = ["MetricAlarm", "CompositeAlarm"];

/// The longest reason that is shown, in characters.
const LONGEST_REASON: usize = 200;

/// Of an alarm, whatever its kind, what is shown.
#[derive(Debug, Deserialize)]
struct Described {
    #[serde(rename = "AlarmName")]
    name: String,
    #[serde(rename = "AlarmArn", default)]
    arn: String,
    #[serde(rename = "StateReason", default)]
    reason: String,
    #[serde(rename = "StateTransitionedTimestamp")]
    changed_at: Option<f64>,
    /// Later than the other, if the reason has changed since.
    #[serde(rename = "StateUpdatedTimestamp")]
    updated_at: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    metric_alarms: Vec<Described>,
    #[serde(default)]
    composite_alarms: Vec<Described>,
    #[serde(default)]
    log_alarms: Vec<Described>,
    next_token: Option<String>,
}

/// All alarms of one state, or the first ones.
#[derive(Debug, Default)]
struct Listed {
    alarms: Vec<Described>,
    more: bool,
}

pub(super) async fn ask(cloud: &dyn Cloud, show: &ShowAlarms, when: When<'_>, deadline: Instant) -> Gathered {
    let shown = show.states.0.iter().map(String::as_str);
    let states: Vec<&str> = shown.chain(["OK"]).collect();
    let listed = join_all(states.iter().map(|state| list(cloud, show, state, deadline))).await;
    let mut in_state = Vec::new();
    for (state, listed) in states.into_iter().zip(listed) {
        in_state.push((state, listed.map_err(|error| error.to_string())?));
    }
    Ok(vec![Section::Alarms(alarms(in_state, show, when.slot))])
}

async fn list(
    cloud: &dyn Cloud,
    show: &ShowAlarms,
    state: &str,
    deadline: Instant,
) -> Result<Listed, CloudError> {
    let mut listed = Listed::default();
    let mut token = None;
    let mut kinds: &[&str] = &KINDS;
    for _ in 0..MOST_PAGES {
        let asked = request(show, state, kinds, token.as_deref());
        let mut page = ask_aws(cloud, Operation::DescribeAlarms, &asked, deadline).await;
        if token.is_none() && page.as_ref().is_err_and(is_invalid) {
            kinds = &OLD_KINDS;
            let asked = request(show, state, kinds, None);
            page = ask_aws(cloud, Operation::DescribeAlarms, &asked, deadline).await;
        }
        let page: Page = page?;
        listed.alarms.extend(page.metric_alarms);
        listed.alarms.extend(page.composite_alarms);
        listed.alarms.extend(page.log_alarms);
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(listed);
        }
    }
    Ok(Listed { more: true, ..listed })
}

/// A value that it does not know.
fn is_invalid(error: &CloudError) -> bool {
    error.code().contains("Validation") || error.code().contains("InvalidParameter")
}

fn request(show: &ShowAlarms, state: &str, kinds: &[&str], token: Option<&str>) -> Value {
    let mut asked = json!({
        "AlarmTypes": kinds,
        "StateValue": state,
        "MaxRecords": PAGE,
    });
    if let Some(prefix) = &show.prefix {
        set(&mut asked, "AlarmNamePrefix", prefix.as_str());
    }
    if let Some(token) = token {
        set(&mut asked, "NextToken", token);
    }
    asked
}

/// What is shown of all that was listed, with its state.
fn alarms(in_state: Vec<(&str, Listed)>, show: &ShowAlarms, slot: Timestamp) -> Alarms {
    let count = |wanted: &str| {
        in_state.iter().filter(|(state, _)| *state == wanted).map(|(_, listed)| listed.alarms.len()).sum()
    };
    let (alarm, insufficient) = (count("ALARM"), count("INSUFFICIENT_DATA"));
    let all = in_state.iter().map(|(_, listed)| listed.alarms.len()).sum();
    let at_least = in_state.iter().any(|(_, listed)| listed.more);
    let not_ok = in_state.into_iter().filter(|(state, _)| *state != "OK");
    let mut rows: Vec<Alarm> = not_ok
        .flat_map(|(state, listed)| listed.alarms.into_iter().map(move |alarm| (state == "ALARM", alarm)))
        .map(|(firing, alarm)| row(alarm, firing, slot))
        .collect();
    rows.sort_by(|one, other| {
        let key = |alarm: &Alarm| (!alarm.firing, alarm.since, alarm.name.clone());
        key(one).cmp(&key(other))
    });
    rows.truncate(show.at_most);
    Alarms { rows, alarm, insufficient, all, at_least }
}

fn row(alarm: Described, firing: bool, slot: Timestamp) -> Alarm {
    let since = alarm.changed_at.or(alarm.updated_at).and_then(timestamp).unwrap_or(slot);
    Alarm {
        link: console::alarm(&alarm.arn),
        reason: one_line(&alarm.reason, LONGEST_REASON),
        name: alarm.name,
        firing,
        since,
    }
}

#[cfg(test)]
mod tests;
