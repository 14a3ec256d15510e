//! What is to be known of calls besides their answers: the scopes in the headers, and how many there were.

use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn a_good_token_is_told_its_scopes_and_those_that_the_method_takes() {
    let world =
        World::with(|settings| settings.scopes = vec!["chat:write".into(), "users:read".into()]).await;
    let header = |answer: &reqwest::Response, name: &str| {
        answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    for (method, accepted, error) in [
        ("chat.postMessage", "chat:write", None),
        ("reactions.add", "reactions:write", Some("missing_scope")),
        ("auth.test", "", None),
    ] {
        let answer = world.send(method, json!({ "channel": "ops", "text": "x" })).await.unwrap();
        assert_eq!(header(&answer, "x-oauth-scopes").as_deref(), Some("chat:write,users:read"), "{method}");
        assert_eq!(header(&answer, "x-accepted-oauth-scopes").as_deref(), Some(accepted), "{method}");
        assert_eq!(answer.json::<Value>().await.unwrap()["error"].as_str(), error, "{method}");
    }
    let stranger = world.http.post(format!("{}/api/auth.test", world.url)).send().await.unwrap();
    assert_eq!(header(&stranger, "x-oauth-scopes"), None, "without a token there is nothing to tell");
}

#[tokio::test]
async fn calls_are_counted_by_outcome_also_beyond_the_log() {
    let world = World::with(|settings| settings.rate_limits = false).await;
    let fault = json!({ "method": "auth.test", "kind": "internal_error", "times": 2 });
    world.http.post(format!("{}/_slack/faults", world.url)).json(&fault).send().await.unwrap();
    for _ in 0..503 {
        world.call("auth.test", json!({})).await;
    }
    world.call("no.such.method", json!({})).await;
    let log = world.get("/_slack/log").await;
    assert_eq!(log["calls"].as_array().map(Vec::len), Some(500));
    assert_eq!(log["counts"], json!({ "auth.test": { "internal_error": 2, "ok": 501 } }));
}
