//! IMDb's rating alone, for the endpoint of that name.

use super::reading::{AHEAD, OmdbReading, labels_of_imdb};
use super::{GatherError, Gatherer, subject, value};
use crate::cache::CachedAnswer;
use crate::model::{ArtworkKind, ExternalId, ImdbId, RatingSource, RawRating, Score, TitleId};

impl Gatherer {
    /// By IMDb's data sets, else by OMDb, else by MDBList. `None` when whoever was
    /// asked answered and knows of none.
    ///
    /// # Errors
    /// Whether there is one cannot be told now; [`GatherError::NobodyToAsk`]: nor ever.
    pub async fn imdb_rating(&self, imdb: ImdbId) -> Result<Option<Score>, GatherError> {
        if self.datasets.ratings_built_at().is_some() {
            return Ok(self.datasets.rating(imdb).await.map(|(score, _)| score));
        }
        let omdb = self.omdb_on_imdb(imdb).await;
        if let Some(Ok(Some(score))) = omdb {
            return Ok(Some(score));
        }
        let mdblist = self.mdblist_on_imdb(imdb).await;
        let mut told = omdb.into_iter().chain(mdblist).peekable();
        if told.peek().is_none() {
            return Err(GatherError::NobodyToAsk);
        }
        let (mut score, mut failure) = (None, None);
        for answer in told {
            match answer {
                Ok(found) => score = score.or(found),
                Err(error) => failure = Some(error),
            }
        }
        match (score, failure) {
            (None, Some(error)) => Err(error),
            (score, _) => Ok(score),
        }
    }

    /// `None` where OMDb is off.
    async fn omdb_on_imdb(&self, imdb: ImdbId) -> Option<Result<Option<Score>, GatherError>> {
        self.providers.omdb.as_ref()?;
        let known = self.ask_omdb(imdb, labels_of_imdb(imdb), AHEAD).await;
        let of_imdb = |known: CachedAnswer<OmdbReading>| {
            value(&known).and_then(|read| score_in(&read.ratings))
        };
        Some(known.map(of_imdb).map_err(GatherError::from))
    }

    /// `None` where MDBList is off.
    async fn mdblist_on_imdb(&self, imdb: ImdbId) -> Option<Result<Option<Score>, GatherError>> {
        self.providers.mdblist.as_ref()?;
        let id = TitleId { external: ExternalId::Imdb(imdb), media: None, episode: None };
        let resolved = match self.resolve(&id, ArtworkKind::Poster).await {
            Ok(resolved) => resolved,
            // MDBList knows nothing that TMDB does not know.
            Err(GatherError::UnknownTitle) => return Some(Ok(None)),
            Err(error) => return Some(Err(error)),
        };
        // It has no episodes, and the series' rating is not theirs.
        if resolved.episode.is_some() {
            return Some(Ok(None));
        }
        let labels = super::labels_of(&resolved);
        let subject = subject(&resolved, ArtworkKind::Poster);
        let known = self.ask_mdblist(subject, labels, AHEAD).await?;
        let of_imdb = |known: CachedAnswer<Vec<RawRating>>| {
            value(&known).and_then(|ratings| score_in(ratings))
        };
        Some(known.map(of_imdb).map_err(GatherError::from))
    }
}

fn score_in(ratings: &[RawRating]) -> Option<Score> {
    let raw = ratings.iter().find(|rating| rating.source == RatingSource::Imdb)?;
    Score::new(raw.value, RatingSource::Imdb.scale())
}
