//! Shapes and text on a card, in pixels. Knows nothing of charts; whatever it is asked to draw, it does not fail.
//!
//! The font beside it is Inter Medium 3.19 (Debian's fonts-inter 4.0~beta7), cut down to Latin, Greek, Cyrillic, punctuation
//! and arrows with fonttools 4.68; `Inter-OFL.txt` is its licence and names the command.

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve, Point};
use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};

use super::ink;

const FONT: &[u8] = include_bytes!("Inter-Medium-subset.otf");

/// How much text is drawn in one place; more would not be seen.
const MOST_TEXT: usize = 200;

/// What is drawn on.
pub(super) struct Canvas {
    pixmap: Pixmap,
    font: FontRef<'static>,
}

/// Which part of a text is at its `x`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a line is drawn.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) rgb: u32,
    pub(super) cover: f32,
    pub(super) width: f32,
    pub(super) dashed: bool,
}

impl Canvas {
    /// A card with round corners on nothing. `None` only if the size or the font is none.
    pub(super) fn new(width: u32, height: u32) -> Option<Self> {
        let mut canvas =
            Canvas { pixmap: Pixmap::new(width, height)?, font: FontRef::try_from_slice(FONT).ok()? };
        let (width, height) = (width as f32, height as f32);
        canvas.block([0.0, 0.0, width, height], 28.0, ink::EDGE, 1.0);
        canvas.block([2.0, 2.0, width - 4.0, height - 4.0], 26.0, ink::CARD, 1.0);
        Some(canvas)
    }

    /// A filled rectangle (x, y, width, height) with round corners.
    pub(super) fn block(&mut self, [x, y, width, height]: [f32; 4], radius: f32, rgb: u32, cover: f32) {
        let radius = radius.min(width / 2.0).min(height / 2.0);
        let path = if radius <= 0.5 {
            Rect::from_xywh(x, y, width, height).map(PathBuilder::from_rect)
        } else {
            rounded(x, y, width, height, radius)
        };
        self.fill(path, rgb, cover);
    }

    /// A filled outline.
    pub(super) fn area(&mut self, points: &[(f32, f32)], rgb: u32, cover: f32) {
        let mut path = PathBuilder::new();
        follow(&mut path, points);
        path.close();
        self.fill(path.finish(), rgb, cover);
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[(f32, f32)], pen: Pen) {
        let mut path = PathBuilder::new();
        follow(&mut path, points);
        let Some(path) = path.finish() else { return };
        let dash =
            if pen.dashed { StrokeDash::new(vec![pen.width * 2.5, pen.width * 2.5], 0.0) } else { None };
        let line_cap = if pen.dashed { LineCap::Butt } else { LineCap::Round };
        let stroke =
            Stroke { width: pen.width, line_cap, line_join: LineJoin::Round, dash, ..Stroke::default() };
        let paint = paint(pen.rgb, pen.cover);
        self.pixmap.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }

    /// A dot.
    pub(super) fn dot(&mut self, (x, y): (f32, f32), radius: f32, rgb: u32) {
        self.fill(PathBuilder::from_circle(x, y, radius), rgb, 1.0);
    }

    /// A line of text on its baseline.
    pub(super) fn text(&mut self, (x, y): (f32, f32), size: f32, rgb: u32, anchor: Anchor, text: &str) {
        let x = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - self.width(size, text) / 2.0,
            Anchor::End => x - self.width(size, text),
        };
        let mut path = PathBuilder::new();
        let mut right = x;
        for glyph in self.glyphs(text) {
            self.outline(&mut path, glyph, (right, y), size);
            right += self.advance(glyph) * size;
        }
        self.fill(path.finish(), rgb, 1.0);
    }

    /// A line of text on the card's colour, readable whatever is below it.
    pub(super) fn said(&mut self, (x, y): (f32, f32), size: f32, rgb: u32, text: &str) {
        let place = [x - 8.0, y - size * 0.86, self.width(size, text) + 16.0, size * 1.12];
        self.block(place, 8.0, ink::CARD, 0.78);
        self.text((x, y), size, rgb, Anchor::Start, text);
    }

    /// How wide a text is.
    pub(super) fn width(&self, size: f32, text: &str) -> f32 {
        self.glyphs(text).map(|glyph| self.advance(glyph) * size).sum()
    }

    /// As much of a text as is at most so wide.
    pub(super) fn cut(&self, size: f32, text: &str, most: f32) -> String {
        if self.width(size, text) <= most && text.chars().nth(MOST_TEXT).is_none() {
            return text.to_owned();
        }
        let mut kept: Vec<char> = text.chars().take(MOST_TEXT).collect();
        loop {
            let cut = kept.iter().collect::<String>().trim_end().to_owned() + "…";
            if self.width(size, &cut) <= most || kept.pop().is_none() {
                return cut;
            }
        }
    }

    /// The picture as a PNG.
    pub(super) fn png(&self) -> Option<Vec<u8>> {
        self.pixmap.encode_png().ok()
    }

    /// The colour of a pixel, `0xrrggbb`.
    #[cfg(test)]
    pub(super) fn at(&self, x: f32, y: f32) -> u32 {
        let pixel = self.pixmap.pixel(x as u32, y as u32).unwrap().demultiply();
        u32::from_be_bytes([0, pixel.red(), pixel.green(), pixel.blue()])
    }

    fn fill(&mut self, path: Option<Path>, rgb: u32, cover: f32) {
        if let Some(path) = path {
            let paint = paint(rgb, cover);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }

    /// Control characters and the like take no room; what the font lacks is glyph 0.
    fn glyphs<'a>(&'a self, text: &'a str) -> impl Iterator<Item = GlyphId> + 'a {
        let shown = |character: &char| !character.is_control();
        text.chars().filter(shown).take(MOST_TEXT).map(|character| self.font.glyph_id(character))
    }

    /// In shares of the size.
    fn advance(&self, glyph: GlyphId) -> f32 {
        if glyph.0 == 0 { BOX_ADVANCE } else { self.font.h_advance_unscaled(glyph) / self.em() }
    }

    fn em(&self) -> f32 {
        self.font.units_per_em().unwrap_or(1_000.0)
    }

    fn outline(&self, path: &mut PathBuilder, glyph: GlyphId, (x, y): (f32, f32), size: f32) {
        if glyph.0 == 0 {
            path.extend_box(x, y, size);
            return;
        }
        let Some(outline) = self.font.outline(glyph) else { return };
        let scale = size / self.em();
        let at = |point: Point| (x + point.x * scale, y - point.y * scale);
        let mut pen: Option<Point> = None;
        for curve in outline.curves {
            let (from, to) = ends(&curve);
            if pen != Some(from) {
                if pen.is_some() {
                    path.close();
                }
                let (x, y) = at(from);
                path.move_to(x, y);
            }
            let (to_x, to_y) = at(to);
            match curve {
                OutlineCurve::Line(..) => path.line_to(to_x, to_y),
                OutlineCurve::Quad(_, by, _) => path.quad_to(at(by).0, at(by).1, to_x, to_y),
                OutlineCurve::Cubic(_, one, two, _) => {
                    path.cubic_to(at(one).0, at(one).1, at(two).0, at(two).1, to_x, to_y);
                }
            }
            pen = Some(to);
        }
        path.close();
    }
}

const BOX_ADVANCE: f32 = 0.62;

/// The box that stands for a letter that the font lacks.
trait ExtendBox {
    fn extend_box(&mut self, x: f32, y: f32, size: f32);
}

impl ExtendBox for PathBuilder {
    fn extend_box(&mut self, x: f32, y: f32, size: f32) {
        let (left, right, top, thick) = (x + 0.08 * size, x + 0.54 * size, y - 0.72 * size, 0.06 * size);
        // The inner one runs the other way round, so it is a hole.
        for corners in [
            [(left, y), (left, top), (right, top), (right, y)],
            [
                (left + thick, y - thick),
                (right - thick, y - thick),
                (right - thick, top + thick),
                (left + thick, top + thick),
            ],
        ] {
            follow(self, &corners);
            self.close();
        }
    }
}

fn ends(curve: &OutlineCurve) -> (Point, Point) {
    match *curve {
        OutlineCurve::Line(from, to)
        | OutlineCurve::Quad(from, _, to)
        | OutlineCurve::Cubic(from, _, _, to) => (from, to),
    }
}

fn follow(path: &mut PathBuilder, points: &[(f32, f32)]) {
    let mut points = points.iter();
    if let Some((x, y)) = points.next() {
        path.move_to(*x, *y);
    }
    points.for_each(|(x, y)| path.line_to(*x, *y));
}

fn paint(rgb: u32, cover: f32) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(ink::color(rgb, cover));
    paint
}

/// A quarter of a circle as one curve.
const ROUND: f32 = 0.552_284_8;

fn rounded(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let (right, bottom, bend) = (x + width, y + height, radius * (1.0 - ROUND));
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - bend, y, right, y + bend, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - bend, right - bend, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + bend, bottom, x, bottom - bend, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + bend, x + bend, y, x + radius, y);
    path.close();
    path.finish()
}
