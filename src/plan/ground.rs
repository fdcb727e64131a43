//! What stands behind badges, as dark as the picture beneath needs.

use super::badge::{self, Badge};
use super::facts::{Tone, luma};
use super::strip::Arranged;
use super::theme::{self, Colour};
use super::{Layer, Panel, Shadow};
use crate::request::{BadgeBackground, BadgeShape, LabelStyle};

/// Coded grey that white figures stand on with a contrast of about 6.5 : 1.
const READABLE: f32 = 92.0;

/// Stands in for the cell that a ground will fill.
const NOWHERE: super::Rect = super::Rect { x: 0, y: 0, width: 0, height: 0 };

/// The panels of a strip, preceded by a frost where they are translucent.
pub(super) fn panels(arranged: &Arranged, badges: &[Badge], tone: Tone) -> Vec<Layer> {
    let cut = &arranged.cut;
    let Some(ground) = ground(cut.dress.background, tone) else {
        return Vec::new();
    };
    let mut layers = Vec::new();
    if ground.frosted {
        layers.push(Layer::Frost { rect: arranged.bounds, sigma: cut.cap * 0.55 });
    }
    layers.extend(joint(arranged, &ground));
    for ((index, cell), outer) in arranged.cells.iter().enumerate().zip(&arranged.outer) {
        let shorter = cell.width.min(cell.height) as f32;
        let radii = outer.map(|outer| {
            let own = matches!(cut.dress.shape, BadgeShape::Pill);
            let share = if outer || own { theme::corner(cut.dress.shape) } else { 0.045 };
            (shorter * share).round() as u32
        });
        let panel = Panel { rect: *cell, clip: *cell, radii, ..ground };
        layers.push(Layer::Panel(panel));
        let placed = badge::place(*cell, &arranged.parts[index], cut);
        if let Some(compartment) = placed.compartment {
            let accent = theme::accent(badges[index].mark.source, badges[index].mark.verdict);
            layers.push(Layer::Panel(Panel {
                rect: *cell,
                clip: compartment,
                radii,
                colour: accent,
                opacity: 1.0,
                frosted: false,
                rim: 0.0,
            }));
        }
    }
    layers
}

/// What shows in the thin gaps of a joined strip: the same ground, only lighter,
/// so that no sliver of a busy picture shines between the badges.
fn joint(arranged: &Arranged, ground: &Panel) -> Option<Layer> {
    let shape = arranged.cut.dress.shape;
    let tiled = arranged.outer.iter().flatten().filter(|outer| **outer).count() == 4;
    if shape == BadgeShape::Pill || !tiled || arranged.cells.len() < 2 {
        return None;
    }
    let cell = arranged.cells[0];
    let radius = (cell.width.min(cell.height) as f32 * theme::corner(shape)).round() as u32;
    let frosted = ground.frosted;
    let (colour, opacity) = if frosted {
        (ground.colour, ground.opacity * 0.62)
    } else {
        ([44, 46, 52], ground.opacity)
    };
    let (rect, radii) = (arranged.bounds, [radius; 4]);
    Some(Layer::Panel(Panel { rect, clip: rect, radii, colour, opacity, frosted, rim: 0.0 }))
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
    Shadow { spread: cap * 0.10, blur: cap * 0.22, opacity: 0.55 + 0.37 * light }
}

/// The colour of a name or of a one-colour icon.
pub(super) fn label_colour(badge: &Badge, dress: super::Dress) -> Colour {
    let accent = theme::accent(badge.mark.source, badge.mark.verdict);
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
