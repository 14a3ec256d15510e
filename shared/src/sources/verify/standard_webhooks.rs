//! Standard Webhooks: an HMAC over id, timestamp and raw body together; several signatures in one header while the sender
//! changes its secret. <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::SecretString;
use sha2::Sha256;

use super::{VerifyError, WINDOW_SECONDS, header, usable};

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";
/// The most signatures in the header that are looked at.
const MAX_SIGNATURES: usize = 10;

/// Checks every symmetric (`v1`) signature in the header with every secret. A secret is base64 with or without the prefix
/// `whsec_`; one that is no base64 is taken as it is written.
///
/// # Errors
/// The check that failed.
pub fn verify(
    headers: &HeaderMap,
    body: &[u8],
    secrets: &[SecretString],
    now: Timestamp,
) -> Result<(), VerifyError<'static>> {
    let secrets = usable(secrets)?;
    let id = header(headers, ID)?;
    let timestamp = header(headers, TIMESTAMP)?;
    let signatures = header(headers, SIGNATURE)?;
    let seconds: i64 = timestamp.parse().map_err(|_| VerifyError::Malformed(TIMESTAMP))?;
    if now.as_second().abs_diff(seconds) > WINDOW_SECONDS {
        return Err(VerifyError::Stale);
    }
    let given: Vec<Vec<u8>> = signatures
        .split(' ')
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .take(MAX_SIGNATURES)
        .collect();
    if given.is_empty() {
        return Err(VerifyError::Malformed(SIGNATURE));
    }
    let matches = secrets.iter().any(|secret| {
        let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
        let key = STANDARD.decode(encoded).unwrap_or_else(|_| secret.as_bytes().to_vec());
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
        let mac = mac.chain_update(format!("{id}.{timestamp}.")).chain_update(body);
        given.iter().any(|given| mac.clone().verify_slice(given).is_ok())
    });
    if matches { Ok(()) } else { Err(VerifyError::Mismatch(SIGNATURE)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const GOOD: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ID, id.parse().unwrap());
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        headers
    }

    fn check(
        id: &str,
        timestamp: &str,
        signature: &str,
        skew: i64,
        secrets: &[&str],
    ) -> Result<(), VerifyError<'static>> {
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| (*secret).into()).collect();
        let now = Timestamp::from_second(1_614_265_330 + skew).unwrap();
        verify(&headers(id, timestamp, signature), BODY, &secrets, now)
    }

    const MESSAGE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";

    #[test]
    fn the_published_example_is_accepted_among_other_signatures_and_secrets() {
        let many = format!("v1,AAAA v1a,BBBB {GOOD} v2,CCCC");
        assert_eq!(check(MESSAGE, "1614265330", GOOD, 0, &[SECRET]), Ok(()));
        assert_eq!(check(MESSAGE, "1614265330", &many, 0, &["whsec_AAAA", SECRET]), Ok(()));
        assert_eq!(check(MESSAGE, "1614265330", GOOD, 0, &[&SECRET["whsec_".len()..]]), Ok(()));
    }

    #[test]
    fn the_window_is_300_seconds_either_way() {
        for (skew, expected) in
            [(300, Ok(())), (-300, Ok(())), (301, Err(VerifyError::Stale)), (-301, Err(VerifyError::Stale))]
        {
            assert_eq!(check(MESSAGE, "1614265330", GOOD, skew, &[SECRET]), expected, "{skew}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_name_of_the_check() {
        for (id, timestamp, signature, expected) in [
            ("msg_other", "1614265330", GOOD, VerifyError::Mismatch(SIGNATURE)),
            (MESSAGE, "1614265331", GOOD, VerifyError::Mismatch(SIGNATURE)),
            (MESSAGE, "soon", GOOD, VerifyError::Malformed(TIMESTAMP)),
            (MESSAGE, "9223372036854775807", GOOD, VerifyError::Stale),
            (MESSAGE, "-9223372036854775808", GOOD, VerifyError::Stale),
            (MESSAGE, "1614265330", "v1,", VerifyError::Mismatch(SIGNATURE)),
            (MESSAGE, "1614265330", "v1,!!", VerifyError::Malformed(SIGNATURE)),
            (MESSAGE, "1614265330", &GOOD[3..], VerifyError::Malformed(SIGNATURE)),
        ] {
            assert_eq!(
                check(id, timestamp, signature, 0, &[SECRET]),
                Err(expected),
                "{id} {timestamp} {signature}"
            );
        }
        assert_eq!(check(MESSAGE, "1614265330", GOOD, 0, &[]), Err(VerifyError::NoSecret));
    }
}
