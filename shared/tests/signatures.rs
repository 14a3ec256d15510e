//! What must hold for every sender that signs: what it signed gets in, with the old secret and the new one, and what somebody
//! changed, made up or kept for later does not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use http::{HeaderMap, HeaderName};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use secrecy::SecretString;
use shared::slack::sign;
use shared::sources::verify::hmac::Hmac;
use shared::sources::verify::{Scheme, Shown, VerifyError, named, verify};

/// Every form of a signature, by name.
fn forms() -> Vec<(&'static str, Hmac)> {
    let form = |name| match named::scheme(name) {
        Some(Scheme::Hmac(form)) => Some((name, *form)),
        _ => None,
    };
    named::names().filter_map(form).collect()
}

fn now() -> Timestamp {
    "2026-11-22T09:00:30Z".parse().unwrap()
}

/// A body that tells its time, for those who look there.
fn body(text: &str) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({ "text": text, "webhookTimestamp": now().as_millisecond() }))
        .unwrap()
}

fn secrets(texts: &[&str]) -> Vec<SecretString> {
    texts.iter().map(|text| (*text).into()).collect()
}

fn signed(form: &Hmac, secret: &str, body: &[u8]) -> HeaderMap {
    form.sign(&secret.into(), body, now()).into_iter().collect()
}

#[test]
fn what_was_signed_with_the_old_or_the_new_secret_gets_in() {
    assert!(forms().len() > 30, "the table is read");
    let body = body("Disk full");
    for (name, form) in forms() {
        for secret in ["old", "new"] {
            let headers = signed(&form, secret, &body);
            assert_eq!(
                form.verify(&headers, &body, &secrets(&["old", "new"]), now()),
                Ok(()),
                "{name} {secret}"
            );
        }
        let stranger = signed(&form, "stranger", &body);
        let header = form.words().header.as_str();
        let refused = Err(VerifyError::Mismatch(header));
        assert_eq!(form.verify(&stranger, &body, &secrets(&["old", "new"]), now()), refused, "{name}");
        let missing = Err(VerifyError::Missing(header));
        assert_eq!(form.verify(&HeaderMap::new(), &body, &secrets(&["old"]), now()), missing, "{name}");
        let nobody = Err(VerifyError::NoSecret);
        assert_eq!(form.verify(&signed(&form, " ", &body), &body, &secrets(&[" "]), now()), nobody, "{name}");
    }
}

#[test]
fn what_carries_a_time_is_refused_300_seconds_away_from_it() {
    let timed = [
        "buildkite",
        "calendly",
        "grafana",
        "linear",
        "mux",
        "paddle",
        "rootly",
        "slack",
        "stripe",
        "tailscale",
        "zendesk",
    ];
    let body = body("Disk full");
    for (name, form) in forms() {
        let headers = signed(&form, "shh", &body);
        for (skew, inside) in [(300, true), (-300, true), (301, false), (-301, false)] {
            let now = now() + SignedDuration::from_secs(skew);
            let expected = if inside || !timed.contains(&name) { Ok(()) } else { Err(VerifyError::Stale) };
            assert_eq!(form.verify(&headers, &body, &secrets(&["shh"]), now), expected, "{name} {skew}");
        }
        let tells_time = form.words().timestamp.is_some();
        assert_eq!(tells_time, timed.contains(&name), "{name}");
    }
}

/// Two checks of one contract: the doors for Slack's own requests, and a source that signs as Slack does.
#[test]
fn a_source_that_signs_as_slack_does_is_checked_as_slack_is() {
    let scheme = named::scheme("slack").unwrap();
    let secret = secrets(&["8f742231b10e8888abcd99yyyzzz85a5"]);
    let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J";
    let signature = sign::sign(secret.first().unwrap(), now().as_second(), body);
    let headers = |at: i64, signature: &str| -> HeaderMap {
        HeaderMap::from_iter([
            (HeaderName::from_static(sign::TIMESTAMP_HEADER), at.into()),
            (HeaderName::from_static(sign::SIGNATURE_HEADER), signature.parse().unwrap()),
        ])
    };
    let at = now().as_second();
    for (headers, skew, gets_in) in [
        (headers(at, &signature), 0, true),
        (headers(at, &signature), 300, true),
        (headers(at, &signature), 301, false),
        (headers(at, &signature), -301, false),
        (headers(at + 1, &signature), 0, false),
        (headers(at, &signature[3..]), 0, false),
        (headers(at, "v0="), 0, false),
        (HeaderMap::new(), 0, false),
    ] {
        let now = now() + SignedDuration::from_secs(skew);
        let shown = Shown { headers: &headers, body, last_segment: None };
        assert_eq!(verify(&scheme, &shown, &secret, now).is_ok(), gets_in, "{headers:?} {skew}");
        assert_eq!(sign::verify(&secret, &headers, body, now).is_ok(), gets_in, "{headers:?} {skew}");
    }
}

/// One thing of a request that somebody changed.
#[derive(Clone, Debug)]
enum Change {
    /// A bit of the body.
    Body(prop::sample::Index, u8),
    /// Something behind the body.
    Longer(Vec<u8>),
    /// A character of a header.
    Header(prop::sample::Index, prop::sample::Index, char),
    /// A header is gone.
    Without(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        (index(), 0_u8..8).prop_map(|(at, bit)| Change::Body(at, bit)),
        prop::collection::vec(any::<u8>(), 1..20).prop_map(Change::Longer),
        (index(), index(), "[!-~]").prop_map(|(which, at, to)| Change::Header(
            which,
            at,
            to.chars().next().unwrap()
        )),
        index().prop_map(Change::Without),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_that_somebody_changed_gets_in(
        which in any::<prop::sample::Index>(),
        text in "\\PC{0,40}",
        secret in "[a-zA-Z0-9]{1,80}",
        change in change(),
    ) {
        let forms = forms();
        let (name, form) = which.get(&forms);
        let mut body = body(&text);
        let headers = form.sign(&secret.as_str().into(), &body, now());
        let mut pairs: Vec<(HeaderName, String)> =
            headers.iter().map(|(name, value)| (name.clone(), value.to_str().unwrap().to_owned())).collect();
        let meaning = |value: &str| value.to_ascii_lowercase().replace(';', ",");
        match &change {
            Change::Body(at, bit) => {
                let at = at.index(body.len());
                body[at] ^= 1 << bit;
            }
            Change::Longer(more) => body.extend(more),
            Change::Header(which, at, to) => {
                let which = which.index(pairs.len());
                let value = &mut pairs[which].1;
                let at = at.index(value.len());
                let before = value.clone();
                value.replace_range(at..=at, &to.to_string());
                // Capital digits and semicolons say the same; base64 does not.
                let is_hex = !before.contains(['+', '/']) && !value.ends_with('=');
                prop_assume!(before != *value && !(is_hex && meaning(&before) == meaning(value)));
            }
            Change::Without(which) => {
                pairs.remove(which.index(pairs.len()));
            }
        }
        let headers: HeaderMap = pairs.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
        let checked = form.verify(&headers, &body, &secrets(&[&secret]), now());
        prop_assert!(checked.is_err(), "{name} {change:?} {headers:?}");
    }

    #[test]
    fn no_header_makes_it_panic_or_lets_a_stranger_in(
        which in any::<prop::sample::Index>(),
        value in "[ -~]{0,200}",
        time in "[ -~]{0,40}",
        body in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let forms = forms();
        let (name, form) = which.get(&forms);
        let mut headers = signed(form, "stranger", b"{}");
        for (header, text) in [(0, &value), (1, &time)] {
            if let Some(name) = headers.keys().nth(header).cloned() {
                headers.insert(name, text.parse().unwrap());
            }
        }
        let checked = form.verify(&headers, &body, &secrets(&["shh"]), now());
        prop_assert!(checked.is_err(), "{name} {headers:?}");
    }
}
