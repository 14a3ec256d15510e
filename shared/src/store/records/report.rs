//! A run of a report, as it is written down. What it says is kept as the core has it, since it is read only until Slack shows
//! it: a document that a later Callboard cannot read counts as not posted, and its time as past.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::report::{Document, Report, Run};

/// A run of a report.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum ReportRecord {
    Begun {
        at: Timestamp,
    },
    Wanted {
        name: String,
        slot: Timestamp,
        to: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
    },
    Made {
        slot: Timestamp,
        says: String,
    },
    Skipped {
        slot: Timestamp,
    },
}

impl From<Report> for ReportRecord {
    fn from(report: Report) -> Self {
        match report {
            Report::Begun { at } => Self::Begun { at },
            Report::Wanted(Run { name, slot, to, asked_by, late }) => {
                Self::Wanted { name, slot, to, by: asked_by, late }
            }
            Report::Made(document) => {
                let slot = document.slot;
                // A document is made of texts and finite numbers, which are always JSON.
                let says = serde_json::to_string(&document).unwrap_or_default();
                Self::Made { slot, says }
            }
            Report::Skipped { slot } => Self::Skipped { slot },
        }
    }
}

impl From<ReportRecord> for Report {
    fn from(record: ReportRecord) -> Self {
        match record {
            ReportRecord::Begun { at } => Self::Begun { at },
            ReportRecord::Wanted { name, slot, to, by, late } => {
                Self::Wanted(Run { name, slot, to, asked_by: by, late })
            }
            ReportRecord::Made { slot, says } => match serde_json::from_str::<Document>(&says) {
                Ok(document) => Self::Made(document),
                Err(_) => Self::Skipped { slot },
            },
            ReportRecord::Skipped { slot } => Self::Skipped { slot },
        }
    }
}
