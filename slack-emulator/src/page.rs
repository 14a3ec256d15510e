//! The workspace as one person sees it, as JSON for a page: channels with unread counts, messages, threads, modals. Reading
//! only; what a person does goes through `people`.

use serde_json::{Value, json};

use crate::mrkdwn::Mentions;
use crate::state::{Channel, Message};
use crate::workspace::Workspace;

impl Workspace {
    /// Everything but messages.
    pub(crate) fn state_json(&self, user: &str, now: i64) -> Value {
        let state = &self.state;
        let users: Vec<Value> = state
            .users
            .values()
            .map(|p| json!({ "id": p.id, "name": p.name, "real_name": p.real_name, "color": p.color, "is_bot": p.is_bot }))
            .collect();
        let groups: Vec<Value> = state
            .usergroups
            .values()
            .map(|g| json!({ "id": g.id, "handle": g.handle, "name": g.name, "users": g.users }))
            .collect();
        let mine = |channel: &&Channel| channel.im_user.as_deref().is_none_or(|who| who == user);
        let seen = |channel: &&Channel| !channel.is_private || channel.members.contains(user);
        let channels: Vec<Value> =
            state.channels.values().filter(mine).filter(seen).map(|c| self.channel_row(c, user)).collect();
        let views: Vec<Value> = state
            .modals
            .get(user)
            .into_iter()
            .flatten()
            .map(|modal| json!({ "id": modal.id, "view": modal.view, "errors": modal.errors, "values": modal.values }))
            .collect();
        json!({
            "version": state.version, "now_ms": now, "me": user,
            "team": { "id": self.settings.team_id, "name": self.settings.team_name },
            "bot": { "user_id": self.settings.app.user_id, "name": self.settings.app.name },
            "users": users, "usergroups": groups, "commands": self.settings.commands, "channels": channels,
            "views": views, "home": state.homes.get(user),
        })
    }

    fn channel_row(&self, channel: &Channel, user: &str) -> Value {
        let read = channel.read.get(user).map_or("", String::as_str);
        let unread: Vec<&Message> = channel
            .messages
            .values()
            .filter(|m| m.ts.as_str() > read && m.user != user)
            .filter(|m| m.only_for.as_deref().is_none_or(|only| only == user))
            .filter(|m| m.thread_ts.is_none() || m.broadcast)
            .collect();
        let mentions = unread.iter().filter(|m| channel.is_im() || self.means(m, user)).count();
        json!({
            "id": channel.id, "name": channel.name, "is_im": channel.is_im(), "im_user": channel.im_user,
            "topic": channel.topic, "archived": channel.archived, "is_private": channel.is_private,
            "is_member": channel.members.contains(user), "unread": unread.len(), "mentions": mentions,
            "latest_ts": channel.messages.keys().next_back(),
        })
    }

    /// Whether a message calls a person, alone or with others.
    fn means(&self, message: &Message, user: &str) -> bool {
        let mentions = Mentions::of(message);
        let in_group =
            |id: &String| self.state.usergroups.get(id).is_some_and(|g| g.users.iter().any(|u| u == user));
        mentions.users.contains(user)
            || mentions.usergroups.iter().any(in_group)
            || mentions.specials.iter().any(|s| matches!(s.as_str(), "here" | "channel" | "everyone"))
    }

    /// What a person sees in a channel, oldest first; `None` if there is no such channel.
    pub(crate) fn messages_for(&self, channel: &str, user: &str) -> Option<Vec<&Message>> {
        let channel = self.channel_named(channel)?;
        let seen = |m: &&Message| m.only_for.as_deref().is_none_or(|only| only == user);
        Some(channel.roots().filter(seen).collect())
    }

    /// A root and its replies as a person sees them; `None` if there is no such message.
    pub(crate) fn thread_for(&self, channel: &str, ts: &str, user: &str) -> Option<Vec<&Message>> {
        let channel = self.channel_named(channel)?;
        let root = channel.messages.get(ts)?;
        let replies = channel.messages.values().filter(|m| m.thread_ts.as_deref() == Some(ts));
        let seen = |m: &&Message| m.only_for.as_deref().is_none_or(|only| only == user);
        Some([root].into_iter().chain(replies).filter(seen).collect())
    }

    /// Messages as the page gets them.
    pub(crate) fn messages_json(&self, channel: &str, messages: &[&Message]) -> Value {
        let Some(channel) = self.channel_named(channel) else { return json!({ "messages": [] }) };
        let rows: Vec<Value> = messages.iter().map(|message| self.message_row(channel, message)).collect();
        json!({ "messages": rows })
    }

    fn message_row(&self, channel: &Channel, message: &Message) -> Value {
        let replies: Vec<&Message> = channel.replies(&message.ts).collect();
        let mut reply_users: Vec<&str> = Vec::new();
        for reply in &replies {
            if !reply_users.contains(&reply.user.as_str()) {
                reply_users.push(&reply.user);
            }
        }
        let files: Vec<Value> = message.files.iter().filter_map(|id| self.file_row(id)).collect();
        let name = message.username.as_deref().unwrap_or_else(|| self.name_of(&message.user));
        json!({
            "ts": message.ts, "user": message.user, "username": name, "is_bot": self.is_bot(&message.user),
            "text": message.text, "blocks": message.blocks, "attachments": message.attachments, "files": files,
            "edited": message.edited.is_some(), "thread_ts": message.thread_ts,
            "reply_count": replies.len(), "reply_users": reply_users,
            "latest_reply": replies.last().map(|reply| &reply.ts),
            "subtype": message.broadcast.then_some("thread_broadcast"),
            "reactions": message.reactions, "ephemeral": message.only_for.is_some(), "metadata": message.metadata,
            "state": message.state,
        })
    }

    fn file_row(&self, id: &str) -> Option<Value> {
        let file = self.state.files.get(id)?;
        Some(json!({
            "id": file.id, "title": file.title, "mimetype": crate::methods::files::mimetype(&file.name),
            "url": format!("/_slack/files/{}", file.id), "alt_txt": file.alt_txt,
        }))
    }
}
