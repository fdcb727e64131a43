//! A layout: what stands where, in shares of the frame, before any title is
//! known. The built-in looks are layouts; a design of a user's own is one more.

use serde::Serialize;

use super::free::PlacedElement;
use super::season::{SeasonName, SeasonTab};
use super::theme::{self, Colour};
use super::words::Wording;
use crate::model::{ArtworkKind, FrameShape, InfoPosition, InfoStyle, Language, ScoreStyle};
use crate::request::{
    BadgeBackground, BadgeShape, BadgeSize, BadgeStyle, Direction, LabelStyle, Options, Position,
};

/// Everything that is drawn over artwork, in drawing order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Layout {
    pub elements: Vec<Element>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Element {
    Strip(Strip),
    Statuette(Statuette),
    Season(SeasonTab),
    Sash(SashTab),
    Score(ScoreBadge),
    Info(InfoStrip),
    /// Of a free layout.
    Placed(PlacedElement),
}

/// Which of the chosen ratings a strip shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Share {
    All,
    FirstHalf,
    SecondHalf,
}

/// Where a mark stands; `Auto` takes what gives the larger digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Stacking {
    Beside,
    Above,
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Flow {
    Rows,
    Column,
}

/// How badges are dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Dress {
    pub shape: BadgeShape,
    pub background: BadgeBackground,
    pub label: LabelStyle,
    #[serde(skip_serializing_if = "Colours::are_our_own")]
    pub colours: Colours,
}

/// Colours that a caller chose; ours where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Colours {
    pub ground: Option<Colour>,
    /// Of the ground, in per cent.
    pub opacity: Option<u8>,
    pub figures: Option<Colour>,
}

impl Colours {
    fn are_our_own(&self) -> bool {
        *self == Self::default()
    }
}

/// A strip of badges.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Strip {
    pub share: Share,
    pub anchor: Position,
    pub flow: Flow,
    pub stacking: Stacking,
    pub dress: Dress,
    /// Digit height as a share of the frame's width.
    pub cap: f32,
    /// Digit height of the largest badge size, a share of the frame's width: sizes
    /// that meet a limit stay apart below it.
    pub most_cap: f32,
    /// Rows reach from margin to margin.
    pub justified: bool,
    /// Where a column at the middle of a side begins, a share of the frame's height;
    /// without one it is centred.
    pub hangs_at: Option<f32>,
    /// One grid unit, a share of the frame's width: the distance to the edges.
    pub unit: f32,
    /// Further distance from the anchored edge: shares of width and height.
    pub inset: (f32, f32),
    /// Share of the frame's height that the strip may cover at most.
    pub most_of_height: f32,
}

/// The statuette of an award, in the corner that the strips leave free.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Statuette {
    /// Area of its box as a share of the frame's width squared.
    pub area: f32,
    /// Distance to the edges, a share of the frame's width.
    pub margin: f32,
}

/// One mark, flush with a corner of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SashTab {
    pub dress: Dress,
    /// Cap height as a share of the frame's width.
    pub cap: f32,
    /// The grid's unit, a share of the frame's width.
    pub unit: f32,
    pub wording: Wording,
}

/// The aggregate of all ratings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScoreBadge {
    pub style: ScoreStyle,
    pub anchor: Position,
    pub dress: Dress,
    /// Digit height as a share of the frame's width.
    pub cap: f32,
    /// The distance to the edges, a share of the frame's width.
    pub unit: f32,
    /// Rising, 0-100: from each on the next colour is taken.
    pub thresholds: [u8; 3],
    pub colours: [Colour; 4],
}

/// Facts side by side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct InfoStrip {
    pub anchor: Position,
    /// A row of the first strip of badges; where it has no room for one, at `anchor`.
    pub joined: bool,
    pub style: InfoStyle,
    pub dress: Dress,
    /// Cap height as a share of the frame's width.
    pub cap: f32,
    /// The distance to the edges, a share of the frame's width.
    pub unit: f32,
    pub wording: Wording,
}

impl Layout {
    /// The layout with the name of a season that its artwork does not tell, dressed as the first strip.
    #[must_use]
    pub fn naming(mut self, name: SeasonName) -> Self {
        let first = self.elements.iter().find_map(|element| match element {
            Element::Strip(strip) => Some(*strip),
            _ => None,
        });
        let Some(Strip { dress, unit, .. }) = first else { return self };
        let dress = Dress { colours: Colours::default(), ..dress };
        // It tells tiles apart: what can be missed finds its place after it.
        let of_picture =
            |element: &Element| matches!(element, Element::Strip(_) | Element::Statuette(_));
        let place = self.elements.iter().take_while(|element| of_picture(element)).count();
        self.elements.insert(place, Element::Season(SeasonTab { name, dress, unit }));
        self
    }
}

impl Layout {
    /// Whether it is a user's own.
    pub fn is_free(&self) -> bool {
        self.elements.iter().any(|element| matches!(element, Element::Placed(_)))
    }
}

/// The layout that options describe for a family.
pub fn built_in(kind: ArtworkKind, options: &Options) -> Layout {
    let strip = strip(kind, options);
    let mut elements = if options.split {
        vec![
            Element::Strip(Strip { share: Share::FirstHalf, ..strip }),
            Element::Strip(Strip {
                share: Share::SecondHalf,
                anchor: opposite(strip.anchor),
                ..strip
            }),
        ]
    } else {
        vec![Element::Strip(strip)]
    };
    if kind.row().has_statuette {
        let area = theme::look(kind.row().shape).statuette;
        elements.push(Element::Statuette(Statuette { area, margin: strip.unit }));
    }
    elements.extend(beyond_ratings(kind, options));
    Layout { elements }
}

/// What is asked for beside ratings, the most important first: what comes later finds less room.
fn beyond_ratings(kind: ArtworkKind, options: &Options) -> Vec<Element> {
    let (row, beyond) = (kind.row(), &options.beyond);
    if row.shape == FrameShape::Lettering {
        return Vec::new();
    }
    let look = theme::look(row.shape);
    let dress = Dress { colours: Colours::default(), ..dress(options) };
    let scale = row.badge_scale * options.badge_size.factor();
    let wording = Wording::of(options.language.code().unwrap_or(Language::ENGLISH));
    let unit = look.unit;
    let has_sash = row.has_sash && !beyond.sash.is_empty();
    let tab = SashTab { dress, cap: look.sash_cap * row.badge_scale, unit, wording };
    let sash = has_sash.then_some(Element::Sash(tab));
    let score = beyond.score.map(|style| {
        Element::Score(ScoreBadge {
            style,
            anchor: beyond.score_position,
            dress,
            cap: look.score_cap * scale,
            unit,
            thresholds: beyond.score_thresholds,
            colours: beyond.score_colors.map(|colour| colour.0),
        })
    });
    let has_info = !beyond.info.is_empty() || beyond.label.is_some();
    let size = beyond.info_size.unwrap_or(options.badge_size).factor();
    let (anchor, joined) = match beyond.info_position {
        InfoPosition::At(anchor) => (anchor, false),
        InfoPosition::Join => (options.position, true),
    };
    let style = if joined { InfoStyle::Line } else { beyond.info_style };
    let cap = look.info_cap * row.badge_scale * size;
    let info = has_info.then_some(Element::Info(InfoStrip {
        anchor,
        joined,
        style,
        dress,
        cap,
        unit,
        wording,
    }));
    sash.into_iter().chain(score).chain(info).collect()
}

fn dress(options: &Options) -> Dress {
    let beyond = &options.beyond;
    Dress {
        shape: options.badge_shape,
        background: options.badge_background,
        label: options.label_style,
        colours: Colours {
            ground: beyond.bar_colour.map(|colour| colour.0),
            opacity: beyond.bar_opacity,
            figures: beyond.font_colour.map(|colour| colour.0),
        },
    }
}

fn strip(kind: ArtworkKind, options: &Options) -> Strip {
    let rows_by_nature = matches!(options.position, Position::BottomCenter | Position::TopCenter);
    let flow = match options.direction {
        Direction::Rows => Flow::Rows,
        Direction::Auto if rows_by_nature => Flow::Rows,
        Direction::Column | Direction::Auto => Flow::Column,
    };
    let look = theme::look(kind.row().shape);
    let (cap, by_nature, most_of_height) = match flow {
        Flow::Rows => (look.row_cap, look.row_stacking, look.rows_of_height),
        Flow::Column => (look.column_cap, look.column_stacking, 1.0),
    };
    let font_scale = f32::from(options.beyond.font_scale) / 100.0;
    let cap = cap * kind.row().badge_scale * font_scale;
    let stacking = match options.badge_style {
        BadgeStyle::Beside => Stacking::Beside,
        BadgeStyle::Above => Stacking::Above,
        BadgeStyle::Auto => by_nature,
    };
    Strip {
        share: Share::All,
        anchor: options.position,
        flow,
        stacking,
        dress: dress(options),
        cap: cap * options.badge_size.factor(),
        most_cap: cap * BadgeSize::ExtraLarge.factor(),
        justified: look.justified && rows_by_nature,
        hangs_at: look.column_top.filter(|_| flow == Flow::Column),
        unit: look.unit,
        inset: (f32::from(options.edge_inset_x) / 100.0, f32::from(options.edge_inset_y) / 100.0),
        most_of_height,
    }
}

fn opposite(anchor: Position) -> Position {
    match anchor {
        Position::BottomCenter => Position::TopCenter,
        Position::TopCenter => Position::BottomCenter,
        Position::Left => Position::Right,
        Position::Right => Position::Left,
        Position::TopLeft => Position::TopRight,
        Position::TopRight => Position::TopLeft,
        Position::BottomLeft => Position::BottomRight,
        Position::BottomRight => Position::BottomLeft,
    }
}
