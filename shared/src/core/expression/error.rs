//! Why an expression or template cannot be used: what is wrong in words, the place in its source, and what may be meant instead.

use std::fmt;

use super::{Context, nearest};

/// The longest message of an error, in characters: it may quote a payload.
pub(super) const MAX_MESSAGE: usize = 300;

/// Why an expression or template cannot be compiled or evaluated, with its place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// What is wrong.
    pub message: String,
    /// Line in the expression's own source, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// A message quotes what is wrong, however long that is.
fn short(message: &str) -> String {
    message.chars().take(MAX_MESSAGE).collect()
}

impl ExpressionError {
    pub(super) fn from_engine(error: &minijinja::Error, source: &str, context: Option<&Context>) -> Self {
        let offset = error.range().map(|range| range.start);
        let (line, column) = match offset {
            Some(offset) => position(source, offset),
            None => (error.line().unwrap_or(1), 1),
        };
        let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        let message = short(&format!("{}{detail}", error.kind()));
        let suggestion = context
            .filter(|_| is_of_missing(error))
            .zip(error.range().and_then(|range| source.get(range)))
            .and_then(|(context, place)| nearest_name(place, context));
        ExpressionError { message, line, column, suggestion }
    }

    pub(super) fn at(source: &str, offset: usize, message: String, suggestion: Option<String>) -> Self {
        let (line, column) = position(source, offset);
        let message = short(&message);
        ExpressionError { message, line, column, suggestion }
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, column {})", self.message, self.line, self.column)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ExpressionError {}

/// A value was asked for that is not there; everything else is a fault of whoever wrote the expression.
pub(super) fn is_of_missing(error: &minijinja::Error) -> bool {
    error.kind() == minijinja::ErrorKind::UndefinedError
}

/// Line and column, from 1, of a byte offset.
fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// The name in the context that is nearest to the first unknown part of a path.
fn nearest_name(path: &str, context: &Context) -> Option<String> {
    let mut known = context.root.clone();
    let mut seen = String::new();
    for part in path.split('.').map(str::trim) {
        let next = known.get_attr(part).ok()?;
        if !next.is_undefined() {
            known = next;
            seen = format!("{seen}{part}.");
            continue;
        }
        let keys: Vec<String> =
            known.try_iter().ok()?.filter_map(|key| key.as_str().map(str::to_owned)).take(200).collect();
        return nearest(part, keys.iter().map(String::as_str)).map(|name| format!("{seen}{name}"));
    }
    None
}
