//! From samples to quantised coefficients, a row of blocks at a time.
//!
//! The forward DCT is the factorisation by Arai, Agui and Nakajima (1988): five multiplications for
//! eight samples, and factors that join the quantiser's division. In floating point it is more exact
//! than the integers that are common, and just as fast.

/// Eight lines of samples of one component, and the coefficients that they become.
pub(super) struct Band {
    width: usize,
    /// Line after line.
    lines: Vec<f32>,
    /// The lines with every block of 8 × 8 turned over its diagonal.
    turned: Vec<f32>,
    /// As [`turned`](Self::turned): of the block at `place`, the coefficient of horizontal frequency
    /// `u` and vertical frequency `v` is at `u * width + place * 8 + v`.
    coefficients: Vec<i16>,
    /// 1 for each coefficient that is not zero.
    present: Vec<u8>,
}

impl Band {
    /// `width` is a multiple of 8.
    pub(super) fn new(width: usize) -> Self {
        Self {
            width,
            lines: vec![0.0; width * 8],
            turned: vec![0.0; width * 8],
            coefficients: vec![0; width * 8],
            present: vec![0; width * 8],
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    #[inline(always)]
    pub(super) fn line_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.lines[y * self.width..][..self.width]
    }

    /// The coefficient at `turned` (8 u + v) of the block at `place`.
    #[inline(always)]
    pub(super) fn coefficient(&self, place: usize, turned: u8) -> i32 {
        let (u, v) = (usize::from(turned) / 8, usize::from(turned) % 8);
        self.coefficients[u * self.width + place * 8 + v].into()
    }

    /// For each horizontal frequency of a block, a bit for each vertical one that is there.
    #[inline(always)]
    pub(super) fn present(&self, place: usize) -> [u8; 8] {
        let mut sets = [0; 8];
        for u in 0..8 {
            let mut bytes = [0; 8];
            let present = &self.present[u * self.width + place * 8..][..8];
            for v in 0..8 {
                bytes[v] = present[v];
            }
            // Moves the lowest bit of byte i to bit 56 + i.
            sets[u] = (u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8;
        }
        sets
    }

    /// Transforms and quantises.
    #[inline(always)]
    pub(super) fn transform(&mut self, quantiser: &Quantiser) {
        pass(&mut self.lines, self.width);
        turn(&self.lines, &mut self.turned, self.width);
        pass(&mut self.turned, self.width);
        for u in 0..8 {
            let (line, place) = (u * self.width, u * self.width + self.width);
            let (line, place) = (&self.turned[line..place], &mut self.coefficients[line..place]);
            quantise(line, place, &quantiser.scale[u], &quantiser.dead[u]);
        }
        let coefficients = &self.coefficients[..self.present.len()];
        for at in 0..self.present.len() {
            self.present[at] = u8::from(coefficients[at] != 0);
        }
    }
}

/// From transformed samples to coefficients.
pub(super) struct Quantiser {
    /// At `[u][v]`; see [`scale`].
    scale: [[f32; 8]; 8],
    /// At `[u][v]`: how far, in steps, a value is drawn towards zero before it is rounded. A value that
    /// is hardly worth its bits becomes the one that takes fewer.
    dead: [[f32; 8]; 8],
}

impl Quantiser {
    /// `steps` are in natural order; `dead` is how much dead zone the lowest frequency has and how much more the
    /// highest. DC has none.
    pub(super) fn new(steps: &[u8; 64], dead: (f32, f32)) -> Self {
        let one = |u: usize, v: usize| match u + v {
            0 => 0.0,
            frequency => dead.0 + dead.1 * frequency as f32 / 14.0,
        };
        let dead = std::array::from_fn(|u| std::array::from_fn(|v| one(u, v)));
        Self { scale: scale(steps), dead }
    }
}

/// What to multiply transformed samples with, at `[u][v]`: one over the quantiser's step and over
/// the factors that the transform leaves out. `steps` are in natural order.
fn scale(steps: &[u8; 64]) -> [[f32; 8]; 8] {
    let factor = |k: usize| match k {
        0 => 1.0,
        k => (k as f64 * std::f64::consts::PI / 16.0).cos() * std::f64::consts::SQRT_2,
    };
    let one = |u: usize, v: usize| {
        (1.0 / (f64::from(steps[v * 8 + u]) * factor(u) * factor(v) * 8.0)) as f32
    };
    std::array::from_fn(|u| std::array::from_fn(|v| one(u, v)))
}

/// The one-dimensional transform down every column of eight lines.
#[inline(always)]
fn pass(lines: &mut [f32], width: usize) {
    let (first, second) = lines.split_at_mut(width * 4);
    let ([l0, l1, l2, l3], [l4, l5, l6, l7]) = (four(first, width), four(second, width));
    for x in 0..width {
        let (s07, d07) = (l0[x] + l7[x], l0[x] - l7[x]);
        let (s16, d16) = (l1[x] + l6[x], l1[x] - l6[x]);
        let (s25, d25) = (l2[x] + l5[x], l2[x] - l5[x]);
        let (s34, d34) = (l3[x] + l4[x], l3[x] - l4[x]);

        let (even, odd) = (s07 + s34, s16 + s25);
        l0[x] = even + odd;
        l4[x] = even - odd;
        let (even, odd) = (s07 - s34, s16 - s25);
        let turned = (odd + even) * C4;
        l2[x] = even + turned;
        l6[x] = even - turned;

        let (a, b, c) = (d34 + d25, d25 + d16, d16 + d07);
        let both = (a - c) * C6;
        let (a, b, c) = (a * C2_MINUS_C6 + both, b * C4, c * C2_PLUS_C6 + both);
        let (sum, difference) = (d07 + b, d07 - b);
        l5[x] = difference + a;
        l3[x] = difference - a;
        l1[x] = sum + c;
        l7[x] = sum - c;
    }
}

/// cos(4π/16), cos(6π/16), and cos(2π/16) with cos(6π/16) taken off and added.
const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
const C6: f32 = 0.382_683_43;
const C2_MINUS_C6: f32 = 0.541_196_1;
const C2_PLUS_C6: f32 = 1.306_563;

/// Four lines of exactly `width`: with lengths that are seen to be equal, no index is checked.
#[inline(always)]
fn four(lines: &mut [f32], width: usize) -> [&mut [f32]; 4] {
    let (a, rest) = lines.split_at_mut(width);
    let (b, rest) = rest.split_at_mut(width);
    let (c, rest) = rest.split_at_mut(width);
    [a, b, c, &mut rest[..width]]
}

/// Turns every block over its diagonal.
#[inline(always)]
fn turn(from: &[f32], to: &mut [f32], width: usize) {
    for left in (0..width).step_by(8) {
        let mut block = [[0.0; 8]; 8];
        for y in 0..8 {
            let line = &from[y * width + left..][..8];
            for x in 0..8 {
                block[x][y] = line[x];
            }
        }
        for x in 0..8 {
            let place = &mut to[x * width + left..][..8];
            for y in 0..8 {
                place[y] = block[x][y];
            }
        }
    }
}

/// Scales and rounds one line of turned blocks.
#[inline(always)]
fn quantise(line: &[f32], place: &mut [i16], scale: &[f32; 8], dead: &[f32; 8]) {
    /// 1.5 × 2²³: added to a small number, it leaves the nearest integer in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    /// The largest coefficient that baseline codes of 8-bit samples have; DC reaches 1,024 below
    /// zero only where a step of 1 meets pure black.
    const LARGEST: f32 = 1023.0;
    let ((samples, _), (coefficients, _)) = (line.as_chunks::<8>(), place.as_chunks_mut::<8>());
    for block in 0..coefficients.len().min(samples.len()) {
        for v in 0..8 {
            let scaled = samples[block][v] * scale[v];
            let scaled = scaled - scaled.max(-dead[v]).min(dead[v]);
            coefficients[block][v] = (scaled.clamp(-LARGEST, LARGEST) + ROUNDER).to_bits() as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The transform by its definition (T.81, A.3.3).
    fn slow(samples: &[[f32; 8]; 8], u: usize, v: usize) -> f64 {
        let c = |k: usize| if k == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
        let wave = |at: usize, k: usize| {
            ((2 * at + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let mut sum = 0.0;
        for (y, line) in samples.iter().enumerate() {
            for (x, sample) in line.iter().enumerate() {
                sum += f64::from(*sample) * wave(x, u) * wave(y, v);
            }
        }
        sum * c(u) * c(v) / 4.0
    }

    #[test]
    fn the_transform_is_the_dct() {
        let sample = |x: usize, y: usize| ((x * 37 + y * 91 + x * y * 13) % 256) as f32 - 128.0;
        let blocks: [[[f32; 8]; 8]; 2] = std::array::from_fn(|block| {
            std::array::from_fn(|y| std::array::from_fn(|x| sample(x + block * 8, y)))
        });
        let mut band = Band::new(16);
        for (place, block) in blocks.iter().enumerate() {
            for (y, line) in block.iter().enumerate() {
                band.line_mut(y)[place * 8..][..8].copy_from_slice(line);
            }
        }
        band.transform(&Quantiser::new(&[1; 64], (0.0, 0.0)));
        for (place, block) in blocks.iter().enumerate() {
            for at in 0..64_u8 {
                let exact = slow(block, usize::from(at) / 8, usize::from(at) % 8);
                let ours = band.coefficient(place, at);
                assert!((f64::from(ours) - exact).abs() < 0.51, "{at}: {ours} is not {exact}");
                let bit = band.present(place)[usize::from(at) / 8] >> (at % 8) & 1;
                assert_eq!(bit == 1, ours != 0);
            }
        }
    }
}
