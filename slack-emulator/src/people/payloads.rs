//! The payloads that interactions carry to the app, field for field as documented.
//! <https://docs.slack.dev/reference/interaction-payloads>, <https://docs.slack.dev/interactivity/implementing-slash-commands>

use serde_json::{Map, Value, json};

use super::inputs::message_state;
use crate::events::VERIFICATION_TOKEN;
use crate::outbox::{Body, Delivery};
use crate::read;
use crate::state::{Message, Modal, ResponseUrl, Trigger};
use crate::workspace::Workspace;

const TRIGGER_MS: i64 = 3_000;
const RESPONSE_URL_MS: i64 = 30 * 60 * 1_000;

impl Workspace {
    pub(super) fn new_trigger(&mut self, user: &str, now: i64) -> String {
        let unique = self.next_id("").to_lowercase();
        let id = format!("{now}.{}.{unique}", self.state.last_id);
        self.state.triggers.retain(|_, trigger| trigger.expires_ms > now - RESPONSE_URL_MS);
        let trigger = Trigger { user: user.into(), expires_ms: now + TRIGGER_MS, used: false };
        self.state.triggers.insert(id.clone(), trigger);
        id
    }

    pub(super) fn new_response_url(
        &mut self,
        user: &str,
        channel: &str,
        original: Option<&str>,
        now: i64,
    ) -> String {
        let id = self.next_id("R");
        self.state.response_urls.insert(
            id.clone(),
            ResponseUrl {
                user: user.into(),
                channel: channel.into(),
                original: original.map(String::from),
                expires_ms: now + RESPONSE_URL_MS,
                uses: 0,
            },
        );
        format!("{}/response/{id}", self.base_url())
    }

    /// The form of a slash command.
    pub(super) fn command_body(
        &mut self,
        user: &str,
        channel: &str,
        command: &str,
        text: &str,
        now: i64,
    ) -> Body {
        let trigger = self.new_trigger(user, now);
        let response_url = self.new_response_url(user, channel, None, now);
        let (name, place) = (self.handle_of(user), self.place_name(channel));
        Body::form(&[
            ("token", VERIFICATION_TOKEN),
            ("team_id", &self.settings.team_id),
            ("team_domain", &self.domain()),
            ("channel_id", channel),
            ("channel_name", &place),
            ("user_id", user),
            ("user_name", &name),
            ("command", command),
            ("text", text),
            ("api_app_id", &self.settings.app.id),
            ("is_enterprise_install", "false"),
            ("response_url", &response_url),
            ("trigger_id", &trigger),
        ])
    }

    /// A `block_actions` payload for an element of a message.
    pub(super) fn message_click(
        &mut self,
        user: &str,
        channel: &str,
        message: &Message,
        action: Value,
        now: i64,
    ) -> Value {
        let ephemeral = message.only_for.is_some();
        let mut container = json!({
            "type": "message", "message_ts": message.ts, "channel_id": channel, "is_ephemeral": ephemeral,
        });
        let in_attachment = message.attachments.iter().find(|attachment| {
            attachment["blocks"]
                .as_array()
                .is_some_and(|b| b.iter().any(|b| b["block_id"] == *read::field(&action, "block_id")))
        });
        if let Value::Object(fields) = &mut container {
            if let Some(root) = &message.thread_ts {
                fields.insert("thread_ts".into(), root.clone().into());
            }
            if let Some(attachment) = in_attachment {
                fields.insert("type".into(), "message_attachment".into());
                fields.insert("attachment_id".into(), attachment["id"].clone());
                fields.insert("is_app_unfurl".into(), false.into());
            }
        }
        let response_url = self.new_response_url(user, channel, Some(&message.ts), now);
        let mut payload = self.block_actions(user, container, action, now);
        if let Value::Object(fields) = &mut payload {
            fields.insert("channel".into(), json!({ "id": channel, "name": self.place_name(channel) }));
            fields.insert("response_url".into(), response_url.into());
            fields.insert("state".into(), json!({ "values": message_state(message) }));
            if !ephemeral {
                fields.insert("message".into(), self.message_json(channel, message, true));
            }
        }
        payload
    }

    /// A `block_actions` payload for an element of a view.
    pub(super) fn view_click(&mut self, user: &str, view: Value, action: Value, now: i64) -> Value {
        let container = json!({ "type": "view", "view_id": read::field(&view, "id") });
        let mut payload = self.block_actions(user, container, action, now);
        if let Value::Object(fields) = &mut payload {
            fields.insert("view".into(), view);
        }
        payload
    }

    fn block_actions(&mut self, user: &str, container: Value, action: Value, now: i64) -> Value {
        let trigger = self.new_trigger(user, now);
        self.interaction(
            "block_actions",
            user,
            json!({ "container": container, "trigger_id": trigger, "actions": [action] }),
        )
    }

    /// What every interaction has, and then some.
    pub(super) fn interaction(&self, kind: &str, user: &str, more: Value) -> Value {
        let name = self.handle_of(user);
        let mut payload = json!({
            "type": kind, "api_app_id": self.settings.app.id, "token": VERIFICATION_TOKEN,
            "team": self.team_json(), "enterprise": null, "is_enterprise_install": false,
            "user": { "id": user, "username": name, "name": name, "team_id": self.settings.team_id },
        });
        if let (Value::Object(fields), Value::Object(more)) = (&mut payload, more) {
            fields.extend(more);
        }
        payload
    }

    /// The request that carries an interaction, if the app has a URL for it.
    pub(super) fn interaction_request(&self, payload: &Value, now: i64) -> Option<Delivery> {
        Some(Delivery {
            what: payload["type"].as_str().unwrap_or_default().to_owned(),
            url: self.settings.app_urls.interactions.clone()?,
            body: Body::form(&[("payload", &payload.to_string())]),
            due_ms: now,
            retry: 0,
            reason: None,
        })
    }

    fn handle_of(&self, user: &str) -> String {
        self.state.users.get(user).map(|person| person.name.clone()).unwrap_or_default()
    }

    fn place_name(&self, channel: &str) -> String {
        match self.channel(channel) {
            Some(channel) if channel.is_im() => "directmessage".into(),
            Some(channel) => channel.name.clone(),
            None => String::new(),
        }
    }
}

/// A view with the values typed so far, as payloads carry it.
pub(super) fn with_state(view: &Value, values: Map<String, Value>) -> Value {
    let mut view = view.clone();
    if let Value::Object(fields) = &mut view {
        fields.insert("state".into(), json!({ "values": values }));
    }
    view
}

/// An open modal as payloads carry it.
pub(super) fn modal_json(modal: &Modal) -> Value {
    with_state(&modal.view, super::inputs::view_state(&modal.view, &modal.values))
}
