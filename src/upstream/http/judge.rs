//! What an answer means: a value or an error, and whether to ask again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::{Again, ClientParts, FailedAttempt, HttpAnswer};
use crate::telemetry::metrics::{UPSTREAM_CALLS, UPSTREAM_SECONDS};
use crate::upstream::allowance::StatedQuota;
use crate::upstream::keys::{NoKey, Picked};
use crate::upstream::retry::{self, WORTH_WAITING};
use crate::upstream::{Call, Complaint, RestReason, UpstreamError};

/// Added to the provider's `Retry-After`: its clock ticks in whole seconds.
const AFTER_MARGIN: Duration = Duration::from_millis(20);
/// Rest of a key that was told to slow down without being told for how long.
const UNNAMED_REST: Duration = Duration::from_secs(1);

impl ClientParts {
    /// Makes something of a whole answer, and lets keys and limiter know what it says of them.
    pub(super) fn judge<T>(
        &self,
        call: &Call,
        key: Option<&Picked>,
        (status, answer): (StatusCode, &HttpAnswer),
        read: &impl Fn(&HttpAnswer) -> Result<T, UpstreamError>,
    ) -> Result<T, FailedAttempt> {
        let provider = self.label;
        let inspect = self.settings.inspect;
        if let Some((key, stated)) = key.filter(|_| self.settings.says_quota).and_then(|key| {
            Some((key, StatedQuota::read(&answer.headers, self.transport.clock().unix_secs())?))
        }) {
            self.settings.keys.note_stated(key.index, stated);
        }
        match inspect.and_then(|inspect| inspect(status.as_u16(), &answer.body)) {
            Some(Complaint::NotFound) => return Err(UpstreamError::NotFound { provider }.into()),
            Some(Complaint::InvalidKey) => return Err(self.refused(call, key, status)),
            Some(Complaint::QuotaSpent(time)) => return Err(self.spent(call, key, time)),
            None => {}
        }
        match status.as_u16() {
            200..=299 => {
                if let Some(key) = key {
                    self.settings.keys.accept(key.index);
                }
                read(answer).map_err(FailedAttempt::from)
            }
            404 | 410 => Err(UpstreamError::NotFound { provider }.into()),
            401 | 403 => Err(self.refused(call, key, status)),
            429 => Err(self.limited(call, key, answer)),
            status @ 500.. => {
                let named = retry::retry_after(&answer.headers, self.transport.clock());
                Err(server_failure(UpstreamError::Server { provider, status }, named))
            }
            status => Err(UpstreamError::Rejected { provider, status }.into()),
        }
    }

    /// The key is not accepted; a host that was sent none refuses the request itself.
    fn refused(&self, call: &Call, key: Option<&Picked>, status: StatusCode) -> FailedAttempt {
        let provider = self.label;
        let Some(key) = key else {
            return UpstreamError::Rejected { provider, status: status.as_u16() }.into();
        };
        self.settings.keys.refuse(key.index);
        self.with_other_key(call, key, UpstreamError::Unauthorized { provider })
    }

    fn spent(&self, call: &Call, key: Option<&Picked>, retry_after: Duration) -> FailedAttempt {
        let error = UpstreamError::QuotaSpent { provider: self.label, retry_after };
        let Some(key) = key else { return error.into() };
        self.settings.keys.spend(key.index, retry_after);
        self.with_other_key(call, key, error)
    }

    fn limited(&self, call: &Call, key: Option<&Picked>, answer: &HttpAnswer) -> FailedAttempt {
        let named = retry::retry_after(&answer.headers, self.transport.clock());
        let retry_after = named.unwrap_or(UNNAMED_REST);
        let error = UpstreamError::RateLimited { provider: self.label, retry_after };
        if let Some(key) =
            key.filter(|key| self.settings.keys.has_other(key.index, call.urgency().priority))
        {
            self.settings.keys.rest(key.index, retry_after, RestReason::RateLimited);
            return FailedAttempt { error, again: Again::OtherKey };
        }
        let Some(wait) = named else {
            return FailedAttempt { error, again: Again::Backoff };
        };
        self.limiter.pause(wait);
        let again =
            if wait > WORTH_WAITING { Again::Never } else { Again::After(wait + AFTER_MARGIN) };
        FailedAttempt { error, again }
    }

    fn with_other_key(&self, call: &Call, key: &Picked, error: UpstreamError) -> FailedAttempt {
        let other = self.settings.keys.has_other(key.index, call.urgency().priority);
        FailedAttempt { error, again: if other { Again::OtherKey } else { Again::Never } }
    }

    /// Why no key could be picked, as an error.
    pub(super) fn no_key(&self, none: NoKey) -> UpstreamError {
        let (provider, retry_after) = (self.label, none.retry_after);
        match none.reason {
            RestReason::Refused => UpstreamError::Unauthorized { provider },
            RestReason::Spent => UpstreamError::QuotaSpent { provider, retry_after },
            RestReason::RateLimited => UpstreamError::RateLimited { provider, retry_after },
        }
    }

    pub(super) fn parse_json<T: DeserializeOwned>(
        &self,
        answer: &HttpAnswer,
    ) -> Result<T, UpstreamError> {
        if has_type(answer, "text/html") {
            return Err(self.bad_body("a page in place of JSON"));
        }
        // serde's own message may quote the answer, which may quote our key.
        serde_json::from_slice(&answer.body).map_err(|error| {
            let what = if error.is_data() { "JSON of another shape" } else { "broken JSON" };
            self.bad_body(format!("{what}, line {} column {}", error.line(), error.column()))
        })
    }

    pub(super) fn check_bytes(&self, answer: &HttpAnswer) -> Result<Bytes, UpstreamError> {
        if has_type(answer, "text/html") || has_type(answer, "application/json") {
            return Err(self.bad_body("text in place of a picture"));
        }
        if answer.body.is_empty() {
            return Err(self.bad_body("nothing"));
        }
        Ok(answer.body.clone())
    }

    fn bad_body(&self, problem: impl Into<String>) -> UpstreamError {
        UpstreamError::BadBody { provider: self.label, problem: problem.into() }
    }

    pub(super) fn transport_error(&self, error: reqwest::Error) -> UpstreamError {
        let provider = self.label;
        if error.is_timeout() {
            return UpstreamError::Timeout { provider };
        }
        UpstreamError::Transport { provider, source: Arc::new(error.without_url()) }
    }

    /// Counts a call that was refused before it left.
    pub(super) fn not_sent(&self, error: UpstreamError) -> UpstreamError {
        self.count(error.outcome());
        error
    }

    /// Counts, times and logs an attempt.
    pub(super) fn record(&self, error: Option<&UpstreamError>, time: Duration) {
        let outcome = error.map_or("ok", UpstreamError::outcome);
        self.count(outcome);
        metrics::histogram!(UPSTREAM_SECONDS.name, "provider" => self.label).record(time);
        let since_1970 = self.transport.clock().unix_secs();
        let millis = time.as_millis() as u64;
        self.trouble.ended(error.is_some_and(UpstreamError::is_failure), time);
        match error {
            Some(error) if error.is_failure() => {
                self.last_failure.store(since_1970, Ordering::Relaxed);
                tracing::warn!(provider = self.label, outcome, millis, "upstream call failed");
            }
            _ => {
                self.last_success.store(since_1970, Ordering::Relaxed);
                tracing::debug!(provider = self.label, outcome, millis, "upstream call");
            }
        }
    }

    fn count(&self, outcome: &'static str) {
        metrics::counter!(
            UPSTREAM_CALLS.name,
            "provider" => self.label,
            "outcome" => outcome,
        )
        .increment(1);
    }
}

/// A failing server may say when to come back; a time too long to wait for is not waited for.
fn server_failure(error: UpstreamError, retry_after: Option<Duration>) -> FailedAttempt {
    let again = match retry_after {
        Some(wait) if wait > WORTH_WAITING => Again::Never,
        Some(wait) => Again::After(wait + AFTER_MARGIN),
        None => Again::Backoff,
    };
    FailedAttempt { error, again }
}

fn has_type(answer: &HttpAnswer, essence: &str) -> bool {
    let content_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given = content_type.and_then(|text| text.split(';').next()).unwrap_or("").trim();
    given.eq_ignore_ascii_case(essence)
}
