//! A workspace on a port of this machine: `cargo run -p slack-emulator --example serve -- 127.0.0.1:4010`. The app's base
//! URL is then `http://127.0.0.1:4010/api/`, its token `xoxb-emulator`; with a second argument, requests to the app go to
//! `<second argument>/commands`, `/interactions` and `/events`.

use std::sync::Arc;

use slack_emulator::{AppUrls, Emulator, Settings, SystemClock};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:4010".to_owned());
    let app_urls = match arguments.next() {
        None => AppUrls::default(),
        Some(app) => AppUrls {
            commands: Some(format!("{app}/commands")),
            interactions: Some(format!("{app}/interactions")),
            events: Some(format!("{app}/events")),
        },
    };
    let listener = tokio::net::TcpListener::bind(&address).await?;
    let slack = Emulator::new(Settings { app_urls, ..Settings::default() }, Arc::new(SystemClock));
    slack.spawn();
    slack.serve(listener, axum::Router::new()).await
}
