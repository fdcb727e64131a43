//! Whether an answer of a host is likely to come soon, by how its last ones came.

use std::time::Duration;

use tokio::sync::watch;

/// After so long an answer is late: more than hosts usually take, and little enough to ask another one
/// within the time for a picture.
pub const LATE_AFTER: Duration = Duration::from_millis(600);

/// Told of every attempt: there is trouble from one that failed or is late to the next that
/// succeeded in time.
#[derive(Debug)]
pub struct Trouble(watch::Sender<bool>);

impl Default for Trouble {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Trouble {
    pub fn is_there(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until there is trouble.
    pub async fn begins(&self) {
        // Err only when the sender is gone, which `self` holds.
        let _ = self.0.subscribe().wait_for(|there| *there).await;
    }

    /// Waits for an attempt, and tells when it is late.
    pub(super) async fn during<T>(&self, attempt: impl Future<Output = T>) -> T {
        let mut attempt = std::pin::pin!(attempt);
        if let Ok(answer) = tokio::time::timeout(LATE_AFTER, attempt.as_mut()).await {
            return answer;
        }
        self.tell(true);
        attempt.await
    }

    /// How an attempt ended that took so long.
    pub(super) fn ended(&self, is_failure: bool, time: Duration) {
        self.tell(is_failure || time >= LATE_AFTER);
    }

    fn tell(&self, is_there: bool) {
        self.0.send_if_modified(|known| std::mem::replace(known, is_there) != is_there);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_late_is_trouble_before_it_ends() {
        let trouble = Trouble::default();
        let answered = trouble.during(tokio::time::sleep(LATE_AFTER * 3));
        let noticed = async {
            let started = tokio::time::Instant::now();
            trouble.begins().await;
            started.elapsed()
        };
        let ((), after) = futures::future::join(answered, noticed).await;
        assert_eq!(after, LATE_AFTER);
        trouble.ended(false, LATE_AFTER * 3);
        assert!(trouble.is_there(), "the next one will be as late");
        trouble.ended(false, LATE_AFTER / 2);
        assert!(!trouble.is_there());
        trouble.ended(true, Duration::ZERO);
        trouble.begins().await;
    }
}
