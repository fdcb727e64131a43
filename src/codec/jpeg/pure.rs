//! JPEG in Rust alone: zune-jpeg reads, jpeg-decoder reads what zune-jpeg gets wrong, jpeg-encoder
//! writes.

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::{EncodeJob, Header};
use crate::codec::{DecodeError, EncodeError, Rgb};

/// Decodes to RGB at full size.
#[cfg_attr(feature = "turbo", expect(dead_code, reason = "the other back end is chosen"))]
pub(super) fn decode_scaled(
    bytes: &[u8],
    header: &Header,
    _need: Option<(u32, u32)>,
) -> Result<Rgb, DecodeError> {
    decode_rgb(bytes, header)
}

/// Decodes any baseline or progressive file to RGB.
pub(super) fn decode_rgb(bytes: &[u8], header: &Header) -> Result<Rgb, DecodeError> {
    if header.is_multi_scan_baseline() {
        return decode_multi_scan(bytes, header);
    }
    let data = zune(bytes, header, ColorSpace::RGB)?;
    Rgb::from_raw(header.width, header.height, data).ok_or_else(unexpected)
}

/// Decodes a four-component file to ink values: 0 none, 255 full; cyan, magenta, yellow, black.
pub(super) fn decode_cmyk(bytes: &[u8], header: &Header) -> Result<Vec<u8>, DecodeError> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let data = decoder.decode().map_err(multi_scan_error)?;
    // jpeg-decoder hands out inks for files with an Adobe segment already turned around.
    if data.len() != header.width as usize * header.height as usize * 4 {
        return Err(unexpected());
    }
    Ok(data)
}

fn zune(bytes: &[u8], header: &Header, space: ColorSpace) -> Result<Vec<u8>, DecodeError> {
    let options = DecoderOptions::default()
        .set_max_width(header.width as usize)
        .set_max_height(header.height as usize)
        .set_strict_mode(false)
        .jpeg_set_max_scans(100)
        .jpeg_set_out_colorspace(space);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
        .decode()
        .map_err(|error| DecodeError::Malformed(error.to_string()))
}

fn decode_multi_scan(bytes: &[u8], header: &Header) -> Result<Rgb, DecodeError> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let data = decoder.decode().map_err(multi_scan_error)?;
    let data = match header.components {
        1 => data.iter().flat_map(|grey| [*grey; 3]).collect(),
        _ => data,
    };
    Rgb::from_raw(header.width, header.height, data).ok_or_else(unexpected)
}

fn multi_scan_error(error: jpeg_decoder::Error) -> DecodeError {
    match error {
        jpeg_decoder::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated
        }
        error => DecodeError::Malformed(error.to_string()),
    }
}

fn unexpected() -> DecodeError {
    DecodeError::Malformed("another size than the header promised".to_owned())
}

/// Codes rows of a picture as a baseline 4:2:0 file with the standard tables.
#[cfg_attr(feature = "turbo", expect(dead_code, reason = "the other back end is chosen"))]
pub(super) fn encode(job: &EncodeJob<'_>) -> Result<Vec<u8>, EncodeError> {
    // Photographs at quality 85 take about 0.2 bytes a pixel.
    let mut out = Vec::with_capacity(job.pixels.len() / 12 + 1024);
    let mut encoder = Encoder::new(&mut out, job.quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // The default takes every fourth chroma sample as it is, which frays saturated badge edges.
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    if job.restart_rows {
        encoder.set_restart_interval(job.width.div_ceil(16));
    }
    encoder
        .encode(job.pixels, job.width, job.height, ColorType::Rgb)
        .map_err(|error| EncodeError::Failed(error.to_string()))?;
    Ok(out)
}
