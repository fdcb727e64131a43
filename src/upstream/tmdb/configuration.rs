//! Where TMDB's pictures are and in which sizes, from `/configuration`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::wire;
use crate::model::{ArtworkKind, IdError, ImageList};

/// A size of TMDB's, as it stands in an image's path: `w780`, `h632`, `original`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TmdbSize {
    /// Pixels of width.
    Width(u16),
    /// Pixels of height.
    Height(u16),
    Original,
}

impl FromStr for TmdbSize {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError { expected: "a size (`w780`, `h632`, `original`)" };
        let pixels = |digits: &str| -> Option<u16> {
            let plain = digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse().ok().filter(|n| plain && *n > 0)
        };
        match text.split_at_checked(1) {
            _ if text == "original" => Some(Self::Original),
            Some(("w", digits)) => pixels(digits).map(Self::Width),
            Some(("h", digits)) => pixels(digits).map(Self::Height),
            _ => None,
        }
        .ok_or(error)
    }
}

impl fmt::Display for TmdbSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Width(pixels) => write!(f, "w{pixels}"),
            Self::Height(pixels) => write!(f, "h{pixels}"),
            Self::Original => f.write_str("original"),
        }
    }
}

impl TryFrom<String> for TmdbSize {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<TmdbSize> for String {
    fn from(size: TmdbSize) -> Self {
        size.to_string()
    }
}

/// The widths in which each kind can be had, ascending; `original` always can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageSizes {
    poster: Vec<u16>,
    backdrop: Vec<u16>,
    logo: Vec<u16>,
    still: Vec<u16>,
}

impl Default for ImageSizes {
    /// Source: `/3/configuration`, the same since 2013.
    fn default() -> Self {
        Self {
            poster: vec![92, 154, 185, 342, 500, 780],
            backdrop: vec![300, 780, 1280],
            logo: vec![45, 92, 154, 185, 300, 500],
            still: vec![92, 185, 300],
        }
    }
}

impl ImageSizes {
    /// The smallest size at least `needed_width` pixels wide.
    ///
    /// `original` where no listed size is wide enough, or where the original itself
    /// is narrower than the size that would be picked.
    pub fn pick(
        &self,
        kind: ArtworkKind,
        needed_width: u32,
        original_width: Option<u32>,
    ) -> TmdbSize {
        let widths = match kind.row().images {
            ImageList::Posters => &self.poster,
            ImageList::Backdrops => &self.backdrop,
            ImageList::Logos => &self.logo,
            ImageList::Stills => &self.still,
        };
        // Hosts that do not say send 0.
        let original = original_width.filter(|width| *width > 0).unwrap_or(u32::MAX);
        let wide_enough = widths.iter().find(|width| u32::from(**width) >= needed_width);
        match wide_enough {
            Some(width) if u32::from(*width) <= original => TmdbSize::Width(*width),
            _ => TmdbSize::Original,
        }
    }
}

/// What `/configuration` says of pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ImageConfiguration {
    /// Without the size: `https://image.tmdb.org/t/p`.
    pub(super) base: Url,
    pub(super) sizes: ImageSizes,
}

impl ImageConfiguration {
    /// The built-in one, for when TMDB's cannot be read.
    pub(super) fn built_in() -> Self {
        // A constant, parsed by every test of this module.
        #[expect(clippy::unwrap_used)]
        let base = "https://image.tmdb.org/t/p".parse().unwrap();
        Self { base, sizes: ImageSizes::default() }
    }

    /// Takes what is usable and keeps the built-in of the rest.
    pub(super) fn from_wire(wire: &wire::Configuration) -> Self {
        let built_in = Self::built_in();
        let Some(images) = &wire.images.0 else {
            return built_in;
        };
        let named = images.secure_base_url.text().or(images.base_url.text());
        let base = named.and_then(|text| text.parse().ok()).filter(is_web);
        let default = built_in.sizes;
        Self {
            base: base.unwrap_or(built_in.base),
            sizes: ImageSizes {
                poster: widths(&images.poster_sizes, default.poster),
                backdrop: widths(&images.backdrop_sizes, default.backdrop),
                logo: widths(&images.logo_sizes, default.logo),
                still: widths(&images.still_sizes, default.still),
            },
        }
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

fn widths(listed: &Value, default: Vec<u16>) -> Vec<u16> {
    let listed = listed.as_array().map(Vec::as_slice).unwrap_or_default();
    let parsed = listed.iter().filter_map(|size| size.as_str()?.parse().ok());
    let mut widths: Vec<u16> = parsed
        .filter_map(|size| match size {
            TmdbSize::Width(width) => Some(width),
            TmdbSize::Height(_) | TmdbSize::Original => None,
        })
        .collect();
    widths.sort_unstable();
    if widths.is_empty() { default } else { widths }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_written_as_they_are_read() {
        for text in ["w92", "w780", "h632", "original"] {
            assert_eq!(text.parse::<TmdbSize>().unwrap().to_string(), text);
        }
        for text in ["", "w", "w0", "w+5", "x780", "780", "Original", "w99999", "é1"] {
            assert!(text.parse::<TmdbSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_smallest_size_wide_enough_is_picked() {
        let sizes = ImageSizes::default();
        let pick = |kind, needed, original| sizes.pick(kind, needed, original).to_string();
        assert_eq!(pick(ArtworkKind::Poster, 342, None), "w342");
        assert_eq!(pick(ArtworkKind::Poster, 343, Some(2000)), "w500");
        assert_eq!(pick(ArtworkKind::Poster, 580, Some(780)), "w780");
        assert_eq!(pick(ArtworkKind::Poster, 580, Some(600)), "original");
        assert_eq!(pick(ArtworkKind::Poster, 781, None), "original");
        assert_eq!(pick(ArtworkKind::Backdrop, 1920, Some(3840)), "original");
        assert_eq!(pick(ArtworkKind::Still, 300, Some(0)), "w300");
    }

    #[test]
    fn a_strange_configuration_keeps_the_built_in_parts() {
        let read = |json: &str| {
            ImageConfiguration::from_wire(&serde_json::from_str(json).unwrap_or_default())
        };
        let built_in = ImageConfiguration::built_in();
        for json in ["{}", r#"{"images":null}"#, r#"{"images":{"poster_sizes":"w1"}}"#, "[]"] {
            assert_eq!(read(json), built_in, "{json}");
        }
        let odd = read(
            r#"{"images":{"secure_base_url":"ftp://x/","poster_sizes":[null,"w900","h5","w90",7]}}"#,
        );
        assert_eq!(odd.base, built_in.base);
        assert_eq!(odd.sizes.poster, [90, 900]);
        assert_eq!(odd.sizes.logo, built_in.sizes.logo);
        let other = read(r#"{"images":{"secure_base_url":"http://127.0.0.1:9/i/"}}"#);
        assert_eq!(other.base.as_str(), "http://127.0.0.1:9/i/");
    }

    proptest! {
        #[test]
        fn a_picked_size_is_never_too_small(needed in 0_u32..5000, original in 0_u32..6000) {
            match ImageSizes::default().pick(ArtworkKind::Poster, needed, Some(original)) {
                TmdbSize::Width(width) => prop_assert!(u32::from(width) >= needed),
                size => prop_assert_eq!(size, TmdbSize::Original),
            }
        }
    }
}
