//! Which headers of a request travel with a raw notification: those that a mapping may look at, never one that proves
//! anything. A list of what is refused would miss the next vendor's `X-Secret`, so the rule looks at the words in a name.

use std::collections::BTreeMap;

use http::HeaderMap;

/// The most headers that travel, and the longest value in characters.
const MAX_HEADERS: usize = 40;
const MAX_VALUE: usize = 300;

/// A header whose name holds one of these words may be a credential, or says who the caller's client is.
#[rustfmt::skip]
const SECRET_WORDS: &[&str] = &[
    "auth", "cookie", "credential", "hmac", "jwt", "key", "passw", "secret", "security", "session", "sig",
    "token",
];

/// Headers of the transport, of no use to a mapping.
#[rustfmt::skip]
const NOISE: &[&str] = &[
    "accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-length",
    "forwarded", "host", "traceparent", "tracestate", "via", "x-amzn-trace-id", "x-forwarded-for",
    "x-forwarded-port", "x-forwarded-proto",
];

/// The headers that a mapping may look at, in lower case.
pub fn visible(headers: &HeaderMap) -> BTreeMap<String, String> {
    let visible = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str();
        let value: String = value.to_str().ok()?.chars().take(MAX_VALUE).collect();
        (!is_hidden(name)).then(|| (name.to_owned(), value))
    });
    visible.take(MAX_HEADERS).collect()
}

/// Whether a header, in lower case, proves something by its name, or is the transport's own.
pub(super) fn is_hidden(name: &str) -> bool {
    NOISE.contains(&name) || SECRET_WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::visible;

    #[test]
    fn what_a_mapping_needs_travels_and_what_proves_does_not() {
        let mut headers = HeaderMap::new();
        for name in [
            "x-github-event",
            "x-github-delivery",
            "webhook-id",
            "user-agent",
            "content-type",
            "x-amz-sns-message-type",
            "authorization",
            "cookie",
            "x-hub-signature-256",
            "webhook-signature",
            "x-gitlab-token",
            "x-api-key",
            "x-pagerduty-signature",
            "x-my-secret",
            "x-forwarded-for",
            "proxy-authorization",
        ] {
            headers.insert(name, HeaderValue::from_static("canary"));
        }
        let names: Vec<String> = visible(&headers).into_keys().collect();
        assert_eq!(
            names,
            [
                "content-type",
                "user-agent",
                "webhook-id",
                "x-amz-sns-message-type",
                "x-github-delivery",
                "x-github-event"
            ]
        );
    }

    #[test]
    fn values_that_are_no_text_are_left_out_and_long_ones_are_cut() {
        let mut headers = HeaderMap::new();
        headers.insert("x-odd", HeaderValue::from_bytes(b"\xff").unwrap());
        headers.insert("x-long", HeaderValue::from_str(&"a".repeat(5_000)).unwrap());
        let visible = visible(&headers);
        assert_eq!(visible.len(), 1);
        assert_eq!(visible["x-long"].len(), 300);
    }
}
