//! From a decided element to rectangles and layers.

use super::{ElementContent, PlacedElement, WrittenLine, WrittenPiece, line_strip};
use crate::model::{AwardBody, InfoItem, Sash, Side};
use crate::plan::badge::Badge;
use crate::plan::compose::elements_of;
use crate::plan::geometry::{Rect, Size, even, whole};
use crate::plan::info;
use crate::plan::info_strip::{self, LaidInfo};
use crate::plan::layout::{InfoStrip, SashTab, ScoreBadge, Strip};
use crate::plan::strip::{self, Surroundings};
use crate::plan::text::{self, Letters};
use crate::plan::{
    AwardLayer, DrawnElement, ElementKind, Facts, Layer, Measure, Panel, Scrim, dress, ground,
    sash, score,
};
use crate::request::{BoxShape, Gradient, Spot};

/// A line that is too wide is set smaller, to this share of its height, before it is cut.
const MIN_LINE_SCALE: f32 = 0.62;
/// Rows of facts at most.
const MAX_FACT_ROWS: usize = 6;
/// Softness behind a frosted box, a share of the frame's width.
const FROST: f32 = 0.012;
/// Softness of a statuette's shadow, a share of the frame's width.
const STATUETTE_SHADOW: f32 = 0.010;

/// What an element draws, and where.
#[derive(Debug)]
pub(crate) struct Laid {
    pub(crate) rect: Rect,
    pub(crate) kind: ElementKind,
    pub(crate) layers: Vec<Layer>,
    /// Parts with names of their own.
    pub(crate) parts: Vec<DrawnElement>,
}

/// Lays an element out; `None` where nothing of it can be drawn.
pub(crate) fn lay(placed: &PlacedElement, facts: &Facts, measure: &dyn Measure) -> Option<Laid> {
    let layer = Layering { spot: placed.spot, frame: facts.frame, facts, measure };
    match &placed.content {
        ElementContent::Badges { strip, badges, width } => layer.badges(strip, badges, *width),
        ElementContent::Score { badge, score } => Some(layer.score(badge, *score)),
        ElementContent::Sash { tab, sash } => layer.sash(tab, *sash),
        ElementContent::Statuette { body, height } => Some(layer.statuette(*body, *height)),
        ElementContent::Info { strip, items, width } => layer.info(strip, items, *width),
        ElementContent::Text(line) => layer.text(line),
        ElementContent::Gradient(gradient) => Some(layer.gradient(gradient)),
        ElementContent::Box(shape) => Some(layer.rectangle(shape)),
    }
}

impl Spot {
    /// The rectangle of `size` whose anchor point stands here.
    fn rect(self, size: Size, frame: Size) -> Rect {
        let (share_x, share_y) = self.anchor.shares();
        let at = |place: f32, length: u32, share: f32, own: u32| {
            (place * length as f32 - share * own as f32).round() as i32
        };
        Rect {
            x: at(self.x, frame.width, share_x, size.width),
            y: at(self.y, frame.height, share_y, size.height),
            width: size.width,
            height: size.height,
        }
    }
}

struct Layering<'a> {
    spot: Spot,
    frame: Size,
    facts: &'a Facts,
    measure: &'a dyn Measure,
}

impl Layering<'_> {
    /// Pixels of a share of the frame's width.
    fn length(&self, share: f32) -> f32 {
        share * self.frame.width as f32
    }

    fn rect(&self, size: Size) -> Rect {
        self.spot.rect(size, self.frame)
    }

    fn laid(rect: Rect, kind: ElementKind, layers: Vec<Layer>) -> Laid {
        Laid { rect, kind, layers, parts: Vec::new() }
    }

    /// Badges in a field of their own, which is then put in its place.
    fn badges(&self, strip: &Strip, badges: &[Badge], width: f32) -> Option<Laid> {
        let margin = even(self.length(strip.unit));
        let field = Size {
            width: whole(self.length(width)) + 2 * margin,
            height: self.frame.height + 2 * margin,
        };
        // Shares of the field in the place of shares of the frame.
        let ratio = self.frame.width as f32 / field.width as f32;
        let (cap, unit) = (strip.cap * ratio, strip.unit * ratio);
        let within = Strip { cap, most_cap: cap, unit, ..*strip };
        let around = Surroundings { frame: field, lettering: None };
        let mut arranged = strip::arrange(&within, badges, around, self.measure)?;
        let Rect { width, height, .. } = arranged.bounds;
        let rect = self.rect(Size { width, height });
        arranged.move_to(rect.x, rect.y);
        arranged.strip = *strip;
        let layers = dress(&arranged, badges, self.facts, self.measure);
        let parts = elements_of(&arranged, badges).into_iter().skip(1).collect();
        Some(Laid { rect, kind: ElementKind::Strip, layers, parts })
    }

    fn score(&self, badge: &ScoreBadge, value: u8) -> Laid {
        let laid = score::lay_out(badge, value, self.frame, self.measure);
        let rect = self.rect(laid.size);
        let layers = laid.layers((rect.x, rect.y), self.facts, self.measure);
        Self::laid(rect, ElementKind::Score, layers)
    }

    fn sash(&self, tab: &SashTab, sash: Sash) -> Option<Laid> {
        let written = sash::write(tab, sash, self.frame, self.measure)?;
        let rect = self.rect(written.size);
        let layers = written.at(rect, None).layers(tab, sash, self.measure);
        Some(Self::laid(rect, ElementKind::Sash, layers))
    }

    fn statuette(&self, body: AwardBody, height: f32) -> Laid {
        let height = whole(self.length(height));
        let width = whole(height as f32 * self.measure.award_aspect(body));
        let rect = self.rect(Size { width, height });
        let blur = whole(self.length(STATUETTE_SHADOW));
        let layer = Layer::Award(AwardLayer { rect, body, blur });
        Self::laid(rect, ElementKind::Statuette, vec![layer])
    }

    /// Facts in as few rows as their width allows; from the last one on they are left out where that
    /// is not enough.
    fn info(&self, strip: &InfoStrip, items: &[InfoItem], width: f32) -> Option<Laid> {
        let texts = info::texts(items, strip, self.measure);
        let most = self.length(width).round() as u32;
        let cap = info_strip::cap_of(strip, self.frame);
        let laid: LaidInfo<'_> = (1..=texts.len()).rev().find_map(|count| {
            (1..=count.min(MAX_FACT_ROWS)).find_map(|rows| {
                let texts = &texts[..count];
                let laid = info_strip::lay_out(strip, texts, (rows, cap), self.measure);
                (laid.size.width <= most).then_some(laid)
            })
        })?;
        let rect = self.rect(laid.size);
        let at = (rect.x, rect.y);
        let layers = laid.layers(at, self.facts, self.measure);
        let bounds = laid.bounds(at);
        let part = |(text, rect): (&info::InfoText, Rect)| DrawnElement {
            id: format!("info.{}", text.id),
            kind: ElementKind::Info,
            rect: rect.within(&bounds).unwrap_or(rect),
        };
        let parts = laid.places(at).map(part).collect();
        Some(Laid { rect, kind: ElementKind::InfoStrip, layers, parts })
    }

    fn text(&self, line: &WrittenLine) -> Option<Laid> {
        let written = self.written(line)?;
        let cap = self.length(line.cap);
        let most = self.length(line.width);
        let width = text::width(&written, cap, self.measure);
        let scale = (most / width.max(1.0)).clamp(MIN_LINE_SCALE, 1.0);
        let cap = (cap * scale).floor().max(1.0);
        let written = self.cut(written, cap, most)?;
        let width = whole(text::width(&written, cap, self.measure));
        let rect = self.rect(Size { width, height: whole(cap) });
        let shadow = line.shadow.then(|| ground::shadow(cap, self.facts.beneath(&rect)));
        let letters = Letters { cap, colour: line.colour, shadow, measure: self.measure };
        let layer = letters.line(&written, (rect.x as f32, rect.bottom() as f32));
        Some(Self::laid(rect, ElementKind::Text, vec![Layer::Text(layer)]))
    }

    /// The whole line, if its letters can be drawn.
    fn written(&self, line: &WrittenLine) -> Option<String> {
        let strip = line_strip(line);
        let mut written = String::new();
        for piece in &line.pieces {
            match piece {
                WrittenPiece::Literal(text) => written.push_str(text),
                WrittenPiece::Info(item) => {
                    let texts = info::texts(std::slice::from_ref(item), &strip, self.measure);
                    written.push_str(&texts.first()?.text);
                }
            }
        }
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let written = if line.uppercase { written.to_uppercase() } else { written };
        (!written.is_empty() && self.measure.can_draw(&written)).then_some(written)
    }

    /// As much of a line as fits, with an ellipsis where something is missing.
    fn cut(&self, line: String, cap: f32, most: f32) -> Option<String> {
        let fits = |text: &str| text::width(text, cap, self.measure) <= most + 1.0;
        if fits(&line) {
            return Some(line);
        }
        let ellipsis = if self.measure.can_draw("…") { "…" } else { "..." };
        let ends = line.char_indices().map(|(end, _)| end).rev();
        let mut shortened = ends.map(|end| format!("{}{ellipsis}", line[..end].trim_end()));
        shortened.find(|text| text.len() > ellipsis.len() && fits(text))
    }

    fn gradient(&self, gradient: &Gradient) -> Laid {
        let Gradient { width, height, to, colour, opacity } = *gradient;
        let size = Size { width: whole(self.length(width)), height: whole(self.length(height)) };
        let rect = self.rect(size);
        // Over which it fades in: from the top, right, bottom and left.
        let fade = match to {
            Side::Bottom => [size.height, 0, 0, 0],
            Side::Left => [0, size.width, 0, 0],
            Side::Top => [0, 0, size.height, 0],
            Side::Right => [0, 0, 0, size.width],
        };
        let scrim = Scrim { rect, fade, colour: colour.0, opacity, frosted: false };
        Self::laid(rect, ElementKind::Gradient, vec![Layer::Scrim(scrim)])
    }

    fn rectangle(&self, shape: &BoxShape) -> Laid {
        let BoxShape { width, height, radius, colour, opacity, frosted } = *shape;
        let size = Size { width: whole(self.length(width)), height: whole(self.length(height)) };
        let rect = self.rect(size);
        let radius = (self.length(radius).round() as u32).min(size.width.min(size.height) / 2);
        let panel = Panel {
            rect,
            clip: rect,
            radii: [radius; 4],
            colour: colour.0,
            opacity,
            frosted,
            rim: 0.0,
        };
        let frost = frosted.then(|| Layer::Frost { rect, sigma: self.length(FROST) });
        let layers = frost.into_iter().chain([Layer::Panel(panel)]).collect();
        Self::laid(rect, ElementKind::Box, layers)
    }
}

impl strip::Arranged {
    /// Puts the badges, as they are arranged, somewhere else.
    fn move_to(&mut self, x: i32, y: i32) {
        let (dx, dy) = (x - self.bounds.x, y - self.bounds.y);
        let moved = |rect: &mut Rect| {
            rect.x += dx;
            rect.y += dy;
        };
        moved(&mut self.bounds);
        self.cells.iter_mut().for_each(moved);
    }
}
