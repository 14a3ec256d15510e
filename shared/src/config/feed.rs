//! `feeds:` of the config: what it may say, whether it makes sense, and the compiled form. What an address leads to is judged when
//! it is asked.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use url::Url;

use super::fault::Fault;
use crate::sources::is_name;

/// The most feeds of a config: what one request of the store reads.
const MOST: usize = 100;

/// How often a feed may be polled.
const OFTEN: SignedDuration = SignedDuration::from_mins(1);
const SELDOM: SignedDuration = SignedDuration::from_hours(24);

/// One feed of the file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FeedRules {
    /// Its name, for routes.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// How often it is polled.
    #[serde(default = "quarter_of_an_hour")]
    pub every: SignedDuration,
}

/// A feed, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its name, for routes.
    pub name: String,
    /// Where it is.
    pub url: Url,
    /// How often it is polled.
    pub every: SignedDuration,
}

fn quarter_of_an_hour() -> SignedDuration {
    SignedDuration::from_mins(15)
}

/// Compiles the feeds of a file.
pub(super) fn compile(rules: &[FeedRules], faults: &mut Vec<Fault>) -> Vec<Feed> {
    let mut feeds: Vec<Feed> = Vec::new();
    for (position, rules) in rules.iter().enumerate() {
        let path = format!("feeds[{position}]");
        if !is_name(&rules.name) {
            let fault = Fault::at(format!("{path}.name"), "this is no name of a feed");
            faults.push(
                fault.with_remedy("up to 64 small letters, digits and hyphens, such as `github-status`"),
            );
        }
        if feeds.iter().any(|known| known.name == rules.name) {
            let message = format!("there is a feed \"{}\" already", rules.name);
            faults.push(Fault::at(format!("{path}.name"), message).with_remedy("give it a name of its own"));
        }
        if rules.every < OFTEN || rules.every > SELDOM {
            let fault = Fault::at(format!("{path}.every"), "a feed is read every 1m to 24h");
            faults.push(fault.with_remedy("such as 15m or 1h"));
        }
        match address(&rules.url) {
            Ok(url) => feeds.push(Feed { name: rules.name.clone(), url, every: rules.every }),
            Err((message, remedy)) => {
                faults.push(Fault::at(format!("{path}.url"), message).with_remedy(remedy));
            }
        }
    }
    if rules.len() > MOST {
        let message = format!("there are {} feeds, and {MOST} at most are read", rules.len());
        faults.push(Fault::at(format!("feeds[{MOST}]"), message).with_remedy("leave some out"));
    }
    feeds
}

fn address(url: &str) -> Result<Url, (&'static str, &'static str)> {
    let example = "such as https://www.githubstatus.com/history.atom";
    let url = Url::parse(url).map_err(|_| ("this is no address", example))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(("only http and https addresses are read", example));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let remedy = "secrets do not stand in this file: take what is before the @ away";
        return Err(("a feed is read without a name and a password", remedy));
    }
    Ok(url)
}
