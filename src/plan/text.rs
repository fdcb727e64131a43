//! Lines of letters at a cap height.

use super::geometry::whole;
use super::theme::Colour;
use super::{Measure, Shadow, TextLayer};

/// How letters are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters<'a> {
    /// Height of a capital in pixels.
    pub(super) cap: f32,
    pub(super) colour: Colour,
    pub(super) shadow: Option<Shadow>,
    pub(super) measure: &'a dyn Measure,
}

impl std::fmt::Debug for dyn Measure + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Measure")
    }
}

impl Letters<'_> {
    /// Width of `text` in pixels.
    pub(super) fn width(&self, text: &str) -> f32 {
        width(text, self.cap, self.measure)
    }

    /// `text` from its left end on a baseline.
    pub(super) fn line(&self, text: &str, (x, baseline): (f32, f32)) -> TextLayer {
        TextLayer {
            x: x.round() as i32,
            baseline: baseline.round() as i32,
            em: self.cap / self.measure.cap_height(),
            cap: self.cap.round() as u32,
            width: whole(self.width(text)),
            text: text.to_owned(),
            colour: self.colour,
            shadow: self.shadow,
        }
    }

    /// `text` with the middle of its capitals at a point.
    pub(super) fn centred(&self, text: &str, (x, y): (f32, f32)) -> TextLayer {
        self.line(text, (x - self.width(text) / 2.0, y + self.cap / 2.0))
    }
}

/// Width of `text` in pixels at a cap height.
pub(super) fn width(text: &str, cap: f32, measure: &dyn Measure) -> f32 {
    measure.text_width(text, cap / measure.cap_height())
}
