//! Simple forms, drawn in code: frames, plates, discs, triangles and parts of a ring.

use std::f32::consts::{FRAC_PI_2, TAU};

use resvg::tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform,
};

use super::sprite::Sprite;
use crate::plan::Symbol;

/// Thickness of a frame's line and of a ring's, in heights.
const FRAME_LINE: f32 = 0.075;
const RING_LINE: f32 = 0.105;
/// Corner radius of a frame or a plate, and of a triangle, in heights.
const CORNER: f32 = 0.22;
const TRIANGLE_CORNER: f32 = 0.16;
/// Distance of the control points that make a quarter of a circle of a cubic curve.
const QUARTER: f32 = 0.552_285;

/// Draws a symbol that fills `width` x `height` pixels; `colour` with alpha.
pub(super) fn draw(symbol: Symbol, (width, height): (u32, u32), colour: [u8; 4]) -> Sprite {
    let mask = Pixmap::new(width, height).and_then(|mut pixmap| {
        let (w, h) = (width as f32, height as f32);
        match symbol {
            Symbol::Plate => fill(&mut pixmap, &rounded((0.0, 0.0, w, h), h * CORNER)?),
            Symbol::Disc => fill(&mut pixmap, &rounded((0.0, 0.0, w, h), w.min(h) / 2.0)?),
            Symbol::Frame => outline(&mut pixmap, (w, h), h * CORNER)?,
            Symbol::Capsule => outline(&mut pixmap, (w, h), w.min(h) / 2.0)?,
            Symbol::Triangle => triangle(&mut pixmap, (w, h))?,
            Symbol::Arc { percent } => arc(&mut pixmap, (w, h), percent),
        }
        Some(pixmap)
    });
    let Some(mask) = mask else {
        return Sprite::new(0, 0, Vec::new());
    };
    let [r, g, b, alpha] = colour;
    let cover = |coverage: u8| ((u32::from(coverage) * u32::from(alpha) + 127) / 255) as u8;
    let pixels = mask.pixels().iter().map(|pixel| [r, g, b, cover(pixel.alpha())]).collect();
    Sprite::new(width, height, pixels)
}

fn ink() -> Paint<'static> {
    Paint { anti_alias: true, ..Paint::default() }
}

fn fill(pixmap: &mut Pixmap, path: &Path) {
    pixmap.fill_path(path, &ink(), FillRule::Winding, Transform::identity(), None);
}

fn stroke(pixmap: &mut Pixmap, path: &Path, width: f32) {
    let stroke =
        Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
    pixmap.stroke_path(path, &ink(), &stroke, Transform::identity(), None);
}

/// A line around the inner edge, as thick in whole pixels.
fn outline(pixmap: &mut Pixmap, (width, height): (f32, f32), radius: f32) -> Option<()> {
    let line = (height * FRAME_LINE).round().max(1.0);
    let inset = line / 2.0;
    let rect = (inset, inset, width - line, height - line);
    stroke(pixmap, &rounded(rect, (radius - inset).max(0.0))?, line);
    Some(())
}

fn rounded((x, y, width, height): (f32, f32, f32, f32), radius: f32) -> Option<Path> {
    let radius = radius.min(width / 2.0).min(height / 2.0).max(0.0);
    let (right, bottom, control) = (x + width, y + height, radius * (1.0 - QUARTER));
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - control, y, right, y + control, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - control, right - control, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + control, bottom, x, bottom - control, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + control, x + control, y, x + radius, y);
    path.close();
    path.finish()
}

/// Its corners are those of a thick line around a smaller triangle.
fn triangle(pixmap: &mut Pixmap, (width, height): (f32, f32)) -> Option<()> {
    let radius = height * TRIANGLE_CORNER / 2.0;
    let mut path = PathBuilder::new();
    path.move_to(width / 2.0, radius * 1.2);
    path.line_to(width - radius * 1.4, height - radius);
    path.line_to(radius * 1.4, height - radius);
    path.close();
    let path = path.finish()?;
    fill(pixmap, &path);
    stroke(pixmap, &path, 2.0 * radius);
    Some(())
}

/// A part of a circle's line from the top on, with round ends.
fn arc(pixmap: &mut Pixmap, (width, height): (f32, f32), percent: u8) {
    let line = (width.min(height) * RING_LINE).max(1.0);
    let radius = (width.min(height) - line) / 2.0;
    let point = |angle: f32| {
        let angle = angle - FRAC_PI_2;
        (width / 2.0 + radius * angle.cos(), height / 2.0 + radius * angle.sin())
    };
    let sweep = TAU * f32::from(percent.min(100)) / 100.0;
    // Short straight steps are a circle to the eye: half a pixel of a ring of 400.
    let steps = (sweep / 0.05).ceil().max(1.0) as u16;
    let mut path = PathBuilder::new();
    let (x, y) = point(0.0);
    path.move_to(x, y);
    for step in 1..=steps {
        let (x, y) = point(sweep * f32::from(step) / f32::from(steps));
        path.line_to(x, y);
    }
    if let Some(path) = path.finish() {
        stroke(pixmap, &path, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inked(symbol: Symbol) -> f32 {
        let sprite = draw(symbol, (60, 60), [255; 4]);
        (0..3600).map(|at| f32::from(sprite.pixel(at % 60, at / 60)[3])).sum::<f32>()
            / 255.0
            / 3600.0
    }

    #[test]
    fn forms_have_the_area_they_should() {
        assert!((inked(Symbol::Disc) - 0.785).abs() < 0.01);
        assert!(inked(Symbol::Plate) > 0.93);
        assert!((0.40..0.62).contains(&inked(Symbol::Triangle)));
        assert!((0.2..0.4).contains(&inked(Symbol::Frame)));
        let arc = |percent| inked(Symbol::Arc { percent });
        let whole = arc(100);
        for percent in [10, 25, 50, 75, 90] {
            let share = arc(percent) / whole;
            // Round ends reach a little further.
            assert!((share - f32::from(percent) / 100.0).abs() < 0.05, "{percent}: {share}");
        }
    }

    #[test]
    fn a_symbol_is_of_its_colour_and_alpha() {
        let sprite = draw(Symbol::Plate, (20, 10), [10, 20, 30, 128]);
        assert_eq!(sprite.pixel(10, 5), [10, 20, 30, 128]);
        assert!(sprite.pixel(0, 0)[3] < 40, "round corners");
    }
}
