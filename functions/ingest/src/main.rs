//! Ingest in Lambda: asked by API Gateway, and by whatever else may invoke it.

use shared::lambda::{self, Needs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http_and_events(Needs::Sources, ingest::handle, ingest::handle_event).await
}
