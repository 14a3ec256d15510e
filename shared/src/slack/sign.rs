//! Is this request really from Slack? The v0 signature over the raw body, in constant time, within five minutes.
//! Every failure says which check failed and never what would have passed. Nothing is parsed here: the body is bytes.
//!
//! Contract: <https://docs.slack.dev/authentication/verifying-requests-from-slack>

use hmac::{Hmac, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How far the request's time may be from ours, either way, in seconds. This many pass; one more does not.
pub const WINDOW_SECONDS: u64 = 300;

/// The header with the time at which Slack signed, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "x-slack-request-timestamp";

/// The header with `v0=` and 64 lower-case hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "x-slack-signature";

/// Which check a request failed. Answer 401, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no `X-Slack-Request-Timestamp`.
    #[error("the request has no timestamp header")]
    MissingTimestamp,
    /// There is no `X-Slack-Signature`.
    #[error("the request has no signature header")]
    MissingSignature,
    /// The timestamp is not a plain number of seconds.
    #[error("the request's timestamp is not a number")]
    MalformedTimestamp,
    /// Signed more than five minutes ago: a replay, or our clock is ahead.
    #[error("the request was signed more than {WINDOW_SECONDS} s ago")]
    TooOld,
    /// Signed more than five minutes from now: our clock is behind.
    #[error("the request was signed more than {WINDOW_SECONDS} s in the future")]
    TooNew,
    /// None of our secrets makes this signature from this body.
    #[error("the signature does not match")]
    Mismatch,
}

/// Passes if one of `secrets` signed this very body within five minutes of `now`.
///
/// Two secrets are live while one replaces the other. A blank secret never matches: anybody could sign with it.
pub fn verify(
    secrets: &[SecretString],
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), SignatureError> {
    let timestamp = headers.get(TIMESTAMP_HEADER).ok_or(SignatureError::MissingTimestamp)?;
    let signature = headers.get(SIGNATURE_HEADER).ok_or(SignatureError::MissingSignature)?;

    let signed_at = seconds(timestamp.as_bytes()).ok_or(SignatureError::MalformedTimestamp)?;
    let now = now.as_second();
    if now.abs_diff(signed_at) > WINDOW_SECONDS {
        return Err(if signed_at < now { SignatureError::TooOld } else { SignatureError::TooNew });
    }

    let matches = secrets.iter().filter(|secret| !secret.expose_secret().trim().is_empty()).any(|secret| {
        let expected = signature_over(secret, timestamp.as_bytes(), body);
        expected.as_bytes().ct_eq(signature.as_bytes()).into()
    });
    if matches { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The value of `X-Slack-Signature` for a body signed at `timestamp` (Unix seconds): for tests and tools.
pub fn sign(secret: &SecretString, timestamp: i64, body: &[u8]) -> String {
    signature_over(secret, timestamp.to_string().as_bytes(), body)
}

fn signature_over(secret: &SecretString, timestamp: &[u8], body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("any key length");
    for part in [b"v0:".as_slice(), timestamp, b":", body] {
        mac.update(part);
    }
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// Digits only: `i64::from_str` would also take a sign, which Slack never sends.
fn seconds(text: &[u8]) -> Option<i64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if digits { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    // The example on Slack's page.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SIGNED_AT: i64 = 1531420618;
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn headers(timestamp: Option<&[u8]>, signature: Option<&[u8]>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [(TIMESTAMP_HEADER, timestamp), (SIGNATURE_HEADER, signature)] {
            if let Some(value) = value {
                headers.insert(name, HeaderValue::from_bytes(value).unwrap());
            }
        }
        headers
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn check(timestamp: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        verify(&[secret(SECRET)], &headers(Some(timestamp), Some(signature)), BODY, at(SIGNED_AT))
    }

    #[test]
    fn the_published_example_passes() {
        assert_eq!(sign(&secret(SECRET), SIGNED_AT, BODY), SIGNATURE);
        assert_eq!(check(b"1531420618", SIGNATURE.as_bytes()), Ok(()));
    }

    #[test]
    fn three_hundred_seconds_pass_either_way_and_one_more_does_not() {
        for (skew, expected) in [
            (0, Ok(())),
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(SignatureError::TooOld)),
            (-301, Err(SignatureError::TooNew)),
            (1_000_000, Err(SignatureError::TooOld)),
        ] {
            let headers = headers(Some(b"1531420618"), Some(SIGNATURE.as_bytes()));
            assert_eq!(
                verify(&[secret(SECRET)], &headers, BODY, at(SIGNED_AT + skew)),
                expected,
                "skew {skew}"
            );
        }
    }

    #[test]
    fn both_secrets_pass_while_one_replaces_the_other() {
        let headers = headers(Some(b"1531420618"), Some(SIGNATURE.as_bytes()));
        for secrets in [[secret(SECRET), secret("new")], [secret("new"), secret(SECRET)]] {
            assert_eq!(verify(&secrets, &headers, BODY, at(SIGNED_AT)), Ok(()));
        }
        assert_eq!(verify(&[secret("new")], &headers, BODY, at(SIGNED_AT)), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_blank_secret_or_none_lets_nobody_in() {
        for blank in ["", "  "] {
            let forged = sign(&secret(blank), SIGNED_AT, BODY);
            let headers = headers(Some(b"1531420618"), Some(forged.as_bytes()));
            assert_eq!(
                verify(&[secret(blank)], &headers, BODY, at(SIGNED_AT)),
                Err(SignatureError::Mismatch)
            );
            assert_eq!(verify(&[], &headers, BODY, at(SIGNED_AT)), Err(SignatureError::Mismatch));
        }
    }

    #[test]
    fn a_missing_header_is_named() {
        let verify = |headers| verify(&[secret(SECRET)], &headers, BODY, at(SIGNED_AT));
        assert_eq!(verify(headers(None, Some(b"v0=a"))), Err(SignatureError::MissingTimestamp));
        assert_eq!(verify(headers(Some(b"1531420618"), None)), Err(SignatureError::MissingSignature));
    }

    #[test]
    fn a_timestamp_that_is_no_number_is_refused_and_never_panics() {
        for bad in
            ["", "soon", "+1531420618", "-1531420618", " 1531420618", "1531420618.0", "1_531", "0x5B47"]
        {
            assert_eq!(
                check(bad.as_bytes(), SIGNATURE.as_bytes()),
                Err(SignatureError::MalformedTimestamp),
                "{bad}"
            );
        }
        assert_eq!(check(&[0xD9, 0xA1], SIGNATURE.as_bytes()), Err(SignatureError::MalformedTimestamp));
        assert_eq!(check(&[b'9'; 5000], SIGNATURE.as_bytes()), Err(SignatureError::MalformedTimestamp));
        assert_eq!(check(b"9223372036854775807", SIGNATURE.as_bytes()), Err(SignatureError::TooNew));
        assert_eq!(check(b"0", SIGNATURE.as_bytes()), Err(SignatureError::TooOld));
    }

    #[test]
    fn a_signature_that_is_not_exactly_ours_does_not_match() {
        let hex = SIGNATURE.trim_start_matches("v0=");
        for bad in [
            String::new(),
            "v0=".to_owned(),
            hex.to_owned(),
            format!("v1={hex}"),
            format!("V0={hex}"),
            format!("v0={}", hex.to_uppercase()),
            format!("v0={hex} "),
            format!("v0={hex}00"),
            SIGNATURE.replace("a2114", "b2114"),
            SIGNATURE[..66].to_owned(),
            "a".repeat(100_000),
        ] {
            assert_eq!(check(b"1531420618", bad.as_bytes()), Err(SignatureError::Mismatch), "{bad:.80}");
        }
        assert_eq!(check(b"1531420618", &[b'v', b'0', b'=', 0xFF]), Err(SignatureError::Mismatch));
    }

    #[test]
    fn another_body_or_another_time_does_not_match() {
        let headers = headers(Some(b"1531420618"), Some(SIGNATURE.as_bytes()));
        assert_eq!(
            verify(&[secret(SECRET)], &headers, b"another", at(SIGNED_AT)),
            Err(SignatureError::Mismatch)
        );
        assert_eq!(check(b"1531420619", SIGNATURE.as_bytes()), Err(SignatureError::Mismatch));
        assert_eq!(check(b"01531420618", SIGNATURE.as_bytes()), Err(SignatureError::Mismatch));
    }
}
