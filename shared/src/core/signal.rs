//! A signal: one notification in normal form, whoever sent it.
//!
//! The type is closed. A payload whose status no mapping understands becomes an `Info` signal, never a `Firing` one by
//! accident. Nothing source-specific may enter here; that is what `labels`, `facts` and `links` are for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One notification in normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Identity of this very notification: the delivery's id and its position in it. The same delivery gives the same id.
    pub id: String,
    /// The source's name: the file name of its mapping (`cloudwatch`), or what the sender called itself in the path.
    pub source: String,
    /// What it is about, one noun: `alarm`, `deployment`, `build`, `push`, ...
    pub kind: String,
    /// Whether the trouble has begun, has ended, or there is none.
    pub status: Status,
    /// How bad it is.
    pub severity: Severity,
    /// One line that names the thing and what happened. Never empty.
    pub title: String,
    /// The rest, as the sender wrote it; may be empty.
    pub text: String,
    /// Short facts for one line under the title: the value against its threshold, the resource, the region, the account.
    #[serde(default)]
    pub facts: Vec<String>,
    /// Names and values that rules can ask for.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Where to look next; the first one is what the title links to. Only `http` and `https` addresses.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Names the *thing* that the signal is about, never the message: a firing and its resolution have the same key.
    pub key: String,
    /// When it happened, by the sender's clock; when it was received if the sender does not say.
    pub at: Timestamp,
    /// When it was received, by our clock.
    pub received_at: Timestamp,
}

/// A labelled address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Link {
    /// What the button or link says.
    pub title: String,
    /// An `http` or `https` address.
    pub url: String,
}

/// Whether the trouble has begun, has ended, or there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Something is wrong and somebody should acknowledge it.
    Firing,
    /// What was wrong is right again.
    Resolved,
    /// Nobody has to acknowledge it.
    Info,
}

/// How bad it is, mildest first, so that `max` is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Look at it during the day.
    Warning,
    /// Something is broken.
    Error,
    /// People are affected; look now.
    Critical,
}

impl Status {
    /// The word that config files and templates use.
    pub fn word(self) -> &'static str {
        match self {
            Status::Firing => "firing",
            Status::Resolved => "resolved",
            Status::Info => "info",
        }
    }

    /// Reads the word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Status::Firing, Status::Resolved, Status::Info].into_iter().find(|status| status.word() == word)
    }
}

impl Severity {
    /// The word that config files and templates use.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Critical => "critical",
        }
    }

    /// Reads the word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical]
            .into_iter()
            .find(|severity| severity.word() == word)
    }
}
