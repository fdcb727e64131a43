//! The anime map: ids of MyAnimeList, Kitsu, AniList and AniDB as ids of everyone else.

mod elements;
mod entry;

use serde::Serialize;

use crate::model::{AnimeDb, AnimeId, EpisodeNumber, ImdbId, MediaType, TmdbId, TvdbId};

use super::build::{BuildJob, Built, Set, SetId, SourceFile, check_rows};
use super::error::DatasetError;
use super::table::Table;
use super::table_builder::{Inserts, TableBuilder};
use elements::Elements;
pub use entry::AnimeKind;
use entry::{LooseAnime, positive};

/// 7.5 MB in 2025.
const MAX_BYTES: u64 = 64 << 20;
/// Ten times what there are.
const MAX_ROWS: u64 = 400_000;

/// One row for each id of an anime; `known` counts the catalogues it leads to.
const SCHEMA: &str = "CREATE TABLE anime \
    (catalogue INTEGER, number INTEGER, known INTEGER NOT NULL, imdb INTEGER, tmdb INTEGER, \
     media INTEGER, tvdb INTEGER, tmdb_season INTEGER, tmdb_offset INTEGER, \
     tvdb_season INTEGER, tvdb_offset INTEGER, kind INTEGER NOT NULL, \
     PRIMARY KEY (catalogue, number)) STRICT, WITHOUT ROWID;";
const INSERT: &str = "INSERT INTO anime (catalogue, number, known, imdb, tmdb, media, tvdb, \
    tmdb_season, tmdb_offset, tvdb_season, tvdb_offset, kind)";
/// Of two entries that claim one id, the one that knows more, else the earlier.
const BETTER: &str = "ON CONFLICT (catalogue, number) DO UPDATE SET \
    (known, imdb, tmdb, media, tvdb, tmdb_season, tmdb_offset, tvdb_season, tvdb_offset, kind) = \
    (excluded.known, excluded.imdb, excluded.tmdb, excluded.media, excluded.tvdb, \
     excluded.tmdb_season, excluded.tmdb_offset, excluded.tvdb_season, excluded.tvdb_offset, \
     excluded.kind) WHERE excluded.known > known";
const SELECT: &str = "SELECT imdb, tmdb, media, tvdb, tmdb_season, tmdb_offset, tvdb_season, \
    tvdb_offset, kind FROM anime WHERE catalogue = ? AND number = ?";

/// The columns of [`SELECT`].
type MapColumns = (
    Option<u32>,
    Option<u32>,
    Option<u8>,
    Option<u32>,
    Option<u16>,
    Option<i16>,
    Option<u16>,
    Option<i16>,
    u8,
);

/// The title at TMDB that an anime is; films and series count separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AnimeTitle {
    pub id: TmdbId,
    /// `None` where the list (of the older shape) does not say.
    pub media: Option<MediaType>,
}

/// The season of a series that an anime is, and where in it the anime begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AnimeSeason {
    /// 0 holds the specials.
    pub season: u16,
    /// Added to the anime's own episode number: 12 for the second half of a season of 24.
    pub episode_offset: i16,
}

impl AnimeSeason {
    /// The series' number of the anime's own `episode`; `None` where that falls before the first.
    pub fn episode(self, episode: u16) -> Option<EpisodeNumber> {
        let episode =
            episode.checked_add_signed(self.episode_offset).filter(|&number| number > 0)?;
        Some(EpisodeNumber { season: self.season, episode })
    }
}

/// What the map knows of one anime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AnimeMapping {
    /// A series' seasons share one id.
    pub imdb: Option<ImdbId>,
    pub tmdb: Option<AnimeTitle>,
    /// The series.
    pub tvdb: Option<TvdbId>,
    pub tmdb_season: Option<AnimeSeason>,
    pub tvdb_season: Option<AnimeSeason>,
    pub kind: AnimeKind,
}

/// Mappings by the ids of each catalogue, in the kept file.
#[derive(Debug)]
pub(super) struct AnimeMap {
    table: Table,
}

impl AnimeMap {
    pub(super) async fn map(&self, id: AnimeId) -> Option<AnimeMapping> {
        let query = sqlx::query_as(SELECT).bind(catalogue(id.db)).bind(id.number);
        self.table.look_up(query.fetch_optional(self.table.pool())).await.map(from_columns)
    }
}

/// The number in the kept file; one once given is never given again.
fn catalogue(db: AnimeDb) -> u8 {
    match db {
        AnimeDb::Mal => 1,
        AnimeDb::Kitsu => 2,
        AnimeDb::Anilist => 3,
        AnimeDb::Anidb => 4,
    }
}

impl Set for AnimeMap {
    const ID: SetId = SetId::AnimeMap;
    const PARTS: &'static [SourceFile] =
        &[SourceFile { name: "", limit_bytes: MAX_BYTES, optional: false }];

    fn from_table(table: Table) -> Self {
        Self { table }
    }

    fn table(&self) -> &Table {
        &self.table
    }

    fn build(job: &BuildJob<'_, Self>) -> Result<Built<Self>, DatasetError> {
        let mut elements = Elements::new(job.open(0, MAX_BYTES)?);
        let mut table = TableBuilder::create(job, SCHEMA)?;
        let (mut inserts, mut count, mut bad) = (Inserts::new(INSERT, BETTER), 0_u64, 0_u64);
        while let Some(element) = elements.next()? {
            count += 1;
            job.tick(count)?;
            if count > MAX_ROWS {
                return Err(DatasetError::TooManyRows { limit: MAX_ROWS });
            }
            match serde_json::from_slice(element) {
                Ok(entry) => {
                    rows(&entry).try_for_each(|row| inserts.push(row, &mut table))?;
                }
                Err(_) => bad += 1,
            }
        }
        if bad * 2 > count {
            return Err(DatasetError::TooManyBadRows { bad, rows: count });
        }
        inserts.finish(&mut table)?;
        let rows = table.count("SELECT COUNT(*) FROM anime")?;
        check_rows(rows, job.rows_before())?;
        let table = table.finish(rows, &job.notes(bad))?;
        Ok(Built { set: Self { table }, trouble: None })
    }
}

/// Any bytes as the anime list.
pub(super) fn read_any(bytes: &[u8]) {
    let mut elements = Elements::new(bytes);
    while let Ok(Some(element)) = elements.next() {
        if let Ok(entry) = serde_json::from_slice(element) {
            let _ = rows(&entry).count();
        }
    }
}

/// A row for each catalogue that names the entry; none for an entry that leads nowhere.
fn rows(entry: &LooseAnime) -> impl Iterator<Item = [Option<i64>; 12]> {
    let mapping = decide(entry);
    let known = [mapping.imdb.is_some(), mapping.tmdb.is_some(), mapping.tvdb.is_some()];
    let known = known.into_iter().filter(|&known| known).count() as i64;
    let ids = [
        (AnimeDb::Mal, entry.mal_id),
        (AnimeDb::Kitsu, entry.kitsu_id),
        (AnimeDb::Anilist, entry.anilist_id),
        (AnimeDb::Anidb, entry.anidb_id),
    ];
    let values = to_columns(&mapping);
    ids.into_iter().filter(move |_| known > 0).filter_map(move |(db, id)| {
        let name = [Some(i64::from(catalogue(db))), Some(i64::from(id.id()?)), Some(known)];
        let mut row = [None; 12];
        row[..3].copy_from_slice(&name);
        row[3..].copy_from_slice(&values);
        Some(row)
    })
}

/// What an entry means.
fn decide(entry: &LooseAnime) -> AnimeMapping {
    let kind = entry.kind.kind;
    let of = |service: Option<i64>, offset: Option<i64>| {
        let season = service.and_then(|season| u16::try_from(season).ok());
        let episode_offset = i16::try_from(offset.unwrap_or(0)).ok()?;
        Some(AnimeSeason { season: season?, episode_offset })
    };
    AnimeMapping {
        imdb: entry.imdb_id.imdb,
        tmdb: tmdb(entry, kind),
        tvdb: entry.tvdb_id.id().or(entry.thetvdb_id.id()).and_then(TvdbId::new),
        tmdb_season: of(entry.season.tmdb, entry.episode_offset.tmdb),
        tvdb_season: of(entry.season.tvdb, entry.episode_offset.tvdb),
        kind,
    }
}

/// An entry may name both a film and a series (a film that is also a series' special):
/// its own kind decides. A bare number, the older shape, is a film's for a film; for others
/// it was a film's at times and a series' at others.
fn tmdb(entry: &LooseAnime, kind: AnimeKind) -> Option<AnimeTitle> {
    let title =
        |number, media| positive(number).and_then(TmdbId::new).map(|id| AnimeTitle { id, media });
    let (named, other) = (entry.themoviedb_id, entry.tmdb_id);
    let movie = title(named.movie.or(other.movie), Some(MediaType::Movie));
    let series = title(named.tv.or(other.tv), Some(MediaType::Series));
    let is_movie = kind == AnimeKind::Movie;
    let bare = title(named.number.or(other.number), is_movie.then_some(MediaType::Movie));
    if is_movie { movie.or(series).or(bare) } else { series.or(movie).or(bare) }
}

/// Kinds by their number in the kept file; one once given is never given again.
const KINDS: [AnimeKind; 6] = [
    AnimeKind::Unknown,
    AnimeKind::Tv,
    AnimeKind::Movie,
    AnimeKind::Ova,
    AnimeKind::Ona,
    AnimeKind::Special,
];
/// Media by their number in the kept file.
const MEDIA: [MediaType; 2] = [MediaType::Movie, MediaType::Series];

fn to_columns(mapping: &AnimeMapping) -> [Option<i64>; 9] {
    let media = mapping.tmdb.and_then(|title| title.media);
    let number = |number: u32| i64::from(number);
    let season = |season: Option<AnimeSeason>| {
        let season = season?;
        Some((i64::from(season.season), i64::from(season.episode_offset)))
    };
    let (at_tmdb, at_tvdb) = (season(mapping.tmdb_season), season(mapping.tvdb_season));
    [
        mapping.imdb.map(|id| number(id.number())),
        mapping.tmdb.map(|title| number(title.id.number())),
        media.and_then(|media| MEDIA.iter().position(|m| *m == media)).map(|index| index as i64),
        mapping.tvdb.map(|id| number(id.number())),
        at_tmdb.map(|(season, _)| season),
        at_tmdb.map(|(_, offset)| offset),
        at_tvdb.map(|(season, _)| season),
        at_tvdb.map(|(_, offset)| offset),
        KINDS.iter().position(|kind| *kind == mapping.kind).map(|index| index as i64),
    ]
}

fn from_columns(columns: MapColumns) -> AnimeMapping {
    let (imdb, tmdb, media, tvdb, tmdb_season, tmdb_offset, tvdb_season, tvdb_offset, kind) =
        columns;
    let season = |season: Option<u16>, offset: Option<i16>| {
        Some(AnimeSeason { season: season?, episode_offset: offset? })
    };
    let media = media.and_then(|number| MEDIA.get(usize::from(number)).copied());
    AnimeMapping {
        imdb: imdb.and_then(ImdbId::new),
        tmdb: tmdb.and_then(TmdbId::new).map(|id| AnimeTitle { id, media }),
        tvdb: tvdb.and_then(TvdbId::new),
        tmdb_season: season(tmdb_season, tmdb_offset),
        tvdb_season: season(tvdb_season, tvdb_offset),
        kind: KINDS.get(usize::from(kind)).copied().unwrap_or(AnimeKind::Unknown),
    }
}

#[cfg(test)]
mod tests;
