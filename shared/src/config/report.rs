//! `reports:` of the config: what it may say, whether it makes sense, and the compiled form. What a section of AWS's may say is
//! in `section`.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fault::{Fault, did_you_mean};
use super::section::FromAws;
use crate::core::expression::Template;
use crate::core::report::{Mention, Schedule, ScheduleError};
use crate::core::routing::channel_name;

/// One report of the file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReportRules {
    /// Its name, for commands.
    pub name: String,
    /// What stands above it; the name, without one.
    #[serde(default)]
    pub title: Option<String>,
    /// When, as a cron pattern of five fields.
    pub at: String,
    /// On whose clock: an IANA time zone.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The channel.
    pub to: String,
    /// The sections, in their order.
    pub show: Vec<ShowRules>,
    /// Who is named in it.
    #[serde(default)]
    pub mention: Option<String>,
    /// Leave it out where nothing asks for attention.
    #[serde(default)]
    pub skip_if_quiet: bool,
}

/// A section of a report: its name, or its name with what it should show.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "a section's name, or its name with its settings")]
pub enum ShowRules {
    /// `alarms`
    Name(String),
    /// `alarms: { prefix: prod- }`
    With(BTreeMap<String, Value>),
}

/// A report, compiled.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its name, for commands.
    pub name: String,
    /// What stands above it.
    pub title: String,
    /// When.
    pub schedule: Schedule,
    /// The channel.
    pub to: String,
    /// The sections, in their order.
    pub show: Vec<Show>,
    /// Who is named in it.
    pub mention: Option<Mention>,
    /// Leave it out where nothing asks for attention.
    pub skip_if_quiet: bool,
}

/// A section, compiled.
#[derive(Clone, Debug)]
pub enum Show {
    /// What is open now.
    OpenIncidents,
    /// How long people took.
    ResponseTimes,
    /// What fired most.
    Noise,
    /// The team's own words.
    Text(Template),
    /// What AWS is asked for.
    FromAws(FromAws),
}

impl Show {
    /// As the config names it.
    pub fn name(&self) -> &'static str {
        match self {
            Show::OpenIncidents => "open-incidents",
            Show::ResponseTimes => "response-times",
            Show::Noise => "noise",
            Show::Text(_) => "text",
            Show::FromAws(FromAws::Alarms(_)) => "alarms",
            Show::FromAws(FromAws::Metrics(_)) => "cloudwatch",
            Show::FromAws(FromAws::Logs(_)) => "logs",
            Show::FromAws(FromAws::Cost(_)) => "cost",
        }
    }

    /// What AWS is asked for, if it is.
    pub fn from_aws(&self) -> Option<&FromAws> {
        match self {
            Show::FromAws(asked) => Some(asked),
            _ => None,
        }
    }
}

/// The names that a text can see.
const NAMES: [&str; 3] = ["date", "weekday", "report"];

/// The names of the sections.
const SECTIONS: [&str; 8] =
    ["open-incidents", "response-times", "noise", "alarms", "cloudwatch", "logs", "cost", "text"];

/// A message holds fifty blocks; a section takes up to three of them.
const MOST_SECTIONS: usize = 15;

fn utc() -> String {
    "UTC".to_owned()
}

/// Compiles the reports of a file.
pub(super) fn compile(rules: &[ReportRules], faults: &mut Vec<Fault>) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for (position, rules) in rules.iter().enumerate() {
        let path = format!("reports[{position}]");
        if reports.iter().any(|known| known.name == rules.name) {
            let message = format!("there is a report \"{}\" already", rules.name);
            faults.push(Fault::at(format!("{path}.name"), message).with_remedy("give it a name of its own"));
        }
        reports.extend(report(&path, rules, faults));
    }
    reports
}

fn report(path: &str, rules: &ReportRules, faults: &mut Vec<Fault>) -> Option<Report> {
    let typed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if rules.name.is_empty() || !rules.name.chars().all(typed) {
        let fault = Fault::at(format!("{path}.name"), "a name is typed after the command");
        faults.push(fault.with_remedy("small letters, digits and hyphens, such as `morning`"));
    }
    let to = channel_name(&rules.to);
    if to.is_none() {
        faults.push(Fault::at(format!("{path}.to"), "this is no channel").with_remedy("such as \"#ops\""));
    }
    let mention = rules.mention.as_ref().map(|name| (name, Mention::from_name(name)));
    if let Some((name, None)) = &mention {
        let message = format!("\"{name}\" cannot be mentioned");
        let remedy = "a user's id (U01ABCDE), a user group's id (S01ABCDE), \"@here\" or \"@channel\"";
        faults.push(Fault::at(format!("{path}.mention"), message).with_remedy(remedy));
    }
    if rules.show.is_empty() || rules.show.len() > MOST_SECTIONS {
        let message = format!("a report has 1 to {MOST_SECTIONS} sections");
        let remedy = did_you_mean("", &SECTIONS);
        faults.push(Fault::at(format!("{path}.show"), message).with_remedy(remedy));
    }
    let sections = rules.show.iter().enumerate();
    let show =
        sections.filter_map(|(position, rules)| show(&format!("{path}.show[{position}]"), rules, faults));
    let show = show.collect();
    Some(Report {
        name: rules.name.clone(),
        title: rules.title.clone().unwrap_or_else(|| titled(&rules.name)),
        schedule: schedule(path, rules, faults)?,
        to: to?,
        show,
        mention: mention.and_then(|(_, mention)| mention),
        skip_if_quiet: rules.skip_if_quiet,
    })
}

fn schedule(path: &str, rules: &ReportRules, faults: &mut Vec<Fault>) -> Option<Schedule> {
    match Schedule::new(&rules.at, &rules.time_zone) {
        Ok(schedule) => Some(schedule),
        Err(error @ ScheduleError::Pattern(_)) => {
            let remedy =
                "minute, hour, day of the month, month, day of the week, such as \"0 9 * * MON-FRI\"";
            faults.push(Fault::at(format!("{path}.at"), error.to_string()).with_remedy(remedy));
            None
        }
        Err(error @ ScheduleError::Zone(_)) => {
            let zones: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
            let zones: Vec<&str> = zones.iter().map(String::as_str).collect();
            let near = crate::core::expression::nearest(&rules.time_zone, zones.into_iter());
            let remedy = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "such as Europe/London or UTC".to_owned(),
            };
            faults.push(Fault::at(format!("{path}.time_zone"), error.to_string()).with_remedy(remedy));
            None
        }
    }
}

/// `morning-digest` reads `Morning digest`.
fn titled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters.map(|letter| if letter == '-' { ' ' } else { letter })).collect()
}

fn show(path: &str, rules: &ShowRules, faults: &mut Vec<Fault>) -> Option<Show> {
    let (name, settings) = match rules {
        ShowRules::Name(name) => (name.as_str(), None),
        ShowRules::With(one) => match one.iter().next() {
            Some((name, settings)) if one.len() == 1 => (name.as_str(), Some(settings)),
            _ => {
                let remedy = "put each section on a line of its own: `- open-incidents`";
                faults.push(Fault::at(path, "one section has one name").with_remedy(remedy));
                return None;
            }
        },
    };
    let path = format!("{path}.{name}");
    match (name, settings) {
        ("open-incidents", None) => Some(Show::OpenIncidents),
        ("response-times", None) => Some(Show::ResponseTimes),
        ("noise", None) => Some(Show::Noise),
        ("open-incidents" | "response-times" | "noise", Some(_)) => {
            faults.push(
                Fault::at(path, "this section has no settings").with_remedy(format!("write `- {name}`")),
            );
            None
        }
        ("text", Some(Value::String(text))) => words(&path, text, faults),
        ("text", _) => {
            let remedy = "such as `- text: Handover at 10 in <#C0123ABCD>`";
            faults.push(Fault::at(path, "what should it say?").with_remedy(remedy));
            None
        }
        ("alarms", settings) => from_aws(&path, settings, FromAws::Alarms, faults),
        ("cloudwatch", settings) => from_aws(&path, settings, FromAws::Metrics, faults),
        ("logs", settings) => from_aws(&path, settings, FromAws::Logs, faults),
        ("cost", settings) => from_aws(&path, settings, FromAws::Cost, faults),
        (unknown, _) => {
            let message = format!("there is no section \"{unknown}\"");
            faults.push(Fault::at(path, message).with_remedy(did_you_mean(unknown, &SECTIONS)));
            None
        }
    }
}

/// A section with settings; without any, all of them are as usual.
fn from_aws<T: DeserializeOwned>(
    path: &str,
    settings: Option<&Value>,
    section: fn(T) -> FromAws,
    faults: &mut Vec<Fault>,
) -> Option<Show> {
    let settings = settings.filter(|settings| !settings.is_null()).cloned();
    match serde_json::from_value(settings.unwrap_or_else(|| Value::Object(Map::new()))) {
        Ok(read) => {
            let section = section(read);
            faults.extend(section.check(path));
            Some(Show::FromAws(section))
        }
        Err(error) => {
            let remedy = "docs/reports.md shows what it may say";
            faults.push(Fault::at(path, error.to_string()).with_remedy(remedy));
            None
        }
    }
}

fn words(path: &str, text: &str, faults: &mut Vec<Fault>) -> Option<Show> {
    let template = match Template::compile(text) {
        Ok(template) => template,
        Err(error) => {
            let message = format!("{} (column {} of the text)", error.message, error.column);
            faults.push(Fault::at(path, message));
            return None;
        }
    };
    for name in template.names() {
        let first = name.split(['.', '[']).next().unwrap_or(&name).to_owned();
        if !NAMES.contains(&first.as_str()) {
            let fault = Fault::at(path, format!("a report has no \"{first}\""));
            faults.push(fault.with_remedy(did_you_mean(&first, &NAMES)));
        }
    }
    Some(Show::Text(template))
}
