//! API Gateway's HTTP request, payload format 2.0, and the answer to it
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{RequestId, WrongShape};

const EXPECTED: &str = "an API Gateway HTTP request (payload format 2.0)";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    request_context: Context,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    http: Method,
    #[serde(default)]
    request_id: Option<String>,
}

#[derive(Deserialize)]
struct Method {
    method: String,
}

/// The request that an event stands for. Headers that HTTP does not allow are left out.
///
/// # Errors
/// It is no such event, or its body is not what it says.
pub fn request(event: &Value) -> Result<Request<Bytes>, WrongShape> {
    let wrong = |why: String| WrongShape { expected: EXPECTED, why };
    let event = Event::deserialize(event).map_err(|error| wrong(error.to_string()))?;
    let body = match event.body {
        Some(body) if event.is_base64_encoded => {
            let decoded = BASE64_STANDARD.decode(body);
            Bytes::from(decoded.map_err(|_| wrong("the body is not base64".to_owned()))?)
        }
        Some(body) => Bytes::from(body),
        None => Bytes::new(),
    };
    let query = if event.raw_query_string.is_empty() {
        String::new()
    } else {
        format!("?{}", event.raw_query_string)
    };
    let mut request = Request::builder()
        .method(event.request_context.http.method.as_str())
        .uri(format!("{}{query}", path(&event.raw_path)));
    for (name, value) in &event.headers {
        let name = http::HeaderName::try_from(name.as_str());
        let value = http::HeaderValue::try_from(value.as_str());
        if let (Ok(name), Ok(value)) = (name, value) {
            request = request.header(name, value);
        }
    }
    if let Some(id) = event.request_context.request_id {
        request = request.extension(RequestId(id));
    }
    request.body(body).map_err(|error| wrong(error.to_string()))
}

/// The path as a request has it: an HTTP API hands it over decoded, with blanks and letters that no request can hold. What came
/// encoded stays; a `%` that begins no code is meant as it is.
fn path(raw: &str) -> String {
    let mut path = String::with_capacity(raw.len());
    for (at, letter) in raw.char_indices() {
        let code =
            raw.get(at + 1..at + 3).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let stays = match letter {
            '%' => code,
            '"' | '#' | '<' | '>' | '?' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
            letter => letter.is_ascii_graphic(),
        };
        if stays {
            path.push(letter);
        } else {
            let mut bytes = [0; 4];
            letter.encode_utf8(&mut bytes).bytes().for_each(|byte| path += &format!("%{byte:02X}"));
        }
    }
    path
}

/// The answer as API Gateway takes it.
pub fn response(response: &Response<Bytes>) -> Value {
    let headers: std::collections::BTreeMap<&str, &str> = response
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let body = String::from_utf8_lossy(response.body());
    json!({ "statusCode": response.status().as_u16(), "headers": headers, "body": body, "isBase64Encoded": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_was_decoded_on_the_way_is_one_again() {
        for (raw, expected) in [
            ("/hooks/own", "/hooks/own"),
            ("/v2/alerts/disk full/close", "/v2/alerts/disk%20full/close"),
            ("/v2/alerts/100%/close", "/v2/alerts/100%25/close"),
            ("/v2/alerts/a%2Fb/close", "/v2/alerts/a%2Fb/close"),
            ("/v2/alerts/ä?#/close", "/v2/alerts/%C3%A4%3F%23/close"),
        ] {
            let event = json!({ "rawPath": raw, "requestContext": { "http": { "method": "POST" } } });
            assert_eq!(request(&event).unwrap().uri().path(), expected, "{raw}");
        }
    }
}
