//! Ratings as providers give them, before they are merged.

use serde::{Deserialize, Serialize};

use super::{Provider, RatingSource};

/// One rating as one provider gave it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawRating {
    pub source: RatingSource,
    /// On the source's own scale ([`RatingSource::scale`]), unrounded. May be
    /// 0 or out of range: what counts as a rating is decided when merging.
    pub value: f64,
    /// How many people rated, or critics wrote; `None` where the provider does
    /// not say.
    pub votes: Option<u32>,
    /// The provider says that Rotten Tomatoes itself certified it (certified
    /// fresh, verified hot). `false` where it does not say.
    pub certified: bool,
}

impl RawRating {
    /// A rating that is already on the source's own scale.
    pub fn new(source: RatingSource, value: f64, votes: Option<u32>) -> Self {
        Self { source, value, votes, certified: false }
    }

    /// A rating given as 0 to 10, whatever the source's own scale: TMDB's
    /// `vote_average` 8.4 becomes 84 (%).
    pub fn out_of_ten(source: RatingSource, value: f64, votes: Option<u32>) -> Self {
        Self::new(source, value * source.scale().top() / 10.0, votes)
    }
}

/// All that one provider says about one title.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderRatings {
    pub provider: Provider,
    /// When it was read, in seconds since 1970.
    pub read_at: u64,
    pub ratings: Vec<RawRating>,
}
