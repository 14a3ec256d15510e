//! What goes wrong, and when: the fate of each call, and the misfortunes of a whole run. Everything is decided by dice that
//! the seed threw, or by the number of the call, so it happens again in the same place. Nothing is done here.

use fastrand::Rng;
use jiff::SignedDuration;

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    Well,
    /// It does not reach the other side; the caller knows.
    Refused,
    /// It does not reach the other side; the caller cannot know.
    LostThere,
    /// It is done, and the answer is lost.
    LostBack,
    /// The caller ends before it is sent.
    KilledBefore,
    /// The caller ends when it is done.
    KilledAfter,
    /// It takes that many milliseconds more to get there; by then the caller may have given up.
    Slow(u64),
    /// The other side is busy, or answers in one of its own ways; which one, that seam decides by the number.
    Peculiar(u64),
}

impl Fate {
    /// What every call is tried with.
    pub(super) const STRIKES: [Fate; 5] =
        [Fate::Refused, Fate::LostThere, Fate::LostBack, Fate::KilledBefore, Fate::KilledAfter];

    pub(super) fn words(self) -> &'static str {
        match self {
            Fate::Well => "well",
            Fate::Refused => "refused",
            Fate::LostThere => "lost on the way there",
            Fate::LostBack => "done, the answer lost",
            Fate::KilledBefore => "the caller is killed before it",
            Fate::KilledAfter => "done, and the caller is killed",
            Fate::Slow(_) => "very slow",
            Fate::Peculiar(_) => "answered with an error",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seam {
    Store,
    Queue,
    Slack,
    /// A request to one of our doors.
    Door,
}

/// Which calls fail.
#[derive(Debug)]
pub(super) enum Weather {
    /// By dice, so many of a thousand calls.
    Dice { rng: Rng, per_mille: u64 },
    /// The call with this number, and no other.
    Strike { at: u64, fate: Fate },
}

impl Weather {
    pub(super) fn calm() -> Self {
        Weather::Strike { at: u64::MAX, fate: Fate::Well }
    }

    /// The fate of the call with this number.
    pub(super) fn fate(&mut self, seam: Seam, number: u64) -> Fate {
        match self {
            Weather::Strike { at, fate } if *at == number => *fate,
            Weather::Strike { .. } => Fate::Well,
            Weather::Dice { rng, per_mille } => {
                if rng.u64(0..1000) >= *per_mille {
                    return Fate::Well;
                }
                match rng.u64(0..8) {
                    0 => Fate::Refused,
                    1 => Fate::LostThere,
                    2 | 3 => Fate::LostBack,
                    4 => Fate::KilledBefore,
                    5 => Fate::KilledAfter,
                    6 if seam == Seam::Slack => Fate::Slow(rng.u64(1_000..14_000)),
                    6 => Fate::Slow(rng.u64(100..4_000)),
                    _ => Fate::Peculiar(rng.u64(..)),
                }
            }
        }
    }

    /// How long a call takes each way, in milliseconds.
    pub(super) fn latency(&mut self, seam: Seam) -> (u64, u64) {
        let Weather::Dice { rng, .. } = self else {
            return match seam {
                Seam::Slack => (100, 100),
                _ => (5, 5),
            };
        };
        let mut way = || match seam {
            Seam::Slack => rng.u64(20..300),
            Seam::Store => rng.u64(1..8),
            Seam::Queue | Seam::Door => rng.u64(2..25),
        };
        (way(), way())
    }

    /// Whether something happens that does so in so many of a thousand cases; never where the weather is calm.
    pub(super) fn happens(&mut self, per_mille: u64) -> bool {
        match self {
            Weather::Dice { rng, per_mille: faults } => *faults > 0 && rng.u64(0..1000) < per_mille,
            Weather::Strike { .. } => false,
        }
    }

    /// A number below `below`; the first where the weather is calm.
    pub(super) fn pick(&mut self, below: u64) -> u64 {
        match self {
            Weather::Dice { rng, .. } => rng.u64(0..below.max(1)),
            Weather::Strike { .. } => 0,
        }
    }
}

/// A misfortune that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misfortune {
    /// Slack answers 503.
    SlackDown,
    /// Nobody reaches Slack.
    SlackUnreachable,
    /// The bot token is revoked, then replaced.
    TokenRevoked,
    /// A channel is archived, and brought back.
    Archived(&'static str),
    /// DynamoDB throttles four of five requests.
    Throttled,
    /// The queues take nothing.
    QueueDown,
}

/// A misfortune, from when and for how long, counted from the beginning.
pub(super) type Spell = (SignedDuration, SignedDuration, Misfortune);

/// The climate of a seed: how many of a thousand calls fail, and what else befalls it.
pub(super) fn climate(dice: &mut Rng) -> (u64, Vec<Spell>) {
    let per_mille = match dice.u64(0..10) {
        0 => return (0, Vec::new()),
        1..=4 => 10,
        5..=7 => 40,
        8 => 120,
        _ => 0,
    };
    let mut spells = Vec::new();
    while spells.len() < 3 && dice.u64(0..10) < 4 {
        let from = SignedDuration::from_secs(dice.i64(0..1500));
        let minutes = |dice: &mut Rng, most: i64| SignedDuration::from_secs(dice.i64(20..most * 60));
        let (long, what) = match dice.u64(0..7) {
            0 => (SignedDuration::from_mins(60), Misfortune::SlackDown),
            1 => (minutes(dice, 10), Misfortune::SlackDown),
            2 => (minutes(dice, 10), Misfortune::SlackUnreachable),
            3 => (minutes(dice, 15), Misfortune::TokenRevoked),
            4 => (minutes(dice, 20), Misfortune::Archived("#alerts")),
            5 => (minutes(dice, 5), Misfortune::Throttled),
            _ => (minutes(dice, 2), Misfortune::QueueDown),
        };
        spells.push((from, long, what));
    }
    // A seed without single faults has at least one spell; only one in ten has neither.
    if per_mille == 0 && spells.is_empty() {
        spells.push((SignedDuration::from_secs(60), SignedDuration::from_mins(3), Misfortune::SlackDown));
    }
    (per_mille, spells)
}
