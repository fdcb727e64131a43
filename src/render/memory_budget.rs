//! Memory that is counted before it is taken: whoever wants more than is left waits in line.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a permit stands for: a semaphore counts in `u32`.
const UNIT: usize = 1024;

/// So many bytes and no more. Cheap to clone: clones share what is left.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    left: Arc<Semaphore>,
    units: u32,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
}

/// A part of a room, given back when dropped. It lives as long as the bytes it was taken for.
#[derive(Debug)]
pub struct Reservation(OwnedSemaphorePermit);

impl MemoryBudget {
    /// `bytes` to be had, for which so many may wait at a time.
    pub fn new(bytes: usize, most_waiting: usize) -> Self {
        let units = units(bytes).min(u32::MAX >> 4);
        let left = Arc::new(Semaphore::new(units as usize));
        Self { left, units, waiting: Arc::default(), most_waiting }
    }

    /// Waits until `bytes` are left, first come, first served; more than there is at all means
    /// everything. `None` at once where the line is full, and after `patience`.
    pub async fn take(&self, bytes: usize, patience: Duration) -> Option<Reservation> {
        let wanted = units(bytes).min(self.units);
        if let Ok(permit) = Arc::clone(&self.left).try_acquire_many_owned(wanted) {
            return Some(Reservation(permit));
        }
        let waits = Waits(&self.waiting);
        if waits.0.fetch_add(1, Ordering::Relaxed) >= self.most_waiting {
            return None;
        }
        let taken = Arc::clone(&self.left).acquire_many_owned(wanted);
        // Nobody closes the semaphore; were it closed, it would be as good as full.
        tokio::time::timeout(patience, taken).await.ok()?.ok().map(Reservation)
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// All there is, taken or not.
    pub fn bytes(&self) -> usize {
        self.units as usize * UNIT
    }

    pub fn taken_bytes(&self) -> usize {
        self.bytes() - self.left.available_permits() * UNIT
    }
}

impl Reservation {
    /// Gives back what is above `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.0.num_permits().saturating_sub(units(bytes) as usize);
        drop(self.0.split(surplus));
    }

    /// Whether it was taken for as many bytes.
    pub fn covers(&self, bytes: usize) -> bool {
        self.0.num_permits() >= units(bytes) as usize
    }
}

/// A place in the line.
struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Rounded up; nothing is free.
fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(1);

    async fn take(room: &MemoryBudget, units: usize) -> Option<Reservation> {
        room.take(units * UNIT, TIMEOUT).await
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_waits_for_what_is_given_back() {
        let room = MemoryBudget::new(10 * UNIT, 5);
        let mut first = take(&room, 8).await.unwrap();
        assert!(take(&room, 3).await.is_none());
        assert_eq!(room.waiting(), 0);
        first.shrink_to(7 * UNIT);
        let second = take(&room, 3).await;
        assert_eq!(room.taken_bytes(), 10 * UNIT);
        drop((first, second));
        assert_eq!(room.taken_bytes(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_line_turns_away_at_once() {
        let room = MemoryBudget::new(UNIT, 2);
        let held = take(&room, 1).await;
        let line = futures::future::join(take(&room, 1), take(&room, 1));
        let late = async {
            tokio::task::yield_now().await;
            let asked = tokio::time::Instant::now();
            assert!(room.waiting() == 2 && take(&room, 1).await.is_none());
            assert_eq!(asked.elapsed(), Duration::ZERO);
            drop(held);
        };
        // The first one holds what it got until the patience of the second is over.
        let ((first, second), ()) = futures::future::join(
            async {
                let (first, second) = line.await;
                (first.is_some(), second.is_some())
            },
            late,
        )
        .await;
        assert!(first && !second);
    }

    #[tokio::test]
    async fn more_than_there_is_means_everything() {
        let room = MemoryBudget::new(4 * UNIT, 1);
        let all = room.take(usize::MAX, TIMEOUT).await.unwrap();
        assert_eq!(room.taken_bytes(), room.bytes());
        assert!(all.covers(4 * UNIT) && !all.covers(4 * UNIT + 1));
    }

    #[tokio::test]
    async fn shrinking_never_grows() {
        let room = MemoryBudget::new(4 * UNIT, 1);
        let mut held = take(&room, 1).await.unwrap();
        held.shrink_to(3 * UNIT);
        assert_eq!(room.taken_bytes(), UNIT);
    }
}
