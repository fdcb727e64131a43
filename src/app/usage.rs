//! Calls of the day outlive a restart: a server that is started anew must not think that
//! it has a whole day's calls again.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::gather::{Providers, Usage};
use crate::service::Artworks;
use crate::store::SmallFile;

/// How often the counts are written, where they have changed.
const SAVE: Duration = Duration::from_secs(20);

/// `upstream-usage.json` in the data directory.
#[derive(Debug)]
pub(super) struct UsageBook {
    file: SmallFile,
    /// As it stands in the file.
    saved: Mutex<Usage>,
}

impl UsageBook {
    /// Opens the book and lets `providers` go on where it ends; with none, or one that
    /// cannot be read, counting begins anew.
    pub(super) async fn open(data_dir: &Path, providers: &Providers) -> Self {
        let file = SmallFile::new(data_dir.join("upstream-usage.json"));
        let text = file.read().await;
        let usage: Usage =
            text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        providers.take_up(&usage);
        Self { file, saved: Mutex::new(usage) }
    }

    /// Writes the counts now and then, until `stop`.
    pub(super) async fn keep(self: Arc<Self>, artworks: Arc<Artworks>, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(SAVE)).await.is_some() {
            self.save(artworks.gatherer().providers()).await;
        }
    }

    /// Writes the counts unless they are written already.
    pub(super) async fn save(&self, providers: &Providers) {
        let mut saved = self.saved.lock().await;
        let usage = providers.usage();
        if *saved == usage {
            return;
        }
        let written = match serde_json::to_vec(&usage) {
            Ok(json) => self.file.write(&json).await,
            Err(error) => Err(error.into()),
        };
        match written {
            Ok(()) => *saved = usage,
            // Counted in memory all the same; a full disk is reported by those who need it.
            Err(error) => tracing::debug!("calls of the day are not kept: {}", error.kind()),
        }
    }
}
