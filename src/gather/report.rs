//! What came of asking one provider.

use serde::Serialize;

use super::need::NotAsked;
use super::value;
use crate::cache::{CachedAnswer, SwrError};
use crate::model::{Provider, ProviderRatings};
use crate::upstream::ProviderAnswer;

/// How asking a provider ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ReportState {
    /// It answered; `refresh_at` and `read_at` in seconds since 1970.
    Read { read_at: u64, refresh_at: u64, stale: bool },
    /// It knows no such title.
    Absent { refresh_at: u64 },
    /// No answer; the word says why.
    Failed { reason: &'static str },
    /// Its answer was not waited for.
    Late,
    /// There is no id to ask it by.
    NoId,
    /// It has nothing to add to the picture.
    NotAsked { reason: NotAsked },
}

/// What of a title was rated, where it is not the title itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The season that is pictured.
    Season,
    /// The mean of so many of its episodes.
    Episodes { episodes: u16 },
}

/// One provider's part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProviderReport {
    pub provider: Provider,
    #[serde(flatten)]
    pub state: ReportState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    #[serde(skip)]
    pub answer: ProviderAnswer,
}

impl ProviderReport {
    pub(super) fn without_answer(provider: Provider, state: ReportState) -> Self {
        Self { provider, state, basis: None, answer: ProviderAnswer::default() }
    }

    /// Of an answer by way of a cache; `None` where it was not waited for.
    pub(super) fn of<V>(
        provider: Provider,
        cached: Result<Option<CachedAnswer<V>>, SwrError>,
        read: impl Fn(&V) -> ProviderAnswer,
    ) -> Self {
        let cached = match cached {
            Ok(Some(cached)) => cached,
            Ok(None) => return Self::without_answer(provider, ReportState::Late),
            Err(error) => {
                let reason = error.outcome();
                return Self::without_answer(provider, ReportState::Failed { reason });
            }
        };
        let (refresh_at, stale) = (cached.refresh_at, cached.stale);
        let Some(answer) = value(&cached) else {
            return Self::without_answer(provider, ReportState::Absent { refresh_at });
        };
        let state = ReportState::Read { read_at: cached.entry.read_at, refresh_at, stale };
        Self { provider, state, basis: None, answer: read(answer) }
    }

    /// The provider failed, or is late, and may have had something to say.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.state, ReportState::Failed { .. } | ReportState::Late)
    }

    /// It is being refreshed behind.
    pub(super) fn is_stale(&self) -> bool {
        matches!(self.state, ReportState::Read { stale: true, .. })
    }

    /// When it is to be asked again, in seconds since 1970.
    pub fn refresh_at(&self) -> Option<u64> {
        match self.state {
            ReportState::Read { refresh_at, .. } | ReportState::Absent { refresh_at } => {
                Some(refresh_at)
            }
            _ => None,
        }
    }

    /// `None` for a provider that has not answered.
    pub(super) fn ratings(&self) -> Option<ProviderRatings> {
        let ReportState::Read { read_at, .. } = self.state else {
            return None;
        };
        let ratings = self.answer.ratings.clone();
        Some(ProviderRatings { provider: self.provider, read_at, ratings })
    }
}
