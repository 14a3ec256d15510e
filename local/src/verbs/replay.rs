//! `replay FILE...`: sends payloads, one after the other, to the instance that runs.

use std::path::PathBuf;

use jiff::Timestamp;

use super::route::raw;
use super::tick::post;
use crate::Trouble;

/// Sends each file to `/hooks/{source}`: the source given, or else the name of the folder it lies in, as in `events/`.
///
/// # Errors
/// A file cannot be read, or nothing runs at `url`. A refusal is told and the rest goes on.
pub async fn replay(
    files: &[PathBuf],
    source: Option<&str>,
    url: &str,
    now: Timestamp,
) -> Result<String, Trouble> {
    let mut told = String::new();
    for file in files {
        let folder = file.parent().and_then(|folder| folder.file_name()).and_then(|name| name.to_str());
        let source = source.or(folder.filter(|name| shared::sources::is_name(name)));
        let raw = raw(file, source, now)?;
        let address = match source {
            Some(source) => format!("{url}/hooks/{source}"),
            None => format!("{url}/hooks"),
        };
        let headers: Vec<(String, String)> = raw.headers.into_iter().collect();
        let (status, answer) = post(&address, raw.body, &headers).await?;
        told.push_str(&format!("{}: {status} {answer}\n", file.display()));
    }
    Ok(told)
}
