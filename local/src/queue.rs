//! The two queues in one process, with SQS's semantics: at least once, visibility, dead letters after so many tries; `wakes`
//! FIFO by channel with five minutes of deduplication. With a file, what was accepted survives the end of the process.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use shared::core::raw::Raw;
use shared::deps::Clock;
use shared::queue::{Queue, QueueError, Verdict, Wake};
use tokio::sync::Notify;

use crate::Trouble;

mod dead;

pub use dead::DeadLetter;

/// Message number -> message.
const MESSAGES: TableDefinition<u64, &[u8]> = TableDefinition::new("messages");

/// The most messages that one invocation of the router gets.
const BATCH: usize = 10;

/// How long a failed message stays out of sight.
const VISIBILITY: SignedDuration = SignedDuration::from_secs(30);

/// How long a message that was taken stays out of sight unless it is settled: longer than any handler lives, as the queue of
/// wakes has it in `template.yaml`. A process that starts anew sees it at once.
const IN_FLIGHT: SignedDuration = SignedDuration::from_mins(3);

/// A failed message goes to the dead letters after so many tries.
const MOST_TRIES: u32 = 5;

/// How long the same wake is swallowed (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html>).
const DEDUPLICATION: SignedDuration = SignedDuration::from_mins(5);

/// The queues of one world.
#[derive(Debug)]
pub struct LocalQueue {
    state: Mutex<State>,
    file: Option<Database>,
    clock: Arc<dyn Clock>,
    /// Rung when something was sent.
    pub bell: Notify,
}

#[derive(Debug, Default)]
struct State {
    messages: BTreeMap<u64, Message>,
    next: u64,
    sent: BTreeMap<String, Timestamp>,
}

impl State {
    /// Takes messages out of sight while somebody works on them.
    fn hide(&mut self, numbers: impl Iterator<Item = u64>, now: Timestamp) {
        let until = now.checked_add(IN_FLIGHT).unwrap_or(now);
        for number in numbers {
            if let Some(message) = self.messages.get_mut(&number) {
                message.visible_at = until;
            }
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    body: Body,
    visible_at: Timestamp,
    tries: u32,
}

impl Message {
    /// Whether it is tried no more. As in SQS it keeps its channel busy until it would be visible once more: a call of its last
    /// try may still be on its way.
    fn is_dead(&self, now: Timestamp) -> bool {
        self.tries >= MOST_TRIES && self.visible_at <= now
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Body {
    Signal(Raw),
    Wake(Wake),
}

/// Messages on their way to a consumer, by number.
pub type Batch<T> = Vec<(u64, T)>;

impl LocalQueue {
    /// Queues that are gone with the process.
    pub fn memory(clock: Arc<dyn Clock>) -> Self {
        LocalQueue { state: Mutex::default(), file: None, clock, bell: Notify::new() }
    }

    /// Queues in a file.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, Trouble> {
        let trouble = |error: redb::Error| Trouble::because("the queues' file cannot be used", error);
        let file = Database::create(path).map_err(|error| trouble(error.into()))?;
        let mut state = State::default();
        let writing = file.begin_write().map_err(|error| trouble(error.into()))?;
        writing.open_table(MESSAGES).map_err(|error| trouble(error.into()))?;
        writing.commit().map_err(|error| trouble(error.into()))?;
        let reading = file.begin_read().map_err(|error| trouble(error.into()))?;
        let table = reading.open_table(MESSAGES).map_err(|error| trouble(error.into()))?;
        for row in table.iter().map_err(|error| trouble(error.into()))? {
            let (number, message) = row.map_err(|error| trouble(error.into()))?;
            let message = serde_json::from_slice(message.value())
                .map_err(|error| Trouble::because("a stored message cannot be read", error))?;
            state.next = number.value() + 1;
            state.messages.insert(number.value(), message);
        }
        drop(table);
        Ok(LocalQueue { state: Mutex::new(state), file: Some(file), clock, bell: Notify::new() })
    }

    /// The signals that are visible now, for one invocation of the router.
    pub fn take_signals(&self) -> Batch<Raw> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let visible =
            state.messages.iter().filter(|(_, message)| message.visible_at <= now && !message.is_dead(now));
        let signals = visible.filter_map(|(number, message)| match &message.body {
            Body::Signal(raw) => Some((*number, raw.clone())),
            Body::Wake(_) => None,
        });
        let batch: Batch<Raw> = signals.take(BATCH).collect();
        state.hide(batch.iter().map(|(number, _)| *number), now);
        batch
    }

    /// The next wake of each channel, where it is visible: a channel whose first message waits is served nothing.
    pub fn take_wakes(&self) -> Batch<Wake> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut first: BTreeMap<&str, (u64, &Message, &Wake)> = BTreeMap::new();
        for (number, message) in state.messages.iter().filter(|(_, message)| !message.is_dead(now)) {
            if let Body::Wake(wake) = &message.body {
                first.entry(&wake.channel).or_insert((*number, message, wake));
            }
        }
        let mut visible: Batch<Wake> = first
            .into_values()
            .filter(|(_, message, _)| message.visible_at <= now)
            .map(|(number, _, wake)| (number, wake.clone()))
            .collect();
        visible.sort_by_key(|(number, _)| *number);
        state.hide(visible.iter().map(|(number, _)| *number), now);
        visible
    }

    /// What the consumer wants done with a message.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn settle(&self, number: u64, verdict: Verdict) -> Result<(), QueueError> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(message) = state.messages.get_mut(&number) else { return Ok(()) };
        match verdict {
            Verdict::Done => {
                state.messages.remove(&number);
                return self.write(number, None);
            }
            Verdict::Again(at) => message.visible_at = at,
            Verdict::Failed => {
                message.tries += 1;
                message.visible_at = now.checked_add(VISIBILITY).unwrap_or(now);
            }
        }
        let message = message.clone();
        self.write(number, Some(&message))
    }

    /// When the next message is visible; `None` if none waits.
    pub fn next_at(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held: BTreeSet<&str> = BTreeSet::new();
        let waiting = state.messages.values().filter(|message| !message.is_dead(now));
        // Behind the first wake of a channel nothing happens before that one.
        let first = waiting.filter(|message| match &message.body {
            Body::Signal(_) => true,
            Body::Wake(wake) => held.insert(&wake.channel),
        });
        first.map(|message| message.visible_at).min()
    }

    /// How many messages wait, and how many are dead.
    pub fn depth(&self) -> (usize, usize) {
        let now = self.clock.now();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let dead = state.messages.values().filter(|message| message.is_dead(now)).count();
        (state.messages.len() - dead, dead)
    }

    fn send(&self, bodies: Vec<Body>) -> Result<(), QueueError> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sent.retain(|_, sent| now.duration_since(*sent) < DEDUPLICATION);
        for body in bodies {
            let identity = match &body {
                Body::Signal(_) => None,
                Body::Wake(wake) => Some(wake.deduplication_id()),
            };
            if identity.as_ref().is_some_and(|identity| state.sent.contains_key(identity)) {
                continue;
            }
            self.append(&mut state, Message { body, visible_at: now, tries: 0 })?;
            // Only what was accepted counts, and its five minutes run from then on.
            state.sent.extend(identity.map(|identity| (identity, now)));
        }
        self.bell.notify_one();
        Ok(())
    }

    /// Behind all others.
    fn append(&self, state: &mut State, message: Message) -> Result<(), QueueError> {
        self.write(state.next, Some(&message))?;
        state.messages.insert(state.next, message);
        state.next += 1;
        Ok(())
    }

    fn write(&self, number: u64, message: Option<&Message>) -> Result<(), QueueError> {
        let Some(file) = &self.file else { return Ok(()) };
        let write = || -> Result<(), redb::Error> {
            let writing = file.begin_write()?;
            {
                let mut table = writing.open_table(MESSAGES)?;
                match message.map(serde_json::to_vec) {
                    Some(Ok(bytes)) => drop(table.insert(number, bytes.as_slice())?),
                    Some(Err(error)) => return Err(redb::Error::Corrupted(error.to_string())),
                    None => drop(table.remove(number)?),
                }
            }
            writing.commit()?;
            Ok(())
        };
        write().map_err(|error| QueueError(error.to_string()))
    }
}

#[async_trait]
impl Queue for LocalQueue {
    async fn signals(&self, raw: &[Raw]) -> Result<(), QueueError> {
        self.send(raw.iter().cloned().map(Body::Signal).collect())
    }

    async fn wakes(&self, wakes: &[Wake]) -> Result<(), QueueError> {
        self.send(wakes.iter().cloned().map(Body::Wake).collect())
    }

    async fn dead(&self) -> Result<usize, QueueError> {
        Ok(self.depth().1)
    }
}

#[cfg(test)]
mod tests {
    use shared::core::incident::IncidentId;

    use super::*;
    use crate::clock::LocalClock;

    fn wake(revision: u64) -> Wake {
        Wake { incident: IncidentId("k7qf3".into()), channel: "#alerts".into(), revision, sweep: None }
    }

    #[tokio::test]
    async fn a_wake_that_is_swallowed_does_not_renew_the_five_minutes() {
        let begin: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let clock = Arc::new(LocalClock::standing(begin));
        let queue = LocalQueue::memory(clock.clone());
        for (second, waiting) in [(0, 1), (200, 1), (299, 1), (300, 2), (301, 2)] {
            clock.set(begin + SignedDuration::from_secs(second));
            queue.wakes(&[wake(1)]).await.unwrap();
            assert_eq!(queue.depth(), (waiting, 0), "after {second} s");
        }
    }

    #[tokio::test]
    async fn a_dead_letter_that_is_put_back_does_not_overtake_what_its_channel_is_busy_with() {
        let clock = Arc::new(LocalClock::standing("2026-11-22T09:00:00Z".parse().unwrap()));
        let queue = LocalQueue::memory(clock.clone());
        queue.wakes(&[wake(1), wake(2)]).await.unwrap();
        for _ in 0..MOST_TRIES {
            let (number, _) = queue.take_wakes()[0];
            queue.settle(number, Verdict::Failed).unwrap();
            clock.set(clock.now() + VISIBILITY);
        }
        let (second, taken) = queue.take_wakes()[0].clone();
        assert_eq!((taken, queue.depth()), (wake(2), (1, 1)));
        assert_eq!(queue.put_back().unwrap(), 1);
        assert_eq!((queue.take_wakes(), queue.depth()), (vec![], (2, 0)));
        queue.settle(second, Verdict::Done).unwrap();
        assert_eq!(queue.take_wakes()[0].1, wake(1));
    }

    #[tokio::test]
    async fn a_channel_is_busy_for_as_long_as_the_last_try_of_a_dead_letter_may_run() {
        let clock = Arc::new(LocalClock::standing("2026-11-22T09:00:00Z".parse().unwrap()));
        let queue = LocalQueue::memory(clock.clone());
        queue.wakes(&[wake(1), wake(2)]).await.unwrap();
        for _ in 0..MOST_TRIES {
            clock.set(clock.now() + VISIBILITY);
            let (number, _) = queue.take_wakes()[0];
            queue.settle(number, Verdict::Failed).unwrap();
        }
        assert_eq!((queue.take_wakes(), queue.depth()), (vec![], (2, 0)));
        assert_eq!(queue.next_at(), Some(clock.now() + VISIBILITY));
        clock.set(clock.now() + VISIBILITY);
        assert_eq!((queue.depth(), queue.take_wakes()[0].1.clone()), ((1, 1), wake(2)));
    }

    #[tokio::test]
    async fn a_wake_that_was_not_accepted_may_be_sent_again() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(LocalClock::standing("2026-11-22T09:00:00Z".parse().unwrap()));
        let queue = LocalQueue::open(&folder.path().join("queues.redb"), clock).unwrap();
        // A table of another kind stands in the way of every write.
        let file = queue.file.as_ref().unwrap();
        let turn = |as_it_is: bool| {
            let writing = file.begin_write().unwrap();
            if as_it_is {
                writing.delete_table(TableDefinition::<&str, u64>::new("messages")).unwrap();
                drop(writing.open_table(MESSAGES).unwrap());
            } else {
                writing.delete_table(MESSAGES).unwrap();
                drop(writing.open_table(TableDefinition::<&str, u64>::new("messages")).unwrap());
            }
            writing.commit().unwrap();
        };
        turn(false);
        assert!(queue.wakes(&[wake(1)]).await.is_err());
        assert_eq!(queue.depth(), (0, 0));
        turn(true);
        queue.wakes(&[wake(1)]).await.unwrap();
        assert_eq!(queue.depth(), (1, 0), "it was never accepted, so it is no duplicate");
    }
}
