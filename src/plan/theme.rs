//! Sizes and colours of the built-in looks, each with its reason. Lengths are
//! in cap heights (the height of a digit) unless the name says otherwise.

use super::layout::Stacking;
use crate::model::{BadgeShape, FrameShape};

/// An sRGB colour.
pub type Colour = [u8; 3];

pub const WHITE: Colour = [255, 255, 255];
/// Neutral, a touch cool: pure black looks like a hole in a photograph.
pub const INK: Colour = [13, 14, 17];

/// Digit height of a single row of up to three badges on a poster, as a share of
/// the frame's width: 9 px digits when the poster is shown at 150 px.
pub const POSTER_CAP: f32 = 36.0 / 580.0;
/// The same as a demand: 9 px of 150.
pub const LEGIBLE: f32 = 9.0 / 150.0;
/// Digit height in a column on a poster.
pub const POSTER_COLUMN_CAP: f32 = 29.0 / 580.0;
/// On a backdrop or still: badges of about 7 % of the width, read from a sofa.
pub const WIDE_CAP: f32 = 33.0 / 1920.0;
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

/// Height of a mark's box; drawings keep a little air within it.
pub const MARK: (f32, f32) = (1.34, 1.06);

/// Inner measures of a badge whose mark stands beside the value; pairs are what
/// it likes and what it can do with.
pub mod beside {
    pub const PADDING: (f32, f32) = (0.52, 0.30);
    pub const GAP: (f32, f32) = (0.36, 0.24);
    pub const HEIGHT: f32 = 2.06;
}

/// Inner measures of a badge whose mark stands above the value.
pub mod above {
    pub const PADDING: (f32, f32) = (0.60, 0.30);
    pub const TOP: f32 = 0.56;
    pub const GAP: f32 = 0.42;
    pub const BOTTOM: f32 = 0.62;
}

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

/// How a strip looks on frames of one shape.
#[derive(Debug)]
pub struct ShapeLook {
    /// Digit height in rows and in a column, as a share of the frame's width (of a logo's box: its height).
    pub row_cap: f32,
    pub column_cap: f32,
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
}

const UPRIGHT: ShapeLook = ShapeLook {
    row_cap: POSTER_CAP,
    column_cap: POSTER_COLUMN_CAP,
    row_stacking: Stacking::Auto,
    column_stacking: Stacking::Above,
    unit: POSTER_UNIT,
    justified: true,
    rows_of_height: MAX_OF_POSTER,
    statuette: POSTER_STATUETTE,
};

const WIDE: ShapeLook = ShapeLook {
    row_cap: WIDE_CAP,
    column_cap: WIDE_CAP,
    row_stacking: Stacking::Beside,
    column_stacking: Stacking::Above,
    unit: WIDE_UNIT,
    justified: false,
    rows_of_height: 1.0,
    statuette: WIDE_STATUETTE,
};

const LETTERING: ShapeLook = ShapeLook {
    row_cap: LOGO_CAP,
    column_cap: LOGO_CAP,
    row_stacking: Stacking::Beside,
    column_stacking: Stacking::Beside,
    ..WIDE
};

/// The look of a shape.
pub fn look(shape: FrameShape) -> &'static ShapeLook {
    match shape {
        FrameShape::Upright => &UPRIGHT,
        FrameShape::Wide => &WIDE,
        FrameShape::Lettering => &LETTERING,
    }
}
