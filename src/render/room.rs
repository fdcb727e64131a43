//! Memory that is counted before it is taken: whoever wants more than is left waits in line.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a permit stands for: a semaphore counts in `u32`.
const UNIT: usize = 1024;

/// So many bytes and no more. Cheap to clone: clones share what is left.
#[derive(Clone, Debug)]
pub struct Room {
    left: Arc<Semaphore>,
    units: u32,
}

/// A part of a room, given back when dropped. It lives as long as the bytes it was taken for.
#[derive(Debug)]
pub struct Held(OwnedSemaphorePermit);

impl Room {
    pub fn new(bytes: usize) -> Self {
        let units = units(bytes).min(u32::MAX >> 4);
        Self { left: Arc::new(Semaphore::new(units as usize)), units }
    }

    /// Waits until `bytes` are left, first come, first served. More than there is at all means
    /// everything.
    pub async fn take(&self, bytes: usize) -> Held {
        let wanted = units(bytes).min(self.units);
        let permit = Arc::clone(&self.left).acquire_many_owned(wanted).await;
        // Only a closed semaphore refuses, and nobody closes this one.
        Held(permit.unwrap_or_else(|_| unreachable!("a room is never closed")))
    }

    /// All there is, taken or not.
    pub fn bytes(&self) -> usize {
        self.units as usize * UNIT
    }

    pub fn taken_bytes(&self) -> usize {
        self.bytes() - self.left.available_permits() * UNIT
    }
}

impl Held {
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

/// Rounded up; nothing is free.
fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_waits_for_what_is_given_back() {
        let room = Room::new(10 * UNIT);
        let mut first = room.take(8 * UNIT).await;
        let wait = Duration::from_secs(1);
        assert!(tokio::time::timeout(wait, room.take(3 * UNIT)).await.is_err());
        first.shrink_to(7 * UNIT);
        let second = room.take(3 * UNIT).await;
        assert_eq!(room.taken_bytes(), 10 * UNIT);
        drop((first, second));
        assert_eq!(room.taken_bytes(), 0);
    }

    #[tokio::test]
    async fn more_than_there_is_means_everything() {
        let room = Room::new(4 * UNIT);
        let all = room.take(usize::MAX).await;
        assert_eq!(room.taken_bytes(), room.bytes());
        assert!(all.covers(4 * UNIT) && !all.covers(4 * UNIT + 1));
    }

    #[tokio::test]
    async fn shrinking_never_grows() {
        let room = Room::new(4 * UNIT);
        let mut held = room.take(UNIT).await;
        held.shrink_to(3 * UNIT);
        assert_eq!(room.taken_bytes(), UNIT);
    }
}
