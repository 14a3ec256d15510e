//! Who may send: the schemes, by the names that configs and mapping files use. Each one checks the raw bytes before anything
//! is parsed, compares in constant time, takes several secrets at once so that a secret can be changed without a gap, and says
//! which check failed but never what was expected.
//!
//! `token` takes a secret as it is sent, `hmac` a signature made with one; `named` is the table of who signs how, and a sender
//! that is not in it gets a row. `words` is what a file may write. `sns` is apart: it needs a certificate that somebody has to
//! fetch, so it is used in steps; see there. No clock may enter: `now` is an argument. Nor may what needs a sender's public
//! key: docs/sources.md lists whose.

pub mod hmac;
pub mod named;
pub mod sns;
pub mod standard_webhooks;
pub mod token;
pub mod words;

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use self::hmac::Hmac;
use self::words::Words;

/// How far the sender's clock may be from ours, either way, in seconds. This many pass; one more does not.
pub const WINDOW_SECONDS: u64 = 300;

/// How a sender proves who it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Words", into = "Words")]
pub enum Scheme {
    /// Not at all. Only ever by an explicit word in the config.
    None,
    /// `Authorization: Bearer <secret>`.
    Bearer,
    /// `Authorization: Basic`, with user and password; the secret is `user:password`.
    Basic,
    /// `Authorization: GenieKey <secret>`, as senders have it that speak to Opsgenie.
    GenieKey,
    /// The secret is the last segment of the address, for senders that can be told nothing but an address.
    Path,
    /// The secret is the value of this header.
    Token(HeaderName),
    /// A signature in a header.
    Hmac(Box<Hmac>),
    /// <https://www.standardwebhooks.com>: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    StandardWebhooks,
    /// Amazon SNS: a signature by a certificate of Amazon's, and a topic that the config allows.
    Sns,
}

impl Scheme {
    /// Whether it is nothing without a secret.
    pub fn needs_secret(&self) -> bool {
        !matches!(self, Scheme::None | Scheme::Sns)
    }

    /// As a config writes it: by name where it has one, best by `preferred`.
    pub fn written(&self, preferred: &str) -> String {
        let is = |name: &&str| named::scheme(name).as_ref() == Some(self);
        let name = Some(preferred).filter(is).or_else(|| named::names().find(is));
        match (name, serde_json::to_string(self)) {
            (Some(name), _) => name.to_owned(),
            (None, options) => options.unwrap_or_default(),
        }
    }
}

/// What somebody at the door shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// The raw body.
    pub body: &'a [u8],
    /// What stands in the address behind the source's name.
    pub last_segment: Option<&'a str>,
}

/// Which check failed. Nothing here holds a secret, an expected value or the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError<'a> {
    /// The config has no secret for this source, so nobody can prove anything.
    #[error("no secret is configured for this source")]
    NoSecret,
    /// Neither the config nor the mapping names a scheme; a mapping alone opens no door.
    #[error("the config does not say how this source proves who it is")]
    NoScheme,
    /// A header or field that the scheme needs is not there.
    #[error("{0} is missing")]
    Missing(&'a str),
    /// It is there but not in the scheme's form.
    #[error("{0} has the wrong form")]
    Malformed(&'a str),
    /// The request was made too long ago, or is from the future.
    #[error("the timestamp is outside of the window of {WINDOW_SECONDS} s")]
    Stale,
    /// It does not match.
    #[error("{0} does not match")]
    Mismatch(&'a str),
    /// The address that a message names is not one of Amazon's, or not what it claims to be.
    #[error("{0} is not an address that is trusted")]
    Address(&'a str),
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
pub fn verify<'a>(
    scheme: &'a Scheme,
    shown: &Shown<'_>,
    secrets: &[SecretString],
    now: Timestamp,
) -> Result<(), VerifyError<'a>> {
    match scheme {
        Scheme::None => Ok(()),
        Scheme::Bearer => token::bearer(shown.headers, secrets),
        Scheme::Basic => token::basic(shown.headers, secrets),
        Scheme::GenieKey => token::genie_key(shown.headers, secrets),
        Scheme::Path => token::path(shown.last_segment, secrets),
        Scheme::Token(name) => token::header(shown.headers, name, secrets),
        Scheme::Hmac(hmac) => hmac.verify(shown.headers, shown.body, secrets, now),
        Scheme::StandardWebhooks => standard_webhooks::verify(shown.headers, shown.body, secrets, now),
        Scheme::Sns => Err(VerifyError::InSteps),
    }
}

/// The text of a header that has to be there.
fn header<'h, 'a>(headers: &'h HeaderMap, name: &'a str) -> Result<&'h str, VerifyError<'a>> {
    let value = headers.get(name).ok_or(VerifyError::Missing(name))?;
    value.to_str().map_err(|_| VerifyError::Malformed(name))
}

/// Secrets that are not empty: an empty one would let everybody in.
fn usable(secrets: &[SecretString]) -> Result<Vec<&str>, VerifyError<'static>> {
    let usable: Vec<&str> = secrets
        .iter()
        .map(|secret| secret.expose_secret().trim())
        .filter(|secret| !secret.is_empty())
        .collect();
    if usable.is_empty() { Err(VerifyError::NoSecret) } else { Ok(usable) }
}
