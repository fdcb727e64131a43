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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::samples::{photo, psnr};
    use crate::codec::{DecodeOptions, Picture, decode};

    /// Widths and heights on and off the grid of 16, even and odd.
    const SIZES: [(u32, u32); 6] = [(64, 96), (58, 87), (78, 43), (33, 17), (16, 16), (1, 200)];

    fn full(bytes: &[u8]) -> Rgb {
        match decode(bytes, &DecodeOptions::default()).unwrap() {
            Picture::Opaque(picture) => picture,
            Picture::Alpha(_) => unreachable!("a JPEG has no alpha"),
        }
    }

    /// Other pixels for some rows of MCUs.
    fn repaint(base: &RestartJpeg, rows: Range<u32>) -> Rgb {
        let pixels = base.pixels_of(rows);
        let mut picture = photo(base.width(), pixels.end - pixels.start);
        picture.data.iter_mut().for_each(|value| *value = 255 - *value / 2);
        picture
    }

    #[test]
    fn rows_decode_as_they_do_in_the_whole_picture() {
        for (width, height) in SIZES {
            let base = RestartJpeg::encode(&photo(width, height), 85).unwrap();
            let whole = base.decode_rows(0..base.mcu_rows()).unwrap();
            assert!(psnr(&whole, &full(base.bytes())) > 32.0, "as another decoder does, nearly");
            for start in 0..base.mcu_rows() {
                for end in start + 1..=base.mcu_rows() {
                    let part = base.decode_rows(start..end).unwrap();
                    let pixels = base.pixels_of(start..end);
                    assert_eq!(part.height, pixels.end - pixels.start);
                    assert!(
                        part.data == whole.rows(pixels.start, part.height),
                        "rows {start}..{end} of {width}x{height}"
                    );
                }
            }
        }
    }

    /// What is decoded, not painted on and coded again shows what it did.
    #[test]
    fn rows_coded_again_lose_nearly_nothing() {
        for quality in [70, 85, 92] {
            let picture = photo(320, 160);
            let base = RestartJpeg::encode(&picture, quality).unwrap();
            let pixels = base.decode_rows(0..10).unwrap();
            let again = base.splice(&[RowPatch { first_row: 0, pixels: &pixels }]).unwrap();
            let loss = psnr(&picture, &full(base.bytes())) - psnr(&picture, &full(&again));
            assert!(loss < 0.3, "{loss:.2} dB at {quality}");
        }
    }

    #[test]
    fn a_splice_changes_the_touched_rows_alone() {
        for (width, height) in SIZES {
            let base = RestartJpeg::encode(&photo(width, height), 85).unwrap();
            for row in 0..base.mcu_rows() {
                let end = (row + 2).min(base.mcu_rows());
                let pixels = repaint(&base, row..end);
                let spliced = base.splice(&[RowPatch { first_row: row, pixels: &pixels }]).unwrap();
                let spliced = RestartJpeg::from_bytes(spliced.into()).unwrap();
                for other in (0..base.mcu_rows()).filter(|other| !(row..end).contains(other)) {
                    assert_eq!(
                        base.bytes[base.coded(other..other + 1)],
                        spliced.bytes[spliced.coded(other..other + 1)],
                        "row {other}"
                    );
                }
                let alone = RestartJpeg::encode(&pixels, 85).unwrap();
                assert_eq!(
                    spliced.decode_rows(row..end).unwrap(),
                    alone.decode_rows(0..end - row).unwrap()
                );
            }
        }
    }

    /// Seen from outside: pixels two rows of MCUs away from the patch (its neighbours share
    /// interpolated chroma) are bit-identical, at the sizes that are served.
    #[test]
    fn pixels_away_from_the_patch_are_bit_identical() {
        for (width, height) in [(580, 870), (780, 439), (342, 513), (1280, 1920)] {
            let base = RestartJpeg::encode(&photo(width, height), 85).unwrap();
            let rows = base.mcu_rows() - 4..base.mcu_rows() - 1;
            let pixels = repaint(&base, rows.clone());
            let spliced = base.splice(&[RowPatch { first_row: rows.start, pixels: &pixels }]);
            let (before, after) = (full(base.bytes()), full(&spliced.unwrap()));
            let touched = base.pixels_of(rows);
            assert_eq!(before.rows(0, touched.start - 1), after.rows(0, touched.start - 1));
            let below = touched.end + 1;
            assert_eq!(before.rows(below, height - below), after.rows(below, height - below));
            assert_ne!(
                before.rows(touched.start, touched.end - touched.start),
                after.rows(touched.start, touched.end - touched.start)
            );
        }
    }

    #[test]
    fn painting_back_what_was_there_gives_the_same_file() {
        let picture = photo(70, 100);
        let base = RestartJpeg::encode(&picture, 85).unwrap();
        let top = Rgb { width: 70, height: 32, data: picture.rows(0, 32).to_vec() };
        let bottom = Rgb { width: 70, height: 20, data: picture.rows(80, 20).to_vec() };
        let patches =
            [RowPatch { first_row: 5, pixels: &bottom }, RowPatch { first_row: 0, pixels: &top }];
        assert_eq!(base.splice(&patches).unwrap(), base.bytes()[..]);
        assert_eq!(base.splice(&[]).unwrap(), base.bytes()[..]);
    }

    #[test]
    fn patches_that_do_not_fit_are_refused() {
        let base = RestartJpeg::encode(&photo(64, 100), 85).unwrap();
        let refused = |first_row, width, height| {
            let pixels = photo(width, height);
            base.splice(&[RowPatch { first_row, pixels: &pixels }]) == Err(RestartError::Patch)
        };
        assert!(refused(0, 63, 16), "another width");
        assert!(refused(0, 64, 15), "half a row");
        assert!(refused(6, 64, 16), "beyond the bottom");
        assert!(refused(u32::MAX, 64, 16), "far beyond");
        let pixels = photo(64, 32);
        let twice = [0, 1].map(|first_row| RowPatch { first_row, pixels: &pixels });
        assert_eq!(base.splice(&twice), Err(RestartError::Patch), "overlap");
        assert_eq!(base.decode_rows(3..3), Err(RestartError::Rows));
        assert_eq!(base.decode_rows(0..8), Err(RestartError::Rows));
    }

    #[test]
    fn a_base_comes_back_from_its_bytes() {
        let base = RestartJpeg::encode(&photo(70, 300), 72).unwrap();
        let again = RestartJpeg::from_bytes(base.bytes().clone()).unwrap();
        assert_eq!(again.starts, base.starts);
        assert_eq!((again.width(), again.height(), again.quality()), (70, 300, 72));
    }

    #[test]
    fn other_files_are_no_base() {
        let picture = photo(64, 64);
        let mut plain = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut plain, 85);
        encoder.encode(&picture.data, 64, 64, jpeg_encoder::ColorType::Rgb).unwrap();
        let base = RestartJpeg::encode(&picture, 85).unwrap().into_bytes();
        let mut longer = base.to_vec();
        longer.push(0);
        let shorter = &base[..base.len() - 3];
        for file in [&plain[..], &longer, shorter, &[]] {
            let result = RestartJpeg::from_bytes(Bytes::copy_from_slice(file));
            assert_eq!(result.err(), Some(RestartError::NotRestartRows));
        }
    }

    #[test]
    fn other_decoders_read_a_spliced_file() {
        let picture = photo(90, 120);
        let base = RestartJpeg::encode(&picture, 90).unwrap();
        let pixels = repaint(&base, 2..4);
        let spliced = base.splice(&[RowPatch { first_row: 2, pixels: &pixels }]).unwrap();
        let ours = full(&spliced);
        let data = jpeg_decoder::Decoder::new(&spliced[..]).decode().unwrap();
        let theirs = Rgb::from_raw(90, 120, data).unwrap();
        assert!(psnr(&ours, &theirs) > 35.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_splice_is_a_base_again_and_leaves_other_rows(
            width in 1_u32..90, height in 1_u32..150, quality in 1_u8..=100,
            first in 0_u32..10, count in 1_u32..10,
        ) {
            let base = RestartJpeg::encode(&photo(width, height), quality).unwrap();
            let first = first.min(base.mcu_rows() - 1);
            let rows = first..(first + count).min(base.mcu_rows());
            let pixels = repaint(&base, rows.clone());
            let spliced = base.splice(&[RowPatch { first_row: first, pixels: &pixels }]).unwrap();
            let spliced = RestartJpeg::from_bytes(spliced.into()).unwrap();
            prop_assert_eq!(&base.bytes[base.coded(0..first)], &spliced.bytes[spliced.coded(0..first)]);
            let below = rows.end..base.mcu_rows();
            prop_assert_eq!(
                &base.bytes[base.coded(below.clone())],
                &spliced.bytes[spliced.coded(below)]
            );
        }

        #[test]
        fn a_damaged_base_never_panics(
            at in 0_usize..4000, value in any::<u8>(), cut in 0_usize..4000,
        ) {
            let mut bytes = RestartJpeg::encode(&photo(60, 90), 80).unwrap().into_bytes().to_vec();
            let len = bytes.len();
            bytes[at % len] = value;
            bytes.truncate(len - cut % 3);
            if let Ok(base) = RestartJpeg::from_bytes(bytes.into()) {
                let _ = base.decode_rows(1..3);
            }
        }
    }
}
