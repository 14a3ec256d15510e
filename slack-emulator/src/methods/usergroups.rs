//! `usergroups.*`: the groups that people mention together, and who is in them.

use serde_json::{Value, json};

use crate::answer::{Outcome, refuse, reply};
use crate::args::Args;
use crate::state::Usergroup;
use crate::workspace::Workspace;

/// <https://docs.slack.dev/reference/methods/usergroups.list>
pub(crate) fn list(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let groups: Vec<Value> = workspace
        .state
        .usergroups
        .values()
        .map(|group| {
            let mut json = workspace.usergroup_json(group);
            if let (false, Value::Object(fields)) = (args.flag("include_users"), &mut json) {
                fields.remove("users");
            }
            json
        })
        .collect();
    reply([("usergroups", groups.into())])
}

/// <https://docs.slack.dev/reference/methods/usergroups.users.list>
pub(crate) fn users_list(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let id = args.text("usergroup").unwrap_or_default();
    let group = workspace.state.usergroups.get(&id).ok_or_else(|| refuse("no_such_subteam"))?;
    reply([("users", json!(group.users))])
}

/// <https://docs.slack.dev/reference/methods/usergroups.users.update>
pub(crate) fn users_update(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let id = args.text("usergroup").ok_or_else(|| refuse("missing_argument"))?;
    let users = args.list("users");
    if users.is_empty() {
        return Err(refuse("no_users_provided"));
    }
    let real = |user: &String| workspace.state.users.get(user).is_some_and(|person| !person.deleted);
    if !users.iter().all(real) {
        return Err(refuse("invalid_users"));
    }
    // The method's documentation has no name for a group that is not there.
    let group = workspace.state.usergroups.get_mut(&id).ok_or_else(|| refuse("permission_denied"))?;
    group.users = users;
    group.updated = now / 1_000;
    let json = workspace.state.usergroups.get(&id).map(|group| workspace.usergroup_json(group));
    reply([("usergroup", json.into())])
}

impl Workspace {
    fn usergroup_json(&self, group: &Usergroup) -> Value {
        json!({
            "id": group.id, "team_id": self.settings.team_id, "is_usergroup": true, "is_subteam": true,
            "name": group.name, "description": "", "handle": group.handle, "is_external": false,
            "date_create": 0, "date_update": group.updated, "date_delete": 0, "auto_type": null,
            "created_by": self.settings.users.first().map(|person| &person.id), "updated_by": self.bot_user(),
            "deleted_by": null, "prefs": { "channels": [], "groups": [] },
            "users": group.users, "user_count": group.users.len(),
        })
    }
}
