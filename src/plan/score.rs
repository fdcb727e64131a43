//! The aggregate of all ratings: a number, a bar or a ring, in the colour of its value.

use super::geometry::{Rect, Size, even, whole};
use super::layout::ScoreBadge;
use super::text::{self, Letters};
use super::theme::{self, Colour};
use super::{Facts, Layer, Measure, Panel, Shadow, Symbol, SymbolLayer, ground};
use crate::model::{BadgeBackground, ScoreStyle};

/// Lengths in cap heights: a badge with a number, and the dot that has its colour where its ground has not.
const HEIGHT: f32 = 1.96;
const PADDING: f32 = 0.50;
const DOT: f32 = 0.50;
const DOT_GAP: f32 = 0.34;
/// A bar and its air to the number.
const BAR: (f32, f32) = (3.1, 0.34);
const BAR_GAP: f32 = 0.46;
/// The diameter of a ring, and of the line within its ground.
const RING: f32 = 3.15;
const LINE: f32 = 2.72;
/// Alpha of what a bar or a ring lacks.
const TRACK: u8 = 70;

/// A score, laid out from its own top left corner.
#[derive(Clone, Debug)]
pub(super) struct LaidScore<'a> {
    badge: &'a ScoreBadge,
    score: u8,
    text: String,
    cap: f32,
    pub(super) size: Size,
}

pub(super) fn lay_out<'a>(
    badge: &'a ScoreBadge,
    score: u8,
    frame: Size,
    measure: &dyn Measure,
) -> LaidScore<'a> {
    let cap = (badge.cap * frame.width as f32).floor().max(1.0);
    let text = score.to_string();
    let digits = text::width(&text, cap, measure);
    let (width, height) = match badge.style {
        ScoreStyle::Number if colours_ground(badge) => {
            ((digits + 2.0 * PADDING * cap).max(HEIGHT * cap), HEIGHT * cap)
        }
        ScoreStyle::Number => (digits + (2.0 * PADDING + DOT + DOT_GAP) * cap, HEIGHT * cap),
        ScoreStyle::Bar => (digits + (2.0 * PADDING + BAR_GAP + BAR.0) * cap, HEIGHT * cap),
        ScoreStyle::Ring => (RING * cap, RING * cap),
    };
    LaidScore { badge, score, text, cap, size: Size { width: even(width), height: even(height) } }
}

/// Whether the number stands on a plate in the value's colour.
fn colours_ground(badge: &ScoreBadge) -> bool {
    badge.dress.background == BadgeBackground::SourceColour
}

impl LaidScore<'_> {
    /// What is painted with the top left corner at `at`.
    pub(super) fn layers(
        &self,
        (x, y): (i32, i32),
        facts: &Facts,
        measure: &dyn Measure,
    ) -> Vec<Layer> {
        let rect = Rect { x, y, width: self.size.width, height: self.size.height };
        let tone = facts.beneath(&rect);
        let shadow = (self.badge.dress.background == BadgeBackground::Shadow)
            .then(|| ground::shadow(self.cap, tone));
        let paint = Paint { rect, facts, shadow, measure };
        match self.badge.style {
            ScoreStyle::Number if colours_ground(self.badge) => self.plate(&paint),
            ScoreStyle::Number => self.dotted(&paint),
            ScoreStyle::Bar => self.bar(&paint),
            ScoreStyle::Ring => self.ring(&paint),
        }
    }

    /// The colour of the value.
    fn colour(&self) -> Colour {
        let step = self.badge.thresholds.iter().filter(|least| self.score >= **least).count();
        self.badge.colours[step]
    }

    fn letters<'a>(&self, paint: &Paint<'a>, colour: Colour) -> Letters<'a> {
        Letters { cap: self.cap, colour, shadow: paint.shadow, measure: paint.measure }
    }

    fn radius(&self, rect: &Rect) -> u32 {
        let share = theme::corner(self.badge.dress.shape);
        (rect.height.min(rect.width) as f32 * share).round() as u32
    }

    fn plate(&self, paint: &Paint<'_>) -> Vec<Layer> {
        let rect = paint.rect;
        let fill = self.colour();
        let panel = Panel {
            rect,
            clip: rect,
            radii: [self.radius(&rect); 4],
            colour: fill,
            opacity: 1.0,
            frosted: false,
            rim: 0.10,
        };
        let letters = self.letters(paint, theme::ink_on(fill));
        vec![Layer::Panel(panel), Layer::Text(letters.centred(&self.text, paint.middle()))]
    }

    fn ground(&self, paint: &Paint<'_>, radius: u32) -> Vec<Layer> {
        let dress = (self.badge.dress, self.cap);
        ground::panels_on(paint.rect, [(paint.rect, radius)], dress, paint.facts)
    }

    fn dotted(&self, paint: &Paint<'_>) -> Vec<Layer> {
        let (rect, cap) = (paint.rect, self.cap);
        let mut layers = self.ground(paint, self.radius(&rect));
        let (_, middle) = paint.middle();
        let left = rect.x as f32 + PADDING * cap;
        let side = even(DOT * cap);
        let dot = square((left + side as f32 / 2.0, middle), side);
        layers.push(paint.symbol(dot, Symbol::Disc, self.colour(), 255));
        let letters = self.letters(paint, theme::WHITE);
        let at = (left + (DOT + DOT_GAP) * cap, middle + cap / 2.0);
        layers.push(Layer::Text(letters.line(&self.text, at)));
        layers
    }

    fn bar(&self, paint: &Paint<'_>) -> Vec<Layer> {
        let (rect, cap) = (paint.rect, self.cap);
        let mut layers = self.ground(paint, self.radius(&rect));
        let (_, middle) = paint.middle();
        let letters = self.letters(paint, theme::WHITE);
        let left = rect.x as f32 + PADDING * cap;
        layers.push(Layer::Text(letters.line(&self.text, (left, middle + cap / 2.0))));
        let (width, height) = (whole(BAR.0 * cap), even(BAR.1 * cap));
        let x = rect.right() - (PADDING * cap).round() as i32 - width as i32;
        let y = (middle - height as f32 / 2.0).round() as i32;
        let track = Rect { x, y, width, height };
        let filled = whole(width as f32 * f32::from(self.score) / 100.0).max(height);
        layers.push(paint.symbol(track, Symbol::Disc, theme::WHITE, TRACK));
        layers.push(paint.symbol(
            Rect { width: filled, ..track },
            Symbol::Disc,
            self.colour(),
            255,
        ));
        layers
    }

    fn ring(&self, paint: &Paint<'_>) -> Vec<Layer> {
        let mut layers = self.ground(paint, paint.rect.height / 2);
        let line = square(paint.middle(), even(LINE * self.cap));
        layers.push(paint.symbol(line, Symbol::Arc { percent: 100 }, theme::WHITE, TRACK));
        let arc = Symbol::Arc { percent: self.score };
        layers.push(paint.symbol(line, arc, self.colour(), 255));
        // Three digits keep clear of the line.
        let cap = if self.text.len() > 2 { self.cap * 0.80 } else { self.cap };
        let letters = Letters { cap, ..self.letters(paint, theme::WHITE) };
        layers.push(Layer::Text(letters.centred(&self.text, paint.middle())));
        layers
    }
}

/// Where a score is painted, and on what.
struct Paint<'a> {
    rect: Rect,
    facts: &'a Facts,
    shadow: Option<Shadow>,
    measure: &'a dyn Measure,
}

impl Paint<'_> {
    fn middle(&self) -> (f32, f32) {
        let half = |length: u32| length as f32 / 2.0;
        (self.rect.x as f32 + half(self.rect.width), self.rect.y as f32 + half(self.rect.height))
    }

    fn symbol(&self, rect: Rect, symbol: Symbol, colour: Colour, alpha: u8) -> Layer {
        // A shadow beneath a track is the one beneath what fills it.
        let shadow = self.shadow.filter(|_| alpha < 255 || symbol == Symbol::Disc);
        Layer::Symbol(SymbolLayer { rect, symbol, colour, alpha, shadow })
    }
}

fn square((x, y): (f32, f32), side: u32) -> Rect {
    let half = side as f32 / 2.0;
    Rect { x: (x - half).round() as i32, y: (y - half).round() as i32, width: side, height: side }
}
