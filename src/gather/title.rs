//! Which title an id means, by TMDB's word. No caching here; ids of anime catalogues are
//! mapped before.

use serde::{Deserialize, Serialize};

use crate::model::{
    ArtworkKind, ArtworkRef, Date, EpisodeNumber, ExternalId, ImageList, ImdbId, Language,
    MediaType, TitleId, TmdbId,
};
use crate::upstream::UpstreamError;
use crate::upstream::tmdb::{
    Details, FindId, Found, FoundEpisode, FoundTitle, ImageLanguages, Tmdb, TmdbSection,
};

/// What is to be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    pub title: TitleId,
    /// A still makes an episode likelier where a number means several things.
    pub kind: ArtworkKind,
    /// Of the pictures that TMDB names on the way; `None` leaves it to TMDB.
    pub languages: Option<ImageLanguages>,
}

impl Ask {
    fn language(&self) -> Option<Language> {
        self.languages.map(|languages| languages.preferred)
    }
}

/// A title at TMDB, and where in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resolved {
    pub media: MediaType,
    /// The film's or the series' number; the collection's, whose films are `media`.
    pub tmdb: TmdbId,
    #[serde(default)]
    pub is_collection: bool,
    /// The film's or the series' own id, where the caller named it.
    pub imdb: Option<ImdbId>,
    /// The episode's own id, where the caller named that.
    pub episode_imdb: Option<ImdbId>,
    /// Known from the id: named after it, or the id was an episode's own.
    pub episode: Option<EpisodeNumber>,
    /// The id was that episode's own.
    #[serde(skip)]
    pub is_own_episode: bool,
    /// The id was a season's own.
    pub season: Option<u16>,
    /// What the look-up says of the title itself.
    #[serde(default)]
    pub found: Option<FoundRow>,
    /// Pictures named on the way: worth fetching while the details are asked for.
    pub guess: Guess,
    pub via: Via,
    pub ambiguity: Option<Ambiguity>,
    /// Read on the way; not part of what is remembered of an id.
    #[serde(skip)]
    pub details: Option<Box<Details>>,
}

/// What TMDB's look-up of an id says of the title besides its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundRow {
    pub released: Option<Date>,
    /// 0 to 10.
    pub vote_average: f32,
    pub votes: u32,
}

/// TMDB's own choice of pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// The language that TMDB was asked in; `None` left it to TMDB.
    pub language: Option<Language>,
    pub poster: Option<ArtworkRef>,
    pub backdrop: Option<ArtworkRef>,
    pub still: Option<ArtworkRef>,
}

impl Guess {
    pub fn of(&self, kind: ArtworkKind) -> Option<&ArtworkRef> {
        match kind.row().images {
            ImageList::Posters => self.poster.as_ref(),
            ImageList::Backdrops => self.backdrop.as_ref(),
            ImageList::Stills => self.still.as_ref(),
            ImageList::Logos | ImageList::SeasonPosters => None,
        }
    }
}

/// How the title became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The id says it all.
    Given,
    FindImdb,
    FindTvdb,
    /// A bare TMDB number: film and series were asked for.
    Both,
}

/// Another title has the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ambiguity {
    /// Votes of the one chosen.
    pub votes: u32,
    pub other_media: MediaType,
    pub other_name: String,
    pub other_votes: u32,
}

/// Why an id has no title.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Worth remembering for days.
    #[error("no title is known by this id")]
    NotFound,
    /// The caller has to map it first.
    #[error("an anime catalogue's id has to be mapped first")]
    Unmapped,
    /// Not known because TMDB did not answer.
    #[error("the title could not be looked up")]
    Upstream(#[source] UpstreamError),
}

impl From<UpstreamError> for ResolveError {
    fn from(error: UpstreamError) -> Self {
        if error.is_not_found() { Self::NotFound } else { Self::Upstream(error) }
    }
}

/// Finds out what `ask` means: no call for a typed TMDB id, one for the id of another service,
/// two at once for a bare TMDB number.
pub async fn resolve(tmdb: &Tmdb, ask: &Ask) -> Result<Resolved, ResolveError> {
    let mut resolved = look_up(tmdb, ask).await?;
    resolved.guess.language = ask.language();
    Ok(resolved)
}

async fn look_up(tmdb: &Tmdb, ask: &Ask) -> Result<Resolved, ResolveError> {
    match ask.title.external {
        ExternalId::Tmdb(id) => by_tmdb(tmdb, id, ask).await,
        ExternalId::Imdb(id) => {
            let found = tmdb.find(FindId::Imdb(id), ask.language()).await?;
            let resolved = pick(found, ask, Via::FindImdb)?;
            Ok(match resolved.is_own_episode {
                true => Resolved { episode_imdb: Some(id), ..resolved },
                false => Resolved { imdb: Some(id), ..resolved },
            })
        }
        // TMDB knows no films by TVDB number; what it would find is some series.
        ExternalId::Tvdb(_) if ask.title.media == Some(MediaType::Movie) => {
            Err(ResolveError::NotFound)
        }
        ExternalId::Tvdb(id) => {
            let found = tmdb.find(FindId::Tvdb(id), ask.language()).await?;
            pick(found, ask, Via::FindTvdb)
        }
        ExternalId::Anime(_) => Err(ResolveError::Unmapped),
        ExternalId::Collection(id) => {
            let films = Resolved::new(MediaType::Movie, id, Via::Given);
            Ok(Resolved { is_collection: true, ..films })
        }
    }
}

async fn by_tmdb(tmdb: &Tmdb, id: TmdbId, ask: &Ask) -> Result<Resolved, ResolveError> {
    let title = &ask.title;
    let given = |media| Resolved { episode: title.episode, ..Resolved::new(media, id, Via::Given) };
    match (title.media, title.episode) {
        (Some(MediaType::Movie), Some(_)) => Err(ResolveError::NotFound),
        (Some(media), _) => Ok(given(media)),
        // Only a series has episodes.
        (None, Some(_)) => Ok(given(MediaType::Series)),
        (None, None) => both(tmdb, id, ask.languages).await,
    }
}

/// A film and a series may share a number: asks for both and takes the one with more votes.
async fn both(
    tmdb: &Tmdb,
    id: TmdbId,
    languages: Option<ImageLanguages>,
) -> Result<Resolved, ResolveError> {
    let (movie, series) = tokio::join!(
        tmdb.details(MediaType::Movie, id, languages),
        tmdb.details(MediaType::Series, id, languages),
    );
    // If one of the two is unknown because TMDB failed, so is the answer: the wrong title,
    // once remembered, is worse than none.
    let (chosen, other) = match (known(movie)?, known(series)?) {
        (Some(movie), Some(series)) if series.vote_count > movie.vote_count => {
            (series, Some(movie))
        }
        (Some(movie), series) => (movie, series),
        (None, Some(series)) => (series, None),
        (None, None) => return Err(ResolveError::NotFound),
    };
    let ambiguity = other.map(|other| Ambiguity {
        votes: chosen.vote_count,
        other_media: other.title.media,
        other_name: other.title.name,
        other_votes: other.vote_count,
    });
    let guess = Guess {
        poster: chosen.poster.clone(),
        backdrop: chosen.backdrop.clone(),
        ..Guess::default()
    };
    let resolved = Resolved::new(chosen.title.media, id, Via::Both);
    Ok(Resolved { guess, ambiguity, details: Some(Box::new(chosen)), ..resolved })
}

fn known(result: Result<Details, UpstreamError>) -> Result<Option<Details>, UpstreamError> {
    match result {
        Ok(details) => Ok(Some(details)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Which of the things found under one id is meant.
fn pick(found: Found, ask: &Ask, via: Via) -> Result<Resolved, ResolveError> {
    if let Some(number) = ask.title.episode {
        return of_series(found, number, via);
    }
    let still = ask.kind.is_of_episode() && ask.title.media.is_none();
    if still && let Some(episode) = &found.episode {
        return Ok(Resolved::of_episode(episode, via));
    }
    let title = choose_title(found.movie, found.series, ask.title.media);
    if let Some((title, ambiguity)) = title {
        return Ok(Resolved { ambiguity, ..Resolved::of_title(title, via) });
    }
    if let Some(episode) = &found.episode {
        return Ok(Resolved::of_episode(episode, via));
    }
    let season = found.season.ok_or(ResolveError::NotFound)?;
    Ok(Resolved {
        season: Some(season.number),
        guess: Guess { poster: season.poster, ..Guess::default() },
        ..Resolved::new(MediaType::Series, season.series, via)
    })
}

/// With an episode's number behind it the id can only be the series', or that very episode's.
fn of_series(found: Found, number: EpisodeNumber, via: Via) -> Result<Resolved, ResolveError> {
    let own = found.episode.filter(|episode| episode.number == number);
    match (found.series, own) {
        (Some(series), _) => {
            Ok(Resolved { episode: Some(number), ..Resolved::of_title(series, via) })
        }
        (None, Some(episode)) => Ok(Resolved::of_episode(&episode, via)),
        (None, None) => Err(ResolveError::NotFound),
    }
}

/// The one the caller says it is, else the one with more votes.
fn choose_title(
    movie: Option<FoundTitle>,
    series: Option<FoundTitle>,
    media: Option<MediaType>,
) -> Option<(FoundTitle, Option<Ambiguity>)> {
    let (Some(movie), Some(series)) = (&movie, &series) else {
        return movie.or(series).map(|title| (title, None));
    };
    let is_series = media.map_or(series.votes > movie.votes, |media| media == MediaType::Series);
    let (chosen, other) = if is_series { (series, movie) } else { (movie, series) };
    let ambiguity = Ambiguity {
        votes: chosen.votes,
        other_media: other.media,
        other_name: other.name.clone(),
        other_votes: other.votes,
    };
    Some((chosen.clone(), Some(ambiguity)))
}

impl Resolved {
    /// Whose number it is at TMDB.
    pub fn section(&self) -> TmdbSection {
        if self.is_collection { TmdbSection::Collection } else { self.media.into() }
    }

    fn new(media: MediaType, tmdb: TmdbId, via: Via) -> Self {
        Self {
            media,
            tmdb,
            is_collection: false,
            imdb: None,
            episode_imdb: None,
            episode: None,
            is_own_episode: false,
            season: None,
            found: None,
            guess: Guess::default(),
            via,
            ambiguity: None,
            details: None,
        }
    }

    fn of_title(title: FoundTitle, via: Via) -> Self {
        let guess = Guess { poster: title.poster, backdrop: title.backdrop, ..Guess::default() };
        let found = FoundRow {
            released: title.released,
            vote_average: title.vote_average,
            votes: title.votes,
        };
        Self { found: Some(found), guess, ..Self::new(title.media, title.id, via) }
    }

    fn of_episode(episode: &FoundEpisode, via: Via) -> Self {
        Self {
            episode: Some(episode.number),
            is_own_episode: true,
            guess: Guess { still: episode.still.clone(), ..Guess::default() },
            ..Self::new(MediaType::Series, episode.series, via)
        }
    }
}

#[cfg(test)]
mod tests;
