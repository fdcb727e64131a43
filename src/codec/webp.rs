//! WebP: lossy and lossless in (in Rust), lossy out (libwebp, through the safe `webp` crate).

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;

use super::{DecodeError, EncodeError, Limits, Picture, Rgb, Rgba, color};

/// Width and height of the canvas.
pub(super) fn probe(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(malformed)?;
    Ok(decoder.dimensions())
}

/// Decodes the picture; of an animation, the first frame.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, DecodeError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(malformed)?;
    let (width, height) = decoder.dimensions();
    limits.check_size(width, height)?;
    let mut allowed = image::Limits::default();
    allowed.max_image_width = Some(limits.max_side);
    allowed.max_image_height = Some(limits.max_side);
    allowed.max_alloc = Some(limits.max_alloc() as u64);
    decoder.set_limits(allowed).map_err(malformed)?;
    let icc = decoder.icc_profile().ok().flatten();
    let has_alpha = decoder.color_type().has_alpha();
    let channels = if has_alpha { 4 } else { 3 };
    let mut data = vec![0; width as usize * height as usize * channels];
    if decoder.total_bytes() != data.len() as u64 {
        return Err(DecodeError::Malformed("an unusual pixel format".to_owned()));
    }
    decoder.read_image(&mut data).map_err(malformed)?;
    Ok(match (has_alpha, icc) {
        (false, None) => Picture::Opaque(Rgb { width, height, data }),
        (true, None) => Picture::Alpha(Rgba { width, height, data }),
        (false, Some(icc)) => {
            Picture::Opaque(color::to_srgb(Rgb { width, height, data }, &icc, false))
        }
        (true, Some(icc)) => {
            Picture::Alpha(color::to_srgb_alpha(Rgba { width, height, data }, &icc, false))
        }
    })
}

fn malformed(error: image::ImageError) -> DecodeError {
    match error {
        image::ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated
        }
        error => DecodeError::Malformed(error.to_string()),
    }
}

/// The format's largest side.
const MAX_SIDE: u32 = 16_383;

/// Codes an opaque picture; `jpeg_quality` is the quality a JPEG of it would have (1 to 100), and
/// the result is as good to the eye and smaller.
///
/// # Errors
/// [`EncodeError::Size`] when a side is 0 or above 16,383 pixels.
pub fn encode_webp(picture: &Rgb, jpeg_quality: u8) -> Result<Vec<u8>, EncodeError> {
    check_size(picture.width, picture.height, picture.data.len(), 3)?;
    let encoder = webp::Encoder::from_rgb(&picture.data, picture.width, picture.height);
    encode(&encoder, jpeg_quality)
}

/// As [`encode_webp`], with alpha kept without loss.
///
/// # Errors
/// [`EncodeError::Size`] when a side is 0 or above 16,383 pixels.
pub fn encode_webp_alpha(picture: &Rgba, jpeg_quality: u8) -> Result<Vec<u8>, EncodeError> {
    check_size(picture.width, picture.height, picture.data.len(), 4)?;
    let encoder = webp::Encoder::from_rgba(&picture.data, picture.width, picture.height);
    encode(&encoder, jpeg_quality)
}

fn check_size(width: u32, height: u32, len: usize, channels: usize) -> Result<(), EncodeError> {
    let fits = (1..=MAX_SIDE).contains(&width)
        && (1..=MAX_SIDE).contains(&height)
        && len == width as usize * height as usize * channels;
    if fits { Ok(()) } else { Err(EncodeError::Size { width, height }) }
}

fn encode(encoder: &webp::Encoder<'_>, jpeg_quality: u8) -> Result<Vec<u8>, EncodeError> {
    let mut config = webp::WebPConfig::new()
        .map_err(|()| EncodeError::Failed("libwebp of another version".to_owned()))?;
    config.quality = f32::from(jpeg_quality.clamp(1, 97) + QUALITY_SHIFT);
    config.method = METHOD;
    config.sns_strength = 0;
    config.filter_strength = FILTER;
    config.thread_level = 0;
    let memory = encoder
        .encode_advanced(&config)
        .map_err(|error| EncodeError::Failed(format!("{error:?}")))?;
    Ok(memory.to_vec())
}

/// libwebp's effort, 0 to 6. On photographic posters of 580 × 870, at the luma PSNR of our JPEG at
/// quality 85, method 3 gave 62 to 93 % of the JPEG's bytes, 2 gave 69 to 107 %. It takes three times
/// as long as 2, some 30 ms; 4 gave the same bytes as 3.
const METHOD: i32 = 3;

/// Deblocking, 0 to 100; libwebp's 60 costs detail. Spatial noise shaping is off for the same reason:
/// it trades PSNR for an impression of texture.
const FILTER: i32 = 20;

/// What libwebp's quality must be above JPEG's to show as much: 84 to 91 stood for 85.
const QUALITY_SHIFT: u8 = 3;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::samples::{disc, photo, psnr};
    use crate::codec::{DecodeOptions, decode as decode_any, encode_jpeg};

    fn read(bytes: &[u8]) -> Result<Picture, DecodeError> {
        decode_any(bytes, &DecodeOptions::default())
    }

    #[test]
    fn an_opaque_picture_is_smaller_than_its_jpeg_and_as_good() {
        // Grain is softened, as any resized photograph's is.
        let mut picture = photo(290, 435);
        crate::codec::blur(&mut picture, 0.9);
        for quality in [75, 85, 92] {
            let (webp, jpeg) =
                (encode_webp(&picture, quality).unwrap(), encode_jpeg(&picture, quality).unwrap());
            assert!(webp.len() < jpeg.len(), "{} against {} bytes", webp.len(), jpeg.len());
            let shown = psnr(&picture, &read(&webp).unwrap().into_opaque([0; 3]));
            let jpeg = psnr(&picture, &read(&jpeg).unwrap().into_opaque([0; 3]));
            assert!(shown > jpeg - 1.5, "{shown:.1} against {jpeg:.1} dB at {quality}");
        }
    }

    #[test]
    fn alpha_is_kept_exactly() {
        let logo = disc(80, 60);
        let Ok(Picture::Alpha(shown)) = read(&encode_webp_alpha(&logo, 85).unwrap()) else {
            panic!("alpha was lost");
        };
        let alpha = |picture: &Rgba| picture.data.iter().skip(3).step_by(4).copied().collect();
        let (a, b): (Vec<u8>, Vec<u8>) = (alpha(&logo), alpha(&shown));
        assert_eq!(a, b);
    }

    #[test]
    fn lossless_files_are_read_exactly() {
        let picture = photo(40, 30);
        let file = webp::Encoder::from_rgb(&picture.data, 40, 30).encode_lossless();
        assert_eq!(read(&file), Ok(Picture::Opaque(picture)));
    }

    #[test]
    fn sizes_are_checked_both_ways() {
        let size = EncodeError::Size { width: 16_384, height: 1 };
        assert_eq!(encode_webp(&Rgb::new(16_384, 1), 85), Err(size));
        let bytes = encode_webp(&photo(200, 20), 85).unwrap();
        assert_eq!(probe(&bytes), Ok((200, 20)));
        let limits = Limits { max_side: 199, ..Limits::default() };
        assert_eq!(
            decode_any(&bytes, &DecodeOptions { limits, need: None }),
            Err(DecodeError::TooLarge { width: 200, height: 20 })
        );
    }

    #[test]
    fn a_file_that_ends_early_is_refused() {
        let bytes = encode_webp(&photo(200, 200), 85).unwrap();
        assert!(read(&bytes[..bytes.len() / 2]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn a_mutated_file_stays_within_limits(at in 0_usize..4000, value in any::<u8>()) {
            let mut bytes = encode_webp_alpha(&disc(30, 30), 80).unwrap();
            let len = bytes.len();
            bytes[at % len] = value;
            let limits = Limits { max_bytes: 1 << 20, max_pixels: 4000, max_side: 100 };
            if let Ok(picture) = decode_any(&bytes, &DecodeOptions { limits, need: None }) {
                prop_assert!(picture.size().0 <= 100);
            }
        }
    }
}
