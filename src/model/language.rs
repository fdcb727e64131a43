//! Languages of artwork.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::IdError;

/// A language with an optional region: `de`, `pt-BR`.
///
/// ISO 639-1 in lower case, ISO 3166-1 in upper case, as TMDB writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language {
    code: [u8; 2],
    region: Option<[u8; 2]>,
}

impl Language {
    pub const ENGLISH: Self = Self { code: *b"en", region: None };

    /// The same language without its region.
    #[must_use]
    pub fn without_region(self) -> Self {
        Self { region: None, ..self }
    }

    /// Whether both are one language; regions do not count.
    pub fn is_same(&self, other: Self) -> bool {
        self.codes().contains(&other.code())
    }

    /// Every code of the language, its own first where there are several: TMDB files Norwegian
    /// under `no`, callers ask for `nb`; three codes changed in 1989.
    pub fn codes(&self) -> Vec<&str> {
        const SAME: [&[&str]; 4] =
            [&["no", "nb", "nn"], &["he", "iw"], &["id", "in"], &["yi", "ji"]];
        let own = self.code();
        let others = SAME.iter().find(|codes| codes.contains(&own)).copied().unwrap_or_default();
        std::iter::once(own).chain(others.iter().copied().filter(|code| *code != own)).collect()
    }

    /// Two lower-case letters.
    pub fn code(&self) -> &str {
        str::from_utf8(&self.code).unwrap_or("en")
    }

    /// Two upper-case letters.
    pub fn region(&self) -> Option<&str> {
        self.region.as_ref().and_then(|r| str::from_utf8(r).ok())
    }
}

impl FromStr for Language {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError { expected: "a language (`de`, `pt-BR`)" };
        let two = |part: &str| -> Option<[u8; 2]> {
            let bytes: [u8; 2] = part.as_bytes().try_into().ok()?;
            bytes.iter().all(u8::is_ascii_alphabetic).then_some(bytes)
        };
        let (code, region) = match text.split_once(['-', '_']) {
            Some((code, region)) => (code, Some(region)),
            None => (text, None),
        };
        let code = two(code).ok_or_else(|| error.clone())?.map(|b| b.to_ascii_lowercase());
        let region = match region {
            Some(region) => Some(two(region).ok_or(error)?.map(|b| b.to_ascii_uppercase())),
            None => None,
        };
        Ok(Self { code, region })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        match self.region() {
            Some(region) => write!(f, "-{region}"),
            None => Ok(()),
        }
    }
}

impl TryFrom<String> for Language {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.to_string()
    }
}
