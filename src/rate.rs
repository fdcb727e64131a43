//! Rates: so many per second, with a burst. Calls to providers, the cold work of clients, the rates of
//! keys and wrong attempts are limited by the same arithmetic, the generic cell rate algorithm: of what
//! was taken one instant is remembered, that at which nothing would be missing any more.
//!
//! `governor`, the crate for it, serves the last two only: calls wait for places in the future that go
//! back when the caller gives up, leave a reserve to more urgent ones and are told how long it would
//! take; cold work is taken from two rates at once, and given back to one when the other refuses.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many per second, and how many may come at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    interval: Duration,
    /// How far [`Taken`] may run ahead of the clock.
    tolerance: Duration,
}

impl Rate {
    /// `per_second` is at least one an hour, `burst` from 1 to 100,000.
    pub fn new(per_second: f64, burst: u32) -> Self {
        let interval = Duration::from_secs_f64(1.0 / per_second.clamp(1.0 / 3600.0, 1e6));
        Self { interval, tolerance: interval * (burst.clamp(1, 100_000) - 1) }
    }

    /// So many in a minute, all of which may come at once.
    pub fn per_minute(number: NonZeroU32) -> Self {
        Self::new(f64::from(number.get()) / 60.0, number.get())
    }
}

/// When to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

/// What was taken of a [`Rate`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// When nothing is missing any more.
    whole_at: Instant,
}

impl Taken {
    /// Nothing yet.
    pub(crate) fn nothing(now: Instant) -> Self {
        Self { whole_at: now }
    }

    /// The earliest that the next one may come, leaving this share of the burst, 0 to 1, to others.
    pub(crate) fn next_at(&self, rate: Rate, reserve: f64, now: Instant) -> Instant {
        let usable = rate.tolerance.mul_f64(1.0 - reserve);
        self.whole_at.checked_sub(usable).map_or(now, |at| at.max(now))
    }

    /// Takes one, whenever it may come.
    pub(crate) fn take(&mut self, rate: Rate, now: Instant) {
        self.whole_at = self.whole_at.max(now) + rate.interval;
    }

    /// Takes one that may come now, or says when there will be one.
    pub(crate) fn take_now(&mut self, rate: Rate, now: Instant) -> Result<(), RetryAfter> {
        let at = self.next_at(rate, 0.0, now);
        if at > now {
            return Err(RetryAfter(at - now));
        }
        self.take(rate, now);
        Ok(())
    }

    /// Gives one back that came to nothing.
    pub(crate) fn give_back(&mut self, rate: Rate) {
        self.whole_at = self.whole_at.checked_sub(rate.interval).unwrap_or(self.whole_at);
    }

    /// Whether it is as if nothing had been taken.
    pub(crate) fn is_nothing(&self, now: Instant) -> bool {
        self.whole_at <= now
    }
}

/// One rate that many share.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    rate: Rate,
    taken: Mutex<Taken>,
}

impl RateLimiter {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, taken: Mutex::new(Taken::nothing(Instant::now())) }
    }

    /// Takes one, or says when there will be one.
    pub(crate) fn take(&self) -> Result<(), RetryAfter> {
        // One instant: valid whatever panicked elsewhere.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.take_now(self.rate, Instant::now())
    }
}

/// What was taken of one rate by each of many, bounded in number.
#[derive(Debug)]
pub(crate) struct RateById<K> {
    rate: Rate,
    by_id: HashMap<K, Taken>,
    /// The rate of all ids beyond the bound together.
    shared_rate: Rate,
    shared: Taken,
    max_ids: usize,
}

impl<K: Hash + Eq> RateById<K> {
    /// `rate` for each of `max_ids`, `shared_rate` for all others together.
    pub(crate) fn new(rate: Rate, shared_rate: Rate, max_ids: usize) -> Self {
        let shared = Taken::nothing(Instant::now());
        Self { rate, by_id: HashMap::new(), shared_rate, shared, max_ids }
    }

    /// Takes one, or says when there will be one.
    pub(crate) fn take(&mut self, id: K, now: Instant) -> Result<(), RetryAfter> {
        if self.by_id.len() >= self.max_ids && !self.by_id.contains_key(&id) {
            // Who took nothing lately is as new.
            self.by_id.retain(|_, taken| !taken.is_nothing(now));
        }
        if self.by_id.len() < self.max_ids || self.by_id.contains_key(&id) {
            self.by_id.entry(id).or_insert(Taken::nothing(now)).take_now(self.rate, now)
        } else {
            self.shared.take_now(self.shared_rate, now)
        }
    }

    /// Gives back one that was taken for nothing.
    pub(crate) fn give_back(&mut self, id: &K) {
        match self.by_id.get_mut(id) {
            Some(taken) => taken.give_back(self.rate),
            None => self.shared.give_back(self.shared_rate),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// In no stretch of time come more than the burst and what the rate gives meanwhile.
        #[test]
        fn no_stretch_of_time_has_more_than_burst_and_rate(
            burst in 1_u32..20,
            waits in prop::collection::vec(0_u64..400, 1..200),
        ) {
            let rate = Rate::new(10.0, burst);
            let start = Instant::now();
            let (mut now, mut taken, mut came) = (start, Taken::nothing(start), Vec::new());
            for wait in waits {
                now += Duration::from_millis(wait);
                if taken.next_at(rate, 0.0, now) <= now {
                    taken.take(rate, now);
                    came.push(now);
                }
            }
            for (first, from) in came.iter().enumerate() {
                for (last, to) in came.iter().enumerate().skip(first) {
                    let most = f64::from(burst) + (*to - *from).as_secs_f64() * 10.0 + 1e-6;
                    prop_assert!((last - first + 1) as f64 <= most);
                }
            }
        }
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let (rate, now) = (Rate::new(1.0, 2), Instant::now());
        let mut taken = Taken::nothing(now);
        taken.take(rate, now);
        taken.take(rate, now);
        assert_eq!(taken.next_at(rate, 0.0, now), now + Duration::from_secs(1));
        taken.give_back(rate);
        assert_eq!(taken.next_at(rate, 0.0, now), now);
        taken.give_back(rate);
        assert!(taken.is_nothing(now));
    }

    #[test]
    fn memory_is_bounded_and_the_overflow_shares_one_rate() {
        let mut ids = RateById::new(Rate::new(1.0, 2), Rate::new(1.0, 2), 10);
        let now = Instant::now();
        for id in 0..10_u64 {
            assert!(ids.take(id, now).is_ok());
        }
        assert!(ids.take(10, now).is_ok() && ids.take(11, now).is_ok());
        assert!(ids.take(12, now).is_err());
        assert!(ids.take(0, now).is_ok());
        assert_eq!(ids.by_id.len(), 10);
        // Once the others have refilled, they make room.
        let later = now + Duration::from_secs(10);
        assert!(ids.take(12, later).is_ok());
        assert_eq!(ids.by_id.len(), 1);
    }

    #[test]
    fn so_many_in_a_minute_come_at_once_and_no_more() {
        let limiter = RateLimiter::new(Rate::per_minute(NonZeroU32::new(3).unwrap()));
        assert!((0..3).all(|_| limiter.take().is_ok()));
        let RetryAfter(wait) = limiter.take().unwrap_err();
        assert!(wait > Duration::from_secs(19) && wait <= Duration::from_secs(20), "{wait:?}");
    }
}
