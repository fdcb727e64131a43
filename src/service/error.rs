//! Why no picture goes out.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::SwrError;
use crate::gather::GatherError;
use crate::render::{PoolError, RenderError};
use crate::upstream::UpstreamError;

/// Why no picture goes out. Cheap to clone: one error may reach many callers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ServeError {
    #[error("no such title")]
    UnknownTitle,
    #[error("the title has no such artwork")]
    NoArtwork,
    /// The address names a picture that is not among the title's.
    #[error("the title has no artwork of that path")]
    NoCandidate,
    /// Only where a picture without ratings will not do (`fallback=false`).
    #[error("the title has no ratings")]
    NoRatings,
    /// Only where a picture without ratings will not do (`fallback=false`).
    #[error("the ratings are late")]
    RatingsLate,
    #[error("the providers are late")]
    Late,
    #[error("there is too much to do at the moment")]
    Busy { retry_after: Duration },
    /// A provider refuses for a while, or failed.
    #[error("a provider gave no usable answer")]
    Upstream(#[source] Arc<UpstreamError>),
    /// No picture that could be fetched can be decoded, or nothing can be coded.
    #[error("the artwork cannot be used")]
    Render(#[source] Arc<RenderError>),
    #[error("the work ended in a panic")]
    Internal,
}

impl ServeError {
    /// A truth about the title, rather than about this moment.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::UnknownTitle | Self::NoArtwork | Self::NoCandidate | Self::NoRatings)
    }

    /// Another artwork may do where this one has failed.
    pub(super) fn is_about_artwork(&self) -> bool {
        matches!(self, Self::Render(_) | Self::Upstream(_))
    }

    /// The word in the metric of renders.
    pub(super) fn render_outcome(&self) -> &'static str {
        if matches!(self, Self::Busy { .. }) { "busy" } else { "failed" }
    }
}

/// An error and its source, without anything a stranger could use.
pub(super) fn reason(error: &ServeError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

impl From<GatherError> for ServeError {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::UnknownTitle => Self::UnknownTitle,
            GatherError::NoArtwork => Self::NoArtwork,
            GatherError::NoCandidate => Self::NoCandidate,
            GatherError::NobodyToAsk => Self::RatingsLate,
            GatherError::MapNotRead => Self::Busy { retry_after: Duration::from_secs(10) },
            GatherError::Provider(SwrError::Panicked) => Self::Internal,
            GatherError::Provider(SwrError::Upstream(error)) => Self::Upstream(error),
        }
    }
}

impl From<PoolError> for ServeError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Busy => Self::Busy { retry_after: Duration::from_secs(2) },
            PoolError::Panicked => Self::Internal,
            PoolError::TooLarge { bytes } => RenderError::TooLarge { bytes }.into(),
        }
    }
}

impl From<RenderError> for ServeError {
    fn from(error: RenderError) -> Self {
        Self::Render(Arc::new(error))
    }
}
