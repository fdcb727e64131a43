//! One badge: what it shows, how large it is by nature, where its parts stand.

use super::geometry::{Rect, whole};
use super::layout::{Dress, Stacking};
use super::theme::{self, above, beside};
use super::{Label, Measure};
use crate::model::{Mark, Rating};
use crate::request::{BadgeBackground, LabelStyle};

/// What one badge shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Badge {
    pub mark: Mark,
    /// The digits: `8.7`, `92`.
    pub figure: String,
    /// Written smaller after them: `%` or nothing.
    pub unit: &'static str,
}

impl From<&Rating> for Badge {
    fn from(rating: &Rating) -> Self {
        let text = rating.text();
        let (figure, unit) = match text.strip_suffix('%') {
            Some(digits) => (digits.to_owned(), "%"),
            None => (text, ""),
        };
        Self { mark: rating.mark(), figure, unit }
    }
}

/// Sizes in pixels of the parts of a badge at one digit height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) label_width: f32,
    pub(super) label_height: f32,
    pub(super) value_width: f32,
}

/// Whether the mark has a compartment of its own in the source's colour.
pub(super) fn has_compartment(dress: Dress) -> bool {
    dress.background == BadgeBackground::SourceColour && dress.label != LabelStyle::Official
}

/// A stacking that has been decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stacked {
    Beside,
    Above,
}

impl Stacked {
    pub(super) fn candidates(stacking: Stacking) -> &'static [Self] {
        match stacking {
            Stacking::Beside => &[Self::Beside],
            Stacking::Above => &[Self::Above],
            Stacking::Auto => &[Self::Beside, Self::Above],
        }
    }
}

/// How large a badge is drawn, and how tightly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// Digit height in pixels.
    pub(super) cap: f32,
    /// 0 leaves all the air a badge likes, 1 as little as it can do with: where
    /// the width is short, air and mark give way before the digits do.
    pub(super) squeeze: f32,
}

impl Scale {
    fn between(self, (loose, tight): (f32, f32)) -> f32 {
        loose + (tight - loose) * self.squeeze
    }

    fn padding(self, stacked: Stacked) -> f32 {
        let range = match stacked {
            Stacked::Beside => beside::PADDING,
            Stacked::Above => above::PADDING,
        };
        self.between(range) * self.cap
    }

    fn gap(self) -> f32 {
        self.between(beside::GAP) * self.cap
    }

    /// Height of a mark's box.
    fn mark(self) -> f32 {
        self.between(theme::MARK) * self.cap
    }
}

/// Measures `badge` at a scale.
pub(super) fn parts(badge: &Badge, dress: Dress, scale: Scale, measure: &dyn Measure) -> Parts {
    let cap = scale.cap;
    let em = cap / measure.cap_height();
    let unit_gap = if badge.unit.is_empty() { 0.0 } else { theme::UNIT_GAP * cap };
    let value_width = measure.text_width(&badge.figure, em)
        + unit_gap
        + measure.text_width(badge.unit, em * theme::UNIT_SCALE);
    let (label_width, label_height) = match dress.label {
        LabelStyle::Text => {
            let share = scale.between(theme::LABEL_CAP);
            (measure.text_width(badge.mark.source.row().label, em * share), share * cap)
        }
        LabelStyle::Icon => mark_size(badge.mark, Label::Icon, scale, measure),
        LabelStyle::Official => mark_size(badge.mark, Label::Official, scale, measure),
    };
    Parts { label_width, label_height, value_width }
}

fn mark_size(mark: Mark, label: Label, scale: Scale, measure: &dyn Measure) -> (f32, f32) {
    let height = scale.mark() * mark.source.row().weight;
    (height * measure.mark_aspect(mark, label), height)
}

/// Parts as wide as the wider ones of two badges.
pub(super) fn widest_of_each(a: Parts, b: Parts) -> Parts {
    Parts {
        label_width: a.label_width.max(b.label_width),
        label_height: a.label_height.max(b.label_height),
        value_width: a.value_width.max(b.value_width),
    }
}

/// Width a badge needs at least, in pixels.
pub(super) fn natural_width(parts: &Parts, stacked: Stacked, dress: Dress, scale: Scale) -> f32 {
    let padding = 2.0 * scale.padding(stacked);
    match stacked {
        Stacked::Beside => {
            let gap = if has_compartment(dress) { 2.0 * scale.gap() } else { scale.gap() };
            parts.label_width + parts.value_width + padding + gap
        }
        Stacked::Above => parts.label_width.max(parts.value_width) + padding,
    }
}

/// Height of a badge with digits of `cap` pixels.
pub(super) fn natural_height(stacked: Stacked, dress: Dress, cap: f32) -> f32 {
    match stacked {
        Stacked::Beside => beside::HEIGHT * cap,
        Stacked::Above => above_height(dress) * cap,
    }
}

fn above_height(dress: Dress) -> f32 {
    let gap = if has_compartment(dress) { 2.0 * above::TOP } else { above::GAP };
    above::TOP + above_label(dress) + gap + 1.0 + above::BOTTOM
}

fn above_label(dress: Dress) -> f32 {
    if dress.label == LabelStyle::Text { theme::LABEL_CAP.0 } else { theme::MARK.0 }
}

/// Where the parts of one badge stand in its cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// Box of the mark; of a name in letters, its cap height.
    pub(super) label: Rect,
    /// The compartment in the source's colour, if there is one.
    pub(super) compartment: Option<Rect>,
    /// Left end and baseline of the value.
    pub(super) value: (i32, i32),
}

/// Slots that all badges of a column share, so that marks stand above marks
/// and digits above digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    pub(super) label: f32,
    pub(super) value: f32,
}

/// Everything that is common to the badges of a strip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) stacked: Stacked,
    pub(super) dress: Dress,
    pub(super) scale: Scale,
    /// Given in columns of badges whose marks stand beside the values.
    pub(super) slots: Option<Slots>,
}

/// Places the parts of a badge in `cell`, the pair centred as one.
pub(super) fn place(cell: Rect, parts: &Parts, cut: &Cut) -> Placed {
    match cut.stacked {
        Stacked::Beside => place_beside(cell, parts, cut),
        Stacked::Above => place_above(cell, parts, cut),
    }
}

fn place_beside(cell: Rect, parts: &Parts, cut: &Cut) -> Placed {
    let (cap, gap, padding) = (cut.scale.cap, cut.scale.gap(), cut.scale.padding(Stacked::Beside));
    let slots = cut.slots.unwrap_or(Slots { label: parts.label_width, value: parts.value_width });
    let middle = cell.y as f32 + cell.height as f32 / 2.0;
    let baseline = (middle + cap / 2.0).round() as i32;
    let (label_left, value_left, compartment) = if has_compartment(cut.dress) {
        let share =
            (slots.label + padding + gap) / (slots.label + slots.value + 2.0 * (padding + gap));
        let width = whole(cell.width as f32 * share);
        let rest = cell.width - width.min(cell.width);
        let label_left = cell.x as f32 + (width as f32 - parts.label_width) / 2.0;
        let value_left = (cell.x + width as i32) as f32 + (rest as f32 - parts.value_width) / 2.0;
        (label_left, value_left, Some(Rect { width, ..cell }))
    } else {
        let pair = slots.label + gap + slots.value;
        let left = cell.x as f32 + (cell.width as f32 - pair) / 2.0;
        let label_left = left + (slots.label - parts.label_width) / 2.0;
        (label_left, left + slots.label + gap, None)
    };
    let mut label = label_rect(label_left, (baseline as f32) - cap / 2.0, cap, parts);
    if cut.dress.label == LabelStyle::Text && compartment.is_none() {
        // A name and its value are one line of type.
        label.y = baseline - label.height as i32;
    }
    Placed { label, compartment, value: (value_left.round() as i32, baseline) }
}

fn place_above(cell: Rect, parts: &Parts, cut: &Cut) -> Placed {
    let cap = cut.scale.cap;
    let centre = cell.x as f32 + cell.width as f32 / 2.0;
    let spare = (cell.height as f32 - above_height(cut.dress) * cap) / 2.0;
    let top = cell.y as f32 + spare + above::TOP * cap;
    let label_box = above_label(cut.dress) * cap;
    let label = label_rect(centre - parts.label_width / 2.0, top + label_box / 2.0, cap, parts);
    let gap = if has_compartment(cut.dress) { 2.0 * above::TOP } else { above::GAP };
    let baseline = top + label_box + (gap + 1.0) * cap;
    let compartment = has_compartment(cut.dress)
        .then(|| Rect { height: whole(spare + (2.0 * above::TOP) * cap + label_box), ..cell });
    let value_left = (centre - parts.value_width / 2.0).round() as i32;
    Placed { label, compartment, value: (value_left, baseline.round() as i32) }
}

/// The label's box around `middle`. A mark's height is odd where the digits'
/// is, so that both have the same middle to the pixel.
fn label_rect(left: f32, middle: f32, cap: f32, parts: &Parts) -> Rect {
    let (width, mut height) = (whole(parts.label_width), whole(parts.label_height));
    if height > cap as u32 && height % 2 != cap as u32 % 2 {
        height += 1;
    }
    let y = (middle - height as f32 / 2.0).round() as i32;
    Rect { x: left.round() as i32, y, width, height }
}
