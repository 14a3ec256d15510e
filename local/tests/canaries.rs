//! Canaries: a secret that nobody else has is planted in every setting and in every place of a request where a secret may
//! stand, and then looked for in everything that leaves: logs at their most talkative, answers, what Slack was sent, the
//! runner's own API, and what `Debug` prints.
//!
//! What is no secret is what a sender wrote for people: the title and the text of a payload are shown as they are. A field
//! or label that is named for a secret is not for people; neither is any header that proves something. A source's
//! name is no secret either, though a path holds it.
//!
//! A binary of its own: what is logged anywhere in the process is listened to.

#![expect(clippy::unwrap_used, reason = "this is test code, though not all of it inside a test function")]

use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::json;
use tracing::Level;

#[path = "doors/stage.rs"]
#[expect(dead_code, clippy::panic, clippy::indexing_slicing, reason = "the tests of the doors use all of it")]
mod stage;

use stage::{Stage, config, secrets};

/// What every planted secret holds.
const CANARY: &str = "c4n4ry";

/// Somebody's secret; each is told apart by where it was planted.
fn planted(place: &str) -> String {
    format!("{CANARY}-{place}-0123456789abcdef")
}

/// What is logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Everything that has left, with a name for each.
#[derive(Default)]
struct Left(Vec<(String, String)>);

impl Left {
    fn add(&mut self, what: impl Into<String>, text: impl Into<String>) {
        self.0.push((what.into(), text.into()));
    }

    /// No canary, in no form in which one may have travelled.
    fn holds_no_canary(&self) {
        assert!(self.0.len() >= 20, "only {} things were looked at", self.0.len());
        // Base64 has three forms of the same text, by what stands before it.
        let base64 = |ahead: usize| {
            let encoded = STANDARD.encode("-".repeat(ahead) + CANARY);
            encoded.trim_end_matches('=')[(ahead * 8).div_ceil(6)..CANARY.len()].to_owned()
        };
        let known = [stage::SIGNING, "xoxb-emulator"].map(str::to_owned);
        let forms: Vec<String> = [CANARY.to_owned(), CANARY.to_uppercase(), hex::encode(CANARY)]
            .into_iter()
            .chain(known)
            .chain((0..3).map(base64))
            .collect();
        for (what, text) in &self.0 {
            for form in &forms {
                assert!(!text.contains(form.as_str()), "{what} holds {form}: {text}");
            }
        }
    }
}

/// Doors where somebody has to prove something, and nobody below does.
const GUARDED: [&str; 6] =
    ["/hooks/tickets", "/hooks/github", "/hooks/billing", "/hooks/plain", "/hooks/repository", "/hooks/shop"];

/// Headers that prove something, each with a canary.
fn headers(name: &str) -> Vec<(String, String)> {
    let secret = |place: &str| planted(&format!("{name}-{place}"));
    let basic = STANDARD.encode(format!("user:{}", secret("basic")));
    let fixed = [
        ("authorization", format!("Basic {basic}")),
        ("proxy-authorization", format!("Bearer {}", secret("proxy"))),
        ("cookie", format!("session={}", secret("cookie"))),
        ("x-hub-signature-256", format!("sha256={}", secret("hub"))),
        ("x-slack-signature", format!("v0={}", secret("slack"))),
        ("x-slack-request-timestamp", "1795338030".to_owned()),
        ("webhook-signature", format!("v1,{}", secret("standard"))),
        ("x-gitlab-token", secret("gitlab")),
        ("stripe-signature", format!("t=1795338030,v1={}", secret("stripe"))),
        ("x-api-key", secret("api-key")),
        ("x-amz-security-token", secret("amz")),
        ("x-my-password", secret("password")),
        ("x-routing-key", secret("routing")),
    ];
    fixed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A payload with a canary in every field that is named for a secret.
fn payload(name: &str) -> String {
    let secret = |place: &str| planted(&format!("{name}-{place}"));
    json!({
        "title": format!("Login failed at {name}"), "severity": "critical", "status": "firing", "key": name,
        "password": secret("password"), "token": secret("token"), "api_key": secret("api-key"),
        "client_secret": secret("client"), "authorization": format!("Bearer {}", secret("authorization")),
        "labels": { "service": "login", "password": secret("label"), "access-token": secret("label-token") },
        "tags": [format!("secret:{}", secret("tag"))],
        "request": { "headers": { "cookie": secret("nested-cookie"), "Authorization": secret("nested") } },
        "url": format!("https://user:{}@example.com/login", secret("user-info")),
    })
    .to_string()
}

#[tokio::test]
async fn no_secret_leaves_by_any_way() {
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || written.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut left = Left::default();
    let sources = json!({
        "tickets": { "verify": "bearer", "secrets": ["tickets"] },
        "github": { "verify": "github", "secrets": ["hub"] },
        "billing": { "verify": "standard-webhooks", "secrets": ["billing"] },
        "sns": { "verify": "sns", "topics": ["arn:aws:sns:eu-west-1:123456789012:*"] },
        "plain": { "verify": "path", "secrets": ["plain"] },
        "repository": { "verify": "gitlab", "secrets": ["repository"] },
        "shop": { "verify": "stripe", "secrets": ["shop"] },
        "*": { "verify": "none" },
    });
    let bearer = planted("setting-bearer");
    let stage = Stage::with(|deps| {
        deps.config = Arc::new(config(sources));
        deps.secrets = secrets(&[
            ("tickets", &bearer),
            ("hub", &planted("setting-hub")),
            ("billing", &planted("setting-billing")),
            ("plain", &planted("setting-plain")),
            ("repository", &planted("setting-repository")),
            ("shop", &planted("setting-shop")),
        ]);
        // The token that Slack will refuse, so that its errors are looked at too.
        deps.slack = shared::slack::client::Client::new(
            "http://127.0.0.1:9/".parse().unwrap(),
            planted("setting-bot-token").into(),
            shared::slack::client::http().build().unwrap(),
        );
    })
    .await;
    left.add("Debug of the seams", format!("{:?} {:#?}", stage.world.deps, stage.world.deps));

    // Every door, with everything that a secret may stand in; the query too.
    let doors = [
        "/hooks",
        "/hooks/own",
        "/hooks/tickets",
        "/hooks/github",
        "/hooks/billing",
        "/hooks/plain",
        "/hooks/repository",
        "/hooks/shop",
        "/hooks/alertmanager",
        "/sns",
        "/slack/commands",
        "/slack/interactions",
        "/slack/events",
        "/nowhere",
    ];
    for path in doors {
        for body in [
            payload(path),
            format!("command=%2Fops&token={}", planted("form")),
            planted("{not-json").replace('{', "["),
        ] {
            // Words that stand alone are content; those that reach nobody are not.
            if !body.starts_with('{') && path.starts_with("/hooks") && !GUARDED.contains(&path) {
                continue;
            }
            let address = format!("{path}?token={}&key={}", planted("query"), planted("query-key"));
            let proving = headers(path);
            let proving: Vec<(&str, &str)> =
                proving.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = stage.post(&address, &proving, body).await;
            left.add(format!("the answer of {path}"), format!("{:?} {}", answer.headers, answer.text));
        }
    }
    // The doors of other tools, where the secret stands in the body or behind a word of their own.
    let key = format!("GenieKey {}", planted("genie"));
    for (path, body) in [
        (
            "/v2/enqueue",
            json!({
                "routing_key": planted("routing"), "event_action": "trigger",
                "payload": { "summary": "Paged", "custom_details": { "password": planted("details") } },
            }),
        ),
        ("/v2/enqueue", json!({ "routing_key": planted("refused"), "event_action": planted("action") })),
        ("/v2/alerts", json!({ "message": "Paged", "details": { "token": planted("details") } })),
        ("/v2/alerts/x/close", json!(planted("body"))),
        ("/api/v2/alerts", json!([{ "labels": { "alertname": "Paged", "token": planted("label") } }, {}])),
    ] {
        let answer = stage.post(path, &[("authorization", &key)], body.to_string()).await;
        left.add(format!("the answer of {path}"), format!("{:?} {}", answer.headers, answer.text));
    }
    let authorization = format!("Bearer {bearer}");
    let answer = stage.post("/hooks/tickets", &[("authorization", &authorization)], payload("let-in")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    left.add("the answer of a door that lets in", answer.text);
    for (path, status) in [("setting-plain", 200), ("forged-plain", 401)] {
        let answer = stage.post(&format!("/hooks/plain/{}", planted(path)), &[], payload(path)).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        left.add("the answer of an address with a token", answer.text);
    }
    // Signed as Slack signs, so that what comes after the check is looked at with the secret in use.
    let command = "command=%2Fops&text=status&user_id=U01ANA&channel_id=C02OPS&team_id=T01ACME&trigger_id=1.2.3&response_url=http%3A%2F%2F127.0.0.1%3A9%2Fresponse%2FR1";
    let answer = stage.slack("/slack/commands", &[], command).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    left.add("the answer to a command", answer.text);
    // What stands right behind `/hooks/` is the source's name, which everybody sees; a secret further on is nobody's name.
    for path in [format!("/hooks/own/{}", planted("path")), format!("/{}", planted("path"))] {
        let answer = stage.post(&path, &[], "{}").await;
        assert_eq!(answer.status, 404, "{}", answer.text);
        left.add("the answer of a path", answer.text);
    }

    // The courier cannot reach Slack: what it says of that is looked at too.
    let done = stage.world.drain().await;
    assert!(done.signals > 3, "{done:?}");
    for path in ["/_local/incidents", "/_local/clock", "/_local/dead", "/_local/events"] {
        let answer = stage.request("GET", path, HeaderMap::new(), "").await;
        left.add(path, answer.text);
    }
    left.add("Debug of the world", format!("{:?}", stage.world));
    look_at_log(&log, &mut left);
    left.holds_no_canary();
}

/// What reaches the workspace; its token is the emulator's own, so nothing is planted there.
#[tokio::test]
async fn no_secret_of_a_payload_is_posted() {
    let stage = Stage::new().await;
    let mut left = Left::default();
    for path in ["/hooks", "/hooks/own", "/hooks/alertmanager", "/hooks/cloudwatch"] {
        let proving = headers(path);
        let proving: Vec<(&str, &str)> =
            proving.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(stage.post(path, &proving, payload(path)).await.status, 200, "{path}");
    }
    stage.drain().await;
    let slack = stage.world.slack.as_ref().unwrap();
    for incident in stage.incidents().await {
        let id = incident["id"].as_str().unwrap().to_owned();
        let command = format!(
            "command=%2Fops&text=show+{id}&user_id=U01ANA&channel_id=C02OPS&team_id=T01ACME&trigger_id={id}"
        );
        left.add("/ops show", stage.slack("/slack/commands", &[], &command).await.text);
        left.add("/_local/incidents", incident.to_string());
        let loaded =
            stage.world.deps.store.incident(&shared::core::incident::IncidentId(id)).await.unwrap().unwrap();
        for page in
            [shared::present::page::why(&loaded.incident), shared::present::page::details(&loaded.incident)]
        {
            left.add("a page", serde_json::to_string(&page).unwrap());
        }
    }
    for call in slack.calls() {
        left.add("a call", format!("{call:?}"));
    }
    for message in slack.messages("#alerts", "U01ANA") {
        left.add("a message", format!("{message:?}"));
    }
    assert!(stage.channel("#alerts").contains("Login failed"), "{}", stage.channel("#alerts"));
    left.holds_no_canary();
}

/// Line by line, so that a hit says where it is. And it did listen.
fn look_at_log(log: &Log, left: &mut Left) {
    let text = log.text();
    assert!(text.contains("notification taken in") && text.contains("refused at the door"), "{text}");
    text.lines().for_each(|line| left.add("the log", line));
}
