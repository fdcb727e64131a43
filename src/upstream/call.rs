//! What is asked of a provider, and how a provider wants to be asked.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::time::Instant;
use url::Url;

use super::{DailyBudget, KeyPlace, KeyPool, Priority, RatingProviderRow};
use crate::budgets::{FileReservation, MAX_FILE_BYTES};
use crate::model::Provider;

/// Who waits for an answer, and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Urgency {
    pub priority: Priority,
    /// Everything, waiting and retries included, ends by then.
    pub deadline: Option<Instant>,
}

impl From<Priority> for Urgency {
    fn from(priority: Priority) -> Self {
        Self { priority, deadline: None }
    }
}

/// One request: where below the base URL, and with what. Keys are added by the client.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) headers: Vec<(&'static str, String)>,
    /// JSON to POST; a GET without.
    pub(super) body: Option<Bytes>,
    /// Memory for the answer's body, where the caller counts it.
    pub(super) reservation: Option<FileReservation>,
    urgency: Option<Urgency>,
}

impl Call {
    /// A GET of the path made of `segments`, each percent-encoded on its own.
    pub fn get<S: Into<String>>(segments: impl IntoIterator<Item = S>) -> Self {
        Self { segments: segments.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// A POST of `body` as JSON. It is repeated after failures like a GET: only for look-ups.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON.
    pub fn post<S: Into<String>>(
        segments: impl IntoIterator<Item = S>,
        body: &impl Serialize,
    ) -> serde_json::Result<Self> {
        let body = Bytes::from(serde_json::to_vec(body)?);
        Ok(Self { body: Some(body), ..Self::get(segments) })
    }

    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.urgency.get_or_insert_default().priority = priority;
        self
    }

    /// Everything, waiting and retries included, ends by then.
    #[must_use]
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.urgency.get_or_insert_default().deadline = Some(deadline);
        self
    }

    /// Takes a body for which there is memory; another is [`TooLarge`](super::UpstreamError).
    #[must_use]
    pub fn within(self, reservation: &FileReservation) -> Self {
        Self { reservation: Some(reservation.clone()), ..self }
    }

    /// Of this urgency, unless the call has one of its own.
    pub(super) fn or(self, urgency: Urgency) -> Self {
        Self { urgency: self.urgency.or(Some(urgency)), ..self }
    }

    pub(super) fn urgency(&self) -> Urgency {
        self.urgency.unwrap_or_default()
    }
}

/// What a provider says in words where others use a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    NotFound,
    /// The key is not valid.
    InvalidKey,
    /// The key's calls are spent, for about this long.
    QuotaSpent(Duration),
}

/// Reads a provider's complaint from status and body, before both are judged the usual way.
///
/// Sees every answer of at most `max_body_bytes`, errors too, 200 or not.
pub type Inspect = fn(status: u16, body: &[u8]) -> Option<Complaint>;

/// How one host of a provider is to be asked.
#[derive(Debug)]
pub struct ProviderSettings {
    pub provider: Provider,
    /// The name in errors, logs and metrics: a provider's hosts fail, and are limited, apart.
    pub label: &'static str,
    pub base_url: Url,
    pub keys: KeyPool,
    pub key_place: KeyPlace,
    /// Calls per second, and how many may come at once.
    pub rate_per_second: f64,
    pub burst: u32,
    pub max_in_flight: usize,
    /// For one attempt, from connecting to the body's last byte.
    pub timeout: Duration,
    /// Longest wait for a token and a free place, where the call has no deadline of its own.
    pub patience: Duration,
    pub max_body_bytes: usize,
    pub inspect: Option<Inspect>,
    /// Its answers say in headers how many calls a key has left.
    pub says_quota: bool,
}

impl ProviderSettings {
    /// An API with the limits that are usual; a provider of ratings by its row.
    pub fn api(provider: Provider, base_url: Url, keys: KeyPool) -> Self {
        let row = RatingProviderRow::of(provider);
        let plan = row.and_then(|row| row.free_calls).map(DailyBudget::of_free_plan);
        Self {
            provider,
            label: provider.name(),
            base_url,
            keys: keys.with_daily_budget(plan),
            key_place: row.map_or(KeyPlace::Query("api_key"), |row| row.key_place),
            rate_per_second: 40.0,
            burst: 80,
            max_in_flight: 32,
            timeout: Duration::from_millis(2500),
            patience: Duration::from_secs(20),
            max_body_bytes: 4 << 20,
            inspect: None,
            says_quota: row.is_some_and(|row| row.says_quota),
        }
    }

    /// A host of pictures: no key, larger bodies, no rate that anybody published.
    pub fn images(provider: Provider, label: &'static str, base_url: Url) -> Self {
        Self {
            label,
            rate_per_second: 200.0,
            burst: 200,
            timeout: Duration::from_secs(4),
            max_body_bytes: MAX_FILE_BYTES,
            ..Self::api(provider, base_url, KeyPool::none())
        }
    }
}
