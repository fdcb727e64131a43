//! Frosted glass: a softened copy of a strip of the picture.

use crate::codec::Rgb;

/// The copy is made this much smaller first: at the softness of a frost nobody
/// sees the difference, and it costs a sixteenth.
const SHRINK: usize = 4;

/// Softens `picture` as a Gaussian of about `sigma` pixels would.
pub(super) fn soften(picture: &Rgb, sigma: f32) -> Vec<u8> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mut small = Small::of(picture);
    // Three boxes of radius r have a variance of r(r + 1).
    let wanted = (sigma / SHRINK as f32).powi(2);
    let radius = (((1.0 + 4.0 * wanted).sqrt() - 1.0) / 2.0).round().max(1.0) as usize;
    for _ in 0..3 {
        small.soften_rows(radius);
        small.soften_columns(radius);
    }
    small.enlarged(width, height)
}

/// A small picture, three bytes a pixel.
struct Small {
    width: usize,
    height: usize,
    data: Vec<u8>,
}

impl Small {
    /// Means of blocks; the last ones may be narrower.
    fn of(picture: &Rgb) -> Self {
        let (wide, high) = (picture.width as usize, picture.height as usize);
        let (width, height) = (wide.div_ceil(SHRINK), high.div_ceil(SHRINK));
        let mut data = Vec::with_capacity(width * height * 3);
        let mut line = vec![0_u16; wide * 3];
        for rows in picture.data.chunks(wide * 3 * SHRINK) {
            line.fill(0);
            for row in rows.chunks_exact(wide * 3) {
                line.iter_mut().zip(row).for_each(|(sum, byte)| *sum += u16::from(*byte));
            }
            let down = rows.len() / (wide * 3);
            for block in line.chunks(SHRINK * 3) {
                let parts = (block.len() / 3 * down) as u16;
                let sum = |c: usize| block.iter().skip(c).step_by(3).sum::<u16>();
                data.extend([0, 1, 2].map(|c| (sum(c) / parts) as u8));
            }
        }
        Self { width, height, data }
    }

    fn soften_rows(&mut self, radius: usize) {
        let scale = scale(radius);
        let last = self.width - 1;
        let mut line = vec![0; self.width * 3];
        for row in self.data.chunks_exact_mut(self.width * 3) {
            line.copy_from_slice(row);
            let at = |place: usize| {
                let pixel = &line[place.min(last) * 3..][..3];
                [pixel[0], pixel[1], pixel[2]].map(u32::from)
            };
            let mut sum = at(0).map(|first| first * radius as u32);
            (0..=radius).for_each(|place| add(&mut sum, at(place)));
            for (place, pixel) in row.chunks_exact_mut(3).enumerate() {
                (0..3).for_each(|c| pixel[c] = ((sum[c] * scale) >> 16).min(255) as u8);
                add(&mut sum, at(place + radius + 1));
                let gone = at(place.saturating_sub(radius));
                (0..3).for_each(|c| sum[c] -= gone[c]);
            }
        }
    }

    fn soften_columns(&mut self, radius: usize) {
        let (stride, last, scale) = (self.width * 3, self.height - 1, scale(radius));
        let sharp = self.data.clone();
        let at = |place: usize| &sharp[place.min(last) * stride..][..stride];
        let mut sums: Vec<u32> = at(0).iter().map(|v| u32::from(*v) * radius as u32).collect();
        for place in 0..=radius {
            sums.iter_mut().zip(at(place)).for_each(|(sum, v)| *sum += u32::from(*v));
        }
        for (place, row) in self.data.chunks_exact_mut(stride).enumerate() {
            let (comes, goes) = (at(place + radius + 1), at(place.saturating_sub(radius)));
            for (((pixel, sum), comes), goes) in row.iter_mut().zip(&mut sums).zip(comes).zip(goes)
            {
                *pixel = ((*sum * scale) >> 16).min(255) as u8;
                *sum = *sum + u32::from(*comes) - u32::from(*goes);
            }
        }
    }

    /// Bilinear, in eighths of a step both ways.
    fn enlarged(&self, width: usize, height: usize) -> Vec<u8> {
        let stride = self.width * 3;
        let mut data = vec![0; width * height * 3];
        let mut line = vec![0_u16; stride];
        for (y, row) in data.chunks_exact_mut(width * 3).enumerate() {
            let (upper, lower, share) = between(y, self.height);
            let rows = [upper, lower].map(|at| &self.data[at * stride..][..stride]);
            for ((mixed, a), b) in line.iter_mut().zip(rows[0]).zip(rows[1]) {
                *mixed = u16::from(*a) * (8 - share) + u16::from(*b) * share;
            }
            self.enlarge_row(&line, row);
        }
        data
    }

    fn enlarge_row(&self, line: &[u16], row: &mut [u8]) {
        // Between two centres lie always the same four shares.
        let inner = row.get_mut(SHRINK / 2 * 3..).unwrap_or_default().chunks_exact_mut(SHRINK * 3);
        for (pixels, pair) in inner.zip(line.windows(6).step_by(3)) {
            for (step, pixel) in pixels.chunks_exact_mut(3).enumerate() {
                let share = 2 * step as u16 + 1;
                for (c, byte) in pixel.iter_mut().enumerate() {
                    *byte = ((pair[c] * (8 - share) + pair[c + 3] * share + 32) >> 6) as u8;
                }
            }
        }
        let pixels = row.len() / 3;
        let groups = (pixels.saturating_sub(SHRINK / 2) / SHRINK).min(self.width - 1);
        let ended = SHRINK / 2 + groups * SHRINK;
        for x in (0..SHRINK / 2).chain(ended..pixels).filter(|x| *x < pixels) {
            let (left, right, share) = between(x, self.width);
            for c in 0..3 {
                let (a, b) = (line[left * 3 + c], line[right * 3 + c]);
                row[x * 3 + c] = ((a * (8 - share) + b * share + 32) >> 6) as u8;
            }
        }
    }
}

/// The two small pixels that a pixel lies between, and the eighths of the second.
fn between(at: usize, small: usize) -> (usize, usize, u16) {
    // Centres: (at + 1/2) / 4 - 1/2, in eighths.
    let eighths = (2 * at + 1).saturating_sub(SHRINK);
    let first = (eighths / (2 * SHRINK)).min(small - 1);
    (first, (first + 1).min(small - 1), (eighths % (2 * SHRINK)) as u16)
}

/// One multiplication by this, and a shift by 16, divides by the parts of a box.
fn scale(radius: usize) -> u32 {
    (1 << 16) / (2 * radius as u32 + 1) + 1
}

fn add(sum: &mut [u32; 3], pixel: [u32; 3]) {
    (0..3).for_each(|c| sum[c] += pixel[c]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plain_ground_stays_as_it_is() {
        let plain = Rgb { width: 61, height: 33, data: [200, 90, 15].repeat(61 * 33) };
        let soft = soften(&plain, 19.0);
        assert!(soft.iter().zip(&plain.data).all(|(a, b)| a.abs_diff(*b) <= 1));
    }

    #[test]
    fn stripes_become_grey() {
        let row: Vec<u8> =
            (0..200).flat_map(|x| [if x / 5 % 2 == 0 { 255 } else { 0 }; 3]).collect();
        let soft = soften(&Rgb { width: 200, height: 60, data: row.repeat(60) }, 18.0);
        let middle = &soft[200 * 3 * 30 + 180..200 * 3 * 30 + 420];
        let (low, high) = (middle.iter().min().unwrap(), middle.iter().max().unwrap());
        assert!(high - low < 6 && (110..145).contains(low), "{low} to {high}");
    }

    proptest! {
        #[test]
        fn any_size_is_survived(width in 1_u32..40, height in 1_u32..40, sigma in 0.0_f32..60.0) {
            let picture = Rgb { width, height, data: vec![77; (width * height * 3) as usize] };
            prop_assert_eq!(soften(&picture, sigma).len(), picture.data.len());
        }
    }
}
