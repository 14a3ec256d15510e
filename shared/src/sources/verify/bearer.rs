//! `Authorization: Bearer <secret>`, the scheme of RFC 6750 section 2.1. Never by a query parameter or the path: those end up in
//! logs.

use http::HeaderMap;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::{VerifyError, header, usable};

/// Checks the bearer token against every secret.
///
/// # Errors
/// The check that failed.
pub fn verify(headers: &HeaderMap, secrets: &[SecretString]) -> Result<(), VerifyError> {
    let secrets = usable(secrets)?;
    let value = header(headers, "authorization")?;
    let (scheme, token) = value.split_once(' ').ok_or(VerifyError::Malformed("authorization"))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(VerifyError::Malformed("authorization"));
    }
    // Hashes have one length, so that the comparison does not tell the length of the secret.
    let given = Sha256::digest(token.trim().as_bytes());
    let matches = secrets
        .iter()
        .fold(Choice::from(0), |any, secret| any | given.ct_eq(&Sha256::digest(secret.as_bytes())));
    if bool::from(matches) { Ok(()) } else { Err(VerifyError::Mismatch("authorization")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_configured_token_gets_in() {
        let secrets: Vec<SecretString> = vec!["old-token".into(), "new-token".into(), "".into()];
        for (value, expected) in [
            ("Bearer new-token", Ok(())),
            ("bearer old-token", Ok(())),
            ("Bearer new-toke", Err(VerifyError::Mismatch("authorization"))),
            ("Bearer ", Err(VerifyError::Mismatch("authorization"))),
            ("Bearer", Err(VerifyError::Malformed("authorization"))),
            ("Basic new-token", Err(VerifyError::Malformed("authorization"))),
        ] {
            let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, value.parse().unwrap())]);
            assert_eq!(verify(&headers, &secrets), expected, "{value}");
        }
        assert_eq!(verify(&HeaderMap::new(), &secrets), Err(VerifyError::Missing("authorization")));
    }

    #[test]
    fn without_a_secret_nobody_gets_in() {
        let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, "Bearer ".parse().unwrap())]);
        assert_eq!(verify(&headers, &[]), Err(VerifyError::NoSecret));
        assert_eq!(verify(&headers, &["  ".into()]), Err(VerifyError::NoSecret));
    }
}
