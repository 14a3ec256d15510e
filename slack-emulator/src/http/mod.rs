//! The HTTP side: Slack's Web API under `/api`, response and upload URLs, the people's API under `/_slack`, and a way to
//! serve them that can drop a connection. Only translation: every decision is made in the workspace.

mod api;
mod connection;
mod people;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;

use crate::emulator::Emulator;
use connection::{Cut, Cuttable};

/// The largest upload, in bytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

impl Emulator {
    /// All routes. Faults that drop a connection need [`Emulator::serve`]; under another server they answer an empty 502.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/api/{method}", any(api::method))
            .route("/response/{id}", post(api::response))
            .route("/upload/v1/{id}", post(api::upload))
            .route("/_slack/state", get(people::state))
            .route("/_slack/channels/{id}/messages", get(people::messages))
            .route("/_slack/channels/{id}/threads/{ts}", get(people::thread))
            .route("/_slack/stream", get(people::stream))
            .route("/_slack/act", post(people::act))
            .route("/_slack/faults", get(people::faults).post(people::fail).delete(people::clear_faults))
            .route("/_slack/log", get(people::log))
            .route("/_slack/files/{id}", get(people::file))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(self.clone())
    }

    /// Serves all routes, and further ones of the embedding program, until the future is dropped. If the settings name no
    /// base URL, it is the listener's address.
    ///
    /// # Errors
    /// If the listener has no address.
    pub async fn serve(&self, listener: TcpListener, further: Router) -> std::io::Result<()> {
        if self.lacks_base_url() {
            self.set_base_url(&format!("http://{}", listener.local_addr()?));
        }
        let app = self.router().merge(further);
        axum::serve(Cuttable(listener), app.into_make_service_with_connect_info::<Cut>()).await
    }
}
