//! Rate limits: so many calls of a method a minute by its tier, and one message a second in a channel with a short burst.
//! Another method or channel is never held up. <https://docs.slack.dev/apis/web-api/rate-limits>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
const POST_EVERY_MS: i64 = 1_000;
const POST_BURST: i64 = 4;

/// How often a method may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    Two,
    Three,
    Four,
    /// Limits of its own; here a generous one (posting is limited per channel besides).
    Special,
}

impl Tier {
    pub(crate) const fn per_minute(self) -> usize {
        match self {
            Self::Two => 20,
            Self::Three => 50,
            Self::Four => 100,
            Self::Special => 600,
        }
    }
}

/// Past calls, as far as they still count.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Rates {
    /// Times of the calls of the last minute, by method.
    calls: BTreeMap<String, Vec<i64>>,
    /// When the channel's budget is full again, by channel.
    posts: BTreeMap<String, i64>,
}

impl Rates {
    /// Counts a call; `Err(seconds)` to wait if it is one too many.
    pub(crate) fn call(&mut self, method: &str, tier: Tier, now: i64) -> Result<(), u64> {
        let times = self.calls.entry(method.to_owned()).or_default();
        times.retain(|&at| at > now - MINUTE_MS);
        if times.len() >= tier.per_minute() {
            let oldest = times.first().copied().unwrap_or(now);
            return Err(seconds(oldest + MINUTE_MS - now));
        }
        times.push(now);
        Ok(())
    }

    /// Counts a message in a channel; `Err(seconds)` to wait if it is one too many.
    pub(crate) fn post(&mut self, channel: &str, now: i64) -> Result<(), u64> {
        let full_at = self.posts.entry(channel.to_owned()).or_insert(now);
        let next = (*full_at).max(now) + POST_EVERY_MS;
        let over = next - now - POST_BURST * POST_EVERY_MS;
        if over > 0 {
            return Err(seconds(over));
        }
        *full_at = next;
        Ok(())
    }
}

fn seconds(ms: i64) -> u64 {
    u64::try_from((ms + 999) / 1_000).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_takes_a_burst_of_four_and_then_one_a_second() {
        let mut rates = Rates::default();
        let taken: Vec<bool> = [0, 0, 0, 0, 0, 999, 1_000, 1_000, 2_000, 9_000]
            .map(|now| rates.post("C1", now).is_ok())
            .to_vec();
        assert_eq!(taken, [true, true, true, true, false, false, true, false, true, true]);
        assert_eq!(rates.post("C2", 0), Ok(()), "another channel is free");
    }

    #[test]
    fn the_twenty_first_tier_two_call_waits_until_the_first_is_a_minute_old() {
        let mut rates = Rates::default();
        for n in 0..20 {
            assert_eq!(rates.call("conversations.list", Tier::Two, n * 1_000), Ok(()));
        }
        assert_eq!(rates.call("conversations.list", Tier::Two, 20_000), Err(40));
        assert_eq!(rates.call("usergroups.list", Tier::Two, 20_000), Ok(()), "another method is free");
        assert_eq!(rates.call("conversations.list", Tier::Two, 60_000), Ok(()));
    }
}
