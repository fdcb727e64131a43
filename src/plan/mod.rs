//! Inputs → rectangles: pure arithmetic, no pixels, no clock.

#![allow(
    clippy::cast_possible_wrap,
    clippy::many_single_char_names,
    reason = "sides of pictures fit any integer; x, y, r, g, b are what they are"
)]

mod badge;
mod certificate;
mod clearlogo;
mod compose;
mod facts;
mod frame;
mod free;
mod genres;
mod geometry;
mod ground;
mod info;
mod info_strip;
mod layer;
mod layout;
mod lettering;
mod logo;
mod sash;
mod score;
mod season;
mod seat;
mod statuette;
mod strip;
mod text;
pub mod theme;
pub mod words;

use std::ops::Range;

use serde::Serialize;

pub use badge::Badge;
pub use clearlogo::{ClearlogoFacts, ClearlogoPlan, ClearlogoRoom, plan_clearlogo};
pub use compose::plan;
pub use facts::{COLUMNS, Facts, Tone, contrast, luminance};
pub use frame::{Crop, Placement, Surround, full_frame, logo_box, place, width_of};
pub use free::{ElementContent, PlacedElement, WrittenLine, WrittenPiece, layout_of};
pub use geometry::{Rect, Size};
pub use layer::{
    AwardLayer, Label, Layer, MarkLayer, Panel, Scrim, Shadow, Symbol, SymbolLayer, TextLayer,
};
pub use layout::{
    Colours, Dress, Element, Flow, InfoStrip, Layout, SashTab, ScoreBadge, Share, Stacking,
    Statuette, Strip, built_in,
};
pub use logo::{LogoPlan, plan_logo};
pub use season::{SeasonName, SeasonTab};
pub use theme::Colour;

pub use crate::model::Showing;
use crate::model::{AwardBody, Mark};
use crate::request::{BadgeBackground, LabelStyle};

/// What is known about letters and drawings before anything is drawn.
pub trait Measure {
    /// Advance width in pixels of `text` at an em of `em` pixels.
    fn text_width(&self, text: &str, em: f32) -> f32;
    /// Height of a capital and of a digit, in ems.
    fn cap_height(&self) -> f32;
    /// Whether the typefaces have every letter of `text`, in an order that they can set: words of other
    /// scripts are written in English or left out, never as boxes.
    fn can_draw(&self, text: &str) -> bool;
    /// Width over height of a mark's drawing.
    fn mark_aspect(&self, mark: Mark, label: Label) -> f32;
    /// Optical area of a mark's official drawing: half its silhouette, half what of it
    /// is bright, in squares of its height.
    fn mark_area(&self, mark: Mark) -> f32;
    /// Width over height of a statuette's drawing.
    fn award_aspect(&self, body: AwardBody) -> f32;
}

/// Everything to paint over a fitted picture; nothing left to decide.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenderPlan {
    pub frame: Size,
    pub layers: Vec<Layer>,
    /// Around each strip.
    pub strips: Vec<Rect>,
    pub statuette: Option<Rect>,
    /// Around the name of a season.
    pub season: Option<Rect>,
    /// What is drawn, by name.
    pub elements: Vec<DrawnElement>,
    /// Names of what was to be drawn and found no room.
    pub dropped: Vec<String>,
}

/// Something drawn, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnElement {
    /// The same for the same thing in every picture: `strip`, `rating.imdb`, `info.cert`.
    pub id: String,
    pub kind: ElementKind,
    pub rect: Rect,
}

/// What a drawn element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElementKind {
    /// Around badges of ratings, and the facts that joined them.
    Strip,
    /// A rating's badge.
    Rating,
    Statuette,
    /// The name of a season.
    Season,
    Sash,
    Score,
    /// Around facts that stand on their own.
    InfoStrip,
    /// One fact.
    Info,
    /// A line of text of a free layout.
    Text,
    Gradient,
    Box,
}

impl RenderPlan {
    /// The pixel rows that painting may change, merged and in order.
    pub fn touched_rows(&self) -> Vec<Range<u32>> {
        let clip = |y: i32| (y.max(0) as u32).min(self.frame.height);
        let mut rows: Vec<Range<u32>> = self
            .layers
            .iter()
            .map(Layer::reach)
            .map(|rect| clip(rect.y)..clip(rect.bottom()))
            .filter(|rows| !rows.is_empty())
            .collect();
        rows.sort_by_key(|rows| rows.start);
        let mut merged: Vec<Range<u32>> = Vec::new();
        for rows in rows {
            match merged.last_mut() {
                Some(last) if rows.start <= last.end => last.end = last.end.max(rows.end),
                _ => merged.push(rows),
            }
        }
        merged
    }
}

/// The layers of arranged badges: ground first, then marks and figures.
fn dress(
    arranged: &strip::Arranged,
    badges: &[Badge],
    facts: &Facts,
    measure: &dyn Measure,
) -> Vec<Layer> {
    let cut = &arranged.cut;
    let tone = facts.beneath(&arranged.bounds);
    let mut layers = ground::panels(arranged, badges, facts);
    let shadow = (cut.dress.background == BadgeBackground::Shadow)
        .then(|| ground::shadow(cut.scale.cap, tone));
    for (placed, badge) in arranged.places().zip(badges) {
        layers.push(label_layer(&placed, badge, cut, shadow, measure));
        layers.extend(value_layers(&placed, badge, cut, shadow, measure));
    }
    layers
}

fn label_layer(
    placed: &badge::PlacedBadge,
    badge: &Badge,
    cut: &badge::Cut,
    shadow: Option<Shadow>,
    measure: &dyn Measure,
) -> Layer {
    let colour = ground::label_colour(badge, cut.dress);
    let drawing = match cut.dress.label {
        LabelStyle::Official => Label::Official,
        LabelStyle::Icon => Label::Icon,
        LabelStyle::Text => {
            let em = placed.label.height as f32 / measure.cap_height();
            let name = badge.mark.source.row().label;
            let width = geometry::whole(measure.text_width(name, em)).min(placed.label.width);
            return Layer::Text(TextLayer {
                x: placed.label.x + ((placed.label.width - width) / 2) as i32,
                baseline: placed.label.bottom(),
                em,
                cap: placed.label.height,
                width,
                text: name.to_owned(),
                colour,
                shadow,
            });
        }
    };
    Layer::Mark(MarkLayer { rect: placed.label, mark: badge.mark, label: drawing, colour, shadow })
}

fn value_layers(
    placed: &badge::PlacedBadge,
    badge: &Badge,
    cut: &badge::Cut,
    shadow: Option<Shadow>,
    measure: &dyn Measure,
) -> Vec<Layer> {
    let cap = cut.scale.cap;
    let em = cap / measure.cap_height();
    let (x, baseline) = placed.value;
    let width = measure.text_width(&badge.figure, em);
    let figure = TextLayer {
        x,
        baseline,
        em,
        cap: cap.round() as u32,
        width: geometry::whole(width),
        text: badge.figure.clone(),
        colour: ground::figure_colour(cut.dress),
        shadow,
    };
    if badge.unit.is_empty() {
        return vec![Layer::Text(figure)];
    }
    let unit_em = em * theme::UNIT_SCALE;
    let unit = TextLayer {
        x: x + (width + theme::UNIT_GAP * cap).round() as i32,
        em: unit_em,
        cap: (cap * theme::UNIT_SCALE).round() as u32,
        width: geometry::whole(measure.text_width(badge.unit, unit_em)),
        text: badge.unit.to_owned(),
        ..figure.clone()
    };
    vec![Layer::Text(figure), Layer::Text(unit)]
}
