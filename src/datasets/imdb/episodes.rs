//! `title.episode.tsv`: which episode of which series a title is.

use std::io::BufRead;

use crate::model::{EpisodeNumber, ImdbId};

use super::super::build::{BuildJob, Built, Set, SetId, SourceFile, check_rows};
use super::super::error::DatasetError;
use super::super::table::Table;
use super::super::table_builder::{Inserts, TableBuilder};
use super::too_many_bad;
use super::tsv::{Columns, Lines, is_null, number, title};

/// Four times what there are.
const MAX_ROWS: u64 = 36_000_000;
/// 50 MB in 2025.
const MAX_DOWNLOAD_BYTES: u64 = 512 << 20;
/// 240 MB in 2025.
const MAX_INFLATED_BYTES: u64 = 2 << 30;

/// Sorted by what is asked for, so that a season lies together.
const SCHEMA: &str = "CREATE TABLE episodes \
    (series INTEGER, season INTEGER, episode INTEGER, title INTEGER NOT NULL, \
     PRIMARY KEY (series, season, episode)) STRICT, WITHOUT ROWID;";
const INSERT: &str = "INSERT INTO episodes (series, season, episode, title)";
/// Of several episodes with one number, the lowest id: IMDb's first entry.
const LOWEST: &str = "ON CONFLICT (series, season, episode) \
    DO UPDATE SET title = excluded.title WHERE excluded.title < title";

/// Episodes by series, in the kept file.
#[derive(Debug)]
pub(in super::super) struct Episodes {
    table: Table,
}

impl Episodes {
    /// The episode's own id. Of several with one number, the lowest.
    pub(in super::super) async fn episode(
        &self,
        series: ImdbId,
        number: EpisodeNumber,
    ) -> Option<ImdbId> {
        let query = sqlx::query_scalar(
            "SELECT title FROM episodes WHERE series = ? AND season = ? AND episode = ?",
        );
        let query = query.bind(series.number()).bind(number.season).bind(number.episode);
        let found: Option<u32> = self.table.look_up(query.fetch_optional(self.table.pool())).await;
        found.and_then(ImdbId::new)
    }

    /// The numbers and ids of a season's episodes, in order.
    pub(in super::super) async fn season(&self, series: ImdbId, season: u16) -> Vec<(u16, ImdbId)> {
        let query = sqlx::query_as(
            "SELECT episode, title FROM episodes WHERE series = ? AND season = ? ORDER BY episode",
        );
        let query = query.bind(series.number()).bind(season).fetch_all(self.table.pool());
        let rows: Vec<(u16, u32)> = self.table.look_up(query).await;
        rows.into_iter().filter_map(|(episode, id)| Some((episode, ImdbId::new(id)?))).collect()
    }
}

impl Set for Episodes {
    const ID: SetId = SetId::ImdbEpisodes;
    const PARTS: &'static [SourceFile] = &[SourceFile {
        name: "title.episode.tsv.gz",
        limit_bytes: MAX_DOWNLOAD_BYTES,
        optional: false,
    }];

    fn from_table(table: Table) -> Self {
        Self { table }
    }

    fn table(&self) -> &Table {
        &self.table
    }

    fn build(job: &BuildJob<'_, Self>) -> Result<Built<Self>, DatasetError> {
        let mut table = TableBuilder::create(job, SCHEMA)?;
        let skipped = read(job, &mut table)?;
        let rows = table.count("SELECT COUNT(*) FROM episodes")?;
        check_rows(rows, job.rows_before())?;
        let table = table.finish(rows, &job.notes(skipped))?;
        Ok(Built { set: Self { table }, trouble: None })
    }
}

/// Reads the file into `table`; says how many rows could not be read.
fn read(job: &BuildJob<'_, Episodes>, table: &mut TableBuilder<'_>) -> Result<u64, DatasetError> {
    let mut rows = EpisodeLines::new(job.open(0, MAX_INFLATED_BYTES)?)?;
    let mut inserts = Inserts::new(INSERT, LOWEST);
    let (mut count, mut bad) = (0_u64, 0_u64);
    while let Some(row) = rows.next()? {
        count += 1;
        job.tick(count)?;
        if count > MAX_ROWS {
            return Err(DatasetError::TooManyRows { limit: MAX_ROWS });
        }
        match row {
            EpisodeLine::Numbered { series, number, id } => {
                let (season, episode) = (i64::from(number.season), i64::from(number.episode));
                let values = [i64::from(series.number()), season, episode, i64::from(id.number())];
                inserts.push(values.map(Some), table)?;
            }
            EpisodeLine::Unnumbered => {}
            EpisodeLine::Unreadable => bad += 1,
        }
    }
    if too_many_bad(bad, count) {
        return Err(DatasetError::TooManyBadRows { bad, rows: count });
    }
    inserts.finish(table)?;
    Ok(bad)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EpisodeLine {
    Numbered {
        series: ImdbId,
        number: EpisodeNumber,
        id: ImdbId,
    },
    /// IMDb knows the series but neither season nor episode (a fifth of all), or
    /// counts past 65,535: nobody can ask for it by number.
    Unnumbered,
    Unreadable,
}

struct EpisodeLines<R> {
    lines: Lines<R>,
    columns: Columns<4>,
}

const COLUMNS: [&str; 4] = ["tconst", "parentTconst", "seasonNumber", "episodeNumber"];

impl<R: BufRead> EpisodeLines<R> {
    fn new(reader: R) -> Result<Self, DatasetError> {
        let mut lines = Lines::new(reader);
        let header = lines.next()?.ok_or(DatasetError::Empty)?;
        let columns = Columns::find(header, COLUMNS)?;
        Ok(Self { lines, columns })
    }

    fn next(&mut self) -> Result<Option<EpisodeLine>, DatasetError> {
        Ok(self.lines.next()?.map(|line| parse(line, &self.columns)))
    }
}

fn parse(line: &[u8], columns: &Columns<4>) -> EpisodeLine {
    let Some([id, series, season, episode]) = columns.fields(line) else {
        return EpisodeLine::Unreadable;
    };
    let (Some(id), Some(series)) = (title(id), title(series)) else {
        return EpisodeLine::Unreadable;
    };
    if is_null(season) || is_null(episode) {
        return EpisodeLine::Unnumbered;
    }
    let (Some(season), Some(episode)) = (number(season), number(episode)) else {
        return EpisodeLine::Unreadable;
    };
    match (u16::try_from(season), u16::try_from(episode)) {
        (Ok(season), Ok(episode)) => {
            EpisodeLine::Numbered { series, number: EpisodeNumber { season, episode }, id }
        }
        _ => EpisodeLine::Unnumbered,
    }
}

/// Any bytes as the file of episodes.
pub(in crate::datasets) fn read_any(bytes: &[u8]) {
    let Ok(mut rows) = EpisodeLines::new(bytes) else { return };
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

    fn found(
        bench: &Bench,
        episodes: &Episodes,
        series: u32,
        number: EpisodeNumber,
    ) -> Option<u32> {
        bench.wait(episodes.episode(id(series), number)).map(ImdbId::number)
    }

    #[test]
    fn episodes_are_found_by_number_and_by_season() {
        let bench = Bench::new();
        let rows = "tt0959621\ttt0903747\t1\t1\ntt1054724\ttt0903747\t1\t2\n\
                    tt41951\ttt41038\t1\t9\ntt2301451\ttt0903747\t5\t14\n";
        let episodes = build(&bench, rows).unwrap();
        assert_eq!(found(&bench, &episodes, 903_747, at(5, 14)), Some(2_301_451));
        assert_eq!(found(&bench, &episodes, 41_038, at(1, 9)), Some(41_951));
        let season = |series, season| bench.wait(episodes.season(id(series), season));
        assert_eq!(season(903_747, 1), [(1, id(959_621)), (2, id(1_054_724))]);
        assert_eq!(season(903_747, 2), []);
    }

    #[test]
    fn what_is_not_in_the_file_is_not_found() {
        let bench = Bench::new();
        let episodes = build(&bench, "tt5\ttt10\t1\t1\ntt6\ttt20\t1\t1\n").unwrap();
        for (series, number) in
            [(10, at(1, 2)), (10, at(2, 1)), (10, at(0, 1)), (9, at(1, 1)), (21, at(1, 1))]
        {
            assert_eq!(found(&bench, &episodes, series, number), None, "{series} {number:?}");
        }
    }

    #[test]
    fn of_two_episodes_with_one_number_the_lower_id_answers() {
        let bench = Bench::new();
        for rows in ["tt8\ttt10\t1\t1\ntt7\ttt10\t1\t1\n", "tt7\ttt10\t1\t1\ntt8\ttt10\t1\t1\n"] {
            let episodes = build(&bench, rows).unwrap();
            assert_eq!(found(&bench, &episodes, 10, at(1, 1)), Some(7));
        }
    }

    #[test]
    fn rows_without_numbers_are_left_out_and_are_no_errors() {
        let bench = Bench::new();
        let rows = "tt1\ttt10\t\\N\t\\N\ntt2\ttt10\t1\t\\N\ntt3\ttt10\t1\t70000\ntt4\ttt10\t0\t1\n";
        let episodes = build(&bench, rows).unwrap();
        assert_eq!(episodes.table().rows(), 1);
        assert_eq!(episodes.table().notes().skipped_rows, 0);
        assert_eq!(found(&bench, &episodes, 10, at(0, 1)), Some(4));
    }

    #[test]
    fn a_file_of_nothing_but_unnumbered_rows_is_refused() {
        let bench = Bench::new();
        assert!(matches!(build(&bench, "tt1\ttt10\t\\N\t\\N\n"), Err(DatasetError::Empty)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn every_episode_is_found_whatever_the_order(
            rows in prop::collection::btree_map(1_u32..3_000, (1_u32..40, 0_u16..4, 0_u16..30), 1..2_500),
        ) {
            let bench = Bench::new();
            let mut lines: Vec<String> = rows
                .iter()
                .map(|(own, (series, season, episode))| {
                    format!("{}\t{}\t{season}\t{episode}\n", id(*own), id(*series))
                })
                .collect();
            lines.sort_unstable();
            let episodes = build(&bench, &lines.concat()).unwrap();
            let mut lowest = BTreeMap::new();
            let mut seasons: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for (own, (series, season, episode)) in &rows {
                lowest.entry((*series, *season, *episode)).or_insert(*own);
            }
            for ((series, season, episode), own) in lowest {
                prop_assert_eq!(found(&bench, &episodes, series, at(season, episode)), Some(own));
                seasons.entry((series, season)).or_default().push((episode, id(own)));
            }
            for ((series, season), expected) in seasons {
                prop_assert_eq!(bench.wait(episodes.season(id(series), season)), expected);
            }
        }

        #[test]
        fn no_line_makes_the_parser_panic(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let columns = Columns::find(HEADER.trim_end().as_bytes(), COLUMNS).unwrap();
            let _ = parse(&line, &columns);
        }
    }
}
