//! The work of a render worker: bytes of artwork in, bytes of a picture out.

use serde::{Deserialize, Serialize};

use super::{Canvas, Painter, facts, fit};
use crate::codec::{self, DecodeOptions, Picture, PngEffort, RestartJpeg, Rgb, Rgba, RowPatch};
use crate::memory;
use crate::model::{ArtworkKind, EncodedImage, ImageFormat};
use crate::plan::{self, Facts, Layout, Placement, RenderPlan, Showing, Size, Surround};
use crate::request::{Fit, ImageSize};

/// Why no picture came out.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the artwork cannot be decoded")]
    Decode(#[from] codec::DecodeError),
    #[error("the picture cannot be encoded")]
    Encode(#[from] codec::EncodeError),
    #[error("the rows of a base cannot be repainted")]
    Splice(#[from] codec::RestartError),
    #[error("it would take {bytes} bytes of memory")]
    TooLarge { bytes: usize },
}

/// Everything about a picture that does not depend on ratings or design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Framing {
    pub kind: ArtworkKind,
    pub size: ImageSize,
    pub fit: Fit,
    /// Hidden from spoilers.
    pub blur: bool,
    /// libjpeg's quality, 1-100.
    pub quality: u8,
}

/// Artwork fitted to its frame: the expensive part of a render, kept for every
/// design and every change of a rating.
#[derive(Clone, Debug)]
pub struct Base {
    pub jpeg: RestartJpeg,
    pub facts: Facts,
    /// Pixels of the artwork it was made from.
    pub source: Size,
}

impl Base {
    /// Decodes artwork, fits it to its frame and codes it. Where the artwork fills the frame and its file is an
    /// ordinary photograph, its planes are fitted and coded as they are, without a pixel of red, green
    /// and blue.
    pub fn make(artwork: &[u8], framing: &Framing) -> Result<Self, RenderError> {
        let (source, placement) = placed(artwork, framing)?;
        if placement.surround == Surround::None && !framing.blur {
            let options = decode_options(&placement, source);
            if let Some(planes) = codec::decode_planes(artwork, &options)? {
                let fitted = fit::fit_planes(planes, source, &placement);
                let facts = facts::facts_of_planes(&fitted);
                let jpeg = RestartJpeg::encode_planes(&fitted, framing.quality)?;
                fitted.recycle();
                return Ok(Self { jpeg, facts, source });
            }
        }
        let fresh = FreshBase::make(artwork, framing)?;
        let base = fresh.keep(framing.quality)?;
        fresh.pixels.recycle();
        Ok(base)
    }
}

fn placed(artwork: &[u8], framing: &Framing) -> Result<(Size, Placement), RenderError> {
    let probe = codec::probe(artwork)?;
    let source = Size { width: probe.width, height: probe.height };
    Ok((source, plan::place(framing.kind, framing.size, framing.fit, source)))
}

/// A base with the pixels it was coded from, as long as they are at hand.
#[derive(Clone, Debug)]
pub struct FreshBase {
    pub pixels: Rgb,
    pub facts: Facts,
    pub source: Size,
}

impl FreshBase {
    /// Decodes artwork and fits it to its frame.
    pub fn make(artwork: &[u8], framing: &Framing) -> Result<Self, RenderError> {
        let (source, placement) = placed(artwork, framing)?;
        let picture = codec::decode(artwork, &decode_options(&placement, source))?;
        let mut pixels = fit::fit(picture, source, &placement);
        if framing.blur {
            fit::hide(&mut pixels);
        }
        let facts = facts::facts(&pixels);
        Ok(Self { pixels, facts, source })
    }

    /// A base of pixels that fill their frame already.
    pub fn of(pixels: Rgb) -> Self {
        let facts = facts::facts(&pixels);
        let source = facts.frame;
        Self { pixels, facts, source }
    }

    /// Codes the pixels so that their rows can be repainted later.
    pub fn keep(&self, quality: u8) -> Result<Base, RenderError> {
        let jpeg = RestartJpeg::encode(&self.pixels, quality)?;
        Ok(Base { jpeg, facts: self.facts.clone(), source: self.source })
    }
}

/// The decoder may leave out what the frame does not show.
fn decode_options(placement: &Placement, source: Size) -> DecodeOptions {
    let whole = |crop: f64, target: u32, side: u32| {
        let scale = f64::from(target) / crop.max(1.0);
        ((f64::from(side) * scale).ceil() as u32).max(1)
    };
    let need = match placement.surround {
        Surround::None | Surround::Plain | Surround::Blurred => (
            whole(placement.crop.width, placement.size.width, source.width),
            whole(placement.crop.height, placement.size.height, source.height),
        ),
    };
    DecodeOptions { need: Some(need), ..DecodeOptions::default() }
}

impl Painter {
    /// A rated JPEG, painted on the decoded rows of its base: those that badges touch are coded again, all
    /// others are copied. So it is the same to the byte, whether the base was just made or stored.
    pub fn jpeg_from_base(
        &self,
        base: &Base,
        plan: &RenderPlan,
    ) -> Result<EncodedImage, RenderError> {
        let mut patches: Vec<(u32, Rgb)> = Vec::new();
        for touched in touched_mcus(base, plan) {
            let top = base.jpeg.pixels_of(touched.clone()).start;
            let mut strip = base.jpeg.decode_rows(touched.clone())?;
            let width = strip.width;
            self.paint(plan, &mut Canvas::opaque(&mut strip.data, width, top));
            patches.push((touched.start, strip));
        }
        let rows: Vec<RowPatch<'_>> = patches
            .iter()
            .map(|(first_row, pixels)| RowPatch { first_row: *first_row, pixels })
            .collect();
        let bytes = if rows.is_empty() {
            base.jpeg.bytes().clone()
        } else {
            memory::kept(&base.jpeg.splice(&rows)?)
        };
        for (_, pixels) in patches {
            pixels.recycle();
        }
        let (width, height) = (base.jpeg.width(), base.jpeg.height());
        Ok(EncodedImage { bytes, format: ImageFormat::Jpeg, width, height })
    }

    /// A picture of any format, painted as a whole.
    pub fn whole(
        &self,
        mut pixels: Rgb,
        plan: &RenderPlan,
        format: ImageFormat,
        quality: u8,
    ) -> Result<EncodedImage, RenderError> {
        let (width, height) = (pixels.width, pixels.height);
        self.paint(plan, &mut Canvas::opaque(&mut pixels.data, width, 0));
        let bytes = match format {
            ImageFormat::Jpeg => codec::encode_jpeg(&pixels, quality)?,
            ImageFormat::Png => codec::encode_png(&pixels, PngEffort::Fast)?,
            ImageFormat::Webp => codec::encode_webp(&pixels, quality)?,
            ImageFormat::Avif => codec::encode_avif(&pixels, quality)?,
        };
        pixels.recycle();
        Ok(EncodedImage { bytes: memory::kept(&bytes), format, width, height })
    }

    /// A logo, trimmed of its transparent border, in its box.
    pub fn logo(&self, artwork: &[u8], order: &LogoOrder<'_>) -> Result<EncodedImage, RenderError> {
        let limit = plan::logo_box(order.size);
        let options = DecodeOptions { need: Some((limit.width, 0)), ..DecodeOptions::default() };
        let lettering = trim(codec::decode(artwork, &options)?.into_alpha());
        let source = Size { width: lettering.width, height: lettering.height };
        let planned = plan::plan_logo(order.layout, order.showing, order.size, source, self);
        let canvas = self.compose_logo(&lettering, &planned);
        encode_logo(canvas, order.format, order.quality)
    }

    fn compose_logo(&self, lettering: &Rgba, planned: &plan::LogoPlan) -> Rgba {
        let place = planned.lettering;
        let crop = codec::CropRect::whole(lettering.width, lettering.height);
        let fitted = codec::crop_resize_alpha(lettering, crop, place.width, place.height);
        let frame = planned.plan.frame;
        if planned.plan.layers.is_empty() {
            return fitted;
        }
        let mut canvas = Rgba::new(frame.width, frame.height);
        let (row, stride) = (place.width as usize * 4, frame.width as usize * 4);
        let start = place.y as usize * stride + place.x as usize * 4;
        for (from, to) in fitted.data.chunks_exact(row).zip(canvas.data[start..].chunks_mut(stride))
        {
            to[..row].copy_from_slice(from);
        }
        self.paint(&planned.plan, &mut Canvas::transparent(&mut canvas.data, frame.width));
        canvas
    }
}

/// What is asked of a logo.
#[derive(Clone, Copy, Debug)]
pub struct LogoOrder<'a> {
    pub layout: &'a Layout,
    pub showing: &'a Showing,
    pub size: ImageSize,
    pub format: ImageFormat,
    pub quality: u8,
}

/// The MCU rows that a plan touches, merged and in order.
fn touched_mcus(base: &Base, plan: &RenderPlan) -> Vec<std::ops::Range<u32>> {
    let mut merged: Vec<std::ops::Range<u32>> = Vec::new();
    for rows in plan.touched_rows() {
        let mcus = base.jpeg.rows_of(rows);
        match merged.last_mut() {
            Some(last) if mcus.start <= last.end => last.end = last.end.max(mcus.end),
            _ => merged.push(mcus),
        }
    }
    let rows = base.jpeg.rows_of(0..base.jpeg.height());
    let touched: u32 = merged.iter().map(|range| range.end - range.start).sum();
    // Of most rows the picture is coded whole, in one go.
    if touched * 2 > rows.end { vec![rows] } else { merged }
}

/// Alpha below this is a border's dust, not ink.
const INK_ALPHA: u8 = 8;

/// Cuts off rows and columns without ink; an empty picture stays as it is.
pub(super) fn trim(picture: Rgba) -> Rgba {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let (mut left, mut right, mut top, mut bottom) = (width, 0, height, 0);
    for (y, row) in picture.data.chunks_exact(width * 4).enumerate() {
        let inked = |pixel: &[u8]| pixel[3] >= INK_ALPHA;
        if let Some(first) = row.chunks_exact(4).position(inked) {
            let last = row.chunks_exact(4).rposition(inked).unwrap_or(first);
            (left, right) = (left.min(first), right.max(last + 1));
            (top, bottom) = (top.min(y), y + 1);
        }
    }
    if left >= right || (left, top, right, bottom) == (0, 0, width, height) {
        return picture;
    }
    let mut data = Vec::with_capacity((right - left) * (bottom - top) * 4);
    for row in picture.data.chunks_exact(width * 4).take(bottom).skip(top) {
        data.extend_from_slice(&row[left * 4..right * 4]);
    }
    Rgba { width: (right - left) as u32, height: (bottom - top) as u32, data }
}

fn encode_logo(
    canvas: Rgba,
    format: ImageFormat,
    quality: u8,
) -> Result<EncodedImage, RenderError> {
    let (width, height) = (canvas.width, canvas.height);
    let bytes = match format {
        ImageFormat::Png => codec::encode_png_alpha(&canvas, PngEffort::Fast)?,
        ImageFormat::Webp => codec::encode_webp_alpha(&canvas, quality)?,
        ImageFormat::Jpeg => {
            let ground = ground_for(&canvas);
            codec::encode_jpeg(&Picture::Alpha(canvas).into_opaque(ground), quality)?
        }
        ImageFormat::Avif => codec::encode_avif_alpha(&canvas, quality)?,
    };
    Ok(EncodedImage { bytes: memory::kept(&bytes), format, width, height })
}

/// A ground for formats without transparency: near black, unless the lettering
/// itself is dark.
fn ground_for(canvas: &Rgba) -> [u8; 3] {
    let (mut light, mut weight) = (0_u64, 0_u64);
    for pixel in canvas.data.chunks_exact(4) {
        let luma =
            (u64::from(pixel[0]) * 54 + u64::from(pixel[1]) * 183 + u64::from(pixel[2]) * 19) >> 8;
        light += luma * u64::from(pixel[3]);
        weight += u64::from(pixel[3]);
    }
    if weight > 0 && light / weight < 70 { [242, 243, 245] } else { [18, 19, 23] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transparent_border_is_cut_off() {
        let mut picture = Rgba::new(6, 5);
        for (x, y) in [(2, 1), (4, 3)] {
            picture.data[(y * 6 + x) * 4 + 3] = 255;
        }
        let trimmed = trim(picture);
        assert_eq!((trimmed.width, trimmed.height), (3, 3));
        assert_eq!(trimmed.data[3], 255);
    }

    #[test]
    fn dark_lettering_stands_on_light() {
        let mut picture = Rgba::new(4, 4);
        picture.data.chunks_exact_mut(4).for_each(|p| p.copy_from_slice(&[10, 10, 10, 255]));
        assert!(ground_for(&picture)[0] > 200);
    }
}
