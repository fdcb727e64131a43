//! Letters and figures.

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};

use super::sprite::{Placed, Sprite};
use crate::plan::Colour;

/// Barlow Semi Condensed Bold; its default figures were made the tabular ones.
static FACE: &[u8] = include_bytes!("../../assets/fonts/BarlowSemiCondensed-Bold.ttf");

/// The typeface of all badges.
#[derive(Debug)]
pub(super) struct Lettering {
    face: FontRef<'static>,
    /// Height of a capital in ems.
    cap_height: f32,
}

impl Lettering {
    pub(super) fn new() -> Self {
        // The face is part of the program; every test that draws would fail without it.
        #[expect(clippy::expect_used, reason = "embedded bytes, checked by every golden test")]
        let face = FontRef::try_from_slice(FACE).expect("the embedded typeface");
        let height = face
            .outline(face.glyph_id('H'))
            .map_or(700.0, |outline| outline.bounds.max.y.max(outline.bounds.min.y));
        let cap_height = height / face.units_per_em().unwrap_or(1000.0);
        Self { face, cap_height }
    }

    pub(super) fn cap_height(&self) -> f32 {
        self.cap_height
    }

    /// `ab_glyph` scales by ascent minus descent, not by the em.
    fn scale(&self, em: f32) -> PxScale {
        PxScale::from(em * self.face.height_unscaled() / self.face.units_per_em().unwrap_or(1000.0))
    }

    pub(super) fn width(&self, text: &str, em: f32) -> f32 {
        self.glyphs(text, em).last().map_or(0.0, |(_, x, advance)| x + advance)
    }

    /// Glyph, left end and advance of every letter, kerned but for figures.
    fn glyphs(&self, text: &str, em: f32) -> Vec<(GlyphId, f32, f32)> {
        let font = self.face.as_scaled(self.scale(em));
        let mut x = 0.0;
        let mut previous: Option<(char, GlyphId)> = None;
        text.chars()
            .map(|letter| {
                let id = font.glyph_id(letter);
                if let Some((before, before_id)) = previous
                    && !(letter.is_ascii_digit() || before.is_ascii_digit())
                {
                    x += font.kern(before_id, id);
                }
                previous = Some((letter, id));
                let advance = font.h_advance(id);
                let placed = (id, x, advance);
                x += advance;
                placed
            })
            .collect()
    }

    /// Draws `text` from its left end on the baseline.
    pub(super) fn draw(&self, text: &str, em: f32, colour: Colour) -> Placed<Sprite> {
        let scale = self.scale(em);
        let outlines: Vec<_> = self
            .glyphs(text, em)
            .into_iter()
            .filter_map(|(id, x, _)| {
                self.face.outline_glyph(id.with_scale_and_position(scale, point(x, 0.0)))
            })
            .collect();
        let bounds =
            outlines.iter().map(ab_glyph::OutlinedGlyph::px_bounds).reduce(|a, b| ab_glyph::Rect {
                min: point(a.min.x.min(b.min.x), a.min.y.min(b.min.y)),
                max: point(a.max.x.max(b.max.x), a.max.y.max(b.max.y)),
            });
        let Some(bounds) = bounds else {
            return Placed { image: Sprite::new(0, 0, Vec::new()), left: 0, top: 0 };
        };
        let (left, top) = (bounds.min.x.floor() as i32, bounds.min.y.floor() as i32);
        let width = (bounds.max.x.ceil() as i32 - left).max(0) as u32;
        let height = (bounds.max.y.ceil() as i32 - top).max(0) as u32;
        let [r, g, b] = colour;
        let mut pixels = vec![[r, g, b, 0]; (width * height) as usize];
        for outline in outlines {
            let origin = outline.px_bounds().min;
            let (dx, dy) = (origin.x as i32 - left, origin.y as i32 - top);
            outline.draw(|x, y, coverage| {
                let (x, y) = (x as i32 + dx, y as i32 + dy);
                if x >= 0 && y >= 0 && (x as u32) < width && (y as u32) < height {
                    let alpha = &mut pixels[(y as u32 * width + x as u32) as usize][3];
                    *alpha = alpha.saturating_add((coverage * 255.0).round() as u8);
                }
            });
        }
        Placed { image: Sprite::new(width, height, pixels), left, top }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_tabular() {
        let lettering = Lettering::new();
        let width = lettering.width("0", 100.0);
        for digit in '1'..='9' {
            assert!((lettering.width(&digit.to_string(), 100.0) - width).abs() < 0.01, "{digit}");
        }
    }

    #[test]
    fn a_digit_is_as_high_as_a_capital() {
        let lettering = Lettering::new();
        let em = 50.0 / lettering.cap_height();
        let drawn = lettering.draw("1", em, [255; 3]);
        assert!((49..=52).contains(&drawn.image.height), "{}", drawn.image.height);
    }
}
