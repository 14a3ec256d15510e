//! Secrets from Parameter Store: read once, when the process is first asked for something, and only those that the function needs. Their names are
//! the deployment's `SECRETS_PARAMETER` and what [`Needs`] says; the environment never holds a value.
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::aws::{Aws, AwsError, Operation};
use crate::config::Config;
use crate::deps::Secrets;

const GET_PARAMETERS: Operation = Operation {
    service: "ssm",
    target: "AmazonSSM.GetParameters",
    content_type: "application/x-amz-json-1.1",
};

/// The bot token.
const TOKEN: &str = "slack-bot-token";
/// Slack's signing secret.
const SIGNING: &str = "slack-signing-secret";
/// What comes before the name of a source's secret.
const SOURCES: &str = "sources/";

/// The most parameters that one request may name.
const MOST_NAMES: usize = 10;

/// Which secrets a function reads. Its policy in `template.yaml` allows these and no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// None: it speaks to nobody outside.
    Nothing,
    /// `slack-bot-token`: it calls Slack.
    Token,
    /// `slack-bot-token` and `slack-signing-secret`: Slack calls it, too. While the signing secret is being changed the parameter
    /// holds both, with a space between them.
    Slack,
    /// `sources/NAME` for every secret that the config names.
    Sources,
}

/// What was read. Empty where it was not asked for.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) token: SecretString,
    pub(super) secrets: Secrets,
}

/// A secret that a function cannot do without.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum SecretsError {
    #[error("Parameter Store cannot be asked for the secrets: {0}")]
    Unavailable(#[from] AwsError),
    #[error("there is no parameter {0}: put the secret there, as a SecureString")]
    Missing(String),
}

/// What Parameter Store answers, of that what we look at.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(default)]
    parameters: Vec<Parameter>,
    #[serde(default)]
    invalid_parameters: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    name: String,
    value: String,
}

/// Reads what is needed, with at most one request per ten names, and none for [`Needs::Nothing`].
pub(super) async fn read(
    aws: &Aws,
    prefix: &str,
    needs: Needs,
    config: &Config,
) -> Result<Read, SecretsError> {
    let names = names(needs, config);
    sort(needs, fetch(aws, prefix, &names).await?, prefix)
}

/// The names of what is needed, without the prefix.
fn names(needs: Needs, config: &Config) -> Vec<String> {
    match needs {
        Needs::Nothing => Vec::new(),
        Needs::Token => vec![TOKEN.to_owned()],
        Needs::Slack => vec![TOKEN.to_owned(), SIGNING.to_owned()],
        Needs::Sources => {
            let mut names: Vec<String> =
                config.sources.values().flat_map(|access| &access.secrets).cloned().collect();
            names.sort();
            names.dedup();
            names.iter().map(|name| format!("{SOURCES}{name}")).collect()
        }
    }
}

async fn fetch(
    aws: &Aws,
    prefix: &str,
    names: &[String],
) -> Result<BTreeMap<String, SecretString>, SecretsError> {
    let mut secrets = BTreeMap::new();
    for names in names.chunks(MOST_NAMES) {
        let names: Vec<String> = names.iter().map(|name| format!("{prefix}{name}")).collect();
        let asked = json!({ "Names": names, "WithDecryption": true });
        let found: Found = aws.ask(GET_PARAMETERS, &asked).await?;
        for missing in found.invalid_parameters {
            tracing::warn!(parameter = missing, "there is no such secret; what it should verify is refused");
        }
        for Parameter { name, value } in found.parameters {
            if let Some(name) = name.strip_prefix(prefix) {
                secrets.insert(name.to_owned(), value.into());
            }
        }
    }
    Ok(secrets)
}

/// A source's secret that is missing refuses that source; one of Slack's that is missing refuses everything, so it fails.
fn sort(needs: Needs, mut found: BTreeMap<String, SecretString>, prefix: &str) -> Result<Read, SecretsError> {
    let mut slack =
        |name: &str| found.remove(name).ok_or_else(|| SecretsError::Missing(format!("{prefix}{name}")));
    let token = match needs {
        Needs::Token | Needs::Slack => slack(TOKEN)?,
        Needs::Nothing | Needs::Sources => SecretString::default(),
    };
    let signing = match needs {
        Needs::Slack => slack(SIGNING)?.expose_secret().split_whitespace().map(SecretString::from).collect(),
        Needs::Nothing | Needs::Token | Needs::Sources => Vec::new(),
    };
    let mut secrets = Secrets::new(signing);
    for (name, secret) in found {
        if let Some(name) = name.strip_prefix(SOURCES) {
            secrets = secrets.with(name, secret);
        }
    }
    Ok(Read { token, secrets })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pairs: &[(&str, &str)]) -> BTreeMap<String, SecretString> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
    }

    #[test]
    fn a_function_asks_for_what_it_needs_and_no_more() {
        let config = Config::built_in().unwrap();
        assert!(names(Needs::Nothing, &config).is_empty());
        assert_eq!(names(Needs::Token, &config), ["slack-bot-token"]);
        assert_eq!(names(Needs::Slack, &config), ["slack-bot-token", "slack-signing-secret"]);
        let sources = names(Needs::Sources, &config);
        assert!(sources.iter().all(|name| name.starts_with("sources/")), "{sources:?}");
        assert!(sources.contains(&"sources/hooks".to_owned()), "{sources:?}");
        let mut once = sources.clone();
        once.dedup();
        assert_eq!(once, sources);
    }

    #[test]
    fn both_signing_secrets_count_while_one_replaces_the_other() {
        let pairs = found(&[(TOKEN, "xoxb-1"), (SIGNING, "new\n old ")]);
        let read = sort(Needs::Slack, pairs, "/callboard/").unwrap();
        let signing: Vec<&str> = read.secrets.signing().iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(signing, ["new", "old"]);
        assert_eq!(read.token.expose_secret(), "xoxb-1");
    }

    #[test]
    fn a_missing_secret_of_slack_is_named_and_of_a_source_is_left_out() {
        let error = sort(Needs::Slack, found(&[(TOKEN, "xoxb-1")]), "/callboard/").unwrap_err();
        let told =
            "there is no parameter /callboard/slack-signing-secret: put the secret there, as a SecureString";
        assert_eq!(error.to_string(), told);
        let read = sort(Needs::Sources, found(&[("sources/hooks", "h")]), "/callboard/").unwrap();
        let named = read.secrets.named(&["hooks".to_owned(), "github-webhook".to_owned()]);
        assert_eq!(named.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>(), ["h"]);
    }

    #[test]
    fn what_was_read_is_never_printed() {
        let read = sort(Needs::Slack, found(&[(TOKEN, "xoxb-1"), (SIGNING, "shh")]), "/").unwrap();
        let printed = format!("{read:?}");
        assert!(!printed.contains("xoxb-1") && !printed.contains("shh"), "{printed}");
    }
}
