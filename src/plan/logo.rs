//! Logos: no frame of their own, and badges beneath only when asked for.

use super::facts::Facts;
use super::frame::logo_box;
use super::geometry::{Rect, Size};
use super::layout::{Element, Layout, Strip};
use super::{Badge, Measure, RenderPlan, Showing, dress, strip};
use crate::request::{ImageSize, Position};

/// A logo is never enlarged past this many times its source.
const MOST_ENLARGED: f32 = 2.0;

/// Share of the box that badges may take.
const STRIP_SHARE: f32 = 0.30;

/// A logo's canvas, the place of its lettering, and what is painted beneath.
#[derive(Clone, Debug, PartialEq)]
pub struct LogoPlan {
    pub lettering: Rect,
    pub plan: RenderPlan,
}

/// Fits a logo of `source` pixels into its box, with a strip beneath (or above)
/// it when there are ratings to show.
pub fn plan_logo(
    layout: &Layout,
    showing: &Showing,
    size: ImageSize,
    source: Size,
    measure: &dyn Measure,
) -> LogoPlan {
    let bounds = logo_box(size);
    let badges: Vec<Badge> = showing.ratings.iter().map(Badge::from).collect();
    let strip = layout.elements.iter().find_map(|element| match element {
        Element::Strip(strip) => Some(*strip),
        Element::Statuette(_) => None,
    });
    let arranged = strip.and_then(|strip| arrange(&strip, &badges, bounds, measure));
    let Some((strip, mut arranged)) = arranged else {
        let lettering = fit(source, bounds);
        let frame = Size { width: lettering.width, height: lettering.height };
        let plan = RenderPlan { frame, layers: Vec::new(), strips: Vec::new(), statuette: None };
        return LogoPlan { lettering, plan };
    };
    let gap = arranged.bounds.height / 4;
    let room = Size { width: bounds.width, height: bounds.height - arranged.bounds.height - gap };
    let mut lettering = fit(source, room);
    let frame = Size {
        width: lettering.width.max(arranged.bounds.width),
        height: lettering.height + gap + arranged.bounds.height,
    };
    let on_top =
        matches!(strip.anchor, Position::TopCenter | Position::TopLeft | Position::TopRight);
    lettering.x = ((frame.width - lettering.width) / 2) as i32;
    lettering.y = if on_top { (arranged.bounds.height + gap) as i32 } else { 0 };
    let strip_y = if on_top { 0 } else { (lettering.height + gap) as i32 };
    let strip_x = match strip.anchor {
        Position::TopLeft | Position::BottomLeft | Position::Left => 0,
        Position::TopRight | Position::BottomRight | Position::Right => {
            (frame.width - arranged.bounds.width) as i32
        }
        Position::BottomCenter | Position::TopCenter => {
            ((frame.width - arranged.bounds.width) / 2) as i32
        }
    };
    shift(&mut arranged, strip_x, strip_y);
    let facts = Facts::flat(frame, [40, 42, 48]);
    let layers = dress(&arranged, &badges, &facts, measure)
        .into_iter()
        .filter(|layer| !matches!(layer, super::Layer::Frost { .. }))
        .map(opaque)
        .collect();
    let plan = RenderPlan { frame, layers, strips: vec![arranged.bounds], statuette: None };
    LogoPlan { lettering, plan }
}

/// There is nothing beneath to frost: panels stand on transparency.
fn opaque(layer: super::Layer) -> super::Layer {
    match layer {
        super::Layer::Panel(panel) => super::Layer::Panel(super::Panel { frosted: false, ..panel }),
        other => other,
    }
}

/// Badges in a field of the box's width and their share of its height.
fn arrange(
    strip: &Strip,
    badges: &[Badge],
    bounds: Size,
    measure: &dyn Measure,
) -> Option<(Strip, strip::Arranged)> {
    // The cap of a logo's strip is a share of the box's height.
    let ratio = bounds.height as f32 / bounds.width as f32;
    let (cap, most_cap) = (strip.cap * ratio, strip.most_cap * ratio);
    let strip = Strip {
        cap,
        most_cap,
        inset: (0.0, 0.0),
        unit: 0.001,
        most_of_height: STRIP_SHARE,
        ..*strip
    };
    strip::arrange(&strip, badges, bounds, measure).map(|arranged| (strip, arranged))
}

fn shift(arranged: &mut strip::Arranged, x: i32, y: i32) {
    let (dx, dy) = (x - arranged.bounds.x, y - arranged.bounds.y);
    let moved = |rect: &mut Rect| {
        rect.x += dx;
        rect.y += dy;
    };
    moved(&mut arranged.bounds);
    arranged.cells.iter_mut().for_each(moved);
}

/// The largest size of the source's ratio within `room`.
fn fit(source: Size, room: Size) -> Rect {
    let scale = (room.width as f32 / source.width as f32)
        .min(room.height as f32 / source.height as f32)
        .min(MOST_ENLARGED);
    let side = |length: u32, most: u32| ((length as f32 * scale).round() as u32).clamp(1, most);
    Rect {
        x: 0,
        y: 0,
        width: side(source.width, room.width),
        height: side(source.height, room.height),
    }
}
