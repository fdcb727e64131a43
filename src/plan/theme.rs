//! Sizes and colours of the built-in looks, each with its reason. Lengths are
//! in cap heights (the height of a digit) unless the name says otherwise.

use super::facts::contrast;
use super::layout::Stacking;
use crate::model::{BadgeShape, FrameShape};

/// An sRGB colour.
pub type Colour = [u8; 3];

pub const WHITE: Colour = [255, 255, 255];
/// Neutral, a touch cool: pure black looks like a hole in a photograph.
pub const INK: Colour = [13, 14, 17];

/// Digit height of a single row of up to three badges on a poster, as a share of
/// the frame's width: 9 px digits when the poster is shown at 150 px.
pub const POSTER_CAP: f32 = 36.2 / 580.0;
/// The same as a demand: 9 px of 150.
pub const LEGIBLE: f32 = 9.0 / 150.0;
/// Digit height in a column on a poster.
pub const POSTER_COLUMN_CAP: f32 = 29.0 / 580.0;
/// On a wide frame, read from a sofa.
pub const WIDE_CAP: f32 = 0.022;
/// Under a logo, as a share of the box's height.
pub const LOGO_CAP: f32 = 34.0 / 244.0;

/// What two and three rows keep of the digit height: 6 px digits at 150 px.
pub const ROW_FACTORS: [f32; 3] = [1.0, 0.86, 0.70];
/// What a row of four or five keeps of it, alone or among others.
pub const CROWDED_ROWS: [f32; 2] = [0.86, 0.72];

/// The strip never covers more than this share of a poster's height.
pub const MAX_OF_POSTER: f32 = 0.25;

/// The grid: margins are one unit, 1/58 of a poster's and 1/72 of a wide frame's width.
pub const POSTER_UNIT: f32 = 1.0 / 58.0;
pub const WIDE_UNIT: f32 = 1.0 / 72.0;

/// Where a column at a poster's side begins, a share of its height: faces stand
/// below it, titles far below.
pub const COLUMN_TOP: f32 = 0.085;

/// Height of a mark's box; drawings keep a little air within it. Pairs are what a
/// badge likes and what it can do with.
pub const MARK: (f32, f32) = (1.34, 1.06);
/// Height of the plate beneath a name or an icon, and the air at its ends.
pub const PLATE: (f32, f32) = (1.30, 1.12);
pub const PLATE_PADDING: (f32, f32) = (0.28, 0.20);
/// Cap height of a name on a plate.
pub const PLATE_CAP: (f32, f32) = (0.66, 0.58);
/// What an icon on a plate keeps of a mark's box.
pub const PLATE_ICON: f32 = 0.80;
/// Corner radius of a plate, in its heights.
pub const PLATE_CORNER: f32 = 0.22;

/// Inner measures of a badge whose mark stands beside the value.
pub mod beside {
    pub const PADDING: (f32, f32) = (0.52, 0.30);
    pub const GAP: (f32, f32) = (0.36, 0.24);
    /// With the largest digits a row is 11.5 % of a poster's width high.
    pub const HEIGHT: (f32, f32) = (1.86, 1.70);
}

/// Inner measures of a badge whose mark stands above the value.
pub mod above {
    pub const PADDING: (f32, f32) = (0.56, 0.30);
    pub const TOP: (f32, f32) = (0.50, 0.30);
    pub const GAP: (f32, f32) = (0.36, 0.24);
    pub const BOTTOM: (f32, f32) = (0.58, 0.38);
}

/// How tight the badges of a column stand: 0 as in a row, 1 as near as they can.
pub const COLUMN_TIGHTNESS: f32 = 0.6;

/// A unit such as `%` is written smaller, so that the digits of all badges
/// share one size and `100%` still fits.
pub const UNIT_SCALE: f32 = 0.78;
/// Space between the digits and their unit.
pub const UNIT_GAP: f32 = 0.05;
/// Cap height of a source's name under `label_style=t`: liked, and at least.
pub const LABEL_CAP: (f32, f32) = (0.78, 0.62);

/// Area of the statuette's box as a share of the frame's width squared: the slim
/// Oscar stands taller than the broad Emmy, and both are about a tenth of a
/// poster's width.
pub const POSTER_STATUETTE: f32 = 0.023;
pub const WIDE_STATUETTE: f32 = 0.0062;

/// Corner radius of the strip, in heights of its cell.
pub fn corner(shape: BadgeShape) -> f32 {
    match shape {
        BadgeShape::Rounded => 0.26,
        BadgeShape::Pill => 0.5,
    }
}

/// Optical area that marks are brought near to, in squares of their box.
const MARK_AREA: f32 = 0.66;

/// What a mark's box is enlarged by so that all marks weigh the same to the eye:
/// a splat is thinner than a tomato, a plate heavier than its height. The exponent
/// leaves a plate wider than a roundel, as the services' marks are.
pub fn weight(area: f32) -> f32 {
    (MARK_AREA / area.max(0.1)).powf(0.4).clamp(0.92, 1.18)
}

/// Fill of a plate in a source's colour, and the colour of what is written on it:
/// ink on light colours, else white on the colour, darkened until it reads.
pub fn plate(accent: Colour) -> (Colour, Colour) {
    if contrast(INK, accent) >= 7.0 {
        return (accent, INK);
    }
    let darkened = |percent: u16| accent.map(|c| (u16::from(c) * percent / 100) as u8);
    let fill = (1..=100).rev().map(darkened).find(|fill| contrast(WHITE, *fill) >= PLATE_CONTRAST);
    (fill.unwrap_or(INK), WHITE)
}

/// The colour that reads on a fill that is drawn as given.
pub fn ink_on(fill: Colour) -> Colour {
    let best =
        [WHITE, INK].into_iter().max_by(|a, b| contrast(fill, *a).total_cmp(&contrast(fill, *b)));
    // White or black reads on every colour with 4.5 : 1; the neutral ink is a touch lighter than black.
    best.filter(|ink| contrast(fill, *ink) >= 4.5).unwrap_or([0; 3])
}

/// Contrast of a name to its plate at least.
pub const PLATE_CONTRAST: f32 = 4.6;

/// How a strip looks on frames of one shape.
#[derive(Debug)]
pub struct ShapeLook {
    /// Digit height in rows and in a column, as a share of the frame's width (of a logo's box: its height).
    pub row_cap: f32,
    pub column_cap: f32,
    /// Where a column at the middle of a side begins, a share of the frame's height; without one it is centred.
    pub column_top: Option<f32>,
    /// Where marks stand in rows and in a column, unless the request says so.
    pub row_stacking: Stacking,
    pub column_stacking: Stacking,
    /// The grid's unit, a share of the frame's width.
    pub unit: f32,
    /// Rows at the top and the bottom reach from margin to margin.
    pub justified: bool,
    /// Share of the frame's height that rows may cover at most.
    pub rows_of_height: f32,
    /// Area of a statuette's box as a share of the frame's width squared: the slim Oscar stands taller
    /// than the broad Emmy, and both are about a tenth of a poster's width.
    pub statuette: f32,
    /// Cap heights of facts, of the score and of the sash, as shares of the frame's width.
    pub info_cap: f32,
    pub score_cap: f32,
    pub sash_cap: f32,
}

const UPRIGHT: ShapeLook = ShapeLook {
    row_cap: POSTER_CAP,
    column_cap: POSTER_COLUMN_CAP,
    column_top: Some(COLUMN_TOP),
    row_stacking: Stacking::Auto,
    column_stacking: Stacking::Above,
    unit: POSTER_UNIT,
    justified: true,
    rows_of_height: MAX_OF_POSTER,
    statuette: POSTER_STATUETTE,
    info_cap: 0.0395,
    score_cap: 0.058,
    sash_cap: 0.042,
};

const WIDE: ShapeLook = ShapeLook {
    row_cap: WIDE_CAP,
    column_cap: WIDE_CAP,
    column_top: None,
    row_stacking: Stacking::Beside,
    column_stacking: Stacking::Above,
    unit: WIDE_UNIT,
    justified: false,
    rows_of_height: 1.0,
    statuette: WIDE_STATUETTE,
    info_cap: 0.0165,
    score_cap: 0.024,
    sash_cap: 0.0175,
};

const LETTERING: ShapeLook = ShapeLook {
    row_cap: LOGO_CAP,
    column_cap: LOGO_CAP,
    row_stacking: Stacking::Beside,
    column_stacking: Stacking::Beside,
    ..WIDE
};

/// As on a poster, whose lower two thirds it is as high as.
const SQUARE: ShapeLook = ShapeLook { rows_of_height: MAX_OF_POSTER * 1.5, ..UPRIGHT };

/// The look of a shape.
pub fn look(shape: FrameShape) -> &'static ShapeLook {
    match shape {
        FrameShape::Upright => &UPRIGHT,
        FrameShape::Wide => &WIDE,
        FrameShape::Square => &SQUARE,
        FrameShape::Lettering => &LETTERING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RatingSource;

    #[test]
    fn names_read_on_every_plate() {
        for row in RatingSource::ALL.map(RatingSource::row) {
            let verdicts = row.verdicts.iter().map(|(_, look)| look.accent);
            for accent in verdicts.chain([row.look.accent]) {
                let (fill, ink) = plate(accent);
                assert!(contrast(fill, ink) >= 4.5, "{}: {fill:?}", row.name);
            }
        }
    }

    #[test]
    fn something_reads_on_every_fill() {
        for code in 0..4096_u16 {
            let fill = [code >> 8, code >> 4 & 15, code & 15].map(|c| (c * 17) as u8);
            assert!(contrast(fill, ink_on(fill)) >= 4.5, "{fill:?}");
        }
    }

    #[test]
    fn light_marks_are_enlarged() {
        assert!(weight(0.4) > 1.1 && (weight(MARK_AREA) - 1.0).abs() < 1e-6 && weight(1.2) < 0.95);
    }
}
