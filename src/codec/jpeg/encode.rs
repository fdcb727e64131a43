//! Our own writer of the one kind of JPEG that is served: baseline, 4:2:0, fixed tables, a restart
//! marker after every row of MCUs.
//!
//! A general encoder was the largest cost of a cold picture. This one knows its tables and its
//! sampling beforehand, transforms a whole row of blocks at once in loops that compilers turn into
//! vector instructions, and visits the coefficients that are not zero only. See
//! `docs/performance.md` for what that gains.

#![expect(
    clippy::inline_always,
    reason = "what is dispatched to a processor's vectors has to be compiled for them as a whole"
)]
#![expect(
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    reason = "an index over slices of one length becomes a vector whatever is inlined; a chain of iterators \
              only where the compiler sees through all of it"
)]

mod band;
mod entropy;

use pulp::{Arch, Simd, WithSimd};

use super::tables::{self, Frame, HEADER_LEN};
use super::{EncodeJob, EncodeSource};
use crate::codec::Plane;
use band::{Band, Quantiser};
use entropy::{Codes, RowWriter, WORST_BLOCK_BYTES};

/// Pixels in a row of MCUs, and in a column of them.
const MCU: usize = 16;
/// Blocks in an MCU: four of luma, one of each chroma.
const MCU_BLOCKS: usize = 6;

/// Codes a picture: header, rows, end marker.
pub(super) fn encode(job: &EncodeJob<'_>) -> Vec<u8> {
    let frame = Frame { width: job.width, height: job.height, quality: job.quality };
    // Photographs at quality 85 take about 0.2 bytes a pixel.
    let mut out = Vec::with_capacity(
        HEADER_LEN + usize::from(job.width) * usize::from(job.height) / 4 + 1024,
    );
    out.extend_from_slice(&frame.header());
    let (luma, chroma) = (Coder::luma(job.quality), Coder::chroma(job.quality));
    let mut row = McuRow::new(usize::from(job.width));
    let mut room = vec![0; row.blocks() * WORST_BLOCK_BYTES];
    // The widest vectors that this processor has.
    let arch = Arch::new();
    for number in 0..frame.mcu_rows() {
        arch.dispatch(Load { row: &mut row, job, number: number as usize });
        arch.dispatch(RowTransform { row: &mut row, luma: &luma, chroma: &chroma });
        let coded =
            arch.dispatch(RowCoding { row: &row, luma: &luma, chroma: &chroma, room: &mut room });
        out.extend_from_slice(&room[..coded]);
        out.extend_from_slice(&[0xFF, frame.marker_after(number)]);
    }
    out
}

/// See [`Quantiser::new`]. Fitted together with the steps.
const LUMA_DEAD_ZONE: (f32, f32) = (0.125, 0.093);
const CHROMA_DEAD_ZONE: (f32, f32) = (0.053, 0.08);

/// How a component's samples become bits.
struct Coder {
    quantiser: Quantiser,
    codes: &'static Codes,
}

impl Coder {
    fn luma(quality: u8) -> Self {
        let quantiser = Quantiser::new(&tables::luma_steps(quality), LUMA_DEAD_ZONE);
        Self { quantiser, codes: Codes::luma() }
    }

    fn chroma(quality: u8) -> Self {
        let quantiser = Quantiser::new(&tables::chroma_steps(quality), CHROMA_DEAD_ZONE);
        Self { quantiser, codes: Codes::chroma() }
    }
}

/// One row of MCUs on its way from pixels to coefficients.
struct McuRow {
    /// Two lines of red, green and blue, one after the other.
    colours: Vec<f32>,
    luma: [Band; 2],
    chroma: [Band; 2],
}

impl McuRow {
    fn new(width: usize) -> Self {
        let padded = width.next_multiple_of(MCU);
        Self {
            colours: vec![0.0; padded * 6],
            luma: [Band::new(padded), Band::new(padded)],
            chroma: [Band::new(padded / 2), Band::new(padded / 2)],
        }
    }

    fn blocks(&self) -> usize {
        self.chroma[0].width() / 8 * MCU_BLOCKS
    }

    /// Takes in MCU row `number`, repeating the last line and column where the picture ends before the
    /// row does.
    #[inline(always)]
    fn load(&mut self, job: &EncodeJob<'_>, number: usize) {
        match job.source {
            EncodeSource::Pixels(pixels) => {
                self.load_pixels(pixels, (job.width.into(), job.height.into()), number);
            }
            EncodeSource::Planes(planes) => {
                let [upper, lower] = &mut self.luma;
                load_plane(&planes.y, number * MCU, upper);
                load_plane(&planes.y, number * MCU + 8, lower);
                for (plane, band) in [&planes.cb, &planes.cr].into_iter().zip(&mut self.chroma) {
                    load_plane(plane, number * 8, band);
                }
            }
        }
    }

    #[inline(always)]
    fn load_pixels(&mut self, pixels: &[u8], (width, height): (usize, usize), number: usize) {
        let padded = self.luma[0].width();
        let half = padded / 2;
        for pair in 0..MCU / 2 {
            let (upper, lower) = self.colours.split_at_mut(padded * 3);
            for (line, colours) in [&mut *upper, &mut *lower].into_iter().enumerate() {
                let y = pair * 2 + line;
                let from = (number * MCU + y).min(height - 1) * width * 3;
                split(&pixels[from..from + width * 3], colours);
                to_luma(colours, self.luma[y / 8].line_mut(y % 8));
            }
            let lower = &mut lower[..upper.len()];
            for x in 0..upper.len() {
                upper[x] += lower[x];
            }
            let (pairs, _) = upper.as_chunks::<2>();
            for x in 0..pairs.len() {
                lower[x] = pairs[x][0] + pairs[x][1];
            }
            let [cb, cr] = &mut self.chroma;
            to_chroma(&lower[..half * 3], cb.line_mut(pair), cr.line_mut(pair));
        }
    }
}

/// Takes in eight rows of a plane from `first` on, around zero.
#[inline(always)]
fn load_plane(plane: &Plane, first: usize, band: &mut Band) {
    let last = plane.height as usize - 1;
    let width = plane.width as usize;
    for y in 0..8 {
        let row = plane.rows((first + y).min(last) as u32, 1);
        let line = band.line_mut(y);
        let places = &mut line[..row.len()];
        for x in 0..row.len() {
            places[x] = f32::from(row[x]) - 128.0;
        }
        let end = line[width - 1];
        line[width..].fill(end);
    }
}

/// Pulls the colours of a line apart, and repeats the last pixel up to the padded width.
#[inline(always)]
fn split(pixels: &[u8], colours: &mut [f32]) {
    let padded = colours.len() / 3;
    let (red, others) = colours.split_at_mut(padded);
    let (green, blue) = others.split_at_mut(padded);
    let (pixels, _) = pixels.as_chunks::<3>();
    let width = pixels.len();
    let (reds, greens, blues) = (&mut red[..width], &mut green[..width], &mut blue[..width]);
    for x in 0..width {
        reds[x] = f32::from(pixels[x][0]);
        greens[x] = f32::from(pixels[x][1]);
        blues[x] = f32::from(pixels[x][2]);
    }
    for colour in [red, green, blue] {
        let last = colour[width - 1];
        colour[width..].fill(last);
    }
}

/// Luma as JFIF has it, around zero. Never rounded before it is quantised.
#[inline(always)]
fn to_luma(colours: &[f32], luma: &mut [f32]) {
    let (red, others) = colours.split_at(luma.len());
    let (green, blue) = others.split_at(luma.len());
    let blue = &blue[..luma.len()];
    for x in 0..luma.len() {
        luma[x] = 0.299 * red[x] + 0.587 * green[x] + 0.114 * blue[x] - 128.0;
    }
}

/// Chroma as JFIF has it, around zero, from sums of 2 × 2 pixels.
#[inline(always)]
fn to_chroma(sums: &[f32], cb: &mut [f32], cr: &mut [f32]) {
    let (red, others) = sums.split_at(cb.len());
    let (green, blue) = others.split_at(cb.len());
    let (blue, cr) = (&blue[..cb.len()], &mut cr[..cb.len()]);
    for x in 0..cb.len() {
        let (red, green, blue) = (red[x], green[x], blue[x]);
        cb[x] = (-0.168_735_9 * red - 0.331_264_1 * green + 0.5 * blue) * 0.25;
        cr[x] = (0.5 * red - 0.418_687_6 * green - 0.081_312_4 * blue) * 0.25;
    }
}

struct Load<'a> {
    row: &'a mut McuRow,
    job: &'a EncodeJob<'a>,
    number: usize,
}

impl WithSimd for Load<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.row.load(self.job, self.number);
    }
}

struct RowTransform<'a> {
    row: &'a mut McuRow,
    luma: &'a Coder,
    chroma: &'a Coder,
}

impl WithSimd for RowTransform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for band in &mut self.row.luma {
            band.transform(&self.luma.quantiser);
        }
        for band in &mut self.row.chroma {
            band.transform(&self.chroma.quantiser);
        }
    }
}

struct RowCoding<'a> {
    row: &'a McuRow,
    luma: &'a Coder,
    chroma: &'a Coder,
    room: &'a mut [u8],
}

impl WithSimd for RowCoding<'_> {
    /// Bytes written.
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        let ([upper, lower], [cb, cr]) = (&self.row.luma, &self.row.chroma);
        let mut writer = RowWriter::new(self.room);
        // DC prediction starts anew in every row.
        let mut dc = [0; 3];
        for mcu in 0..cb.width() / 8 {
            // One loop, so that the block's code stands in the program once.
            for block in 0..MCU_BLOCKS {
                let (band, place, component) = match block {
                    0 | 1 => (upper, mcu * 2 + block, 0),
                    2 | 3 => (lower, mcu * 2 + block - 2, 0),
                    4 => (cb, mcu, 1),
                    _ => (cr, mcu, 2),
                };
                let coder = if component == 0 { self.luma } else { self.chroma };
                writer.block(band, place, &mut dc[component], coder.codes);
            }
        }
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::samples::{photo, psnr};
    use crate::codec::{DecodeOptions, Picture, Rgb, decode};

    fn coded(picture: &Rgb, quality: u8) -> Vec<u8> {
        encode(&EncodeJob {
            source: EncodeSource::Pixels(&picture.data),
            width: picture.width as u16,
            height: picture.height as u16,
            quality,
        })
    }

    fn decoded(file: &[u8]) -> Rgb {
        match decode(file, &DecodeOptions::default()).unwrap() {
            Picture::Opaque(picture) => picture,
            Picture::Alpha(_) => unreachable!("a JPEG has no alpha"),
        }
    }

    /// The same by an encoder of others.
    fn reference(picture: &Rgb, quality: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.set_chroma_subsampling_method(jpeg_encoder::ChromaSubsamplingMethod::Average);
        let (width, height) = (picture.width as u16, picture.height as u16);
        encoder.encode(&picture.data, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
        out
    }

    #[test]
    fn pictures_are_as_good_and_as_small_as_those_of_another_encoder() {
        for (width, height) in [(320, 480), (171, 95)] {
            let picture = photo(width, height);
            for quality in [40, 75, 85, 95, 100] {
                let (ours, theirs) = (coded(&picture, quality), reference(&picture, quality));
                let our_psnr = psnr(&picture, &decoded(&ours));
                let their_psnr = psnr(&picture, &decoded(&theirs));
                // Restart markers and a header of its own length apart.
                let more = 64 + height as usize / 16 * 6;
                let size = (ours.len() - more) as f64 / theirs.len() as f64;
                // Of photographs, a quality that is a decibel better takes a fifth more bytes.
                let fair = (0.2 * (our_psnr - their_psnr)).exp() * 1.02;
                let apart = our_psnr - their_psnr;
                assert!(size < fair, "{width}x{height} at {quality}: {size:.3}, {apart:.2} dB");
            }
        }
    }

    #[test]
    fn pictures_smaller_than_a_block_and_between_blocks_are_whole() {
        for (width, height) in [(1, 1), (1, 200), (200, 1), (16, 16), (17, 33), (15, 31)] {
            let picture = photo(width, height);
            let back = decoded(&coded(&picture, 100));
            assert_eq!((back.width, back.height), (width, height));
            assert!(psnr(&picture, &back) > 36.0, "{width}x{height}");
        }
    }

    #[test]
    fn extreme_pixels_survive() {
        // Coefficients as large as they come: full swings between neighbours.
        let checks = |cell: u32| {
            let mut picture = Rgb::new(40, 40);
            for (i, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
                let (x, y) = (i as u32 % 40, i as u32 / 40);
                pixel.fill(if (x / cell + y / cell).is_multiple_of(2) { 0 } else { 255 });
            }
            picture
        };
        for cell in [1, 2, 4, 8, 16] {
            let picture = checks(cell);
            let back = decoded(&coded(&picture, 100));
            assert!(psnr(&picture, &back) > 35.0, "cells of {cell}");
        }
        for colour in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 0, 255], [0, 255, 0]] {
            let picture = Rgb { width: 20, height: 20, data: colour.repeat(400) };
            let back = decoded(&coded(&picture, 100));
            let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 3;
            assert!(picture.data.iter().zip(&back.data).all(near), "{colour:?}");
        }
    }

    #[test]
    fn every_processor_writes_the_same_bytes() {
        let picture = photo(100, 70);
        let (width, height) = (100, 70);
        let source = EncodeSource::Pixels(&picture.data);
        let job = EncodeJob { source, width, height, quality: 85 };
        let by_vectors = encode(&job);
        let (luma, chroma) = (Coder::luma(85), Coder::chroma(85));
        let mut row = McuRow::new(100);
        row.load(&job, 0);
        let transform = RowTransform { row: &mut row, luma: &luma, chroma: &chroma };
        transform.with_simd(pulp::Scalar::new());
        let mut room = vec![0; row.blocks() * WORST_BLOCK_BYTES];
        let code = RowCoding { row: &row, luma: &luma, chroma: &chroma, room: &mut room };
        let length = code.with_simd(pulp::Scalar::new());
        assert_eq!(room[..length], by_vectors[HEADER_LEN..HEADER_LEN + length]);
    }
}
