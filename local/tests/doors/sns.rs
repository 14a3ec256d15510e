//! Amazon SNS over HTTPS. The messages were signed once with a key that nobody kept; `sns/make-fixtures.py` made them.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Response};
use serde_json::{Value, json};
use shared::fetch::{Fetch, FetchError};
use url::Url;

use crate::stage::{Answer, Stage, config};

const CERTIFICATE: &[u8] = include_bytes!("sns/certificate.pem");
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";

fn message(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("sns/messages.json")).unwrap();
    assert!(all[name].is_object(), "there is no message {name}");
    all[name].clone()
}

/// The network, which only holds Amazon's certificate and remembers what it was asked.
#[derive(Debug, Default)]
struct Asked(Mutex<Vec<String>>);

impl Asked {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Everything but the certificate.
    fn confirmations(&self) -> Vec<String> {
        self.all().into_iter().filter(|url| !url.ends_with(".pem")).collect()
    }
}

#[async_trait]
impl Fetch for Asked {
    async fn get(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.0.lock().unwrap().push(url.to_string());
        Ok(Bytes::from_static(if url.path().ends_with(".pem") { CERTIFICATE } else { b"confirmed" }))
    }

    async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError> {
        self.get(url).await
    }

    async fn get_public(&self, url: &Url, _: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
        self.get(url).await.map(Response::new)
    }
}

async fn guarded(topics: Value) -> (Stage, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let stage = Stage::with(|deps| {
        deps.config = Arc::new(config(json!({ "sns": { "verify": "sns", "topics": topics } })));
        deps.fetch = asked.clone();
    })
    .await;
    (stage, asked)
}

async fn send(stage: &Stage, message: &Value) -> Answer {
    let kind = message["Type"].as_str().unwrap_or("Notification");
    let headers = [("x-amz-sns-message-type", kind), ("content-type", "text/plain; charset=UTF-8")];
    stage.post("/sns", &headers, message.to_string()).await
}

#[tokio::test]
async fn a_notification_of_a_topic_of_ours_is_taken_in_and_seen() {
    for name in ["notification-1", "notification-2"] {
        let (stage, _) = guarded(json!([TOPIC])).await;
        let answer = send(&stage, &message(name)).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        stage.drain().await;
        assert!(stage.channel("#alerts").contains("High CPU on api-prod"), "{}", stage.channel("#alerts"));
        assert_eq!(stage.incident().await["labels"]["region"], "eu-west-1", "read as an alarm");
    }
}

#[tokio::test]
async fn a_notification_that_is_forged_or_foreign_is_refused() {
    let (stage, _) = guarded(json!([TOPIC])).await;
    let mut changed = message("notification-2");
    changed["Message"] = json!("another");
    let mut unsigned = message("notification-2");
    unsigned["Signature"] = json!("");
    let mut of_other_key = message("notification-2");
    of_other_key["Signature"] = message("notification-1")["Signature"].clone();
    let foreign = message("notification-foreign-topic");
    for (case, message) in [
        ("changed", changed),
        ("unsigned", unsigned),
        ("another signature", of_other_key),
        ("foreign", foreign),
    ] {
        send(&stage, &message).await.refuses(401, case);
    }
    for body in ["{}", "[]", "null", "{", "hello"] {
        stage.post("/sns", &[], body).await.refuses(401, body);
    }
    assert_eq!(stage.world.queue.depth(), (0, 0));
}

#[tokio::test]
async fn a_subscription_of_ours_is_confirmed_exactly_once() {
    let (stage, asked) = guarded(json!(["arn:aws:sns:eu-west-1:123456789012:*"])).await;
    let confirmation = message("confirmation");
    let answer = send(&stage, &confirmation).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(asked.confirmations(), [confirmation["SubscribeURL"].as_str().unwrap()]);
    assert!(!answer.text.contains("token-of-the-fixture"), "{}", answer.text);
    assert_eq!(stage.world.queue.depth(), (0, 0), "it is no notification");
}

#[tokio::test]
async fn a_subscription_that_ended_is_not_begun_again() {
    let (stage, asked) = guarded(json!([TOPIC])).await;
    assert_eq!(send(&stage, &message("unsubscribe")).await.status, 200);
    assert_eq!(asked.confirmations(), Vec::<String>::new());
}

#[tokio::test]
async fn nobody_elses_subscription_is_confirmed() {
    let (stage, asked) = guarded(json!(["arn:aws:sns:eu-west-1:123456789012:others"])).await;
    send(&stage, &message("confirmation")).await.refuses(401, "foreign topic");
    assert_eq!(asked.confirmations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_foreign_topic_does_not_even_make_us_fetch_its_certificate() {
    let (stage, asked) = guarded(json!(["arn:aws:sns:eu-west-1:123456789012:others"])).await;
    send(&stage, &message("notification-2")).await.refuses(401, "foreign topic");
    assert_eq!(asked.all(), Vec::<String>::new());
}

#[tokio::test]
async fn an_address_that_only_looks_like_amazons_is_never_asked() {
    let hostile = message("hostile");
    let hostile = hostile.as_object().unwrap();
    assert!(hostile.len() >= 20);
    for (url, message) in hostile {
        let (stage, asked) = guarded(json!([TOPIC])).await;
        // Well signed, so that nothing but the address is wrong with it.
        send(&stage, message).await.refuses(401, url);
        assert_eq!(asked.confirmations(), Vec::<String>::new(), "SubscribeURL {url}");
        // The same place for the certificate, unless it is Amazon's own and only the question was wrong.
        let file = format!("{}a.pem", url.split("?Action").next().unwrap());
        let host = ["eu-west-1.amazonaws.com/", "us-east-1.amazonaws.com/"];
        if host.iter().any(|host| file.starts_with(&format!("https://sns.{host}"))) {
            continue;
        }
        let mut message = message.clone();
        message["SigningCertURL"] = json!(file);
        let before = asked.all().len();
        send(&stage, &message).await.refuses(401, &file);
        assert_eq!(asked.all().len(), before, "SigningCertURL {file}");
    }
}

#[tokio::test]
async fn two_hundred_hostile_addresses_make_no_request() {
    let hostile = include_str!("../../../shared/src/sources/verify/sns/fixtures/hostile-addresses.txt");
    assert!(hostile.lines().count() > 200);
    let (stage, asked) = guarded(json!([TOPIC])).await;
    for line in hostile.lines().map(|line| line.replace("\\t", "\t")) {
        let mut message = message("confirmation");
        message["SigningCertURL"] = json!(line.replace("{place}", "/a.pem"));
        let confirm = format!("/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t");
        message["SubscribeURL"] = json!(line.replace("{place}", &confirm));
        send(&stage, &message).await.refuses(401, &line);
    }
    assert_eq!(asked.all(), Vec::<String>::new());
    assert_eq!(stage.world.queue.depth(), (0, 0));
}

#[tokio::test]
async fn a_topic_whose_certificate_cannot_be_fetched_is_asked_to_come_again() {
    #[derive(Debug)]
    struct Nothing;
    #[async_trait]
    impl Fetch for Nothing {
        async fn get(&self, _: &Url) -> Result<Bytes, FetchError> {
            Err(FetchError("no route to host".to_owned()))
        }
        async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError> {
            self.get(url).await
        }
        async fn get_public(&self, url: &Url, _: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
            self.get(url).await.map(Response::new)
        }
    }
    let stage = Stage::with(|deps| {
        deps.config = Arc::new(config(json!({ "sns": { "verify": "sns", "topics": [TOPIC] } })));
        deps.fetch = Arc::new(Nothing);
    })
    .await;
    send(&stage, &message("notification-2")).await.refuses(503, "no certificate");
}
