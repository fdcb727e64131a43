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

/// Measures `badge` at a digit height of `cap` pixels.
pub(super) fn parts(badge: &Badge, dress: Dress, cap: f32, measure: &dyn Measure) -> Parts {
    let em = cap / measure.cap_height();
    let unit_gap = if badge.unit.is_empty() { 0.0 } else { theme::UNIT_GAP * cap };
    let value_width = measure.text_width(&badge.figure, em)
        + unit_gap
        + measure.text_width(badge.unit, em * theme::UNIT_SCALE);
    let (label_width, label_height) = match dress.label {
        LabelStyle::Text => {
            let em = em * theme::LABEL_CAP;
            (measure.text_width(theme::name(badge.mark.source), em), theme::LABEL_CAP * cap)
        }
        LabelStyle::Icon => {
            let height = beside::MARK * cap;
            (height * measure.mark_aspect(badge.mark, Label::Icon), height)
        }
        LabelStyle::Official => {
            let height = beside::MARK * cap;
            (height * measure.mark_aspect(badge.mark, Label::Official), height)
        }
    };
    Parts { label_width, label_height, value_width }
}

/// Width and height a badge needs at least, in pixels.
pub(super) fn natural(parts: &Parts, stacked: Stacked, dress: Dress, cap: f32) -> (f32, f32) {
    match stacked {
        Stacked::Beside => {
            let gap = if has_compartment(dress) { 2.0 * beside::GAP } else { beside::GAP };
            let width = parts.label_width + parts.value_width + (2.0 * beside::PADDING + gap) * cap;
            (width, beside::HEIGHT * cap)
        }
        Stacked::Above => {
            let width = parts.label_width.max(parts.value_width) + 2.0 * above::PADDING * cap;
            (width, above_height(dress) * cap)
        }
    }
}

fn above_height(dress: Dress) -> f32 {
    let gap = if has_compartment(dress) { 2.0 * above::TOP } else { above::GAP };
    above::TOP + above_label(dress) + gap + 1.0 + above::BOTTOM
}

fn above_label(dress: Dress) -> f32 {
    if dress.label == LabelStyle::Text { theme::LABEL_CAP } else { above::MARK }
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
    pub(super) cap: f32,
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
    let cap = cut.cap;
    let slots = cut.slots.unwrap_or(Slots { label: parts.label_width, value: parts.value_width });
    let middle = cell.y as f32 + cell.height as f32 / 2.0;
    let baseline = (middle + cap / 2.0).round() as i32;
    let (label_left, value_left, compartment) = if has_compartment(cut.dress) {
        let share = (slots.label + (beside::PADDING + beside::GAP) * cap)
            / (slots.label + slots.value + 2.0 * (beside::PADDING + beside::GAP) * cap);
        let width = whole(cell.width as f32 * share);
        let rest = cell.width - width.min(cell.width);
        let label_left = cell.x as f32 + (width as f32 - parts.label_width) / 2.0;
        let value_left = (cell.x + width as i32) as f32 + (rest as f32 - parts.value_width) / 2.0;
        (label_left, value_left, Some(Rect { width, ..cell }))
    } else {
        let pair = slots.label + beside::GAP * cap + slots.value;
        let left = cell.x as f32 + (cell.width as f32 - pair) / 2.0;
        let label_left = left + (slots.label - parts.label_width) / 2.0;
        (label_left, left + slots.label + beside::GAP * cap, None)
    };
    let label = label_rect(label_left, middle, parts);
    Placed { label, compartment, value: (value_left.round() as i32, baseline) }
}

fn place_above(cell: Rect, parts: &Parts, cut: &Cut) -> Placed {
    let cap = cut.cap;
    let centre = cell.x as f32 + cell.width as f32 / 2.0;
    let spare = (cell.height as f32 - above_height(cut.dress) * cap) / 2.0;
    let top = cell.y as f32 + spare + above::TOP * cap;
    let label_box = above_label(cut.dress) * cap;
    let label = label_rect(centre - parts.label_width / 2.0, top + label_box / 2.0, parts);
    let gap = if has_compartment(cut.dress) { 2.0 * above::TOP } else { above::GAP };
    let baseline = top + label_box + (gap + 1.0) * cap;
    let compartment = has_compartment(cut.dress)
        .then(|| Rect { height: whole(spare + (2.0 * above::TOP) * cap + label_box), ..cell });
    let value_left = (centre - parts.value_width / 2.0).round() as i32;
    Placed { label, compartment, value: (value_left, baseline.round() as i32) }
}

fn label_rect(left: f32, middle: f32, parts: &Parts) -> Rect {
    let (width, height) = (whole(parts.label_width), whole(parts.label_height));
    Rect { x: left.round() as i32, y: (middle - height as f32 / 2.0).round() as i32, width, height }
}
