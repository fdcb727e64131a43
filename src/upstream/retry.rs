//! When to ask again.

use std::time::{Duration, SystemTime};

use rand::Rng;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::clock::Clock;

/// Attempts after the first.
pub(super) const MAX_RETRIES: u32 = 2;
/// A `Retry-After` up to here is waited for; a longer one is the caller's to know.
pub(super) const WORTH_WAITING: Duration = Duration::from_secs(2);
/// No provider is left alone for longer on its own word alone.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// The wait before retry `number` (from 1): 100 ms, 200 ms …, of which a random half is taken off.
pub(super) fn backoff(number: u32) -> Duration {
    let full = FIRST_BACKOFF * 2_u32.saturating_pow(number.clamp(1, 8) - 1);
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

/// A `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3); at most an hour.
pub(super) fn retry_after(headers: &HeaderMap, clock: &Clock) -> Option<Duration> {
    parse_retry_after(headers.get(RETRY_AFTER)?.to_str().ok()?, clock.system_time())
}

fn parse_retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // Too many digits for u64 is a very long time.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let parse = |text| parse_retry_after(text, now);
        assert_eq!(parse("3"), Some(Duration::from_secs(3)));
        assert_eq!(parse("0"), Some(Duration::ZERO));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:27 GMT"), Some(Duration::ZERO));
        assert_eq!(parse("99999999999999999999999"), Some(LONGEST_PAUSE));
        for text in ["", "-1", "soon", "1.5"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_retry_after_is_bounded(text in ".*") {
            if let Some(wait) = parse_retry_after(&text, SystemTime::now()) {
                prop_assert!(wait <= LONGEST_PAUSE);
            }
        }

        #[test]
        fn backoff_grows_and_stays_within_its_bounds(number in 0_u32..100) {
            let wait = backoff(number);
            prop_assert!(wait >= FIRST_BACKOFF / 2 && wait <= FIRST_BACKOFF * 128);
        }
    }
}
