//! Beginning an act, and the acts that need no answer of the app: writing, reacting, reading, joining. What uses something
//! that the app put on the screen is in `modals`.

use super::{Act, Acted, Begun};
use crate::messages::Draft;
use crate::workspace::Workspace;

impl Workspace {
    /// Begins an act of a person.
    pub(crate) fn begin(&mut self, user: &str, act: Act, now: i64) -> Begun {
        if self.state.users.get(user).is_none_or(|person| person.is_bot) {
            return Begun::Done(Acted::error("user_not_found"));
        }
        let act = match self.resolve_channel(act) {
            Ok(act) => act,
            Err(error) => return Begun::Done(Acted::error(error)),
        };
        match act {
            Act::Message { channel, text, thread_ts } => self.write(user, &channel, &text, thread_ts, now),
            Act::Command { channel, command, text } => self.run_command(user, &channel, &command, &text, now),
            Act::Click { .. } => self.click(user, act, now),
            Act::Suggest { .. } => self.suggest(user, act),
            Act::Submit { view, values } => self.submit(user, &view, values, now),
            Act::Close { view } => self.close(user, &view, now),
            other => Begun::Done(self.do_at_once(user, other, now)),
        }
    }

    fn do_at_once(&mut self, user: &str, act: Act, now: i64) -> Acted {
        let done = match act {
            Act::React { channel, ts, name } => self.may_react(&channel, &ts).and_then(|()| {
                let fresh = self.react(&channel, &ts, user, name.trim_matches(':'), now);
                fresh.then_some(()).ok_or("already_reacted")
            }),
            Act::Unreact { channel, ts, name } => {
                let had = self.unreact(&channel, &ts, user, name.trim_matches(':'), now);
                had.then_some(()).ok_or("no_reaction")
            }
            Act::Read { channel } => self.mark_read(user, &channel),
            Act::Dismiss { channel, ts } => self.dismiss(user, &channel, &ts),
            Act::Delete { channel, ts } => match self.message(&channel, &ts) {
                Some(message) if message.only_for.is_none() => {
                    self.remove(&channel, &ts, now);
                    Ok(())
                }
                Some(_) => self.dismiss(user, &channel, &ts),
                None => Err("message_not_found"),
            },
            Act::Home => {
                self.tell_home_opened(user, now);
                Ok(())
            }
            Act::Join { channel } => self
                .channel_mut(&channel)
                .map(|c| c.members.insert(user.into()))
                .map(drop)
                .ok_or("channel_not_found"),
            Act::Archive { channel } => self.archive(&channel, true),
            Act::Unarchive { channel } => self.archive(&channel, false),
            _ => Err("unknown_act"),
        };
        match done {
            Ok(()) => Acted::ok(),
            Err(error) => Acted::error(error),
        }
    }

    fn write(&mut self, user: &str, channel: &str, text: &str, thread_ts: Option<String>, now: i64) -> Begun {
        if let Some((command, rest)) = self.command_in(text) {
            return self.run_command(user, channel, &command, &rest, now);
        }
        if text.trim().is_empty() {
            return Begun::Done(Acted::error("no_text"));
        }
        match self.channel(channel) {
            None => return Begun::Done(Acted::error("channel_not_found")),
            Some(channel) if channel.archived => return Begun::Done(Acted::error("is_archived")),
            Some(_) => {}
        }
        let root = match thread_ts {
            None => None,
            Some(ts) => match self.message(channel, &ts) {
                Some(message) => Some(message.thread_ts.clone().unwrap_or(ts)),
                None => return Begun::Done(Acted::error("thread_not_found")),
            },
        };
        let draft = Draft {
            user: user.into(),
            text: self.typed(text),
            thread_ts: root,
            client_msg_id: Some(self.next_id("client-msg-")),
            ..Draft::default()
        };
        let ts = self.post(channel, draft, now);
        Begun::Done(Acted::ok().with("ts", ts.into()))
    }

    /// The known slash command that a text begins with, and the rest.
    fn command_in(&self, text: &str) -> Option<(String, String)> {
        let (name, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        let known =
            name.starts_with('/') && self.settings.commands.iter().any(|command| command.name == name);
        known.then(|| (name.to_owned(), rest.trim().to_owned()))
    }

    fn may_react(&self, channel: &str, ts: &str) -> Result<(), &'static str> {
        match self.message(channel, ts) {
            Some(message) if message.only_for.is_none() => Ok(()),
            _ => Err("message_not_found"),
        }
    }

    fn mark_read(&mut self, user: &str, channel: &str) -> Result<(), &'static str> {
        let channel = self.channel_mut(channel).ok_or("channel_not_found")?;
        if let Some(last) = channel.messages.keys().next_back().cloned() {
            channel.read.insert(user.to_owned(), last);
        }
        Ok(())
    }

    fn dismiss(&mut self, user: &str, channel: &str, ts: &str) -> Result<(), &'static str> {
        match self.message(channel, ts) {
            Some(message) if message.only_for.as_deref() == Some(user) => self
                .channel_mut(channel)
                .and_then(|c| c.messages.remove(ts))
                .map(drop)
                .ok_or("message_not_found"),
            _ => Err("message_not_found"),
        }
    }

    pub(crate) fn archive(&mut self, channel: &str, archived: bool) -> Result<(), &'static str> {
        let channel = self.channel_mut(channel).ok_or("channel_not_found")?;
        channel.archived = archived;
        Ok(())
    }

    /// Acts name a channel by id or name; from here on it is an id.
    fn resolve_channel(&self, mut act: Act) -> Result<Act, &'static str> {
        let name = match &mut act {
            Act::Message { channel, .. }
            | Act::Command { channel, .. }
            | Act::React { channel, .. }
            | Act::Unreact { channel, .. }
            | Act::Read { channel }
            | Act::Dismiss { channel, .. }
            | Act::Delete { channel, .. }
            | Act::Join { channel }
            | Act::Archive { channel }
            | Act::Unarchive { channel } => Some(channel),
            Act::Click { channel, .. } | Act::Suggest { channel, .. } => channel.as_mut(),
            Act::Submit { .. } | Act::Close { .. } | Act::Home => None,
        };
        if let Some(name) = name {
            *name = self.channel_named(name).ok_or("channel_not_found")?.id.clone();
        }
        Ok(act)
    }
}
