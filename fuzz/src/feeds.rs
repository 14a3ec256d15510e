//! What a server answers that is asked for a feed: it is a feed or none, with a reason, and what becomes of its items is bounded and
//! understood by the mapping.

use jiff::SignedDuration;
use notifier::feed::notifications;
use shared::config::Feed;

use crate::seams::{now, sources};

/// The longest notification, in bytes: a text of 2,500 characters, each of four bytes or escaped in JSON, and what is around it.
const LONGEST: usize = 64 * 1024;

/// The body of an answer.
pub fn feed(input: &[u8]) {
    let rules = Feed {
        name: "fuzzed".to_owned(),
        url: "https://feed.example/all.xml?key=secret".parse().unwrap(),
        every: SignedDuration::from_mins(15),
    };
    match notifications(input, &rules, now()) {
        Err(why) => assert!(!why.trim().is_empty() && why.len() < 1_000, "{why}"),
        Ok(raws) => {
            for raw in raws {
                assert!(raw.body.len() <= LONGEST, "{} bytes", raw.body.len());
                let mapped = sources().map(&raw);
                assert_eq!(
                    mapped.trace.mapping.as_deref(),
                    Some("feed/item"),
                    "{:?}: {}",
                    mapped.trace,
                    raw.body
                );
                assert_eq!(mapped.signals.len(), 1);
            }
        }
    }
}
