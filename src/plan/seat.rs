//! Where an element of its own size stands among those that stand already.

use super::geometry::{Rect, Size};
use crate::request::Position;

/// A frame and what stands in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seating<'a> {
    pub(super) frame: Size,
    /// Distance to the frame's edges, in pixels.
    pub(super) margin: u32,
    /// Distance between elements, in pixels.
    pub(super) apart: u32,
    pub(super) taken: &'a [Rect],
    /// The picture's title, which is worth a way around.
    pub(super) lettering: Option<Rect>,
}

/// How far an element moves so as not to stand on the title, a share of the frame's width.
const AROUND_TITLE: f32 = 0.42;

/// A place, and how far it lies from where the element was asked to stand, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) rect: Rect,
    pub(super) moved: u32,
}

impl Seating<'_> {
    /// The part of the frame within the margins.
    pub(super) fn area(&self) -> Rect {
        let side = |length: u32| length.saturating_sub(2 * self.margin);
        let margin = self.margin as i32;
        let (width, height) = (side(self.frame.width), side(self.frame.height));
        Rect { x: margin, y: margin, width, height }
    }

    /// The free place nearest to `anchor`; `None` where there is none. Elements give way along the edges of
    /// those that stand already: below and above them, or beside them.
    pub(super) fn find(&self, size: Size, anchor: Position) -> Option<Seat> {
        let area = self.area();
        if size.width > area.width || size.height > area.height {
            return None;
        }
        let (x, y) = anchored(size, anchor, area);
        let apart = self.apart as i32;
        let (width, height) = (size.width as i32, size.height as i32);
        let obstacles = || self.taken.iter().chain(&self.lettering);
        let beside = |taken: &Rect| [taken.right() + apart, taken.x - apart - width];
        let stacked = |taken: &Rect| [taken.bottom() + apart, taken.y - apart - height];
        let xs = || [x].into_iter().chain(obstacles().flat_map(beside));
        // Beside somebody, the middle of both is the better line.
        let level = |taken: &Rect| (taken.y + (taken.height as i32 - height) / 2) & !1;
        let ys = || {
            [y].into_iter().chain(obstacles().flat_map(stacked)).chain(self.taken.iter().map(level))
        };
        let around = (self.frame.width as f32 * AROUND_TITLE) as u32;
        let on_title = |rect: &Rect| self.lettering.is_some_and(|title| title.intersects(rect));
        let seats = ys().flat_map(|y| xs().map(move |x| (x, y))).map(|(at_x, at_y)| {
            let rect = Rect { x: at_x, y: at_y, width: size.width, height: size.height };
            // Side by side is nearer than one below the other: few rows stay few.
            let way = if on_title(&rect) { around } else { 0 };
            Seat { rect, moved: at_x.abs_diff(x) + at_y.abs_diff(y) * 3 / 2 + way }
        });
        seats.filter(|seat| self.is_free(&seat.rect)).min_by_key(|seat| seat.moved)
    }

    pub(super) fn is_free(&self, rect: &Rect) -> bool {
        let near = rect.grown(self.apart);
        self.area().contains(rect) && !self.taken.iter().any(|taken| taken.intersects(&near))
    }
}

/// Top left corner of what stands at `anchor` in `area`.
pub(super) fn anchored(size: Size, anchor: Position, area: Rect) -> (i32, i32) {
    use Position as P;
    let (left, right) = (area.x, area.right() - size.width as i32);
    let (top, bottom) = (area.y, area.bottom() - size.height as i32);
    let x = match anchor {
        P::Left | P::TopLeft | P::BottomLeft => left,
        P::Right | P::TopRight | P::BottomRight => right,
        P::TopCenter | P::BottomCenter => left.midpoint(right),
    };
    let y = match anchor {
        P::TopLeft | P::TopCenter | P::TopRight => top,
        P::BottomLeft | P::BottomCenter | P::BottomRight => bottom,
        P::Left | P::Right => top.midpoint(bottom),
    };
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Size = Size { width: 200, height: 300 };

    fn find(taken: &[Rect], size: (u32, u32), anchor: Position) -> Option<(i32, i32)> {
        let seating = Seating { frame: FRAME, margin: 10, apart: 4, taken, lettering: None };
        let size = Size { width: size.0, height: size.1 };
        seating.find(size, anchor).map(|seat| (seat.rect.x, seat.rect.y))
    }

    #[test]
    fn an_element_stands_where_it_was_asked_to_or_next_to_who_stands_there() {
        let corner = Rect { x: 0, y: 0, width: 60, height: 30 };
        assert_eq!(find(&[], (40, 20), Position::TopLeft), Some((10, 10)));
        assert_eq!(find(&[], (40, 20), Position::BottomCenter), Some((80, 270)));
        assert_eq!(find(&[corner], (40, 20), Position::TopLeft), Some((10, 34)));
        assert_eq!(find(&[corner], (40, 20), Position::TopRight), Some((150, 10)));
        let bar = Rect { x: 10, y: 240, width: 180, height: 50 };
        assert_eq!(find(&[corner, bar], (40, 20), Position::BottomRight), Some((150, 216)));
    }

    #[test]
    fn a_title_is_gone_around_where_the_way_is_short() {
        let place = |title: Rect| {
            let lettering = Some(title);
            let seating = Seating { frame: FRAME, margin: 10, apart: 4, taken: &[], lettering };
            let seat = seating.find(Size { width: 40, height: 20 }, Position::TopLeft).unwrap();
            (seat.rect.x, seat.rect.y)
        };
        assert_eq!(place(Rect { x: 10, y: 20, width: 180, height: 40 }), (10, 64));
        assert_eq!(place(Rect { x: 10, y: 20, width: 180, height: 140 }), (10, 10), "too far");
    }

    #[test]
    fn where_nothing_is_free_there_is_no_place() {
        let most = Rect { x: 0, y: 20, width: 200, height: 270 };
        assert_eq!(find(&[most], (40, 20), Position::TopLeft), None);
        assert_eq!(find(&[], (181, 20), Position::TopLeft), None);
    }
}
