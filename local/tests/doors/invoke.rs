//! The functions as Lambda invokes them: every file of `events/functions` against the function that its name begins with.
//!
//! The ones from Slack cannot be signed once and for all, since a signature holds for five minutes: they are signed anew here,
//! over the body that they carry. `INCIDENT` in a body stands for an incident's id.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use shared::slack::sign::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};

use crate::stage::{Answer, SIGNING, Stage, event};

const FUNCTIONS: [&str; 7] =
    ["ingest", "router", "courier", "slash-command", "interaction", "slack-events", "notifier"];

async fn invoke(stage: &Stage, function: &str, event: String) -> Answer {
    stage.post(&format!("/2015-03-31/functions/{function}/invocations"), &[], event).await
}

/// Every file: its function, its shape, what is in it.
fn files() -> Vec<(&'static str, String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/functions");
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = names
        .map(|name| {
            let function = FUNCTIONS.iter().find(|function| name.starts_with(&format!("{function}-")));
            let text = event(&format!("functions/{name}"));
            (*function.unwrap_or_else(|| panic!("{name} is for no function")), name, text)
        })
        .collect();
    files.sort();
    files
}

/// The event with another incident in it, as Slack would have signed it now.
fn from_slack(text: &str, incident: &str, stage: &Stage) -> String {
    let mut event: Value = serde_json::from_str(text).unwrap();
    let body = event["body"].as_str().unwrap().to_owned();
    let encoded = event["isBase64Encoded"] == true;
    let body = if encoded { String::from_utf8(STANDARD.decode(body).unwrap()).unwrap() } else { body };
    let body = body.replace("INCIDENT", incident);
    let at = stage.now().as_second();
    event["headers"][TIMESTAMP_HEADER] = json!(at.to_string());
    event["headers"][SIGNATURE_HEADER] = json!(sign(&SIGNING.into(), at, body.as_bytes()));
    event["body"] = json!(if encoded { STANDARD.encode(&body) } else { body });
    event.to_string()
}

#[tokio::test]
async fn every_function_takes_every_shape_that_it_is_asked_with() {
    let files = files();
    for function in FUNCTIONS {
        assert!(files.iter().any(|(of, ..)| *of == function), "no event for {function}");
    }
    for (function, name, text) in files {
        let stage = Stage::new().await;
        let slack = matches!(function, "slash-command" | "interaction" | "slack-events");
        let event = if slack { from_slack(&text, "n0ne0", &stage) } else { text };
        let answer = invoke(&stage, function, event).await;
        assert_eq!(
            (answer.status.as_u16(), answer.headers.get("x-amz-function-error")),
            (200, None),
            "{name}"
        );
        let said = answer.json();
        match function {
            "router" | "courier" => assert_eq!(said, json!({ "batchItemFailures": [] }), "{name}"),
            "notifier" => assert_eq!(said, json!({ "behind": 0, "due": 0 }), "{name}"),
            "slack-events" if name.contains("url-verification") => {
                let body: Value = serde_json::from_str(said["body"].as_str().unwrap()).unwrap();
                assert!(body["challenge"].as_str().unwrap().starts_with("3eZbrw1a"), "{name}: {body}");
            }
            "slack-events" => {
                assert_eq!(said["statusCode"], 503, "{name}: it is about a post that is not recorded")
            }
            "ingest" if !name.contains("api-gateway") => assert_eq!(said, json!({ "taken": 1 }), "{name}"),
            _ => assert_eq!(
                (&said["statusCode"], &said["isBase64Encoded"]),
                (&json!(200), &json!(false)),
                "{name}"
            ),
        }
        if function == "ingest" {
            stage.drain().await;
            assert_eq!(stage.incidents().await.len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn the_body_of_a_request_may_be_encoded() {
    let stage = Stage::new().await;
    invoke(&stage, "ingest", event("functions/ingest-api-gateway-base64.json")).await;
    stage.drain().await;
    assert!(stage.channel("#alerts").contains("Größe überschritten"), "{}", stage.channel("#alerts"));
}

#[tokio::test]
async fn the_functions_together_make_the_loop() {
    let stage = Stage::new().await;
    let slack =
        |name: &str, incident: &str| from_slack(&event(&format!("functions/{name}")), incident, &stage);
    invoke(&stage, "router", event("functions/router-sqs.json")).await;
    let incidents = stage.incidents().await;
    let alarm = incidents.iter().find(|incident| incident["title"] == "High CPU on api-prod").unwrap();
    let id = alarm["id"].as_str().unwrap();
    assert_eq!(stage.posts("#alerts"), 0, "the router does not speak to Slack");
    invoke(&stage, "courier", event("functions/courier-sqs.json").replace("INCIDENT", id)).await;
    assert_eq!(stage.posts("#alerts"), 1);
    let answer = invoke(&stage, "slash-command", slack("slash-command-api-gateway.json", id)).await;
    assert!(answer.text.contains("3 incidents firing"), "{}", answer.text);
    let answer = invoke(&stage, "interaction", slack("interaction-api-gateway.json", id)).await;
    assert_eq!(answer.json()["statusCode"], 200);
    let acked = stage.incidents().await.into_iter().find(|incident| incident["id"] == id).unwrap();
    assert_eq!((&acked["state"], &acked["owner"]["id"]), (&json!("acknowledged"), &json!("U01ANA")));
    let answer = invoke(&stage, "interaction", slack("interaction-api-gateway-form.json", id)).await;
    assert_eq!(answer.json()["body"], "", "an empty answer closes the form");
    stage.drain().await;
    assert!(stage.channel("#alerts").contains("The index was missing."), "{}", stage.channel("#alerts"));
}

#[tokio::test]
async fn the_same_notification_by_topic_and_queue_is_known_however_often_the_queue_brings_it() {
    let stage = Stage::new().await;
    let mut batch: Value = serde_json::from_str(&event("functions/router-sqs.json")).unwrap();
    invoke(&stage, "router", batch.to_string()).await;
    // SNS may hand the same message to the queue twice: another id for SQS, the same for the topic.
    for (position, record) in batch["Records"].as_array_mut().unwrap().iter_mut().enumerate() {
        record["messageId"] = json!(format!("another-{position}"));
    }
    assert_eq!(invoke(&stage, "router", batch.to_string()).await.json(), json!({ "batchItemFailures": [] }));
    for incident in stage.incidents().await {
        assert_eq!(incident["counts"]["signals"], 1, "{}", incident["title"]);
    }
}

#[tokio::test]
async fn a_function_that_does_not_exist_is_refused_as_lambda_does() {
    let stage = Stage::new().await;
    let answer = invoke(&stage, "nobody", "{}".to_owned()).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.headers.get("x-amzn-errortype").unwrap(), "ResourceNotFoundException");
    assert!(answer.json()["Message"].as_str().unwrap().contains("slash-command"), "{}", answer.text);
    assert_eq!(answer.json()["Type"], "User");
    let answer = invoke(&stage, "router", "{".to_owned()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.headers.get("x-amzn-errortype").unwrap(), "InvalidRequestContentException");
}

#[tokio::test]
async fn an_event_of_another_shape_is_an_error_of_the_function_and_no_crash() {
    let stage = Stage::new().await;
    for function in FUNCTIONS.into_iter().filter(|function| !matches!(*function, "ingest" | "notifier")) {
        for event in [
            "{}",
            "[]",
            "null",
            "7",
            r#"{"Records":7}"#,
            r#"{"requestContext":{"http":{"method":"P T"}},"rawPath":"x"}"#,
        ] {
            let answer = invoke(&stage, function, event.to_owned()).await;
            assert_eq!(answer.status, 200, "{function} {event}");
            assert_eq!(
                answer.headers.get("x-amz-function-error").unwrap(),
                "Unhandled",
                "{function} {event}"
            );
            assert!(answer.json()["errorMessage"].is_string(), "{function} {event}");
        }
    }
    // Ingest takes whatever invokes it.
    for event in ["{}", "[]", "null", r#"{"Records":7}"#, r#"{"Records":[]}"#] {
        let answer = invoke(&stage, "ingest", event.to_owned()).await;
        assert!(answer.json()["taken"].is_number(), "{event}: {}", answer.text);
    }
    stage.drain().await;
}
