//! Scales a plane with Lanczos3, in loops that become vector instructions.
//!
//! Columns are weighed first, eight rows of the result at a time; these are turned, so that the eight
//! samples of a column lie side by side, and rows are weighed on all eight at once. A resizer for any
//! kind of pixels sums across a vector for every sample instead, which took two fifths of a cold
//! poster. Nothing is rounded before the end, and every processor gives the same samples.
#![expect(
    clippy::inline_always,
    reason = "what is dispatched to a processor's vectors has to be compiled for them as a whole"
)]
#![expect(
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    reason = "over arrays of a known length an index is what becomes a vector"
)]

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::fit::{CropRect, lanczos3};
use super::{Plane, buffer_pool};

/// Rows of the result that are made at once: samples in a vector.
const ROWS: usize = 8;
/// Columns whose sums stay in registers.
const COLUMNS: usize = 64;
/// On either side, in samples of the coarser of source and result.
const SUPPORT: f64 = 3.0;

/// Scales `crop`, which lies inside the plane, to `width` × `height`, none of them 0.
pub(super) fn scale(plane: &Plane, crop: CropRect, width: u32, height: u32) -> Vec<u8> {
    let mut out = buffer_pool::any(width as usize * height as usize);
    let across = Weights::new(plane.width, crop.x, crop.width, width);
    let down = Weights::new(plane.height, crop.y, crop.height, height);
    Arch::new().dispatch(Scale { plane, across: &across, down: &down, out: &mut out });
    out
}

/// Of which samples each sample of the result is made, along one side.
struct Weights {
    /// The first, for each sample of the result.
    starts: Vec<u32>,
    /// How many there are for each.
    taps: usize,
    values: Vec<f32>,
}

impl Weights {
    /// For a side of `size` samples, of which `length` from `start` on become `count`.
    fn new(size: u32, start: f64, length: f64, count: u32) -> Self {
        let step = length / f64::from(count);
        let radius = SUPPORT * step.max(1.0);
        let taps = ((radius * 2.0).ceil() as usize + 1).min(size as usize);
        let last_start = size as usize - taps;
        let mut starts = Vec::with_capacity(count as usize);
        let mut values = Vec::with_capacity(count as usize * taps);
        let mut row = vec![0.0; taps];
        for place in 0..count {
            let centre = start + (f64::from(place) + 0.5) * step;
            // Negative numbers become 0.
            let first = ((centre - radius).floor() as usize).min(last_start);
            for (tap, weight) in row.iter_mut().enumerate() {
                let apart = (first + tap) as f64 + 0.5 - centre;
                *weight = lanczos3(apart / step.max(1.0));
            }
            let sum: f64 = row.iter().sum();
            values.extend(row.iter().map(|weight| (weight / sum) as f32));
            starts.push(first as u32);
        }
        Self { starts, taps, values }
    }

    fn len(&self) -> usize {
        self.starts.len()
    }

    #[inline(always)]
    fn of(&self, place: usize) -> (usize, &[f32]) {
        (self.starts[place] as usize, &self.values[place * self.taps..][..self.taps])
    }

    /// The samples that any of the result is made of.
    fn needed(&self) -> Range<usize> {
        let first = self.starts.first().map_or(0, |start| *start as usize);
        first..self.starts.last().map_or(0, |start| *start as usize + self.taps)
    }
}

struct Scale<'a> {
    plane: &'a Plane,
    across: &'a Weights,
    down: &'a Weights,
    out: &'a mut [u8],
}

impl WithSimd for Scale<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { plane, across, down, out } = self;
        let needed = across.needed();
        let columns = needed.len();
        let mut lines = vec![0.0; columns * ROWS];
        let mut turned = vec![[0.0; ROWS]; columns];
        let mut samples = vec![[0; ROWS]; across.len()];
        for first in (0..down.len()).step_by(ROWS) {
            let rows = ROWS.min(down.len() - first);
            for row in 0..rows {
                let line = &mut lines[row * columns..][..columns];
                weigh_rows(plane, needed.start, down.of(first + row), line);
            }
            turn(&lines, &mut turned);
            weigh_columns(&turned, across, needed.start, &mut samples);
            for row in 0..rows {
                let place = &mut out[(first + row) * samples.len()..][..samples.len()];
                for x in 0..place.len() {
                    place[x] = samples[x][row];
                }
            }
        }
    }
}

/// Sums rows of the plane, each by its weight, from column `left` on.
#[inline(always)]
fn weigh_rows(plane: &Plane, left: usize, (first, weights): (usize, &[f32]), line: &mut [f32]) {
    let (stride, columns) = (plane.width as usize, line.len());
    let rows = &plane.data[first * stride..];
    if columns < COLUMNS {
        for x in 0..columns {
            line[x] = 0.0;
            for tap in 0..weights.len() {
                line[x] += weights[tap] * f32::from(rows[tap * stride + left + x]);
            }
        }
        return;
    }
    for number in 0..columns.div_ceil(COLUMNS) {
        // The last one does some columns once more.
        let at = (number * COLUMNS).min(columns - COLUMNS);
        let mut sums = [0.0; COLUMNS];
        for tap in 0..weights.len() {
            let samples = &rows[tap * stride + left + at..][..COLUMNS];
            for x in 0..COLUMNS {
                sums[x] += weights[tap] * f32::from(samples[x]);
            }
        }
        let place = &mut line[at..][..COLUMNS];
        for x in 0..COLUMNS {
            place[x] = sums[x];
        }
    }
}

/// Lays the samples of a column side by side.
#[inline(always)]
fn turn(lines: &[f32], turned: &mut [[f32; ROWS]]) {
    let columns = turned.len();
    let (blocks, rest) = turned.as_chunks_mut::<ROWS>();
    let done = blocks.len() * ROWS;
    for number in 0..blocks.len() {
        let mut block = [[0.0; ROWS]; ROWS];
        for row in 0..ROWS {
            let samples = &lines[row * columns + number * ROWS..][..ROWS];
            for x in 0..ROWS {
                block[x][row] = samples[x];
            }
        }
        blocks[number] = block;
    }
    for x in 0..rest.len() {
        for row in 0..ROWS {
            rest[x][row] = lines[row * columns + done + x];
        }
    }
}

/// Sums columns, which begin with column `left`, each by its weight, and rounds.
#[inline(always)]
fn weigh_columns(
    columns: &[[f32; ROWS]],
    across: &Weights,
    left: usize,
    samples: &mut [[u8; ROWS]],
) {
    /// 1.5 × 2²³, which leaves the nearest integer in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    for x in 0..samples.len() {
        let (first, weights) = across.of(x);
        let window = &columns[first - left..][..weights.len()];
        let mut sums = [0.0; ROWS];
        let ((weights, last_weights), (window, last)) =
            (weights.as_chunks::<4>(), window.as_chunks::<4>());
        for four in 0..weights.len().min(window.len()) {
            for tap in 0..4 {
                for row in 0..ROWS {
                    sums[row] += weights[four][tap] * window[four][tap][row];
                }
            }
        }
        for tap in 0..last_weights.len().min(last.len()) {
            for row in 0..ROWS {
                sums[row] += last_weights[tap] * last[tap][row];
            }
        }
        for row in 0..ROWS {
            samples[x][row] = (sums[row].clamp(0.0, 255.0) + ROUNDER).to_bits() as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plane(width: u32, height: u32, sample: impl Fn(u32, u32) -> u8) -> Plane {
        let data = (0..width * height).map(|at| sample(at % width, at / width)).collect();
        Plane { width, height, data }
    }

    /// By the definition, a sample at a time.
    fn slow(plane: &Plane, crop: CropRect, width: u32, height: u32) -> Vec<f64> {
        let across = Weights::new(plane.width, crop.x, crop.width, width);
        let down = Weights::new(plane.height, crop.y, crop.height, height);
        let mut out = Vec::new();
        for y in 0..down.len() {
            for x in 0..across.len() {
                let ((top, rows), (left, columns)) = (down.of(y), across.of(x));
                let mut sum = 0.0;
                for (dy, row) in rows.iter().enumerate() {
                    for (dx, column) in columns.iter().enumerate() {
                        let at = (top + dy) * plane.width as usize + left + dx;
                        sum += f64::from(*row) * f64::from(*column) * f64::from(plane.data[at]);
                    }
                }
                out.push(sum.clamp(0.0, 255.0));
            }
        }
        out
    }

    #[test]
    fn a_plane_of_one_tone_stays_it() {
        let flat = plane(90, 70, |_, _| 201);
        for (width, height) in [(60, 41), (9, 8), (1, 1), (200, 120), (90, 8)] {
            let scaled = scale(&flat, CropRect::whole(90, 70), width, height);
            assert_eq!(scaled, vec![201; (width * height) as usize], "{width} × {height}");
        }
    }

    #[test]
    fn it_scales_as_a_general_resizer_does() {
        use fast_image_resize::images::{Image, ImageRef};
        use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
        // Within bounds that no overshoot leaves: theirs is cut off between columns and rows, too.
        let noise = plane(123, 97, |x, y| 70 + ((x * 7 + y * 13 + (x * y) % 61) % 100) as u8);
        for (width, height, crop) in [
            (80, 61, CropRect::whole(123, 97)),
            (33, 90, CropRect { x: 7.25, y: 3.5, width: 99.0, height: 90.0 }),
            (200, 150, CropRect { x: 0.0, y: 10.0, width: 100.5, height: 75.0 }),
        ] {
            let mut theirs = Image::new(width, height, PixelType::U8);
            let source = ImageRef::new(123, 97, &noise.data, PixelType::U8).unwrap();
            let options = ResizeOptions::new()
                .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
                .crop(crop.x, crop.y, crop.width, crop.height);
            Resizer::new().resize(&source, &mut theirs, &options).unwrap();
            let ours = scale(&noise, crop, width, height);
            let furthest =
                ours.iter().zip(theirs.buffer()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(furthest <= 2, "{width} × {height}: {furthest}");
        }
    }

    proptest! {
        #[test]
        fn any_part_of_any_plane_is_what_the_definition_says(
            size in (1_u32..90, 1_u32..40), part in (0.0..0.9, 0.0..0.9, 0.1..1.0, 0.1..1.0),
            result in (1_u32..120, 1_u32..40),
        ) {
            let noise = plane(size.0, size.1, |x, y| (x * x * 31 + y * 17 + x * y) as u8);
            let (width, height): (f64, f64) = (size.0.into(), size.1.into());
            let (x, y): (f64, f64) = (part.0 * width, part.1 * height);
            let crop = CropRect {
                x, y,
                width: f64::min(part.2 * width, width - x),
                height: f64::min(part.3 * height, height - y),
            };
            let ours = scale(&noise, crop, result.0, result.1);
            let exact = slow(&noise, crop, result.0, result.1);
            for (ours, exact) in ours.iter().zip(exact) {
                prop_assert!((f64::from(*ours) - exact).abs() < 0.51, "{} is not {}", ours, exact);
            }
        }
    }
}
