//! The notifier in Lambda: asked by the schedule, every minute.

use shared::lambda::{self, Needs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::ticks(Needs::Token, notifier::tick).await
}
