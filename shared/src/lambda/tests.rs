//! What Lambda hands over, as handlers get it; and AWS as it is asked, through the same client as in Lambda.

use std::sync::{Arc, Mutex};

use hmac::{Hmac, Mac};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::aws::{Aws, Operation};
use super::environment::{Account, Settings};
use super::*;
use crate::config::Config;
use crate::queue::Queue;

mod cloud;
mod mailbox;

const SECRET_KEY: &str = "secret";

#[test]
fn a_request_is_known_by_the_invocation() {
    let event = include_str!("../../../events/functions/slash-command-api-gateway.json");
    let request = request(&serde_json::from_str(event).unwrap(), "invocation").unwrap();
    assert_eq!(request.extensions().get::<RequestId>(), Some(&RequestId("invocation".to_owned())));
    assert_eq!(request.headers()["x-slack-request-timestamp"], "1795338030");
    assert!(request.body().starts_with(b"token=not-used&team_id=T01ACME&"));
}

/// What a service was asked: the operation, its fields and the headers.
type Asked = Arc<Mutex<Vec<(String, Value, HeaderMap)>>>;

/// A server that answers as `answer` says to the operation and to how many came before, and only what is well signed.
async fn server(
    answer: impl Fn(&str, usize) -> (StatusCode, Value) + Clone + Send + Sync + 'static,
) -> (Account, Asked) {
    let asked = Asked::default();
    let seen = asked.clone();
    let server = axum::Router::new().fallback(move |headers: HeaderMap, body: String| async move {
        assert_eq!(headers["authorization"].to_str().unwrap(), authorization(&headers, &body));
        let operation = headers["x-amz-target"].to_str().unwrap().split_once('.').unwrap().1.to_owned();
        let mut seen = seen.lock().unwrap();
        let (status, said) = answer(&operation, seen.len());
        seen.push((operation, serde_json::from_str(&body).unwrap(), headers));
        (status, axum::Json(said))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, server).await });
    (Account { endpoint, ..account("eu-west-1") }, asked)
}

/// AWS on such a server, through the same client as in Lambda.
async fn aws(
    answer: impl Fn(&str, usize) -> (StatusCode, Value) + Clone + Send + Sync + 'static,
) -> (Aws, Asked) {
    let (account, asked) = server(answer).await;
    (Aws::new(transport::http().unwrap(), account).at_once(), asked)
}

fn account(region: &str) -> Account {
    Account {
        region: region.to_owned(),
        key_id: "AKIDEXAMPLE".to_owned(),
        secret_key: SECRET_KEY.into(),
        session: Some("session".into()),
        endpoint: None,
    }
}

/// The signature that AWS computes of what it received, step by step as
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html> says.
fn authorization(headers: &HeaderMap, body: &str) -> String {
    let given = headers["authorization"].to_str().unwrap();
    let names = given.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
    for needed in ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
        assert!(names.split(';').any(|name| name == needed), "{needed} is not signed");
    }
    signed("POST", "/", headers, body)
}

/// The header that a request with these headers has to have, if it is signed well
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
fn signed(method: &str, path: &str, headers: &HeaderMap, body: &str) -> String {
    let header = |name: &str| headers[name].to_str().unwrap();
    let given = header("authorization");
    let part = |name: &str| given.split(name).nth(1).unwrap().split(',').next().unwrap();
    let (signed, scope) = (part("SignedHeaders="), part("Credential=").split_once('/').unwrap().1);
    let lines: String = signed.split(';').map(|name| format!("{name}:{}\n", header(name))).collect();
    let canonical = format!("{method}\n{path}\n\n{lines}\n{signed}\n{}", hex::encode(Sha256::digest(body)));
    let hashed = hex::encode(Sha256::digest(canonical));
    let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hashed}", header("x-amz-date"));
    let hmac = |key: Vec<u8>, text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let key = scope.split('/').fold(format!("AWS4{SECRET_KEY}").into_bytes(), hmac);
    let signature = hex::encode(hmac(key, &text));
    format!("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={signed}, Signature={signature}")
}

const PING: Operation =
    Operation { service: "sqs", target: "AmazonSQS.Ping", content_type: "application/x-amz-json-1.0" };

#[tokio::test]
async fn what_may_go_better_in_a_moment_is_asked_three_times() {
    let throttled = json!({ "__type": "com.amazonaws.ssm#ThrottlingException", "message": "Rate exceeded" });
    for (status, said) in [(503, json!({})), (400, throttled), (429, json!("no object"))] {
        let status = StatusCode::from_u16(status).unwrap();
        let once = said.clone();
        let (patient, asked) = aws(move |_, before| match before {
            0 => (status, once.clone()),
            _ => (StatusCode::OK, json!({ "done": before })),
        })
        .await;
        assert_eq!(patient.ask::<Value>(PING, &json!({})).await, Ok(json!({ "done": 1 })));
        assert_eq!(asked.lock().unwrap().len(), 2);
        let (never, asked) = aws(move |_, _| (status, said.clone())).await;
        let error = never.ask::<Value>(PING, &json!({})).await.unwrap_err();
        assert_eq!(asked.lock().unwrap().len(), 3, "{error}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_and_not_asked_again() {
    let denied = |_: &str, _| {
        (
            StatusCode::BAD_REQUEST,
            json!({ "__type": "AccessDeniedException", "Message": "not ssm:GetParameters" }),
        )
    };
    let (aws, asked) = aws(denied).await;
    let error = aws.ask::<Value>(PING, &json!({})).await.unwrap_err();
    assert_eq!(error.to_string(), "AccessDeniedException: not ssm:GetParameters");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[test]
fn every_partition_has_its_domain() {
    for (region, address) in [
        ("eu-west-1", "https://sqs.eu-west-1.amazonaws.com/"),
        ("us-gov-west-1", "https://sqs.us-gov-west-1.amazonaws.com/"),
        ("cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn/"),
        ("eusc-de-east-1", "https://sqs.eusc-de-east-1.amazonaws.eu/"),
    ] {
        let aws = Aws::new(transport::http().unwrap(), account(region));
        assert_eq!(aws.address("sqs"), address);
        let printed = format!("{aws:?}");
        assert!(!printed.contains("secret\"") && !printed.contains("session\""), "{printed}");
    }
}

#[tokio::test]
async fn the_secrets_are_asked_for_by_name_and_what_is_not_there_is_named() {
    let (aws, asked) = aws(|_, before| {
        let found =
            json!({ "Name": "/callboard/slack-bot-token", "Type": "SecureString", "Value": "xoxb-1" });
        let missing = "/callboard/slack-signing-secret";
        let signing = json!({ "Name": missing, "Type": "SecureString", "Value": "shh" });
        match before {
            0 => (StatusCode::OK, json!({ "Parameters": [found], "InvalidParameters": [missing] })),
            _ => (StatusCode::OK, json!({ "Parameters": [found, signing], "InvalidParameters": [] })),
        }
    })
    .await;
    let config = Config::built_in().unwrap();
    let read = async || secrets::read(&aws, "/callboard/", Needs::Slack, &config).await;
    let error = read().await.unwrap_err().to_string();
    assert!(error.starts_with("there is no parameter /callboard/slack-signing-secret"), "{error}");
    let read = read().await.unwrap();
    assert_eq!(read.token.expose_secret(), "xoxb-1");
    let asked = asked.lock().unwrap();
    let (operation, fields, _) = &asked[0];
    assert_eq!(operation, "GetParameters");
    let names = ["/callboard/slack-bot-token", "/callboard/slack-signing-secret"];
    assert_eq!(*fields, json!({ "Names": names, "WithDecryption": true }));
}

#[tokio::test]
async fn secrets_are_read_once_and_asked_for_again_until_they_are_there() {
    let (account, asked) = server(|_, before| {
        let token = json!({ "Name": "/callboard/slack-bot-token", "Value": "xoxb-1" });
        match before {
            0 => {
                (StatusCode::BAD_REQUEST, json!({ "__type": "AccessDeniedException", "message": "not yet" }))
            }
            _ => (StatusCode::OK, json!({ "Parameters": [token] })),
        }
    })
    .await;
    let function = Function::wire(Needs::Token, settings(), account).unwrap();
    assert!(asked.lock().unwrap().is_empty(), "it starts without asking anybody");
    let error = function.deps().await.unwrap_err().to_string();
    let told = "Parameter Store cannot be asked for the secrets: AccessDeniedException: not yet";
    assert_eq!(error, told);
    for _ in 0..3 {
        function.deps().await.unwrap();
    }
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn who_needs_no_secret_asks_for_none() {
    let (aws, asked) = aws(|_, _| (StatusCode::FORBIDDEN, json!({}))).await;
    let config = Config::built_in().unwrap();
    secrets::read(&aws, "/callboard/", Needs::Nothing, &config).await.unwrap();
    assert!(asked.lock().unwrap().is_empty());
}

/// Queues on such a server.
async fn queue(answer: fn(&str) -> (StatusCode, Value)) -> (SqsQueue, Asked) {
    let (aws, asked) = aws(move |operation, _| answer(operation)).await;
    (SqsQueue::new(aws, "https://sqs/1/signals", "https://sqs/1/wakes.fifo"), asked)
}

fn taken(_: &str) -> (StatusCode, Value) {
    (StatusCode::OK, json!({ "Successful": [], "Failed": [] }))
}

fn raw(id: &str) -> Raw {
    let received_at = jiff::Timestamp::UNIX_EPOCH;
    Raw {
        id: id.to_owned(),
        source: None,
        headers: Default::default(),
        body: "{}".to_owned(),
        received_at,
        note: None,
    }
}

fn wake(channel: &str) -> Wake {
    let incident = crate::core::incident::IncidentId("abcde".to_owned());
    Wake { incident, channel: channel.to_owned(), revision: 3, sweep: None }
}

#[tokio::test]
async fn notifications_arrive_as_they_were_sent() {
    let (queue, asked) = queue(taken).await;
    let raws: Vec<Raw> = (0..12).map(|number| raw(&format!("D{number}"))).collect();
    queue.signals(&raws).await.unwrap();
    queue.signals(&[]).await.unwrap();
    let asked = asked.lock().unwrap();
    let counts: Vec<usize> =
        asked.iter().map(|(_, sent, _)| sent["Entries"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [10, 2]);
    let bodies = asked.iter().flat_map(|(_, sent, _)| sent["Entries"].as_array().unwrap());
    let arrived: Vec<Raw> =
        bodies.map(|entry| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap()).collect();
    assert_eq!(arrived, raws);
    assert!(asked.iter().all(|(operation, sent, _)| {
        operation == "SendMessageBatch"
            && sent["QueueUrl"].as_str().unwrap().ends_with("/1/signals")
            && sent["Entries"][0].get("MessageGroupId").is_none()
    }));
}

#[tokio::test]
async fn a_wake_is_grouped_by_channel_and_known_by_key_and_revision() {
    let (queue, asked) = queue(taken).await;
    queue.wakes(&[wake("#ops"), wake("#ops"), wake("#déploiements")]).await.unwrap();
    let asked = asked.lock().unwrap();
    let [(_, sent, _)] = &asked[..] else { panic!("{} requests", asked.len()) };
    assert!(sent["QueueUrl"].as_str().unwrap().ends_with("/1/wakes.fifo"));
    let entries = sent["Entries"].as_array().unwrap();
    assert_eq!(entries[0]["MessageGroupId"], "#ops");
    assert_eq!(entries[0]["MessageDeduplicationId"], entries[1]["MessageDeduplicationId"]);
    assert_ne!(entries[0]["MessageDeduplicationId"], entries[2]["MessageDeduplicationId"]);
    let read: Wake = serde_json::from_str(entries[2]["MessageBody"].as_str().unwrap()).unwrap();
    assert_eq!(read, wake("#déploiements"));
}

#[tokio::test]
async fn what_the_queue_does_not_take_is_an_error_that_quotes_no_message() {
    let (in_part, _) = queue(|_| {
        let failed = json!([{ "Id": "0", "Code": "InternalError", "SenderFault": false }]);
        (StatusCode::OK, json!({ "Successful": [], "Failed": failed }))
    })
    .await;
    let error = in_part.signals(&[raw("D1")]).await.unwrap_err();
    assert_eq!(error.0, "1 refused, InternalError: no message");
    let (not_at_all, _) = queue(|_| {
        let denied = json!({ "__type": "com.amazonaws.sqs#AccessDenied", "message": "by the test" });
        (StatusCode::FORBIDDEN, denied)
    })
    .await;
    assert_eq!(not_at_all.wakes(&[wake("#ops")]).await.unwrap_err().0, "AccessDenied: by the test");
}

#[tokio::test]
async fn dead_letters_are_counted_over_both_queues_by_who_may_look() {
    let held = |_: &str| (StatusCode::OK, json!({ "Attributes": { "ApproximateNumberOfMessages": "3" } }));
    let (queue, asked) = queue(held).await;
    assert!(queue.dead().await.is_err(), "this one does not know them");
    assert!(asked.lock().unwrap().is_empty());
    let queue = queue.with_dead(vec!["https://sqs/1/a".to_owned(), "https://sqs/1/b".to_owned()]);
    assert_eq!(queue.dead().await.unwrap(), 6);
    let (operation, fields, _) = asked.lock().unwrap()[1].clone();
    assert_eq!(operation, "GetQueueAttributes");
    assert_eq!(
        fields,
        json!({ "QueueUrl": "https://sqs/1/b", "AttributeNames": ["ApproximateNumberOfMessages"] })
    );
}

#[tokio::test]
async fn what_is_not_done_comes_again_at_its_time() {
    let (queue, asked) = queue(|_| (StatusCode::OK, json!({}))).await;
    let message = |id: &str| sqs::Record {
        id: id.to_owned(),
        body: String::new(),
        receipt: format!("R{id}"),
        tries: 2,
    };
    let records = [message("1"), message("2"), message("3")];
    let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let later = now + jiff::SignedDuration::from_secs(7);
    let verdicts = [Verdict::Done, Verdict::Again(later), Verdict::Failed];
    let told = settle(&queue, Which::Wakes, &records, &verdicts, now).await;
    assert_eq!(told, json!({ "batchItemFailures": [{ "itemIdentifier": "2" }, { "itemIdentifier": "3" }] }));
    let asked = asked.lock().unwrap();
    let changes: Vec<(&str, &Value, &Value)> = asked
        .iter()
        .map(|(operation, sent, _)| (operation.as_str(), &sent["ReceiptHandle"], &sent["VisibilityTimeout"]))
        .collect();
    let change = "ChangeMessageVisibility";
    assert_eq!(changes, [(change, &json!("R2"), &json!(7)), (change, &json!("R3"), &json!(30))]);
}

fn settings() -> Settings {
    Settings {
        table: "callboard".to_owned(),
        signals_url: "https://sqs/1/signals".to_owned(),
        wakes_url: "https://sqs/1/wakes.fifo".to_owned(),
        dead_urls: Vec::new(),
        mail_bucket: None,
        secrets_prefix: "/callboard/".to_owned(),
        slack_url: "https://slack.com/".parse().unwrap(),
    }
}
