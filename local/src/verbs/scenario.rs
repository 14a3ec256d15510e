//! `scenario FILE`: runs a script in a world of its own and prints what happened.

use std::path::Path;

use crate::{Trouble, scenario};

/// What happened.
///
/// # Errors
/// The file cannot be read, or a line of it cannot be understood.
pub async fn scenario(file: &Path, config: Option<&Path>) -> Result<String, Trouble> {
    scenario::run_file(file, config).await
}
