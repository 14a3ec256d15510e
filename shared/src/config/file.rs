//! What `config/callboard.yaml` may say, as types: one struct for each block of the file, with the defaults. Meaning is
//! checked in `check`; nothing here knows more than the shape.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::feed::FeedRules;
use super::report::ReportRules;
use crate::sources::verify::words::Words;

/// The whole file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Channels with a role.
    pub channels: Channels,
    /// How sources are authenticated.
    #[serde(default)]
    pub sources: BTreeMap<String, SourceRules>,
    /// How incidents change.
    #[serde(default)]
    pub incidents: Incidents,
    /// Who gets what, where; read top down.
    #[serde(default)]
    pub routes: Vec<RouteRules>,
    /// What is posted on a schedule.
    #[serde(default)]
    pub reports: Vec<ReportRules>,
    /// What is read on a schedule.
    #[serde(default)]
    pub feeds: Vec<FeedRules>,
    /// The slash command.
    #[serde(default = "default_command")]
    pub command: String,
}

/// Channels with a role.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// Where a post goes whose own channel cannot take it.
    pub fallback: String,
}

/// How one source is authenticated. The name `*` stands for every source that is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRules {
    /// The scheme, by name (`bearer`, `github`, ...; `none` lets anybody in) or with options; without it, the one of the source's
    /// mapping.
    #[serde(default)]
    pub verify: Option<Words>,
    /// The names of the secrets it is verified with; two while one is being changed.
    #[serde(default)]
    pub secrets: OneOrMany,
    /// `sns`: the ARNs of the topics whose messages and confirmations are accepted.
    #[serde(default)]
    pub topics: OneOrMany,
    /// `mail`: whose mail is taken that SES received: addresses, `@` and a domain, or `*` for anybody who proves it.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub senders: OneOrMany,
}

/// How incidents change.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Incidents {
    /// A re-fire within this time after the resolution reopens the incident.
    pub reopen_within: SignedDuration,
    /// How long an acknowledgement holds; `0s` for ever.
    pub ack_for: SignedDuration,
}

impl Default for Incidents {
    fn default() -> Self {
        Incidents { reopen_within: SignedDuration::from_mins(30), ack_for: SignedDuration::from_hours(4) }
    }
}

/// One rule.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteRules {
    /// Its name.
    pub name: String,
    /// Its condition; without one it takes everything.
    #[serde(default)]
    pub when: Option<String>,
    /// Channel templates.
    pub to: OneOrMany,
    /// What belongs together; without, the signal's own key.
    #[serde(default)]
    pub group_by: OneOrMany,
    /// Go on with the next route although this one matched.
    #[serde(default)]
    pub r#continue: bool,
    /// The controls of its posts, by name.
    #[serde(default)]
    pub buttons: Option<Vec<String>>,
    /// Show a resolution although nobody saw it fire: a deployment that went well, but not an alarm that was never seen.
    #[serde(default)]
    pub show_unfired: bool,
}

/// A text, or a list of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "Several", into = "Vec<String>")]
pub struct OneOrMany(pub Vec<String>);

impl OneOrMany {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
enum Several {
    One(String),
    Many(Vec<String>),
}

impl From<Several> for OneOrMany {
    fn from(several: Several) -> Self {
        match several {
            Several::One(one) => OneOrMany(vec![one]),
            Several::Many(many) => OneOrMany(many),
        }
    }
}

impl From<OneOrMany> for Vec<String> {
    fn from(several: OneOrMany) -> Self {
        several.0
    }
}

fn default_command() -> String {
    "/ops".to_owned()
}
