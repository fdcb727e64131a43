//! What a data set is to the machinery that fetches, keeps and opens it.

use std::fmt;
use std::io::BufRead;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

use super::error::DatasetError;
use super::fetch::Download;
use super::input;
use super::table::{Notes, SourceValidators, Table};
use super::workspace::Workspace;

/// How many rows pass between two looks at whether to stop.
const ROWS_PER_LOOK: u64 = 1 << 14;

/// The data sets, each refreshed and kept on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetId {
    ImdbRatings,
    ImdbEpisodes,
    Awards,
    AnimeMap,
    ImdbRanks,
}

impl SetId {
    pub const ALL: [Self; 5] =
        [Self::ImdbRatings, Self::ImdbEpisodes, Self::Awards, Self::AnimeMap, Self::ImdbRanks];

    /// The word in logs, metrics and status.
    pub fn name(self) -> &'static str {
        match self {
            Self::ImdbRatings => "imdb_ratings",
            Self::ImdbEpisodes => "imdb_episodes",
            Self::Awards => "awards",
            Self::AnimeMap => "anime_map",
            Self::ImdbRanks => "imdb_ranks",
        }
    }

    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::ImdbRatings => "imdb_ratings.db",
            Self::ImdbEpisodes => "imdb_episodes.db",
            Self::Awards => "awards.db",
            Self::AnimeMap => "anime_map.db",
            Self::ImdbRanks => "imdb_ranks.db",
        }
    }

    /// Written into the file; a number once given is never given again.
    pub(super) fn number(self) -> u32 {
        match self {
            Self::ImdbRatings => 1,
            Self::ImdbEpisodes => 2,
            Self::Awards => 3,
            Self::AnimeMap => 4,
            Self::ImdbRanks => 5,
        }
    }
}

impl fmt::Display for SetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One file of a source.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceFile {
    /// Below the source's address; empty for a source that is the file itself.
    pub(super) name: &'static str,
    /// Most bytes to download.
    pub(super) limit_bytes: u64,
    /// A source without an optional file has no fault.
    pub(super) optional: bool,
}

/// What came of asking for a part.
#[derive(Debug)]
pub(super) enum PartState {
    Fetched(Download),
    /// As when the data set was built.
    Unchanged,
    /// An optional part that the source does not offer.
    NotOffered,
    Failed(DatasetError),
}

/// A kind of data set.
pub(super) trait Set: Sized + Send + Sync + 'static {
    const ID: SetId;
    const PARTS: &'static [SourceFile];

    /// Contents are trusted no further than that look-ups may not panic.
    fn from_table(table: Table) -> Self;

    fn table(&self) -> &Table;

    /// Reads what was fetched, writes it to a new table. Blocks.
    fn build(job: &BuildJob<'_, Self>) -> Result<Built<Self>, DatasetError>;
}

/// A new data set, and what went wrong with a part of it that the old one stands in for.
#[derive(Debug)]
pub(super) struct Built<S> {
    pub(super) set: S,
    pub(super) trouble: Option<String>,
}

/// All that a build reads.
#[derive(Debug)]
pub(super) struct BuildJob<'a, S> {
    pub(super) workspace: &'a Workspace,
    /// Where statements are waited for.
    pub(super) runtime: tokio::runtime::Handle,
    pub(super) clock: Clock,
    /// In the order of [`Set::PARTS`].
    pub(super) parts: Vec<PartState>,
    /// The set now in use, if it is of the same source.
    pub(super) old: Option<&'a S>,
    /// Digest of the source's address.
    pub(super) source: String,
    pub(super) stop: &'a CancellationToken,
    pub(super) progress: indicatif::ProgressBar,
}

impl<S: Set> BuildJob<'_, S> {
    /// A reader over a part that was fetched, inflated to at most `limit` bytes.
    pub(super) fn open(&self, part: usize, limit: u64) -> Result<Box<dyn BufRead>, DatasetError> {
        match self.parts.get(part) {
            Some(PartState::Fetched(download)) => input::open(download.path(), limit),
            _ => Err(DatasetError::Absent),
        }
    }

    /// Called with the number of rows so far: shows progress, and fails when told to stop.
    pub(super) fn tick(&self, rows: u64) -> Result<(), DatasetError> {
        if !rows.is_multiple_of(ROWS_PER_LOOK) {
            return Ok(());
        }
        self.progress.set_position(rows);
        let stopped = self.stop.is_cancelled();
        if stopped { Err(DatasetError::Stopped) } else { Ok(()) }
    }

    pub(super) fn rows_before(&self) -> Option<u64> {
        self.old.map(|old| old.table().rows())
    }

    /// Notes with the validators of every part that is in the new set.
    pub(super) fn notes(&self, skipped_rows: u64) -> Notes {
        let mut notes = Notes { source: self.source.clone(), skipped_rows, ..Notes::default() };
        for (part, state) in S::PARTS.iter().zip(&self.parts) {
            if let Some(validators) = self.validators(part, state) {
                notes.validators.insert(part.name.to_owned(), validators);
            }
        }
        notes
    }

    fn validators(&self, part: &SourceFile, state: &PartState) -> Option<SourceValidators> {
        match state {
            PartState::Fetched(download) => Some(download.validators.clone()),
            PartState::Unchanged => self.old?.table().notes().validators.get(part.name).cloned(),
            PartState::NotOffered | PartState::Failed(_) => None,
        }
    }
}

/// Refuses an empty file, and one of less than half the rows there were before: both have
/// been seen of sources in trouble, and old data is better than half of the new.
pub(super) fn check_rows(rows: u64, before: Option<u64>) -> Result<(), DatasetError> {
    match before {
        _ if rows == 0 => Err(DatasetError::Empty),
        Some(before) if rows < before / 2 => Err(DatasetError::Shrunk { rows, before }),
        _ => Ok(()),
    }
}

#[cfg(test)]
pub(super) mod test_support {
    use super::*;

    /// Builds data sets from bytes, without a network.
    pub(in crate::datasets) struct Bench {
        runtime: tokio::runtime::Runtime,
        _dir: tempfile::TempDir,
        pub(in crate::datasets) workspace: Workspace,
        stop: CancellationToken,
    }

    impl Bench {
        pub(in crate::datasets) fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let workspace = Workspace::open(dir.path()).unwrap();
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
            Self { runtime, _dir: dir, workspace, stop: CancellationToken::new() }
        }

        /// Waits for a look-up.
        pub(in crate::datasets) fn wait<T>(&self, look_up: impl Future<Output = T>) -> T {
            self.runtime.block_on(look_up)
        }

        /// Builds from all parts.
        pub(in crate::datasets) fn build<S: Set>(
            &self,
            parts: &[&[u8]],
        ) -> Result<S, DatasetError> {
            let parts = parts.iter().map(|bytes| self.fetched(bytes)).collect();
            self.build_upon(parts, None).map(|built| built.set)
        }

        pub(in crate::datasets) fn build_upon<S: Set>(
            &self,
            parts: Vec<PartState>,
            old: Option<&S>,
        ) -> Result<Built<S>, DatasetError> {
            S::build(&self.job(parts, old))
        }

        pub(in crate::datasets) fn job<'a, S: Set>(
            &'a self,
            parts: Vec<PartState>,
            old: Option<&'a S>,
        ) -> BuildJob<'a, S> {
            BuildJob {
                workspace: &self.workspace,
                runtime: self.runtime.handle().clone(),
                clock: Clock::system(),
                parts,
                old,
                source: "test".into(),
                stop: &self.stop,
                progress: indicatif::ProgressBar::hidden(),
            }
        }

        pub(in crate::datasets) fn fetched(&self, bytes: &[u8]) -> PartState {
            let file = self.workspace.temporary("part");
            std::fs::write(file.path(), bytes).unwrap();
            PartState::Fetched(Download { file, validators: SourceValidators::default() })
        }
    }

    #[test]
    fn half_the_rows_are_enough_and_less_are_not() {
        assert!(check_rows(1, None).is_ok());
        assert!(check_rows(50, Some(100)).is_ok());
        assert!(matches!(
            check_rows(49, Some(100)),
            Err(DatasetError::Shrunk { rows: 49, before: 100 })
        ));
        assert!(matches!(check_rows(0, None), Err(DatasetError::Empty)));
    }
}
