//! What state a payload speaks of, and where it says so. Fields named for a state go first, the words that leave no doubt
//! before those that also speak of work (`open`, `completed`); then what happened, flags, and a state that stands apart in
//! the title or the text. What single words mean is for `words`.

use super::super::draft::line;
use super::fields::{Field, Fields};
use super::lexicon::{ENDS, FLAGS, TROUBLE, WORK};
use super::names::{ACTIONS, BEFORE, KINDS, STATE_ENDINGS, STATES};
use super::words::{self, Reading};
use crate::core::signal::Status;

/// What the state is, and where that was said.
pub(super) struct Said<'a> {
    pub(super) reading: Reading,
    /// In the sender's words.
    pub(super) said: String,
    pub(super) field: Option<&'a Field>,
}

impl<'a> Said<'a> {
    fn new(field: &'a Field, reading: Reading) -> Self {
        Said { reading, said: field.text().to_owned(), field: Some(field) }
    }

    /// `true` is nothing that people say.
    fn without_words(self) -> Self {
        Said { said: String::new(), ..self }
    }
}

/// The state of what a payload is about; `None` if it has none, or in words that nobody knows.
pub(super) fn state<'a>(fields: &'a Fields, title: &str, text: Option<&Field>) -> Option<Said<'a>> {
    let about_trouble = is_about_trouble(fields);
    let about_work = is_about_work(fields);
    // A comment on an alarm is no alarm, whatever state that is in.
    if let Some(field) = fields.ranked(ACTIONS).into_iter().find(|field| words::is_remark(field.text())) {
        return Some(Said::new(field, Reading { status: None, severity: None }));
    }
    let in_words = |text: &str| {
        let (reading, said) = words::in_title(text)?;
        Some(Said { reading, said, field: None })
    };
    told(fields, about_trouble, about_work)
        .or_else(|| {
            let read = |field: &'a Field| Some(Said::new(field, words::action(field.text(), about_trouble)?));
            fields.ranked(ACTIONS).into_iter().find_map(read)
        })
        .or_else(|| {
            let read = |field: &'a Field| {
                Some(Said::new(field, words::flag(field.name(), field.text(), about_trouble)?))
            };
            fields.ranked(FLAGS).into_iter().find_map(read).map(Said::without_words)
        })
        .or_else(|| in_words(title))
        .or_else(|| in_words(&line(text?.text(), 200)))
}

/// Whether it speaks of an alert, an incident and so on.
pub(super) fn is_about_trouble(fields: &Fields) -> bool {
    fields.is_about(TROUBLE) || kinds(fields).any(words::speaks_of_trouble)
}

/// Whether it speaks of pull requests, tickets, orders and the like, and not of trouble.
pub(super) fn is_about_work(fields: &Fields) -> bool {
    !is_about_trouble(fields)
        && (fields.is_about(WORK) || kinds(fields).any(|kind| words::has_any(kind, WORK)))
}

/// What says what sort of message it is; a `type` further down speaks of something else, but for the data's own.
fn kinds(fields: &Fields) -> impl Iterator<Item = &str> {
    let counts = |field: &&Field| {
        field.is_at_top() || field.is_named(&["datatype"]) || (field.depth() == 2 && field.name() != "type")
    };
    fields.ranked(KINDS).into_iter().filter(counts).map(Field::text)
}

/// What the fields named for a state say: of words that leave no doubt, trouble counts before success, since a whole is well
/// only if its parts are, but not before an end that is declared; else the first word.
fn told<'a>(fields: &'a Fields, about_trouble: bool, about_work: bool) -> Option<Said<'a>> {
    let read = |fields: Vec<&'a Field>| -> Vec<Said<'a>> {
        let said = |field: &'a Field| Some(Said::new(field, words::state(field.text(), about_trouble)?));
        let counts =
            |said: &Said<'a>| !words::is_aside(&said.said) && (!about_work || !words::is_weak(&said.said));
        fields.into_iter().filter_map(said).filter(counts).collect()
    };
    let mut candidates = read(fields.ranked(STATES));
    let own = |said: &Said<'a>| {
        let field =
            said.field.is_some_and(|field| !field.is_listed() && !field.is_aside() && field.depth() <= 3);
        field && !words::is_weak(&said.said)
    };
    if !candidates.iter().any(own) {
        candidates.extend(read(fields.ending(STATE_ENDINGS, BEFORE)));
    }
    let strong = candidates.iter().position(own);
    let firing = candidates.iter().position(|said| own(said) && said.reading.status == Some(Status::Firing));
    let neutral = strong.filter(|at| candidates.get(*at).is_some_and(|said| said.reading.status.is_none()));
    let is_end = |at: &usize| candidates.get(*at).is_some_and(|said| words::has_any(&said.said, ENDS));
    let firing = firing.filter(|_| !strong.as_ref().is_some_and(is_end));
    let chosen = neutral.or(firing).or(strong).unwrap_or(0);
    candidates.into_iter().nth(chosen)
}
