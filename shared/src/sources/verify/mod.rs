//! Who may send: the signature schemes, by the names that configs and mapping files use. Each one checks the raw bytes
//! before anything is parsed, compares in constant time, takes several secrets at once so that a secret can be changed
//! without a gap, and says which check failed but never what was expected.
//!
//! `sns` is apart: it needs a certificate that somebody has to fetch, so it is used in steps; see there. To add a scheme, add
//! a file and a row to [`Scheme`]. No clock may enter: `now` is an argument.

pub mod bearer;
pub mod github;
pub mod sns;
pub mod standard_webhooks;

use http::HeaderMap;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// How a sender proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Not at all. Only ever by an explicit word in the config.
    None,
    /// `Authorization: Bearer <secret>`.
    Bearer,
    /// GitHub's `X-Hub-Signature-256`.
    Github,
    /// Amazon SNS: a signature by a certificate of Amazon's, and a topic that the config allows.
    Sns,
    /// <https://www.standardwebhooks.com>: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    StandardWebhooks,
}

impl Scheme {
    /// The word that configs use.
    pub fn word(self) -> &'static str {
        match self {
            Scheme::None => "none",
            Scheme::Bearer => "bearer",
            Scheme::Github => "github",
            Scheme::Sns => "sns",
            Scheme::StandardWebhooks => "standard-webhooks",
        }
    }

    /// Whether the sender has to know a secret.
    pub fn needs_secret(self) -> bool {
        !matches!(self, Scheme::None | Scheme::Sns)
    }
}

/// Which check failed. Nothing here holds a secret, an expected value or the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The config has no secret for this source, so nobody can prove anything.
    #[error("no secret is configured for this source")]
    NoSecret,
    /// A header or field that the scheme needs is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// It is there but not in the scheme's form.
    #[error("{0} has the wrong form")]
    Malformed(&'static str),
    /// The request was made too long ago, or is from the future.
    #[error("the timestamp is outside of the window of 300 s")]
    Stale,
    /// It does not match.
    #[error("{0} does not match")]
    Mismatch(&'static str),
    /// The address that a message names is not one of Amazon's, or not what it claims to be.
    #[error("{0} is not an address that is trusted")]
    Address(&'static str),
    /// The topic is not among those that the config allows.
    #[error("the topic is not allowed")]
    Topic,
    /// The scheme cannot be checked in this way: SNS needs its certificate first.
    #[error("this scheme is verified in steps")]
    InSteps,
}

/// Checks a request by a scheme that needs nothing but the request and the secrets.
///
/// # Errors
/// The check that failed. [`VerifyError::InSteps`] for [`Scheme::Sns`].
pub fn verify(
    scheme: Scheme,
    headers: &HeaderMap,
    body: &[u8],
    secrets: &[SecretString],
    now: Timestamp,
) -> Result<(), VerifyError> {
    match scheme {
        Scheme::None => Ok(()),
        Scheme::Bearer => bearer::verify(headers, secrets),
        Scheme::Github => github::verify(headers, body, secrets),
        Scheme::StandardWebhooks => standard_webhooks::verify(headers, body, secrets, now),
        Scheme::Sns => Err(VerifyError::InSteps),
    }
}

/// The text of a header that has to be there.
fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, VerifyError> {
    let value = headers.get(name).ok_or(VerifyError::Missing(name))?;
    value.to_str().map_err(|_| VerifyError::Malformed(name))
}

/// Secrets that are not empty: an empty one would let everybody in.
fn usable(secrets: &[SecretString]) -> Result<Vec<&str>, VerifyError> {
    use secrecy::ExposeSecret;
    let usable: Vec<&str> = secrets
        .iter()
        .map(|secret| secret.expose_secret().trim())
        .filter(|secret| !secret.is_empty())
        .collect();
    if usable.is_empty() { Err(VerifyError::NoSecret) } else { Ok(usable) }
}
