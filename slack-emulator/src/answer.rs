//! What a Web API method answers, as a value: a reply, or a refusal with its error name. The HTTP form of it (always 200,
//! but 429 for rate limits) is made here too, so that handlers know nothing of HTTP.

use serde_json::{Map, Value, json};

/// What a method handler returns.
pub(crate) type Outcome = Result<Map<String, Value>, Refusal>;

/// An error answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    /// Further fields of the answer.
    pub(crate) more: Map<String, Value>,
}

/// Refuses with an error name; it must stand in the method's row of the catalog.
pub(crate) fn refuse(code: &'static str) -> Refusal {
    Refusal { code, more: Map::new() }
}

impl Refusal {
    /// Adds a field to the answer.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.into(), value);
        self
    }

    /// Adds `response_metadata.messages`.
    pub(crate) fn because(self, messages: &[String]) -> Self {
        self.with("response_metadata", json!({ "messages": messages }))
    }
}

/// The fields of a reply.
pub(crate) fn reply<const N: usize>(fields: [(&str, Value); N]) -> Outcome {
    Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A complete answer of the Web API.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status: 200, or 429.
    pub status: u16,
    /// The `Retry-After` header, seconds.
    pub retry_after: Option<u64>,
    /// The `X-OAuth-Scopes` and `X-Accepted-OAuth-Scopes` headers; `None` where no token was found good.
    pub scopes: Option<Scopes>,
    /// The JSON body with `ok`.
    pub body: Value,
}

/// What a good token may do and what the method wanted, comma separated, as the SDKs hand them on to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    /// The scopes of the token.
    pub granted: String,
    /// The scopes of which the method takes any.
    pub accepted: String,
}

impl Answer {
    pub(crate) fn of(outcome: Outcome) -> Self {
        let (ok, mut body) = match outcome {
            Ok(fields) => (true, fields),
            Err(refusal) => {
                let mut body = refusal.more;
                body.insert("error".into(), refusal.code.into());
                (false, body)
            }
        };
        body.insert("ok".into(), ok.into());
        Self { status: 200, retry_after: None, scopes: None, body: Value::Object(body) }
    }

    /// An error that need not stand in any table, for faults.
    pub(crate) fn error(code: &str) -> Self {
        Self { status: 200, retry_after: None, scopes: None, body: json!({ "ok": false, "error": code }) }
    }

    /// HTTP 429: try again after so many seconds.
    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    pub(crate) fn rate_limited(retry_after: u64) -> Self {
        Self {
            status: 429,
            retry_after: Some(retry_after),
            scopes: None,
            body: json!({ "ok": false, "error": "ratelimited" }),
        }
    }

    /// `ok`, or the error name.
    pub fn outcome(&self) -> &str {
        crate::read::text(&self.body, "error").unwrap_or("ok")
    }
}
