//! Failures that are remembered, so that a provider in trouble is not asked the
//! same by every request.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tokio::time::Instant;

use super::swr::SwrError;
use crate::clock::Clock;
use crate::upstream::Priority;

/// The first failure of a question keeps us from asking it again for this long …
const FIRST: Duration = Duration::from_secs(20);
/// … doubled with each further one in a row, up to this.
const LONGEST: Duration = Duration::from_mins(5);
/// A provider that says when to come back is believed, within these bounds.
const SHORTEST_NAMED: Duration = Duration::from_secs(1);
const LONGEST_NAMED: Duration = Duration::from_mins(10);

/// After this long a failure is no longer one in a row.
const STREAK_KEPT: Duration = Duration::from_mins(15);
/// Failures that are kept in mind at once.
const MOST: u64 = 20_000;

/// Failures by question and by who waited for the answer: that a background
/// call was refused, because the rest of a quota is kept for others, says
/// nothing to somebody who waits.
pub(super) struct Failures<K> {
    failed: Cache<(K, Priority), Arc<Failed>>,
    clock: Clock,
}

#[derive(Debug)]
struct Failed {
    error: SwrError,
    noted_at: Instant,
    until: Instant,
    in_a_row: u32,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Failures<K> {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            failed: Cache::builder().max_capacity(MOST).time_to_live(STREAK_KEPT).build(),
            clock,
        }
    }

    /// The failure that speaks against asking now.
    pub(super) fn get(&self, key: &K, priority: Priority) -> Option<SwrError> {
        let failed = self.failed.get(&(key.clone(), priority))?;
        (self.clock.now() < failed.until).then(|| failed.error.clone())
    }

    pub(super) fn note(&self, key: K, priority: Priority, error: &SwrError) {
        let now = self.clock.now();
        let before = self.failed.get(&(key.clone(), priority));
        let before = before.filter(|before| now < before.noted_at + STREAK_KEPT);
        let in_a_row = before.map_or(1, |before| before.in_a_row.saturating_add(1));
        let until = now + kept(error, in_a_row);
        let failed = Failed { error: error.clone(), noted_at: now, until, in_a_row };
        self.failed.insert((key, priority), Arc::new(failed));
    }

    /// The question was answered.
    pub(super) fn forget(&self, key: &K) {
        for priority in [Priority::Interactive, Priority::Background] {
            self.failed.invalidate(&(key.clone(), priority));
        }
    }

    pub(super) fn clear(&self) {
        self.failed.invalidate_all();
    }
}

/// How long the `in_a_row`th failure in a row is remembered.
fn kept(error: &SwrError, in_a_row: u32) -> Duration {
    match error.retry_after() {
        // It costs no call to learn that a key rests or that a circuit is open, so there
        // is no need to remember it any longer than that.
        Some(named) => named.clamp(SHORTEST_NAMED, LONGEST_NAMED),
        None => (FIRST * 2_u32.saturating_pow(in_a_row.clamp(1, 10) - 1)).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::UpstreamError;

    fn of(error: UpstreamError) -> SwrError {
        SwrError::Upstream(Arc::new(error))
    }

    fn late() -> SwrError {
        of(UpstreamError::Timeout { provider: "test" })
    }

    #[test]
    fn each_reason_is_remembered_for_its_own_time() {
        let retry_after = Duration::from_secs(90);
        let limited =
            |retry_after| of(UpstreamError::RateLimited { provider: "test", retry_after });
        let spent = |retry_after| of(UpstreamError::QuotaSpent { provider: "test", retry_after });
        let table = [
            (late(), 1, 20),
            (late(), 2, 40),
            (late(), 4, 160),
            (late(), 5, 300),
            (late(), u32::MAX, 300),
            (limited(retry_after), 1, 90),
            (limited(retry_after), 9, 90),
            (limited(Duration::ZERO), 1, 1),
            (spent(Duration::from_hours(9)), 1, 600),
        ];
        for (error, in_a_row, secs) in table {
            assert_eq!(kept(&error, in_a_row), Duration::from_secs(secs), "{error} {in_a_row}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lasting_trouble_is_asked_about_less_and_less() {
        let failures: Failures<u8> = Failures::new(Clock::system());
        for waited in [20, 40, 80] {
            failures.note(1, Priority::Interactive, &late());
            tokio::time::advance(Duration::from_secs(waited - 1)).await;
            assert!(failures.get(&1, Priority::Interactive).is_some());
            tokio::time::advance(Duration::from_secs(1)).await;
            assert!(failures.get(&1, Priority::Interactive).is_none());
        }
        failures.forget(&1);
        failures.note(1, Priority::Interactive, &late());
        tokio::time::advance(Duration::from_secs(20)).await;
        assert!(failures.get(&1, Priority::Interactive).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_refused_behind_may_still_be_asked_by_somebody_who_waits() {
        let failures: Failures<u8> = Failures::new(Clock::system());
        failures.note(1, Priority::Background, &late());
        assert!(failures.get(&1, Priority::Background).is_some());
        assert!(failures.get(&1, Priority::Interactive).is_none());
    }
}
