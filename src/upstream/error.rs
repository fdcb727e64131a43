//! Why a provider gave no answer.

use std::sync::Arc;
use std::time::Duration;

/// Why a provider gave no answer.
///
/// Cheap to clone: one answer may be what many callers wait for. Every variant names the provider; none carries a URL, a query or a piece of
/// an answer, because keys travel in all three.
#[derive(Clone, Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The provider answered: it has no such thing. Worth remembering for days.
    #[error("{provider} does not know this")]
    NotFound { provider: &'static str },

    /// Asked to slow down, by the provider or by our own limiter.
    #[error("{provider} is at its rate limit for {retry_after:?}")]
    RateLimited { provider: &'static str, retry_after: Duration },

    /// The day's calls of every key are spent, or what is left is kept for interactive calls.
    #[error("the quota of {provider} is spent for {retry_after:?}")]
    QuotaSpent { provider: &'static str, retry_after: Duration },

    /// The provider refuses every key we have.
    #[error("{provider} refuses our key; check its setting")]
    Unauthorized { provider: &'static str },

    /// The provider failed so often that it is left alone for a while.
    #[error("{provider} keeps failing and is left alone for {retry_after:?}")]
    CircuitOpen { provider: &'static str, retry_after: Duration },

    /// No whole answer in time.
    #[error("{provider} did not answer in time")]
    Timeout { provider: &'static str },

    /// The connection failed or broke off. `source` has been through `without_url()`.
    #[error("{provider} could not be reached")]
    Transport {
        provider: &'static str,
        #[source]
        source: Arc<reqwest::Error>,
    },

    /// The provider failed: a status of 500 and above.
    #[error("{provider} failed with status {status}")]
    Server { provider: &'static str, status: u16 },

    /// The provider refuses the request itself: another status below 500.
    #[error("{provider} rejected the request with status {status}")]
    Rejected { provider: &'static str, status: u16 },

    /// A redirect to a host that is in no setting.
    #[error("{provider} redirects to a host that is not configured")]
    Redirected { provider: &'static str },

    /// Not what was asked for: HTML for JSON, cut off, another shape.
    #[error("{provider} sent an unusable body: {problem}")]
    BadBody { provider: &'static str, problem: String },

    /// The body is larger than any honest one, or than the memory there is for it.
    #[error("{provider} sent more than {limit} bytes")]
    TooLarge { provider: &'static str, limit: usize },
}

impl UpstreamError {
    /// Whether the provider said that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether the same call may succeed later without anybody changing a setting.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NotFound { .. } | Self::Unauthorized { .. } | Self::Rejected { .. } => false,
            Self::RateLimited { .. }
            | Self::QuotaSpent { .. }
            | Self::CircuitOpen { .. }
            | Self::Timeout { .. }
            | Self::Transport { .. }
            | Self::Server { .. }
            | Self::Redirected { .. }
            | Self::BadBody { .. }
            | Self::TooLarge { .. } => true,
        }
    }

    /// When to ask again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. }
            | Self::QuotaSpent { retry_after, .. }
            | Self::CircuitOpen { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// One word for metrics and for explain.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::RateLimited { .. } => "rate_limited",
            Self::QuotaSpent { .. } => "quota_spent",
            Self::Unauthorized { .. } => "unauthorized",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::Timeout { .. } => "timeout",
            Self::Transport { .. } => "transport",
            Self::Server { .. } => "server_error",
            Self::Rejected { .. } => "rejected",
            Self::Redirected { .. } => "redirected",
            Self::BadBody { .. } => "bad_body",
            Self::TooLarge { .. } => "too_large",
        }
    }

    /// Whether it is a sign of the provider's ill health, for the circuit breaker.
    pub(super) fn is_failure(&self) -> bool {
        matches!(
            self,
            Self::Timeout { .. }
                | Self::Transport { .. }
                | Self::Server { .. }
                | Self::Redirected { .. }
                | Self::BadBody { .. }
        )
    }
}
