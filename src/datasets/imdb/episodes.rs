//! `title.episode.tsv`: which episode of which series a title is, 13 bytes per episode.
//!
//! Both ways: rows sorted by series, season and episode, and the titles' own ids with
//! the row each stands in.

use std::io::BufRead;

use crate::model::{EpisodeNumber, ImdbId};

use super::super::build::{BuildJob, Built, Part, Set, SetId, check_rows};
use super::super::columns::{Ids, IdsBuilder, partition_point, u32_at};
use super::super::error::DatasetError;
use super::super::sorter::{Record, Sorter};
use super::super::table::{Finished, Table, TableWriter};
use super::too_many_bad;
use super::tsv::{Columns, Lines, is_null, number, title};

/// Four times what there are; row numbers are `u32`.
const MAX_ROWS: u64 = 36_000_000;
/// 50 MB in 2025.
const MAX_DOWNLOAD_BYTES: u64 = 512 << 20;
/// 240 MB in 2025.
const MAX_INFLATED_BYTES: u64 = 2 << 30;

/// Pairs of season × 65,536 + episode and the episode's id, ascending within a series.
const ROWS: usize = 0;
/// Pairs of a series' id and its first row, ascending.
const SERIES: usize = 1;
/// The row of each of the episodes' ids, and the ids.
const ROW_OF: usize = 2;
const DIRECTORY: usize = 3;
const LOW: usize = 4;

/// Episodes by series and series by episode, in the kept file.
#[derive(Debug)]
pub(in super::super) struct Episodes {
    table: Table,
}

impl Episodes {
    /// The episode's own id. Of several with one number, the lowest.
    pub(in super::super) fn episode(
        &self,
        series: ImdbId,
        wanted: EpisodeNumber,
    ) -> Option<ImdbId> {
        let pairs = self.table.section(SERIES);
        let count = pairs.len() / 8;
        let at = partition_point(count, |i| u32_at(pairs, 2 * i) < Some(series.number()));
        if u32_at(pairs, 2 * at)? != series.number() {
            return None;
        }
        let start = u32_at(pairs, 2 * at + 1)? as usize;
        let rows = self.table.section(ROWS);
        let end = u32_at(pairs, 2 * at + 3).map_or(rows.len() / 8, |end| end as usize);
        let wanted = key(wanted);
        let within = partition_point(end.checked_sub(start)?, |i| {
            u32_at(rows, 2 * (start + i)) < Some(wanted)
        });
        let row = start + within;
        if row >= end || u32_at(rows, 2 * row)? != wanted {
            return None;
        }
        ImdbId::new(u32_at(rows, 2 * row + 1)?)
    }

    /// The series an episode belongs to, and which it is there.
    pub(in super::super) fn episode_of(&self, id: ImdbId) -> Option<(ImdbId, EpisodeNumber)> {
        let ids = Ids { directory: self.table.section(DIRECTORY), low: self.table.section(LOW) };
        let row = u32_at(self.table.section(ROW_OF), ids.position(id.number())?)?;
        let key = u32_at(self.table.section(ROWS), 2 * row as usize)?;
        let pairs = self.table.section(SERIES);
        let after = partition_point(pairs.len() / 8, |i| {
            u32_at(pairs, 2 * i + 1).is_some_and(|start| start <= row)
        });
        let series = u32_at(pairs, 2 * after.checked_sub(1)?)?;
        let number = EpisodeNumber { season: (key >> 16) as u16, episode: key as u16 };
        Some((ImdbId::new(series)?, number))
    }
}

fn key(number: EpisodeNumber) -> u32 {
    u32::from(number.season) << 16 | u32::from(number.episode)
}

impl Set for Episodes {
    const ID: SetId = SetId::ImdbEpisodes;
    const PARTS: &'static [Part] =
        &[Part { name: "title.episode.tsv.gz", limit_bytes: MAX_DOWNLOAD_BYTES, optional: false }];

    fn from_table(table: Table) -> Result<Self, DatasetError> {
        let ids = table.section(LOW).len();
        let fits = table.section(ROW_OF).len() == ids * 4
            && table.section(ROWS).len() as u64 == table.rows() * 8
            && table.section(SERIES).len().is_multiple_of(8);
        fits.then_some(Self { table }).ok_or(DatasetError::Damaged)
    }

    fn table(&self) -> &Table {
        &self.table
    }

    fn build(job: &BuildJob<'_, Self>) -> Result<Built<Self>, DatasetError> {
        let mut sorter = Sorter::new(job.workspace);
        let skipped = read(job, &mut sorter)?;
        let mut writer = TableWriter::create(job.workspace).map_err(DatasetError::Disk)?;
        let (rows, ids) = write_rows(job, sorter, &mut writer)?;
        check_rows(rows, job.rows_before())?;
        write_ids(job, ids, &mut writer)?;
        let notes = job.notes(skipped);
        let finished = Finished {
            set: Self::ID.number(),
            file_name: Self::ID.file_name(),
            rows,
            notes: &notes,
        };
        Ok(Built { set: Self::from_table(writer.finish(&finished)?)?, trouble: None })
    }
}

/// One episode, sorted by series, season, episode and own id, in this order: 12 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EpisodeRecord(u128);

impl EpisodeRecord {
    fn new(series: ImdbId, number: EpisodeNumber, id: ImdbId) -> Self {
        let upper = u128::from(series.number()) << 64;
        Self(upper | u128::from(key(number)) << 32 | u128::from(id.number()))
    }

    fn series(self) -> u32 {
        (self.0 >> 64) as u32
    }

    fn key(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn id(self) -> u32 {
        self.0 as u32
    }
}

impl Record for EpisodeRecord {
    const BYTES: usize = 12;

    fn to_u128(self) -> u128 {
        self.0
    }

    fn from_u128(bits: u128) -> Self {
        Self(bits)
    }
}

/// Reads the file into `sorter`; says how many rows could not be read.
fn read(
    job: &BuildJob<'_, Episodes>,
    sorter: &mut Sorter<'_, EpisodeRecord>,
) -> Result<u64, DatasetError> {
    let mut rows = Rows::new(job.open(0, MAX_INFLATED_BYTES)?)?;
    let (mut count, mut bad) = (0_u64, 0_u64);
    while let Some(row) = rows.next()? {
        count += 1;
        job.tick(count)?;
        if count > MAX_ROWS {
            return Err(DatasetError::TooManyRows { limit: MAX_ROWS });
        }
        match row {
            Row::Numbered(record) => sorter.push(record).map_err(DatasetError::Disk)?,
            Row::Unnumbered => {}
            Row::Unreadable => bad += 1,
        }
    }
    if too_many_bad(bad, count) {
        return Err(DatasetError::TooManyBadRows { bad, rows: count });
    }
    Ok(bad)
}

/// Writes the rows, then the series; gives back how many rows, and their ids with the row of each.
fn write_rows<'a>(
    job: &BuildJob<'a, Episodes>,
    sorter: Sorter<'_, EpisodeRecord>,
    writer: &mut TableWriter<'_>,
) -> Result<(u64, Sorter<'a, u64>), DatasetError> {
    let mut ids = Sorter::new(job.workspace);
    let mut series = Vec::new();
    let (mut count, mut last) = (0_u64, None::<EpisodeRecord>);
    for record in sorter.sorted().map_err(DatasetError::Disk)? {
        let record = record.map_err(DatasetError::Disk)?;
        if last == Some(record) {
            continue;
        }
        job.tick(count)?;
        let row = count as u32;
        if last.map(EpisodeRecord::series) != Some(record.series()) {
            series.extend_from_slice(&record.series().to_le_bytes());
            series.extend_from_slice(&row.to_le_bytes());
        }
        ids.push(u64::from(record.id()) << 32 | u64::from(row)).map_err(DatasetError::Disk)?;
        writer.write(&record.key().to_le_bytes()).map_err(DatasetError::Disk)?;
        writer.write(&record.id().to_le_bytes()).map_err(DatasetError::Disk)?;
        (count, last) = (count + 1, Some(record));
    }
    writer.end_section();
    writer.write(&series).map_err(DatasetError::Disk)?;
    writer.end_section();
    Ok((count, ids))
}

/// Writes the ids and the row of each; an id in two rows keeps the first.
fn write_ids(
    job: &BuildJob<'_, Episodes>,
    sorter: Sorter<'_, u64>,
    writer: &mut TableWriter<'_>,
) -> Result<(), DatasetError> {
    let (mut ids, mut last) = (IdsBuilder::default(), None);
    for pair in sorter.sorted().map_err(DatasetError::Disk)? {
        let pair = pair.map_err(DatasetError::Disk)?;
        let (id, row) = ((pair >> 32) as u32, pair as u32);
        if last == Some(id) {
            continue;
        }
        last = Some(id);
        job.tick(ids.len() as u64)?;
        ids.push(id);
        writer.write(&row.to_le_bytes()).map_err(DatasetError::Disk)?;
    }
    writer.end_section();
    let (directory, low) = ids.finish();
    for section in [directory, low] {
        writer.write(&section).map_err(DatasetError::Disk)?;
        writer.end_section();
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Numbered(EpisodeRecord),
    /// IMDb knows the series but neither season nor episode (a fifth of all), or
    /// counts past 65,535: nobody can ask for it by number.
    Unnumbered,
    Unreadable,
}

struct Rows<R> {
    lines: Lines<R>,
    columns: Columns<4>,
}

const COLUMNS: [&str; 4] = ["tconst", "parentTconst", "seasonNumber", "episodeNumber"];

impl<R: BufRead> Rows<R> {
    fn new(reader: R) -> Result<Self, DatasetError> {
        let mut lines = Lines::new(reader);
        let header = lines.next()?.ok_or(DatasetError::Empty)?;
        let columns = Columns::find(header, COLUMNS)?;
        Ok(Self { lines, columns })
    }

    fn next(&mut self) -> Result<Option<Row>, DatasetError> {
        Ok(self.lines.next()?.map(|line| parse(line, &self.columns)))
    }
}

fn parse(line: &[u8], columns: &Columns<4>) -> Row {
    let Some([id, series, season, episode]) = columns.fields(line) else {
        return Row::Unreadable;
    };
    let (Some(id), Some(series)) = (title(id), title(series)) else {
        return Row::Unreadable;
    };
    if is_null(season) || is_null(episode) {
        return Row::Unnumbered;
    }
    let (Some(season), Some(episode)) = (number(season), number(episode)) else {
        return Row::Unreadable;
    };
    match (u16::try_from(season), u16::try_from(episode)) {
        (Ok(season), Ok(episode)) => {
            Row::Numbered(EpisodeRecord::new(series, EpisodeNumber { season, episode }, id))
        }
        _ => Row::Unnumbered,
    }
}

/// Any bytes as the file of episodes.
pub(in crate::datasets) fn read_any(bytes: &[u8]) {
    let Ok(mut rows) = Rows::new(bytes) else { return };
    while let Ok(Some(_)) = rows.next() {}
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::super::build::test_support::Bench;
    use super::*;

    const HEADER: &str = "tconst\tparentTconst\tseasonNumber\tepisodeNumber\n";

    fn id(number: u32) -> ImdbId {
        ImdbId::new(number).unwrap()
    }

    fn at(season: u16, episode: u16) -> EpisodeNumber {
        EpisodeNumber { season, episode }
    }

    fn build(bench: &Bench, rows: &str) -> Result<Episodes, DatasetError> {
        bench.build(&[format!("{HEADER}{rows}").as_bytes()])
    }

    #[test]
    fn episodes_are_found_both_ways() {
        let bench = Bench::new();
        let rows = "tt0959621\ttt0903747\t1\t1\ntt1054724\ttt0903747\t1\t2\n\
                    tt41951\ttt41038\t1\t9\ntt2301451\ttt0903747\t5\t14\n";
        let episodes = build(&bench, rows).unwrap();
        assert_eq!(episodes.episode(id(903_747), at(5, 14)), Some(id(2_301_451)));
        assert_eq!(episodes.episode(id(41_038), at(1, 9)), Some(id(41_951)));
        assert_eq!(episodes.episode_of(id(1_054_724)), Some((id(903_747), at(1, 2))));
        assert_eq!(episodes.episode_of(id(41_951)), Some((id(41_038), at(1, 9))));
    }

    #[test]
    fn what_is_not_in_the_file_is_not_found() {
        let bench = Bench::new();
        let episodes = build(&bench, "tt5\ttt10\t1\t1\ntt6\ttt20\t1\t1\n").unwrap();
        for (series, number) in
            [(10, at(1, 2)), (10, at(2, 1)), (10, at(0, 1)), (9, at(1, 1)), (21, at(1, 1))]
        {
            assert_eq!(episodes.episode(id(series), number), None, "{series} {number:?}");
        }
        assert_eq!(episodes.episode_of(id(7)), None);
    }

    #[test]
    fn of_two_episodes_with_one_number_the_lower_id_answers_and_both_know_their_series() {
        let bench = Bench::new();
        let episodes = build(&bench, "tt8\ttt10\t1\t1\ntt7\ttt10\t1\t1\n").unwrap();
        assert_eq!(episodes.episode(id(10), at(1, 1)), Some(id(7)));
        assert_eq!(episodes.episode_of(id(8)), Some((id(10), at(1, 1))));
    }

    #[test]
    fn rows_without_numbers_are_left_out_and_are_no_errors() {
        let bench = Bench::new();
        let rows = "tt1\ttt10\t\\N\t\\N\ntt2\ttt10\t1\t\\N\ntt3\ttt10\t1\t70000\ntt4\ttt10\t0\t1\n";
        let episodes = build(&bench, rows).unwrap();
        assert_eq!(episodes.table().rows(), 1);
        assert_eq!(episodes.table().notes().skipped_rows, 0);
        assert_eq!(episodes.episode(id(10), at(0, 1)), Some(id(4)));
    }

    #[test]
    fn a_file_of_nothing_but_unnumbered_rows_is_refused() {
        let bench = Bench::new();
        assert!(matches!(build(&bench, "tt1\ttt10\t\\N\t\\N\n"), Err(DatasetError::Empty)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_episode_is_found_both_ways(
            rows in prop::collection::btree_map(1_u32..3_000, (1_u32..40, 0_u16..4, 0_u16..30), 1..200),
        ) {
            let bench = Bench::new();
            let lines: Vec<String> = rows
                .iter()
                .map(|(own, (series, season, episode))| {
                    format!("{}\t{}\t{season}\t{episode}\n", id(*own), id(*series))
                })
                .collect();
            let episodes = build(&bench, &lines.concat()).unwrap();
            let mut lowest = BTreeMap::new();
            for (own, (series, season, episode)) in &rows {
                lowest.entry((*series, *season, *episode)).or_insert(*own);
                let expected = (id(*series), at(*season, *episode));
                prop_assert_eq!(episodes.episode_of(id(*own)), Some(expected));
            }
            for ((series, season, episode), own) in lowest {
                prop_assert_eq!(episodes.episode(id(series), at(season, episode)), Some(id(own)));
            }
        }

        #[test]
        fn no_line_makes_the_parser_panic(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let columns = Columns::find(HEADER.trim_end().as_bytes(), COLUMNS).unwrap();
            let _ = parse(&line, &columns);
        }
    }
}
