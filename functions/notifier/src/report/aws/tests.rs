use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;
use shared::config::section::FromAws;
use shared::core::chart::Drawing;

use super::scripted::{Scripted, chart_of, denied, nine, shown};
use super::*;

fn everything() -> Vec<FromAws> {
    vec![
        FromAws::Alarms(shown(json!({}))),
        chart_of("Latency", 5, true),
        FromAws::Logs(shown(
            json!({ "title": "Errors", "groups": "/ecs/checkout", "query": "fields @message" }),
        )),
        FromAws::Cost(shown(json!({}))),
    ]
}

/// Everything is there, as documented.
fn usual(operation: Operation, asked: &Value) -> Value {
    match operation {
        Operation::DescribeAlarms => json!({ "MetricAlarms": [], "CompositeAlarms": [] }),
        Operation::GetMetricData => {
            let start = asked["StartTime"].as_i64().unwrap();
            let result = |query: &Value| json!({ "Id": query["Id"], "Label": "L", "Timestamps": [start, start + 300], "Values": [1.0, 2.5], "StatusCode": "Complete" });
            let results: Vec<Value> =
                asked["MetricDataQueries"].as_array().unwrap().iter().map(result).collect();
            json!({ "MetricDataResults": results })
        }
        Operation::StartQuery => json!({ "queryId": "q" }),
        Operation::GetQueryResults => json!({ "status": "Complete", "results": [] }),
        Operation::StopQuery => json!({ "success": true }),
        Operation::GetCostAndUsage => json!({ "ResultsByTime": [] }),
        Operation::GetCostForecast => json!({ "Total": { "Amount": "12.5", "Unit": "USD" } }),
    }
}

#[tokio::test(start_paused = true)]
async fn ten_sections_with_fifty_metrics_ask_for_them_in_two_requests_and_are_there_within_ten_seconds() {
    let cloud = Scripted::new(|operation, asked, _| Ok(usual(operation, asked)));
    let cloud = cloud.slow(Duration::from_millis(300));
    let mut sections = everything();
    sections.extend((0..6).map(|number| chart_of(&format!("Chart {number}"), 9, number % 2 == 0)));
    let began = Instant::now();
    let gathered = gather(&cloud, &sections, nine(), Duration::from_secs(20)).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(gathered.len(), 10);
    let operations = cloud.operations();
    let count = |wanted| operations.iter().filter(|operation| **operation == wanted).count();
    assert_eq!(count(Operation::GetMetricData), 2);
    assert_eq!(operations.len(), 2 + 3 + 2 + 3, "{operations:?}");
    let (_, asked) = &cloud.asked()[0];
    assert_eq!(asked["MetricDataQueries"].as_array().unwrap().len(), 5 + 6 * 9);
    for (section, shown) in sections.iter().zip(&gathered) {
        let as_asked = match (section, &shown[..]) {
            (FromAws::Alarms(_), [Section::Alarms(_)]) => true,
            (FromAws::Metrics(show), [Section::Chart(chart)]) => {
                let Drawing::Series { series, .. } = &chart.drawing else { panic!("{chart:?}") };
                let compared = if show.compare.is_some() { 2 } else { 1 };
                chart.title == show.title && series.len() == show.metrics.len() * compared
            }
            (FromAws::Logs(_), [Section::Table(_)]) | (FromAws::Cost(_), [Section::Cost(_)]) => true,
            _ => false,
        };
        assert!(as_asked, "{section:?} {shown:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_says_why_and_the_others_are_there() {
    for broken in Operation::ALL.into_iter().filter(|one| *one != Operation::StopQuery) {
        let cloud = Scripted::new(move |operation, asked, _| match operation {
            operation if operation == broken => Err(denied(operation)),
            operation => Ok(usual(operation, asked)),
        });
        let gathered = gather(&cloud, &everything(), nine(), Duration::from_secs(20)).await;
        let failures: Vec<&Section> =
            gathered.iter().flatten().filter(|one| matches!(one, Section::Failed { .. })).collect();
        let [Section::Failed { section, why }] = &failures[..] else { panic!("{broken:?} {failures:?}") };
        assert!(why.contains(broken.action()) && why.contains("deploy with"), "{why}");
        assert!(!why.contains("1111"), "it names an account: {why}");
        let expected = match broken {
            Operation::DescribeAlarms => "alarms",
            Operation::GetMetricData => "cloudwatch: Latency",
            Operation::StartQuery | Operation::GetQueryResults | Operation::StopQuery => "logs: Errors",
            Operation::GetCostAndUsage | Operation::GetCostForecast => "cost",
        };
        assert_eq!(section, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn who_never_answers_takes_no_more_than_the_time_that_there_is() {
    let cloud = Scripted::new(|operation, asked, _| Ok(usual(operation, asked)));
    let cloud = cloud.slow(Duration::from_secs(3_600));
    let began = Instant::now();
    let gathered = gather(&cloud, &everything(), nine(), Duration::from_secs(20)).await;
    assert_eq!(began.elapsed(), Duration::from_secs(20));
    for section in gathered.iter().flatten() {
        let Section::Failed { why, .. } = section else { panic!("{section:?}") };
        assert!(why.contains("no answer in time"), "{why}");
    }
    assert_eq!(gathered.len(), 4);
}

/// What an answer may be made of: the fields that are read, with anything in them.
fn anything() -> impl Strategy<Value = Value> {
    let fields = [
        "MetricAlarms",
        "AlarmName",
        "AlarmArn",
        "StateReason",
        "StateTransitionedTimestamp",
        "NextToken",
        "MetricDataResults",
        "Id",
        "Label",
        "Timestamps",
        "Values",
        "StatusCode",
        "Messages",
        "Code",
        "Value",
        "queryId",
        "status",
        "results",
        "field",
        "value",
        "statistics",
        "resultCount",
        "nextToken",
        "ResultsByTime",
        "TimePeriod",
        "Start",
        "Total",
        "Groups",
        "Keys",
        "Metrics",
        "UnblendedCost",
        "Amount",
        "Unit",
        "NextPageToken",
    ];
    let texts = prop_oneof![
        Just("Complete"),
        Just("ALARM"),
        Just("s1m0"),
        Just("2026-11-22"),
        Just("1e999"),
        Just("arn:aws:cloudwatch:x:1:alarm:n"),
        Just(""),
        Just("é\u{0}<!channel>"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (1_795_000_000_i64..1_796_000_000).prop_map(Value::from),
        texts.prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        let field = prop::sample::select(fields.to_vec());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((field, inner), 0..6).prop_map(|fields| {
                fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_answer_does_harm(answers in prop::collection::vec(anything(), 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let cloud = Scripted::new(move |_, _, before| Ok(answers[before % answers.len()].clone()));
            let gathered = gather(&cloud, &everything(), nine(), Duration::from_secs(20)).await;
            assert!(gathered.iter().all(|sections| !sections.is_empty()));
        });
    }

    /// Right in their outline, so that more of it is read.
    #[test]
    fn no_value_in_an_answer_does_harm(a in anything(), b in anything(), number in any::<f64>(), text in ".*") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let cloud = Scripted::new(move |operation, asked, _| Ok(match operation {
                Operation::DescribeAlarms => json!({ "MetricAlarms": [{ "AlarmName": text, "AlarmArn": text, "StateReason": text, "StateTransitionedTimestamp": number }] }),
                Operation::GetMetricData => json!({ "MetricDataResults": [{ "Id": "s1m0", "Label": text, "Timestamps": [number, asked["StartTime"]], "Values": [number, number, number], "StatusCode": text }] }),
                Operation::StartQuery => json!({ "queryId": text }),
                Operation::GetQueryResults => json!({ "status": "Complete", "results": [[{ "field": text, "value": text }], []], "statistics": { "resultCount": number } }),
                Operation::StopQuery => a.clone(),
                Operation::GetCostAndUsage => json!({ "ResultsByTime": [{ "TimePeriod": { "Start": "2026-11-22" }, "Total": { "UnblendedCost": { "Amount": number.to_string(), "Unit": text } }, "Groups": [{ "Keys": [text], "Metrics": { "UnblendedCost": { "Amount": text } } }] }] }),
                Operation::GetCostForecast => b.clone(),
            }));
            let gathered = gather(&cloud, &everything(), nine(), Duration::from_secs(20)).await;
            assert!(gathered.iter().all(|sections| !sections.is_empty()));
            // What is stored and posted is JSON: it has to be able to go there and back.
            for section in gathered.iter().flatten() {
                let there = serde_json::to_string(section).unwrap();
                assert_eq!(&serde_json::from_str::<Section>(&there).unwrap(), section);
            }
        });
    }
}
