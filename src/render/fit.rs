//! Artwork into its frame.

use std::ops::Range;

use crate::codec::{self, CropRect, Picture, Planes, Rgb};
use crate::plan::{COLUMNS, Facts, Placement, Size, Surround, Tone};

/// Softness of the copy behind artwork that is shown whole, a share of the frame's width.
const SURROUND_SIGMA: f32 = 0.035;

/// Softness of a picture hidden from spoilers, a share of the frame's width:
/// faces and lettering become patches of colour.
const SPOILER_SIGMA: f32 = 0.11;

/// What a transparent source stands on.
const GROUND: [u8; 3] = [18, 19, 23];

/// Fits `picture`, which may be smaller than the `source` that was placed
/// because its decoder scaled it, to the placement's frame.
pub(super) fn fit(picture: Picture, source: Size, placement: &Placement) -> Rgb {
    let picture = picture.into_opaque(GROUND);
    let crop = crop_in((picture.width, picture.height), source, placement);
    let fitted = codec::crop_resize(&picture, crop, placement.size.width, placement.size.height);
    let framed = match placement.surround {
        Surround::None => fitted,
        Surround::Plain => {
            let colour = dark_tone(&fitted);
            let frame = placement.frame;
            let data = colour.repeat((frame.width * frame.height) as usize);
            inside(Rgb { width: frame.width, height: frame.height, data }, &fitted, placement)
        }
        Surround::Blurred => inside(surround(&picture, placement.frame), &fitted, placement),
    };
    picture.recycle();
    framed
}

/// As [`fit()`], for a frame that is filled by the artwork alone.
pub(super) fn fit_planes(planes: Planes, source: Size, placement: &Placement) -> Planes {
    let crop = crop_in((planes.width(), planes.height()), source, placement);
    let Size { width, height } = placement.size;
    if (planes.width(), planes.height()) == (width, height)
        && crop == CropRect::whole(width, height)
    {
        return planes;
    }
    let fitted = codec::crop_resize_planes(&planes, crop, width, height);
    planes.recycle();
    fitted
}

/// The part that the placement shows of a picture that its decoder may have scaled.
fn crop_in((width, height): (u32, u32), source: Size, placement: &Placement) -> CropRect {
    // A decoder that halves an odd side rounds it up: the last sample stands for less than the others.
    let scale = |scaled: u32, source: u32| {
        let divisor = [1, 2, 4, 8].into_iter().find(|divisor| source.div_ceil(*divisor) == scaled);
        divisor.map_or(f64::from(scaled) / f64::from(source), |divisor| 1.0 / f64::from(divisor))
    };
    let (sx, sy) = (scale(width, source.width), scale(height, source.height));
    CropRect {
        x: placement.crop.x * sx,
        y: placement.crop.y * sy,
        width: placement.crop.width * sx,
        height: placement.crop.height * sy,
    }
}

/// Hides what a picture shows.
pub(super) fn hide(picture: &mut Rgb) {
    codec::blur(picture, picture.width as f32 * SPOILER_SIGMA);
}

/// A blurred, darkened copy that fills the frame.
fn surround(picture: &Rgb, frame: Size) -> Rgb {
    // It will be blurred: a quarter of the pixels is plenty.
    let (width, height) = ((frame.width / 4).max(1), (frame.height / 4).max(1));
    let crop = CropRect::cover((picture.width, picture.height), width, height, (0.5, 0.5));
    let mut small = codec::crop_resize(picture, crop, width, height);
    codec::blur(&mut small, width as f32 * SURROUND_SIGMA);
    small.data.iter_mut().for_each(|c| *c = (u16::from(*c) * 150 / 255) as u8);
    let whole = CropRect::whole(width, height);
    codec::crop_resize(&small, whole, frame.width, frame.height)
}

/// `fitted` laid on `ground` where the placement says.
fn inside(mut ground: Rgb, fitted: &Rgb, placement: &Placement) -> Rgb {
    let row = fitted.width as usize * 3;
    let stride = ground.width as usize * 3;
    let start = placement.y as usize * stride + placement.x as usize * 3;
    for (from, to) in fitted.data.chunks_exact(row).zip(ground.data[start..].chunks_mut(stride)) {
        to[..row].copy_from_slice(from);
    }
    ground
}

/// The picture's mean colour, darkened: bars that belong to it.
fn dark_tone(picture: &Rgb) -> [u8; 3] {
    let mut sum = [0_u64; 3];
    let mut count = 0;
    for pixel in picture.data.chunks_exact(3).step_by(61) {
        (0..3).for_each(|c| sum[c] += u64::from(pixel[c]));
        count += 1;
    }
    sum.map(|s| (s * 22 / 100 / count.max(1)) as u8)
}

/// The tones of a fitted picture, from every second pixel both ways.
pub(super) fn facts(picture: &Rgb) -> Facts {
    let frame = Size { width: picture.width, height: picture.height };
    grid(frame, |x, y| {
        let mut sum = ToneSum::default();
        for y in y.step_by(2) {
            let row = picture.rows(y, 1);
            for pixel in row[x.start as usize * 3..x.end as usize * 3].chunks_exact(3).step_by(2) {
                let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
                sum.add([r, g, b], (r * 54 + g * 183 + b * 19) >> 8);
            }
        }
        sum.tone(|mean| mean.map(|c| c as u8))
    })
}

/// As [`facts`], of planes: every second pixel both ways is one that chroma has a sample for.
pub(super) fn facts_of_planes(planes: &Planes) -> Facts {
    let frame = Size { width: planes.width(), height: planes.height() };
    grid(frame, |x, y| {
        let mut sum = ToneSum::default();
        for y in y.step_by(2) {
            let luma = &planes.y.rows(y, 1)[x.start as usize..x.end as usize];
            let half = (x.start / 2) as usize;
            let chroma = [&planes.cb, &planes.cr].map(|plane| &plane.rows(y / 2, 1)[half..]);
            for ((luma, cb), cr) in luma.iter().step_by(2).zip(chroma[0]).zip(chroma[1]) {
                let [luma, cb, cr] = [*luma, *cb, *cr].map(i32::from);
                // The luma that the weights above give, out of JFIF's: in 256ths.
                let bright = luma - ((29 * (cb - 128) + 55 * (cr - 128)) >> 8);
                sum.add([luma, cb, cr], bright.clamp(0, 255));
            }
        }
        sum.tone(|[luma, cb, cr]| {
            let (cb, cr) = (cb as f32 - 128.0, cr as f32 - 128.0);
            let offsets = [1.402 * cr, -0.344_14 * cb - 0.714_14 * cr, 1.772 * cb];
            offsets.map(|offset| (luma as f32 + offset) as u8)
        })
    })
}

/// A tone for each cell of the grid that covers a frame; `tone` gets its columns and rows.
fn grid(frame: Size, tone: impl Fn(Range<u32>, Range<u32>) -> Tone) -> Facts {
    let (columns, rows) = (COLUMNS.min(frame.width), Facts::rows_for(frame).min(frame.height));
    let mut tones = Vec::with_capacity((columns * rows) as usize);
    for row in 0..rows {
        for column in 0..columns {
            let x = column * frame.width / columns..(column + 1) * frame.width / columns;
            let y = row * frame.height / rows..(row + 1) * frame.height / rows;
            tones.push(tone(x, y));
        }
    }
    Facts::new(frame, columns, tones).unwrap_or_else(|| Facts::flat(frame, [128; 3]))
}

#[derive(Default)]
struct ToneSum {
    sum: [i32; 3],
    count: i32,
    /// Sixteen steps of luma are fine enough to find the ninth tenth.
    histogram: [i32; 16],
}

impl ToneSum {
    fn add(&mut self, channels: [i32; 3], luma: i32) {
        (0..3).for_each(|c| self.sum[c] += channels[c]);
        self.histogram[luma as usize >> 4 & 15] += 1;
        self.count += 1;
    }

    /// `color` makes red, green and blue of the mean.
    fn tone(&self, color: impl Fn([i32; 3]) -> [u8; 3]) -> Tone {
        let mut seen = 0;
        let bright = self.histogram.iter().position(|n| {
            seen += n;
            seen * 10 >= self.count * 9
        });
        let mean = color(self.sum.map(|sum| sum / self.count.max(1)));
        Tone { mean, bright: bright.map_or(255, |step| (step * 16 + 15) as u8) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ArtworkKind;
    use crate::plan;
    use crate::request::{Fit, ImageSize};

    fn halves(width: u32, height: u32) -> Rgb {
        let row: Vec<u8> =
            (0..width).flat_map(|x| if x < width / 2 { [0; 3] } else { [250; 3] }).collect();
        Rgb { width, height, data: row.repeat(height as usize) }
    }

    #[test]
    fn facts_tell_light_from_dark() {
        let facts = facts(&halves(480, 700));
        let at = |x| facts.beneath(&plan::Rect { x, y: 300, width: 20, height: 20 });
        assert!(at(20).bright < 20 && at(400).bright > 240);
        assert_eq!(at(20).mean, [0; 3]);
    }

    #[test]
    fn facts_of_planes_are_those_of_pixels() {
        let mut picture = halves(480, 701);
        for (at, byte) in picture.data.iter_mut().enumerate() {
            *byte = byte.saturating_sub((at % 3 * 40 + at / 30_000) as u8);
        }
        let file = codec::encode_jpeg(&picture, 95).unwrap();
        let options = codec::DecodeOptions::default();
        let planes = codec::decode_planes(&file, &options).unwrap().unwrap();
        let pixels = codec::decode(&file, &options).unwrap().into_opaque([0; 3]);
        let (of_planes, of_pixels) = (facts_of_planes(&planes), facts(&pixels));
        for (x, y) in [(20, 20), (100, 300), (300, 300), (400, 600), (230, 650)] {
            let rect = plan::Rect { x, y, width: 40, height: 40 };
            let (a, b) = (of_planes.beneath(&rect), of_pixels.beneath(&rect));
            assert!(a.mean.iter().zip(b.mean).all(|(a, b)| a.abs_diff(b) <= 4), "{a:?} {b:?}");
            assert!(a.bright.abs_diff(b.bright) <= 16, "{a:?} {b:?}");
        }
    }

    #[test]
    fn every_fit_fills_its_frame() {
        for fit_to in [Fit::Native, Fit::Cover, Fit::Pad, Fit::Blur] {
            let picture = halves(300, 200);
            let source = Size { width: 300, height: 200 };
            let placement = plan::place(ArtworkKind::Poster, ImageSize::Small, fit_to, source);
            let fitted = fit(Picture::Opaque(picture), source, &placement);
            assert_eq!(
                (fitted.width, fitted.height),
                (placement.frame.width, placement.frame.height)
            );
            assert_eq!(fitted.data.len(), (fitted.width * fitted.height * 3) as usize);
        }
    }
}
