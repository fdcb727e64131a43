//! What is told of a title in words: summaries, and who made it.

use serde::{Deserialize, Serialize};

use super::{ArtworkRef, Date, EpisodeNumber, TmdbId, TvdbId};

/// A person, and what they did in a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub name: String,
    /// The character, or the job.
    pub role: Option<String>,
    pub portrait: Option<ArtworkRef>,
}

/// Who made a title, the most important first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credits {
    pub cast: Vec<Person>,
    pub directors: Vec<Person>,
    pub writers: Vec<Person>,
    pub producers: Vec<Person>,
}

impl Credits {
    /// People in all lists.
    pub fn people(&self) -> usize {
        self.cast.len() + self.directors.len() + self.writers.len() + self.producers.len()
    }
}

/// A film or a series in words of one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TitleDescription {
    /// In English where the language has no title of its own.
    pub name: Option<String>,
    /// In the language it was made in.
    pub original_name: Option<String>,
    /// In English where there is none in the language.
    pub summary: Option<String>,
    pub tagline: Option<String>,
    pub studios: Vec<String>,
    /// Names of the countries it was made in.
    pub countries: Vec<String>,
    pub is_adult: bool,
    pub credits: Credits,
    /// Of a series; season 0 holds the specials.
    pub seasons: Vec<SeasonOutline>,
}

/// What a series says of one of its seasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeasonOutline {
    pub number: u16,
    pub name: Option<String>,
    pub summary: Option<String>,
    pub aired: Option<Date>,
}

/// A season with its episodes in words of one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeasonDescription {
    pub series: TmdbId,
    pub outline: SeasonOutline,
    pub tvdb: Option<TvdbId>,
    /// Who plays in most episodes.
    pub cast: Vec<Person>,
    /// In the order of their numbers.
    pub episodes: Vec<EpisodeDescription>,
}

/// An episode in words of one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpisodeDescription {
    pub number: EpisodeNumber,
    /// TMDB's own number of the episode.
    pub tmdb: Option<TmdbId>,
    pub name: Option<String>,
    pub summary: Option<String>,
    pub aired: Option<Date>,
    pub runtime_minutes: Option<u16>,
    /// 0 to 10.
    pub vote_average: f32,
    pub votes: u32,
    /// Guests in the cast.
    pub credits: Credits,
}
