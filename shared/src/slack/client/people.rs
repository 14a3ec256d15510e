//! Who is who: `auth.test`, `users.info`, `usergroups.users.list`.
//!
//! Contract: <https://docs.slack.dev/reference/methods/users.info>

use serde::Deserialize;
use serde_json::json;

use super::Client;
use crate::slack::error::SlackError;

/// Who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// The workspace.
    pub team_id: String,
    /// The workspace's name.
    pub team: String,
    /// Our bot's user id: what our own messages and reactions carry.
    pub user_id: String,
    /// Our bot's id.
    pub bot_id: String,
    /// The workspace's address.
    pub url: String,
    /// What the token may do; a header says it.
    #[serde(skip)]
    pub scopes: Vec<String>,
}

/// A person, or a bot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct User {
    /// Slack's id, which never changes.
    pub id: String,
    /// A short name that can change.
    pub name: String,
    /// First and last name.
    pub real_name: String,
    /// Their time zone, by IANA name.
    pub tz: Option<String>,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Whether they have left.
    pub deleted: bool,
}

#[derive(Deserialize)]
struct OneUser {
    user: User,
}

#[derive(Deserialize)]
struct Members {
    users: Vec<String>,
}

impl Client {
    /// Whether the token is good, whose it is, and what it may do
    /// (<https://docs.slack.dev/reference/methods/auth.test>).
    pub async fn auth_test(&self) -> Result<Identity, SlackError> {
        let (identity, scopes) = self.with_scopes("auth.test", &json!({})).await?;
        Ok(Identity { scopes, ..identity })
    }

    /// Who somebody is.
    pub async fn users_info(&self, user: &str) -> Result<User, SlackError> {
        Ok(self.form::<OneUser>("users.info", &[("user", Some(user))]).await?.user)
    }

    /// The ids of those in a user group.
    pub async fn usergroups_users_list(&self, usergroup: &str) -> Result<Vec<String>, SlackError> {
        Ok(self.form::<Members>("usergroups.users.list", &[("usergroup", Some(usergroup))]).await?.users)
    }
}
