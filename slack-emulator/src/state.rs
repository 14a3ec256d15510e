//! What the workspace remembers: plain data that can be saved and loaded. Rules live in the rooms that change it; here is
//! only what things are and how they are found. No secret is kept here, so a saved workspace may be shared.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::faults::Fault;
use crate::log::Log;
use crate::outbox::Delivery;
use crate::rates::Rates;
use crate::settings::Person;

/// The whole memory of a workspace.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// Rises with every change; the page asks again when it does.
    pub(crate) version: u64,
    /// The last message ts in microseconds; the next is greater.
    pub(crate) last_ts_us: i64,
    /// Source of all generated ids.
    pub(crate) last_id: u64,
    pub(crate) token_revoked: bool,
    pub(crate) users: BTreeMap<String, Person>,
    pub(crate) channels: BTreeMap<String, Channel>,
    pub(crate) usergroups: BTreeMap<String, Usergroup>,
    pub(crate) files: BTreeMap<String, File>,
    /// Open modals of each user, the visible one last.
    pub(crate) modals: BTreeMap<String, Vec<Modal>>,
    /// The app's home as published for each user.
    pub(crate) homes: BTreeMap<String, Value>,
    pub(crate) triggers: BTreeMap<String, Trigger>,
    pub(crate) response_urls: BTreeMap<String, ResponseUrl>,
    pub(crate) outbox: Vec<Delivery>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) rates: Rates,
    pub(crate) log: Log,
}

/// A channel or a direct conversation with the bot.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) is_private: bool,
    /// The person of a direct conversation; `None` for channels.
    pub(crate) im_user: Option<String>,
    pub(crate) archived: bool,
    /// Seconds since 1970.
    pub(crate) created: i64,
    pub(crate) members: BTreeSet<String>,
    pub(crate) messages: BTreeMap<String, Message>,
    /// The ts up to which each user has read.
    pub(crate) read: BTreeMap<String, String>,
}

impl Channel {
    pub(crate) const fn is_im(&self) -> bool {
        self.im_user.is_some()
    }

    /// Replies of a thread, oldest first, without what only one person sees.
    pub(crate) fn replies<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a Message> {
        self.messages
            .values()
            .filter(move |m| m.thread_ts.as_deref() == Some(root) && m.ts != root && m.only_for.is_none())
    }

    /// What stands in the channel itself: roots and broadcast replies.
    pub(crate) fn roots(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values().filter(|m| m.thread_ts.is_none() || m.broadcast)
    }
}

/// One message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Slack's message id in its channel: `seconds.microseconds`.
    pub ts: String,
    /// Who wrote it.
    pub user: String,
    /// A name that replaces the author's for this message.
    pub username: Option<String>,
    /// The text, in Slack's mrkdwn.
    pub text: String,
    /// Block Kit blocks, ids filled in.
    pub blocks: Vec<Value>,
    /// Secondary attachments.
    pub attachments: Vec<Value>,
    /// Ids of shared files.
    pub files: Vec<String>,
    /// `event_type` and `event_payload`.
    pub metadata: Option<Value>,
    /// The thread's root, for replies.
    pub thread_ts: Option<String>,
    /// Whether a reply stands in the channel too.
    pub broadcast: bool,
    /// When it was last edited (a ts).
    pub edited: Option<String>,
    /// Reactions in the order of their first use.
    pub reactions: Vec<Reaction>,
    /// The one person who sees it; `None`: everybody.
    pub only_for: Option<String>,
    /// The id that a client gave.
    pub client_msg_id: Option<String>,
    /// State of the interactive elements, by block and action id.
    pub state: Map<String, Value>,
}

/// An emoji and who put it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Short code without colons.
    pub name: String,
    /// User ids in order.
    pub users: Vec<String>,
}

/// A user group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Usergroup {
    pub(crate) id: String,
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) users: Vec<String>,
    /// Seconds since 1970.
    pub(crate) updated: i64,
}

/// An uploaded file; `shared` once the upload is completed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) alt_txt: Option<String>,
    pub(crate) length: usize,
    /// What was uploaded; hexadecimal in a saved workspace.
    #[serde(with = "as_hex")]
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) shared: bool,
    /// When it has been looked through, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) ready_at: i64,
}

/// A modal on somebody's screen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Modal {
    pub(crate) id: String,
    /// The view as Slack shows it to the app, without `state`.
    pub(crate) view: Value,
    /// Values so far, by block and action id.
    pub(crate) values: Map<String, Value>,
    /// Messages under the inputs, by block id.
    pub(crate) errors: BTreeMap<String, String>,
    /// Response URLs are not given to modals; where it was opened from is not remembered.
    pub(crate) notify_on_close: bool,
}

/// Permission to open one modal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Trigger {
    pub(crate) user: String,
    pub(crate) expires_ms: i64,
    pub(crate) used: bool,
}

/// An address to answer an interaction with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ResponseUrl {
    pub(crate) user: String,
    pub(crate) channel: String,
    /// The message that `replace_original` and `delete_original` mean.
    pub(crate) original: Option<String>,
    pub(crate) expires_ms: i64,
    pub(crate) uses: u32,
}

/// Bytes as hexadecimal text: a quarter of what an array of numbers takes.
mod as_hex {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        bytes: &Option<Vec<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        bytes.as_ref().map(hex::encode).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        Option::<String>::deserialize(deserializer)?.map(hex::decode).transpose().map_err(D::Error::custom)
    }
}
