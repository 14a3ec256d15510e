//! What the app's answers do: the message that answers a command, the `response_action` of a submitted modal, and posts to
//! response URLs (five within half an hour). <https://docs.slack.dev/interactivity/handling-user-interaction>

use serde_json::{Map, Value, json};

use super::{Acted, Asked, Then};
use crate::args::Args;
use crate::messages::Draft;
use crate::methods::content::{Content, Limits};
use crate::methods::views::view_faults;
use crate::outbox::Heard;
use crate::read;
use crate::state::ResponseUrl;
use crate::workspace::Workspace;

const USES: u32 = 5;
const LIMITS: Limits = Limits {
    text: None,
    text_too_long: "msg_too_long",
    blocks_too_long: "msg_blocks_too_long",
    bad_attachments: None,
    metadata: false,
};

/// What a post to a response URL is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResponsePost {
    Done,
    Refused(u16, &'static str),
}

impl Workspace {
    /// Takes what came of a request to the app.
    pub(crate) fn heard(&mut self, asked: &Asked, heard: &Heard, now: i64) -> Acted {
        self.log_request(&asked.delivery, heard, now);
        let body = match heard {
            Heard::Answer { body, .. } if heard.is_success() => body.as_str(),
            _ => return self.failed(&asked.then, heard, now),
        };
        match &asked.then {
            Then::Command { user, channel, command } => {
                self.command_answered(user, channel, command, body, now)
            }
            Then::Click | Then::Closed => Acted::ok(),
            Then::Submit { user, view } => self.submit_answered(user, view, body, now),
            Then::Suggest => suggest_answered(body),
        }
    }

    /// Tells the person what Slack would tell.
    fn failed(&mut self, then: &Then, heard: &Heard, now: i64) -> Acted {
        let error = if matches!(heard, Heard::Silence("http_timeout")) {
            "operation_timeout"
        } else {
            "dispatch_failed"
        };
        match then {
            Then::Command { user, channel, command } => {
                self.whisper(channel, user, format!("{command} failed with the error \"{error}\""), now);
            }
            Then::Submit { user, view } => {
                if let Some(modal) = self.top_mut(user, view) {
                    modal.errors =
                        [(String::new(), "We had some trouble connecting. Try again?".to_owned())].into();
                }
            }
            Then::Click | Then::Closed | Then::Suggest => {}
        }
        Acted::error(error)
    }

    fn command_answered(&mut self, user: &str, channel: &str, command: &str, body: &str, now: i64) -> Acted {
        if body.trim().is_empty() {
            return Acted::ok();
        }
        let message = match serde_json::from_str(body) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::from_iter([("text".to_owned(), Value::from(body))]),
        };
        let target = ResponseUrl {
            user: user.into(),
            channel: channel.into(),
            original: None,
            expires_ms: now,
            uses: 0,
        };
        match self.respond(&target, message, now) {
            Ok(()) => Acted::ok(),
            Err(code) => {
                self.whisper(channel, user, format!("{command} failed with the error \"{code}\""), now);
                Acted::error(code)
            }
        }
    }

    fn submit_answered(&mut self, user: &str, view: &str, body: &str, now: i64) -> Acted {
        let answer: Value = match body.trim() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or(Value::Null),
        };
        let Some(action) = read::text(&answer, "response_action") else {
            self.drop_modal(user, view, false);
            return Acted::ok();
        };
        if matches!(action, "update" | "push") {
            let next = read::field(&answer, "view").as_object().cloned().unwrap_or_default();
            let faults = view_faults(&Value::Object(next.clone()), "modal");
            if !faults.is_empty() {
                return self.bad_answer(user, view).with("messages", json!(faults));
            }
            if action == "update" {
                self.replace(view, next, now);
            } else {
                self.show(user, next, now);
            }
            return Acted::ok();
        }
        match (action, read::field(&answer, "errors").as_object()) {
            ("clear", _) => {
                self.drop_modal(user, view, true);
                Acted::ok()
            }
            ("errors", Some(errors)) => self.form_errors(user, view, errors),
            _ => self.bad_answer(user, view),
        }
    }

    fn form_errors(&mut self, user: &str, view: &str, errors: &Map<String, Value>) -> Acted {
        let Some(modal) = self.top_mut(user, view) else { return Acted::error("view_not_found") };
        let is_input = |id: &str| {
            let mut blocks = read::items(&modal.view, "blocks").iter();
            blocks.any(|block| block["type"] == "input" && block["block_id"] == id)
        };
        // Slack refuses errors for blocks that are no inputs of the view.
        if errors.is_empty() || !errors.keys().all(|id| is_input(id)) {
            return self.bad_answer(user, view);
        }
        modal.errors = errors
            .iter()
            .map(|(id, text)| (id.clone(), text.as_str().unwrap_or_default().to_owned()))
            .collect();
        Acted::error("invalid_input").with("errors", json!(modal.errors))
    }

    fn bad_answer(&mut self, user: &str, view: &str) -> Acted {
        if let Some(modal) = self.top_mut(user, view) {
            modal.errors = [(String::new(), "We had some trouble connecting. Try again?".to_owned())].into();
        }
        Acted::error("invalid_response")
    }

    /// A post to a response URL.
    pub(crate) fn post_response(&mut self, id: &str, message: Map<String, Value>, now: i64) -> ResponsePost {
        let Some(target) = self.state.response_urls.get_mut(id) else {
            return ResponsePost::Refused(404, "invalid_url");
        };
        if now > target.expires_ms {
            return ResponsePost::Refused(404, "expired_url");
        }
        if target.uses >= USES {
            return ResponsePost::Refused(404, "used_url");
        }
        let mut after = target.clone();
        after.uses += 1;
        match self.respond(&after, message, now) {
            Ok(()) => {
                self.state.response_urls.insert(id.to_owned(), after);
                ResponsePost::Done
            }
            Err(code) => ResponsePost::Refused(400, code),
        }
    }

    /// Posts, replaces or deletes, as the message says.
    fn respond(
        &mut self,
        target: &ResponseUrl,
        message: Map<String, Value>,
        now: i64,
    ) -> Result<(), &'static str> {
        let args = Args::from(message);
        let original = target.original.as_deref().filter(|ts| self.message(&target.channel, ts).is_some());
        if args.flag("delete_original") {
            if let Some(ts) = original {
                self.remove(&target.channel, ts, now);
            }
            return Ok(());
        }
        let content = Content::read(self, &args, LIMITS, now).map_err(|refusal| refusal.code)?;
        if let (true, Some(ts)) = (args.flag("replace_original"), original) {
            self.edit(&target.channel, ts, content, now);
            return Ok(());
        }
        let in_channel = args.text("response_type").as_deref() == Some("in_channel");
        let draft = Draft {
            user: self.bot_user().to_owned(),
            text: content.text.unwrap_or_default(),
            blocks: content.blocks.unwrap_or_default(),
            attachments: content.attachments.unwrap_or_default(),
            thread_ts: args.text("thread_ts").filter(|ts| self.message(&target.channel, ts).is_some()),
            only_for: (!in_channel).then(|| target.user.clone()),
            ..Draft::default()
        };
        self.post(&target.channel, draft, now);
        Ok(())
    }
}

fn suggest_answered(body: &str) -> Acted {
    let answer: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    for name in ["options", "option_groups"] {
        if let Some(found) = answer.get(name).filter(|found| found.is_array()) {
            return Acted::ok().with(name, found.clone());
        }
    }
    Acted::error("invalid_response")
}
