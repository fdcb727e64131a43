//! The style segment: `{family}-{variant}` and everything clients write instead.

use super::beyond;
use super::options::OptionsPatch;
use crate::model::{ArtworkKind, NamedLook, RatingSource, Words};

/// Longest profile name, in bytes.
const MAX_NAME: usize = 64;

/// Looks that show the sources they are named after, and nothing else.
const LISTING: &[(&str, &[RatingSource])] = &[
    (
        "rt",
        &[RatingSource::Imdb, RatingSource::RottenTomatoes, RatingSource::RottenTomatoesAudience],
    ),
    ("mc", &[RatingSource::Imdb, RatingSource::Metacritic]),
];

/// Words for the default look.
const DEFAULTS: &[&str] = &["default", "order", ""];

/// What follows the family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variant {
    /// A look of ours.
    BuiltIn,
    /// A name that no built-in look has: a saved profile, if there is one.
    Profile(String),
}

/// A style segment, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    pub kind: ArtworkKind,
    pub variant: Variant,
    /// What family and variant set, below the query.
    pub patch: OptionsPatch,
}

/// Why a style names no look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StyleError {
    #[error("no profile of that name")]
    UnknownProfile,
    #[error("a style is a family and a variant, such as poster-default")]
    Malformed,
}

impl Style {
    /// Reads the path segment, percent-decoded; families in any case.
    pub fn parse(text: &str) -> Result<Self, StyleError> {
        let well_formed = (1..=MAX_NAME).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !well_formed {
            return Err(StyleError::Malformed);
        }
        if text.eq_ignore_ascii_case("default") {
            return Ok(Self::of(ArtworkKind::ALL[0], text, text));
        }
        let (family, variant) = text.split_once('-').unwrap_or((text, "default"));
        let kind = ArtworkKind::from_word(family).ok_or(StyleError::UnknownProfile)?;
        Ok(Self::of(kind, family, variant))
    }

    fn of(kind: ArtworkKind, family: &str, variant: &str) -> Self {
        let mut patch = OptionsPatch::default();
        if kind.row().textless_word.is_some_and(|word| word.eq_ignore_ascii_case(family)) {
            patch.textless = Some(true);
        }
        let is = |word: &str| word.eq_ignore_ascii_case(variant);
        if let Some((_, sources)) = LISTING.iter().find(|(word, _)| is(word)) {
            patch.ratings_order = Some(sources.to_vec());
            patch.ratings_only = Some(true);
            patch.ratings_limit = Some(sources.len() as u8);
        } else if let Some(look) = NamedLook::from_word(variant) {
            patch.named_look = Some(look);
        } else if is("certs") {
            patch.beyond = beyond::certificate_only();
        } else if !DEFAULTS.iter().any(|word| is(word)) {
            return Self { kind, variant: Variant::Profile(variant.to_owned()), patch };
        }
        Self { kind, variant: Variant::BuiltIn, patch }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_alias_names_its_family() {
        for (text, kind) in [
            ("poster-default", ArtworkKind::Poster),
            ("Poster", ArtworkKind::Poster),
            ("default", ArtworkKind::Poster),
            ("rating-order", ArtworkKind::Poster),
            ("landscape-default", ArtworkKind::Backdrop),
            ("fanart", ArtworkKind::Backdrop),
            ("clearlogo-default", ArtworkKind::Logo),
            ("thumbnail-default", ArtworkKind::Still),
            ("still", ArtworkKind::Still),
        ] {
            let style = Style::parse(text).unwrap();
            assert_eq!((style.kind, style.variant), (kind, Variant::BuiltIn), "{text}");
        }
        assert_eq!(Style::parse("textless-default").unwrap().patch.textless, Some(true));
    }

    #[test]
    fn a_variant_that_lists_sources_shows_only_those() {
        let patch = Style::parse("poster-mc").unwrap().patch;
        assert_eq!(patch.ratings_order, Some(vec![RatingSource::Imdb, RatingSource::Metacritic]));
        assert_eq!((patch.ratings_only, patch.ratings_limit), (Some(true), Some(2)));
    }

    #[test]
    fn other_words_are_profiles() {
        let clean = Style::parse("poster-clean").unwrap();
        assert_eq!(clean.variant, Variant::Profile("clean".into()));
        assert_eq!(Style::parse("fancy"), Err(StyleError::UnknownProfile));
        assert_eq!(Style::parse("poster/../x"), Err(StyleError::Malformed));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,80}") {
            let _ = Style::parse(&text);
        }
    }
}
