//! What decoding a file will take of memory, told by its header before anything is allocated.

use super::decode::{contain, sniff};
use super::{DecodeError, SourceFormat, jpeg, png, webp};

/// Bytes of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Width and height, where the header tells them.
    pub size: Option<(u32, u32)>,
    /// While it is decoded, at most.
    pub decoding: usize,
    /// The picture that comes out.
    pub decoded: usize,
}

/// A drawing's size is not known before it is parsed, which is work; this is what one of the
/// largest family takes, with a layer.
const DRAWING: Demand = Demand { size: None, decoding: 40 << 20, decoded: 20 << 20 };

impl Demand {
    /// `each` are bytes a pixel, while decoding and after.
    pub(super) fn of((width, height): (u32, u32), each: (usize, usize)) -> Self {
        let pixels = width as usize * height as usize;
        let bytes = |each: usize| pixels.saturating_mul(each);
        Self { size: Some((width, height)), decoding: bytes(each.0), decoded: bytes(each.1) }
    }
}

/// An upper bound of what [`decode`](super::decode()) takes.
///
/// # Errors
/// As [`probe`](super::probe()).
pub fn demand(bytes: &[u8]) -> Result<Demand, DecodeError> {
    let format = sniff(bytes).ok_or(DecodeError::UnknownFormat)?;
    contain(|| match format {
        SourceFormat::Jpeg => jpeg::demand(bytes),
        SourceFormat::Png => png::demand(bytes),
        // Planes and pixels; of a lossless one, two whole pictures.
        SourceFormat::Webp => Ok(Demand::of(webp::probe(bytes)?, (10, 4))),
        SourceFormat::Svg => Ok(DRAWING),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::samples::{disc, photo};
    use crate::codec::{
        DecodeOptions, Picture, PngEffort, decode, encode_jpeg, encode_png, encode_png_alpha,
        encode_webp,
    };

    #[test]
    fn no_picture_comes_out_larger_than_was_told() {
        for bytes in [
            encode_jpeg(&photo(640, 480), 85).unwrap(),
            encode_png(&photo(640, 480), PngEffort::Fast).unwrap(),
            encode_png_alpha(&disc(320, 240), PngEffort::Fast).unwrap(),
            encode_webp(&photo(320, 240), 85).unwrap(),
        ] {
            let told = demand(&bytes).unwrap();
            let came = match decode(&bytes, &DecodeOptions::default()).unwrap() {
                Picture::Opaque(picture) => picture.data.len(),
                Picture::Alpha(picture) => picture.data.len(),
            };
            assert!(told.decoding >= told.decoded && told.decoded >= came, "{told:?}: {came}");
        }
    }

    #[test]
    fn a_header_alone_is_enough() {
        let png = encode_png(&photo(64, 48), PngEffort::Fast).unwrap();
        assert_eq!(demand(&png[..40]), demand(&png));
        assert!(demand(b"neither").is_err());
    }
}
