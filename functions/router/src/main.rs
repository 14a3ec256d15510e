//! The router in Lambda: asked by the queue `signals`.

use shared::lambda::{self, Needs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::signals(Needs::Nothing, router::handle).await
}
