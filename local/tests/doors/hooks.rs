//! Who may bring something, by every scheme.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::HeaderMap;
use serde_json::json;
use sha2::Sha256;
use shared::config::Config;
use shared::sources::Sources;
use shared::sources::verify::Scheme;

use crate::stage::{Stage, config, event, secrets};

const BODY: &str = r#"{"title": "Disk full on db-1", "severity": "critical"}"#;

fn hmac(secret: &[u8], parts: &[&str]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    parts.iter().fold(mac, |mac, part| mac.chain_update(part)).finalize().into_bytes().to_vec()
}

fn github(secret: &str, body: &str) -> String {
    format!("sha256={}", hex::encode(hmac(secret.as_bytes(), &[body])))
}

/// A secret of Standard Webhooks: base64 behind its prefix.
fn whsec(key: &str) -> String {
    format!("whsec_{}", STANDARD.encode(key))
}

fn standard(key: &str, id: &str, at: &str, body: &str) -> String {
    format!("v1,{}", STANDARD.encode(hmac(key.as_bytes(), &[id, ".", at, ".", body])))
}

/// A world with a source for each scheme, two secrets each, and none that is not named.
async fn guarded() -> Stage {
    let sources = json!({
        "tickets": { "verify": "bearer", "secrets": ["tickets-old", "tickets-new"] },
        "github": { "verify": "github", "secrets": ["github-old", "github-new"] },
        "billing": { "verify": "standard-webhooks", "secrets": ["billing-old", "billing-new"] },
        "open": { "verify": "none" },
        "without-secret": { "verify": "bearer", "secrets": "nobody-set-it" },
    });
    Stage::with(|deps| {
        deps.config = Arc::new(config(sources));
        deps.secrets = secrets(&[
            ("tickets-old", "bearer-old"),
            ("tickets-new", "bearer-new"),
            ("github-old", "hub-old"),
            ("github-new", "hub-new"),
            ("billing-old", &whsec("billing-key-old")),
            ("billing-new", &whsec("billing-key-new")),
        ]);
    })
    .await
}

#[tokio::test]
async fn addresses_that_nobody_has_are_told_apart_from_methods_that_nobody_takes() {
    let stage = Stage::new().await;
    for path in ["/hooks", "/hooks/cloudwatch", "/sns"] {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            stage
                .request(method, path, HeaderMap::new(), "{}")
                .await
                .refuses(405, &format!("{method} {path}"));
        }
        for body in ["", " \n\t "] {
            stage.post(path, &[], body).await.refuses(400, &format!("{path}: {body:?}"));
        }
    }
    for path in [
        "/hooks/Not-A-Name",
        "/hooks/a.b",
        "/hooks/a%2fb",
        "/hooks/%00",
        &format!("/hooks/{}", "a".repeat(65)),
    ] {
        stage.post(path, &[], BODY).await.refuses(404, path);
    }
    for path in [
        "/hooks/a/b/c",
        "/elsewhere",
        "/slack",
        "/slack/other",
        "/_local/elsewhere",
        "/api/no.such.door.here",
    ] {
        let answer = stage.post(path, &[], BODY).await;
        assert!(matches!(answer.status.as_u16(), 200 | 404), "{path}: {} {}", answer.status, answer.text);
        // Slack itself answers 200 to a method that it does not know.
        assert_eq!(
            answer.status == 200,
            path.starts_with("/api/"),
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        let answer = stage.request("GET", path, HeaderMap::new(), "").await;
        assert!(
            answer.status == 404 || path.starts_with("/api/"),
            "GET {path}: {} {}",
            answer.status,
            answer.text
        );
    }
    assert_eq!(stage.world.queue.depth(), (0, 0), "nothing was taken in");
}

#[tokio::test]
async fn who_can_only_call_an_address_says_it_in_the_query() {
    let stage = guarded().await;
    let query = "title=Disk+full+on+db-1&severity=critical";
    let path = format!("/hooks/open?{query}");
    for method in ["GET", "POST"] {
        let answer = stage.request(method, &path, HeaderMap::new(), "").await;
        assert_eq!(answer.status, 200, "{method}: {}", answer.text);
    }
    assert_eq!(stage.world.queue.depth().0, 2);
    // Only who shows the secret is let in, and what is signed is a body.
    let tickets = format!("/hooks/tickets?{query}");
    stage.request("GET", &tickets, HeaderMap::new(), "").await.refuses(401, "no secret");
    let hub = format!("/hooks/github?{query}");
    let signed = HeaderMap::from_iter([(
        "x-hub-signature-256".parse().unwrap(),
        github("hub-new", "").parse().unwrap(),
    )]);
    stage.request("GET", &hub, signed, "").await.refuses(405, "a signature of nothing");
    stage.request("PUT", &path, HeaderMap::new(), "").await.refuses(405, "PUT");
    assert_eq!(stage.world.queue.depth().0, 2);
}

#[tokio::test]
async fn a_sender_that_only_asks_is_answered_and_nothing_is_taken_in() {
    let stage = guarded().await;
    let answer = stage.request("GET", "/hooks/open?challenge=abc", HeaderMap::new(), "").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "abc"));
    let challenge = r#"{"challenge": "abc"}"#;
    let answer = stage.post("/hooks/github", &[], challenge).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"challenge":"abc"}"#));
    stage.post("/hooks/cloudwatch", &[], challenge).await.refuses(401, "the config does not name it");
    assert_eq!(stage.world.queue.depth(), (0, 0));
}

#[tokio::test]
async fn a_source_that_the_config_does_not_name_is_refused() {
    let stage = guarded().await;
    for path in ["/hooks/cloudwatch", "/hooks", "/sns", "/hooks/generic"] {
        let answer = stage.post(path, &[("authorization", "Bearer bearer-new")], BODY).await;
        answer.refuses(401, path);
        assert!(answer.text.contains("sources:"), "{path}: {}", answer.text);
    }
    assert_eq!(stage.world.queue.depth(), (0, 0));
}

#[tokio::test]
async fn the_config_that_is_deployed_leaves_no_door_open() {
    let config = Config::built_in().unwrap_or_else(|faults| panic!("{faults:?}"));
    for (name, access) in &config.sources {
        assert_ne!(access.scheme, Some(Scheme::None), "anybody may send to /hooks/{name}");
    }
    let stage = Stage::with(|deps| {
        deps.config = Arc::new(config);
        deps.secrets = secrets(&[]);
    })
    .await;
    for path in ["/hooks", "/sns", "/hooks/sns", "/hooks/github", "/hooks/alertmanager", "/hooks/anything"] {
        stage.post(path, &[], event("cloudwatch/alarm-sns.json")).await.refuses(401, path);
    }
}

#[tokio::test]
async fn an_open_door_takes_what_comes_and_a_door_without_a_secret_nothing() {
    let stage = guarded().await;
    assert_eq!(stage.post("/hooks/open", &[], BODY).await.status, 200);
    for value in ["Bearer ", "Bearer nobody-set-it", "Bearer bearer-new"] {
        stage.post("/hooks/without-secret", &[("authorization", value)], BODY).await.refuses(401, value);
    }
}

#[tokio::test]
async fn a_bearer_is_known_by_the_old_and_the_new_secret() {
    let stage = guarded().await;
    for token in ["Bearer bearer-old", "Bearer bearer-new", "bearer bearer-new"] {
        assert_eq!(
            stage.post("/hooks/tickets", &[("authorization", token)], BODY).await.status,
            200,
            "{token}"
        );
    }
    stage.post("/hooks/tickets", &[], BODY).await.refuses(401, "missing");
    stage.post("/hooks/tickets?token=bearer-new", &[], BODY).await.refuses(401, "in the address");
    for number in 0..100 {
        let token = format!("Bearer bearer-new{number}");
        let answer = stage.post("/hooks/tickets", &[("authorization", &token)], BODY).await;
        answer.refuses(401, &token);
        assert!(!answer.text.contains("bearer-"), "{}", answer.text);
    }
}

#[tokio::test]
async fn github_is_known_by_the_old_and_the_new_secret() {
    let stage = guarded().await;
    let push = event("github/push.json");
    let send = |signature: String, delivery: &'static str| {
        let (stage, push) = (&stage, push.clone());
        async move {
            let headers = [
                ("x-hub-signature-256", signature.as_str()),
                ("x-github-event", "push"),
                ("x-github-delivery", delivery),
            ];
            stage.post("/hooks/github", &headers, push).await
        }
    };
    for secret in ["hub-old", "hub-new"] {
        let answer = send(github(secret, &push), secret).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["id"]), (200, &json!(secret)), "{}", answer.text);
    }
    stage.post("/hooks/github", &[("x-github-event", "push")], push.clone()).await.refuses(401, "missing");
    for number in 0..100 {
        let secret = format!("hub-{number}");
        send(github(&secret, &push), "x").await.refuses(401, &secret);
    }
    let other = github("hub-new", "another body");
    send(other, "x").await.refuses(401, "another body");
}

#[tokio::test]
async fn a_standard_webhook_is_known_by_the_old_and_the_new_secret() {
    let stage = guarded().await;
    let now = stage.now().as_second();
    let send = async |signature: String, at: i64| {
        let at = at.to_string();
        let headers =
            [("webhook-id", "msg_1"), ("webhook-timestamp", at.as_str()), ("webhook-signature", &signature)];
        stage.post("/hooks/billing", &headers, BODY).await
    };
    let signed = |key: &str, at: i64| standard(key, "msg_1", &at.to_string(), BODY);
    for key in ["billing-key-old", "billing-key-new"] {
        assert_eq!(send(signed(key, now), now).await.status, 200, "{key}");
    }
    let both = format!("{} {}", signed("rotated away", now), signed("billing-key-new", now));
    assert_eq!(send(both, now).await.status, 200, "one of two signatures");
    for at in [now - 301, now + 301] {
        send(signed("billing-key-new", at), at).await.refuses(401, "stale");
    }
    stage.post("/hooks/billing", &[], BODY).await.refuses(401, "missing");
    for number in 0..100 {
        let key = format!("billing-key-{number}");
        send(signed(&key, now), now).await.refuses(401, &key);
    }
}

#[tokio::test]
async fn a_token_at_the_end_of_the_address_gets_in_where_the_config_wants_it_there() {
    let stage = Stage::with(|deps| {
        deps.config = Arc::new(config(json!({
            "plain": { "verify": "path", "secrets": ["plain-old", "plain-new"] },
            "tickets": { "verify": "bearer", "secrets": "plain-new" },
            "open": { "verify": "none" },
        })));
        deps.secrets = secrets(&[("plain-old", "path-old"), ("plain-new", "path-new")]);
    })
    .await;
    for path in ["/hooks/plain/path-old", "/hooks/plain/path-new"] {
        let answer = stage.post(path, &[], BODY).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["source"]), (200, &json!("plain")), "{path}");
        assert!(!answer.text.contains("path-"), "{}", answer.text);
    }
    let bearer = [("authorization", "Bearer path-new")];
    for path in
        ["/hooks/plain", "/hooks/plain/path-newer", "/hooks/plain/path-ne", "/hooks/plain?token=path-new"]
    {
        let answer = stage.post(path, &bearer, BODY).await;
        answer.refuses(401, path);
        assert!(answer.text.contains("the end of the address"), "{path}: {}", answer.text);
        assert!(!answer.text.contains("path-"), "{path}: {}", answer.text);
    }
    for path in ["/hooks/tickets/path-new", "/hooks/open/path-new"] {
        stage.post(path, &bearer, BODY).await.refuses(404, path);
    }
    let further = stage.post("/hooks/plain/path-new/path-new", &[], BODY).await;
    assert_eq!(further.status, 404, "{}", further.text);
    stage.post("/hooks/nobody/path-new", &[], BODY).await.refuses(401, "not configured");
    assert_eq!(stage.world.queue.depth(), (2, 0));
}

#[tokio::test]
async fn a_source_whose_scheme_the_config_leaves_out_is_held_to_its_mappings() {
    let stage = Stage::with(|deps| {
        deps.config = Arc::new(config(json!({
            "github": { "secrets": "hub" },
            "cloudwatch": { "topics": "arn:aws:sns:eu-west-1:123456789012:alarms" },
            "*": { "secrets": "others" },
        })));
        deps.secrets = secrets(&[("hub", "hub-secret"), ("others", "other-secret")]);
    })
    .await;
    let push = event("github/push.json");
    let signature = github("hub-secret", &push);
    let signed = [("x-hub-signature-256", signature.as_str()), ("x-github-event", "push")];
    let bearer = [("authorization", "Bearer other-secret")];
    assert_eq!(stage.post("/hooks/github", &signed, push.clone()).await.status, 200);
    stage.post("/hooks/github", &[("authorization", "Bearer hub-secret")], push).await.refuses(401, "bearer");
    assert_eq!(stage.post("/hooks/my-script", &bearer, BODY).await.status, 200, "no mapping: a bearer");
    stage.post("/hooks/my-script", &signed, BODY).await.refuses(401, "no bearer");
    let answer = stage.post("/hooks/cloudwatch", &bearer, event("cloudwatch/alarm.json")).await;
    answer.refuses(401, "a topic has to sign");
}

#[tokio::test]
async fn a_mapping_alone_opens_no_door() {
    let mapping = "title: Anybody\nverify: none\ncases:\n  - { name: all, skip: nobody needs to see it }\n";
    let stage = Stage::with(|deps| {
        let files = [("anybody".to_owned(), mapping.to_owned())];
        deps.sources = Arc::new(Sources::builtin().unwrap().with_user_files(&files).unwrap());
        deps.config = Arc::new(config(json!({ "anybody": { "secrets": "any" } })));
        deps.secrets = secrets(&[("any", "any-secret")]);
    })
    .await;
    let answer = stage.post("/hooks/anybody", &[("authorization", "Bearer any-secret")], BODY).await;
    answer.refuses(401, "none is said in the config or not at all");
    assert!(answer.text.contains("`verify:`"), "{}", answer.text);
    assert_eq!(stage.world.queue.depth(), (0, 0));
}

#[tokio::test]
async fn options_in_the_config_describe_a_sender_that_has_no_name() {
    let stage = Stage::with(|deps| {
        deps.config = Arc::new(config(json!({
            "shop": { "verify": { "hmac": {
                "header": "X-Shop-Signature", "prefix": "v2=", "timestamp": "X-Shop-Time", "signed": "v2:{timestamp}:{body}",
            } }, "secrets": "shop" },
            "door": { "verify": { "token": "X-Door-Key" }, "secrets": "door" },
            "lift": { "verify": "basic", "secrets": "lift" },
        })));
        deps.secrets = secrets(&[("shop", "shop-secret"), ("door", "door-secret"), ("lift", "lift:secret")]);
    })
    .await;
    let at = stage.now().as_second().to_string();
    let signature = format!("v2={}", hex::encode(hmac(b"shop-secret", &["v2:", &at, ":", BODY])));
    let late = (stage.now().as_second() - 301).to_string();
    let stale = format!("v2={}", hex::encode(hmac(b"shop-secret", &["v2:", &late, ":", BODY])));
    let basic = format!("Basic {}", STANDARD.encode("lift:secret"));
    for (path, headers, status) in [
        ("/hooks/shop", vec![("x-shop-signature", signature.as_str()), ("x-shop-time", &at)], 200),
        ("/hooks/shop", vec![("x-shop-signature", &signature), ("x-shop-time", &late)], 401),
        ("/hooks/shop", vec![("x-shop-signature", &stale), ("x-shop-time", &late)], 401),
        ("/hooks/shop", vec![("x-shop-signature", &signature)], 401),
        ("/hooks/door", vec![("x-door-key", "door-secret")], 200),
        ("/hooks/door", vec![("x-door-key", "shop-secret")], 401),
        ("/hooks/lift", vec![("authorization", &basic)], 200),
        ("/hooks/lift", vec![("authorization", "Bearer lift:secret")], 401),
    ] {
        let answer = stage.post(path, &headers, BODY).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {headers:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_recognised_source_is_held_to_its_own_scheme() {
    // Nobody gets past GitHub's signature by sending GitHub's payload to the address that recognises.
    let stage = guarded().await;
    let headers = [("x-github-event", "push"), ("authorization", "Bearer bearer-new")];
    stage.post("/hooks", &headers, event("github/push.json")).await.refuses(401, "recognised");
    assert_eq!(stage.world.queue.depth(), (0, 0));
}
