//! Feeds: asks for those that are due, has their answers read (`read`), and puts what is news into the queue of signals, from
//! where it goes the way of every notification. What is news, and when to ask again, is `core::feed`'s.
//!
//! First the queue, then the store, on condition of what was there before: whoever is killed in between, or polls at the same
//! time, tells the same news under the same identity, which the router takes once. Nothing is asked of anybody while no feed is
//! configured. What a post says is the mapping's (`shared/sources/feed.yaml`), words may not enter.

mod json;
mod plain;
mod read;
mod xml;

use futures_util::future::BoxFuture;
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use http::header::{CACHE_CONTROL, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER};
use http::{HeaderMap, HeaderName, Response, StatusCode};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::config;
use shared::core::feed::{Feed, Item, News, Next, Polled};
use shared::core::raw::Raw;
use shared::deps::Deps;
use shared::store::StoreError;
use url::Url;

pub use read::{Read, read};

/// The name of the mapping that reads them.
pub const SOURCE: &str = "feed";

/// How many feeds one tick polls; the rest follows a minute later. An answer takes ten seconds at most, so that these take
/// twenty.
const MOST: usize = 20;

/// How many are asked at once.
const AT_ONCE: usize = 10;

/// The longest header that is kept and sent back.
const LONGEST_HEADER: usize = 1_000;

/// Polls the feeds that are due, those first that are so for longest. One that cannot be polled holds up no other.
///
/// # Errors
/// The store is not available: nothing was polled.
pub(crate) async fn poll_due(deps: &Deps) -> Result<usize, StoreError> {
    let all = &deps.config.feeds;
    if all.is_empty() {
        return Ok(0);
    }
    let now = deps.clock.now();
    let names: Vec<String> = all.iter().map(|feed| feed.name.clone()).collect();
    let kept = deps.store.feeds(&names).await?;
    let kept = all.iter().zip(kept).map(|(rules, kept)| (rules, kept.at(rules.url.as_str())));
    let mut due: Vec<(&config::Feed, Feed)> = kept.filter(|(_, kept)| kept.is_due(now)).collect();
    due.sort_by_key(|(_, kept)| kept.next_at);
    due.truncate(MOST);
    // Boxed and in a list, since the compiler cannot tell otherwise that they may move between threads.
    let polls: Vec<BoxFuture<'_, bool>> =
        due.into_iter().map(|(rules, kept)| poll(rules, kept, deps, now).boxed()).collect();
    let polled: Vec<bool> = stream::iter(polls).buffered(AT_ONCE).collect().await;
    Ok(polled.into_iter().filter(|polled| *polled).count())
}

/// Whether it could be polled, whatever came of it.
async fn poll(rules: &config::Feed, kept: Feed, deps: &Deps, now: Timestamp) -> bool {
    let polled = ask(rules, &kept, deps, now).await;
    polled.inspect_err(|error| tracing::error!(feed = rules.name, %error, "left to the next tick")).is_ok()
}

async fn ask(rules: &config::Feed, kept: &Feed, deps: &Deps, now: Timestamp) -> Result<(), StoreError> {
    let (title, polled) = match deps.fetch.get_public(&rules.url, &conditions(kept)).await {
        Ok(answer) => understood(&answer, &rules.url, now),
        Err(error) => (String::new(), Polled::Failed { why: error.0, wait: None }),
    };
    if let Polled::Failed { why, .. } = &polled {
        tracing::warn!(feed = rules.name, why, "the feed cannot be read");
    }
    let Next { feed, news } = kept.polled(rules.every, polled, now);
    let raws: Vec<Raw> = news.iter().map(|news| raw(rules, &title, news, now)).collect();
    if !raws.is_empty() {
        deps.queue.signals(&raws).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        tracing::info!(feed = rules.name, news = raws.len(), "news");
    }
    if !deps.store.put_feed(&feed).await? {
        tracing::info!(feed = rules.name, "another tick has polled it");
    }
    Ok(())
}

/// What makes the server send only what is new to us.
fn conditions(kept: &Feed) -> HeaderMap {
    let headers = [(IF_NONE_MATCH, &kept.etag), (IF_MODIFIED_SINCE, &kept.last_modified)];
    let value = |value: &Option<String>| value.as_ref()?.parse().ok();
    headers.into_iter().filter_map(|(name, kept)| Some((name, value(kept)?))).collect()
}

/// What an answer says: the feed's title, and what came of the poll.
fn understood(answer: &Response<impl AsRef<[u8]>>, url: &Url, now: Timestamp) -> (String, Polled) {
    let header = |name: HeaderName| header(answer.headers(), &name);
    let keep = header(CACHE_CONTROL).and_then(|control| max_age(&control));
    let status = answer.status();
    if status == StatusCode::NOT_MODIFIED {
        return (String::new(), Polled::Unchanged { keep });
    }
    if !status.is_success() {
        let asks = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        let wait = header(RETRY_AFTER).filter(|_| asks).and_then(|after| retry_after(&after, now));
        return (String::new(), Polled::Failed { why: format!("the answer is {}", status.as_u16()), wait });
    }
    match read(answer.body().as_ref(), url) {
        Err(why) => (String::new(), Polled::Failed { why, wait: None }),
        Ok(Read { title, items }) => {
            let (etag, last_modified) = (header(ETAG), header(LAST_MODIFIED));
            (title, Polled::Read { items, etag, last_modified, keep })
        }
    }
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= LONGEST_HEADER).then(|| value.to_owned())
}

/// `max-age` of a `Cache-Control`.
fn max_age(control: &str) -> Option<SignedDuration> {
    let mut words = control.split(',').map(str::trim);
    let age = words.find_map(|word| {
        let (name, value) = word.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then_some(value)
    });
    seconds(age?.trim().trim_matches('"'))
}

/// Seconds, or a time.
fn retry_after(after: &str, now: Timestamp) -> Option<SignedDuration> {
    let at = || DateTimeParser::new().parse_timestamp(after.trim()).ok();
    seconds(after.trim()).or_else(|| at().map(|at| at.duration_since(now)))
}

fn seconds(text: &str) -> Option<SignedDuration> {
    text.parse::<u32>().ok().map(|seconds| SignedDuration::from_secs(i64::from(seconds)))
}

/// A news as a notification. The address goes without its query, which may hold a key.
fn raw(rules: &config::Feed, title: &str, news: &News, now: Timestamp) -> Raw {
    let mut url = rules.url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let title = if title.is_empty() { &rules.name } else { title };
    let feed = json!({ "name": rules.name, "title": title, "url": url.as_str() });
    let body = match news {
        News::Item(item) => json!({ "feed": feed, "item": written(item) }),
        News::More(count, newest) => json!({ "feed": feed, "more": { "count": count, "newest": newest } }),
        News::Broken(since, why) => json!({ "feed": feed, "broken": { "since": since, "why": why } }),
        News::Mended(since) => json!({ "feed": feed, "mended": { "since": since } }),
    };
    Raw {
        id: news.id(&rules.name),
        source: Some(SOURCE.to_owned()),
        headers: Default::default(),
        body: body.to_string(),
        received_at: now,
        note: None,
    }
}

fn written(item: &Item) -> Value {
    json!({
        "id": item.id,
        "title": item.title,
        "text": item.text,
        "link": item.link,
        "published": item.published,
        "updated": item.updated,
        "author": item.author,
        "categories": item.categories,
    })
}

/// A feed's items as the notifications that they become, in the feed's own order: for trials.
///
/// # Errors
/// Why it is no feed.
pub fn notifications(body: &[u8], rules: &config::Feed, now: Timestamp) -> Result<Vec<Raw>, String> {
    let Read { title, items } = read(body, &rules.url)?;
    Ok(items.into_iter().map(|item| raw(rules, &title, &News::Item(item), now)).collect())
}

#[cfg(test)]
mod tests;
