//! Who gives data.

use serde::Serialize;

/// The API or the data set that data were read from, by its word in answers, logs and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Provider(&'static str);

impl Provider {
    pub const TMDB: Self = Self::new("tmdb");
    pub const FANART: Self = Self::new("fanart");
    /// IMDb's daily data sets.
    pub const IMDB_DATASETS: Self = Self::new("imdb_datasets");

    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    pub const fn name(self) -> &'static str {
        self.0
    }
}
