//! Which title an id means: the anime map, then TMDB's word, remembered.

use std::time::Duration;

use super::title::{self, Ask, ResolveError, Resolved, Via};
use super::{DataRequest, GatherError, Gatherer, IdKey, labels_of};
use crate::cache::{Answer, CachedAnswer};
use crate::datasets::AnimeKind;
use crate::model::{ArtworkKind, ExternalId, MediaType, TitleId};
use crate::request::LanguagePreference;
use crate::store::Labels;
use crate::upstream::{Priority, UpstreamError};

/// Which title an id means hardly ever changes; numbers are merged now and then.
const FRESH: Duration = Duration::from_hours(24 * 7);

/// An id in a form that TMDB can look up.
struct Mapped {
    title: TitleId,
    /// The season that was named, or that an anime catalogue's id stands for.
    season: Option<u16>,
}

impl Gatherer {
    /// Finds out which title an id means.
    pub async fn resolve(&self, id: &TitleId, kind: ArtworkKind) -> Result<Resolved, GatherError> {
        self.resolve_in(id, kind, LanguagePreference::Code(self.language)).await
    }

    /// The same; where TMDB has to be asked, it names pictures in this language on the way.
    pub(super) async fn resolve_in(
        &self,
        id: &TitleId,
        kind: ArtworkKind,
        language: LanguagePreference,
    ) -> Result<Resolved, GatherError> {
        let mapped = self.mapped(id).await?;
        let ask = |priority| self.look_up(mapped.title, kind, language, priority);
        let key = key(&mapped, kind);
        let ids = &self.answers.ids;
        let known = ids.get(key, labels(&mapped.title), |_| FRESH, ask).await?;
        self.resolved(&known, &mapped, kind)
    }

    /// Looks an id up again whose title TMDB no longer has, because its number was
    /// merged into another or deleted. `None` where the look-up is younger than that
    /// knowledge, or says the same again.
    pub(super) async fn resolve_again(
        &self,
        request: &DataRequest,
        gone: &Resolved,
    ) -> Result<Option<Resolved>, GatherError> {
        if gone.via == Via::Given {
            return Ok(None);
        }
        let mapped = self.mapped(&request.title).await?;
        let (kind, language) = (request.kind, request.artwork.language);
        let key = key(&mapped, kind);
        let ids = &self.answers.ids;
        let details = &self.answers.details;
        let gone_since = details.at_hand(&(gone.section(), gone.tmdb, language.code()));
        let asked_at = ids.at_hand(&key).map(|entry| entry.read_at);
        if asked_at >= gone_since.map(|entry| entry.read_at) {
            return Ok(None);
        }
        let ask = |priority| self.look_up(mapped.title, kind, language, priority);
        let known = ids.anew(key, labels(&mapped.title), |_| FRESH, ask).await?;
        let resolved = self.resolved(&known, &mapped, kind)?;
        let is_other = (resolved.media, resolved.tmdb) != (gone.media, gone.tmdb);
        Ok(is_other.then_some(resolved))
    }

    fn look_up(
        &self,
        title: TitleId,
        kind: ArtworkKind,
        language: LanguagePreference,
        priority: Priority,
    ) -> impl Future<Output = Result<Resolved, UpstreamError>> + use<> {
        let tmdb = self.providers.tmdb.with(priority.into());
        let ask = Ask { title, kind, languages: self.languages(language) };
        async move {
            title::resolve(&tmdb, &ask).await.map_err(|error| match error {
                ResolveError::Upstream(error) => error,
                ResolveError::NotFound | ResolveError::Unmapped => {
                    UpstreamError::NotFound { provider: "tmdb" }
                }
            })
        }
    }

    fn resolved(
        &self,
        known: &CachedAnswer<Resolved>,
        mapped: &Mapped,
        kind: ArtworkKind,
    ) -> Result<Resolved, GatherError> {
        let Answer::Found(resolved) = &known.entry.answer else {
            return Err(GatherError::UnknownTitle);
        };
        let mut resolved = resolved.clone();
        if let Some(details) = resolved.details.take() {
            let key = (resolved.section(), resolved.tmdb, resolved.guess.language);
            self.answers.details.offer(&key, *details, labels_of(&resolved));
        }
        let of_episode = resolved.episode.filter(|_| kind.is_of_season());
        resolved.season =
            mapped.season.or(resolved.season).or_else(|| of_episode.map(|episode| episode.season));
        Ok(resolved)
    }

    /// An anime catalogue's id by the map; others as they are.
    async fn mapped(&self, id: &TitleId) -> Result<Mapped, GatherError> {
        let ExternalId::Anime(anime) = id.external else {
            return Ok(Mapped { title: TitleId { season: None, ..*id }, season: id.season });
        };
        let Some(mapping) = self.datasets.map(anime).await else {
            let waiting = self.datasets.is_waiting_for_anime_map();
            return Err(if waiting { GatherError::MapNotRead } else { GatherError::UnknownTitle });
        };
        let movie = mapping.kind == AnimeKind::Movie;
        let by_kind = if movie { MediaType::Movie } else { MediaType::Series };
        let (external, media, season) = match (mapping.tmdb, mapping.imdb, mapping.tvdb) {
            (Some(title), ..) => {
                let media = Some(title.media.unwrap_or(by_kind));
                (ExternalId::Tmdb(title.id), media, mapping.tmdb_season)
            }
            (None, Some(imdb), _) => (ExternalId::Imdb(imdb), None, mapping.tvdb_season),
            (None, None, Some(tvdb)) => (ExternalId::Tvdb(tvdb), None, mapping.tvdb_season),
            (None, None, None) => return Err(GatherError::UnknownTitle),
        };
        // A catalogue counts each season from 1: the map says which one it is.
        let episode = id.episode.map(|number| match season {
            Some(season) if number.season == 1 => season.episode(number.episode).unwrap_or(number),
            _ => number,
        });
        let by_map = season.map(|season| season.season).filter(|season| *season > 1);
        // Its first season is the one that the map says, too.
        let season = id.season.filter(|season| *season != 1).or(by_map).or(id.season);
        Ok(Mapped { title: TitleId { external, media, episode, season: None }, season })
    }
}

fn key(mapped: &Mapped, kind: ArtworkKind) -> IdKey {
    (mapped.title, kind.is_of_episode())
}

/// Spellings by which a title can be purged before it is known.
fn labels(id: &TitleId) -> Labels {
    let mut titles = vec![id.to_string()];
    if let ExternalId::Imdb(imdb) = id.external {
        titles.push(imdb.to_string());
    }
    Labels { titles, family: None }
}
