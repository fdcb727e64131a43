//! What a JPEG says about itself before its first scan.
//!
//! Marker numbers and segment layouts: ITU-T T.81, annex B.

use crate::codec::DecodeError;

/// What decides which decoder reads the file and what is done to its pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) progressive: bool,
    /// 1 grey, 3 colour, 4 CMYK or YCCK.
    pub(super) components: u8,
    /// Components coded in the first scan; fewer than `components` in a baseline file means that
    /// there are more scans.
    pub(super) first_scan_components: u8,
    /// An Adobe segment is there; its CMYK is stored inverted.
    pub(super) adobe: bool,
    pub(super) orientation: Orientation,
    /// The embedded colour profile, put together from its segments.
    pub(super) icc: Option<Vec<u8>>,
    /// Where the first scan's coded data begin.
    pub(super) scan_start: usize,
}

/// How the stored picture must be turned to be upright (EXIF tag 0x0112, values 1 to 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Orientation {
    pub(super) const UPRIGHT: Self = Self(1);

    pub(super) fn from_exif(value: u16) -> Self {
        match value {
            2..=8 => Self(value as u8),
            _ => Self::UPRIGHT,
        }
    }

    /// Width and height change places.
    pub(super) fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// Rows run from the right once sides are swapped back.
    pub(super) fn mirrors_columns(self) -> bool {
        matches!(self.0, 2 | 3 | 6 | 7)
    }

    /// Rows run from the bottom once sides are swapped back.
    pub(super) fn mirrors_rows(self) -> bool {
        matches!(self.0, 3 | 4 | 7 | 8)
    }
}

impl Header {
    /// Reads segments up to the first scan.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] when the file ends inside the header, otherwise
    /// [`DecodeError::Malformed`] for what no decoder here reads.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        if !bytes.starts_with(&[0xFF, 0xD8]) {
            return Err(DecodeError::UnknownFormat);
        }
        let mut builder = Builder::default();
        let mut at = 2;
        loop {
            let (marker, body) = segment(bytes, &mut at)?;
            match marker {
                0xC0..=0xC2 => builder.frame(marker, body)?,
                0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                    return Err(malformed("lossless, hierarchical or arithmetic coding"));
                }
                0xD9 => return Err(DecodeError::Truncated),
                0xDA => return builder.scan(body, at),
                0xE1 => builder.exif(body),
                0xE2 => builder.icc_segment(body),
                0xEE => builder.adobe |= body.starts_with(b"Adobe"),
                _ => {}
            }
        }
    }

    /// Baseline in several scans: zune-jpeg decodes these to garbage without an error.
    pub(super) fn is_multi_scan_baseline(&self) -> bool {
        !self.progressive && self.first_scan_components < self.components
    }

    /// Width and height as shown, after turning.
    pub(super) fn upright_size(&self) -> (u32, u32) {
        if self.orientation.swaps_sides() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }
}

fn malformed(reason: &str) -> DecodeError {
    DecodeError::Malformed(reason.to_owned())
}

/// The next segment's marker and body; `at` moves behind it.
pub(super) fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<(u8, &'a [u8]), DecodeError> {
    // Fill bytes and stray data before a marker are skipped, as every decoder does.
    let rest = &bytes[*at..];
    let skipped = rest
        .windows(2)
        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF))
        .ok_or(DecodeError::Truncated)?;
    let marker = rest[skipped + 1];
    *at += skipped + 2;
    if matches!(marker, 0x01 | 0xD0..=0xD9) {
        return Ok((marker, &[]));
    }
    let rest = &bytes[*at..];
    let length = match rest {
        [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return Err(DecodeError::Truncated),
    };
    if length < 2 {
        return Err(malformed("a segment shorter than its length field"));
    }
    let body = rest.get(2..length).ok_or(DecodeError::Truncated)?;
    *at += length;
    Ok((marker, body))
}

#[derive(Default)]
struct Builder {
    frame: Option<StartOfFrame>,
    adobe: bool,
    orientation: Option<Orientation>,
    /// Number, count and bytes of each ICC segment.
    icc: Vec<(u8, u8, Vec<u8>)>,
}

struct StartOfFrame {
    width: u32,
    height: u32,
    progressive: bool,
    components: u8,
}

impl Builder {
    fn frame(&mut self, marker: u8, body: &[u8]) -> Result<(), DecodeError> {
        let &[precision, h1, h0, w1, w0, components, ..] = body else {
            return Err(malformed("a frame header that is too short"));
        };
        if precision != 8 {
            return Err(malformed("more than eight bits a sample"));
        }
        if self.frame.is_some() {
            return Err(malformed("two frames"));
        }
        if !matches!(components, 1 | 3 | 4) {
            return Err(malformed("an unusual number of components"));
        }
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if width == 0 || height == 0 {
            return Err(DecodeError::Empty);
        }
        self.frame = Some(StartOfFrame {
            width: width.into(),
            height: height.into(),
            progressive: marker == 0xC2,
            components,
        });
        Ok(())
    }

    fn scan(self, body: &[u8], scan_start: usize) -> Result<Header, DecodeError> {
        let frame = self.frame.ok_or_else(|| malformed("a scan before the frame"))?;
        let &[first_scan_components, ..] = body else {
            return Err(malformed("a scan header that is too short"));
        };
        Ok(Header {
            width: frame.width,
            height: frame.height,
            progressive: frame.progressive,
            components: frame.components,
            first_scan_components,
            adobe: self.adobe,
            orientation: self.orientation.unwrap_or(Orientation::UPRIGHT),
            icc: assemble_icc(self.icc),
            scan_start,
        })
    }

    fn exif(&mut self, body: &[u8]) {
        if let Some(tiff) = body.strip_prefix(b"Exif\0\0")
            && self.orientation.is_none()
        {
            self.orientation = exif_orientation(tiff);
        }
    }

    fn icc_segment(&mut self, body: &[u8]) {
        if let Some([number, count, data @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
            self.icc.push((*number, *count, data.to_vec()));
        }
    }
}

/// The profile from its numbered segments; `None` when one is missing or doubled (ICC.1:2022, B.4).
fn assemble_icc(mut segments: Vec<(u8, u8, Vec<u8>)>) -> Option<Vec<u8>> {
    segments.sort_by_key(|(number, ..)| *number);
    let count = segments.len();
    let complete = segments
        .iter()
        .enumerate()
        .all(|(i, (number, of, _))| usize::from(*number) == i + 1 && usize::from(*of) == count);
    (complete && count > 0).then(|| segments.into_iter().flat_map(|(.., data)| data).collect())
}

/// Tag 0x0112 of the first directory of a TIFF block in either byte order.
fn exif_orientation(tiff: &[u8]) -> Option<Orientation> {
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let offset: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let offset = if big { u32::from_be_bytes(offset) } else { u32::from_le_bytes(offset) } as usize;
    let entries = usize::from(u16_at(offset)?);
    (0..entries)
        .map_while(|i| offset.checked_add(2 + i * 12))
        .map_while(|entry| Some((entry, u16_at(entry)?)))
        .find(|(_, tag)| *tag == 0x0112)
        .and_then(|(entry, _)| u16_at(entry.checked_add(8)?))
        .map(Orientation::from_exif)
}
