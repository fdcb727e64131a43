//! The workers that make pictures: as many as there are cores, behind a queue
//! of bounded length. Async threads never paint.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use crate::telemetry::metrics::{RENDER_QUEUE, RENDERS_ACTIVE};

/// Renders that may wait per worker before more are turned away.
const QUEUE_PER_WORKER: usize = 48;

/// Why a render was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    #[error("all workers are busy and the queue is full")]
    Busy,
    #[error("the render ended in a panic")]
    Panicked,
}

/// A bounded pool of render workers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pool {
    workers: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
}

impl Pool {
    pub fn new(workers: usize) -> Self {
        let workers = workers.max(1);
        Self {
            workers: Arc::new(Semaphore::new(workers)),
            waiting: Arc::default(),
            queue: workers * QUEUE_PER_WORKER,
        }
    }

    /// One worker per core.
    pub fn for_this_machine() -> Self {
        Self::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get))
    }

    /// Runs `work` on a worker; at once `Busy` when too many wait already.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let queued = Queued::enter(self)?;
        let permit = Arc::clone(&self.workers).acquire_owned().await;
        drop(queued);
        let permit = permit.map_err(|_| PoolError::Busy)?;
        #[expect(clippy::disallowed_methods, reason = "this is the pool itself")]
        let task = tokio::task::spawn_blocking(move || {
            metrics::gauge!(RENDERS_ACTIVE.name).increment(1);
            let _working = Working(permit);
            work()
        });
        task.await.map_err(|_| PoolError::Panicked)
    }

    /// Whether the next render would be turned away.
    pub fn is_full(&self) -> bool {
        self.waiting() >= self.queue
    }

    /// Renders that wait for a worker.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// A place in the queue; leaving it on drop counts for callers that go away.
struct Queued(Arc<AtomicUsize>);

impl Queued {
    fn enter(pool: &Pool) -> Result<Self, PoolError> {
        if pool.waiting.fetch_add(1, Ordering::Relaxed) >= pool.queue {
            pool.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(PoolError::Busy);
        }
        metrics::gauge!(RENDER_QUEUE.name).increment(1);
        Ok(Self(Arc::clone(&pool.waiting)))
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!(RENDER_QUEUE.name).decrement(1);
    }
}

/// Gives the worker back also when the work panics.
struct Working(#[expect(dead_code, reason = "held, not read")] tokio::sync::OwnedSemaphorePermit);

impl Drop for Working {
    fn drop(&mut self) {
        metrics::gauge!(RENDERS_ACTIVE.name).decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn past_the_queue_work_is_turned_away_at_once() {
        let pool = Pool::new(1);
        let slow = || std::thread::sleep(Duration::from_millis(200));
        let mut running = Vec::new();
        for _ in 0..=QUEUE_PER_WORKER {
            let pool = pool.clone();
            running.push(tokio::spawn(async move { pool.run(slow).await }));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(pool.run(|| ()).await, Err(PoolError::Busy));
        running.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn a_panic_costs_one_render() {
        let pool = Pool::new(1);
        assert_eq!(pool.run(|| panic!("on purpose")).await, Err::<(), _>(PoolError::Panicked));
        assert_eq!(pool.run(|| 7).await, Ok(7));
    }
}
