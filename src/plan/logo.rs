//! Logos: no frame of their own, and badges beneath only when asked for.

use super::facts::Facts;
use super::frame::logo_box;
use super::geometry::{Rect, Size};
use super::layout::{Element, Flow, Layout, Strip};
use super::strip::Arranged;
use super::{Badge, Measure, RenderPlan, Showing, compose, dress, strip};
use crate::request::{ImageSize, Position};

/// A logo is never enlarged past this many times its source.
const MAX_ENLARGED: f32 = 2.0;

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
        _ => None,
    });
    let arranged = strip.and_then(|strip| arrange(&strip, &badges, bounds, measure));
    let Some((strip, mut arranged)) = arranged else {
        let lettering = fit(source, bounds);
        let frame = Size { width: lettering.width, height: lettering.height };
        let plan = RenderPlan { frame, ..RenderPlan::default() };
        return LogoPlan { lettering, plan };
    };
    let (lettering, frame) = match strip.flow {
        Flow::Rows => stack(&strip, &mut arranged, source, bounds),
        Flow::Column => flank(&strip, &mut arranged, source, bounds),
    };
    let facts = Facts::flat(frame, [40, 42, 48]);
    let layers = dress(&arranged, &badges, &facts, measure)
        .into_iter()
        .filter(|layer| !matches!(layer, super::Layer::Frost { .. } | super::Layer::Scrim(_)))
        .map(opaque)
        .collect();
    let elements = compose::elements_of(&arranged, &badges);
    let plan = RenderPlan {
        frame,
        layers,
        strips: vec![arranged.bounds],
        elements,
        ..RenderPlan::default()
    };
    LogoPlan { lettering, plan }
}

/// Pixels that an inset keeps free at the anchored edge, at most a quarter of `length`.
fn edge(inset: f32, length: u32) -> u32 {
    (inset.min(0.25) * length as f32).round() as u32
}

/// Rows beneath the lettering, or above it.
fn stack(strip: &Strip, arranged: &mut Arranged, source: Size, bounds: Size) -> (Rect, Size) {
    let shown = arranged.bounds;
    let gap = shown.height / 3;
    let (edge_x, edge_y) = (edge(strip.inset.0, bounds.width), edge(strip.inset.1, bounds.height));
    let taken = (shown.height + gap + edge_y).min(bounds.height * 2 / 3);
    let mut lettering = fit(source, Size { width: bounds.width, height: bounds.height - taken });
    let frame = Size {
        width: lettering.width.max(shown.width + edge_x).min(bounds.width),
        height: (lettering.height + gap + shown.height + edge_y).min(bounds.height),
    };
    let on_top =
        matches!(strip.anchor, Position::TopCenter | Position::TopLeft | Position::TopRight);
    lettering.x = ((frame.width - lettering.width) / 2) as i32;
    lettering.y = if on_top { (frame.height - lettering.height) as i32 } else { 0 };
    let spare = frame.width.saturating_sub(shown.width);
    let x = match strip.anchor {
        Position::TopLeft | Position::BottomLeft | Position::Left => edge_x.min(spare),
        Position::TopRight | Position::BottomRight | Position::Right => {
            spare.saturating_sub(edge_x)
        }
        Position::BottomCenter | Position::TopCenter => spare / 2,
    };
    let y = if on_top { edge_y } else { frame.height.saturating_sub(shown.height + edge_y) };
    shift(arranged, x as i32, y as i32);
    (lettering, frame)
}

/// A column on the lettering's right, or on its left.
fn flank(strip: &Strip, arranged: &mut Arranged, source: Size, bounds: Size) -> (Rect, Size) {
    let shown = arranged.bounds;
    let gap = arranged.cells.first().map_or(0, |cell| cell.height / 3);
    let (edge_x, edge_y) = (edge(strip.inset.0, bounds.width), edge(strip.inset.1, bounds.height));
    let taken = (shown.width + gap + edge_x).min(bounds.width * 2 / 3);
    let mut lettering = fit(source, Size { width: bounds.width - taken, height: bounds.height });
    let frame = Size {
        width: (lettering.width + gap + shown.width + edge_x).min(bounds.width),
        height: lettering.height.max(shown.height + edge_y).min(bounds.height),
    };
    let on_left = matches!(strip.anchor, Position::Left | Position::TopLeft | Position::BottomLeft);
    lettering.x = if on_left { (frame.width - lettering.width) as i32 } else { 0 };
    lettering.y = ((frame.height - lettering.height) / 2) as i32;
    let x = if on_left { edge_x } else { frame.width.saturating_sub(shown.width + edge_x) };
    let spare = frame.height.saturating_sub(shown.height);
    let y = match strip.anchor {
        Position::TopLeft | Position::TopCenter | Position::TopRight => edge_y.min(spare),
        Position::BottomLeft | Position::BottomCenter | Position::BottomRight => {
            spare.saturating_sub(edge_y)
        }
        Position::Left | Position::Right => spare / 2,
    };
    shift(arranged, x as i32, y as i32);
    (lettering, frame)
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
    let (inset, most_of_height) = match strip.flow {
        Flow::Rows => ((strip.inset.0.min(0.25), 0.0), STRIP_SHARE),
        Flow::Column => ((0.0, strip.inset.1.min(0.25)), 1.0),
    };
    let within = Strip { cap, most_cap, unit: 0.001, inset, most_of_height, ..*strip };
    let around = strip::Surroundings { frame: bounds, lettering: None };
    strip::arrange(&within, badges, around, measure).map(|arranged| (*strip, arranged))
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
        .min(MAX_ENLARGED);
    let side = |length: u32, most: u32| ((length as f32 * scale).round() as u32).clamp(1, most);
    Rect {
        x: 0,
        y: 0,
        width: side(source.width, room.width),
        height: side(source.height, room.height),
    }
}
