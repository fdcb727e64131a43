//! A layout: what stands where, in shares of the frame, before any title is
//! known. The built-in looks are layouts; a design of a user's own is one more.

use serde::Serialize;

use super::season::{SeasonName, SeasonTab};
use super::theme;
use crate::model::ArtworkKind;
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

impl Layout {
    /// The layout with the name of a season that its artwork does not tell, dressed as the first strip.
    #[must_use]
    pub fn naming(mut self, name: SeasonName) -> Self {
        let first = self.elements.iter().find_map(|element| match element {
            Element::Strip(strip) => Some(*strip),
            _ => None,
        });
        let tab = first.map(|Strip { dress, unit, .. }| SeasonTab { name, dress, unit });
        self.elements.extend(tab.map(Element::Season));
        self
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
    Layout { elements }
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
    let cap = cap * kind.row().badge_scale;
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
        dress: Dress {
            shape: options.badge_shape,
            background: options.badge_background,
            label: options.label_style,
        },
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
