//! Memory that is counted before it is taken. What does not fit waits in a line, in which nobody
//! waits behind somebody larger.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

/// Bytes and no more. Cheap to clone: clones share what is free.
#[derive(Clone, Debug)]
pub struct MemoryBudget(Arc<BudgetState>);

/// Something cached within a budget.
pub trait Evict: Send + Sync {
    /// Drops what it can until `bytes` more are free, or nothing is left.
    fn evict(&self, bytes: usize);
}

struct BudgetState {
    bytes: usize,
    max_waiting: usize,
    /// Whoever has waited so long is not overtaken any more.
    overtaken_for: Duration,
    cache: OnceLock<Weak<dyn Evict>>,
    state: Mutex<BudgetLine>,
}

#[derive(Debug, Default)]
struct BudgetLine {
    free: usize,
    /// What the reservations expect to grow by.
    expected: usize,
    line: VecDeque<Waiter>,
    last_id: u64,
}

/// Who waits for memory of one budget before more are turned away.
pub const MAX_WAITING: usize = 1024;
/// Longer than any caller waits: what is begun is finished for the next one.
pub const MEMORY_TIMEOUT: Duration = Duration::from_secs(10);

/// A place in the line.
#[derive(Debug)]
struct Waiter {
    id: u64,
    ask: WaitingReservation,
    since: Instant,
    grant: oneshot::Sender<Reservation>,
}

#[derive(Clone, Copy, Debug)]
struct WaitingReservation {
    bytes: usize,
    /// In the end, where that is more.
    expected: usize,
}

/// A part of a budget, given back when dropped. It lives as long as the bytes it was taken for.
#[derive(Debug)]
pub struct Reservation {
    budget: Arc<BudgetState>,
    bytes: usize,
    /// What it expects to grow by.
    growth: usize,
}

impl MemoryBudget {
    /// `bytes` to be had, for which so many may wait at a time.
    pub fn new(bytes: usize, max_waiting: usize) -> Self {
        Self::overtaken_for(bytes, max_waiting, Duration::MAX)
    }

    /// The same, where the larger ones are overtaken for so long only: then everybody behind
    /// them waits, until enough is free.
    pub fn overtaken_for(bytes: usize, max_waiting: usize, overtaken_for: Duration) -> Self {
        let state = Mutex::new(BudgetLine { free: bytes, ..BudgetLine::default() });
        let cache = OnceLock::new();
        Self(Arc::new(BudgetState { bytes, max_waiting, overtaken_for, cache, state }))
    }

    /// Lets `cache`, whose entries hold reservations of this budget, give way to whoever asks.
    pub fn evict_from(&self, cache: Weak<dyn Evict>) {
        // A budget has one cache; a second one would keep its entries.
        let _ = self.0.cache.set(cache);
    }

    /// Waits until `bytes` are free; more than there is at all means everything. `None` at once
    /// where the line is full, and after `timeout`.
    pub async fn take(&self, bytes: usize, timeout: Duration) -> Option<Reservation> {
        self.take_expecting(bytes, 0, timeout).await
    }

    /// Waits until `expected` bytes are free of which nobody else expects to grow by any, and takes
    /// `bytes` of them.
    pub async fn take_expecting(
        &self,
        bytes: usize,
        expected: usize,
        timeout: Duration,
    ) -> Option<Reservation> {
        let ask = WaitingReservation { bytes: bytes.min(self.0.bytes), expected };
        if let Some(reservation) = self.0.try_take(ask) {
            return Some(reservation);
        }
        let (place, granted) = self.0.enter_line(ask)?;
        // Also what has been cached since.
        self.0.evict(bytes.max(expected));
        let granted = tokio::time::timeout(timeout, granted).await;
        drop(place);
        granted.ok()?.ok()
    }

    /// Takes `bytes` if they are free.
    pub fn try_take(&self, bytes: usize) -> Option<Reservation> {
        self.0.try_take(WaitingReservation { bytes, expected: 0 })
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.0.lock().line.len()
    }

    /// All there is, taken or not.
    pub fn bytes(&self) -> usize {
        self.0.bytes
    }

    pub fn taken_bytes(&self) -> usize {
        self.0.bytes - self.0.lock().free
    }
}

impl BudgetState {
    fn lock(&self) -> MutexGuard<'_, BudgetLine> {
        // Whatever panicked, the counts are whole: each change is one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn evict(&self, bytes: usize) {
        if let Some(cache) = self.cache.get().and_then(Weak::upgrade) {
            cache.evict(bytes);
        }
    }

    /// What is missing for `ask` gives way, if it is only cached.
    fn try_take(self: &Arc<Self>, ask: WaitingReservation) -> Option<Reservation> {
        self.take_free(ask).or_else(|| {
            self.evict(ask.bytes.max(ask.expected));
            self.take_free(ask)
        })
    }

    fn take_free(self: &Arc<Self>, ask: WaitingReservation) -> Option<Reservation> {
        let mut state = self.lock();
        let barred = state.line.front().is_some_and(|first| self.is_barrier(first));
        (!barred && state.fits(ask)).then(|| self.reserve(&mut state, ask))
    }

    fn is_barrier(&self, waiter: &Waiter) -> bool {
        waiter.since.elapsed() >= self.overtaken_for
    }

    fn reserve(self: &Arc<Self>, state: &mut BudgetLine, ask: WaitingReservation) -> Reservation {
        let growth = ask.expected.saturating_sub(ask.bytes);
        state.free -= ask.bytes;
        state.expected += growth;
        Reservation { budget: Arc::clone(self), bytes: ask.bytes, growth }
    }

    fn enter_line(
        self: &Arc<Self>,
        ask: WaitingReservation,
    ) -> Option<(LinePlace, oneshot::Receiver<Reservation>)> {
        let mut state = self.lock();
        if state.line.len() >= self.max_waiting {
            return None;
        }
        let (grant, granted) = oneshot::channel();
        state.last_id += 1;
        let id = state.last_id;
        state.line.push_back(Waiter { id, ask, since: Instant::now(), grant });
        Some((LinePlace { budget: Arc::clone(self), id }, granted))
    }

    fn give_back(self: &Arc<Self>, bytes: usize, growth: usize) {
        let mut state = self.lock();
        state.free += bytes;
        state.expected -= growth;
        drop(state);
        self.serve_line();
    }

    /// Lets in whoever fits by now, first come, first served.
    fn serve_line(self: &Arc<Self>) {
        let mut served = Vec::new();
        let mut state = self.lock();
        let mut index = 0;
        while let Some(waiter) = state.line.get(index) {
            if state.fits(waiter.ask) {
                let ask = waiter.ask;
                let reservation = self.reserve(&mut state, ask);
                served.extend(state.line.remove(index).map(|waiter| (waiter, reservation)));
            } else if self.is_barrier(waiter) {
                break;
            } else {
                index += 1;
            }
        }
        drop(state);
        for (waiter, reservation) in served {
            // One that has gone away gives it back.
            let _ = waiter.grant.send(reservation);
        }
    }
}

impl BudgetLine {
    fn fits(&self, ask: WaitingReservation) -> bool {
        let growth = ask.expected.saturating_sub(ask.bytes);
        self.free >= ask.bytes && (growth == 0 || self.free >= self.expected + ask.expected)
    }
}

impl fmt::Debug for BudgetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBudget").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Reservation {
    /// Of no bytes.
    pub(super) fn empty(budget: &MemoryBudget) -> Self {
        Self { budget: Arc::clone(&budget.0), bytes: 0, growth: 0 }
    }

    pub(super) fn is_of(&self, budget: &MemoryBudget) -> bool {
        Arc::ptr_eq(&self.budget, &budget.0)
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives back what is above `bytes`, and expects no more.
    pub fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.bytes.saturating_sub(bytes);
        let growth = std::mem::take(&mut self.growth);
        if surplus + growth > 0 {
            self.bytes -= surplus;
            self.budget.give_back(surplus, growth);
        }
    }

    /// Takes what is missing to `bytes`, if it is free: growing never waits.
    pub fn grow_to(&mut self, bytes: usize) -> bool {
        let missing = bytes.saturating_sub(self.bytes);
        if missing == 0 || self.grow(missing) {
            return true;
        }
        self.budget.evict(missing);
        self.grow(missing)
    }

    fn grow(&mut self, missing: usize) -> bool {
        let mut state = self.budget.lock();
        let free = state.free >= missing;
        if free {
            let expected = missing.min(self.growth);
            state.free -= missing;
            state.expected -= expected;
            self.bytes += missing;
            self.growth -= expected;
        }
        free
    }

    /// Expects to grow to `bytes`, if so much is free of which nobody else expects to grow by any.
    pub fn expect(&mut self, bytes: usize) -> bool {
        let growth = bytes.saturating_sub(self.bytes);
        if self.try_expect(growth) {
            return true;
        }
        self.budget.evict(growth);
        self.try_expect(growth)
    }

    fn try_expect(&mut self, growth: usize) -> bool {
        let mut state = self.budget.lock();
        let others = state.expected - self.growth;
        let fits = growth == 0 || state.free >= others + growth;
        if fits {
            state.expected = others + growth;
            self.growth = growth;
        }
        fits
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes, self.growth);
    }
}

/// Leaves the line when dropped, if it was not let in.
struct LinePlace {
    budget: Arc<BudgetState>,
    id: u64,
}

impl Drop for LinePlace {
    fn drop(&mut self) {
        let mut state = self.budget.lock();
        let waiters = state.line.len();
        state.line.retain(|waiter| waiter.id != self.id);
        let left = state.line.len() < waiters;
        drop(state);
        if left {
            // Others may have waited behind it.
            self.budget.serve_line();
        }
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
