//! The anime map: ids of MyAnimeList, Kitsu, AniList and AniDB as ids of everyone else.

mod elements;
mod entry;

use serde::Serialize;

use crate::model::{AnimeDb, AnimeId, EpisodeNumber, ImdbId, MediaType, TmdbId, TvdbId};

use super::build::{BuildJob, Built, Part, Set, SetId, check_rows};
use super::columns::{partition_point, u32_at};
use super::error::DatasetError;
use super::table::{Finished, Table, TableWriter};
use elements::Elements;
pub use entry::AnimeKind;
use entry::{Entry, positive};

/// 7.5 MB in 2025.
const MAX_BYTES: u64 = 64 << 20;
/// Ten times what there are.
const MAX_ROWS: u64 = 400_000;

/// Entries of [`WORDS`] numbers.
const ENTRIES: usize = 0;
const WORDS: usize = 6;
/// A season that is not said.
const NO_SEASON: u16 = u16::MAX;

/// A title at TMDB; films and series count separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TmdbTitle {
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
    pub tmdb: Option<TmdbTitle>,
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
    pub(super) fn map(&self, id: AnimeId) -> Option<AnimeMapping> {
        let pairs = self.table.section(section(id.db));
        let at = partition_point(pairs.len() / 8, |i| u32_at(pairs, 2 * i) < Some(id.number));
        if u32_at(pairs, 2 * at)? != id.number {
            return None;
        }
        let first = (u32_at(pairs, 2 * at + 1)? as usize).checked_mul(WORDS)?;
        let mut words = [0; WORDS];
        for (index, word) in words.iter_mut().enumerate() {
            *word = u32_at(self.table.section(ENTRIES), first.checked_add(index)?)?;
        }
        Some(unpack(words))
    }
}

/// Pairs of an id and the entry's number, ascending.
fn section(db: AnimeDb) -> usize {
    match db {
        AnimeDb::Mal => 1,
        AnimeDb::Kitsu => 2,
        AnimeDb::Anilist => 3,
        AnimeDb::Anidb => 4,
    }
}

impl Set for AnimeMap {
    const ID: SetId = SetId::AnimeMap;
    const PARTS: &'static [Part] = &[Part { name: "", limit_bytes: MAX_BYTES, optional: false }];

    fn from_table(table: Table) -> Result<Self, DatasetError> {
        let fits = table.section(ENTRIES).len() as u64 == table.rows() * 4 * WORDS as u64;
        fits.then_some(Self { table }).ok_or(DatasetError::Damaged)
    }

    fn table(&self) -> &Table {
        &self.table
    }

    fn build(job: &BuildJob<'_, Self>) -> Result<Built<Self>, DatasetError> {
        let mut elements = Elements::new(job.open(0, MAX_BYTES)?);
        let (mut list, mut count, mut bad) = (Collected::default(), 0_u64, 0_u64);
        while let Some(element) = elements.next()? {
            count += 1;
            job.tick(count)?;
            if count > MAX_ROWS {
                return Err(DatasetError::TooManyRows { limit: MAX_ROWS });
            }
            match serde_json::from_slice(element) {
                Ok(entry) => list.add(&entry),
                Err(_) => bad += 1,
            }
        }
        if bad * 2 > count {
            return Err(DatasetError::TooManyBadRows { bad, rows: count });
        }
        check_rows(list.entries.len() as u64, job.rows_before())?;
        let set = list.write(job, bad)?;
        Ok(Built { set, trouble: None })
    }
}

/// Any bytes as the anime list.
pub(super) fn read_any(bytes: &[u8]) {
    let (mut elements, mut list) = (Elements::new(bytes), Collected::default());
    while let Ok(Some(element)) = elements.next() {
        if let Ok(entry) = serde_json::from_slice(element) {
            list.add(&entry);
        }
    }
}

/// Entries and who names them, while the list is read.
#[derive(Default)]
struct Collected {
    entries: Vec<[u32; WORDS]>,
    /// Catalogue, id, entries before the better ones: sorted, the best of one id comes first.
    names: Vec<(usize, u32, u32, u32)>,
}

impl Collected {
    /// Keeps an entry that is known to a catalogue and leads somewhere.
    fn add(&mut self, entry: &Entry) {
        let mapping = decide(entry);
        let known = [mapping.imdb.is_some(), mapping.tmdb.is_some(), mapping.tvdb.is_some()];
        let known = known.into_iter().filter(|&known| known).count() as u32;
        if known == 0 {
            return;
        }
        let number = self.entries.len() as u32;
        let before = self.names.len();
        for (db, id) in [
            (AnimeDb::Mal, entry.mal_id),
            (AnimeDb::Kitsu, entry.kitsu_id),
            (AnimeDb::Anilist, entry.anilist_id),
            (AnimeDb::Anidb, entry.anidb_id),
        ] {
            if let Some(id) = id.id() {
                // Of two entries that claim one id, the one that knows more, else the earlier.
                self.names.push((section(db), id, 3 - known, number));
            }
        }
        if self.names.len() > before {
            self.entries.push(pack(&mapping));
        }
    }

    fn write(mut self, job: &BuildJob<'_, AnimeMap>, bad: u64) -> Result<AnimeMap, DatasetError> {
        let mut writer = TableWriter::create(job.workspace).map_err(DatasetError::Disk)?;
        for word in self.entries.iter().flatten() {
            writer.write(&word.to_le_bytes()).map_err(DatasetError::Disk)?;
        }
        writer.end_section();
        self.names.sort_unstable();
        self.names.dedup_by_key(|(section, id, ..)| (*section, *id));
        for db in AnimeDb::ALL {
            for (_, id, _, number) in self.names.iter().filter(|name| name.0 == section(db)) {
                writer.write(&id.to_le_bytes()).map_err(DatasetError::Disk)?;
                writer.write(&number.to_le_bytes()).map_err(DatasetError::Disk)?;
            }
            writer.end_section();
        }
        let notes = job.notes(bad);
        let (set, file_name) = (AnimeMap::ID.number(), AnimeMap::ID.file_name());
        let rows = self.entries.len() as u64;
        AnimeMap::from_table(writer.finish(&Finished { set, file_name, rows, notes: &notes })?)
    }
}

/// What an entry means.
fn decide(entry: &Entry) -> AnimeMapping {
    let kind = entry.kind.kind;
    let of = |service: Option<i64>, offset: Option<i64>| {
        let season = service.and_then(|season| u16::try_from(season).ok());
        let season = season.filter(|&season| season != NO_SEASON)?;
        let offset = offset.unwrap_or(0);
        Some(AnimeSeason { season, episode_offset: i16::try_from(offset).ok()? })
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
fn tmdb(entry: &Entry, kind: AnimeKind) -> Option<TmdbTitle> {
    let title =
        |number, media| positive(number).and_then(TmdbId::new).map(|id| TmdbTitle { id, media });
    let (named, other) = (entry.themoviedb_id, entry.tmdb_id);
    let movie = title(named.movie.or(other.movie), Some(MediaType::Movie));
    let series = title(named.tv.or(other.tv), Some(MediaType::Series));
    let is_movie = kind == AnimeKind::Movie;
    let bare = title(named.number.or(other.number), is_movie.then_some(MediaType::Movie));
    if is_movie { movie.or(series).or(bare) } else { series.or(movie).or(bare) }
}

/// Words in this order: ids at IMDb, TMDB and TheTVDB (0: none), season and offset at TMDB
/// and at TheTVDB, kind and media.
fn pack(mapping: &AnimeMapping) -> [u32; WORDS] {
    let season = |season: Option<AnimeSeason>| match season {
        Some(AnimeSeason { season, episode_offset }) => {
            u32::from(season) << 16 | u32::from(episode_offset.cast_unsigned())
        }
        None => u32::from(NO_SEASON) << 16,
    };
    let kind = match mapping.kind {
        AnimeKind::Unknown => 0,
        AnimeKind::Tv => 1,
        AnimeKind::Movie => 2,
        AnimeKind::Ova => 3,
        AnimeKind::Ona => 4,
        AnimeKind::Special => 5,
    };
    let media = match mapping.tmdb.and_then(|title| title.media) {
        None => 0,
        Some(MediaType::Movie) => 1,
        Some(MediaType::Series) => 2,
    };
    [
        mapping.imdb.map_or(0, ImdbId::number),
        mapping.tmdb.map_or(0, |title| title.id.number()),
        mapping.tvdb.map_or(0, TvdbId::number),
        season(mapping.tmdb_season),
        season(mapping.tvdb_season),
        kind << 8 | media,
    ]
}

fn unpack(words: [u32; WORDS]) -> AnimeMapping {
    let season = |packed: u32| {
        let season = (packed >> 16) as u16;
        let episode_offset = (packed as u16).cast_signed();
        (season != NO_SEASON).then_some(AnimeSeason { season, episode_offset })
    };
    let kind = match words[5] >> 8 {
        1 => AnimeKind::Tv,
        2 => AnimeKind::Movie,
        3 => AnimeKind::Ova,
        4 => AnimeKind::Ona,
        5 => AnimeKind::Special,
        _ => AnimeKind::Unknown,
    };
    let media = match words[5] & 0xff {
        1 => Some(MediaType::Movie),
        2 => Some(MediaType::Series),
        _ => None,
    };
    AnimeMapping {
        imdb: ImdbId::new(words[0]),
        tmdb: TmdbId::new(words[1]).map(|id| TmdbTitle { id, media }),
        tvdb: TvdbId::new(words[2]),
        tmdb_season: season(words[3]),
        tvdb_season: season(words[4]),
        kind,
    }
}

#[cfg(test)]
mod tests;
