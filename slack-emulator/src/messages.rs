//! What can happen to a message, whoever does it: posted, edited, removed, reacted to. Each change also tells the app, if it
//! subscribed (see `events`). Permissions and limits are the caller's business.

use serde_json::{Map, Value, json};

use crate::blocks::fill_ids;
use crate::methods::content::Content;
use crate::state::{Message, Reaction};
use crate::workspace::{SLACKBOT, Workspace};

/// A message that is not posted yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) user: String,
    pub(crate) username: Option<String>,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) files: Vec<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) thread_ts: Option<String>,
    pub(crate) broadcast: bool,
    pub(crate) only_for: Option<String>,
    pub(crate) client_msg_id: Option<String>,
}

impl Workspace {
    /// Posts a message and returns its ts.
    pub(crate) fn post(&mut self, channel: &str, draft: Draft, now: i64) -> String {
        let ts = self.next_ts(now);
        let message = Message {
            ts: ts.clone(),
            user: draft.user,
            username: draft.username,
            text: draft.text,
            blocks: fill_ids(draft.blocks, || self.next_short_id()),
            attachments: self.attachments(draft.attachments),
            files: draft.files,
            metadata: draft.metadata,
            broadcast: draft.broadcast && draft.thread_ts.is_some(),
            thread_ts: draft.thread_ts,
            only_for: draft.only_for,
            client_msg_id: draft.client_msg_id,
            ..Message::default()
        };
        let user = message.user.clone();
        let seen_by_all = message.only_for.is_none();
        if let Some(channel) = self.channel_mut(channel) {
            channel.messages.insert(ts.clone(), message);
            if seen_by_all {
                channel.read.insert(user, ts.clone());
            }
        }
        if seen_by_all {
            self.tell_posted(channel, &ts, now);
        }
        ts
    }

    /// Changes what the content gives and keeps the rest; empty metadata removes it.
    /// <https://docs.slack.dev/reference/methods/chat.update>
    pub(crate) fn edit(&mut self, channel: &str, ts: &str, content: Content, now: i64) {
        let blocks = content.blocks.map(|blocks| fill_ids(blocks, || self.next_short_id()));
        let attachments = content.attachments.map(|attachments| self.attachments(attachments));
        let edited = self.next_ts(now);
        let before = self.message(channel, ts).map(|m| self.message_json(channel, m, false));
        let Some(message) = self.message_mut(channel, ts) else { return };
        if let Some(text) = content.text {
            message.text = text;
        }
        if let Some(blocks) = blocks {
            message.blocks = blocks;
        }
        if let Some(attachments) = attachments {
            message.attachments = attachments;
        }
        match content.metadata {
            Some(metadata) if metadata.as_object().is_some_and(Map::is_empty) => message.metadata = None,
            Some(metadata) => message.metadata = Some(metadata),
            None => {}
        }
        message.edited = Some(edited);
        message.state = Map::new();
        if message.only_for.is_none() {
            self.tell_changed(channel, ts, before, now);
        }
    }

    /// Removes a message for everybody.
    pub(crate) fn remove(&mut self, channel: &str, ts: &str, now: i64) {
        let before = self.message(channel, ts).map(|m| self.message_json(channel, m, false));
        let removed = self.channel_mut(channel).and_then(|c| c.messages.remove(ts));
        if removed.is_some_and(|message| message.only_for.is_none()) {
            self.tell_removed(channel, ts, before, now);
        }
    }

    /// Adds a reaction; `false` if that person has reacted so already.
    pub(crate) fn react(&mut self, channel: &str, ts: &str, user: &str, name: &str, now: i64) -> bool {
        let Some(message) = self.message_mut(channel, ts) else { return false };
        match message.reactions.iter_mut().find(|reaction| reaction.name == name) {
            Some(reaction) if reaction.users.iter().any(|who| who == user) => return false,
            Some(reaction) => reaction.users.push(user.to_owned()),
            None => message.reactions.push(Reaction { name: name.to_owned(), users: vec![user.to_owned()] }),
        }
        self.tell_reaction("reaction_added", channel, ts, user, name, now);
        true
    }

    /// Takes a reaction back; `false` if there was none.
    pub(crate) fn unreact(&mut self, channel: &str, ts: &str, user: &str, name: &str, now: i64) -> bool {
        let Some(message) = self.message_mut(channel, ts) else { return false };
        let Some(reaction) = message.reactions.iter_mut().find(|reaction| reaction.name == name) else {
            return false;
        };
        let before = reaction.users.len();
        reaction.users.retain(|who| who != user);
        if reaction.users.len() == before {
            return false;
        }
        message.reactions.retain(|reaction| !reaction.users.is_empty());
        self.tell_reaction("reaction_removed", channel, ts, user, name, now);
        true
    }

    /// What Slack itself says to one person in a channel.
    pub(crate) fn whisper(&mut self, channel: &str, user: &str, text: String, now: i64) {
        let draft = Draft { user: SLACKBOT.into(), text, only_for: Some(user.into()), ..Draft::default() };
        self.post(channel, draft, now);
    }

    /// Attachments numbered from 1, block ids filled in.
    fn attachments(&mut self, attachments: Vec<Value>) -> Vec<Value> {
        let mut numbered = attachments;
        for (attachment, id) in numbered.iter_mut().zip(1..) {
            if let Value::Object(fields) = attachment {
                fields.insert("id".into(), Value::from(id));
                fields.entry("fallback").or_insert_with(|| "[no preview available]".into());
                if let Some(Value::Array(blocks)) = fields.remove("blocks") {
                    fields.insert("blocks".into(), fill_ids(blocks, || self.next_short_id()).into());
                }
            }
        }
        numbered
    }

    /// <https://docs.slack.dev/reference/methods/chat.getPermalink>
    pub(crate) fn permalink(&self, channel: &str, message: &Message) -> String {
        let point = message.ts.replace('.', "");
        let mut link = format!("https://{}.slack.com/archives/{channel}/p{point}", self.domain());
        if let Some(root) = &message.thread_ts {
            link.push_str(&format!("?thread_ts={root}&cid={channel}"));
        }
        link
    }

    /// A message as the API and events carry it; `payload`: with the payload of its metadata.
    pub(crate) fn message_json(&self, channel: &str, message: &Message, payload: bool) -> Value {
        let mut json = json!({
            "type": "message", "ts": message.ts, "user": message.user, "text": message.text,
            "team": self.settings.team_id,
        });
        let Value::Object(fields) = &mut json else { return json };
        let mut add = |name: &str, value: Value| fields.insert(name.into(), value);
        if self.is_bot(&message.user) {
            let app = &self.settings.app;
            add("bot_id", app.bot_id.clone().into());
            add("app_id", app.id.clone().into());
            add(
                "bot_profile",
                json!({ "id": app.bot_id, "app_id": app.id, "name": app.name, "deleted": false, "updated": 0,
                        "team_id": self.settings.team_id }),
            );
        }
        if let Some(username) = &message.username {
            add("username", username.clone().into());
            add("subtype", "bot_message".into());
        }
        if !message.blocks.is_empty() {
            add("blocks", message.blocks.clone().into());
        }
        if !message.attachments.is_empty() {
            add("attachments", message.attachments.clone().into());
        }
        if let Some(id) = &message.client_msg_id {
            add("client_msg_id", id.clone().into());
        }
        if let Some(ts) = &message.edited {
            add("edited", json!({ "user": message.user, "ts": ts }));
        }
        if let Some(metadata) = &message.metadata {
            add(
                "metadata",
                if payload { metadata.clone() } else { json!({ "event_type": metadata["event_type"] }) },
            );
        }
        if !message.files.is_empty() {
            let files = message
                .files
                .iter()
                .filter_map(|id| Some(self.file_json(self.state.files.get(id)?, i64::MAX)));
            add("files", files.collect::<Vec<_>>().into());
            add("upload", false.into());
        }
        if !message.reactions.is_empty() {
            let reactions = message.reactions.iter();
            let reactions: Vec<Value> = reactions
                .map(|r| json!({ "name": r.name, "users": r.users, "count": r.users.len() }))
                .collect();
            add("reactions", reactions.into());
        }
        self.add_thread(channel, message, &mut add);
        json
    }

    fn add_thread(
        &self,
        channel: &str,
        message: &Message,
        add: &mut impl FnMut(&str, Value) -> Option<Value>,
    ) {
        let Some(channel) = self.channel(channel) else { return };
        if let Some(root) = &message.thread_ts {
            add("thread_ts", root.clone().into());
            add("parent_user_id", channel.messages.get(root).map(|m| m.user.clone()).into());
            if message.broadcast {
                add("subtype", "thread_broadcast".into());
            }
            return;
        }
        let replies: Vec<&Message> = channel.replies(&message.ts).collect();
        if let Some(latest) = replies.last() {
            let mut users: Vec<&str> = Vec::new();
            for reply in &replies {
                if !users.contains(&reply.user.as_str()) {
                    users.push(&reply.user);
                }
            }
            add("thread_ts", message.ts.clone().into());
            add("reply_count", replies.len().into());
            add("reply_users_count", users.len().into());
            add("reply_users", json!(users));
            add("latest_reply", latest.ts.clone().into());
            add("is_locked", false.into());
            add("subscribed", false.into());
        }
    }
}
