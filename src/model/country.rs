//! Countries, for certificates and releases.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{IdError, Language};

/// A country by its two letters of ISO 3166-1, in upper case as TMDB writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// Where most speakers of a language live whose code is not the country's, too.
const MAIN_COUNTRIES: [(&str, Country); 24] = [
    ("ar", Country(*b"SA")),
    ("bs", Country(*b"BA")),
    ("ca", Country(*b"ES")),
    ("cs", Country(*b"CZ")),
    ("cy", Country(*b"GB")),
    ("da", Country(*b"DK")),
    ("el", Country(*b"GR")),
    ("en", Country(*b"US")),
    ("et", Country(*b"EE")),
    ("fa", Country(*b"IR")),
    ("gl", Country(*b"ES")),
    ("he", Country(*b"IL")),
    ("hi", Country(*b"IN")),
    ("ja", Country(*b"JP")),
    ("ko", Country(*b"KR")),
    ("nb", Country(*b"NO")),
    ("sl", Country(*b"SI")),
    ("sq", Country(*b"AL")),
    ("sr", Country(*b"RS")),
    ("sv", Country(*b"SE")),
    ("ta", Country(*b"IN")),
    ("uk", Country(*b"UA")),
    ("vi", Country(*b"VN")),
    ("zh", Country(*b"CN")),
];

impl Country {
    pub const US: Self = Self(*b"US");

    /// Two upper-case letters.
    pub fn code(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or("US")
    }

    /// The country that a language's region names, else where most of its speakers live.
    pub fn of_language(language: Language) -> Self {
        let named = language.region().and_then(|region| region.parse().ok());
        let main = || MAIN_COUNTRIES.into_iter().find(|(code, _)| *code == language.code());
        // Of most languages the code is the country's as well: de, fr, it, pl.
        let same = || language.code().parse().unwrap_or(Self::US);
        named.unwrap_or_else(|| main().map_or_else(same, |(_, country)| country))
    }
}

impl FromStr for Country {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let letters: Option<[u8; 2]> = text.as_bytes().try_into().ok();
        let letters = letters.filter(|letters| letters.iter().all(u8::is_ascii_alphabetic));
        let country = letters.map(|letters| Self(letters.map(|b| b.to_ascii_uppercase())));
        country.ok_or(IdError { expected: "a country (`DE`, `US`)" })
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Country {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_a_country() {
        for (language, country) in [
            ("de", "DE"),
            ("en", "US"),
            ("en-GB", "GB"),
            ("pt-BR", "BR"),
            ("ja", "JP"),
            ("fr", "FR"),
        ] {
            let language: Language = language.parse().unwrap();
            assert_eq!(Country::of_language(language).code(), country);
        }
    }

    #[test]
    fn only_two_letters_are_a_country() {
        assert_eq!("de".parse::<Country>().unwrap().code(), "DE");
        for text in ["", "D", "DEU", "1A", "ü"] {
            assert!(text.parse::<Country>().is_err(), "{text}");
        }
    }
}
