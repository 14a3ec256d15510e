//! Whoever could measure how long a comparison takes would learn a secret from it, byte by byte: so proofs are compared by what
//! takes the same time wherever they differ, and by nothing else.

use crate::repository::{File, names_in, none_of, read};

/// What compares in constant time.
const CONSTANT: [&str; 3] = [".ct_eq(", ".verify_slice(", ".verify_signature("];

/// What stops at the first difference.
const EARLY: [&str; 6] = [" == ", " != ", ".eq(", ".cmp(", ".contains(", "matches("];

/// Names of what somebody sent to prove something, and of what it is compared with.
const PROOFS: [&str; 6] = ["signature", "expected", "given", "digest", "secret", "mac"];

/// Files that check nothing: what leads to the others, the table of names, and the words of a config.
const TABLES: [&str; 3] = ["mod.rs", "named.rs", "words.rs"];

/// The files that check proofs.
fn checks() -> Vec<File> {
    let folder = "shared/src/sources/verify";
    let schemes =
        names_in(folder).into_iter().filter(|name| name.ends_with(".rs") && !TABLES.contains(&name.as_str()));
    let paths = schemes.map(|name| format!("{folder}/{name}")).chain(["shared/src/slack/sign.rs".to_owned()]);
    let before_tests = |text: String| text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    paths.map(|path| File { text: before_tests(read(&path)), path }).collect()
}

#[test]
fn proofs_are_compared_in_constant_time_and_in_no_other_way() {
    let mut faults = Vec::new();
    let files = checks();
    assert!(files.len() >= 5, "the schemes are elsewhere now");
    for file in &files {
        if !file.code().any(|(_, line)| CONSTANT.iter().any(|call| line.contains(call))) {
            faults.push(format!("{}: nothing is compared in constant time", file.path));
        }
        for (number, line) in file.code().filter(|(_, line)| PROOFS.iter().any(|name| line.contains(name))) {
            let early = EARLY.iter().filter(|compare| line.contains(**compare));
            faults.extend(early.map(|compare| format!("{}:{number}: `{compare}` beside a proof", file.path)));
        }
    }
    none_of(faults, "compare with `subtle`, or with `Mac::verify_slice`");
}
