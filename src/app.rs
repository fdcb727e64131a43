//! The long-lived parts of a server, built in order from its settings. `serve`,
//! the tests and the examples build it the same way.

mod usage;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use url::Url;

use self::usage::UsageBook;
use crate::budgets::Budget;
use crate::cache::{CacheContext, Generations};
use crate::clock::Clock;
use crate::config::{CallRate, Config, ProviderConfig, UpstreamConfig};
use crate::datasets::{DatasetError, Datasets, DatasetsConfig};
use crate::demo::Demo;
use crate::env::Secret;
use crate::gather::{Gatherer, Providers};
use crate::http::{
    AppState, ColdLimiter, ColdLimits, RequestDefaults, ServerFacts, Showcase, TrustedProxies,
};
use crate::keys::{Announcement, KeyKeeper, PurgeHook};
use crate::model::Provider;
use crate::render::Pool;
use crate::request::OptionsPatch;
use crate::service::{Artworks, ServiceParts};
use crate::store::BlobStore;
use crate::stremio::{AddonFetcher, AllowedNetworks, FetcherError};
use crate::telemetry::{Health, Readiness};
use crate::upstream::fanart::FanartSettings;
use crate::upstream::tmdb::TmdbSettings;
use crate::upstream::{
    BreakerState, Fanart, KeyPool, ProviderSettings, RATING_PROVIDERS, RatingProvider, Tmdb,
    Transport, TransportError,
};

/// Between a picture's deadline and the backstop behind it.
const TIME_LIMIT_MARGIN: Duration = Duration::from_millis(500);

/// Why a server cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("no secure connections can be made")]
    Transport(#[from] TransportError),
    #[error("no add-ons can be asked")]
    Addons(#[from] FetcherError),
    #[error("the data sets cannot be kept")]
    Datasets(#[from] DatasetError),
    #[error("the demo catalogue cannot be served")]
    Demo(#[source] io::Error),
}

/// What a server stands on beside its settings.
#[derive(Debug)]
pub struct Foundations {
    blobs: BlobStore,
    keeper: Arc<KeyKeeper>,
    /// Says what is due.
    clock: Clock,
    /// Providers of ratings beside those that the settings switch on.
    more_providers: Vec<Arc<dyn RatingProvider>>,
    /// Cancelled when the server begins to stop.
    stopping: CancellationToken,
}

impl Foundations {
    /// Opens the database of keys; tells what a first start has made.
    pub async fn start(
        config: &Config,
        blobs: BlobStore,
        clock: Clock,
        stopping: CancellationToken,
    ) -> (Self, Announcement) {
        let data_dir = config.storage.data_dir.clone();
        let keeper = KeyKeeper::start(data_dir, config.keys.clone(), clock.clone());
        let (keeper, announcement) = keeper.await;
        (Self { blobs, keeper, clock, more_providers: Vec::new(), stopping }, announcement)
    }

    /// With providers of ratings beside those that the settings switch on.
    #[must_use]
    pub fn with_providers(self, more_providers: Vec<Arc<dyn RatingProvider>>) -> Self {
        Self { more_providers, ..self }
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
        let Foundations { blobs, keeper, clock, more_providers, stopping } = foundations;
        let readiness = Readiness::default();
        readiness.add("database", keeper.health());
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
        let budgets = config.storage.budgets();
        let mut providers = providers(&upstream, clock)?;
        providers.ratings.extend(more_providers);
        let usage = UsageBook::open(&config.storage.data_dir, &providers).await;
        let gather = Gatherer::new(
            providers,
            Arc::clone(&datasets),
            config.artwork.language,
            budgets[Budget::Answers] as u64,
            &upkeep,
        )
        .with_overrides(Arc::clone(keeper.overrides()));
        let facts = ServerFacts {
            blobs: blobs.clone(),
            memory_cache_bytes: config.storage.memory_cache_bytes,
            disk_cache_bytes: config.storage.disk_cache_bytes,
            settings: serde_json::json!(config.in_force),
        };
        let artworks = Artworks::new(ServiceParts {
            gather,
            blobs,
            upkeep,
            pool: Pool::for_this_machine(&budgets),
            budgets,
            render_budget: config.artwork.render_budget,
            deadline: config.artwork.deadline,
            jpeg_quality: config.artwork.jpeg_quality,
        });
        report(&artworks, &readiness);
        let state = AppState {
            artworks: Arc::clone(&artworks),
            defaults: RequestDefaults {
                options: Arc::new(OptionsPatch::of_server(config.artwork.country)),
                language: config.artwork.language,
            },
            showcase: if demo.is_some() { Showcase::Demo } else { Showcase::Nothing },
            keys: Arc::clone(keeper.keys()),
            keeper,
            facts: Arc::new(facts),
            recent: Arc::default(),
            wrong_keys: Arc::default(),
            wrong_tokens: Arc::default(),
            readiness,
            limiter: Arc::new(ColdLimiter::new(ColdLimits::from(&budgets))),
            proxies: Arc::new(TrustedProxies::new(config.server.trusted_proxies.clone())),
            addons: AddonFetcher::new(AllowedNetworks::new(config.server.stremio_allow.clone()))?,
            public_url: config.server.public_url.clone(),
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

    /// Empties memory and removes blobs; for whoever runs the keeper of the keys.
    pub fn purge_hook(&self) -> PurgeHook {
        let (blobs, artworks) = (self.state.facts.blobs.clone(), Arc::clone(&self.artworks));
        Arc::new(move |scope| {
            let blobs = blobs.clone();
            // Memory is small and soon full again: it is emptied whatever is purged.
            artworks.clear();
            Box::pin(async move {
                blobs.purge(&scope).await.unwrap_or_else(|error| {
                    tracing::warn!("the disk cache was not purged: {error}");
                    0
                })
            })
        })
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

/// The demo catalogue in place of the providers that it plays; the others are off.
fn demo_upstream(demo: &Demo, configured: &UpstreamConfig) -> UpstreamConfig {
    let key = || Secret::new("demo");
    let mut upstream = configured.clone();
    upstream.tmdb.key = Some(key());
    upstream.tmdb.url = demo.tmdb_api_url();
    upstream.tmdb.image_url = Some(demo.tmdb_image_url());
    for (provider, config) in &mut upstream.ratings {
        config.keys = Vec::new();
        if let Some(url) = demo.rating_provider_url(*provider) {
            config.keys = vec![key()];
            config.url = url;
            // It is this very process: there is nobody to be gentle with.
            config.rate = CallRate { per_second: 1000.0, burst: 1000 };
        }
    }
    upstream.fanart.provider.keys.clear();
    upstream.tmdb.rate = CallRate { per_second: 1000.0, burst: 1000 };
    upstream
}

fn providers(config: &UpstreamConfig, clock: Clock) -> Result<Providers, TransportError> {
    let images = [&config.tmdb.image_url, &config.fanart.image_url];
    let apis = [&config.tmdb.url, &config.fanart.provider.url];
    let ratings = config.ratings.values().map(|provider| &provider.url);
    let all = apis.into_iter().chain(ratings).chain(images.into_iter().flatten());
    let transport = Transport::new(all)?;
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
                api: settings(Provider::TMDB, &config.tmdb.url, &tmdb_keys, config.tmdb.rate),
                image_base: config.tmdb.image_url.clone(),
            },
        ),
        ratings: RATING_PROVIDERS
            .into_iter()
            .filter_map(|row| {
                let settings = on(row.provider, config.ratings.get(&row.provider)?)?;
                Some((row.client)(&transport, settings))
            })
            .collect(),
        fanart: on(Provider::FANART, &config.fanart.provider).map(|api| {
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
