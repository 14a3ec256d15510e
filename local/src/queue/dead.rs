//! The dead letters: messages that failed so often that they are tried no more. They wait here until somebody has mended what
//! stopped them and puts them back, as a redrive does in SQS; nothing is ever dropped.

use std::sync::PoisonError;

use jiff::Timestamp;
use serde::Serialize;
use shared::queue::QueueError;

use super::{Body, LocalQueue, Message, VISIBILITY};

/// A message that is tried no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "queue", rename_all = "lowercase")]
pub enum DeadLetter {
    /// A notification that the router could not take in.
    Signals {
        /// The sender's own id of it, or ours.
        delivery: String,
        /// The source, if the door could tell.
        source: Option<String>,
        /// How often it was tried.
        tries: u32,
        /// When it failed the last time; the log has the reason under this time and delivery.
        failed_at: Timestamp,
    },
    /// A post that the courier could not bring up to date.
    Wakes {
        /// Which incident.
        incident: String,
        /// Which channel.
        channel: String,
        /// How often it was tried.
        tries: u32,
        /// When it failed the last time; the log has the reason under this time and incident.
        failed_at: Timestamp,
    },
}

impl LocalQueue {
    /// The dead letters, the oldest message first.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        let now = self.clock.now();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let dead = state.messages.values().filter(|message| message.is_dead(now));
        dead.map(|message| {
            let tries = message.tries;
            let failed_at = message.visible_at.checked_sub(VISIBILITY).unwrap_or(message.visible_at);
            match &message.body {
                Body::Signal(raw) => DeadLetter::Signals {
                    delivery: raw.id.clone(),
                    source: raw.source.clone(),
                    tries,
                    failed_at,
                },
                Body::Wake(wake) => DeadLetter::Wakes {
                    incident: wake.incident.to_string(),
                    channel: wake.channel.clone(),
                    tries,
                    failed_at,
                },
            }
        })
        .collect()
    }

    /// Puts every dead letter back as a new message, behind whatever waits, as a redrive does: what its channel is busy with
    /// meanwhile is not overtaken. Says how many there were.
    ///
    /// # Errors
    /// The file cannot be written. What is put back until then stays there, and the rest stays dead.
    pub fn put_back(&self) -> Result<usize, QueueError> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let dead = state.messages.iter().filter(|(_, message)| message.is_dead(now));
        let dead: Vec<(u64, Message)> = dead.map(|(number, message)| (*number, message.clone())).collect();
        let back = dead.len();
        for (number, message) in dead {
            let alive = Message { tries: 0, visible_at: now, ..message };
            self.append(&mut state, alive)?;
            // Written anew first: whatever ends the process in between leaves it twice, not never.
            state.messages.remove(&number);
            self.write(number, None)?;
        }
        self.bell.notify_one();
        Ok(back)
    }
}
