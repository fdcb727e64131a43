//! A JPEG whose rows can be repainted.
//!
//! A restart marker after every row of MCUs (16 pixels) makes the rows independent of each other:
//! DC prediction starts anew (ITU-T T.81, E.1.4). So a few rows can be decoded alone, painted on and
//! coded again, while the bytes of all others are copied.

use std::ops::Range;

use bytes::Bytes;

use super::tables::{END, Frame, HEADER_LEN, restart_marker};
use super::{EncodeJob, encode, job, planar, planes_job};
use crate::codec::{DecodeError, Planes, RestartError, Rgb};
use crate::memory;

/// Pixel rows in a row of MCUs at 4:2:0.
const MCU: u32 = 16;

/// A picture coded by [`RestartJpeg::encode`], and where its rows begin.
#[derive(Clone)]
pub struct RestartJpeg {
    bytes: Bytes,
    frame: Frame,
    /// Where each row's coded data begin, then the length of the file. Every row is followed by two
    /// bytes of marker: restart, or end of image after the last.
    starts: Vec<u32>,
}

/// New pixels for whole rows of MCUs.
#[derive(Clone, Copy, Debug)]
pub struct RowPatch<'a> {
    /// The first row of MCUs it covers.
    pub first_row: u32,
    /// As wide as the picture; a multiple of 16 high, or reaching exactly its bottom.
    pub pixels: &'a Rgb,
}

impl RestartJpeg {
    /// Codes a picture at libjpeg's quality, 1 to 100.
    ///
    /// # Errors
    /// A side of 0 or above 65,535 pixels.
    pub fn encode(picture: &Rgb, quality: u8) -> Result<Self, RestartError> {
        Self::of_job(&job(picture, quality)?)
    }

    /// As [`encode`](Self::encode), from planes.
    ///
    /// # Errors
    /// A side of 0 or above 65,535 pixels, or planes that do not fit each other.
    pub fn encode_planes(planes: &Planes, quality: u8) -> Result<Self, RestartError> {
        Self::of_job(&planes_job(planes, quality)?)
    }

    fn of_job(job: &EncodeJob<'_>) -> Result<Self, RestartError> {
        let frame = Frame { width: job.width, height: job.height, quality: job.quality };
        Self::with_rows(memory::kept(&encode::encode(job)), frame)
    }

    /// Takes back what [`RestartJpeg::bytes`] gave, after checking it.
    ///
    /// # Errors
    /// [`RestartError::NotRestartRows`] for any other file.
    pub fn from_bytes(bytes: Bytes) -> Result<Self, RestartError> {
        let frame = Frame::from_header(&bytes).ok_or(RestartError::NotRestartRows)?;
        Self::with_rows(bytes, frame)
    }

    fn with_rows(bytes: Bytes, frame: Frame) -> Result<Self, RestartError> {
        let starts = row_starts(&bytes, frame.mcu_rows()).ok_or(RestartError::NotRestartRows)?;
        Ok(Self { bytes, frame, starts })
    }

    /// The file: an ordinary JPEG.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    pub fn width(&self) -> u32 {
        self.frame.width.into()
    }

    pub fn height(&self) -> u32 {
        self.frame.height.into()
    }

    pub fn quality(&self) -> u8 {
        self.frame.quality
    }

    /// Rows of MCUs.
    pub fn mcu_rows(&self) -> u32 {
        self.frame.mcu_rows()
    }

    /// The rows of MCUs that hold the pixel rows `pixels` (clamped to the picture).
    pub fn rows_of(&self, pixels: Range<u32>) -> Range<u32> {
        let end = pixels.end.min(self.height()).div_ceil(MCU);
        (pixels.start / MCU).min(end)..end
    }

    /// The pixel rows that the rows of MCUs `rows` hold.
    pub fn pixels_of(&self, rows: Range<u32>) -> Range<u32> {
        let clamp = |row: u32| row.saturating_mul(MCU).min(self.height());
        clamp(rows.start)..clamp(rows.end)
    }

    /// Decodes some rows of MCUs, each pixel with the chroma of its 2 × 2. Rows that are not painted
    /// on are coded again nearly as they were.
    ///
    /// # Errors
    /// [`RestartError::Rows`] for an empty range or one beyond the picture; a decoder's error when
    /// the coded data are damaged.
    pub fn decode_rows(&self, rows: Range<u32>) -> Result<Rgb, RestartError> {
        if rows.is_empty() || rows.end > self.mcu_rows() {
            return Err(RestartError::Rows);
        }
        let coded = rows.clone().map(|row| {
            let coded = self.coded(row..row + 1);
            &self.bytes[coded.start..coded.end - 2]
        });
        let planes = planar::decode_own_rows(self.width(), self.quality(), coded)
            .ok_or_else(|| DecodeError::Malformed("damaged rows of a base".to_owned()))?;
        let pixels = self.pixels_of(rows);
        let picture = planes.to_rgb(pixels.end - pixels.start);
        planes.recycle();
        Ok(picture)
    }

    /// The coded bytes of some rows with the markers that follow them.
    fn coded(&self, rows: Range<u32>) -> Range<usize> {
        self.starts[rows.start as usize] as usize..self.starts[rows.end as usize] as usize
    }

    /// The file with some rows painted anew.
    ///
    /// The bytes of all other rows are copied, so that their coefficients stay what they were.
    ///
    /// # Errors
    /// [`RestartError::Patch`] when a patch has another width than the picture, does not cover whole
    /// rows, or overlaps another.
    pub fn splice(&self, patches: &[RowPatch<'_>]) -> Result<Vec<u8>, RestartError> {
        let mut patches = patches.to_vec();
        patches.sort_unstable_by_key(|patch| patch.first_row);
        let mut out = Vec::with_capacity(self.bytes.len() + self.bytes.len() / 8);
        out.extend_from_slice(&self.bytes[..HEADER_LEN]);
        let mut done = 0;
        for patch in patches {
            let rows = self.rows_of_patch(&patch)?;
            if rows.start < done {
                return Err(RestartError::Patch);
            }
            out.extend_from_slice(&self.bytes[self.coded(done..rows.start)]);
            self.push_patch(&mut out, &patch, rows.clone())?;
            done = rows.end;
        }
        out.extend_from_slice(&self.bytes[self.coded(done..self.mcu_rows())]);
        Ok(out)
    }

    fn rows_of_patch(&self, patch: &RowPatch<'_>) -> Result<Range<u32>, RestartError> {
        let start = patch.first_row;
        let count = patch.pixels.height.div_ceil(MCU);
        let end = start.checked_add(count).ok_or(RestartError::Patch)?;
        let pixels = self.pixels_of(start..end);
        let fits = patch.pixels.width == self.width()
            && count > 0
            && end <= self.mcu_rows()
            && patch.pixels.height == pixels.end - pixels.start;
        fits.then_some(start..end).ok_or(RestartError::Patch)
    }

    /// Codes a patch and appends its rows, numbered for their place in the picture.
    fn push_patch(
        &self,
        out: &mut Vec<u8>,
        patch: &RowPatch<'_>,
        rows: Range<u32>,
    ) -> Result<(), RestartError> {
        let job = job(patch.pixels, self.frame.quality)?;
        let coded = encode::encode(&job);
        let starts =
            row_starts(&coded, rows.end - rows.start).ok_or(RestartError::NotRestartRows)?;
        let offset = out.len();
        out.extend_from_slice(&coded[HEADER_LEN..]);
        for (row, next) in rows.zip(&starts[1..]) {
            let marker = offset + *next as usize - HEADER_LEN - 1;
            out[marker] = self.frame.marker_after(row);
        }
        Ok(())
    }
}

/// Where each of `rows` rows begins, then the length of the file. `None` when the markers are not
/// exactly those of that many rows, or something follows them.
fn row_starts(bytes: &[u8], rows: u32) -> Option<Vec<u32>> {
    u32::try_from(bytes.len()).ok()?;
    // Every row takes at least its marker, so that a lie about the height costs no memory.
    if bytes.len() < HEADER_LEN + rows as usize * 2 {
        return None;
    }
    let mut starts = Vec::with_capacity(rows as usize + 1);
    starts.push(HEADER_LEN as u32);
    for at in memchr::memchr_iter(0xFF, &bytes[HEADER_LEN..]) {
        let at = HEADER_LEN + at;
        let second = *bytes.get(at + 1)?;
        if second == 0 {
            // A coded 0xFF is followed by a stuffed 0.
            continue;
        }
        let row = starts.len() as u32 - 1;
        let expected = if row + 1 == rows { END } else { restart_marker(row) };
        if second != expected {
            return None;
        }
        starts.push(at as u32 + 2);
        if second == END {
            return (at + 2 == bytes.len()).then_some(starts);
        }
    }
    None
}

impl std::fmt::Debug for RestartJpeg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (frame, bytes) = (self.frame, self.bytes.len());
        write!(
            f,
            "RestartJpeg({}x{}, q{}, {bytes} bytes)",
            frame.width, frame.height, frame.quality
        )
    }
}

#[cfg(test)]
mod tests;
