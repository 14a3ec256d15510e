//! What a person does to an incident: judged by its present state, so that a response that finds its work done says who did it.

use super::Fold;
use crate::core::incident::{Actor, Answer, Origin, Response, State, Verb, What};

/// The longest note that is kept, in characters; Slack's text input takes no more.
pub const MAX_NOTE: usize = 3000;

impl Fold<'_> {
    pub(super) fn response(&mut self, response: &Response) -> Answer {
        let answer = self.responded(response);
        if answer == Answer::Done {
            self.incident.counts.responses += 1;
        }
        answer
    }

    fn responded(&mut self, response: &Response) -> Answer {
        let by = Actor::person(&response.by);
        if let Verb::Note(text) = &response.verb {
            return self.note(by, text, response.origin);
        }
        let undo = response.origin == Origin::Emoji;
        match (&response.verb, self.incident.state.clone()) {
            (_, State::Notice) => Answer::IsNotice,
            (Verb::Ack, State::Firing) => {
                self.incident.counts.acknowledged_at.get_or_insert(self.now);
                let lapses_at = self.rules.ack_for.and_then(|lease| self.now.checked_add(lease).ok());
                self.enter(
                    State::Acknowledged { by: by.clone(), at: self.now, lapses_at },
                    by,
                    What::Acknowledged,
                )
            }
            (Verb::Ack, State::Acknowledged { by, at, .. }) => Answer::AlreadyAcknowledged { by, at },
            (Verb::Unack, State::Acknowledged { by: owner, .. }) if undo && owner != by => {
                Answer::NotYours { by: owner }
            }
            (Verb::Unack, State::Acknowledged { .. }) => self.enter(State::Firing, by, What::Unacknowledged),
            (Verb::Unack, State::Firing) => Answer::NotAcknowledged,
            (Verb::Resolve, State::Firing | State::Acknowledged { .. }) => {
                self.incident.counts.untracked = 0;
                self.enter(State::Resolved { by: by.clone(), at: self.now }, by, What::Resolved)
            }
            (Verb::Reopen, State::Resolved { by: owner, .. }) if undo && owner != by => {
                Answer::NotYours { by: owner }
            }
            (Verb::Reopen, State::Resolved { .. }) => {
                self.incident.counts.reopened += 1;
                self.enter(State::Firing, by, What::Reopened)
            }
            (Verb::Reopen, State::Firing | State::Acknowledged { .. }) => Answer::AlreadyOpen,
            (Verb::Ack | Verb::Unack | Verb::Resolve, State::Resolved { by, at }) => {
                Answer::AlreadyResolved { by, at }
            }
            (Verb::Note(_), _) => Answer::EmptyNote,
        }
    }

    fn note(&mut self, by: Actor, text: &str, origin: Origin) -> Answer {
        let text = text.trim();
        if text.is_empty() {
            return Answer::EmptyNote;
        }
        // A reply in the thread is there already; anything else is new to the thread.
        let line = (origin != Origin::Thread).then_some(false);
        self.record(by, What::Noted { text: text.chars().take(MAX_NOTE).collect() }, line);
        Answer::Done
    }
}
