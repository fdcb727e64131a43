//! Rates: so many per second, with a burst. Calls to providers and the cold work of clients are
//! limited by the same arithmetic, the generic cell rate algorithm: of what was taken one instant
//! is remembered, that at which nothing would be missing any more.
//!
//! `governor` does not fit either of the two: calls wait for places in the future that go back when
//! the caller gives up, leave a reserve to more urgent ones and are told how long it would take; cold work is
//! taken from two rates at once, and given back to one when the other refuses.

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
}

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

    /// Gives one back that came to nothing.
    pub(crate) fn give_back(&mut self, rate: Rate) {
        self.whole_at = self.whole_at.checked_sub(rate.interval).unwrap_or(self.whole_at);
    }

    /// Whether it is as if nothing had been taken.
    pub(crate) fn is_nothing(&self, now: Instant) -> bool {
        self.whole_at <= now
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
}
