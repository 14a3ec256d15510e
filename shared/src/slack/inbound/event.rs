//! Events: JSON that Slack sends when somebody writes, reacts, or opens the app's home. Slack delivers an event up to four
//! times, and one message can arrive as two events (`message` and `app_mention`): whoever acts on it remembers
//! [`Delivery::event_id`], and the channel and `ts`.
//!
//! Contract: <https://docs.slack.dev/apis/events-api>

use serde_json::Value;

use super::{Fields, InboundError};
use crate::slack::escape::unescape;

/// What came to the address of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// Slack asks whether the address is ours: answer with the challenge.
    UrlVerification {
        /// To be sent back as it is.
        challenge: String,
    },
    /// Slack has stopped sending events for a while, because there are too many.
    RateLimited {
        /// The workspace.
        team_id: Option<String>,
    },
    /// Something happened.
    Event(Box<Delivery>),
    /// Something that we have no use for: answer 200.
    Other {
        /// Slack's name for it.
        kind: String,
    },
}

/// One event and what it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Unique in all of Slack; the same in every repetition.
    pub event_id: String,
    /// The workspace; absent only from installs for a whole organisation.
    pub team_id: Option<String>,
    /// Our bot's user id, where Slack says for whom the event is.
    pub bot_user: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody wrote, edited or deleted a message.
    Message(Message),
    /// Somebody wrote to our bot by name.
    Mention(Mention),
    /// Somebody put an emoji on a message, or took it away.
    Reaction(Reaction),
    /// Somebody looks at the app.
    HomeOpened(HomeOpened),
    /// Something that we have no use for: answer 200.
    Other {
        /// Slack's name for it.
        kind: String,
    },
}

/// Somebody wrote, edited or deleted a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The author; absent from some bots' messages and from edits and deletions.
    pub user: Option<String>,
    /// The bot that wrote it, ours or another.
    pub bot_id: Option<String>,
    /// `None` for an ordinary message; `message_changed`, `message_deleted`, `channel_join`, `thread_broadcast`, ...
    pub subtype: Option<String>,
    /// Where.
    pub channel: String,
    /// Its identity in the channel; the identity of the edit or deletion where it is one.
    pub ts: String,
    /// The root of its thread; `None` outside of threads.
    pub thread_ts: Option<String>,
    /// Who wrote the root of its thread.
    pub parent_user: Option<String>,
    /// What it says, Slack's three entities turned back.
    pub text: String,
    /// The message that was deleted, where one was.
    pub deleted_ts: Option<String>,
}

/// Somebody wrote to our bot by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Who.
    pub user: String,
    /// The bot that wrote it, if a bot did.
    pub bot_id: Option<String>,
    /// Where.
    pub channel: String,
    /// The message; the same `ts` comes as a [`Message`] too where we hear those.
    pub ts: String,
    /// The root of its thread.
    pub thread_ts: Option<String>,
    /// What it says, our name included, Slack's three entities turned back.
    pub text: String,
}

/// Somebody put an emoji on a message, or took it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Put on, or taken away.
    pub added: bool,
    /// Who.
    pub user: String,
    /// The emoji's name without colons; `+1::skin-tone-2` has its tone.
    pub name: String,
    /// Where the message is.
    pub channel: String,
    /// The message.
    pub ts: String,
    /// When, by Slack's clock: orders what is added and taken away.
    pub event_ts: String,
    /// Who wrote the message.
    pub item_user: Option<String>,
}

/// Somebody looks at the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeOpened {
    /// Who.
    pub user: String,
    /// `home` or `messages`.
    pub tab: String,
}

impl Inbound {
    /// Reads the body of the request.
    pub fn parse(body: &[u8]) -> Result<Self, InboundError> {
        let body: Value =
            serde_json::from_slice(body).map_err(|_| InboundError::NotJson { field: "body" })?;
        let body = Fields(&body);
        match body.need("type")?.as_str() {
            "url_verification" => Ok(Inbound::UrlVerification { challenge: body.need("challenge")? }),
            "app_rate_limited" => Ok(Inbound::RateLimited { team_id: body.text("team_id") }),
            "event_callback" => Ok(Inbound::Event(Box::new(Delivery {
                event_id: body.need("event_id")?,
                team_id: body.first(&["team_id", "authorizations.0.team_id"]),
                bot_user: body.text("authorizations.0.user_id"),
                event: Event::read(body)?,
            }))),
            kind => Ok(Inbound::Other { kind: kind.to_owned() }),
        }
    }
}

impl Event {
    fn read(body: Fields<'_>) -> Result<Self, InboundError> {
        let kind = body.need("event.type")?;
        let text = |path| unescape(&body.text(path).unwrap_or_default());
        Ok(match kind.as_str() {
            "message" => Event::Message(Message {
                user: body.text("event.user"),
                bot_id: body.text("event.bot_id"),
                subtype: body.text("event.subtype"),
                channel: body.need("event.channel")?,
                ts: body.need("event.ts")?,
                thread_ts: body.text("event.thread_ts"),
                parent_user: body.text("event.parent_user_id"),
                text: text("event.text"),
                deleted_ts: body.text("event.deleted_ts"),
            }),
            "app_mention" => Event::Mention(Mention {
                user: body.need("event.user")?,
                bot_id: body.text("event.bot_id"),
                channel: body.need("event.channel")?,
                ts: body.need("event.ts")?,
                thread_ts: body.text("event.thread_ts"),
                text: text("event.text"),
            }),
            // Files and file comments can have emoji too; they are nothing of ours.
            "reaction_added" | "reaction_removed"
                if body.text("event.item.type").as_deref() == Some("message") =>
            {
                Event::Reaction(Reaction {
                    added: kind == "reaction_added",
                    user: body.need("event.user")?,
                    name: body.need("event.reaction")?,
                    channel: body.need("event.item.channel")?,
                    ts: body.need("event.item.ts")?,
                    event_ts: body.need("event.event_ts")?,
                    item_user: body.text("event.item_user"),
                })
            }
            "app_home_opened" => Event::HomeOpened(HomeOpened {
                user: body.need("event.user")?,
                tab: body.text("event.tab").unwrap_or_default(),
            }),
            _ => Event::Other { kind },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse(body: &Value) -> Result<Inbound, InboundError> {
        Inbound::parse(body.to_string().as_bytes())
    }

    fn callback(event: Value) -> Value {
        json!({"type": "event_callback", "token": "x", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1", "event_time": 1,
            "authorizations": [{"enterprise_id": null, "team_id": "T1", "user_id": "U0BOT", "is_bot": true}], "event": event})
    }

    fn event(event: Value) -> Event {
        let Ok(Inbound::Event(delivery)) = parse(&callback(event)) else { panic!("no event") };
        delivery.event
    }

    #[test]
    fn a_reply_is_read_as_typed() {
        let body = callback(
            json!({"type": "message", "user": "U1", "channel": "C1", "channel_type": "channel",
            "ts": "1700000001.000200", "thread_ts": "1700000000.000100", "text": "p99 &gt; 2s &amp; rising", "event_ts": "1700000001.000200"}),
        );
        assert_eq!(
            parse(&body),
            Ok(Inbound::Event(Box::new(Delivery {
                event_id: "Ev1".into(),
                team_id: Some("T1".into()),
                bot_user: Some("U0BOT".into()),
                event: Event::Message(Message {
                    user: Some("U1".into()),
                    bot_id: None,
                    subtype: None,
                    channel: "C1".into(),
                    ts: "1700000001.000200".into(),
                    thread_ts: Some("1700000000.000100".into()),
                    parent_user: None,
                    text: "p99 > 2s & rising".into(),
                    deleted_ts: None,
                }),
            })))
        );
    }

    #[test]
    fn a_deletion_names_the_message_that_is_gone() {
        let deleted = event(
            json!({"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "1700000005.1",
            "deleted_ts": "1700000000.000100", "previous_message": {"user": "U0BOT"}}),
        );
        let Event::Message(message) = deleted else { panic!("no message") };
        assert_eq!(message.deleted_ts.as_deref(), Some("1700000000.000100"));
        assert_eq!((message.subtype.as_deref(), message.user), (Some("message_deleted"), None));
    }

    #[test]
    fn a_reaction_is_read_both_ways() {
        for (kind, added) in [("reaction_added", true), ("reaction_removed", false)] {
            let reaction = json!({"type": kind, "user": "U1", "reaction": "eyes", "item_user": "U0BOT",
                "item": {"type": "message", "channel": "C1", "ts": "1700000000.000100"}, "event_ts": "1700000009.1"});
            assert_eq!(
                event(reaction),
                Event::Reaction(Reaction {
                    added,
                    user: "U1".into(),
                    name: "eyes".into(),
                    channel: "C1".into(),
                    ts: "1700000000.000100".into(),
                    event_ts: "1700000009.1".into(),
                    item_user: Some("U0BOT".into()),
                })
            );
        }
    }

    #[test]
    fn a_mention_and_a_look_at_the_home_tab_are_read() {
        let mention = json!({"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": "<@U0BOT> status"});
        let Event::Mention(mention) = event(mention) else { panic!("no mention") };
        assert_eq!((mention.user.as_str(), mention.text.as_str()), ("U1", "<@U0BOT> status"));
        assert_eq!(
            event(json!({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"})),
            Event::HomeOpened(HomeOpened { user: "U1".into(), tab: "home".into() })
        );
    }

    #[test]
    fn slacks_own_questions_are_read() {
        assert_eq!(
            parse(&json!({"type": "url_verification", "token": "x", "challenge": "abc"})),
            Ok(Inbound::UrlVerification { challenge: "abc".into() })
        );
        assert_eq!(
            parse(&json!({"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1518467820})),
            Ok(Inbound::RateLimited { team_id: Some("T1".into()) })
        );
    }

    #[test]
    fn what_we_have_no_use_for_is_not_an_error() {
        assert_eq!(
            parse(&json!({"type": "from_next_year"})),
            Ok(Inbound::Other { kind: "from_next_year".into() })
        );
        assert_eq!(event(json!({"type": "channel_rename"})), Event::Other { kind: "channel_rename".into() });
        let on_a_file = json!({"type": "reaction_added", "user": "U1", "reaction": "eyes", "item": {"type": "file", "file": "F1"}});
        assert_eq!(event(on_a_file), Event::Other { kind: "reaction_added".into() });
    }

    #[test]
    fn an_install_for_an_organisation_may_name_no_team() {
        let mut body = callback(json!({"type": "channel_rename"}));
        body["team_id"] = json!(null);
        body["authorizations"] = json!([{"enterprise_id": "E1", "team_id": null, "user_id": "U0BOT"}]);
        let Ok(Inbound::Event(delivery)) = parse(&body) else { panic!("no event") };
        assert_eq!((delivery.team_id, delivery.bot_user.as_deref()), (None, Some("U0BOT")));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (body, field) in [
            (json!({}), "type"),
            (json!([]), "type"),
            (json!("text"), "type"),
            (json!({"type": "url_verification"}), "challenge"),
            (json!({"type": "event_callback"}), "event_id"),
            (json!({"type": "event_callback", "event_id": "Ev1"}), "event.type"),
            (callback(json!({"type": "message", "channel": 7})), "event.channel"),
            (callback(json!({"type": "app_mention"})), "event.user"),
        ] {
            assert_eq!(parse(&body), Err(InboundError::Missing { field }), "{body}");
        }
        for body in [b"".as_slice(), b"{", b"\xFF\xFE", b"payload=%7B%7D", &[b'['; 100_000]] {
            assert_eq!(Inbound::parse(body), Err(InboundError::NotJson { field: "body" }));
        }
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Inbound::parse(&body).is_err());
        }
    }
}
