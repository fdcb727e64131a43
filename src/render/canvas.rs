//! Pixels to paint on: a whole picture, or some rows of one.

use super::blend::{self, Linear};
use super::sprite::Sprite;
use crate::plan::{Colour, Panel, Rect};

/// Rows of a picture, three bytes a pixel, or four where it is transparent.
///
/// Coordinates are the whole picture's; what lies outside the rows is clipped.
pub struct Canvas<'a> {
    data: &'a mut [u8],
    width: u32,
    rows: u32,
    /// The picture's row that `data` begins with.
    top: u32,
    channels: usize,
    linear: Linear,
    frost: Option<Frost>,
}

impl std::fmt::Debug for Canvas<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Canvas {}x{} from row {}", self.width, self.rows, self.top)
    }
}

/// A blurred copy of a part of the picture.
pub(super) struct Frost {
    pub(super) rect: Rect,
    pub(super) data: Vec<u8>,
}

/// The visible part of a rectangle: picture coordinates.
#[derive(Clone, Copy)]
struct Visible {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

impl<'a> Canvas<'a> {
    /// An opaque picture's rows from `top` on; `data` holds whole rows.
    pub fn opaque(data: &'a mut [u8], width: u32, top: u32) -> Self {
        Self::new(data, width, top, 3)
    }

    /// A transparent picture (straight alpha).
    pub fn transparent(data: &'a mut [u8], width: u32) -> Self {
        Self::new(data, width, 0, 4)
    }

    fn new(data: &'a mut [u8], width: u32, top: u32, channels: usize) -> Self {
        let rows = (data.len() / (width.max(1) as usize * channels)) as u32;
        Self { data, width, rows, top, channels, linear: Linear::new(), frost: None }
    }

    fn visible(&self, rect: &Rect) -> Visible {
        Visible {
            left: rect.x.max(0),
            right: rect.right().min(self.width as i32),
            top: rect.y.max(self.top as i32),
            bottom: rect.bottom().min((self.top + self.rows) as i32),
        }
    }

    fn row(&mut self, y: i32) -> &mut [u8] {
        let stride = self.width as usize * self.channels;
        let start = (y as usize - self.top as usize) * stride;
        &mut self.data[start..start + stride]
    }

    /// Copies what is visible of `rect`, three bytes a pixel.
    pub(super) fn copy(&mut self, rect: &Rect) -> Option<(Rect, Vec<u8>)> {
        let rect = self.seen(rect)?;
        let mut data = Vec::with_capacity((rect.width * rect.height * 3) as usize);
        for y in rect.y..rect.bottom() {
            let row = self.row(y);
            data.extend_from_slice(&row[rect.x as usize * 3..rect.right() as usize * 3]);
        }
        Some((rect, data))
    }

    /// What is visible of `rect`, on an opaque picture.
    pub(super) fn seen(&self, rect: &Rect) -> Option<Rect> {
        let seen = self.visible(rect);
        let empty = self.channels != 3 || seen.left >= seen.right || seen.top >= seen.bottom;
        (!empty).then(|| Rect {
            x: seen.left,
            y: seen.top,
            width: (seen.right - seen.left) as u32,
            height: (seen.bottom - seen.top) as u32,
        })
    }

    /// The pixels of row `y` within `rect`, which is visible, and if asked for the
    /// softened ones.
    pub(super) fn row_and_frost(
        &mut self,
        rect: &Rect,
        y: i32,
        frosted: bool,
    ) -> (&mut [u8], Option<&[u8]>) {
        let stride = self.width as usize * 3;
        let start = (y as usize - self.top as usize) * stride;
        let soft = self.frost.as_ref().filter(|_| frosted);
        let soft = soft.and_then(|frost| frost.span(&(rect.x..rect.right()), y));
        let row = &mut self.data[start..start + stride];
        (&mut row[rect.x as usize * 3..rect.right() as usize * 3], soft)
    }

    pub(super) fn set_frost(&mut self, frost: Option<Frost>) {
        self.frost = frost;
    }

    /// Fills a panel with rounded corners.
    pub(super) fn panel(&mut self, panel: &Panel) {
        let seen = self.visible(&panel.clip);
        let frost = if panel.frosted { self.frost.take() } else { None };
        let shape = Outline::new(panel);
        for y in seen.top..seen.bottom {
            let inner = shape.inner_span(y, seen.left..seen.right);
            for x in (seen.left..inner.start).chain(inner.end..seen.right) {
                self.panel_pixel(panel, frost.as_ref(), (x, y), &shape);
            }
            self.panel_span(panel, frost.as_ref(), y, inner, shape.rim_of_row(y));
        }
        if frost.is_some() {
            self.frost = frost;
        }
    }

    /// One pixel near the outline.
    fn panel_pixel(
        &mut self,
        panel: &Panel,
        frost: Option<&Frost>,
        (x, y): (i32, i32),
        shape: &Outline,
    ) {
        let distance = shape.distance(x, y);
        let coverage = (0.5 - distance).clamp(0.0, 1.0);
        if coverage <= 0.0 {
            return;
        }
        let (mut ground, mut opacity) = (panel.colour, panel.opacity);
        if let Some(soft) = frost.and_then(|frost| frost.at(x, y)) {
            let ink = byte(panel.opacity);
            ground = std::array::from_fn(|c| blend::coded(soft[c], panel.colour[c], ink));
            opacity = 1.0;
        }
        let light = byte(panel.rim * shape.rim(y, distance));
        let ground = ground.map(|c| blend::coded(c, 255, light));
        self.over(x, y, ground, byte(opacity * coverage), Light::Coded);
    }

    /// A span of a row that lies inside and shares one `rim`.
    fn panel_span(
        &mut self,
        panel: &Panel,
        frost: Option<&Frost>,
        y: i32,
        span: std::ops::Range<i32>,
        rim: f32,
    ) {
        if span.is_empty() {
            return;
        }
        let (ink, light) = (byte(panel.opacity), byte(panel.rim * rim));
        if let Some(soft) = frost.and_then(|frost| frost.span(&span, y)) {
            let row = self.row(y);
            let target = &mut row[span.start as usize * 3..span.end as usize * 3];
            target.copy_from_slice(soft);
            blend::fill(target, panel.colour, ink);
            if light > 0 {
                blend::fill(target, [255; 3], light);
            }
            return;
        }
        let ground = panel.colour.map(|c| blend::coded(c, 255, light));
        if self.channels == 3 {
            let row = self.row(y);
            blend::fill(&mut row[span.start as usize * 3..span.end as usize * 3], ground, ink);
        } else {
            span.for_each(|x| self.over(x, y, ground, ink, Light::Coded));
        }
    }

    /// Draws a sprite with its top left corner at `x`, `y`.
    pub(super) fn sprite(&mut self, sprite: &Sprite, x: i32, y: i32) {
        let rect = Rect { x, y, width: sprite.width, height: sprite.height };
        let seen = self.visible(&rect);
        let opaque = self.channels == 3;
        for py in seen.top..seen.bottom {
            let row = sprite.row((py - y) as u32);
            for px in seen.left..seen.right {
                let [r, g, b, alpha] = row[(px - x) as usize];
                match alpha {
                    0 => {}
                    255 if opaque => {
                        let at = self.offset(px, py);
                        self.data[at..at + 3].copy_from_slice(&[r, g, b]);
                    }
                    _ => self.over(px, py, [r, g, b], alpha, Light::Linear),
                }
            }
        }
    }

    /// Darkens by a mask of coverage, its top left corner at `x`, `y`.
    pub(super) fn shade(&mut self, mask: &super::sprite::Mask, x: i32, y: i32, opacity: f32) {
        let rect = Rect { x, y, width: mask.width, height: mask.height };
        let seen = self.visible(&rect);
        let strength = (opacity * 256.0) as u32;
        for py in seen.top..seen.bottom {
            let row = mask.row((py - y) as u32);
            for px in seen.left..seen.right {
                let alpha = ((u32::from(row[(px - x) as usize]) * strength) >> 8) as u8;
                if alpha > 0 {
                    self.over(px, py, crate::plan::theme::INK, alpha, Light::Coded);
                }
            }
        }
    }

    fn offset(&self, x: i32, y: i32) -> usize {
        ((y as usize - self.top as usize) * self.width as usize + x as usize) * self.channels
    }

    fn over(&mut self, x: i32, y: i32, colour: Colour, alpha: u8, light: Light) {
        let channels = self.channels;
        let at = self.offset(x, y);
        let linear = &self.linear;
        let mix = |beneath: u8, over: u8, alpha: u8| match light {
            Light::Linear => linear.blend(beneath, over, alpha),
            Light::Coded => blend::coded(beneath, over, alpha),
        };
        let pixel = &mut self.data[at..at + channels];
        if channels == 3 {
            (0..3).for_each(|c| pixel[c] = mix(pixel[c], colour[c], alpha));
            return;
        }
        // Straight alpha: the share of the new colour in what becomes visible.
        let (over, under) = (u32::from(alpha), u32::from(pixel[3]));
        let total = over * 255 + under * (255 - over);
        if let Some(share) = (over * 255 * 255).checked_div(total) {
            let share = share as u8;
            (0..3).for_each(|c| pixel[c] = mix(pixel[c], colour[c], share));
            pixel[3] = (total / 255) as u8;
        }
    }
}

#[derive(Clone, Copy)]
enum Light {
    Linear,
    Coded,
}

/// A share as a byte.
fn byte(share: f32) -> u8 {
    (share * 255.0).round() as u8
}

impl Frost {
    fn at(&self, x: i32, y: i32) -> Option<[u8; 3]> {
        let pixel = self.span(&(x..x + 1), y)?;
        Some([pixel[0], pixel[1], pixel[2]])
    }

    /// The softened pixels of a span, if it has all of them.
    fn span(&self, span: &std::ops::Range<i32>, y: i32) -> Option<&[u8]> {
        let (start, end, y) = (span.start - self.rect.x, span.end - self.rect.x, y - self.rect.y);
        let inside =
            start >= 0 && y >= 0 && end <= self.rect.width as i32 && y < self.rect.height as i32;
        let row = y as usize * self.rect.width as usize;
        inside.then(|| &self.data[(row + start as usize) * 3..(row + end as usize) * 3])
    }
}

/// The outline of a panel.
struct Outline {
    rect: Rect,
    radii: [f32; 4],
}

impl Outline {
    fn new(panel: &Panel) -> Self {
        Self { rect: panel.rect, radii: panel.radii.map(|r| r as f32) }
    }

    /// Columns of row `y` within `seen` that are far enough from both ends that
    /// only the row decides: wholly inside, with one rim.
    fn inner_span(&self, y: i32, seen: std::ops::Range<i32>) -> std::ops::Range<i32> {
        let [tl, tr, br, bl] = self.radii.map(|r| r as i32);
        let (from_top, from_bottom) = (y - self.rect.y, self.rect.bottom() - 1 - y);
        let reach = |top: i32, bottom: i32| {
            let top = if from_top < top { top } else { 0 };
            let bottom = if from_bottom < bottom { bottom } else { 0 };
            top.max(bottom).max(2)
        };
        let start = (self.rect.x + reach(tl, bl)).clamp(seen.start, seen.end);
        let end = (self.rect.right() - reach(tr, br)).clamp(start, seen.end);
        start..end
    }

    /// The rim's strength along the straight part of row `y`.
    fn rim_of_row(&self, y: i32) -> f32 {
        let from_edge = (y - self.rect.y).min(self.rect.bottom() - 1 - y) as f32;
        self.rim(y, -(from_edge + 0.5))
    }

    /// How much of a pixel of row `y` lies on the outermost line, 0-1; fades
    /// downwards, as light from above does.
    fn rim(&self, y: i32, distance: f32) -> f32 {
        let inside = (1.5 + distance).clamp(0.0, 1.0);
        let height = self.rect.height.max(1) as f32;
        inside * (1.0 - 0.75 * (y - self.rect.y) as f32 / height)
    }

    /// Signed distance of the pixel's centre from the outline, negative inside.
    fn distance(&self, x: i32, y: i32) -> f32 {
        let (half_width, half_height) =
            (self.rect.width as f32 / 2.0, self.rect.height as f32 / 2.0);
        let dx = x as f32 + 0.5 - (self.rect.x as f32 + half_width);
        let dy = y as f32 + 0.5 - (self.rect.y as f32 + half_height);
        let [tl, tr, br, bl] = self.radii;
        let radius = match (dx < 0.0, dy < 0.0) {
            (true, true) => tl,
            (false, true) => tr,
            (false, false) => br,
            (true, false) => bl,
        };
        let (qx, qy) = (dx.abs() - half_width + radius, dy.abs() - half_height + radius);
        qx.max(qy).min(0.0) + qx.max(0.0).hypot(qy.max(0.0)) - radius
    }
}
