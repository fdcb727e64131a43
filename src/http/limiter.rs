//! Limits on cold work: what a cached picture costs is free, what a new one costs is shared out.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::error::{ApiError, ErrorCode};
use crate::budgets::{Budget, Budgets, COLD_REFILL_SECONDS};
use crate::rate::{Rate, RateById, RetryAfter};
use crate::telemetry::metrics::COLD_REFUSED;

/// Keys and addresses remembered each. Beyond, strangers share one rate.
const MAX_IDS: usize = 16_384;

/// How much cold work one key and one address may ask for.
///
/// The defaults let a wall of several hundred new posters through at once and never hold back what
/// a small machine can render; they stop one client from taking all of it for minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColdLimits {
    pub key: Rate,
    pub address: Rate,
}

impl From<&Budgets> for ColdLimits {
    fn from(budgets: &Budgets) -> Self {
        let allowance = |budget| {
            let burst = u32::try_from(budgets[budget]).unwrap_or(u32::MAX);
            Rate::new(f64::from(burst) / COLD_REFILL_SECONDS, burst)
        };
        Self { key: allowance(Budget::ColdKey), address: allowance(Budget::ColdAddress) }
    }
}

impl Default for ColdLimits {
    fn default() -> Self {
        Self::from(&Budgets::default())
    }
}

impl From<RetryAfter> for ApiError {
    fn from(RetryAfter(wait): RetryAfter) -> Self {
        Self::from(ErrorCode::RateLimited).with_retry_after(wait)
    }
}

/// Shares cold work out among keys and addresses. Ask before rendering or fetching for a client,
/// never before a hit.
#[derive(Debug)]
pub struct ColdLimiter {
    keys: Mutex<RateById<u64>>,
    addresses: Mutex<RateById<IpAddr>>,
}

impl Default for ColdLimiter {
    fn default() -> Self {
        Self::new(ColdLimits::default())
    }
}

impl ColdLimiter {
    pub fn new(limits: ColdLimits) -> Self {
        Self {
            keys: Mutex::new(RateById::new(limits.key, limits.key, MAX_IDS)),
            addresses: Mutex::new(RateById::new(limits.address, limits.address, MAX_IDS)),
        }
    }

    /// Takes one piece of cold work from both rates, or says when to come again.
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
    use std::time::Duration;

    use super::*;

    fn limits(key_burst: u32, address_burst: u32) -> ColdLimits {
        ColdLimits { key: Rate::new(10.0, key_burst), address: Rate::new(10.0, address_burst) }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_allowance_runs_out_and_refills() {
        let limiter = ColdLimiter::new(limits(100, 3));
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
        let limiter = ColdLimiter::new(limits(1, 2));
        let home = address("192.0.2.1");
        assert!(limiter.check(1, home).is_ok());
        assert!(limiter.check(1, home).is_err());
        assert!(limiter.check(2, home).is_ok());
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let limiter = ColdLimiter::new(limits(100, 1));
        assert!(limiter.check(1, address("2001:db8::1")).is_ok());
        assert!(limiter.check(1, address("2001:db8::2")).is_err());
        assert!(limiter.check(1, address("2001:db8:0:1::2")).is_ok());
    }
}
