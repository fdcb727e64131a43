//! What is trending today.

use serde::Deserialize;

use super::{Tmdb, wire};
use crate::model::{MediaType, TmdbId};
use crate::upstream::loose::Many;
use crate::upstream::{Call, UpstreamError};

/// Places that TMDB's first page has.
const MAX_PLACES: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TrendingResults {
    results: Many<wire::TmdbRow>,
}

impl Tmdb {
    /// Today's trending films or series, the first place first: one call.
    ///
    /// Source: <https://developer.themoviedb.org/reference/trending-movies>.
    pub async fn trending(&self, media: MediaType) -> Result<Vec<TmdbId>, UpstreamError> {
        let call = Call::get(["trending", media.tmdb_path(), "day"]);
        let results: TrendingResults = self.api.get_json(call).await?;
        let titles = results.results.0.iter().filter_map(|row| row.title(media));
        Ok(titles.map(|title| title.id).take(MAX_PLACES).collect())
    }
}
