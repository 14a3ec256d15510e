//! What can be wrong with an installation, as far as it can find out itself. Whoever looks is the slash-command function; `text`
//! says each finding with its remedy.

use jiff::SignedDuration;

/// How far Slack's clock and ours may be apart: at five minutes Slack's requests are refused.
pub const MOST_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The request came in and its signature is Slack's.
    Reached,
    /// How far Slack's clock is ahead of ours, or behind it.
    Skew(SignedDuration),
    /// The bot token is good, in this workspace.
    Token {
        /// The workspace's name.
        team: String,
    },
    /// Slack refuses the bot token.
    NoToken {
        /// Slack's code.
        code: String,
    },
    /// Slack does not answer, or in no time.
    NoSlack,
    /// The token's scopes: those that are needed and missing.
    Scopes {
        /// None if all is well.
        missing: Vec<String>,
    },
    /// A channel that the config names.
    Channel {
        /// Its name.
        name: String,
        /// What about it.
        is: Membership,
    },
    /// Messages that failed too often.
    DeadLetters(usize),
    /// The queues do not say.
    NoQueues,
    /// Posts that should have been shown.
    Late(usize),
    /// The config that decides.
    Config {
        /// Tells one config from another.
        version: String,
        /// How many routes it has.
        routes: usize,
    },
}

/// Whether the bot can post somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It is in.
    Inside,
    /// It is not, and joins when there is something to post: everybody may.
    CanJoin,
    /// There is none that the bot can see.
    NotFound,
}

impl Finding {
    /// Whether nothing has to be done about it.
    pub fn is_well(&self) -> bool {
        match self {
            Finding::Reached | Finding::Token { .. } | Finding::Config { .. } => true,
            Finding::Skew(by) => by.abs() <= MOST_SKEW,
            Finding::NoToken { .. } | Finding::NoSlack | Finding::NoQueues => false,
            Finding::Scopes { missing } => missing.is_empty(),
            Finding::Channel { is, .. } => *is != Membership::NotFound,
            Finding::DeadLetters(count) | Finding::Late(count) => *count == 0,
        }
    }
}
