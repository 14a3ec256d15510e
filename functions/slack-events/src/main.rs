//! Slack's events in Lambda: asked by API Gateway.

use shared::lambda::{self, Needs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(Needs::Slack, slack_events::handle).await
}
