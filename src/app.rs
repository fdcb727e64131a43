//! The long-lived parts of a server, built in order from its settings. `serve`,
//! the tests and the examples build it the same way.

mod usage;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use url::Url;

use self::usage::UsageBook;
use crate::cache::{CacheContext, Generations};
use crate::clock::Clock;
use crate::config::{CallRate, Config, ProviderConfig, UpstreamConfig};
use crate::datasets::{DatasetError, Datasets, DatasetsConfig};
use crate::demo::Demo;
use crate::env::Secret;
use crate::gather::{Gatherer, Providers};
use crate::http::{AppState, ColdLimiter, RequestDefaults, Showcase, TrustedProxies};
use crate::keys::Keys;
use crate::model::Provider;
use crate::render::Pool;
use crate::service::{Artworks, Parts};
use crate::store::BlobStore;
use crate::telemetry::{Health, Readiness};
use crate::upstream::fanart::FanartSettings;
use crate::upstream::tmdb::TmdbSettings;
use crate::upstream::{
    BreakerState, Fanart, KeyPool, Mdblist, Omdb, ProviderSettings, Tmdb, Trakt, Transport,
    TransportError,
};

/// Between a picture's deadline and the backstop behind it.
const TIME_LIMIT_MARGIN: Duration = Duration::from_millis(500);

/// Why a server cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("no secure connections can be made")]
    Transport(#[from] TransportError),
    #[error("the data sets cannot be kept")]
    Datasets(#[from] DatasetError),
    #[error("the demo catalogue cannot be served")]
    Demo(#[source] io::Error),
}

/// What a server stands on beside its settings.
#[derive(Debug)]
pub struct Foundations {
    pub blobs: BlobStore,
    pub keys: Arc<Keys>,
    /// Says what is due.
    pub clock: Clock,
    /// Cancelled when the server begins to stop.
    pub stopping: CancellationToken,
}

impl Foundations {
    /// The keys of the settings, the system's clock, and no end in sight.
    pub fn new(config: &Config, blobs: BlobStore) -> Self {
        Self {
            blobs,
            keys: Arc::new(Keys::new(&config.keys)),
            clock: Clock::system(),
            stopping: CancellationToken::new(),
        }
    }
}

/// A server but for its socket.
#[derive(Debug)]
pub struct App {
    /// What handlers may ask for.
    pub state: AppState,
    pub artworks: Arc<Artworks>,
    pub datasets: Arc<Datasets>,
    /// Stands in for the providers where no TMDB key is set; serves until dropped.
    pub demo: Option<Demo>,
    usage: Arc<UsageBook>,
}

impl App {
    /// Builds the server that `config` describes.
    ///
    /// # Errors
    /// See [`AppError`]: nothing of it can be worked around.
    pub async fn build(config: &Config, foundations: Foundations) -> Result<Self, AppError> {
        let Foundations { blobs, keys, clock, stopping } = foundations;
        let readiness = Readiness::default();
        readiness.add("disk_cache", {
            let blobs = blobs.clone();
            move || blobs.health()
        });
        let demo = match config.is_demo() {
            true => Some(Demo::start().await.map_err(AppError::Demo)?),
            false => None,
        };
        let upstream = match &demo {
            Some(demo) => demo_upstream(demo, &config.upstream),
            None => config.upstream.clone(),
        };
        let changes = Arc::default();
        let generations = Arc::new(Generations::beside(Arc::clone(&changes)));
        let datasets = Datasets::open(DatasetsConfig {
            changes,
            clock: clock.clone(),
            imdb_url: config.datasets.imdb.clone().filter(|_| demo.is_none()),
            awards_url: config.datasets.awards.clone().filter(|_| demo.is_none()),
            anime_url: config.datasets.anime_map.clone().filter(|_| demo.is_none()),
            ..DatasetsConfig::new(config.storage.data_dir.clone())
        })
        .await?;
        let upkeep = CacheContext { blobs: blobs.clone(), generations, clock: clock.clone() };
        let memory = config.storage.memory_cache_bytes;
        let providers = providers(&upstream, clock)?;
        let usage = UsageBook::open(&config.storage.data_dir, &providers).await;
        let gather = Gatherer::new(
            providers,
            Arc::clone(&datasets),
            config.artwork.language,
            memory / 8,
            &upkeep,
        );
        let artworks = Artworks::new(Parts {
            gather,
            blobs,
            upkeep,
            pool: Pool::for_this_machine(),
            memory_bytes: memory - memory / 8,
            render_budget: config.artwork.render_budget,
            deadline: config.artwork.deadline,
            jpeg_quality: config.artwork.jpeg_quality,
        });
        report(&artworks, &readiness);
        let state = AppState {
            artworks: Arc::clone(&artworks),
            defaults: RequestDefaults {
                options: Arc::default(),
                language: config.artwork.language,
            },
            showcase: if demo.is_some() { Showcase::Demo } else { Showcase::Nothing },
            keys,
            admin: Arc::default(),
            readiness,
            limiter: Arc::new(ColdLimiter::default()),
            proxies: Arc::new(TrustedProxies::new(config.server.trusted_proxies.clone())),
            time_limit: config.artwork.deadline + TIME_LIMIT_MARGIN,
            stopping,
        };
        Ok(Self { state, artworks, datasets, demo, usage: Arc::new(usage) })
    }

    /// Starts what goes on behind: data sets, the first words with TMDB, and the keeping
    /// of counts.
    pub fn start(&self, stop: CancellationToken) {
        drop(self.datasets.spawn_refresh(stop.clone()));
        drop(tokio::spawn(Arc::clone(&self.usage).keep(Arc::clone(&self.artworks), stop)));
        let artworks = Arc::clone(&self.artworks);
        drop(tokio::spawn(async move { artworks.gatherer().providers().tmdb.prepare().await }));
    }

    /// Keeps what the next process has to know. Call it last.
    pub async fn close(&self) {
        self.usage.save(self.artworks.gatherer().providers()).await;
    }
}

/// Reports on providers and workers at `/readyz`.
fn report(artworks: &Arc<Artworks>, readiness: &Readiness) {
    let of_providers = Arc::clone(artworks);
    readiness.add("providers", move || providers_health(of_providers.gatherer().providers()));
    let of_workers = Arc::clone(artworks);
    readiness.add("renders", move || match of_workers.pool().is_full() {
        true => Health::Degraded("the queue is full".into()),
        false => Health::Ready,
    });
}

/// Degraded, not broken, without a provider: what is cached goes on being served.
fn providers_health(providers: &Providers) -> Health {
    let failing: Vec<&str> = providers
        .status()
        .into_iter()
        .filter(|status| status.breaker != BreakerState::Closed)
        .map(|status| status.provider)
        .collect();
    match failing.is_empty() {
        true => Health::Ready,
        false => Health::Degraded(format!("left alone after failures: {}", failing.join(", "))),
    }
}

/// The demo catalogue in place of TMDB, MDBList and OMDb; the others are off.
fn demo_upstream(demo: &Demo, configured: &UpstreamConfig) -> UpstreamConfig {
    let key = || Secret::new("demo");
    let mut upstream = configured.clone();
    upstream.tmdb.key = Some(key());
    upstream.tmdb.url = demo.tmdb_api_url();
    upstream.tmdb.image_url = Some(demo.tmdb_image_url());
    upstream.mdblist.keys = vec![key()];
    upstream.mdblist.url = demo.mdblist_url();
    upstream.omdb.keys = vec![key()];
    upstream.omdb.url = demo.omdb_url();
    upstream.trakt.keys.clear();
    upstream.fanart.provider.keys.clear();
    // It is this very process: there is nobody to be gentle with.
    for provider in [&mut upstream.mdblist, &mut upstream.omdb] {
        provider.rate = CallRate { per_second: 1000.0, burst: 1000 };
    }
    upstream.tmdb.rate = CallRate { per_second: 1000.0, burst: 1000 };
    upstream
}

fn providers(config: &UpstreamConfig, clock: Clock) -> Result<Providers, TransportError> {
    let images = [&config.tmdb.image_url, &config.fanart.image_url];
    let apis = [
        &config.tmdb.url,
        &config.mdblist.url,
        &config.omdb.url,
        &config.trakt.url,
        &config.fanart.provider.url,
    ];
    let transport = Transport::new(apis.into_iter().chain(images.into_iter().flatten()))?;
    let transport = transport.with_clock(clock);
    let on = |provider, config: &ProviderConfig| {
        (!config.keys.is_empty())
            .then(|| settings(provider, &config.url, &config.keys, config.rate))
    };
    let tmdb_keys: Vec<Secret> = config.tmdb.key.iter().cloned().collect();
    Ok(Providers {
        tmdb: Tmdb::new(
            &transport,
            TmdbSettings {
                api: settings(Provider::Tmdb, &config.tmdb.url, &tmdb_keys, config.tmdb.rate),
                image_base: config.tmdb.image_url.clone(),
            },
        ),
        mdblist: on(Provider::Mdblist, &config.mdblist).map(|s| Mdblist::new(&transport, s)),
        omdb: on(Provider::Omdb, &config.omdb).map(|s| Omdb::new(&transport, s)),
        trakt: on(Provider::Trakt, &config.trakt).map(|s| Trakt::new(&transport, s)),
        fanart: on(Provider::Fanart, &config.fanart.provider).map(|api| {
            let image_base = config.fanart.image_url.clone();
            Fanart::new(&transport, FanartSettings { api, image_base })
        }),
    })
}

fn settings(provider: Provider, url: &Url, keys: &[Secret], rate: CallRate) -> ProviderSettings {
    ProviderSettings {
        rate_per_second: rate.per_second,
        burst: rate.burst,
        ..ProviderSettings::api(provider, url.clone(), KeyPool::new(keys.iter().cloned()))
    }
}
