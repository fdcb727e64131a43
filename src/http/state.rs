//! What handlers may ask for. Each part is had on its own through `FromRef`, so that a handler's
//! signature shows what it touches.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;

use super::client::TrustedProxies;
use super::limiter::ColdLimiter;
use crate::keys::{AdminToken, Keys};
use crate::telemetry::Readiness;

/// The long-lived parts of a server.
#[derive(Clone, Debug)]
pub struct AppState {
    pub keys: Arc<Keys>,
    pub admin: Arc<ArcSwap<AdminToken>>,
    pub readiness: Readiness,
    pub limiter: Arc<ColdLimiter>,
    pub proxies: Arc<TrustedProxies>,
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
    keys: Arc<Keys>,
    admin: Arc<ArcSwap<AdminToken>>,
    readiness: Readiness,
    limiter: Arc<ColdLimiter>,
    proxies: Arc<TrustedProxies>,
    stopping: CancellationToken,
}
