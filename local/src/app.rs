//! The Slack app that is installed here is the one that a team installs: its name, command, events and scopes are those of
//! slack-manifest.yaml, so what works on a laptop works with what the app may do in a real workspace, too. People, channels
//! and addresses are the world's.

use serde::Deserialize;
use slack_emulator::{Settings, SlashCommand};

use crate::Trouble;

const MANIFEST: &str = include_str!("../../slack-manifest.yaml");

#[derive(Deserialize)]
struct Manifest {
    display_information: Display,
    features: Features,
    oauth_config: OAuth,
    settings: Rest,
}

#[derive(Deserialize)]
struct Display {
    name: String,
}

#[derive(Deserialize)]
struct Features {
    slash_commands: Vec<Command>,
}

#[derive(Deserialize)]
struct Command {
    description: String,
    usage_hint: String,
}

#[derive(Deserialize)]
struct OAuth {
    scopes: Scopes,
}

#[derive(Deserialize)]
struct Scopes {
    bot: Vec<String>,
}

#[derive(Deserialize)]
struct Rest {
    event_subscriptions: Events,
}

#[derive(Deserialize)]
struct Events {
    bot_events: Vec<String>,
}

/// A workspace with the app in it; the slash command is called as the config says.
///
/// # Errors
/// The manifest is no such thing; a test holds that it is.
pub(crate) fn installed(command: &str) -> Result<Settings, Trouble> {
    let manifest: Manifest = serde_saphyr::from_str(MANIFEST)
        .map_err(|error| Trouble::because("slack-manifest.yaml cannot be read", error))?;
    let mut settings = Settings::default();
    settings.app.name = manifest.display_information.name;
    settings.commands = manifest
        .features
        .slash_commands
        .into_iter()
        .map(|Command { description, usage_hint }| SlashCommand {
            name: command.to_owned(),
            description,
            usage_hint,
        })
        .collect();
    settings.events = manifest.settings.event_subscriptions.bot_events;
    settings.scopes = manifest.oauth_config.scopes.bot;
    Ok(settings)
}
