//! The team's rules from files: the config, and the sources that lie beside it. What they say is `shared`'s business.

use std::fs;
use std::path::{Path, PathBuf};

use shared::config::Config;
use shared::sources::Sources;

use crate::Trouble;

/// The laptop's own config.
const LAPTOP_CONFIG: &str = include_str!("../../config/laptop.yaml");

/// Where the rules are.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The config file; the laptop's own without one. Mapping files in a folder `sources` beside it are read too.
    pub config: Option<PathBuf>,
    /// Further mapping files.
    pub maps: Vec<PathBuf>,
}

impl Rules {
    /// Those of a config file, or the laptop's own.
    pub fn of(config: Option<&Path>) -> Self {
        Rules { config: config.map(Path::to_path_buf), maps: Vec::new() }
    }
}

/// The config and the sources.
///
/// # Errors
/// Every fault, with its line.
pub fn rules(rules: &Rules) -> Result<(Config, Sources), Trouble> {
    let config = rules.config.as_deref();
    let (name, text) = match config {
        None => ("config/laptop.yaml".to_owned(), LAPTOP_CONFIG.to_owned()),
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|error| Trouble::because(&format!("{} cannot be read", path.display()), error))?;
            (path.display().to_string(), text)
        }
    };
    let config_of = |faults: Vec<shared::config::Fault>| {
        let faults: Vec<String> = faults.iter().map(|fault| format!("{name}: {fault}")).collect();
        Trouble(faults.join("\n"))
    };
    let folder = config.and_then(Path::parent).map(|folder| folder.join("sources"));
    let mut files = match folder.filter(|folder| folder.is_dir()) {
        Some(folder) => own_sources(&folder)?,
        None => Vec::new(),
    };
    for path in &rules.maps {
        files.push(own_source(path)?);
    }
    let sources = match files.as_slice() {
        [] => Sources::as_built(),
        files => Sources::as_built()
            .with_user_files(files)
            .map_err(|error| Trouble::because("a source of yours is broken", error))?,
    };
    let broken: Vec<String> = sources.faults().iter().map(ToString::to_string).collect();
    if !broken.is_empty() {
        return Err(Trouble(broken.join("\n")));
    }
    let config = Config::from_yaml(&text).map_err(config_of)?;
    let faults = config.left_to_mappings(&sources);
    if faults.is_empty() { Ok((config, sources)) } else { Err(config_of(faults)) }
}

/// The mapping files of a folder.
fn own_sources(folder: &Path) -> Result<Vec<(String, String)>, Trouble> {
    let trouble = |error: std::io::Error| Trouble::because("the folder of sources cannot be read", error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(trouble)? {
        let path = entry.map_err(trouble)?.path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(own_source(&path)?);
        }
    }
    files.sort();
    Ok(files)
}

/// One of them, with its name.
fn own_source(path: &Path) -> Result<(String, String), Trouble> {
    let text = fs::read_to_string(path)
        .map_err(|error| Trouble::because(&format!("{} cannot be read", path.display()), error))?;
    Ok((path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned(), text))
}
