//! TMDB's pictures: where they are, and their bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use super::refusals::Refusals;
use super::{ImageConfiguration, TmdbSize, wire};
use crate::budgets::FileReservation;
use crate::model::{ArtworkRef, ArtworkSource, ImageList, Provider};
use crate::upstream::{
    Call, Client, ProviderSettings, ProviderStatus, Transport, UpstreamError, Urgency,
};

/// TMDB asks to read `/configuration` every few days; sizes have not changed in years.
const REFRESH: Duration = Duration::from_hours(24);
const RETRY: Duration = Duration::from_mins(1);
/// No request waits longer for `/configuration`: the built-in one is nearly always right.
const TIMEOUT: Duration = Duration::from_millis(300);

/// The image host as it is known now.
#[derive(Debug)]
pub(super) struct Current {
    pub(super) configuration: ImageConfiguration,
    client: Client,
    /// Whether TMDB said so, or we assume it.
    confirmed: bool,
    refresh_at: Instant,
}

#[derive(Debug)]
pub(super) struct Images {
    api: Client,
    transport: Transport,
    /// From the settings: wins over what `/configuration` says.
    base: Option<Url>,
    /// Pictures are not fetched in the clear where the API is not.
    secure: bool,
    state: watch::Sender<Arc<Current>>,
    refreshing: AtomicBool,
    refusals: Refusals,
}

/// A size to fetch a file in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeChoice {
    pub size: TmdbSize,
    /// A file that is narrower than this, and than its original, was refused in effect:
    /// see [`Tmdb::refuse`](super::Tmdb::refuse). 0 for documented widths.
    pub min_width: u16,
}

impl Images {
    pub(super) fn new(transport: &Transport, api: Client, base: Option<Url>, secure: bool) -> Self {
        let mut configuration = ImageConfiguration::built_in();
        if let Some(base) = &base {
            configuration.base = base.clone();
        }
        let current = Current {
            client: client(transport, &configuration.base),
            configuration,
            confirmed: false,
            refresh_at: transport.clock().now(),
        };
        Self {
            api,
            transport: transport.clone(),
            base,
            secure,
            state: watch::Sender::new(Arc::new(current)),
            refreshing: AtomicBool::new(false),
            refusals: Refusals::new(transport.clock().clone()),
        }
    }

    /// The host as known now; waits a moment where TMDB has been asked and has not said yet.
    pub(super) async fn current(this: &Arc<Self>) -> Arc<Current> {
        Self::prepare(this);
        let mut answer = this.state.subscribe();
        let now = this.transport.clock().now();
        let known = |current: &Arc<Current>| current.confirmed || now < current.refresh_at;
        let waited = tokio::time::timeout(TIMEOUT, answer.wait_for(known)).await;
        match waited {
            Ok(Ok(current)) => Arc::clone(&current),
            Ok(Err(_)) | Err(_) => Arc::clone(&this.state.borrow()),
        }
    }

    /// Starts reading `/configuration` if it is due and nobody reads it yet; never waits.
    pub(super) fn prepare(this: &Arc<Self>) {
        let due = this.transport.clock().now() >= this.state.borrow().refresh_at;
        if due && !this.refreshing.swap(true, Ordering::AcqRel) {
            let this = Arc::clone(this);
            tokio::spawn(async move {
                this.refresh().await;
                this.refreshing.store(false, Ordering::Release);
            });
        }
    }

    async fn refresh(&self) {
        let answer = self.api.get_json::<wire::Configuration>(Call::get(["configuration"])).await;
        let before = Arc::clone(&self.state.borrow());
        let next = match answer {
            Ok(answer) => {
                let configuration = self.settle(ImageConfiguration::from_wire(&answer));
                let same_host = configuration.base == before.configuration.base;
                let client = if same_host {
                    before.client.clone()
                } else {
                    client(&self.transport, &configuration.base)
                };
                let refresh_at = self.transport.clock().now() + REFRESH;
                Current { configuration, client, confirmed: true, refresh_at }
            }
            Err(error) => {
                tracing::warn!(%error, "image configuration not read, going on with the last one");
                Current {
                    configuration: before.configuration.clone(),
                    client: before.client.clone(),
                    confirmed: before.confirmed,
                    refresh_at: self.transport.clock().now() + RETRY,
                }
            }
        };
        self.state.send_replace(Arc::new(next));
    }

    /// What TMDB says, as far as the settings leave it to TMDB.
    fn settle(&self, mut configuration: ImageConfiguration) -> ImageConfiguration {
        if let Some(base) = &self.base {
            configuration.base = base.clone();
        } else if self.secure && configuration.base.scheme() != "https" {
            configuration.base = ImageConfiguration::built_in().base;
        }
        configuration
    }

    pub(super) async fn fetch(
        self: &Arc<Self>,
        artwork: &ArtworkRef,
        size: TmdbSize,
        (urgency, reservation): (Urgency, &FileReservation),
    ) -> Result<Bytes, UpstreamError> {
        let current = Self::current(self).await;
        let name = artwork.path.strip_prefix('/').unwrap_or_default();
        // Paths are checked where they are read; this one may come from a cache.
        if artwork.source != ArtworkSource::Tmdb || !wire::is_file_path(&artwork.path) {
            return Err(UpstreamError::NotFound { provider: current.client.label() });
        }
        let size = if artwork.is_svg() { TmdbSize::Original } else { size };
        let call = Call::get([size.to_string().as_str(), name]).within(reservation);
        let fetched = current.client.with(urgency).get_bytes(call).await;
        match (&fetched, size) {
            (Ok(_), _) => self.refusals.succeeded(&artwork.path, size),
            (
                Err(UpstreamError::NotFound { .. } | UpstreamError::Rejected { status: 400, .. }),
                TmdbSize::Width(width),
            ) => self.refusals.refused(&artwork.path, width),
            _ => {}
        }
        fetched
    }

    /// The smallest size in which a file of `list` is at least `needed` pixels wide. One that was
    /// refused before is fetched in a size that is documented for its kind.
    pub(super) async fn choose_size(
        self: &Arc<Self>,
        artwork: &ArtworkRef,
        list: ImageList,
        needed: u32,
    ) -> SizeChoice {
        let current = Self::current(self).await;
        let sizes = &current.configuration.sizes;
        let size = match artwork.is_svg() {
            true => TmdbSize::Original,
            false => sizes.pick(needed, |width| self.refusals.is_struck(list, width)),
        };
        match size {
            TmdbSize::Width(width) if !sizes.lists(list, width) => {
                match self.refusals.concerns(&artwork.path, list) {
                    true => SizeChoice { size: sizes.pick_listed(list, needed), min_width: 0 },
                    false => SizeChoice { size, min_width: width },
                }
            }
            size => SizeChoice { size, min_width: 0 },
        }
    }

    /// The address of a file for others to fetch, as far as the host is known now.
    pub(super) fn address(&self, artwork: &ArtworkRef, size: TmdbSize) -> Option<String> {
        if artwork.source != ArtworkSource::Tmdb || !wire::is_file_path(&artwork.path) {
            return None;
        }
        let base = self.state.borrow().configuration.base.clone();
        Some(format!("{}/{size}{}", base.as_str().trim_end_matches('/'), artwork.path))
    }

    pub(super) fn refuse(&self, artwork: &ArtworkRef, size: TmdbSize) {
        if let TmdbSize::Width(width) = size {
            self.refusals.refused(&artwork.path, width);
        }
    }

    pub(super) fn status(&self) -> ProviderStatus {
        self.state.borrow().client.status()
    }
}

fn client(transport: &Transport, base: &Url) -> Client {
    Client::new(transport, ProviderSettings::images(Provider::TMDB, "tmdb_images", base.clone()))
}
