//! The fixtures were signed once with a throw-away key that nobody kept: `certificate.pem` is its self-signed certificate,
//! `messages.json` the signed messages. `make-fixtures.py` beside them made both and can make new ones.

use serde_json::{Value, json};

use super::*;

const CERTIFICATE: &[u8] = include_bytes!("fixtures/certificate.pem");
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";

fn fixture(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("fixtures/messages.json")).unwrap();
    all[name].clone()
}

fn check(message: &Value, topics: &[&str]) -> Result<Verified, VerifyError<'static>> {
    let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    Message::parse(message.to_string().as_bytes())?.verify(CERTIFICATE, &topics)
}

#[test]
fn both_versions_of_the_signature_are_verified_with_and_without_a_subject() {
    for name in ["notification-1", "notification-2", "notification-2-without-subject"] {
        assert_eq!(check(&fixture(name), &[TOPIC]), Ok(Verified::Notification), "{name}");
    }
}

#[test]
fn a_wanted_subscription_is_confirmed_at_its_own_address() {
    for name in ["confirmation-1", "confirmation-2"] {
        let Ok(Verified::Confirm(url)) = check(&fixture(name), &[TOPIC]) else {
            panic!("{name} was refused")
        };
        assert_eq!(url.host_str(), Some("sns.eu-west-1.amazonaws.com"));
    }
    assert_eq!(check(&fixture("unsubscribe-2"), &[TOPIC]), Ok(Verified::Unsubscribed));
}

#[test]
fn a_good_signature_does_not_make_a_bad_address_good() {
    for name in [
        "confirmation-other-action",
        "confirmation-other-topic",
        "confirmation-other-host",
        "confirmation-twice",
    ] {
        assert_eq!(check(&fixture(name), &[TOPIC]), Err(VerifyError::Address("SubscribeURL")), "{name}");
    }
}

#[test]
fn any_change_of_a_signed_field_is_noticed() {
    for (field, value) in [
        ("Message", json!("another")),
        ("MessageId", json!("another")),
        ("Subject", json!("another")),
        ("Subject", Value::Null),
        ("Timestamp", json!("2026-11-22T09:00:01.000Z")),
        ("SignatureVersion", json!("1")),
    ] {
        let mut message = fixture("notification-2");
        message[field] = value;
        assert_eq!(check(&message, &[TOPIC]), Err(VerifyError::Mismatch("Signature")), "{field}");
    }
    let mut message = fixture("notification-2");
    message["TopicArn"] = json!("arn:aws:sns:eu-west-1:123456789012:alarms-2");
    assert_eq!(
        check(&message, &["arn:aws:sns:eu-west-1:123456789012:*"]),
        Err(VerifyError::Mismatch("Signature"))
    );
}

#[test]
fn only_allowed_topics_get_in() {
    for (topics, expected) in [
        (vec![TOPIC], Ok(Verified::Notification)),
        (vec!["arn:aws:sns:eu-west-1:123456789012:*"], Ok(Verified::Notification)),
        (vec!["arn:aws:sns:eu-west-1:999999999999:*", "*", ""], Err(VerifyError::Topic)),
        (vec![], Err(VerifyError::Topic)),
    ] {
        assert_eq!(check(&fixture("notification-2"), &topics), expected, "{topics:?}");
    }
}

#[test]
fn a_certificate_comes_from_amazon_or_not_at_all() {
    for (url, trusted) in [
        ("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem", true),
        ("https://sns.cn-north-1.amazonaws.com.cn/a.pem", true),
        ("https://sns.us-gov-west-1.amazonaws.com/a.pem", true),
        ("http://sns.eu-west-1.amazonaws.com/a.pem", false),
        ("https://sns.eu-west-1.amazonaws.com/a.txt", false),
        ("https://sns.eu-west-1.amazonaws.com/?x=a.pem", false),
        ("https://sns.eu-west-1.amazonaws.com/a.pem?x=1", false),
        ("https://sns.eu-west-1.amazonaws.com/a.pem#x.pem", false),
        ("https://sns.eu-west-1.amazonaws.com:8443/a.pem", false),
        ("https://sns.eu-west-1.amazonaws.com:443/a.pem", false), // SNS never writes it
        ("https://user@sns.eu-west-1.amazonaws.com/a.pem", false),
        ("https://sns.eu-west-1.amazonaws.com@evil.example/a.pem", false),
        ("https://sns.eu-west-1.amazonaws.com.evil.example/a.pem", false),
        ("https://evil.example/sns.eu-west-1.amazonaws.com/a.pem", false),
        ("https://sns.a.b.amazonaws.com/a.pem", false),
        ("https://sns..amazonaws.com/a.pem", false),
        ("https://sns.eu-west-1.amazonaws.com\\@evil.example/a.pem", false), // a path at Amazon, if a parser mends it
        ("https://sns.eu-west-1。amazonaws.com/a.pem", false),
        ("https://sns.eu-west-1.amazonaws.com./a.pem", false),
        ("https://[::1]/a.pem", false),
        ("https://s3.amazonaws.com/sns.eu-west-1.amazonaws.com/a.pem", false),
        ("file:///etc/a.pem", false),
        ("", false),
    ] {
        let mut message = fixture("notification-2");
        message["SigningCertURL"] = json!(url);
        let message = Message::parse(message.to_string().as_bytes()).unwrap();
        assert_eq!(message.certificate_url().is_ok(), trusted, "{url}");
    }
}

#[test]
fn nonsense_is_refused_and_never_panics() {
    for body in ["", "{}", "[]", "null", "{\"Type\":1}"] {
        assert!(matches!(Message::parse(body.as_bytes()), Err(VerifyError::Malformed(_))), "{body}");
    }
    let message = Message::parse(fixture("notification-2").to_string().as_bytes()).unwrap();
    for certificate in [&b""[..], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\xff"]
    {
        assert_eq!(
            message.verify(certificate, &[TOPIC.to_owned()]),
            Err(VerifyError::Malformed("the certificate"))
        );
    }
    let mut message = fixture("notification-2");
    for (field, value) in [("Signature", "!"), ("SignatureVersion", "3"), ("Type", "Other")] {
        message[field] = json!(value);
        assert!(check(&message, &[TOPIC]).is_err(), "{field}");
    }
}

#[test]
fn the_token_is_not_shown() {
    let message = Message::parse(fixture("confirmation-2").to_string().as_bytes()).unwrap();
    assert!(!format!("{message:?}").contains("token-of-the-fixture"));
}

/// Addresses that are not SNS's, whatever they look like, with `{place}` for what stands behind the host.
fn hostile_addresses(place: &str) -> Vec<String> {
    let lines = include_str!("fixtures/hostile-addresses.txt").lines();
    lines.map(|line| line.replace("{place}", place).replace("\\t", "\t")).collect()
}

#[test]
fn no_hostile_address_is_taken_for_a_certificate_or_a_confirmation() {
    let confirms = format!("/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t");
    let certificates = hostile_addresses("/a.pem");
    let confirmations = hostile_addresses(&confirms);
    assert!(certificates.len() > 200, "{}", certificates.len());
    let mut message = fixture("confirmation-2");
    for (certificate, confirmation) in certificates.iter().zip(&confirmations) {
        message["SigningCertURL"] = json!(certificate);
        message["SubscribeURL"] = json!(confirmation);
        let message = Message::parse(message.to_string().as_bytes()).unwrap();
        assert_eq!(message.certificate_url(), Err(VerifyError::Address("SigningCertURL")), "{certificate}");
        assert_eq!(message.confirmation_url(), Err(VerifyError::Address("SubscribeURL")), "{confirmation}");
    }
    // The same place at SNS itself is right, so nothing but the host is wrong above.
    message["SigningCertURL"] = json!("https://sns.eu-west-1.amazonaws.com/a.pem");
    message["SubscribeURL"] = json!(format!("https://sns.eu-west-1.amazonaws.com{confirms}"));
    let message = Message::parse(message.to_string().as_bytes()).unwrap();
    assert!(message.certificate_url().is_ok() && message.confirmation_url().is_ok());
}

#[test]
fn sns_is_found_in_every_kind_of_region() {
    for host in [
        "us-east-1.amazonaws.com",
        "ap-southeast-2.amazonaws.com",
        "us-gov-west-1.amazonaws.com",
        "us-isob-east-1.amazonaws.com",
        "mx-central-1.amazonaws.com",
        "cn-northwest-1.amazonaws.com.cn",
    ] {
        assert!(amazon_address(&format!("https://sns.{host}/a.pem")).is_some(), "{host}");
    }
}
