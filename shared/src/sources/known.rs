//! The sources that there are: those that come with Callboard, the team's own that were compiled in, and a user's files; each
//! with its mapping file, which is compiled when its first payload comes. What a payload means may not enter.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::BadFile;
use super::Fault;
use super::compiled::Compiled;
use super::mapping::{Guide, Head, Mapping};
use super::recognise::{Index, Origin};
use super::verify::Scheme;

/// Mapping files that were compiled in: name, head and all of it, as JSON.
pub(super) type Texts = [(&'static str, &'static str, &'static str)];

/// The built-in sources.
pub(super) const BUILTIN: &Texts = &include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The team's own, which lay beside the config when this was built.
pub(super) const OWN: &Texts = &include!(concat!(env!("OUT_DIR"), "/own-sources.rs"));

/// Every known source, and the index that recognises their payloads.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) index: Index,
}

/// One source: its mapping file, read as far as recognising goes; the rest when it is first needed, since a function that
/// starts needs one of a hundred.
#[derive(Debug)]
pub struct Source {
    pub(super) name: String,
    head: Head,
    file: File,
    origin: Origin,
    compiled: OnceLock<Result<Compiled, Fault>>,
}

/// A mapping file.
#[derive(Debug)]
pub(super) enum File {
    /// As JSON, compiled in.
    Text(&'static str),
    Mapping(Box<Mapping>),
}

impl Known {
    /// Lists that were compiled in; of the same name, the later one counts.
    pub(super) fn read(lists: &[(&Texts, Origin)]) -> Result<Self, BadFile> {
        let mut known = Known::default();
        for (list, origin) in lists {
            for (name, head, file) in *list {
                let bad = |error: serde_json::Error| BadFile {
                    name: (*name).to_owned(),
                    message: error.to_string(),
                };
                let head = serde_json::from_str(head).map_err(bad)?;
                known.add((*name).to_owned(), head, File::Text(file), *origin);
            }
        }
        known.index();
        Ok(known)
    }

    pub(super) fn add(&mut self, name: String, head: Head, file: File, origin: Origin) {
        self.sources.insert(name.clone(), Source { name, head, file, origin, compiled: OnceLock::new() });
    }

    pub(super) fn index(&mut self) {
        let heads = self.sources.values().map(|source| (source.name.as_str(), &source.head, source.origin));
        self.index = Index::new(heads);
    }
}

impl Source {
    /// Its name: the file name of its mapping.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it: `Amazon CloudWatch`.
    pub fn title(&self) -> &str {
        &self.head.title
    }

    /// How its sender proves who it is, unless the config says otherwise.
    pub fn verify(&self) -> &Scheme {
        &self.head.verify
    }

    /// How to connect it, if its file says so.
    pub fn guide(&self) -> Option<Guide> {
        match &self.file {
            File::Text(text) => serde_json::from_str::<Mapping>(text).ok()?.guide,
            File::Mapping(mapping) => mapping.guide.clone(),
        }
    }

    pub(super) fn compiled(&self) -> Result<&Compiled, &Fault> {
        let compile = || match &self.file {
            File::Text(text) => Compiled::parse(&self.name, text),
            File::Mapping(mapping) => Compiled::new(&self.name, mapping),
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}
