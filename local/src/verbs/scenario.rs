//! `scenario FILE`: runs a script in a world of its own and prints what happened.

use std::fs;
use std::path::Path;

use crate::{Trouble, scenario};

/// What happened.
///
/// # Errors
/// The file cannot be read, or a line of it cannot be understood.
pub async fn scenario(file: &Path, config: Option<&Path>) -> Result<String, Trouble> {
    let script = fs::read_to_string(file)
        .map_err(|error| Trouble::because(&format!("{} cannot be read", file.display()), error))?;
    scenario::run(&script, config).await
}
