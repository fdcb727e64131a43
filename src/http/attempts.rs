//! Slows whoever tries wrong keys or wrong admin tokens. A right one is never refused for it.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::{ApiError, ErrorCode};
use super::limiter::network_of;
use crate::rate::{Rate, RateById, RetryAfter};

/// Wrong ones in a minute that an address may send before it is told to wait.
const MAX_WRONG_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// The same for all addresses that find no place together.
const MAX_WRONG_OF_OTHERS: NonZeroU32 = NonZeroU32::new(600).unwrap();
/// Addresses remembered. Beyond, strangers share one rate.
const MAX_ADDRESSES: usize = 16_384;

/// Counts wrong keys, or wrong tokens, by address.
#[derive(Debug)]
pub struct WrongAttempts {
    addresses: Mutex<RateById<IpAddr>>,
}

impl Default for WrongAttempts {
    fn default() -> Self {
        let rate = Rate::per_minute(MAX_WRONG_PER_MINUTE);
        let of_others = Rate::per_minute(MAX_WRONG_OF_OTHERS);
        Self { addresses: Mutex::new(RateById::new(rate, of_others, MAX_ADDRESSES)) }
    }
}

impl WrongAttempts {
    /// Counts a wrong attempt.
    ///
    /// # Errors
    /// The error in place of the usual one, where there were too many.
    pub fn count(&self, address: IpAddr) -> Result<(), ApiError> {
        // Counts, each valid whatever the others are.
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.take(network_of(address), Instant::now()).map_err(|RetryAfter(wait)| {
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
    fn a_network_is_one_address() {
        let attempts = WrongAttempts::default();
        for host in 0..31_u128 {
            let address = IpAddr::V6((0x2001_0db8_u128 << 96 | host).into());
            assert_eq!(attempts.count(address).is_ok(), host < 30);
        }
    }

    #[test]
    fn strangers_beyond_those_remembered_wait_together() {
        let attempts = WrongAttempts::default();
        let refused = (0..20_000_u128).filter(|network| {
            let address = IpAddr::V6((0x2001_0db9_u128 << 96 | network << 64).into());
            attempts.count(address).is_err()
        });
        assert!(refused.count() > 20_000 - MAX_ADDRESSES - 2 * 600);
    }
}
