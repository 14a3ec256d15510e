//! Buttons, menus and forms: a form with one field, `payload`, that holds JSON.
//!
//! Contract: <https://docs.slack.dev/reference/interaction-payloads>

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Fields, InboundError};

/// What somebody did to something of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interaction {
    /// Pressed or chose something (`block_actions`).
    Click(Box<Click>),
    /// Sent a form (`view_submission`).
    Submission(Submission),
    /// Closed a form (`view_closed`).
    Closed(Closed),
    /// Something that we have no use for: answer 200.
    Other {
        /// Slack's name for it.
        kind: String,
    },
}

/// Somebody pressed or chose something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Click {
    /// Who.
    pub user: String,
    /// The workspace; absent only from installs for a whole organisation.
    pub team: Option<String>,
    /// The channel of the message; `None` in a view.
    pub channel: Option<String>,
    /// The message; `None` in a view.
    pub message_ts: Option<String>,
    /// The root of the thread that the message is in.
    pub thread_ts: Option<String>,
    /// Only this person sees the message, and no edit of another one changes it.
    pub ephemeral: bool,
    /// The view; `None` in a message.
    pub view_id: Option<String>,
    /// Which element.
    pub action_id: String,
    /// Which block; Slack makes one up where we gave none.
    pub block_id: String,
    /// What the button means.
    pub value: Option<String>,
    /// What was chosen in a menu: an option's value, or a user's, channel's or conversation's id, or a date.
    pub selected: Option<String>,
    /// When, by Slack's clock. Together with the message and the element it identifies the click.
    pub action_ts: String,
    /// Opens one modal within three seconds.
    pub trigger_id: Option<String>,
    /// Takes five answers within half an hour; none comes from a view.
    pub response_url: Option<String>,
}

/// Somebody sent a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Who.
    pub user: String,
    /// The workspace; absent only from installs for a whole organisation.
    pub team: Option<String>,
    /// Which form.
    pub callback_id: String,
    /// What we wanted to remember; empty if nothing. It was in the person's hands: check it again.
    pub private_metadata: String,
    /// The form's id.
    pub view_id: String,
    /// What was filled in, by block: one value mostly, several where several can be chosen, none where it was left empty.
    pub values: BTreeMap<String, Vec<String>>,
}

/// Somebody closed a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Who.
    pub user: String,
    /// Which form.
    pub callback_id: String,
    /// What we wanted to remember; empty if nothing.
    pub private_metadata: String,
    /// The form's id.
    pub view_id: String,
}

impl Interaction {
    /// Reads the body of the request.
    pub fn parse(body: &[u8]) -> Result<Self, InboundError> {
        let (_, payload) = form_urlencoded::parse(body)
            .find(|(field, _)| field == "payload")
            .ok_or(InboundError::Missing { field: "payload" })?;
        let payload: Value =
            serde_json::from_str(&payload).map_err(|_| InboundError::NotJson { field: "payload" })?;
        let payload = Fields(&payload);
        match payload.need("type")?.as_str() {
            "block_actions" => Click::read(payload).map(|click| Interaction::Click(Box::new(click))),
            "view_submission" => Submission::read(payload).map(Interaction::Submission),
            "view_closed" => Closed::read(payload).map(Interaction::Closed),
            kind => Ok(Interaction::Other { kind: kind.to_owned() }),
        }
    }
}

impl Click {
    fn read(payload: Fields<'_>) -> Result<Self, InboundError> {
        // Slack documents a list and sends one.
        let action = payload.list("actions").next().ok_or(InboundError::Missing { field: "actions" })?;
        let missing = |field| InboundError::Missing { field };
        Ok(Click {
            user: payload.need("user.id")?,
            team: payload.first(&["team.id", "user.team_id"]),
            channel: payload.first(&["channel.id", "container.channel_id"]),
            message_ts: payload.first(&["container.message_ts", "message.ts"]),
            thread_ts: payload.first(&["container.thread_ts", "message.thread_ts"]),
            ephemeral: payload.value("container.is_ephemeral").and_then(Value::as_bool).unwrap_or(false),
            view_id: payload.first(&["container.view_id", "view.id"]),
            action_id: action.text("action_id").ok_or(missing("actions.action_id"))?,
            block_id: action.text("block_id").unwrap_or_default(),
            value: action.text("value"),
            selected: chosen(action).next(),
            action_ts: action.text("action_ts").ok_or(missing("actions.action_ts"))?,
            trigger_id: payload.text("trigger_id"),
            response_url: payload.text("response_url"),
        })
    }
}

impl Submission {
    /// What was filled into a block; the first if several.
    pub fn value(&self, block_id: &str) -> Option<&str> {
        self.values.get(block_id)?.first().map(String::as_str)
    }

    fn read(payload: Fields<'_>) -> Result<Self, InboundError> {
        let Closed { user, callback_id, private_metadata, view_id } = Closed::read(payload)?;
        let blocks = payload.value("view.state.values").and_then(Value::as_object);
        let values = blocks.into_iter().flatten().map(|(block_id, inputs)| {
            let inputs = inputs.as_object().into_iter().flat_map(|inputs| inputs.values());
            let filled =
                inputs.flat_map(|input| Fields(input).text("value").into_iter().chain(chosen(Fields(input))));
            (block_id.clone(), filled.collect())
        });
        let team = payload.first(&["team.id", "user.team_id"]);
        Ok(Submission { user, team, callback_id, private_metadata, view_id, values: values.collect() })
    }
}

impl Closed {
    fn read(payload: Fields<'_>) -> Result<Self, InboundError> {
        Ok(Closed {
            user: payload.need("user.id")?,
            callback_id: payload.need("view.callback_id")?,
            private_metadata: payload.text("view.private_metadata").unwrap_or_default(),
            view_id: payload.need("view.id")?,
        })
    }
}

/// What was chosen in an element of any kind.
fn chosen(element: Fields<'_>) -> impl Iterator<Item = String> {
    const ONE: [&str; 8] = [
        "selected_option.value",
        "selected_user",
        "selected_channel",
        "selected_conversation",
        "selected_date",
        "selected_time",
        "selected_date_time",
        "rich_text_value",
    ];
    const MANY: [&str; 3] = ["selected_users", "selected_channels", "selected_conversations"];
    let number =
        element.value("selected_date_time").and_then(Value::as_i64).map(|seconds| seconds.to_string());
    let one = ONE.iter().find_map(|path| element.text(path)).or(number);
    let options = element.list("selected_options").filter_map(|option| option.text("value"));
    let ids = MANY
        .iter()
        .flat_map(move |path| element.list(path))
        .filter_map(|id| id.0.as_str().map(ToOwned::to_owned));
    one.into_iter().chain(options).chain(ids)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse(payload: &Value) -> Result<Interaction, InboundError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        Interaction::parse(body.as_bytes())
    }

    fn click() -> Value {
        json!({
            "type": "block_actions", "api_app_id": "A1", "token": "x", "trigger_id": "1.2.3",
            "user": {"id": "U1", "username": "ana", "team_id": "T1"}, "team": {"id": "T1", "domain": "acme"},
            "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C1", "is_ephemeral": false},
            "channel": {"id": "C1", "name": "ops"},
            "message": {"type": "message", "ts": "1700000000.000100", "thread_ts": "1700000000.000001"},
            "response_url": "https://hooks.slack.com/actions/1",
            "actions": [{"type": "button", "action_id": "ack", "block_id": "row", "value": "inc7", "action_ts": "1700000009.5",
                         "text": {"type": "plain_text", "text": "Acknowledge"}}]
        })
    }

    #[test]
    fn a_pressed_button_is_read() {
        assert_eq!(
            parse(&click()),
            Ok(Interaction::Click(Box::new(Click {
                user: "U1".into(),
                team: Some("T1".into()),
                channel: Some("C1".into()),
                message_ts: Some("1700000000.000100".into()),
                thread_ts: Some("1700000000.000001".into()),
                ephemeral: false,
                view_id: None,
                action_id: "ack".into(),
                block_id: "row".into(),
                value: Some("inc7".into()),
                selected: None,
                action_ts: "1700000009.5".into(),
                trigger_id: Some("1.2.3".into()),
                response_url: Some("https://hooks.slack.com/actions/1".into()),
            })))
        );
    }

    #[test]
    fn a_choice_is_read_from_every_kind_of_menu() {
        for (element, expected) in [
            (json!({"type": "overflow", "selected_option": {"value": "why"}}), Some("why")),
            (json!({"type": "static_select", "selected_option": {"value": "2h"}}), Some("2h")),
            (json!({"type": "users_select", "selected_user": "U2"}), Some("U2")),
            (json!({"type": "channels_select", "selected_channel": "C2"}), Some("C2")),
            (json!({"type": "conversations_select", "selected_conversation": "D2"}), Some("D2")),
            (json!({"type": "datepicker", "selected_date": "2026-11-22"}), Some("2026-11-22")),
            (json!({"type": "datetimepicker", "selected_date_time": 1795372200}), Some("1795372200")),
            (json!({"type": "static_select", "selected_option": null}), None),
            (json!({"type": "button"}), None),
        ] {
            let mut payload = click();
            let mut action = element.clone();
            action["action_id"] = json!("a");
            action["action_ts"] = json!("1.2");
            payload["actions"] = json!([action]);
            let Ok(Interaction::Click(click)) = parse(&payload) else { panic!("{element}") };
            assert_eq!(click.selected.as_deref(), expected, "{element}");
        }
    }

    #[test]
    fn a_click_in_a_view_has_no_message() {
        let payload = json!({"type": "block_actions", "user": {"id": "U1"}, "team": null, "container": {"type": "view", "view_id": "V1"},
            "view": {"id": "V1"}, "actions": [{"action_id": "a", "block_id": "b", "action_ts": "1.2"}]});
        let Ok(Interaction::Click(click)) = parse(&payload) else { panic!("no click") };
        assert_eq!((click.view_id.as_deref(), click.channel, click.message_ts), (Some("V1"), None, None));
    }

    #[test]
    fn a_form_is_read_by_block() {
        let payload = json!({"type": "view_submission", "user": {"id": "U1"}, "team": {"id": "T1"}, "view": {
            "id": "V1", "callback_id": "silence", "private_metadata": "inc7", "state": {"values": {
                "reason": {"text": {"type": "plain_text_input", "value": "deploying"}},
                "for": {"pick": {"type": "static_select", "selected_option": {"value": "2h", "text": {}}}},
                "who": {"pick": {"type": "multi_users_select", "selected_users": ["U2", "U3"]}},
                "tags": {"pick": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}},
                "empty": {"text": {"type": "plain_text_input", "value": null}}}}}});
        let Ok(Interaction::Submission(form)) = parse(&payload) else { panic!("no form") };
        assert_eq!(
            (form.user.as_str(), form.callback_id.as_str(), form.private_metadata.as_str()),
            ("U1", "silence", "inc7")
        );
        assert_eq!(form.value("reason"), Some("deploying"));
        assert_eq!(form.value("for"), Some("2h"));
        assert_eq!(form.values["who"], ["U2", "U3"]);
        assert_eq!(form.values["tags"], ["a", "b"]);
        assert_eq!((form.value("empty"), form.value("unheard of")), (None, None));
    }

    #[test]
    fn a_closed_form_is_read() {
        let payload = json!({"type": "view_closed", "user": {"id": "U1"}, "is_cleared": false,
            "view": {"id": "V1", "callback_id": "note", "private_metadata": ""}});
        let Ok(Interaction::Closed(closed)) = parse(&payload) else { panic!("not closed") };
        assert_eq!((closed.callback_id.as_str(), closed.private_metadata.as_str()), ("note", ""));
    }

    #[test]
    fn what_we_have_no_use_for_is_not_an_error() {
        for kind in ["message_action", "shortcut", "block_suggestion", "from_next_year"] {
            assert_eq!(parse(&json!({"type": kind})), Ok(Interaction::Other { kind: kind.into() }));
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut without_action = click();
        without_action["actions"] = json!([]);
        for (payload, field) in [
            (json!({}), "type"),
            (json!(null), "type"),
            (json!({"type": 7}), "type"),
            (without_action, "actions"),
            (json!({"type": "block_actions", "actions": [7]}), "user.id"),
            (json!({"type": "block_actions", "user": {"id": "U1"}, "actions": [7]}), "actions.action_id"),
            (json!({"type": "view_submission", "user": {"id": "U1"}, "view": []}), "view.callback_id"),
        ] {
            assert_eq!(parse(&payload), Err(InboundError::Missing { field }), "{payload}");
        }
        assert_eq!(Interaction::parse(b""), Err(InboundError::Missing { field: "payload" }));
        assert_eq!(Interaction::parse(b"payload={"), Err(InboundError::NotJson { field: "payload" }));
        let deep = format!("payload={}", "[".repeat(100_000));
        assert_eq!(Interaction::parse(deep.as_bytes()), Err(InboundError::NotJson { field: "payload" }));
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Interaction::parse(&body).is_err());
        }
    }
}
