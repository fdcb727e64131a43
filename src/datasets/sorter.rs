//! Sorting more records than should be in memory at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};

use super::workspace::{TemporaryFile, Workspace};

/// Records kept in memory before they are sorted and written out: 8 MiB of episodes.
const RUN_RECORDS: usize = 1 << 19;

/// A number that is sorted and written in a fixed count of bytes.
pub(super) trait Record: Ord + Copy {
    /// Bytes on disk; at most 16.
    const BYTES: usize;

    fn to_u128(self) -> u128;
    fn from_u128(bits: u128) -> Self;
}

impl Record for u64 {
    const BYTES: usize = 8;

    fn to_u128(self) -> u128 {
        u128::from(self)
    }

    fn from_u128(bits: u128) -> Self {
        bits as u64
    }
}

/// Takes records in any order, gives them back sorted; equal ones are all kept.
///
/// An external merge sort: runs of [`RUN_RECORDS`] are sorted in memory and written to
/// temporary files, then merged. Nine million episodes so need 16 MiB instead of 150.
#[derive(Debug)]
pub(super) struct Sorter<'a, R> {
    workspace: &'a Workspace,
    run: Vec<R>,
    run_records: usize,
    spilled: Vec<TemporaryFile>,
}

impl<'a, R: Record> Sorter<'a, R> {
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        Self { workspace, run: Vec::new(), run_records: RUN_RECORDS, spilled: Vec::new() }
    }

    pub(super) fn push(&mut self, record: R) -> io::Result<()> {
        if self.run.len() == self.run_records {
            self.spill()?;
        }
        self.run.push(record);
        Ok(())
    }

    /// All records in ascending order.
    pub(super) fn sorted(mut self) -> io::Result<Sorted<R>> {
        self.run.sort_unstable();
        let mut runs = vec![Run::Memory(self.run.into_iter())];
        for file in self.spilled {
            let reader = BufReader::with_capacity(1 << 16, File::open(file.path())?);
            runs.push(Run::Disk { reader, _file: file });
        }
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (index, run) in runs.iter_mut().enumerate() {
            if let Some(record) = run.next()? {
                heads.push(Reverse((record, index)));
            }
        }
        Ok(Sorted { runs, heads })
    }

    fn spill(&mut self) -> io::Result<()> {
        self.run.sort_unstable();
        let file = self.workspace.temporary("run");
        let mut writer = BufWriter::with_capacity(1 << 16, File::create(file.path())?);
        for record in self.run.drain(..) {
            writer.write_all(&record.to_u128().to_le_bytes()[..R::BYTES])?;
        }
        writer.flush()?;
        self.spilled.push(file);
        Ok(())
    }
}

/// What a [`Sorter`] gives back.
#[derive(Debug)]
pub(super) struct Sorted<R> {
    runs: Vec<Run<R>>,
    /// The next record of each run that has one, and whose it is.
    heads: BinaryHeap<Reverse<(R, usize)>>,
}

impl<R: Record> Iterator for Sorted<R> {
    type Item = io::Result<R>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut head = self.heads.peek_mut()?;
        let Reverse((record, index)) = *head;
        match self.runs[index].next() {
            Ok(Some(following)) => *head = Reverse((following, index)),
            Ok(None) => {
                std::collections::binary_heap::PeekMut::pop(head);
            }
            Err(error) => return Some(Err(error)),
        }
        Some(Ok(record))
    }
}

#[derive(Debug)]
enum Run<R> {
    Memory(std::vec::IntoIter<R>),
    /// `_file` is deleted when the run is dropped.
    Disk {
        reader: BufReader<File>,
        _file: TemporaryFile,
    },
}

impl<R: Record> Run<R> {
    fn next(&mut self) -> io::Result<Option<R>> {
        match self {
            Self::Memory(records) => Ok(records.next()),
            Self::Disk { reader, .. } => {
                let mut bytes = [0; 16];
                match reader.read_exact(&mut bytes[..R::BYTES]) {
                    Ok(()) => Ok(Some(R::from_u128(u128::from_le_bytes(bytes)))),
                    // Runs hold whole records, so an end is met between two of them.
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

/// Where runs are written; kept for tests that look for leftovers.
#[cfg(test)]
pub(super) fn leftovers(workspace: &Workspace) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(workspace.temporary_dir())
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn records_come_back_sorted_and_complete_whatever_is_spilled(
            records in prop::collection::vec(any::<u64>(), 0..200), run_records in 1_usize..80,
        ) {
            let dir = tempfile::tempdir().unwrap();
            let workspace = Workspace::open(dir.path()).unwrap();
            let mut sorter = Sorter::new(&workspace);
            sorter.run_records = run_records;
            for &record in &records {
                sorter.push(record).unwrap();
            }
            let sorted: Vec<u64> = sorter.sorted().unwrap().map(Result::unwrap).collect();
            let mut expected = records;
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected);
            prop_assert!(leftovers(&workspace).is_empty());
        }
    }
}
