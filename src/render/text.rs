//! Letters and figures.

use std::borrow::Cow;

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};
use icu_normalizer::ComposingNormalizerBorrowed;

use super::sprite::{Placed, Sprite};
use crate::plan::Colour;

/// The faces; a word is set in the first that has all of its letters. Barlow Semi Condensed has Latin with
/// its accents, Vietnamese ones among them; Roboto Condensed has Greek and Cyrillic besides. In both the
/// default figures were made the tabular ones, and pair kerning a `kern` table (assets/fonts/prepare.py).
static FACES: [&[u8]; 2] = [
    include_bytes!("../../assets/fonts/BarlowSemiCondensed-Bold.ttf"),
    include_bytes!("../../assets/fonts/RobotoCondensed-Bold.ttf"),
];

/// The typefaces of all badges.
#[derive(Debug)]
pub(super) struct Lettering {
    faces: [Face; FACES.len()],
}

#[derive(Debug)]
struct Face {
    font: FontRef<'static>,
    /// Height of a capital in ems.
    cap_height: f32,
}

/// A letter in its place: which face, where it begins, how far it reaches.
struct SetLetter {
    face: usize,
    glyph: GlyphId,
    x: f32,
    advance: f32,
}

impl Face {
    fn parse(bytes: &'static [u8]) -> Self {
        // The faces are part of the program; every test that draws would fail without them.
        #[expect(clippy::expect_used, reason = "embedded bytes, checked by every golden test")]
        let font = FontRef::try_from_slice(bytes).expect("an embedded typeface");
        let height = font
            .outline(font.glyph_id('H'))
            .map_or(700.0, |outline| outline.bounds.max.y.max(outline.bounds.min.y));
        let cap_height = height / font.units_per_em().unwrap_or(1000.0);
        Self { font, cap_height }
    }

    fn has(&self, letter: char) -> bool {
        self.font.glyph_id(letter) != GlyphId(0)
    }

    /// `ab_glyph` scales by ascent minus descent, not by the em.
    fn scale(&self, em: f32) -> PxScale {
        PxScale::from(em * self.font.height_unscaled() / self.font.units_per_em().unwrap_or(1000.0))
    }
}

impl Lettering {
    pub(super) fn new() -> Self {
        Self { faces: FACES.map(Face::parse) }
    }

    pub(super) fn cap_height(&self) -> f32 {
        self.faces[0].cap_height
    }

    /// Whether every word of `text` has a face with all of its letters. Scripts that are shaped or
    /// written from right to left have none.
    pub(super) fn can_draw(&self, text: &str) -> bool {
        composed(text).split(' ').all(|word| self.face_of(word).is_some())
    }

    fn face_of(&self, word: &str) -> Option<usize> {
        self.faces.iter().position(|face| word.chars().all(|letter| face.has(letter)))
    }

    /// The em at which a face's capitals are as high as the first one's at `em`.
    fn scale(&self, face: usize, em: f32) -> PxScale {
        self.faces[face].scale(em * self.cap_height() / self.faces[face].cap_height)
    }

    pub(super) fn width(&self, text: &str, em: f32) -> f32 {
        self.set(text, em).last().map_or(0.0, |last| last.x + last.advance)
    }

    /// The letters of a line, each word in its face, kerned but for figures.
    fn set(&self, text: &str, em: f32) -> Vec<SetLetter> {
        let text = composed(text);
        let mut line: Vec<SetLetter> = Vec::new();
        let mut x = 0.0;
        for word in text.split_inclusive(' ') {
            let face = self.face_of(word).unwrap_or(0);
            let font = self.faces[face].font.as_scaled(self.scale(face, em));
            let mut previous: Option<(char, GlyphId)> = None;
            for letter in word.chars() {
                let glyph = font.glyph_id(letter);
                if let Some((before, before_glyph)) = previous
                    && !(letter.is_ascii_digit() || before.is_ascii_digit())
                {
                    x += font.kern(before_glyph, glyph);
                }
                previous = Some((letter, glyph));
                let advance = font.h_advance(glyph);
                line.push(SetLetter { face, glyph, x, advance });
                x += advance;
            }
        }
        line
    }

    /// Draws `text` from its left end on the baseline.
    pub(super) fn draw(&self, text: &str, em: f32, colour: Colour) -> Placed<Sprite> {
        let outlines: Vec<_> = self
            .set(text, em)
            .into_iter()
            .filter_map(|set| {
                let scale = self.scale(set.face, em);
                let glyph = set.glyph.with_scale_and_position(scale, point(set.x, 0.0));
                self.faces[set.face].font.outline_glyph(glyph)
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

/// Letters with their accents as one character each, as the faces have them.
fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::words::{Phrase, Wording};

    #[test]
    fn figures_are_tabular() {
        let lettering = Lettering::new();
        for face in &lettering.faces {
            let font = &face.font;
            let width = font.h_advance_unscaled(font.glyph_id('0'));
            for digit in '1'..='9' {
                assert!(
                    (font.h_advance_unscaled(font.glyph_id(digit)) - width).abs() < 0.01,
                    "{digit}"
                );
            }
        }
    }

    #[test]
    fn capitals_of_every_script_are_as_high_as_a_digit() {
        let lettering = Lettering::new();
        let em = 50.0 / lettering.cap_height();
        for letter in ["1", "H", "Н", "Η", "Ж"] {
            let height = lettering.draw(letter, em, [255; 3]).image.height;
            assert!((49..=52).contains(&height), "{letter}: {height}");
        }
    }

    #[test]
    fn what_has_no_letters_here_is_refused() {
        let lettering = Lettering::new();
        for word in
            ["Żółć", "Nguyễn Đình", "Война и мир", "Ελλάδα", "Amélie – Ő", "e\u{301}", "Їжак №5"]
        {
            assert!(lettering.can_draw(word), "{word}");
        }
        for word in [
            "千と千尋",
            "العربية",
            "עברית",
            "हिन्दी",
            "ไทย",
            "한국",
            "q\u{301}",
            "😀",
            "a\u{0}",
            "a\nb",
        ] {
            assert!(!lettering.can_draw(word), "{word}");
        }
        // Both halves have faces of their own, the word has none.
        assert!(!lettering.can_draw("Ж千"));
    }

    #[test]
    fn accents_are_composed_before_they_are_drawn() {
        let lettering = Lettering::new();
        let width = |text| lettering.width(text, 40.0);
        assert!((width("e\u{301}") - width("é")).abs() < 1e-6);
        assert!(
            lettering.draw("É", 40.0, [255; 3]).image.height
                > lettering.draw("E", 40.0, [255; 3]).image.height
        );
    }

    #[test]
    fn pairs_are_kerned_but_figures_are_not() {
        let lettering = Lettering::new();
        let width = |text| lettering.width(text, 100.0);
        assert!(width("AV") < width("A") + width("V") - 1.0);
        assert!(width("Го") < width("Г") + width("о") - 1.0);
        assert!((width("71") - width("7") - width("1")).abs() < 0.01);
    }

    #[test]
    fn our_own_words_can_be_drawn() {
        let lettering = Lettering::new();
        for code in [
            "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "no", "fi", "tr",
            "ru",
        ] {
            let wording = Wording::of(code.parse().unwrap());
            for phrase in Phrase::ALL {
                let text = wording.with(phrase, "12");
                assert!(lettering.can_draw(&text), "{code}: {text}");
            }
            for month in 1..=12 {
                let date = wording.date((28, month), Some(2027)).unwrap();
                assert!(lettering.can_draw(&date), "{code}: {date}");
            }
            assert!(lettering.can_draw(&wording.number(1_234_567)), "{code}");
        }
    }
}
