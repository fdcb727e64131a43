//! The statuette's corner.

use super::geometry::{Rect, Size, whole};
use super::layout::Statuette;
use super::strip;
use super::{AwardLayer, Measure};
use crate::model::AwardBody;

/// Places the statuette of `body` top right, else top left, else next to the
/// strip on the right; `None` where it would touch a strip everywhere.
pub(super) fn place(
    statuette: Statuette,
    body: AwardBody,
    frame: Size,
    strips: &[Rect],
    measure: &dyn Measure,
) -> Option<AwardLayer> {
    let width = frame.width as f32;
    let aspect = measure.award_aspect(body);
    let height = whole((statuette.area / aspect).sqrt() * width);
    let size = Size { width: whole(height as f32 * aspect), height };
    let margin = whole(statuette.margin * width) as i32;
    let right = frame.width as i32 - margin - size.width as i32;
    let bottom = frame.height as i32 - margin - height as i32;
    let apart = strip::clearance(frame, statuette.margin);
    let beside_strips = strips.iter().flat_map(|strip| {
        let below = (right, strip.bottom() + margin);
        let above = (right, strip.y - margin - height as i32);
        [below, (margin, below.1), above, (margin, above.1)]
    });
    [(right, margin), (margin, margin)]
        .into_iter()
        .chain(beside_strips)
        .chain([(right, bottom), (margin, bottom)])
        .map(|(x, y)| Rect { x, y, width: size.width, height: size.height })
        .find(|rect| {
            frame.rect().contains(rect)
                && !strips.iter().any(|strip| strip.grown(apart).intersects(rect))
        })
        .map(|rect| AwardLayer { body, rect, blur: whole(width * 0.010) })
}
