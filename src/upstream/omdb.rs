//! OMDb: IMDb, Rotten Tomatoes and Metacritic, and awards as a sentence.

mod wire;

use crate::model::{ImdbId, RawRating};

/// What OMDb takes a title for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OmdbKind {
    Movie,
    Series,
    Episode,
}

/// What OMDb says about one title.
#[derive(Clone, Debug, PartialEq)]
pub struct OmdbTitle {
    /// `None` for games and the like.
    pub kind: Option<OmdbKind>,
    pub imdb: Option<ImdbId>,
    /// The series of an episode.
    pub series: Option<ImdbId>,
    /// At most one per source.
    pub ratings: Vec<RawRating>,
    /// `Won 7 Oscars. 21 wins & 41 nominations total`; read by `gather::awards`.
    pub awards: Option<String>,
}
