//! The style segment: `{family}-{variant}` and everything clients write instead.

use super::beyond;
use super::options::OptionsPatch;
use super::profile::Profiles;
use crate::model::{ArtworkKind, NamedLook, RatingSource, Words};

/// Longest style, in bytes: a family's word and the longest profile name.
const MAX_STYLE: usize = 64;

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

/// The word for the certificate and nothing else beyond the default look.
const CERTIFICATES: &str = "certs";

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
    /// Reads the path segment, percent-decoded; families and profiles in any case. A profile's
    /// bare name is its first family.
    pub fn parse(text: &str, profiles: &Profiles) -> Result<Self, StyleError> {
        let well_formed = (1..=MAX_STYLE).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !well_formed {
            return Err(StyleError::Malformed);
        }
        if text.eq_ignore_ascii_case("default") {
            return Ok(Self::of(ArtworkKind::ALL[0], text, text));
        }
        let (family, variant) = text.split_once('-').unwrap_or((text, "default"));
        if let Some(kind) = ArtworkKind::from_word(family) {
            // A look that came later than a profile of its name gives way to it.
            return Ok(match profiles.find(variant) {
                None => Self::of(kind, family, variant),
                Some(_) => Self {
                    variant: Variant::Profile(variant.to_owned()),
                    ..Self::of(kind, family, DEFAULTS[0])
                },
            });
        }
        let first = profiles.find(text).and_then(|profile| profile.families().next());
        let kind = first.ok_or(StyleError::UnknownProfile)?;
        let variant = Variant::Profile(text.to_owned());
        Ok(Self { kind, variant, patch: OptionsPatch::default() })
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
            patch.look = Some(look);
        } else if is(CERTIFICATES) {
            patch.beyond = beyond::certificate_only();
        } else if !DEFAULTS.iter().any(|word| is(word)) {
            return Self { kind, variant: Variant::Profile(variant.to_owned()), patch };
        }
        Self { kind, variant: Variant::BuiltIn, patch }
    }
}

/// Whether a word of an address means something else than a profile.
pub(super) fn is_reserved(word: &str) -> bool {
    let listing = LISTING.iter().map(|(word, _)| word);
    ArtworkKind::from_word(word).is_some()
        || NamedLook::from_word(word).is_some()
        || DEFAULTS.iter().chain([&CERTIFICATES]).chain(listing).any(|known| *known == word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Style, StyleError> {
        Style::parse(text, &Profiles::default())
    }

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
            let style = parse(text).unwrap();
            assert_eq!((style.kind, style.variant), (kind, Variant::BuiltIn), "{text}");
        }
        assert_eq!(parse("textless-default").unwrap().patch.textless, Some(true));
    }

    #[test]
    fn a_variant_that_lists_sources_shows_only_those() {
        let patch = parse("poster-mc").unwrap().patch;
        assert_eq!(patch.ratings_order, Some(vec![RatingSource::Imdb, RatingSource::Metacritic]));
        assert_eq!((patch.ratings_only, patch.ratings_limit), (Some(true), Some(2)));
    }

    #[test]
    fn a_named_look_is_a_variant() {
        let style = parse("backdrop-Glass").unwrap();
        assert_eq!((style.variant, style.patch.look), (Variant::BuiltIn, Some(NamedLook::Glass)));
    }

    #[test]
    fn other_words_are_profiles() {
        let clean = parse("poster-clean").unwrap();
        assert_eq!(clean.variant, Variant::Profile("clean".into()));
        assert_eq!(parse("fancy"), Err(StyleError::UnknownProfile));
        assert_eq!(parse("poster/../x"), Err(StyleError::Malformed));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,80}") {
            let _ = parse(&text);
        }
    }
}
