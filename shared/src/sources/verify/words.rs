//! What a config or a mapping file may write behind `verify:`, and what is wrong with it: a name (`verify: sentry`), or a form
//! with its options (`verify: { hmac: { header: x-signature, prefix: "sha256=" } }`, `verify: { token: x-api-key }`). Only
//! words are here; what they do is `token`'s and `hmac`'s.

use std::fmt;

use http::HeaderName;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::hmac::Hmac;
use super::{Scheme, named};

/// What may stand behind `verify:`, for whoever wrote something else.
pub const EXPECTED: &str = "the name of a scheme, `{ token: HEADER }` or `{ hmac: { header: HEADER } }`";

/// Said to whoever wrote both forms.
pub const ONE_FORM: &str = "one of `hmac` and `token`, not both";

/// What stands behind `verify:`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Words {
    /// `token`: the header that holds the secret.
    Token(String),
    /// `hmac`: how the sender signs.
    Hmac(HmacWords),
    /// A scheme by its name.
    #[serde(untagged)]
    Name(String),
}

/// The options of `hmac`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HmacWords {
    /// The header with the signature, or with several and commas or semicolons between them.
    pub header: String,
    /// What stands before a signature: `sha256=`, `v1=`. Parts of the header without it are nobody's business.
    #[serde(default)]
    pub prefix: String,
    /// The hash.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// How the signature is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// Where the signed time is: a header (`x-timestamp`; with `?` at its end, one that the sender may leave out, and then signs
    /// the body alone), a part of the signature's own header (`t=`), or a field of the body (`body.sent_at`). Unix seconds,
    /// milliseconds or ISO 8601.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// What is signed, made of `{timestamp}` and `{body}`. Without it `{timestamp}.{body}`, or `{body}` where no header tells a time.
    #[serde(default)]
    pub signed: Option<String>,
}

/// The hash of an HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// SHA-1: weak as a hash, still good in an HMAC.
    Sha1,
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How the bytes of a signature are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Two hexadecimal digits a byte.
    #[default]
    Hex,
    /// Base64 with its padding.
    Base64,
}

/// What is wrong with the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {remedy}")]
pub struct Wrong {
    /// Which of them, as a path from `verify`: `hmac.header`; empty for the name.
    pub at: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: Remedy,
}

/// What to write instead of a wrong word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// One of the names of [`named::names`], instead of this one.
    Name(String),
    /// This.
    Say(&'static str),
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remedy::Name(_) => write!(f, "known are {}", named::names().collect::<Vec<_>>().join(", ")),
            Remedy::Say(remedy) => f.write_str(remedy),
        }
    }
}

impl TryFrom<Words> for Scheme {
    type Error = Wrong;

    fn try_from(words: Words) -> Result<Self, Wrong> {
        match words {
            Words::Name(name) => named::scheme(&name).ok_or_else(|| Wrong {
                at: "",
                message: format!("\"{name}\" is no way to verify"),
                remedy: Remedy::Name(name),
            }),
            Words::Token(name) => header("token", &name).map(Scheme::Token),
            Words::Hmac(words) => Hmac::new(words).map(|hmac| Scheme::Hmac(Box::new(hmac))),
        }
    }
}

impl From<Scheme> for Words {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Token(name) => Words::Token(name.to_string()),
            Scheme::Hmac(hmac) => Words::Hmac(hmac.words().clone()),
            plain => Words::Name(named::name(&plain).unwrap_or_default().to_owned()),
        }
    }
}

/// The name of a header, in any case.
pub(super) fn header(at: &'static str, name: &str) -> Result<HeaderName, Wrong> {
    name.parse().map_err(|_| Wrong {
        at,
        message: format!("\"{name}\" is no name of a header"),
        remedy: Remedy::Say("such as x-signature"),
    })
}

impl<'de> Deserialize<'de> for Words {
    /// By hand, since an untagged enum would answer every slip with "did not match any variant".
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrForm;

        impl<'de> Visitor<'de> for NameOrForm {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Words, E> {
                Ok(Words::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
                const FORMS: &[&str] = &["hmac", "token"];
                let form: String = map.next_key()?.ok_or_else(|| A::Error::missing_field("hmac"))?;
                let words = match form.as_str() {
                    "hmac" => Words::Hmac(map.next_value()?),
                    "token" => Words::Token(map.next_value()?),
                    other => return Err(A::Error::unknown_field(other, FORMS)),
                };
                match map.next_key::<String>()? {
                    None => Ok(words),
                    Some(_) => Err(A::Error::custom(ONE_FORM)),
                }
            }
        }

        deserializer.deserialize_any(NameOrForm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_file_hears_which_schemes_there_are() {
        let error = serde_json::from_str::<Scheme>("\"githib\"").unwrap_err().to_string();
        assert!(error.starts_with("\"githib\" is no way to verify: known are none, bearer, "), "{error}");
        let error = serde_json::from_str::<Scheme>(r#"{"token": "x key"}"#).unwrap_err().to_string();
        assert!(error.starts_with("\"x key\" is no name of a header: "), "{error}");
    }

    #[test]
    fn a_form_is_written_as_it_is_read() {
        for words in [
            r#"{"token":"x-api-key"}"#,
            r#"{"hmac":{"header":"x-sig","prefix":"","algorithm":"sha1","encoding":"hex","timestamp":"t=","signed":null}}"#,
            r#""path""#,
        ] {
            let scheme: Scheme = serde_json::from_str(words).unwrap();
            assert_eq!(serde_json::to_string(&scheme).unwrap(), words);
        }
    }
}
