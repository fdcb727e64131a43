//! Memory for files whose size is known when the last byte has come.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{Budget, Budgets, MAX_WAITING, MEMORY_TIMEOUT, MemoryBudget, Reservation};

/// The largest file that is taken; the clients of image hosts have the same limit.
pub const MAX_FILE_BYTES: usize = 30 << 20;
/// Reserved before anything is known: an answer's head. Whoever waits for a host takes no more.
const FIRST_BYTES: usize = 16 << 10;
/// Reserved beyond what has come: a Content-Length is a claim.
const AHEAD: usize = 1 << 20;
/// How often a file is fetched anew in memory that it shares with others. Then only in the part for
/// large files, where nothing can go short.
const MAX_SHARED_TRIES: usize = 3;

/// The memory of files on their way. Cheap to clone.
///
/// A fetch begins with little, and its reservation grows as the file arrives. Growing never waits: a
/// fetch that finds no memory is dropped, and begins anew in a part of the budget that serves one
/// large file at a time, or where so much is free by then. So no file ever waits for a larger one.
#[derive(Clone, Debug)]
pub struct FileBudget {
    shared: MemoryBudget,
    large: MemoryBudget,
}

/// Why a file is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileError<E> {
    /// No memory was free in time.
    Busy,
    Failed(E),
}

/// The reservation of a file that arrives. Clones are the same.
#[derive(Clone, Debug)]
pub struct FileReservation(Arc<Mutex<Arriving>>);

#[derive(Debug)]
struct Arriving {
    reservation: Reservation,
    length: Option<usize>,
    /// What would have been needed where memory went short.
    missed: Option<usize>,
}

impl FileBudget {
    pub fn new(budgets: &Budgets) -> Self {
        let large = budgets[Budget::LargeArtwork];
        let shared = budgets[Budget::Artwork].saturating_sub(large);
        Self {
            shared: MemoryBudget::new(shared, MAX_WAITING),
            large: MemoryBudget::new(large, MAX_WAITING),
        }
    }

    /// What files share, beside the part for large ones.
    pub fn shared(&self) -> &MemoryBudget {
        &self.shared
    }

    /// Fetches a file. `fetch` tells the reservation what it learns, and gives up with any error
    /// where that refuses.
    ///
    /// # Errors
    /// What `fetch` fails with otherwise; [`FileError::Busy`] where memory is not free in time.
    pub async fn fetch<E, F>(
        &self,
        fetch: impl Fn(FileReservation) -> F,
    ) -> Result<(Bytes, Reservation), FileError<E>>
    where
        F: Future<Output = Result<Bytes, E>>,
    {
        let first = self.shared.take(FIRST_BYTES, MEMORY_TIMEOUT).await;
        let mut reservation = first.ok_or(FileError::Busy)?;
        for tries in 1.. {
            let large = reservation.is_of(&self.large);
            let arriving = FileReservation::new(reservation);
            let fetched = fetch(arriving.clone()).await;
            let missed = arriving.lock().missed;
            match (fetched, missed) {
                (Ok(bytes), None) => {
                    let reservation = arriving.finish(&self.shared, bytes.len());
                    return Ok((bytes, reservation));
                }
                (Err(error), None) => return Err(FileError::Failed(error)),
                // Larger than the largest there may be.
                (_, Some(_)) if large => return Err(FileError::Busy),
                (_, Some(needed)) => {
                    // Nothing is reserved while it waits.
                    drop(arriving);
                    let again = self.take_again(needed, tries < MAX_SHARED_TRIES).await;
                    reservation = again.ok_or(FileError::Busy)?;
                }
            }
        }
        Err(FileError::Busy)
    }

    /// Memory for a file that takes `needed` bytes at least.
    async fn take_again(&self, needed: usize, shared: bool) -> Option<Reservation> {
        let large = self.large.take(self.large.bytes(), MEMORY_TIMEOUT);
        if !shared {
            return large.await;
        }
        let shared = self.shared.take_expecting(needed.min(AHEAD), needed, MEMORY_TIMEOUT);
        tokio::select! {
            Some(reservation) = large => Some(reservation),
            Some(reservation) = shared => Some(reservation),
            else => None,
        }
    }

    /// Fetches that wait for memory.
    pub fn waiting(&self) -> usize {
        self.shared.waiting() + self.large.waiting()
    }

    pub fn taken_bytes(&self) -> usize {
        self.shared.taken_bytes() + self.large.taken_bytes()
    }

    pub fn large_bytes(&self) -> usize {
        self.large.taken_bytes()
    }
}

impl FileReservation {
    fn new(reservation: Reservation) -> Self {
        Self(Arc::new(Mutex::new(Arriving { reservation, length: None, missed: None })))
    }

    fn lock(&self) -> MutexGuard<'_, Arriving> {
        // Whatever panicked, each change is one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is reserved.
    pub fn bytes(&self) -> usize {
        self.lock().reservation.bytes()
    }

    /// Whatever comes, up to the largest file there may be; for whoever does not count memory.
    pub fn unlimited() -> Self {
        let all = MemoryBudget::new(MAX_FILE_BYTES, 0);
        let mut reservation = Reservation::empty(&all);
        reservation.grow_to(MAX_FILE_BYTES);
        Self::new(reservation)
    }

    /// The file says that it has so many bytes. False where there is no memory for them.
    #[must_use]
    pub fn announce(&self, length: usize) -> bool {
        let mut arriving = self.lock();
        arriving.length = Some(length);
        let reservation = &mut arriving.reservation;
        if length <= reservation.bytes() {
            reservation.shrink_to(length);
            return true;
        }
        let fits = reservation.expect(length);
        if !fits {
            arriving.missed = Some(length);
        }
        fits
    }

    /// So many bytes have come. False where there is no memory for them.
    #[must_use]
    pub fn cover(&self, arrived: usize) -> bool {
        let mut arriving = self.lock();
        if arrived <= arriving.reservation.bytes() {
            return true;
        }
        let ahead = arriving.length.unwrap_or(MAX_FILE_BYTES).min(arrived.saturating_add(AHEAD));
        let reservation = &mut arriving.reservation;
        let fits = reservation.grow_to(ahead.max(arrived)) || reservation.grow_to(arrived);
        if !fits {
            arriving.missed = Some(ahead.max(arrived));
        }
        fits
    }

    /// For the whole file: of the shared memory, if it is free, so that the next large one can begin.
    fn finish(self, shared: &MemoryBudget, bytes: usize) -> Reservation {
        let mut arriving = self.lock();
        arriving.reservation.shrink_to(bytes);
        let nothing = Reservation::empty(shared);
        let own = std::mem::replace(&mut arriving.reservation, nothing);
        drop(arriving);
        if own.is_of(shared) { own } else { shared.try_take(bytes).unwrap_or(own) }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
