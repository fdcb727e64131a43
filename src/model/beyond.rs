//! What a picture may say beside ratings: the words of the parameters, and the values that are drawn.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{AwardBody, Country, Date, IdError, Position, ProductionStatus, RatingSource, Words};

words!(
    /// A fact that may be drawn as a badge.
    #[serde(rename_all = "kebab-case")]
    InfoKind {
        Certificate = "cert" | "certification" | "certs",
        /// The age that Common Sense Media advises.
        Age = "age" | "commonsense",
        Genre = "genre" | "genres",
        Year = "year",
        Runtime = "runtime",
        Network = "network",
        Status = "status",
        Quality = "quality",
        Language = "language",
    }
);

words!(
    /// How facts are drawn.
    #[serde(rename_all = "kebab-case")]
    InfoStyle {
        Badge = "badge",
        /// One line of text.
        Line = "line",
    }
);

/// Where facts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum InfoPosition {
    At(Position),
    /// A part of the rating strip.
    Join,
}

impl InfoPosition {
    /// The word for a part of the rating strip.
    pub const JOIN: &'static str = "join";

    /// Reads a word of [`Position`] or `join`, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.eq_ignore_ascii_case(Self::JOIN) {
            true => Some(Self::Join),
            false => Position::from_word(word).map(Self::At),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::At(position) => position.name(),
            Self::Join => Self::JOIN,
        }
    }
}

impl TryFrom<String> for InfoPosition {
    type Error = IdError;

    fn try_from(word: String) -> Result<Self, IdError> {
        Self::from_word(&word).ok_or(IdError { expected: "a position or `join`" })
    }
}

impl From<InfoPosition> for String {
    fn from(position: InfoPosition) -> Self {
        position.name().to_owned()
    }
}

words!(
    /// What the caller knows of the file: never looked up. The name is what is drawn, in upper case.
    #[serde(rename_all = "kebab-case")]
    Quality {
        Uhd = "4k" | "uhd" | "2160p",
        FullHd = "1080p" | "fhd",
        Hdr = "hdr" | "hdr10" | "hdrcolor",
        #[serde(rename = "hdr10+")]
        Hdr10Plus = "hdr10+" | "hdr10plus" | "hdr10plus_colorful",
        DolbyVision = "dv" | "dolby-vision" | "dolbyvision" | "dolbyvisioncolor",
        Atmos = "atmos" | "dolby-atmos",
        DtsX = "dts-x" | "dtsx",
        Imax = "imax",
        Remux = "remux",
        #[serde(rename = "8k")]
        EightK = "8k",
        #[serde(rename = "5k")]
        FiveK = "5k",
        #[serde(rename = "2k")]
        TwoK = "2k",
        Hd = "720p" | "hd",
        Sd = "480p" | "sd",
        #[serde(rename = "3d")]
        ThreeD = "3d",
        Hevc = "hevc" | "h265" | "x265",
        Avc = "avc" | "h264" | "x264",
        /// Channels of sound.
        #[serde(rename = "7.1")]
        SevenOne = "7.1" | "audio71",
        #[serde(rename = "5.1")]
        FiveOne = "5.1" | "audio51",
        #[serde(rename = "2.0")]
        Stereo = "2.0" | "audio20",
    }
);

/// Quality marks on one picture at most.
pub const MAX_QUALITIES: usize = 4;

words!(
    /// How the aggregate of all ratings is drawn.
    #[serde(rename_all = "kebab-case")]
    ScoreStyle {
        Number = "number",
        Bar = "bar",
        Ring = "ring",
    }
);

words!(
    /// What a sash may say, in the order of `sash=default`.
    #[serde(rename_all = "kebab-case")]
    SashMark {
        NewSeason = "new-season",
        Premiere = "premiere",
        Returning = "returning",
        Ended = "ended",
        Cinema = "cinema",
        Trending = "trending",
        #[serde(rename = "top250")]
        Top250 = "top250",
        Festival = "festival",
        Oscar = "oscar",
        Emmy = "emmy",
    }
);

/// A colour as callers write it, `rrggbb` with or without `#`; red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HexColour(pub [u8; 3]);

impl FromStr for HexColour {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let plain = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let number = plain.then(|| u32::from_str_radix(digits, 16).ok()).flatten();
        let number = number.ok_or(IdError { expected: "a colour (`rrggbb`)" })?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for HexColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for HexColour {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<HexColour> for String {
    fn from(colour: HexColour) -> Self {
        colour.to_string()
    }
}

/// A source's share in the aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourceWeight {
    pub source: RatingSource,
    /// 1 to 100.
    pub weight: u8,
}

/// A fact that is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "info", content = "value")]
pub enum InfoItem {
    Certificate {
        country: Country,
        text: String,
    },
    /// Years.
    Age(u8),
    /// TMDB's number and its name in the language of the picture.
    Genre {
        id: u32,
        name: String,
    },
    Year(i16),
    /// Minutes.
    Runtime(u16),
    Network(String),
    Status(ProductionStatus),
    /// The day of the release of a title that is not out yet.
    Out(Date),
    Quality(Quality),
    /// Two letters of ISO 639-1, in upper case.
    Language(String),
    /// The caller's own text, at most 24 characters.
    Label(String),
}

impl InfoItem {
    /// The word that asks for it; `None` of the caller's own text.
    pub fn kind(&self) -> Option<InfoKind> {
        Some(match self {
            Self::Certificate { .. } => InfoKind::Certificate,
            Self::Age(_) => InfoKind::Age,
            Self::Genre { .. } => InfoKind::Genre,
            Self::Year(_) => InfoKind::Year,
            Self::Runtime(_) => InfoKind::Runtime,
            Self::Network(_) => InfoKind::Network,
            Self::Status(_) | Self::Out(_) => InfoKind::Status,
            Self::Quality(_) => InfoKind::Quality,
            Self::Language(_) => InfoKind::Language,
            Self::Label(_) => return None,
        })
    }
}

/// The aggregate of a title's ratings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Aggregate {
    /// 0 to 100.
    pub score: u8,
    /// How many ratings are in it, or rated films of a collection: at least two.
    pub sources: u8,
}

/// The one mark in a corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "sash")]
pub enum Sash {
    NewSeason {
        season: u16,
    },
    /// The first day; `ahead` while it is still to come.
    Premiere {
        date: Date,
        ahead: bool,
    },
    /// The day of the next episode.
    Returning {
        date: Date,
    },
    Ended,
    Cancelled,
    InCinemas,
    /// Place among today's trending films or series.
    Trending {
        place: u8,
    },
    /// Place among all films or all series; approximate.
    Top250 {
        place: u16,
    },
    Festival {
        award: AwardBody,
    },
    Oscar,
    Emmy,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_with_and_without_a_hash() {
        assert_eq!("#FF8000".parse(), Ok(HexColour([255, 128, 0])));
        assert_eq!("ff8000".parse::<HexColour>().unwrap().to_string(), "ff8000");
        for text in ["", "fff", "#ggffff", "12345", "+12345", "1234567"] {
            assert!(text.parse::<HexColour>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_joined_position_is_a_word_beside_the_others() {
        assert_eq!(InfoPosition::from_word("JOIN"), Some(InfoPosition::Join));
        assert_eq!(InfoPosition::from_word("left-top"), Some(InfoPosition::At(Position::TopLeft)));
        assert_eq!(InfoPosition::from_word("middle"), None);
    }
}
