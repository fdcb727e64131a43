//! Awards that titles have won, from the public lists of IMDb's events.

mod list;
mod rules;

use std::io::Read as _;

use crate::model::{Award, AwardBody, AwardOrigin, AwardResult, ImdbId};

use super::build::{BuildJob, Built, Part, PartState, Set, SetId, check_rows};
use super::columns::{partition_point, u32_at};
use super::error::DatasetError;
use super::table::{Finished, Table, TableWriter};
use rules::{BODIES, PARTS};

/// Pairs of a title's id and body × 65,536 + count, ascending.
const ROWS: usize = 0;

/// Wins by title, in the kept file: eight bytes for each body that honoured a title.
#[derive(Debug)]
pub(super) struct Awards {
    table: Table,
}

impl Awards {
    /// What a title has won, in the order of [`AwardBody::ALL`].
    pub(super) fn awards(&self, id: ImdbId) -> Vec<Award> {
        let rows = self.table.section(ROWS);
        let first = partition_point(rows.len() / 8, |i| u32_at(rows, 2 * i) < Some(id.number()));
        (first..rows.len() / 8)
            .take_while(|&row| u32_at(rows, 2 * row) == Some(id.number()))
            .filter_map(|row| {
                let (body, count) = unpack(u32_at(rows, 2 * row + 1)?)?;
                let (result, origin) = (AwardResult::Won, AwardOrigin::Lists);
                Some(Award { body, result, count, origin })
            })
            .collect()
    }

    /// All wins of one body.
    fn of(&self, body: AwardBody) -> Vec<(u32, u32)> {
        let rows = self.table.section(ROWS);
        (0..rows.len() / 8)
            .filter_map(|row| Some((u32_at(rows, 2 * row)?, u32_at(rows, 2 * row + 1)?)))
            .filter(|&(_, value)| unpack(value).is_some_and(|(of, _)| of == body))
            .collect()
    }
}

fn pack(body: AwardBody, count: u16) -> u32 {
    u32::from(rules::number(body)) << 16 | u32::from(count)
}

fn unpack(value: u32) -> Option<(AwardBody, u16)> {
    let body =
        AwardBody::ALL.into_iter().find(|&body| u32::from(rules::number(body)) == value >> 16);
    Some((body?, value as u16))
}

impl Set for Awards {
    const ID: SetId = SetId::Awards;
    const PARTS: &'static [Part] = &PARTS;

    fn from_table(table: Table) -> Result<Self, DatasetError> {
        let fits = table.section(ROWS).len() as u64 == table.rows() * 8;
        fits.then_some(Self { table }).ok_or(DatasetError::Damaged)
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
            let old = job.old.map(|old| old.of(body)).unwrap_or_default();
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
        rows.sort_unstable();
        let set = write(job, &rows, &notes)?;
        Ok(Built { set, trouble: (!troubles.is_empty()).then(|| troubles.join("; ")) })
    }
}

fn write(
    job: &BuildJob<'_, Awards>,
    rows: &[(u32, u32)],
    notes: &super::table::Notes,
) -> Result<Awards, DatasetError> {
    check_rows(rows.len() as u64, None)?;
    let mut writer = TableWriter::create(job.workspace).map_err(DatasetError::Disk)?;
    for (id, value) in rows {
        writer.write(&id.to_le_bytes()).map_err(DatasetError::Disk)?;
        writer.write(&value.to_le_bytes()).map_err(DatasetError::Disk)?;
    }
    writer.end_section();
    let rows = rows.len() as u64;
    let (set, file_name) = (Awards::ID.number(), Awards::ID.file_name());
    Awards::from_table(writer.finish(&Finished { set, file_name, rows, notes })?)
}

/// The wins of a list that was fetched, as rows.
fn read(
    job: &BuildJob<'_, Awards>,
    index: usize,
    before: usize,
) -> Result<Vec<(u32, u32)>, DatasetError> {
    let (part, body) = (&PARTS[index], BODIES[index]);
    let mut bytes = Vec::new();
    let mut reader = job.open(index, part.limit_bytes)?;
    reader.read_to_end(&mut bytes).map_err(DatasetError::reading)?;
    let wins = list::wins(&bytes, body)?;
    check_rows(wins.len() as u64, Some(before as u64))?;
    Ok(wins.into_iter().map(|(id, count)| (id.number(), pack(body, count))).collect())
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

    fn bodies(awards: &Awards, id: u32) -> Vec<(AwardBody, u16)> {
        let id = ImdbId::new(id).unwrap();
        awards.awards(id).into_iter().map(|award| (award.body, award.count)).collect()
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
        assert_eq!(bodies(&awards, 1), [oscar, globe, (AwardBody::Bafta, 1)]);
        assert_eq!(bodies(&awards, 2), [oscar, (AwardBody::Cannes, 1)]);
        assert_eq!(bodies(&awards, 3), [(AwardBody::Emmy, 1)]);
        assert_eq!(bodies(&awards, 4), [(AwardBody::Venice, 1)]);
        assert_eq!(bodies(&awards, 5), [(AwardBody::Berlin, 1)]);
        assert!(bodies(&awards, 6).is_empty());
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
            assert_eq!(bodies(&built.set, 4), [(AwardBody::Oscar, 1)]);
            assert_eq!(bodies(&built.set, 3), [(AwardBody::Emmy, 1)]);
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
        assert_eq!(bodies(&built.set, 2), [(AwardBody::Emmy, 1)]);
        assert_eq!(bodies(&built.set, 5), [(AwardBody::Oscar, 1)]);
    }
}
