//! A title's own pictures: those that an address or the admin may name.

use super::artwork;
use super::choose::{Pick, criteria, fanart_candidates, fanart_id};
use super::title::Resolved;
use super::{ArtworkPreference, Chosen, GatherError, Gatherer, TitleRecord, value};
use crate::cache::Answer;
use crate::model::{
    AppliedOverride, ArtworkKind, ArtworkRef, Candidate, CandidatePath, LanguagePreference,
    NamedArtwork, PictureOf, TmdbTitle,
};

impl Gatherer {
    /// What the admin has chosen for a title's family.
    pub fn applied(&self, resolved: &Resolved, kind: ArtworkKind) -> AppliedOverride {
        let title = TmdbTitle { media: resolved.media, id: resolved.tmdb };
        self.overrides.load().of(title, kind)
    }

    /// The pictures of the preferred family that are known without asking anybody, best first. Those of other
    /// languages are among them only where they were asked for.
    pub fn candidates(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
    ) -> Vec<Candidate> {
        let mut all = own_candidates(record, preference.kind).to_vec();
        let fanart = fanart_id(record).and_then(|id| self.answers.fanart.at_hand(&id));
        if let Some(Answer::Found(pictures)) = fanart.as_ref().map(|entry| &entry.answer) {
            all.extend(fanart_candidates(pictures, record, preference.kind));
        }
        artwork::sort(&mut all, &criteria(record, preference));
        all
    }

    /// The picture that the address names, else the admin's choice. `None` where neither does, where it has
    /// failed, and where the title no longer has the admin's choice.
    pub(super) async fn named(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Result<Option<Chosen>, GatherError> {
        let kind = preference.kind;
        let chosen_by_admin = || {
            let path = record.applied.path.clone().filter(|_| record.applied.kind == kind)?;
            Some((NamedArtwork { kind, path }, Pick::Override))
        };
        let of_kind = preference.named.clone().filter(|named| named.kind == kind);
        let by_address = of_kind.map(|named| (named, Pick::Address));
        let Some((named, pick)) = by_address.or_else(chosen_by_admin) else {
            return Ok(None);
        };
        if failed.iter().any(|artwork| artwork.path == named.path.as_str()) {
            return Ok(None);
        }
        match (self.candidate(record, preference, &named.path).await, &pick) {
            (Ok(Some(found)), _) => {
                let Candidate { artwork, width, height, .. } = found;
                Ok(Some(Chosen { artwork, list: kind.row().images, width, height, pick }))
            }
            (Ok(None), Pick::Address) => Err(GatherError::NoCandidate),
            (Err(error), Pick::Address) => Err(error),
            // Any picture of the title is better than none.
            (Ok(None) | Err(_), _) => Ok(None),
        }
    }

    /// The picture of that path, where the title has it in any language.
    ///
    /// # Errors
    /// It could not be found out.
    pub async fn candidate(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
        path: &CandidatePath,
    ) -> Result<Option<Candidate>, GatherError> {
        let kind = preference.kind;
        let among = |candidates: &[Candidate]| {
            candidates.iter().find(|candidate| candidate.artwork.path == path.as_str()).cloned()
        };
        if path.is_nested() {
            let known = self.fanart_pictures(record).await;
            let pictures = known.as_ref().and_then(value);
            let found = pictures.map(|pictures| fanart_candidates(pictures, record, kind));
            return Ok(found.and_then(|candidates| among(&candidates)));
        }
        if let Some(found) = among(own_candidates(record, kind)) {
            return Ok(Some(found));
        }
        let asked_for_all = record.details.is_some() && preference.language.code().is_none();
        if asked_for_all || kind.row().of != PictureOf::Title {
            return Ok(None);
        }
        let all = self.details(&record.resolved, LanguagePreference::Original).await?;
        Ok(value(&all).and_then(|details| among(details.candidates(kind))))
    }

    /// Whether a title has a picture of that path.
    ///
    /// # Errors
    /// It could not be found out.
    pub async fn has_candidate(
        &self,
        title: &Resolved,
        named: &NamedArtwork,
    ) -> Result<bool, GatherError> {
        let options = crate::request::OptionsPatch::default();
        let options = options.into_options(named.kind, self.language);
        let preference = ArtworkPreference::of(named.kind, &options);
        let record = self.described(title.clone(), &preference).await?;
        Ok(self.candidate(&record, &preference, &named.path).await?.is_some())
    }
}

/// What TMDB has of a family, in the languages that were asked for.
fn own_candidates(record: &TitleRecord, kind: ArtworkKind) -> &[Candidate] {
    let own = match kind.row().of {
        PictureOf::Title => record.details().map(|details| details.candidates(kind)),
        PictureOf::Episode => record.episode().map(|episode| episode.stills.as_slice()),
        PictureOf::Season => record.season().map(|season| season.posters.as_slice()),
    };
    own.unwrap_or_default()
}
