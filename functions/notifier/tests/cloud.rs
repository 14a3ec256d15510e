//! What a report asks AWS for, read through the deployment's own requests from an AWS that other people wrote: `proof/cloud.py` runs
//! it, fills it, and names it in the environment. Where that AWS lacks something, the test says so.

#![expect(clippy::unwrap_used, reason = "helpers of tests are test code too")]

use std::env::var_os;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use notifier::report::aws::{When, gather};
use serde_json::{Value, json};
use shared::cloud::Cloud;
use shared::config::section::FromAws;
use shared::core::chart::Drawing;
use shared::core::report::Section;

fn slot() -> Timestamp {
    // proof/cloud.py says what time it is.
    let slot = var_os("SLOT").unwrap();
    Timestamp::from_second(slot.to_str().unwrap().parse().unwrap()).unwrap()
}

fn shown<T: serde::de::DeserializeOwned>(fields: Value) -> T {
    serde_json::from_value(fields).unwrap()
}

/// Alarms, metrics with the week before, metric math, logs, cost.
fn sections() -> Vec<FromAws> {
    let latency = |stat: &str| json!({ "namespace": "Proof", "name": "Latency", "stat": stat, "label": stat, "dimensions": { "Service": "checkout" } });
    let hidden =
        json!({ "namespace": "Proof", "name": "Latency", "stat": "Sum", "id": "m1", "hidden": true });
    vec![
        FromAws::Alarms(shown(json!({ "prefix": "proof-" }))),
        FromAws::Metrics(shown(
            json!({ "title": "Latency", "compare": "1w", "metrics": [latency("Average"), latency("Maximum")] }),
        )),
        FromAws::Metrics(shown(
            json!({ "title": "Math", "metrics": [hidden, { "expression": "m1 / 2", "label": "half" }] }),
        )),
        FromAws::Logs(shown(json!({
            "title": "Errors", "groups": ["/proof/checkout", "/proof/mail"], "at_most": 7,
            "query": "fields @timestamp, @message | filter @message like /ERROR/ | sort @timestamp desc",
        }))),
        FromAws::Cost(shown(json!({}))),
    ]
}

async fn gathered() -> Vec<Vec<Section>> {
    let cloud: Box<dyn Cloud> = shared::lambda::cloud().unwrap();
    let when = When { slot: slot(), zone: "Europe/Berlin" };
    gather(cloud.as_ref(), &sections(), when, Duration::from_secs(20)).await
}

#[tokio::test]
async fn what_is_there_is_read() {
    let gathered = gathered().await;
    let [alarms, latency, math, errors, cost] = &gathered[..] else { panic!("{gathered:?}") };

    let [Section::Alarms(alarms)] = &alarms[..] else { panic!("{alarms:?}") };
    assert_eq!((alarms.alarm, alarms.insufficient, alarms.at_least), (206, 1, false));
    assert_eq!(alarms.all, 207);
    assert_eq!(alarms.rows.len(), 10);
    for alarm in &alarms.rows {
        assert!(alarm.firing && alarm.name.starts_with("proof-"), "{alarm:?}");
        assert!(alarm.since > slot() - SignedDuration::from_hours(1), "{alarm:?}");
        let link = alarm.link.as_deref().unwrap();
        assert!(
            link.starts_with(
                "https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/proof-"
            ),
            "{link}"
        );
    }
    assert!(alarms.rows.iter().any(|alarm| alarm.reason == "said by the proof"), "{:?}", alarms.rows);

    let [Section::Chart(latency)] = &latency[..] else { panic!("{latency:?}") };
    let Drawing::Series { series, .. } = &latency.drawing else { panic!("{latency:?}") };
    let names: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(names, ["Average", "Maximum", "Average (-1w)", "Maximum (-1w)"]);
    let first = slot() - SignedDuration::from_hours(24);
    for (series, more) in series.iter().zip([1.0, 2.0, 0.0, 0.0]) {
        assert_eq!(series.points.len(), 288, "{}", series.name);
        for (number, point) in series.points.iter().enumerate() {
            assert_eq!(point.value.get(), number as f64 + more, "{} {number}", series.name);
            assert_eq!(point.at, first + SignedDuration::from_secs(300 * number as i64));
        }
    }

    // MiniStack computes no metric math, and says so as CloudWatch says that it could not.
    let [Section::Failed { section, why }] = &math[..] else { panic!("{math:?}") };
    assert_eq!(section, "cloudwatch: Math");
    assert!(why.contains("could not get \"half\""), "{why}");

    let [Section::Table(errors)] = &errors[..] else { panic!("{errors:?}") };
    assert_eq!(errors.columns, ["@timestamp", "@message"]);
    assert_eq!((errors.rows.len(), errors.more), (7, 1));
    assert!(errors.rows.iter().all(|row| row[1].starts_with("ERROR /proof/")), "{:?}", errors.rows);

    // MiniStack has no Cost Explorer.
    assert!(matches!(&cost[..], [Section::Failed { .. }]), "{cost:?}");
}

#[tokio::test]
async fn who_has_no_right_hears_what_is_missing() {
    let expected = [
        "cloudwatch:DescribeAlarms is not allowed: deploy with the parameter Reports=yes",
        "cloudwatch:GetMetricData is not allowed: deploy with the parameter Reports=yes",
        "cloudwatch:GetMetricData is not allowed: deploy with the parameter Reports=yes",
        "logs:StartQuery is not allowed: deploy with the log group in the parameter ReportLogGroups",
    ];
    let gathered = gathered().await;
    for (sections, expected) in gathered.iter().zip(expected) {
        let [Section::Failed { why, .. }] = &sections[..] else { panic!("{sections:?}") };
        assert_eq!(why, expected);
    }
}
