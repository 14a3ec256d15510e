//! Faults of form: what the YAML parser or the file's types refuse, in words for whoever wrote the file. A parser speaks of
//! its own state; this says what is wrong in the file and what to write.

use serde_saphyr::Error;

use super::Fault;
use super::fault::did_you_mean;
use crate::sources::verify::words;

/// How to write what is missing.
const EXAMPLES: [(&str, &str); 6] = [
    ("channels", "channels: { fallback: \"#ops\" }"),
    ("fallback", "fallback: \"#ops\""),
    ("name", "name: payments"),
    ("to", "to: \"#alerts\""),
    ("header", "header: x-signature"),
    ("url", "url: https://www.githubstatus.com/history.atom"),
];

/// The fault that an error is, without its place.
pub(super) fn fault(error: &Error) -> Fault {
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            Fault::whole(format!("there is no field `{field}` here"))
                .with_remedy(did_you_mean(field, expected))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            Fault::whole(format!("`{variant}` is none of the words for this"))
                .with_remedy(did_you_mean(variant, expected))
        }
        Error::SerdeMissingField { field, .. } => {
            let example = EXAMPLES.iter().find(|(name, _)| name == field).map(|(_, example)| *example);
            let remedy =
                example.map_or_else(|| format!("add `{field}:`"), |example| format!("add `{example}`"));
            Fault::whole(format!("the field `{field}` is missing")).with_remedy(remedy)
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("this field");
            Fault::whole(format!("`{key}` is there twice")).with_remedy("keep one of them")
        }
        Error::Unexpected { expected: "sequence start", .. } => {
            Fault::whole("this has to be a list").with_remedy("put it into brackets: `[one, another]`")
        }
        Error::Eof { .. } => {
            let remedy = "it needs at least `channels: { fallback: \"#ops\" }` and a route";
            Fault::whole("the file is empty, or ends too early").with_remedy(remedy)
        }
        other => said(&other.to_string()),
    }
}

/// Whether the error is about the file as a whole: the parser would point at some field that is right.
pub(super) fn is_of_the_whole(error: &Error) -> bool {
    let at_the_margin = error.location().is_none_or(|at| at.column() == 1);
    matches!(error, Error::SerdeMissingField { .. } | Error::Eof { .. }) && at_the_margin
}

fn said(message: &str) -> Fault {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if message.contains("duration format") {
        return Fault::whole("this is no time span").with_remedy("such as 30m, 4h or 1h 30m");
    }
    if message == "invalid boolean" {
        return Fault::whole("this has to be true or false").with_remedy("such as `continue: true`");
    }
    if message == "a text or a list of texts" {
        let remedy = "put a channel into quotes: after a space, # begins a comment";
        return Fault::whole("this has to be a text or a list of texts").with_remedy(remedy);
    }
    if message.ends_with(words::EXPECTED) {
        let remedy = "such as `verify: github` or `verify: { token: x-api-key }`";
        return Fault::whole(format!("this has to be {}", words::EXPECTED)).with_remedy(remedy);
    }
    if message == words::ONE_FORM {
        return Fault::whole(message).with_remedy("keep one of them");
    }
    Fault::whole(message)
        .with_remedy("look at the indentation, brackets and quotes of this line and the one above")
}
