//! `users.*`: who is in the workspace.

use serde_json::{Value, json};

use super::page;
use crate::answer::{Outcome, refuse, reply};
use crate::args::Args;
use crate::settings::Person;
use crate::workspace::Workspace;

/// <https://docs.slack.dev/reference/methods/users.info>
pub(crate) fn info(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let id = args.text("user").unwrap_or_default();
    let person = workspace.state.users.get(&id).ok_or_else(|| refuse("user_not_found"))?;
    reply([("user", workspace.user_json(person))])
}

/// <https://docs.slack.dev/reference/methods/users.list>
pub(crate) fn list(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let members: Vec<Value> =
        workspace.state.users.values().map(|person| workspace.user_json(person)).collect();
    let limit = args.whole("limit").unwrap_or(1_000).clamp(1, 1_000);
    let (members, next) =
        page(members, args.text("cursor").as_deref(), limit).map_err(|_| refuse("invalid_cursor"))?;
    reply([
        ("members", members.into()),
        ("cache_ts", json!(now / 1_000)),
        ("response_metadata", json!({ "next_cursor": next })),
    ])
}

/// <https://docs.slack.dev/reference/methods/users.lookupByEmail>
pub(crate) fn by_email(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let email = args.text("email").unwrap_or_default().to_lowercase();
    let person = workspace.state.users.values().find(|p| !p.deleted && !email.is_empty() && p.email == email);
    let person = person.ok_or_else(|| refuse("users_not_found"))?;
    reply([("user", workspace.user_json(person))])
}

impl Workspace {
    /// A member as the API shows it; the e-mail address only with the scope `users:read.email`.
    pub(crate) fn user_json(&self, person: &Person) -> Value {
        let mut profile = json!({
            "real_name": person.real_name, "real_name_normalized": person.real_name,
            "display_name": person.name, "display_name_normalized": person.name,
            "status_text": "", "status_emoji": "", "team": self.settings.team_id,
        });
        if let Value::Object(fields) = &mut profile {
            if person.is_bot {
                fields.insert("bot_id".into(), self.settings.app.bot_id.clone().into());
                fields.insert("api_app_id".into(), self.settings.app.id.clone().into());
            } else if self.has_scope("users:read.email") {
                fields.insert("email".into(), person.email.clone().into());
            }
        }
        json!({
            "id": person.id, "team_id": self.settings.team_id, "name": person.name, "deleted": person.deleted,
            "color": person.color, "real_name": person.real_name, "tz": person.tz, "tz_label": person.tz,
            "tz_offset": 0, "profile": profile, "is_admin": false, "is_owner": false, "is_primary_owner": false,
            "is_restricted": false, "is_ultra_restricted": false, "is_bot": person.is_bot, "is_app_user": false,
            "updated": 0,
        })
    }
}
