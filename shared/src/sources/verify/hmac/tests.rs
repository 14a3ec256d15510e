//! Published examples, refusals and words that make no form. What holds for every row of `named` is in
//! shared/tests/signatures.rs.

use http::HeaderMap;

use super::*;
use crate::sources::verify::{Scheme, Shown, named, verify};

/// What the scheme with this name says at `now` (Unix seconds).
fn check(name: &str, headers: &[(&str, &str)], body: &str, secrets: &[&str], now: i64) -> Result<(), String> {
    let pairs = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    let headers: HeaderMap = pairs.collect();
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| (*secret).into()).collect();
    let shown = Shown { headers: &headers, body: body.as_bytes(), last_segment: None };
    let now = Timestamp::from_second(now).unwrap();
    verify(&named::scheme(name).unwrap(), &shown, &secrets, now).map_err(|error| error.to_string())
}

fn form(words: serde_json::Value) -> Result<Hmac, Wrong> {
    Hmac::new(serde_json::from_value(words).unwrap())
}

/// The example in GitHub's documentation.
const GITHUB: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
const GITHUB_SECRET: &str = "It's a Secret to Everybody";

/// The example in the tests of go-buildkite (<https://github.com/buildkite/go-buildkite>).
const BUILDKITE: &str =
    "timestamp=1642080837,signature=582d496ac2d869dd97a3101c4cda346288c49a742592daf582ec64c86449f79c";
const BUILDKITE_SECRET: &str = "29b1ff5779c76bd48ba6705eb99ff970";
const BUILDKITE_BODY: &str = include_str!("fixtures/buildkite.json");

/// The example in the tests of go-pagerduty (<https://github.com/PagerDuty/go-pagerduty>).
const PAGERDUTY: &str = "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd";
const PAGERDUTY_SECRET: &str = "lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK";
const PAGERDUTY_BODY: &str = include_str!("fixtures/pagerduty.json");

#[test]
fn published_examples_are_accepted_by_the_old_and_the_new_secret() {
    let github = [("x-hub-signature-256", GITHUB)];
    let secrets = ["something newer", GITHUB_SECRET];
    assert_eq!(check("github", &github, "Hello, World!", &secrets, 0), Ok(()));
    let buildkite = [("x-buildkite-signature", BUILDKITE)];
    let secrets = [BUILDKITE_SECRET, "something newer"];
    assert_eq!(check("buildkite", &buildkite, BUILDKITE_BODY, &secrets, 1_642_080_837), Ok(()));
    let pagerduty = [("x-pagerduty-signature", PAGERDUTY)];
    let secrets = ["something newer", PAGERDUTY_SECRET];
    assert_eq!(check("pagerduty", &pagerduty, PAGERDUTY_BODY, &secrets, 0), Ok(()));
}

/// The cases of RFC 2202 and RFC 4231 with the key `Jefe`.
#[test]
fn every_algorithm_makes_what_its_rfc_prints() {
    let body = "what do ya want for nothing?";
    for (algorithm, signature) in [
        ("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ] {
        let base64 = STANDARD.encode(hex::decode(signature).unwrap());
        for (encoding, signature) in [("hex", signature), ("base64", &base64)] {
            let form =
                serde_json::json!({ "header": "x-signature", "algorithm": algorithm, "encoding": encoding });
            let headers =
                HeaderMap::from_iter([("x-signature".parse().unwrap(), signature.parse().unwrap())]);
            let checked = self::form(form)
                .unwrap()
                .verify(&headers, body.as_bytes(), &["Jefe".into()], Timestamp::UNIX_EPOCH)
                .map_err(|error| error.to_string());
            assert_eq!(checked, Ok(()), "{algorithm} {encoding}");
        }
    }
}

#[test]
fn anything_else_is_refused_with_the_name_of_the_check() {
    let mismatch = Err("x-hub-signature-256 does not match".to_owned());
    let malformed = Err("x-hub-signature-256 has the wrong form".to_owned());
    for (signature, body, expected) in [
        (GITHUB, "Hello, World?", &mismatch),
        (GITHUB, "", &mismatch),
        (&GITHUB[..GITHUB.len() - 2], "Hello, World!", &mismatch),
        ("sha256=", "Hello, World!", &mismatch),
        ("sha256=75", "Hello, World!", &mismatch),
        ("sha256=zz", "Hello, World!", &malformed),
        (&GITHUB["sha256=".len()..], "Hello, World!", &malformed),
        ("sha1=757107ea0eb2509fc211221cce984b8a37570b6d", "Hello, World!", &malformed),
        ("", "Hello, World!", &malformed),
        (",;, ,", "Hello, World!", &malformed),
    ] {
        let headers = [("x-hub-signature-256", signature)];
        assert_eq!(&check("github", &headers, body, &[GITHUB_SECRET], 0), expected, "{signature}");
    }
    let missing = Err("x-hub-signature-256 is missing".to_owned());
    assert_eq!(check("github", &[], "Hello, World!", &[GITHUB_SECRET], 0), missing);
    let none = Err("no secret is configured for this source".to_owned());
    let headers = [("x-hub-signature-256", GITHUB)];
    assert_eq!(check("github", &headers, "Hello, World!", &[], 0), none);
    assert_eq!(check("github", &headers, "Hello, World!", &[" ", ""], 0), none);
}

#[test]
fn a_time_in_the_signatures_header_is_held_to_the_window() {
    let stale = Err("the timestamp is outside of the window of 300 s".to_owned());
    let malformed = Err("x-buildkite-signature has the wrong form".to_owned());
    let signature = BUILDKITE.split_once(',').unwrap().1;
    for (header, skew, expected) in [
        (BUILDKITE.to_owned(), 300, &Ok(())),
        (BUILDKITE.to_owned(), -300, &Ok(())),
        (BUILDKITE.to_owned(), 301, &stale),
        (BUILDKITE.to_owned(), -301, &stale),
        (format!("{signature}, timestamp=1642080837"), 0, &Ok(())),
        (format!("timestamp=1642080837;signature=00;{signature}"), 0, &Ok(())),
        (signature.to_owned(), 0, &malformed),
        (format!("timestamp=,{signature}"), 0, &malformed),
        (format!("timestamp=soon,{signature}"), 0, &malformed),
        (format!("timestamp=-1642080837,{signature}"), 0, &malformed),
        (format!("timestamp=9223372036854775807,{signature}"), 0, &malformed),
        (format!("timestamp=99999999999999999999,{signature}"), 0, &malformed),
        ("timestamp=1642080837".to_owned(), 0, &malformed),
        (
            format!("timestamp=1642080838,{signature}"),
            0,
            &Err("x-buildkite-signature does not match".to_owned()),
        ),
    ] {
        let headers = [("x-buildkite-signature", header.as_str())];
        let now = 1_642_080_837 + skew;
        let checked = check("buildkite", &headers, BUILDKITE_BODY, &[BUILDKITE_SECRET], now);
        assert_eq!(&checked, expected, "{header} {skew}");
    }
}

#[test]
fn of_many_signatures_the_first_ten_are_looked_at() {
    let header = |before: usize| format!("{}{PAGERDUTY}", "v1=00,".repeat(before));
    for (before, expected) in [(9, Ok(())), (10, Err("x-pagerduty-signature does not match".to_owned()))] {
        let headers = [("x-pagerduty-signature", header(before))];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(
            check("pagerduty", &headers, PAGERDUTY_BODY, &[PAGERDUTY_SECRET], 0),
            expected,
            "{before}"
        );
    }
}

#[test]
fn a_time_is_read_in_seconds_in_milliseconds_and_in_iso_8601() {
    let now = Timestamp::from_second(1_795_338_030).unwrap();
    for (told, expected) in [
        ("1795338030", Ok(())),
        ("1795338030123", Ok(())),
        ("2026-11-22T09:00:30Z", Ok(())),
        ("2026-11-22T10:00:30.5+01:00", Ok(())),
        ("1795337729", Err(VerifyError::Stale)),
        ("1795337729999", Err(VerifyError::Stale)),
        ("2026-11-22T08:00:30Z", Err(VerifyError::Stale)),
        ("99999999999", Err(VerifyError::Stale)),
        ("0", Err(VerifyError::Stale)),
        ("", Err(VerifyError::Malformed("t"))),
        (" 1795338030", Err(VerifyError::Malformed("t"))),
        ("+1795338030", Err(VerifyError::Malformed("t"))),
        ("1795338030.5", Err(VerifyError::Malformed("t"))),
        ("yesterday", Err(VerifyError::Malformed("t"))),
    ] {
        assert_eq!(fresh(told, "t", now), expected, "{told}");
    }
}

/// Signed here, since Grafana prints no example: with the time if it was told to send one, without if not.
#[test]
fn a_time_that_grafana_may_leave_out_cannot_be_taken_away() {
    const TIME: &str = "x-grafana-alerting-signature-timestamp";
    let Some(Scheme::Hmac(form)) = named::scheme("grafana") else { panic!("grafana signs") };
    let at = Timestamp::from_second(1_795_338_030).unwrap();
    let secrets = ["shh".into()];
    let body = br#"{"alerts": []}"#;
    let verify = |headers: &HeaderMap, body: &[u8], now: Timestamp| {
        form.verify(headers, body, &secrets, now).map_err(|error| error.to_string())
    };
    let mut headers: HeaderMap = form.sign(&secrets[0], body, at).into_iter().collect();
    assert_eq!(verify(&headers, body, at), Ok(()));
    let later = Timestamp::from_second(1_795_338_331).unwrap();
    assert!(verify(&headers, body, later).is_err());
    headers.remove(TIME);
    assert!(verify(&headers, body, at).is_err());
    // The same bytes were signed, but they are no body.
    let moved = [b"1795338030:".as_slice(), body].concat();
    assert_eq!(verify(&headers, &moved, later), Err(format!("{TIME} is missing")));
    let bare = hex::encode(form.make("shh", None, body));
    headers.insert("x-grafana-alerting-signature", bare.parse().unwrap());
    assert_eq!(verify(&headers, body, later), Ok(()), "it was told to send no time");
}

#[test]
fn a_time_in_the_body_is_read_once_the_body_is_known_to_be_the_senders() {
    let Some(Scheme::Hmac(form)) = named::scheme("linear") else { panic!("linear signs") };
    let now = Timestamp::from_second(1_795_338_030).unwrap();
    let secrets = ["shh".into()];
    for (body, expected) in [
        (r#"{"webhookTimestamp": 1795338030123}"#, Ok(())),
        (r#"{"webhookTimestamp": "1795338030"}"#, Ok(())),
        (r#"{"webhookTimestamp": 1795337000000}"#, Err(VerifyError::Stale)),
        (r#"{"webhookTimestamp": null}"#, Err(VerifyError::Malformed("webhookTimestamp"))),
        (r#"{"webhookTimestamp": -1}"#, Err(VerifyError::Malformed("webhookTimestamp"))),
        (r#"{"webhookTimestamp": 1e400}"#, Err(VerifyError::Missing("webhookTimestamp"))),
        ("{}", Err(VerifyError::Missing("webhookTimestamp"))),
        ("[1795338030123]", Err(VerifyError::Missing("webhookTimestamp"))),
        ("no JSON", Err(VerifyError::Missing("webhookTimestamp"))),
    ] {
        let headers: HeaderMap = form.sign(&secrets[0], body.as_bytes(), now).into_iter().collect();
        assert_eq!(form.verify(&headers, body.as_bytes(), &secrets, now), expected, "{body}");
        let forged = form.verify(&headers, format!("{body} ").as_bytes(), &secrets, now);
        assert_eq!(forged, Err(VerifyError::Mismatch("linear-signature")), "{body}");
    }
}

#[test]
fn words_that_make_no_form_are_named_with_what_to_write() {
    let wrong =
        |words: serde_json::Value| form(words).map(|_| ()).map_err(|wrong| (wrong.at, wrong.to_string()));
    let header = |extra: serde_json::Value| {
        let mut words = serde_json::json!({ "header": "X-Signature" });
        words.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        wrong(words)
    };
    assert_eq!(header(serde_json::json!({})), Ok(()));
    assert_eq!(header(serde_json::json!({ "timestamp": "t=", "signed": "v0:{timestamp}:{body}" })), Ok(()));
    assert_eq!(header(serde_json::json!({ "timestamp": "body.at" })), Ok(()));
    for (words, at) in [
        (serde_json::json!({ "signed": "{timestamp}.{body}" }), "hmac.signed"),
        (serde_json::json!({ "signed": "{body}{body}" }), "hmac.signed"),
        (serde_json::json!({ "signed": "" }), "hmac.signed"),
        (serde_json::json!({ "signed": "{payload}" }), "hmac.signed"),
        (serde_json::json!({ "timestamp": "t=", "signed": "{body}" }), "hmac.signed"),
        (serde_json::json!({ "timestamp": "body.at", "signed": "{timestamp}{body}" }), "hmac.signed"),
        (serde_json::json!({ "timestamp": "x-at?", "signed": "v0:{timestamp}:{body}" }), "hmac.signed"),
        (serde_json::json!({ "timestamp": "x at" }), "hmac.timestamp"),
        (serde_json::json!({ "timestamp": "" }), "hmac.timestamp"),
        (serde_json::json!({ "timestamp": "?" }), "hmac.timestamp"),
    ] {
        let (place, told) = header(words.clone()).unwrap_err();
        assert_eq!(place, at, "{words}: {told}");
    }
    for name in ["", "x signature", "x-signature:", "ü"] {
        let told = wrong(serde_json::json!({ "header": name })).unwrap_err();
        assert_eq!(told, ("hmac.header", format!("\"{name}\" is no name of a header: such as x-signature")));
    }
}
