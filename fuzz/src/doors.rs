//! Requests at the doors: a forged one gets in nowhere, and what Slack really signed, however odd, is answered and never
//! with a server's error. An input is a whole request, or the body of one that is signed here.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{Request, StatusCode};
use jiff::Timestamp;
use local::http::{Door, enter};
use secrecy::SecretString;
use serde_json::{Value, json};
use shared::core::incident::IncidentId;
use shared::slack::sign;
use shared::sources::verify::{self, Scheme, Shown, named};

use crate::payloads::{drawn, request};
use crate::seams::{INCIDENT, SIGNING, Seams, judge, now, wait};

/// Every scheme by which a request has to prove something, by name.
static SCHEMES: LazyLock<Vec<(&str, Scheme)>> = LazyLock::new(|| {
    let named = named::names().filter_map(|name| Some((name, named::scheme(name)?)));
    named.filter(|(_, scheme)| scheme.needs_secret()).collect()
});

/// A whole request: nobody who lacks the secret gets in, at any of Slack's doors or by any scheme of a source.
pub fn forged(input: &[u8]) {
    let Some(forged) = request(input) else { return };
    let secrets = [SecretString::from(SIGNING), SecretString::from("")];
    let last_segment = forged.uri().path().rsplit('/').next();
    let shown = Shown { headers: forged.headers(), body: forged.body(), last_segment };
    for (name, scheme) in SCHEMES.iter() {
        let checked = verify::verify(scheme, &shown, &secrets, now());
        let error = checked.map_or_else(|error| error.to_string(), |()| panic!("{name} lets it in"));
        assert!(!error.contains(SIGNING) && error.len() < 200, "{error}");
    }
    let seams = Seams::new();
    for door in [Door::Commands, Door::Interactions, Door::Events] {
        let answer = wait(enter(door, forged.clone(), &seams.deps));
        // Slack asks whether our certificate is good without a signature, and hears nothing.
        let nothing = door == Door::Commands && answer.body().is_empty();
        assert!(nothing || answer.status() == StatusCode::UNAUTHORIZED, "{door:?}: {}", answer.status());
    }
    assert_eq!(seams.queue.depth(), (0, 0));
    assert!(seams.asked.all().is_empty());
}

/// The body of a slash command that Slack signed.
pub fn slash_command(input: &[u8]) {
    answered(Door::Commands, input);
}

/// The `payload` of a click or a form that Slack signed.
pub fn interaction(input: &[u8]) {
    let mut form = b"payload=".to_vec();
    form.extend(input.iter().flat_map(|byte| format!("%{byte:02x}").into_bytes()));
    answered(Door::Interactions, &form);
}

/// The body of an event that Slack signed.
pub fn slack_event(input: &[u8]) {
    answered(Door::Events, input);
}

/// A message at the door of topics, whose addresses it names itself: nobody is asked but SNS.
pub fn sns(input: &[u8]) {
    let seams = Seams::new();
    let request = Request::post("/sns").body(Bytes::copy_from_slice(input)).unwrap();
    let answer = wait(ingest::handle(request, &seams.deps));
    let refused = [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE];
    assert!(refused.contains(&answer.status()), "{}", answer.status());
    for url in seams.asked.all() {
        let host = url.host_str().unwrap_or_default();
        let region = host.strip_prefix("sns.").and_then(|rest| rest.strip_suffix(".amazonaws.com"));
        let region = region.or_else(|| host.strip_prefix("sns.")?.strip_suffix(".amazonaws.com.cn"));
        assert!(region.is_some_and(|region| !region.starts_with("s3")), "{url} was asked");
        assert!(url.scheme() == "https" && url.port().is_none() && url.username().is_empty(), "{url}");
    }
    assert_eq!(seams.queue.depth(), (0, 0), "nothing unsigned is taken in");
}

/// Signed as Slack does, the body is answered: understood or refused with a word, never with a server's error, within
/// bounds, and with nothing that Slack would not show.
fn answered(door: Door, body: &[u8]) {
    let seams = Seams::with_incident();
    let answer = wait(enter(door, signed(body, now()), &seams.deps));
    // The one thing that Slack is asked to send again: an event about a message that is not recorded yet.
    let again = door == Door::Events && answer.body().windows(9).any(|words| words == b"too early");
    let statuses = [StatusCode::OK, StatusCode::BAD_REQUEST];
    assert!(again || statuses.contains(&answer.status()), "{}", answer.status());
    // A challenge is Slack's own and goes back as it is.
    let most = if door == Door::Events { body.len() + 200 } else { 50_000 };
    assert!(answer.body().len() <= most, "the answer has {} bytes", answer.body().len());
    if answer.status() == StatusCode::OK && door == Door::Commands && !answer.body().is_empty() {
        let reply: Value = serde_json::from_slice(answer.body()).unwrap();
        judge(&json!({ "text": reply["text"], "blocks": reply["blocks"] }));
    }
    let id = IncidentId(INCIDENT.to_owned());
    let loaded = wait(seams.deps.store.incident(&id)).unwrap().unwrap();
    drawn(&loaded.incident, &loaded.timeline);
}

fn signed(body: &[u8], at: Timestamp) -> Request<Bytes> {
    let signature = sign::sign(&SecretString::from(SIGNING), at.as_second(), body);
    Request::post("/slack")
        .header(sign::TIMESTAMP_HEADER, at.as_second())
        .header(sign::SIGNATURE_HEADER, signature)
        .body(Bytes::copy_from_slice(body))
        .unwrap()
}
