//! Layers: what is painted, in pixels, nothing left to decide.

use super::geometry::Rect;
use super::theme::Colour;
use crate::model::{AwardBody, Mark};

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

/// A simple form that is drawn in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// The outline of a rectangle with round corners.
    Frame,
    /// The outline of a rectangle whose ends are half circles.
    Capsule,
    /// A filled rectangle with round corners.
    Plate,
    /// A filled rectangle whose ends are half circles.
    Disc,
    /// Upright, with round corners.
    Triangle,
    /// A part of a circle's line in per cent of it, clockwise from the top.
    Arc { percent: u8 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SymbolLayer {
    pub rect: Rect,
    pub symbol: Symbol,
    pub colour: Colour,
    /// 0-255.
    pub alpha: u8,
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
    Symbol(SymbolLayer),
}

impl Layer {
    /// All pixels it may change.
    pub(super) fn reach(&self) -> Rect {
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
            Self::Symbol(symbol) => symbol.rect.grown(spread(&symbol.shadow)),
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
