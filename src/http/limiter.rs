//! Limits on cold work: what a cached picture costs is free, what a new one costs is shared out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::{ApiError, ErrorCode};
use crate::budgets::{Budget, Budgets, COLD_REFILL_SECONDS};
use crate::telemetry::metrics::COLD_REFUSED;

/// Keys and addresses remembered each. Beyond, strangers share one allowance.
const MAX_BUCKETS: usize = 16_384;

/// An allowance that refills steadily.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    pub per_second: f64,
    pub burst: f64,
}

/// How much cold work one key and one address may ask for.
///
/// The defaults let a wall of several hundred new posters through at once and never hold back what
/// a small machine can render; they stop one client from taking all of it for minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColdLimits {
    pub key: Allowance,
    pub address: Allowance,
}

impl From<&Budgets> for ColdLimits {
    fn from(budgets: &Budgets) -> Self {
        let allowance = |budget| {
            let burst = budgets[budget] as f64;
            Allowance { per_second: burst / COLD_REFILL_SECONDS, burst }
        };
        Self { key: allowance(Budget::ColdKey), address: allowance(Budget::ColdAddress) }
    }
}

impl Default for ColdLimits {
    fn default() -> Self {
        Self::from(&Budgets::default())
    }
}

/// When to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl From<RetryAfter> for ApiError {
    fn from(RetryAfter(wait): RetryAfter) -> Self {
        Self::from(ErrorCode::RateLimited).with_retry_after(wait)
    }
}

/// A bucket of tokens: `tokens` at `since`, more by now.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    since: Instant,
}

/// Buckets by some id, bounded in number.
#[derive(Debug)]
struct Buckets<K> {
    allowance: Allowance,
    by_id: HashMap<K, Bucket>,
    /// For ids that found no room.
    shared: Bucket,
    most: usize,
}

impl<K: std::hash::Hash + Eq> Buckets<K> {
    fn new(allowance: Allowance, most: usize) -> Self {
        let shared = Bucket { tokens: allowance.burst, since: Instant::now() };
        Self { allowance, by_id: HashMap::new(), shared, most }
    }

    /// Takes a token, or says when there will be one.
    fn take(&mut self, id: K, now: Instant) -> Result<(), RetryAfter> {
        let allowance = self.allowance;
        if self.by_id.len() >= self.most && !self.by_id.contains_key(&id) {
            // A full bucket remembers nothing that a new one would not.
            self.by_id.retain(|_, bucket| filled(allowance, bucket, now) < allowance.burst);
        }
        let bucket = if self.by_id.len() < self.most || self.by_id.contains_key(&id) {
            let full = Bucket { tokens: allowance.burst, since: now };
            self.by_id.entry(id).or_insert(full)
        } else {
            &mut self.shared
        };
        let tokens = filled(allowance, bucket, now);
        if tokens < 1.0 {
            let wait = (1.0 - tokens) / allowance.per_second;
            return Err(RetryAfter(Duration::from_secs_f64(wait)));
        }
        *bucket = Bucket { tokens: tokens - 1.0, since: now };
        Ok(())
    }

    /// Gives back a token that was taken for nothing.
    fn give_back(&mut self, id: &K) {
        if let Some(bucket) = self.by_id.get_mut(id) {
            bucket.tokens += 1.0;
        }
    }
}

fn filled(allowance: Allowance, bucket: &Bucket, now: Instant) -> f64 {
    let passed = now.saturating_duration_since(bucket.since).as_secs_f64();
    (bucket.tokens + passed * allowance.per_second).min(allowance.burst)
}

/// Shares cold work out among keys and addresses. Ask before rendering or fetching for a client,
/// never before a hit.
#[derive(Debug)]
pub struct ColdLimiter {
    keys: Mutex<Buckets<u64>>,
    addresses: Mutex<Buckets<IpAddr>>,
}

impl Default for ColdLimiter {
    fn default() -> Self {
        Self::new(ColdLimits::default())
    }
}

impl ColdLimiter {
    pub fn new(limits: ColdLimits) -> Self {
        Self {
            keys: Mutex::new(Buckets::new(limits.key, MAX_BUCKETS)),
            addresses: Mutex::new(Buckets::new(limits.address, MAX_BUCKETS)),
        }
    }

    /// Takes one piece of cold work from both allowances, or says when to come again.
    pub fn check(&self, key_id: u64, address: IpAddr) -> Result<(), RetryAfter> {
        self.check_at(key_id, address, Instant::now())
    }

    fn check_at(&self, key_id: u64, address: IpAddr, now: Instant) -> Result<(), RetryAfter> {
        let address = network_of(address);
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = |by: &'static str| {
            metrics::counter!(COLD_REFUSED.name, "by" => by).increment(1);
        };
        addresses.take(address, now).inspect_err(|_| refused("address"))?;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.take(key_id, now).inspect_err(|_| {
            addresses.give_back(&address);
            refused("key");
        })
    }
}

/// An IPv6 client owns a /64: its addresses count as one.
pub(super) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(key_burst: f64, address_burst: f64) -> ColdLimits {
        ColdLimits {
            key: Allowance { per_second: 10.0, burst: key_burst },
            address: Allowance { per_second: 10.0, burst: address_burst },
        }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_allowance_runs_out_and_refills() {
        let limiter = ColdLimiter::new(limits(100.0, 3.0));
        let (home, start) = (address("192.0.2.1"), Instant::now());
        for _ in 0..3 {
            assert!(limiter.check_at(1, home, start).is_ok());
        }
        let RetryAfter(wait) = limiter.check_at(1, home, start).unwrap_err();
        assert!(wait <= Duration::from_millis(100) && wait > Duration::from_millis(90));
        assert!(limiter.check_at(1, address("192.0.2.2"), start).is_ok());
        let later = start + Duration::from_millis(101);
        assert!(limiter.check_at(1, home, later).is_ok());
        assert!(limiter.check_at(1, home, later).is_err());
    }

    #[test]
    fn a_key_that_is_used_up_does_not_use_up_the_address() {
        let limiter = ColdLimiter::new(limits(1.0, 2.0));
        let home = address("192.0.2.1");
        assert!(limiter.check(1, home).is_ok());
        assert!(limiter.check(1, home).is_err());
        assert!(limiter.check(2, home).is_ok());
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let limiter = ColdLimiter::new(limits(100.0, 1.0));
        assert!(limiter.check(1, address("2001:db8::1")).is_ok());
        assert!(limiter.check(1, address("2001:db8::2")).is_err());
        assert!(limiter.check(1, address("2001:db8:0:1::2")).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_the_overflow_shares_one_allowance() {
        let now = Instant::now();
        let mut buckets = Buckets::new(Allowance { per_second: 1.0, burst: 2.0 }, 10);
        for id in 0..10_u64 {
            assert!(buckets.take(id, now).is_ok());
        }
        assert!(buckets.take(10, now).is_ok() && buckets.take(11, now).is_ok());
        assert!(buckets.take(12, now).is_err());
        assert!(buckets.take(0, now).is_ok());
        assert_eq!(buckets.by_id.len(), 10);
        // Once the others have refilled, they make room.
        let later = now + Duration::from_secs(10);
        assert!(buckets.take(12, later).is_ok());
        assert_eq!(buckets.by_id.len(), 1);
    }
}
