//! A clock that can be moved: it runs beside the machine's, or stands still until somebody moves it. Both Callboard and
//! the Slack workspace read it, so that they agree.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use shared::deps::{Clock, SystemClock};

/// The clock of one world.
#[derive(Debug)]
pub struct LocalClock(Mutex<Mode>);

#[derive(Clone, Copy, Debug)]
enum Mode {
    /// Runs, so far from the machine's time.
    Runs(SignedDuration),
    /// Stands.
    Stands(Timestamp),
}

impl LocalClock {
    /// Runs with the machine's.
    pub fn running() -> Self {
        LocalClock(Mutex::new(Mode::Runs(SignedDuration::ZERO)))
    }

    /// Stands still at a time.
    pub fn standing(at: Timestamp) -> Self {
        LocalClock(Mutex::new(Mode::Stands(at)))
    }

    /// Moves it to a time; a running clock runs on from there.
    pub fn set(&self, to: Timestamp) {
        let mut mode = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *mode = match *mode {
            Mode::Runs(_) => Mode::Runs(to.duration_since(SystemClock.now())),
            Mode::Stands(_) => Mode::Stands(to),
        };
    }

    /// Whether it stands still.
    pub fn stands(&self) -> bool {
        matches!(self.mode(), Mode::Stands(_))
    }

    /// How far it is from the machine's time.
    pub fn offset(&self) -> SignedDuration {
        match self.mode() {
            Mode::Runs(offset) => offset,
            Mode::Stands(at) => at.duration_since(SystemClock.now()),
        }
    }

    fn mode(&self) -> Mode {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for LocalClock {
    fn now(&self) -> Timestamp {
        match self.mode() {
            Mode::Runs(offset) => {
                let now = SystemClock.now();
                now.checked_add(offset).unwrap_or(now)
            }
            Mode::Stands(at) => at,
        }
    }
}

impl slack_emulator::Clock for LocalClock {
    fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}
