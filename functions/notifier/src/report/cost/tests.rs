use jiff::civil::date;
use shared::config::section::FromAws;

use super::*;
use crate::report::aws::scripted::{Scripted, at, nine, shown};

fn amount(value: f64) -> Value {
    json!({ "UnblendedCost": { "Amount": value.to_string(), "Unit": "EUR" } })
}

fn day(start: Date, total: Option<f64>, groups: &[(&str, f64)]) -> Value {
    let groups: Vec<Value> =
        groups.iter().map(|(name, value)| json!({ "Keys": [name], "Metrics": amount(*value) })).collect();
    json!({
        "TimePeriod": { "Start": start, "End": start.tomorrow().unwrap() },
        "Total": total.map_or(json!({}), amount), "Groups": groups, "Estimated": true,
    })
}

/// An account that costs its day's number each day.
fn account(operation: Operation, asked: &Value) -> Value {
    let of = |field: &str| -> Date { asked["TimePeriod"][field].as_str().unwrap().parse().unwrap() };
    let (start, end) = (of("Start"), of("End"));
    assert!(start < end, "Cost Explorer refuses an empty time: {asked}");
    let days = std::iter::successors(Some(start), |day| day.tomorrow().ok()).take_while(|day| *day < end);
    match operation {
        Operation::GetCostAndUsage if asked["GroupBy"].is_array() => {
            let groups = |one: Date| [("Lambda", f64::from(one.day())), ("DynamoDB", 3.0)];
            json!({ "ResultsByTime": days.map(|one| day(one, None, &groups(one))).collect::<Vec<_>>() })
        }
        Operation::GetCostAndUsage => {
            json!({ "ResultsByTime": days.map(|one| day(one, Some(f64::from(one.day())), &[])).collect::<Vec<_>>() })
        }
        Operation::GetCostForecast => json!({ "Total": { "Amount": "100.5", "Unit": "EUR" } }),
        other => panic!("{other:?}"),
    }
}

async fn on(slot: &str) -> (Cost, Vec<Value>) {
    let cloud = Scripted::new(|operation, asked, _| Ok(account(operation, asked)));
    let when = When { slot: at(slot), ..nine() };
    let deadline = Instant::now() + std::time::Duration::from_secs(20);
    let gathered = ask(&cloud, &shown(json!({})), when, deadline).await.unwrap();
    let [Section::Cost(cost)] = &gathered[..] else { panic!("{gathered:?}") };
    (cost.clone(), cloud.asked().into_iter().map(|(_, asked)| asked).collect())
}

fn number(value: f64) -> Option<Number> {
    Number::new(value)
}

#[tokio::test]
async fn yesterday_and_the_month_are_compared_with_what_was_before_in_three_requests() {
    let (cost, asked) = on("2026-11-23T08:00:00Z").await;
    assert_eq!((cost.currency.as_str(), cost.day), ("EUR", date(2026, 11, 22)));
    assert_eq!(cost.yesterday, Compared { now: number(25.0), before: number(24.0) });
    let until = |day: i32| f64::from(day * (day + 1) / 2);
    assert_eq!(cost.month, Compared { now: number(until(22)), before: number(until(22)) });
    assert_eq!(cost.forecast, number(until(22) + 100.5));
    assert_eq!(cost.movers, [("Lambda".to_owned(), number(22.0).unwrap(), number(21.0).unwrap())]);
    let periods: Vec<String> = asked.iter().map(|asked| asked["TimePeriod"].to_string()).collect();
    assert_eq!(
        periods,
        [
            r#"{"End":"2026-11-23","Start":"2026-11-21"}"#,
            r#"{"End":"2026-11-23","Start":"2026-10-01"}"#,
            r#"{"End":"2026-12-01","Start":"2026-11-23"}"#,
        ]
    );
}

#[tokio::test]
async fn months_have_their_ends() {
    let until = |day: i32| f64::from(day * (day + 1) / 2);
    for (slot, day, month, before, forecast) in [
        // On the first it is the month that has ended, which needs no forecast.
        ("2026-12-01T08:00:00Z", date(2026, 11, 30), until(30), until(30), None),
        ("2026-12-02T08:00:00Z", date(2026, 12, 1), 1.0, 1.0, Some(101.5)),
        // February has no 30th.
        ("2026-03-31T08:00:00Z", date(2026, 3, 30), until(30), until(28), Some(until(30) + 100.5)),
        ("2024-03-30T08:00:00Z", date(2024, 3, 29), until(29), until(29), Some(until(29) + 100.5)),
        // January's month before is in another year.
        ("2027-01-05T23:59:59Z", date(2027, 1, 4), until(4), until(4), Some(until(4) + 100.5)),
        // It is still yesterday by UTC.
        ("2026-11-30T23:30:00Z", date(2026, 11, 29), until(29), until(29), Some(until(29) + 100.5)),
    ] {
        let (cost, asked) = on(slot).await;
        assert_eq!(cost.day, day, "{slot}");
        assert_eq!(cost.month, Compared { now: number(month), before: number(before) }, "{slot}");
        assert_eq!(cost.forecast, forecast.and_then(number), "{slot}");
        assert_eq!(asked.len(), if forecast.is_some() { 3 } else { 2 }, "{slot}");
    }
}

#[tokio::test]
async fn an_account_without_a_past_has_no_forecast_and_says_so_only_if_it_is_an_error() {
    for (code, sections) in [("DataUnavailableException", 1), ("ValidationException", 2)] {
        let cloud = Scripted::new(move |operation, asked, _| match operation {
            Operation::GetCostForecast => {
                Err(CloudError::refused(operation, code, "Insufficient amount of historical data"))
            }
            operation => Ok(account(operation, asked)),
        });
        let gathered = cloud.gather(FromAws::Cost(shown(json!({})))).await;
        let Section::Cost(cost) = &gathered[0] else { panic!("{gathered:?}") };
        assert_eq!((cost.forecast, gathered.len()), (None, sections));
    }
    let cloud =
        Scripted::new(|operation, _, _| Err(CloudError::refused(operation, "DataUnavailableException", "")));
    let gathered = cloud.gather(FromAws::Cost(shown(json!({})))).await;
    let [Section::Failed { why, .. }] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(why, "Cost Explorer has no figures yet; it has a day after it was switched on");
}

#[tokio::test]
async fn a_day_without_figures_is_no_day_that_cost_nothing() {
    let cloud = Scripted::new(|operation, _, _| match operation {
        Operation::GetCostAndUsage => Ok(json!({ "ResultsByTime": [day(date(2026, 11, 22), None, &[])] })),
        _ => Ok(json!({ "Total": { "Amount": "nonsense", "Unit": "USD" } })),
    });
    let gathered = cloud.gather(FromAws::Cost(shown(json!({})))).await;
    let [Section::Cost(cost)] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!((cost.yesterday, cost.month, cost.forecast), (Compared::default(), Compared::default(), None));
    assert_eq!((cost.currency.as_str(), cost.movers.len()), ("USD", 0));
}

#[tokio::test]
async fn all_pages_count() {
    let cloud = Scripted::new(|operation, asked, _| {
        let yesterday = date(2026, 11, 22);
        Ok(match (operation, asked["NextPageToken"].as_str()) {
            (Operation::GetCostForecast, _) => json!({ "Total": { "Amount": "1", "Unit": "USD" } }),
            (_, None) => {
                json!({ "ResultsByTime": [day(yesterday, None, &[("A", 1.0)])], "NextPageToken": "2" })
            }
            (_, Some(_)) => json!({ "ResultsByTime": [day(yesterday, None, &[("B", 2.0)])] }),
        })
    });
    let gathered = cloud.gather(FromAws::Cost(shown(json!({ "at_most": 1 })))).await;
    let [Section::Cost(cost)] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(cost.yesterday.now, number(3.0));
    assert_eq!(cost.movers, [("B".to_owned(), number(2.0).unwrap(), number(0.0).unwrap())]);
}

#[test]
fn the_largest_changes_come_first_whichever_way() {
    let costs =
        |pairs: &[(&str, f64)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let now = costs(&[("up", 12.0), ("same", 5.0), ("down", 1.0), ("new", 2.0)]);
    let before = costs(&[("up", 10.0), ("same", 5.001), ("down", 8.0), ("gone", 3.0)]);
    let names: Vec<String> = movers(now, before, 9).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["down", "gone", "new", "up"]);
}
