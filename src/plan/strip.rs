//! Rows and columns of badges: how many, how large, where.

use super::Measure;
use super::badge::{self, Badge, BadgeParts, BadgeScale, Cut, Slots, Stacked};
use super::geometry::{Rect, Size, even, even_within, whole};
use super::layout::{Flow, Share, Strip};
use super::theme::{COLUMN_TIGHTNESS, CROWDED_ROWS, LEGIBLE, ROW_FACTORS};
use crate::request::{BadgeShape, Position};

/// Auto stacking leaves "beside" only for digits that are clearly larger.
const WORTH_STACKING: f32 = 1.2;

/// More rows or columns, or other ones, only for clearly larger digits.
const WORTH_WRAPPING: f32 = 1.18;

/// Badges take the loosest of these squeezes that their width allows.
const SQUEEZES: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// Where only the width is short, cells still grow in height, up to this many
/// times what their digits need, so that every badge size shows.
const MAX_HEADROOM: f32 = 1.5;

/// Cells of a full-width strip grow to fill it, up to this many times their content.
const MAX_AIR: f32 = 1.28;

/// Badges in their cells.
#[derive(Clone, Debug)]
pub(super) struct Arranged {
    pub(super) cells: Vec<Rect>,
    /// Badges per row.
    pub(super) rows: Vec<usize>,
    pub(super) cut: Cut,
    pub(super) parts: Vec<BadgeParts>,
    /// Slots of each badge that has others above or below it.
    pub(super) slots: Vec<Option<Slots>>,
    pub(super) bounds: Rect,
    pub(super) strip: Strip,
}

impl Arranged {
    /// Where the parts of every badge stand.
    pub(super) fn places(&self) -> impl Iterator<Item = badge::PlacedBadge> + '_ {
        self.cells
            .iter()
            .zip(&self.parts)
            .zip(&self.slots)
            .map(|((cell, parts), slots)| badge::place(*cell, parts, *slots, &self.cut))
    }
}

impl Arranged {
    /// The strip with a row of its own for something else at its lower end, `gap` below the badges; the
    /// row's rectangle. `None` where that would leave the strip's part of the frame.
    pub(super) fn with_row(mut self, height: u32, gap: u32, frame: Size) -> Option<(Self, Rect)> {
        use Position as P;
        let grown = (height + gap) as i32;
        let margin = even(self.strip.unit * frame.width as f32) as i32;
        let below = frame.height as i32 - margin - self.bounds.bottom();
        let up = match self.strip.anchor {
            P::BottomLeft | P::BottomCenter | P::BottomRight => grown,
            _ => (grown - below).max(0),
        };
        self.cells.iter_mut().for_each(|cell| cell.y -= up);
        self.bounds.y -= up;
        self.bounds.height += grown as u32;
        let halves = self.strip.share != Share::All;
        let middle = frame.height as i32 / 2;
        let (top, bottom) = match self.strip.anchor {
            P::TopLeft | P::TopCenter | P::TopRight if halves => (margin, middle - 1),
            P::BottomLeft | P::BottomCenter | P::BottomRight if halves => {
                (middle + 1, frame.height as i32 - margin)
            }
            _ => (margin, frame.height as i32 - margin),
        };
        let fits = self.bounds.y >= top && self.bounds.bottom() <= bottom;
        let row = Rect { y: self.bounds.bottom() - height as i32, height, ..self.bounds };
        fits.then_some((self, row))
    }
}

/// What a strip has around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    pub(super) frame: Size,
    /// The picture's lettering, which columns keep clear of.
    pub(super) lettering: Option<Rect>,
}

/// A strip's surroundings, in pixels.
struct Field<'a> {
    strip: &'a Strip,
    badges: &'a [Badge],
    /// Where the strip may stand.
    area: Rect,
    /// Height of the strip at most.
    tallest: f32,
    gap: u32,
    /// Digit height that is aimed at.
    cap: f32,
    frame_width: f32,
}

/// A way to arrange the badges: cells of one size in rows.
struct Trial {
    stacked: Stacked,
    rows: Vec<usize>,
    scale: BadgeScale,
    cell: (f32, f32),
}

/// Arranges `badges`; `None` when there is nothing to show.
pub(super) fn arrange(
    strip: &Strip,
    badges: &[Badge],
    around: Surroundings,
    measure: &dyn Measure,
) -> Option<Arranged> {
    if badges.is_empty() {
        return None;
    }
    let field = field(strip, badges, around.frame);
    let free = field.arrange(measure)?;
    let Some(lettering) = around.lettering.filter(|_| strip.hangs_at.is_some()) else {
        return Some(free);
    };
    let apart = clearance(around.frame, strip.unit);
    if !free.bounds.grown(apart).intersects(&lettering) {
        return Some(free);
    }
    let least = free.cut.scale.cap * MIN_BESIDE_TITLE;
    field
        .clear_of(&lettering.grown(apart))
        .into_iter()
        .filter_map(|field| field.arrange(measure))
        .find(|clear| {
            clear.cut.scale.cap >= least && !clear.bounds.grown(apart).intersects(&lettering)
        })
        .or(Some(free))
}

/// A column keeps at least this share of its digits' height to keep clear of a
/// title; else it covers it.
const MIN_BESIDE_TITLE: f32 = 0.70;

fn field<'a>(strip: &'a Strip, badges: &'a [Badge], frame: Size) -> Field<'a> {
    let (width, height) = (frame.width as f32, frame.height as f32);
    let margin = strip.unit * width;
    let gap = match strip.dress.shape {
        BadgeShape::Rounded => even(margin * 0.2),
        BadgeShape::Pill => even(margin * 0.7),
    };
    let area = area(strip, frame, even(margin));
    let tallest = (strip.most_of_height * height).min(area.height as f32);
    let area = hung(area, strip, frame);
    // What hangs has no more room than is left below.
    let tallest = tallest.min(area.height as f32);
    Field { strip, badges, area, tallest, gap, cap: strip.cap * width, frame_width: width }
}

/// Two strips that share a frame keep to their halves; their insets leave room.
const MAX_INSET_OF_HALF: f32 = 0.2;

/// Where a strip may stand: within the margins, and its inset away from the edge
/// it is anchored to.
fn area(strip: &Strip, frame: Size, margin: u32) -> Rect {
    use Position as P;
    let whole = strip.share == Share::All;
    let most = if whole { 0.5 } else { MAX_INSET_OF_HALF };
    let inset =
        |share: f32, length: u32, most: f32| (share.min(most) * length as f32 / 2.0) as u32 * 2;
    let inset_x = inset(strip.inset.0, frame.width, most);
    let inset_y = inset(strip.inset.1, frame.height, most);
    // Without an edge to be away from, both sides come in.
    let both_x = inset(strip.inset.0, frame.width, 0.3);
    let both_y = inset(strip.inset.1, frame.height, 0.3);
    let (left, right) = match strip.anchor {
        P::Left | P::TopLeft | P::BottomLeft => (inset_x, 0),
        P::Right | P::TopRight | P::BottomRight => (0, inset_x),
        P::TopCenter | P::BottomCenter => (both_x, both_x),
    };
    let (top, bottom) = match strip.anchor {
        P::TopLeft | P::TopCenter | P::TopRight => (inset_y, 0),
        P::BottomLeft | P::BottomCenter | P::BottomRight => (0, inset_y),
        P::Left | P::Right => (both_y, both_y),
    };
    let start = (margin + left, margin + top);
    let end = (
        frame.width.saturating_sub(margin + right).max(start.0 + 1),
        frame.height.saturating_sub(margin + bottom).max(start.1 + 1),
    );
    let (start, end) = if whole { (start, end) } else { half(start, end, strip.anchor, frame) };
    Rect { x: start.0 as i32, y: start.1 as i32, width: end.0 - start.0, height: end.1 - start.1 }
}

/// An area that begins where a side column does, if the strip is one.
fn hung(area: Rect, strip: &Strip, frame: Size) -> Rect {
    let side = matches!(strip.anchor, Position::Left | Position::Right);
    let Some(share) = strip.hangs_at.filter(|_| side) else {
        return area;
    };
    let down = even(frame.height as f32 * share).min(area.height / 4);
    Rect { y: area.y + down as i32, height: area.height - down, ..area }
}

/// What of an area lies on the anchor's side of the frame's middle.
fn half(
    start: (u32, u32),
    end: (u32, u32),
    anchor: Position,
    frame: Size,
) -> ((u32, u32), (u32, u32)) {
    use Position as P;
    let (x, y) = (frame.width / 2, frame.height / 2);
    match anchor {
        P::Left | P::TopLeft | P::BottomLeft => (start, (end.0.min(x - 1), end.1)),
        P::Right | P::TopRight | P::BottomRight => ((start.0.max(x + 1), start.1), end),
        P::TopCenter => (start, (end.0, end.1.min(y - 1))),
        P::BottomCenter => ((start.0, start.1.max(y + 1)), end),
    }
}

impl<'a> Field<'a> {
    fn arrange(&self, measure: &dyn Measure) -> Option<Arranged> {
        let mut trials = Stacked::candidates(self.strip.stacking)
            .iter()
            .map(|stacked| self.fit(*stacked, measure));
        let first = trials.next()?;
        let best = trials.next().filter(|other| self.prefers(other, &first)).unwrap_or(first);
        Some(self.settle(&best, measure))
    }

    /// The fields above and below a title, the one that keeps its place first; those
    /// that are anchored at the bottom have none.
    fn clear_of(&self, title: &Rect) -> Vec<Field<'a>> {
        use Position as P;
        let (area, anchor) = (self.area, self.strip.anchor);
        if !matches!(anchor, P::Left | P::Right | P::TopLeft | P::TopRight) {
            return Vec::new();
        }
        let within = |top: i32, bottom: i32| {
            let height = even_within((bottom - top).max(0) as f32);
            let area = Rect { y: top, height, ..area };
            Field { area, tallest: self.tallest.min(height as f32), ..*self }
        };
        let margin = even(self.strip.unit * self.frame_width) as i32;
        let above = [area.y, area.y.min(margin)].map(|top| within(top, title.y));
        let below = within(title.bottom() + title.bottom() % 2, area.bottom());
        let corner = matches!(anchor, P::TopLeft | P::TopRight);
        above.into_iter().chain((!corner).then_some(below)).collect()
    }

    /// Whether `above` gives so much larger digits than `beside` that the
    /// strip may grow in height for it.
    fn prefers(&self, above: &Trial, beside: &Trial) -> bool {
        let (above, beside) = (above.scale.cap, beside.scale.cap);
        let legible = self.cap.min(LEGIBLE * self.frame_width).floor();
        let short = self.badges.len() <= 3 && beside < legible;
        above > beside * WORTH_STACKING || (short && above > beside)
    }

    /// The largest digits, up to the aim, with which the badges fit.
    fn fit(&self, stacked: Stacked, measure: &dyn Measure) -> Trial {
        let count = self.badges.len();
        let layouts: Vec<Vec<usize>> = match self.strip.flow {
            Flow::Rows if self.strip.justified => match stacked {
                Stacked::Beside => vec![rows_of(count)],
                Stacked::Above => vec![rows_of_slim(count)],
            },
            Flow::Rows => (1..=count.min(3)).map(|rows| spread(count, rows)).collect(),
            Flow::Column => (1..=3).map(|columns| spread(count, count.div_ceil(columns))).collect(),
        };
        let mut best: Option<Trial> = None;
        for rows in layouts {
            let trial = self.fit_rows(stacked, rows, measure);
            if best.as_ref().is_none_or(|best| trial.scale.cap > best.scale.cap * WORTH_WRAPPING) {
                best = Some(trial);
            }
        }
        best.unwrap_or_else(|| self.fit_rows(stacked, vec![count], measure))
    }

    fn fit_rows(&self, stacked: Stacked, rows: Vec<usize>, measure: &dyn Measure) -> Trial {
        let dress = self.strip.dress;
        let in_row = rows.iter().copied().max().unwrap_or(1);
        let wide = room(self.area.width as f32, self.gap, in_row);
        let high = room(self.tallest, self.gap, rows.len());
        let aim = self.aim(rows.len(), in_row);
        let one = self.scale(1.0, 0.0);
        let limit = self.limit(aim, high / badge::natural_height(stacked, dress, one));
        // Whole pixels keep the edges of digits sharp.
        let at = |squeeze: f32| {
            let aimed = self.scale(aim, squeeze);
            let width = self.widest(stacked, aimed, &rows, measure);
            let height = badge::natural_height(stacked, dress, aimed);
            let shrink = (wide / width).min(high / height).min(1.0);
            let cap = (aim * shrink).min(limit).floor().max(1.0);
            (BadgeScale { cap, ..aimed }, width * cap / aim)
        };
        let mut best = at(SQUEEZES[0]);
        for squeeze in &SQUEEZES[1..] {
            let tighter = at(*squeeze);
            if best.0.cap < aim.floor() && tighter.0.cap > best.0.cap {
                best = tighter;
            }
        }
        let (scale, natural) = best;
        // A lone badge is not stretched, three fill the width.
        let wanting = (aim / scale.cap).clamp(1.0, MAX_HEADROOM);
        let width = if self.strip.justified { natural * MAX_AIR * wanting } else { natural };
        let needed = badge::natural_height(stacked, dress, scale);
        let aimed = BadgeScale { cap: aim, ..scale };
        let height = badge::natural_height(stacked, dress, aimed).min(needed * MAX_HEADROOM);
        Trial { stacked, rows, scale, cell: (width.min(wide), height.min(high)) }
    }

    /// The digits that `ceiling`, the digit height the strip's height allows, leaves
    /// to this badge size, so that the sizes stay apart beneath it.
    fn limit(&self, aim: f32, ceiling: f32) -> f32 {
        let share = self.strip.cap / self.strip.most_cap;
        let most = aim / share;
        if self.strip.flow == Flow::Rows && ceiling < most {
            ceiling * share.powf(0.25)
        } else {
            f32::INFINITY
        }
    }

    /// Digit height that `rows` rows of up to `in_row` badges aim at.
    fn aim(&self, rows: usize, in_row: usize) -> f32 {
        let factor = match self.strip.flow {
            // Three rows are smaller than two, however short they are.
            Flow::Rows if self.strip.justified && in_row > 3 && rows < 3 => CROWDED_ROWS[rows - 1],
            Flow::Rows => ROW_FACTORS[(rows - 1).min(2)],
            Flow::Column => 1.0,
        };
        self.cap * factor
    }

    /// How badges of `cap` pixels are drawn; those of a column stand near each other.
    fn scale(&self, cap: f32, squeeze: f32) -> BadgeScale {
        let tight = match self.strip.flow {
            // Only their width is ever short: their height is a share of the digits'.
            Flow::Rows => 0.0,
            Flow::Column => squeeze.max(COLUMN_TIGHTNESS),
        };
        BadgeScale { cap, squeeze, tight }
    }

    /// Width that every badge has enough of.
    fn widest(
        &self,
        stacked: Stacked,
        scale: BadgeScale,
        rows: &[usize],
        measure: &dyn Measure,
    ) -> f32 {
        let mut parts = self.parts(scale, measure);
        if stacked == Stacked::Beside {
            // Marks stand above marks: the widest of each has to fit.
            parts = widest_by_column(&parts, rows);
        }
        parts.iter().map(|parts| badge::natural_width(parts, stacked, scale)).fold(1.0, f32::max)
    }

    fn parts(&self, scale: BadgeScale, measure: &dyn Measure) -> Vec<BadgeParts> {
        let dress = self.strip.dress;
        self.badges.iter().map(|badge| badge::parts(badge, dress, scale, measure)).collect()
    }

    /// Turns a trial into whole pixels.
    fn settle(&self, trial: &Trial, measure: &dyn Measure) -> Arranged {
        let parts = self.parts(trial.scale, measure);
        let in_row = trial.rows.iter().copied().max().unwrap_or(1);
        let across = in_row as u32;
        let (cell_width, cell_height) = (even(trial.cell.0 - 0.5), even_within(trial.cell.1));
        let total = Size {
            width: (cell_width * across + self.gap * (across - 1)).min(self.area.width),
            height: cell_height * trial.rows.len() as u32
                + self.gap * (trial.rows.len() as u32 - 1),
        };
        let bounds = self.anchored(total);
        // The columns of a longer row are the columns of all.
        let cells = seats(&trial.rows).map(|(row, place)| {
            let (x, width) = self.span(&bounds, place, in_row);
            let y = bounds.y + row as i32 * (cell_height + self.gap) as i32;
            Rect { x, y, width, height: cell_height }
        });
        let shared = widest_by_column(&parts, &trial.rows);
        let slots = seats(&trial.rows).map(|(_, place)| {
            let alone = trial.rows.len() == 1 || trial.stacked == Stacked::Above;
            let widest = shared.get(place).filter(|_| !alone)?;
            Some(Slots { label: widest.label.0, value: widest.value_width })
        });
        let cut = Cut { stacked: trial.stacked, dress: self.strip.dress, scale: trial.scale };
        Arranged {
            cells: cells.collect(),
            rows: trial.rows.clone(),
            cut,
            slots: slots.collect(),
            parts,
            bounds,
            strip: *self.strip,
        }
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
            Position::Left => (left, if self.strip.hangs_at.is_some() { top } else { middle }),
            Position::Right => (right, if self.strip.hangs_at.is_some() { top } else { middle }),
            Position::TopLeft => (left, top),
            Position::TopRight => (right, top),
            Position::BottomLeft => (left, bottom),
            Position::BottomRight => (right, bottom),
        };
        Rect { x, y, width: total.width, height: total.height }
    }
}

/// Row and place in it of every badge.
fn seats(rows: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    rows.iter().enumerate().flat_map(|(row, count)| (0..*count).map(move |place| (row, place)))
}

/// The widest parts of each column.
fn widest_by_column(parts: &[BadgeParts], rows: &[usize]) -> Vec<BadgeParts> {
    let mut columns: Vec<BadgeParts> = Vec::new();
    for (parts, (_, place)) in parts.iter().zip(seats(rows)) {
        match columns.get_mut(place) {
            Some(column) => *column = badge::widest_of_each(*column, *parts),
            None => columns.push(*parts),
        }
    }
    columns
}

/// Share of `total` pixels that each of `parts` gets between gaps.
fn room(total: f32, gap: u32, parts: usize) -> f32 {
    ((total - (gap * (parts as u32 - 1)) as f32) / parts as f32).max(1.0)
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

/// Rows of a full-width strip of marks above values, which are slim and high:
/// four share a row, and two rows are enough for ten.
fn rows_of_slim(count: usize) -> Vec<usize> {
    match count {
        4 => vec![4],
        9.. => spread(count, 2),
        _ => rows_of(count),
    }
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
