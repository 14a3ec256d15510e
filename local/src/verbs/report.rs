//! `report`: what a report would say, by the running instance. Nothing is posted and nothing is stored.

use jiff::Timestamp;

use crate::Trouble;

/// Asks the running instance at `url` what the report would say at a time.
///
/// # Errors
/// None runs there, or it has no such report.
pub async fn report(name: &str, at: Option<Timestamp>, url: &str) -> Result<String, Trouble> {
    let mut address = format!("{url}/_local/reports/{name}");
    if let Some(at) = at {
        address += &format!("?at={at}");
    }
    let (status, body) = super::tick::get(&address).await?;
    match status {
        200 => Ok(body),
        _ => Err(Trouble::new(&body)),
    }
}
