//! The repository as it lies on the disk: its text files, and the packages as cargo sees them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that hold what tools made.
const MADE: [&str; 5] = ["target", "node_modules", ".git", ".callboard", ".aws-sam"];

/// A text file.
pub(crate) struct File {
    /// From the root, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The folder that holds everything.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Reads one file.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether there is a file or folder of this name.
pub(crate) fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// The names in a folder, sorted.
pub(crate) fn names_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Every text file below a folder (`""` for all), sorted; pictures are left out.
pub(crate) fn files_under(folder: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "nothing is in {folder}");
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// The Rust files below a folder.
pub(crate) fn rust_under(folder: &str) -> Vec<File> {
    files_under(folder).into_iter().filter(|file| file.path.ends_with(".rs")).collect()
}

fn collect(folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if MADE.contains(&name.as_str()) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), found);
        } else if let Ok(text) = String::from_utf8(fs::read(entry.path()).unwrap()) {
            let path = entry.path().strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            found.push(File { path, text });
        }
    }
}

impl File {
    /// The lines that are code, numbered from 1, without comments.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(position, line)| (position + 1, line));
        lines
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(number, line)| (number, line.split(" // ").next().unwrap_or(line)))
    }

    /// The folder or file below `folder` that it belongs to: `core` for `shared/src/core/plan.rs`.
    pub(crate) fn room(&self, folder: &str) -> String {
        let rest = self.path.strip_prefix(folder).unwrap().trim_start_matches('/');
        rest.split('/').next().unwrap().trim_end_matches(".rs").to_owned()
    }
}

/// Whether a line has this word, not as a part of a longer one.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// A package of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    /// Its folder from the root.
    pub(crate) folder: String,
    /// The names of its binaries.
    pub(crate) binaries: Vec<String>,
    /// What it needs: name, and whether only its tests do.
    pub(crate) needs: Vec<(String, bool)>,
}

/// The packages of the workspace, as cargo sees them.
pub(crate) fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    list(&metadata["packages"])
        .iter()
        .map(|package| {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            let folder =
                manifest.parent().unwrap().strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            let targets = list(&package["targets"]);
            let binary = |target: &&serde_json::Value| target["kind"][0] == "bin";
            let needs = list(&package["dependencies"]);
            Package {
                name: text(&package["name"]),
                folder: folder.replace('\\', "/"),
                binaries: targets.iter().filter(binary).map(|target| text(&target["name"])).collect(),
                needs: needs.iter().map(|need| (text(&need["name"]), need["kind"] == "dev")).collect(),
            }
        })
        .collect()
}

/// Fails with every fault, if there is one.
pub(crate) fn none_of(faults: Vec<String>, remedy: &str) {
    assert!(faults.is_empty(), "{}\n\nWhat to do: {remedy}\n", faults.join("\n"));
}
