//! One call through a seam, from a handler that may end at any moment: how long it takes, whether it arrives, whether its answer
//! comes back. What was sent is done whether or not anybody waits for it any more, as it is with a network in between.

use std::sync::Arc;
use std::time::Duration;

use shared::queue::QueueError;
use shared::slack::error::SlackError;
use shared::store::{CommitError, StoreError};
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep;

use super::ground::Ground;
use super::weather::{Fate, Misfortune, Seam};

/// The life of one handler.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) ground: Arc<Ground>,
    /// `courier 17`, for the narration.
    pub(super) name: Arc<str>,
    killed: Arc<Notify>,
}

/// How a caller learns that a call failed.
pub(super) trait Cut: Sized {
    /// It surely was not done.
    fn refused() -> Self;
    /// It may have been done.
    fn lost() -> Self;
}

impl Life {
    pub(super) fn new(ground: Arc<Ground>, role: &str) -> Self {
        let name = format!("{role} {}", ground.next_number()).into();
        Life { ground, name, killed: Arc::default() }
    }

    /// Ends when somebody kills it.
    pub(super) async fn killed(&self) {
        self.killed.notified().await;
    }

    /// Ends this life; whoever calls goes no further.
    async fn end(&self) -> ! {
        self.killed.notify_one();
        std::future::pending().await
    }

    /// Makes a call. `peculiar` says how the other side fails in its own way: `Err` for not done, `Ok(())` if it fails by itself
    /// when it is asked.
    pub(super) async fn fly<T: Send + 'static, E: Cut + std::fmt::Display + Send + 'static>(
        &self,
        seam: Seam,
        what: &str,
        peculiar: impl Fn(u64) -> Result<(), E> + Send,
        effect: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E> {
        let number = self.ground.next_call();
        let spell = self.spell(seam);
        let (fate, (there, back)) = {
            let mut weather = self.ground.weather();
            let (fate, latency) = (weather.fate(seam, number), weather.latency(seam));
            (spell.unwrap_or(fate), latency)
        };
        self.ground.ledger().meets(format!("{seam:?} {}", fate.words()));
        self.ground.tell(&self.name, || match fate {
            Fate::Well => what.to_owned(),
            fate => format!("{what}: {}", fate.words()),
        });
        let there = match fate {
            Fate::KilledBefore => self.end().await,
            Fate::Slow(more) => there + more,
            _ => there,
        };
        let there = Duration::from_millis(there);
        match fate {
            Fate::Refused => {
                sleep(there).await;
                return Err(E::refused());
            }
            Fate::Peculiar(number) => {
                sleep(there).await;
                peculiar(number)?;
            }
            Fate::LostThere => {
                sleep(there * 2).await;
                return Err(E::lost());
            }
            _ => {}
        }
        let (done, answer) = oneshot::channel();
        tokio::spawn(async move {
            sleep(there).await;
            // Nobody may be there any more to hear it.
            let _gone = done.send(effect.await);
        });
        let answer = answer.await.unwrap_or_else(|_| Err(E::lost()));
        match fate {
            Fate::KilledAfter => self.end().await,
            Fate::LostBack => {
                sleep(Duration::from_millis(back)).await;
                Err(E::lost())
            }
            _ => {
                sleep(Duration::from_millis(back)).await;
                if let Err(error) = &answer {
                    self.ground.tell(&self.name, || format!("{what} answered: {error}"));
                }
                answer
            }
        }
    }

    /// What a misfortune that lasts does to a call.
    fn spell(&self, seam: Seam) -> Option<Fate> {
        let suffers = |from| self.ground.suffers(from);
        match seam {
            Seam::Store if suffers(&Misfortune::Throttled) => {
                (self.ground.weather().pick(5) > 0).then_some(Fate::Refused)
            }
            Seam::Queue if suffers(&Misfortune::QueueDown) => Some(Fate::Refused),
            Seam::Slack if suffers(&Misfortune::SlackUnreachable) => Some(Fate::Refused),
            Seam::Slack if suffers(&Misfortune::SlackDown) => Some(Fate::Peculiar(0)),
            _ => None,
        }
    }
}

impl Cut for StoreError {
    fn refused() -> Self {
        StoreError::Unavailable("throttled".to_owned())
    }

    fn lost() -> Self {
        StoreError::Unavailable("no answer".to_owned())
    }
}

impl Cut for CommitError {
    fn refused() -> Self {
        CommitError::Store(Cut::refused())
    }

    fn lost() -> Self {
        CommitError::Store(Cut::lost())
    }
}

impl Cut for QueueError {
    fn refused() -> Self {
        QueueError("refused".to_owned())
    }

    fn lost() -> Self {
        QueueError("no answer".to_owned())
    }
}

impl Cut for SlackError {
    fn refused() -> Self {
        SlackError::NotSent { why: "no connection".to_owned() }
    }

    fn lost() -> Self {
        SlackError::Unknown { why: "no answer in time".to_owned() }
    }
}
