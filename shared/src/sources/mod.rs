//! How a raw notification becomes signals.
//!
//! | room | what it holds |
//! | --- | --- |
//! | `verify` | who may send: the signature schemes, by name |
//! | `headers` | which request headers travel with a raw notification |
//! | `unwrap` | the envelopes of transports (SNS, SQS, SES, forms) and what is inside of them |
//! | `mail` | messages as payloads, and whose mail is taken |
//! | `known` | which sources there are |
//! | `mapping` | the format of a mapping file, as types |
//! | `recognise` | which mapping a payload is for: an index over headers, fields and beginnings of texts |
//! | `compiled` | a mapping file, compiled, and its faults |
//! | `engine` | a compiled mapping applied to a payload |
//! | `generic` | what no mapping understands: title, status, link and identity by names and shapes |
//! | `draft` | a signal in the making, and the bounds that make it one |
//!
//! To add a source, write `shared/sources/<name>.yaml` and put two payloads into `events/<name>/`. Envelopes are opened
//! before anything is recognised: what is inside decides, however it was carried.
//!
//! [`Sources::map`] never fails: a payload that no mapping understands, or that a mapping has a fault for, becomes a
//! generic signal with a note that says why. No I/O, no clock, no Slack and no store may enter.

mod compiled;
mod draft;
mod engine;
mod generic;
pub mod headers;
mod known;
pub mod mail;
pub mod mapping;
mod recognise;
mod unwrap;
pub mod verify;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use self::draft::Draft;
use self::engine::Outcome;
pub use self::known::Source;
use self::known::{BUILTIN, File, Known, OWN};
use self::mapping::Mapping;
use self::recognise::Origin;
use self::unwrap::Payload;
pub use self::unwrap::encoded::logs;
pub use self::unwrap::{Opened, open};
use self::verify::Scheme;
use crate::core::expression::ExpressionError;
use crate::core::raw::Raw;
use crate::core::signal::Signal;

/// The most signals that one delivery gives; what is above is told in a last signal.
pub const MAX_SIGNALS: usize = 1_000;

/// Every known source and the index that recognises their payloads.
#[derive(Debug)]
pub struct Sources {
    known: OnceLock<Known>,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The source of the first signal.
    pub source: String,
    /// At least one, unless `skipped` says why there is none.
    pub signals: Vec<Signal>,
    /// The mapping knows this payload and says that nobody needs to see it, with its reason.
    pub skipped: Option<String>,
    /// How it was decided.
    pub trace: Trace,
}

/// How a delivery was read, for "why?" and for whoever writes mappings.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Trace {
    /// The mapping and its case (`cloudwatch/message`); `None` if the delivery was read generically.
    pub mapping: Option<String>,
    /// What is worth knowing: why it was read generically, a status word that the mapping does not know, what was cut.
    pub notes: Vec<String>,
}

/// A fault in a mapping file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sources/{source_name}.yaml: {place}: {error}")]
pub struct Fault {
    /// The source whose file it is.
    pub source_name: String,
    /// Where in the file: `cases.message.signal.title`.
    pub place: String,
    /// What is wrong; the line counts within the text at that place.
    pub error: ExpressionError,
}

/// The built-in mappings cannot be read, or a user's file is not a mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sources/{name}.yaml: {message}")]
pub struct BadFile {
    /// The source whose file it is.
    pub name: String,
    /// What is wrong, with its place where the format knows it.
    pub message: String,
}

impl Sources {
    /// The sources that come with Callboard.
    ///
    /// # Errors
    /// Never in a build whose tests passed: the files are embedded.
    pub fn builtin() -> Result<Self, BadFile> {
        Ok(Sources { known: OnceLock::from(Known::read(&[(BUILTIN, Origin::Builtin)])?) })
    }

    /// The same and the team's own, which lay in the folder `sources` beside the config when this was built. Read when they are
    /// first asked for: most functions never do, and reading them is a third of the instructions of a start. If they could not
    /// be read, every payload would be read generically.
    pub fn as_built() -> Self {
        Sources { known: OnceLock::new() }
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            Known::read(&[(BUILTIN, Origin::Builtin), (OWN, Origin::Own)])
                .inspect_err(|error| tracing::error!(%error, "a source that was compiled in is broken"))
                .unwrap_or_default()
        })
    }

    /// No source at all, so that everything is read generically: what a sender looks like that nobody knows.
    pub fn none() -> Self {
        Sources { known: OnceLock::from(Known::default()) }
    }

    /// The same and a user's own sources. One with the name of a built-in source replaces it; a user's rules of
    /// recognition go before the built-in ones.
    pub fn with(self, files: BTreeMap<String, Mapping>) -> Self {
        self.known();
        let mut known = self.known.into_inner().unwrap_or_default();
        for (name, mapping) in files {
            known.add(name, mapping.head(), File::Mapping(Box::new(mapping)), Origin::Own);
        }
        known.index();
        Sources { known: OnceLock::from(known) }
    }

    /// The same and a user's own mapping files: pairs of source name and YAML text.
    ///
    /// # Errors
    /// The first file that is not a mapping, with line and column.
    #[cfg(feature = "yaml")]
    pub fn with_user_files(self, files: &[(String, String)]) -> Result<Self, BadFile> {
        let mut mappings = BTreeMap::new();
        for (name, text) in files {
            let mapping = serde_saphyr::from_str::<Mapping>(text)
                .map_err(|error| BadFile { name: name.clone(), message: error.to_string() })?;
            mappings.insert(name.clone(), mapping);
        }
        Ok(self.with(mappings))
    }

    /// Every fault in every mapping: what `callboard check` shows.
    pub fn faults(&self) -> Vec<Fault> {
        self.known().sources.values().filter_map(|source| source.compiled().err().cloned()).collect()
    }

    /// The source with a name.
    pub fn get(&self, name: &str) -> Option<&Source> {
        self.known().sources.get(name)
    }

    /// How the sender of a source proves who it is, if the config does not say: by its mapping, or by the generic one where it has
    /// none.
    pub fn scheme(&self, name: &str) -> Option<&Scheme> {
        self.get(name).or_else(|| self.get(GENERIC)).map(Source::verify)
    }

    /// The names of all sources, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known().sources.keys().map(String::as_str)
    }

    /// The source that a notification is from, by what is in it; the name in its path is not asked.
    pub fn recognise(&self, raw: &Raw, opened: &Opened) -> Option<&Source> {
        opened.payloads.first().and_then(|payload| self.recognise_payload(raw, payload))
    }

    /// The sender's own identity of this delivery, where it has one; a repeated delivery has the same. What the mapping
    /// names counts first, then `webhook-id`, by which every sender of Standard Webhooks names a delivery
    /// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-headers-and-payload-examples>),
    /// then the transport's own.
    pub fn delivery_id(&self, raw: &Raw, opened: &Opened) -> Option<String> {
        let payload = opened.payloads.first()?;
        let named = raw.source.as_deref().and_then(|name| self.get(name));
        let id_of = |payload: &Payload| {
            let source = named.or_else(|| self.recognise_payload(raw, payload))?;
            source.compiled().ok()?.delivery_id(raw, payload)
        };
        let by_mapping = match opened.payloads.as_slice() {
            [payload] => id_of(payload),
            // A batch that is sent again may be put together otherwise: it is the same only if all of it is.
            several if opened.delivery.is_none() => {
                let ids: Option<Vec<String>> = several.iter().map(id_of).collect();
                ids.map(|ids| hex::encode(Sha256::digest(ids.join("\n"))))
            }
            _ => id_of(payload),
        };
        let by_header = || raw.headers.get("webhook-id").filter(|id| !id.trim().is_empty()).cloned();
        by_mapping
            .or_else(by_header)
            .or_else(|| opened.delivery.clone())
            .map(|id| draft::line(&id, 200))
            .filter(|id| !id.is_empty())
    }

    /// Turns a notification into signals: [`Sources::map_opened`] for whoever asks nothing else about it.
    pub fn map(&self, raw: &Raw) -> Mapped {
        self.map_opened(raw, &open(raw))
    }

    /// Turns a notification that was opened into signals.
    pub fn map_opened(&self, raw: &Raw, opened: &Opened) -> Mapped {
        let mut making =
            Making { raw, drafts: Vec::new(), skipped: Vec::new(), left_out: 0, trace: Trace::default() };
        making.trace.notes.extend(opened.note.clone());
        for payload in &opened.payloads {
            self.map_payload(payload, &mut making);
        }
        making.finish()
    }

    fn map_payload(&self, payload: &Payload, making: &mut Making<'_>) {
        let named = making.raw.source.as_deref();
        let first = named.and_then(|name| self.get(name));
        let second = self.recognise_payload(making.raw, payload);
        let second = second.filter(|second| first.is_none_or(|first| first.name != second.name));
        for source in [first, second].into_iter().flatten() {
            if making.apply(source, payload) {
                return;
            }
        }
        if first.is_none() && second.is_none() {
            making.trace.notes.push("no mapping knows this payload: it was read generically".to_owned());
        }
        let source = named.filter(|name| is_name(name)).unwrap_or(GENERIC);
        for draft in generic::read(&payload.body, &payload.envelope, making.raw.received_at) {
            making.drafts.push((source.to_owned(), draft));
        }
    }

    fn recognise_payload(&self, raw: &Raw, payload: &Payload) -> Option<&Source> {
        self.known().index.find(&raw.headers, payload).and_then(|name| self.get(name))
    }
}

/// Whether a name can be a source's: 1 to 64 lower-case letters, digits and hyphens.
pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The source of what no mapping understands and whose path names none.
pub const GENERIC: &str = "generic";

/// A delivery's signals in the making.
struct Making<'a> {
    raw: &'a Raw,
    drafts: Vec<(String, Draft)>,
    skipped: Vec<String>,
    /// Elements that were not even mapped.
    left_out: usize,
    trace: Trace,
}

impl Making<'_> {
    /// Applies one source's mapping; false if it does not know this payload or has a fault.
    fn apply(&mut self, source: &Source, payload: &Payload) -> bool {
        let outcome = match source.compiled() {
            Ok(compiled) => compiled.apply(self.raw, payload, &mut self.trace.notes),
            Err(fault) => {
                self.trace.notes.push(fault.to_string());
                return false;
            }
        };
        match outcome {
            Outcome::Signals { case, mut drafts, left_out } => {
                self.left_out += left_out;
                self.trace.mapping.get_or_insert(format!("{}/{case}", source.name));
                let hook = self.raw.source.as_deref().filter(|name| *name != source.name && is_name(name));
                for draft in &mut drafts {
                    if let Some(hook) = hook {
                        draft.labels.entry("hook".to_owned()).or_insert_with(|| hook.to_owned());
                    }
                }
                self.drafts.extend(drafts.into_iter().map(|draft| (source.name.clone(), draft)));
                true
            }
            Outcome::Skipped { case, reason } => {
                self.trace.mapping.get_or_insert(format!("{}/{case}", source.name));
                self.skipped.push(reason);
                true
            }
            Outcome::Unknown => {
                if source.name != GENERIC {
                    self.trace.notes.push(format!("{} has no case for this payload", source.name));
                }
                false
            }
        }
    }

    fn finish(mut self) -> Mapped {
        if self.drafts.len() + self.left_out > MAX_SIGNALS {
            let above = self.drafts.len() + self.left_out - (MAX_SIGNALS - 1);
            self.drafts.truncate(MAX_SIGNALS - 1);
            self.trace.notes.push(format!("{above} further signals of this delivery were left out"));
            let source = self.drafts.last().map_or(GENERIC.to_owned(), |(source, _)| source.clone());
            let title = format!("{above} further notifications in one delivery");
            self.drafts.push((source, Draft { title, ..Draft::default() }));
        }
        if self.drafts.is_empty() && self.skipped.is_empty() {
            let source = self.raw.source.as_deref().filter(|name| is_name(name)).unwrap_or(GENERIC);
            self.drafts.push((source.to_owned(), Draft::default()));
        }
        let signals: Vec<Signal> = (0..)
            .zip(self.drafts)
            .map(|(position, (source, draft))| draft.finish(self.raw, &source, position))
            .collect();
        let skipped = self.skipped.into_iter().next().filter(|_| signals.is_empty());
        let of_mapping = || self.trace.mapping.as_deref().and_then(|mapping| mapping.split('/').next());
        let source =
            signals.first().map(|signal| signal.source.as_str()).or_else(of_mapping).unwrap_or(GENERIC);
        Mapped { source: source.to_owned(), signals, skipped, trace: self.trace }
    }
}
