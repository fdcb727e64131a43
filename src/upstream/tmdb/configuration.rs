//! Where TMDB's pictures are and in which sizes, from `/configuration`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::wire;
use crate::model::{IdError, ImageList};

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

/// The widths in which files can be had, ascending; `original` always can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ImageSizes {
    /// What is documented, by the kind of file.
    listed: HashMap<ImageList, Vec<u16>>,
    /// Every width that is documented for some kind: the host serves all kinds in all of them.
    all: Vec<u16>,
}

/// In wide use for every kind, whatever `/configuration` lists.
const ALWAYS: u16 = 1280;

impl Default for ImageSizes {
    /// Source: `/3/configuration`, the same since 2013.
    fn default() -> Self {
        Self::new([
            (ImageList::Posters, vec![92, 154, 185, 342, 500, 780]),
            (ImageList::SeasonPosters, vec![92, 154, 185, 342, 500, 780]),
            (ImageList::Backdrops, vec![300, 780, 1280]),
            (ImageList::Logos, vec![45, 92, 154, 185, 300, 500]),
            (ImageList::Stills, vec![92, 185, 300]),
        ])
    }
}

impl ImageSizes {
    fn new(listed: impl IntoIterator<Item = (ImageList, Vec<u16>)>) -> Self {
        let listed: HashMap<_, _> = listed.into_iter().collect();
        let mut all: Vec<u16> = listed.values().flatten().copied().chain([ALWAYS]).collect();
        all.sort_unstable();
        all.dedup();
        Self { listed, all }
    }

    /// The smallest width of any kind that is at least `needed` pixels, but for those that are `struck`
    /// off for this kind. The host enlarges nothing: where the original is narrower, that is what comes.
    pub(super) fn pick(&self, needed: u32, struck: impl Fn(u16) -> bool) -> TmdbSize {
        smallest(self.all.iter().copied().filter(|width| !struck(*width)), needed)
    }

    /// The smallest width that is documented for the kind.
    pub(super) fn pick_listed(&self, list: ImageList, needed: u32) -> TmdbSize {
        smallest(self.of(list).iter().copied(), needed)
    }

    /// Whether the width is documented for the kind.
    pub(super) fn lists(&self, list: ImageList, width: u16) -> bool {
        self.of(list).contains(&width)
    }

    fn of(&self, list: ImageList) -> &[u16] {
        self.listed.get(&list).map_or(&[], Vec::as_slice)
    }
}

fn smallest(mut ascending: impl Iterator<Item = u16>, needed: u32) -> TmdbSize {
    let wide_enough = ascending.find(|width| u32::from(*width) >= needed);
    wide_enough.map_or(TmdbSize::Original, TmdbSize::Width)
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
            sizes: ImageSizes::new(
                [
                    (ImageList::Posters, &images.poster_sizes),
                    (ImageList::SeasonPosters, &images.poster_sizes),
                    (ImageList::Backdrops, &images.backdrop_sizes),
                    (ImageList::Logos, &images.logo_sizes),
                    (ImageList::Stills, &images.still_sizes),
                ]
                .map(|(list, sizes)| (list, widths(sizes, default.of(list)))),
            ),
        }
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

fn widths(listed: &Value, default: &[u16]) -> Vec<u16> {
    let listed = listed.as_array().map(Vec::as_slice).unwrap_or_default();
    let parsed = listed.iter().filter_map(|size| size.as_str()?.parse().ok());
    let mut widths: Vec<u16> = parsed
        .filter_map(|size| match size {
            TmdbSize::Width(width) => Some(width),
            TmdbSize::Height(_) | TmdbSize::Original => None,
        })
        .collect();
    widths.sort_unstable();
    if widths.is_empty() { default.to_vec() } else { widths }
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
    fn the_smallest_width_of_any_kind_that_suffices_is_picked() {
        let sizes = ImageSizes::default();
        for (needed, size) in [
            (342, "w342"),
            (343, "w500"),
            (580, "w780"),
            (781, "w1280"),
            (1280, "w1280"),
            (1281, "original"),
        ] {
            assert_eq!(sizes.pick(needed, |_| false).to_string(), size);
        }
        assert_eq!(sizes.pick(1000, |width| width == 1280), TmdbSize::Original);
    }

    #[test]
    fn the_documented_widths_of_a_kind_are_the_fallback() {
        let sizes = ImageSizes::default();
        assert_eq!(sizes.pick_listed(ImageList::Posters, 781), TmdbSize::Original);
        assert_eq!(sizes.pick_listed(ImageList::Stills, 480), TmdbSize::Original);
        assert_eq!(sizes.pick_listed(ImageList::Backdrops, 781), TmdbSize::Width(1280));
        assert!(sizes.lists(ImageList::Logos, 500) && !sizes.lists(ImageList::Stills, 500));
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
        assert_eq!(odd.sizes.of(ImageList::Posters), [90, 900]);
        assert_eq!(odd.sizes.of(ImageList::Logos), built_in.sizes.of(ImageList::Logos));
        assert_eq!(odd.sizes.pick(800, |_| false), TmdbSize::Width(900));
        let other = read(r#"{"images":{"secure_base_url":"http://127.0.0.1:9/i/"}}"#);
        assert_eq!(other.base.as_str(), "http://127.0.0.1:9/i/");
    }

    proptest! {
        #[test]
        fn a_picked_size_is_never_too_small(needed in 0_u32..5000) {
            match ImageSizes::default().pick(needed, |_| false) {
                TmdbSize::Width(width) => prop_assert!(u32::from(width) >= needed),
                size => prop_assert_eq!(size, TmdbSize::Original),
            }
        }
    }
}
