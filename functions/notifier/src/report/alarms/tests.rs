use shared::config::section::FromAws;

use super::*;
use crate::report::aws::scripted::{Scripted, at, shown};

fn alarm(name: &str, since: i64) -> Value {
    json!({
        "AlarmName": name,
        "AlarmArn": format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
        "StateReason": "Threshold Crossed:\n 1 datapoint",
        "StateUpdatedTimestamp": since as f64 + 500.25,
        "StateTransitionedTimestamp": since as f64,
        "MetricName": "CPUUtilization", "ActionsEnabled": true, "Threshold": 90.0,
    })
}

/// 2026-11-23, 00:00 UTC.
const MIDNIGHT: i64 = 1_795_392_000;

#[tokio::test]
async fn alarms_that_fire_come_first_and_those_that_have_done_so_for_longest() {
    let cloud = Scripted::new(|_, asked, _| {
        Ok(match asked["StateValue"].as_str().unwrap() {
            "ALARM" => json!({
                "MetricAlarms": [alarm("young", MIDNIGHT + 60), alarm("old", MIDNIGHT - 60)],
                "CompositeAlarms": [alarm("composite", MIDNIGHT)],
            }),
            "INSUFFICIENT_DATA" => {
                json!({ "MetricAlarms": [alarm("silent", MIDNIGHT - 9_000)], "LogAlarms": [alarm("log", MIDNIGHT)] })
            }
            "OK" => json!({ "MetricAlarms": [alarm("fine", 0), alarm("well", 0)] }),
            other => panic!("{other}"),
        })
    });
    let section = FromAws::Alarms(shown(json!({ "prefix": "prod-", "at_most": 4 })));
    let gathered = cloud.gather(section).await;
    let [Section::Alarms(alarms)] = &gathered[..] else { panic!("{gathered:?}") };
    let names: Vec<&str> = alarms.rows.iter().map(|alarm| alarm.name.as_str()).collect();
    assert_eq!(names, ["old", "composite", "young", "silent"]);
    assert_eq!((alarms.alarm, alarms.insufficient, alarms.all, alarms.at_least), (3, 2, 7, false));
    let old = &alarms.rows[0];
    assert_eq!((old.firing, old.since), (true, at("2026-11-22T23:59:00Z")));
    assert_eq!(old.reason, "Threshold Crossed: 1 datapoint");
    assert!(old.link.as_deref().unwrap().ends_with("#alarmsV2:alarm/old"));
    assert!(!alarms.rows[3].firing);
    for (operation, asked) in cloud.asked() {
        assert_eq!(operation, Operation::DescribeAlarms);
        assert_eq!(asked["AlarmNamePrefix"], "prod-");
        assert_eq!(asked["AlarmTypes"], json!(["MetricAlarm", "CompositeAlarm", "LogAlarm"]));
        assert_eq!(asked["MaxRecords"], 100);
    }
}

#[tokio::test]
async fn all_pages_are_read_up_to_a_thousand_alarms() {
    let page = |from: usize, next: Option<String>| {
        let alarms: Vec<Value> =
            (from..from + 100).map(|number| alarm(&format!("a{number:04}"), 0)).collect();
        json!({ "MetricAlarms": alarms, "NextToken": next })
    };
    let cloud = Scripted::new(move |_, asked, _| {
        let from: usize = asked["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        Ok(match asked["StateValue"].as_str().unwrap() {
            "ALARM" => page(from, (from < 200).then(|| (from + 100).to_string())),
            _ => page(from, Some((from + 100).to_string())),
        })
    });
    let section = FromAws::Alarms(shown(json!({ "states": "ALARM" })));
    let gathered = cloud.gather(section).await;
    let [Section::Alarms(alarms)] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!((alarms.alarm, alarms.insufficient, alarms.all, alarms.at_least), (300, 0, 1_300, true));
    assert_eq!(alarms.rows.len(), 10);
    assert_eq!(cloud.asked().len(), 3 + 10);
}

#[tokio::test]
async fn a_region_that_does_not_know_log_alarms_is_asked_for_the_others() {
    let cloud = Scripted::new(|operation, asked, _| {
        let invalid = CloudError::refused(
            operation,
            "ValidationError",
            "Value 'LogAlarm' failed to satisfy constraint",
        );
        if asked["AlarmTypes"].as_array().unwrap().len() == 3 {
            Err(invalid)
        } else {
            Ok(json!({ "MetricAlarms": [alarm("x", 0)] }))
        }
    });
    let gathered = cloud.gather(FromAws::Alarms(shown(json!({})))).await;
    let [Section::Alarms(alarms)] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(alarms.all, 3);
    let always =
        Scripted::new(|operation, _, _| Err(CloudError::refused(operation, "ValidationError", "no")));
    let gathered = always.gather(FromAws::Alarms(shown(json!({})))).await;
    let [Section::Failed { why, .. }] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(why, "cloudwatch:DescribeAlarms was refused, ValidationError: no");
}
