//! Awards that titles have won, from the public lists of IMDb's events.

mod list;
mod rules;

use std::io::Read as _;

use crate::model::{Award, AwardBody, AwardOrigin, AwardResult, ImdbId};

use super::build::{BuildJob, Built, PartState, Set, SetId, SourceFile, check_rows};
use super::error::DatasetError;
use super::table::{Notes, Table};
use super::table_builder::{Inserts, TableBuilder};
use rules::{BODIES, PARTS};

const SCHEMA: &str = "CREATE TABLE wins \
    (title INTEGER, body INTEGER, count INTEGER NOT NULL, PRIMARY KEY (title, body)) \
    STRICT, WITHOUT ROWID;";
const INSERT: &str = "INSERT INTO wins (title, body, count)";

/// A title's number, the [number](rules::number) of a body, and how many of its prizes.
type Win = (u32, u8, u16);

/// Wins by title, in the kept file.
#[derive(Debug)]
pub(super) struct Awards {
    table: Table,
}

impl Awards {
    /// What a title has won, in the order of [`AwardBody::ALL`].
    pub(super) async fn awards(&self, id: ImdbId) -> Vec<Award> {
        let query = sqlx::query_as("SELECT body, count FROM wins WHERE title = ? ORDER BY body");
        let query = query.bind(id.number()).fetch_all(self.table.pool());
        let rows: Vec<(u8, u16)> = self.table.look_up(query).await;
        let award = |(number, count)| {
            let (result, origin) = (AwardResult::Won, AwardOrigin::Lists);
            let body = AwardBody::ALL.into_iter().find(|body| rules::number(*body) == number)?;
            Some(Award { body, result, count, origin })
        };
        rows.into_iter().filter_map(award).collect()
    }

    /// All wins of one body.
    async fn of(&self, body: AwardBody) -> Result<Vec<Win>, DatasetError> {
        let query = sqlx::query_as("SELECT title, body, count FROM wins WHERE body = ?");
        Ok(query.bind(rules::number(body)).fetch_all(self.table.pool()).await?)
    }
}

impl Set for Awards {
    const ID: SetId = SetId::Awards;
    const PARTS: &'static [SourceFile] = &PARTS;

    fn from_table(table: Table) -> Self {
        Self { table }
    }

    fn table(&self) -> &Table {
        &self.table
    }

    /// Each list stands for itself: one that is missing or bad leaves its old wins in place.
    fn build(job: &BuildJob<'_, Self>) -> Result<Built<Self>, DatasetError> {
        let mut notes = job.notes(0);
        let (mut rows, mut troubles) = (Vec::new(), Vec::new());
        let (mut good, mut refused) = (0, None);
        for (index, body) in BODIES.into_iter().enumerate() {
            let old = match job.old {
                Some(old) => job.runtime.block_on(old.of(body))?,
                None => Vec::new(),
            };
            let name = PARTS[index].name;
            match &job.parts[index] {
                PartState::Fetched(_) => match read(job, index, old.len()) {
                    Ok(new) => {
                        good += 1;
                        rows.extend(new);
                    }
                    Err(error) => {
                        rows.extend(old);
                        // Asked for again as if never seen.
                        notes.validators.remove(name);
                        troubles.push(format!("{name}: {}", error.chain()));
                        refused = Some(error);
                    }
                },
                PartState::Failed(error) => {
                    rows.extend(old);
                    troubles.push(format!("{name}: {}", error.chain()));
                }
                PartState::Unchanged | PartState::NotOffered => rows.extend(old),
            }
        }
        if good == 0 {
            return Err(refused.unwrap_or(DatasetError::Empty));
        }
        let set = write(job, &rows, &notes)?;
        Ok(Built { set, trouble: (!troubles.is_empty()).then(|| troubles.join("; ")) })
    }
}

fn write(job: &BuildJob<'_, Awards>, rows: &[Win], notes: &Notes) -> Result<Awards, DatasetError> {
    check_rows(rows.len() as u64, None)?;
    let mut table = TableBuilder::create(job, SCHEMA)?;
    let mut inserts = Inserts::new(INSERT, "");
    for &(title, body, count) in rows {
        let values = [i64::from(title), i64::from(body), i64::from(count)];
        inserts.push(values.map(Some), &mut table)?;
    }
    inserts.finish(&mut table)?;
    Ok(Awards { table: table.finish(rows.len() as u64, notes)? })
}

/// The wins of a list that was fetched, as rows.
fn read(job: &BuildJob<'_, Awards>, index: usize, before: usize) -> Result<Vec<Win>, DatasetError> {
    let (part, body) = (&PARTS[index], BODIES[index]);
    let mut bytes = Vec::new();
    let mut reader = job.open(index, part.limit_bytes)?;
    reader.read_to_end(&mut bytes).map_err(DatasetError::reading)?;
    let wins = list::wins(&bytes, body)?;
    check_rows(wins.len() as u64, Some(before as u64))?;
    Ok(wins.into_iter().map(|(id, count)| (id.number(), rules::number(body), count)).collect())
}

/// Any bytes as every award list.
pub(super) fn read_any(bytes: &[u8]) {
    for body in AwardBody::ALL {
        let _ = list::wins(bytes, body);
    }
}

#[cfg(test)]
mod tests {
    use super::super::build::test_support::Bench;
    use super::*;

    const NO_EMMYS: &str = "2001:\n  primetime emmy:\n    best:\n      winner: []\n";

    fn list(award: &str, ids: &[u32]) -> String {
        let ids: Vec<String> = ids.iter().map(|n| format!("tt{n}")).collect();
        format!("'2001':\n  {award}:\n    best film:\n      winner: [{}]\n", ids.join(", "))
    }

    fn bodies(bench: &Bench, awards: &Awards, id: u32) -> Vec<(AwardBody, u16)> {
        let id = ImdbId::new(id).unwrap();
        bench.wait(awards.awards(id)).into_iter().map(|award| (award.body, award.count)).collect()
    }

    /// Oscars and Emmys, and nothing else at the source.
    fn two(bench: &Bench, oscars: &str, emmys: &str) -> Vec<PartState> {
        let mut parts = vec![bench.fetched(oscars.as_bytes()), bench.fetched(emmys.as_bytes())];
        parts.extend((2..PARTS.len()).map(|_| PartState::NotOffered));
        parts
    }

    #[test]
    fn a_title_has_the_awards_of_every_body() {
        let bench = Bench::new();
        let lists = [
            list("oscar", &[1, 2]),
            list("primetime emmy", &[3]),
            list("golden globe", &[1]),
            list("bafta film award", &[1]),
            list("palme d'or", &[2]),
            list("golden lion", &[4]),
            list("golden berlin bear", &[5]),
        ];
        let parts: Vec<&[u8]> = lists.iter().map(String::as_bytes).collect();
        let awards: Awards = bench.build(&parts).unwrap();
        let (oscar, globe) = ((AwardBody::Oscar, 1), (AwardBody::GoldenGlobe, 1));
        assert_eq!(bodies(&bench, &awards, 1), [oscar, globe, (AwardBody::Bafta, 1)]);
        assert_eq!(bodies(&bench, &awards, 2), [oscar, (AwardBody::Cannes, 1)]);
        assert_eq!(bodies(&bench, &awards, 3), [(AwardBody::Emmy, 1)]);
        assert_eq!(bodies(&bench, &awards, 4), [(AwardBody::Venice, 1)]);
        assert_eq!(bodies(&bench, &awards, 5), [(AwardBody::Berlin, 1)]);
        assert!(bodies(&bench, &awards, 6).is_empty());
    }

    #[test]
    fn a_source_with_oscars_and_emmys_alone_is_no_trouble() {
        let bench = Bench::new();
        let parts = two(&bench, &list("oscar", &[1]), &list("primetime emmy", &[2]));
        let built = bench.build_upon::<Awards>(parts, None).unwrap();
        assert_eq!(built.trouble, None);
        assert_eq!(built.set.table().rows(), 2);
    }

    #[test]
    fn a_bad_list_leaves_its_old_wins_beside_the_new_ones_of_others() {
        let bench = Bench::new();
        let parts = two(&bench, &list("oscar", &[1]), &list("primetime emmy", &[2, 3]));
        let old = bench.build_upon::<Awards>(parts, None).unwrap().set;
        for bad in ["<html>", NO_EMMYS, "2001: [1]\n"] {
            let parts = two(&bench, &list("oscar", &[1, 4]), bad);
            let built = bench.build_upon(parts, Some(&old)).unwrap();
            assert!(built.trouble.unwrap().contains("ev0000223.yml"), "{bad}");
            assert_eq!(bodies(&bench, &built.set, 4), [(AwardBody::Oscar, 1)]);
            assert_eq!(bodies(&bench, &built.set, 3), [(AwardBody::Emmy, 1)]);
        }
    }

    #[test]
    fn nothing_good_is_an_error() {
        let bench = Bench::new();
        let parts = two(&bench, "<html>", "<html>");
        assert!(bench.build_upon::<Awards>(parts, None).is_err());
    }

    #[test]
    fn an_unchanged_list_keeps_its_wins() {
        let bench = Bench::new();
        let parts = two(&bench, &list("oscar", &[1]), &list("primetime emmy", &[2]));
        let old = bench.build_upon::<Awards>(parts, None).unwrap().set;
        let mut parts = two(&bench, &list("oscar", &[1, 5]), "");
        parts[1] = PartState::Unchanged;
        let built = bench.build_upon(parts, Some(&old)).unwrap();
        assert_eq!(bodies(&bench, &built.set, 2), [(AwardBody::Emmy, 1)]);
        assert_eq!(bodies(&bench, &built.set, 5), [(AwardBody::Oscar, 1)]);
    }
}
