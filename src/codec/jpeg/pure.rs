//! Any JPEG in Rust alone: zune-jpeg reads, jpeg-decoder reads what zune-jpeg gets wrong.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::{Decoded, Header, end_marker, inks};
use crate::codec::{DecodeError, Planes, Rgb, buffer_pool};

/// Decodes a grey or colour file to RGB, always at full size: this decoder cannot scale.
pub(super) fn decode_scaled(
    bytes: &[u8],
    header: &Header,
    _need: Option<(u32, u32)>,
) -> Result<Decoded, DecodeError> {
    let (data, damaged) = if header.is_multi_scan_baseline() {
        (multi_scan(bytes, header)?, false)
    } else {
        let guarded = if header.progressive { None } else { guard_end(bytes) };
        let bytes = guarded.as_deref().unwrap_or(bytes);
        match zune(bytes, header, true) {
            Ok(data) => (data, false),
            // Once more, leniently: many files with a blemish are still all there.
            Err(_) => (zune(bytes, header, false)?, true),
        }
    };
    let picture = Rgb::from_raw(header.width, header.height, data).ok_or_else(|| {
        DecodeError::Malformed("another size than the header promised".to_owned())
    })?;
    Ok(Decoded { picture, damaged })
}

/// The planes of the commonest kind of file; see [`planar`](super::planar).
#[cfg_attr(
    feature = "turbo",
    allow(dead_code, reason = "libjpeg-turbo reads whole files in its place")
)]
pub(super) fn decode_planes(bytes: &[u8], _header: &Header, divisor: u32) -> Option<Planes> {
    super::planar::decode(bytes, divisor)
}

fn zune(bytes: &[u8], header: &Header, strict: bool) -> Result<Vec<u8>, DecodeError> {
    let options = DecoderOptions::default()
        .set_max_width(header.width as usize)
        .set_max_height(header.height as usize)
        .set_strict_mode(strict)
        .jpeg_set_max_scans(100)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let malformed = |error: DecodeErrors| DecodeError::Malformed(error.to_string());
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(malformed)?;
    // Grey, as missing data are: a picture that was here before must not be seen through a gap.
    let mut pixels = buffer_pool::filled(header.width as usize * header.height as usize * 3, 128);
    if decoder.output_buffer_size() != Some(pixels.len()) {
        return Err(DecodeError::Malformed("another size than the header promised".to_owned()));
    }
    decoder.decode_into(&mut pixels).map_err(malformed)?;
    Ok(pixels)
}

/// The file with a run of one bits before its end marker.
///
/// Where coded data end too early, zune-jpeg goes on with zero bits, which are valid codes: garbage
/// without an error. One bits never are (T.81, annex C), so that it stops and fills with grey. A
/// complete picture does not reach them.
fn guard_end(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = end_marker(bytes)?;
    let mut guarded = Vec::with_capacity(bytes.len() + ONES.len());
    guarded.extend_from_slice(&bytes[..end]);
    guarded.extend_from_slice(&ONES);
    guarded.extend_from_slice(&[0xFF, 0xD9]);
    Some(guarded)
}

/// 128 one bits, with the zeros that are stuffed after each 0xFF.
const ONES: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < bytes.len() {
        bytes[at] = 0xFF;
        at += 2;
    }
    bytes
};

/// Baseline in several scans, which zune-jpeg 0.5 decodes to garbage without an error.
fn multi_scan(bytes: &[u8], header: &Header) -> Result<Vec<u8>, DecodeError> {
    let data = jpeg_decoder::Decoder::new(bytes).decode().map_err(inks::malformed)?;
    Ok(match header.components {
        1 => data.iter().flat_map(|grey| [*grey; 3]).collect(),
        _ => data,
    })
}
