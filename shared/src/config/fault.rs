//! One fault of the file: where it is, what is wrong there, what to do; and how it is printed. Finding faults is `check`'s
//! (meaning) and `form`'s (shape).

use std::fmt;

use crate::core::expression::nearest;

/// One thing that is wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where in the file's tree: `routes[2].when`; empty for the file as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do instead, if that can be told.
    pub remedy: Option<String>,
    /// Where in the text, if the text is at hand.
    pub place: Option<Place>,
}

/// A place in the file's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line itself.
    pub text: String,
}

impl Fault {
    /// A fault of the file as a whole.
    pub fn whole(message: impl Into<String>) -> Fault {
        Fault { path: String::new(), message: message.into(), remedy: None, place: None }
    }

    pub(super) fn at(path: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { path: path.into(), ..Fault::whole(message) }
    }

    pub(super) fn with_remedy(self, remedy: impl Into<String>) -> Fault {
        Fault { remedy: Some(remedy.into()), ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.place, self.path.as_str()) {
            (Some(place), "") => write!(f, "line {}: {}", place.line, self.message)?,
            (Some(place), path) => write!(f, "line {}: {path}: {}", place.line, self.message)?,
            (None, "") => f.write_str(&self.message)?,
            (None, path) => write!(f, "{path}: {}", self.message)?,
        }
        if let Some(place) = &self.place {
            let margin = place.line.to_string().len();
            write!(f, "\n {} | {}", place.line, place.text)?;
            write!(f, "\n {:margin$} | {:>column$}", "", "^", column = place.column)?;
        }
        match &self.remedy {
            Some(remedy) => write!(f, "\n   help: {remedy}"),
            None => Ok(()),
        }
    }
}

/// What may have been meant, and all that is known.
pub(super) fn did_you_mean(wrong: &str, known: &[&str]) -> String {
    let list = known.join(", ");
    match nearest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? Known are: {list}"),
        None => format!("known are: {list}"),
    }
}
