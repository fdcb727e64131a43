//! One data set in use: opened, looked at, replaced while it is being read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::build::{BuildJob, Built, PartState, Set, SourceFile};
use super::error::DatasetError;
use super::fetch::{Fetcher, Wanted};
use super::metrics;
use super::progress::Progress;
use super::status::SetStatus;
use super::table::Table;
use super::workspace::Workspace;
use crate::clock::Clock;

/// Where a data set comes from and how often it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) url: Url,
    pub(super) interval: Duration,
}

/// What every refresh needs beside its set.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) workspace: Workspace,
    pub(super) fetcher: Fetcher,
    pub(super) progress: Progress,
    /// One build at a time: it takes a whole core.
    pub(super) building: tokio::sync::Semaphore,
}

/// What a refresh came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The source has nothing newer.
    NotModified,
    /// The new data are in use.
    Replaced { rows: u64 },
    /// The new data are in use; of some parts the old remain, for the reason given.
    Partly { rows: u64, trouble: String },
}

/// A data set that may be off, not yet fetched, or in use.
#[derive(Debug)]
pub(super) struct Slot<S> {
    source: Option<Source>,
    current: ArcSwapOption<S>,
    /// Counts on after each change of `current`.
    changes: Arc<AtomicU64>,
    clock: Clock,
    trouble: Mutex<Option<Trouble>>,
    /// Held while refreshing: the background task and a command may meet.
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Trouble {
    text: String,
    at: u64,
}

impl<S: Set> Slot<S> {
    /// Opens what was kept, without a look at the network. A file that cannot be opened is
    /// as good as none: it is fetched anew, and the status says why.
    pub(super) async fn open(
        source: Option<Source>,
        workspace: &Workspace,
        changes: Arc<AtomicU64>,
        clock: Clock,
    ) -> Self {
        let slot = Self {
            source,
            current: ArcSwapOption::empty(),
            changes,
            clock,
            trouble: Mutex::new(None),
            refreshing: tokio::sync::Mutex::new(()),
        };
        if slot.source.is_none() {
            return slot;
        }
        let path = workspace.dir().join(S::ID.file_name());
        match Table::open(&path, S::ID).await {
            Ok(table) => slot.put(table.map(|table| Arc::new(S::from_table(table)))),
            Err(error) => slot.note(Some(&format!("kept file: {}", error.chain()))),
        }
        slot
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The set in use, for a look-up that waits.
    pub(super) fn in_use(&self) -> Option<Arc<S>> {
        self.current.load_full()
    }

    /// The set in use.
    pub(super) fn get(&self) -> arc_swap::Guard<Option<Arc<S>>> {
        self.current.load()
    }

    pub(super) fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// How long until the source is to be asked again; nothing when it never was, or when
    /// a part could not be had the last time.
    pub(super) fn due_in(&self, interval: Duration) -> Duration {
        let Some(set) = self.get().clone() else {
            return Duration::ZERO;
        };
        let notes = set.table().notes();
        let missing =
            |part: &SourceFile| !part.optional && !notes.validators.contains_key(part.name);
        if notes.source != self.fingerprint() || S::PARTS.iter().any(missing) {
            return Duration::ZERO;
        }
        let age = self.clock.unix_secs().saturating_sub(set.table().checked_at());
        interval.saturating_sub(Duration::from_secs(age))
    }

    /// Reads the kept file through, and lets go of it where it is damaged.
    pub(super) async fn verify(&self) {
        let Some(set) = self.get().clone() else {
            return;
        };
        if let Err(error) = set.table().verify().await {
            tracing::warn!(dataset = %S::ID, "kept file refused: {}", error.chain());
            self.note(Some(&format!("kept file: {}", error.chain())));
            self.put(None);
        }
    }

    /// Asks the source and puts what is new in the place of the old.
    pub(super) async fn refresh(
        &self,
        tools: &Tools,
        stop: &CancellationToken,
    ) -> Result<Refreshed, DatasetError> {
        let _alone = self.refreshing.lock().await;
        let start = Instant::now();
        let outcome = self.fetch_and_build(tools, stop).await;
        metrics::refreshed(S::ID, &outcome, start.elapsed());
        match &outcome {
            Ok(Refreshed::Partly { trouble, .. }) => self.note(Some(trouble)),
            Ok(Refreshed::NotModified | Refreshed::Replaced { .. }) => self.note(None),
            Err(error) => self.note(Some(&error.chain())),
        }
        outcome
    }

    async fn fetch_and_build(
        &self,
        tools: &Tools,
        stop: &CancellationToken,
    ) -> Result<Refreshed, DatasetError> {
        let source = self.source.as_ref().ok_or(DatasetError::Off)?;
        let fingerprint = self.fingerprint();
        // What came from elsewhere says nothing about this source.
        let old = self.get().clone().filter(|old| old.table().notes().source == fingerprint);
        let mut parts = fetch_parts(tools, source, old.as_deref()).await;
        if !parts.iter().any(|part| matches!(part, PartState::Fetched(_))) {
            let failed = parts.extract_if(.., |part| matches!(part, PartState::Failed(_))).next();
            if let Some(PartState::Failed(error)) = failed {
                return Err(error);
            }
            let Some(old) = old else {
                return Err(DatasetError::Absent);
            };
            old.table().touch(self.clock.system_time()).map_err(DatasetError::Disk)?;
            return Ok(Refreshed::NotModified);
        }
        let permit = tools.building.acquire().await.map_err(|_| DatasetError::Stopped)?;
        let (workspace, stop) = (tools.workspace.clone(), stop.clone());
        let (runtime, clock) = (tokio::runtime::Handle::current(), self.clock.clone());
        let progress = tools.progress.rows(S::ID);
        let built = blocking(move || {
            S::build(&BuildJob {
                workspace: &workspace,
                runtime,
                clock,
                parts,
                old: old.as_deref(),
                source: fingerprint,
                stop: &stop,
                progress,
            })
        })
        .await?;
        drop(permit);
        Ok(self.replace(built))
    }

    fn replace(&self, built: Built<S>) -> Refreshed {
        let rows = built.set.table().rows();
        tracing::info!(
            dataset = %S::ID, rows, size_bytes = built.set.table().bytes(), "data set replaced"
        );
        self.put(Some(Arc::new(built.set)));
        match built.trouble {
            Some(trouble) => Refreshed::Partly { rows, trouble },
            None => Refreshed::Replaced { rows },
        }
    }

    fn put(&self, set: Option<Arc<S>>) {
        metrics::in_use(S::ID, set.as_deref().map(Set::table));
        self.current.store(set);
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn note(&self, trouble: Option<&str>) {
        let at = self.clock.unix_secs();
        let trouble = trouble.map(|text| Trouble { text: text.to_owned(), at });
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// The address may hold a secret, so its digest is what is kept.
    fn fingerprint(&self) -> String {
        let url = self.source.as_ref().map_or("", |source| source.url.as_str());
        blake3::hash(url.as_bytes()).to_hex().to_string()
    }

    pub(super) fn status(&self) -> SetStatus {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let host = self.source.as_ref().and_then(|source| source.url.host_str());
        let set = self.get();
        let table = set.as_ref().map(|set| set.table());
        SetStatus {
            set: S::ID,
            on: self.source.is_some(),
            source_host: host.map(str::to_owned),
            rows: table.map_or(0, Table::rows),
            skipped_rows: table.map_or(0, |table| table.notes().skipped_rows),
            size_bytes: table.map_or(0, Table::bytes),
            built_at: table.map(Table::built_at),
            checked_at: table.map(Table::checked_at),
            age_secs: table.map(|table| self.clock.unix_secs().saturating_sub(table.built_at())),
            last_error_at: trouble.as_ref().map(|trouble| trouble.at),
            last_error: trouble.map(|trouble| trouble.text),
        }
    }
}

/// Asks for every part of a set, one after the other.
async fn fetch_parts<S: Set>(tools: &Tools, source: &Source, old: Option<&S>) -> Vec<PartState> {
    let mut states = Vec::with_capacity(S::PARTS.len());
    for part in S::PARTS {
        let Some(url) = below(&source.url, part.name) else {
            states.push(PartState::Failed(DatasetError::Address));
            continue;
        };
        let validators = old.and_then(|old| old.table().notes().validators.get(part.name));
        let (limit_bytes, progress) = (part.limit_bytes, tools.progress.bytes(S::ID));
        let wanted = Wanted { url, validators, limit_bytes, progress };
        states.push(match tools.fetcher.fetch(wanted).await {
            Ok(Some(download)) => PartState::Fetched(download),
            Ok(None) => PartState::Unchanged,
            Err(DatasetError::Absent) if part.optional => PartState::NotOffered,
            Err(error) => PartState::Failed(error),
        });
    }
    states
}

/// The address of a file below the source's; a query stays.
fn below(root: &Url, name: &str) -> Option<Url> {
    let mut url = root.clone();
    if !name.is_empty() {
        url.path_segments_mut().ok()?.pop_if_empty().push(name);
    }
    Some(url)
}

/// Runs what blocks for seconds on a thread for such things.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DatasetError> + Send + 'static,
) -> Result<T, DatasetError> {
    #[allow(
        clippy::disallowed_methods,
        reason = "a build is no render: it may take a minute and must not fill the render pool"
    )]
    let task = tokio::task::spawn_blocking(work);
    // A panic in a build costs that build.
    task.await.unwrap_or(Err(DatasetError::Stopped))
}

#[cfg(test)]
mod tests;
