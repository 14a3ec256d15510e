//! What a report asks AWS for, on a laptop that has no AWS: samples in the shapes that AWS documents, made from what is asked and
//! from nothing else, so that the same question has the same answer, and a report looks as it would. They are called samples
//! wherever they are shown. Only log groups that begin with `/denied` are refused, so that one can see what that looks like;
//! nothing takes time. Tests have other clouds for the rest.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use shared::cloud::{Cloud, CloudError, Operation};
use shared::deps::Clock;

mod costs;
mod logs;
mod metrics;

/// Where the samples are.
const REGION: &str = "eu-west-1";
const ACCOUNT: &str = "111122223333";

/// The alarms: state, name, how many minutes it has been so, and CloudWatch's reason.
const ALARMS: [(&str, &str, i64, &str); 4] = [
    (
        "ALARM",
        "orders-queue-age",
        1_570,
        "Threshold Crossed: 3 out of the last 3 datapoints [1841.0, 1790.0, 1702.0] were greater than the threshold (900.0).",
    ),
    (
        "ALARM",
        "checkout-latency-p99",
        42,
        "Threshold Crossed: 2 out of the last 3 datapoints [2310.4, 2188.9] were greater than the threshold (1000.0).",
    ),
    ("INSUFFICIENT_DATA", "nightly-export-finished", 11_520, "Insufficient Data: 1 datapoint was unknown."),
    (
        "OK",
        "payments-5xx-rate",
        40_320,
        "Threshold Crossed: 1 datapoint [0.02] was not greater than the threshold (1.0).",
    ),
];

/// So many further alarms are OK.
const MORE_ALARMS: usize = 34;

/// AWS as the laptop has it.
#[derive(Debug)]
pub struct SampleCloud {
    clock: Arc<dyn Clock>,
}

impl SampleCloud {
    /// Alarms are counted back from this clock; nothing else looks at it.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        SampleCloud { clock }
    }

    fn alarms(&self, asked: &Value) -> Value {
        let text = |field: &str| asked[field].as_str().unwrap_or_default();
        let (state, prefix) = (text("StateValue"), text("AlarmNamePrefix"));
        let now = self.clock.now().as_second();
        let alarm = |state: &str, name: &str, minutes: i64, reason: &str| {
            json!({
                "AlarmName": format!("{prefix}{name}"),
                "AlarmArn": format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{prefix}{name}"),
                "StateValue": state,
                "StateReason": reason,
                "StateUpdatedTimestamp": now - minutes * 60,
                "StateTransitionedTimestamp": now - minutes * 60,
            })
        };
        let named = ALARMS.iter().filter(|(known, ..)| *known == state);
        let mut alarms: Vec<Value> =
            named.map(|(state, name, minutes, reason)| alarm(state, name, *minutes, reason)).collect();
        if state == "OK" {
            alarms.extend(
                (0..MORE_ALARMS).map(|number| alarm(state, &format!("service-{number}"), 90_000, "")),
            );
        }
        json!({ "MetricAlarms": alarms, "CompositeAlarms": [] })
    }
}

#[async_trait]
impl Cloud for SampleCloud {
    async fn ask(&self, operation: Operation, asked: &Value) -> Result<Value, CloudError> {
        Ok(match operation {
            Operation::DescribeAlarms => self.alarms(asked),
            Operation::GetMetricData => metrics::data(asked),
            Operation::StartQuery if logs::is_denied(asked) => {
                return Err(CloudError::refused(operation, "AccessDeniedException", ""));
            }
            Operation::StartQuery => logs::start(asked),
            Operation::GetQueryResults => logs::results(asked),
            Operation::StopQuery => json!({ "success": true }),
            Operation::GetCostAndUsage => costs::costs(asked),
            Operation::GetCostForecast => costs::forecast(asked),
        })
    }

    fn region(&self) -> &str {
        REGION
    }

    fn is_sample(&self) -> bool {
        true
    }
}

/// A number from 0 to 1 that looks like chance and is the same for the same words.
fn chance(words: &str, number: i64) -> f64 {
    // FNV-1a; the generator behind it makes neighbours unlike.
    let bytes = words.bytes().chain(number.to_le_bytes());
    let seed = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    fastrand::Rng::with_seed(seed).f64()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use notifier::report::aws::{When, gather};
    use shared::config::section::FromAws;
    use shared::core::chart::Drawing;
    use shared::core::report::Section;

    use super::*;
    use crate::clock::LocalClock;

    fn sections() -> Vec<FromAws> {
        let metric =
            |name: &str, stat: &str| json!({ "namespace": "AWS/Lambda", "name": name, "stat": stat });
        let latency = json!({ "title": "Latency", "compare": "1w", "metrics": [metric("Duration", "p99"), metric("Errors", "Sum")] });
        let logs = json!({ "title": "Errors", "groups": "/x", "query": "filter x | stats count(*) as errors by service, level" });
        let denied = json!({ "title": "Secrets", "groups": ["/x", "/denied/y"], "query": "fields @message" });
        vec![
            FromAws::Alarms(serde_json::from_value(json!({ "prefix": "prod-" })).unwrap()),
            FromAws::Metrics(serde_json::from_value(latency).unwrap()),
            FromAws::Logs(serde_json::from_value(logs).unwrap()),
            FromAws::Cost(serde_json::from_value(json!({})).unwrap()),
            FromAws::Logs(serde_json::from_value(denied).unwrap()),
        ]
    }

    async fn report() -> Vec<Vec<Section>> {
        let slot = "2026-11-23T08:00:00Z".parse().unwrap();
        let cloud = SampleCloud::new(Arc::new(LocalClock::standing(slot)));
        assert!(cloud.is_sample());
        gather(&cloud, &sections(), When { slot, zone: "Europe/Berlin" }, Duration::from_secs(20)).await
    }

    #[tokio::test(start_paused = true)]
    async fn the_samples_fill_every_section_and_are_the_same_each_time() {
        let gathered = report().await;
        assert_eq!(gathered, report().await);
        let [alarms, latency, errors, cost, denied] = &gathered[..] else { panic!("{gathered:?}") };
        let [Section::Alarms(alarms)] = &alarms[..] else { panic!("{alarms:?}") };
        assert_eq!((alarms.alarm, alarms.insufficient, alarms.all), (2, 1, 38));
        assert_eq!(alarms.rows[0].name, "prod-orders-queue-age");
        let [Section::Chart(latency)] = &latency[..] else { panic!("{latency:?}") };
        let Drawing::Series { series, .. } = &latency.drawing else { panic!("{latency:?}") };
        assert!(series.len() == 4 && series.iter().all(|series| series.points.len() == 288), "{series:?}");
        let values = |place: usize| series[place].points.iter().map(|point| point.value.get());
        let (lowest, highest) = (values(0).fold(f64::MAX, f64::min), values(0).fold(0.0, f64::max));
        assert!(lowest > 0.0 && highest > lowest * 1.5, "{lowest} {highest}");
        assert!(values(1).all(|errors| errors.fract() == 0.0), "there is no half an error");
        let [Section::Table(errors)] = &errors[..] else { panic!("{errors:?}") };
        assert_eq!(
            (errors.columns.join(" ").as_str(), errors.rows.len(), errors.more),
            ("service level errors", 10, 4)
        );
        let [Section::Failed { why, .. }] = &denied[..] else { panic!("{denied:?}") };
        assert!(why.contains("ReportLogGroups"), "{why}");
        let [Section::Cost(cost)] = &cost[..] else { panic!("{cost:?}") };
        let month = cost.month.now.unwrap().get();
        assert!(cost.yesterday.now.is_some() && cost.month.before.is_some() && !cost.movers.is_empty());
        assert!(cost.forecast.unwrap().get() > month && month > 500.0, "{cost:?}");
    }
}
