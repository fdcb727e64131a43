//! One piece of work for however many callers want it.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

/// Work to wait for.
pub type Flight<T> = Shared<BoxFuture<'static, Option<T>>>;

/// Work under way, by key. The work is a task of its own: a caller that goes
/// away cancels nothing for the others, nor for the next one.
pub struct Flights<K, T> {
    under_way: Arc<Mutex<HashMap<K, Flight<T>>>>,
}

impl<K, T> Clone for Flights<K, T> {
    fn clone(&self) -> Self {
        Self { under_way: Arc::clone(&self.under_way) }
    }
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self { under_way: Arc::default() }
    }
}

impl<K, T> fmt::Debug for Flights<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights")
    }
}

impl<K, T> Flights<K, T>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// Joins the work of `key`, or starts it. `None` when the work panicked.
    pub fn join<F>(&self, key: &K, work: impl FnOnce() -> F) -> Flight<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut under_way = self.lock();
        if let Some(flight) = under_way.get(key) {
            return flight.clone();
        }
        let landing = Landing { flights: self.clone(), key: key.clone() };
        let work = work();
        // Detached by construction: the handle is only waited for.
        let task = tokio::spawn(async move {
            let _landing = landing;
            work.await
        });
        let flight = task.map(Result::ok).boxed().shared();
        under_way.insert(key.clone(), flight.clone());
        flight
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, Flight<T>>> {
        // A panic while it was held left the map whole: it is only inserted to and removed from.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes work off the list when it ends, also when it ends in a panic.
struct Landing<K: Eq + Hash, T> {
    flights: Flights<K, T>,
    key: K,
}

impl<K: Eq + Hash, T> Drop for Landing<K, T> {
    fn drop(&mut self) {
        let mut under_way = self.flights.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn many_callers_share_one_piece_of_work() {
        let flights: Flights<u8, usize> = Flights::default();
        let runs = Arc::new(AtomicUsize::new(0));
        let work = || {
            let runs = Arc::clone(&runs);
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                runs.fetch_add(1, Ordering::SeqCst) + 1
            }
        };
        let all = futures::future::join_all((0..50).map(|_| flights.join(&7, work))).await;
        assert!(all.iter().all(|result| *result == Some(1)));
        assert!(flights.lock().is_empty());
        assert_eq!(flights.join(&7, work).await, Some(2));
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_cancels_nothing() {
        let flights: Flights<u8, u8> = Flights::default();
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            9
        };
        let impatient = flights.join(&1, slow);
        drop(tokio::time::timeout(Duration::from_millis(1), impatient).await);
        assert_eq!(flights.lock().len(), 1);
        assert_eq!(flights.join(&1, || async { 0 }).await, Some(9));
    }

    #[tokio::test]
    async fn a_panic_reaches_the_callers_as_nothing_and_is_forgotten() {
        let flights: Flights<u8, u8> = Flights::default();
        assert_eq!(flights.join(&1, || async { panic!("on purpose") }).await, None);
        assert_eq!(flights.join(&1, || async { 3 }).await, Some(3));
    }
}
