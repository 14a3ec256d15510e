//! `check`: whether the config and the sources beside it make sense.

use std::path::Path;

use crate::Trouble;
use crate::rules::rules;

/// Says what was read.
///
/// # Errors
/// Every fault, with its line and a remedy.
pub fn check(config: Option<&Path>) -> Result<String, Trouble> {
    let (config, sources) = rules(config)?;
    let routes = config.routes.routes.len();
    let names = sources.names().count();
    Ok(format!("Fine: {routes} routes, {names} sources, fallback {}.", config.routes.fallback))
}
