//! JPEG: read any ordinary file, write baseline 4:2:0, and repaint rows of what was written.

mod encode;
mod header;
mod inks;
#[cfg_attr(
    feature = "turbo",
    allow(dead_code, unused_imports, reason = "libjpeg-turbo reads whole files in its place")
)]
mod planar;
#[cfg(any(test, not(feature = "turbo")))]
mod pure;
mod restart;
mod tables;
#[cfg(feature = "turbo")]
mod turbo;

#[cfg(not(feature = "turbo"))]
use pure as backend;
#[cfg(feature = "turbo")]
use turbo as backend;

use header::{Header, Orientation};
pub use restart::{RestartJpeg, RowPatch};

use super::color;
use super::demand::Demand;
use super::{DecodeError, DecodeOptions, EncodeError, Plane, Planes, Rgb};

/// A picture to code.
struct EncodeJob<'a> {
    source: EncodeSource<'a>,
    width: u16,
    height: u16,
    /// 1 to 100.
    quality: u8,
}

/// What is coded, of the job's size.
#[derive(Clone, Copy)]
enum EncodeSource<'a> {
    /// Three bytes a pixel.
    Pixels(&'a [u8]),
    Planes(&'a Planes),
}

/// What a back end made of a file.
struct Decoded {
    picture: Rgb,
    /// The coded data were not all there, or not all readable.
    damaged: bool,
}

/// Width and height as shown.
pub(super) fn probe(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    Ok(Header::parse(bytes)?.upright_size())
}

/// At full size, which is what the smallest of the scales that suffice may be.
pub(super) fn demand(bytes: &[u8]) -> Result<Demand, DecodeError> {
    let header = Header::parse(bytes)?;
    let copies = usize::from(header.icc.is_some())
        + usize::from(header.orientation != Orientation::UPRIGHT)
        + usize::from(header.components == 4);
    // Where a scan is not the whole picture, all coefficients are kept, in two bytes each.
    let coefficients = match header.progressive || header.is_multi_scan_baseline() {
        true => 2 * usize::from(header.components),
        false => 0,
    };
    let each = coefficients + 3 * copies + usize::from(header.components.max(3));
    Ok(Demand::of(header.upright_size(), (each, 3)))
}

/// Decodes to upright sRGB. With `need`, a decoder that can may return half, a quarter or an eighth
/// of the size as long as both sides suffice.
pub(super) fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Rgb, DecodeError> {
    let header = Header::parse(bytes)?;
    options.limits.check_size(header.width, header.height)?;
    let ended = end_marker(bytes).is_some_and(|end| end >= header.scan_start);
    if !ended && (header.progressive || header.is_multi_scan_baseline()) {
        // What is missing is not the bottom but the detail or the colour of all of it.
        return Err(DecodeError::Truncated);
    }
    let need = options.need.map(|(width, height)| {
        if header.orientation.swaps_sides() { (height, width) } else { (width, height) }
    });
    let Decoded { picture, damaged } = if header.components == 4 {
        let inks = inks::decode(bytes, &header)?;
        let picture = color::inks_to_srgb(&inks, header.icc.as_deref());
        Decoded { picture, damaged: false }
    } else {
        backend::decode_scaled(bytes, &header, need)?
    };
    if (damaged || !ended) && missing_share(&picture) > MISSING_ALLOWED {
        return Err(DecodeError::Truncated);
    }
    let picture = match &header.icc {
        Some(icc) if header.components != 4 => color::to_srgb(picture, icc, header.components == 1),
        _ => picture,
    };
    Ok(turn_upright(picture, header.orientation))
}

/// The planes of a photograph as it is coded, at the smallest of the scales that suffice. `None` where
/// pixels have to be seen for it: other samplings, colours by a profile, turned or damaged files.
pub(super) fn decode_planes(
    bytes: &[u8],
    options: &DecodeOptions,
) -> Result<Option<Planes>, DecodeError> {
    let header = Header::parse(bytes)?;
    options.limits.check_size(header.width, header.height)?;
    let plain = header.components == 3
        && !header.is_multi_scan_baseline()
        && header.orientation == Orientation::UPRIGHT
        && header.icc.as_deref().is_none_or(color::is_srgb);
    if !plain || end_marker(bytes).is_none_or(|end| end < header.scan_start) {
        return Ok(None);
    }
    Ok(backend::decode_planes(bytes, &header, divisor(&header, options.need)))
}

/// By how much a picture may be smaller and still cover `need`: 1, 2, 4 or 8. The scales between cost more
/// than a full decode and a resize.
fn divisor(header: &Header, need: Option<(u32, u32)>) -> u32 {
    need.map_or(1, |(width, height)| {
        [8, 4, 2]
            .into_iter()
            .find(|d| header.width.div_ceil(*d) >= width && header.height.div_ceil(*d) >= height)
            .unwrap_or(1)
    })
}

/// The share of a picture that may be missing at its bottom.
const MISSING_ALLOWED: f64 = 0.02;

/// Where the marker that ends the image is. Some writers append padding, so the last 64 KiB are
/// searched.
fn end_marker(bytes: &[u8]) -> Option<usize> {
    const TAIL: usize = 64 * 1024;
    let from = bytes.len().saturating_sub(TAIL);
    memchr::memmem::rfind(&bytes[from..], &[0xFF, 0xD9]).map(|at| from + at)
}

/// The share of the picture, counted from the bottom, that is exactly mid-grey: what decoders fill
/// in for coded data they did not get.
fn missing_share(picture: &Rgb) -> f64 {
    let grey = picture.data.iter().rev().take_while(|value| **value == 128).count();
    grey as f64 / picture.data.len() as f64
}

/// Turns the stored picture as its EXIF orientation says.
fn turn_upright(picture: Rgb, orientation: Orientation) -> Rgb {
    if orientation == Orientation::UPRIGHT {
        return picture;
    }
    let (columns, rows) = (picture.width as usize, picture.height as usize);
    let (width, height) = if orientation.swaps_sides() { (rows, columns) } else { (columns, rows) };
    let mut data = Vec::with_capacity(picture.data.len());
    for y in 0..height {
        for x in 0..width {
            let x = if orientation.mirrors_columns() { width - 1 - x } else { x };
            let y = if orientation.mirrors_rows() { height - 1 - y } else { y };
            let (column, row) = if orientation.swaps_sides() { (y, x) } else { (x, y) };
            data.extend_from_slice(&picture.data[(row * columns + column) * 3..][..3]);
        }
    }
    Rgb { width: width as u32, height: height as u32, data }
}

/// Codes a picture as an ordinary JFIF file: baseline, 4:2:0, standard tables, a restart marker
/// after every row of MCUs, no metadata.
///
/// `quality` is libjpeg's, 1 to 100.
///
/// # Errors
/// [`EncodeError::Size`] when a side is 0 or above 65,535 pixels.
pub fn encode_jpeg(picture: &Rgb, quality: u8) -> Result<Vec<u8>, EncodeError> {
    Ok(encode::encode(&job(picture, quality)?))
}

fn planes_job(planes: &Planes, quality: u8) -> Result<EncodeJob<'_>, EncodeError> {
    let (width, height) = (planes.width(), planes.height());
    let size = EncodeError::Size { width, height };
    let (Ok(narrow), Ok(low)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(size);
    };
    let fits = |plane: &Plane, width: u32, height: u32| {
        (plane.width, plane.height) == (width, height)
            && plane.data.len() == width as usize * height as usize
            && !plane.data.is_empty()
    };
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let chroma = [&planes.cb, &planes.cr].into_iter().all(|c| fits(c, half_width, half_height));
    if !chroma || !fits(&planes.y, width, height) {
        return Err(size);
    }
    let quality = quality.clamp(1, 100);
    Ok(EncodeJob { source: EncodeSource::Planes(planes), width: narrow, height: low, quality })
}

fn job(picture: &Rgb, quality: u8) -> Result<EncodeJob<'_>, EncodeError> {
    let size = EncodeError::Size { width: picture.width, height: picture.height };
    let (Ok(width), Ok(height)) = (u16::try_from(picture.width), u16::try_from(picture.height))
    else {
        return Err(size);
    };
    let expected = usize::from(width) * usize::from(height) * 3;
    if expected == 0 || picture.data.len() != expected {
        return Err(size);
    }
    let quality = quality.clamp(1, 100);
    Ok(EncodeJob { source: EncodeSource::Pixels(&picture.data), width, height, quality })
}

#[cfg(test)]
mod tests;
