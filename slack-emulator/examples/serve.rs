//! A workspace on a port of this machine:
//! `cargo run -p slack-emulator --example serve -- 127.0.0.1:4010 http://127.0.0.1:3000/slack/events /deploy`.
//! The Web API is then at `http://127.0.0.1:4010/api/`, the token is `xoxb-emulator`. The second argument is the app's
//! request URL, for commands, interactions and events alike; what follows are its slash commands. Port 0 takes a free one,
//! and the address is printed. `--no-rate-limits`, anywhere, lets calls come as fast as they like; `--without=SCOPE` takes
//! a scope from the token.

use std::io::Write;
use std::sync::Arc;

use slack_emulator::{AppUrls, Emulator, Settings, SlashCommand, SystemClock};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (options, arguments): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let mut arguments = arguments.into_iter();
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:4010".to_owned());
    let url = arguments.next();
    let command = |name| SlashCommand { name, description: String::new(), usage_hint: String::new() };
    let mut settings = Settings {
        app_urls: AppUrls { commands: url.clone(), interactions: url.clone(), events: url },
        commands: arguments.map(command).collect(),
        ..Settings::default()
    };
    for option in options {
        match option.split_once('=') {
            None if option == "--no-rate-limits" => settings.rate_limits = false,
            Some(("--without", scope)) => settings.scopes.retain(|granted| granted != scope),
            _ => return Err(std::io::Error::other(format!("there is no option {option}"))),
        }
    }
    let listener = tokio::net::TcpListener::bind(&address).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    let slack = Emulator::new(settings, Arc::new(SystemClock));
    slack.spawn();
    slack.serve(listener, axum::Router::new()).await
}
