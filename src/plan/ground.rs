//! What stands behind badges, as dark as the picture beneath needs.

use super::badge::{self, Badge};
use super::facts::{Tone, luma};
use super::geometry::whole;
use super::strip::Arranged;
use super::theme::{self, Colour};
use super::{Layer, Panel, Rect, Shadow};
use crate::request::{BadgeBackground, BadgeShape, LabelStyle};

/// Coded grey that white figures stand on with a contrast of about 6.5 : 1.
const READABLE: f32 = 92.0;

/// Stands in for the cell that a ground will fill.
const NOWHERE: Rect = Rect { x: 0, y: 0, width: 0, height: 0 };

/// Opacity of the hairlines between badges.
const RULE: f32 = 0.18;
/// Their width in cap heights.
const RULE_WIDTH: f32 = 0.045;

/// What stands behind a strip: one ground (or one per pill), compartments in the
/// sources' colours, hairlines; preceded by a frost where it is translucent.
pub(super) fn panels(arranged: &Arranged, badges: &[Badge], tone: Tone) -> Vec<Layer> {
    let cut = &arranged.cut;
    let Some(ground) = ground(cut.dress.background, tone) else {
        return Vec::new();
    };
    let mut layers = Vec::new();
    if ground.frosted {
        layers.push(Layer::Frost { rect: arranged.bounds, sigma: cut.scale.cap * 0.55 });
    }
    let pills = cut.dress.shape == BadgeShape::Pill;
    let shapes: Vec<Rect> = if pills { arranged.cells.clone() } else { vec![arranged.bounds] };
    layers.extend(shapes.iter().map(|rect| {
        Layer::Panel(Panel { rect: *rect, clip: *rect, radii: radii(arranged), ..ground })
    }));
    let mut compartments = false;
    for ((cell, parts), badge) in arranged.cells.iter().zip(&arranged.parts).zip(badges) {
        if let Some(clip) = badge::place(*cell, parts, cut).compartment {
            compartments = true;
            let rect = if pills { *cell } else { arranged.bounds };
            let colour = badge.mark.look().accent;
            layers.push(Layer::Panel(plain(rect, clip, radii(arranged), colour, 1.0)));
        }
    }
    if !pills && !compartments {
        layers.extend(rules(arranged));
    }
    layers
}

/// Corner radii in pixels, from the shorter side of a cell.
fn radii(arranged: &Arranged) -> [u32; 4] {
    let shorter = arranged.cells.iter().map(|c| c.width.min(c.height)).min().unwrap_or(0);
    [(shorter as f32 * theme::corner(arranged.cut.dress.shape)).round() as u32; 4]
}

fn plain(rect: Rect, clip: Rect, radii: [u32; 4], colour: Colour, opacity: f32) -> Panel {
    Panel { rect, clip, radii, colour, opacity, frosted: false, rim: 0.0 }
}

/// Short hairlines between neighbours: they part the badges without making
/// boxes of them.
fn rules(arranged: &Arranged) -> Vec<Layer> {
    let rule = |rect: Rect| Layer::Panel(plain(rect, rect, [0; 4], theme::WHITE, RULE));
    let thin = whole(arranged.cut.scale.cap * RULE_WIDTH);
    let middle = |from: i32, to: i32| (from + to - thin as i32).div_euclid(2);
    let mut layers = Vec::new();
    let mut rest = arranged.cells.as_slice();
    for count in &arranged.rows {
        let (row, below) = rest.split_at((*count).min(rest.len()));
        for pair in row.windows(2) {
            let inset = pair[0].height * 27 / 100;
            let (y, height) = (pair[0].y + inset as i32, pair[0].height - 2 * inset);
            let x = middle(pair[0].right(), pair[1].x);
            layers.push(rule(Rect { x, y, width: thin, height }));
        }
        if let (Some(upper), Some(lower)) = (row.first(), below.first()) {
            let inset = if *count > 1 { upper.height / 3 } else { upper.width / 4 };
            let bounds = arranged.bounds;
            let width = bounds.width.saturating_sub(2 * inset).max(1);
            let (x, y) = (bounds.x + inset as i32, middle(upper.bottom(), lower.y));
            layers.push(rule(Rect { x, y, width, height: thin }));
        }
        rest = below;
    }
    layers
}

/// Colour and strength of the ground; the rectangle is filled in per cell.
fn ground(background: BadgeBackground, tone: Tone) -> Option<Panel> {
    // The picture's own hue, darkened: the strip feels part of the poster.
    let own = mix(theme::INK, scale(tone.mean, 0.30), 0.55);
    let beneath = f32::from(tone.bright);
    let needed = |grey: f32| (beneath - grey) / (beneath - luma(own)).max(1.0);
    let panel = |colour, opacity, frosted, rim| Panel {
        rect: NOWHERE,
        clip: NOWHERE,
        radii: [0; 4],
        colour,
        opacity,
        frosted,
        rim,
    };
    match background {
        BadgeBackground::SourceColour => {
            Some(panel(own, needed(READABLE * 0.6).clamp(0.66, 0.90), true, 0.07))
        }
        BadgeBackground::Dark => Some(panel(theme::INK, 0.97, false, 0.0)),
        BadgeBackground::Translucent => {
            Some(panel(own, needed(READABLE).clamp(0.30, 0.84), true, 0.14))
        }
        BadgeBackground::Shadow => None,
    }
}

/// A shadow as strong as the picture beneath is light.
pub(super) fn shadow(cap: f32, tone: Tone) -> Shadow {
    let light = f32::from(tone.bright) / 255.0;
    Shadow { spread: cap * 0.075, blur: cap * 0.20, opacity: 0.62 + 0.34 * light }
}

/// The colour of a name or of a one-colour icon.
pub(super) fn label_colour(badge: &Badge, dress: super::Dress) -> Colour {
    let accent = badge.mark.look().accent;
    if badge::has_compartment(dress) {
        return if super::contrast(theme::WHITE, accent) >= 3.2 {
            theme::WHITE
        } else {
            theme::INK
        };
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
