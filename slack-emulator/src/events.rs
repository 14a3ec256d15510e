//! The Events API: what the app is told of, in Slack's envelope, put into the outbox. An event goes out only if the app
//! subscribed to it, has a URL, and its bot is in the channel. <https://docs.slack.dev/apis/events-api>

use serde_json::{Value, json};

use crate::outbox::{Body, Delivery};
use crate::state::Channel;
use crate::workspace::Workspace;

impl Workspace {
    pub(crate) fn tell_posted(&mut self, channel: &str, ts: &str, now: i64) {
        let Some(message) = self.message(channel, ts) else { return };
        let from_person = !self.is_bot(&message.user);
        let mentions_bot = message.text.contains(&format!("<@{}>", self.bot_user()));
        let event = self.message_json(channel, message, true);
        let event = self.placed(event, channel, ts);
        self.tell_message(channel, event.clone(), now);
        if from_person && mentions_bot && !self.channel(channel).is_some_and(Channel::is_im) {
            let mut mention = event;
            if let Value::Object(fields) = &mut mention {
                fields.insert("type".into(), "app_mention".into());
                fields.remove("channel_type");
            }
            self.tell(Some(channel), "app_mention", mention, now);
        }
    }

    pub(crate) fn tell_changed(&mut self, channel: &str, ts: &str, before: Option<Value>, now: i64) {
        let after = self.message(channel, ts).map(|m| self.message_json(channel, m, true));
        let event_ts = self.next_ts(now);
        let event = json!({
            "type": "message", "subtype": "message_changed", "hidden": true, "message": after,
            "previous_message": before, "ts": event_ts,
        });
        let event = self.placed(event, channel, &event_ts);
        self.tell_message(channel, event, now);
    }

    pub(crate) fn tell_removed(&mut self, channel: &str, ts: &str, before: Option<Value>, now: i64) {
        let event_ts = self.next_ts(now);
        let event = json!({
            "type": "message", "subtype": "message_deleted", "hidden": true, "deleted_ts": ts,
            "previous_message": before, "ts": event_ts,
        });
        let event = self.placed(event, channel, &event_ts);
        self.tell_message(channel, event, now);
    }

    pub(crate) fn tell_reaction(
        &mut self,
        kind: &str,
        channel: &str,
        ts: &str,
        user: &str,
        name: &str,
        now: i64,
    ) {
        let event_ts = self.next_ts(now);
        let event = json!({
            "type": kind, "user": user, "reaction": name, "event_ts": event_ts,
            "item": { "type": "message", "channel": channel, "ts": ts },
            "item_user": self.message(channel, ts).map(|m| &m.user),
        });
        self.tell(Some(channel), kind, event, now);
    }

    pub(crate) fn tell_home_opened(&mut self, user: &str, now: i64) {
        let channel = self.direct_with(user, now);
        let event_ts = self.next_ts(now);
        let mut event = json!({
            "type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": event_ts,
        });
        if let (Some(view), Value::Object(fields)) = (self.state.homes.get(user), &mut event) {
            fields.insert("view".into(), view.clone());
        }
        self.tell(None, "app_home_opened", event, now);
    }

    fn placed(&self, mut event: Value, channel: &str, event_ts: &str) -> Value {
        if let (Some(channel), Value::Object(fields)) = (self.channel(channel), &mut event) {
            fields.insert("channel".into(), channel.id.clone().into());
            fields.insert("channel_type".into(), channel_type(channel).into());
            fields.insert("event_ts".into(), event_ts.into());
        }
        event
    }

    fn tell_message(&mut self, channel: &str, event: Value, now: i64) {
        let subscription = match self.channel(channel).map(channel_type) {
            Some("im") => "message.im",
            Some("group") => "message.groups",
            _ => "message.channels",
        };
        self.tell(Some(channel), subscription, event, now);
    }

    fn tell(&mut self, channel: Option<&str>, subscription: &str, event: Value, now: i64) {
        let Some(url) = self.settings.app_urls.events.clone() else { return };
        let subscribed = self.settings.events.iter().any(|name| name == subscription);
        let inside = |id: &str| self.channel(id).is_some_and(|c| c.members.contains(self.bot_user()));
        if !subscribed || !channel.is_none_or(inside) {
            return;
        }
        let what = format!("event {}", crate::read::text(&event, "type").unwrap_or(subscription));
        let event_id = self.next_id("Ev");
        let envelope = json!({
            "token": VERIFICATION_TOKEN, "team_id": self.settings.team_id, "context_team_id": self.settings.team_id,
            "context_enterprise_id": null, "api_app_id": self.settings.app.id, "event": event,
            "type": "event_callback", "event_id": event_id, "event_time": now / 1_000,
            "authorizations": [{
                "enterprise_id": null, "team_id": self.settings.team_id, "user_id": self.bot_user(),
                "is_bot": true, "is_enterprise_install": false,
            }],
            "is_ext_shared_channel": false, "event_context": format!("4-{event_id}"),
        });
        self.state.outbox.push(Delivery {
            what,
            url,
            body: Body::Json(envelope.to_string()),
            due_ms: now,
            retry: 0,
            reason: None,
        });
    }
}

/// Slack still sends the old verification token; apps are told to check the signature instead, so it is no secret here.
pub(crate) const VERIFICATION_TOKEN: &str = "deprecated-verification-token";

const fn channel_type(channel: &Channel) -> &'static str {
    match (channel.is_im(), channel.is_private) {
        (true, _) => "im",
        (false, true) => "group",
        (false, false) => "channel",
    }
}
