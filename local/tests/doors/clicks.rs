//! What becomes of a click, and who is told.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;
use slack_emulator::{Emulator, Fault, FaultKind, ManualClock, Person, Settings};
use tokio::task::JoinSet;

use crate::slack::{click, click_by, command};
use crate::stage::{Stage, event};
use crate::store::Watched;

/// A world with one incident: its id and its message's `ts`.
async fn with_an_incident(stage: Stage) -> (Stage, String, String) {
    stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    stage.drain().await;
    let incident = stage.incident().await;
    let (id, ts) = (incident["id"].as_str().unwrap(), incident["posts"][0]["ts"].as_str().unwrap());
    let (id, ts) = (id.to_owned(), ts.to_owned());
    (stage, id, ts)
}

/// What only this person reads in the channel.
fn told(stage: &Stage, who: &str) -> Vec<String> {
    let messages = stage.world.slack.as_ref().unwrap().messages("#alerts", who);
    messages.into_iter().filter(|message| message.only_for.is_some()).map(|message| message.text).collect()
}

/// Leaves a workspace with these people in a folder.
fn workspace_of(people: &[String], folder: &Path) {
    let users = people.iter().map(|id| Person::new(id, id, "c2417c")).collect();
    let clock = Arc::new(ManualClock::at(1_795_338_030_000));
    let slack = Emulator::new(Settings { users, ..Settings::default() }, clock);
    slack.save(&folder.join("workspace.json")).unwrap();
}

#[tokio::test]
async fn of_twenty_who_acknowledge_at_once_one_is_first_and_the_others_are_told_who() {
    let people: Vec<String> = (0..20).map(|number| format!("U0CLICK{number:02}")).collect();
    let folder = tempfile::tempdir().unwrap();
    workspace_of(&people, folder.path());
    let (stage, id, ts) = with_an_incident(Stage::in_folder(folder.path()).await).await;
    let stage = Arc::new(stage);
    let mut clicks = JoinSet::new();
    for user in &people {
        let (stage, body) = (stage.clone(), click_by(user, false, "ack", &id, &ts, "1795338031.1"));
        clicks.spawn(async move { stage.slack("/slack/interactions", &[], &body).await });
    }
    for answer in clicks.join_all().await {
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    }
    let incident = stage.incident().await;
    assert_eq!(incident["state"], "acknowledged");
    let acknowledged = incident["timeline"].as_array().unwrap().len() - 1;
    assert_eq!(acknowledged, 1, "it is acknowledged once");
    let first = incident["owner"]["id"].as_str().unwrap();
    for who in &people {
        let told = told(&stage, who);
        if who == first {
            assert!(told.is_empty(), "the first one sees it in the message: {told:?}");
        } else {
            assert!(told.len() == 1 && told[0].contains(&format!("<@{first}> was first")), "{who}: {told:?}");
        }
    }
    stage.drain().await;
}

#[tokio::test]
async fn who_clicks_on_a_card_that_only_they_see_is_told_what_became_of_it() {
    let (stage, id, ts) = with_an_incident(Stage::new().await).await;
    let only_for_ana = click_by("U01ANA", true, "ack", &id, "1795338031.000900", "1795338031.1");
    stage.slack("/slack/interactions", &[], &only_for_ana).await;
    let words = told(&stage, "U01ANA");
    assert!(words.len() == 1 && words[0].starts_with("You are on it"), "{words:?}");
    stage.slack("/slack/interactions", &[], &click("unack", &id, &ts, "1795338032.1")).await;
    assert_eq!(told(&stage, "U01ANA").len(), 1, "the channel's message says it");
    stage.drain().await;
}

#[tokio::test]
async fn a_page_that_slack_refuses_is_a_fault_of_ours_and_has_an_id_to_quote() {
    let (stage, id, ts) = with_an_incident(Stage::new().await).await;
    let rows =
        [("expired_trigger_id", "took too long"), ("missing_scope", "quote"), ("invalid_blocks", "quote")];
    for (position, (code, words)) in rows.into_iter().enumerate() {
        let kind = FaultKind::Error { code: code.to_owned() };
        let slack = stage.world.slack.as_ref().unwrap();
        slack.fail(Fault { method: Some("views.open".to_owned()), kind, times: 1 });
        stage.slack("/slack/interactions", &[], &click("why", &id, &ts, "1.1")).await;
        let told = told(&stage, "U01ANA");
        assert!(told.len() == position + 1 && told[position].contains(words), "{code}: {told:?}");
    }
}

#[tokio::test]
async fn an_incident_whose_place_a_newer_one_took_stays_closed_and_says_where_to_go() {
    let stage = Stage::new().await;
    let post = async |status: &str| {
        let body = json!({ "title": "Backup failed", "status": status, "key": "backup" }).to_string();
        stage.post("/hooks/my-script", &[], body).await;
        stage.drain().await;
    };
    post("firing").await;
    post("resolved").await;
    let old = stage.incident().await["id"].as_str().unwrap().to_owned();
    // Past the window in which a firing would have reopened it.
    stage.world.pass_until(stage.now() + SignedDuration::from_mins(31)).await;
    post("firing").await;
    let new = stage.incidents().await[1]["id"].as_str().unwrap().to_owned();
    let reopen = async |trigger: &str| {
        stage.slack("/slack/commands", &[], &command(&format!("reopen {old}"), trigger)).await.text
    };
    let told = reopen("1").await;
    assert!(told.contains(&format!("`{new}`, took its place. Work there.")), "{told}");
    post("resolved").await;
    let told = reopen("2").await;
    assert!(told.contains(&format!("`{new}`, took its place. Reopen that one.")), "{told}");
    assert!(stage.incidents().await.iter().all(|incident| incident["state"] == "resolved"));
    stage.slack("/slack/commands", &[], &command(&format!("reopen {new}"), "3")).await;
    assert_eq!(stage.incidents().await[1]["state"], "firing");
    stage.drain().await;
}

#[tokio::test]
async fn a_click_that_fails_is_never_answered_as_if_it_were_done() {
    let mut store = None;
    let stage = Stage::with(|deps| {
        let watched = Watched::over(deps.store.clone());
        deps.store = watched.clone();
        store = Some(watched);
    });
    let (stage, id, ts) = with_an_incident(stage.await).await;
    store.unwrap().break_incident(&id);
    let slack = stage.world.slack.as_ref().unwrap();
    let apologies = || told(&stage, "U01ANA").len();
    let first = stage.slack("/slack/interactions", &[], &click("ack", &id, &ts, "1")).await;
    assert_eq!((first.status.as_u16(), apologies()), (200, 1), "she is told in words");
    // If we cannot tell her, Slack has to: it does so for any answer but 200.
    slack.fail(Fault { method: None, kind: FaultKind::Status { status: 503 }, times: 9 });
    let second = stage.slack("/slack/interactions", &[], &click("ack", &id, &ts, "2")).await;
    assert_eq!((second.status.as_u16(), apologies()), (503, 1));
}
