//! The words that senders use for a state and for how bad it is. A word that is not here says nothing: better an
//! information too many than an alarm that nobody sent.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::lexicon::{
    FILLERS, FIRING, KNOWN, MOVES, NEITHER, ONLY_AS_STATE, REMARKS, RESOLVED, TROUBLE, WEAK,
};
use crate::core::signal::{Severity, Status};

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// `None` for a state that is known to be neither trouble nor its end.
    pub(super) status: Option<Status>,
    /// Some senders have one word for both.
    pub(super) severity: Option<Severity>,
}

/// What a state says: the whole of it is known, or every word of it that is known agrees.
pub(super) fn state(text: &str, about_trouble: bool) -> Option<Reading> {
    // An update is available too: these two say something only if nothing else is said.
    let alone = match split(text).as_slice() {
        [word] if is_there(word) => Some(Status::Resolved),
        [not, word] if not == "not" && is_there(word) => Some(Status::Firing),
        _ => None,
    };
    let alone = alone.map(|status| Reading { status: Some(status), severity: None });
    alone.or_else(|| read(text, |_| true, false, about_trouble))
}

fn is_there(word: &str) -> bool {
    matches!(word, "available" | "responding")
}

/// Whether a state's words also speak of work.
pub(super) fn is_weak(text: &str) -> bool {
    let words = split(text);
    let known = |word: &&String| RESOLVED.contains(&word.as_str()) || FIRING.contains(&word.as_str());
    words.iter().filter(known).all(|word| WEAK.contains(&word.as_str()))
        && !words.iter().any(|word| NEITHER.contains(&word.as_str()) || KNOWN.contains(&word.as_str()))
}

/// Whether a word that also speaks of work is one of many: `CompleteMultipartUpload` is no end.
pub(super) fn is_aside(text: &str) -> bool {
    is_weak(text) && split(text).len() > 3
}

/// Whether it is a remark on a thing: `comment_created`.
pub(super) fn is_remark(text: &str) -> bool {
    has_any(text, REMARKS)
}

/// Whether a kind of message is one about trouble: `incident.updated`; a `check_run` is none.
pub(super) fn speaks_of_trouble(text: &str) -> bool {
    let words = split(text);
    words.len() <= 4 && words.iter().any(|word| word != "check" && TROUBLE.contains(&word.as_str()))
}

/// Whether any of its words is one of these.
pub(super) fn has_any(text: &str, list: &[&str]) -> bool {
    text.chars().count() <= 60 && split(text).iter().any(|word| list.contains(&word.as_str()))
}

/// What an action says: `incident.triggered`, `alert_resolved`; but not `pull_request.opened`. In a payload that is about
/// trouble, a bare `close` says enough.
pub(super) fn action(text: &str, about_trouble: bool) -> Option<Reading> {
    let words = split(text);
    let about_trouble = about_trouble || words.iter().any(|word| TROUBLE.contains(&word.as_str()));
    if about_trouble
        && words.iter().any(|word| matches!(word.as_str(), "create" | "created" | "started" | "new"))
    {
        return Some(Reading { status: Some(Status::Firing), severity: None });
    }
    // `POLICY_CLOSE_CRITICAL`: what has an end and a severity is trouble.
    let about_trouble = about_trouble
        || (words.iter().any(|word| matches!(word.as_str(), "open" | "opened" | "close" | "closed"))
            && words.iter().any(|word| severity_word(word).is_some()));
    let counts = |word: &str| !TROUBLE.contains(&word) && (about_trouble || !ONLY_AS_STATE.contains(&word));
    read(text, counts, true, about_trouble)
}

/// What a title says: only words that stand apart as a state, in brackets, before a colon, or in capitals.
pub(super) fn in_title(title: &str) -> Option<(Reading, String)> {
    static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)[\[(*]+\s*([a-z][a-z ]*?)\s*(?::\s*\d+)?\s*[\])*]+", // [FIRING:2], (recovered), *Down*
            r"|^\s*(?:re:\s*)?[^\w\[(*]*([a-z]+)\s*(?::|-\s|–)",       // PROBLEM - web-1, OK: disk
            r"|^\W*\[\s*([a-z]+) on [^\]]*\]",                         // [Triggered on {host:web-1}]
            r"|\b(failed|succeeded|recovered|resolved|crashed)[\s.!]*$", // Backup of db-1 failed
            r"|\b(failed|succeeded) for\b",                            // Deploy failed for shop
            r"|^\s*(failed) to\b",                                     // Failed to deploy
            r"|\b(?:is|are|has|went|back)\s+(?:now\s+|been\s+)?",      // ... is down, ... has recovered
            r"(down|up|failing|failed|recovered|resolved|unhealthy|healthy|unreachable|ok|online|offline)\b",
        ))
        .ok()
    });
    let near = title.get(..title.floor_char_boundary(400)).unwrap_or(title);
    let marks = MARK.as_ref()?.captures_iter(near).take(5);
    let mut words = marks.filter_map(|found| found.iter().skip(1).flatten().next().map(|word| word.as_str()));
    words.find_map(|word| Some((state(word, false)?, word.to_owned())))
}

/// What a field that is true or false says.
pub(super) fn flag(name: &str, text: &str, about_trouble: bool) -> Option<Reading> {
    let truth = match text {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => return None,
    };
    let trouble = matches!(name, "firing" | "isfiring" | "active" | "failed" | "down" | "isdown");
    let status = if truth == trouble { Status::Firing } else { Status::Resolved };
    // That something is not resolved or not active yet is no news by itself.
    let silent = !truth
        && matches!(name, "resolved" | "isresolved" | "recovered" | "active" | "failed" | "down" | "isdown");
    // A hook or a product can be active as well.
    let silent = silent || (name == "active" && !about_trouble);
    Some(Reading { status: Some(status), severity: None }).filter(|_| !silent)
}

fn read(
    text: &str,
    counts: impl Fn(&str) -> bool,
    first_end_wins: bool,
    about_trouble: bool,
) -> Option<Reading> {
    if text.chars().count() > 60 {
        return None;
    }
    let words = split(text);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()) && counts(word));
    let negated = words.iter().any(|word| matches!(word.as_str(), "not" | "no" | "non" | "never" | "un"));
    if has(KNOWN) || has(NEITHER) {
        let goes_on = about_trouble && !has(NEITHER);
        return Some(Reading { status: goes_on.then_some(Status::Firing), severity: None });
    }
    let rolled_back =
        words.windows(2).any(|pair| matches!(pair, [one, two] if one == "rolled" && two == "back"));
    if has(&["rollback"]) || rolled_back {
        return Some(Reading { status: Some(Status::Firing), severity: None });
    }
    let (resolved, firing) = (has(RESOLVED), has(FIRING));
    let status = match (resolved, firing, negated) {
        (true, false, true) | (false, true, false) => Status::Firing,
        (true, false, false) => Status::Resolved,
        // "Alarm cleared", "problem resolved": the end has the last word. "Alert: ok" too.
        (true, true, _) if first_end_wins || words.len() <= 4 => Status::Resolved,
        _ => return None,
    };
    let severity = words.iter().find_map(|word| severity_word(word)).filter(|_| status == Status::Firing);
    let no_data =
        words.iter().any(|word| word == "nodata") || (negated && words.iter().any(|word| word == "data"));
    Some(Reading { status: Some(status), severity: if no_data { Some(Severity::Warning) } else { severity } })
}

/// What sort of thing a kind of message is about: of `build.finished` and `BUILD_FAILED` that is `build`.
pub(super) fn noun(text: &str) -> String {
    let says_nothing = |word: &String| {
        let word = word.as_str();
        RESOLVED.contains(&word)
            || FIRING.contains(&word)
            || KNOWN.contains(&word)
            || NEITHER.contains(&word)
            || REMARKS.contains(&word)
            || FILLERS.contains(&word)
            || MOVES.contains(&word)
            || severity_word(word).is_some()
    };
    let words: Vec<String> = split(text).into_iter().filter(|word| !says_nothing(word)).collect();
    if words.len() > 4 { String::new() } else { words.join(" ") }
}

/// How bad a number from 0 to 10 says it is. Up to 5 it could be on a scale that ends there, or that begins with the worst.
pub(super) fn score(text: &str) -> Option<Severity> {
    let score: f64 = text.parse().ok()?;
    match score {
        9.0..=10.0 => Some(Severity::Critical),
        7.0..9.0 => Some(Severity::Error),
        5.1..7.0 => Some(Severity::Warning),
        _ => None,
    }
}

/// How bad a word says it is.
pub(super) fn severity(text: &str) -> Option<Severity> {
    if text.chars().count() > 40 {
        return None;
    }
    let folded: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    severity_word(&folded).or_else(|| split(text).iter().find_map(|word| severity_word(word)))
}

fn severity_word(word: &str) -> Option<Severity> {
    Some(match word {
        "critical" | "crit" | "fatal" | "emergency" | "emerg" | "disaster" | "blocker" | "urgent"
        | "page" | "p0" | "p1" | "sev0" | "sev1" | "s1" | "severity1" | "priority1" | "veryhigh"
        | "highest" => Severity::Critical,
        "error" | "err" | "high" | "major" | "severe" | "failure" | "p2" | "sev2" | "s2" | "severity2"
        | "priority2" => Severity::Error,
        "warning" | "warn" | "medium" | "moderate" | "average" | "minor" | "degraded" | "unstable" | "p3"
        | "sev3" | "s3" | "severity3" | "priority3" => Severity::Warning,
        "info" | "information" | "informational" | "notice" | "low" | "lowest" | "debug" | "trivial"
        | "none" | "ok" | "p4" | "p5" | "sev4" | "sev5" | "s4" => Severity::Info,
        _ => return None,
    })
}

/// A state as people say it: `NOT_HEALTHY` is `not healthy`, `DOWN` is `down`.
pub(super) fn as_said(text: &str) -> String {
    split(text).join(" ")
}

/// The words of a text in lower case; `incidentTriggered`, `incident.triggered` and `INCIDENT_TRIGGERED` have the same.
fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_is_lower = false;
    for character in text.chars().take(400) {
        let starts = character.is_uppercase() && before_is_lower;
        if (starts || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before_is_lower = character.is_lowercase();
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// A number, a UUID or another long identifier: nothing that people read.
pub(super) fn is_plain_id(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (text.len() >= 16 && hexadecimal && digits > 3) || (text.len() >= 10 && digits == text.len())
}

/// What stays of a title when its state changes and its numbers move: what it is about. `web-2` keeps its number,
/// `93.4 %` and `12:30` do not.
pub(super) fn without_state(title: &str) -> String {
    let words = title.split_whitespace().map(|word| {
        word.trim_matches(|character: char| !character.is_alphanumeric() && !matches!(character, '/' | '%'))
            .to_lowercase()
    });
    let moves = |word: &String| {
        let number = word.chars().next().is_some_and(|first| first.is_ascii_digit());
        let letters = word.chars().filter(|character| character.is_alphabetic()).count();
        let measured = number && (letters <= 2 || word.contains(':'));
        let is_state = RESOLVED.contains(&word.as_str()) || FIRING.contains(&word.as_str());
        let numbered_state = word
            .split_once(':')
            .is_some_and(|(state, _)| FIRING.contains(&state) || RESOLVED.contains(&state));
        let is_filler = FILLERS.contains(&word.as_str());
        word.is_empty() || word == "%" || measured || is_state || is_filler || numbered_state
    };
    words.filter(|word| !moves(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRES: Option<Status> = Some(Status::Firing);
    const ENDS: Option<Status> = Some(Status::Resolved);

    #[test]
    fn a_state_is_read_as_people_mean_it() {
        for (text, expected) in [
            ("firing", FIRES),
            ("DOWN", FIRES),
            ("not healthy", FIRES),
            ("NOT_OK", FIRES),
            ("Triggered", FIRES),
            ("unresolved", FIRES),
            ("No Data", None),
            ("ok", ENDS),
            ("Alarm cleared", ENDS),
            ("problem resolved", ENDS),
            ("acknowledged", None),
            ("in_progress", None),
            ("whatever", None),
            ("", None),
            ("42", None),
            ("TimedOut", FIRES),
            ("NON_COMPLIANT", FIRES),
            ("canceled", None),
        ] {
            assert_eq!(state(text, false).and_then(|reading| reading.status), expected, "{text}");
        }
        assert_eq!(state("CRITICAL", false).unwrap().severity, Some(Severity::Critical));
    }

    #[test]
    fn an_action_fires_only_if_it_is_about_trouble() {
        for (text, expected) in [
            ("incident.triggered", FIRES),
            ("alert_resolved", ENDS),
            ("monitor.down", FIRES),
            ("incident.created", FIRES),
            ("incident_closed", ENDS),
            ("issue.opened", None),
            ("pull_request.closed", None),
            ("alert", None),
            ("deployment.failed", FIRES),
            ("user.created", None),
            ("error", None),
        ] {
            assert_eq!(action(text, false).and_then(|reading| reading.status), expected, "{text}");
        }
    }

    #[test]
    fn a_title_says_a_state_only_where_it_stands_apart() {
        for (title, expected) in [
            ("[FIRING:2] High latency", FIRES),
            ("RESOLVED: disk full", ENDS),
            ("PROBLEM - web-1", FIRES),
            ("OK: disk", ENDS),
            ("api.example.com is down", FIRES),
            ("web is back up", ENDS),
            ("site is now up", ENDS),
            ("Error budget for payments", None),
            ("How to close an account", None),
            ("(recovered) db", ENDS),
            ("[checkout.example.com] [Down] refused", FIRES),
            ("a [strange] herring", None),
            ("[Triggered on {host:web-1}] CPU is high", FIRES),
            ("Backup of db-1 failed", FIRES),
            ("Deploy to Production succeeded for shop", ENDS),
            ("Failed payments", None),
            ("Why builds failed last week", None),
        ] {
            assert_eq!(in_title(title).and_then(|(reading, _)| reading.status), expected, "{title}");
        }
    }

    #[test]
    fn a_title_names_the_same_thing_before_and_after() {
        for (one, other) in [
            ("[FIRING:1] CPU at 93.4 % on web-2", "[RESOLVED] CPU at 12 % on web-2"),
            ("DOWN: https://example.com/a", "UP: https://example.com/a"),
            ("Disk failed at 12:30", "Disk recovered at 14:05:10"),
        ] {
            assert_eq!(without_state(one), without_state(other));
        }
        assert_ne!(without_state("web-1 is down"), without_state("web-2 is down"));
    }

    #[test]
    fn severities_of_many_vendors_are_known() {
        for (text, expected) in [
            ("SEV-1", Some(Severity::Critical)),
            ("P2", Some(Severity::Error)),
            ("Medium", Some(Severity::Warning)),
            ("INFORMATIONAL", Some(Severity::Info)),
            ("P1 - Critical", Some(Severity::Critical)),
            ("purple", None),
            ("3", None),
        ] {
            assert_eq!(severity(text), expected, "{text}");
        }
    }
}
