//! Rows and columns of badges: how many, how large, where.

use super::Measure;
use super::badge::{self, Badge, Cut, Parts, Slots, Stacked};
use super::geometry::{Rect, Size, even, whole};
use super::layout::{Flow, Strip};
use crate::request::{BadgeShape, Position};

/// Auto stacking leaves "beside" only for digits that are clearly larger.
const WORTH_STACKING: f32 = 1.2;

/// Cells of a full-width strip grow to fill it, up to this many times their content.
const MOST_AIR: f32 = 1.28;

/// Badges in their cells.
#[derive(Clone, Debug)]
pub(super) struct Arranged {
    pub(super) cells: Vec<Rect>,
    /// Which corners of each cell are corners of the whole strip: tl, tr, br, bl.
    pub(super) outer: Vec<[bool; 4]>,
    pub(super) cut: Cut,
    pub(super) parts: Vec<Parts>,
    pub(super) bounds: Rect,
}

/// A strip's surroundings, in pixels.
struct Field<'a> {
    strip: &'a Strip,
    badges: &'a [Badge],
    /// Where the strip may stand.
    area: Rect,
    gap: u32,
    /// Digit height that is aimed at.
    cap: f32,
}

/// A way to arrange the badges: cells of one size in rows.
struct Trial {
    stacked: Stacked,
    rows: Vec<usize>,
    cap: f32,
    cell: (f32, f32),
}

/// Arranges `badges` in `frame`; `None` when there is nothing to show.
pub(super) fn arrange(
    strip: &Strip,
    badges: &[Badge],
    frame: Size,
    measure: &dyn Measure,
) -> Option<Arranged> {
    if badges.is_empty() {
        return None;
    }
    let field = field(strip, badges, frame);
    let mut trials =
        Stacked::candidates(strip.stacking).iter().map(|stacked| field.fit(*stacked, measure));
    let first = trials.next()?;
    let best =
        trials.next().filter(|other| other.cap > first.cap * WORTH_STACKING).unwrap_or(first);
    Some(field.settle(&best, measure))
}

fn field<'a>(strip: &'a Strip, badges: &'a [Badge], frame: Size) -> Field<'a> {
    let (width, height) = (frame.width as f32, frame.height as f32);
    let margin = strip.unit * width;
    // An inset never squeezes the strip below 40 % of the frame.
    let inset_x = even((margin + strip.inset.0 * width).min(width * 0.3));
    let top_or_bottom = (margin + strip.inset.1 * height).min(height * 0.5);
    let inset_y = even(top_or_bottom);
    let area = Rect {
        x: inset_x as i32,
        y: inset_y as i32,
        width: frame.width.saturating_sub(2 * inset_x).max(1),
        height: frame.height.saturating_sub(2 * inset_y).max(frame.height / 3),
    };
    let gap = match strip.dress.shape {
        BadgeShape::Rounded => even(margin * 0.2),
        BadgeShape::Pill => even(margin * 0.7),
    };
    Field { strip, badges, area: clamp(area, frame), gap, cap: strip.cap * width }
}

fn clamp(area: Rect, frame: Size) -> Rect {
    let y = area.y.min((frame.height - area.height.min(frame.height)) as i32).max(0);
    Rect { y, ..area }
}

impl Field<'_> {
    /// The largest digits, up to the aim, with which the badges fit.
    fn fit(&self, stacked: Stacked, measure: &dyn Measure) -> Trial {
        let count = self.badges.len();
        let limit = self.strip.most_of_height * (self.area.bottom() + self.area.y) as f32;
        let tallest = limit.min(self.area.height as f32);
        let layouts: Vec<Vec<usize>> = match self.strip.flow {
            Flow::Rows if self.strip.justified => vec![rows_of(count)],
            Flow::Rows => (1..=count.min(3)).map(|rows| spread(count, rows)).collect(),
            Flow::Column => (1..=3).map(|columns| vec![columns; count.div_ceil(columns)]).collect(),
        };
        let mut best: Option<Trial> = None;
        for rows in layouts {
            let trial = self.fit_rows(stacked, rows, tallest, measure);
            // More rows or columns only for clearly larger digits.
            if best.as_ref().is_none_or(|best| trial.cap > best.cap * 1.25) {
                best = Some(trial);
            }
        }
        best.unwrap_or_else(|| self.fit_rows(stacked, vec![count], tallest, measure))
    }

    fn fit_rows(
        &self,
        stacked: Stacked,
        rows: Vec<usize>,
        tallest: f32,
        measure: &dyn Measure,
    ) -> Trial {
        let dress = self.strip.dress;
        let in_row = rows.iter().copied().max().unwrap_or(1);
        let row_factor = match self.strip.flow {
            Flow::Rows => super::theme::ROW_FACTORS[(rows.len() - 1).min(2)],
            Flow::Column => 1.0,
        };
        let aim = self.cap * row_factor;
        let widest = self
            .badges
            .iter()
            .map(|badge| {
                badge::natural(&badge::parts(badge, dress, aim, measure), stacked, dress, aim)
            })
            .fold((0.0_f32, 0.0_f32), |most, (w, h)| (most.0.max(w), most.1.max(h)));
        let room = |total: u32, parts: usize| {
            ((total.saturating_sub(self.gap * (parts as u32 - 1))) as f32 / parts as f32).max(1.0)
        };
        let wide = room(self.area.width, in_row);
        let high = (tallest - (self.gap * (rows.len() as u32 - 1)) as f32) / rows.len() as f32;
        let shrink = (wide / widest.0).min(high / widest.1).min(1.0);
        // Whole pixels keep the edges of digits sharp.
        let cap = (aim * shrink).floor().max(4.0);
        let shrink = cap / aim;
        // Where only the width is short, the cells at least grow in height.
        let taller = 1.0 + 0.5 * (1.0 / shrink - 1.0);
        let natural = (widest.0 * shrink, (widest.1 * shrink * taller).min(high));
        // A lone badge is not stretched, three fill the width.
        let width = if self.strip.justified { natural.0 * MOST_AIR } else { natural.0 };
        Trial { stacked, rows, cap, cell: (width.min(wide), natural.1) }
    }

    /// Turns a trial into whole pixels.
    fn settle(&self, trial: &Trial, measure: &dyn Measure) -> Arranged {
        let dress = self.strip.dress;
        let parts: Vec<Parts> =
            self.badges.iter().map(|b| badge::parts(b, dress, trial.cap, measure)).collect();
        let in_row = trial.rows.iter().copied().max().unwrap_or(1) as u32;
        let (cell_width, cell_height) = (even(trial.cell.0 - 0.5), even(trial.cell.1));
        let total = Size {
            width: (cell_width * in_row + self.gap * (in_row - 1)).min(self.area.width),
            height: cell_height * trial.rows.len() as u32
                + self.gap * (trial.rows.len() as u32 - 1),
        };
        let bounds = self.anchored(total);
        let column = self.strip.flow == Flow::Column;
        let mut cells = Vec::with_capacity(self.badges.len());
        let mut outer = Vec::with_capacity(self.badges.len());
        let mut left = self.badges.len();
        for (row, count) in trial.rows.iter().enumerate() {
            let y = bounds.y + row as i32 * (cell_height + self.gap) as i32;
            let count = (*count).min(left);
            left -= count;
            // The last row of several columns keeps the columns' width.
            let across = if column { in_row as usize } else { count };
            for place in 0..count {
                let (x, width) = self.span(&bounds, place, across);
                cells.push(Rect { x, y, width, height: cell_height });
                let (top, bottom) = (row == 0, row + 1 == trial.rows.len());
                let (first, last) = (place == 0, place + 1 == count);
                outer.push([top && first, top && last, bottom && last, bottom && first]);
            }
        }
        let slots = (column && trial.stacked == Stacked::Beside).then(|| Slots {
            label: parts.iter().map(|p| p.label_width).fold(0.0, f32::max),
            value: parts.iter().map(|p| p.value_width).fold(0.0, f32::max),
        });
        let cut = Cut { stacked: trial.stacked, dress, cap: trial.cap, slots };
        Arranged { cells, outer, cut, parts, bounds }
    }

    /// Left edge and width of one of `across` cells that fill a row.
    fn span(&self, bounds: &Rect, place: usize, across: usize) -> (i32, u32) {
        let pitch = (bounds.width + self.gap) as f32 / across as f32;
        let edge = |index: usize| (pitch * index as f32 / 2.0).round() as u32 * 2;
        let start = edge(place);
        let end = if place + 1 == across { bounds.width } else { edge(place + 1) - self.gap };
        (bounds.x + start as i32, end.saturating_sub(start).max(1))
    }

    fn anchored(&self, total: Size) -> Rect {
        let area = self.area;
        let (left, right) = (area.x, area.right() - total.width as i32);
        let (top, bottom) = (area.y, area.bottom() - total.height as i32);
        let centre = left + snap((area.width - total.width.min(area.width)) / 2);
        let middle = top + snap((area.height - total.height.min(area.height)) / 2);
        let (x, y) = match self.strip.anchor {
            Position::BottomCenter => (centre, bottom),
            Position::TopCenter => (centre, top),
            Position::Left => (left, middle),
            Position::Right => (right, middle),
            Position::TopLeft => (left, top),
            Position::TopRight => (right, top),
            Position::BottomLeft => (left, bottom),
            Position::BottomRight => (right, bottom),
        };
        Rect { x, y, width: total.width, height: total.height }
    }
}

/// An even offset keeps the strip on chroma sites.
fn snap(offset: u32) -> i32 {
    (offset & !1) as i32
}

/// Rows of a full-width strip: three a row, and no badge left alone.
fn rows_of(count: usize) -> Vec<usize> {
    let rows = match count {
        0..=3 => 1,
        4..=8 => 2,
        _ => 3,
    };
    spread(count, rows)
}

/// Spreads `count` badges over `rows`, longer rows first.
fn spread(count: usize, rows: usize) -> Vec<usize> {
    (0..rows).map(|row| count / rows + usize::from(row < count % rows)).filter(|n| *n > 0).collect()
}

/// Space that strips keep from the statuette.
pub(super) fn clearance(frame: Size, unit: f32) -> u32 {
    whole(frame.width as f32 * unit * 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_badge_is_left_alone() {
        let rows: Vec<Vec<usize>> = (1..=10).map(rows_of).collect();
        assert_eq!(rows[3], [2, 2]);
        assert_eq!(rows[6], [4, 3]);
        assert_eq!(rows[9], [4, 3, 3]);
        assert!(rows[1..].iter().all(|rows| rows.last() != Some(&1)));
    }
}
