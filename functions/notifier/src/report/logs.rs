//! The section `logs`: the first rows that a query of CloudWatch Logs Insights finds. A query is started, then asked for until it
//! is done; one that is given up is stopped, so that it neither goes on costing nor takes a place among those that may run.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::cloud::{Cloud, CloudError, Operation, one_line};
use shared::config::section::ShowLogs;
use shared::core::report::{Section, Table};
use tokio::time::{Instant, sleep, timeout_at};

use super::aws::{Gathered, When, ask as ask_aws};
use super::console;

/// How long to wait before each look; the last one again and again. AWS takes five looks a second.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_millis(500), Duration::from_millis(1_000)];

/// What is kept of the time for stopping a query.
const STOPPING: Duration = Duration::from_secs(1);

/// The longest text of a cell, in characters.
const LONGEST_CELL: usize = 300;

/// The most columns; a phone shows fewer.
const MOST_COLUMNS: usize = 10;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    query_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status: String,
    #[serde(default)]
    results: Vec<Vec<Field>>,
    #[serde(default)]
    statistics: Statistics,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Field {
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    result_count: Option<f64>,
}

pub(super) async fn ask(cloud: &dyn Cloud, show: &ShowLogs, when: When<'_>, deadline: Instant) -> Gathered {
    let said = |error: CloudError| error.to_string();
    let since = since(show, when.slot);
    let asked = start(show, since, when.slot);
    let began = Instant::now();
    let Started { query_id } = ask_aws(cloud, Operation::StartQuery, &asked, deadline).await.map_err(said)?;
    let until = deadline.checked_sub(STOPPING).unwrap_or(deadline);
    let why = match timeout_at(until, done(cloud, show, &query_id, deadline)).await {
        Ok(Ok(answer)) => {
            let link = console::insights(cloud.region(), show, since, when.slot);
            return table(answer, show, link).map(|table| vec![Section::Table(table)]);
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => {
            let seconds = began.elapsed().as_secs();
            format!(
                "the query was not done after {seconds} s and was stopped: look at less time, or at fewer log groups"
            )
        }
    };
    let stopped: Result<Value, _> =
        ask_aws(cloud, Operation::StopQuery, &json!({ "queryId": query_id }), deadline).await;
    if let Err(error) = stopped {
        tracing::warn!(%error, "a query that was given up goes on");
    }
    Err(why)
}

fn since(show: &ShowLogs, slot: Timestamp) -> Timestamp {
    slot.checked_sub(show.last).unwrap_or(Timestamp::UNIX_EPOCH).max(Timestamp::UNIX_EPOCH)
}

fn start(show: &ShowLogs, since: Timestamp, until: Timestamp) -> Value {
    // Both ends count, so the last second is the one before the slot.
    let until = (until.as_second() - 1).max(since.as_second());
    json!({
        "logGroupIdentifiers": show.groups.0,
        "queryString": show.query,
        "startTime": since.as_second(),
        "endTime": until,
    })
}

/// The answer once the query has ended, one way or another.
async fn done(cloud: &dyn Cloud, show: &ShowLogs, id: &str, deadline: Instant) -> Result<Answer, CloudError> {
    let asked = json!({ "queryId": id, "maxItems": show.at_most });
    let mut pauses = PAUSES.into_iter();
    let [.., longest] = PAUSES;
    loop {
        sleep(pauses.next().unwrap_or(longest)).await;
        let answer: Answer = ask_aws(cloud, Operation::GetQueryResults, &asked, deadline).await?;
        if !["Scheduled", "Running"].contains(&answer.status.as_str()) {
            return Ok(answer);
        }
    }
}

fn table(answer: Answer, show: &ShowLogs, link: Option<String>) -> Result<Table, String> {
    match answer.status.as_str() {
        "Complete" => {}
        "Failed" => return Err("the query failed: try it in the console".to_owned()),
        "Cancelled" => return Err("somebody cancelled the query".to_owned()),
        "Timeout" => return Err("the query took AWS longer than it may: look at less time".to_owned()),
        other => return Err(format!("the query ended as \"{}\"", one_line(other, 50))),
    }
    let mut columns: Vec<String> = Vec::new();
    for field in answer.results.iter().flatten() {
        // `@ptr` points at the record, for machines.
        if field.field != "@ptr" && columns.len() < MOST_COLUMNS && !columns.contains(&field.field) {
            columns.push(field.field.clone());
        }
    }
    let cell = |row: &[Field], column: &String| {
        let value = row.iter().find(|field| field.field == *column).map(|field| field.value.as_str());
        one_line(value.unwrap_or_default(), LONGEST_CELL)
    };
    let shown = answer.results.iter().take(show.at_most);
    let rows: Vec<Vec<String>> =
        shown.map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    // Without a count it is known only that there are more.
    let counted = answer.statistics.result_count.map_or(0, |count| count as usize).max(answer.results.len());
    let more = counted.saturating_sub(rows.len()).max(usize::from(answer.next_token.is_some()));
    Ok(Table { title: show.title.clone(), columns, rows, more, link })
}

#[cfg(test)]
mod tests;
