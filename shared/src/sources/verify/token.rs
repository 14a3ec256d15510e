//! Secrets that are sent as they are: in `Authorization`, in a header of the sender's own, or as the end of the address. Whoever
//! sees one can send, so TLS is all that keeps them; a signature (`hmac`) is better where the sender has one. Never a secret
//! in the query: that ends up in more logs than the path.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::{VerifyError, usable};

const AUTHORIZATION: &str = "authorization";
const IN_THE_PATH: &str = "the token at the end of the address";

/// `Authorization: Bearer <secret>`, RFC 6750 section 2.1.
///
/// # Errors
/// The check that failed.
pub fn bearer(headers: &HeaderMap, secrets: &[SecretString]) -> Result<(), VerifyError<'static>> {
    let secrets = usable(secrets)?;
    known(authorization(headers, "bearer")?.as_bytes(), &secrets, AUTHORIZATION)
}

/// `Authorization: GenieKey <secret>` (<https://docs.opsgenie.com/docs/authentication>).
///
/// # Errors
/// The check that failed.
pub fn genie_key(headers: &HeaderMap, secrets: &[SecretString]) -> Result<(), VerifyError<'static>> {
    let secrets = usable(secrets)?;
    known(authorization(headers, "geniekey")?.as_bytes(), &secrets, AUTHORIZATION)
}

/// `Authorization: Basic`, RFC 7617; a secret is `user:password`. What is sent when the address is
/// `https://user:password@host/`.
///
/// # Errors
/// The check that failed.
pub fn basic(headers: &HeaderMap, secrets: &[SecretString]) -> Result<(), VerifyError<'static>> {
    let secrets = usable(secrets)?;
    let pair = STANDARD.decode(authorization(headers, "basic")?).ok();
    let pair = pair.filter(|pair| pair.contains(&b':')).ok_or(VerifyError::Malformed(AUTHORIZATION))?;
    known(&pair, &secrets, AUTHORIZATION)
}

/// The value of a header is the secret.
///
/// # Errors
/// The check that failed.
pub fn header<'a>(
    headers: &HeaderMap,
    name: &'a HeaderName,
    secrets: &[SecretString],
) -> Result<(), VerifyError<'a>> {
    let secrets = usable(secrets)?;
    let value = super::header(headers, name.as_str())?;
    known(value.trim().as_bytes(), &secrets, name.as_str())
}

/// The last segment of the address is the secret.
///
/// # Errors
/// The check that failed.
pub fn path(segment: Option<&str>, secrets: &[SecretString]) -> Result<(), VerifyError<'static>> {
    let secrets = usable(secrets)?;
    let segment = segment.ok_or(VerifyError::Missing(IN_THE_PATH))?;
    known(segment.as_bytes(), &secrets, IN_THE_PATH)
}

/// What follows the scheme's name (in lower case here, in any case there) in `Authorization`.
fn authorization<'h>(headers: &'h HeaderMap, scheme: &str) -> Result<&'h str, VerifyError<'static>> {
    let value = super::header(headers, AUTHORIZATION)?;
    let credentials = value.split_once(' ').filter(|(name, _)| name.eq_ignore_ascii_case(scheme));
    credentials.map(|(_, rest)| rest.trim()).ok_or(VerifyError::Malformed(AUTHORIZATION))
}

/// Whether it is one of the secrets. Hashes have one length, so that the comparison does not tell the length of a secret, and all
/// of them are compared, so that it does not tell which one it was.
fn known<'a>(given: &[u8], secrets: &[&str], name: &'a str) -> Result<(), VerifyError<'a>> {
    let given = Sha256::digest(given);
    let found = secrets
        .iter()
        .fold(Choice::from(0), |any, secret| any | given.ct_eq(&Sha256::digest(secret.as_bytes())));
    if bool::from(found) { Ok(()) } else { Err(VerifyError::Mismatch(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorized(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::header::AUTHORIZATION, value.parse().unwrap())])
    }

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|text| (*text).into()).collect()
    }

    const MISMATCH: Result<(), VerifyError<'static>> = Err(VerifyError::Mismatch(AUTHORIZATION));
    const MALFORMED: Result<(), VerifyError<'static>> = Err(VerifyError::Malformed(AUTHORIZATION));
    const MISSING: Result<(), VerifyError<'static>> = Err(VerifyError::Missing(AUTHORIZATION));

    #[test]
    fn only_a_configured_bearer_gets_in() {
        let secrets = secrets(&["old-token", "new-token", ""]);
        for (value, expected) in [
            ("Bearer new-token", Ok(())),
            ("bearer old-token", Ok(())),
            ("Bearer  new-token ", Ok(())),
            ("Bearer new-toke", MISMATCH),
            ("Bearer new-token2", MISMATCH),
            ("Bearer ", MISMATCH),
            ("Bearer", MALFORMED),
            ("Basic new-token", MALFORMED),
            ("new-token", MALFORMED),
        ] {
            assert_eq!(bearer(&authorized(value), &secrets), expected, "{value}");
        }
        assert_eq!(bearer(&HeaderMap::new(), &secrets), MISSING);
    }

    #[test]
    fn only_a_configured_genie_key_gets_in() {
        let secrets = secrets(&["old-key", "new-key"]);
        for (value, expected) in [
            ("GenieKey new-key", Ok(())),
            ("geniekey old-key", Ok(())),
            ("GenieKey new-kez", MISMATCH),
            ("GenieKey ", MISMATCH),
            ("Bearer new-key", MALFORMED),
        ] {
            assert_eq!(genie_key(&authorized(value), &secrets), expected, "{value}");
        }
        assert_eq!(genie_key(&HeaderMap::new(), &secrets), MISSING);
    }

    /// The example of RFC 7617, section 2, and the one in its section 2.1 whose password is UTF-8.
    #[test]
    fn the_published_examples_of_basic_get_in_and_no_others() {
        let secrets = secrets(&["Aladdin:open sesame", "test:123£"]);
        for (value, expected) in [
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Ok(())),
            ("basic dGVzdDoxMjPCow==", Ok(())),
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZA==", MISMATCH),
            ("Basic Og==", MISMATCH),
            // `Aladdin` alone, and what is no base64
            ("Basic QWxhZGRpbg==", MALFORMED),
            ("Basic Aladdin:open sesame", MALFORMED),
            ("Basic", MALFORMED),
            ("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", MALFORMED),
        ] {
            assert_eq!(basic(&authorized(value), &secrets), expected, "{value}");
        }
        assert_eq!(basic(&HeaderMap::new(), &secrets), MISSING);
    }

    #[test]
    fn a_token_is_known_in_its_own_header_and_in_no_other() {
        let name = HeaderName::from_static("x-gitlab-token");
        let secrets = secrets(&["old", "new"]);
        let check = |header: &'static str, value: &str| {
            let headers = HeaderMap::from_iter([(HeaderName::from_static(header), value.parse().unwrap())]);
            super::header(&headers, &name, &secrets).map_err(|error| error.to_string())
        };
        assert_eq!(check("x-gitlab-token", "old"), Ok(()));
        assert_eq!(check("x-gitlab-token", " new "), Ok(()));
        assert_eq!(check("x-gitlab-token", "newer"), Err("x-gitlab-token does not match".to_owned()));
        assert_eq!(check("x-gitlab-token", ""), Err("x-gitlab-token does not match".to_owned()));
        assert_eq!(check("x-token", "new"), Err("x-gitlab-token is missing".to_owned()));
    }

    #[test]
    fn the_end_of_the_address_is_a_secret_only_as_a_whole() {
        let secrets = secrets(&["old", "new"]);
        for (segment, expected) in [
            (Some("old"), Ok(())),
            (Some("new"), Ok(())),
            (Some("ne"), Err(VerifyError::Mismatch(IN_THE_PATH))),
            (Some("new/"), Err(VerifyError::Mismatch(IN_THE_PATH))),
            (Some(""), Err(VerifyError::Mismatch(IN_THE_PATH))),
            (None, Err(VerifyError::Missing(IN_THE_PATH))),
        ] {
            assert_eq!(path(segment, &secrets), expected, "{segment:?}");
        }
    }

    #[test]
    fn without_a_secret_nobody_gets_in() {
        let name = http::header::AUTHORIZATION;
        for secrets in [secrets(&[]), secrets(&["  "]), secrets(&["", "\n"])] {
            assert_eq!(bearer(&authorized("Bearer "), &secrets), Err(VerifyError::NoSecret));
            assert_eq!(genie_key(&authorized("GenieKey "), &secrets), Err(VerifyError::NoSecret));
            assert_eq!(basic(&authorized("Basic Og=="), &secrets), Err(VerifyError::NoSecret));
            assert_eq!(header(&authorized(""), &name, &secrets), Err(VerifyError::NoSecret));
            assert_eq!(path(Some(""), &secrets), Err(VerifyError::NoSecret));
        }
    }
}
