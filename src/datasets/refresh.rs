//! When each data set is asked for again.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use tokio_util::sync::CancellationToken;

use super::build::Set;
use super::slot::{Refreshed, Slot, Tools};

/// Parts of the interval by which a refresh may come early or late: many servers started
/// by one update should not meet at the source.
const JITTER: f64 = 0.1;
/// The first wait after a failure; doubled with each further one.
const FIRST_RETRY: Duration = Duration::from_mins(1);
const LONGEST_RETRY: Duration = Duration::from_hours(6);

/// Keeps a data set fresh until told to stop.
pub(super) async fn keep_fresh<S: Set>(slot: &Slot<S>, tools: Arc<Tools>, stop: CancellationToken) {
    let Some(interval) = slot.source().map(|source| source.interval) else {
        return;
    };
    slot.verify().await;
    let mut failures = 0;
    loop {
        let wait = match failures {
            0 => slot.due_in(jittered(interval)),
            _ => jittered(retry_after(failures).min(interval)),
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = slot.clock().sleep(wait) => {}
        }
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = slot.refresh(&tools, &stop) => outcome,
        };
        failures = match outcome {
            Ok(Refreshed::NotModified | Refreshed::Replaced { .. }) => 0,
            Ok(Refreshed::Partly { trouble, .. }) => {
                tracing::warn!(dataset = %S::ID, "refreshed in part: {trouble}");
                failures + 1
            }
            Err(error) => {
                tracing::warn!(dataset = %S::ID, "not refreshed: {}", error.chain());
                failures + 1
            }
        };
    }
}

fn jittered(duration: Duration) -> Duration {
    duration.mul_f64(rand::rng().random_range(1.0 - JITTER..=1.0 + JITTER))
}

fn retry_after(failures: u32) -> Duration {
    let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_RETRY.saturating_mul(factor).min(LONGEST_RETRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_grow_to_an_end() {
        assert_eq!(retry_after(1), Duration::from_mins(1));
        assert_eq!(retry_after(3), Duration::from_mins(4));
        assert_eq!(retry_after(40), LONGEST_RETRY);
    }

    #[test]
    fn jitter_stays_near() {
        for _ in 0..100 {
            let seconds = jittered(Duration::from_secs(100)).as_secs();
            assert!((89..=110).contains(&seconds));
        }
    }
}
