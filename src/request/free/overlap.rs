//! Warnings about elements that probably cover each other, or stand outside of the frame.
//!
//! How wide letters are is known to the painter only: extents are estimates, and warnings no errors.

use super::{FreeElement, FreeItem, Spot, Template};
use crate::model::{FrameShape, ScoreStyle};

/// A badge's height and width, in digit heights.
const BADGE: (f32, f32) = (1.9, 4.6);
/// The same of a sash and of a fact.
const SASH: (f32, f32) = (2.05, 9.0);
const FACT: (f32, f32) = (2.06, 4.4);
/// The same of a score, by style.
const NUMBER: (f32, f32) = (1.96, 2.4);
const BAR: (f32, f32) = (1.96, 6.4);
const RING: (f32, f32) = (3.15, 3.15);
/// Advance of a letter, in capital heights.
const LETTER: f32 = 0.72;
/// Width over height of a statuette.
const STATUETTE: f32 = 0.4;
/// Ratings that a strip shows where nobody says how many.
const USUAL_COUNT: u8 = 3;
/// What two elements may share without a warning, of the smaller one's area.
const TOLERATED: f32 = 0.10;
/// Warnings of one layout.
const MAX_WARNINGS: usize = 20;

/// A rectangle in shares of the frame's width.
#[derive(Clone, Copy, Debug)]
struct Extent {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

impl Extent {
    fn area(&self) -> f32 {
        self.width * self.height
    }

    fn shared(&self, other: &Self) -> f32 {
        let length = |a: f32, a_length: f32, b: f32, b_length: f32| {
            ((a + a_length).min(b + b_length) - a.max(b)).max(0.0)
        };
        length(self.x, self.width, other.x, other.width)
            * length(self.y, self.height, other.y, other.height)
    }
}

pub(super) fn warnings(elements: &[FreeElement], place: &str, shape: FrameShape) -> Vec<String> {
    // Of the frame, over its width.
    let height = shape.ratio().map_or(1.0, |ratio| 1.0 / ratio as f32);
    let known: Vec<(usize, &FreeElement, Extent)> = elements
        .iter()
        .enumerate()
        .filter_map(|(index, element)| Some((index, element, extent(element, height)?)))
        .collect();
    let frame = Extent { x: 0.0, y: 0.0, width: 1.0, height };
    let mut warnings = Vec::new();
    for (place_of, (index, element, extent)) in known.iter().enumerate() {
        if extent.shared(&frame) <= 0.0 {
            let id = &element.id;
            warnings.push(format!("{place}[{index}] ({id}) stands outside of the frame"));
        }
        for (other_index, other, other_extent) in &known[place_of + 1..] {
            // Of two that depend on the title mostly one is drawn.
            let alternatives = element.when.is_some() && other.when.is_some();
            let least = extent.area().min(other_extent.area());
            if !alternatives && extent.shared(other_extent) > least * TOLERATED {
                warnings.push(format!(
                    "{place}[{index}] ({}) and {place}[{other_index}] ({}) may overlap",
                    element.id, other.id
                ));
            }
        }
    }
    warnings.truncate(MAX_WARNINGS);
    warnings
}

/// About what an element takes; `None` of grounds, on which others are meant to stand.
fn extent(element: &FreeElement, frame_height: f32) -> Option<Extent> {
    let (width, height) = size(&element.item)?;
    let Spot { x, y, anchor } = element.spot;
    let (share_x, share_y) = anchor.shares();
    let (x, y) = (x - share_x * width, y * frame_height - share_y * height);
    Some(Extent { x, y, width, height })
}

fn size(item: &FreeItem) -> Option<(f32, f32)> {
    let of = |(height, width): (f32, f32), size: f32| (width * size, height * size);
    Some(match item {
        FreeItem::Strip(strip) => {
            let count = f32::from(strip.count.unwrap_or(USUAL_COUNT));
            let (one, height) = of(BADGE, strip.size);
            match strip.is_column {
                true => (one.min(strip.width), height * count),
                false if strip.fill => (strip.width, height),
                false => {
                    let rows = (one * count / strip.width).ceil().max(1.0);
                    ((one * count).min(strip.width), height * rows)
                }
            }
        }
        FreeItem::Badge(badge) => of(BADGE, badge.size),
        FreeItem::Score(score) => match score.style {
            ScoreStyle::Number => of(NUMBER, score.size),
            ScoreStyle::Bar => of(BAR, score.size),
            ScoreStyle::Ring => of(RING, score.size),
        },
        FreeItem::Sash(sash) => of(SASH, sash.size),
        FreeItem::Statuette(trophy) => (trophy.height * STATUETTE, trophy.height),
        FreeItem::Info(info) => {
            let (one, height) = of(FACT, info.size);
            ((one * info.facts.len() as f32).min(info.width), height)
        }
        FreeItem::Text(line) => {
            let letters = line.template.as_ref().map_or(0, Template::estimated_length);
            ((letters as f32 * LETTER * line.size).min(line.width), line.size * 1.3)
        }
        FreeItem::Gradient(_) | FreeItem::Box(_) => return None,
    })
}
