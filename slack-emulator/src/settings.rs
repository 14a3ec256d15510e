//! What the embedding program decides about the workspace: its people, channels, the app's name, token, secret and
//! addresses. `Default` is a small workspace called Acme. What happens later (messages, who joined) is state, not settings.

use std::fmt;

/// Everything that is fixed when the workspace is made.
#[derive(Clone)]
pub struct Settings {
    /// Workspace id, `T...`.
    pub team_id: String,
    /// Workspace name; its lower-case form is the domain.
    pub team_name: String,
    /// The app that is installed.
    pub app: App,
    /// The token that the Web API accepts (`xoxb-...`). Never logged.
    pub bot_token: String,
    /// The secret with which requests to the app are signed. Never logged.
    pub signing_secret: String,
    /// Where the app listens.
    pub app_urls: AppUrls,
    /// Slash commands of the app.
    pub commands: Vec<SlashCommand>,
    /// The people, without the bot.
    pub users: Vec<Person>,
    /// Channels at the start; every person and the bot are members.
    pub channels: Vec<ChannelSetting>,
    /// User groups at the start.
    pub usergroups: Vec<UsergroupSetting>,
    /// Event types that the app subscribed to, by the names of
    /// <https://docs.slack.dev/reference/events> (`message.channels`, `reaction_added`, ...).
    pub events: Vec<String>,
    /// OAuth scopes that the token has.
    pub scopes: Vec<String>,
    /// The address under which this server can be reached (`http://127.0.0.1:3000`, no slash at the end), for response
    /// and upload URLs. `None`: taken from the listener by `Emulator::serve`.
    pub base_url: Option<String>,
    /// Whether rate limits are kept (they are, at Slack).
    pub rate_limits: bool,
    /// How long an upload is looked through before a block can show it, in milliseconds of the workspace's clock; some
    /// seconds at Slack, at once by default.
    pub file_scan_ms: i64,
    /// How long the app may take to answer, in milliseconds of real time; 3,000 at Slack.
    pub app_timeout_ms: u64,
}

/// The installed app and its bot user.
#[derive(Debug, Clone)]
pub struct App {
    /// App id, `A...`.
    pub id: String,
    /// The bot user's id, `U...`.
    pub user_id: String,
    /// Bot id, `B...`.
    pub bot_id: String,
    /// Name that people see.
    pub name: String,
}

/// The app's request URLs; what has none is not sent.
#[derive(Debug, Clone, Default)]
pub struct AppUrls {
    /// For slash commands.
    pub commands: Option<String>,
    /// For buttons, selects and modals.
    pub interactions: Option<String>,
    /// For the Events API.
    pub events: Option<String>,
}

/// A slash command of the app.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SlashCommand {
    /// With the slash: `/deploy`.
    pub name: String,
    /// One line.
    pub description: String,
    /// What follows the name: `[service] [version]`.
    pub usage_hint: String,
}

/// A member of the workspace.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Person {
    /// `U...`
    pub id: String,
    /// Handle, lower case.
    pub name: String,
    /// Name as people read it.
    pub real_name: String,
    /// E-mail address.
    pub email: String,
    /// IANA time zone.
    pub tz: String,
    /// Colour of the avatar, six hex digits.
    pub color: String,
    /// Whether it is the bot.
    pub is_bot: bool,
    /// Whether the account is deactivated.
    pub deleted: bool,
}

impl Person {
    /// A person with the e-mail address `<handle>@example.com`, in UTC.
    pub fn new(id: &str, real_name: &str, color: &str) -> Self {
        let name = real_name.to_lowercase();
        Self {
            id: id.into(),
            email: format!("{name}@example.com"),
            name,
            real_name: real_name.into(),
            tz: "Etc/UTC".into(),
            color: color.into(),
            is_bot: false,
            deleted: false,
        }
    }
}

/// A channel at the start.
#[derive(Debug, Clone)]
pub struct ChannelSetting {
    /// `C...`
    pub id: String,
    /// Without `#`.
    pub name: String,
    /// One line under the name.
    pub topic: String,
    /// Whether only members see it.
    pub is_private: bool,
}

impl ChannelSetting {
    /// A public channel.
    pub fn new(id: &str, name: &str, topic: &str) -> Self {
        Self { id: id.into(), name: name.into(), topic: topic.into(), is_private: false }
    }
}

/// A user group at the start.
#[derive(Debug, Clone)]
pub struct UsergroupSetting {
    /// `S...`
    pub id: String,
    /// What people type after `@`.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// User ids.
    pub users: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            team_id: "T01ACME".into(),
            team_name: "Acme".into(),
            app: App {
                id: "A0APP".into(),
                user_id: "U0BOT".into(),
                bot_id: "B0BOT".into(),
                name: "Bot".into(),
            },
            bot_token: "xoxb-emulator".into(),
            signing_secret: "emulator-signing-secret".into(),
            app_urls: AppUrls::default(),
            commands: Vec::new(),
            users: vec![
                Person::new("U01ANA", "Ana", "c2417c"),
                Person::new("U02BEN", "Ben", "2f6fab"),
                Person::new("U03CHI", "Chi", "3b8c5a"),
            ],
            channels: vec![
                ChannelSetting::new("C01ALERTS", "alerts", "What went wrong"),
                ChannelSetting::new("C02OPS", "ops", "Running things"),
                ChannelSetting::new("C03DEPLOYS", "deploys", "What went out"),
                ChannelSetting::new("C04PAYMENTS", "payments-oncall", "Payments, whoever is on call"),
                ChannelSetting::new("C05GENERAL", "general", "Everybody"),
            ],
            usergroups: vec![UsergroupSetting {
                id: "S01ONCALL".into(),
                handle: "payments-oncall".into(),
                name: "Payments on call".into(),
                users: vec!["U01ANA".into()],
            }],
            events: ["app_home_opened", "app_mention", "message.channels", "message.groups", "message.im"]
                .into_iter()
                .chain(["reaction_added", "reaction_removed"])
                .map(String::from)
                .collect(),
            scopes: crate::catalog::all_scopes(),
            base_url: None,
            rate_limits: true,
            file_scan_ms: 0,
            app_timeout_ms: 3_000,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("team_id", &self.team_id)
            .field("team_name", &self.team_name)
            .field("app", &self.app)
            .field("app_urls", &self.app_urls)
            .finish_non_exhaustive()
    }
}
