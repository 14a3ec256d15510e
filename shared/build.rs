//! Compiles the built-in YAML files to JSON, so that no function carries a YAML parser: the config, and the mappings in
//! `sources/`, one object of file name to content. `CALLBOARD_CONFIG` names another config, from the root of the repository, for a
//! deployment with other rules. What the files mean is checked by the code that reads them, and by its tests.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let sources = compile_folder(Path::new("sources"))?;
    fs::write(out.join("sources.json"), serde_json::to_string(&sources)?)?;
    println!("cargo::rerun-if-env-changed=CALLBOARD_CONFIG");
    let config = env::var("CALLBOARD_CONFIG").unwrap_or_else(|_| "config/callboard.yaml".to_owned());
    let config = compile(&Path::new("..").join(config))?;
    fs::write(out.join("callboard.json"), config.to_string())?;
    Ok(())
}

/// Every YAML file of a folder, by its name without the ending.
fn compile_folder(folder: &Path) -> Result<BTreeMap<String, serde_json::Value>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a file name that is not UTF-8")?;
        if path.extension().is_some_and(|ending| ending == "yaml") {
            files.insert(name.to_owned(), compile(&path)?);
        }
    }
    Ok(files)
}

/// One YAML file as JSON.
fn compile(path: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    serde_saphyr::from_str(&fs::read_to_string(path)?)
        .map_err(|error| format!("{}: {error}", path.display()).into())
}
