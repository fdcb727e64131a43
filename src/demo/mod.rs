//! The demo: TMDB, MDBList and OMDb played in-process for a catalogue of invented titles.
//!
//! A server without keys is pointed at it and needs to know nothing else: what it shows went
//! through the same clients, caches and painting as any real title. The answers have the shapes of
//! the real services, their way of saying "unknown" included; a key is neither needed nor looked at.

mod catalogue;
mod drawings;
mod mdblist;
mod omdb;
mod tmdb;

use std::io;
use std::net::Ipv4Addr;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::model::Provider;

pub(crate) use self::catalogue::{DemoTitle, titles};

/// The played services; they stop when this is dropped.
#[derive(Debug)]
pub struct Demo {
    base: Url,
    _stop: DropGuard,
}

impl Demo {
    /// Begins to serve on a free port of the loopback interface.
    ///
    /// # Errors
    /// When the system gives no port.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base =
            Url::parse(&format!("http://{}/", listener.local_addr()?)).map_err(io::Error::other)?;
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move {
            let serving = axum::serve(listener, router()).with_graceful_shutdown(stopped);
            if let Err(error) = serving.await {
                tracing::error!(%error, "the demo's services ended");
            }
        });
        Ok(Self { base, _stop: stop.drop_guard() })
    }

    /// For `LAUREL_TMDB_API_URL`.
    pub fn tmdb_api_url(&self) -> Url {
        self.at("/3")
    }

    /// For `LAUREL_TMDB_IMAGE_URL`. Without it the pictures would be looked for at TMDB: like the
    /// real one, `/configuration` names TMDB's image host.
    pub fn tmdb_image_url(&self) -> Url {
        self.at("/t/p")
    }

    /// The API of a provider of ratings; `None` for one that is not played.
    pub fn rating_provider_url(&self, provider: Provider) -> Option<Url> {
        let played = [(Provider::MDBLIST, "/mdblist"), (Provider::OMDB, "/omdb/")];
        let (_, path) = played.into_iter().find(|(played, _)| *played == provider)?;
        Some(self.at(path))
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

fn router() -> Router {
    Router::new()
        .nest("/3", tmdb::api())
        .nest("/t/p", tmdb::images())
        .nest("/mdblist", mdblist::api())
        .merge(omdb::api())
}

#[cfg(test)]
mod tests;
