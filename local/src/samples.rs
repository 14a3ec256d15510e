//! The payloads in `events/`, embedded: what the page's drawer sends, and scripts too. One copy serves the README, the
//! tests and this.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use regex_lite::{Captures, Regex};
use serde::Serialize;
use shared::core::raw::Raw;

use crate::world::World;

static EVENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../events");

/// One payload with the request it comes in.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Always POST.
    pub method: &'static str,
    /// `/hooks/{source}`
    pub path: String,
    /// The sender's headers.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Sample {
    /// What somebody typed, for a source.
    pub fn plain(source: &str, body: String) -> Self {
        Sample { method: "POST", path: format!("/hooks/{source}"), headers: BTreeMap::new(), body }
    }

    /// As the router gets it.
    pub fn raw(&self, source: &str, received_at: Timestamp) -> Raw {
        Raw {
            id: "sample".to_owned(),
            source: Some(source.to_owned()),
            headers: self.headers.clone(),
            body: self.body.clone(),
            received_at,
            note: None,
        }
    }
}

/// What the drawer lists.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    source: String,
    name: String,
    path: String,
    title: String,
    /// `firing`, `resolved` or `info`; empty if nobody needs to see it.
    status: &'static str,
}

/// Every sample that is a request to a hook, by source and name, with the title that its post would have.
pub fn all(world: &World) -> Vec<Listed> {
    let sources = EVENTS.dirs().filter_map(|folder| Some((folder.path().to_str()?, folder)));
    let mut listed = Vec::new();
    for (source, folder) in sources.filter(|(source, _)| *source != "functions") {
        for file in folder.files() {
            let name = file.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.ends_with(".headers.json") {
                continue;
            }
            if let Some(sample) = find(source, name) {
                let path = format!("events/{source}/{name}");
                let (title, status) = told(source, &sample, world);
                listed.push(Listed { source: source.to_owned(), name: name.to_owned(), path, title, status });
            }
        }
    }
    listed.sort_by(|a, b| (&a.source, &a.name).cmp(&(&b.source, &b.name)));
    listed
}

/// One sample.
pub fn find(source: &str, name: &str) -> Option<Sample> {
    let text = |name: &str| EVENTS.get_file(format!("{source}/{name}"))?.contents_utf8().map(str::to_owned);
    let body = text(name)?;
    let headers = name.rsplit_once('.').and_then(|(stem, _)| text(&format!("{stem}.headers.json")));
    let mut headers: BTreeMap<String, String> =
        headers.and_then(|headers| serde_json::from_str(&headers).ok()).unwrap_or_default();
    headers.entry("content-type".to_owned()).or_insert_with(|| "application/json".to_owned());
    Some(Sample { method: "POST", path: format!("/hooks/{source}"), headers, body })
}

/// The title of its post, or why there is none, and its status.
fn told(source: &str, sample: &Sample, world: &World) -> (String, &'static str) {
    let mapped = world.deps.sources.map(&sample.raw(source, Timestamp::UNIX_EPOCH));
    match mapped.signals.first() {
        Some(signal) => (signal.title.clone(), signal.status.word()),
        None => (mapped.skipped.unwrap_or_default(), ""),
    }
}

/// The payload as if it happened now: every time in it is moved by the same amount, so that the newest is `now`.
pub fn as_of(body: &str, now: Timestamp) -> String {
    let pattern = r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})";
    let Ok(times) = Regex::new(pattern) else { return body.to_owned() };
    let newest =
        times.find_iter(body).filter_map(|found| time(found.as_str())).filter(is_no_end_of_time).max();
    let Some(newest) = newest else { return body.to_owned() };
    let by = now.duration_since(newest);
    let moved = |found: &Captures<'_>| {
        let whole = found.get(0).map_or("", |whole| whole.as_str());
        let moved = time(whole).filter(is_no_end_of_time).and_then(|time| time.checked_add(by).ok());
        let fraction = found.get(2).map_or(0, |fraction| fraction.as_str().len() - 1);
        let utc = if found.get(3).is_some_and(|zone| zone.as_str() == "Z") { "Z" } else { "+0000" };
        match moved {
            None => whole.to_owned(),
            Some(time) if fraction == 0 => format!("{}{utc}", time.strftime("%Y-%m-%dT%H:%M:%S")),
            Some(time) => {
                format!("{}.{:03}{utc}", time.strftime("%Y-%m-%dT%H:%M:%S"), time.subsec_millisecond())
            }
        }
    };
    times.replace_all(body, moved).into_owned()
}

fn time(text: &str) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text.replace('Z', "+0000")).ok()?.to_timestamp().ok()
}

/// Some senders say "not yet" with a year such as 1 or 9999.
fn is_no_end_of_time(time: &Timestamp) -> bool {
    let year = time.strftime("%Y").to_string();
    year.starts_with("20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_happens_now() {
        let body = r#"{"at":"2026-11-22T09:00:12.345+0000","from":"2026-11-22T08:59:12Z","ends":"0001-01-01T00:00:00Z"}"#;
        let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let moved = as_of(body, now);
        assert_eq!(
            moved,
            r#"{"at":"2027-01-01T00:00:00.000+0000","from":"2026-12-31T23:58:59Z","ends":"0001-01-01T00:00:00Z"}"#
        );
    }

    #[test]
    fn a_sample_without_times_stays_as_it_is() {
        assert_eq!(as_of("{}", Timestamp::UNIX_EPOCH), "{}");
    }
}
