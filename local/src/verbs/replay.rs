//! `replay FILE...`: sends payloads, one after the other, to the instance that runs. `replay --dead`: sends its dead letters on
//! their way again.

use std::path::PathBuf;

use jiff::Timestamp;

use super::tick::post;
use super::try_out::raw;
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

/// Has the running instance put its dead letters back, and says how many there were.
///
/// # Errors
/// None runs there, or it cannot.
pub async fn dead(url: &str) -> Result<String, Trouble> {
    let (status, answer) = post(&format!("{url}/_local/dead"), String::new(), &[]).await?;
    let put_back = serde_json::from_str::<serde_json::Value>(&answer).ok();
    match put_back.and_then(|answer| answer.get("put_back")?.as_u64()) {
        Some(0) => Ok("there are no dead letters".to_owned()),
        Some(count) => Ok(format!("put back: {count}")),
        None => Err(Trouble(format!("they cannot be put back: {status} {answer}"))),
    }
}
