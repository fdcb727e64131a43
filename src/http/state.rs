//! What handlers may ask for. Each part is had on its own through `FromRef`, so that a handler's
//! signature shows what it touches.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::attempts::WrongAttempts;
use super::client::TrustedProxies;
use super::limiter::ColdLimiter;
use super::recent::RecentRenders;
use crate::keys::{KeyKeeper, Keys};
use crate::model::Language;
use crate::request::OptionsPatch;
use crate::service::Artworks;
use crate::store::BlobStore;
use crate::stremio::AddonFetcher;
use crate::telemetry::Readiness;

/// What the server itself says about requests, below everything else.
#[derive(Clone, Debug)]
pub struct RequestDefaults {
    pub options: Arc<OptionsPatch>,
    pub language: Language,
}

/// What the page at `/` shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Showcase {
    /// The embedded catalogue is served.
    Demo,
    #[default]
    Nothing,
}

/// What the owner may see of the server.
#[derive(Debug)]
pub struct ServerFacts {
    pub blobs: BlobStore,
    /// Limits of the caches.
    pub memory_cache_bytes: u64,
    pub disk_cache_bytes: u64,
    /// All settings with their values, without secrets.
    pub settings: serde_json::Value,
}

/// The long-lived parts of a server.
#[derive(Clone, Debug)]
pub struct AppState {
    pub artworks: Arc<Artworks>,
    pub defaults: RequestDefaults,
    pub showcase: Showcase,
    pub keys: Arc<Keys>,
    /// Keys and profiles as the admin changes them.
    pub keeper: Arc<KeyKeeper>,
    pub facts: Arc<ServerFacts>,
    pub recent: Arc<RecentRenders>,
    pub wrong_keys: Arc<WrongAttempts>,
    pub wrong_tokens: Arc<WrongAttempts>,
    pub readiness: Readiness,
    pub limiter: Arc<ColdLimiter>,
    pub proxies: Arc<TrustedProxies>,
    /// Asks wrapped add-ons.
    pub addons: AddonFetcher,
    /// Where clients reach this server; `None`: as each request says.
    pub public_url: Option<Url>,
    /// No response takes longer to begin; a backstop behind the deadline of pictures.
    pub time_limit: Duration,
    /// Cancelled when the server begins to stop.
    pub stopping: CancellationToken,
}

macro_rules! parts {
    ($($part:ident: $type:ty),* $(,)?) => {$(
        impl FromRef<AppState> for $type {
            fn from_ref(state: &AppState) -> Self {
                state.$part.clone()
            }
        }
    )*};
}

parts! {
    artworks: Arc<Artworks>,
    defaults: RequestDefaults,
    showcase: Showcase,
    keys: Arc<Keys>,
    keeper: Arc<KeyKeeper>,
    facts: Arc<ServerFacts>,
    recent: Arc<RecentRenders>,
    readiness: Readiness,
    limiter: Arc<ColdLimiter>,
    proxies: Arc<TrustedProxies>,
    stopping: CancellationToken,
}
