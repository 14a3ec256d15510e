//! The doctor: a deployment that is well, and each thing that can be wrong with one, with its remedy.

use local::verbs::doctor::doctor;
use slack_emulator::{Fault, FaultKind};

use crate::stage::{SIGNING, Stage};

/// What the doctor says of this one.
async fn told(stage: &Stage, secret: &str) -> Result<String, String> {
    doctor(&stage.world.url, &secret.into(), stage.now()).await.map_err(|trouble| trouble.to_string())
}

/// The doctor finds this one thing, and nothing else.
async fn finds(stage: &Stage, words: &str) {
    let told = told(stage, SIGNING).await.unwrap_err();
    assert!(told.contains(words), "{words}: {told}");
    assert_eq!(told.matches('✗').count(), 1, "{told}");
}

#[tokio::test]
async fn a_deployment_that_is_well_has_nothing_to_mend() {
    let told = told(&Stage::new().await, SIGNING).await.unwrap();
    for words in ["All is well", "all scopes", "#ops: the bot is in", "queues are empty", "Config "] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_remedy() {
    let stage = Stage::new().await;
    let slack = stage.world.slack.as_ref().unwrap();
    slack.bot_in_channel("#ops", false);
    assert!(told(&stage, SIGNING).await.unwrap().contains("#ops: the bot joins"));
    slack.bot_in_channel("#ops", true);
    slack.revoke_token(true);
    finds(&stage, "Slack refuses the bot token (token_revoked)").await;
    slack.revoke_token(false);
    let kind = FaultKind::Error { code: "internal_error".to_owned() };
    slack.fail(Fault { method: Some("auth.test".to_owned()), kind, times: 1 });
    finds(&stage, "Slack does not answer").await;
    slack.archive("#ops", true);
    finds(&stage, "#ops: no such channel").await;
}

#[tokio::test]
async fn who_has_another_secret_is_told_so() {
    let told = told(&Stage::new().await, "another").await.unwrap_err();
    assert!(told.contains("Compare the signing secret"), "{told}");
}

#[tokio::test]
async fn what_is_no_deployment_is_told_apart() {
    let stage = Stage::new().await;
    let url = format!("{}/elsewhere", stage.world.url);
    let told = doctor(&url, &SIGNING.into(), stage.now()).await.unwrap_err().to_string();
    assert!(told.contains("401 is right"), "{told}");
}
