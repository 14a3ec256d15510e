//! Posting, editing and deleting messages: `chat.*` and `reactions.add`. Every message is fitted to Slack's limits on its way
//! out, so that nobody can forget it. Names are never linked and nothing is unfurled or parsed beyond our own markup.
//!
//! Contract: <https://docs.slack.dev/reference/methods/chat.postMessage>,
//! <https://docs.slack.dev/reference/methods/chat.update>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Client;
use crate::slack::blocks::Message;
use crate::slack::error::SlackError;

/// A message on its way into a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// A channel's id, or `#name` of a public channel; the answer has the id.
    pub channel: String,
    /// What it shows.
    pub message: Message,
    /// The root of the thread that it belongs to.
    pub thread_ts: Option<String>,
    /// Whether a reply is also shown in the channel.
    pub broadcast: bool,
    /// By which [`Client::find_own`] knows it again if the answer is lost.
    pub metadata: Option<Metadata>,
}

/// What identifies a message of ours to ourselves. Any app in the workspace can read it: no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// What kind of message it is, in `snake_case`.
    pub event_type: String,
    /// Unique for every message that we ever mean to post.
    pub key: String,
}

/// Where a message is now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Posted {
    /// The channel's id.
    pub channel: String,
    /// The message's identity in its channel.
    pub ts: String,
}

#[derive(Deserialize)]
struct Permalink {
    permalink: String,
}

impl Post {
    /// A message for a channel.
    pub fn new(channel: &str, message: Message) -> Self {
        Post { channel: channel.to_owned(), message, thread_ts: None, broadcast: false, metadata: None }
    }

    /// Puts it into the thread under `root`.
    pub fn in_thread(mut self, root: &str) -> Self {
        self.thread_ts = Some(root.to_owned());
        self
    }

    /// Shows a reply in the channel too.
    pub fn broadcast(mut self) -> Self {
        self.broadcast = true;
        self
    }

    /// Makes it findable after a lost answer.
    pub fn known_as(mut self, event_type: &str, key: &str) -> Self {
        self.metadata = Some(Metadata { event_type: event_type.to_owned(), key: key.to_owned() });
        self
    }
}

impl Metadata {
    fn as_json(&self) -> Value {
        json!({ "event_type": self.event_type, "event_payload": { "key": self.key } })
    }

    /// The same for every attempt. Slack does not promise to look at it, so nothing here leans on it.
    fn client_msg_id(&self) -> String {
        let hash =
            Sha256::new().chain_update(&self.event_type).chain_update([0]).chain_update(&self.key).finalize();
        let mut hash = hex::encode(hash);
        hash.truncate(32);
        // A UUID of version 8, which RFC 9562 leaves to vendors.
        hash.replace_range(12..13, "8");
        hash.replace_range(16..17, "8");
        for dash in [20, 16, 12, 8] {
            hash.insert(dash, '-');
        }
        hash
    }
}

impl Client {
    /// Posts a message. After [`SlackError::Unknown`] look with [`Client::find_own`] before posting again.
    pub async fn post_message(&self, post: &Post) -> Result<Posted, SlackError> {
        let mut body = content(&post.message);
        body.extend([
            ("channel", json!(post.channel)),
            ("unfurl_links", json!(false)),
            ("unfurl_media", json!(false)),
        ]);
        if let Some(root) = &post.thread_ts {
            body.extend([("thread_ts", json!(root)), ("reply_broadcast", json!(post.broadcast))]);
        }
        if let Some(metadata) = &post.metadata {
            body.extend([
                ("metadata", metadata.as_json()),
                ("client_msg_id", json!(metadata.client_msg_id())),
            ]);
        }
        self.json("chat.postMessage", &body).await
    }

    /// Makes a message of ours show this and nothing else; its metadata stays. Repeating it is harmless.
    pub async fn update(&self, channel_id: &str, ts: &str, message: &Message) -> Result<(), SlackError> {
        let mut body = content(message);
        body.extend([("channel", json!(channel_id)), ("ts", json!(ts))]);
        self.json::<Value>("chat.update", &body).await.map(drop)
    }

    /// Shows a message to one person only, until they reload Slack. It cannot be found or edited afterwards.
    pub async fn post_ephemeral(
        &self,
        channel_id: &str,
        user: &str,
        message: &Message,
        thread_ts: Option<&str>,
    ) -> Result<(), SlackError> {
        let mut body = content(message);
        body.extend([("channel", json!(channel_id)), ("user", json!(user))]);
        body.extend(thread_ts.map(|root| ("thread_ts", json!(root))));
        self.json::<Value>("chat.postEphemeral", &body).await.map(drop)
    }

    /// Deletes a message of ours.
    pub async fn delete(&self, channel_id: &str, ts: &str) -> Result<(), SlackError> {
        self.json::<Value>("chat.delete", &json!({ "channel": channel_id, "ts": ts })).await.map(drop)
    }

    /// The address of a message, for people.
    pub async fn get_permalink(&self, channel_id: &str, ts: &str) -> Result<String, SlackError> {
        let fields = [("channel", Some(channel_id)), ("message_ts", Some(ts))];
        Ok(self.form::<Permalink>("chat.getPermalink", &fields).await?.permalink)
    }

    /// Puts an emoji on a message, by name without colons. Done before counts as done.
    pub async fn reactions_add(&self, channel_id: &str, ts: &str, name: &str) -> Result<(), SlackError> {
        let body = json!({ "channel": channel_id, "timestamp": ts, "name": name });
        match self.json::<Value>("reactions.add", &body).await {
            Ok(_) | Err(SlackError::AlreadyDone) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

type Fields = BTreeMap<&'static str, Value>;

/// What a message shows. All three parts are always sent: `chat.update` keeps an old part that is left out. `parse` is said
/// aloud since `chat.update` would otherwise link names by itself.
fn content(message: &Message) -> Fields {
    let message = message.clone().fit();
    Fields::from([
        ("text", json!(message.text)),
        ("blocks", json!(message.blocks)),
        ("attachments", json!(message.attachments)),
        ("parse", json!("none")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_carries_the_same_id_and_every_message_another() {
        let id = |event_type: &str, key: &str| {
            Metadata { event_type: event_type.to_owned(), key: key.to_owned() }.client_msg_id()
        };
        assert_eq!(id("root", "inc7"), id("root", "inc7"));
        assert_ne!(id("root", "inc7"), id("root", "inc8"));
        assert_ne!(id("root", "inc7"), id("rooti", "nc7"));
        let lengths: Vec<usize> = id("root", "inc7").split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
