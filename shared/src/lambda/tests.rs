//! What Lambda hands over, as handlers get it, and back.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use serde_json::json;

use super::*;
use crate::queue::Queue;

fn event(body: &str, base64: bool) -> lambda_http::Request {
    let event = json!({
        "version": "2.0",
        "routeKey": "POST /slack/commands",
        "rawPath": "/slack/commands",
        "rawQueryString": "a=1",
        "headers": { "content-type": "application/x-www-form-urlencoded", "x-slack-signature": "v0=00" },
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "api.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "api", "requestId": "gateway", "routeKey": "POST /slack/commands", "stage": "$default",
            "time": "22/Nov/2026:09:00:00 +0000", "timeEpoch": 1_795_338_000_000_i64,
            "http": { "method": "POST", "path": "/slack/commands", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "Slackbot" },
        },
        "body": body,
        "isBase64Encoded": base64,
    });
    let mut context = lambda_http::Context::default();
    context.request_id = "invocation".to_owned();
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    lambda_http::RequestExt::with_lambda_context(request, context)
}

#[test]
fn a_request_is_the_bytes_that_slack_has_signed() {
    for request in [event("text=%C3%A9&a=b", false), event("dGV4dD0lQzMlQTkmYT1i", true)] {
        let request = plain(request);
        assert_eq!(request.body().as_ref(), b"text=%C3%A9&a=b");
        assert_eq!(request.method(), http::Method::POST);
        assert_eq!(request.uri().path(), "/slack/commands");
        assert_eq!(request.headers()["x-slack-signature"], "v0=00");
        assert_eq!(request.extensions().get::<RequestId>(), Some(&RequestId("invocation".to_owned())));
    }
}

#[test]
fn an_answer_stays_text_if_it_is_text() {
    let mut response = Response::new(Bytes::from_static("{\"text\":\"é\"}".as_bytes()));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let answered = answer(response);
    assert_eq!(answered.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(answered.body(), &Body::Text("{\"text\":\"é\"}".to_owned()));
    let answered = answer(Response::new(Bytes::from_static(&[0xff])));
    assert_eq!(answered.body(), &Body::Binary(vec![0xff]));
}

/// What was asked of a queue: the operation and its fields.
type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// Queues on a server that answers as `answer` says, through the same client as in Lambda.
async fn queue(answer: fn(&str) -> (StatusCode, Value)) -> (SqsQueue, Asked) {
    let asked = Asked::default();
    let seen = asked.clone();
    let server = axum::Router::new().fallback(move |headers: http::HeaderMap, body: String| async move {
        let operation = headers["x-amz-target"].to_str().unwrap().replace("AmazonSQS.", "");
        let (status, body_) = answer(&operation);
        seen.lock().unwrap().push((operation, serde_json::from_str(&body).unwrap()));
        (status, axum::Json(body_))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, server).await });
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .region(aws_sdk_sqs::config::Region::new("eu-west-1"))
        .endpoint_url(&url)
        .credentials_provider(aws_sdk_sqs::config::Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            None,
            None,
            "tests",
        ))
        .retry_config(aws_sdk_sqs::config::retry::RetryConfig::disabled())
        .http_client(super::transport::Transport(super::transport::http().unwrap()))
        .build();
    let client = aws_sdk_sqs::Client::from_conf(config);
    (SqsQueue::new(client, format!("{url}/1/signals"), format!("{url}/1/wakes.fifo")), asked)
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
        asked.iter().map(|(_, sent)| sent["Entries"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [10, 2]);
    let bodies = asked.iter().flat_map(|(_, sent)| sent["Entries"].as_array().unwrap());
    let arrived: Vec<Raw> =
        bodies.map(|entry| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap()).collect();
    assert_eq!(arrived, raws);
    assert!(asked.iter().all(|(operation, sent)| {
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
    let [(_, sent)] = &asked[..] else { panic!("{} requests", asked.len()) };
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
        .map(|(operation, sent)| (operation.as_str(), &sent["ReceiptHandle"], &sent["VisibilityTimeout"]))
        .collect();
    let change = "ChangeMessageVisibility";
    assert_eq!(changes, [(change, &json!("R2"), &json!(7)), (change, &json!("R3"), &json!(30))]);
}
