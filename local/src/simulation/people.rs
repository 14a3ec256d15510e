//! Those who answer: they press what stands on a message, write notes in forms and threads, react, and type commands. What they
//! ask for is written down first; what they are told decides whether they may count on it.

use serde_json::json;
use shared::core::incident::{IncidentId, Verb};
use slack_emulator::{Act, Message};

use super::cloud::Cloud;

/// Who works there.
pub(super) const PEOPLE: [&str; 3] = ["U01ANA", "U02BEN", "U03CHI"];

/// Where they look.
pub(super) const CHANNELS: [&str; 4] = ["#alerts", "#payments-oncall", "#deploys", "#ops"];

/// What somebody does about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Press(&'static str),
    Form,
    Reply,
    React(&'static str),
    Unreact(&'static str),
    Type(&'static str),
}

/// What people do, the common things more often.
pub(super) const DEEDS: [Deed; 15] = [
    Deed::Press("ack"),
    Deed::Press("ack"),
    Deed::Press("ack"),
    Deed::Press("unack"),
    Deed::Press("resolve"),
    Deed::Press("reopen"),
    Deed::Form,
    Deed::Reply,
    Deed::React("eyes"),
    Deed::Unreact("eyes"),
    Deed::React("white_check_mark"),
    Deed::Type("ack"),
    Deed::Type("unack"),
    Deed::Type("note"),
    Deed::Type("status"),
];

/// How often somebody presses again what was answered with an error.
const TRIES: usize = 3;

impl Cloud {
    /// Somebody does something about one of the last messages of ours in a channel, if there is one. `which`: how far back.
    pub(super) async fn person(self, user: &'static str, deed: Deed, channel: &'static str, which: usize) {
        let _busy = self.ground.at_work();
        let messages = self.ground.slack.messages(channel, user);
        let ours: Vec<(Message, IncidentId)> = messages
            .into_iter()
            .rev()
            .filter_map(|message| incident(&message).map(|id| (message, id)))
            .collect();
        let there = ours.iter().filter(|(message, id)| is_offered(deed, message, id)).collect::<Vec<_>>();
        let Some((message, id)) = there.get(which % there.len().max(1)).copied().cloned() else { return };
        self.ground.tell(user, || format!("{deed:?} on {id} in {channel}"));
        match deed {
            Deed::Press(action) => self.press(user, action, channel, &message, &id).await,
            Deed::Form => self.form(user, channel, &message, &id).await,
            Deed::Reply => {
                let text = self.words(user);
                self.ground.ledger().asks(user, &id, Verb::Note(text.clone()));
                let thread_ts = Some(message.thread_ts.unwrap_or(message.ts));
                self.act(user, Act::Message { channel: channel.to_owned(), text, thread_ts }).await;
            }
            Deed::React(name) => {
                let act = Act::React { channel: channel.to_owned(), ts: message.ts, name: name.to_owned() };
                self.emoji(user, &id, meaning(name, true), act).await;
            }
            Deed::Unreact(name) => {
                let act = Act::Unreact { channel: channel.to_owned(), ts: message.ts, name: name.to_owned() };
                self.emoji(user, &id, meaning(name, false), act).await;
            }
            Deed::Type(what) => self.command(user, what, &id).await,
        }
    }

    async fn press(
        &self,
        user: &'static str,
        action: &str,
        channel: &str,
        message: &Message,
        id: &IncidentId,
    ) {
        let Some((act, verb)) = offered(action, channel, message, id).zip(button(action)) else { return };
        for _ in 0..TRIES {
            let verb = verb.clone();
            let asked = self.ground.ledger().asks(user, id, verb);
            let before = self.apologies(user, channel);
            if self.act(user, act.clone()).await && self.apologies(user, channel) == before {
                self.ground.ledger().done(asked);
                return;
            }
        }
    }

    /// An emoji asks for something only if it was not there already, or not gone already.
    async fn emoji(&self, user: &str, id: &IncidentId, verb: Option<Verb>, act: Act) {
        let asked = verb.map(|verb| self.ground.ledger().asks(user, id, verb));
        let done = self.act(user, act).await;
        if let Some(asked) = asked.filter(|_| !done) {
            self.ground.ledger().take_back(asked);
        }
    }

    /// How often somebody was told, for their eyes only, that it did not work.
    fn apologies(&self, user: &str, channel: &str) -> usize {
        let told = self.ground.slack.messages(channel, user);
        told.iter().filter(|message| message.only_for.is_some() && message.text.contains("try again")).count()
    }

    /// Opens the form for a note, and sends it; what is answered with an error stays open and is sent again.
    async fn form(&self, user: &'static str, channel: &str, message: &Message, id: &IncidentId) {
        let Some(open) = offered("note", channel, message, id) else { return };
        let mut view = None;
        for _ in 0..TRIES {
            self.act(user, open.clone()).await;
            // Who has two forms open writes in each what belongs there.
            let views = self.ground.slack.views(user);
            let own = views.iter().rev().find(|view| view.to_string().contains(&id.to_string()));
            view = own.and_then(|view| view.get("id")?.as_str().map(str::to_owned));
            if view.is_some() {
                break;
            }
        }
        let Some(view) = view else { return };
        let text = self.words(user);
        let values = json!({ "note": { "note": { "type": "plain_text_input", "value": text } } });
        let asked = self.ground.ledger().asks(user, id, Verb::Note(text));
        for _ in 0..TRIES {
            let values = values.as_object().cloned().unwrap_or_default();
            if self.act(user, Act::Submit { view: view.clone(), values }).await {
                self.ground.ledger().done(asked);
                return;
            }
        }
        self.act(user, Act::Close { view }).await;
    }

    async fn command(&self, user: &'static str, what: &str, id: &IncidentId) {
        let (text, verb) = match what {
            "ack" => (format!("ack {id}"), Some(Verb::Ack)),
            "unack" => (format!("unack {id}"), Some(Verb::Unack)),
            "note" => {
                let words = self.words(user);
                (format!("note {id} {words}"), Some(Verb::Note(words)))
            }
            other => (other.to_owned(), None),
        };
        // Who acknowledges twice has acknowledged; who writes a note twice has written two.
        let tries = if matches!(verb, Some(Verb::Ack | Verb::Unack)) { TRIES } else { 1 };
        for _ in 0..tries {
            let asked = verb.clone().map(|verb| self.ground.ledger().asks(user, id, verb));
            let before = self.apologies(user, "#ops");
            let (channel, command) = ("#ops".to_owned(), self.ground.config.command.clone());
            let answered = self.act(user, Act::Command { channel, command, text: text.clone() }).await;
            if answered && self.apologies(user, "#ops") == before {
                // Who takes back what nobody has is told so, and nothing happens.
                let done = asked.filter(|_| verb != Some(Verb::Unack));
                done.into_iter().for_each(|asked| self.ground.ledger().done(asked));
                return;
            }
        }
    }

    /// Whether it was answered without an error.
    async fn act(&self, user: &str, act: Act) -> bool {
        let acted = self.ground.slack.act(user, act).await;
        if let Some(error) = &acted.error {
            self.ground.tell(user, || format!("is told: {error}"));
        }
        self.ground.slack_changed.notify_one();
        acted.ok && !acted.more.contains_key("errors")
    }

    /// A text that nobody writes a second time.
    fn words(&self, user: &str) -> String {
        let mut ledger = self.ground.ledger();
        let written = ledger.written.entry(user.to_owned()).or_default();
        *written += 1;
        format!("{user} writes {written}.")
    }
}

/// Whether somebody can do that about a message: what is pressed must be there.
fn is_offered(deed: Deed, message: &Message, id: &IncidentId) -> bool {
    match deed {
        Deed::Press(action) => offered(action, "", message, id).is_some(),
        Deed::Form => offered("note", "", message, id).is_some(),
        _ => true,
    }
}

/// The button that does something, or else its place in the menu.
fn offered(action: &str, channel: &str, message: &Message, id: &IncidentId) -> Option<Act> {
    let there = json!([message.blocks, message.attachments]).to_string();
    let value = format!("{action} {id}");
    if there.contains(&format!("\"action_id\":\"{action}\"")) {
        return Some(Act::press(channel, &message.ts, action));
    }
    there
        .contains(&format!("\"value\":\"{value}\""))
        .then(|| Act::choose(channel, &message.ts, "more", &value))
}

/// Which incident a message of ours is about.
pub(super) fn incident(message: &Message) -> Option<IncidentId> {
    let (id, _) = key(message)?.split_once('/')?;
    Some(IncidentId(id.into()))
}

/// Our own key of a message of ours.
pub(super) fn key(message: &Message) -> Option<&str> {
    message.metadata.as_ref()?.pointer("/event_payload/key")?.as_str()
}

fn button(action: &str) -> Option<Verb> {
    Some(match action {
        "ack" => Verb::Ack,
        "unack" => Verb::Unack,
        "resolve" => Verb::Resolve,
        "reopen" => Verb::Reopen,
        _ => return None,
    })
}

fn meaning(emoji: &str, added: bool) -> Option<Verb> {
    Some(match (emoji, added) {
        ("eyes", true) => Verb::Ack,
        ("eyes", false) => Verb::Unack,
        ("white_check_mark", true) => Verb::Resolve,
        ("white_check_mark", false) => Verb::Reopen,
        _ => return None,
    })
}
