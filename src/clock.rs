//! The time as a value: freshness, retries, expiry and daily quotas ask a clock they were given,
//! so that tests can let days pass.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio::time::Instant;

/// Tells the time; clones tell the same one. The default is the system's.
///
/// Measured durations (metrics, `Server-Timing`) and the time-outs of calls under way stay with
/// [`tokio::time`]: a clock that is moved would make them wrong.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far ahead of the system's clock this one is; `None` for the system's own.
    ahead: Option<watch::Receiver<Duration>>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A point in time to measure waits from; never goes back.
    pub fn now(&self) -> Instant {
        Instant::now() + self.ahead()
    }

    /// The calendar's time.
    pub fn system_time(&self) -> SystemTime {
        SystemTime::now() + self.ahead()
    }

    /// Seconds since 1970.
    pub fn unix_secs(&self) -> u64 {
        self.since_epoch().as_secs()
    }

    /// Microseconds since 1970.
    pub fn unix_micros(&self) -> i64 {
        i64::try_from(self.since_epoch().as_micros()).unwrap_or(i64::MAX)
    }

    /// Waits until `duration` has passed on this clock.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now() + duration).await;
    }

    /// Waits until this clock shows `deadline`.
    pub async fn sleep_until(&self, deadline: Instant) {
        let Some(mut ahead) = self.ahead.clone() else {
            return tokio::time::sleep_until(deadline).await;
        };
        loop {
            ahead.mark_unchanged();
            let left = deadline.saturating_duration_since(self.now());
            if left.is_zero() {
                return;
            }
            let moved = async {
                // Nobody can move it any more: it goes on as the system's does.
                if ahead.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = moved => {}
            }
        }
    }

    /// 0 before 1970.
    fn since_epoch(&self) -> Duration {
        self.system_time().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn ahead(&self) -> Duration {
        self.ahead.as_ref().map_or(Duration::ZERO, |ahead| *ahead.borrow())
    }
}

/// Moves a [`Clock`] of its own ahead of the system's; between moves both go at one pace.
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<watch::Sender<Duration>>);

impl ManualClock {
    /// A clock that follows every move.
    pub fn clock(&self) -> Clock {
        Clock { ahead: Some(self.0.subscribe()) }
    }

    /// Lets `time` pass at once, and wakes whoever sleeps on the clock.
    pub fn advance(&self, time: Duration) {
        self.0.send_modify(|ahead| *ahead += time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn a_clock_that_is_moved_takes_its_clones_along_and_no_other() {
        let manual = ManualClock::default();
        let (clock, system) = (manual.clock(), Clock::system());
        let (other, before) = (clock.clone(), clock.unix_secs());
        manual.advance(DAY);
        for moved in [&clock, &other, &manual.clock()] {
            let passed = moved.unix_secs() - before;
            assert!((86_400..86_410).contains(&passed), "{passed}");
            assert!(moved.now() - system.now() + Duration::from_secs(10) > DAY);
            assert!(moved.system_time() > SystemTime::now() + DAY - Duration::from_secs(10));
        }
        assert!(system.unix_secs() < before + 10);
    }

    #[tokio::test(start_paused = true)]
    async fn who_sleeps_wakes_when_the_clock_is_moved_far_enough() {
        let manual = ManualClock::default();
        let clock = manual.clock();
        let sleeping = tokio::spawn(async move { clock.sleep(DAY).await });
        tokio::task::yield_now().await;
        manual.advance(DAY / 2);
        tokio::task::yield_now().await;
        assert!(!sleeping.is_finished());
        manual.advance(DAY / 2);
        sleeping.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn without_moves_sleep_ends_with_the_time() {
        let manual = ManualClock::default();
        for clock in [manual.clock(), Clock::system()] {
            let start = Instant::now();
            clock.sleep(DAY).await;
            assert!(start.elapsed() >= DAY);
        }
    }
}
