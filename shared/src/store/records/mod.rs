//! How things are written down: versioned types of the store's own, as JSON, which may be deflated. The core's types can change
//! freely as long as the conversions here are kept; every conversion takes its input apart field by field, so that a new
//! field of the core does not compile until it is stored. Both stores write these bytes.
//!
//! To add a field: give it `#[serde(default)]`, so that records without it still read. To change what a field means: raise
//! [`VERSION`] and convert while reading. Keys, indexes and conditions belong to the stores.

mod digest;
mod feed;
mod incident;
mod report;
mod signal;
mod timeline;

use miniz_oxide::{deflate, inflate};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub(super) use digest::DigestRecord;
pub(super) use feed::FeedRecord;
pub(super) use incident::IncidentRecord;
pub(super) use signal::{ChannelRecord, ReceivedRecord};
pub(super) use timeline::EntryRecord;

use super::StoreError;
use crate::core::incident::Incident;

/// The newest version of the records that this build reads, and the one that it writes.
const VERSION: u32 = 1;

/// How hard deflating tries, of 10.
const LEVEL: u8 = 6;

/// A record that inflates to more than this was not written by us.
const INFLATED_MAX: usize = 32 << 20;

/// The most bytes of one record. An item holds 400 kB with its keys and indexed attributes.
const RECORD_MAX: usize = 380_000;

/// The most bytes of one record of what was received, so that much else fits a commit with it.
const RECEIVED_MAX: usize = 350_000;

/// The most bytes of all records of what was received in one commit. A transaction holds 4 MB.
const ALL_RECEIVED_MAX: usize = 3_000_000;

/// The version that a record starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1..=VERSION => Ok(Version),
            _ => Err(D::Error::custom("a version that this build does not know")),
        }
    }
}

/// The part of a record that all versions have in common.
#[derive(Deserialize)]
struct Head {
    v: u32,
}

/// Writes a record down, as JSON.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is not JSON, which no record of ours is.
pub(super) fn encode<R: Serialize>(what: &str, record: &R) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(record).map_err(|_| StoreError::Corrupt(format!("{what} is not JSON")))
}

/// Deflates a record that is longer than `longest` bytes: 50 microseconds for a typical incident, which becomes half as long.
pub(super) fn deflated_beyond(longest: usize, bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() <= longest || bytes.first() != Some(&b'{') {
        return bytes;
    }
    deflate::compress_to_vec_zlib(&bytes, LEVEL)
}

/// Writes an incident down.
///
/// # Errors
/// [`StoreError::Refused`] if it is too large for an item.
pub(super) fn incident_bytes(incident: &Incident) -> Result<Vec<u8>, StoreError> {
    let bytes = deflated_beyond(RECORD_MAX, encode("an incident", &IncidentRecord::from(incident))?);
    if bytes.len() > RECORD_MAX {
        let (id, length) = (&incident.id, bytes.len());
        return Err(StoreError::Refused(format!(
            "incident {id} has {length} bytes; an item holds {RECORD_MAX}"
        )));
    }
    Ok(bytes)
}

/// The room for each of `records` records of what was received in one commit, in bytes.
pub(super) fn room(records: usize) -> usize {
    RECEIVED_MAX.min(ALL_RECEIVED_MAX / records.max(1))
}

/// Reads a record. The error says where it is unreadable and never what is in it.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is damaged, or was written by a newer Callboard; then it says what to do.
pub(super) fn decode<R: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<R, StoreError> {
    let inflated;
    let json = if bytes.first() == Some(&b'{') {
        bytes
    } else {
        inflated = inflate::decompress_to_vec_zlib_with_limit(bytes, INFLATED_MAX)
            .map_err(|_| StoreError::Corrupt(format!("{what} does not inflate")))?;
        &inflated
    };
    serde_json::from_slice(json).map_err(|error| {
        StoreError::Corrupt(match serde_json::from_slice::<Head>(json) {
            Ok(Head { v }) if v > VERSION => format!(
                "{what} has version {v} and this Callboard reads up to {VERSION}: \
                 deploy the newer Callboard again, or restore the store to a time before it"
            ),
            _ => format!("{what}, column {} ({:?})", error.column(), error.classify()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        v: Version,
        text: String,
    }

    fn sample(text: &str) -> Sample {
        Sample { v: Version, text: text.to_owned() }
    }

    #[test]
    fn a_record_is_json_that_starts_with_its_version() {
        assert_eq!(encode("sample", &sample("hi")).unwrap(), br#"{"v":1,"text":"hi"}"#);
    }

    #[test]
    fn a_long_record_is_deflated_once_and_comes_back() {
        let long = sample(&"the disk is full ".repeat(1000));
        let json = encode("sample", &long).unwrap();
        assert_eq!(deflated_beyond(json.len(), json.clone()), json);
        let bytes = deflated_beyond(json.len() - 1, json);
        assert_eq!(deflated_beyond(10, bytes.clone()), bytes);
        assert!(bytes.len() < 400, "{} bytes", bytes.len());
        assert_eq!(decode::<Sample>("sample", &bytes).unwrap(), long);
    }

    #[test]
    fn unknown_fields_of_the_same_version_are_tolerated() {
        let bytes = br#"{"v":1,"text":"hi","mood":"good"}"#;
        assert_eq!(decode::<Sample>("sample", bytes).unwrap(), sample("hi"));
    }

    #[test]
    fn a_newer_version_names_the_remedy_even_if_it_would_parse() {
        let error = decode::<Sample>("sample", br#"{"v":7,"text":"hi"}"#).unwrap_err().to_string();
        assert!(error.contains("sample has version 7 and this Callboard reads up to 1"), "{error}");
        assert!(error.contains("deploy the newer Callboard again"), "{error}");
    }

    #[test]
    fn an_error_does_not_quote_what_is_stored() {
        for bytes in [
            &br#"{"v":1,"text":{"token":"xoxb-secret"}}"#[..],
            br#"{"v":1,"text":["xoxb-secret"#,
            b"xoxb-secret",
        ] {
            let error = decode::<Sample>("sample", bytes).unwrap_err();
            assert!(matches!(&error, StoreError::Corrupt(text) if !text.contains("xoxb")), "{error}");
        }
    }

    #[test]
    fn a_record_without_a_version_is_not_ours() {
        assert!(decode::<Sample>("sample", br#"{"text":"hi"}"#).is_err());
        assert!(decode::<Sample>("sample", br#"{"v":0,"text":"hi"}"#).is_err());
    }
}
