//! Identifiers of titles, parsed once at the edge.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::MediaType;
use super::words::words;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct IdError {
    pub expected: &'static str,
}

/// An IMDb title id, e.g. `tt0903747`, kept as its number.
///
/// `Display` writes the canonical form: `tt` and at least seven digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImdbId(u32);

impl ImdbId {
    /// `None` for 0 and for numbers of more than nine digits.
    pub fn new(number: u32) -> Option<Self> {
        (1..1_000_000_000).contains(&number).then_some(Self(number))
    }

    pub fn number(self) -> u32 {
        self.0
    }
}

impl FromStr for ImdbId {
    type Err = IdError;

    /// Accepts `tt0903747`, `TT0903747` and the bare digits.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError { expected: "an IMDb id (`tt` and 1 to 10 digits)" };
        let digits = match text.get(..2) {
            Some(prefix) if prefix.eq_ignore_ascii_case("tt") => &text[2..],
            _ => text,
        };
        let plain = (1..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok().and_then(Self::new)).flatten().ok_or(error)
    }
}

impl fmt::Display for ImdbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tt{:07}", self.0)
    }
}

impl TryFrom<String> for ImdbId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<ImdbId> for String {
    fn from(id: ImdbId) -> Self {
        id.to_string()
    }
}

/// A number of one service's own; never 0.
macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "u32", into = "u32")]
        pub struct $name(u32);

        impl $name {
            /// `None` for 0.
            pub fn new(number: u32) -> Option<Self> {
                (number > 0).then_some(Self(number))
            }

            pub fn number(self) -> u32 {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = IdError { expected: $expected };
                let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                plain.then(|| text.parse().ok().and_then(Self::new)).flatten().ok_or(error)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl TryFrom<u32> for $name {
            type Error = IdError;

            fn try_from(number: u32) -> Result<Self, IdError> {
                Self::new(number).ok_or(IdError { expected: $expected })
            }
        }

        impl From<$name> for u32 {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

numeric_id!(
    /// A TMDB number. Films and series count separately: 603 is one of each.
    TmdbId, "a TMDB number"
);
numeric_id!(
    /// A TheTVDB number: a series', a season's or an episode's.
    TvdbId, "a TheTVDB number"
);

words!(
    /// The anime catalogues whose ids are understood through the anime map.
    #[serde(rename_all = "lowercase")]
    AnimeDb {
        Mal = "mal",
        Kitsu = "kitsu",
        Anilist = "anilist",
        Anidb = "anidb",
    }
);

/// An id of an anime catalogue, e.g. `kitsu:7442`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AnimeId {
    pub db: AnimeDb,
    pub number: u32,
}

/// A season and an episode of a series. Season 0 holds the specials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EpisodeNumber {
    pub season: u16,
    pub episode: u16,
}

/// Whose id it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExternalId {
    Imdb(ImdbId),
    Tmdb(TmdbId),
    Tvdb(TvdbId),
    Anime(AnimeId),
    /// Films that belong together, by TMDB's number of their collection.
    Collection(TmdbId),
}

/// What a caller names: an id, and what they say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TitleId {
    pub external: ExternalId,
    /// Film or series, where the id or `?type=` says so.
    pub media: Option<MediaType>,
    /// The episode named after the id.
    pub episode: Option<EpisodeNumber>,
    /// The season named after the id, where a season's picture is asked for; 0 holds the specials.
    pub season: Option<u16>,
}

impl TitleId {
    /// The title itself, of a film or of a series that nobody has named.
    pub fn new(external: ExternalId) -> Self {
        Self { external, media: None, episode: None, season: None }
    }
}

impl fmt::Display for TitleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.external {
            ExternalId::Imdb(id) => write!(f, "{id}")?,
            ExternalId::Tmdb(id) => match self.media {
                Some(media) => write!(f, "tmdb:{}:{id}", media.tmdb_path())?,
                None => write!(f, "tmdb:{id}")?,
            },
            ExternalId::Tvdb(id) => write!(f, "tvdb:{id}")?,
            ExternalId::Anime(id) => write!(f, "{}:{}", id.db.name(), id.number)?,
            ExternalId::Collection(id) => write!(f, "tmdb:collection:{id}")?,
        }
        if let Some(episode) = self.episode {
            write!(f, ":{}:{}", episode.season, episode.episode)?;
        } else if let Some(season) = self.season {
            write!(f, "-S{season}")?;
        }
        Ok(())
    }
}
