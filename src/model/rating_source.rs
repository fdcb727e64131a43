//! The one table of rating sources: parameters, docs, badges, drawings and the rules of merging read it.

use serde::{Deserialize, Serialize};

use super::{Mark, Provider, Scale, Verdict, Words};

/// The providers of ratings that rows name; each has its client and its settings in a file of its own.
impl Provider {
    pub const MDBLIST: Self = Self::new("mdblist");
    pub const OMDB: Self = Self::new("omdb");
    pub const TRAKT: Self = Self::new("trakt");
}

/// Everything the program knows of a rating source.
#[derive(Debug)]
pub struct SourceRow {
    /// The word in URLs and in answers.
    pub key: &'static str,
    /// Other words in URLs, RPDB's among them.
    pub aliases: &'static [&'static str],
    /// As the source writes itself.
    pub name: &'static str,
    /// The name in a few letters, for `label_style=t`.
    pub label: &'static str,
    /// The scale the source itself publishes.
    pub scale: Scale,
    /// Whether the score counts votes; one critic and a computed score have none.
    pub voted: bool,
    /// Where no verdict says otherwise.
    pub look: SourceLook,
    /// The looks of verdicts that have one of their own.
    pub verdicts: &'static [(Verdict, SourceLook)],
    /// Providers of this source, most trusted first; decides only where votes do not.
    pub trusted: &'static [Provider],
    /// The provider that is the source itself.
    pub first_hand: Option<Provider>,
}

/// What a source looks like.
#[derive(Clone, Copy, Debug)]
pub struct SourceLook {
    /// The sRGB colour the source is known by, light enough to read on the dark ground.
    pub accent: [u8; 3],
    pub drawing: MarkDrawing,
}

/// The two SVG drawings of a mark.
#[derive(Clone, Copy, Debug)]
pub struct MarkDrawing {
    /// In the source's colours.
    pub official: &'static [u8],
    /// White, to be coloured.
    pub icon: &'static [u8],
}

/// A look from its colour and the name of its drawings.
macro_rules! look {
    ($accent:expr, $file:literal) => {
        SourceLook {
            accent: $accent,
            drawing: MarkDrawing {
                official: include_bytes!(concat!("../../assets/marks/", $file, ".svg")),
                icon: include_bytes!(concat!("../../assets/marks/mono/", $file, ".svg")),
            },
        }
    };
}

macro_rules! rating_sources {
    ($($variant:ident = $key:literal $(| $alias:literal)* { $($field:ident: $value:expr),+ $(,)? })+) => {
        /// Who rates. The order is the default order of badges.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        pub enum RatingSource { $(#[serde(rename = $key)] $variant),+ }

        impl RatingSource {
            /// In the default order.
            pub const ALL: [Self; [$($key),+].len()] = [$(Self::$variant),+];

            pub const fn row(self) -> &'static SourceRow {
                match self {
                    $(Self::$variant => {
                        const ROW: SourceRow =
                            SourceRow { key: $key, aliases: &[$($alias),*], $($field: $value),+ };
                        &ROW
                    }),+
                }
            }
        }

        impl Words for RatingSource {
            const NAMES: &'static [&'static str] = &[$($key),+];
            const WORDS: &'static [(&'static str, Self)] =
                &[$(($key, Self::$variant), $(($alias, Self::$variant),)*)+];
        }
    };
}

const FRESH_RED: [u8; 3] = [250, 70, 40];
const ROTTEN_GREEN: [u8; 3] = [28, 200, 90];

rating_sources! {
    MyAnimeList = "mal" | "myanimelist" {
        name: "MyAnimeList",
        label: "MAL",
        scale: Scale::TwoDecimals { top: 10 },
        voted: true,
        look: look!([78, 116, 204], "myanimelist"),
        verdicts: &[],
        trusted: &[Provider::MDBLIST, Provider::TRAKT],
        first_hand: None,
    }
    Imdb = "imdb" {
        name: "IMDb",
        label: "IMDb",
        scale: Scale::OneDecimal { top: 10 },
        voted: true,
        look: look!([245, 197, 24], "imdb"),
        verdicts: &[],
        trusted: &[Provider::IMDB_DATASETS, Provider::OMDB, Provider::MDBLIST, Provider::TRAKT],
        first_hand: Some(Provider::IMDB_DATASETS),
    }
    Letterboxd = "lb" | "letterboxd" {
        name: "Letterboxd",
        label: "LB",
        scale: Scale::OneDecimal { top: 5 },
        voted: true,
        look: look!([0, 212, 90], "letterboxd"),
        verdicts: &[],
        trusted: &[Provider::MDBLIST, Provider::TRAKT],
        first_hand: None,
    }
    RottenTomatoes = "rt" | "tomatoes" | "tomatoes-critics" | "rotten_tomatoes" {
        name: "Rotten Tomatoes",
        label: "RT",
        scale: Scale::Percent,
        voted: true,
        look: look!(FRESH_RED, "rt-fresh"),
        verdicts: &[
            (Verdict::CertifiedFresh, look!(FRESH_RED, "rt-certified")),
            (Verdict::Rotten, look!(ROTTEN_GREEN, "rt-rotten")),
        ],
        trusted: &[Provider::MDBLIST, Provider::OMDB, Provider::TRAKT],
        first_hand: None,
    }
    Metacritic = "mc" | "metacritic" | "metacritic-critics" {
        name: "Metacritic",
        label: "MC",
        scale: Scale::Points,
        voted: true,
        look: look!([255, 204, 51], "metacritic"),
        verdicts: &[],
        trusted: &[Provider::MDBLIST, Provider::OMDB, Provider::TRAKT],
        first_hand: None,
    }
    RottenTomatoesAudience = "rta" | "tomatoes-audience" | "rotten_tomatoes_audience" | "popcorn" {
        name: "Rotten Tomatoes' audience",
        label: "Aud",
        scale: Scale::Percent,
        voted: true,
        look: look!(FRESH_RED, "rta-upright"),
        verdicts: &[
            (Verdict::VerifiedHot, look!(FRESH_RED, "rta-hot")),
            (Verdict::Spilled, look!(ROTTEN_GREEN, "rta-spilled")),
        ],
        trusted: &[Provider::MDBLIST, Provider::OMDB, Provider::TRAKT],
        first_hand: None,
    }
    Tmdb = "tmdb" {
        name: "TMDB",
        label: "TMDB",
        scale: Scale::Percent,
        voted: true,
        look: look!([52, 189, 201], "tmdb"),
        verdicts: &[],
        trusted: &[Provider::TMDB, Provider::MDBLIST, Provider::TRAKT],
        first_hand: Some(Provider::TMDB),
    }
    Trakt = "trakt" {
        name: "Trakt",
        label: "Trakt",
        scale: Scale::Percent,
        voted: true,
        look: look!([200, 66, 170], "trakt"),
        verdicts: &[],
        trusted: &[Provider::TRAKT, Provider::MDBLIST],
        first_hand: Some(Provider::TRAKT),
    }
    MdbList = "mdblist" {
        name: "MDBList",
        label: "MDB",
        scale: Scale::Points,
        voted: false,
        look: look!([84, 150, 240], "mdblist"),
        verdicts: &[],
        trusted: &[Provider::MDBLIST],
        first_hand: Some(Provider::MDBLIST),
    }
    RogerEbert = "ebert" | "rogerebert" {
        name: "RogerEbert.com",
        label: "Ebert",
        scale: Scale::OneDecimal { top: 4 },
        voted: false,
        look: look!([242, 140, 40], "rogerebert"),
        verdicts: &[],
        trusted: &[Provider::MDBLIST],
        first_hand: None,
    }
}

impl RatingSource {
    pub fn key(self) -> &'static str {
        self.row().key
    }

    pub fn scale(self) -> Scale {
        self.row().scale
    }
}

impl Mark {
    /// The verdict's look, else the source's.
    pub fn look(self) -> &'static SourceLook {
        let row = self.source.row();
        let own = row.verdicts.iter().find(|(verdict, _)| Some(*verdict) == self.verdict);
        own.map_or(&row.look, |(_, look)| look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sources_share_a_word() {
        for (place, (word, _)) in RatingSource::WORDS.iter().enumerate() {
            let again = RatingSource::WORDS[..place].iter().any(|(other, _)| other == word);
            assert!(!again, "{word}");
        }
    }

    #[test]
    fn rpdb_words_name_the_same_sources() {
        let from = RatingSource::from_word;
        assert_eq!(from("tomatoes-critics"), Some(RatingSource::RottenTomatoes));
        assert_eq!(from("Metacritic-Critics"), Some(RatingSource::Metacritic));
        assert_eq!(from("IMDB"), Some(RatingSource::Imdb));
        assert_eq!(from("nobody"), None);
    }

    #[test]
    fn who_is_first_hand_is_also_most_trusted() {
        for source in RatingSource::ALL {
            let row = source.row();
            assert!(row.first_hand.is_none_or(|p| row.trusted.first() == Some(&p)), "{}", row.key);
        }
    }
}
