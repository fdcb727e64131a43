//! Inputs → rectangles: pure arithmetic, no pixels, no clock.

#![allow(
    clippy::cast_possible_wrap,
    clippy::many_single_char_names,
    reason = "sides of pictures fit any integer; x, y, r, g, b are what they are"
)]

mod badge;
mod facts;
mod frame;
mod geometry;
mod ground;
mod layout;
mod lettering;
mod logo;
mod season;
mod statuette;
mod strip;
pub(crate) mod theme;
pub mod words;

use std::ops::Range;

pub(crate) use badge::Badge;
pub(crate) use facts::{COLUMNS, Tone};
pub use facts::{Facts, luminance};
pub use frame::full_frame;
pub(crate) use frame::{Placement, Surround, logo_box, place, width_of};
pub use geometry::{Rect, Size};
pub use layout::built_in;
pub(crate) use layout::{Dress, Element, Layout, Share};
pub(crate) use logo::{LogoPlan, plan_logo};
pub use season::SeasonName;
pub(crate) use theme::Colour;

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

/// Which drawing of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    Official,
    /// One colour.
    Icon,
}

/// A filled shape behind a badge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel {
    /// The whole shape.
    pub rect: Rect,
    /// The part of it that is filled.
    pub clip: Rect,
    /// Corner radii: top left, top right, bottom right, bottom left.
    pub radii: [u32; 4],
    pub colour: Colour,
    /// 0-1.
    pub opacity: f32,
    /// Lies over the blurred picture instead of the sharp one.
    pub frosted: bool,
    /// Opacity of a light hairline along the inner edge, 0-1.
    pub rim: f32,
}

/// A darkened part of the picture that ends softly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scrim {
    pub rect: Rect,
    /// Pixels over which it fades in from the top, right, bottom and left.
    pub fade: [u32; 4],
    pub colour: Colour,
    /// 0-1.
    pub opacity: f32,
    /// Lies over the blurred picture instead of the sharp one.
    pub frosted: bool,
}

/// Dark softness around a shape, in pixels, so that it reads on anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shadow {
    /// How far the dark reaches at full strength.
    pub spread: f32,
    /// How far it fades out beyond that.
    pub blur: f32,
    /// 0-1.
    pub opacity: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarkLayer {
    pub rect: Rect,
    pub mark: Mark,
    pub label: Label,
    /// The colour of a one-colour icon.
    pub colour: Colour,
    pub shadow: Option<Shadow>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TextLayer {
    /// Left end of the first letter's advance.
    pub x: i32,
    pub baseline: i32,
    /// Pixels per em.
    pub em: f32,
    /// Height of capitals in whole pixels.
    pub cap: u32,
    pub width: u32,
    pub text: String,
    pub colour: Colour,
    pub shadow: Option<Shadow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwardLayer {
    pub rect: Rect,
    pub body: AwardBody,
    /// Softness of its shadow in pixels.
    pub blur: u32,
}

/// One thing to paint.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// Blurs a copy of what lies beneath, for the frosted panels that follow.
    Frost {
        rect: Rect,
        sigma: f32,
    },
    Scrim(Scrim),
    Panel(Panel),
    Mark(MarkLayer),
    Text(TextLayer),
    Award(AwardLayer),
}

impl Layer {
    /// All pixels it may change.
    fn reach(&self) -> Rect {
        let spread = |shadow: &Option<Shadow>| {
            shadow.map_or(1, |s| (s.spread + 2.5 * s.blur).ceil() as u32 + 2)
        };
        match self {
            Self::Frost { rect, .. } => *rect,
            Self::Scrim(scrim) => scrim.rect,
            Self::Panel(panel) => panel.clip,
            Self::Mark(mark) => mark.rect.grown(spread(&mark.shadow)),
            Self::Text(text) => text.ink().grown(spread(&text.shadow)),
            Self::Award(award) => award.rect.grown(3 * award.blur + 2),
        }
    }
}

impl TextLayer {
    /// A box around the letters; digits stay within the cap height.
    pub fn ink(&self) -> Rect {
        let overshoot = self.cap / 4 + 1;
        Rect {
            x: self.x,
            y: self.baseline - (self.cap + overshoot) as i32,
            width: self.width,
            height: self.cap + 2 * overshoot,
        }
    }
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

/// Lays out what is to be shown over the picture that `facts` describe.
pub fn plan(
    layout: &Layout,
    showing: &Showing,
    facts: &Facts,
    measure: &dyn Measure,
) -> RenderPlan {
    let frame = facts.frame;
    let badges: Vec<Badge> = showing.ratings.iter().map(Badge::from).collect();
    let mut plan = RenderPlan { frame, ..RenderPlan::default() };
    let around = strip::Surroundings { frame, lettering: facts.lettering() };
    for element in &layout.elements {
        match element {
            Element::Strip(strip) => {
                let shown = share(&badges, strip.share);
                if let Some(arranged) = strip::arrange(strip, shown, around, measure) {
                    plan.strips.push(arranged.bounds);
                    plan.layers.extend(dress(&arranged, shown, facts, measure));
                }
            }
            Element::Statuette(statuette) => {
                let award = showing.award.and_then(|body| {
                    statuette::place(*statuette, body, frame, &plan.strips, measure)
                });
                if let Some(award) = award {
                    plan.statuette = Some(award.rect);
                    plan.layers.push(Layer::Award(award));
                }
            }
            Element::Season(tab) => {
                let taken: Vec<Rect> = plan.strips.iter().copied().chain(plan.statuette).collect();
                if let Some((rect, layers)) = season::arrange(*tab, facts, &taken, measure) {
                    plan.season = Some(rect);
                    plan.layers.extend(layers);
                }
            }
        }
    }
    plan
}

fn share(badges: &[Badge], share: Share) -> &[Badge] {
    let half = badges.len().div_ceil(2);
    match share {
        Share::All => badges,
        Share::FirstHalf => &badges[..half],
        Share::SecondHalf => &badges[half..],
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
        colour: theme::WHITE,
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
