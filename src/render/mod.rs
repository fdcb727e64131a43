//! Pixels: a plan is painted on a canvas. Knows nothing of HTTP, JSON,
//! providers, files.

#![allow(
    clippy::cast_possible_wrap,
    clippy::many_single_char_names,
    reason = "sides of pictures fit any integer; x, y, r, g, b are what they are"
)]

mod blend;
mod canvas;
mod clearlogo;
mod drawing;
mod facts;
mod fit;
mod frost;
mod pool;
mod scrim;
mod sprite;
mod symbol;
mod text;
pub(crate) mod weight;
mod work;

pub use canvas::Canvas;
pub(crate) use pool::{Pool, PoolError};
pub(crate) use work::RenderError;
pub use work::{Base, Framing, FreshBase, LogoOrder};

use canvas::Frost;
use sprite::{SpriteKey, Sprites};
use text::Lettering;

use crate::codec;
use crate::model::{AwardBody, Mark};
use crate::plan::{
    AwardLayer, Label, Layer, MarkLayer, Measure, Rect, RenderPlan, Shadow, SymbolLayer, TextLayer,
};

/// Typeface, drawings and the sprites made of them; one for the process.
#[derive(Debug)]
pub struct Painter {
    lettering: Lettering,
    sprites: Sprites,
}

impl Default for Painter {
    fn default() -> Self {
        Self { lettering: Lettering::new(), sprites: Sprites::new() }
    }
}

impl Measure for Painter {
    fn text_width(&self, text: &str, em: f32) -> f32 {
        self.lettering.width(text, em)
    }

    fn cap_height(&self) -> f32 {
        self.lettering.cap_height()
    }

    fn can_draw(&self, text: &str) -> bool {
        self.lettering.can_draw(text)
    }

    fn mark_aspect(&self, mark: Mark, label: Label) -> f32 {
        drawing::mark(mark, label).aspect()
    }

    fn mark_area(&self, mark: Mark) -> f32 {
        drawing::mark(mark, Label::Official).optical_area()
    }

    fn award_aspect(&self, body: AwardBody) -> f32 {
        drawing::award(body).aspect()
    }
}

impl Painter {
    /// Paints `plan`, as far as the canvas shows it.
    pub fn paint(&self, plan: &RenderPlan, canvas: &mut Canvas<'_>) {
        for layer in &plan.layers {
            match layer {
                Layer::Frost { rect, sigma } => frost(canvas, rect, *sigma),
                Layer::Scrim(scrim) => canvas.scrim(scrim),
                Layer::Panel(panel) => canvas.panel(panel),
                Layer::Mark(mark) => self.mark(canvas, mark),
                Layer::Text(text) => self.text(canvas, text),
                Layer::Award(award) => self.award(canvas, award),
                Layer::Symbol(symbol) => self.symbol(canvas, symbol),
            }
        }
    }

    fn mark(&self, canvas: &mut Canvas<'_>, layer: &MarkLayer) {
        let MarkLayer { rect, mark, label, colour, shadow } = *layer;
        let key = SpriteKey::Mark { mark, label, width: rect.width, height: rect.height, colour };
        self.sprite(canvas, &key, (rect.x, rect.y), shadow);
    }

    fn text(&self, canvas: &mut Canvas<'_>, layer: &TextLayer) {
        let em = (layer.em * 64.0).round() as u32;
        let key = SpriteKey::Text { text: layer.text.clone(), em, colour: layer.colour };
        self.sprite(canvas, &key, (layer.x, layer.baseline), layer.shadow);
    }

    fn award(&self, canvas: &mut Canvas<'_>, layer: &AwardLayer) {
        let AwardLayer { rect, body, blur } = *layer;
        let key = SpriteKey::Award { body, width: rect.width, height: rect.height };
        // Light comes from above: the shadow falls a little.
        let soft = self.sprites.shadow(&key, (0.0, blur as f32), &self.lettering);
        let fall = (blur / 2) as i32;
        canvas.shade(&soft.image, rect.x + soft.left, rect.y + soft.top + fall, 0.62);
        self.sprite(canvas, &key, (rect.x, rect.y), None);
    }

    fn symbol(&self, canvas: &mut Canvas<'_>, layer: &SymbolLayer) {
        let SymbolLayer { rect, symbol, colour: [r, g, b], alpha, shadow } = *layer;
        let (width, height) = (rect.width, rect.height);
        let key = SpriteKey::Symbol { symbol, width, height, colour: [r, g, b, alpha] };
        self.sprite(canvas, &key, (rect.x, rect.y), shadow);
    }

    fn sprite(
        &self,
        canvas: &mut Canvas<'_>,
        key: &SpriteKey,
        (x, y): (i32, i32),
        shadow: Option<Shadow>,
    ) {
        if let Some(shadow) = shadow {
            let soft = self.sprites.shadow(key, (shadow.spread, shadow.blur), &self.lettering);
            canvas.shade(&soft.image, x + soft.left, y + soft.top, shadow.opacity);
        }
        let sprite = self.sprites.get(key, &self.lettering);
        canvas.sprite(&sprite.image, x + sprite.left, y + sprite.top);
    }
}

/// Keeps a blurred copy of `rect` for the panels that follow.
fn frost(canvas: &mut Canvas<'_>, rect: &Rect, sigma: f32) {
    let copied = canvas.copy(rect);
    canvas.set_frost(copied.map(|(rect, data)| {
        let sharp = codec::Rgb { width: rect.width, height: rect.height, data };
        Frost { rect, data: frost::soften(&sharp, sigma) }
    }));
}
