//! The team's rules: what `config/callboard.yaml` may say (`file`), whether it makes sense (`check`), and the compiled
//! form that handlers use (`Config`).
//!
//! A function carries no YAML parser: the file is compiled to JSON when the crate is built, and the laptop reads YAML
//! (feature `yaml`). Routes become `core::routing`; nothing here decides where a signal goes.

use std::collections::BTreeMap;

use crate::core::incident::Rules;
use crate::core::routing::Routes;
use crate::sources::verify::Scheme;

pub use fault::{Fault, Place};
pub use feed::Feed;
pub use file::ConfigFile;
pub use report::{Report, Show};

mod check;
mod fault;
mod feed;
mod file;
#[cfg(feature = "yaml")]
mod form;
mod report;
pub mod section;
#[cfg(feature = "yaml")]
mod yaml;

/// A config that has been checked, compiled.
#[derive(Debug)]
pub struct Config {
    /// Where signals go.
    pub routes: Routes,
    /// How incidents change.
    pub rules: Rules,
    /// How each source proves who it is; `*` for those that are not named.
    pub sources: BTreeMap<String, Access>,
    /// What is posted on a schedule.
    pub reports: Vec<Report>,
    /// What is read on a schedule.
    pub feeds: Vec<Feed>,
    /// The slash command, with its slash.
    pub command: String,
    /// Tells one config from another.
    pub version: String,
}

/// How a source proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The scheme; `None`: the one of the source's mapping.
    pub scheme: Option<Scheme>,
    /// The names of its secrets; any of them will do.
    pub secrets: Vec<String>,
    /// SNS: the topics that are ours.
    pub topics: Vec<String>,
    /// Mail: whose is taken that SES received.
    pub senders: Vec<String>,
}

impl Config {
    /// The config of the repository, `config/callboard.yaml`, as it was when this was built.
    ///
    /// # Errors
    /// Its faults; the build refuses a file that has any, so a deployment never sees them.
    pub fn built_in() -> Result<Config, Vec<Fault>> {
        Config::from_json(include_str!(concat!(env!("OUT_DIR"), "/callboard.json")))
    }

    /// Reads the JSON that the YAML file compiles to.
    ///
    /// # Errors
    /// Every fault, with its path in the file.
    pub fn from_json(json: &str) -> Result<Config, Vec<Fault>> {
        let file: ConfigFile =
            serde_json::from_str(json).map_err(|error| vec![Fault::whole(error.to_string())])?;
        check::compile(&file)
    }

    /// The report with this name.
    pub fn report(&self, name: &str) -> Option<&Report> {
        self.reports.iter().find(|report| report.name == name)
    }

    /// How the source with this name is authenticated; `None` if the config does not say, which refuses it.
    pub fn source(&self, name: &str) -> Option<&Access> {
        self.sources.get(name).or_else(|| self.sources.get("*"))
    }
}
