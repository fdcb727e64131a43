//! TMDB's search by name.

use serde::Deserialize;

use super::{FoundTitle, Tmdb, wire};
use crate::model::{Language, MediaType};
use crate::upstream::loose::Many;
use crate::upstream::{Call, UpstreamError};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SearchResults {
    results: Many<wire::TmdbRow>,
}

impl Tmdb {
    /// Films or series by name, in TMDB's order: one call, at most 20.
    pub async fn search(
        &self,
        media: MediaType,
        name: &str,
        year: Option<u16>,
        language: Language,
    ) -> Result<Vec<FoundTitle>, UpstreamError> {
        let call = Call::get(["search", media.tmdb_path()])
            .query("query", name)
            .query("language", language.to_string());
        let year_name = match media {
            MediaType::Movie => "year",
            MediaType::Series => "first_air_date_year",
        };
        let call = match year {
            Some(year) => call.query(year_name, year.to_string()),
            None => call,
        };
        let results: SearchResults = self.api.get_json(call).await?;
        Ok(results.results.0.iter().filter_map(|row| row.title(media)).collect())
    }
}
