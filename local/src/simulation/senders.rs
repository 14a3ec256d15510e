//! Those who report something: each notification carries a mark that no other one has, goes out by the sender's own clock, and
//! is sent again until somebody takes it, as senders do.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::core::raw::Raw;
use shared::queue::Queue;
use tokio::time::sleep;

use super::cloud::{Cloud, SENDERS_PATIENCE};
use super::ledger::Sent;
use crate::http::Door;

/// How often a sender tries, and how long it waits after each try in vain.
const PAUSES: [u64; 6] = [1, 2, 5, 20, 60, 180];

/// Something that can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thing {
    pub(super) name: &'static str,
    pub(super) service: &'static str,
    pub(super) by: Way,
}

/// How it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Alertmanager's webhook.
    Alertmanager,
    /// A script of the team's, in our own words.
    Script,
    /// CloudWatch, by EventBridge straight into the queue.
    CloudWatch,
    /// Alertmanager's webhook with a second alert in it, which another route takes.
    Together,
}

/// What can be wrong.
pub(super) const THINGS: [Thing; 8] = [
    Thing { name: "DiskFull", service: "db", by: Way::Together },
    Thing { name: "NodeDown", service: "db", by: Way::Alertmanager },
    Thing { name: "HighLatency", service: "web", by: Way::Alertmanager },
    Thing { name: "CardErrors", service: "payments", by: Way::Alertmanager },
    Thing { name: "PayoutsLate", service: "payments", by: Way::Script },
    Thing { name: "BackupFailed", service: "db", by: Way::Script },
    Thing { name: "cpu-high", service: "web", by: Way::CloudWatch },
    Thing { name: "queue-old", service: "mail", by: Way::CloudWatch },
];

impl Cloud {
    /// Reports that something fires, or that it is over. `skew`: how far the sender's clock is off.
    pub(super) async fn report(self, thing: Thing, firing: bool, skew: SignedDuration) {
        let at = self.ground.now().checked_add(skew).unwrap_or(self.ground.now());
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        let mark = format!("mark-{}", self.ground.next_number());
        self.write_down(&mark, Some(thing), firing, at);
        match thing.by {
            Way::Alertmanager | Way::Together => {
                let body = alertmanager(thing, firing, at, &mark);
                self.send("/hooks/alertmanager", &mark, None, body).await;
            }
            Way::Script => {
                let body = json!({
                    "key": thing.name, "status": if firing { "firing" } else { "resolved" }, "severity": "error",
                    "title": format!("{} on {}", thing.name, thing.service), "text": mark, "at": at.to_string(),
                    "labels": { "service": thing.service },
                });
                self.send("/hooks/generic", &mark, Some(&mark), body.to_string()).await;
            }
            Way::CloudWatch => self.put(&mark, cloudwatch(thing, firing, at, &mark)).await,
        }
    }

    /// Tells of a deployment, which nobody has to acknowledge.
    pub(super) async fn announce(self) {
        let mark = format!("mark-{}", self.ground.next_number());
        let at = self.ground.now();
        self.write_down(&mark, None, false, at);
        let body = json!({
            "key": mark, "kind": "deployment", "status": "info", "title": format!("Deployed {mark}"), "at": at.to_string(),
        });
        self.send("/hooks/generic", &mark, Some(&mark), body.to_string()).await;
    }

    fn write_down(&self, mark: &str, thing: Option<Thing>, firing: bool, at: Timestamp) {
        let identified = thing.is_none_or(|thing| matches!(thing.by, Way::Script | Way::CloudWatch));
        let thing = thing.map(|thing| thing.name.to_owned());
        let sent = Sent { thing, firing, identified, at, accepted: None };
        self.ground.ledger().sent.insert(mark.to_owned(), sent);
    }

    /// Sends until somebody says 2xx.
    async fn send(&self, path: &str, mark: &str, delivery: Option<&str>, body: String) {
        let _busy = self.ground.at_work();
        for pause in PAUSES {
            let mut request = http::Request::post(path).header("content-type", "application/json");
            if let Some(delivery) = delivery {
                request = request.header("webhook-id", delivery);
            }
            let Ok(request) = request.body(Bytes::from(body.clone())) else { return };
            let answer = self.knock(Door::Ingest, request, SENDERS_PATIENCE).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                self.accepted(mark);
                return;
            }
            sleep(Duration::from_secs(pause)).await;
        }
        self.ground.tell("sender", || format!("gives {mark} up"));
    }

    /// What AWS itself puts into the queue, now and then twice.
    async fn put(&self, mark: &str, body: String) {
        let _busy = self.ground.at_work();
        let times = 1 + usize::from(self.ground.weather().happens(60));
        for _ in 0..times {
            let raw = Raw {
                id: format!("message-{}", self.ground.next_number()),
                source: None,
                headers: std::collections::BTreeMap::new(),
                body: body.clone(),
                received_at: self.ground.now(),
                note: None,
            };
            let queue: Arc<dyn Queue> = self.ground.queue.clone();
            if queue.signals(&[raw]).await.is_ok() {
                self.accepted(mark);
            }
        }
    }

    fn accepted(&self, mark: &str) {
        let now = self.ground.now();
        if let Some(sent) = self.ground.ledger().sent.get_mut(mark) {
            sent.accepted = sent.accepted.or(Some(now));
        }
        self.ground.tell("sender", || format!("{mark} was taken"));
    }
}

fn alertmanager(thing: Thing, firing: bool, at: Timestamp, mark: &str) -> String {
    let status = if firing { "firing" } else { "resolved" };
    let ends = if firing { "0001-01-01T00:00:00Z".to_owned() } else { at.to_string() };
    let alert = |name: &str, service: &str| {
        json!({
            "status": status, "labels": { "alertname": name, "service": service, "severity": "critical" },
            "startsAt": at.to_string(), "endsAt": ends, "fingerprint": name,
            "annotations": { "summary": format!("{name} on {service}"), "description": mark },
            "generatorURL": "https://prometheus.acme.example/graph",
        })
    };
    let mut alerts = vec![alert(thing.name, thing.service)];
    if thing.by == Way::Together {
        alerts.push(alert(&format!("{}-at-payments", thing.name), "payments"));
    }
    json!({
        "version": "4", "groupKey": format!("{{}}:{{alertname=\"{}\"}}", thing.name), "status": status, "receiver": "callboard",
        "groupLabels": { "alertname": thing.name }, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "https://alertmanager.acme.example", "truncatedAlerts": 0,
        "alerts": alerts,
    })
    .to_string()
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>
fn cloudwatch(thing: Thing, firing: bool, at: Timestamp, mark: &str) -> String {
    let value = if firing { "ALARM" } else { "OK" };
    let time = at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string();
    json!({
        "version": "0", "id": mark, "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
        "account": "123456789012", "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "region": "eu-west-1",
        "resources": [format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{}", thing.name)],
        "detail": {
            "alarmName": thing.name,
            "state": { "value": value, "reason": mark, "timestamp": time },
            "previousState": { "value": if firing { "OK" } else { "ALARM" }, "reason": "before", "timestamp": time },
        },
    })
    .to_string()
}
