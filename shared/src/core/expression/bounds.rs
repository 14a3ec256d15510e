//! What fuel does not bound: how deep an expression is built, since compiling and evaluating it goes as deep, and how long a text
//! it makes. No meaning may enter.

use std::fmt::{self, Write as _};
use std::io;
use std::ops::Range;

/// The most words and signs in one expression. Long before a stack of 2 MB is full: a chain of so many is half as deep.
const MAX_TOKENS: usize = 500;

/// The statements of a template.
const STATEMENTS: [&str; 8] = ["if", "elif", "else", "endif", "for", "endfor", "raw", "endraw"];

/// The longest text that an expression or template makes, in bytes.
pub(super) const MAX_TEXT: usize = 1024 * 1024;

/// Where one of the parts of a source has too many words and signs.
pub(super) fn too_deep(source: &str, parts: impl Iterator<Item = Range<usize>>) -> Option<usize> {
    parts
        .filter(|part| source.get(part.clone()).is_some_and(|code| tokens(code) > MAX_TOKENS))
        .map(|part| part.start)
        .next()
}

/// The first statement of a template that we do not have, and where: with `set` a text could grow without doing any work.
pub(super) fn unknown_statement(source: &str) -> Option<(usize, &str)> {
    source.match_indices("{%").find_map(|(at, _)| {
        let code = source.get(at + 2..)?.trim_start_matches(['-', '+']).trim_start();
        let word = code.split(|character: char| !character.is_alphanumeric() && character != '_').next()?;
        (!STATEMENTS.contains(&word)).then_some((at, word))
    })
}

/// What to say of it.
pub(super) fn told() -> String {
    format!("more than {MAX_TOKENS} words and signs in one expression")
}

/// Words, and signs that are no blank.
fn tokens(code: &str) -> usize {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let words = code.split(|character| !is_word(character)).filter(|word| !word.is_empty()).count();
    words + code.chars().filter(|character| !is_word(*character) && !character.is_whitespace()).count()
}

/// A text that takes no more than [`MAX_TEXT`].
#[derive(Debug, Default)]
pub(super) struct Text(Vec<u8>);

impl Text {
    /// The value as text; `None` if it is longer than that.
    pub(super) fn of(value: &impl fmt::Display) -> Option<String> {
        let mut text = Text::default();
        write!(text, "{value}").ok()?;
        Some(text.into_string())
    }

    pub(super) fn into_string(self) -> String {
        String::from_utf8(self.0).unwrap_or_default()
    }

    fn take(&mut self, bytes: &[u8]) -> bool {
        let fits = self.0.len() + bytes.len() <= MAX_TEXT;
        if fits {
            self.0.extend_from_slice(bytes);
        }
        fits
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.take(text.as_bytes()) { Ok(()) } else { Err(fmt::Error) }
    }
}

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let too_long = || io::Error::other(format!("the text is longer than {MAX_TEXT} bytes"));
        if self.take(bytes) { Ok(bytes.len()) } else { Err(too_long()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
