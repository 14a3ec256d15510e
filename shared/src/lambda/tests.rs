//! What Lambda hands over, as handlers get it, and back.

use http::StatusCode;
use serde_json::json;

use super::*;

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
