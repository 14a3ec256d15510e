//! `check`: whether the config and the sources beside it make sense.

use std::path::Path;

use shared::text::count;

use crate::Trouble;
use crate::rules::{Rules, rules};

/// Says what was read.
///
/// # Errors
/// Every fault, with its line and a remedy.
pub fn check(config: Option<&Path>) -> Result<String, Trouble> {
    let (config, sources) = rules(&Rules::of(config))?;
    let routes = count(config.routes.routes.len(), "route", "routes");
    let names = count(sources.names().count(), "source", "sources");
    let reports = count(config.reports.len(), "report", "reports");
    let feeds = match config.feeds.len() {
        0 => String::new(),
        feeds => format!("{}, ", count(feeds, "feed", "feeds")),
    };
    Ok(format!("Fine: {routes}, {names}, {reports}, {feeds}fallback {}.", config.routes.fallback))
}
