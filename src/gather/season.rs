//! A season: what TMDB has of it, and what its episodes are rated in IMDb's data set.

use super::title::Resolved;
use super::{Gatherer, labels_of};
use crate::cache::{Answer, CachedAnswer, freshness};
use crate::model::{ArtworkKind, ImdbId};
use crate::upstream::tmdb::SeasonDetails;

/// Episodes of one season that are looked up: more than all but a few soaps have.
const MAX_EPISODES: usize = 400;

/// The mean of a season's rated episodes, each counted once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct EpisodesMean {
    /// 0 to 10.
    pub(super) value: f64,
    /// Of all episodes together.
    pub(super) votes: u32,
    pub(super) episodes: u16,
}

impl Gatherer {
    /// All that TMDB knows of the season that is pictured. `None` where no season was named, TMDB does not
    /// list it, or gives no answer: the series' poster will do.
    pub(super) async fn season_pictured(
        &self,
        resolved: &Resolved,
        kind: ArtworkKind,
    ) -> Option<CachedAnswer<SeasonDetails>> {
        let number = resolved.season.filter(|_| kind.is_of_season())?;
        let series = resolved.tmdb;
        let known = self.answers.seasons.get(
            (series, number),
            labels_of(resolved),
            |season| freshness::of_title(season.aired, self.now()).data,
            |priority| {
                let tmdb = self.providers.tmdb.with(priority.into());
                async move { tmdb.season(series, number).await }
            },
        );
        let known = known.await.ok()?;
        matches!(known.entry.answer, Answer::Found(_)).then_some(known)
    }

    /// What IMDb's data set says of a season's episodes; `None` where it has no rating of any.
    pub(super) async fn episodes_mean(&self, series: ImdbId, season: u16) -> Option<EpisodesMean> {
        let mut ratings = Vec::new();
        for (_, episode) in self.datasets.season(series, season).await.iter().take(MAX_EPISODES) {
            ratings.extend(self.datasets.rating(*episode).await);
        }
        let scores = ratings.iter().map(|(score, votes)| (score.value(), *votes));
        EpisodesMean::of(scores)
    }
}

impl EpisodesMean {
    fn of(ratings: impl Iterator<Item = (f64, u32)>) -> Option<Self> {
        let (mut sum, mut votes, mut episodes) = (0.0, 0_u32, 0_u16);
        for (score, of_episode) in ratings {
            sum += score;
            votes = votes.saturating_add(of_episode);
            episodes += 1;
        }
        let value = sum / f64::from(episodes);
        (episodes > 0).then_some(Self { value, votes, episodes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_episode_counts_once_however_many_voted() {
        let mean = EpisodesMean::of([(9.0, 10), (8.0, 90_000)].into_iter()).unwrap();
        assert_eq!((mean.value, mean.votes, mean.episodes), (8.5, 90_010, 2));
        assert_eq!(EpisodesMean::of(std::iter::empty()), None);
    }
}
