//! GitHub's `X-Hub-Signature-256`: `sha256=` and the HMAC of the raw body in hex.
//! <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>

use hmac::{Hmac, Mac};
use http::HeaderMap;
use secrecy::SecretString;
use sha2::Sha256;

use super::{VerifyError, header, usable};

const SIGNATURE: &str = "x-hub-signature-256";

/// Checks the signature of the raw body with every secret.
///
/// # Errors
/// The check that failed.
pub fn verify(headers: &HeaderMap, body: &[u8], secrets: &[SecretString]) -> Result<(), VerifyError> {
    let secrets = usable(secrets)?;
    let value = header(headers, SIGNATURE)?;
    let given = value.strip_prefix("sha256=").and_then(|hexadecimal| hex::decode(hexadecimal).ok());
    let given = given.ok_or(VerifyError::Malformed(SIGNATURE))?;
    let matches = secrets.iter().any(|secret| {
        // HMAC takes keys of any length; `verify_slice` compares in constant time.
        Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&given).is_ok())
    });
    if matches { Ok(()) } else { Err(VerifyError::Mismatch(SIGNATURE)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(signature: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static(SIGNATURE), signature.parse().unwrap())])
    }

    /// The example in GitHub's documentation.
    const EXAMPLE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    #[test]
    fn the_published_example_is_accepted_by_the_old_and_the_new_secret() {
        let secrets = ["something newer".into(), "It's a Secret to Everybody".into()];
        assert_eq!(verify(&signed(EXAMPLE), b"Hello, World!", &secrets), Ok(()));
    }

    #[test]
    fn anything_else_is_refused_with_the_name_of_the_check() {
        let secrets = ["It's a Secret to Everybody".into()];
        for (signature, body, expected) in [
            (EXAMPLE, "Hello, World?", VerifyError::Mismatch(SIGNATURE)),
            ("sha256=", "Hello, World!", VerifyError::Mismatch(SIGNATURE)),
            ("sha256=75", "Hello, World!", VerifyError::Mismatch(SIGNATURE)),
            ("sha256=zz", "Hello, World!", VerifyError::Malformed(SIGNATURE)),
            (
                "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
                "Hello, World!",
                VerifyError::Malformed(SIGNATURE),
            ),
        ] {
            assert_eq!(verify(&signed(signature), body.as_bytes(), &secrets), Err(expected), "{signature}");
        }
        assert_eq!(verify(&HeaderMap::new(), b"", &secrets), Err(VerifyError::Missing(SIGNATURE)));
        assert_eq!(verify(&signed(EXAMPLE), b"Hello, World!", &[]), Err(VerifyError::NoSecret));
    }
}
