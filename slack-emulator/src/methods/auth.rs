//! `auth.test` and `api.test`: whose token is this, and does anybody answer.

use serde_json::{Map, json};

use crate::answer::{Outcome, reply};
use crate::args::Args;
use crate::workspace::Workspace;

/// <https://docs.slack.dev/reference/methods/auth.test>
pub(crate) fn test(workspace: &mut Workspace, _: &Args, _: i64) -> Outcome {
    let settings = &workspace.settings;
    reply([
        ("url", format!("https://{}.slack.com/", workspace.domain()).into()),
        ("team", settings.team_name.clone().into()),
        ("user", settings.app.name.to_lowercase().into()),
        ("team_id", settings.team_id.clone().into()),
        ("user_id", settings.app.user_id.clone().into()),
        ("bot_id", settings.app.bot_id.clone().into()),
        ("is_enterprise_install", json!(false)),
    ])
}

/// <https://docs.slack.dev/reference/methods/api.test>
pub(crate) fn api_test(_: &mut Workspace, _: &Args, _: i64) -> Outcome {
    Ok(Map::new())
}
