//! The embedded vector drawings of marks and statuettes.

use std::sync::{LazyLock, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use super::sprite::Sprite;
use crate::model::{AwardBody, Mark, RatingSource, Verdict};
use crate::plan::{Colour, Label};

/// A parsed drawing.
pub(super) struct Drawing {
    tree: usvg::Tree,
    /// Drawn in white, to be coloured.
    one_colour: bool,
    optical_area: f32,
}

/// Height at which a drawing's area is measured.
const MEASURED_AT: u32 = 48;

macro_rules! statuettes {
    ($($name:ident = $path:literal),+ $(,)?) => {
        $(static $name: LazyLock<Drawing> =
            LazyLock::new(|| Drawing::parse(include_bytes!(concat!("../../assets/awards/", $path, ".svg")), false));)+
    };
}

statuettes!(
    OSCAR = "oscar",
    EMMY = "emmy",
    GOLDEN_GLOBE = "golden_globe",
    BAFTA = "bafta",
    PALME = "palme",
    LION = "lion",
    BEAR = "bear",
);

/// What a source looks like without a verdict, and with each.
const LOOKS: usize = 1 + Verdict::ALL.len();

/// Parsed when first drawn: by source, verdict and label.
static MARKS: [[[OnceLock<Drawing>; 2]; LOOKS]; RatingSource::ALL.len()] =
    [const { [const { [const { OnceLock::new() }; 2] }; LOOKS] }; RatingSource::ALL.len()];

/// The drawing of a rating source's mark.
pub(super) fn mark(mark: Mark, label: Label) -> &'static Drawing {
    let look = mark.verdict.map_or(0, |verdict| 1 + verdict as usize);
    let [official, icon] = &MARKS[mark.source as usize][look];
    let files = mark.look().drawing;
    match label {
        Label::Official => official.get_or_init(|| Drawing::parse(files.official, false)),
        Label::Icon => icon.get_or_init(|| Drawing::parse(files.icon, true)),
    }
}

/// The drawing of an award's statuette.
pub(super) fn award(body: AwardBody) -> &'static Drawing {
    match body {
        AwardBody::Oscar => &OSCAR,
        AwardBody::Emmy => &EMMY,
        AwardBody::GoldenGlobe => &GOLDEN_GLOBE,
        AwardBody::Bafta => &BAFTA,
        AwardBody::Cannes => &PALME,
        AwardBody::Venice => &LION,
        AwardBody::Berlin => &BEAR,
    }
}

impl Drawing {
    fn parse(svg: &[u8], one_colour: bool) -> Self {
        // The drawings are part of the program; a test parses every one of them.
        #[expect(clippy::expect_used, reason = "embedded bytes, checked by a test")]
        let tree =
            usvg::Tree::from_data(svg, &usvg::Options::default()).expect("an embedded drawing");
        let mut drawing = Self { tree, one_colour, optical_area: 0.0 };
        let width = (drawing.aspect() * MEASURED_AT as f32).ceil() as u32;
        let sprite = drawing.rasterise(width, MEASURED_AT, None);
        let weight = |[r, g, b, alpha]: [u8; 4]| {
            f32::from(alpha) * (255.0 + f32::from(r.max(g).max(b))) / (2.0 * 255.0 * 255.0)
        };
        let sum: f32 = (0..MEASURED_AT).flat_map(|y| sprite.row(y)).map(|p| weight(*p)).sum();
        drawing.optical_area = sum / (MEASURED_AT * MEASURED_AT) as f32;
        drawing
    }

    /// What the eye sees of it on a dark ground: half its silhouette, half what of it
    /// is bright, in squares of its height.
    pub(super) fn optical_area(&self) -> f32 {
        self.optical_area
    }

    /// Width over height.
    pub(super) fn aspect(&self) -> f32 {
        self.tree.size().width() / self.tree.size().height()
    }

    /// Draws it in `width` x `height` pixels; `colour` is that of one-colour drawings.
    pub(super) fn rasterise(&self, width: u32, height: u32, colour: Option<Colour>) -> Sprite {
        let Some(mut pixmap) = Pixmap::new(width, height) else {
            return Sprite::new(0, 0, Vec::new());
        };
        let size = self.tree.size();
        let scale =
            Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&self.tree, scale, &mut pixmap.as_mut());
        let pixels = pixmap.pixels().iter().map(|pixel| {
            let pixel = pixel.demultiply();
            match colour {
                Some([r, g, b]) if self.one_colour => [r, g, b, pixel.alpha()],
                _ => [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()],
            }
        });
        Sprite::new(width, height, pixels.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_drawing_leaves_ink() {
        let verdicts = [None].into_iter().chain(Verdict::ALL.map(Some));
        let marks = RatingSource::ALL
            .into_iter()
            .flat_map(|source| verdicts.clone().map(move |verdict| Mark { source, verdict }));
        let drawings = marks
            .flat_map(|m| [mark(m, Label::Official), mark(m, Label::Icon)])
            .chain(AwardBody::ALL.map(award));
        for drawing in drawings {
            let sprite = drawing.rasterise(40, 40, Some([255; 3]));
            let inked = (0..1600).filter(|i| sprite.pixel(i % 40, i / 40)[3] > 128).count();
            assert!(inked > 200, "{inked}");
        }
    }
}
