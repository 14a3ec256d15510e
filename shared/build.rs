//! Compiles the built-in YAML files to JSON, so that no function carries a YAML parser: the config, and the mappings in
//! `sources/`, a list of name, head (what recognising needs) and all of it, each as text. `CALLBOARD_CONFIG` names another config,
//! from the root of the repository, for a deployment with other rules; a folder `sources` beside the config holds the team's own
//! mappings. What the files mean is checked by the code that reads them, and by its tests.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    fs::write(out.join("sources.rs"), compile_folder(Path::new("sources"))?)?;
    println!("cargo::rerun-if-env-changed=CALLBOARD_CONFIG");
    let config = env::var("CALLBOARD_CONFIG").unwrap_or_else(|_| "config/callboard.yaml".to_owned());
    let config = Path::new("..").join(config);
    fs::write(out.join("callboard.json"), compile(&config)?.to_string())?;
    let own = config.with_file_name("sources");
    let own = if own.is_dir() {
        compile_folder(&own)?
    } else {
        // So that a folder that is made later is noticed.
        let beside = config.parent().filter(|folder| *folder != Path::new(".."));
        println!("cargo::rerun-if-changed={}", beside.unwrap_or(&config).display());
        "[]".to_owned()
    };
    fs::write(out.join("own-sources.rs"), own)?;
    Ok(())
}

/// The fields of a mapping file that are read of every source.
const HEAD: [&str; 3] = ["title", "verify", "recognise"];

/// Every YAML file of a folder, sorted by its name without the ending: a Rust list of texts.
fn compile_folder(folder: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a file name that is not UTF-8")?;
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let all = compile(&path)?;
            let head: BTreeMap<_, _> =
                HEAD.iter().filter_map(|name| Some((name, all.get(name)?.clone()))).collect();
            files.insert(name.to_owned(), (serde_json::to_string(&head)?, all.to_string()));
        }
    }
    let rows: String =
        files.iter().map(|(name, (head, all))| format!("({name:?}, {head:?}, {all:?}),\n")).collect();
    Ok(format!("[{rows}]"))
}

/// One YAML file as JSON.
fn compile(path: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    serde_saphyr::from_str(&fs::read_to_string(path)?)
        .map_err(|error| format!("{}: {error}", path.display()).into())
}
