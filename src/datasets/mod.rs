//! Public data sets, fetched whole and asked locally: IMDb's ratings, episodes and ranks, award
//! lists, the anime map.
//!
//! ```text
//! source ── fetch ──► tmp/download ── input ──► parser of bytes ──► SQLite, loose ──► SQLite, packed
//!            If-None-Match, limits     inflate, limit    bounded rows    any order         │ fsync, rename
//!                                                                                          ▼
//! look-up ◄────────────────────────────────────────────────────────────────────── datasets/*.db
//! ```
//!
//! * A set is an SQLite database of its own (`table.rs`), opened for reading only. Opening one
//!   takes milliseconds whatever its size, so a restart serves at once; the kernel keeps the
//!   pages that are asked for and takes back the others. `docs/datasets.md` has the figures.
//! * A new file is built beside the old, checked, renamed into place and swapped in. One
//!   that is cut, empty, of another shape or implausibly small is refused: the old one
//!   goes on serving, and [`SetStatus`] says why.
//! * A set without a source is off: nothing is opened, fetched or held.

mod anime;
mod awards;
mod build;
mod error;
mod fetch;
mod imdb;
mod input;
mod metrics;
mod progress;
mod refresh;
mod slot;
mod status;
mod table;
mod table_builder;
mod workspace;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::Clock;
use crate::model::{AnimeId, Award, EpisodeNumber, ImdbId, Score};

pub(crate) use anime::{AnimeKind, AnimeMapping};
pub use build::SetId;
pub(crate) use error::DatasetError;
pub(crate) use fetch::Timeouts;
pub use slot::Refreshed;
pub(crate) use status::SetStatus;

use anime::AnimeMap;
use awards::Awards;
use imdb::{Episodes, Ranks, Ratings};
use slot::{Slot, Source, Tools};
use workspace::Workspace;

const DAY: Duration = Duration::from_hours(24);

/// Reads `bytes` as every file of every data set: for fuzzers and their bounded
/// run among the tests. What is read is thrown away.
pub fn read_any(bytes: &[u8]) {
    imdb::read_any(bytes);
    anime::read_any(bytes);
    awards::read_any(bytes);
}

/// Which data sets to hold, and from where. `None` switches one off.
#[derive(Clone, Debug)]
pub struct DatasetsConfig {
    /// Files go into `datasets/` below it.
    pub data_dir: PathBuf,
    /// Root of `title.ratings.tsv.gz`, `title.episode.tsv.gz` and `title.basics.tsv.gz`: `LAUREL_IMDB_DATASETS_URL`.
    pub imdb_url: Option<Url>,
    /// Root of `ev0000003.yml` and its like: `LAUREL_AWARDS_URL`.
    pub awards_url: Option<Url>,
    /// The list itself: `LAUREL_ANIME_MAP_URL`.
    pub anime_url: Option<Url>,
    pub imdb_interval: Duration,
    /// Of the places among all titles: they move slowly, and their file is large.
    pub ranks_interval: Duration,
    pub awards_interval: Duration,
    pub anime_interval: Duration,
    pub timeouts: Timeouts,
    /// Counts on whenever other data come into use: what was made of the old ones has to
    /// be looked at again.
    pub changes: Arc<AtomicU64>,
    /// Says when a set is due.
    pub clock: Clock,
}

impl DatasetsConfig {
    /// All sets off, asked for as often as their sources change.
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            imdb_url: None,
            awards_url: None,
            anime_url: None,
            imdb_interval: DAY,
            ranks_interval: 7 * DAY,
            awards_interval: 7 * DAY,
            anime_interval: DAY,
            timeouts: Timeouts::default(),
            changes: Arc::default(),
            clock: Clock::system(),
        }
    }
}

/// The data sets in use. A look-up takes no lock, and waits a second at most for the disk.
#[derive(Debug)]
pub struct Datasets {
    ratings: Slot<Ratings>,
    episodes: Slot<Episodes>,
    awards: Slot<Awards>,
    anime: Slot<AnimeMap>,
    ranks: Slot<Ranks>,
    workspace: Workspace,
    timeouts: Timeouts,
    /// Made when first needed: a client loads certificates, and opening should be quick.
    tools: tokio::sync::OnceCell<Arc<Tools>>,
}

impl Datasets {
    /// Opens the files that are there. Asks no network, reads no file to its end.
    ///
    /// # Errors
    /// A data directory that cannot be made. A bad file is no error; see [`SetStatus`].
    pub async fn open(config: DatasetsConfig) -> Result<Arc<Self>, DatasetError> {
        let any_on = [&config.imdb_url, &config.awards_url, &config.anime_url];
        let workspace = match any_on.into_iter().flatten().next() {
            Some(_) => Workspace::open(&config.data_dir).map_err(DatasetError::Disk)?,
            None => Workspace::unused(&config.data_dir),
        };
        let (changes, clock) = (|| Arc::clone(&config.changes), || config.clock.clone());
        let source = |url: Option<Url>, interval| url.map(|url| Source { url, interval });
        let ranks = source(config.imdb_url.clone(), config.ranks_interval);
        let imdb = source(config.imdb_url, config.imdb_interval);
        let awards = source(config.awards_url, config.awards_interval);
        let anime = source(config.anime_url, config.anime_interval);
        Ok(Arc::new(Self {
            ratings: Slot::open(imdb.clone(), &workspace, changes(), clock()).await,
            episodes: Slot::open(imdb, &workspace, changes(), clock()).await,
            awards: Slot::open(awards, &workspace, changes(), clock()).await,
            anime: Slot::open(anime, &workspace, changes(), clock()).await,
            ranks: Slot::open(ranks, &workspace, changes(), clock()).await,
            workspace,
            timeouts: config.timeouts,
            tools: tokio::sync::OnceCell::new(),
        }))
    }

    /// IMDb's score and votes of a film, a series or a single episode.
    pub async fn rating(&self, id: ImdbId) -> Option<(Score, u32)> {
        self.ratings.in_use()?.rating(id).await
    }

    /// A title's place by IMDb's formula, approximately: among films or among series, from 1 on. `None` with fewer than 25,000 votes.
    pub async fn rank(&self, id: ImdbId) -> Option<u16> {
        self.ranks.in_use()?.place(id).await
    }

    /// The id of an episode. Of several that IMDb gives one number, the lowest.
    pub async fn episode(&self, series: ImdbId, number: EpisodeNumber) -> Option<ImdbId> {
        self.episodes.in_use()?.episode(series, number).await
    }

    /// The numbers and ids of a season's episodes, in order.
    pub async fn season(&self, series: ImdbId, season: u16) -> Vec<(u16, ImdbId)> {
        match self.episodes.in_use() {
            Some(episodes) => episodes.season(series, season).await,
            None => Vec::new(),
        }
    }

    /// What a title has won, by body. Series have Emmys, their episodes do not.
    pub async fn awards(&self, id: ImdbId) -> Vec<Award> {
        match self.awards.in_use() {
            Some(awards) => awards.awards(id).await,
            None => Vec::new(),
        }
    }

    /// What an anime is called elsewhere.
    pub async fn map(&self, id: AnimeId) -> Option<AnimeMapping> {
        self.anime.in_use()?.map(id).await
    }

    /// The map is on, and nothing of it is there yet.
    pub fn is_waiting_for_anime_map(&self) -> bool {
        self.anime.source().is_some() && self.anime.get().is_none()
    }

    /// Whether award lists are there at all.
    pub fn has_awards(&self) -> bool {
        self.awards.get().is_some()
    }

    /// When the ratings in use were built, in seconds since 1970: their age in explain.
    pub fn ratings_built_at(&self) -> Option<u64> {
        self.ratings.get().as_ref().map(|set| build::Set::table(&**set).built_at())
    }

    /// The state of every set, those that are off too.
    pub fn status(&self) -> [SetStatus; SetId::ALL.len()] {
        [
            self.ratings.status(),
            self.episodes.status(),
            self.awards.status(),
            self.anime.status(),
            self.ranks.status(),
        ]
    }

    /// Asks the source of one set now, due or not.
    ///
    /// # Errors
    /// Why nothing was replaced; the old data stay in use.
    pub async fn refresh(&self, set: SetId) -> Result<Refreshed, DatasetError> {
        let (tools, stop) = (self.tools().await?, CancellationToken::new());
        // A caller that goes away stops the build too.
        let _guard = stop.clone().drop_guard();
        match set {
            SetId::ImdbRatings => self.ratings.refresh(&tools, &stop).await,
            SetId::ImdbEpisodes => self.episodes.refresh(&tools, &stop).await,
            SetId::Awards => self.awards.refresh(&tools, &stop).await,
            SetId::AnimeMap => self.anime.refresh(&tools, &stop).await,
            SetId::ImdbRanks => self.ranks.refresh(&tools, &stop).await,
        }
    }

    /// Checks the kept files, then keeps every set fresh, until `stop` is cancelled.
    pub fn spawn_refresh(self: &Arc<Self>, stop: CancellationToken) -> JoinHandle<()> {
        let datasets = Arc::clone(self);
        tokio::spawn(async move {
            if datasets.status().iter().all(|status| !status.on) {
                return;
            }
            let tools = match datasets.tools().await {
                Ok(tools) => tools,
                Err(error) => {
                    tracing::error!("data sets are not refreshed: {}", error.chain());
                    return;
                }
            };
            tokio::join!(
                refresh::keep_fresh(&datasets.ratings, Arc::clone(&tools), stop.clone()),
                refresh::keep_fresh(&datasets.episodes, Arc::clone(&tools), stop.clone()),
                refresh::keep_fresh(&datasets.awards, Arc::clone(&tools), stop.clone()),
                refresh::keep_fresh(&datasets.anime, Arc::clone(&tools), stop.clone()),
                refresh::keep_fresh(&datasets.ranks, tools, stop),
            );
        })
    }

    async fn tools(&self) -> Result<Arc<Tools>, DatasetError> {
        let make = || async {
            Ok(Arc::new(Tools {
                workspace: self.workspace.clone(),
                fetcher: fetch::Fetcher::new(self.workspace.clone(), self.timeouts)?,
                progress: progress::Progress::new(),
                building: tokio::sync::Semaphore::new(1),
            }))
        };
        self.tools.get_or_try_init(make).await.cloned()
    }
}

#[cfg(test)]
mod tests;
