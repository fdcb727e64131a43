//! Estimates what painting a resolved drawing takes at a size, before it is painted.
//!
//! [`super::cost`] bounds the number of elements; here their areas count. A filter over the whole
//! picture on each of 300 paths would take minutes at a backdrop's size.

use resvg::usvg::{Group, Node, Paint, Path, Rect, Tree};

use crate::codec::DecodeError;

/// Estimated nanoseconds on one core: two seconds.
const BUDGET: f64 = 2e9;

/// Nanoseconds for each pixel, measured on an x86-64 server core and rounded up.
const FILL: f64 = 2.0;
const LAYER: f64 = 6.0;
const FILTER_STEP: f64 = 30.0;
/// Above its time, so that a pattern's tile cannot take more than 80 MB either.
const TILE: f64 = 100.0;

/// # Errors
/// [`DecodeError::TooComplex`].
pub(super) fn check(tree: &Tree, scale: f32, canvas: (u32, u32)) -> Result<(), DecodeError> {
    let canvas = f64::from(canvas.0) * f64::from(canvas.1);
    let mut estimate = Estimate { scale: scale.into(), canvas, spent: 0.0 };
    if estimate.group(tree.root()) { Ok(()) } else { Err(DecodeError::TooComplex) }
}

struct Estimate {
    scale: f64,
    /// Pixels; no layer is larger.
    canvas: f64,
    /// Nanoseconds so far.
    spent: f64,
}

impl Estimate {
    /// Adds to the bill; false once it is too high. A size that is no number is too high as well.
    fn spend(&mut self, pixels: f64, each: f64) -> bool {
        self.spent += pixels * each;
        self.spent < BUDGET
    }

    fn area(&self, bounds: Rect) -> f64 {
        let scaled = |side: f32| f64::from(side) * self.scale + 1.0;
        (scaled(bounds.width()) * scaled(bounds.height())).min(self.canvas)
    }

    fn group(&mut self, group: &Group) -> bool {
        if group.should_isolate() {
            let layer = self.area(group.abs_layer_bounding_box().to_rect());
            let steps: usize = group.filters().iter().map(|filter| filter.primitives().len()).sum();
            if !self.spend(layer, LAYER + FILTER_STEP * steps as f64) {
                return false;
            }
            let mut clip = group.clip_path();
            while let Some(path) = clip {
                if !(self.spend(self.canvas, LAYER) && self.group(path.root())) {
                    return false;
                }
                clip = path.clip_path();
            }
            let mut mask = group.mask();
            while let Some(paint) = mask {
                if !(self.spend(self.canvas, LAYER) && self.group(paint.root())) {
                    return false;
                }
                mask = paint.mask();
            }
        }
        group.children().iter().all(|node| match node {
            Node::Group(group) => self.group(group),
            Node::Path(path) => self.path(path),
            // Neither is resolved in this build.
            Node::Image(_) | Node::Text(_) => true,
        })
    }

    fn path(&mut self, path: &Path) -> bool {
        let area = self.area(path.abs_stroke_bounding_box());
        let paints = path.fill().map(|fill| fill.paint()).into_iter();
        let mut paints = paints.chain(path.stroke().map(|stroke| stroke.paint()));
        paints.all(|paint| self.spend(area, FILL) && self.paint(path, paint))
    }

    fn paint(&mut self, path: &Path, paint: &Paint) -> bool {
        let Paint::Pattern(pattern) = paint else { return true };
        let (x, y) = path.abs_transform().pre_concat(pattern.transform()).get_scale();
        let side = |side: f32, scale: f32| f64::from(side) * f64::from(scale) * self.scale;
        let tile = side(pattern.rect().width(), x) * side(pattern.rect().height(), y);
        self.spend(tile, TILE) && self.group(pattern.root())
    }
}
