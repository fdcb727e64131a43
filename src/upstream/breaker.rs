//! A circuit breaker: a host that keeps failing is left alone for a while.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clock::Clock;

/// Failures in a row that open the circuit …
const FAILURES: u32 = 5;
/// … unless a call succeeded this recently: one in three calls failing is no outage.
const RECENT_SUCCESS: Duration = Duration::from_secs(2);
/// How long it stays open first, doubled with each failed probe up to the maximum.
const OPEN: Duration = Duration::from_secs(5);
const OPEN_MAX: Duration = Duration::from_mins(1);

/// What the breaker does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// Calls are refused at once.
    Open,
    /// One call is let through to see.
    HalfOpen,
}

#[derive(Debug, Default)]
pub(super) struct Breaker {
    clock: Clock,
    inner: Mutex<BreakerCounts>,
}

#[derive(Debug, Default)]
struct BreakerCounts {
    failures: u32,
    last_success: Option<Instant>,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    time: Duration,
    probing: bool,
}

/// Permission for one attempt; tell it how the attempt went.
/// Dropped without a word (the caller gave up), it says nothing of the host.
#[must_use]
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    probe: bool,
}

impl Breaker {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, inner: Mutex::default() }
    }

    /// Lets an attempt through, or says for how long none will be.
    pub(super) fn admit(&self) -> Result<Pass<'_>, Duration> {
        let now = self.clock.now();
        let mut inner = self.lock();
        let Some(open) = &mut inner.open else {
            return Ok(Pass { breaker: self, probe: false });
        };
        if now < open.until {
            return Err(open.until - now);
        }
        if open.probing {
            return Err(Duration::from_secs(1));
        }
        open.probing = true;
        Ok(Pass { breaker: self, probe: true })
    }

    /// How long calls are refused yet, without taking the probe.
    pub(super) fn refusing_for(&self) -> Option<Duration> {
        let now = self.clock.now();
        let inner = self.lock();
        inner.open.as_ref().filter(|open| now < open.until).map(|open| open.until - now)
    }

    pub(super) fn state(&self) -> BreakerState {
        match (&self.lock().open, self.clock.now()) {
            (None, _) => BreakerState::Closed,
            (Some(open), now) if now < open.until => BreakerState::Open,
            (Some(_), _) => BreakerState::HalfOpen,
        }
    }

    fn lock(&self) -> MutexGuard<'_, BreakerCounts> {
        // Nothing panics while it is held.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    pub(super) fn succeeded(self) {
        let now = self.breaker.clock.now();
        let mut inner = self.breaker.lock();
        inner.failures = 0;
        inner.last_success = Some(now);
        inner.open = None;
    }

    pub(super) fn failed(self) {
        let now = self.breaker.clock.now();
        let mut inner = self.breaker.lock();
        inner.failures = inner.failures.saturating_add(1);
        if self.probe {
            let time = inner.open.as_ref().map_or(OPEN, |open| (open.time * 2).min(OPEN_MAX));
            inner.open = Some(Open { until: now + time, time, probing: false });
            return;
        }
        let healthy = inner.last_success.is_some_and(|at| now - at < RECENT_SUCCESS);
        if inner.failures >= FAILURES && !healthy && inner.open.is_none() {
            inner.open = Some(Open { until: now + OPEN, time: OPEN, probing: false });
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe
            && let Some(open) = &mut self.breaker.lock().open
        {
            open.probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32) {
        (0..times).for_each(|_| breaker.admit().unwrap().failed());
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_open_it_and_one_probe_closes_it() {
        let breaker = Breaker::default();
        fail(&breaker, FAILURES);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(breaker.admit().is_err());
        tokio::time::advance(OPEN).await;
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.admit().unwrap();
        assert!(breaker.admit().is_err(), "one probe at a time");
        probe.succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, FAILURES - 1);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn failed_probes_double_the_time_up_to_a_minute() {
        let breaker = Breaker::default();
        fail(&breaker, FAILURES);
        for expected in [10, 20, 40, 60, 60] {
            tokio::time::advance(breaker.refusing_for().unwrap()).await;
            breaker.admit().unwrap().failed();
            assert_eq!(breaker.refusing_for(), Some(Duration::from_secs(expected)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_given_up_lets_the_next_one_through() {
        let breaker = Breaker::default();
        fail(&breaker, FAILURES);
        tokio::time::advance(OPEN).await;
        drop(breaker.admit().unwrap());
        breaker.admit().unwrap().succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_also_succeeds_stays_in_use() {
        let breaker = Breaker::default();
        breaker.admit().unwrap().succeeded();
        fail(&breaker, FAILURES * 3);
        assert_eq!(breaker.state(), BreakerState::Closed);
        tokio::time::advance(RECENT_SUCCESS).await;
        fail(&breaker, 1);
        assert_eq!(breaker.state(), BreakerState::Open);
    }
}
