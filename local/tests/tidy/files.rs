//! What every file looks like: it says what it is for, is short, is finished, and tells nothing of the machine that it was
//! written on.

use crate::repository::{File, files_under, none_of, read, rust_under};

/// The longest file, in lines before its tests.
const LONGEST: usize = 400;

/// The rules' own texts name what they forbid.
const OWN: &str = "local/tests/tidy/";

fn all() -> Vec<File> {
    files_under("").into_iter().filter(|file| !file.path.starts_with(OWN)).collect()
}

fn is_source(file: &File) -> bool {
    file.path.ends_with(".rs") && (file.path.starts_with("src/") || file.path.contains("/src/"))
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let silent = rust_under("").into_iter().filter(|file| is_source(file) && !is_tests(file));
    let silent = silent.filter(|file| !file.text.starts_with("//! "));
    none_of(
        silent.map(|file| file.path).collect(),
        "begin the file with a paragraph of `//!`: what it is for, and what must not enter",
    );
}

/// A file of tests beside the code that it tests; the code says what it is for.
fn is_tests(file: &File) -> bool {
    file.path.ends_with("/tests.rs")
}

#[test]
fn no_file_is_longer_than_400_lines_before_its_tests() {
    let length = |file: &File| file.text.lines().take_while(|line| *line != "mod tests {").count();
    let long = rust_under("").into_iter().filter(is_source).map(|file| (length(&file), file.path));
    let long = long.filter(|(length, _)| *length > LONGEST);
    none_of(
        long.map(|(length, path)| format!("{path}: {length} lines")).collect(),
        "give a part that stands for itself a file of its own",
    );
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    let marks = ["todo!", "unimplemented!", "#[ignore", "FIXME", "XXX:", "#[allow("];
    let mut faults = Vec::new();
    for file in all().iter().filter(|file| file.path.ends_with(".rs") || file.path.ends_with(".js")) {
        for (position, line) in file.text.lines().enumerate() {
            let found = marks.iter().filter(|mark| line.contains(**mark));
            faults.extend(found.map(|mark| format!("{}:{}: {mark}", file.path, position + 1)));
        }
    }
    none_of(faults, "finish it, or open an issue; `#[expect(..., reason)]` instead of `#[allow]`");
}

/// An absolute path into somebody's home or workplace helps nobody else, and may tell what should not be told.
#[test]
fn no_file_names_a_folder_of_somebodys_machine() {
    let folders = ["root", "home", "work", "Users"].map(|folder| format!("/{folder}/"));
    let part_of_longer = |letter: char| letter.is_alphanumeric() || "._-/}".contains(letter);
    let mut faults = Vec::new();
    for file in all() {
        for (position, line) in file.text.lines().enumerate() {
            for folder in &folders {
                let mut places = line.match_indices(folder.as_str());
                let begins = |at: usize| !line[..at].chars().next_back().is_some_and(part_of_longer);
                if places.any(|(at, _)| begins(at)) {
                    faults.push(format!("{}:{}: {folder}", file.path, position + 1));
                }
            }
        }
    }
    none_of(faults, "name it from the root of the repository, or by a variable");
}

#[test]
fn every_crate_and_package_comes_from_the_public_registry() {
    let crates = read("Cargo.lock");
    let elsewhere = crates.lines().filter(|line| line.starts_with("source = "));
    let elsewhere = elsewhere
        .filter(|line| *line != r#"source = "registry+https://github.com/rust-lang/crates.io-index""#);
    let mut faults: Vec<String> = elsewhere.map(|line| format!("Cargo.lock: {line}")).collect();
    for file in all().iter().filter(|file| file.path.ends_with("package-lock.json")) {
        let lines = file.text.lines().map(str::trim).filter(|line| line.starts_with("\"resolved\""));
        let elsewhere = lines.filter(|line| !line.starts_with(r#""resolved": "https://registry.npmjs.org/"#));
        faults.extend(elsewhere.map(|line| format!("{}: {line}", file.path)));
    }
    none_of(faults, "take the line of another registry out of the lock file");
}
