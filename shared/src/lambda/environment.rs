//! What the environment says. The only place of the deployment that reads it, so that a function's needs can be seen at once.

use std::env;

use secrecy::SecretString;
use url::Url;

/// Slack's Web API.
const SLACK: &str = "https://slack.com/";

/// Of the environment's values, those that are ours.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) table: String,
    pub(super) signals_url: String,
    pub(super) wakes_url: String,
    /// Of the functions that may look at them.
    pub(super) dead_urls: Vec<String>,
    /// Of the function that may read messages.
    pub(super) mail_bucket: Option<String>,
    pub(super) secrets_prefix: String,
    pub(super) slack_url: Url,
}

/// Who we are in AWS, as Lambda says it.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) region: String,
    pub(super) key_id: String,
    pub(super) secret_key: SecretString,
    pub(super) session: Option<SecretString>,
    /// An emulator of AWS, for all its services.
    pub(super) endpoint: Option<String>,
}

/// A value is missing or is none. Names it, and quotes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {fault}")]
pub(super) struct BadEnvironment {
    name: &'static str,
    fault: &'static str,
}

impl Settings {
    /// What this process was started with.
    pub(super) fn read() -> Result<Self, BadEnvironment> {
        Self::of(variable)
    }

    fn of(value: impl Fn(&str) -> Option<String>) -> Result<Self, BadEnvironment> {
        let needed = |name| value(name).ok_or(BadEnvironment { name, fault: "is not set" });
        let slack = value("SLACK_API_URL").unwrap_or_else(|| SLACK.to_owned());
        Ok(Settings {
            table: needed("TABLE")?,
            signals_url: needed("SIGNALS_QUEUE_URL")?,
            wakes_url: needed("WAKES_QUEUE_URL")?,
            dead_urls: value("DEAD_LETTERS_URLS")
                .map(|urls| urls.split_whitespace().map(str::to_owned).collect())
                .unwrap_or_default(),
            mail_bucket: value("MAIL_BUCKET"),
            secrets_prefix: needed("SECRETS_PARAMETER")?,
            slack_url: Url::parse(&slack)
                .map_err(|_| BadEnvironment { name: "SLACK_API_URL", fault: "is no address" })?,
        })
    }
}

impl Account {
    /// What Lambda started this process with.
    pub(super) fn read() -> Result<Self, BadEnvironment> {
        let by_lambda = |name| variable(name).ok_or(BadEnvironment { name, fault: "is not set" });
        Ok(Account {
            region: by_lambda("AWS_REGION")?,
            key_id: by_lambda("AWS_ACCESS_KEY_ID")?,
            secret_key: by_lambda("AWS_SECRET_ACCESS_KEY")?.into(),
            session: variable("AWS_SESSION_TOKEN").map(SecretString::from),
            endpoint: variable("AWS_ENDPOINT_URL"),
        })
    }
}

/// One value; an empty one counts as none, as CloudFormation has no other way to leave it out.
#[expect(clippy::disallowed_methods, reason = "the one place where a function's environment is read")]
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(without: &str, slack: Option<&str>) -> Result<Settings, BadEnvironment> {
        Settings::of(|name| match name {
            name if name == without => None,
            "SLACK_API_URL" => slack.map(str::to_owned),
            name => Some(format!("the {name}")),
        })
    }

    #[test]
    fn slack_is_slack_unless_it_is_said_otherwise() {
        assert_eq!(settings("", None).unwrap().slack_url.as_str(), "https://slack.com/");
        let other = settings("", Some("http://127.0.0.1:3000/slack")).unwrap();
        assert_eq!(other.slack_url.as_str(), "http://127.0.0.1:3000/slack");
        let error = settings("", Some("slack")).unwrap_err();
        assert_eq!(error.to_string(), "the environment variable SLACK_API_URL is no address");
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in ["TABLE", "SIGNALS_QUEUE_URL", "WAKES_QUEUE_URL", "SECRETS_PARAMETER"] {
            let error = settings(name, None).unwrap_err();
            assert_eq!(error.to_string(), format!("the environment variable {name} is not set"));
        }
    }
}
