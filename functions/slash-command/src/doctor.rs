//! `doctor`: looks at everything that has to be set up, as far as it can be seen from here, within the three seconds that Slack
//! waits for the answer. What is found is `core::doctor`, how it is said `text::doctor`.

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use shared::core::doctor::{Finding, Membership};
use shared::deps::Deps;
use shared::door;
use shared::slack::blocks::Message;
use shared::slack::client::{Channel, SCOPES};
use shared::slack::error::SlackError;
use shared::slack::sign::TIMESTAMP_HEADER;
use shared::store::StoreError;
use shared::text;

use super::list;

/// How many pages of channels there is time for: a few thousand channels.
const MOST_PAGES: usize = 3;

/// Looks at everything.
pub(crate) async fn doctor(headers: &HeaderMap, deps: &Deps, now: Timestamp) -> Result<Message, StoreError> {
    let mut findings = vec![Finding::Reached];
    findings.extend(skew(headers, now).map(Finding::Skew));
    findings.extend(slack(deps).await);
    findings.push(match deps.queue.dead().await {
        Ok(count) => Finding::DeadLetters(count),
        Err(error) => {
            tracing::warn!(%error, "the doctor cannot see the queues");
            Finding::NoQueues
        }
    });
    findings.push(Finding::Late(list::late(deps, now).await?.posts));
    let config = &deps.config;
    findings.push(Finding::Config { version: config.version.clone(), routes: config.routes.routes.len() });
    let lines =
        [text::doctor::summary(&findings)].into_iter().chain(findings.iter().map(text::doctor::finding));
    Ok(super::lines(lines.collect()))
}

/// How far Slack's clock is ahead, by when it says that it sent the request.
fn skew(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let sent = headers.get(TIMESTAMP_HEADER)?.to_str().ok()?.parse().ok()?;
    Some(Timestamp::from_second(sent).ok()?.duration_since(now))
}

/// The token, its scopes, and the channels that the config names.
async fn slack(deps: &Deps) -> Vec<Finding> {
    let began = door::began();
    let identity = match deps.slack.auth_test().await {
        Ok(identity) => identity,
        Err(SlackError::Auth { code, .. }) => return vec![Finding::NoToken { code }],
        Err(error) => {
            tracing::warn!(%error, "the doctor does not reach Slack");
            return vec![Finding::NoSlack];
        }
    };
    let missing: Vec<String> = SCOPES
        .iter()
        .filter(|scope| !identity.scopes.iter().any(|has| has == *scope))
        .map(ToString::to_string)
        .collect();
    let mut findings = vec![Finding::Token { team: identity.team }, Finding::Scopes { missing }];
    let names = deps.config.routes.channels();
    match channels(&Deps { slack: door::with_the_rest(&deps.slack, began), ..deps.clone() }, &names).await {
        Ok(there) => findings.extend(names.into_iter().map(|name| channel(name, &there))),
        Err(error) => {
            tracing::warn!(%error, "the doctor cannot see the channels");
            findings.push(Finding::NoSlack);
        }
    }
    findings
}

/// The channels that the bot can see, until all of these are among them.
async fn channels(deps: &Deps, names: &[String]) -> Result<Vec<Channel>, SlackError> {
    let (mut there, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = deps.slack.conversations_list(cursor.as_deref()).await?;
        there.extend(page.items);
        cursor = page.next;
        if cursor.is_none() || names.iter().all(|name| there.iter().any(|one| is(one, name))) {
            break;
        }
    }
    Ok(there)
}

fn channel(name: String, there: &[Channel]) -> Finding {
    let is = match there.iter().find(|channel| is(channel, &name)) {
        Some(channel) if channel.is_member => Membership::Inside,
        Some(_) => Membership::CanJoin,
        None => Membership::NotFound,
    };
    Finding::Channel { name, is }
}

fn is(channel: &Channel, name: &str) -> bool {
    channel.id == name || name.strip_prefix('#') == Some(channel.name.as_str())
}
