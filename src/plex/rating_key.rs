//! How Plex names titles: keys of its own making, which come back in later requests.

use std::fmt;
use std::str::FromStr;

use crate::model::{EpisodeNumber, MediaType, TmdbId};

/// Which of the two providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Movies,
    Series,
}

impl Section {
    /// The word in addresses.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "movie" => Some(Self::Movies),
            "tv" => Some(Self::Series),
            _ => None,
        }
    }

    pub fn media(self) -> MediaType {
        match self {
            Self::Movies => MediaType::Movie,
            Self::Series => MediaType::Series,
        }
    }

    /// The same whatever key or look is in the address, so that a changed look re-matches nothing.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Movies => "tv.plex.agents.custom.laurel.movie",
            Self::Series => "tv.plex.agents.custom.laurel.tv",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Movies => "Laurel (films)",
            Self::Series => "Laurel (series)",
        }
    }

    /// Plex's numbers of what is in it.
    pub(super) fn types(self) -> &'static [u8] {
        match self {
            Self::Movies => &[1],
            Self::Series => &[2, 3, 4],
        }
    }
}

/// A key of one thing in a library, by TMDB's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RatingKey {
    Movie(TmdbId),
    Show(TmdbId),
    Season(TmdbId, u16),
    Episode(TmdbId, EpisodeNumber),
}

impl RatingKey {
    pub fn section(self) -> Section {
        match self {
            Self::Movie(_) => Section::Movies,
            Self::Show(_) | Self::Season(..) | Self::Episode(..) => Section::Series,
        }
    }

    pub fn of_title(media: MediaType, id: TmdbId) -> Self {
        match media {
            MediaType::Movie => Self::Movie(id),
            MediaType::Series => Self::Show(id),
        }
    }

    /// Plex's word for what it is.
    pub fn word(self) -> &'static str {
        match self {
            Self::Movie(_) => "movie",
            Self::Show(_) => "show",
            Self::Season(..) => "season",
            Self::Episode(..) => "episode",
        }
    }

    /// `{identifier}://{type}/{key}`.
    pub fn guid(self) -> String {
        format!("{}://{}/{self}", self.section().identifier(), self.word())
    }

    /// Where it is below the provider; what has children is read with them.
    pub fn path(self) -> String {
        match self {
            Self::Movie(_) | Self::Episode(..) => self.plain_path(),
            Self::Show(_) | Self::Season(..) => format!("{}/children", self.plain_path()),
        }
    }

    pub(super) fn plain_path(self) -> String {
        format!("/library/metadata/{self}")
    }
}

impl fmt::Display for RatingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Movie(id) => write!(f, "movie-{id}"),
            Self::Show(id) => write!(f, "show-{id}"),
            Self::Season(id, season) => write!(f, "season-{id}-{season}"),
            Self::Episode(id, number) => {
                write!(f, "episode-{id}-{}-{}", number.season, number.episode)
            }
        }
    }
}

/// A text that is no key of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected movie-…, show-…, season-…-… or episode-…-…-…")]
pub struct RatingKeyError;

impl FromStr for RatingKey {
    type Err = RatingKeyError;

    fn from_str(text: &str) -> Result<Self, RatingKeyError> {
        let parts: Vec<&str> = text.split('-').collect();
        let id = |text: &str| text.parse::<TmdbId>().map_err(|_| RatingKeyError);
        let number = |text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<u16>().ok()).flatten().ok_or(RatingKeyError)
        };
        Ok(match parts[..] {
            ["movie", movie] => Self::Movie(id(movie)?),
            ["show", show] => Self::Show(id(show)?),
            ["season", show, season] => Self::Season(id(show)?, number(season)?),
            ["episode", show, season, episode] => Self::Episode(
                id(show)?,
                EpisodeNumber { season: number(season)?, episode: number(episode)? },
            ),
            _ => return Err(RatingKeyError),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        for text in ["movie-603", "show-1396", "season-1396-0", "episode-1396-2-13"] {
            let key: RatingKey = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            assert!(text.bytes().all(plain), "as Plex wants keys");
        }
        for text in [
            "",
            "movie-",
            "movie-0",
            "movie-1-2",
            "season-1",
            "episode-1-1",
            "show-+1",
            "season-1--1",
        ] {
            assert_eq!(text.parse::<RatingKey>(), Err(RatingKeyError), "{text}");
        }
    }

    #[test]
    fn a_guid_names_the_provider_and_nothing_of_the_look() {
        let key: RatingKey = "episode-1396-2-3".parse().unwrap();
        assert_eq!(key.guid(), "tv.plex.agents.custom.laurel.tv://episode/episode-1396-2-3");
        let suffix = |section: Section| section.identifier().strip_prefix("tv.plex.agents.custom.");
        for section in [Section::Movies, Section::Series] {
            let suffix = suffix(section).unwrap();
            assert!(suffix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,40}") {
            if let Ok(key) = text.parse::<RatingKey>() {
                prop_assert_eq!(key.to_string().parse::<RatingKey>(), Ok(key));
            }
        }
    }
}
