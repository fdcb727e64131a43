//! Estimates what painting a resolved drawing takes at a size, before it is painted.
//!
//! [`super::cost`] bounds the number of elements; here their areas count. A filter over the whole
//! picture on each of 300 paths would take minutes at a backdrop's size.

use resvg::usvg::{Fill, Group, Node, Paint, Path, Pattern, Rect, Stroke, Tree};

use crate::codec::DecodeError;

/// Estimated nanoseconds on one core; an optimised build takes about half.
const BUDGET: f64 = 3e9;

/// Nanoseconds for each pixel, measured and rounded up.
const FILL: f64 = 4.0;
const GRADIENT: f64 = 70.0;
const LAYER: f64 = 50.0;
const FILTER_STEP: f64 = 150.0;
/// For a pattern's tile: 20 megapixels, or 80 MB, spend the budget.
const TILE: f64 = 150.0;

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
        let paints = path.fill().map(Fill::paint).into_iter();
        let mut paints = paints.chain(path.stroke().map(Stroke::paint));
        paints.all(|paint| match paint {
            Paint::Color(_) => self.spend(area, FILL),
            Paint::LinearGradient(_) | Paint::RadialGradient(_) => self.spend(area, GRADIENT),
            Paint::Pattern(pattern) => self.spend(area, GRADIENT) && self.pattern(path, pattern),
        })
    }

    fn pattern(&mut self, path: &Path, pattern: &Pattern) -> bool {
        let (x, y) = path.abs_transform().pre_concat(pattern.transform()).get_scale();
        let side = |side: f32, scale: f32| f64::from(side) * f64::from(scale) * self.scale;
        let tile = side(pattern.rect().width(), x) * side(pattern.rect().height(), y);
        self.spend(tile, TILE) && self.group(pattern.root())
    }
}
