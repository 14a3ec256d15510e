//! How many notifications one core reads: every payload in `events/`, one after the other, through all that ingest and the
//! router decide of it without asking anybody: identity, recognition, mapping, routing. Sources are recognised, as at `/hooks`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use shared::config::Config;
use shared::core::raw::Raw;
use shared::sources::{Sources, open};

use crate::measure::busy;

/// How often each payload is read.
const ROUNDS: usize = 200;

/// How it went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Went {
    /// Known sources.
    pub(crate) sources: usize,
    /// Payloads that were read.
    pub(crate) payloads: usize,
    /// Signals that came of them.
    pub(crate) signals: usize,
    /// From nothing until the first payload of each source was read.
    pub(crate) first: Duration,
    /// What the rest took of a processor.
    pub(crate) busy: Duration,
}

pub(crate) fn run() -> Result<Went, Box<dyn Error>> {
    let raws = raws(Path::new("events"))?;
    let config = Config::built_in().map_err(|faults| format!("{faults:?}"))?;
    let before = busy()?;
    let sources = Sources::builtin()?;
    for raw in &raws {
        read(raw, &sources, &config);
    }
    let began = busy()?;
    let mut signals = 0;
    for _ in 0..ROUNDS {
        signals += raws.iter().map(|raw| read(raw, &sources, &config)).sum::<usize>();
    }
    Ok(Went {
        sources: sources.names().count(),
        payloads: raws.len() * ROUNDS,
        signals,
        first: began - before,
        busy: busy()? - began,
    })
}

/// What the door and the router do with one: how many signals go somewhere.
fn read(raw: &Raw, sources: &Sources, config: &Config) -> usize {
    let mut raw = raw.clone();
    let opened = open(&raw);
    raw.source = sources.recognise(&raw, &opened).map(|source| source.name().to_owned());
    raw.id = sources.delivery_id(&raw, &opened).unwrap_or_default();
    let opened = open(&raw);
    let mapped = sources.map_opened(&raw, &opened);
    mapped.signals.iter().filter(|signal| !config.routes.decide(signal).is_empty()).count()
}

/// The payloads of all sources, as they come to the door.
fn raws(folder: &Path) -> Result<Vec<Raw>, Box<dyn Error>> {
    let mut raws = Vec::new();
    for source in fs::read_dir(folder)? {
        let source = source?.path();
        if source.file_name().is_some_and(|name| name == "functions") {
            continue;
        }
        for file in fs::read_dir(&source)? {
            let path = file?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !name.ends_with(".json") || name.ends_with(".headers.json") {
                continue;
            }
            let headers = path.with_extension("headers.json");
            let headers = if headers.exists() { fs::read_to_string(headers)? } else { "{}".to_owned() };
            raws.push(Raw {
                id: String::new(),
                source: None,
                headers: serde_json::from_str(&headers)?,
                body: fs::read_to_string(&path)?,
                received_at: "2026-11-22T12:00:00Z".parse()?,
                note: None,
            });
        }
    }
    Ok(raws)
}
