//! Asks add-ons, and nobody else.
//!
//! A name is resolved here, every address it has is judged, and the connection is made to one of these very addresses: what the
//! name means a moment later changes nothing. No redirect is followed, no proxy of the environment is used, no cookie is kept.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use moka::sync::Cache;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::{Host, Url};

use super::address::{AddonAddress, AllowedNetworks, is_global};
use super::wrapper::WrapperId;
use crate::cache::Flights;

/// Largest answer, inflated.
const MAX_ANSWER_BYTES: usize = 5 << 20;
/// Deepest nesting of an answer.
const MAX_DEPTH: usize = 32;
/// For one answer, from resolving to its last byte.
const FETCH_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Answers that are read at once.
const MAX_AT_ONCE: usize = 8;
/// How long an answer is kept that does not say.
const USUAL_AGE: Duration = Duration::from_mins(5);
const MAX_AGE: Duration = Duration::from_hours(24);
/// How long an old answer may stand in for one that cannot be had.
const STALE_AGE: Duration = Duration::from_hours(24);
/// Bytes of answers in memory.
const CACHE_BYTES: u64 = 24 << 20;

/// Why an add-on gave no answer. Never holds its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("the add-on's name cannot be resolved")]
    Unresolved,
    #[error("the add-on stands in a network that is not allowed")]
    NotAllowed,
    #[error("the add-on cannot be reached")]
    Unreachable,
    #[error("the add-on is late")]
    Late,
    #[error("the add-on leads elsewhere")]
    Redirected,
    #[error("the add-on answered with status {0}")]
    Status(u16),
    #[error("the add-on's answer is too large")]
    TooLarge,
    #[error("the add-on's answer is no JSON that can be used")]
    NoJson,
    #[error("too many add-ons are asked at the moment")]
    Busy,
    #[error("asking ended in a panic")]
    Panicked,
}

/// Finds the addresses of a name.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The system's resolver.
fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Resolves names and lets only allowed addresses through.
#[derive(Clone)]
struct GuardedResolver {
    lookup: Lookup,
    allowed: AllowedNetworks,
    /// Nothing but allowed networks, not even the public internet.
    local_only: bool,
}

impl GuardedResolver {
    /// All addresses of a name; one that is not allowed spoils the others.
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, FetchError> {
        let found = (self.lookup)(name.to_owned()).await.map_err(|_| FetchError::Unresolved)?;
        if found.is_empty() {
            return Err(FetchError::Unresolved);
        }
        let fine = |address: &IpAddr| {
            self.allowed.contain(*address) || (!self.local_only && is_global(*address))
        };
        if found.iter().all(fine) { Ok(found) } else { Err(FetchError::NotAllowed) }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            // Port 0 stands for the address' own.
            let addresses: Addrs =
                Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// An answer that was read.
#[derive(Clone, Debug)]
pub struct AddonAnswer {
    pub document: Arc<Value>,
    /// How long others may keep what is made of it.
    pub max_age: Duration,
}

#[derive(Clone)]
struct Kept {
    answer: AddonAnswer,
    bytes: u32,
    read_at: Instant,
}

/// By the wrapper and the path.
type AnswerKey = (WrapperId, String);

/// A client of add-ons. Cheap to clone.
#[derive(Clone)]
pub struct AddonFetcher {
    allowed: AllowedNetworks,
    lookup: Lookup,
    /// For add-ons on the public internet and in allowed networks.
    anywhere: reqwest::Client,
    /// For those that may stand in an allowed network only.
    local: reqwest::Client,
    places: Arc<Semaphore>,
    flights: Flights<AnswerKey, Result<AddonAnswer, FetchError>>,
    kept: Cache<AnswerKey, Kept>,
}

impl fmt::Debug for AddonFetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddonFetcher")
    }
}

/// The system offers no certificates or no sockets to build on.
#[derive(Debug, thiserror::Error)]
#[error("the client of add-ons could not be set up")]
pub struct FetcherError(#[source] reqwest::Error);

impl AddonFetcher {
    /// # Errors
    /// When the system offers no TLS set-up.
    pub fn new(allowed: AllowedNetworks) -> Result<Self, FetcherError> {
        Self::with_lookup(allowed, system_lookup())
    }

    /// With another resolver of names.
    ///
    /// # Errors
    /// When the system offers no TLS set-up.
    pub fn with_lookup(allowed: AllowedNetworks, lookup: Lookup) -> Result<Self, FetcherError> {
        let client = |local_only| {
            let resolver = GuardedResolver {
                lookup: Arc::clone(&lookup),
                allowed: allowed.clone(),
                local_only,
            };
            reqwest::Client::builder()
                .user_agent(concat!("laurel/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(FETCH_TIMEOUT)
                // A connection that is kept was checked once; a new one is checked anew.
                .pool_idle_timeout(Duration::from_secs(30))
                .gzip(true)
                .no_proxy()
                .referer(false)
                .redirect(Policy::none())
                .dns_resolver(Arc::new(resolver))
                .build()
                .map_err(FetcherError)
        };
        let weigh = |_: &AnswerKey, kept: &Kept| kept.bytes;
        Ok(Self {
            anywhere: client(false)?,
            local: client(true)?,
            allowed,
            lookup,
            places: Arc::new(Semaphore::new(MAX_AT_ONCE)),
            flights: Flights::default(),
            kept: Cache::builder()
                .max_capacity(CACHE_BYTES)
                .weigher(weigh)
                .time_to_live(STALE_AGE)
                .build(),
        })
    }

    pub fn allowed(&self) -> &AllowedNetworks {
        &self.allowed
    }

    /// Whether an add-on stands where it may; asked before it is saved.
    ///
    /// # Errors
    /// [`FetchError::NotAllowed`] and [`FetchError::Unresolved`].
    pub async fn check(&self, address: &AddonAddress) -> Result<(), FetchError> {
        let url: Url = address.manifest().parse().map_err(|_| FetchError::Unresolved)?;
        let ip = match url.host() {
            Some(Host::Domain(name)) => {
                let resolver = GuardedResolver {
                    lookup: Arc::clone(&self.lookup),
                    allowed: self.allowed.clone(),
                    local_only: address.is_local(),
                };
                let found = tokio::time::timeout(CONNECT_TIMEOUT, resolver.addresses(name)).await;
                return found.map_err(|_| FetchError::Unresolved)?.map(drop);
            }
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            None => return Err(FetchError::Unresolved),
        };
        if self.allowed.contain(ip) { Ok(()) } else { Err(FetchError::NotAllowed) }
    }

    /// The add-on's answer to a path: a recent one, else a new one, else an old one.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn get(
        &self,
        (wrapper, address): (&WrapperId, &AddonAddress),
        path: &str,
    ) -> Result<AddonAnswer, FetchError> {
        // An allowed network may have been taken back since the add-on was saved.
        self.check_literal(address)?;
        let key = (wrapper.clone(), path.to_owned());
        let kept = self.kept.get(&key);
        if let Some(kept) = &kept
            && kept.read_at.elapsed() < kept.answer.max_age
        {
            return Ok(kept.answer.clone());
        }
        let flight = self.flights.join(&key, || {
            let (fetcher, key, address) = (self.clone(), key.clone(), address.clone());
            async move { fetcher.read(key, &address).await }
        });
        match flight.await.unwrap_or(Err(FetchError::Panicked)) {
            Ok(answer) => Ok(answer),
            // An answer from a forbidden place is none, however old it is.
            Err(FetchError::NotAllowed) => Err(FetchError::NotAllowed),
            Err(error) => kept.map(|kept| kept.answer).ok_or(error),
        }
    }

    /// Forgets what a wrapper's add-on has answered.
    pub fn forget(&self, wrapper: &WrapperId) {
        let of_wrapper: Vec<AnswerKey> = self
            .kept
            .iter()
            .filter(|(key, _)| key.0 == *wrapper)
            .map(|(key, _)| key.as_ref().clone())
            .collect();
        for key in of_wrapper {
            self.kept.invalidate(&key);
        }
    }

    /// Addresses are connected to without being resolved: they are judged here.
    fn check_literal(&self, address: &AddonAddress) -> Result<(), FetchError> {
        let url: Url = address.manifest().parse().map_err(|_| FetchError::Unresolved)?;
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(FetchError::Unresolved),
        };
        if self.allowed.contain(ip) { Ok(()) } else { Err(FetchError::NotAllowed) }
    }

    async fn read(
        &self,
        key: AnswerKey,
        address: &AddonAddress,
    ) -> Result<AddonAnswer, FetchError> {
        let place = tokio::time::timeout(FETCH_TIMEOUT, self.places.acquire()).await;
        let _place = place.map_err(|_| FetchError::Busy)?.map_err(|_| FetchError::Busy)?;
        let client = if address.is_local() { &self.local } else { &self.anywhere };
        let url = address.join(&key.1);
        let asked = tokio::time::timeout(FETCH_TIMEOUT, fetch(client, &url)).await;
        let body = asked.map_err(|_| FetchError::Late)??;
        if depth(&body) > MAX_DEPTH {
            return Err(FetchError::NoJson);
        }
        let document: Value = serde_json::from_slice(&body).map_err(|_| FetchError::NoJson)?;
        if !document.is_object() {
            return Err(FetchError::NoJson);
        }
        let max_age = max_age(&document);
        let answer = AddonAnswer { document: Arc::new(document), max_age };
        // A document takes some times its text.
        let bytes = u32::try_from(body.len().saturating_mul(4) + 500).unwrap_or(u32::MAX);
        let kept = Kept { answer: answer.clone(), bytes, read_at: Instant::now() };
        self.kept.insert(key, kept);
        Ok(answer)
    }
}

async fn fetch(client: &reqwest::Client, url: &str) -> Result<Bytes, FetchError> {
    let request = client.get(url).header(reqwest::header::ACCEPT, "application/json");
    let mut response = request.send().await.map_err(|error| reason(&error))?;
    let status = response.status();
    if status.is_redirection() {
        return Err(FetchError::Redirected);
    }
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    if response.content_length().is_some_and(|length| length > MAX_ANSWER_BYTES as u64) {
        return Err(FetchError::TooLarge);
    }
    let mut body = Vec::new();
    // Pieces come inflated.
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + piece.len() > MAX_ANSWER_BYTES {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.into())
}

/// What is behind an error of the client, whose own text would quote the address.
fn reason(error: &reqwest::Error) -> FetchError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if let Some(own) = cause.downcast_ref::<FetchError>() {
            return *own;
        }
        source = cause.source();
    }
    if error.is_timeout() { FetchError::Late } else { FetchError::Unreachable }
}

/// How deep a JSON text nests, without building it.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// `cacheMaxAge` of the answer, in seconds.
fn max_age(document: &Value) -> Duration {
    let seconds = document.get("cacheMaxAge").and_then(Value::as_f64);
    let seconds = seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
    seconds.map_or(USUAL_AGE, |seconds| Duration::from_secs(seconds as u64).min(MAX_AGE))
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
