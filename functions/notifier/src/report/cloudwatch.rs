//! The section `cloudwatch`: metrics and metric math as charts. What all sections of a report want is asked for together: one
//! request for a span of time, and one for the earlier one that it is compared with, however many sections look at it. So ten
//! sections of a day, compared with the week before, are two requests.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use shared::cloud::{Cloud, CloudError, Operation};
use shared::config::section::ShowMetrics;
use shared::core::chart::{Chart, Drawing, Number, Series, Threshold};
use shared::core::report::Section;
use tokio::time::Instant;

use self::answer::{Answer, Line, Lines};
use self::request::{Part, Request, Span};
use super::aws::{Gathered, When, ask as ask_aws, set};

mod answer;
mod request;

/// So many pages of an answer are read; each has up to 100,800 values.
const MOST_PAGES: usize = 5;

/// The most lines of a chart: nobody tells more apart. A search may find hundreds.
const MOST_LINES: usize = 12;

/// What was found for each section, by its place, and by whether it is the earlier time; or why not.
type Found = BTreeMap<(usize, bool), Result<Lines, CloudError>>;

/// One answer for each of the sections, in their order.
pub(super) async fn ask(
    cloud: &dyn Cloud,
    sections: &[&ShowMetrics],
    when: When<'_>,
    deadline: Instant,
) -> Vec<Gathered> {
    let requests = request::requests(sections, when.slot);
    let answers = join_all(requests.iter().map(|request| read(cloud, request, deadline))).await;
    let mut found = Found::new();
    for (request, answer) in requests.iter().zip(answers) {
        for part in &request.parts {
            let lines = answer.as_ref().map(|lines| lines.of(part)).map_err(Clone::clone);
            found.insert((part.place, part.earlier.is_some()), lines);
        }
    }
    let mut section = |(place, show): (usize, &&ShowMetrics)| {
        let now = found.remove(&(place, false)).unwrap_or_else(|| Ok(Lines::default()));
        section(show, when, now, found.remove(&(place, true)))
    };
    sections.iter().enumerate().map(&mut section).collect()
}

/// All pages of one request.
async fn read(cloud: &dyn Cloud, request: &Request<'_>, deadline: Instant) -> Result<Lines, CloudError> {
    let mut asked = request.asked();
    let mut lines = Lines::default();
    for _ in 0..MOST_PAGES {
        let answer: Answer = ask_aws(cloud, Operation::GetMetricData, &asked, deadline).await?;
        match lines.take(answer, request.span) {
            Some(token) => set(&mut asked, "NextToken", token),
            None => break,
        }
    }
    Ok(lines)
}

/// The chart, and what is missing of it.
fn section(
    show: &ShowMetrics,
    when: When<'_>,
    now: Result<Lines, CloudError>,
    earlier: Option<Result<Lines, CloudError>>,
) -> Gathered {
    let now = now.map_err(|error| error.to_string())?;
    let mut missing = now.missing();
    let (earlier, late) = match earlier {
        Some(Ok(lines)) => (lines, None),
        Some(Err(error)) => (Lines::default(), Some(error.to_string())),
        None => (Lines::default(), None),
    };
    missing.extend(late.into_iter().chain(earlier.missing()).map(|why| format!("the time before: {why}")));
    let whole = now.lines().all(|line| !line.failed);
    let chart = chart(show, when.zone, now, earlier);
    let name = || format!("cloudwatch: {}", show.title);
    let missing = missing.into_iter().map(|why| Section::Failed { section: name(), why });
    // A chart without any value is left out only if that is because of an error: nothing may have happened, too.
    let shown = (whole || !is_empty(&chart)).then_some(Section::Chart(chart));
    Ok(shown.into_iter().chain(missing).collect())
}

fn is_empty(chart: &Chart) -> bool {
    match &chart.drawing {
        Drawing::Series { series, .. } => series.iter().all(|series| series.points.is_empty()),
        Drawing::Heat { days } => days.is_empty(),
    }
}

fn chart(show: &ShowMetrics, zone: &str, now: Lines, earlier: Lines) -> Chart {
    let all = now.lines().count();
    let mut lines: Vec<Line> = now.into_lines();
    if all > MOST_LINES {
        lines.sort_by(|one, other| other.highest().total_cmp(&one.highest()));
        lines.truncate(MOST_LINES);
        lines.sort_by(|one, other| one.key.cmp(&other.key));
    }
    let shown = |line: &Line| lines.iter().any(|shown| shown.key == line.key);
    let before: Vec<Line> = earlier.into_lines().into_iter().filter(shown).collect();
    let earlier_by = show.compare.unwrap_or_default();
    let solid = lines.into_iter().map(|line| series(show, line, SignedDuration::ZERO));
    let faint = before.into_iter().map(|line| series(show, line, earlier_by));
    let title = match all > MOST_LINES {
        true => format!("{} ({MOST_LINES} / {all})", show.title),
        false => show.title.clone(),
    };
    Chart {
        title,
        unit: show.unit.clone(),
        zone: zone.to_owned(),
        drawing: Drawing::Series {
            form: show.form,
            series: solid.chain(faint).collect(),
            threshold: show.threshold.and_then(Number::new).map(Threshold::above),
        },
        picture: None,
    }
}

/// A line as it is drawn: an earlier one where it would be today.
fn series(show: &ShowMetrics, line: Line, earlier: SignedDuration) -> Series {
    let metric = show.metrics.get(line.key.0);
    let label = metric.and_then(|metric| metric.label.clone().or_else(|| metric.name.clone()));
    let faint = earlier.is_positive();
    let name = [line.key.1.clone(), label.unwrap_or_default()].into_iter().find(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| show.title.clone());
    Series {
        name: if faint { format!("{name} (-{})", short(earlier)) } else { name },
        points: line.points(earlier),
        faint,
    }
}

/// `1w`, `36h`, ...: in the largest unit that leaves nothing over.
fn short(span: SignedDuration) -> String {
    let seconds = span.as_secs();
    let units = [(604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m")];
    match units.into_iter().find(|(size, _)| seconds % size == 0) {
        Some((size, unit)) => format!("{}{unit}", seconds / size),
        None => format!("{seconds}s"),
    }
}

/// A time by whole seconds, which is how CloudWatch cuts it.
fn seconds(at: Timestamp) -> i64 {
    at.as_second()
}

#[cfg(test)]
mod tests;
