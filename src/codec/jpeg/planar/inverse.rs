//! From dequantised coefficients to samples, a row of blocks at a time.
//!
//! The inverse of the forward transform of our encoder, by the same authors (Arai, Agui and Nakajima), in
//! loops that become vector instructions. At ½, ¼ and ⅛ of the size, the transform of 4, 2 or 1
//! samples is done on the lowest coefficients, which is a good reduction by itself.

use crate::codec::jpeg::tables::ZIGZAG;

/// A row of blocks of one component, of which `N` × `N` samples each come out.
pub(super) struct InverseBand<const N: usize> {
    /// Blocks × N.
    width: usize,
    /// Of the block at `place`, the coefficient of horizontal frequency `u` and vertical frequency
    /// `v` is at `u * width + place * N + v`.
    coefficients: Vec<f32>,
    /// Line after line.
    samples: Vec<f32>,
}

/// Where a coefficient that is left out would go.
pub(super) const LEFT_OUT: usize = usize::MAX;

impl<const N: usize> InverseBand<N> {
    pub(super) fn new(blocks: usize) -> Self {
        let width = blocks * N;
        Self { width, coefficients: vec![0.0; width * N], samples: vec![0.0; width * N] }
    }

    /// Where each coefficient of the first block goes, in zigzag order.
    pub(super) fn places(&self) -> [usize; 64] {
        ZIGZAG.map(|natural| {
            let (u, v) = (natural % 8, natural / 8);
            if u < N && v < N { u * self.width + v } else { LEFT_OUT }
        })
    }

    /// The coefficients, to be filled in; all that are not must be zero.
    pub(super) fn coefficients_mut(&mut self) -> &mut [f32] {
        &mut self.coefficients
    }

    #[inline(always)]
    pub(super) fn line(&self, y: usize) -> &[f32] {
        &self.samples[y * self.width..][..self.width]
    }

    /// Fills the samples, around zero, and clears the coefficients.
    #[inline(always)]
    pub(super) fn transform(&mut self) {
        pass::<N>(&mut self.coefficients, self.width);
        turn::<N>(&self.coefficients, &mut self.samples, self.width);
        pass::<N>(&mut self.samples, self.width);
        self.coefficients.fill(0.0);
    }
}

/// What coefficients are multiplied with, in zigzag order: the quantiser's step and the factors that
/// the transform leaves out. `steps` are in natural order.
pub(super) fn scale<const N: usize>(steps: &[u8; 64]) -> [f32; 64] {
    use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};
    let factor = |k: usize| match (N, k) {
        (_, 0) => 8.0_f64.sqrt().recip(),
        (8, k) => (k as f64 * PI / 16.0).cos() / 2.0,
        (4, 2) | (2, 1) => FRAC_1_SQRT_2 * SQRT_2 * 8.0_f64.sqrt().recip(),
        _ => SQRT_2 * 8.0_f64.sqrt().recip(),
    };
    ZIGZAG.map(|natural| {
        let (u, v) = (natural % 8, natural / 8);
        (f64::from(steps[natural]) * factor(u) * factor(v)) as f32
    })
}

/// The one-dimensional transform down every column of `N` lines.
#[inline(always)]
fn pass<const N: usize>(lines: &mut [f32], width: usize) {
    match N {
        8 => pass8(lines, width),
        4 => pass4(lines, width),
        2 => {
            let (upper, lower) = lines.split_at_mut(width);
            let lower = &mut lower[..width];
            for x in 0..width {
                (upper[x], lower[x]) = (upper[x] + lower[x], upper[x] - lower[x]);
            }
        }
        _ => {}
    }
}

#[inline(always)]
fn pass8(lines: &mut [f32], width: usize) {
    const SQRT_2: f32 = std::f32::consts::SQRT_2;
    let (first, second) = lines.split_at_mut(width * 4);
    let ([l0, l1, l2, l3], [l4, l5, l6, l7]) = (four(first, width), four(second, width));
    for x in 0..width {
        let (sum, difference) = (l0[x] + l4[x], l0[x] - l4[x]);
        let both = l2[x] + l6[x];
        let turned = (l2[x] - l6[x]) * SQRT_2 - both;
        let (e0, e3) = (sum + both, sum - both);
        let (e1, e2) = (difference + turned, difference - turned);

        let (z13, z10) = (l5[x] + l3[x], l5[x] - l3[x]);
        let (z11, z12) = (l1[x] + l7[x], l1[x] - l7[x]);
        let o7 = z11 + z13;
        let z5 = (z10 + z12) * 1.847_759_1;
        let o6 = z5 - z10 * 2.613_126 - o7;
        let o5 = (z11 - z13) * SQRT_2 - o6;
        let o4 = z5 - z12 * 1.082_392_2 - o5;

        (l0[x], l7[x]) = (e0 + o7, e0 - o7);
        (l1[x], l6[x]) = (e1 + o6, e1 - o6);
        (l2[x], l5[x]) = (e2 + o5, e2 - o5);
        (l3[x], l4[x]) = (e3 + o4, e3 - o4);
    }
}

#[inline(always)]
fn pass4(lines: &mut [f32], width: usize) {
    /// cos(π/8) and cos(3π/8).
    const C1: f32 = 0.923_879_5;
    const C3: f32 = 0.382_683_43;
    let [l0, l1, l2, l3] = four(lines, width);
    for x in 0..width {
        let (even, odd) = (l0[x] + l2[x], l0[x] - l2[x]);
        let (outer, inner) = (l1[x] * C1 + l3[x] * C3, l1[x] * C3 - l3[x] * C1);
        (l0[x], l3[x]) = (even + outer, even - outer);
        (l1[x], l2[x]) = (odd + inner, odd - inner);
    }
}

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
fn turn<const N: usize>(from: &[f32], to: &mut [f32], width: usize) {
    for left in (0..width).step_by(N) {
        let mut block = [[0.0; N]; N];
        for y in 0..N {
            let line = &from[y * width + left..][..N];
            for x in 0..N {
                block[x][y] = line[x];
            }
        }
        for x in 0..N {
            let place = &mut to[x * width + left..][..N];
            for y in 0..N {
                place[y] = block[x][y];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(size: usize, at: usize, k: usize) -> f64 {
        let norm = if k == 0 { 1.0 } else { 2.0_f64 } / size as f64;
        let turn = ((2 * at + 1) as f64 * k as f64 * std::f64::consts::PI) / (2 * size) as f64;
        norm.sqrt() * turn.cos()
    }

    /// Against the definition (T.81, A.3.3), at each size.
    fn check<const N: usize>() {
        let steps: [u8; 64] = std::array::from_fn(|i| (i % 7 + 1) as u8);
        let levels: [f64; 64] = std::array::from_fn(|i| ((i * 37 % 23) as f64 - 11.0) * 3.0);
        let mut band = InverseBand::<N>::new(3);
        let (places, scale) = (band.places(), scale::<N>(&steps));
        for (zigzag, natural) in ZIGZAG.into_iter().enumerate() {
            if places[zigzag] != LEFT_OUT {
                band.coefficients_mut()[places[zigzag] + N] =
                    levels[natural] as f32 * scale[zigzag];
            }
        }
        band.transform();
        for y in 0..N {
            for x in 0..N {
                let mut exact = 0.0;
                for v in 0..N {
                    for u in 0..N {
                        let level = levels[v * 8 + u] * f64::from(steps[v * 8 + u]);
                        exact += level * wave(N, x, u) * wave(N, y, v) * N as f64 / 8.0;
                    }
                }
                let ours = f64::from(band.line(y)[N + x]);
                assert!((ours - exact).abs() < 1e-3, "{N} at {x}, {y}: {ours} is not {exact}");
            }
        }
        assert!(band.line(0)[..N].iter().all(|sample| *sample == 0.0), "its neighbour");
    }

    #[test]
    fn the_transform_is_the_inverse_dct_at_every_size() {
        check::<8>();
        check::<4>();
        check::<2>();
        check::<1>();
    }
}
