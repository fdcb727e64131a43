//! What a render takes of memory for its pixels, told before it begins. Upper bounds, counted from
//! the steps: they decide how many renders go on at once, see [`Pool`](super::Pool).

use super::{Base, Framing, RenderError};
use crate::budgets::MAX_RENDER_BYTES;
use crate::codec;
use crate::model::ImageFormat;
use crate::plan::{self, Layout, Size};
use crate::request::ImageSize;

/// Of a frame: the fitted picture and one copy, for what surrounds or blurs it.
const FITTING: usize = 6;

/// Artwork fitted to its frame, painted on and coded.
pub fn of_artwork(
    artwork: &[u8],
    framing: &Framing,
    format: ImageFormat,
) -> Result<usize, RenderError> {
    let demand = codec::demand(artwork)?;
    let frame = match demand.size {
        Some((width, height)) => {
            let source = Size { width, height };
            pixels(plan::place(framing.kind, framing.size, framing.fit, source).frame)
        }
        // A poster in its own ratio may be as much taller; to find out would be work.
        None => pixels(plan::full_frame(framing.kind, framing.size)) * 4 / 3,
    };
    let fitting = demand.decoded + frame * FITTING;
    Ok(demand.decoding.max(fitting).max(coding(frame, format)))
}

/// A logo in its box.
pub fn of_logo(artwork: &[u8], size: ImageSize, format: ImageFormat) -> Result<usize, RenderError> {
    let demand = codec::demand(artwork)?;
    // Its trimmed copy, then the box, in which the ratings stand too.
    let frame = pixels(plan::logo_box(size)) * 2;
    let fitting = demand.decoded * 2 + frame * 4;
    Ok(demand.decoding.max(fitting).max(coding(frame, format) + frame * 4))
}

/// A clearlogo laid on a frame: its trimmed copy, what is drawn of it, and its shadow.
pub fn of_clearlogo(logo: &[u8], framing: &Framing) -> Result<usize, RenderError> {
    let demand = codec::demand(logo)?;
    let frame = pixels(plan::full_frame(framing.kind, framing.size));
    Ok(demand.decoding.max(demand.decoded * 2) + frame * 4)
}

/// Some rows of a base, repainted; all of them where the layout is a free one.
pub fn of_base(base: &Base, layout: &Layout) -> usize {
    let frame = base.jpeg.width() as usize * base.jpeg.height() as usize;
    // Half of a frame is a tall strip; its rows are held decoded and coded. A free layout may take the whole
    // frame, and a blurred copy of it.
    frame * if layout.is_free() { 10 } else { 2 }
}

/// All of a base, painted on and coded in another format.
pub fn of_whole_base(base: &Base, format: ImageFormat) -> usize {
    let frame = base.jpeg.width() as usize * base.jpeg.height() as usize;
    coding(frame, format).max(frame * FITTING)
}

/// What a finished picture takes, about: few take more, and none much more.
pub fn of_picture(framing: &Framing, format: ImageFormat) -> usize {
    let frame = pixels(plan::full_frame(framing.kind, framing.size));
    let tenths = match format {
        ImageFormat::Png if framing.kind.is_lettering() => 40,
        ImageFormat::Png => 20,
        ImageFormat::Jpeg if framing.quality > 92 => 12,
        ImageFormat::Jpeg | ImageFormat::Webp | ImageFormat::Avif => 6,
    };
    frame * tenths / 10
}

/// Bytes while a frame of so many pixels is coded, these included, what comes out not. A frame is of
/// our own making, so the dearest are not refused: they have all the room to themselves.
fn coding(frame: usize, format: ImageFormat) -> usize {
    let each = match format {
        ImageFormat::Jpeg => 5,
        ImageFormat::Png => 7,
        ImageFormat::Webp => 14,
        ImageFormat::Avif => 30,
    };
    (frame * each).min(MAX_RENDER_BYTES)
}

fn pixels(size: Size) -> usize {
    size.width as usize * size.height as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Rgb;
    use crate::model::ArtworkKind;
    use crate::request::Fit;

    /// Coding an AVIF of the largest size takes more than there is: it must be made all the same.
    #[test]
    fn no_frame_of_ours_is_too_large_in_any_format() {
        let artwork = codec::encode_jpeg(&Rgb::new(600, 900), 80).unwrap();
        for kind in [ArtworkKind::Poster, ArtworkKind::Backdrop, ArtworkKind::Still] {
            let (size, fit) = (ImageSize::VeryLarge, Fit::Native);
            let framing = Framing { kind, size, fit, blur: false, quality: 85 };
            for format in
                [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp, ImageFormat::Avif]
            {
                let bytes = of_artwork(&artwork, &framing, format).unwrap();
                assert!(bytes <= MAX_RENDER_BYTES, "{kind:?} {format:?}: {bytes}");
            }
        }
    }
}
