//! Slack waits three seconds for an answer, also where Slack itself is slow.

use std::time::{Duration, Instant};

use slack_emulator::{Fault, FaultKind};

use crate::slack::{click, command};
use crate::stage::{Stage, event};

/// The next call of the method is done, and answered after half a minute.
fn slow(stage: &Stage, method: &str) {
    let kind = FaultKind::Slow { ms: 30_000 };
    stage.world.slack.as_ref().unwrap().fail(Fault { method: Some(method.to_owned()), kind, times: 1 });
}

/// What the door says to this, within the three seconds.
async fn in_time(stage: &Stage, path: &str, body: &str) -> String {
    let began = Instant::now();
    let answer = stage.slack(path, &[], body).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

#[tokio::test]
async fn who_sends_a_message_and_gets_no_answer_is_told_to_look() {
    let stage = Stage::new().await;
    slow(&stage, "chat.postMessage");
    let told = in_time(&stage, "/slack/commands", &command("send #general hello", "1")).await;
    assert!(told.contains("it may be there"), "{told}");
    assert_eq!(stage.posts("#general"), 1, "Slack took it");
}

#[tokio::test]
async fn nobody_waits_for_the_link_to_a_sent_message() {
    let stage = Stage::new().await;
    slow(&stage, "chat.getPermalink");
    let told = in_time(&stage, "/slack/commands", &command("send #general hello", "1")).await;
    assert!(told.contains("Sent to #general.") && !told.contains("See it"), "{told}");
}

#[tokio::test]
async fn who_opens_a_page_that_does_not_come_is_answered() {
    let stage = Stage::new().await;
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    stage.drain().await;
    let incident = stage.incident().await;
    let (id, ts) = (incident["id"].as_str().unwrap(), incident["posts"][0]["ts"].as_str().unwrap());
    slow(&stage, "views.open");
    in_time(&stage, "/slack/interactions", &click("why", id, ts, "1.1")).await;
    let messages = stage.world.slack.as_ref().unwrap().messages("#alerts", "U01ANA");
    let told = messages.iter().find(|message| message.only_for.is_some());
    assert!(told.is_some_and(|told| told.text.contains("took too long")), "{told:?}");
    // Where telling is slow too, the answer is in time all the same.
    slow(&stage, "views.open");
    slow(&stage, "chat.postEphemeral");
    in_time(&stage, "/slack/interactions", &click("why", id, ts, "1.2")).await;
}
