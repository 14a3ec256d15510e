//! Modals and the app's home: `views.*`. A trigger lives three seconds and opens one modal: open first, fill in later.
//!
//! Contract: <https://docs.slack.dev/reference/methods/views.open>

use serde::Deserialize;
use serde_json::{Value, json};

use super::Client;
use crate::slack::blocks::View;
use crate::slack::error::SlackError;

/// A modal that somebody has before them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OpenView {
    /// For [`Client::views_update`].
    pub id: String,
}

#[derive(Deserialize)]
struct One {
    view: OpenView,
}

impl Client {
    /// Opens a modal for the person whose trigger this is. Too late is [`SlackError::TooLate`].
    pub async fn views_open(&self, trigger_id: &str, view: &View) -> Result<OpenView, SlackError> {
        Ok(self.json::<One>("views.open", &json!({ "trigger_id": trigger_id, "view": view })).await?.view)
    }

    /// Opens a modal over another; at most three lie on each other.
    pub async fn views_push(&self, trigger_id: &str, view: &View) -> Result<OpenView, SlackError> {
        Ok(self.json::<One>("views.push", &json!({ "trigger_id": trigger_id, "view": view })).await?.view)
    }

    /// Replaces what an open modal shows.
    pub async fn views_update(&self, view_id: &str, view: &View) -> Result<OpenView, SlackError> {
        Ok(self.json::<One>("views.update", &json!({ "view_id": view_id, "view": view })).await?.view)
    }

    /// Replaces what one person's home tab shows.
    pub async fn views_publish(&self, user: &str, view: &View) -> Result<(), SlackError> {
        self.json::<Value>("views.publish", &json!({ "user_id": user, "view": view })).await.map(drop)
    }
}
