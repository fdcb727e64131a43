//! Clean artwork: without lettering, under the title's own clearlogo.

use super::attempts::Attempts;
use super::pipeline::FileChoice;
use super::spec::Clearlogo;
use crate::gather::{ArtworkPreference, Chosen, GatherError};
use crate::model::ArtworkKind;
use crate::plan::{self, ClearlogoRoom, Facts};

impl Attempts<'_> {
    /// The best artwork that was not tried, and what is laid on it where clean artwork is asked for.
    pub(super) async fn choose(
        &self,
        preference: &ArtworkPreference,
    ) -> Result<(Chosen, Option<Clearlogo>), GatherError> {
        let options = &self.request.options;
        // Once something could not be fetched, lettered artwork is the surer choice.
        if options.clean
            && self.tried.is_empty()
            && let Some((chosen, logo)) = self.clean(preference).await
        {
            return Ok((chosen, Some(logo)));
        }
        let textless_first = options.textless || options.textless_first;
        let preference = ArtworkPreference { textless_first, ..preference.clone() };
        let gatherer = self.pipeline.gatherer();
        let chosen = gatherer.choose(&self.data.record, &preference, &self.tried).await?;
        Ok((chosen, None))
    }

    /// Artwork without lettering and the clearlogo, where there are both.
    async fn clean(&self, preference: &ArtworkPreference) -> Option<(Chosen, Clearlogo)> {
        let logo = ArtworkPreference {
            kind: ArtworkKind::Logo,
            textless_first: false,
            ..preference.clone()
        };
        let (gatherer, record) = (self.pipeline.gatherer(), &self.data.record);
        let chosen = gatherer.choose(record, preference, &[]).await.ok()?;
        if !chosen.is_textless() {
            return None;
        }
        let logo = gatherer.choose(record, &logo, &[]).await.ok()?;
        let size = self.request.options.image_size;
        let choice = self.pipeline.file_of(&logo, ArtworkKind::Logo, size).await;
        let FileChoice { file, .. } = choice;
        Some((chosen, Clearlogo { file, room: self.room() }))
    }

    /// What the badges of this picture leave; measured on a frame of one tone, for they stand where they stand
    /// whatever is beneath them.
    fn room(&self) -> ClearlogoRoom {
        let (kind, options) = (self.request.kind, &self.request.options);
        let layout = plan::layout_of(kind, options, &self.data.showing);
        let facts = Facts::flat(plan::full_frame(kind, options.image_size), [128; 3]);
        let painter = self.pipeline.renderer.painter();
        let planned = plan::plan(&layout, &self.data.showing, &facts, painter);
        ClearlogoRoom::beside(&planned, kind.row().shape)
    }
}
