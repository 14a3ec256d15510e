//! A feed that is polled: what is kept of it from one poll to the next, and what an answer means: which items are news, when to
//! look again, and when it counts as broken. How a feed is fetched and read is the notifier's; words are the mapping's.
//!
//! An item is told once, by its identity. Whoever tells puts the news into the queue first and stores [`Next::feed`] then, on
//! condition of the version before: what is told twice in between has the same identity and no second effect.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// How many of one answer's items are looked at, the newest ones.
pub const MOST_LOOKED_AT: usize = 250;

/// How many new items of one answer are told each by itself; the rest is counted.
pub const MOST_TOLD: usize = 20;

/// How many items are remembered.
const MOST_REMEMBERED: usize = 500;

/// The longest wait that comes from failing, or from how long an answer may be kept.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);

/// The longest wait that a server may ask for.
const LONGEST_ASKED: SignedDuration = SignedDuration::from_hours(24);

/// Ticks are not punctual: what is due a moment later is due.
const SLACK: SignedDuration = SignedDuration::from_secs(10);

/// After so many polls in vain, and so long, a feed counts as broken.
const BROKEN: (u32, SignedDuration) = (3, SignedDuration::from_hours(1));

/// What is kept of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// As the config names it.
    pub name: String,
    /// How often this was stored; 0 for never.
    pub version: u64,
    /// Where it was read: at another address it is another feed.
    pub url: String,
    /// The last answer's `ETag`.
    pub etag: Option<String>,
    /// The last answer's `Last-Modified`.
    pub last_modified: Option<String>,
    /// When it is looked at again.
    pub next_at: Option<Timestamp>,
    /// When it was first read; what was in it then is no news.
    pub read_since: Option<Timestamp>,
    /// The items of the last answers (see [`Item::hash`]), newest first.
    pub seen: Vec<String>,
    /// Since when it cannot be read.
    pub failing: Option<Failing>,
}

/// A feed that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failing {
    /// The first poll in vain.
    pub since: Timestamp,
    /// How many there were.
    pub polls: u32,
    /// It was told.
    pub told: bool,
}

impl Failing {
    /// Whether so many polls in vain are enough by now to count as broken.
    fn is_broken(self, polls: u32, now: Timestamp) -> bool {
        polls >= BROKEN.0 && now.duration_since(self.since) >= BROKEN.1
    }
}

/// One item of an answer. Texts are plain and bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its own identity: `guid` or `id`, else its link, else what it says.
    pub id: String,
    /// One line.
    pub title: String,
    /// The rest.
    pub text: String,
    /// Where it leads.
    pub link: Option<String>,
    /// When it was published, if it says so.
    pub published: Option<Timestamp>,
    /// When it was last changed, if it says so.
    pub updated: Option<Timestamp>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What it is filed under.
    pub categories: Vec<String>,
}

/// What came of asking for a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    /// It was read.
    Read {
        /// Its items, in its own order.
        items: Vec<Item>,
        /// `ETag`.
        etag: Option<String>,
        /// `Last-Modified`.
        last_modified: Option<String>,
        /// For how long the answer may be kept.
        keep: Option<SignedDuration>,
    },
    /// It is as it was.
    Unchanged {
        /// For how long the answer may be kept.
        keep: Option<SignedDuration>,
    },
    /// It could not be read.
    Failed {
        /// Why.
        why: String,
        /// When to come back, if the server said so.
        wait: Option<SignedDuration>,
    },
}

/// What people are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A new item.
    Item(Item),
    /// So many more than are told by themselves; the identity is that of the newest of them.
    More(usize, String),
    /// It cannot be read, since then, and why.
    Broken(Timestamp, String),
    /// It can be read again, after it could not since then.
    Mended(Timestamp),
}

/// What a poll comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// What is kept.
    pub feed: Feed,
    /// What is told, in this order.
    pub news: Vec<News>,
}

impl Item {
    /// Its identity, short: 16 hexadecimal digits.
    pub fn hash(&self) -> String {
        short(&self.id)
    }
}

impl News {
    /// The identity of the news of a feed, which stays the same however often it is told.
    pub fn id(&self, feed: &str) -> String {
        match self {
            News::Item(item) => format!("feed/{feed}/{}", item.hash()),
            News::More(_, newest) => format!("feed/{feed}/more-{newest}"),
            News::Broken(since, _) => format!("feed/{feed}/broken-{}", since.as_second()),
            News::Mended(since) => format!("feed/{feed}/mended-{}", since.as_second()),
        }
    }
}

impl Feed {
    /// What is kept of it, for this address: if it was read elsewhere, only that it could not be, so that its end is told.
    #[must_use]
    pub fn at(self, url: &str) -> Feed {
        if self.url == url {
            return self;
        }
        Feed {
            name: self.name,
            version: self.version,
            url: url.to_owned(),
            failing: self.failing,
            ..Feed::default()
        }
    }

    /// Whether it is time to look at it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_at.is_none_or(|at| at.duration_since(now) <= SLACK)
    }

    /// What a poll comes to. `every`: how often it is polled while all is well.
    pub fn polled(&self, every: SignedDuration, polled: Polled, now: Timestamp) -> Next {
        let mut feed = Feed { version: self.version + 1, ..self.clone() };
        let mut news = Vec::new();
        let wait = match polled {
            Polled::Failed { why, wait } => {
                let mut failing = self.failing.unwrap_or(Failing { since: now, polls: 0, told: false });
                failing.polls = failing.polls.saturating_add(1);
                if failing.is_broken(failing.polls, now) && !failing.told {
                    failing.told = true;
                    news.push(News::Broken(failing.since, why));
                }
                feed.failing = Some(failing);
                let asked = wait.unwrap_or_default().min(LONGEST_ASKED);
                backed_off(every, failing.polls).max(asked)
            }
            Polled::Unchanged { keep } => {
                feed.mend(&mut news, now);
                every.max(keep.unwrap_or_default().min(LONGEST))
            }
            Polled::Read { items, etag, last_modified, keep } => {
                feed.mend(&mut news, now);
                (feed.etag, feed.last_modified) = (etag, last_modified);
                feed.read(items, &mut news, now);
                every.max(keep.unwrap_or_default().min(LONGEST))
            }
        };
        feed.next_at = now.checked_add(wait).ok();
        Next { feed, news }
    }

    /// An end is told also where the beginning may have been told by somebody who could not store that: one that nobody saw
    /// begin says nothing.
    fn mend(&mut self, news: &mut Vec<News>, now: Timestamp) {
        let may_be_told =
            |failing: &Failing| failing.told || failing.is_broken(failing.polls.saturating_add(1), now);
        let failing = self.failing.take();
        news.extend(failing.filter(may_be_told).map(|failing| News::Mended(failing.since)));
    }

    fn read(&mut self, items: Vec<Item>, news: &mut Vec<News>, now: Timestamp) {
        let items = newest_first(items);
        let known: BTreeSet<&String> = self.seen.iter().collect();
        let mut hashed: Vec<(String, Item)> = items.into_iter().map(|item| (item.hash(), item)).collect();
        // More are remembered than looked at, so that none is news because newer ones were withdrawn.
        let mut seen: Vec<String> = hashed.iter().map(|(hash, _)| hash.clone()).collect();
        hashed.truncate(MOST_LOOKED_AT);
        if self.read_since.is_some() {
            let mut fresh: Vec<(String, Item)> =
                hashed.into_iter().filter(|(hash, _)| !known.contains(hash)).collect();
            let rest = fresh.split_off(fresh.len().min(MOST_TOLD));
            let more = rest.first().map(|(newest, _)| News::More(rest.len(), newest.clone()));
            news.extend(fresh.into_iter().rev().map(|(_, item)| News::Item(item)));
            news.extend(more);
        }
        let now_seen: BTreeSet<String> = seen.iter().cloned().collect();
        seen.extend(self.seen.iter().filter(|hash| !now_seen.contains(*hash)).cloned());
        seen.truncate(MOST_REMEMBERED);
        self.seen = seen;
        self.read_since = self.read_since.or(Some(now));
    }
}

/// The newest items, each once. Most feeds begin with the newest; where all items have a time, that counts.
fn newest_first(items: Vec<Item>) -> Vec<Item> {
    let mut ids = BTreeSet::new();
    let mut items: Vec<Item> = items.into_iter().filter(|item| ids.insert(item.id.clone())).collect();
    let time = |item: &Item| item.published.or(item.updated);
    if items.iter().all(|item| time(item).is_some()) {
        items.sort_by_key(|item| std::cmp::Reverse(time(item)));
    }
    items.truncate(MOST_REMEMBERED);
    items
}

/// Twice as long after each failure.
fn backed_off(every: SignedDuration, polls: u32) -> SignedDuration {
    let factor = 2_i32.saturating_pow(polls.saturating_sub(1));
    every.checked_mul(factor).unwrap_or(LONGEST).min(LONGEST.max(every))
}

fn short(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
