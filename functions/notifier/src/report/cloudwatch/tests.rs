use serde_json::{Value, json};
use shared::config::section::FromAws;

use super::*;
use crate::report::aws::scripted::{Scripted, at, chart_of, nine, shown};
use shared::core::chart::Threshold;

/// 2026-11-23, 08:00 UTC, the slot.
const SLOT: i64 = 1_795_420_800;
const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

fn requests_of(sections: &[FromAws]) -> Vec<Value> {
    let shows = sections.iter().filter_map(|section| match section {
        FromAws::Metrics(show) => Some(show),
        _ => None,
    });
    let shows: Vec<&ShowMetrics> = shows.collect();
    request::requests(&shows, nine().slot).iter().map(Request::asked).collect()
}

fn error_rate() -> FromAws {
    FromAws::Metrics(shown(json!({
        "title": "Errors", "unit": "Percent", "period": "1h", "threshold": 1.5, "form": "area", "compare": "1w",
        "metrics": [
            { "expression": "100 * errors / calls", "label": "rate" },
            { "namespace": "AWS/Lambda", "name": "Errors", "stat": "Sum", "id": "errors", "hidden": true, "dimensions": { "FunctionName": "checkout" } },
            { "namespace": "AWS/Lambda", "name": "Invocations", "stat": "Sum", "id": "calls", "hidden": true },
        ],
    })))
}

#[test]
fn a_request_is_as_documented() {
    let requests = requests_of(&[error_rate()]);
    let stat = |name: &str, dimensions: Value| json!({ "Metric": { "Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions }, "Period": 3_600, "Stat": "Sum" });
    let function = json!([{ "Name": "FunctionName", "Value": "checkout" }]);
    let expected = json!({
        "MetricDataQueries": [
            { "Id": "s0m0", "ReturnData": true, "Label": "rate", "Expression": "100 * s0_errors / s0_calls" },
            { "Id": "s0_errors", "ReturnData": false, "MetricStat": stat("Errors", function) },
            { "Id": "s0_calls", "ReturnData": false, "MetricStat": stat("Invocations", json!([])) },
        ],
        "StartTime": SLOT - DAY, "EndTime": SLOT, "ScanBy": "TimestampAscending",
    });
    assert_eq!(requests[0], expected);
    assert_eq!(
        (&requests[1]["StartTime"], &requests[1]["EndTime"]),
        (&json!(SLOT - DAY - WEEK), &json!(SLOT - WEEK))
    );
    assert_eq!(requests[1]["MetricDataQueries"], requests[0]["MetricDataQueries"]);
    assert_eq!(requests.len(), 2);
}

#[test]
fn sections_share_a_request_if_they_look_at_the_same_time() {
    let with = |mut section: FromAws, change: fn(&mut ShowMetrics)| {
        if let FromAws::Metrics(show) = &mut section {
            change(show);
        }
        section
    };
    let week = || with(chart_of("Week", 2, false), |show| show.last = SignedDuration::from_hours(168));
    let taking_all =
        || with(error_rate(), |show| show.metrics[0].expression = Some("SUM(METRICS())".to_owned()));
    for (what, sections, requests) in [
        ("all of a day", vec![chart_of("A", 5, true), error_rate(), chart_of("B", 9, false)], 2),
        ("a day and a week", vec![chart_of("A", 5, false), week(), week()], 2),
        ("who takes all metrics is alone", vec![taking_all(), chart_of("A", 1, true), taking_all()], 6),
        (
            "no more than 500",
            vec![chart_of("A", 300, false), chart_of("B", 300, false), chart_of("C", 200, false)],
            2,
        ),
        ("nobody", vec![], 0),
    ] {
        let asked = requests_of(&sections);
        assert_eq!(asked.len(), requests, "{what}");
        for request in asked {
            let queries = request["MetricDataQueries"].as_array().unwrap();
            let mut ids: Vec<&str> = queries.iter().map(|query| query["Id"].as_str().unwrap()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), queries.len(), "{what}");
            assert!(queries.len() <= 500);
        }
    }
}

#[test]
fn a_period_that_has_only_begun_is_left_out() {
    let section = error_rate();
    let FromAws::Metrics(show) = &section else { panic!() };
    let [now, _] = &request::requests(&[show], at("2026-11-23T08:59:31Z"))[..] else { panic!() };
    assert_eq!(now.span, Span { start: SLOT - DAY, end: SLOT });
}

fn result(id: &str, label: &str, from: i64, values: &[f64]) -> Value {
    let times: Vec<i64> = (0..).map(|step| from + step * 3_600).take(values.len()).collect();
    json!({ "Id": id, "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete" })
}

fn series_of(section: &Section) -> &[Series] {
    match section {
        Section::Chart(Chart { drawing: Drawing::Series { series, .. }, .. }) => series,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn values_become_a_chart_with_the_week_before_laid_over_it() {
    let cloud = Scripted::new(|_, asked, _| {
        let start = asked["StartTime"].as_i64().unwrap();
        let values = if start == SLOT - DAY { [0.5, 2.0] } else { [0.25, 0.0] };
        Ok(json!({ "MetricDataResults": [result("s0m0", "rate", start + 3_600, &values)], "Messages": [] }))
    });
    let gathered = cloud.gather(error_rate()).await;
    let [Section::Chart(chart)] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(
        (chart.title.as_str(), chart.unit.as_deref(), chart.zone.as_str()),
        ("Errors", Some("Percent"), "Europe/Berlin")
    );
    let Drawing::Series { form, threshold, .. } = &chart.drawing else { panic!() };
    assert_eq!(
        (*form, *threshold),
        (shared::core::chart::Form::Area, Number::new(1.5).map(Threshold::above))
    );
    let [now, before] = series_of(&gathered[0]) else { panic!("{chart:?}") };
    assert_eq!(
        (now.name.as_str(), now.faint, before.name.as_str(), before.faint),
        ("rate", false, "rate (-1w)", true)
    );
    let told = |series: &Series| -> Vec<(i64, f64)> {
        series.points.iter().map(|point| (point.at.as_second(), point.value.get())).collect()
    };
    let times = [SLOT - DAY + 3_600, SLOT - DAY + 7_200];
    assert_eq!(told(now), [(times[0], 0.5), (times[1], 2.0)]);
    assert_eq!(told(before), [(times[0], 0.25), (times[1], 0.0)]);
}

#[tokio::test]
async fn all_pages_are_read_and_each_value_is_there_once() {
    let cloud = Scripted::new(|_, asked, _| {
        let start = asked["StartTime"].as_i64().unwrap();
        let mut first = result("s0m0", "M0", start, &[1.0, 2.0]);
        first["StatusCode"] = json!("PartialData");
        Ok(match asked["NextToken"].as_str() {
            None => json!({ "MetricDataResults": [first], "NextToken": "n" }),
            Some(_) => json!({ "MetricDataResults": [result("s0m0", "M0", start + 3_600, &[2.0, 3.0])] }),
        })
    });
    let gathered = cloud.gather(chart_of("A", 1, false)).await;
    let values: Vec<f64> = series_of(&gathered[0])[0].points.iter().map(|point| point.value.get()).collect();
    assert_eq!((values, gathered.len()), (vec![1.0, 2.0, 3.0], 1));
}

#[tokio::test]
async fn pages_without_an_end_are_not_read_for_ever() {
    let cloud = Scripted::new(|_, _, _| Ok(json!({ "MetricDataResults": [], "NextToken": "again" })));
    cloud.gather(chart_of("A", 1, false)).await;
    assert_eq!(cloud.asked().len(), MOST_PAGES);
}

#[tokio::test]
async fn what_is_missing_is_said_beside_what_is_there() {
    let failing = |status: &str| json!({ "Id": "s0m1", "Label": "M1", "StatusCode": status, "Messages": [{ "Code": "Oops", "Value": "no luck" }] });
    for (status, said) in [
        ("InternalError", "CloudWatch could not get \"M1\" (Oops: no luck)"),
        ("Forbidden", "the values of \"M1\" may not be read (Oops: no luck)"),
        ("PartialData", "some values of \"M1\" are missing (Oops: no luck)"),
    ] {
        let failing = failing(status);
        let cloud = Scripted::new(move |_, asked, _| {
            let start = asked["StartTime"].as_i64().unwrap();
            Ok(json!({ "MetricDataResults": [result("s0m0", "M0", start, &[1.0]), failing] }))
        });
        let gathered = cloud.gather(chart_of("Latency", 2, false)).await;
        let [Section::Chart(_), Section::Failed { section, why }] = &gathered[..] else {
            panic!("{gathered:?}")
        };
        assert_eq!((section.as_str(), why.as_str()), ("cloudwatch: Latency", said));
    }
    let failing = failing("InternalError");
    let cloud = Scripted::new(move |_, _, _| Ok(json!({ "MetricDataResults": [failing] })));
    let gathered = cloud.gather(chart_of("Latency", 2, false)).await;
    assert!(matches!(&gathered[..], [Section::Failed { .. }]), "no chart without a value: {gathered:?}");
    let quiet = Scripted::new(|_, _, _| Ok(json!({ "MetricDataResults": [result("s0m0", "M0", 0, &[])] })));
    let gathered = quiet.gather(chart_of("Latency", 2, false)).await;
    assert!(
        matches!(&gathered[..], [Section::Chart(_)]),
        "nothing happened, which is no failure: {gathered:?}"
    );
}

#[tokio::test]
async fn without_the_week_before_there_is_the_chart() {
    let cloud = Scripted::new(|operation, asked, _| match asked["StartTime"].as_i64().unwrap() {
        start if start == SLOT - DAY => {
            Ok(json!({ "MetricDataResults": [result("s0m0", "M0", start, &[1.0])] }))
        }
        _ => Err(CloudError::refused(operation, "InternalServiceError", "sorry")),
    });
    let gathered = cloud.gather(chart_of("Latency", 1, true)).await;
    let [Section::Chart(_), Section::Failed { why, .. }] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(why, "the time before: cloudwatch:GetMetricData was refused, InternalServiceError: sorry");
}

#[tokio::test]
async fn of_a_search_that_finds_many_the_highest_lines_are_drawn_and_it_is_told() {
    let cloud = Scripted::new(|_, asked, _| {
        let start = asked["StartTime"].as_i64().unwrap();
        let line = |number: i32| result("s0m0", &format!("i-{number:02}"), start, &[f64::from(number)]);
        Ok(json!({ "MetricDataResults": (0..40).map(line).collect::<Vec<_>>() }))
    });
    let search = "SEARCH('{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"', 'Average')";
    let section = FromAws::Metrics(shown(json!({ "title": "CPU", "metrics": [{ "expression": search }] })));
    let gathered = cloud.gather(section).await;
    let [Section::Chart(chart)] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(chart.title, "CPU (12 / 40)");
    let names: Vec<&str> = series_of(&gathered[0]).iter().map(|series| series.name.as_str()).collect();
    assert_eq!((names.len(), names[0], names[11]), (12, "i-28", "i-39"));
}

#[test]
fn a_span_is_written_in_its_largest_unit() {
    for (seconds, text) in [(604_800, "1w"), (86_400, "1d"), (129_600, "36h"), (5_400, "90m"), (61, "61s")] {
        assert_eq!(short(SignedDuration::from_secs(seconds)), text);
    }
}
