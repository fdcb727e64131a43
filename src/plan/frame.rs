//! The output frame of every family and size, and how artwork meets it.

use serde::Serialize;

use super::geometry::Size;
use crate::model::{ArtworkKind, FrameShape};
use crate::request::{Fit, ImageSize};

/// A native poster may be this much taller or wider than its width says; what
/// lies beyond is cropped, so that no source can ask for an endless picture.
const NATIVE_RATIO: std::ops::RangeInclusive<f64> = 1.0..=2.0;

/// What of a poster's height a square leaves out is cut off above to this share: faces stand in the upper half.
const SQUARE_TOP: f64 = 0.30;

/// A part of the source, in source pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Crop {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// What stands around artwork that does not fill the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Surround {
    /// The artwork fills the frame.
    None,
    /// A plain ground in the artwork's own dark tone.
    Plain,
    /// A blurred copy that fills the frame.
    Blurred,
}

/// How one source becomes one frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Placement {
    pub frame: Size,
    pub crop: Crop,
    /// Where the crop lands in the frame: left, top, width, height.
    pub x: u32,
    pub y: u32,
    pub size: Size,
    pub surround: Surround,
}

/// The box a logo has to stay in, in pixels.
pub fn logo_box(size: ImageSize) -> Size {
    full_frame(ArtworkKind::Logo, size)
}

/// Nominal width of a family's picture in pixels.
pub fn width_of(kind: ArtworkKind, size: ImageSize) -> u32 {
    full_frame(kind, size).width
}

/// The frame that artwork of exactly the family's ratio gets, in pixels.
pub fn full_frame(kind: ArtworkKind, size: ImageSize) -> Size {
    let (width, height) = kind.row().frames[size as usize];
    Size { width, height }
}

/// Places a source of `source` pixels in the frame of `kind` and `size`.
pub fn place(kind: ArtworkKind, size: ImageSize, fit: Fit, source: Size) -> Placement {
    let full = full_frame(kind, size);
    match (fit, kind.row().shape) {
        (Fit::Native, FrameShape::Upright) => {
            let ratio = f64::from(source.height) / f64::from(source.width);
            let ratio = ratio.clamp(*NATIVE_RATIO.start(), *NATIVE_RATIO.end());
            let height = (f64::from(full.width) * ratio).round() as u32;
            cover(Size { width: full.width, height }, source)
        }
        (Fit::Native | Fit::Cover, FrameShape::Square) => cover_at(full, source, SQUARE_TOP),
        (Fit::Native | Fit::Cover, _) => cover(full, source),
        (Fit::Pad, _) => contain(full, source, Surround::Plain),
        (Fit::Blur, _) => contain(full, source, Surround::Blurred),
    }
}

fn cover(frame: Size, source: Size) -> Placement {
    cover_at(frame, source, 0.5)
}

/// Fills the frame; of what is too high, the share `top` is cut off above.
fn cover_at(frame: Size, source: Size, top: f64) -> Placement {
    let (source_width, source_height) = (f64::from(source.width), f64::from(source.height));
    let ratio = f64::from(frame.width) / f64::from(frame.height);
    let (width, height) = if source_width / source_height > ratio {
        (source_height * ratio, source_height)
    } else {
        (source_width, source_width / ratio)
    };
    let crop =
        Crop { x: (source_width - width) / 2.0, y: (source_height - height) * top, width, height };
    Placement { frame, crop, x: 0, y: 0, size: frame, surround: Surround::None }
}

fn contain(frame: Size, source: Size, surround: Surround) -> Placement {
    let scale = (f64::from(frame.width) / f64::from(source.width))
        .min(f64::from(frame.height) / f64::from(source.height));
    let shown =
        |length: u32, most: u32| ((f64::from(length) * scale).round() as u32).clamp(1, most);
    let size = Size {
        width: shown(source.width, frame.width),
        height: shown(source.height, frame.height),
    };
    let crop =
        Crop { x: 0.0, y: 0.0, width: f64::from(source.width), height: f64::from(source.height) };
    // A hair's breadth of bars is no reason for bars.
    if frame.width - size.width <= 2 && frame.height - size.height <= 2 {
        return cover(frame, source);
    }
    let (x, y) = ((frame.width - size.width) / 2, (frame.height - size.height) / 2);
    Placement { frame, crop, x, y, size, surround }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_have_the_contracts_pixels() {
        let native = |kind, size, width, height| {
            place(kind, size, Fit::Native, Size { width, height }).frame
        };
        let size = |width, height| Size { width, height };
        assert_eq!(native(ArtworkKind::Poster, ImageSize::Medium, 2000, 3000), size(580, 870));
        assert_eq!(native(ArtworkKind::Poster, ImageSize::Small, 1000, 1426), size(342, 488));
        assert_eq!(native(ArtworkKind::Backdrop, ImageSize::Medium, 1921, 1081), size(1920, 1080));
        assert_eq!(native(ArtworkKind::Still, ImageSize::Medium, 1280, 720), size(780, 439));
        assert_eq!(native(ArtworkKind::Still, ImageSize::Small, 400, 300), size(480, 270));
        assert_eq!(full_frame(ArtworkKind::Poster, ImageSize::VeryLarge), size(2000, 3000));
    }

    #[test]
    fn other_fits_give_exactly_two_to_three() {
        for fit in [Fit::Cover, Fit::Pad, Fit::Blur] {
            let placed = place(
                ArtworkKind::Poster,
                ImageSize::Medium,
                fit,
                Size { width: 900, height: 1000 },
            );
            assert_eq!(placed.frame, Size { width: 580, height: 870 });
        }
    }

    proptest! {
        #[test]
        fn the_artwork_stays_inside_frame_and_source(
            width in 1_u32..20_000, height in 1_u32..20_000, fit in 0_usize..4, kind in 0_usize..ArtworkKind::ALL.len(),
        ) {
            let fit = [Fit::Native, Fit::Cover, Fit::Pad, Fit::Blur][fit];
            let kind = ArtworkKind::ALL[kind];
            let placed = place(kind, ImageSize::Medium, fit, Size { width, height });
            prop_assert!(placed.x + placed.size.width <= placed.frame.width);
            prop_assert!(placed.y + placed.size.height <= placed.frame.height);
            prop_assert!(placed.crop.x >= 0.0 && placed.crop.x + placed.crop.width <= f64::from(width) + 1e-6);
            prop_assert!(placed.crop.y >= 0.0 && placed.crop.y + placed.crop.height <= f64::from(height) + 1e-6);
            prop_assert!(placed.frame.height <= placed.frame.width * 2);
        }
    }
}
