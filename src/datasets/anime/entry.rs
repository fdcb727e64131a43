//! One entry of the anime map, in all shapes the list has had.
//!
//! Since 2025: `"imdb_id": ["tt1"]`, `"themoviedb_id": {"tv": 1}` or `{"movie": [1, 2]}`,
//! `"tvdb_id": 1`, `"season": {"tvdb": 1, "tmdb": 1}`, `"episode_offset": {"tvdb": 12}`.
//! Before: `"imdb_id": "tt1,tt2"`, `"themoviedb_id": 1` or `"1,2"`, `"thetvdb_id": 1`, and
//! words such as `"unknown"` where an id should be.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

use crate::model::ImdbId;

/// What kind of release an entry is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AnimeKind {
    Tv,
    Movie,
    Ova,
    Ona,
    Special,
    #[default]
    Unknown,
}

impl AnimeKind {
    fn named(name: &str) -> Self {
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        match () {
            () if is("tv") => Self::Tv,
            () if is("movie") => Self::Movie,
            () if is("ova") => Self::Ova,
            () if is("ona") => Self::Ona,
            () if is("special") => Self::Special,
            () => Self::Unknown,
        }
    }
}

/// An entry as written; nothing is decided yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DeriveDeserialize)]
#[serde(default)]
pub(super) struct LooseAnime {
    pub(super) mal_id: AnyJson,
    pub(super) kitsu_id: AnyJson,
    pub(super) anilist_id: AnyJson,
    pub(super) anidb_id: AnyJson,
    pub(super) imdb_id: AnyJson,
    pub(super) themoviedb_id: AnyJson,
    pub(super) tmdb_id: AnyJson,
    pub(super) tvdb_id: AnyJson,
    pub(super) thetvdb_id: AnyJson,
    pub(super) season: AnyJson,
    pub(super) episode_offset: AnyJson,
    #[serde(rename = "type")]
    pub(super) kind: AnyJson,
}

/// Any JSON value, of which only what an id or a season may look like is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AnyJson {
    /// A number, or the first of a text or list of numbers.
    pub(super) number: Option<i64>,
    /// The first that reads `tt…`.
    pub(super) imdb: Option<ImdbId>,
    pub(super) kind: AnimeKind,
    pub(super) tv: Option<i64>,
    pub(super) movie: Option<i64>,
    pub(super) tvdb: Option<i64>,
    pub(super) tmdb: Option<i64>,
}

impl AnyJson {
    /// An id: above 0.
    pub(super) fn id(self) -> Option<u32> {
        positive(self.number)
    }

    fn number(number: Option<i64>) -> Self {
        Self { number, ..Self::default() }
    }

    fn text(text: &str) -> Self {
        let mut parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        let imdb = parts.clone().find(|part| part.starts_with("tt"));
        Self {
            number: parts.next().and_then(|first| first.parse().ok()),
            imdb: imdb.and_then(|part| part.parse().ok()),
            kind: AnimeKind::named(text),
            ..Self::default()
        }
    }

    fn is_something(self) -> bool {
        self.number.is_some() || self.imdb.is_some()
    }
}

/// A number as an id.
pub(super) fn positive(number: Option<i64>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok()).filter(|&number| number > 0)
}

impl<'de> Deserialize<'de> for AnyJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJsonVisitor)
    }
}

struct AnyJsonVisitor;

impl<'de> Visitor<'de> for AnyJsonVisitor {
    type Value = AnyJson;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, _: bool) -> Result<AnyJson, E> {
        Ok(AnyJson::default())
    }

    fn visit_unit<E>(self) -> Result<AnyJson, E> {
        Ok(AnyJson::default())
    }

    fn visit_i64<E>(self, number: i64) -> Result<AnyJson, E> {
        Ok(AnyJson::number(Some(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<AnyJson, E> {
        Ok(AnyJson::number(i64::try_from(number).ok()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<AnyJson, E> {
        Ok(AnyJson::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<AnyJson, E> {
        Ok(AnyJson::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AnyJson, A::Error> {
        let mut first = AnyJson::default();
        while let Some(element) = list.next_element::<AnyJson>()? {
            if !first.is_something() {
                first = element;
            }
        }
        Ok(first)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AnyJson, A::Error> {
        let mut loose = AnyJson::default();
        while let Some(service) = map.next_key::<AnimeService>()? {
            let slot = match service {
                AnimeService::Tv => &mut loose.tv,
                AnimeService::Movie => &mut loose.movie,
                AnimeService::Tvdb => &mut loose.tvdb,
                AnimeService::Tmdb => &mut loose.tmdb,
                AnimeService::Other => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = map.next_value::<AnyJson>()?.number;
        }
        Ok(loose)
    }
}

#[derive(DeriveDeserialize)]
#[serde(rename_all = "lowercase")]
enum AnimeService {
    Tv,
    Movie,
    Tvdb,
    Tmdb,
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn loose(json: &str) -> AnyJson {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn ids_are_read_in_every_shape() {
        for json in ["7442", "\"7442\"", "\"7442,12\"", "[7442]", "[\"x\", 7442, 3]"] {
            assert_eq!(loose(json).id(), Some(7442), "{json}");
        }
        for json in
            ["0", "-1", "1.5", "\"unknown\"", "\"\"", "null", "true", "[]", "{}", "99999999999"]
        {
            assert_eq!(loose(json).id(), None, "{json}");
        }
    }

    #[test]
    fn imdb_ids_are_read_in_every_shape() {
        for json in [
            "\"tt0286390\"",
            "[\"tt0286390\", \"tt2\"]",
            "\"tt0286390,tt2\"",
            "[\"unknown\", \"tt0286390\"]",
        ] {
            assert_eq!(loose(json).imdb.map(ImdbId::number), Some(286_390), "{json}");
        }
        for json in ["\"unknown\"", "[]", "286390", "\"tt\"", "null"] {
            assert_eq!(loose(json).imdb, None, "{json}");
        }
    }

    #[test]
    fn films_and_series_of_tmdb_are_told_apart() {
        let both = loose(r#"{"tv": 8864, "movie": [128, 129], "extra": {"x": [1]}}"#);
        assert_eq!((both.tv, both.movie), (Some(8864), Some(128)));
        assert_eq!(loose("26209").number, Some(26_209));
    }

    #[test]
    fn a_whole_entry_is_read_and_unknown_keys_are_passed_over() {
        let entry: LooseAnime = serde_json::from_str(
            r#"{"type": "TV", "anime-planet_id": 1, "kitsu_id": 7442, "imdb_id": ["tt2560140"],
                "themoviedb_id": {"tv": 1429}, "tvdb_id": 267440, "season": {"tvdb": 1, "tmdb": 1}}"#,
        )
        .unwrap();
        assert_eq!(entry.kitsu_id.id(), Some(7442));
        assert_eq!(entry.tvdb_id.id(), Some(267_440));
        assert_eq!(entry.season.tmdb, Some(1));
        assert_eq!(entry.kind.kind, AnimeKind::Tv);
        assert_eq!(entry.mal_id, AnyJson::default());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = serde_json::from_slice::<LooseAnime>(&bytes);
        }

        #[test]
        fn any_number_and_any_text_is_a_value(number in any::<i64>(), text in any::<String>()) {
            prop_assert_eq!(loose(&number.to_string()).number, Some(number));
            let _ = loose(&serde_json::to_string(&text).unwrap());
        }
    }
}
