//! Reports, where a story cannot tell it: ticks that meet, a config that changes between two times, parts that fail.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::config::Config;
use shared::core::report::{Report, Section, by_schedule, route};
use shared::deps::Deps;
use shared::store::First;
use slack_emulator::{Fault, FaultKind};

use crate::slack::command;
use crate::stage::Stage;
use crate::store::Watched;

const RULES: &str = r##"
channels: { fallback: "#ops" }
sources: { "*": { verify: none } }
routes: [{ name: alerts, to: "#alerts" }]
reports:
  - { name: morning, at: "0 9 * * *", to: "#ops", show: [open-incidents, response-times, noise] }
"##;

fn with(rules: &str) -> impl FnOnce(&mut Deps) {
    let config = Config::from_yaml(rules).unwrap();
    |deps| {
        deps.config = Arc::new(config);
        // Every call lets others have their turn.
        deps.store = Watched::over(deps.store.clone());
    }
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-{time}Z").parse().unwrap()
}

async fn newest(deps: &Deps) -> Option<Report> {
    let newest = deps.store.latest(&route("morning"), by_schedule()).await.unwrap()?;
    newest.content.report.map(|report| *report)
}

/// Lets time pass with another config than that of the world.
async fn pass(stage: &Stage, deps: &Deps, until: Timestamp) {
    while stage.now() < until {
        stage.world.clock.set(stage.now() + SignedDuration::from_mins(1));
        notifier::tick(deps).await.unwrap();
        stage.world.work().await;
    }
}

fn posts(stage: &Stage) -> usize {
    let calls = stage.world.slack.as_ref().unwrap().calls();
    calls.iter().filter(|call| call.method == "chat.postMessage").count()
}

#[tokio::test]
async fn however_many_tick_at_once_there_is_one_post() {
    let stage = Stage::with(with(RULES)).await;
    let deps = &stage.world.deps;
    stage.world.pass_until(at("23T08:59:30")).await;
    stage.world.clock.set(at("23T09:00:05"));
    let ticks = (0..20).map(|_| notifier::tick(deps));
    for ticked in futures_util::future::join_all(ticks).await {
        ticked.unwrap();
    }
    stage.drain().await;
    assert_eq!(posts(&stage), 1);
    assert!(matches!(newest(deps).await, Some(Report::Made(document)) if document.slot == at("23T09:00:00")));
    stage.world.pass_until(at("23T12:00:00")).await;
    assert_eq!(posts(&stage), 1);
}

#[tokio::test]
async fn a_schedule_that_is_edited_begins_anew_and_neither_repeats_nor_makes_up() {
    let earlier = &RULES.replace("0 9 * * *", "0 8 * * *");
    let later = &RULES.replace("0 9 * * *", "30 9 * * *");
    // (what, edited at, to what, posts by noon, posts a day later)
    let table = [
        ("nothing is edited", "23T08:30:00", RULES, 1, 2),
        ("to a time that is past", "23T08:30:00", earlier, 0, 1),
        ("to a later time, before it", "23T08:30:00", later, 1, 2),
        ("to a later time, after it", "23T09:10:00", later, 2, 3),
    ];
    for (what, edited, rules, by_noon, a_day_later) in table {
        let stage = Stage::with(with(RULES)).await;
        stage.world.pass_until(at(edited)).await;
        let config = Arc::new(Config::from_yaml(rules).unwrap());
        let deps = Deps { config, ..stage.world.deps.clone() };
        pass(&stage, &deps, at("23T12:00:00")).await;
        assert_eq!(posts(&stage), by_noon, "{what}");
        pass(&stage, &deps, at("24T12:00:00")).await;
        assert_eq!(posts(&stage), a_day_later, "{what}");
    }
}

#[tokio::test]
async fn a_report_that_is_taken_out_of_the_config_after_it_has_begun_is_let_go() {
    let stage = Stage::with(with(RULES)).await;
    stage.world.pass_until(at("23T08:59:30")).await;
    let command = command("report morning here", "7.7");
    let answer = stage.slack("/slack/commands", &[], &command).await;
    assert!(answer.text.contains("is being made"), "{}", answer.text);
    let without = RULES.replace("name: morning", "name: evening");
    let deps = Deps { config: Arc::new(Config::from_yaml(&without).unwrap()), ..stage.world.deps.clone() };
    assert_eq!(deps.store.due(at("23T09:00:00"), 10).await.unwrap().len(), 1);
    notifier::tick(&deps).await.unwrap();
    assert_eq!(deps.store.due(at("23T09:00:00"), 10).await.unwrap(), []);
    stage.drain().await;
    assert_eq!(posts(&stage), 0);
}

#[tokio::test]
async fn the_same_command_twice_is_one_report() {
    let stage = Stage::with(with(RULES)).await;
    let command = command("report morning here", "7.7");
    for said in ["is being made", "done already"] {
        let answer = stage.slack("/slack/commands", &[], &command).await;
        assert!(answer.text.contains(said), "{}", answer.text);
    }
    stage.world.pass_until(stage.now() + SignedDuration::from_mins(5)).await;
    assert_eq!(posts(&stage), 1);
}

#[tokio::test]
async fn a_row_without_its_link_is_there_all_the_same() {
    let stage = Stage::with(with(RULES)).await;
    let fires = json!({ "title": "Disk full", "status": "firing", "severity": "error", "key": "disk" });
    stage.post("/hooks/my-script", &[], fires.to_string()).await;
    stage.drain().await;
    assert_eq!(stage.world.deps.store.open(First::Oldest, 10).await.unwrap().len(), 1);
    let kind = FaultKind::Error { code: "internal_error".to_owned() };
    let fault = Fault { method: Some("chat.getPermalink".to_owned()), kind, times: u32::MAX };
    stage.world.slack.as_ref().unwrap().fail(fault);
    stage.world.pass_until(at("23T09:02:00")).await;
    let Some(Report::Made(document)) = newest(&stage.world.deps).await else { panic!("not made") };
    let Some(Section::OpenIncidents(open)) = document.sections.first() else { panic!("{document:?}") };
    assert_eq!((open.rows.len(), open.rows[0].title.as_str(), &open.rows[0].link), (1, "Disk full", &None));
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_say_and_does_nothing() {
    let stage = Stage::with(with(RULES)).await;
    let there = stage
        .request("GET", "/_local/reports/morning?at=2026-11-23T09:00:00Z", [].into_iter().collect(), "")
        .await;
    assert!(there.text.contains("Nothing is open") && there.text.contains("2026-11-23"), "{}", there.text);
    let unknown = stage.request("GET", "/_local/reports/mornin", [].into_iter().collect(), "").await;
    assert_eq!((unknown.status.as_u16(), unknown.text.contains("morning")), (404, true), "{}", unknown.text);
    assert_eq!((posts(&stage), newest(&stage.world.deps).await), (0, None));
    let none: Value = stage.request("GET", "/_local/incidents", [].into_iter().collect(), "").await.json();
    assert_eq!(none, json!([]));
}

#[tokio::test]
async fn a_report_that_is_too_large_to_be_kept_says_so_instead() {
    let mut watched = None;
    let stage = Stage::with(|deps| {
        with(RULES)(deps);
        let store = Watched::over(deps.store.clone());
        deps.store = store.clone();
        watched = Some(store);
    })
    .await;
    watched.unwrap().refuse_reports_beyond(1);
    stage.world.pass_until(at("23T09:05:00")).await;
    assert_eq!(posts(&stage), 1);
    let Some(Report::Made(document)) = newest(&stage.world.deps).await else { panic!("not made") };
    assert!(matches!(&document.sections[..], [Section::Failed { why, .. }] if why.contains("too large")));
}
