//! What stands behind badges, as dark as the picture beneath needs.

use super::badge::{self, Badge};
use super::facts::{Facts, Tone, luma};
use super::geometry::whole;
use super::layout::{Colours, Dress};
use super::strip::Arranged;
use super::theme::{self, Colour};
use super::{Layer, Panel, Rect, Scrim, Shadow, Size};
use crate::request::{BadgeBackground, BadgeShape, LabelStyle, Position};

/// Coded grey that white figures stand on with a contrast of about 6.5 : 1.
const READABLE: f32 = 92.0;

/// Stands in for the cell that a ground will fill.
const NOWHERE: Rect = Rect { x: 0, y: 0, width: 0, height: 0 };

/// Opacity of the hairlines between badges.
const RULE: f32 = 0.13;
/// Their width in cap heights.
const RULE_WIDTH: f32 = 0.04;
/// Their length in cap heights.
const RULE_LENGTH: f32 = 0.72;

/// A scrim's opacity over a calm picture, and over print.
type Strength = (f32, f32);

/// The scrim that pills share, and how far it reaches beyond them, in heights of a pill.
const PILL_SCRIM: Strength = (0.22, 0.55);
const PILL_SCRIM_REACH: f32 = 0.70;
/// The shade at the open side of a full-width panel, which keeps it from cutting a line
/// of credits in two, and its reach in heights of a badge.
const SHADE: Strength = (0.20, 0.58);
const SHADE_REACH: f32 = 0.55;
/// Opacity of what is behind letters without a panel, over dark pictures and over light ones.
const VEIL: (f32, f32) = (0.28, 0.74);
/// Opacity of the hairlines between facts, which have nothing else between them.
const FACT_RULE: f32 = 0.26;
/// Share of strokes, in 1/255, from which a picture is print.
const PRINT: f32 = 14.0;

/// What stands behind a strip: a panel or pills, plates in the sources' colours,
/// hairlines; before them what leads the picture over to them.
pub(super) fn panels(arranged: &Arranged, badges: &[Badge], facts: &Facts) -> Vec<Layer> {
    let cut = &arranged.cut;
    let tone = facts.beneath(&arranged.bounds);
    let Some(ground) = ground(cut.dress, tone) else {
        return Vec::new();
    };
    let pills = cut.dress.shape == BadgeShape::Pill;
    // A caller's own ground is drawn as given, with nothing around it.
    let own = cut.dress.colours != Colours::default();
    let scrim = match (pills, arranged.strip.justified) {
        _ if own => None,
        (true, _) => Some(pill_scrim(arranged, ground.colour, facts)),
        (false, true) => Some(shade(arranged, ground.colour, facts)),
        (false, false) => None,
    };
    let mut layers = Vec::new();
    if ground.frosted || scrim.is_some() {
        let rect = scrim.map_or(arranged.bounds, |scrim| scrim.rect.union(&arranged.bounds));
        layers.push(Layer::Frost { rect, sigma: cut.scale.cap * 0.55 });
    }
    layers.extend(scrim.map(Layer::Scrim));
    if pills {
        let pill = Panel { frosted: false, ..ground };
        layers.extend(arranged.cells.iter().map(|cell| on(*cell, pill, arranged)));
    } else {
        layers.push(on(arranged.bounds, ground, arranged));
        layers.extend(rules(arranged));
    }
    layers.extend(plates(arranged, badges));
    layers
}

fn on(rect: Rect, ground: Panel, arranged: &Arranged) -> Layer {
    Layer::Panel(Panel { rect, clip: rect, radii: radii(arranged), ..ground })
}

/// Softness around pills, so that no print shows between them.
fn pill_scrim(arranged: &Arranged, colour: Colour, facts: &Facts) -> Scrim {
    let reach = whole(cell_height(arranged) * PILL_SCRIM_REACH);
    let rect = around(arranged, facts.frame, reach);
    let fade = [
        (arranged.bounds.y - rect.y) as u32,
        (rect.right() - arranged.bounds.right()) as u32,
        (rect.bottom() - arranged.bounds.bottom()) as u32,
        (arranged.bounds.x - rect.x) as u32,
    ];
    let frame = facts.frame.rect();
    let ends =
        [rect.y > 0, rect.right() < frame.right(), rect.bottom() < frame.bottom(), rect.x > 0];
    let fade = std::array::from_fn(|side| if ends[side] { fade[side] } else { 0 });
    Scrim { rect, fade, colour, opacity: strength(PILL_SCRIM, facts, &rect), frosted: true }
}

/// Softness at the edge between the picture and a full-width panel: strongest where
/// the panel begins, and gone beneath it.
fn shade(arranged: &Arranged, colour: Colour, facts: &Facts) -> Scrim {
    let reach = whole(cell_height(arranged) * SHADE_REACH).min(arranged.bounds.height);
    let wide = around(arranged, facts.frame, reach);
    let on_top = matches!(
        arranged.strip.anchor,
        Position::TopCenter | Position::TopLeft | Position::TopRight
    );
    let edge = if on_top { arranged.bounds.bottom() } else { arranged.bounds.y };
    let top = (edge - reach as i32).max(0);
    let bottom = (edge + reach as i32).min(facts.frame.height as i32);
    let rect = Rect { y: top, height: (bottom - top).max(1) as u32, ..wide };
    let bounded = |distance: i32| if distance > 0 { reach } else { 0 };
    let right = bounded(facts.frame.width as i32 - rect.right());
    let fade = [reach, right, reach, bounded(rect.x)];
    Scrim { rect, fade, colour, opacity: strength(SHADE, facts, &rect), frosted: true }
}

/// Opacity that a scrim needs over the part of the picture that it covers.
fn strength((calm, print): Strength, facts: &Facts, rect: &Rect) -> f32 {
    let strokes = f32::from(facts.beneath(rect).strokes);
    calm + (print - calm) * (strokes / PRINT).min(1.0)
}

/// A strip's bounds grown by `reach`, and to the edges of the frame that are as near as
/// a margin.
fn around(arranged: &Arranged, frame: Size, reach: u32) -> Rect {
    let near = whole(arranged.strip.unit * frame.width as f32) as i32 + 2;
    let grown = arranged.bounds.grown(reach);
    let (x, y) =
        (snap_low(arranged.bounds.x, grown.x, near), snap_low(arranged.bounds.y, grown.y, near));
    let end = |from: i32, to: i32, edge: u32| {
        if edge as i32 - from <= near { edge as i32 } else { to.min(edge as i32) }
    };
    let right = end(arranged.bounds.right(), grown.right(), frame.width);
    let bottom = end(arranged.bounds.bottom(), grown.bottom(), frame.height);
    Rect { x, y, width: (right - x).max(1) as u32, height: (bottom - y).max(1) as u32 }
}

fn snap_low(from: i32, to: i32, near: i32) -> i32 {
    if from <= near { 0 } else { to.max(0) }
}

fn cell_height(arranged: &Arranged) -> f32 {
    arranged.cells.first().map_or(1.0, |cell| cell.height as f32)
}

/// Plates in the sources' colours, set into the panel as the services' own are.
fn plates(arranged: &Arranged, badges: &[Badge]) -> Vec<Layer> {
    let pill = arranged.cut.dress.shape == BadgeShape::Pill;
    let corner = if pill { 0.5 } else { theme::PLATE_CORNER };
    arranged
        .places()
        .zip(&arranged.cells)
        .zip(badges)
        .filter_map(|((placed, cell), badge)| {
            let rect = placed.plate?;
            // Cells of a few pixels round to less than their plates do.
            let clip = rect.within(cell)?;
            let accent = badge.mark.look().accent;
            let radii = [(rect.height as f32 * corner).round() as u32; 4];
            Some(Layer::Panel(plain(rect, clip, radii, theme::plate(accent).0, 1.0)))
        })
        .collect()
}

/// Corner radii in pixels, from the shorter side of a cell.
fn radii(arranged: &Arranged) -> [u32; 4] {
    let shorter = arranged.cells.iter().map(|c| c.width.min(c.height)).min().unwrap_or(0);
    [(shorter as f32 * theme::corner(arranged.cut.dress.shape)).round() as u32; 4]
}

fn plain(rect: Rect, clip: Rect, radii: [u32; 4], colour: Colour, opacity: f32) -> Panel {
    Panel { rect, clip, radii, colour, opacity, frosted: false, rim: 0.0 }
}

/// The ground of elements that stand on their own: one panel, or pills that share the tone beneath
/// `bounds`.
pub(super) fn panels_on(
    bounds: Rect,
    panels: impl IntoIterator<Item = (Rect, u32)>,
    (dress, cap): (Dress, f32),
    facts: &Facts,
) -> Vec<Layer> {
    let Some(ground) = ground(dress, facts.beneath(&bounds)) else {
        return Vec::new();
    };
    let frost = ground.frosted.then_some(Layer::Frost { rect: bounds, sigma: cap * 0.55 });
    let panels = panels.into_iter().map(|(rect, radius)| {
        Layer::Panel(Panel { rect, clip: rect, radii: [radius; 4], ..ground })
    });
    frost.into_iter().chain(panels).collect()
}

/// Darkness behind letters that have no panel: it ends softly on all sides.
pub(super) fn veil(bounds: &Rect, reach: u32, facts: &Facts) -> Scrim {
    let frame = facts.frame.rect();
    let grown = bounds.grown(reach);
    let (x, y) = (grown.x.max(0), grown.y.max(0));
    let (right, bottom) = (grown.right().min(frame.right()), grown.bottom().min(frame.bottom()));
    let rect = Rect { x, y, width: (right - x).max(1) as u32, height: (bottom - y).max(1) as u32 };
    let tone = facts.beneath(bounds);
    let colour = own_colour(tone);
    let fade = [grown.y >= 0, grown.right() <= right, grown.bottom() <= bottom, grown.x >= 0]
        .map(|ends| if ends { reach } else { 0 });
    let opacity = needed(READABLE, colour, tone).clamp(VEIL.0, VEIL.1);
    Scrim { rect, fade, colour, opacity, frosted: false }
}

/// A hairline in the middle between two neighbours of a row.
pub(super) fn rule_between(left: &Rect, right: &Rect, cap: f32) -> Layer {
    let (thin, long) = (whole(cap * RULE_WIDTH), whole(cap * RULE_LENGTH).min(left.height));
    let x = (left.right() + right.x - thin as i32).div_euclid(2);
    let y = left.y + (left.height as i32 - long as i32) / 2;
    let rect = Rect { x, y, width: thin, height: long };
    Layer::Panel(plain(rect, rect, [0; 4], theme::WHITE, FACT_RULE))
}

/// Short hairlines between neighbours: they part the badges without making
/// boxes of them.
fn rules(arranged: &Arranged) -> Vec<Layer> {
    let cap = arranged.cut.scale.cap;
    let (thin, long) = (whole(cap * RULE_WIDTH), whole(cap * RULE_LENGTH));
    let rule = |rect: Rect| Layer::Panel(plain(rect, rect, [0; 4], theme::WHITE, RULE));
    let middle = |from: i32, to: i32, length: u32| (from + to - length as i32).div_euclid(2);
    let mut layers = Vec::new();
    let mut rest = arranged.cells.as_slice();
    for count in &arranged.rows {
        let (row, below) = rest.split_at((*count).min(rest.len()));
        for pair in row.windows(2) {
            let height = long.min(pair[0].height);
            let y = middle(pair[0].y, pair[0].bottom(), height);
            let x = middle(pair[0].right(), pair[1].x, thin);
            layers.push(rule(Rect { x, y, width: thin, height }));
        }
        // Rows are parted by their air; the badges of a single column need a hand.
        if let ([upper], Some(lower)) = (row, below.first()) {
            let (width, y) = (long.min(upper.width), middle(upper.bottom(), lower.y, thin));
            let x = middle(upper.x, upper.right(), width);
            layers.push(rule(Rect { x, y, width, height: thin }));
        }
        rest = below;
    }
    layers
}

/// The picture's own hue, darkened: what stands on it feels part of the poster.
pub(super) fn own_colour(tone: Tone) -> Colour {
    mix(theme::INK, scale(tone.mean, 0.30), 0.55)
}

/// Opacity with which a colour makes the picture beneath no lighter than `grey`.
fn needed(grey: f32, colour: Colour, tone: Tone) -> f32 {
    let beneath = f32::from(tone.bright);
    (beneath - grey) / (beneath - luma(colour)).max(1.0)
}

/// Colour and strength of the ground; the rectangle is filled in per cell.
pub(super) fn ground(dress: Dress, tone: Tone) -> Option<Panel> {
    let own = own_colour(tone);
    let panel = |colour, opacity, frosted, rim| Panel {
        rect: NOWHERE,
        clip: NOWHERE,
        radii: [0; 4],
        colour,
        opacity,
        frosted,
        rim,
    };
    let ground = match dress.background {
        BadgeBackground::SourceColour => {
            panel(own, needed(READABLE * 0.6, own, tone).clamp(0.66, 0.90), true, 0.07)
        }
        BadgeBackground::Dark => panel(theme::INK, 0.97, false, 0.0),
        BadgeBackground::Translucent => {
            panel(own, needed(READABLE, own, tone).clamp(0.30, 0.84), true, 0.14)
        }
        BadgeBackground::Shadow => return None,
    };
    let Colours { ground: colour, opacity, .. } = dress.colours;
    let given = opacity.map(|percent| f32::from(percent) / 100.0);
    Some(Panel {
        colour: colour.unwrap_or(ground.colour),
        opacity: given.unwrap_or(if colour.is_some() { 1.0 } else { ground.opacity }),
        // Glass that is not there blurs nothing.
        frosted: ground.frosted && opacity != Some(0),
        rim: if opacity == Some(0) { 0.0 } else { ground.rim },
        ..ground
    })
}

/// The colour of figures and of names without a plate.
pub(super) fn figure_colour(dress: Dress) -> Colour {
    let Colours { ground, opacity, figures } = dress.colours;
    let dense = opacity.is_none_or(|percent| percent >= 60);
    // On a ground that the caller chose, what reads on it, unless that was chosen as well.
    let on_ground = ground.filter(|_| dense && dress.background != BadgeBackground::Shadow);
    figures.or(on_ground.map(theme::ink_on)).unwrap_or(theme::WHITE)
}

/// A shadow as strong as the picture beneath is light.
pub(super) fn shadow(cap: f32, tone: Tone) -> Shadow {
    let light = f32::from(tone.bright) / 255.0;
    Shadow { spread: cap * 0.075, blur: cap * 0.20, opacity: 0.62 + 0.34 * light }
}

/// The colour of a name or of a one-colour icon.
pub(super) fn label_colour(badge: &Badge, dress: Dress) -> Colour {
    let accent = badge.mark.look().accent;
    if badge::has_plate(dress) {
        return theme::plate(accent).1;
    }
    if dress.colours != Colours::default() {
        return figure_colour(dress);
    }
    match (dress.label, dress.background) {
        (LabelStyle::Official, _) | (_, BadgeBackground::Shadow) => theme::WHITE,
        (LabelStyle::Text | LabelStyle::Icon, _) => [214, 218, 226],
    }
}

fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    std::array::from_fn(|c| {
        (f32::from(a[c]) * (1.0 - share) + f32::from(b[c]) * share).round() as u8
    })
}

fn scale(colour: Colour, by: f32) -> Colour {
    colour.map(|c| (f32::from(c) * by).round() as u8)
}
