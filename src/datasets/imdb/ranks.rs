//! A title's place among all films or all series: `title.ratings.tsv` for scores and votes, `title.basics.tsv` for
//! what is a film and what is a series.
//!
//! IMDb's formula (<https://help.imdb.com/article/imdb/track-movies-tv/ratings-faq/G67Y87TFYYP6TWAV>): a title with `v` votes of
//! `R` on average weighs `v/(v+m) * R + m/(v+m) * C`, where `m` is 25,000 and `C` the mean of all. IMDb counts votes of regular
//! voters only and keeps some kinds of title out, so places here are approximate.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::BufRead;

use super::super::build::{BuildJob, Built, PartState, Set, SetId, SourceFile, check_rows};
use super::super::error::DatasetError;
use super::super::table::Table;
use super::super::table_builder::{Inserts, TableBuilder};
use super::ratings::{RatingLine, RatingLines};
use super::too_many_bad;
use super::tsv::{Columns, Lines, title};
use crate::model::ImdbId;

/// Votes that a title needs to be ranked, and the `m` of the formula.
const MIN_VOTES: u32 = 25_000;
/// Titles with so many votes at most: ten times what there are.
const MAX_RANKED: usize = 150_000;
/// Rows of a file at most: four times what there are.
const MAX_ROWS: u64 = 48_000_000;
/// 8 MB and 200 MB in 2025.
const MAX_DOWNLOAD_BYTES: [u64; 2] = [128 << 20, 1 << 30];
/// 28 MB and 1 GB in 2025.
const MAX_INFLATED_BYTES: [u64; 2] = [1 << 30, 6 << 30];

const SCHEMA: &str = "CREATE TABLE ranks \
    (title INTEGER PRIMARY KEY, tenths INTEGER NOT NULL, votes INTEGER NOT NULL, \
     series INTEGER NOT NULL, place INTEGER NOT NULL) STRICT;";
const INSERT: &str = "INSERT INTO ranks (title, tenths, votes, series, place)";

/// What `title.basics.tsv` calls films and series. Shorts, television films and episodes have lists of their own.
const FILMS: [&[u8]; 1] = [b"movie"];
const SERIES: [&[u8]; 2] = [b"tvSeries", b"tvMiniSeries"];

/// Score in tenths and votes of titles, by their number.
type Scores = HashMap<u32, (u8, u32)>;
/// Whether a title is a series, by its number; films are `false`.
type Kinds = HashMap<u32, bool>;

/// Places by title, in the kept file.
#[derive(Debug)]
pub(in super::super) struct Ranks {
    table: Table,
}

impl Ranks {
    /// The place from 1 on, among films or among series.
    pub(in super::super) async fn place(&self, id: ImdbId) -> Option<u16> {
        let query = sqlx::query_scalar("SELECT place FROM ranks WHERE title = ?");
        let query = query.bind(id.number()).fetch_optional(self.table.pool());
        let place: Option<u32> = self.table.look_up(query).await;
        place.and_then(|place| u16::try_from(place).ok())
    }

    async fn all(&self) -> Result<Vec<(u32, u8, u32, bool)>, DatasetError> {
        let query = sqlx::query_as("SELECT title, tenths, votes, series FROM ranks");
        Ok(query.fetch_all(self.table.pool()).await?)
    }
}

impl Set for Ranks {
    const ID: SetId = SetId::ImdbRanks;
    const PARTS: &'static [SourceFile] = &[
        SourceFile {
            name: "title.ratings.tsv.gz",
            limit_bytes: MAX_DOWNLOAD_BYTES[0],
            optional: false,
        },
        SourceFile {
            name: "title.basics.tsv.gz",
            limit_bytes: MAX_DOWNLOAD_BYTES[1],
            optional: false,
        },
    ];

    fn from_table(table: Table) -> Self {
        Self { table }
    }

    fn table(&self) -> &Table {
        &self.table
    }

    /// A file that has not changed is read out of the old table, as far as it matters here.
    fn build(job: &BuildJob<'_, Self>) -> Result<Built<Self>, DatasetError> {
        let old = match job.old {
            Some(old) => job.runtime.block_on(old.all())?,
            None => Vec::new(),
        };
        let is_fetched = |part: usize| matches!(job.parts.get(part), Some(PartState::Fetched(_)));
        let (scores, bad_scores) = match is_fetched(0) {
            true => scores(job)?,
            false => (old.iter().map(|row| (row.0, (row.1, row.2))).collect(), 0),
        };
        let (kinds, bad_kinds) = match is_fetched(1) {
            true => kinds(job, &scores)?,
            false => (old.iter().map(|row| (row.0, row.3)).collect(), 0),
        };
        let mut table = TableBuilder::create(job, SCHEMA)?;
        let mut inserts = Inserts::new(INSERT, "");
        for (number, (tenths, votes), series, place) in places(&scores, &kinds) {
            let values = [number, u32::from(tenths), votes, u32::from(series), place];
            inserts.push(values.map(|value| Some(i64::from(value))), &mut table)?;
        }
        inserts.finish(&mut table)?;
        let rows = table.count("SELECT COUNT(*) FROM ranks")?;
        check_rows(rows, job.rows_before())?;
        let table = table.finish(rows, &job.notes(bad_scores + bad_kinds))?;
        Ok(Built { set: Self { table }, trouble: None })
    }
}

/// Scores of the titles with enough votes, and how many rows could not be read.
fn scores(job: &BuildJob<'_, Ranks>) -> Result<(Scores, u64), DatasetError> {
    let mut rows = RatingLines::new(job.open(0, MAX_INFLATED_BYTES[0])?)?;
    let mut scores = Scores::new();
    let (mut count, mut bad) = (0_u64, 0_u64);
    while let Some(row) = rows.next()? {
        count += 1;
        look(job, count)?;
        match row {
            RatingLine::Rated { id, tenths, votes } if votes >= MIN_VOTES => {
                scores.insert(id.number(), (tenths, votes));
            }
            RatingLine::Rated { .. } | RatingLine::Unrated => {}
            RatingLine::Unreadable => bad += 1,
        }
        if scores.len() > MAX_RANKED {
            return Err(DatasetError::TooManyRows { limit: MAX_RANKED as u64 });
        }
    }
    refuse_bad(bad, count).map(|()| (scores, bad))
}

/// Which of the scored titles are films and which series, and how many rows could not be read.
fn kinds(job: &BuildJob<'_, Ranks>, scores: &Scores) -> Result<(Kinds, u64), DatasetError> {
    let mut rows = KindLines::new(job.open(1, MAX_INFLATED_BYTES[1])?)?;
    let mut kinds = Kinds::new();
    let (mut count, mut bad) = (0_u64, 0_u64);
    while let Some(row) = rows.next()? {
        count += 1;
        look(job, count)?;
        match row {
            KindLine::Of { id, is_series } if scores.contains_key(&id.number()) => {
                kinds.insert(id.number(), is_series);
            }
            KindLine::Of { .. } | KindLine::Other => {}
            KindLine::Unreadable => bad += 1,
        }
    }
    refuse_bad(bad, count).map(|()| (kinds, bad))
}

fn look(job: &BuildJob<'_, Ranks>, count: u64) -> Result<(), DatasetError> {
    job.tick(count)?;
    if count > MAX_ROWS { Err(DatasetError::TooManyRows { limit: MAX_ROWS }) } else { Ok(()) }
}

fn refuse_bad(bad: u64, rows: u64) -> Result<(), DatasetError> {
    if too_many_bad(bad, rows) { Err(DatasetError::TooManyBadRows { bad, rows }) } else { Ok(()) }
}

/// Number, score and votes, whether it is a series, and the place among its like.
fn places(scores: &Scores, kinds: &Kinds) -> Vec<(u32, (u8, u32), bool, u32)> {
    let mut placed = Vec::with_capacity(kinds.len());
    for of_series in [false, true] {
        let of_kind = kinds.iter().filter(|(_, is_series)| **is_series == of_series);
        let mut rows: Vec<(u32, (u8, u32))> =
            of_kind.filter_map(|(number, _)| Some((*number, *scores.get(number)?))).collect();
        let sum: f64 = rows.iter().map(|(_, (tenths, _))| f64::from(*tenths)).sum();
        let mean = sum / rows.len().max(1) as f64;
        // Of two that weigh the same the one that more have voted for, then the older entry.
        rows.sort_by(|(a, of_a), (b, of_b)| {
            weight(*of_b, mean)
                .total_cmp(&weight(*of_a, mean))
                .then_with(|| (Reverse(of_a.1), a).cmp(&(Reverse(of_b.1), b)))
        });
        let places = rows.into_iter().zip(1..);
        placed.extend(places.map(|((number, score), place)| (number, score, of_series, place)));
    }
    placed
}

/// The weighted rating in tenths.
fn weight((tenths, votes): (u8, u32), mean: f64) -> f64 {
    let (own, all) = (f64::from(votes), f64::from(MIN_VOTES));
    (own * f64::from(tenths) + all * mean) / (own + all)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KindLine {
    Of {
        id: ImdbId,
        is_series: bool,
    },
    /// A short, an episode, a game …
    Other,
    Unreadable,
}

struct KindLines<R> {
    lines: Lines<R>,
    columns: Columns<2>,
}

const COLUMNS: [&str; 2] = ["tconst", "titleType"];

impl<R: BufRead> KindLines<R> {
    fn new(reader: R) -> Result<Self, DatasetError> {
        let mut lines = Lines::new(reader);
        let header = lines.next()?.ok_or(DatasetError::Empty)?;
        let columns = Columns::find(header, COLUMNS)?;
        Ok(Self { lines, columns })
    }

    fn next(&mut self) -> Result<Option<KindLine>, DatasetError> {
        Ok(self.lines.next()?.map(|line| kind(line, &self.columns)))
    }
}

fn kind(line: &[u8], columns: &Columns<2>) -> KindLine {
    let Some([id, kind]) = columns.fields(line) else {
        return KindLine::Unreadable;
    };
    match title(id) {
        None => KindLine::Unreadable,
        Some(id) if FILMS.contains(&kind) => KindLine::Of { id, is_series: false },
        Some(id) if SERIES.contains(&kind) => KindLine::Of { id, is_series: true },
        Some(_) => KindLine::Other,
    }
}

/// Any bytes as the file of kinds.
pub(in crate::datasets) fn read_any(bytes: &[u8]) {
    let Ok(mut rows) = KindLines::new(bytes) else { return };
    while let Ok(Some(_)) = rows.next() {}
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::build::test_support::Bench;
    use super::*;

    const RATINGS: &str = "tconst\taverageRating\tnumVotes\n";
    const BASICS: &str = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n";

    fn ratings(rows: &[(u32, f32, u32)]) -> String {
        let row =
            |(id, score, votes): &(u32, f32, u32)| format!("tt{id:07}\t{score:.1}\t{votes}\n");
        RATINGS.to_owned() + &rows.iter().map(row).collect::<String>()
    }

    fn basics(rows: &[(u32, &str)]) -> String {
        let row = |(id, kind): &(u32, &str)| {
            format!("tt{id:07}\t{kind}\tA \"Title\"\tA Title\t0\t1999\t\\N\t90\tDrama\n")
        };
        BASICS.to_owned() + &rows.iter().map(row).collect::<String>()
    }

    fn place(bench: &Bench, ranks: &Ranks, number: u32) -> Option<u16> {
        bench.wait(ranks.place(ImdbId::new(number).unwrap()))
    }

    #[test]
    fn films_and_series_are_ranked_apart_by_weight() {
        let bench = Bench::new();
        let scores = [
            (1, 9.0, 2_000_000),
            // More on average, by far fewer.
            (2, 9.4, 26_000),
            (3, 5.0, 900_000),
            (4, 9.5, 1_500_000),
            (5, 9.9, 24_999),
            (6, 9.9, 80_000),
        ];
        let kinds = [
            (1, "movie"),
            (2, "movie"),
            (3, "movie"),
            (4, "tvMiniSeries"),
            (5, "movie"),
            (6, "tvEpisode"),
        ];
        let files = [ratings(&scores), basics(&kinds)];
        let ranks: Ranks = bench.build(&[files[0].as_bytes(), files[1].as_bytes()]).unwrap();
        let places = [1, 2, 3, 4, 5, 6].map(|number| place(&bench, &ranks, number));
        assert_eq!(places, [Some(1), Some(2), Some(3), Some(1), None, None]);
        assert_eq!(ranks.table().rows(), 4);
    }

    #[test]
    fn a_file_that_has_not_changed_is_taken_from_the_old_table() {
        let bench = Bench::new();
        let kinds = basics(&[(1, "movie"), (2, "movie")]);
        let before = ratings(&[(1, 9.0, 90_000), (2, 8.0, 90_000)]);
        let old: Ranks = bench.build(&[before.as_bytes(), kinds.as_bytes()]).unwrap();
        let now = ratings(&[(1, 7.0, 90_000), (2, 8.0, 90_000)]);
        let parts = vec![bench.fetched(now.as_bytes()), PartState::Unchanged];
        let ranks = bench.build_upon(parts, Some(&old)).unwrap().set;
        assert_eq!((place(&bench, &ranks, 1), place(&bench, &ranks, 2)), (Some(2), Some(1)));
        let parts = vec![PartState::Unchanged, bench.fetched(kinds.as_bytes())];
        let ranks = bench.build_upon(parts, Some(&ranks)).unwrap().set;
        assert_eq!((place(&bench, &ranks, 1), place(&bench, &ranks, 2)), (Some(2), Some(1)));
    }

    #[test]
    fn files_of_another_shape_are_refused() {
        let bench = Bench::new();
        let (scores, kinds) = (ratings(&[(1, 9.0, 90_000)]), basics(&[(1, "movie")]));
        let refuse =
            |parts: [&str; 2]| bench.build::<Ranks>(&parts.map(str::as_bytes)).unwrap_err();
        assert!(matches!(refuse([&scores, "<html>busy</html>\n"]), DatasetError::WrongShape(_)));
        assert!(matches!(refuse(["", &kinds]), DatasetError::Empty));
        assert!(matches!(refuse([&scores, &basics(&[(2, "movie")])]), DatasetError::Empty));
        assert!(matches!(refuse([&scores, kinds.trim_end()]), DatasetError::Cut));
    }

    proptest! {
        #[test]
        fn places_are_one_to_as_many_as_there_are(
            rows in prop::collection::hash_map(1_u32..5000, (1_u8..=100, 25_000_u32..3_000_000, any::<bool>()), 0..200),
        ) {
            let scores: Scores = rows.iter().map(|(id, (tenths, votes, _))| (*id, (*tenths, *votes))).collect();
            let kinds: Kinds = rows.iter().map(|(id, (_, _, series))| (*id, *series)).collect();
            let placed = places(&scores, &kinds);
            for series in [false, true] {
                let of_kind: Vec<_> = placed.iter().filter(|row| row.2 == series).collect();
                prop_assert!(of_kind.iter().map(|row| row.3).eq(1..=of_kind.len() as u32));
                for pair in of_kind.windows(2) {
                    let ((a, votes_a), (b, votes_b)) = (pair[0].1, pair[1].1);
                    // Who has less of both is never before.
                    prop_assert!(!(a < b && votes_a == votes_b), "{pair:?}");
                }
            }
        }

        #[test]
        fn no_line_makes_the_parser_panic(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let columns = Columns::find(BASICS.trim_end().as_bytes(), COLUMNS).unwrap();
            let _ = kind(&line, &columns);
        }
    }
}
