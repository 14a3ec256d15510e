//! A workspace on a port of this machine:
//! `cargo run -p slack-emulator --example serve -- 127.0.0.1:4010 http://127.0.0.1:3000/slack/events /deploy`.
//! The Web API is then at `http://127.0.0.1:4010/api/`, the token is `xoxb-emulator`. The second argument is the app's
//! request URL, for commands, interactions and events alike; what follows are its slash commands.

use std::sync::Arc;

use slack_emulator::{AppUrls, Emulator, Settings, SlashCommand, SystemClock};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:4010".to_owned());
    let url = arguments.next();
    let command = |name| SlashCommand { name, description: String::new(), usage_hint: String::new() };
    let settings = Settings {
        app_urls: AppUrls { commands: url.clone(), interactions: url.clone(), events: url },
        commands: arguments.map(command).collect(),
        ..Settings::default()
    };
    let listener = tokio::net::TcpListener::bind(&address).await?;
    let slack = Emulator::new(settings, Arc::new(SystemClock));
    slack.spawn();
    slack.serve(listener, axum::Router::new()).await
}
