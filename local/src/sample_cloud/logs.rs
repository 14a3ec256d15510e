//! Samples of log queries. What the query's last columns are is read from it; what stands in them is made up. A query's id holds all
//! that its results are made from, so nothing has to be remembered.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::chance;

/// What columns that name things hold.
const SERVICES: [&str; 6] = ["checkout", "payments", "search", "orders", "mail", "export"];
const MESSAGES: [&str; 4] = [
    "ERROR payment provider answered 503 after 3 tries",
    "WARN slow query: 2318 ms, 41 rows",
    "ERROR order 84113 has no address",
    "ERROR connection reset by peer",
];

/// How many rows there are.
const ROWS: usize = 14;

/// Whether a group is asked for that nobody may query here.
pub(super) fn is_denied(asked: &Value) -> bool {
    let groups = asked["logGroupIdentifiers"].as_array().map(Vec::as_slice).unwrap_or_default();
    groups.iter().any(|group| group.as_str().is_some_and(|name| name.starts_with("/denied")))
}

/// The answer of StartQuery.
pub(super) fn start(asked: &Value) -> Value {
    let columns = columns(asked["queryString"].as_str().unwrap_or_default()).join(",");
    let columns: String = columns.chars().take(200).collect();
    json!({ "queryId": format!("{}:{columns}", asked["endTime"].as_i64().unwrap_or(0)) })
}

/// The answer of GetQueryResults.
pub(super) fn results(asked: &Value) -> Value {
    let id = asked["queryId"].as_str().unwrap_or_default();
    let (end, columns) = id.split_once(':').unwrap_or(("0", "@message"));
    let end: i64 = end.parse().unwrap_or(0);
    let shown = asked["maxItems"].as_u64().map_or(ROWS, |most| ROWS.min(most as usize));
    let row = |number: usize| -> Vec<Value> {
        columns
            .split(',')
            .map(|column| json!({ "field": column, "value": value(column, number, end) }))
            .collect()
    };
    let rows: Vec<Vec<Value>> = (0..shown).map(row).collect();
    json!({
        "status": "Complete",
        "results": rows,
        "statistics": { "recordsMatched": 418.0, "recordsScanned": 90_211.0, "bytesScanned": 27_063_300.0, "resultCount": ROWS },
    })
}

/// The columns that the last `stats`, `display` or `fields` of a query makes.
fn columns(query: &str) -> Vec<String> {
    let stage = query.split('|').map(str::trim).rev().find_map(|stage| {
        let kind = ["stats ", "display ", "fields "].into_iter().find(|kind| stage.starts_with(kind))?;
        Some((kind, stage.get(kind.len()..)?))
    });
    let names = match stage {
        Some(("stats ", rest)) => {
            let (counted, by) = rest.split_once(" by ").unwrap_or((rest, ""));
            let by = by.split(',').map(alias).filter(|name| !name.is_empty());
            by.chain(counted.split(',').map(alias)).collect()
        }
        Some((_, rest)) => rest.split(',').map(alias).collect(),
        None => vec!["@timestamp".to_owned(), "@message".to_owned()],
    };
    names.into_iter().take(6).collect()
}

/// What a column is called: `count(*) as errors` is `errors`.
fn alias(column: &str) -> String {
    column.rsplit_once(" as ").map_or(column, |(_, name)| name).trim().to_owned()
}

fn value(column: &str, number: usize, end: i64) -> String {
    let numbered = ["count", "errors", "sum", "total", "avg", "max", "min", "pct", "bytes", "duration", "ms"];
    let name = column.to_ascii_lowercase();
    if name.contains("timestamp") || name.contains("bin(") {
        let at = Timestamp::from_second(end.saturating_sub(97 * number as i64)).unwrap_or_default();
        return format!("{at:.3}").replace('T', " ").trim_end_matches('Z').to_owned();
    }
    if numbered.iter().any(|word| name.contains(word)) {
        let largest = 40.0 + 400.0 * chance(column, 0);
        return format!("{}", (largest / (1.0 + number as f64 * 0.8)).round());
    }
    let words: &[&str] = if name.contains("message") { &MESSAGES } else { &SERVICES };
    words.get(number % words.len().max(1)).copied().unwrap_or_default().to_owned()
}
