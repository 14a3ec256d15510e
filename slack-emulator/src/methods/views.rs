//! `views.*`: modals and the app's home. A modal needs a trigger, which lives three seconds and opens one view; at most
//! three stand on top of each other. <https://docs.slack.dev/surfaces/modals>

use serde_json::{Map, Value, json};

use crate::answer::{Outcome, Refusal, refuse, reply};
use crate::args::Args;
use crate::blocks::{self, fill_ids};
use crate::read;
use crate::state::Modal;
use crate::workspace::Workspace;

const LARGEST: usize = 250_000;
const STACK: usize = 3;

/// <https://docs.slack.dev/reference/methods/views.open>
pub(crate) fn open(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let view = read_view(workspace, args, "modal", None)?;
    let user = exchange(workspace, args, now)?;
    workspace.state.modals.remove(&user);
    let json = workspace.show(&user, view, now);
    reply([("view", json)])
}

/// <https://docs.slack.dev/reference/methods/views.push>
pub(crate) fn push(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let view = read_view(workspace, args, "modal", None)?;
    let user = exchange(workspace, args, now)?;
    match workspace.state.modals.get(&user).map_or(0, Vec::len) {
        0 => return Err(refuse("not_found")),
        STACK.. => return Err(refuse("push_limit_reached")),
        _ => {}
    }
    let json = workspace.show(&user, view, now);
    reply([("view", json)])
}

/// <https://docs.slack.dev/reference/methods/views.update>
pub(crate) fn update(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let wanted = args.text("view_id");
    let external = args.text("external_id");
    let meant = |modal: &&Modal| match (&wanted, &external) {
        (Some(id), _) => modal.id == *id,
        (None, Some(external)) => read::text(&modal.view, "external_id") == Some(external),
        (None, None) => false,
    };
    let mut open = workspace.state.modals.values().flatten();
    let found = open.find(meant).ok_or_else(|| refuse("not_found"))?;
    let id = found.id.clone();
    if args.text("hash").is_some_and(|hash| read::text(&found.view, "hash") != Some(&hash)) {
        return Err(refuse("hash_conflict"));
    }
    let view = read_view(workspace, args, "modal", Some(&id))?;
    let json = workspace.replace(&id, view, now);
    reply([("view", json.into())])
}

/// <https://docs.slack.dev/reference/methods/views.publish>
pub(crate) fn publish(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let user = args.text("user_id").unwrap_or_default();
    if workspace.state.users.get(&user).is_none_or(|person| person.is_bot) {
        return Err(refuse("invalid_arguments").because(&["invalid `user_id`".into()]));
    }
    let view = read_view(workspace, args, "home", None)?;
    let current = workspace.state.homes.get(&user);
    if args
        .text("hash")
        .is_some_and(|hash| current.is_some_and(|view| read::text(view, "hash") != Some(&hash)))
    {
        return Err(refuse("hash_conflict"));
    }
    let id = current.and_then(|view| view["id"].as_str()).map(String::from);
    let id = id.unwrap_or_else(|| workspace.next_id("V"));
    let json = workspace.dress(view, &id, &id, None, now);
    workspace.state.homes.insert(user, json.clone());
    reply([("view", json)])
}

/// The view argument, judged. `replaces`: the id of the view that may keep its external id.
fn read_view(
    workspace: &Workspace,
    args: &Args,
    kind: &str,
    replaces: Option<&str>,
) -> Result<Map<String, Value>, Refusal> {
    let invalid = |messages: &[String]| refuse("invalid_arguments").because(messages);
    let Ok(Some(Value::Object(view))) = args.json("view") else {
        return Err(invalid(&["missing required field: view".into()]));
    };
    let value = Value::Object(view);
    if value.to_string().len() > LARGEST {
        return Err(refuse("view_too_large"));
    }
    let messages = view_faults(&value, kind);
    if !messages.is_empty() {
        return Err(invalid(&messages));
    }
    if let Some(external) = read::text(&value, "external_id").filter(|id| !id.is_empty()) {
        let mut open = workspace.state.modals.values().flatten();
        if open.any(|modal| {
            read::text(&modal.view, "external_id") == Some(external) && Some(modal.id.as_str()) != replaces
        }) {
            return Err(refuse("duplicate_external_id"));
        }
    }
    match value {
        Value::Object(view) => Ok(view),
        _ => Err(invalid(&[])),
    }
}

/// What is wrong with a view, as `response_metadata.messages` says it.
pub(crate) fn view_faults(view: &Value, kind: &str) -> Vec<String> {
    if view["type"] != kind {
        return vec![format!("[ERROR] unsupported type: {} [json-pointer:/view/type]", view["type"])];
    }
    let faults = blocks::check_view(view);
    faults.iter().map(|f| format!("[ERROR] {} [json-pointer:/view{}]", f.message, f.pointer)).collect()
}

/// Uses up the trigger of the call and returns whose it is.
fn exchange(workspace: &mut Workspace, args: &Args, now: i64) -> Result<String, Refusal> {
    let id = args.text("trigger_id").or_else(|| args.text("interactivity_pointer")).unwrap_or_default();
    let trigger = workspace.state.triggers.get_mut(&id).ok_or_else(|| refuse("invalid_trigger_id"))?;
    if trigger.used {
        return Err(refuse("exchanged_trigger_id"));
    }
    if now > trigger.expires_ms {
        return Err(refuse("expired_trigger_id"));
    }
    trigger.used = true;
    Ok(trigger.user.clone())
}

impl Workspace {
    /// Puts a modal on top of a person's stack and returns it as the app sees it.
    pub(crate) fn show(&mut self, user: &str, view: Map<String, Value>, now: i64) -> Value {
        let id = self.next_id("V");
        let stack = self.state.modals.get(user).map(Vec::as_slice).unwrap_or_default();
        let root = stack.first().map_or_else(|| id.clone(), |modal| modal.id.clone());
        let previous = stack.last().map(|modal| modal.id.clone());
        let notify_on_close = view.get("notify_on_close") == Some(&Value::Bool(true));
        let json = self.dress(view, &id, &root, previous.as_deref(), now);
        let modal =
            Modal { id, view: json.clone(), values: Map::new(), errors: Default::default(), notify_on_close };
        self.state.modals.entry(user.to_owned()).or_default().push(modal);
        json
    }

    /// Gives an open modal a new view; what was typed into inputs that are still there stays.
    pub(crate) fn replace(&mut self, id: &str, view: Map<String, Value>, now: i64) -> Option<Value> {
        let old = self.state.modals.values().flatten().find(|modal| modal.id == id)?;
        let root = read::text(&old.view, "root_view_id").unwrap_or(id).to_owned();
        let previous = read::text(&old.view, "previous_view_id").map(String::from);
        let notify_on_close = view.get("notify_on_close") == Some(&Value::Bool(true));
        let json = self.dress(view, id, &root, previous.as_deref(), now);
        let kept: Vec<String> = block_ids(&json);
        let modal = self.state.modals.values_mut().flatten().find(|modal| modal.id == id)?;
        modal.view = json.clone();
        modal.notify_on_close = notify_on_close;
        modal.errors.clear();
        modal.values.retain(|block, _| kept.contains(block));
        Some(json)
    }

    /// Adds what Slack adds to a view.
    fn dress(
        &mut self,
        mut view: Map<String, Value>,
        id: &str,
        root: &str,
        previous: Option<&str>,
        now: i64,
    ) -> Value {
        if let Some(Value::Array(blocks)) = view.remove("blocks") {
            view.insert("blocks".into(), fill_ids(blocks, || self.next_short_id()).into());
        }
        let hash = format!("{}.{}", now / 1_000, self.next_short_id().to_lowercase());
        for name in ["private_metadata", "callback_id", "external_id"] {
            view.entry(name).or_insert_with(|| "".into());
        }
        for name in ["clear_on_close", "notify_on_close"] {
            view.entry(name).or_insert(Value::Bool(false));
        }
        for name in ["close", "submit"] {
            view.entry(name).or_insert(Value::Null);
        }
        let settings = &self.settings;
        let added = json!({
            "id": id, "team_id": settings.team_id, "app_id": settings.app.id, "bot_id": settings.app.bot_id,
            "app_installed_team_id": settings.team_id, "root_view_id": root, "previous_view_id": previous,
            "hash": hash, "state": { "values": {} },
        });
        if let Value::Object(added) = added {
            view.extend(added);
        }
        Value::Object(view)
    }
}

fn block_ids(view: &Value) -> Vec<String> {
    let blocks = view["blocks"].as_array().into_iter().flatten();
    blocks.filter_map(|block| block["block_id"].as_str().map(String::from)).collect()
}
