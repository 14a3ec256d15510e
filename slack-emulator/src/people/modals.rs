//! Using what the app put on the screen: buttons and selects in messages, modals and the home, and submitting, closing and
//! searching in modals. Each asks the app; what it answers is dealt with in `answers`.

use serde_json::{Map, Value, json};

use super::inputs::{self, Found};
use super::payloads::{modal_json, with_state};
use super::{Act, Acted, Asked, Begun, Then};
use crate::outbox::Delivery;
use crate::read;
use crate::state::Modal;
use crate::workspace::Workspace;

const REQUIRED: &str = "Please complete this required field.";

impl Workspace {
    pub(super) fn run_command(
        &mut self,
        user: &str,
        channel: &str,
        command: &str,
        text: &str,
        now: i64,
    ) -> Begun {
        let body = self.command_body(user, channel, command, text, now);
        let then = Then::Command { user: user.into(), channel: channel.into(), command: command.into() };
        let known = self.settings.commands.iter().any(|known| known.name == command);
        match self.settings.app_urls.commands.clone().filter(|_| known) {
            Some(url) => {
                let what = "command".to_owned();
                ask(Some(Delivery { what, url, body, due_ms: now, retry: 0, reason: None }), then)
            }
            None => {
                self.whisper(channel, user, format!("{command} is not a valid command."), now);
                Begun::Done(Acted::error("unknown_command"))
            }
        }
    }

    pub(super) fn click(&mut self, user: &str, act: Act, now: i64) -> Begun {
        let Act::Click { channel, ts, view, block_id, action_id, chosen } = act else {
            return Begun::Done(Acted::error("unknown_act"));
        };
        let clicked = match (view, channel, ts) {
            (Some(view), ..) => {
                self.click_in_view(user, &view, (block_id.as_deref(), &action_id), &chosen, now)
            }
            (None, Some(channel), Some(ts)) => {
                self.click_in_message(user, (&channel, &ts), (block_id.as_deref(), &action_id), &chosen, now)
            }
            _ => Err("message_not_found"),
        };
        match clicked {
            Ok(payload) => ask(self.interaction_request(&payload, now), Then::Click),
            Err(error) => Begun::Done(Acted::error(error)),
        }
    }

    fn click_in_message(
        &mut self,
        user: &str,
        (channel, ts): (&str, &str),
        (block_id, action_id): (Option<&str>, &str),
        chosen: &Map<String, Value>,
        now: i64,
    ) -> Result<Value, &'static str> {
        let message = self.message(channel, ts).ok_or("message_not_found")?;
        if message.only_for.as_deref().is_some_and(|only| only != user) {
            return Err("message_not_found");
        }
        let found = inputs::find(&inputs::blocks_of(message), block_id, action_id).ok_or("no_such_action")?;
        let value = inputs::chosen(&found.element, chosen)?;
        let action = inputs::action(&found, &value, &self.next_ts(now));
        let message = self.message_mut(channel, ts).ok_or("message_not_found")?;
        remember(&mut message.state, &found, value);
        let message = message.clone();
        Ok(self.message_click(user, channel, &message, action, now))
    }

    fn click_in_view(
        &mut self,
        user: &str,
        view: &str,
        (block_id, action_id): (Option<&str>, &str),
        chosen: &Map<String, Value>,
        now: i64,
    ) -> Result<Value, &'static str> {
        let home = self.state.homes.get(user).filter(|home| view == "home" || home["id"] == view).cloned();
        let shown = match &home {
            Some(home) => home.clone(),
            None => self.top(user, view).ok_or("view_not_found")?.view.clone(),
        };
        let blocks: Vec<&Value> = read::items(&shown, "blocks").iter().collect();
        let found = inputs::find(&blocks, block_id, action_id).ok_or("no_such_action")?;
        let value = inputs::chosen(&found.element, chosen)?;
        let action = inputs::action(&found, &value, &self.next_ts(now));
        let shown = match home {
            Some(home) => with_state(&home, inputs::view_state(&home, &Map::new())),
            None => {
                let modal = self.top_mut(user, view).ok_or("view_not_found")?;
                remember(&mut modal.values, &found, value);
                modal_json(modal)
            }
        };
        Ok(self.view_click(user, shown, action, now))
    }

    pub(super) fn submit(&mut self, user: &str, view: &str, values: Map<String, Value>, now: i64) -> Begun {
        let Some(modal) = self.top_mut(user, view) else {
            return Begun::Done(Acted::error("view_not_found"));
        };
        let blocks: Vec<&Value> = read::items(&modal.view, "blocks").iter().collect();
        let mut typed = Vec::new();
        for (block_id, actions) in &values {
            for (action_id, given) in actions.as_object().into_iter().flatten() {
                let (Some(found), Some(given)) =
                    (inputs::find(&blocks, Some(block_id), action_id), given.as_object())
                else {
                    return Begun::Done(Acted::error("no_such_action"));
                };
                match inputs::chosen(&found.element, given) {
                    Ok(value) => typed.push((found, value)),
                    Err(error) => return Begun::Done(Acted::error(error)),
                }
            }
        }
        for (found, value) in typed {
            remember(&mut modal.values, &found, value);
        }
        modal.errors = missing(modal);
        if !modal.errors.is_empty() {
            let errors = json!(modal.errors);
            return Begun::Done(Acted::error("invalid_input").with("errors", errors));
        }
        let shown = modal_json(modal);
        let trigger = self.new_trigger(user, now);
        let more = json!({ "view": shown, "trigger_id": trigger, "response_urls": [] });
        let payload = self.interaction("view_submission", user, more);
        ask(self.interaction_request(&payload, now), Then::Submit { user: user.into(), view: view.into() })
    }

    pub(super) fn close(&mut self, user: &str, view: &str, now: i64) -> Begun {
        let Some(modal) = self.top(user, view).cloned() else {
            return Begun::Done(Acted::error("view_not_found"));
        };
        let clears = *read::field(&modal.view, "clear_on_close") == true;
        self.drop_modal(user, view, clears);
        if !modal.notify_on_close {
            return Begun::Done(Acted::ok());
        }
        let more = json!({ "view": modal_json(&modal), "is_cleared": clears });
        let payload = self.interaction("view_closed", user, more);
        ask(self.interaction_request(&payload, now), Then::Closed)
    }

    pub(super) fn suggest(&mut self, user: &str, act: Act) -> Begun {
        let Act::Suggest { channel, ts, view, block_id, action_id, value } = act else {
            return Begun::Done(Acted::error("unknown_act"));
        };
        let (blocks, container, shown) = match (view, channel, ts) {
            (Some(view), ..) => {
                let Some(modal) = self.top(user, &view) else {
                    return Begun::Done(Acted::error("view_not_found"));
                };
                let blocks = read::items(&modal.view, "blocks").to_vec();
                (blocks, json!({ "type": "view", "view_id": modal.id }), Some(modal_json(modal)))
            }
            (None, Some(channel), Some(ts)) => {
                let Some(message) = self.message(&channel, &ts) else {
                    return Begun::Done(Acted::error("message_not_found"));
                };
                let blocks = inputs::blocks_of(message).into_iter().cloned().collect();
                (blocks, json!({ "type": "message", "message_ts": ts, "channel_id": channel }), None)
            }
            _ => return Begun::Done(Acted::error("message_not_found")),
        };
        let blocks: Vec<&Value> = blocks.iter().collect();
        let Some(found) = inputs::find(&blocks, block_id.as_deref(), &action_id) else {
            return Begun::Done(Acted::error("no_such_action"));
        };
        let more = json!({
            "container": container, "action_id": action_id, "block_id": found.block_id, "value": value, "view": shown,
        });
        let payload = self.interaction("block_suggestion", user, more);
        ask(self.interaction_request(&payload, 0), Then::Suggest)
    }

    /// The visible modal of a person, if it is this one.
    pub(super) fn top(&self, user: &str, view: &str) -> Option<&Modal> {
        self.state.modals.get(user)?.last().filter(|modal| modal.id == view)
    }

    pub(super) fn top_mut(&mut self, user: &str, view: &str) -> Option<&mut Modal> {
        self.state.modals.get_mut(user)?.last_mut().filter(|modal| modal.id == view)
    }

    /// Takes a modal (or the whole stack) off the screen.
    pub(super) fn drop_modal(&mut self, user: &str, view: &str, all: bool) {
        if let Some(stack) = self.state.modals.get_mut(user) {
            stack.retain(|modal| !all && modal.id != view);
            if stack.is_empty() {
                self.state.modals.remove(user);
            }
        }
    }
}

fn ask(request: Option<Delivery>, then: Then) -> Begun {
    match request {
        Some(delivery) => Begun::Ask(Box::new(Asked { delivery, then })),
        None => Begun::Done(Acted::error("dispatch_failed")),
    }
}

fn remember(state: &mut Map<String, Value>, found: &Found, value: Map<String, Value>) {
    if value.len() < 2 {
        return;
    }
    let action_id = read::text(&found.element, "action_id").unwrap_or_default().to_owned();
    let block = state.entry(found.block_id.clone()).or_insert_with(|| Map::new().into());
    if let Value::Object(block) = block {
        block.insert(action_id, value.into());
    }
}

/// The required inputs that are empty. Slack checks this before the app hears of it.
fn missing(modal: &Modal) -> std::collections::BTreeMap<String, String> {
    let state = inputs::view_state(&modal.view, &modal.values);
    let blocks = read::items(&modal.view, "blocks").iter();
    blocks
        .filter(|block| block["type"] == "input" && block["optional"] != true)
        .filter_map(|block| block["block_id"].as_str())
        .filter(|id| {
            state.get(*id).and_then(Value::as_object).is_some_and(|b| b.values().any(inputs::is_empty))
        })
        .map(|id| (id.to_owned(), REQUIRED.to_owned()))
        .collect()
}
