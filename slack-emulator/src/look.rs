//! Looking at a workspace from a test or a terminal: what people see, what is on their screens, what was called. Nothing here
//! changes anything.

use serde_json::Value;

use crate::emulator::Emulator;
use crate::log::{Counts, LoggedCall, LoggedRequest};
use crate::mrkdwn::Mentions;
use crate::state::Message;
use crate::workspace::Workspace;

impl Emulator {
    /// What a person sees in a channel (id or name), oldest first: roots, broadcast replies, and what only they see.
    pub fn messages(&self, channel: &str, viewer: &str) -> Vec<Message> {
        let messages = |workspace: &Workspace| {
            workspace.messages_for(channel, viewer).unwrap_or_default().into_iter().cloned().collect()
        };
        self.read(|workspace, _| messages(workspace))
    }

    /// A root and its replies as a person sees them, oldest first.
    pub fn thread(&self, channel: &str, ts: &str, viewer: &str) -> Vec<Message> {
        let messages = |workspace: &Workspace| {
            workspace.thread_for(channel, ts, viewer).unwrap_or_default().into_iter().cloned().collect()
        };
        self.read(|workspace, _| messages(workspace))
    }

    /// The id of a channel by its name.
    pub fn channel_id(&self, name: &str) -> Option<String> {
        self.read(|workspace, _| workspace.channel_named(name).map(|channel| channel.id.clone()))
    }

    /// Who is mentioned and what is linked in a message.
    pub fn mentions(&self, message: &Message) -> Mentions {
        Mentions::of(message)
    }

    /// The modals on a person's screen, the visible one last, as Slack's view objects.
    pub fn views(&self, user: &str) -> Vec<Value> {
        self.read(|workspace, _| {
            workspace.state.modals.get(user).into_iter().flatten().map(|modal| modal.view.clone()).collect()
        })
    }

    /// The app's home as published for a person.
    pub fn home(&self, user: &str) -> Option<Value> {
        self.read(|workspace, _| workspace.state.homes.get(user).cloned())
    }

    /// User ids of a user group.
    pub fn usergroup(&self, id: &str) -> Vec<String> {
        self.read(|workspace, _| {
            workspace.state.usergroups.get(id).map(|g| g.users.clone()).unwrap_or_default()
        })
    }

    /// The channel as plain text, as a person reads it: colour word, author, blocks, `[Buttons]`, replies indented.
    pub fn channel_text(&self, channel: &str) -> String {
        self.read(|workspace, _| workspace.channel_text(channel))
    }

    /// The last Web API calls, oldest first.
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.read(|workspace, _| workspace.state.log.calls.iter().cloned().collect())
    }

    /// The last requests to the app, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.read(|workspace, _| workspace.state.log.requests.iter().cloned().collect())
    }

    /// How often each method was called since the start, by outcome: `ok`, an error name, or a fault.
    pub fn counts(&self) -> Counts {
        self.read(|workspace, _| workspace.state.log.counts.clone())
    }
}
