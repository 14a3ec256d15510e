//! The sections of a report that AWS is asked for: what the file may say about each, and whether it makes sense. How they are
//! asked and shown is the notifier's and `present`'s.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::fault::{Fault, did_you_mean};
use super::file::OneOrMany;

pub use self::metrics::{Metric, ShowMetrics};

mod metrics;
mod span;

/// The states of an alarm that are shown, as CloudWatch names them.
const STATES: [&str; 2] = ["ALARM", "INSUFFICIENT_DATA"];

/// The most log groups that a query takes.
const MOST_GROUPS: usize = 50;

/// The longest query, in characters.
const LONGEST_QUERY: usize = 10_000;

/// Such a section.
#[derive(Clone, Debug, PartialEq)]
pub enum FromAws {
    /// `alarms`
    Alarms(ShowAlarms),
    /// `cloudwatch`
    Metrics(ShowMetrics),
    /// `logs`
    Logs(ShowLogs),
    /// `cost`
    Cost(ShowCost),
}

/// `alarms`: CloudWatch alarms that are not OK.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShowAlarms {
    /// Only those whose name begins so.
    pub prefix: Option<String>,
    /// Which states are shown: `ALARM`, `INSUFFICIENT_DATA`.
    pub states: OneOrMany,
    /// How many are listed; the rest is counted.
    pub at_most: usize,
}

impl Default for ShowAlarms {
    fn default() -> Self {
        let states = OneOrMany(STATES.map(str::to_owned).to_vec());
        ShowAlarms { prefix: None, states, at_most: 10 }
    }
}

/// `logs`: the first rows that a query of CloudWatch Logs Insights finds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShowLogs {
    /// What stands above it.
    pub title: String,
    /// The log groups, by name, or by ARN where they are another account's.
    pub groups: OneOrMany,
    /// The query.
    pub query: String,
    /// How far it looks back.
    #[serde(default = "a_day", with = "span")]
    pub last: SignedDuration,
    /// How many rows are shown.
    #[serde(default = "ten")]
    pub at_most: usize,
}

/// `cost`: what the account costs, by Cost Explorer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShowCost {
    /// How many services are listed of those whose cost changed most.
    pub at_most: usize,
}

impl Default for ShowCost {
    fn default() -> Self {
        ShowCost { at_most: 5 }
    }
}

fn ten() -> usize {
    10
}

fn a_day() -> SignedDuration {
    SignedDuration::from_hours(24)
}

impl FromAws {
    /// What is wrong with it; `path` is where it stands, without a dot at the end.
    pub fn check(&self, path: &str) -> Vec<Fault> {
        match self {
            FromAws::Alarms(alarms) => alarms.check(path),
            FromAws::Metrics(metrics) => metrics.check(path),
            FromAws::Logs(logs) => logs.check(path),
            FromAws::Cost(cost) => at_most(path, cost.at_most, 20).into_iter().collect(),
        }
    }
}

impl ShowAlarms {
    fn check(&self, path: &str) -> Vec<Fault> {
        let mut faults: Vec<Fault> = at_most(path, self.at_most, 50).into_iter().collect();
        if self.prefix.as_ref().is_some_and(|prefix| prefix.is_empty() || prefix.chars().count() > 255) {
            let fault =
                Fault::at(format!("{path}.prefix"), "the beginning of a name has 1 to 255 characters");
            faults.push(fault.with_remedy("leave `prefix` out for all alarms"));
        }
        if self.states.0.is_empty() {
            let remedy = "leave `states` out for both, or say `states: ALARM`";
            faults.push(Fault::at(format!("{path}.states"), "no state is shown").with_remedy(remedy));
        }
        for (position, state) in self.states.0.iter().enumerate() {
            if !STATES.contains(&state.as_str()) {
                let path = format!("{path}.states[{position}]");
                let message = format!("\"{state}\" is no state that is shown");
                faults.push(Fault::at(path, message).with_remedy(did_you_mean(state, &STATES)));
            }
        }
        faults
    }
}

impl ShowLogs {
    fn check(&self, path: &str) -> Vec<Fault> {
        let mut faults: Vec<Fault> = at_most(path, self.at_most, 50).into_iter().collect();
        faults.extend(title(path, &self.title));
        faults.extend(looks_back(path, self.last, 365));
        if self.query.trim().is_empty() || self.query.chars().count() > LONGEST_QUERY {
            let message = format!("a query has 1 to {LONGEST_QUERY} characters");
            let remedy = "such as \"filter @message like /ERROR/ | stats count(*) as errors by service | sort errors desc\"";
            faults.push(Fault::at(format!("{path}.query"), message).with_remedy(remedy));
        }
        if self.groups.0.is_empty() || self.groups.0.len() > MOST_GROUPS {
            let message = format!("a query looks into 1 to {MOST_GROUPS} log groups");
            faults.push(Fault::at(format!("{path}.groups"), message).with_remedy("such as /ecs/checkout"));
        }
        for (position, group) in self.groups.0.iter().enumerate() {
            if !is_group(group) {
                let remedy = "the whole name such as /ecs/checkout, or an ARN without `:*` at its end";
                let path = format!("{path}.groups[{position}]");
                faults.push(Fault::at(path, format!("\"{group}\" is no log group")).with_remedy(remedy));
            }
        }
        faults
    }
}

/// As the API has it: a name, or an ARN without an asterisk.
fn is_group(group: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_/#".contains(letter);
    let arn = |letter: char| plain(letter) || ":+=,@".contains(letter);
    (1..=2048).contains(&group.len())
        && match group.starts_with("arn:") {
            true => group.contains(":log-group:") && group.chars().all(arn),
            false => group.len() <= 512 && group.chars().all(plain),
        }
}

fn at_most(path: &str, at_most: usize, limit: usize) -> Option<Fault> {
    let in_range = (1..=limit).contains(&at_most);
    let fault = Fault::at(format!("{path}.at_most"), format!("this has to be 1 to {limit}"));
    (!in_range).then(|| fault.with_remedy("a report is read on a phone"))
}

fn title(path: &str, title: &str) -> Option<Fault> {
    let fits = !title.trim().is_empty() && title.chars().count() <= 150;
    let fault = Fault::at(format!("{path}.title"), "a title has 1 to 150 characters");
    (!fits).then(|| fault.with_remedy("such as `title: Errors by service`"))
}

fn looks_back(path: &str, last: SignedDuration, days: i64) -> Option<Fault> {
    let fits = last.is_positive() && last <= SignedDuration::from_hours(24 * days);
    let fault = Fault::at(format!("{path}.last"), format!("it looks back for up to {days} days"));
    (!fits).then(|| fault.with_remedy("such as `last: 24h` or `last: 7d`"))
}

#[cfg(test)]
mod tests;
