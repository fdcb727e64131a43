//! Artwork into its frame.

use crate::codec::{self, CropRect, Picture, Planes, Rgb};
use crate::plan::{Placement, Size, Surround};

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
