//! The workers that make pictures: as many as there are cores, behind a queue
//! of bounded length. Async threads never paint.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::budgets::{Budget, Budgets, MAX_RENDER_BYTES, MemoryBudget};
use crate::telemetry::metrics::RENDERS_ACTIVE;

/// What a render takes, as long as none has been seen.
const FIRST_GUESS: Duration = Duration::from_millis(20);

/// Longer than any caller waits.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A render that waits longer for memory is not overtaken by smaller ones any more.
const OVERTAKEN_FOR: Duration = Duration::from_millis(500);

/// Why a render was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    #[error("all workers are busy and the queue is full")]
    Busy,
    #[error("the render ended in a panic")]
    Panicked,
    #[error("the render would take {bytes} bytes of memory")]
    TooLarge { bytes: usize },
}

type Job = Box<dyn FnOnce() + Send>;

/// A bounded pool of render workers. Cheap to clone.
///
/// The workers are threads of their own: on the runtime's many threads for blocking work every
/// allocator heap would keep the pages of the last picture made there.
#[derive(Clone, Debug)]
pub struct Pool {
    jobs: Sender<Job>,
    waiting: Arc<AtomicUsize>,
    pace: Arc<Pace>,
    workers: usize,
    /// Renders that may wait for each worker, however quick they are.
    max_queue: usize,
    /// Who would have to wait longer for a worker is turned away at once.
    max_wait: Duration,
    pixels: MemoryBudget,
}

impl Pool {
    pub fn new(workers: usize, budgets: &Budgets) -> Self {
        let workers = workers.max(1);
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..workers {
            let queue = Arc::clone(&queue);
            let thread = std::thread::Builder::new().name(format!("render-{number}"));
            // A system that gives no thread now has given some before, or renders nothing.
            if let Err(error) = thread.spawn(move || work(&queue)) {
                tracing::error!(reason = %error.kind(), "a render worker cannot be started");
            }
        }
        let max_queue = budgets[Budget::RenderQueue];
        let max_wait = Duration::from_millis(budgets[Budget::RenderWait] as u64);
        let pixels = MemoryBudget::overtaken_for(
            budgets[Budget::Pixels],
            workers * max_queue,
            OVERTAKEN_FOR,
        );
        let (waiting, pace) = (Arc::default(), Arc::default());
        Self { jobs, waiting, pace, workers, max_queue, max_wait, pixels }
    }

    /// One worker per core.
    pub fn for_this_machine(budgets: &Budgets) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::new(cores, budgets)
    }

    /// Runs `work`, which takes up to `bytes` for its pixels, on a worker; at once `Busy` when too
    /// many wait already. Work whose caller has gone away before its turn is left out.
    pub async fn run<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        if bytes > MAX_RENDER_BYTES {
            return Err(PoolError::TooLarge { bytes });
        }
        let queued = Queued::enter(self)?;
        let held = self.pixels.take(bytes, TIMEOUT).await.ok_or(PoolError::Busy)?;
        let (told, done) = oneshot::channel();
        let pace = Arc::clone(&self.pace);
        let job = move || {
            drop(queued);
            // Given back when the work and its panic are over, before the caller goes on.
            let _held = held;
            if told.is_closed() {
                return;
            }
            let _working = Working::new();
            let started = Instant::now();
            // What `work` leaves half done is dropped with it.
            if let Ok(made) = catch_unwind(AssertUnwindSafe(work)) {
                // The caller may be gone.
                let _ = told.send(made);
            }
            pace.note(started.elapsed());
        };
        self.jobs.send(Box::new(job)).map_err(|_| PoolError::Busy)?;
        done.await.map_err(|_| PoolError::Panicked)
    }

    /// Whether the next render would be turned away.
    pub fn is_full(&self) -> bool {
        self.is_hopeless(self.waiting())
    }

    /// Whether a render with so many before it, in this line and in others that lead here, would come
    /// too late for whoever wants it.
    pub fn is_hopeless(&self, before: usize) -> bool {
        let turns = before / self.workers;
        turns >= self.max_queue || self.pace.of(turns) > self.max_wait
    }

    /// Tells `/metrics` what is in use.
    pub fn record_gauges(&self) {
        let waiting = self.waiting();
        let wait = self.pace.of(waiting / self.workers);
        Budget::RenderQueue.used().set(waiting as f64);
        Budget::RenderWait.used().set(wait.as_secs_f64() * 1000.0);
        Budget::Pixels.used().set(self.pixels.taken_bytes() as f64);
    }

    /// Renders that wait for a worker.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// What a render has taken of late, in microseconds: a mean in which the last one counts a sixteenth.
#[derive(Debug)]
struct Pace(AtomicU64);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicU64::new(FIRST_GUESS.as_micros() as u64))
    }
}

impl Pace {
    /// Two workers that note at once may lose one of their notes: it is a guess all the same.
    fn note(&self, took: Duration) {
        let mean = self.0.load(Ordering::Relaxed);
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX) / 16;
        self.0.store((mean - mean / 16).saturating_add(took), Ordering::Relaxed);
    }

    fn of(&self, turns: usize) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed).saturating_mul(turns as u64))
    }
}

/// A place in the queue; leaving it on drop counts for callers that go away.
struct Queued(Arc<AtomicUsize>);

impl Queued {
    fn enter(pool: &Pool) -> Result<Self, PoolError> {
        if pool.is_hopeless(pool.waiting.fetch_add(1, Ordering::Relaxed)) {
            pool.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(PoolError::Busy);
        }
        Ok(Self(Arc::clone(&pool.waiting)))
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts a render at work, also one that panics.
struct Working;

impl Working {
    fn new() -> Self {
        metrics::gauge!(RENDERS_ACTIVE.name).increment(1);
        Self
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        metrics::gauge!(RENDERS_ACTIVE.name).decrement(1);
    }
}

/// One worker's life: until the pool is gone.
fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        // Held while waiting: one worker waits for the next job, the others for the lock.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[tokio::test]
    async fn past_the_queue_work_is_turned_away_at_once() {
        let pool = Pool::new(1, &Budgets::default());
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let (at_work, working) = tokio::sync::oneshot::channel();
        let first = pool.clone();
        drop(tokio::spawn(async move {
            first
                .run(0, move || {
                    let _ = at_work.send(());
                    // Ends when the test does, however it ends.
                    let _ = gate.recv();
                })
                .await
        }));
        working.await.unwrap();
        for _ in 0..pool.max_queue {
            let pool = pool.clone();
            drop(tokio::spawn(async move { pool.run(0, || ()).await }));
        }
        while !pool.is_full() {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(0, || ()).await, Err(PoolError::Busy));
        drop(release);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn together_renders_take_no_more_pixels_than_there_is_room_for() {
        let pool = Pool::new(4, &Budgets::default());
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let each = pool.pixels.bytes() / 2 - (1 << 20);
        let renders = (0..12).map(|_| {
            let (pool, now, most) = (pool.clone(), Arc::clone(&now), Arc::clone(&most));
            async move {
                pool.run(each, move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    now.fetch_sub(1, Ordering::SeqCst);
                })
                .await
            }
        });
        let all = futures::future::join_all(renders).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(most.load(Ordering::SeqCst), 2);
        let bytes = MAX_RENDER_BYTES + 1;
        assert_eq!(pool.run(bytes, || ()).await, Err(PoolError::TooLarge { bytes }));
    }

    #[tokio::test]
    async fn a_panic_costs_one_render() {
        let pool = Pool::new(1, &Budgets::default());
        assert_eq!(pool.run(0, || panic!("on purpose")).await, Err::<(), _>(PoolError::Panicked));
        assert_eq!(pool.run(0, || 7).await, Ok(7));
    }
}
