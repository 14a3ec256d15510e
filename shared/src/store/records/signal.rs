//! What was received, and what is known of a channel, as they are written down. A record of what was received always fits:
//! it leaves out the raw payload, then signals, and says so in the log, since losing the detail must not lose the incident.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Version, deflated_beyond, encode};
use crate::core::incident::IncidentId;
use crate::core::raw::Raw;
use crate::core::signal::{Link, Severity, Signal, Status};
use crate::store::{Channel, SignalRecord, StoreError};

/// One delivery.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ReceivedRecord {
    v: Version,
    id: String,
    inc: String,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signals: Vec<OneRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<RawRecord>,
}

/// A signal.
#[derive(Debug, Serialize, Deserialize)]
struct OneRecord {
    id: String,
    src: String,
    kind: String,
    is: StatusRecord,
    sev: SeverityRecord,
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    facts: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkRecord>,
    key: String,
    at: Timestamp,
    got: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct RawRecord {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    src: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    body: String,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LinkRecord {
    title: String,
    url: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StatusRecord {
    Firing,
    Resolved,
    Info,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SeverityRecord {
    Info,
    Warning,
    Error,
    Critical,
}

/// What is known of a channel.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ChannelRecord {
    v: Version,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    not_before: BTreeMap<String, Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dead: Option<(String, Timestamp)>,
}

impl ReceivedRecord {
    /// The record's bytes, at most `room` of them unless that is too little for any record; deflated only if need be.
    ///
    /// # Errors
    /// As [`encode`].
    pub(in crate::store) fn fitted(record: &SignalRecord, room: usize) -> Result<Vec<u8>, StoreError> {
        let encoded =
            |fitted: &Self| encode("a signal record", fitted).map(|json| deflated_beyond(room, json));
        let mut fitted = Self::from(record);
        let mut bytes = encoded(&fitted)?;
        while bytes.len() > room && (fitted.raw.is_some() || !fitted.signals.is_empty()) {
            if fitted.raw.take().is_none() {
                fitted.signals.truncate(fitted.signals.len() / 2);
            }
            tracing::warn!(
                record = record.id,
                incident = %record.incident,
                bytes = bytes.len(),
                room,
                kept = fitted.signals.len(),
                of = record.signals.len(),
                "the raw payload or some signals are not kept: the record would be too large"
            );
            bytes = encoded(&fitted)?;
        }
        Ok(bytes)
    }
}

impl From<&SignalRecord> for ReceivedRecord {
    fn from(record: &SignalRecord) -> Self {
        let SignalRecord { id, incident, signals, raw, received_at } = record.clone();
        Self {
            v: Version,
            id,
            inc: incident.0,
            at: received_at,
            signals: signals.into_iter().map(Into::into).collect(),
            raw: raw.map(Into::into),
        }
    }
}

impl From<ReceivedRecord> for SignalRecord {
    fn from(record: ReceivedRecord) -> Self {
        Self {
            id: record.id,
            incident: IncidentId(record.inc),
            signals: record.signals.into_iter().map(Into::into).collect(),
            raw: record.raw.map(Into::into),
            received_at: record.at,
        }
    }
}

impl From<Signal> for OneRecord {
    fn from(signal: Signal) -> Self {
        let Signal {
            id,
            source,
            kind,
            status,
            severity,
            title,
            text,
            facts,
            labels,
            links,
            key,
            at,
            received_at,
        } = signal;
        Self {
            id,
            src: source,
            kind,
            is: status.into(),
            sev: severity.into(),
            title,
            text,
            facts,
            labels,
            links: links.into_iter().map(Into::into).collect(),
            key,
            at,
            got: received_at,
        }
    }
}

impl From<OneRecord> for Signal {
    fn from(record: OneRecord) -> Self {
        Self {
            id: record.id,
            source: record.src,
            kind: record.kind,
            status: record.is.into(),
            severity: record.sev.into(),
            title: record.title,
            text: record.text,
            facts: record.facts,
            labels: record.labels,
            links: record.links.into_iter().map(Into::into).collect(),
            key: record.key,
            at: record.at,
            received_at: record.got,
        }
    }
}

impl From<Raw> for RawRecord {
    fn from(raw: Raw) -> Self {
        let Raw { id, source, headers, body, received_at, note } = raw;
        Self { id, src: source, headers, body, at: received_at, note }
    }
}

impl From<RawRecord> for Raw {
    fn from(record: RawRecord) -> Self {
        let RawRecord { id, src, headers, body, at, note } = record;
        Self { id, source: src, headers, body, received_at: at, note }
    }
}

impl From<Link> for LinkRecord {
    fn from(link: Link) -> Self {
        let Link { title, url } = link;
        Self { title, url }
    }
}

impl From<LinkRecord> for Link {
    fn from(record: LinkRecord) -> Self {
        let LinkRecord { title, url } = record;
        Self { title, url }
    }
}

impl From<Status> for StatusRecord {
    fn from(status: Status) -> Self {
        match status {
            Status::Firing => Self::Firing,
            Status::Resolved => Self::Resolved,
            Status::Info => Self::Info,
        }
    }
}

impl From<StatusRecord> for Status {
    fn from(record: StatusRecord) -> Self {
        match record {
            StatusRecord::Firing => Self::Firing,
            StatusRecord::Resolved => Self::Resolved,
            StatusRecord::Info => Self::Info,
        }
    }
}

impl From<Severity> for SeverityRecord {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
            Severity::Critical => Self::Critical,
        }
    }
}

impl From<SeverityRecord> for Severity {
    fn from(record: SeverityRecord) -> Self {
        match record {
            SeverityRecord::Info => Self::Info,
            SeverityRecord::Warning => Self::Warning,
            SeverityRecord::Error => Self::Error,
            SeverityRecord::Critical => Self::Critical,
        }
    }
}

impl From<&Channel> for ChannelRecord {
    fn from(channel: &Channel) -> Self {
        let Channel { name, id, not_before, dead } = channel.clone();
        Self { v: Version, name, id, not_before, dead }
    }
}

impl From<ChannelRecord> for Channel {
    fn from(record: ChannelRecord) -> Self {
        let ChannelRecord { v: Version, name, id, not_before, dead } = record;
        Self { name, id, not_before, dead }
    }
}
