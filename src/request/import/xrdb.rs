//! XRDB's parameters in our words. XRDB's own documentation is its README.

use super::{Collector, ImportError, ImportedAddress};
use crate::model::{ArtworkKind, RatingSource, Words};

/// XRDB's word for a family, in paths and before its parameters.
const FAMILIES: &[(&str, ArtworkKind)] = &[
    ("poster", ArtworkKind::Poster),
    ("backdrop", ArtworkKind::Backdrop),
    ("logo", ArtworkKind::Logo),
    ("thumbnail", ArtworkKind::Still),
];

/// Rating providers by XRDB's names where they are not ours.
const SOURCES: &[(&str, &str)] = &[
    ("tomatoes", "rt"),
    ("tomatoesaudience", "rta"),
    ("metacritic", "mc"),
    ("letterboxd", "lb"),
    ("myanimelist", "mal"),
    ("rogerebert", "ebert"),
];

/// A parameter without its family, one of its values, and what we call it.
type XrdbParameter = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ROWS: &[XrdbParameter] = &[
    ("ratingStyle", "glass", &[("badge_shape", "p"), ("badge_background", "t")]),
    ("ratingStyle", "square", &[("badge_shape", "r"), ("badge_background", "k")]),
    ("ratingStyle", "plain", &[("badge_background", "n")]),
    ("ratingStyle", "stacked", &[("badge_style", "v")]),
    ("ratingsLayout", "top", &[("position", "tc")]),
    ("ratingsLayout", "bottom", &[("position", "bc")]),
    ("ratingsLayout", "left", &[("position", "l")]),
    ("ratingsLayout", "right", &[("position", "r")]),
    ("ratingsLayout", "right vertical", &[("position", "r"), ("direction", "v")]),
    ("ratingsLayout", "top bottom", &[("position", "bc"), ("split", "true")]),
    ("ratingsLayout", "left right", &[("position", "l"), ("split", "true")]),
    ("imageText", "original", &[("textless", "false")]),
    ("imageText", "clean", &[("textless", "true")]),
    ("imageText", "textless", &[("textless", "true")]),
    ("artworkSource", "tmdb", &[("image_source", "t")]),
    ("artworkSource", "fanart", &[("image_source", "f")]),
    ("imageSize", "normal", &[("imageSize", "medium")]),
    ("imageSize", "large", &[("imageSize", "large")]),
    ("imageSize", "4k", &[("imageSize", "very-large")]),
    ("ratingPresentation", "none", &[("ratings_limit", "0")]),
];

pub(super) fn read(
    family: &str,
    id: &str,
    query: &[(String, String)],
) -> Result<ImportedAddress, ImportError> {
    let known = FAMILIES.iter().find(|(word, _)| *word == family);
    let (word, kind) = *known.ok_or(ImportError)?;
    let mut collector = Collector::new(kind);
    for (name, value) in query {
        take(&mut collector, word, name, value);
    }
    let id_type = match id {
        id if id.starts_with("tt") => "imdb",
        id if id.starts_with("tmdb") => "tmdb",
        _ => "auto",
    };
    Ok(collector.finish("xrdb", &format!("{id_type}/{}-default/{id}", kind.family())))
}

fn take(collector: &mut Collector, family: &str, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    // `posterRatingStyle` wins over `ratingStyle` in XRDB, too: it is written after it.
    let bare = name.strip_prefix(family).map_or(name.to_owned(), lower_first);
    let rows = ROWS.iter().filter(|(row, ..)| *row == bare);
    match bare.as_str() {
        "ratings" | "order" | "ratingOrder" => sources(collector, value),
        "ratingBadgeScale" => match badge_size(value) {
            Some(size) => collector.take("badge_size", size),
            None => collector.lack(name),
        },
        "ratingsMax" | "ratingsMaxPerSide" => {
            let limit = value.parse::<u32>().map(|limit| limit.min(10));
            match limit {
                Ok(limit) => collector.take("ratings_limit", &limit.to_string()),
                Err(_) => collector.lack(name),
            }
        }
        _ if rows.clone().next().is_some() => {
            let mut rows = rows;
            match rows.find(|(_, word, _)| word.eq_ignore_ascii_case(value)) {
                // `clean` of a family that has no lettering says nothing new.
                Some((_, _, options)) => options.iter().for_each(|(option, value)| {
                    collector.set(option, value);
                }),
                None => collector.lack(name),
            }
        }
        _ => collector.take(name, value),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// XRDB shows the sources that are listed and no others.
fn sources(collector: &mut Collector, value: &str) {
    let mut keys = Vec::new();
    for member in value.split(',').map(str::trim).filter(|member| !member.is_empty()) {
        let ours = SOURCES.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(member));
        let ours = ours.map_or(member, |(_, ours)| *ours);
        match RatingSource::from_word(ours) {
            Some(source) => keys.push(source.key()),
            None if member.eq_ignore_ascii_case("all") => {}
            None => collector.lack(member),
        }
    }
    if !keys.is_empty() {
        collector.take("ratings_order", &keys.join(","));
        collector.take("ratings_limit", &keys.len().min(10).to_string());
    }
}

/// XRDB's scale is 70 to 200 per cent.
fn badge_size(value: &str) -> Option<&'static str> {
    let scale: f32 = value.parse().ok()?;
    Some(match scale {
        scale if scale < 63.0 => "xs",
        scale if scale < 88.0 => "s",
        scale if scale < 113.0 => "m",
        scale if scale < 138.0 => "l",
        _ => "xl",
    })
}
