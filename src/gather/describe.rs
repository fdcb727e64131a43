//! Titles and seasons in words, and titles by name; remembered like every other answer.

use std::time::Duration;

use super::title::Resolved;
use super::{GatherError, Gatherer, labels_of, title_labels};
use crate::cache::{Answer, CachedAnswer, freshness};
use crate::model::{
    EpisodeNumber, ImdbId, Language, MediaType, SeasonDescription, TitleDescription, TmdbId, TvdbId,
};
use crate::store::Labels;
use crate::upstream::tmdb::FoundTitle;

/// Key types of what is remembered.
pub(crate) type DescriptionKey = (MediaType, TmdbId, Language);
pub(crate) type SeasonTextKey = (TmdbId, u16, Language);
pub(crate) type SearchKey = (MediaType, String, Option<u16>, Language);

/// New titles come to the lists every day.
const SEARCH_FRESH: Duration = Duration::from_hours(24);
/// Longest name that is searched for, in characters.
const MAX_NAME_CHARS: usize = 200;

impl Gatherer {
    /// A title in words of a language.
    ///
    /// # Errors
    /// `UnknownTitle` where TMDB has no such title.
    pub async fn description(
        &self,
        resolved: &Resolved,
        language: Language,
    ) -> Result<CachedAnswer<TitleDescription>, GatherError> {
        let (media, id) = (resolved.media, resolved.tmdb);
        let fresh = |_: &TitleDescription| {
            let at_hand = self.answers.details.at_hand(&(media.into(), id, Some(language)));
            let released = at_hand.and_then(|entry| match &entry.answer {
                Answer::Found(details) => details.title.released.max(details.last_aired),
                Answer::Absent => None,
            });
            freshness::of_title(released, self.now()).data
        };
        let known = self
            .answers
            .descriptions
            .get((media, id, language), labels_of(resolved), fresh, |priority| {
                let tmdb = self.providers.tmdb.with(priority.into());
                async move { tmdb.description(media, id, language).await }
            })
            .await?;
        match known.entry.answer {
            Answer::Found(_) => Ok(known),
            Answer::Absent => Err(GatherError::UnknownTitle),
        }
    }

    /// A season with its episodes in words of a language; `None` for one that TMDB does not know.
    pub async fn season_description(
        &self,
        series: TmdbId,
        number: u16,
        language: Language,
    ) -> Result<Option<CachedAnswer<SeasonDescription>>, GatherError> {
        let fresh = |season: &SeasonDescription| {
            let newest = season.episodes.iter().filter_map(|episode| episode.aired).max();
            freshness::of_title(newest, self.now()).data
        };
        let known = self
            .answers
            .season_descriptions
            .get(
                (series, number, language),
                title_labels(MediaType::Series.into(), series, None),
                fresh,
                |priority| {
                    let tmdb = self.providers.tmdb.with(priority.into());
                    async move { tmdb.season_description(series, number, language).await }
                },
            )
            .await?;
        Ok(matches!(known.entry.answer, Answer::Found(_)).then_some(known))
    }

    /// Films or series by name, in TMDB's order; at most 20.
    pub async fn search(
        &self,
        media: MediaType,
        name: &str,
        year: Option<u16>,
        language: Language,
    ) -> Result<Vec<FoundTitle>, GatherError> {
        let name: String = name.trim().chars().take(MAX_NAME_CHARS).collect();
        let known = self
            .answers
            .searches
            .get(
                (media, name.clone(), year, language),
                Labels { titles: Vec::new(), family: None },
                |_| SEARCH_FRESH,
                |priority| {
                    let tmdb = self.providers.tmdb.with(priority.into());
                    let name = name.clone();
                    async move { tmdb.search(media, &name, year, language).await }
                },
            )
            .await?;
        Ok(super::value(&known).cloned().unwrap_or_default())
    }

    /// An episode's ids at IMDb and TheTVDB, as far as they are known without asking anybody.
    pub async fn known_episode_ids(
        &self,
        series: (TmdbId, Option<ImdbId>),
        number: EpisodeNumber,
    ) -> (Option<ImdbId>, Option<TvdbId>) {
        let (series, imdb) = series;
        let at_hand = self.answers.episodes.at_hand(&(series, number));
        let known = at_hand.and_then(|entry| match &entry.answer {
            Answer::Found(episode) => Some((episode.imdb, episode.tvdb)),
            Answer::Absent => None,
        });
        let (own, tvdb) = known.unwrap_or_default();
        let own = match (own, imdb) {
            (None, Some(imdb)) => self.datasets.episode(imdb, number).await,
            (own, _) => own,
        };
        (own, tvdb)
    }
}
