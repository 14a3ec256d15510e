//! What things cost: requests to DynamoDB per signal, click and command, counted at the store by the number that each of its
//! verbs documents. The table is a snapshot, so that a change that makes something dearer is seen.

use std::fmt::Write;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;
use slack_emulator::{Fault, FaultKind};

use crate::slack::{click, command};
use crate::stage::{Stage, event};
use crate::store::Watched;

struct Meter {
    stage: Stage,
    store: Arc<Watched>,
    table: String,
}

impl Meter {
    async fn new() -> Self {
        let mut store = None;
        let stage = Stage::with(|deps| {
            let watched = Watched::over(deps.store.clone());
            deps.store = watched.clone();
            store = Some(watched);
        })
        .await;
        Meter { stage, store: store.unwrap(), table: String::new() }
    }

    /// Writes down what was asked of the store since the last time, and checks it against the budget.
    fn cost(&mut self, what: &str, most: usize) -> usize {
        let requests = self.store.requests();
        writeln!(self.table, "{requests}  {what}").unwrap();
        assert!(requests <= most, "{what} takes {requests} requests; {most} are the most");
        requests
    }

    /// The router alone, with a batch from the queue.
    async fn route(&self, file: &str, times: usize, name: &str) {
        let record = |number: usize| json!({ "messageId": format!("{name}-{number}"), "body": event(file) });
        let batch = json!({ "Records": (0..times).map(record).collect::<Vec<_>>() }).to_string();
        let answer = self.stage.post("/2015-03-31/functions/router/invocations", &[], batch).await;
        assert_eq!(answer.json(), json!({ "batchItemFailures": [] }));
    }

    async fn command(&self, text: &str, trigger: &str) {
        let answer = self.stage.slack("/slack/commands", &[], &command(text, trigger)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_signal_a_click_and_a_command_take_three_requests_at_the_most() {
    let mut meter = Meter::new().await;
    meter.stage.post("/hooks/cloudwatch", &[], event("cloudwatch/alarm.json")).await;
    meter.cost("a notification at the door", 0);
    // The channel takes one message a second; a wait is no cost of the post that waits.
    meter.stage.world.pass_until(meter.stage.now() + SignedDuration::from_secs(5)).await;
    meter.store.requests();

    meter.route("cloudwatch/composite.json", 1, "first").await;
    meter.cost("a signal that opens an incident", 3);
    meter.stage.drain().await;
    meter.cost("the courier: the first post", 6);
    meter.route("cloudwatch/alarm.json", 1, "again").await;
    let one = meter.cost("a signal of an open incident", 3);
    meter.route("cloudwatch/alarm.json", 10, "ten").await;
    let ten = meter.cost("ten signals of it in one batch", 3);
    assert_eq!(one, ten, "a batch costs what one costs");
    meter.stage.drain().await;
    meter.cost("the courier: nothing new to show", 0);

    let incidents = meter.stage.incidents().await;
    let alarm = incidents.iter().find(|incident| incident["title"] == "High CPU on api-prod").unwrap();
    let (id, ts) = (alarm["id"].as_str().unwrap(), alarm["posts"][0]["ts"].as_str().unwrap());
    meter.stage.slack("/slack/interactions", &[], &click("ack", id, ts, "1.1")).await;
    meter.cost("a click", 3);
    meter.stage.drain().await;
    meter.cost("the courier: an edit", 4);
    meter.stage.slack("/slack/interactions", &[], &click("ack", id, ts, "1.2")).await;
    meter.cost("a late click", 3);
    let reaction = json!({ "type": "event_callback", "event_id": "Ev1", "event": { "type": "reaction_added",
        "user": "U02BEN", "reaction": "white_check_mark", "event_ts": "1.3",
        "item": { "type": "message", "channel": "C01ALERTS", "ts": ts } } });
    meter.stage.slack("/slack/events", &[], &reaction.to_string()).await;
    meter.cost("an emoji, whose order is kept", 4);
    meter.stage.drain().await;
    meter.store.requests();

    for (position, text) in [
        "help",
        "status",
        "list",
        "show ID",
        "reopen ID",
        "note ID restarted",
        "send #general hello",
        "reports",
        "report morning",
    ]
    .into_iter()
    .enumerate()
    {
        meter.command(&text.replace("ID", id), &position.to_string()).await;
        meter.cost(&format!("/ops {text}"), 3);
    }
    meter.stage.drain().await;
    meter.cost("the courier: an edit and a line in the thread, by two wakes", 11);
    meter.stage.world.tick().await;
    meter.stage.drain().await;
    meter.store.requests();
    meter.stage.world.tick().await;
    meter.cost("a minute in which nothing is due, with one report", 4);
    println!("{}", meter.table);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("requests", meter.table);
    });
}

#[tokio::test]
async fn one_incident_that_cannot_be_read_holds_up_no_other() {
    let meter = Meter::new().await;
    for (file, source) in
        [("cloudwatch/alarm.json", "cloudwatch"), ("cloudwatch/composite.json", "cloudwatch")]
    {
        meter.stage.post(&format!("/hooks/{source}"), &[], event(file)).await;
    }
    meter.stage.drain().await;
    for incident in meter.stage.incidents().await {
        let (id, ts) = (incident["id"].as_str().unwrap(), incident["posts"][0]["ts"].as_str().unwrap());
        meter.stage.slack("/slack/interactions", &[], &click("ack", id, ts, id)).await;
    }
    meter.stage.drain().await;
    // Both acknowledgements lapse after four hours. The one that comes first in the index is broken.
    for broken in [0, 1] {
        let id = meter.stage.incidents().await[broken]["id"].as_str().unwrap().to_owned();
        meter.store.break_incident(&id);
        meter.stage.world.pass_until(meter.stage.now() + SignedDuration::from_mins(5 * 60)).await;
        let states: Vec<_> =
            meter.stage.incidents().await.iter().map(|incident| incident["state"].clone()).collect();
        assert_eq!(states[1 - broken], "firing", "{states:?}");
    }
}

#[tokio::test]
async fn one_channel_that_cannot_be_read_keeps_no_other_from_being_swept() {
    let meter = Meter::new().await;
    let slack = meter.stage.world.slack.as_ref().unwrap();
    slack.fail(Fault { method: None, kind: FaultKind::Status { status: 503 }, times: u32::MAX });
    for service in ["search", "payments"] {
        let labels = json!({ "service": service });
        let body = json!({ "key": service, "title": "Slow", "severity": "critical", "labels": labels });
        meter.stage.post("/hooks/my-script", &[], body.to_string()).await;
    }
    meter.stage.world.pass_until(meter.stage.now() + SignedDuration::from_mins(2)).await;
    let shown = || (meter.stage.posts("#alerts"), meter.stage.posts("#payments-oncall"));
    assert_eq!(shown(), (0, 0), "Slack is down");
    slack.clear_faults();
    for (broken, then) in [("#alerts", (0, 1)), ("#payments-oncall", (1, 1))] {
        meter.store.break_channel(Some(broken));
        meter.stage.world.pass_until(meter.stage.now() + SignedDuration::from_mins(5)).await;
        assert_eq!(shown(), then, "{broken} cannot be read");
    }
}
