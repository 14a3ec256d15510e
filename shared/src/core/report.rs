//! A report: a post on a schedule. This file holds what a run of it *says*, section by section, as values; `schedule` says
//! when. No words, no blocks, nothing about where the values come from.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::chart::{Chart, Number};
use super::incident::IncidentId;

/// What one run of a report says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Document {
    /// The report's name.
    pub name: String,
    /// The time that it was made for.
    pub slot: Timestamp,
    /// It could not be made at its time.
    pub late: bool,
    /// What the period sections look at begins here, and ends at the slot.
    pub since: Timestamp,
    /// The IANA time zone in which times are shown.
    pub zone: String,
    /// Who is named in it: a user, a user group, `here` or `channel`, as the config has it.
    pub mention: Option<String>,
    /// The values are samples, since there is no AWS to ask (the laptop).
    pub sample: bool,
    /// In the order of the config.
    pub sections: Vec<Section>,
}

/// One section.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Section {
    /// What is open now.
    OpenIncidents(OpenIncidents),
    /// How long people took.
    ResponseTimes(ResponseTimes),
    /// What fired most, and what nobody acted on.
    Noise(Noise),
    /// CloudWatch alarms that are not OK.
    Alarms(Alarms),
    /// Values over time.
    Chart(Chart),
    /// A table: what a query in the logs found.
    Table(Table),
    /// What it costs.
    Cost(Cost),
    /// A text that the config has, filled in. Markup of Slack's.
    Text {
        /// The text.
        text: String,
    },
    /// It could not be made; the others are there all the same.
    Failed {
        /// The section, as the config names it (with its title, if it has one).
        section: String,
        /// What is wrong, and what would help.
        why: String,
    },
}

/// What is open now.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenIncidents {
    /// Oldest first; the most urgent ones if there are too many.
    pub rows: Vec<OpenIncident>,
    /// How many there are in all.
    pub all: usize,
    /// There are at least so many: more were not counted.
    pub at_least: bool,
}

/// One open incident.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenIncident {
    /// Which.
    pub id: IncidentId,
    /// Its title.
    pub title: String,
    /// `critical`, `error`, `warning`, `info`.
    pub severity: super::signal::Severity,
    /// Who looks at it: a Slack user id.
    pub owner: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// Its post: (channel id, ts).
    pub post: Option<(String, String)>,
}

/// How long people took, in this period and in the one before, which is as long.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResponseTimes {
    /// Incidents that began.
    pub incidents: Compared,
    /// Seconds until somebody acknowledged, median.
    pub acknowledged_median: Compared,
    /// The same, 90th percentile.
    pub acknowledged_p90: Compared,
    /// Seconds until it was over, median.
    pub resolved_median: Compared,
    /// The same, 90th percentile.
    pub resolved_p90: Compared,
}

/// A number and the one before; `None` where there was nothing to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Compared {
    /// Of this period.
    pub now: Option<Number>,
    /// Of the one before.
    pub before: Option<Number>,
}

/// What fired most, and what nobody acted on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Noise {
    /// Most often fired first.
    pub rows: Vec<Noisy>,
    /// When it fired, by hours and days.
    pub heat: Option<Chart>,
}

/// One thing that fires.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Noisy {
    /// The route that took it.
    pub route: String,
    /// What it said last.
    pub title: String,
    /// How often it began to fire.
    pub firings: u64,
    /// How many of its incidents anybody responded to.
    pub acted_on: u64,
    /// How many incidents it had.
    pub incidents: u64,
}

/// CloudWatch alarms that are not OK.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Alarms {
    /// In ALARM for the longest time first, then those with INSUFFICIENT_DATA.
    pub rows: Vec<Alarm>,
    /// How many are in ALARM.
    pub alarm: usize,
    /// How many have INSUFFICIENT_DATA.
    pub insufficient: usize,
    /// How many there are, those included that are OK.
    pub all: usize,
    /// There are at least so many of each: more were not counted.
    pub at_least: bool,
}

/// One alarm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// In ALARM, or else INSUFFICIENT_DATA.
    pub firing: bool,
    /// Since when.
    pub since: Timestamp,
    /// CloudWatch's reason, one line.
    pub reason: String,
    /// Its page in the console.
    pub link: Option<String>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Table {
    /// One line.
    pub title: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// One text for each column.
    pub rows: Vec<Vec<String>>,
    /// How many rows there were besides.
    pub more: usize,
    /// The query's page in the console.
    pub link: Option<String>,
}

/// What it costs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cost {
    /// `USD`, ...
    pub currency: String,
    /// The last day that is over, by UTC, as AWS counts. "The month" is the one that it is in: on the first, the one before.
    pub day: Date,
    /// That day, and the one before it.
    pub yesterday: Compared,
    /// The month until the end of that day, and the month before until the same day.
    pub month: Compared,
    /// What the month will have cost; `None` if AWS has no forecast, or the month is over.
    pub forecast: Option<Number>,
    /// Services whose cost of yesterday differs most from the day before: (service, yesterday, before).
    pub movers: Vec<(String, Number, Number)>,
}
