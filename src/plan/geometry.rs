//! Sizes and rectangles in output pixels; the only place that rounds.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// A rectangle; may lie partly outside the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    pub fn right(&self) -> i32 {
        self.x + self.width as i32
    }

    pub fn bottom(&self) -> i32 {
        self.y + self.height as i32
    }

    /// Grown by `by` pixels on every side.
    #[must_use]
    pub fn grown(&self, by: u32) -> Self {
        Self {
            x: self.x - by as i32,
            y: self.y - by as i32,
            width: self.width + 2 * by,
            height: self.height + 2 * by,
        }
    }

    pub fn intersects(&self, other: &Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// Whether `other` lies within this one.
    pub fn contains(&self, other: &Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }

    /// The part of it that lies within `other`, if any does.
    pub fn within(&self, other: &Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = u32::try_from(self.right().min(other.right()) - x).ok()?;
        let height = u32::try_from(self.bottom().min(other.bottom()) - y).ok()?;
        (width > 0 && height > 0).then_some(Self { x, y, width, height })
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self {
            x,
            y,
            width: (self.right().max(other.right()) - x) as u32,
            height: (self.bottom().max(other.bottom()) - y) as u32,
        }
    }
}

impl Size {
    pub fn rect(self) -> Rect {
        Rect { x: 0, y: 0, width: self.width, height: self.height }
    }
}

/// The nearest whole pixel, at least 1.
pub(crate) fn whole(length: f32) -> u32 {
    (length.round() as u32).max(1)
}

/// The nearest even number of pixels, so that chroma sites align; at least 2.
pub(crate) fn even(length: f32) -> u32 {
    ((length / 2.0).round() as u32 * 2).max(2)
}

/// The largest even number of pixels within `length`; at least 2.
pub(crate) fn even_within(length: f32) -> u32 {
    ((length / 2.0).floor() as u32 * 2).max(2)
}
