//! Small drawings, rasterised at the size they are drawn, and kept.

use std::sync::Arc;

use moka::sync::Cache;

use super::drawing;
use super::symbol;
use super::text::Lettering;
use crate::model::{AwardBody, Mark};
use crate::plan::{Colour, Label, Symbol};

/// Bytes of sprites that are kept.
const KEPT_BYTES: u64 = 24 << 20;

/// A drawing in straight-alpha RGBA.
#[derive(Debug)]
pub(super) struct Sprite {
    pub(super) width: u32,
    pub(super) height: u32,
    pixels: Vec<[u8; 4]>,
}

/// Coverage of a shape, one byte a pixel.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    pub(super) width: u32,
    pub(super) height: u32,
    coverage: Vec<u8>,
}

impl Sprite {
    pub(super) fn new(width: u32, height: u32, pixels: Vec<[u8; 4]>) -> Self {
        debug_assert_eq!(pixels.len(), (width * height) as usize);
        Self { width, height, pixels }
    }

    pub(super) fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        self.pixels[(y * self.width + x) as usize]
    }

    pub(super) fn row(&self, y: u32) -> &[[u8; 4]] {
        &self.pixels[(y * self.width) as usize..][..self.width as usize]
    }

    /// The sprite's alpha with `by` empty pixels around it.
    pub(super) fn mask(&self, by: u32) -> Mask {
        let (width, height) = (self.width + 2 * by, self.height + 2 * by);
        let mut coverage = vec![0; (width * height) as usize];
        for y in 0..self.height {
            for x in 0..self.width {
                coverage[((y + by) * width + x + by) as usize] = self.pixel(x, y)[3];
            }
        }
        Mask { width, height, coverage }
    }
}

impl Mask {
    pub(super) fn row(&self, y: u32) -> &[u8] {
        &self.coverage[(y * self.width) as usize..][..self.width as usize]
    }

    /// A shadow: a narrow rim of `spread` pixels at nearly full strength, which
    /// reads on white, that fades out over `blur` pixels. Its own blur rather
    /// than a picture's: one channel, and at most a few thousand pixels.
    pub(super) fn softened(self, spread: f32, blur: f32) -> Self {
        let (width, height) = (self.width, self.height);
        let image = image::GrayImage::from_raw(width, height, self.coverage)
            .unwrap_or_else(|| image::GrayImage::new(width, height));
        let soft = imageproc::filter::gaussian_blur_f32(&image, blur.max(0.4));
        if spread <= 0.0 {
            return Self { width, height, coverage: soft.into_raw() };
        }
        let disk = imageproc::morphology::Mask::disk((spread.ceil() as u32).clamp(1, 255) as u8);
        let grown = imageproc::morphology::grayscale_dilate(&image, &disk);
        let rim = imageproc::filter::gaussian_blur_f32(&grown, (spread * 0.5).max(0.4));
        let coverage = rim
            .into_raw()
            .into_iter()
            .zip(soft.into_raw())
            .map(|(rim, soft)| rim.max((u16::from(soft) * 7 / 10) as u8))
            .collect();
        Self { width, height, coverage }
    }
}

/// What a sprite shows, at which size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum SpriteKey {
    Mark {
        mark: Mark,
        label: Label,
        width: u32,
        height: u32,
        colour: Colour,
    },
    Award {
        body: AwardBody,
        width: u32,
        height: u32,
    },
    /// `em` in 1/64 pixels.
    Text {
        text: String,
        em: u32,
        colour: Colour,
    },
    /// Red, green, blue, alpha.
    Symbol {
        symbol: Symbol,
        width: u32,
        height: u32,
        colour: [u8; 4],
    },
}

/// A shadow's shape: whose, and how soft, in 1/16 pixels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ShadowKey {
    of: SpriteKey,
    spread: u32,
    blur: u32,
}

/// All sprites in use; shared by every worker.
#[derive(Debug)]
pub(super) struct Sprites {
    drawn: Cache<SpriteKey, Arc<Placed<Sprite>>>,
    shadows: Cache<ShadowKey, Arc<Placed<Mask>>>,
}

/// A drawing and where its top left corner lies from the point it is placed at.
#[derive(Debug)]
pub(super) struct Placed<T> {
    pub(super) image: T,
    pub(super) left: i32,
    pub(super) top: i32,
}

impl Sprites {
    pub(super) fn new() -> Self {
        let sprite_bytes = |_: &SpriteKey, sprite: &Arc<Placed<Sprite>>| {
            (sprite.image.width * sprite.image.height * 4 + 128).max(1)
        };
        let mask_bytes = |_: &ShadowKey, mask: &Arc<Placed<Mask>>| {
            (mask.image.width * mask.image.height + 128).max(1)
        };
        Self {
            drawn: Cache::builder().max_capacity(KEPT_BYTES).weigher(sprite_bytes).build(),
            shadows: Cache::builder().max_capacity(KEPT_BYTES / 3).weigher(mask_bytes).build(),
        }
    }

    pub(super) fn get(&self, key: &SpriteKey, lettering: &Lettering) -> Arc<Placed<Sprite>> {
        self.drawn.get_with_by_ref(key, || Arc::new(draw(key, lettering)))
    }

    /// The softened shape of a sprite.
    pub(super) fn shadow(
        &self,
        key: &SpriteKey,
        (spread, blur): (f32, f32),
        lettering: &Lettering,
    ) -> Arc<Placed<Mask>> {
        let fixed = |length: f32| (length * 16.0).round() as u32;
        let shadow = ShadowKey { of: key.clone(), spread: fixed(spread), blur: fixed(blur) };
        self.shadows.get_with_by_ref(&shadow, || {
            let sprite = self.get(key, lettering);
            let reach = (spread + 2.5 * blur).ceil() as u32 + 1;
            let image = sprite.image.mask(reach).softened(spread, blur);
            let (left, top) = (sprite.left - reach as i32, sprite.top - reach as i32);
            Arc::new(Placed { image, left, top })
        })
    }
}

fn draw(key: &SpriteKey, lettering: &Lettering) -> Placed<Sprite> {
    let at_origin = |image| Placed { image, left: 0, top: 0 };
    match key {
        SpriteKey::Mark { mark, label, width, height, colour } => {
            at_origin(drawing::mark(*mark, *label).rasterise(*width, *height, Some(*colour)))
        }
        SpriteKey::Award { body, width, height } => {
            at_origin(drawing::award(*body).rasterise(*width, *height, None))
        }
        SpriteKey::Symbol { symbol, width, height, colour } => {
            at_origin(symbol::draw(*symbol, (*width, *height), *colour))
        }
        SpriteKey::Text { text, em, colour } => lettering.draw(text, *em as f32 / 64.0, *colour),
    }
}
