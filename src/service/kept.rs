//! What was there before: where no artwork can be had now, another of the title's that was fitted
//! to this frame earlier is better than an error. It is found on disk, without asking anybody.

use std::sync::Arc;
use std::time::Duration;

use super::cached_picture::PictureRequest;
use super::inputs::Inputs;
use super::{Artworks, ServeError};
use crate::gather::{ArtworkPreference, Chosen, Pick, TitleRecord};
use crate::model::{ArtworkRef, EncodedImage, ImageFormat};
use crate::render::{Base, RenderError, weight};

/// So many of the title's pictures are looked for, best first.
const MAX_LOOKED_FOR: usize = 16;

/// For the next choice: it may hang on a list that a provider does not give just now.
const CHOICE_TIMEOUT: Duration = Duration::from_millis(200);

impl Artworks {
    /// A picture of artwork that is on disk.
    pub(super) async fn kept(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
    ) -> Option<(EncodedImage, Inputs)> {
        let mut seen: Vec<ArtworkRef> = Vec::new();
        for _ in 0..MAX_LOOKED_FOR {
            let chosen = self.next_choice(wanted, &inputs.data.record, &seen).await?;
            let source = self.source_of(&chosen, wanted).await;
            seen.push(chosen.artwork.clone());
            // What is shown in place of the first choice is provisional.
            let found = Inputs { chosen, source, failed: seen.clone(), ..inputs.clone() };
            if let Some(Ok(image)) = self.of_kept(wanted, &found).await {
                return Some((image, found));
            }
        }
        None
    }

    /// The best that was not seen yet, and at last the one that was used before details were known.
    async fn next_choice(
        &self,
        wanted: &PictureRequest,
        record: &TitleRecord,
        seen: &[ArtworkRef],
    ) -> Option<Chosen> {
        let wish = ArtworkPreference::of(wanted.kind, &wanted.options);
        let choice = self.gatherer().choose(record, &wish, seen);
        if let Ok(Ok(chosen)) = tokio::time::timeout(CHOICE_TIMEOUT, choice).await {
            return Some(chosen);
        }
        let named = record.resolved.guess.of(wanted.kind)?.clone();
        let unseen = !seen.contains(&named);
        unseen.then_some(Chosen { artwork: named, width: 0, height: 0, pick: Pick::Named })
    }

    /// `None` where there is nothing of it on disk.
    async fn of_kept(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
    ) -> Option<Result<EncodedImage, ServeError>> {
        if wanted.kind.is_lettering() {
            let artwork = self.sources.find(&inputs.source).await?;
            return Some(self.painted_logo(wanted, inputs, artwork).await);
        }
        let base = self.base_of(wanted, inputs).await?;
        Some(match wanted.format {
            ImageFormat::Jpeg => self.painted_on_base(wanted, inputs, base).await,
            _ => self.painted_on_all_rows(wanted, inputs, base).await,
        })
    }

    /// A format that is not spliced, from a base's pixels.
    async fn painted_on_all_rows(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
        base: Arc<Base>,
    ) -> Result<EncodedImage, ServeError> {
        let painting = self.painting(wanted, inputs);
        let bytes = weight::of_whole_base(&base, wanted.format);
        let image = self.pool.run(bytes, move || {
            let rows = base.jpeg.decode_rows(0..base.jpeg.mcu_rows());
            painting.on_pixels(&base, rows.map_err(RenderError::from)?)
        });
        Ok(image.await??)
    }
}
