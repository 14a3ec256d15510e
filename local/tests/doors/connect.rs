//! `/ops connect`: the steps for a source, with the address of whoever answers, told by the config that is in force.

use std::sync::Arc;

use shared::config::Config;

use crate::slack::command;
use crate::stage::Stage;

/// A deployment's config: two sources of their own, and a bearer token for all the rest.
const CONFIG: &str = r##"
channels: { fallback: "#ops" }
sources:
  github: { verify: github, secrets: github-webhook }
  "*": { verify: bearer, secrets: hooks }
routes: [{ name: all, to: "#alerts" }]
"##;

/// What the command says, without Slack's escapes.
async fn said(stage: &Stage, text: &str, headers: &[(&str, &str)]) -> String {
    let answer = stage.slack("/slack/commands", headers, &command(text, "1")).await.json();
    assert_eq!(answer["response_type"], "ephemeral");
    let blocks = answer["blocks"].as_array().unwrap().iter();
    let texts: Vec<&str> = blocks.map(|block| block["text"]["text"].as_str().unwrap()).collect();
    texts.join("\n").replace("&gt;", ">").replace("&amp;", "&")
}

async fn deployed() -> Stage {
    Stage::with(|deps| deps.config = Arc::new(Config::from_yaml(CONFIG).unwrap())).await
}

#[tokio::test]
async fn the_address_is_that_of_whoever_answers() {
    let stage = deployed().await;
    let laptop = format!("`{}/hooks/sentry`", stage.world.url);
    let here = said(&stage, "connect sentry", &[]).await;
    assert!(here.contains(&laptop), "{here}");
    let gateway = [("host", "api.example.com"), ("x-forwarded-proto", "https")];
    let there = said(&stage, "connect sentry", &gateway).await;
    assert!(there.contains("`https://api.example.com/hooks/sentry`") && !there.contains(&laptop), "{there}");
}

#[tokio::test]
async fn the_steps_are_those_that_are_left() {
    let stage = deployed().await;
    let gateway = [("host", "api.example.com"), ("x-forwarded-proto", "https")];
    let names = [
        "sentry",
        "GitHub",
        "datadog",
        "statuspage",
        "firehydrant",
        "pagerduty-events",
        "cloudwatch",
        "sentri",
        "my-script",
    ];
    let mut text = String::new();
    for name in names {
        text +=
            &format!("/ops connect {name}\n{}\n\n", said(&stage, &format!("connect {name}"), &gateway).await);
    }
    insta::assert_snapshot!("connect", text);
}

#[tokio::test]
async fn every_source_is_listed_and_explained() {
    let stage = deployed().await;
    let list = said(&stage, "connect", &[]).await;
    let listed: Vec<&str> = list.split([' ', ',', '\n']).collect();
    for name in stage.world.deps.sources.names() {
        assert!(listed.contains(&name), "{name} is not listed");
        let steps = said(&stage, &format!("connect {name}"), &[]).await;
        let by_topic = steps.contains("TopicArn");
        // What is asked for by Callboard itself is sent to no address.
        let by_config = name == "feed" && steps.contains("`feeds: [{");
        assert!(by_topic || by_config || steps.contains(&stage.world.url), "{steps}");
    }
}
