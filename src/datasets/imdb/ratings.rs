//! `title.ratings.tsv`: score and votes of 1.6 million titles.

use std::io::BufRead;

use crate::model::{ImdbId, RatingSource, Score};

use super::super::build::{BuildJob, Built, Set, SetId, SourceFile, check_rows};
use super::super::error::DatasetError;
use super::super::table::Table;
use super::super::table_builder::{Inserts, TableBuilder};
use super::too_many_bad;
use super::tsv::{Columns, Lines, number, title};

/// Ten times what there are.
const MAX_ROWS: u64 = 16_000_000;
/// 8 MB in 2025.
const MAX_DOWNLOAD_BYTES: u64 = 128 << 20;
/// 28 MB in 2025.
const MAX_INFLATED_BYTES: u64 = 1 << 30;

/// The title's number is the row's own, so that there is no index beside the rows.
const SCHEMA: &str = "CREATE TABLE ratings \
    (title INTEGER PRIMARY KEY, tenths INTEGER NOT NULL, votes INTEGER NOT NULL) STRICT;";
/// Of rows of one title the last is the latest.
const INSERT: &str = "INSERT OR REPLACE INTO ratings (title, tenths, votes)";

/// Ratings by title, in the kept file.
#[derive(Debug)]
pub(in super::super) struct Ratings {
    table: Table,
}

impl Ratings {
    /// IMDb's score and how many people voted.
    pub(in super::super) async fn rating(&self, id: ImdbId) -> Option<(Score, u32)> {
        let query = sqlx::query_as("SELECT tenths, votes FROM ratings WHERE title = ?");
        let query = query.bind(id.number()).fetch_optional(self.table.pool());
        let (tenths, votes): (u8, u32) = self.table.look_up(query).await?;
        Some((Score::new(f64::from(tenths) / 10.0, RatingSource::Imdb.scale())?, votes))
    }
}

impl Set for Ratings {
    const ID: SetId = SetId::ImdbRatings;
    const PARTS: &'static [SourceFile] = &[SourceFile {
        name: "title.ratings.tsv.gz",
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
        let rows = table.count("SELECT COUNT(*) FROM ratings")?;
        check_rows(rows, job.rows_before())?;
        let table = table.finish(rows, &job.notes(skipped))?;
        Ok(Built { set: Self { table }, trouble: None })
    }
}

/// Reads the file into `table`; says how many rows could not be read.
fn read(job: &BuildJob<'_, Ratings>, table: &mut TableBuilder<'_>) -> Result<u64, DatasetError> {
    let mut rows = RatingLines::new(job.open(0, MAX_INFLATED_BYTES)?)?;
    let mut inserts = Inserts::new(INSERT, "");
    let (mut count, mut bad) = (0_u64, 0_u64);
    while let Some(row) = rows.next()? {
        count += 1;
        job.tick(count)?;
        if count > MAX_ROWS {
            return Err(DatasetError::TooManyRows { limit: MAX_ROWS });
        }
        match row {
            RatingLine::Rated { id, tenths, votes } => {
                let values = [i64::from(id.number()), i64::from(tenths), i64::from(votes)];
                inserts.push(values.map(Some), table)?;
            }
            RatingLine::Unrated => {}
            RatingLine::Unreadable => bad += 1,
        }
    }
    if too_many_bad(bad, count) {
        return Err(DatasetError::TooManyBadRows { bad, rows: count });
    }
    inserts.finish(table)?;
    Ok(bad)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RatingLine {
    Rated {
        id: ImdbId,
        tenths: u8,
        votes: u32,
    },
    /// A score of 0 or without votes is no rating.
    Unrated,
    Unreadable,
}

pub(super) struct RatingLines<R> {
    lines: Lines<R>,
    columns: Columns<3>,
}

impl<R: BufRead> RatingLines<R> {
    pub(super) fn new(reader: R) -> Result<Self, DatasetError> {
        let mut lines = Lines::new(reader);
        let header = lines.next()?.ok_or(DatasetError::Empty)?;
        let columns = Columns::find(header, ["tconst", "averageRating", "numVotes"])?;
        Ok(Self { lines, columns })
    }

    pub(super) fn next(&mut self) -> Result<Option<RatingLine>, DatasetError> {
        Ok(self.lines.next()?.map(|line| parse(line, &self.columns)))
    }
}

fn parse(line: &[u8], columns: &Columns<3>) -> RatingLine {
    let Some([id, score, votes]) = columns.fields(line) else {
        return RatingLine::Unreadable;
    };
    let (Some(id), Some(tenths), Some(votes)) = (title(id), tenths(score), number(votes)) else {
        return RatingLine::Unreadable;
    };
    if tenths == 0 || votes == 0 {
        return RatingLine::Unrated;
    }
    RatingLine::Rated { id, tenths, votes }
}

/// `8`, `8.7`, `10.0`; further decimals are rounded. `None` above 10.
fn tenths(field: &[u8]) -> Option<u8> {
    let (whole, decimals) = match field.iter().position(|&b| b == b'.') {
        Some(dot) => (&field[..dot], &field[dot + 1..]),
        None => (field, &b"0"[..]),
    };
    // Two decimals are enough to round by, and all must be digits.
    number(decimals)?;
    let second = u32::from(decimals.get(1).map_or(0, |digit| digit - b'0'));
    let first = u32::from(decimals[0] - b'0');
    let tenths = number(whole)?.checked_mul(10)? + first + u32::from(second >= 5);
    u8::try_from(tenths).ok().filter(|&tenths| tenths <= 100)
}

/// Any bytes as the file of ratings.
pub(in crate::datasets) fn read_any(bytes: &[u8]) {
    let Ok(mut rows) = RatingLines::new(bytes) else { return };
    while let Ok(Some(_)) = rows.next() {}
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::build::test_support::Bench;
    use super::*;

    const HEADER: &str = "tconst\taverageRating\tnumVotes\n";

    fn id(number: u32) -> ImdbId {
        ImdbId::new(number).unwrap()
    }

    fn file(rows: &str) -> Vec<u8> {
        format!("{HEADER}{rows}").into_bytes()
    }

    fn value(bench: &Bench, ratings: &Ratings, number: u32) -> Option<(u16, u32)> {
        let rating = bench.wait(ratings.rating(id(number)));
        rating.map(|(score, votes)| (score.hundredths(), votes))
    }

    #[test]
    fn ratings_are_found_whatever_the_order_of_the_file() {
        let bench = Bench::new();
        // IMDb sorts ids as text, so that those of eight digits lie between those of seven.
        let rows = "tt10000000\t7.0\t5\ntt0000001\t5.7\t2211\ntt0133093\t8.7\t2252453\n";
        let ratings: Ratings = bench.build(&[&file(rows)]).unwrap();
        assert_eq!(value(&bench, &ratings, 1), Some((570, 2211)));
        assert_eq!(value(&bench, &ratings, 133_093), Some((870, 2_252_453)));
        assert_eq!(value(&bench, &ratings, 10_000_000), Some((700, 5)));
        assert_eq!(value(&bench, &ratings, 2), None);
        assert_eq!(value(&bench, &ratings, 999_999_999), None);
    }

    #[test]
    fn a_rating_of_nobody_is_no_rating() {
        let bench = Bench::new();
        let rows = "tt1\t0.0\t10\ntt2\t5.0\t0\ntt3\t5.0\t1\n";
        let ratings: Ratings = bench.build(&[&file(rows)]).unwrap();
        assert_eq!((value(&bench, &ratings, 1), value(&bench, &ratings, 2)), (None, None));
        assert_eq!(value(&bench, &ratings, 3), Some((500, 1)));
    }

    #[test]
    fn a_few_bad_rows_are_skipped_and_counted_and_many_refuse_the_file() {
        let bench = Bench::new();
        let good: Vec<String> = (1..100).map(|n| format!("tt{n}\t5.0\t9\n")).collect();
        let ratings: Ratings =
            bench.build(&[&file(&format!("{}broken\ntt5\t11.0\t9\n", good.concat()))]).unwrap();
        assert_eq!(ratings.table().notes().skipped_rows, 2);
        let many = format!("{}{}", good.concat(), "broken\n".repeat(20));
        let refused = bench.build::<Ratings>(&[&file(&many)]);
        assert!(matches!(refused, Err(DatasetError::TooManyBadRows { bad: 20, .. })));
    }

    #[test]
    fn a_title_named_twice_has_one_rating() {
        let bench = Bench::new();
        let ratings: Ratings = bench.build(&[&file("tt1\t5.0\t9\ntt1\t5.0\t12\n")]).unwrap();
        assert_eq!(value(&bench, &ratings, 1), Some((500, 12)));
        assert_eq!(ratings.table().rows(), 1);
    }

    #[test]
    fn html_an_empty_file_and_a_bare_header_are_refused() {
        let bench = Bench::new();
        let refuse = |bytes: &[u8]| bench.build::<Ratings>(&[bytes]).unwrap_err();
        assert!(matches!(refuse(b"<html>busy</html>\n"), DatasetError::WrongShape(_)));
        assert!(matches!(refuse(b""), DatasetError::Empty));
        assert!(matches!(refuse(HEADER.as_bytes()), DatasetError::Empty));
    }

    #[test]
    fn scores_are_tenths() {
        for (text, expected) in
            [("8.7", 87), ("8", 80), ("10.0", 100), ("10", 100), ("8.75", 88), ("8.74", 87)]
        {
            assert_eq!(tenths(text.as_bytes()), Some(expected), "{text}");
        }
        for text in ["", ".", "8.", ".5", "10.1", "-1", "8.x", "\\N", "99999999999"] {
            assert_eq!(tenths(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let columns =
                Columns::find(HEADER.trim_end().as_bytes(), ["tconst", "averageRating", "numVotes"])
                    .unwrap();
            let _ = parse(&line, &columns);
            let _ = tenths(&line);
        }

        #[test]
        fn rows_come_back(number in 1_u32..1_000_000_000, score in 1_u8..=100, count in 1_u32..1_000_000_000) {
            let columns =
                Columns::find(HEADER.trim_end().as_bytes(), ["tconst", "averageRating", "numVotes"])
                    .unwrap();
            let line = format!("{}\t{}.{}\t{count}", id(number), score / 10, score % 10);
            let row = RatingLine::Rated { id: id(number), tenths: score, votes: count };
            prop_assert_eq!(parse(line.as_bytes(), &columns), row);
        }
    }
}
