//! Where a picture is written on: the title of a poster, found by its strokes.

use super::facts::Facts;
use super::geometry::Rect;

/// Share of stroke edges, in 1/255, from which a cell counts as lettered.
const LETTERED: u8 = 12;
/// A title spans at least this many lettered cells of a row ...
const MIN_CELLS: u32 = 5;
/// ... with holes of at most this many between its words.
const MAX_HOLE: u32 = 2;
/// Rows without letters between the lines of a title.
const MAX_LEADING: u32 = 1;
/// Share of the frame's height that a title takes at most: what is taller is a
/// pattern of the picture.
const MAX_HEIGHT: f32 = 0.34;

/// A run of lettered cells, in columns and rows of the grid.
#[derive(Clone, Copy)]
struct LetteredRun {
    left: u32,
    right: u32,
    top: u32,
    bottom: u32,
    /// Sum of stroke shares: large letters in few rows outweigh small print.
    weight: u32,
}

impl Facts {
    /// The rectangle around the picture's largest lettering, if it has any.
    pub fn lettering(&self) -> Option<Rect> {
        let (columns, rows) = self.grid();
        let mut bands: Vec<LetteredRun> = Vec::new();
        for (row, (left, right, weight)) in
            (0..rows).filter_map(|row| self.longest_run(row).map(|run| (row, run)))
        {
            match bands.last_mut() {
                Some(band) if row <= band.bottom + 1 + MAX_LEADING => {
                    band.left = band.left.min(left);
                    band.right = band.right.max(right);
                    band.bottom = row;
                    band.weight += weight;
                }
                _ => bands.push(LetteredRun { left, right, top: row, bottom: row, weight }),
            }
        }
        let tallest = rows as f32 * MAX_HEIGHT;
        let title = bands
            .into_iter()
            .filter(|band| (band.bottom - band.top + 1) as f32 <= tallest)
            .max_by_key(|band| band.weight)?;
        let x = |column: u32| (column * self.frame.width / columns) as i32;
        let y = |row: u32| (row * self.frame.height / rows) as i32;
        let (left, top) = (x(title.left), y(title.top));
        Some(Rect {
            x: left,
            y: top,
            width: (x(title.right + 1) - left) as u32,
            height: (y(title.bottom + 1) - top) as u32,
        })
    }

    /// First and last column of a row's longest lettered run, and its weight.
    fn longest_run(&self, row: u32) -> Option<(u32, u32, u32)> {
        let (columns, _) = self.grid();
        let mut best: Option<(u32, u32, u32, u32)> = None;
        let mut run: Option<(u32, u32, u32, u32)> = None;
        for column in 0..columns {
            let strokes = self.tone(column, row).strokes;
            if strokes < LETTERED {
                continue;
            }
            let weight = u32::from(strokes);
            run = match run {
                Some((first, last, cells, sum)) if column <= last + 1 + MAX_HOLE => {
                    Some((first, column, cells + 1, sum + weight))
                }
                _ => Some((column, column, 1, weight)),
            };
            if best.is_none_or(|best| run.is_some_and(|run| run.2 > best.2)) {
                best = run;
            }
        }
        let (first, last, cells, weight) = best?;
        (cells >= MIN_CELLS.min(columns)).then_some((first, last, weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Size, Tone};

    /// A grid of 12 x 20 whose rows in `lettered` have strokes in all but the outer columns.
    fn facts(lettered: impl Fn(u32) -> bool) -> Facts {
        let tones = (0..240_u32).map(|cell| {
            let inked = lettered(cell / 12) && (1..11).contains(&(cell % 12));
            Tone { strokes: if inked { 60 } else { 0 }, ..Tone::default() }
        });
        Facts::new(Size { width: 120, height: 200 }, 12, tones.collect()).unwrap()
    }

    #[test]
    fn two_lines_are_one_title() {
        let title = facts(|row| [12, 13, 15].contains(&row)).lettering();
        assert_eq!(title, Some(Rect { x: 10, y: 120, width: 100, height: 40 }));
    }

    #[test]
    fn a_pattern_all_over_is_no_title() {
        assert_eq!(facts(|_| true).lettering(), None);
        assert_eq!(facts(|_| false).lettering(), None);
    }

    #[test]
    fn large_letters_outweigh_small_print() {
        let title = facts(|row| row == 1 || (14..17).contains(&row)).lettering();
        assert_eq!(title.map(|rect| rect.y), Some(140));
    }
}
