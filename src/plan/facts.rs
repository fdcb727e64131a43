//! What the plan may know of the picture beneath: a coarse grid of its tones.

use serde::{Deserialize, Serialize};

use super::geometry::{Rect, Size};

/// Columns of the grid; rows follow from the frame's ratio.
pub const COLUMNS: u32 = 24;

/// One cell: mean colour, the luma that nine tenths of its pixels do not exceed,
/// and how much of it is written on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tone {
    pub mean: [u8; 3],
    pub bright: u8,
    /// Share of places in 1/255 where the sharp edge of a letter's stroke lies: a
    /// large step of luma between two even stretches.
    pub strokes: u8,
}

/// The tones of a fitted picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub frame: Size,
    columns: u32,
    rows: u32,
    /// Row by row.
    tones: Vec<Tone>,
}

impl Facts {
    /// `None` unless there is a tone for every cell of a grid of `columns`.
    pub fn new(frame: Size, columns: u32, tones: Vec<Tone>) -> Option<Self> {
        let rows = u32::try_from(tones.len()).ok()?.checked_div(columns)?;
        let whole = rows > 0 && tones.len() == (columns * rows) as usize;
        whole.then_some(Self { frame, columns, rows, tones })
    }

    /// A picture of one tone, for layouts without a picture and for tests.
    pub fn flat(frame: Size, colour: [u8; 3]) -> Self {
        let bright = luma(colour).round() as u8;
        Self { frame, columns: 1, rows: 1, tones: vec![Tone { mean: colour, bright, strokes: 0 }] }
    }

    /// Rows of the grid of a frame.
    pub fn rows_for(frame: Size) -> u32 {
        (COLUMNS * frame.height).div_ceil(frame.width.max(1)).clamp(1, 4 * COLUMNS)
    }

    /// Columns and rows of the grid.
    pub(super) fn grid(&self) -> (u32, u32) {
        (self.columns, self.rows)
    }

    /// The cell in a column and row of the grid.
    pub(super) fn tone(&self, column: u32, row: u32) -> Tone {
        self.tones[(row * self.columns + column) as usize]
    }

    /// Mean colour and strokes, and the brightest cell, beneath `rect`.
    pub fn beneath(&self, rect: &Rect) -> Tone {
        let column = |x: i32| Self::cell(x, self.frame.width, self.columns);
        let row = |y: i32| Self::cell(y, self.frame.height, self.rows);
        let mut sum = [0_u32; 3];
        let (mut count, mut bright, mut strokes) = (0_u32, 0_u8, 0_u32);
        for y in row(rect.y)..=row(rect.bottom() - 1) {
            for x in column(rect.x)..=column(rect.right() - 1) {
                let tone = self.tone(x, y);
                (0..3).for_each(|c| sum[c] += u32::from(tone.mean[c]));
                bright = bright.max(tone.bright);
                strokes += u32::from(tone.strokes);
                count += 1;
            }
        }
        let mean = |sum: u32| (sum / count.max(1)) as u8;
        Tone { mean: sum.map(mean), bright, strokes: mean(strokes) }
    }

    fn cell(at: i32, length: u32, cells: u32) -> u32 {
        (at.max(0) as u32 * cells / length.max(1)).min(cells - 1)
    }
}

/// Luma of an sRGB colour, 0-255 (Rec. 709 weights on the coded values).
pub(crate) fn luma(colour: [u8; 3]) -> f32 {
    let [r, g, b] = colour.map(f32::from);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Relative luminance of an sRGB colour, 0-1, as WCAG 2 defines it.
pub fn luminance(colour: [u8; 3]) -> f32 {
    let linear = |c: u8| {
        let c = f32::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

/// WCAG 2 contrast of two colours, 1-21.
pub fn contrast(a: [u8; 3], b: [u8; 3]) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brightest_cell_beneath_counts() {
        let dark = Tone { mean: [10; 3], bright: 12, strokes: 0 };
        let light = Tone { mean: [250; 3], bright: 255, strokes: 0 };
        let frame = Size { width: 100, height: 100 };
        let facts = Facts::new(frame, 2, vec![dark, light, dark, dark]).unwrap();
        let at = |x, y| facts.beneath(&Rect { x, y, width: 10, height: 10 }).bright;
        assert_eq!((at(0, 0), at(80, 0), at(45, 45)), (12, 255, 255));
        assert_eq!(at(-500, 900), 12);
    }

    #[test]
    fn contrast_is_wcags() {
        assert!((contrast([255; 3], [0; 3]) - 21.0).abs() < 0.01);
        assert!((contrast([255; 3], [118; 3]) - 4.54).abs() < 0.05);
    }
}
