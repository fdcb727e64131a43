//! Collections: films that belong together, with pictures of their own.

use serde::Deserialize;

use super::{Details, ImageLanguages, Tmdb, images::Images, or_own, wire};
use crate::model::{MediaType, Title, TitleFacts, TitleIds, TmdbId};
use crate::upstream::loose::{Loose, Many, Part};
use crate::upstream::{Call, UpstreamError};

/// Films of one collection that are kept: ten times what the largest have.
const MAX_FILMS: usize = 400;

/// `/collection/{id}` with its images appended.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CollectionAnswer {
    id: Loose,
    name: Loose,
    original_language: Loose,
    poster_path: Loose,
    backdrop_path: Loose,
    parts: Many<wire::TmdbRow>,
    images: Part<wire::ImageLists>,
}

impl Tmdb {
    /// A collection with its pictures and its films: one call, told as [`Tmdb::details`] are.
    ///
    /// Source: <https://developer.themoviedb.org/reference/collection-details>.
    pub async fn collection(
        &self,
        id: TmdbId,
        languages: Option<ImageLanguages>,
    ) -> Result<Details, UpstreamError> {
        Images::prepare(&self.images);
        let call = Call::get(["collection", &id.to_string()]).query("append_to_response", "images");
        let call = ImageLanguages::ask(languages, call);
        let wire: CollectionAnswer = self.api.get_json(call).await?;
        wire.details(id).ok_or_else(|| self.api.unusable("details of no collection"))
    }
}

impl CollectionAnswer {
    /// As the details of a title that nobody has voted for; `None` for an answer that holds no collection.
    pub(super) fn details(&self, id: TmdbId) -> Option<Details> {
        wire::tmdb(&self.id)?;
        let none = wire::ImageLists::default();
        let images = self.images.0.as_ref().unwrap_or(&none);
        let poster = wire::artwork(&self.poster_path);
        let backdrop = wire::artwork(&self.backdrop_path);
        let films = self.parts.0.iter().filter_map(|row| row.title(MediaType::Movie));
        let films: Vec<_> = films.take(MAX_FILMS).collect();
        let original_language = self.original_language.language();
        Some(Details {
            title: Title {
                media: MediaType::Movie,
                ids: TitleIds { tmdb: Some(id), ..TitleIds::default() },
                name: self.name.text().unwrap_or_default().to_owned(),
                original_language,
                released: films.iter().filter_map(|film| film.released).min(),
                episode: None,
            },
            status: None,
            // It is as young as its newest film.
            last_aired: films.iter().filter_map(|film| film.released).max(),
            facts: TitleFacts::default(),
            vote_average: 0.0,
            vote_count: 0,
            posters: or_own(wire::candidates(&images.posters), poster.as_ref(), original_language),
            backdrops: or_own(wire::candidates(&images.backdrops), backdrop.as_ref(), None),
            logos: wire::candidates(&images.logos),
            seasons: Vec::new(),
            films,
            poster,
            backdrop,
        })
    }
}
