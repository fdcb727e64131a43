//! From bytes of any supported format to a picture, within limits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{DecodeError, Picture, Planes, jpeg, png, svg, webp};

/// Formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    Jpeg,
    Png,
    Webp,
    Svg,
}

/// What a file says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    pub format: SourceFormat,
    /// Pixels, upright; a drawing's own size rounded up.
    pub width: u32,
    pub height: u32,
}

/// What a source may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Length of the file.
    pub max_bytes: usize,
    /// Width × height.
    pub max_pixels: u64,
    /// Either side.
    pub max_side: u32,
}

impl Default for Limits {
    /// 32 MiB, 50 megapixels, 16,384 pixels a side: above the largest artwork TMDB and Fanart.tv
    /// serve (3840 × 2160 and 2000 × 3000).
    fn default() -> Self {
        Self { max_bytes: 32 * 1024 * 1024, max_pixels: 50_000_000, max_side: 16_384 }
    }
}

impl Limits {
    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<(), DecodeError> {
        if width == 0 || height == 0 {
            return Err(DecodeError::Empty);
        }
        let pixels = u64::from(width) * u64::from(height);
        if width > self.max_side || height > self.max_side || pixels > self.max_pixels {
            return Err(DecodeError::TooLarge { width, height });
        }
        Ok(())
    }

    /// Bytes a decoder may take besides the picture itself.
    pub(super) fn max_alloc(&self) -> usize {
        usize::try_from(self.max_pixels).unwrap_or(usize::MAX).saturating_mul(8)
    }

    fn check_bytes(&self, bytes: &[u8]) -> Result<(), DecodeError> {
        if bytes.len() > self.max_bytes {
            return Err(DecodeError::TooManyBytes { bytes: bytes.len(), limit: self.max_bytes });
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeOptions {
    pub limits: Limits,
    /// The smallest size that suffices; 0 leaves a side free. A photograph may come out larger, or
    /// at its own size where that is smaller; a drawing comes out covering exactly this.
    pub need: Option<(u32, u32)>,
}

/// Format and size from the header alone (of a drawing: from its outer element and structure).
///
/// # Errors
/// See [`DecodeError`]; limits are not applied here.
pub fn probe(bytes: &[u8]) -> Result<Probe, DecodeError> {
    let format = sniff(bytes).ok_or(DecodeError::UnknownFormat)?;
    let (width, height) = contain(|| match format {
        SourceFormat::Jpeg => jpeg::probe(bytes),
        SourceFormat::Png => png::probe(bytes),
        SourceFormat::Webp => webp::probe(bytes),
        SourceFormat::Svg => svg::probe(bytes),
    })?;
    Ok(Probe { format, width, height })
}

/// Decodes to upright sRGB.
///
/// # Errors
/// See [`DecodeError`]. Limits are checked before pixels are allocated.
pub fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Picture, DecodeError> {
    options.limits.check_bytes(bytes)?;
    let format = sniff(bytes).ok_or(DecodeError::UnknownFormat)?;
    contain(|| match format {
        SourceFormat::Jpeg => jpeg::decode(bytes, options).map(Picture::Opaque),
        SourceFormat::Png => png::decode(bytes, &options.limits),
        SourceFormat::Webp => webp::decode(bytes, &options.limits),
        SourceFormat::Svg => svg::decode(bytes, options).map(Picture::Alpha),
    })
}

/// The planes of a photograph whose file has them; `None` for every other file, which
/// [`decode`] reads.
///
/// # Errors
/// As [`decode`].
pub fn decode_planes(bytes: &[u8], options: &DecodeOptions) -> Result<Option<Planes>, DecodeError> {
    options.limits.check_bytes(bytes)?;
    match sniff(bytes) {
        Some(SourceFormat::Jpeg) => contain(|| jpeg::decode_planes(bytes, options)),
        _ => Ok(None),
    }
}

/// Runs a third-party decoder; its panic costs this file only.
///
/// Decoders own all they touch until they return, so nothing half-changed is left behind.
pub(super) fn contain<T>(work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(DecodeError::Panicked))
}

/// The format by its first bytes; a drawing by its outer element's name.
pub(super) fn sniff(bytes: &[u8]) -> Option<SourceFormat> {
    /// How far into a text file the outer element may begin: room for a licence comment.
    const PROLOGUE: usize = 4096;
    match bytes {
        [0xFF, 0xD8, ..] => Some(SourceFormat::Jpeg),
        [0x89, b'P', b'N', b'G', ..] => Some(SourceFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            Some(SourceFormat::Webp)
        }
        _ => {
            let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
            let head = &text[..text.len().min(PROLOGUE)];
            (head.starts_with(b"<") && memchr::memmem::find(head, b"<svg").is_some())
                .then_some(SourceFormat::Svg)
        }
    }
}
