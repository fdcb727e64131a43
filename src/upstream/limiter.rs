//! How often one host is asked: a [`Rate`] whose places are waited for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Priority;
use crate::rate::{Rate, Taken};

/// What of the burst background calls leave to interactive ones.
const RESERVE: f64 = 0.25;

/// Grants calls at a rate, in the order of asking; can be paused.
#[derive(Debug)]
pub(super) struct CallLimiter {
    rate: Rate,
    state: Mutex<LimiterState>,
}

#[derive(Debug)]
struct LimiterState {
    taken: Taken,
    paused_until: Instant,
}

/// A place in the queue. Dropped before its time (the caller gave up), it goes back.
struct QueuePlace<'a> {
    limiter: &'a CallLimiter,
    used: bool,
}

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        if !self.used {
            self.limiter.lock().taken.give_back(self.limiter.rate);
        }
    }
}

impl CallLimiter {
    pub(super) fn new(rate: Rate) -> Self {
        let now = Instant::now();
        let state = LimiterState { taken: Taken::nothing(now), paused_until: now };
        Self { rate, state: Mutex::new(state) }
    }

    /// Waits for a place, but not past `until`.
    ///
    /// Fails at once, with the time it would have taken, when the place would come too late.
    pub(super) async fn take(&self, priority: Priority, until: Instant) -> Result<(), Duration> {
        let (at, mut place) = self.reserve(priority, Instant::now(), until)?;
        tokio::time::sleep_until(at).await;
        place.used = true;
        Ok(())
    }

    fn reserve(
        &self,
        priority: Priority,
        now: Instant,
        until: Instant,
    ) -> Result<(Instant, QueuePlace<'_>), Duration> {
        let reserve = match priority {
            Priority::Interactive => 0.0,
            Priority::Background => RESERVE,
        };
        let mut state = self.lock();
        let at = state.taken.next_at(self.rate, reserve, now).max(state.paused_until);
        if at > until {
            return Err(at - now);
        }
        state.taken.take(self.rate, now);
        Ok((at, QueuePlace { limiter: self, used: false }))
    }

    /// Nothing is granted for `time`.
    pub(super) fn pause(&self, time: Duration) {
        let mut state = self.lock();
        state.paused_until = state.paused_until.max(Instant::now() + time);
    }

    /// How long the pause lasts yet.
    pub(super) fn paused_for(&self) -> Duration {
        self.lock().paused_until.saturating_duration_since(Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, LimiterState> {
        // Two instants, each valid whatever the other is: a panic elsewhere cannot spoil them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(limiter: &CallLimiter, priority: Priority, wait_ms: u64) -> Result<(), Duration> {
        limiter.take(priority, Instant::now() + Duration::from_millis(wait_ms)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_at_once_and_then_the_rate_holds() {
        let limiter = CallLimiter::new(Rate::new(10.0, 5));
        let start = Instant::now();
        for _ in 0..5 {
            take(&limiter, Priority::Interactive, 0).await.unwrap();
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..20 {
            take(&limiter, Priority::Interactive, 1000).await.unwrap();
        }
        let elapsed = start.elapsed().as_millis();
        assert!((1995..=2025).contains(&elapsed), "{elapsed}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_too_long_is_refused_at_once_and_costs_nothing() {
        let limiter = CallLimiter::new(Rate::new(1.0, 1));
        take(&limiter, Priority::Interactive, 0).await.unwrap();
        for _ in 0..100 {
            let start = Instant::now();
            let wait = take(&limiter, Priority::Interactive, 500).await.unwrap_err();
            assert_eq!(start.elapsed(), Duration::ZERO);
            assert!(wait <= Duration::from_secs(1));
        }
        take(&limiter, Priority::Interactive, 1000).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_gives_up_returns_its_token() {
        let limiter = CallLimiter::new(Rate::new(1.0, 1));
        take(&limiter, Priority::Interactive, 0).await.unwrap();
        for _ in 0..10 {
            let waiting = take(&limiter, Priority::Interactive, 5000);
            assert!(tokio::time::timeout(Duration::from_millis(1), waiting).await.is_err());
        }
        take(&limiter, Priority::Interactive, 1000).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn background_calls_leave_part_of_the_burst() {
        let limiter = CallLimiter::new(Rate::new(1.0, 9));
        let mut background = 0;
        while take(&limiter, Priority::Background, 0).await.is_ok() {
            background += 1;
        }
        let mut interactive = 0;
        while take(&limiter, Priority::Interactive, 0).await.is_ok() {
            interactive += 1;
        }
        assert_eq!((background, interactive), (7, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let limiter = CallLimiter::new(Rate::new(100.0, 100));
        limiter.pause(Duration::from_secs(3));
        assert!(take(&limiter, Priority::Interactive, 2000).await.is_err());
        let start = Instant::now();
        take(&limiter, Priority::Interactive, 4000).await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(3));
        assert_eq!(limiter.paused_for(), Duration::ZERO);
    }
}
