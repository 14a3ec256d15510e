//! Counts by hour and day: a row a day, a column an hour of the local clock, hotter where there is more. Colours follow the
//! root of the count, so that one loud hour does not make all others look silent.

use jiff::tz::TimeZone;
use shared::core::chart::{Chart, Day};
use shared::text::chart::{amount, format};

use super::canvas::{Anchor, Canvas};
use super::{HEIGHT, LABEL, MARGIN, WIDTH, head, ink};

/// How many days are drawn: the last ones.
const MOST_DAYS: usize = 31;
/// The lowest row that holds its label.
const LOWEST: f32 = 40.0;
const HOURS: usize = 24;

/// Where the cells are.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) cell: (f32, f32),
}

/// The whole picture, and where the cells are.
pub(super) fn draw(chart: &Chart, days: &[Day], zone: &TimeZone) -> Option<(Canvas, Grid)> {
    let days = days.get(days.len().saturating_sub(MOST_DAYS)..).unwrap_or(days);
    let height = HEIGHT.max(240.0 + LOWEST * days.len() as f32);
    let mut canvas = Canvas::new(WIDTH as u32, height as u32)?;
    let most = days.iter().flat_map(|day| day.hours.iter().take(HOURS)).copied().max().unwrap_or(0);
    let top = head(&mut canvas, chart, &about(days, most, chart, zone)) + 14.0;
    let names: Vec<String> = days.iter().map(|day| format(day.at, zone, "%a %-d")).collect();
    let widest = names.iter().map(|name| canvas.width(LABEL, name)).fold(0.0, f32::max);
    let left = MARGIN + widest + 20.0;
    let bottom = height - MARGIN - 44.0;
    let cell = ((WIDTH - MARGIN - left) / HOURS as f32, (bottom - top) / days.len().max(1) as f32);
    let grid = Grid { left, top, cell: (cell.0, cell.1.min(110.0)) };
    if days.is_empty() {
        canvas.text((WIDTH / 2.0, height / 2.0), LABEL, ink::DIM, Anchor::Middle, "No values in this time");
        return Some((canvas, grid));
    }
    for (row, (day, name)) in days.iter().zip(names).enumerate() {
        let y = grid.top + row as f32 * grid.cell.1;
        canvas.text((left - 20.0, y + grid.cell.1 / 2.0 + 11.0), LABEL, ink::DIM, Anchor::End, &name);
        for hour in 0..HOURS {
            let count = day.hours.get(hour).copied().unwrap_or(0);
            let x = grid.left + hour as f32 * grid.cell.0;
            let place = [x + 2.0, y + 2.0, grid.cell.0 - 4.0, grid.cell.1 - 4.0];
            canvas.block(place, 7.0, color(count, most), 1.0);
        }
    }
    let below = grid.top + days.len() as f32 * grid.cell.1 + 42.0;
    for hour in (0..HOURS).step_by(3) {
        let x = left + (hour as f32 + 0.5) * grid.cell.0;
        canvas.text((x, below), LABEL, ink::DIM, Anchor::Middle, &format!("{hour:02}"));
    }
    scale(&mut canvas, most);
    Some((canvas, grid))
}

fn about(days: &[Day], most: u64, chart: &Chart, zone: &TimeZone) -> String {
    let hours =
        days.iter().flat_map(|day| (0..HOURS).zip(&day.hours).map(move |(hour, count)| (day, hour, *count)));
    match hours.into_iter().find(|(_, _, count)| *count == most && most > 0) {
        Some((day, hour, _)) => {
            format!("Most: {}, {hour:02}:00 · {}", format(day.at, zone, "%a %-d"), chart.zone)
        }
        None => chart.zone.clone(),
    }
}

/// Nothing is cold; one is already to be seen.
fn color(count: u64, most: u64) -> u32 {
    if count == 0 {
        ink::COLD
    } else {
        ink::heat(((count as f64 / most.max(1) as f64).sqrt() as f32 - 0.1) / 0.9)
    }
}

/// The scale, at the right above: from nothing to the most.
fn scale(canvas: &mut Canvas, most: u64) {
    let (size, y) = (34.0, MARGIN + 58.0);
    let most_said = amount(most as f64, None);
    let right = WIDTH - MARGIN - canvas.width(LABEL, &most_said) - 14.0;
    canvas.text((WIDTH - MARGIN, y + 28.0), LABEL, ink::DIM, Anchor::End, &most_said);
    // Of few counts each has its own step: no other colour is on the map.
    let steps = most.clamp(1, 5) as usize + 1;
    for step in 0..steps {
        let share = step as f64 / (steps - 1) as f64;
        let count = if most <= 5 { share } else { share.powi(2) } * 1_000.0;
        let x = right - (steps - step) as f32 * (size + 4.0);
        canvas.block([x, y, size, size], 7.0, color(count.round() as u64, 1_000), 1.0);
    }
    let x = right - steps as f32 * (size + 4.0) - 14.0;
    canvas.text((x, y + 28.0), LABEL, ink::DIM, Anchor::End, "0");
}
