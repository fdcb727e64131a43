//! Everything providers said, by what they were asked.

use std::sync::Arc;

use super::reading::{OmdbReading, TraktKey};
use super::title::Resolved;
use super::{DetailsKey, EpisodeKey, IdKey, ImdbKey, TitleKey};
use crate::cache::{CacheContext, SwrCache};
use crate::model::{Candidate, RawRating};
use crate::upstream::fanart::{FanartId, FanartPictures};
use crate::upstream::tmdb::{Details, EpisodeDetails};

/// What one provider's answers are kept in.
#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) ids: Arc<SwrCache<IdKey, Resolved>>,
    pub(super) details: Arc<SwrCache<DetailsKey, Details>>,
    pub(super) episodes: Arc<SwrCache<EpisodeKey, EpisodeDetails>>,
    pub(super) mdblist: Arc<SwrCache<TitleKey, Vec<RawRating>>>,
    pub(super) omdb: Arc<SwrCache<ImdbKey, OmdbReading>>,
    pub(super) trakt: Arc<SwrCache<TraktKey, Vec<RawRating>>>,
    pub(super) fanart: Arc<SwrCache<FanartId, FanartPictures>>,
}

/// Bytes of a candidate, its path included, and of a rating.
const CANDIDATE: usize = size_of::<Candidate>() + 40;
const RATING: usize = size_of::<RawRating>();

impl Remembered {
    /// `capacity` bytes in all: lists of pictures take nearly all of it.
    pub(super) fn new(capacity: u64, upkeep: &CacheContext) -> Self {
        let tenth = capacity / 10;
        let up = || upkeep.clone();
        Self {
            ids: SwrCache::new("id", tenth, |_| size_of::<Resolved>() + 120, up()),
            details: SwrCache::new(
                "details",
                4 * tenth,
                |d: &Details| {
                    let pictures = d.posters.len() + d.backdrops.len() + d.logos.len();
                    size_of::<Details>() + pictures * CANDIDATE + d.seasons.len() * 80 + 100
                },
                up(),
            ),
            episodes: SwrCache::new(
                "episode",
                tenth,
                |e: &EpisodeDetails| size_of::<EpisodeDetails>() + e.stills.len() * CANDIDATE + 80,
                up(),
            ),
            mdblist: SwrCache::new("mdblist", tenth, |r: &Vec<RawRating>| r.len() * RATING, up()),
            omdb: SwrCache::new(
                "omdb",
                tenth,
                |r: &OmdbReading| r.ratings.len() * RATING + 120,
                up(),
            ),
            trakt: SwrCache::new("trakt", tenth, |r: &Vec<RawRating>| r.len() * RATING, up()),
            fanart: SwrCache::new(
                "fanart",
                tenth,
                |p: &FanartPictures| {
                    (p.posters.len() + p.backdrops.len() + p.logos.len()) * CANDIDATE
                },
                up(),
            ),
        }
    }

    /// Bytes and entries in memory.
    pub(super) fn usage(&self) -> (u64, u64) {
        [
            self.ids.usage(),
            self.details.usage(),
            self.episodes.usage(),
            self.mdblist.usage(),
            self.omdb.usage(),
            self.trakt.usage(),
            self.fanart.usage(),
        ]
        .into_iter()
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    pub(super) fn clear(&self) {
        self.ids.clear();
        self.details.clear();
        self.episodes.clear();
        self.mdblist.clear();
        self.omdb.clear();
        self.trakt.clear();
        self.fanart.clear();
    }
}
