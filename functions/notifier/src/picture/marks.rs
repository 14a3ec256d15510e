//! What stands for the values: lines with or without the area below them, and bars. What is there for comparison is dashed or
//! pale. A gap stays a gap, a value alone is a dot, and a bar of nothing is a line on the floor.

use shared::core::chart::{runs, thin};

use super::canvas::{Canvas, Pen};
use super::series::{Drawn, Frame};

/// More points than this are closer than people can see.
const MOST_POINTS: usize = 600;
/// So few that each of them gets a dot.
const FEW_POINTS: usize = 30;
/// How much a bar for comparison covers.
pub(super) const PALE: f32 = 0.45;

/// How the line of a series is drawn.
pub(super) fn pen(one: &Drawn<'_>) -> Pen {
    match one.series.faint {
        true => Pen { rgb: one.rgb, cover: 0.9, width: 4.0, dashed: true },
        false => Pen { rgb: one.rgb, cover: 1.0, width: 6.0, dashed: false },
    }
}

/// A series as a line, from gap to gap.
pub(super) fn line(canvas: &mut Canvas, frame: &Frame, one: &Drawn<'_>, filled: bool) {
    let points = &one.series.points;
    let mut stretches = runs(points);
    if stretches.len() > MOST_POINTS {
        stretches = vec![points];
    }
    let pen = pen(one);
    for stretch in stretches {
        let share = (MOST_POINTS * stretch.len()).div_ceil(points.len().max(1));
        let places: Vec<(f32, f32)> =
            thin(stretch, share.max(4)).iter().map(|point| frame.at(point)).collect();
        let ([first, .., last], false) = (places.as_slice(), places.len() < 2) else {
            places.iter().for_each(|place| canvas.dot(*place, 9.0, one.rgb));
            continue;
        };
        if filled {
            let mut area = vec![(first.0, frame.floor())];
            area.extend(&places);
            area.push((last.0, frame.floor()));
            canvas.area(&area, one.rgb, 0.24);
        }
        canvas.line(&places, pen);
        if points.len() <= FEW_POINTS && !one.series.faint {
            places.iter().for_each(|place| canvas.dot(*place, 7.0, one.rgb));
        }
    }
}

/// All series as bars side by side.
pub(super) fn bars(canvas: &mut Canvas, frame: &Frame, drawn: &[Drawn<'_>]) {
    let slot =
        (frame.times.share(frame.period) * (frame.right - frame.left)).min(140.0 * drawn.len().max(1) as f32);
    let group = if slot > 8.0 { slot * 0.78 } else { slot };
    let width = group / drawn.len().max(1) as f32;
    let floor = frame.floor();
    for (index, one) in drawn.iter().enumerate() {
        let cover = if one.series.faint { PALE } else { 1.0 };
        for point in thin(&one.series.points, 2 * MOST_POINTS) {
            let (x, y) = frame.at(&point);
            let left = (x - group / 2.0 + index as f32 * width).max(frame.left);
            let (top, height) = (y.min(floor), (y - floor).abs());
            let (top, height) = if height < 3.0 { (floor - 3.0, 3.0) } else { (top, height) };
            let gap = if width > 8.0 { 2.0 } else { 0.0 };
            let right = (left + (width - gap).max(1.5)).min(frame.right);
            canvas.block(
                [left, top, (right - left).max(1.0), height],
                (width / 6.0).min(6.0),
                one.rgb,
                cover,
            );
        }
    }
}
