//! Samples of costs: some services, each with a size of its own, cheaper at weekends, and one that has a bad day now and then.

use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

use super::chance;

/// Service, and what it costs on a usual day in dollars.
const SERVICES: [(&str, f64); 7] = [
    ("Amazon Relational Database Service", 38.40),
    ("Amazon Elastic Container Service", 27.10),
    ("AWS Lambda", 9.80),
    ("Amazon DynamoDB", 7.25),
    ("AmazonCloudWatch", 6.10),
    ("Amazon Simple Storage Service", 4.90),
    ("AWS Key Management Service", 0.60),
];

/// The most days of an answer.
const MOST: usize = 400;

/// The answer of GetCostAndUsage.
pub(super) fn costs(asked: &Value) -> Value {
    let grouped = asked["GroupBy"].as_array().is_some_and(|by| !by.is_empty());
    let day = |day: Date| {
        let period = json!({ "Start": day, "End": day.tomorrow().unwrap_or(day) });
        let metrics =
            |amount: f64| json!({ "UnblendedCost": { "Amount": format!("{amount:.10}"), "Unit": "USD" } });
        let (total, groups) = match grouped {
            false => (metrics(all(day)), Vec::new()),
            true => {
                let group = |(name, usual): &(&str, f64)| json!({ "Keys": [name], "Metrics": metrics(cost(name, *usual, day)) });
                (json!({}), SERVICES.iter().map(group).collect())
            }
        };
        json!({ "TimePeriod": period, "Total": total, "Groups": groups, "Estimated": true })
    };
    json!({ "ResultsByTime": days(asked).map(day).collect::<Vec<_>>() })
}

/// The answer of GetCostForecast.
pub(super) fn forecast(asked: &Value) -> Value {
    let total: f64 = days(asked).map(all).sum();
    json!({ "Total": { "Amount": format!("{total:.10}"), "Unit": "USD" }, "ForecastResultsByTime": [] })
}

fn days(asked: &Value) -> impl Iterator<Item = Date> {
    let date = |field: &str| {
        asked["TimePeriod"].get(field).and_then(Value::as_str).and_then(|text| text.parse::<Date>().ok())
    };
    let (start, end) = (date("Start"), date("End").unwrap_or(Date::ZERO));
    std::iter::successors(start, |day| day.tomorrow().ok()).take_while(move |day| *day < end).take(MOST)
}

fn all(day: Date) -> f64 {
    SERVICES.iter().map(|(name, usual)| cost(name, *usual, day)).sum()
}

fn cost(name: &str, usual: f64, day: Date) -> f64 {
    let number = i64::from(day.day()) + 31 * i64::from(day.month()) + 372 * i64::from(day.year());
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let bad = if chance(name, -number) > 0.93 { 1.9 } else { 1.0 };
    usual * (0.92 + 0.16 * chance(name, number)) * bad * if weekend { 0.8 } else { 1.0 }
}
