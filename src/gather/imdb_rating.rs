//! IMDb's rating alone, for the endpoint of that name.

use std::time::Duration;

use super::{GatherError, Gatherer, labels_of_imdb, value};
use crate::model::{ExternalId, ImdbId, RatingSource, RawRating, Score, TitleId};
use crate::upstream::Subject;

/// An answer of up to this age will do: the title's own age is not known here.
const FRESH: Duration = Duration::from_hours(24 * 30);

impl Gatherer {
    /// By IMDb's data sets, else by the providers that have a rating of IMDb's: first those that can
    /// be asked by the id alone. `None` when all that were asked answered and know of none.
    ///
    /// # Errors
    /// Whether there is one cannot be said now; [`GatherError::NobodyToAsk`]: nor ever.
    pub async fn imdb_rating(&self, imdb: ImdbId) -> Result<Option<Score>, GatherError> {
        if self.datasets.ratings_built_at().is_some() {
            return Ok(self.datasets.rating(imdb).await.map(|(score, _)| score));
        }
        let by_id = Subject { title: None, imdb: Some(imdb), episode: None, episode_imdb: None };
        let of_imdb = |client: &&_| Self::rates_at_imdb(client);
        let (by_id_alone, by_title): (Vec<_>, Vec<_>) = self
            .providers
            .ratings
            .iter()
            .filter(of_imdb)
            .partition(|provider| provider.id(&by_id).is_some());
        if by_id_alone.is_empty() && by_title.is_empty() {
            return Err(GatherError::NobodyToAsk);
        }
        let mut failure = None;
        let mut subject = Some(by_id);
        for provider in by_id_alone.into_iter().chain(by_title) {
            if subject.is_some_and(|subject| provider.id(&subject).is_none()) {
                subject = self.subject_of(imdb).await?;
            }
            let Some((subject, id)) = subject.and_then(|s| Some((s, provider.id(&s)?))) else {
                continue;
            };
            match self.ask(provider, (id, subject), labels_of_imdb(imdb), FRESH).await {
                Ok(cached) => {
                    let found = value(&cached).and_then(|answer| score_in(&answer.ratings));
                    if found.is_some() {
                        return Ok(found);
                    }
                }
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(None), |error| Err(error.into()))
    }

    fn rates_at_imdb(provider: &std::sync::Arc<dyn crate::upstream::RatingProvider>) -> bool {
        provider.row().sources.contains(&RatingSource::Imdb)
    }

    /// The title of an IMDb id as providers are asked for it; `None` where TMDB knows none, or an
    /// episode, which is not rated as its series is.
    async fn subject_of(&self, imdb: ImdbId) -> Result<Option<Subject>, GatherError> {
        let id = TitleId::new(ExternalId::Imdb(imdb));
        // The family does not matter: only the title's ids are of interest.
        let resolved = match self.resolve(&id, <_>::default()).await {
            Ok(resolved) if resolved.episode.is_none() => resolved,
            Ok(_) | Err(GatherError::UnknownTitle) => return Ok(None),
            Err(error) => return Err(error),
        };
        let title = Some((resolved.media, resolved.tmdb));
        Ok(Some(Subject { title, imdb: Some(imdb), episode: None, episode_imdb: None }))
    }
}

fn score_in(ratings: &[RawRating]) -> Option<Score> {
    let raw = ratings.iter().find(|rating| rating.source == RatingSource::Imdb)?;
    Score::new(raw.value, RatingSource::Imdb.scale())
}
