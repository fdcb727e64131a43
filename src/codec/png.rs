//! PNG: every colour type and depth in, eight-bit RGB and RGBA out.

use std::io::Cursor;

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Transformations};

use super::demand::Demand;
use super::{DecodeError, EncodeError, Limits, Picture, Rgb, Rgba, color};

/// Width and height from the first chunk.
pub(super) fn probe(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    let info = decoder.read_header_info().map_err(malformed)?;
    if info.width == 0 || info.height == 0 {
        return Err(DecodeError::Empty);
    }
    Ok((info.width, info.height))
}

/// Four channels as they are stored, and once more as they come out.
pub(super) fn demand(bytes: &[u8]) -> Result<Demand, DecodeError> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    let info = decoder.read_header_info().map_err(malformed)?;
    let each = if info.bit_depth == BitDepth::Sixteen { 12 } else { 8 };
    Ok(Demand::of((info.width, info.height), (each, 4)))
}

/// Decodes the picture; of an animation, the still picture or first frame.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, DecodeError> {
    let (width, height) = probe(bytes)?;
    limits.check_size(width, height)?;
    let mut decoder =
        Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: limits.max_alloc() });
    // Palettes, transparent colours and low depths are expanded; sixteen bits are kept until gamma
    // is known.
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(malformed)?;
    let size = reader.output_buffer_size().ok_or(DecodeError::TooLarge { width, height })?;
    if size > limits.max_alloc() {
        return Err(DecodeError::TooLarge { width, height });
    }
    let mut data = vec![0; size];
    let frame = reader.next_frame(&mut data).map_err(malformed)?;
    if (frame.width, frame.height) != (width, height) {
        return Err(DecodeError::Malformed("a frame of another size than the picture".to_owned()));
    }
    data.truncate(frame.buffer_size());
    let info = reader.info();
    let gamma = file_gamma(info);
    let deep = frame.bit_depth == BitDepth::Sixteen;
    let has_alpha = matches!(frame.color_type, ColorType::Rgba | ColorType::GrayscaleAlpha);
    let channels = frame.color_type.samples();
    let data = Levels { gamma, deep, channels, has_alpha }.apply(data);
    let grey = channels < 3;
    let icc = info.icc_profile.as_deref().filter(|_| info.srgb.is_none());
    let picture = assemble(width, height, channels, data)?;
    Ok(match (picture, icc) {
        (picture, None) => picture,
        (Picture::Opaque(rgb), Some(icc)) => Picture::Opaque(color::to_srgb(rgb, icc, grey)),
        (Picture::Alpha(rgba), Some(icc)) => Picture::Alpha(color::to_srgb_alpha(rgba, icc, grey)),
    })
}

/// The encoding exponent of a file that gives one, no profile, and not that of sRGB.
fn file_gamma(info: &png::Info<'_>) -> Option<f32> {
    /// 1 / 2.2, which stands for sRGB by the specification.
    const SRGB: f32 = 0.45455;
    if info.srgb.is_some() || info.icc_profile.is_some() {
        return None;
    }
    let gamma = info.gama_chunk?.into_value();
    (gamma > 0.05 && gamma < 5.0 && (gamma - SRGB).abs() > 0.02).then_some(gamma)
}

/// How stored samples become eight-bit sRGB levels.
struct Levels {
    gamma: Option<f32>,
    /// Sixteen bits a sample, high byte first.
    deep: bool,
    channels: usize,
    has_alpha: bool,
}

impl Levels {
    fn apply(&self, data: Vec<u8>) -> Vec<u8> {
        match (self.deep, self.gamma) {
            (false, None) => data,
            (false, Some(gamma)) => {
                let table: Vec<u8> =
                    (0..=255_u8).map(|v| srgb_level(f32::from(v) / 255.0, gamma)).collect();
                self.map(data.into_iter(), |value| table[usize::from(value)], |value| value)
            }
            (true, gamma) => {
                let samples =
                    data.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                match gamma {
                    None => self.map(samples, narrow, narrow),
                    Some(gamma) => {
                        let level = |value| srgb_level(f32::from(value) / 65535.0, gamma);
                        let table: Vec<u8> = (0..=u16::MAX).map(level).collect();
                        self.map(samples, |value| table[usize::from(value)], narrow)
                    }
                }
            }
        }
    }

    fn map<T>(
        &self,
        samples: impl Iterator<Item = T>,
        color: impl Fn(T) -> u8,
        alpha: impl Fn(T) -> u8,
    ) -> Vec<u8> {
        let last = self.channels - 1;
        let mut channel = 0;
        samples
            .map(|sample| {
                let is_alpha = self.has_alpha && channel == last;
                channel = if channel == last { 0 } else { channel + 1 };
                if is_alpha { alpha(sample) } else { color(sample) }
            })
            .collect()
    }
}

fn narrow(value: u16) -> u8 {
    ((u32::from(value) * 255 + 32_767) / 65_535) as u8
}

/// A stored sample (0 to 1) that was encoded as light to the power `gamma`, as an sRGB level.
fn srgb_level(sample: f32, gamma: f32) -> u8 {
    let light = sample.powf(1.0 / gamma);
    let level =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (level * 255.0).round().clamp(0.0, 255.0) as u8
}

fn assemble(
    width: u32,
    height: u32,
    channels: usize,
    data: Vec<u8>,
) -> Result<Picture, DecodeError> {
    let picture = match channels {
        1 => Rgb::from_raw(width, height, data.iter().flat_map(|v| [*v; 3]).collect())
            .map(Picture::Opaque),
        2 => {
            let data = data.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect();
            Rgba::from_raw(width, height, data).map(Picture::Alpha)
        }
        3 => Rgb::from_raw(width, height, data).map(Picture::Opaque),
        _ => Rgba::from_raw(width, height, data).map(Picture::Alpha),
    };
    picture.ok_or_else(|| DecodeError::Malformed("rows of an unexpected length".to_owned()))
}

fn malformed(error: png::DecodingError) -> DecodeError {
    match error {
        png::DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated
        }
        error => DecodeError::Malformed(error.to_string()),
    }
}

/// How hard the encoder tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PngEffort {
    /// 0.35 ms for a logo of 780 × 302.
    Fast,
    /// 6.4 ms for the same logo, some 15 % smaller; for pictures that are kept.
    Balanced,
}

/// Codes an opaque picture without metadata.
///
/// # Errors
/// [`EncodeError::Size`] when a side is 0.
pub fn encode_png(picture: &Rgb, effort: PngEffort) -> Result<Vec<u8>, EncodeError> {
    encode(&picture.data, (picture.width, picture.height), ColorType::Rgb, effort)
}

/// Codes a picture with alpha, without metadata.
///
/// # Errors
/// [`EncodeError::Size`] when a side is 0.
pub fn encode_png_alpha(picture: &Rgba, effort: PngEffort) -> Result<Vec<u8>, EncodeError> {
    encode(&picture.data, (picture.width, picture.height), ColorType::Rgba, effort)
}

fn encode(
    data: &[u8],
    (width, height): (u32, u32),
    color: ColorType,
    effort: PngEffort,
) -> Result<Vec<u8>, EncodeError> {
    if width == 0 || height == 0 {
        return Err(EncodeError::Size { width, height });
    }
    let failed = |error: png::EncodingError| EncodeError::Failed(error.to_string());
    let mut out = Vec::with_capacity(data.len() / 2);
    let mut encoder = Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(match effort {
        PngEffort::Fast => Compression::Fast,
        PngEffort::Balanced => Compression::Balanced,
    });
    encoder.set_filter(Filter::Adaptive);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(data).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

#[cfg(test)]
mod tests;
