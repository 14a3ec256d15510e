//! What reports count of an incident, as it is written down: a few dozen bytes besides its texts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::core::incident::IncidentId;
use crate::core::report::Digest;

/// What reports count of an incident.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct DigestRecord {
    v: Version,
    inc: String,
    route: String,
    group: String,
    title: String,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ack: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<Timestamp>,
    #[serde(default)]
    fired: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    acted: bool,
}

impl From<&Digest> for DigestRecord {
    fn from(digest: &Digest) -> Self {
        let Digest {
            incident,
            route,
            group,
            title,
            fired_at,
            acknowledged_at,
            resolved_at,
            firings,
            acted_on,
        } = digest.clone();
        Self {
            v: Version,
            inc: incident.0,
            route,
            group,
            title,
            at: fired_at,
            ack: acknowledged_at,
            end: resolved_at,
            fired: firings,
            acted: acted_on,
        }
    }
}

impl From<DigestRecord> for Digest {
    fn from(record: DigestRecord) -> Self {
        Self {
            incident: IncidentId(record.inc),
            route: record.route,
            group: record.group,
            title: record.title,
            fired_at: record.at,
            acknowledged_at: record.ack,
            resolved_at: record.end,
            firings: record.fired,
            acted_on: record.acted,
        }
    }
}
