//! A title's own lettering laid on its artwork, before any badge.

use super::canvas::Canvas;
use super::facts;
use super::sprite::Sprite;
use super::work::{FreshBase, RenderError, trim};
use crate::codec::{self, CropRect, DecodeOptions, Rgba};
use crate::model::ArtworkKind;
use crate::plan::{ClearlogoFacts, ClearlogoRoom, Size, plan_clearlogo};

/// Alpha from which a pixel is ink.
const INK_ALPHA: u8 = 128;
/// How dark the shadow is, 0-1.
const SHADOW: f32 = 0.55;

impl FreshBase {
    /// The artwork with a clearlogo in its lower third, over a scrim of the picture's own colour.
    ///
    /// # Errors
    /// The logo cannot be decoded.
    pub fn with_clearlogo(
        mut self,
        logo: &[u8],
        kind: ArtworkKind,
        room: ClearlogoRoom,
    ) -> Result<Self, RenderError> {
        let width = self.pixels.width;
        let options = DecodeOptions { need: Some((width, 0)), ..DecodeOptions::default() };
        let logo = trim(codec::decode(logo, &options)?.into_alpha());
        let shape = kind.row().shape;
        let planned = plan_clearlogo(shape, &self.facts, &measured(&logo), room);
        let rect = planned.rect;
        let crop = CropRect::whole(logo.width, logo.height);
        let fitted = codec::crop_resize_alpha(&logo, crop, rect.width, rect.height);
        let sprite = sprite(&fitted, planned.is_white);
        let reach = (planned.blur * 2.5).ceil() as u32 + 1;
        let shadow = sprite.mask(reach).softened(0.0, planned.blur);
        let mut canvas = Canvas::opaque(&mut self.pixels.data, width, 0);
        canvas.scrim(&planned.scrim);
        canvas.shade(&shadow, rect.x - reach as i32, rect.y - reach as i32, SHADOW);
        canvas.sprite(&sprite, rect.x, rect.y);
        self.facts = facts::facts(&self.pixels);
        Ok(self)
    }
}

fn measured(logo: &Rgba) -> ClearlogoFacts {
    let (mut sum, mut inked) = ([0_u64; 3], 0_u64);
    for pixel in logo.data.chunks_exact(4).filter(|pixel| pixel[3] >= INK_ALPHA) {
        (0..3).for_each(|c| sum[c] += u64::from(pixel[c]));
        inked += 1;
    }
    let ink = sum.map(|sum| sum.checked_div(inked).map_or(255, |mean| mean as u8));
    let pixels = f64::from(logo.width) * f64::from(logo.height);
    let size = Size { width: logo.width, height: logo.height };
    ClearlogoFacts { size, ink, cover: (inked as f64 / pixels.max(1.0)) as f32 }
}

fn sprite(logo: &Rgba, is_white: bool) -> Sprite {
    let pixels = logo.data.chunks_exact(4).map(|pixel| match is_white {
        true => [255, 255, 255, pixel[3]],
        false => [pixel[0], pixel[1], pixel[2], pixel[3]],
    });
    Sprite::new(logo.width, logo.height, pixels.collect())
}
