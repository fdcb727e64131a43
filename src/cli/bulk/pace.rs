//! Calls one after the other, at a rate that the user set.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Grants one step at a time.
#[derive(Debug)]
pub(in crate::cli) struct CallPace {
    /// Between two steps; `None` where nobody asks for a rate.
    interval: Option<Duration>,
    next: Mutex<Instant>,
}

impl CallPace {
    /// So many steps a second.
    pub(in crate::cli) fn new(per_second: Option<u32>) -> Self {
        let interval = per_second.filter(|n| *n > 0).map(|n| Duration::from_secs(1) / n);
        Self { interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits for the next step.
    pub(in crate::cli) async fn step(&self) {
        let Some(interval) = self.interval else { return };
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = (*next).max(Instant::now());
            *next = at + interval;
            at
        };
        tokio::time::sleep_until(at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn steps_keep_their_rate() {
        let (pace, start) = (CallPace::new(Some(4)), Instant::now());
        for _ in 0..9 {
            pace.step().await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        let free = CallPace::new(None);
        for _ in 0..1000 {
            free.step().await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }
}
