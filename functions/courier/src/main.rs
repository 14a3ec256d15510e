//! The courier in Lambda: asked by the queue `wakes`.

use shared::lambda::{self, Needs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::wakes(Needs::Token, courier::handle).await
}
