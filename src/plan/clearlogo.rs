//! A title's own lettering on artwork without any: where it stands in the lower third, and what leads the picture over to it.

use serde::Serialize;

use super::facts::luma;
use super::geometry::{Rect, Size, whole};
use super::theme::{self, Colour};
use super::{Facts, RenderPlan, Scrim, contrast, ground};
use crate::model::FrameShape;

/// How large a clearlogo is on frames of one shape, and where it stands.
struct ClearlogoLook {
    /// Area of its box, a share of the frame's width squared: a line of letters and a block of them weigh the same.
    area: f32,
    /// Widest and highest, shares of the frame's width and height.
    widest: f32,
    highest: f32,
    /// Distance to the side, a share of the frame's width; without one it is centred.
    side: Option<f32>,
    /// Distance to the lower edge, or to what stands there, a share of the frame's width.
    beneath: (f32, f32),
}

const UPRIGHT: ClearlogoLook =
    ClearlogoLook { area: 0.105, widest: 0.80, highest: 0.20, side: None, beneath: (0.085, 0.05) };
const SQUARE: ClearlogoLook =
    ClearlogoLook { area: 0.080, widest: 0.76, highest: 0.22, side: None, beneath: (0.080, 0.04) };
const WIDE: ClearlogoLook = ClearlogoLook {
    area: 0.026,
    widest: 0.36,
    highest: 0.27,
    side: Some(0.048),
    beneath: (0.048, 0.03),
};

/// A clearlogo is never enlarged past this.
const MAX_ENLARGED: f32 = 2.0;
/// Contrast of lettering to what lies beneath it: liked, and enough for letters as large as these (WCAG 2, 1.4.3).
const CONTRASTS: [f32; 2] = [4.5, 3.0];
/// Opacity of the scrim at least and at most: more would leave nothing of the picture.
const OPACITY: (f32, f32) = (0.40, 0.84);
/// How far the brightest spot counts against the mean: lettering this large is read over small ones.
const BRIGHT: f32 = 0.8;
/// The most over a picture that is as dark as this already (luma, 0-255).
const DARK: (f32, f32) = (48.0, 0.94);
/// Share of its box from which lettering is a plate with letters cut out of it.
const PLATE: f32 = 0.62;
/// Over how much of the frame's height a scrim fades in, and how much of that is above the lettering.
const FADE: f32 = 0.34;
const FADE_ABOVE: f32 = 0.72;
/// Softness of the lettering's shadow, a share of the frame's width.
const SHADOW: f32 = 0.011;

/// Room that the badges leave it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ClearlogoRoom {
    /// Pixels of the frame's lower edge that are taken.
    pub below: u32,
    /// Badges stand at the lower left of a wide frame.
    pub on_right: bool,
}

/// What is known of a clearlogo, trimmed of its border.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClearlogoFacts {
    pub size: Size,
    /// The mean colour of its ink.
    pub ink: Colour,
    /// Share of its box that is inked, 0-1.
    pub cover: f32,
}

/// Everything to paint of a clearlogo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClearlogoPlan {
    pub rect: Rect,
    pub scrim: Scrim,
    /// Drawn in white, because its own ink would not be seen on any dark ground.
    pub is_white: bool,
    /// Softness of its shadow in pixels.
    pub blur: f32,
}

impl ClearlogoRoom {
    /// What the badges of a plan leave.
    pub fn beside(planned: &RenderPlan, shape: FrameShape) -> Self {
        let frame = planned.frame;
        let third = frame.height as i32 * 2 / 3;
        let drawn = || planned.elements.iter().map(|element| element.rect);
        let low = || drawn().filter(move |rect| rect.bottom() > third);
        let below = low().map(|rect| frame.height as i32 - rect.y).max().unwrap_or(0);
        let below = (below.max(0) as u32).min(frame.height / 2);
        let half = frame.width as i32 / 2;
        if shape == FrameShape::Wide {
            let on_left = low().any(|rect| rect.x < half);
            let on_right = low().any(|rect| rect.right() > half);
            let is_free = !(on_left && on_right);
            return Self { below: if is_free { 0 } else { below }, on_right: on_left && is_free };
        }
        Self { below, on_right: false }
    }
}

/// Lays a clearlogo out on the picture that `facts` describe.
pub fn plan_clearlogo(
    shape: FrameShape,
    facts: &Facts,
    logo: &ClearlogoFacts,
    room: ClearlogoRoom,
) -> ClearlogoPlan {
    let look = match shape {
        FrameShape::Upright | FrameShape::Lettering => &UPRIGHT,
        FrameShape::Square => &SQUARE,
        FrameShape::Wide => &WIDE,
    };
    let rect = place(look, facts.frame, logo.size, room);
    let tone = facts.beneath(&rect);
    let own = ground::own_colour(tone);
    let (mean, bright) = (luma(tone.mean), f32::from(tone.bright));
    let beneath = mean + (bright - mean) * BRIGHT;
    let most = if luma(tone.mean) < DARK.0 { DARK.1 } else { OPACITY.1 };
    let of_white = || strength(beneath, own, theme::WHITE).unwrap_or(most);
    let (opacity, is_white) = match strength(beneath, own, logo.ink) {
        Some(opacity) if opacity <= most => (opacity, false),
        _ if logo.cover >= PLATE => (OPACITY.0, false),
        _ => (of_white().min(most), true),
    };
    let scrim = scrim(look, facts.frame, rect, room, (own, opacity));
    ClearlogoPlan { rect, scrim, is_white, blur: SHADOW * facts.frame.width as f32 }
}

fn place(look: &ClearlogoLook, frame: Size, logo: Size, room: ClearlogoRoom) -> Rect {
    let (width, height) = (frame.width as f32, frame.height as f32);
    let aspect = logo.width.max(1) as f32 / logo.height.max(1) as f32;
    let wanted = (look.area * aspect).sqrt() * width;
    let most = (look.widest * width)
        .min(look.highest * height * aspect)
        .min(logo.width as f32 * MAX_ENLARGED);
    let shown_width = wanted.min(most).max(1.0);
    let size = Size { width: whole(shown_width), height: whole(shown_width / aspect) };
    let (alone, above) = look.beneath;
    let beneath = if room.below > 0 { room.below as f32 + above * width } else { alone * width };
    let x = match look.side {
        None => (width - size.width as f32) / 2.0,
        Some(side) if room.on_right => width * (1.0 - side) - size.width as f32,
        Some(side) => width * side,
    };
    let y = (height - beneath - size.height as f32).max(0.0);
    Rect { x: x.round() as i32, y: y.round() as i32, width: size.width, height: size.height }
}

/// The opacity, at least the least, at which a ground of `own` colour over a picture as light as `bright` (0-255) is
/// one for `ink`; `None` where it is none at any.
fn strength(bright: f32, own: Colour, ink: Colour) -> Option<f32> {
    let dark = luma(own);
    let lightest = CONTRASTS.into_iter().find_map(|wanted| {
        let reads = |grey: &u8| contrast([*grey; 3], ink) >= wanted && luma([*grey; 3]) < luma(ink);
        (0..=255_u8).rev().find(reads).map(f32::from).filter(|grey| *grey >= dark)
    })?;
    Some(((bright - lightest) / (bright - dark).max(1.0)).max(OPACITY.0))
}

/// Full beneath the lettering and below it, gone well above; beside it, too, where it stands at a side.
fn scrim(
    look: &ClearlogoLook,
    frame: Size,
    logo: Rect,
    room: ClearlogoRoom,
    (colour, opacity): (Colour, f32),
) -> Scrim {
    let fade = whole(frame.height as f32 * FADE);
    let above = (fade as f32 * FADE_ABOVE) as i32;
    let top = (logo.y - above).max(0);
    let wide = if look.side.is_none() {
        Rect { x: 0, y: top, width: frame.width, height: 1 }
    } else {
        let beyond = whole(frame.width as f32 * 0.26) as i32;
        let (left, right) = if room.on_right {
            ((logo.x - beyond).max(0), frame.width as i32)
        } else {
            (0, (logo.right() + beyond).min(frame.width as i32))
        };
        Rect { x: left, y: top, width: (right - left).max(1) as u32, height: 1 }
    };
    let aside = whole(frame.width as f32 * 0.30);
    let (right, left) = match (look.side, room.on_right) {
        (None, _) => (0, 0),
        (Some(_), true) => (0, aside),
        (Some(_), false) => (aside, 0),
    };
    let height = (frame.height as i32 - top).max(1) as u32;
    let rect = Rect { height, ..wide };
    Scrim { rect, fade: [fade.min(height), right, 0, left], colour, opacity, frosted: false }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn logo(width: u32, height: u32, ink: Colour) -> ClearlogoFacts {
        ClearlogoFacts { size: Size { width, height }, ink, cover: 0.4 }
    }

    #[test]
    fn dark_letters_are_written_in_white_and_plates_are_not() {
        let frame = Size { width: 580, height: 870 };
        let facts = Facts::flat(frame, [120, 130, 140]);
        let of = |logo: &ClearlogoFacts| {
            plan_clearlogo(FrameShape::Upright, &facts, logo, ClearlogoRoom::default())
        };
        assert!(of(&logo(800, 200, [12, 10, 30])).is_white);
        assert!(!of(&logo(800, 200, [240, 120, 40])).is_white, "orange reads on dark");
        assert!(of(&logo(800, 200, [200, 30, 40])).is_white, "red would want a black ground");
        let plate = ClearlogoFacts { cover: 0.9, ..logo(800, 200, [12, 10, 30]) };
        assert!(!of(&plate).is_white);
        let light = Facts::flat(frame, [250; 3]);
        let planned = plan_clearlogo(
            FrameShape::Upright,
            &light,
            &logo(800, 200, [250; 3]),
            ClearlogoRoom::default(),
        );
        assert!(planned.scrim.opacity > 0.6, "{}", planned.scrim.opacity);
    }

    proptest! {
        #[test]
        fn lettering_stays_in_the_frame_above_the_badges(
            width in 1_u32..4000, height in 1_u32..2000, below in 0_u32..400, ink in any::<[u8; 3]>(),
            grey in any::<u8>(), shape in 0_usize..3,
        ) {
            let (shape, frame) = [
                (FrameShape::Upright, Size { width: 580, height: 870 }),
                (FrameShape::Square, Size { width: 580, height: 580 }),
                (FrameShape::Wide, Size { width: 1920, height: 1080 }),
            ][shape];
            let room = ClearlogoRoom { below: below.min(frame.height / 2), on_right: below % 2 == 1 };
            let facts = Facts::flat(frame, [grey; 3]);
            let planned = plan_clearlogo(shape, &facts, &logo(width, height, ink), room);
            prop_assert!(frame.rect().contains(&planned.rect), "{:?}", planned.rect);
            prop_assert!(planned.rect.bottom() <= (frame.height - room.below) as i32);
            prop_assert!(frame.rect().contains(&planned.scrim.rect));
            prop_assert!((0.0..=1.0).contains(&planned.scrim.opacity));
        }
    }
}
