//! What the doctor says: each finding in a line, and what is not well with its remedy.

use jiff::SignedDuration;

use super::how_long;
use crate::core::doctor::{Finding, Membership};
use crate::slack::escape::Mrkdwn;

/// How all of it is, in one line.
pub fn summary(findings: &[Finding]) -> Mrkdwn {
    match findings.iter().filter(|finding| !finding.is_well()).count() {
        0 => Mrkdwn::ours(":white_check_mark: All is well."),
        1 => Mrkdwn::ours(":warning: One thing has to be mended."),
        more => Mrkdwn::escape(&format!(":warning: {more} things have to be mended.")),
    }
}

/// One finding.
pub fn finding(finding: &Finding) -> Mrkdwn {
    let sign = Mrkdwn::ours(if finding.is_well() { "✓ " } else { "✗ " });
    sign + match finding {
        Finding::Reached => Mrkdwn::ours("Slack reaches Callboard, and the signing secret is right."),
        Finding::Skew(by) if finding.is_well() => clock(*by),
        Finding::Skew(by) => {
            clock(*by) + " At five minutes requests are refused: set the clock of whoever sent this."
        }
        Finding::Token { team } => Mrkdwn::ours("The bot token is good, in ") + Mrkdwn::escape(team) + ".",
        Finding::NoToken { code } => {
            Mrkdwn::ours("Slack refuses the bot token (")
                + Mrkdwn::code(code)
                + "). Install the app in the workspace again, and put its token: "
                + Mrkdwn::code("deploy/put-secrets")
                + "."
        }
        Finding::NoSlack => Mrkdwn::ours("Slack does not answer. Try again in a moment."),
        Finding::Scopes { missing } if missing.is_empty() => {
            Mrkdwn::ours("The token has all scopes that are needed.")
        }
        Finding::Scopes { missing } => {
            let scopes = missing.iter().map(|scope| Mrkdwn::code(scope));
            Mrkdwn::ours("The token lacks ")
                + Mrkdwn::join(scopes, ", ")
                + ". Add that under “OAuth & Permissions” and install the app again."
        }
        Finding::Channel { name, is } => {
            let channel = Mrkdwn::escape(name);
            match is {
                Membership::Inside => channel + ": the bot is in.",
                Membership::CanJoin => channel + ": the bot joins when there is something to post.",
                Membership::NotFound => {
                    channel
                        + ": no such channel, or a private one. Make it, or type /invite and the bot's name there."
                }
            }
        }
        Finding::DeadLetters(0) => Mrkdwn::ours("The dead-letter queues are empty."),
        Finding::DeadLetters(count) => {
            let are = if *count == 1 { "message waits" } else { "messages wait" };
            Mrkdwn::escape(&format!(
                "{count} {are} in the dead-letter queues. The log says why; when that is mended, start the redrive of the queue."
            ))
        }
        Finding::NoQueues => Mrkdwn::ours("The queues do not answer. Look at the function's log."),
        Finding::Late(0) => Mrkdwn::ours("Slack shows all that it should."),
        Finding::Late(count) => Mrkdwn::escape(&format!(
            "{count} posts are late in Slack. Callboard keeps trying; the courier's log says why."
        )),
        Finding::Config { version, routes } => {
            Mrkdwn::ours("Config ") + Mrkdwn::code(version) + Mrkdwn::escape(&format!(", {routes} routes."))
        }
    }
}

fn clock(by: SignedDuration) -> Mrkdwn {
    let side = if by.is_negative() { "behind" } else { "ahead of" };
    Mrkdwn::escape(&format!("Slack's clock is {} {side} ours.", how_long(by.abs())))
}
