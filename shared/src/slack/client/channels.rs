//! Channels and what is in them: `conversations.*`. Lists come in pages; whoever wants all of one walks them within bounds.
//!
//! Contract: <https://docs.slack.dev/apis/web-api/pagination>,
//! <https://docs.slack.dev/reference/methods/conversations.history>

use serde::Deserialize;
use serde_json::{Value, json};

use super::Client;
use crate::slack::error::SlackError;

/// How many pages of channels are looked through for a name: 20,000 channels.
const MAX_CHANNEL_PAGES: usize = 20;

/// A channel, as far as we care.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// Its id, which never changes.
    pub id: String,
    /// Its name without `#`; empty for a conversation with one person.
    pub name: String,
    /// Whether nobody can post to it any more.
    pub is_archived: bool,
    /// Whether we are in it.
    pub is_member: bool,
    /// Whether it is a conversation with one person.
    pub is_im: bool,
    /// Whether only its members can see it.
    pub is_private: bool,
}

/// A message as a channel's history lists it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// Its identity in the channel.
    pub ts: String,
    /// The root of its thread; the root itself has its own.
    pub thread_ts: Option<String>,
    /// Who wrote it; a bot's user id for our own.
    pub user: Option<String>,
    /// The bot that wrote it.
    pub bot_id: Option<String>,
    /// What kind of message it is, if not an ordinary one.
    pub subtype: Option<String>,
    /// Its text, with Slack's entities.
    pub text: String,
    /// What the app that posted it says about it.
    pub metadata: Option<ListedMetadata>,
}

/// The metadata of a listed message, of ours or of another app.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ListedMetadata {
    /// What kind of message it is.
    pub event_type: String,
    /// Whatever its app has put there; ours has `key`.
    pub event_payload: Value,
}

/// Which part of a history to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Only messages after this `ts`.
    pub oldest: Option<String>,
    /// Only messages before this `ts`.
    pub latest: Option<String>,
    /// How many at most; Slack takes up to 999.
    pub limit: u16,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In Slack's order: history newest first, replies oldest first with the root in front.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Channels {
    channels: Vec<Channel>,
    #[serde(default)]
    response_metadata: Cursor,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Listed>,
    #[serde(default)]
    response_metadata: Cursor,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cursor {
    next_cursor: String,
}

#[derive(Deserialize)]
struct One {
    channel: Channel,
}

impl Client {
    /// One page of the public channels, and of the private ones that we are in: at most 999, without archived ones.
    pub async fn conversations_list(&self, cursor: Option<&str>) -> Result<Page<Channel>, SlackError> {
        let fields = [
            ("types", Some("public_channel,private_channel")),
            ("exclude_archived", Some("true")),
            ("limit", Some("999")),
            ("cursor", cursor),
        ];
        let page: Channels = self.form("conversations.list", &fields).await?;
        Ok(Page { items: page.channels, next: page.response_metadata.next() })
    }

    /// The channel of that name, with or without `#`. One call for every 999 channels; remember the id.
    pub async fn channel_named(&self, name: &str) -> Result<Option<Channel>, SlackError> {
        let name = name.strip_prefix('#').unwrap_or(name);
        let mut cursor = None;
        for _ in 0..MAX_CHANNEL_PAGES {
            let page = self.conversations_list(cursor.as_deref()).await?;
            let found = page.items.into_iter().find(|channel| channel.name == name);
            if found.is_some() || page.next.is_none() {
                return Ok(found);
            }
            cursor = page.next;
        }
        Ok(None)
    }

    /// What a channel is.
    pub async fn conversations_info(&self, channel_id: &str) -> Result<Channel, SlackError> {
        Ok(self.form::<One>("conversations.info", &[("channel", Some(channel_id))]).await?.channel)
    }

    /// One page of a channel's messages, newest first, with all metadata. Replies are not among them.
    pub async fn conversations_history(
        &self,
        channel_id: &str,
        query: &Query,
    ) -> Result<Page<Listed>, SlackError> {
        self.messages("conversations.history", channel_id, None, query).await
    }

    /// One page of a thread, oldest first, with all metadata; the root comes first.
    pub async fn conversations_replies(
        &self,
        channel_id: &str,
        root: &str,
        query: &Query,
    ) -> Result<Page<Listed>, SlackError> {
        self.messages("conversations.replies", channel_id, Some(root), query).await
    }

    /// Enters a public channel; being in it already is fine.
    pub async fn conversations_join(&self, channel_id: &str) -> Result<Channel, SlackError> {
        Ok(self.json::<One>("conversations.join", &json!({ "channel": channel_id })).await?.channel)
    }

    /// The id of our conversation with one person, opened if it was not.
    pub async fn conversations_open(&self, user: &str) -> Result<String, SlackError> {
        Ok(self.json::<One>("conversations.open", &json!({ "users": user })).await?.channel.id)
    }

    async fn messages(
        &self,
        method: &str,
        channel_id: &str,
        root: Option<&str>,
        query: &Query,
    ) -> Result<Page<Listed>, SlackError> {
        let limit = query.limit.clamp(1, 999).to_string();
        let fields = [
            ("channel", Some(channel_id)),
            ("ts", root),
            ("oldest", query.oldest.as_deref()),
            ("latest", query.latest.as_deref()),
            ("limit", Some(limit.as_str())),
            ("cursor", query.cursor.as_deref()),
            ("include_all_metadata", Some("true")),
        ];
        let page: Messages = self.form(method, &fields).await?;
        Ok(Page { items: page.messages, next: page.response_metadata.next() })
    }
}

impl Cursor {
    /// Slack says "no more" with an empty cursor as well as with none.
    fn next(self) -> Option<String> {
        Some(self.next_cursor).filter(|cursor| !cursor.is_empty())
    }
}
