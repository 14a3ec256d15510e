//! Clicks and forms in Lambda: asked by API Gateway.

use shared::lambda::{self, Needs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(Needs::Slack, interaction::handle).await
}
