//! A token bucket: so many calls per second, with a burst.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Priority;

/// Grants calls at a rate, in the order of asking; can be paused.
///
/// Kept as one instant (the generic cell rate algorithm): the time at which the
/// bucket would be full again. Each call moves it on by one interval.
#[derive(Debug)]
pub(super) struct TokenBucket {
    interval: Duration,
    /// How far `full_at` may run ahead of the clock before calls wait.
    tolerance: Duration,
    /// What of `tolerance` background calls leave to interactive ones.
    reserve: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    full_at: Instant,
    paused_until: Instant,
}

/// A place in the queue. Dropped before its time (the caller gave up), it goes back.
struct Reservation<'a> {
    bucket: &'a TokenBucket,
    used: bool,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if !self.used {
            let mut state = self.bucket.lock();
            state.full_at =
                state.full_at.checked_sub(self.bucket.interval).unwrap_or(state.full_at);
        }
    }
}

impl TokenBucket {
    /// `per_second` below one call an hour counts as one an hour.
    pub(super) fn new(per_second: f64, burst: u32) -> Self {
        let interval = Duration::from_secs_f64(1.0 / per_second.clamp(1.0 / 3600.0, 1e6));
        let tolerance = interval * burst.max(1).saturating_sub(1).min(100_000);
        let now = Instant::now();
        Self {
            interval,
            tolerance,
            reserve: tolerance / 4,
            state: Mutex::new(State { full_at: now, paused_until: now }),
        }
    }

    /// Waits for a token, but not past `until`.
    ///
    /// Fails at once, with the time it would have taken, when the token would come too late.
    pub(super) async fn take(&self, priority: Priority, until: Instant) -> Result<(), Duration> {
        let now = Instant::now();
        let (at, mut reservation) = self.reserve(priority, now, until)?;
        tokio::time::sleep_until(at).await;
        reservation.used = true;
        Ok(())
    }

    fn reserve(
        &self,
        priority: Priority,
        now: Instant,
        until: Instant,
    ) -> Result<(Instant, Reservation<'_>), Duration> {
        let tolerance = match priority {
            Priority::Interactive => self.tolerance,
            Priority::Background => self.tolerance.saturating_sub(self.reserve),
        };
        let mut state = self.lock();
        let full_at = state.full_at.max(now);
        let from_rate = full_at.checked_sub(tolerance).unwrap_or(now);
        let at = from_rate.max(state.paused_until).max(now);
        if at > until {
            return Err(at - now);
        }
        state.full_at = full_at + self.interval;
        Ok((at, Reservation { bucket: self, used: false }))
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

    fn lock(&self) -> MutexGuard<'_, State> {
        // Two instants, each valid whatever the other is: a panic elsewhere cannot spoil them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(
        bucket: &TokenBucket,
        priority: Priority,
        patience_ms: u64,
    ) -> Result<(), Duration> {
        bucket.take(priority, Instant::now() + Duration::from_millis(patience_ms)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_at_once_and_then_the_rate_holds() {
        let bucket = TokenBucket::new(10.0, 5);
        let start = Instant::now();
        for _ in 0..5 {
            take(&bucket, Priority::Interactive, 0).await.unwrap();
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..20 {
            take(&bucket, Priority::Interactive, 1000).await.unwrap();
        }
        let elapsed = start.elapsed().as_millis();
        assert!((1995..=2025).contains(&elapsed), "{elapsed}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_too_long_is_refused_at_once_and_costs_nothing() {
        let bucket = TokenBucket::new(1.0, 1);
        take(&bucket, Priority::Interactive, 0).await.unwrap();
        for _ in 0..100 {
            let start = Instant::now();
            let wait = take(&bucket, Priority::Interactive, 500).await.unwrap_err();
            assert_eq!(start.elapsed(), Duration::ZERO);
            assert!(wait <= Duration::from_secs(1));
        }
        take(&bucket, Priority::Interactive, 1000).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_gives_up_returns_its_token() {
        let bucket = TokenBucket::new(1.0, 1);
        take(&bucket, Priority::Interactive, 0).await.unwrap();
        for _ in 0..10 {
            let waiting = take(&bucket, Priority::Interactive, 5000);
            assert!(tokio::time::timeout(Duration::from_millis(1), waiting).await.is_err());
        }
        take(&bucket, Priority::Interactive, 1000).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn background_calls_leave_part_of_the_burst() {
        let bucket = TokenBucket::new(1.0, 9);
        let mut background = 0;
        while take(&bucket, Priority::Background, 0).await.is_ok() {
            background += 1;
        }
        let mut interactive = 0;
        while take(&bucket, Priority::Interactive, 0).await.is_ok() {
            interactive += 1;
        }
        assert_eq!((background, interactive), (7, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let bucket = TokenBucket::new(100.0, 100);
        bucket.pause(Duration::from_secs(3));
        assert!(take(&bucket, Priority::Interactive, 2000).await.is_err());
        let start = Instant::now();
        take(&bucket, Priority::Interactive, 4000).await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(3));
        assert_eq!(bucket.paused_for(), Duration::ZERO);
    }
}
