//! One badge: what it shows, how large it is by nature, where its parts stand.

use serde::Serialize;

use super::geometry::{Rect, whole};
use super::layout::{Dress, Stacking};
use super::theme::{self, above, beside};
use super::{Label, Measure};
use crate::model::{Mark, Rating};
use crate::request::{BadgeBackground, LabelStyle};

/// What one badge shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
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
pub(super) struct BadgeParts {
    /// The mark or the name, or the plate that it stands on.
    pub(super) label: (f32, f32),
    /// What stands on the plate; the label itself where there is none.
    pub(super) ink: (f32, f32),
    pub(super) value_width: f32,
}

/// Whether the mark or the name stands on a plate in the source's colour.
pub(super) fn has_plate(dress: Dress) -> bool {
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
pub(super) struct BadgeScale {
    /// Digit height in pixels.
    pub(super) cap: f32,
    /// 0 leaves all the air a badge likes beside its parts, 1 as little as it can do
    /// with: where the width is short, air and mark give way before the digits do.
    pub(super) squeeze: f32,
    /// The same for the air above and below them.
    pub(super) tight: f32,
}

impl BadgeScale {
    fn across(self, (loose, tight): (f32, f32)) -> f32 {
        (loose + (tight - loose) * self.squeeze) * self.cap
    }

    fn down(self, (loose, tight): (f32, f32)) -> f32 {
        (loose + (tight - loose) * self.tight) * self.cap
    }

    fn padding(self, stacked: Stacked) -> f32 {
        self.across(match stacked {
            Stacked::Beside => beside::PADDING,
            Stacked::Above => above::PADDING,
        })
    }

    fn gap(self) -> f32 {
        self.across(beside::GAP)
    }

    /// Height of a mark's box.
    fn mark(self) -> f32 {
        self.across(theme::MARK)
    }
}

/// Measures `badge` at a scale.
pub(super) fn parts(
    badge: &Badge,
    dress: Dress,
    scale: BadgeScale,
    measure: &dyn Measure,
) -> BadgeParts {
    let cap = scale.cap;
    let em = cap / measure.cap_height();
    let unit_gap = if badge.unit.is_empty() { 0.0 } else { theme::UNIT_GAP * cap };
    let value_width = measure.text_width(&badge.figure, em)
        + unit_gap
        + measure.text_width(badge.unit, em * theme::UNIT_SCALE);
    let plate = has_plate(dress);
    let ink = match dress.label {
        LabelStyle::Text => {
            let height = scale.across(if plate { theme::PLATE_CAP } else { theme::LABEL_CAP });
            (
                measure.text_width(badge.mark.source.row().label, height / measure.cap_height()),
                height,
            )
        }
        LabelStyle::Icon if plate => {
            mark_size(badge.mark, Label::Icon, theme::PLATE_ICON, scale, measure)
        }
        LabelStyle::Icon => mark_size(badge.mark, Label::Icon, 1.0, scale, measure),
        LabelStyle::Official => mark_size(badge.mark, Label::Official, 1.0, scale, measure),
    };
    let label = if plate {
        let height = scale.across(theme::PLATE);
        ((ink.0 + 2.0 * scale.across(theme::PLATE_PADDING)).max(height), height)
    } else {
        ink
    };
    BadgeParts { label, ink, value_width }
}

fn mark_size(
    mark: Mark,
    label: Label,
    share: f32,
    scale: BadgeScale,
    measure: &dyn Measure,
) -> (f32, f32) {
    let height = scale.mark() * share * theme::weight(measure.mark_area(mark));
    (height * measure.mark_aspect(mark, label), height)
}

/// Parts as wide as the wider ones of two badges.
pub(super) fn widest_of_each(a: BadgeParts, b: BadgeParts) -> BadgeParts {
    let larger = |a: (f32, f32), b: (f32, f32)| (a.0.max(b.0), a.1.max(b.1));
    BadgeParts {
        label: larger(a.label, b.label),
        ink: larger(a.ink, b.ink),
        value_width: a.value_width.max(b.value_width),
    }
}

/// Width a badge needs at least, in pixels.
pub(super) fn natural_width(parts: &BadgeParts, stacked: Stacked, scale: BadgeScale) -> f32 {
    let padding = 2.0 * scale.padding(stacked);
    match stacked {
        Stacked::Beside => parts.label.0 + parts.value_width + padding + scale.gap(),
        Stacked::Above => parts.label.0.max(parts.value_width) + padding,
    }
}

/// Height of a badge at a scale.
pub(super) fn natural_height(stacked: Stacked, dress: Dress, scale: BadgeScale) -> f32 {
    match stacked {
        Stacked::Beside => scale.down(beside::HEIGHT),
        Stacked::Above => {
            scale.down(above::TOP)
                + above_label(dress, scale)
                + scale.down(above::GAP)
                + scale.cap
                + scale.down(above::BOTTOM)
        }
    }
}

/// Height that the labels of all badges have above their values.
fn above_label(dress: Dress, scale: BadgeScale) -> f32 {
    let share = match dress.label {
        LabelStyle::Text if !has_plate(dress) => theme::LABEL_CAP.0,
        _ if has_plate(dress) => theme::PLATE.0,
        LabelStyle::Text | LabelStyle::Icon | LabelStyle::Official => theme::MARK.0,
    };
    share * scale.cap
}

/// Where the parts of one badge stand in its cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedBadge {
    /// Box of the mark; of a name in letters, its cap height.
    pub(super) label: Rect,
    /// The plate beneath it in the source's colour, if there is one.
    pub(super) plate: Option<Rect>,
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
    pub(super) scale: BadgeScale,
}

/// Places the parts of a badge in `cell`, the pair centred as one.
pub(super) fn place(
    cell: Rect,
    parts: &BadgeParts,
    slots: Option<Slots>,
    cut: &Cut,
) -> PlacedBadge {
    match cut.stacked {
        Stacked::Beside => place_beside(cell, parts, slots, cut),
        Stacked::Above => place_above(cell, parts, cut),
    }
}

fn place_beside(cell: Rect, parts: &BadgeParts, slots: Option<Slots>, cut: &Cut) -> PlacedBadge {
    let (cap, gap) = (cut.scale.cap, cut.scale.gap());
    let slots = slots.unwrap_or(Slots { label: parts.label.0, value: parts.value_width });
    let middle = cell.y as f32 + cell.height as f32 / 2.0;
    let baseline = (middle + cap / 2.0).round() as i32;
    let pair = slots.label + gap + slots.value;
    let left = cell.x as f32 + (cell.width as f32 - pair) / 2.0;
    let centre = (left + slots.label / 2.0, baseline as f32 - cap / 2.0);
    let (mut label, plate) = label_rects(centre, parts, cut);
    if cut.dress.label == LabelStyle::Text && plate.is_none() {
        // A name and its value are one line of type.
        label.y = baseline - label.height as i32;
    }
    PlacedBadge { label, plate, value: ((left + slots.label + gap).round() as i32, baseline) }
}

fn place_above(cell: Rect, parts: &BadgeParts, cut: &Cut) -> PlacedBadge {
    let scale = cut.scale;
    let centre = cell.x as f32 + cell.width as f32 / 2.0;
    let spare = (cell.height as f32 - natural_height(Stacked::Above, cut.dress, scale)) / 2.0;
    let top = cell.y as f32 + spare + scale.down(above::TOP);
    let label_box = above_label(cut.dress, scale);
    let (label, plate) = label_rects((centre, top + label_box / 2.0), parts, cut);
    let baseline = top + label_box + scale.down(above::GAP) + scale.cap;
    let value_left = (centre - parts.value_width / 2.0).round() as i32;
    PlacedBadge { label, plate, value: (value_left, baseline.round() as i32) }
}

/// The label's box, and its plate's, around their common middle.
fn label_rects(centre: (f32, f32), parts: &BadgeParts, cut: &Cut) -> (Rect, Option<Rect>) {
    let label = centred(centre, parts.label, cut.scale.cap as u32);
    let text = cut.dress.label == LabelStyle::Text;
    let ink = match (has_plate(cut.dress), text) {
        (false, false) => label,
        // Letters are never drawn larger than they were measured: a name stays on its plate.
        (_, true) => {
            let height = parts.ink.1.floor().max(1.0);
            centred(centre, (parts.ink.0, height), height as u32)
        }
        (true, false) => centred(centre, parts.ink, label.height),
    };
    (ink, has_plate(cut.dress).then_some(label))
}

/// A box around a point. Its height is odd where that of `beside`, which shares
/// the middle, is, so that both have the same middle to the pixel.
fn centred((x, y): (f32, f32), size: (f32, f32), beside: u32) -> Rect {
    let (width, mut height) = (whole(size.0), whole(size.1));
    if height % 2 != beside % 2 {
        height += 1;
    }
    let (left, top) = (x - width as f32 / 2.0, y - height as f32 / 2.0);
    Rect { x: left.round() as i32, y: top.round() as i32, width, height }
}
