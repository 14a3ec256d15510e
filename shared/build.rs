//! Compiles the built-in YAML files (the sources' mappings and the config) to JSON, so that no function carries a YAML parser.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    compile("../config/callboard.yaml", &Path::new(&out).join("callboard.json"))
}

/// One YAML file to one JSON file.
fn compile(from: &str, to: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={from}");
    let value: serde_json::Value = serde_saphyr::from_str(&fs::read_to_string(from)?)?;
    fs::write(to, value.to_string())?;
    Ok(())
}
