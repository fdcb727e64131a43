//! The facts of a fitted picture: tones and strokes of a coarse grid.

use crate::codec::{Planes, Rgb};
use crate::plan::{COLUMNS, Facts, Size, Tone};

/// Samples across the frame: facts are the same at every size of a picture.
const SAMPLES: u32 = 290;

/// A letter's edge steps at least this far in luma ...
const STEP: i32 = 60;
/// ... between stretches that differ by less than this from pixel to pixel.
const EVEN: i32 = 18;

/// A sampled pixel: its three channels, and its luma by the weights of Rec. 709.
type Sample = ([i32; 3], i32);

/// Measures a picture.
pub(super) fn facts(picture: &Rgb) -> Facts {
    let frame = Size { width: picture.width, height: picture.height };
    let sample = |y: u32, step: usize, line: &mut Vec<Sample>| {
        line.extend(picture.rows(y, 1).chunks_exact(3).step_by(step).map(|pixel| {
            let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
            ([r, g, b], (r * 54 + g * 183 + b * 19) >> 8)
        }));
    };
    measured(frame, sample, |mean| mean.map(|c| c.clamp(0, 255) as u8))
}

/// As [`facts`], of planes.
pub(super) fn facts_of_planes(planes: &Planes) -> Facts {
    let frame = Size { width: planes.width(), height: planes.height() };
    let sample = |y: u32, step: usize, line: &mut Vec<Sample>| {
        let luma = planes.y.rows(y, 1).iter().step_by(step).enumerate();
        let [cb, cr] = [&planes.cb, &planes.cr].map(|plane| plane.rows(y / 2, 1));
        line.extend(luma.map(|(place, luma)| {
            let half = place * step / 2;
            let [luma, cb, cr] = [*luma, cb[half], cr[half]].map(i32::from);
            // The luma that the weights above give, out of JFIF's: in 256ths.
            let bright = luma - ((29 * (cb - 128) + 55 * (cr - 128)) >> 8);
            ([luma, cb, cr], bright.clamp(0, 255))
        }));
    };
    measured(frame, sample, |[luma, cb, cr]| {
        let (cb, cr) = (cb as f32 - 128.0, cr as f32 - 128.0);
        let offsets = [1.402 * cr, -0.344_14 * cb - 0.714_14 * cr, 1.772 * cb];
        offsets.map(|offset| (luma as f32 + offset) as u8)
    })
}

/// The grid over a frame, from every second pixel both ways, or fewer in a large one.
/// `sample` appends every so many pixels of a row; `colour` makes red, green and blue
/// of the mean of its channels.
fn measured(
    frame: Size,
    sample: impl Fn(u32, usize, &mut Vec<Sample>),
    colour: impl Fn([i32; 3]) -> [u8; 3],
) -> Facts {
    let (columns, rows) = (COLUMNS.min(frame.width), Facts::rows_for(frame).min(frame.height));
    let step = (frame.width / SAMPLES).max(2).min((frame.width / columns.max(1)).max(1));
    let column = |place: usize| (place as u32 * step * columns / frame.width) as usize;
    let mut tones = Vec::with_capacity((columns * rows) as usize);
    let mut line: Vec<Sample> = Vec::new();
    for row in 0..rows {
        let mut sums = vec![Sums::default(); columns as usize];
        let (first, end) = (row * frame.height / rows, (row + 1) * frame.height / rows);
        for y in (first..end).step_by(step as usize) {
            line.clear();
            sample(y, step as usize, &mut line);
            for (place, (channels, luma)) in line.iter().enumerate() {
                sums[column(place)].add(*channels, *luma);
            }
            for (place, window) in line.windows(5).enumerate() {
                sums[column(place + 2)].strokes += i32::from(is_stroke(window));
            }
        }
        tones.extend(sums.iter().map(|sums| sums.tone(&colour)));
    }
    Facts::new(frame, columns, tones).unwrap_or_else(|| Facts::flat(frame, [128; 3]))
}

/// Whether five neighbours cross the edge of a letter's stroke.
fn is_stroke(window: &[Sample]) -> bool {
    let apart = |a: usize, b: usize| (window[a].1 - window[b].1).abs();
    apart(1, 3) >= STEP && apart(0, 1) < EVEN && apart(3, 4) < EVEN
}

/// What is counted in a cell.
#[derive(Clone, Default)]
struct Sums {
    channels: [i32; 3],
    count: i32,
    strokes: i32,
    /// Sixteen steps of luma are fine enough to find the ninth tenth.
    histogram: [i32; 16],
}

impl Sums {
    fn add(&mut self, channels: [i32; 3], luma: i32) {
        (0..3).for_each(|c| self.channels[c] += channels[c]);
        self.histogram[luma as usize >> 4 & 15] += 1;
        self.count += 1;
    }

    fn tone(&self, colour: &impl Fn([i32; 3]) -> [u8; 3]) -> Tone {
        let count = self.count.max(1);
        let mut seen = 0;
        let bright = self.histogram.iter().position(|n| {
            seen += n;
            seen * 10 >= self.count * 9
        });
        Tone {
            mean: colour(self.channels.map(|sum| sum / count)),
            bright: bright.map_or(255, |step| (step * 16 + 15) as u8),
            strokes: (self.strokes * 255 / count).min(255) as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;
    use crate::plan;

    #[test]
    fn facts_tell_light_from_dark() {
        let row: Vec<u8> = (0..480).flat_map(|x| [if x < 240 { 0 } else { 250 }; 3]).collect();
        let picture = Rgb { width: 480, height: 700, data: row.repeat(700) };
        let facts = facts(&picture);
        let at = |x| facts.beneath(&plan::Rect { x, y: 300, width: 20, height: 20 });
        assert!(at(20).bright < 20 && at(400).bright > 240);
        assert_eq!(at(20).mean, [0; 3]);
    }

    #[test]
    fn facts_of_planes_are_those_of_pixels() {
        let row: Vec<u8> = (0..480).flat_map(|x| [if x < 240 { 0 } else { 250 }; 3]).collect();
        let mut picture = Rgb { width: 480, height: 701, data: row.repeat(701) };
        for (at, byte) in picture.data.iter_mut().enumerate() {
            *byte = byte.saturating_sub((at % 3 * 40 + at / 30_000) as u8);
        }
        let file = codec::encode_jpeg(&picture, 95).unwrap();
        let options = codec::DecodeOptions::default();
        let planes = codec::decode_planes(&file, &options).unwrap().unwrap();
        let pixels = codec::decode(&file, &options).unwrap().into_opaque([0; 3]);
        let (of_planes, of_pixels) = (facts_of_planes(&planes), facts(&pixels));
        for (x, y) in [(20, 20), (100, 300), (300, 300), (400, 600), (230, 650)] {
            let rect = plan::Rect { x, y, width: 40, height: 40 };
            let (a, b) = (of_planes.beneath(&rect), of_pixels.beneath(&rect));
            assert!(a.mean.iter().zip(b.mean).all(|(a, b)| a.abs_diff(b) <= 4), "{a:?} {b:?}");
            assert!(a.bright.abs_diff(b.bright) <= 16, "{a:?} {b:?}");
        }
    }

    /// Upright strokes as those of letters, at a size.
    fn lettered(width: u32) -> Rgb {
        let height = width * 3 / 2;
        let mut picture = Rgb::new(width, height);
        for (at, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
            let (x, y) = (at as u32 % width * 580 / width, at as u32 / width * 580 / width);
            let stroke = (600..660).contains(&y) && (90..490).contains(&x) && x % 26 < 9;
            // A sky that is lighter below, so that the ground is not one colour.
            pixel.fill(if stroke { 240 } else { (40 + y / 10) as u8 });
        }
        picture
    }

    #[test]
    fn the_title_is_found_at_every_size() {
        for width in [342, 580, 1280] {
            let facts = facts(&lettered(width));
            let found = facts.lettering().unwrap_or_else(|| panic!("{width} wide"));
            let share = |length: i32| f64::from(length) / f64::from(width);
            let (top, bottom) = (share(found.y), share(found.bottom()));
            assert!((600.0 / 580.0 - top).abs() < 0.06, "{width}: {top}");
            assert!((660.0 / 580.0 - bottom).abs() < 0.06, "{width}: {bottom}");
        }
    }
}
