//! A chart as a picture, for what Slack's own charts cannot say: a PNG of 1440 by 720 pixels (heat maps of many days are
//! higher), so that it is sharp on a phone, where it is 360 points wide and its smallest text 7 points high.
//!
//! - `canvas`: shapes and text; `ink`: colours
//! - `axes`: from values and times to pixels
//! - `series`: values over time, with `marks` for them; `heat`: counts by hour and day
//!
//! Pure: no clock, no I/O, and nothing here fails on any chart. Numbers are said by `shared::text::chart`.

mod axes;
mod canvas;
mod heat;
mod ink;
mod marks;
mod series;
#[cfg(test)]
mod tests;

use shared::core::chart::{Chart, Drawing};
use shared::text::chart::zone;

use self::canvas::{Anchor, Canvas};

/// How wide a picture is, in pixels.
const WIDTH: f32 = 1_440.0;
/// How high, unless there are many days.
const HEIGHT: f32 = 720.0;
/// What is left free at the edges.
const MARGIN: f32 = 48.0;
/// Sizes of text.
const TITLE: f32 = 46.0;
const LABEL: f32 = 32.0;
/// What the second line of the head leaves free at its right.
const ASIDE: f32 = 420.0;

/// The chart as a PNG, at most 250 kB. `None` only if there is no memory for it.
pub fn png(chart: &Chart) -> Option<Vec<u8>> {
    draw(chart)?.png()
}

fn draw(chart: &Chart) -> Option<Canvas> {
    let zone = zone(&chart.zone);
    match &chart.drawing {
        Drawing::Series { form, series, threshold } => {
            let plot = series::Plot { form: *form, series, threshold: *threshold };
            plot.draw(chart, &zone).map(|(canvas, _)| canvas)
        }
        Drawing::Heat { days } => heat::draw(chart, days, &zone).map(|(canvas, _)| canvas),
    }
}

/// The title, and what it is about in a smaller line. Gives where what comes below may begin.
fn head(canvas: &mut Canvas, chart: &Chart, about: &str) -> f32 {
    let room = WIDTH - 2.0 * MARGIN;
    let title = canvas.cut(TITLE, chart.title.trim(), room);
    canvas.text((MARGIN, MARGIN + 36.0), TITLE, ink::TEXT, Anchor::Start, &title);
    let about = canvas.cut(LABEL, about, room - ASIDE);
    canvas.text((MARGIN, MARGIN + 86.0), LABEL, ink::DIM, Anchor::Start, &about);
    MARGIN + 112.0
}
