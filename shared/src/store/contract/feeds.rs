//! What is kept of feeds comes back, and of two who store the same feed one is told.

use std::sync::Arc;

use super::fixtures::t;
use super::{Outcome, Store};
use crate::core::feed::{Failing, Feed};
use crate::store::MAX_FEEDS;

fn full(name: &str, version: u64) -> Feed {
    Feed {
        name: name.to_owned(),
        version,
        url: "https://status.example/history.atom?page=1".to_owned(),
        etag: Some("W/\"1\"".to_owned()),
        last_modified: Some("Wed, 21 Oct 2015 07:28:00 GMT".to_owned()),
        next_at: Some(t(60)),
        read_since: Some(t(0)),
        seen: (0..500).map(|number| format!("{number:016x}")).collect(),
        failing: Some(Failing { since: t(1), polls: 4, told: true }),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub(super) async fn a_feed_is_fresh_until_something_is_kept_of_it(store: Arc<dyn Store>) -> Outcome {
    let fresh = |name: &str| Feed { name: name.to_owned(), ..Feed::default() };
    assert_eq!(store.feeds(&[]).await?, []);
    assert_eq!(store.feeds(&names(&["b", "a"])).await?, [fresh("b"), fresh("a")]);
    assert!(store.put_feed(&full("a", 1)).await?);
    assert_eq!(store.feeds(&names(&["b", "a"])).await?, [fresh("b"), full("a", 1)]);
    let bare = Feed { name: "a".to_owned(), version: 2, ..Feed::default() };
    assert!(store.put_feed(&bare).await?);
    assert_eq!(store.feeds(&names(&["a"])).await?, [bare]);
    Ok(())
}

pub(super) async fn a_feed_is_stored_only_on_the_version_before_it(store: Arc<dyn Store>) -> Outcome {
    for (version, stored) in
        [(0, false), (2, false), (1, true), (1, false), (3, false), (2, true), (0, false), (3, true)]
    {
        assert_eq!(store.put_feed(&full("a", version)).await?, stored, "version {version}");
    }
    assert_eq!(store.feeds(&names(&["a"])).await?, [full("a", 3)]);
    Ok(())
}

pub(super) async fn of_fifty_who_store_a_feed_at_once_one_wins(store: Arc<dyn Store>) -> Outcome {
    let tries = (0..50).map(|number| {
        let (store, feed) = (store.clone(), Feed { etag: Some(number.to_string()), ..full("a", 1) });
        tokio::spawn(async move { store.put_feed(&feed).await.map(|stored| stored.then_some(feed)) })
    });
    let mut won = Vec::new();
    for tried in tries.collect::<Vec<_>>() {
        won.extend(tried.await??);
    }
    assert_eq!(won.len(), 1);
    assert_eq!(store.feeds(&names(&["a"])).await?, won);
    Ok(())
}

pub(super) async fn a_hundred_feeds_come_back_in_the_order_asked_for(store: Arc<dyn Store>) -> Outcome {
    let all: Vec<String> =
        (0..MAX_FEEDS).map(|number| format!("feed-{}", (number * 37) % MAX_FEEDS)).collect();
    for name in all.iter().rev() {
        assert!(store.put_feed(&full(name, 1)).await?);
    }
    let stored = store.feeds(&all).await?;
    assert!(stored == all.iter().map(|name| full(name, 1)).collect::<Vec<_>>());
    Ok(())
}
