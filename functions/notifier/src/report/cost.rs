//! The section `cost`: what the account cost yesterday and costs this month, by Cost Explorer. Its days are days by UTC, and its
//! figures are some hours old. Each request costs a cent, so there are three, and none that could be spared.

use futures_util::future::join3;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::cloud::{Cloud, CloudError, Operation, one_line};
use shared::config::section::ShowCost;
use shared::core::chart::Number;
use shared::core::report::{Compared, Cost, Section};
use std::collections::BTreeMap;
use tokio::time::Instant;

use super::aws::{Gathered, When, ask as ask_aws, set};

/// What is counted: the cost of the day on which something was used, before credits are spread over others.
const METRIC: &str = "UnblendedCost";
const FORECAST_METRIC: &str = "UNBLENDED_COST";

/// So many pages of an answer are read.
const MOST_PAGES: usize = 5;

/// A service is not worth a line if its cost changed by less.
const LEAST_MOVE: f64 = 0.01;

/// The longest name of a service, in characters.
const LONGEST_NAME: usize = 80;

/// The days that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days {
    /// It has only begun, so it is not counted.
    today: Date,
    yesterday: Date,
    /// The first of yesterday's month.
    month: Date,
    /// The first of the month before.
    month_before: Date,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    results_by_time: Vec<Day>,
    next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Day {
    time_period: Period,
    #[serde(default)]
    total: BTreeMap<String, Amount>,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Period {
    start: Date,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    metrics: BTreeMap<String, Amount>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Amount {
    amount: String,
    #[serde(default)]
    unit: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Forecast {
    total: Amount,
}

pub(super) async fn ask(cloud: &dyn Cloud, show: &ShowCost, when: When<'_>, deadline: Instant) -> Gathered {
    let days = Days::of(when.slot).ok_or("there is no yesterday")?;
    let (services, months, rest) = join3(
        read(cloud, by_service(days), deadline),
        read(cloud, by_day(days), deadline),
        forecast(cloud, days, deadline),
    )
    .await;
    let (services, months) = (services.map_err(told)?, months.map_err(told)?);
    let (rest, missing) = match rest {
        Ok(rest) => (rest, None),
        Err(error) => {
            let why = format!("there is no forecast: {error}");
            (None, Some(Section::Failed { section: "cost".to_owned(), why }))
        }
    };
    let cost = Section::Cost(cost(&services, &months, rest, days, show));
    Ok(std::iter::once(cost).chain(missing).collect())
}

fn told(error: CloudError) -> String {
    match error.code() {
        "DataUnavailableException" => {
            "Cost Explorer has no figures yet; it has a day after it was switched on".to_owned()
        }
        _ => error.to_string(),
    }
}

impl Days {
    fn of(slot: Timestamp) -> Option<Days> {
        let today = slot.to_zoned(TimeZone::UTC).date();
        let yesterday = today.yesterday().ok()?;
        let month = yesterday.first_of_month();
        let month_before = month.yesterday().ok()?.first_of_month();
        Some(Days { today, yesterday, month, month_before })
    }
}

fn by_service(days: Days) -> Value {
    let since = days.yesterday.checked_sub(1.day()).unwrap_or(days.yesterday);
    let mut asked = request(since, days.today);
    set(&mut asked, "GroupBy", json!([{ "Type": "DIMENSION", "Key": "SERVICE" }]));
    asked
}

fn by_day(days: Days) -> Value {
    request(days.month_before, days.today)
}

/// The end does not count.
fn request(start: Date, end: Date) -> Value {
    json!({
        "TimePeriod": { "Start": start.to_string(), "End": end.to_string() },
        "Granularity": "DAILY",
        "Metrics": [METRIC],
    })
}

async fn read(cloud: &dyn Cloud, mut asked: Value, deadline: Instant) -> Result<Vec<Day>, CloudError> {
    let mut days = Vec::new();
    for _ in 0..MOST_PAGES {
        let page: Page = ask_aws(cloud, Operation::GetCostAndUsage, &asked, deadline).await?;
        days.extend(page.results_by_time);
        match page.next_page_token.filter(|token| !token.is_empty()) {
            Some(token) => set(&mut asked, "NextPageToken", token),
            None => break,
        }
    }
    Ok(days)
}

/// What the rest of the month will cost, today included; `None` if there is no rest, or not enough of a past to tell.
async fn forecast(cloud: &dyn Cloud, days: Days, deadline: Instant) -> Result<Option<f64>, CloudError> {
    let end = days.month.last_of_month().tomorrow().unwrap_or(days.today);
    if days.today >= end {
        return Ok(None);
    }
    let asked = json!({
        "TimePeriod": { "Start": days.today.to_string(), "End": end.to_string() },
        "Granularity": "DAILY",
        "Metric": FORECAST_METRIC,
    });
    let answer: Result<Forecast, _> = ask_aws(cloud, Operation::GetCostForecast, &asked, deadline).await;
    match answer {
        Ok(forecast) => Ok(forecast.total.value()),
        Err(error) if error.code() == "DataUnavailableException" => Ok(None),
        Err(error) => Err(error),
    }
}

fn cost(services: &[Day], months: &[Day], rest: Option<f64>, days: Days, show: &ShowCost) -> Cost {
    let on = |day: Date| services.iter().filter(move |one| one.time_period.start == day);
    let before = days.yesterday.checked_sub(1.day()).unwrap_or(days.yesterday);
    let month = sum(months.iter().filter(|one| (days.month..days.today).contains(&one.time_period.start)));
    let same_days = days.month_before.checked_add((days.yesterday.day() - 1).days());
    let until = same_days.unwrap_or(days.month_before).min(days.month_before.last_of_month());
    let month_before =
        sum(months.iter().filter(|one| (days.month_before..=until).contains(&one.time_period.start)));
    Cost {
        currency: currency(services.iter().chain(months)),
        day: days.yesterday,
        yesterday: Compared { now: sum(on(days.yesterday)), before: sum(on(before)) },
        month: Compared { now: month, before: month_before },
        forecast: rest.and_then(|rest| Number::new(rest + month.map_or(0.0, Number::get))),
        movers: movers(by_name(on(days.yesterday)), by_name(on(before)), show.at_most),
    }
}

/// `None` if there is nothing to add up.
fn sum<'a>(days: impl Iterator<Item = &'a Day>) -> Option<Number> {
    let amounts = days.flat_map(|day| {
        let groups = day.groups.iter().map(|group| &group.metrics);
        groups.chain(std::iter::once(&day.total)).filter_map(|metrics| metrics.get(METRIC)?.value())
    });
    amounts.map(Some).reduce(|all, one| Some(all? + one?)).flatten().and_then(Number::new)
}

fn currency<'a>(mut days: impl Iterator<Item = &'a Day>) -> String {
    let unit = days.find_map(|day| {
        let mut metrics = day.groups.iter().map(|group| &group.metrics).chain(std::iter::once(&day.total));
        metrics.find_map(|metrics| metrics.get(METRIC).map(|amount| one_line(&amount.unit, 8)))
    });
    unit.filter(|unit| !unit.is_empty()).unwrap_or_else(|| "USD".to_owned())
}

fn by_name<'a>(days: impl Iterator<Item = &'a Day>) -> BTreeMap<String, f64> {
    let mut costs = BTreeMap::new();
    for group in days.flat_map(|day| &day.groups) {
        let value = group.metrics.get(METRIC).and_then(Amount::value);
        if let (Some(name), Some(value)) = (group.keys.first(), value) {
            *costs.entry(one_line(name, LONGEST_NAME)).or_insert(0.0) += value;
        }
    }
    costs
}

/// Those that changed most, up or down.
fn movers(
    now: BTreeMap<String, f64>,
    before: BTreeMap<String, f64>,
    most: usize,
) -> Vec<(String, Number, Number)> {
    let was = |name: &String| before.get(name).copied().unwrap_or(0.0);
    let gone = before.keys().filter(|name| !now.contains_key(*name)).map(|name| (name, 0.0));
    let mut moved: Vec<(&String, f64, f64)> = now
        .iter()
        .map(|(name, now)| (name, *now))
        .chain(gone)
        .map(|(name, now)| (name, now, was(name)))
        .filter(|(_, now, before)| (now - before).abs() >= LEAST_MOVE)
        .collect();
    let size = |(_, now, before): &(&String, f64, f64)| (now - before).abs();
    moved.sort_by(|one, other| size(other).total_cmp(&size(one)).then_with(|| one.0.cmp(other.0)));
    let numbers = moved
        .into_iter()
        .take(most)
        .filter_map(|(name, now, before)| Some((name.clone(), Number::new(now)?, Number::new(before)?)));
    numbers.collect()
}

impl Amount {
    fn value(&self) -> Option<f64> {
        self.amount.parse().ok().filter(|value: &f64| value.is_finite())
    }
}

#[cfg(test)]
mod tests;
