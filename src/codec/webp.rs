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
    config.quality = f32::from(jpeg_quality.clamp(1, 100));
    config.method = METHOD;
    config.thread_level = 0;
    let memory = encoder
        .encode_advanced(&config)
        .map_err(|error| EncodeError::Failed(format!("{error:?}")))?;
    Ok(memory.to_vec())
}

/// libwebp's effort, 0 to 6.
const METHOD: i32 = 2;
