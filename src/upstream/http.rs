//! The client that every provider is asked through.
//!
//! One call is: a place in flight and a token (both waited for with bounds), a key, the
//! circuit breaker, an attempt within its time; then perhaps again, see `retry`.

mod judge;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use url::Url;

use super::breaker::Breaker;
use super::key_place::PlacedKey;
use super::keys::Picked;
use super::limiter::CallLimiter;
use super::retry::{self, MAX_RETRIES, WORTH_WAITING};
use super::transport::same_host;
use super::trouble::Trouble;
use super::{
    BreakerState, Call, KeyPool, Priority, ProviderSettings, Transport, UpstreamError, Urgency,
};
use crate::memory::Gathering;
use crate::rate::Rate;
use crate::telemetry::metrics::UPSTREAM_RETRIES;

/// Attempts and the waits between them end this long after the first attempt began.
const RETRY_WINDOW: Duration = Duration::from_millis(4500);
/// With less time than this an attempt is not begun.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(50);
/// How often a background call looks whether interactive ones still wait.
const GIVE_WAY: Duration = Duration::from_millis(25);
const MAX_REDIRECTS: usize = 2;

/// A client of one host. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<ClientParts>,
    urgency: Urgency,
}

#[derive(Debug)]
struct ClientParts {
    settings: ProviderSettings,
    label: &'static str,
    transport: Transport,
    limiter: CallLimiter,
    /// Interactive calls that wait because of the rate.
    waiting: AtomicUsize,
    places: Semaphore,
    places_total: usize,
    /// Background calls need one of these first: they never take all places.
    background_places: Semaphore,
    breaker: Breaker,
    trouble: Trouble,
    last_success: AtomicU64,
    last_failure: AtomicU64,
}

/// How a host is doing, for `/readyz`, explain and the admin page.
#[derive(Clone, Debug, Serialize)]
pub struct ProviderStatus {
    pub provider: &'static str,
    pub keys: usize,
    pub keys_resting: usize,
    /// Attempts since midnight UTC, of all keys.
    pub calls_today: u64,
    /// What all keys together may call per day, by the provider's word or by the plan
    /// that is assumed; `None` where nobody counts by the day.
    pub daily_calls: Option<u64>,
    /// What of it is left.
    pub calls_left: Option<u64>,
    /// When it is counted anew, in seconds since 1970.
    pub quota_resets_at: Option<u64>,
    pub breaker: BreakerState,
    /// Seconds for which the provider asked to be left alone.
    pub paused_secs: u64,
    pub in_flight: usize,
    /// Seconds since 1970.
    pub last_success: Option<u64>,
    pub last_failure: Option<u64>,
}

/// A whole answer below 300.
struct HttpAnswer {
    body: Bytes,
    headers: HeaderMap,
}

/// What an attempt found, for the decision to try again.
struct FailedAttempt {
    error: UpstreamError,
    again: Again,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Never,
    /// After the usual wait.
    Backoff,
    /// After what the provider asked for.
    After(Duration),
    /// At once, with another key.
    OtherKey,
}

impl Client {
    pub fn new(transport: &Transport, mut settings: ProviderSettings) -> Self {
        settings.keys.set_clock(transport.clock().clone());
        let places = settings.max_in_flight.clamp(1, 10_000);
        let inner = ClientParts {
            label: settings.label,
            transport: transport.clone(),
            limiter: CallLimiter::new(Rate::new(settings.rate_per_second, settings.burst)),
            waiting: AtomicUsize::new(0),
            places: Semaphore::new(places),
            places_total: places,
            background_places: Semaphore::new((places / 2).max(1)),
            breaker: Breaker::new(transport.clock().clone()),
            trouble: Trouble::default(),
            last_success: AtomicU64::new(0),
            last_failure: AtomicU64::new(0),
            settings,
        };
        Self { inner: Arc::new(inner), urgency: Urgency::default() }
    }

    /// The name in errors, logs and metrics.
    pub fn label(&self) -> &'static str {
        self.inner.label
    }

    pub(super) fn urgency(&self) -> Urgency {
        self.urgency
    }

    pub fn keys(&self) -> &KeyPool {
        &self.inner.settings.keys
    }

    /// Whether an answer is likely to come soon.
    pub fn trouble(&self) -> &Trouble {
        &self.inner.trouble
    }

    /// Whether interactive calls wait because of the rate.
    pub(super) fn is_busy(&self) -> bool {
        self.inner.waiting.load(Ordering::Relaxed) > 0
    }

    /// The same client for calls of this urgency, where they do not say their own.
    #[must_use]
    pub fn with(&self, urgency: Urgency) -> Self {
        Self { inner: Arc::clone(&self.inner), urgency }
    }

    /// Asks for JSON.
    pub async fn get_json<T: DeserializeOwned>(&self, call: Call) -> Result<T, UpstreamError> {
        let inner = &self.inner;
        inner.run(&call.or(self.urgency), |answer| inner.parse_json(answer)).await
    }

    /// Asks for anything but a page: HTML and JSON are refused, and so is an empty body.
    pub async fn get_bytes(&self, call: Call) -> Result<Bytes, UpstreamError> {
        let inner = &self.inner;
        inner.run(&call.or(self.urgency), |answer| inner.check_bytes(answer)).await
    }

    /// An answer that was JSON of the right shape and yet says nothing.
    pub(super) fn unusable(&self, problem: &str) -> UpstreamError {
        UpstreamError::BadBody { provider: self.inner.label, problem: problem.to_owned() }
    }

    pub fn status(&self) -> ProviderStatus {
        let inner = &self.inner;
        let quota = inner.settings.keys.quota();
        let seconds = |cell: &AtomicU64| Some(cell.load(Ordering::Relaxed)).filter(|s| *s > 0);
        ProviderStatus {
            provider: inner.label,
            keys: inner.settings.keys.len(),
            keys_resting: inner.settings.keys.resting(),
            calls_today: inner.settings.keys.calls_today(),
            daily_calls: quota.map(|quota| quota.limit),
            calls_left: quota.map(|quota| quota.left),
            quota_resets_at: quota.map(|quota| quota.resets_at),
            breaker: inner.breaker.state(),
            paused_secs: inner.limiter.paused_for().as_secs_f64().ceil() as u64,
            in_flight: inner.places_total - inner.places.available_permits(),
            last_success: seconds(&inner.last_success),
            last_failure: seconds(&inner.last_failure),
        }
    }
}

/// Counts one for as long as it lives.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ClientParts {
    /// Attempts `call` until `read` makes something of an answer or there is no point in more.
    async fn run<T>(
        &self,
        call: &Call,
        read: impl Fn(&HttpAnswer) -> Result<T, UpstreamError>,
    ) -> Result<T, UpstreamError> {
        let patience = Instant::now() + self.settings.patience;
        let admitted_by =
            call.urgency().deadline.map_or(patience, |deadline| deadline.min(patience));
        let mut window_end: Option<Instant> = None;
        let mut retries = 0;
        let mut key_changes = 0;
        loop {
            let wait_until = window_end.unwrap_or(admitted_by);
            let places = self.enter(call.urgency().priority, wait_until).await?;
            let end = *window_end.get_or_insert_with(|| {
                let end = Instant::now() + RETRY_WINDOW;
                call.urgency().deadline.map_or(end, |deadline| deadline.min(end))
            });
            let failure = match self.attempt(call, end, &read).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let wait = match failure.again {
                Again::OtherKey if key_changes < self.settings.keys.len() => {
                    key_changes += 1;
                    continue;
                }
                Again::Backoff if retries < MAX_RETRIES => retry::backoff(retries + 1),
                Again::After(wait) if retries < MAX_RETRIES => wait,
                _ => return Err(failure.error),
            };
            retries += 1;
            metrics::counter!(UPSTREAM_RETRIES.name, "provider" => self.label).increment(1);
            if Instant::now() + wait + SHORTEST_ATTEMPT > end {
                return Err(failure.error);
            }
            drop(places);
            tokio::time::sleep(wait).await;
        }
    }

    /// Waits for a free place and a token, but not past `until`.
    async fn enter(
        &self,
        priority: Priority,
        until: Instant,
    ) -> Result<(Option<SemaphorePermit<'_>>, SemaphorePermit<'_>), UpstreamError> {
        if until <= Instant::now() {
            return Err(self.not_sent(UpstreamError::Timeout { provider: self.label }));
        }
        if let Some(retry_after) = self.breaker.refusing_for() {
            return Err(
                self.not_sent(UpstreamError::CircuitOpen { provider: self.label, retry_after })
            );
        }
        let limited = |retry_after| {
            self.not_sent(UpstreamError::RateLimited { provider: self.label, retry_after })
        };
        let pause = self.limiter.paused_for();
        if pause > WORTH_WAITING {
            return Err(limited(pause));
        }
        let background = match priority {
            Priority::Interactive => None,
            Priority::Background => {
                self.give_way(until).await;
                Some(place(&self.background_places, until).await.map_err(limited)?)
            }
        };
        let place = place(&self.places, until).await.map_err(limited)?;
        let interactive = priority == Priority::Interactive;
        let _counted = interactive.then(|| Counted::new(&self.waiting));
        self.limiter.take(priority, until).await.map_err(limited)?;
        Ok((background, place))
    }

    /// Waits while interactive calls wait because of the rate, but not past `until`.
    async fn give_way(&self, until: Instant) {
        while self.waiting.load(Ordering::Relaxed) > 0 && Instant::now() + GIVE_WAY < until {
            tokio::time::sleep(GIVE_WAY).await;
        }
    }

    /// Asks once.
    async fn attempt<T>(
        &self,
        call: &Call,
        end: Instant,
        read: &impl Fn(&HttpAnswer) -> Result<T, UpstreamError>,
    ) -> Result<T, FailedAttempt> {
        let never = |error| FailedAttempt { error: self.not_sent(error), again: Again::Never };
        let pass = self.breaker.admit().map_err(|retry_after| {
            never(UpstreamError::CircuitOpen { provider: self.label, retry_after })
        })?;
        let key = self
            .settings
            .keys
            .pick(call.urgency().priority)
            .map_err(|none| never(self.no_key(none)))?;
        let start = Instant::now();
        let time = self.settings.timeout.min(end.saturating_duration_since(start));
        let exchange = tokio::time::timeout(time, self.exchange(call, key.as_ref()));
        let result = match self.trouble.during(exchange).await {
            Ok(Ok((status, answer))) => self.judge(call, key.as_ref(), (status, &answer), read),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(UpstreamError::Timeout { provider: self.label }.into()),
        };
        let hurried = time < self.settings.timeout / 2;
        match result.as_ref().err().map(|failure| &failure.error) {
            // A caller with little time left says nothing of the host.
            Some(UpstreamError::Timeout { .. }) if hurried => drop(pass),
            Some(error) if error.is_failure() => pass.failed(),
            _ => pass.succeeded(),
        }
        self.record(result.as_ref().err().map(|failure| &failure.error), start.elapsed());
        result
    }

    /// Sends the request, follows what may be followed, and reads the whole body.
    async fn exchange(
        &self,
        call: &Call,
        key: Option<&Picked>,
    ) -> Result<(StatusCode, HttpAnswer), UpstreamError> {
        let mut url = self.url(call, key);
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(call, key, url.clone()).await?;
            if !response.status().is_redirection() {
                let (status, headers) = (response.status(), response.headers().clone());
                return Ok((
                    status,
                    HttpAnswer { body: self.body(call, response).await?, headers },
                ));
            }
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = location.and_then(|location| self.transport.follow(&url, location));
            url = next.ok_or(UpstreamError::Redirected { provider: self.label })?;
        }
        Err(UpstreamError::Redirected { provider: self.label })
    }

    fn url(&self, call: &Call, key: Option<&Picked>) -> Url {
        let mut url = self.settings.base_url.clone();
        // Err only for URLs that cannot be a base (`mailto:`): those have no host to ask, and fail then.
        if let Ok(mut path) = url.path_segments_mut()
            && !call.segments.is_empty()
        {
            path.pop_if_empty().extend(&call.segments);
        }
        let key = key.and_then(|key| match self.settings.key_place.of(&key.secret) {
            PlacedKey::Query(name) => Some((name, key.secret.expose())),
            PlacedKey::Header(_) | PlacedKey::Bearer => None,
        });
        if key.is_some() || !call.query.is_empty() {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(call.query.iter().map(|(name, value)| (*name, value.as_str())));
            query.extend_pairs(key);
        }
        url
    }

    async fn send(
        &self,
        call: &Call,
        key: Option<&Picked>,
        url: Url,
    ) -> Result<Response, UpstreamError> {
        // A header key stays with the host it is meant for, whatever redirects say.
        let at_home = same_host(&self.settings.base_url, &url);
        let key = key.filter(|_| at_home);
        let method = if call.body.is_some() { Method::POST } else { Method::GET };
        let mut request =
            self.transport.client(&url).request(method, url).headers(self.headers(call, key)?);
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        request.send().await.map_err(|error| self.transport_error(error))
    }

    fn headers(&self, call: &Call, key: Option<&Picked>) -> Result<HeaderMap, UpstreamError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let Some(key) = key else { return Ok(headers) };
        let (name, text) = match self.settings.key_place.of(&key.secret) {
            PlacedKey::Query(_) => return Ok(headers),
            PlacedKey::Header(name) => {
                (HeaderName::from_static(name), key.secret.expose().to_owned())
            }
            PlacedKey::Bearer => {
                (reqwest::header::AUTHORIZATION, format!("Bearer {}", key.secret.expose()))
            }
        };
        // A key with a line break in it can belong to nobody.
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| UpstreamError::Unauthorized { provider: self.label })?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(headers)
    }

    /// Reads in pieces and stops at the limit, whatever `Content-Length` says or does not say, and
    /// where the caller's memory ends.
    async fn body(&self, call: &Call, mut response: Response) -> Result<Bytes, UpstreamError> {
        let limit = self.settings.max_body_bytes;
        let too_large = |limit| UpstreamError::TooLarge { provider: self.label, limit };
        let announced = response.content_length().map(|length| length as usize);
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large(limit));
        }
        let reservation = call.reservation.as_ref();
        if let (Some(reservation), Some(length)) = (reservation, announced)
            && !reservation.announce(length)
        {
            return Err(too_large(length));
        }
        // No page of it is touched before it is filled.
        let expected = announced.or(reservation.map(|_| limit)).unwrap_or(0);
        let mut body = Gathering::new(expected);
        while let Some(chunk) = response.chunk().await.map_err(|e| self.transport_error(e))? {
            let arrived = body.len() + chunk.len();
            if arrived > limit || reservation.is_some_and(|memory| !memory.cover(arrived)) {
                return Err(too_large(arrived.min(limit)));
            }
            body.push(&chunk);
        }
        Ok(body.finish())
    }
}

/// Waits for one of `places`, but not past `until`; the error is how long it waited.
async fn place(places: &Semaphore, until: Instant) -> Result<SemaphorePermit<'_>, Duration> {
    let start = Instant::now();
    match tokio::time::timeout_at(until, places.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        // Nobody closes our semaphores; were one closed, it would be as full.
        Ok(Err(_)) | Err(_) => Err(start.elapsed().max(Duration::from_secs(1))),
    }
}

impl From<UpstreamError> for FailedAttempt {
    fn from(error: UpstreamError) -> Self {
        let again = match error {
            UpstreamError::Timeout { .. }
            | UpstreamError::Transport { .. }
            | UpstreamError::Server { .. }
            | UpstreamError::BadBody { .. } => Again::Backoff,
            _ => Again::Never,
        };
        Self { error, again }
    }
}

#[cfg(test)]
mod tests;
