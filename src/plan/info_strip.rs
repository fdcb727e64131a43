//! Facts side by side: badges on one ground, pills, or a line of text.

use super::geometry::{Rect, Size, even, whole};
use super::info::{Form, InfoText};
use super::layout::InfoStrip;
use super::text::{self, Letters};
use super::theme;
use super::{Facts, Layer, Measure, Shadow, Symbol, SymbolLayer, ground};
use crate::model::{BadgeBackground, BadgeShape, InfoStyle, Position};

/// Lengths in cap heights. A row of badges and of a line.
const ROW: f32 = 2.06;
const LINE_ROW: f32 = 1.84;
/// Air at the ends of a panel, and on both sides of what divides two facts.
const PADDING: f32 = 0.72;
const AIR: f32 = 0.48;
/// Air at the ends of a pill, and between pills.
const PILL_PADDING: f32 = 0.74;
const PILL_GAP: f32 = 0.36;
/// Air on both sides of a line's dots.
const DOT_AIR: f32 = 0.50;
const DOT: f32 = 0.20;
/// Height of what stands around a text, of the text in it, and the air at its ends.
const MARK: f32 = 1.52;
const ROUND_MARK: f32 = 1.68;
const MARK_CAP: f32 = 0.86;
const MARK_AIR: f32 = 0.36;
/// A triangle's width, the text in it, and how far its middle lies above the text's.
const TRIANGLE: f32 = 1.86;
const TRIANGLE_CAP: f32 = 0.62;
const TRIANGLE_DROP: f32 = 0.30;

/// Facts in their cells, from their own top left corner.
#[derive(Clone, Debug)]
pub(super) struct LaidInfo<'a> {
    texts: &'a [InfoText],
    /// In the order of `texts`.
    cells: Vec<Rect>,
    /// Facts per row.
    rows: Vec<usize>,
    strip: &'a InfoStrip,
    cap: f32,
    pub(super) size: Size,
}

/// Cap height of a strip's facts in a frame, in pixels.
pub(super) fn cap_of(strip: &InfoStrip, frame: Size) -> f32 {
    (strip.cap * frame.width as f32).round().max(1.0)
}

/// Height of a row at a cap height.
pub(super) fn row_height(strip: &InfoStrip, cap: f32) -> u32 {
    even(cap * if strip.style == InfoStyle::Line { LINE_ROW } else { ROW })
}

/// Lays facts out in at most `rows` rows of about equal length.
pub(super) fn lay_out<'a>(
    strip: &'a InfoStrip,
    texts: &'a [InfoText],
    (rows, cap): (usize, f32),
    measure: &dyn Measure,
) -> LaidInfo<'a> {
    let pills = is_pills(strip);
    let widths: Vec<f32> = texts.iter().map(|t| width_of(t, cap, measure)).collect();
    let (ends, between) = match (strip.style, pills) {
        (InfoStyle::Line, _) => (0.0, (2.0 * DOT_AIR + DOT) * cap),
        (InfoStyle::Badge, true) => (PILL_PADDING * cap, (2.0 * PILL_PADDING + PILL_GAP) * cap),
        (InfoStyle::Badge, false) => (PADDING * cap, 2.0 * AIR * cap),
    };
    let rows = split(&widths, between, rows);
    let gap = if pills { even(PILL_GAP * cap) } else { 0 };
    let height = row_height(strip, cap);
    let length = |row: &[f32]| {
        row.iter().sum::<f32>() + between * row.len().saturating_sub(1) as f32 + 2.0 * ends
    };
    let mut lengths = Vec::new();
    let mut rest = widths.as_slice();
    for count in &rows {
        let (row, after) = rest.split_at(*count);
        lengths.push(length(row));
        rest = after;
    }
    let width = even(lengths.iter().copied().fold(1.0, f32::max).ceil());
    let size = Size { width, height: (height + gap) * rows.len().max(1) as u32 - gap };
    let mut cells = Vec::new();
    let mut widths = widths.iter();
    for (row, (count, length)) in rows.iter().zip(&lengths).enumerate() {
        let mut x = indent(strip.anchor, width as f32 - length) + ends;
        let y = row as i32 * (height + gap) as i32;
        for width in widths.by_ref().take(*count) {
            cells.push(Rect { x: x.round() as i32, y, width: whole(*width), height });
            x += width + between;
        }
    }
    LaidInfo { texts, cells, rows, strip, cap, size }
}

fn is_pills(strip: &InfoStrip) -> bool {
    strip.style == InfoStyle::Badge
        && strip.dress.shape == BadgeShape::Pill
        && strip.dress.background != BadgeBackground::Shadow
}

/// Facts per row, so that the rows are about equally long.
fn split(widths: &[f32], between: f32, rows: usize) -> Vec<usize> {
    let total: f32 = widths.iter().map(|width| width + between).sum();
    let aim = total / rows.max(1) as f32;
    let mut counts: Vec<usize> = vec![0];
    let mut length = 0.0;
    for width in widths {
        let last = counts.len() - 1;
        // A fact that lies more beyond the end of its row than within it begins the next.
        if counts[last] > 0 && length + width / 2.0 > aim && counts.len() < rows {
            counts.push(0);
            length = 0.0;
        }
        length += width + between;
        let last = counts.len() - 1;
        counts[last] += 1;
    }
    counts
}

/// What a shorter row is moved in by.
fn indent(anchor: Position, spare: f32) -> f32 {
    use Position as P;
    match anchor {
        P::TopLeft | P::BottomLeft => 0.0,
        // Facts at the middle of a side are a column.
        P::TopCenter | P::BottomCenter | P::Left | P::Right => spare / 2.0,
        P::TopRight | P::BottomRight => spare,
    }
}

fn width_of(info: &InfoText, cap: f32, measure: &dyn Measure) -> f32 {
    let marked = || text::width(&info.text, cap * MARK_CAP, measure);
    let symbol = match info.form {
        Form::Plain => return text::width(&info.text, cap, measure),
        Form::Outline(symbol) | Form::Filled { symbol, .. } => symbol,
    };
    match symbol {
        Symbol::Triangle => TRIANGLE * cap,
        Symbol::Disc if marked() <= 1.24 * cap => ROUND_MARK * cap,
        Symbol::Disc | Symbol::Capsule => marked() + 2.3 * MARK_AIR * cap,
        Symbol::Frame | Symbol::Plate | Symbol::Arc { .. } => {
            (marked() + 2.0 * MARK_AIR * cap).max(MARK * cap)
        }
    }
}

impl LaidInfo<'_> {
    pub(super) fn texts(&self) -> &[InfoText] {
        self.texts
    }

    /// Cap height in pixels.
    pub(super) fn cap(&self) -> f32 {
        self.cap
    }

    /// What it covers with the top left corner at `at`.
    pub(super) fn bounds(&self, (x, y): (i32, i32)) -> Rect {
        Rect { x, y, width: self.size.width, height: self.size.height }
    }

    /// The facts and their rectangles with the top left corner at `at`.
    pub(super) fn places(
        &self,
        (x, y): (i32, i32),
    ) -> impl Iterator<Item = (&InfoText, Rect)> + '_ {
        let moved = move |cell: &Rect| Rect { x: cell.x + x, y: cell.y + y, ..*cell };
        self.texts.iter().zip(self.cells.iter().map(moved))
    }

    /// What is painted with the top left corner at `at`, its ground included.
    pub(super) fn layers(
        &self,
        at: (i32, i32),
        facts: &Facts,
        measure: &dyn Measure,
    ) -> Vec<Layer> {
        let bounds = self.bounds(at);
        let dress = self.strip.dress;
        let line = self.strip.style == InfoStyle::Line;
        let bare = line || dress.background == BadgeBackground::Shadow;
        let mut layers = Vec::new();
        if line {
            layers.push(Layer::Scrim(ground::veil(&bounds, whole(self.cap * 1.5), facts)));
        } else if is_pills(self.strip) {
            let pad = (PILL_PADDING * self.cap).round() as i32;
            let pills = self.places(at).map(|(_, cell)| {
                let width = cell.width + 2 * pad as u32;
                Rect { x: cell.x - pad, width, ..cell }
            });
            let pills = pills.map(|pill| (pill, pill.height / 2));
            layers.extend(ground::panels_on(bounds, pills, (dress, self.cap), facts));
        } else {
            let radius = row_height(self.strip, self.cap) as f32 * theme::corner(dress.shape);
            let panel = [(bounds, radius.round() as u32)];
            layers.extend(ground::panels_on(bounds, panel, (dress, self.cap), facts));
            if !bare {
                layers.extend(self.rules(at));
            }
        }
        let shadow = bare.then(|| ground::shadow(self.cap, facts.beneath(&bounds)));
        layers.extend(self.bare_layers(at, shadow, measure));
        layers
    }

    /// The facts alone, on whatever ground there is.
    pub(super) fn bare_layers(
        &self,
        at: (i32, i32),
        shadow: Option<Shadow>,
        measure: &dyn Measure,
    ) -> Vec<Layer> {
        let mut layers = Vec::new();
        let white = Letters { cap: self.cap, colour: theme::WHITE, shadow, measure };
        for (info, cell) in self.places(at) {
            layers.extend(fact_layers(info, cell, white));
        }
        if self.strip.style == InfoStyle::Line {
            layers.extend(self.dots(at, shadow));
        }
        layers
    }

    /// Pairs of neighbours in a row, as their rectangles.
    fn neighbours(&self, at: (i32, i32)) -> Vec<(Rect, Rect)> {
        let cells: Vec<Rect> = self.places(at).map(|(_, cell)| cell).collect();
        let mut rest = cells.as_slice();
        let mut pairs = Vec::new();
        for count in &self.rows {
            let (row, after) = rest.split_at(*count);
            pairs.extend(row.windows(2).map(|pair| (pair[0], pair[1])));
            rest = after;
        }
        pairs
    }

    /// Hairlines between facts; what has a shape of its own needs none.
    fn rules(&self, at: (i32, i32)) -> Vec<Layer> {
        let plain: Vec<bool> = self.texts.iter().map(|text| text.form == Form::Plain).collect();
        let mut index = 0;
        let mut layers = Vec::new();
        let mut pairs = self.neighbours(at).into_iter();
        for count in &self.rows {
            for place in index..index + count.saturating_sub(1) {
                let Some((left, right)) = pairs.next() else { break };
                if plain[place] && plain[place + 1] {
                    layers.push(ground::rule_between(&left, &right, self.cap));
                }
            }
            index += count;
        }
        layers
    }

    fn dots(&self, at: (i32, i32), shadow: Option<Shadow>) -> Vec<Layer> {
        let side = even(DOT * self.cap);
        let pairs = self.neighbours(at).into_iter();
        pairs
            .map(|(left, right)| {
                let x = (left.right() + right.x - side as i32).div_euclid(2);
                let y = left.y + (left.height as i32 - side as i32) / 2;
                let rect = Rect { x, y, width: side, height: side };
                let (symbol, colour) = (Symbol::Disc, theme::WHITE);
                Layer::Symbol(SymbolLayer { rect, symbol, colour, alpha: 255, shadow })
            })
            .collect()
    }
}

/// One fact in its cell: its shape, and its text in the optical middle.
fn fact_layers(info: &InfoText, cell: Rect, white: Letters<'_>) -> Vec<Layer> {
    let cap = white.cap;
    let middle =
        (cell.x as f32 + cell.width as f32 / 2.0, cell.y as f32 + cell.height as f32 / 2.0);
    let (symbol, colour, ink) = match info.form {
        Form::Plain => return vec![Layer::Text(white.centred(&info.text, middle))],
        Form::Outline(symbol) => (symbol, white.colour, white.colour),
        Form::Filled { symbol, fill, ink } => (symbol, fill, ink),
    };
    let round = matches!(symbol, Symbol::Disc | Symbol::Triangle);
    let mut height = even(cap * if round { ROUND_MARK } else { MARK });
    // Both have one middle to the pixel.
    if height % 2 != cell.height % 2 {
        height += 1;
    }
    let y = cell.y + (cell.height as i32 - height as i32) / 2;
    let rect = Rect { y, height, ..cell };
    let shape = SymbolLayer { rect, symbol, colour, alpha: 255, shadow: white.shadow };
    let filled = matches!(info.form, Form::Filled { .. });
    let shadow = white.shadow.filter(|_| !filled);
    let (share, drop) = match symbol {
        Symbol::Triangle => (TRIANGLE_CAP, TRIANGLE_DROP * cap),
        _ => (MARK_CAP, 0.0),
    };
    let letters = Letters { cap: (cap * share).round().max(1.0), colour: ink, shadow, ..white };
    let text = letters.centred(&info.text, (middle.0, middle.1 + drop));
    vec![Layer::Symbol(shape), Layer::Text(text)]
}
