//! Samples of metrics: a day that rises and falls, weekends that are quiet, some noise, and now and then a peak. How large and how
//! rough it is follows from the metric's name.

use serde_json::{Value, json};

use super::chance;

const DAY: f64 = 86_400.0;

/// The most values of a line, whatever is asked.
const MOST: i64 = 20_000;

/// The answer of GetMetricData.
pub(super) fn data(asked: &Value) -> Value {
    let queries = asked["MetricDataQueries"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (start, end) = (asked["StartTime"].as_i64().unwrap_or(0), asked["EndTime"].as_i64().unwrap_or(0));
    let shown = queries.iter().filter(|query| query["ReturnData"] != false);
    let results: Vec<Value> = shown.map(|query| line(query, period(query, queries), start, end)).collect();
    json!({ "MetricDataResults": results, "Messages": [] })
}

/// An expression has the period of what it is made of.
fn period(query: &Value, queries: &[Value]) -> i64 {
    let own =
        query["Period"].as_i64().or_else(|| query.pointer("/MetricStat/Period").and_then(Value::as_i64));
    let others =
        || queries.iter().find_map(|query| query.pointer("/MetricStat/Period").and_then(Value::as_i64));
    own.or_else(others).unwrap_or(300).max(1)
}

fn line(query: &Value, period: i64, start: i64, end: i64) -> Value {
    let stat = &query["MetricStat"];
    let name = stat.pointer("/Metric/MetricName").and_then(Value::as_str).unwrap_or_default();
    let kind = stat["Stat"].as_str().unwrap_or_default();
    let label = query["Label"].as_str().filter(|label| !label.is_empty());
    let label = label.unwrap_or(if name.is_empty() { "expression" } else { name });
    // Its place in the request says nothing about what it is.
    let what = format!("{stat}{}{label}", query["Expression"].as_str().map_or("", |_| "computed"));
    let times: Vec<i64> = (0..MOST).map(|step| start + step * period).take_while(|at| *at < end).collect();
    let values: Vec<f64> = times.iter().map(|at| value(&what, name, kind, (*at, period))).collect();
    json!({
        "Id": query["Id"], "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete", "Messages": [],
    })
}

fn value(what: &str, name: &str, kind: &str, (at, period): (i64, i64)) -> f64 {
    let percent = name.contains("Utilization") || name.contains("Percent");
    let rare = ["Error", "5XX", "Fault", "Throttle"].iter().any(|word| name.contains(word));
    let size = match percent {
        true => 25.0 + 35.0 * chance(what, -1),
        false => 10.0_f64.powf(1.0 + 2.0 * chance(what, -1)),
    };
    let day = (at as f64 / DAY).floor() as i64;
    // 1970 began with a Thursday, the fourth day after a Sunday.
    let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
    let hour = (at as f64 / DAY).fract();
    // Lowest at four in the morning.
    let wave = 0.65 - 0.35 * ((hour - 4.0 / 24.0) * std::f64::consts::TAU).cos();
    let noise = 0.85 + 0.3 * chance(what, at);
    // One peak on two days of three, for half an hour.
    let peak_at = (chance(what, day.wrapping_mul(7)) * DAY * 1.5) as i64;
    let in_peak = (0..1_800).contains(&(at.rem_euclid(86_400) - peak_at));
    let peak = if in_peak { 1.8 + chance(what, day) } else { 1.0 };
    let raw = size * wave * noise * peak * if weekend { 0.6 } else { 1.0 };
    match (percent, rare, kind) {
        (true, ..) => round(raw.min(99.0)),
        (_, true, _) if in_peak => round((raw / 4.0).ceil()),
        (_, true, _) => (chance(what, at / 600) * 3.0 - 1.5).max(0.0).round(),
        (_, _, "Sum" | "SampleCount") => (raw * period as f64 / 60.0).round(),
        _ => round(raw),
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
