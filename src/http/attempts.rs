//! Slows whoever tries wrong keys or wrong admin tokens. A right one is never refused for it.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::{ApiError, ErrorCode};
use super::limiter::network_of;

/// Wrong ones in a minute that an address may send before it is told to wait.
const MAX_WRONG_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// The same for all addresses that find no place together.
const MAX_WRONG_OF_OTHERS: NonZeroU32 = NonZeroU32::new(600).unwrap();
/// Addresses remembered. Beyond, strangers share one allowance.
const MAX_ADDRESSES: usize = 16_384;

/// Counts wrong keys, or wrong tokens, by address.
#[derive(Debug)]
pub struct WrongAttempts {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    others: DefaultDirectRateLimiter,
}

impl Default for WrongAttempts {
    fn default() -> Self {
        Self {
            addresses: RateLimiter::keyed(Quota::per_minute(MAX_WRONG_PER_MINUTE)),
            others: RateLimiter::direct(Quota::per_minute(MAX_WRONG_OF_OTHERS)),
        }
    }
}

impl WrongAttempts {
    /// Counts a wrong attempt.
    ///
    /// # Errors
    /// The error in place of the usual one, where there were too many.
    pub fn count(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.addresses.len() >= MAX_ADDRESSES {
            self.addresses.retain_recent();
        }
        let checked = match self.addresses.len() < MAX_ADDRESSES {
            true => self.addresses.check_key(&network_of(address)),
            false => self.others.check(),
        };
        checked.map_err(|early| {
            let wait = early.wait_time_from(DefaultClock::default().now());
            let wait = wait.max(Duration::from_secs(1));
            ApiError::from(ErrorCode::TooManyAttempts).with_retry_after(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thirty_first_wrong_one_of_an_address_has_to_wait() {
        let attempts = WrongAttempts::default();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for _ in 0..30 {
            assert!(attempts.count(address("192.0.2.1")).is_ok());
        }
        let refused = attempts.count(address("192.0.2.1")).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::TooManyAttempts);
        assert!(attempts.count(address("192.0.2.2")).is_ok());
    }

    #[test]
    fn a_network_is_one_address_and_memory_is_bounded() {
        let attempts = WrongAttempts::default();
        for host in 0..31_u128 {
            let address = IpAddr::V6((0x2001_0db8_u128 << 96 | host).into());
            assert_eq!(attempts.count(address).is_ok(), host < 30);
        }
        for network in 0..20_000_u128 {
            let address = IpAddr::V6((0x2001_0db9_u128 << 96 | network << 64).into());
            let _ = attempts.count(address);
        }
        assert!(attempts.addresses.len() <= MAX_ADDRESSES);
    }
}
