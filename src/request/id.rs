//! The id of a path, in every spelling that clients use.

use std::str::FromStr;

use crate::model::{
    AnimeDb, AnimeId, EpisodeNumber, ExternalId, MediaType, PictureOf, TitleId, TmdbId, Words,
};

/// Longest id that is looked at, in bytes.
const MAX_ID: usize = 96;

/// `movie-`, `tmdb:`, `anime-` … : more than this many words before a number is no id.
const MAX_PREFIXES: usize = 4;

/// One kind of id that an address may hold.
#[derive(Debug)]
struct IdTypeRow {
    /// In the path's first segment and before the id itself; the first is ours.
    words: &'static [&'static str],
    /// Reads what stands behind the words.
    read: fn(&str) -> Result<ExternalId, IdRefusal>,
}

/// Every type of id, in the order of the docs.
static ID_TYPES: [IdTypeRow; 8] = [
    IdTypeRow { words: &["imdb"], read: |raw| of_service(raw, ExternalId::Imdb) },
    IdTypeRow { words: &[TMDB], read: |raw| of_service(raw, ExternalId::Tmdb) },
    IdTypeRow { words: &["tvdb", "thetvdb"], read: |raw| of_service(raw, ExternalId::Tvdb) },
    IdTypeRow { words: &[AnimeDb::Mal.name()], read: |raw| of_anime(raw, AnimeDb::Mal) },
    IdTypeRow { words: &[AnimeDb::Kitsu.name()], read: |raw| of_anime(raw, AnimeDb::Kitsu) },
    IdTypeRow { words: &[AnimeDb::Anilist.name()], read: |raw| of_anime(raw, AnimeDb::Anilist) },
    IdTypeRow { words: &[AnimeDb::Anidb.name()], read: |raw| of_anime(raw, AnimeDb::Anidb) },
    // Ids that name themselves: `tt…`, `tmdb:…`, `kitsu:…`.
    IdTypeRow { words: &[AUTO], read: |_| Err(IdRefusal::Nameless) },
];

const AUTO: &str = "auto";
const TMDB: &str = "tmdb";

fn of_service<T: FromStr>(raw: &str, id: fn(T) -> ExternalId) -> Result<ExternalId, IdRefusal> {
    raw.parse().map(id).map_err(|_| IdRefusal::Malformed)
}

fn of_anime(raw: &str, db: AnimeDb) -> Result<ExternalId, IdRefusal> {
    // Their numbers have the form of TMDB's.
    let number = raw.parse::<TmdbId>().map_err(|_| IdRefusal::Malformed)?.number();
    Ok(ExternalId::Anime(AnimeId { db, number }))
}

/// The path's first segment: whose ids the third one holds.
#[derive(Clone, Copy, Debug)]
pub struct IdType(&'static IdTypeRow);

impl IdType {
    /// Our words for all types, in the order of the docs.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ID_TYPES.iter().map(|row| row.words[0])
    }

    /// Reads the path segment, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        let has = |row: &&IdTypeRow| row.words.iter().any(|own| own.eq_ignore_ascii_case(word));
        ID_TYPES.iter().find(has).map(Self)
    }

    /// Reads a word before an id.
    fn from_prefix(word: &str) -> Option<Self> {
        Self::from_word(word).filter(|id_type| id_type.0.words[0] != AUTO)
    }

    fn imdb() -> Self {
        Self(&ID_TYPES[0])
    }
}

/// Before an id they say that the number is a series', followed by its season or its episode.
const PARTS_OF_SERIES: [&str; 2] = ["season", "episode"];

/// Before a number of TMDB's it says that it is a collection's.
const COLLECTION: &str = "collection";

/// Why a text names no title. All of these are answered 404 without asking anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdRefusal {
    #[error("the id is empty or was never filled in")]
    Unfilled,
    #[error("the id is not of a form we know")]
    Malformed,
    #[error("the id does not say whose it is")]
    Nameless,
}

/// What the words before the number say.
#[derive(Default)]
struct Prefixes {
    media: Option<MediaType>,
    id_type: Option<IdType>,
    is_collection: bool,
}

/// Reads an id that says itself whose it is, as the id type `auto` does.
///
/// # Errors
/// It is no id.
pub fn parse_title(text: &str) -> Result<TitleId, IdRefusal> {
    parse(IdType(&ID_TYPES[ID_TYPES.len() - 1]), text, PictureOf::Title)
}

/// What is named after an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartOfTitle {
    /// `-S2`.
    Season(u16),
    /// `-S2E5`, `:2:5`.
    Episode(EpisodeNumber),
    /// `:2`: a season of a series, or an episode of an anime, by what is pictured.
    Number(u16),
}

/// Reads `text`, percent-decoded and without extension, as an id of `id_type` of which a picture `of` something is wanted.
pub(super) fn parse(id_type: IdType, text: &str, of: PictureOf) -> Result<TitleId, IdRefusal> {
    if text.contains(['{', '}']) || text.is_empty() {
        return Err(IdRefusal::Unfilled);
    }
    if text.len() > MAX_ID || !text.is_ascii() {
        return Err(IdRefusal::Malformed);
    }
    let (prefixes, rest) = strip_prefixes(text)?;
    let (raw, part) = split_part(rest)?;
    if raw.is_empty() {
        return Err(IdRefusal::Unfilled);
    }
    if prefixes.is_collection {
        let id_type = prefixes.id_type.unwrap_or(id_type);
        return collection(id_type, raw, (part, of));
    }
    let named = prefixes.id_type.or_else(|| looks_like_imdb(raw).then(IdType::imdb));
    let external = (named.unwrap_or(id_type).0.read)(raw)?;
    let (season, episode) = match (part, of) {
        (None, _) | (Some(PartOfTitle::Season(_)), PictureOf::Title | PictureOf::Episode) => {
            (None, None)
        }
        (Some(PartOfTitle::Season(season) | PartOfTitle::Number(season)), PictureOf::Season) => {
            (Some(season), None)
        }
        (Some(PartOfTitle::Episode(number)), PictureOf::Season) => (Some(number.season), None),
        (Some(PartOfTitle::Episode(number)), _) => (None, Some(number)),
        (Some(PartOfTitle::Number(episode)), _) => {
            (None, Some(EpisodeNumber { season: 1, episode }))
        }
    };
    // Only a series has seasons and episodes, whatever the words say.
    let is_number_of_series = of == PictureOf::Season && matches!(external, ExternalId::Tmdb(_));
    let media = match part {
        Some(_) => Some(MediaType::Series),
        None if is_number_of_series => prefixes.media.or(Some(MediaType::Series)),
        None => prefixes.media,
    };
    Ok(TitleId { external, media, episode, season })
}

/// A collection has no parts, and no other service numbers it.
fn collection(
    id_type: IdType,
    raw: &str,
    (part, of): (Option<PartOfTitle>, PictureOf),
) -> Result<TitleId, IdRefusal> {
    let is_numbered_so = [TMDB, AUTO].contains(&id_type.0.words[0]);
    if part.is_some() || of != PictureOf::Title || !is_numbered_so {
        return Err(IdRefusal::Malformed);
    }
    of_service(raw, ExternalId::Collection).map(TitleId::new)
}

fn looks_like_imdb(raw: &str) -> bool {
    raw.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("tt"))
}

/// Takes off `movie-`, `tmdb:`, `anime-` and the like. Words that name neither
/// a type nor a service count as none.
fn strip_prefixes(text: &str) -> Result<(Prefixes, &str), IdRefusal> {
    let mut found = Prefixes::default();
    let mut rest = text;
    for _ in 0..=MAX_PREFIXES {
        let word_end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        if word.is_empty() {
            return Ok((found, rest));
        }
        let Some(after) = after.strip_prefix(['-', ':']) else {
            return Ok((found, rest));
        };
        found.is_collection |= word.eq_ignore_ascii_case(COLLECTION);
        let media = match PARTS_OF_SERIES.iter().any(|part| word.eq_ignore_ascii_case(part)) {
            true => Some(MediaType::Series),
            false => MediaType::from_word(word),
        };
        match media {
            Some(media) => found.media = Some(media),
            None => found.id_type = IdType::from_prefix(word).or(found.id_type),
        }
        rest = after;
    }
    Err(IdRefusal::Malformed)
}

/// Splits `1396:1:2`, `tt0903747-S1E2`, `1396-S2` and `7442:2`.
fn split_part(text: &str) -> Result<(&str, Option<PartOfTitle>), IdRefusal> {
    let Some(at) = text.find(['-', ':']) else {
        return Ok((text, None));
    };
    let (raw, suffix) = (&text[..at], &text[at + 1..]);
    let number = |digits: &str| -> Option<u16> {
        let plain = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    let episode = |(season, episode): (&str, &str)| {
        Some(PartOfTitle::Episode(EpisodeNumber {
            season: number(season)?,
            episode: number(episode)?,
        }))
    };
    let part = match suffix.strip_prefix(['s', 'S']) {
        Some(numbers) => match numbers.split_once(['e', 'E']) {
            Some(numbers) => episode(numbers),
            None => number(numbers).map(PartOfTitle::Season),
        },
        None => match suffix.split_once([':', '-']) {
            Some(numbers) => episode(numbers),
            None => number(suffix).map(PartOfTitle::Number),
        },
    };
    match part {
        Some(part) => Ok((raw, Some(part))),
        None if suffix.is_empty() => Err(IdRefusal::Unfilled),
        None => Err(IdRefusal::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::ImdbId;

    fn read(id_type: &str, text: &str) -> Result<String, IdRefusal> {
        read_of(id_type, text, PictureOf::Title)
    }

    fn read_of(id_type: &str, text: &str, of: PictureOf) -> Result<String, IdRefusal> {
        parse(IdType::from_word(id_type).unwrap(), text, of).map(|id| {
            let media = id.media.map_or("", MediaType::tmdb_path);
            format!("{id} {media}").trim_end().to_owned()
        })
    }

    #[test]
    fn every_spelling_of_the_contract_is_understood() {
        for (id_type, text, expected) in [
            ("imdb", "tt0903747", "tt0903747"),
            ("imdb", "0903747", "tt0903747"),
            ("imdb", "TT0903747", "tt0903747"),
            ("imdb", "tt0903747:1:1", "tt0903747:1:1 tv"),
            ("imdb", "episode-tt0903747-S1E1", "tt0903747:1:1 tv"),
            ("imdb", "movie-tt0133093", "tt0133093 movie"),
            ("tmdb", "movie-603", "tmdb:movie:603 movie"),
            ("tmdb", "movies-603", "tmdb:movie:603 movie"),
            ("tmdb", "tv-1396", "tmdb:tv:1396 tv"),
            ("tmdb", "series-1396", "tmdb:tv:1396 tv"),
            ("tmdb", "show-1396", "tmdb:tv:1396 tv"),
            ("tmdb", "tmdb:603", "tmdb:603"),
            ("tmdb", "tmdb:movie:603", "tmdb:movie:603 movie"),
            ("tmdb", "tmdb:tv:1396", "tmdb:tv:1396 tv"),
            ("tmdb", "603", "tmdb:603"),
            ("tmdb", "episode-1396-S1E1", "tmdb:tv:1396:1:1 tv"),
            ("tmdb", "series-1396:1:1", "tmdb:tv:1396:1:1 tv"),
            ("tmdb", "other-1396", "tmdb:1396"),
            ("imdb", "tt0903747-S2", "tt0903747 tv"),
            ("tmdb", "season-1396-S2", "tmdb:tv:1396 tv"),
            ("tmdb", "collection-10", "tmdb:collection:10"),
            ("tmdb", "Collection:10", "tmdb:collection:10"),
            ("auto", "tmdb:collection:10", "tmdb:collection:10"),
            ("auto", "collection-10", "tmdb:collection:10"),
            ("tvdb", "81189", "tvdb:81189"),
            ("tvdb", "series-81189", "tvdb:81189 tv"),
            ("tvdb", "episode-81189-S3E5", "tvdb:81189:3:5 tv"),
            ("tvdb", "episode-81189-s03e05", "tvdb:81189:3:5 tv"),
            ("kitsu", "7442", "kitsu:7442"),
            ("kitsu", "kitsu:7442", "kitsu:7442"),
            ("kitsu", "kitsu:7442:5", "kitsu:7442:1:5 tv"),
            ("mal", "anime-5114", "mal:5114"),
            ("auto", "tt0903747", "tt0903747"),
            ("auto", "tmdb:1396", "tmdb:1396"),
            ("auto", "kitsu:7442", "kitsu:7442"),
            ("auto", "series-tmdb:1396:2:3", "tmdb:tv:1396:2:3 tv"),
        ] {
            assert_eq!(read(id_type, text).as_deref(), Ok(expected), "{id_type}/{text}");
        }
    }

    #[test]
    fn of_a_season_the_first_number_is_its_own() {
        for (id_type, text, expected) in [
            ("tmdb", "season-1396-S2", "tmdb:tv:1396-S2 tv"),
            ("tmdb", "season-1396-s02", "tmdb:tv:1396-S2 tv"),
            ("tmdb", "series-1396:2", "tmdb:tv:1396-S2 tv"),
            ("tmdb", "tmdb:tv:1396:2", "tmdb:tv:1396-S2 tv"),
            ("tmdb", "movie-1396-S2", "tmdb:tv:1396-S2 tv"),
            ("tmdb", "1396", "tmdb:tv:1396 tv"),
            ("imdb", "tt0903747-S0", "tt0903747-S0 tv"),
            ("imdb", "season-tt0903747-S2", "tt0903747-S2 tv"),
            ("imdb", "tt0903747:2:5", "tt0903747-S2 tv"),
            ("imdb", "episode-tt0903747-S2E5", "tt0903747-S2 tv"),
            ("imdb", "tt0903747", "tt0903747"),
            ("tvdb", "season-81189-S3", "tvdb:81189-S3 tv"),
            ("kitsu", "kitsu:7442:2", "kitsu:7442-S2 tv"),
            ("auto", "season-kitsu:7442-S1", "kitsu:7442-S1 tv"),
        ] {
            let read = read_of(id_type, text, PictureOf::Season);
            assert_eq!(read.as_deref(), Ok(expected), "{id_type}/{text}");
        }
        for text in ["season-1396-S", "season-1396-S2x", "1396:2:x", "1396-S70000", "1396:2:5:1"] {
            assert!(read_of("tmdb", text, PictureOf::Season).is_err(), "{text}");
        }
    }

    #[test]
    fn a_collection_is_numbered_by_tmdb_alone_and_has_no_parts() {
        for (id_type, text, of) in [
            ("imdb", "collection-10", PictureOf::Title),
            ("tvdb", "collection-10", PictureOf::Title),
            ("tmdb", "collection-tt0903747", PictureOf::Title),
            ("tmdb", "collection-10:1", PictureOf::Title),
            ("tmdb", "collection-10", PictureOf::Season),
            ("tmdb", "collection-10", PictureOf::Episode),
        ] {
            assert_eq!(read_of(id_type, text, of), Err(IdRefusal::Malformed), "{id_type}/{text}");
        }
        assert_eq!(read("tmdb", "collection-"), Err(IdRefusal::Unfilled));
    }

    #[test]
    fn what_was_never_filled_in_is_told_apart() {
        for text in ["{imdb_id}", "tt{id}", "", "series-", "tmdb:", "movie-tmdb:", "tt0903747:"] {
            assert_eq!(read("tmdb", text), Err(IdRefusal::Unfilled), "{text}");
        }
        assert_eq!(read("auto", "603"), Err(IdRefusal::Nameless));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "tt",
            "ttabc",
            "-1",
            "1e5",
            "603.5",
            "../603",
            "603/..",
            "0",
            "99999999999999",
            "tt0903747:1:x",
            "tt0903747-S",
            "tt0903747-SE1",
            "tt0903747:1:1:1",
            "a-b-c-d-e-f-603",
            "603 ",
            "６０３",
        ] {
            assert!(read("tmdb", text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,120}") {
            for id_type in ["imdb", "tmdb", "tvdb", "mal", "auto"] {
                for of in [PictureOf::Title, PictureOf::Episode, PictureOf::Season] {
                    let _ = read_of(id_type, &text, of);
                }
            }
        }

        #[test]
        fn what_is_written_is_read_again(number in 1_u32..999_999_999, season in 0_u16..999, episode in 0_u16..9999) {
            let external = ExternalId::Imdb(ImdbId::new(number).unwrap());
            let series = TitleId { media: Some(MediaType::Series), ..TitleId::new(external) };
            let of_episode = TitleId { episode: Some(EpisodeNumber { season, episode }), ..series };
            let of_season = TitleId { season: Some(season), ..series };
            let auto = IdType::from_word(AUTO).unwrap();
            for (id, of) in [(of_episode, PictureOf::Episode), (of_season, PictureOf::Season)] {
                prop_assert_eq!(parse(auto, &id.to_string(), of), Ok(id));
            }
        }
    }
}
