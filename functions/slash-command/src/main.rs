//! The slash command in Lambda: asked by API Gateway.

use shared::lambda::{self, Needs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(Needs::Slack, slash_command::handle).await
}
