use proptest::prelude::*;

use super::super::build::test_support::Bench;
use super::*;

/// The shapes of the list: since 2025, before, and what may go wrong.
const LIST: &str = r#"[
  {"type": "TV", "anidb_id": 9541, "anilist_id": 16498, "kitsu_id": 7442, "mal_id": 16498,
   "imdb_id": ["tt2560140"], "themoviedb_id": {"tv": 1429}, "tvdb_id": 267440,
   "season": {"tvdb": 1, "tmdb": 1}},
  {"type": "TV", "kitsu_id": 49016, "imdb_id": ["tt9307686"], "tvdb_id": 355480,
   "themoviedb_id": {"tv": 88046}, "season": {"tvdb": 3, "tmdb": 3},
   "episode_offset": {"tvdb": 12, "tmdb": 12}},
  {"type": "MOVIE", "mal_id": 164, "imdb_id": ["tt0119698"], "themoviedb_id": {"movie": [128]}},
  {"type": "MOVIE", "mal_id": 3269, "themoviedb_id": {"tv": 8864, "movie": 26595}},
  {"type": "SPECIAL", "mal_id": 3270, "themoviedb_id": {"tv": 8864, "movie": 26595}},
  {"type": "MOVIE", "mal_id": 6408, "imdb_id": "tt1546649", "themoviedb_id": 60669, "thetvdb_id": 210291},
  {"type": "ONA", "mal_id": 29978, "themoviedb_id": "434326,434327", "imdb_id": "unknown"},
  {"type": "OVA", "mal_id": 1, "season": {"tvdb": 0}},
  {"type": "TV", "mal_id": oops},
  {"type": "TV", "mal_id": 2, "tvdb_id": 5, "season": {"tvdb": -1}, "imdb_id": {"x": []}},
  17, null
]"#;

fn built() -> (Bench, AnimeMap) {
    let bench = Bench::new();
    let map = bench.build(&[LIST.as_bytes()]).unwrap();
    (bench, map)
}

fn id(db: AnimeDb, number: u32) -> AnimeId {
    AnimeId { db, number }
}

fn tmdb_of(bench: &Bench, map: &AnimeMap, mal: u32) -> Option<(u32, Option<MediaType>)> {
    bench.wait(map.map(id(AnimeDb::Mal, mal)))?.tmdb.map(|title| (title.id.number(), title.media))
}

#[test]
fn an_anime_is_found_by_each_of_its_ids() {
    let (bench, map) = built();
    let found = bench.wait(map.map(id(AnimeDb::Kitsu, 7442))).unwrap();
    assert_eq!(found.imdb.map(ImdbId::number), Some(2_560_140));
    assert_eq!(found.tvdb.map(TvdbId::number), Some(267_440));
    assert_eq!(
        found.tmdb.map(|title| (title.id.number(), title.media)),
        Some((1429, Some(MediaType::Series)))
    );
    assert_eq!(found.tmdb_season, Some(AnimeSeason { season: 1, episode_offset: 0 }));
    for other in [id(AnimeDb::Mal, 16498), id(AnimeDb::Anilist, 16498), id(AnimeDb::Anidb, 9541)] {
        assert_eq!(bench.wait(map.map(other)), Some(found));
    }
    assert_eq!(bench.wait(map.map(id(AnimeDb::Anidb, 7442))), None);
}

#[test]
fn a_later_half_of_a_season_begins_at_its_offset() {
    let (bench, map) = built();
    let season = bench.wait(map.map(id(AnimeDb::Kitsu, 49016))).unwrap().tmdb_season.unwrap();
    assert_eq!(season.episode(1), Some(EpisodeNumber { season: 3, episode: 13 }));
    let early = AnimeSeason { season: 1, episode_offset: -3 };
    assert_eq!(early.episode(3), None);
    assert_eq!(early.episode(4), Some(EpisodeNumber { season: 1, episode: 1 }));
}

#[test]
fn films_and_series_of_one_entry_are_chosen_by_its_kind() {
    let (bench, map) = built();
    assert_eq!(tmdb_of(&bench, &map, 164), Some((128, Some(MediaType::Movie))));
    assert_eq!(tmdb_of(&bench, &map, 3269), Some((26_595, Some(MediaType::Movie))));
    assert_eq!(tmdb_of(&bench, &map, 3270), Some((8864, Some(MediaType::Series))));
}

#[test]
fn the_older_shape_is_read_too() {
    let (bench, map) = built();
    assert_eq!(tmdb_of(&bench, &map, 6408), Some((60_669, Some(MediaType::Movie))));
    assert_eq!(tmdb_of(&bench, &map, 29978), Some((434_326, None)));
    let film = bench.wait(map.map(id(AnimeDb::Mal, 6408))).unwrap();
    assert_eq!(film.tvdb.map(TvdbId::number), Some(210_291));
    assert_eq!(film.imdb.map(ImdbId::number), Some(1_546_649));
}

#[test]
fn bad_entries_are_counted_and_lose_nothing_else() {
    let (bench, map) = built();
    // `oops`, 17 and null.
    assert_eq!(map.table().notes().skipped_rows, 3);
    let after = bench.wait(map.map(id(AnimeDb::Mal, 2))).unwrap();
    assert_eq!(after.tvdb.map(TvdbId::number), Some(5));
    assert_eq!(after.tvdb_season, None);
}

#[test]
fn an_entry_that_leads_nowhere_is_left_out() {
    let (bench, map) = built();
    assert_eq!(bench.wait(map.map(id(AnimeDb::Mal, 1))), None);
}

#[test]
fn of_two_entries_with_one_id_the_one_that_knows_more_wins() {
    let bench = Bench::new();
    let list = r#"[{"mal_id": 1, "tvdb_id": 7}, {"mal_id": 1, "tvdb_id": 8, "imdb_id": ["tt9"]},
                   {"mal_id": 1, "tvdb_id": 9, "imdb_id": ["tt9"]}]"#;
    let map: AnimeMap = bench.build(&[list.as_bytes()]).unwrap();
    let found = bench.wait(map.map(id(AnimeDb::Mal, 1))).unwrap();
    assert_eq!(found.tvdb.map(TvdbId::number), Some(8));
}

#[test]
fn a_page_an_empty_list_and_a_list_of_other_things_are_refused() {
    let bench = Bench::new();
    for bytes in [&b"<html>"[..], b"[]", b"[1, 2, 3, 4]", b"{\"a\": 1}", b"[{\"mal_id\": 1}"] {
        assert!(bench.build::<AnimeMap>(&[bytes]).is_err());
    }
}

fn seasons() -> impl Strategy<Value = Option<AnimeSeason>> {
    let season = any::<(u16, i16)>();
    prop::option::of(
        season.prop_map(|(season, episode_offset)| AnimeSeason { season, episode_offset }),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn mappings_come_back(
        numbers in prop::collection::vec(any::<(u32, u32, u32)>(), 1..40),
        tmdb_season in seasons(), tvdb_season in seasons(), kind in 0_usize..6, media in 0_usize..3,
    ) {
        let media = [None, Some(MediaType::Movie), Some(MediaType::Series)][media];
        let mapping = |(imdb, tmdb, tvdb)| AnimeMapping {
            imdb: ImdbId::new(imdb),
            tmdb: TmdbId::new(tmdb).map(|id| AnimeTitle { id, media }),
            tvdb: TvdbId::new(tvdb),
            tmdb_season,
            tvdb_season,
            kind: KINDS[kind],
        };
        let bench = Bench::new();
        let job = bench.job::<AnimeMap>(Vec::new(), None);
        let mut table = TableBuilder::create(&job, SCHEMA).unwrap();
        let mut inserts = Inserts::new(INSERT, BETTER);
        for (number, numbers) in (1..).zip(&numbers) {
            let mut row = [Some(1), Some(number), Some(3), None, None, None, None, None, None, None, None, None];
            row[3..].copy_from_slice(&to_columns(&mapping(*numbers)));
            inserts.push(row, &mut table).unwrap();
        }
        inserts.finish(&mut table).unwrap();
        let map = AnimeMap { table: table.finish(1, &job.notes(0)).unwrap() };
        for (number, numbers) in (1..).zip(numbers) {
            prop_assert_eq!(bench.wait(map.map(id(AnimeDb::Mal, number))), Some(mapping(numbers)));
        }
    }
}
