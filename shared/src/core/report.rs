//! A report: a post on a schedule. This file holds what a run of it *says*, section by section, as values; `schedule` says
//! when one is due, `run` what is to be done about it. No words, no blocks, nothing about where the values come from.
//!
//! A run is stored as a notice of the route `report:NAME`, so that it is posted like everything else that Callboard says:
//! once, at Slack's pace, and found again if Slack's answer is lost.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::chart::{Chart, Number};
use super::incident::IncidentId;

pub use digest::Digest;
pub use run::{Asked, LATE_AFTER, MADE_UP_FOR, Next, ROUTE, by_schedule, next, opening, route};
pub use schedule::{Schedule, ScheduleError};

mod digest;
mod run;
mod schedule;

/// How far a run of a report is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Report {
    /// The schedule is known since then: what was due before is not made up.
    Begun {
        /// When it was seen for the first time.
        at: Timestamp,
    },
    /// It is to be made.
    Wanted(Run),
    /// It is made.
    Made(Document),
    /// It was due, and is not posted.
    Skipped {
        /// The time that it was due.
        slot: Timestamp,
    },
}

/// A run that is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Run {
    /// The report's name.
    pub name: String,
    /// The time that it is made for.
    pub slot: Timestamp,
    /// Where it goes: a channel, or a user id.
    pub to: String,
    /// Who asked for it; `None` for the schedule.
    pub asked_by: Option<String>,
    /// It could not be made at its time.
    pub late: bool,
}

impl Report {
    /// The time that it was made for.
    pub fn slot(&self) -> Timestamp {
        match self {
            Report::Begun { at } => *at,
            Report::Wanted(run) => run.slot,
            Report::Made(document) => document.slot,
            Report::Skipped { slot } => *slot,
        }
    }

    /// What it says, once it is made.
    pub fn document(&self) -> Option<&Document> {
        match self {
            Report::Made(document) => Some(document),
            _ => None,
        }
    }
}

/// What one run of a report says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Document {
    /// One line.
    pub title: String,
    /// The time that it was made for.
    pub slot: Timestamp,
    /// It could not be made at its time.
    pub late: bool,
    /// Who asked for it; `None` for the schedule.
    pub asked_by: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// What the period sections look at begins here, and ends at the slot.
    pub since: Timestamp,
    /// The IANA time zone in which times are shown.
    pub zone: String,
    /// Who is named in it.
    pub mention: Option<Mention>,
    /// The values are samples, since there is no AWS to ask (the laptop).
    pub sample: bool,
    /// In the order of the config.
    pub sections: Vec<Section>,
}

/// Who is named in a post, so that Slack tells them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mention {
    /// A user, by id.
    User(String),
    /// A user group, by id.
    Usergroup(String),
    /// Those in the channel who are there now.
    Here,
    /// Everybody in the channel.
    Channel,
}

impl Mention {
    /// Reads what a config has: a user id, a user group's id, `@here` or `@channel`.
    pub fn from_name(name: &str) -> Option<Mention> {
        let is_id = |id: &str| {
            id.len() >= 3 && id.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
        };
        match name.trim_start_matches('@') {
            "here" => Some(Mention::Here),
            "channel" => Some(Mention::Channel),
            id if id.starts_with(['U', 'W']) && is_id(id) => Some(Mention::User(id.to_owned())),
            id if id.starts_with('S') && is_id(id) => Some(Mention::Usergroup(id.to_owned())),
            _ => None,
        }
    }
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
    /// More were not counted.
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
    /// Where its post is.
    pub link: Option<String>,
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

impl Document {
    /// Whether nothing in it asks for anybody's attention: what `skip_if_quiet` leaves out.
    pub fn is_quiet(&self) -> bool {
        self.sections.iter().all(Section::is_quiet)
    }
}

impl Section {
    /// Whether it asks for nobody's attention. A chart or a text is there to be looked at and says nothing about that; what failed
    /// has to be seen.
    fn is_quiet(&self) -> bool {
        match self {
            Section::OpenIncidents(open) => open.all == 0,
            Section::ResponseTimes(times) => {
                times.incidents.now.is_none_or(|incidents| incidents.get() == 0.0)
            }
            Section::Noise(noise) => noise.rows.is_empty(),
            Section::Alarms(alarms) => alarms.rows.is_empty(),
            Section::Table(table) => table.rows.is_empty(),
            Section::Chart(_) | Section::Cost(_) | Section::Text { .. } => true,
            Section::Failed { .. } => false,
        }
    }
}
