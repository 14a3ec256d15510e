//! The format of a mapping file, as types: what `shared/sources/*.yaml` and a user's own files may say.
//!
//! ```yaml
//! title: Amazon CloudWatch            # what people call it
//! verify: sns                         # how its sender proves who it is
//! guide: { connect: ..., key: ..., page: ... }   # for whoever connects it
//! delivery: '{{ headers["x-id"] }}'   # the sender's own identity of a delivery
//! recognise:                          # any of these; within one, all of it
//!   - headers: { x-github-event: "*" }
//!   - fields: { AlarmName: "*", version: "4", alert.kind: "*" }
//!   - text: "StackId='*"              # of what is no JSON; `subject` of an SNS message
//! let:                                # names for the cases, one after the other
//!   - region: (body.AlarmArn | arn).region
//! cases:                              # the first one that holds
//!   - name: message
//!     when: body.NewStateValue is defined
//!     each: body.alerts               # one signal for each `item`; `item` is the body otherwise
//!     signal: { ... }                 # or `skip: why nobody needs to see it`, or `read: { title: ..., text: ... }`
//! ```
//!
//! `when`, `each` and `let` are expressions, everything in `signal` is a template; `status` and `severity` may be a table
//! of words instead. They see `body`, `item`, `headers`, `envelope` (of the transport: `subject`, `topic`, `region`, `account`)
//! and the names of `let`. A fact, label or link that asks for something that is not there, or is empty, is left out; any
//! other fault makes the signal generic. Only the format may be here; `engine` gives it its meaning.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::verify::Scheme;

/// For whoever connects the source: `/ops connect` and the table in `docs/sources.md` say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// Where to set it up at the sender, in one or two sentences; `URL` stands for the address. Without it, nothing is sent to
    /// an address: it comes by a topic or a rule of the AWS account.
    pub connect: String,
    /// The path that it sends to, if not `/hooks/NAME`: that of another tool's API.
    #[serde(default)]
    pub address: Option<String>,
    /// What to write into the config, where nothing is sent at all because Callboard asks for it.
    #[serde(default)]
    pub config: Option<String>,
    /// What one incident stands for, and what resolves it: `each alarm; OK resolves it`.
    pub key: String,
    /// The vendor's page about its webhooks.
    pub page: String,
}

/// The word that stands for the address in [`Guide::connect`].
const ADDRESS: &str = "URL";

impl Guide {
    /// The path that a source of this name sends to; `None` if it comes by a topic or a rule.
    pub fn path(&self, name: &str, verify: &Scheme) -> Option<String> {
        let path = || self.address.clone().unwrap_or_else(|| hooks(name, verify));
        self.connect.contains(ADDRESS).then(path)
    }

    /// What to do at the sender, in parts: the address stands between them.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.connect.split(ADDRESS)
    }
}

/// The path that a source of this name sends to, with the place of the secret if that stands in the address.
pub fn hooks(name: &str, verify: &Scheme) -> String {
    let secret = if *verify == Scheme::Path { "/SECRET" } else { "" };
    format!("/hooks/{name}{secret}")
}

/// A mapping file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What people call the source: `Amazon CloudWatch`.
    pub title: String,
    /// How its sender proves who it is, unless the config says otherwise.
    pub verify: Scheme,
    /// How to connect it.
    #[serde(default)]
    pub guide: Option<Guide>,
    /// Template of the sender's own identity of a delivery; the transport's (SNS `MessageId`) is known without it.
    #[serde(default)]
    pub delivery: Option<String>,
    /// How its payloads are recognised when the path does not name the source: any of these.
    #[serde(default)]
    pub recognise: Vec<Recognition>,
    /// Names for all cases: a list of maps of name to expression; later ones see earlier ones.
    #[serde(default, rename = "let")]
    pub names: Vec<BTreeMap<String, String>>,
    /// What its payloads mean: the first case that holds.
    pub cases: Vec<Case>,
}

/// What has to be known of every source before any payload is read: the beginning of a mapping file.
#[derive(Clone, Debug, Deserialize)]
pub struct Head {
    /// As [`Mapping::title`].
    pub title: String,
    /// As [`Mapping::verify`].
    pub verify: Scheme,
    /// As [`Mapping::recognise`].
    #[serde(default)]
    pub recognise: Vec<Recognition>,
}

impl Mapping {
    /// Its beginning.
    pub fn head(&self) -> Head {
        Head { title: self.title.clone(), verify: self.verify.clone(), recognise: self.recognise.clone() }
    }
}

/// One way of recognising a payload: all of it must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Request headers: `*` for any value, `text*` for a beginning, or the whole value.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Fields of the payload, in the same way; of the first element, if it is a list. A name may be a path (`alert.kind`), or
    /// the beginning of one at the top (`ElastiCache:*`).
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The text of a payload that is none of JSON, in the same way.
    #[serde(default)]
    pub text: Option<String>,
    /// The subject of an SNS message, in the same way.
    #[serde(default)]
    pub subject: Option<String>,
}

/// What one kind of payload means.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Names it in traces and errors.
    pub name: String,
    /// Expression: whether it is this kind. Always, if absent.
    #[serde(default)]
    pub when: Option<String>,
    /// Expression: a list, each of whose elements (`item`) becomes a signal.
    #[serde(default)]
    pub each: Option<String>,
    /// Names for this case; see [`Mapping::names`].
    #[serde(default, rename = "let")]
    pub names: Vec<BTreeMap<String, String>>,
    /// Template: nobody needs to see it, for this reason. Instead of `signal`.
    #[serde(default)]
    pub skip: Option<String>,
    /// A title and a text, in which status, severity and identity are found by words. Instead of `signal`.
    #[serde(default)]
    pub read: Option<ReadMapping>,
    /// The signal. Instead of `skip`.
    #[serde(default)]
    pub signal: Option<SignalMapping>,
}

/// How the fields of a signal are made. Templates, all of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalMapping {
    /// Names the thing that it is about, never the message. The source's name goes before it by itself.
    pub key: String,
    /// One noun: `alarm`, `deployment`.
    pub kind: String,
    /// `firing`, `resolved` or `info`. An unknown word is `info`.
    pub status: Choice,
    /// `critical`, `error`, `warning` or `info`; if absent or unknown, `info` for what is one and `error` otherwise.
    /// The end of something should have the severity of its beginning, so that both take the same route.
    #[serde(default)]
    pub severity: Option<Choice>,
    /// One line.
    pub title: String,
    /// The rest.
    #[serde(default)]
    pub text: Option<String>,
    /// Short facts for the line under the title.
    #[serde(default)]
    pub facts: Vec<String>,
    /// Where the title leads.
    #[serde(default)]
    pub link: Option<String>,
    /// Further places to look.
    #[serde(default)]
    pub links: Vec<LinkMapping>,
    /// Names and values for rules. The same thing has the same name in every source: `service`, `environment`, `region`,
    /// `account`, `resource`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Expression: a map whose entries are labels too, unless `labels` has the name already.
    #[serde(default)]
    pub labels_from: Option<String>,
    /// When it happened, by the sender's clock: ISO 8601 or Unix time.
    #[serde(default)]
    pub at: Option<String>,
}

/// What is written for people and says in words how things stand: a message, a note. Templates, all of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadMapping {
    /// One line.
    pub title: String,
    /// The rest.
    pub text: String,
    /// As [`SignalMapping::facts`].
    #[serde(default)]
    pub facts: Vec<String>,
    /// As [`SignalMapping::labels`].
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// As [`SignalMapping::at`].
    #[serde(default)]
    pub at: Option<String>,
}

/// A labelled address.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkMapping {
    /// What it says.
    pub title: String,
    /// An `http` or `https` address; anything else is left out.
    pub url: String,
}

/// A word: a template that gives it, or a table from the sender's words to ours.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Choice {
    /// A template.
    Word(String),
    /// A table.
    Table(Table),
}

/// A table from the sender's words to ours.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Template: the sender's word.
    pub of: String,
    /// The sender's words and ours. Upper and lower case are the same.
    pub words: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for Choice {
    /// By hand, since an untagged enum would answer every slip with "did not match any variant".
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrTable;

        impl<'de> Visitor<'de> for WordOrTable {
            type Value = Choice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word, or a table { of: template, words: { theirs: ours } }")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Choice, E> {
                Ok(Choice::Word(word.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Choice, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map)).map(Choice::Table)
            }
        }

        deserializer.deserialize_any(WordOrTable)
    }
}
