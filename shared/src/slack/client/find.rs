//! After a lost answer: is our message there? It is known by its metadata, and this is what makes posting once possible,
//! since nothing that Slack documents makes `chat.postMessage` safe to repeat.
//!
//! Contract: <https://docs.slack.dev/messaging/message-metadata>

use super::{Client, Listed, Metadata, Query};
use crate::slack::error::SlackError;

/// How much a page holds, and how many pages are looked at: 2,000 messages since `oldest`. A channel takes one message a
/// second, so that is half an hour of a channel at full speed.
const PAGE: u16 = 200;
const MAX_PAGES: usize = 10;

impl Client {
    /// The `ts` of the message with this metadata, posted after `oldest` (by Slack's clock: begin two minutes before the first
    /// attempt); the older one if there are two. Looks in the thread under `thread_ts` if there is one, else in the channel.
    ///
    /// `None` also if it lies more than 2,000 messages back. A message that Slack has just taken may take a moment to show up:
    /// look twice before posting again. Needs membership and the scope `channels:history` (or its siblings).
    pub async fn find_own(
        &self,
        channel_id: &str,
        metadata: &Metadata,
        oldest: &str,
        thread_ts: Option<&str>,
    ) -> Result<Option<String>, SlackError> {
        let mut query = Query { oldest: Some(oldest.to_owned()), limit: PAGE, ..Query::default() };
        let mut found: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let page = match thread_ts {
                Some(root) => self.conversations_replies(channel_id, root, &query).await?,
                None => self.conversations_history(channel_id, &query).await?,
            };
            let ours =
                page.items.into_iter().filter(|message| metadata.is_on(message)).map(|message| message.ts);
            found = found.into_iter().chain(ours).min_by(|a, b| in_time(a).cmp(&in_time(b)));
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        Ok(found)
    }
}

impl Metadata {
    fn is_on(&self, message: &Listed) -> bool {
        message.metadata.as_ref().is_some_and(|metadata| {
            let key = metadata.event_payload.get("key").and_then(serde_json::Value::as_str);
            metadata.event_type == self.event_type && key == Some(&self.key)
        })
    }
}

/// Orders `seconds.microseconds` by time, whatever the number of digits.
fn in_time(ts: &str) -> (u64, u64) {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    (seconds.parse().unwrap_or(u64::MAX), micros.parse().unwrap_or(u64::MAX))
}
