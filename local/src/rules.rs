//! The team's rules from files: the config, and the sources that lie beside it. What they say is `shared`'s business.

use std::fs;
use std::path::Path;

use shared::config::Config;
use shared::sources::Sources;

use crate::Trouble;

/// The laptop's own config.
const LAPTOP_CONFIG: &str = include_str!("../../config/laptop.yaml");

/// The config and the sources, with the files that lie beside the config.
///
/// # Errors
/// Every fault, with its line.
pub fn rules(config: Option<&Path>) -> Result<(Config, Sources), Trouble> {
    let built_in =
        || Sources::builtin().map_err(|error| Trouble::because("a built-in source is broken", error));
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
    let sources = match config
        .and_then(Path::parent)
        .map(|folder| folder.join("sources"))
        .filter(|folder| folder.is_dir())
    {
        None => built_in()?,
        Some(folder) => built_in()?
            .with_user_files(&own_sources(&folder)?)
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

fn own_sources(folder: &Path) -> Result<Vec<(String, String)>, Trouble> {
    let trouble = |error: std::io::Error| Trouble::because("the folder of sources cannot be read", error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(trouble)? {
        let path = entry.map_err(trouble)?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push((name, fs::read_to_string(&path).map_err(trouble)?));
        }
    }
    files.sort();
    Ok(files)
}
