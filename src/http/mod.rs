//! The web: routes, and what every response has in common.

mod admin;
mod artwork;
mod attempts;
mod cache_headers;
mod client;
mod clients;
mod context;
mod error;
mod hit_cache;
mod key;
mod limiter;
mod openapi;
mod page;
mod path;
mod picture_address;
mod plex;
mod public_url;
mod recent;
mod server;
mod site;
mod stall;
mod state;
mod status;
mod stremio;

use axum::Router;
use axum::http::{HeaderName, Method};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower::Layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::normalize_path::NormalizePathLayer;

pub use artwork::routes as artwork_routes;
pub(crate) use client::TrustedProxies;
pub use error::errors_markdown;
pub(crate) use limiter::{ColdLimiter, ColdLimits};
pub use openapi::document as openapi_document;
pub(crate) use page::SAMPLE_ID;
pub(crate) use server::BindError;
pub use server::{Server, ServerLimits};
pub use site::Site;
pub(crate) use state::{AppState, RequestDefaults, ServerFacts, Showcase};

/// No endpoint reads more than a small document.
const MAX_BODY_BYTES: usize = 64 << 10;

/// Every endpoint of the product.
///
/// `artwork` holds what answers below a key and reads artwork: `/{key}/{idType}/{style}/{id}` and
/// `/{key}/imdb/rating/{tt}`. It is served a second time below `/api`.
pub fn router(state: AppState, artwork: Router<AppState>) -> Site {
    let hits = hit_cache::HitCache::new(&state);
    let below_key = Router::new()
        .route("/{key}/isValid", get(key::is_valid))
        .route("/{key}/requests", get(key::requests))
        .merge(artwork)
        // Before the layer, so that a page's preflight is answered by it.
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(cors());
    let routes = Router::new()
        .route("/", get(page::serve))
        .route("/assets/{version}/{name}", get(page::asset))
        .route("/api/options", get(page::options))
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .route("/metrics", get(status::metrics))
        .route("/api/clients", get(clients::list))
        .route("/api/openapi.json", get(openapi::serve))
        .route("/api/docs", get(openapi::page::serve))
        .merge(plex::routes())
        .nest("/api", below_key.clone())
        .merge(below_key)
        .fallback(error::no_such_endpoint)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), context::limit_time))
        // An add-on may take longer than a picture, and so may a purge.
        .merge(stremio::routes().layer(cors()))
        .nest("/api/admin", admin::routes(&state));
    // From the outside in: every answer, also that of a panic or a time-out, is logged and gets
    // its headers.
    let routes = routes
        .layer(from_fn(cache_headers::write_cache_headers))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(from_fn(context::limit_body))
        .layer(from_fn(context::limit_uri))
        .layer(CatchPanicLayer::custom(error::from_panic))
        .layer(from_fn(context::record))
        .with_state(state);
    // Outside of the routes, because it changes which of them matches.
    let routes =
        Router::new().fallback_service(NormalizePathLayer::trim_trailing_slash().layer(routes));
    Site::new(routes, hits)
}

/// Pages of other projects show pictures and check keys from a browser.
fn cors() -> CorsLayer {
    const EXPOSED: [&str; 4] =
        ["x-cache-status", "x-elements-hash", "x-ignored-parameters", "x-request-id"];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers(Any)
        .expose_headers(EXPOSED.map(HeaderName::from_static))
}

#[cfg(test)]
mod tests;
