//! The name of a season whose artwork is the series': a tab that hangs from the upper edge, its number
//! large enough to tell the tiles of a row apart.

use serde::Serialize;

use super::geometry::{Rect, Size, whole};
use super::layout::Dress;
use super::words::{Phrase, Wording};
use super::{Facts, Layer, Measure, Panel, Shadow, TextLayer, ground, strip, theme};

/// Heights of capitals, as shares of the frame's width: of the number, of the word above it, and of a word
/// that stands alone. The number is 15 px high on a tile of 150.
const NUMBER_CAP: f32 = 0.104;
const WORD_CAP: f32 = 0.028;
const LONE_WORD_CAP: f32 = 0.044;
/// Widths that a word above a number and a word alone may have, as shares of the frame's.
const MAX_WORD: f32 = 0.27;
const MAX_LONE_WORD: f32 = 0.46;
/// Air at the sides, above the first line, between lines and below the last, in shares of the frame's width.
const SIDE: f32 = 0.034;
const ABOVE: f32 = 0.034;
const BETWEEN: f32 = 0.020;
const BELOW: f32 = 0.034;
/// The tab is at least this wide, so that a single digit does not make a ribbon of it.
const MIN_WIDTH: f32 = 0.165;
/// Distance to the side, in grid units.
const MARGIN_UNITS: f32 = 2.0;
/// Corner radius, a share of the frame's width: that of a row of the rating strip.
const CORNER: f32 = 0.024;
/// Softness of the picture beneath, a share of the frame's width.
const SOFTNESS: f32 = 0.034;

/// Which season, and the language that it is named in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SeasonName {
    /// 0 holds the specials.
    pub number: u16,
    pub wording: Wording,
}

/// A season's name on the artwork of its series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SeasonTab {
    pub name: SeasonName,
    pub dress: Dress,
    /// One grid unit, a share of the frame's width.
    pub unit: f32,
}

/// A line of the tab.
struct TabLine {
    text: String,
    em: f32,
    cap: u32,
    width: u32,
}

impl TabLine {
    /// As high as it may be within `widest` pixels.
    fn new(text: String, cap: f32, widest: f32, measure: &dyn Measure) -> Self {
        let em = cap / measure.cap_height();
        let shrunk = (widest / measure.text_width(&text, em).max(1.0)).min(1.0);
        let em = em * shrunk;
        let width = whole(measure.text_width(&text, em));
        Self { text, em, cap: whole(cap * shrunk), width }
    }
}

impl SeasonName {
    fn lines(self, frame: Size, measure: &dyn Measure) -> Vec<TabLine> {
        let width = frame.width as f32;
        if self.number == 0 {
            let word = self.wording.word(Phrase::Specials).to_uppercase();
            return vec![TabLine::new(word, LONE_WORD_CAP * width, MAX_LONE_WORD * width, measure)];
        }
        // The word without the number's place in it, and the points that belong to an ordinal.
        let phrase = self.wording.with(Phrase::Season, "");
        let word = phrase.trim_matches(|c: char| c == '.' || c.is_whitespace()).to_uppercase();
        let number = self.number.to_string();
        vec![
            TabLine::new(word, WORD_CAP * width, MAX_WORD * width, measure),
            TabLine::new(number, NUMBER_CAP * width, MAX_LONE_WORD * width, measure),
        ]
    }
}

/// The tab's rectangle and layers, in a corner that `taken` leaves free, off the picture's own lettering where that can be;
/// `None` where there is no such corner.
pub(super) fn arrange(
    tab: SeasonTab,
    facts: &Facts,
    taken: &[Rect],
    measure: &dyn Measure,
) -> Option<(Rect, Vec<Layer>)> {
    let frame = facts.frame;
    let lines = tab.name.lines(frame, measure);
    let rect = place(size(&lines, frame), tab.unit, facts, taken)?;
    let tone = facts.beneath(&rect);
    let mut layers = Vec::new();
    let mut shadow: Option<Shadow> = None;
    if let Some(ground) = ground::ground(tab.dress, tone) {
        if ground.frosted {
            layers.push(Layer::Frost { rect, sigma: SOFTNESS * frame.width as f32 });
        }
        layers.push(Layer::Panel(Panel { rect, clip: rect, radii: radii(rect, frame), ..ground }));
    } else {
        let cap = lines.iter().map(|line| line.cap).max().unwrap_or(1);
        shadow = Some(ground::shadow(cap as f32 * 0.5, tone));
    }
    layers.extend(text(lines, rect, frame, shadow).map(Layer::Text));
    Some((rect, layers))
}

fn size(lines: &[TabLine], frame: Size) -> Size {
    let share = |part: f32| whole(part * frame.width as f32);
    let widest = lines.iter().map(|line| line.width).max().unwrap_or(0);
    let letters: u32 = lines.iter().map(|line| line.cap).sum();
    let gaps = share(BETWEEN) * (lines.len() as u32).saturating_sub(1);
    Size {
        width: (widest + 2 * share(SIDE)).max(share(MIN_WIDTH)),
        height: share(ABOVE) + letters + gaps + share(BELOW),
    }
}

/// At the upper edge on the left, else on the right; else beside what stands there.
fn place(size: Size, unit: f32, facts: &Facts, taken: &[Rect]) -> Option<Rect> {
    let frame = facts.frame;
    let apart = strip::clearance(frame, unit);
    let left = whole(MARGIN_UNITS * unit * frame.width as f32) as i32;
    let right = frame.width as i32 - left - size.width as i32;
    let below = taken.iter().map(|rect| rect.bottom() + left);
    let above = taken.iter().map(|rect| rect.y - left - size.height as i32);
    let rows = std::iter::once(0).chain(below).chain(above);
    let places: Vec<Rect> = rows
        .flat_map(|y| [(left, y), (right, y)])
        .map(|(x, y)| Rect { x, y, width: size.width, height: size.height })
        .filter(|rect| frame.rect().contains(rect))
        .filter(|rect| !taken.iter().any(|other| other.grown(apart).intersects(rect)))
        .collect();
    let lettering = facts.lettering();
    let is_calm = |rect: &&Rect| !lettering.is_some_and(|lettering| lettering.intersects(rect));
    places.iter().filter(|rect| rect.y == 0).find(is_calm).or(places.first()).copied()
}

/// Square where it touches the upper edge.
fn radii(rect: Rect, frame: Size) -> [u32; 4] {
    let round = whole(CORNER * frame.width as f32);
    if rect.y == 0 { [0, 0, round, round] } else { [round; 4] }
}

fn text(
    lines: Vec<TabLine>,
    rect: Rect,
    frame: Size,
    shadow: Option<Shadow>,
) -> impl Iterator<Item = TextLayer> {
    let share = |part: f32| whole(part * frame.width as f32) as i32;
    let (above, between) = (share(ABOVE), share(BETWEEN));
    let mut baseline = rect.y + above - between;
    lines.into_iter().map(move |TabLine { text, em, cap, width }| {
        baseline += between + cap as i32;
        let x = rect.x + (rect.width as i32 - width as i32) / 2;
        TextLayer { x, baseline, em, cap, width, text, colour: theme::WHITE, shadow }
    })
}
