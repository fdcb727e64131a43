//! Artwork into its frame.

use crate::codec::{self, CropRect, Picture, Rgb};
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
    let (sx, sy) = (
        f64::from(picture.width) / f64::from(source.width),
        f64::from(picture.height) / f64::from(source.height),
    );
    let crop = CropRect {
        x: placement.crop.x * sx,
        y: placement.crop.y * sy,
        width: placement.crop.width * sx,
        height: placement.crop.height * sy,
    };
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
    let (columns, rows) = (COLUMNS.min(frame.width), Facts::rows_for(frame).min(frame.height));
    let mut tones = Vec::with_capacity((columns * rows) as usize);
    for row in 0..rows {
        for column in 0..columns {
            let x = column * frame.width / columns..(column + 1) * frame.width / columns;
            let y = row * frame.height / rows..(row + 1) * frame.height / rows;
            tones.push(tone(picture, x, y));
        }
    }
    Facts::new(frame, columns, tones).unwrap_or_else(|| Facts::flat(frame, [128; 3]))
}

fn tone(picture: &Rgb, x: std::ops::Range<u32>, y: std::ops::Range<u32>) -> Tone {
    let mut sum = [0_u32; 3];
    let mut count = 0_u32;
    // Sixteen steps of luma are fine enough to find the ninth tenth.
    let mut histogram = [0_u32; 16];
    for y in y.step_by(2) {
        let row = y as usize * picture.width as usize;
        let pixels = &picture.data[(row + x.start as usize) * 3..(row + x.end as usize) * 3];
        for pixel in pixels.chunks_exact(3).step_by(2) {
            (0..3).for_each(|c| sum[c] += u32::from(pixel[c]));
            let luma =
                (u32::from(pixel[0]) * 54 + u32::from(pixel[1]) * 183 + u32::from(pixel[2]) * 19)
                    >> 8;
            histogram[luma as usize >> 4] += 1;
            count += 1;
        }
    }
    let mut seen = 0;
    let bright = histogram.iter().position(|n| {
        seen += n;
        seen * 10 >= count * 9
    });
    let mean = sum.map(|s| (s / count.max(1)) as u8);
    Tone { mean, bright: bright.map_or(255, |step| (step * 16 + 15) as u8) }
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
