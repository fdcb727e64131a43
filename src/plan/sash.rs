//! The one mark in a corner of the frame.

use super::geometry::{Rect, Size, even};
use super::layout::SashTab;
use super::seat::Seating;
use super::text::{self, Letters};
use super::theme::{self, Colour};
use super::words::{Phrase, Wording};
use super::{Layer, Measure, Panel};
use crate::model::{AwardBody, BadgeShape, Date, LabelStyle, Language, Position, Sash};

/// Height of the tab, and the air at both ends of its text, in cap heights.
const HEIGHT: f32 = 2.05;
const PADDING: f32 = 0.72;
/// Share of the frame's width that the tab takes at most.
const MAX_WIDTH: f32 = 0.66;
/// A long text is set smaller, to this share of the cap height; then in English.
const MIN_SCALE: f32 = 0.78;
/// Corner radius of the free corner of a rounded tab, in its heights.
const CORNER: f32 = 0.30;

const NEWS: Colour = [0x16, 0x5D, 0xC4];
const OVER: Colour = [0x44, 0x4B, 0x58];
const CINEMA: Colour = [0xB4, 0x23, 0x2C];
const TRENDING: Colour = [0x8A, 0x2F, 0xB8];
const GOLD: Colour = [0xE9, 0xBB, 0x3A];
const FESTIVAL: Colour = [0x12, 0x6B, 0x4A];

/// A sash in its corner.
#[derive(Clone, Debug)]
pub(super) struct PlacedSash {
    pub(super) rect: Rect,
    text: String,
    cap: f32,
    /// The corner of the frame that it grows out of.
    corner: Option<Position>,
}

/// What a sash says, as large as it fits.
#[derive(Clone, Debug)]
pub(super) struct WrittenSash {
    text: String,
    cap: f32,
    pub(super) size: Size,
}

impl WrittenSash {
    pub(super) fn at(self, rect: Rect, corner: Option<Position>) -> PlacedSash {
        PlacedSash { rect, text: self.text, cap: self.cap, corner }
    }
}

/// Writes a sash in its language, else in English; `None` where neither fits or can be drawn.
pub(super) fn write(
    tab: &SashTab,
    sash: Sash,
    frame: Size,
    measure: &dyn Measure,
) -> Option<WrittenSash> {
    let most = frame.width as f32 * MAX_WIDTH;
    let cap = (tab.cap * frame.width as f32).round().max(1.0);
    let wordings = [tab.wording, Wording::of(Language::ENGLISH)];
    let (text, cap) = wordings.into_iter().find_map(|wording| {
        let text = text_of(sash, wording);
        let whole = text::width(&text, cap, measure) + 2.0 * PADDING * cap;
        let scale = (most / whole).min(1.0);
        let cap = if scale < 1.0 { (cap * scale).floor() } else { cap };
        (measure.can_draw(&text) && scale >= MIN_SCALE && cap >= 1.0).then_some((text, cap))
    })?;
    let width = even(text::width(&text, cap, measure) + 2.0 * PADDING * cap);
    Some(WrittenSash { text, cap, size: Size { width, height: even(cap * HEIGHT) } })
}

/// Places `sash` in the first free corner, from the top left on; `None` where all are taken or nothing
/// of it can be written.
pub(super) fn place(
    tab: &SashTab,
    sash: Sash,
    seating: &Seating<'_>,
    measure: &dyn Measure,
) -> Option<PlacedSash> {
    let written = write(tab, sash, seating.frame, measure)?;
    let size = written.size;
    // A tab grows out of its corner: it has no margin.
    let corners = Seating { margin: 0, ..*seating };
    let order =
        [Position::TopLeft, Position::TopRight, Position::BottomLeft, Position::BottomRight];
    order.into_iter().find_map(|corner| {
        let (x, y) = super::seat::anchored(size, corner, corners.area());
        let rect = Rect { x, y, width: size.width, height: size.height };
        let free = corners.is_free(&rect);
        free.then(|| written.clone().at(rect, Some(corner)))
    })
}

impl PlacedSash {
    pub(super) fn layers(&self, tab: &SashTab, sash: Sash, measure: &dyn Measure) -> Vec<Layer> {
        let fill = match tab.dress.label {
            LabelStyle::Official => fill_of(sash),
            LabelStyle::Icon | LabelStyle::Text => theme::INK,
        };
        let share = match tab.dress.shape {
            BadgeShape::Rounded => CORNER,
            BadgeShape::Pill => 0.5,
        };
        let radius = (self.rect.height as f32 * share).round() as u32;
        let radii = match self.corner {
            None => [radius; 4],
            Some(Position::TopRight) => [0, 0, 0, radius],
            Some(Position::BottomLeft) => [0, radius, 0, 0],
            Some(Position::BottomRight) => [radius, 0, 0, 0],
            Some(_) => [0, 0, radius, 0],
        };
        let panel = Panel {
            rect: self.rect,
            clip: self.rect,
            radii,
            colour: fill,
            opacity: 1.0,
            frosted: false,
            rim: 0.0,
        };
        let colour = theme::ink_on(fill);
        let letters = Letters { cap: self.cap, colour, shadow: None, measure };
        let middle = (
            self.rect.x as f32 + self.rect.width as f32 / 2.0,
            self.rect.y as f32 + self.rect.height as f32 / 2.0,
        );
        vec![Layer::Panel(panel), Layer::Text(letters.centred(&self.text, middle))]
    }
}

/// News in blue, ends in grey, places and prizes in gold.
fn fill_of(sash: Sash) -> Colour {
    match sash {
        Sash::NewSeason { .. } | Sash::Premiere { .. } | Sash::Returning { .. } => NEWS,
        Sash::Ended | Sash::Cancelled => OVER,
        Sash::InCinemas => CINEMA,
        Sash::Trending { .. } => TRENDING,
        Sash::Top250 { .. } | Sash::Oscar | Sash::Emmy => GOLD,
        Sash::Festival { .. } => FESTIVAL,
    }
}

/// What a sash says.
fn text_of(sash: Sash, words: Wording) -> String {
    let day = |date: Date| words.date((date.day, date.month), None);
    let word = |phrase| words.word(phrase).to_owned();
    match sash {
        Sash::NewSeason { .. } => word(Phrase::NewSeason),
        Sash::Premiere { date, ahead: true } => {
            let day = day(date).map(|day| format!(" {day}")).unwrap_or_default();
            format!("{}{day}", words.word(Phrase::Premiere))
        }
        Sash::Premiere { ahead: false, .. } => word(Phrase::Premiere),
        Sash::Returning { date } => match day(date) {
            Some(day) => words.with(Phrase::Returns, &day),
            None => word(Phrase::Returning),
        },
        Sash::Ended => word(Phrase::Ended),
        Sash::Cancelled => word(Phrase::Cancelled),
        Sash::InCinemas => word(Phrase::InCinemas),
        Sash::Trending { place } => words.with(Phrase::Trending, &place.to_string()),
        Sash::Top250 { place } => words.with(Phrase::Top250, &place.to_string()),
        // The festivals' own names, in no language's translation.
        Sash::Festival { award: AwardBody::Cannes } => "Cannes".to_owned(),
        Sash::Festival { award: AwardBody::Venice } => "Venezia".to_owned(),
        Sash::Festival { award: AwardBody::Berlin } => "Berlinale".to_owned(),
        Sash::Festival { .. } => word(Phrase::Festival),
        Sash::Oscar => "Oscar".to_owned(),
        Sash::Emmy => "Emmy".to_owned(),
    }
}
