//! Our own reader of the commonest JPEG: baseline, 4:2:0, one scan. It gives planes as they are coded, at
//! full size, ½, ¼ or ⅛, and reads rows of a base alone.
//!
//! Decoders in Rust give red, green and blue at full size: of a photograph that is fitted and coded again,
//! that is two conversions of colour, twice the chroma to scale, and four times the pixels where half
//! of the size would do. Whatever is unusual or damaged here is left to them: this reader
//! gives up, which costs time and nothing else. See `docs/performance.md` for what it gains.
#![expect(
    clippy::inline_always,
    reason = "the steps of a loop over vectors: a call each would keep them out of registers"
)]
#![expect(clippy::manual_memcpy, reason = "a call for every eight samples is what a loop avoids")]

mod bits;
mod huffman;
mod inverse;
mod scan;

use std::sync::LazyLock;

use pulp::{Arch, Simd, WithSimd};

use super::tables;
use crate::codec::{Plane, Planes};
use bits::Bits;
use huffman::{Huffman, Step};
use inverse::{InverseBand, LEFT_OUT};
pub(super) use scan::decode;

/// Codes and steps of one component.
#[derive(Clone, Copy)]
struct Component<'a> {
    dc: &'a Huffman,
    ac: &'a Huffman,
    /// In natural order.
    steps: &'a [u8; 64],
}

/// The tables that everything coded here has.
struct OwnCodes {
    luma: (Huffman, Huffman),
    chroma: (Huffman, Huffman),
}

static OWN_CODES: LazyLock<OwnCodes> = LazyLock::new(|| {
    let codes = |table: &[u8]| Huffman::new(table).expect("constants, which a test reads");
    OwnCodes {
        luma: (codes(&tables::LUMA_DC), codes(&tables::LUMA_AC)),
        chroma: (codes(&tables::CHROMA_DC), codes(&tables::CHROMA_AC)),
    }
});

/// Decodes rows of MCUs that our encoder wrote; `rows` are the coded bytes of each without its
/// marker. The planes hold whole MCUs' rows, cut to `width`. `None` where the data are damaged.
pub(super) fn decode_own_rows<'a>(
    width: u32,
    quality: u8,
    rows: impl ExactSizeIterator<Item = &'a [u8]>,
) -> Option<Planes> {
    let (luma_steps, chroma_steps) = (tables::luma_steps(quality), tables::chroma_steps(quality));
    let codes = &*OWN_CODES;
    let luma = Component { dc: &codes.luma.0, ac: &codes.luma.1, steps: &luma_steps };
    let chroma = Component { dc: &codes.chroma.0, ac: &codes.chroma.1, steps: &chroma_steps };
    let mut planes = Planes::any(width, rows.len() as u32 * 16);
    let mut decoder = RowDecoder::<8>::new(width.div_ceil(16) as usize, [luma, chroma, chroma]);
    for (number, row) in rows.enumerate() {
        let mut bits = Bits::new(row);
        decoder.start();
        decoder.read(&mut bits, 0..decoder.mcus)?;
        if bits.overrun() {
            return None;
        }
        decoder.finish(&mut planes, number);
    }
    Some(planes)
}

/// Turns rows of MCUs into rows of planes; of each block come out `N` × `N` samples.
struct RowDecoder<'a, const N: usize> {
    mcus: usize,
    components: [Component<'a>; 3],
    /// In zigzag order.
    scales: [[f32; 64]; 3],
    /// Of luma, and of chroma.
    places: [[usize; 64]; 2],
    luma: [InverseBand<N>; 2],
    chroma: [InverseBand<N>; 2],
    dc: [i32; 3],
}

impl<'a, const N: usize> RowDecoder<'a, N> {
    fn new(mcus: usize, components: [Component<'a>; 3]) -> Self {
        let luma = [InverseBand::new(mcus * 2), InverseBand::new(mcus * 2)];
        let chroma = [InverseBand::new(mcus), InverseBand::new(mcus)];
        let places = [luma[0].places(), chroma[0].places()];
        let scales = components.map(|component| inverse::scale::<N>(component.steps));
        Self { mcus, components, scales, places, luma, chroma, dc: [0; 3] }
    }

    /// DC prediction starts anew.
    fn start(&mut self) {
        self.dc = [0; 3];
    }

    /// Reads some MCUs of a row.
    fn read(&mut self, bits: &mut Bits<'_>, mcus: std::ops::Range<usize>) -> Option<()> {
        let ([upper, lower], [cb, cr]) = (&mut self.luma, &mut self.chroma);
        for mcu in mcus {
            // One loop, so that the block's code stands in the program once.
            for block in 0..6 {
                let (band, place, component) = match block {
                    0 | 1 => (&mut *upper, mcu * 2 + block, 0),
                    2 | 3 => (&mut *lower, mcu * 2 + block - 2, 0),
                    4 => (&mut *cb, mcu, 1),
                    _ => (&mut *cr, mcu, 2),
                };
                let reader = BlockReader {
                    component: self.components[component],
                    scale: &self.scales[component],
                    places: &self.places[component.min(1)],
                };
                let coefficients = &mut band.coefficients_mut()[place * N..];
                reader.read::<N>(bits, &mut self.dc[component], coefficients)?;
            }
        }
        Some(())
    }

    /// Puts what was read into the planes, as row `number` of MCUs.
    fn finish(&mut self, planes: &mut Planes, number: usize) {
        Arch::new().dispatch(Finish { decoder: self, planes, number });
    }

    #[inline(always)]
    fn finish_row(&mut self, planes: &mut Planes, number: usize) {
        for (half, band) in self.luma.iter_mut().enumerate() {
            band.transform();
            store(band, &mut planes.y, (number * 2 + half) * N);
        }
        for (band, plane) in self.chroma.iter_mut().zip([&mut planes.cb, &mut planes.cr]) {
            band.transform();
            store(band, plane, number * N);
        }
    }
}

struct Finish<'a, 'b, const N: usize> {
    decoder: &'a mut RowDecoder<'b, N>,
    planes: &'a mut Planes,
    number: usize,
}

impl<const N: usize> WithSimd for Finish<'_, '_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.decoder.finish_row(self.planes, self.number);
    }
}

/// Rounds the lines of a band into the rows of a plane from `first` on, as far as it has any.
#[inline(always)]
fn store<const N: usize>(band: &InverseBand<N>, plane: &mut Plane, first: usize) {
    /// 128, which samples are coded around, and 1.5 × 2²³, which leaves the nearest integer in the
    /// lowest bits.
    const MIDDLE: f32 = 128.0;
    const ROUNDER: f32 = 12_582_912.0;
    let width = plane.width as usize;
    for (y, row) in plane.data.chunks_exact_mut(width).skip(first).take(N).enumerate() {
        let levels = &band.line(y)[..row.len()];
        for x in 0..row.len() {
            row[x] = ((levels[x] + MIDDLE).clamp(0.0, 255.0) + ROUNDER).to_bits() as u8;
        }
    }
}

/// What one block is read with.
struct BlockReader<'a> {
    component: Component<'a>,
    scale: &'a [f32; 64],
    places: &'a [usize; 64],
}

impl BlockReader<'_> {
    /// Reads a block into `coefficients`, which begin with its own.
    #[inline(always)]
    fn read<const N: usize>(
        &self,
        bits: &mut Bits<'_>,
        dc: &mut i32,
        coefficients: &mut [f32],
    ) -> Option<()> {
        bits.refill();
        *dc = dc.wrapping_add(self.component.dc.difference(bits)?);
        coefficients[0] = *dc as f32 * self.scale[0];
        let mut at = 1;
        while at < 64 {
            bits.refill();
            match self.component.ac.step(bits)? {
                Step::Value(run, value) => {
                    at += run as usize;
                    let place = *self.places.get(at)?;
                    if N == 8 || place != LEFT_OUT {
                        *coefficients.get_mut(place)? = value as f32 * self.scale[at];
                    }
                    at += 1;
                }
                Step::Zeros16 => at += 16,
                Step::EndOfBlock => break,
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
