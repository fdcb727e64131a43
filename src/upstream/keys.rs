//! A provider's keys: taken in turn, rested when refused or spent, counted per day.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::env::Secret;

const DAY: Duration = Duration::from_hours(24);

/// Rest of a key that was refused once; doubled with each further refusal.
const REFUSED_REST: Duration = Duration::from_secs(30);
const REFUSED_REST_MAX: Duration = Duration::from_mins(10);

/// Who waits for a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Priority {
    /// Somebody looks at a screen.
    #[default]
    Interactive,
    /// Refreshing, warming: leaves a reserve to the others.
    Background,
}

/// Calls that each key may make per day (UTC).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DailyBudget {
    pub calls: u32,
    /// Share of `calls` that background work must leave alone, 0 to 1.
    pub reserve: f32,
}

impl DailyBudget {
    fn for_priority(self, priority: Priority) -> u32 {
        match priority {
            Priority::Interactive => self.calls,
            Priority::Background => {
                (f64::from(self.calls) * f64::from(1.0 - self.reserve.clamp(0.0, 1.0))) as u32
            }
        }
    }
}

/// Why a key rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestReason {
    /// The provider says that it is no valid key.
    Refused,
    /// The provider says that its calls are spent.
    Spent,
    /// The provider asks to slow down.
    RateLimited,
}

/// No key can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoKey {
    pub(super) reason: RestReason,
    pub(super) retry_after: Duration,
}

/// The keys of one provider.
#[derive(Debug)]
pub struct KeyPool {
    keys: Vec<Secret>,
    budget: Option<DailyBudget>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    next: usize,
    /// Days since 1970 that the counts belong to.
    day: u64,
    uses: Vec<Use>,
}

#[derive(Clone, Debug, Default)]
struct Use {
    calls_today: u32,
    refusals: u32,
    rest: Option<(Instant, RestReason)>,
}

/// A key for one attempt.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    pub(super) index: usize,
    pub(super) secret: Secret,
}

impl KeyPool {
    pub fn new(keys: impl IntoIterator<Item = Secret>) -> Self {
        let keys: Vec<Secret> = keys.into_iter().collect();
        // One use even without keys, so that the calls of a keyless host are counted too.
        let uses = vec![Use::default(); keys.len().max(1)];
        Self { keys, budget: None, state: Mutex::new(State { next: 0, day: 0, uses }) }
    }

    /// For hosts that need no key.
    pub fn none() -> Self {
        Self::new([])
    }

    #[must_use]
    pub fn with_daily_budget(self, budget: DailyBudget) -> Self {
        Self { budget: Some(budget), ..self }
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Leaves key `index` alone for `time`.
    pub fn rest(&self, index: usize, time: Duration, reason: RestReason) {
        if let Some(entry) = self.lock().uses.get_mut(index) {
            entry.rest = Some((Instant::now() + time.min(DAY), reason));
        }
    }

    /// Leaves a refused key alone, longer each time.
    pub(super) fn refuse(&self, index: usize) {
        let refusals = {
            let mut state = self.lock();
            let Some(entry) = state.uses.get_mut(index) else {
                return;
            };
            entry.refusals = entry.refusals.saturating_add(1);
            entry.refusals
        };
        let time = REFUSED_REST * 2_u32.saturating_pow(refusals.min(8) - 1);
        self.rest(index, time.min(REFUSED_REST_MAX), RestReason::Refused);
    }

    /// The provider accepted the key.
    pub(super) fn accept(&self, index: usize) {
        if let Some(entry) = self.lock().uses.get_mut(index) {
            entry.refusals = 0;
        }
    }

    /// Takes the next key that may be used, and counts the call; `None` where no key is needed.
    pub(super) fn pick(&self, priority: Priority) -> Result<Option<Picked>, NoKey> {
        let now = Instant::now();
        let since_1970 = since_1970();
        let day = since_1970.as_secs() / DAY.as_secs();
        let limit = self.budget.map_or(u32::MAX, |budget| budget.for_priority(priority));
        let mut state = self.lock();
        state.start_day(day);
        let count = state.uses.len();
        let first = state.next;
        let usable = (0..count)
            .map(|step| (first + step) % count)
            .find(|&index| state.uses[index].is_usable(now, limit));
        let Some(index) = usable else {
            let midnight = DAY.saturating_sub(since_1970.saturating_sub(DAY * day as u32));
            return Err(state.why_none(now, midnight));
        };
        state.next = (index + 1) % count;
        state.uses[index].calls_today = state.uses[index].calls_today.saturating_add(1);
        Ok(self.keys.get(index).map(|secret| Picked { index, secret: secret.clone() }))
    }

    /// Whether another key than `index` could be used right now.
    pub(super) fn has_other(&self, index: usize, priority: Priority) -> bool {
        let now = Instant::now();
        let limit = self.budget.map_or(u32::MAX, |budget| budget.for_priority(priority));
        let state = self.lock();
        state.uses.iter().enumerate().any(|(i, entry)| i != index && entry.is_usable(now, limit))
    }

    /// Calls of all keys since midnight UTC.
    pub fn calls_today(&self) -> u64 {
        let mut state = self.lock();
        state.start_day(since_1970().as_secs() / DAY.as_secs());
        state.uses.iter().map(|entry| u64::from(entry.calls_today)).sum()
    }

    /// What all keys together may call per day.
    pub fn daily_budget(&self) -> Option<u64> {
        self.budget.map(|budget| u64::from(budget.calls) * self.keys.len().max(1) as u64)
    }

    /// How many keys rest now.
    pub fn resting(&self) -> usize {
        let now = Instant::now();
        self.lock().uses.iter().filter(|entry| entry.rests(now).is_some()).count()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while holding it, and the counts are right after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn start_day(&mut self, day: u64) {
        if self.day != day {
            self.day = day;
            self.uses.iter_mut().for_each(|entry| entry.calls_today = 0);
        }
    }

    /// The reason of the key that comes back first.
    fn why_none(&self, now: Instant, until_midnight: Duration) -> NoKey {
        self.uses
            .iter()
            .map(|entry| match entry.rests(now) {
                Some((until, reason)) => NoKey { reason, retry_after: until - now },
                None => NoKey { reason: RestReason::Spent, retry_after: until_midnight },
            })
            .min_by_key(|none| none.retry_after)
            .unwrap_or(NoKey { reason: RestReason::Spent, retry_after: until_midnight })
    }
}

impl Use {
    fn rests(&self, now: Instant) -> Option<(Instant, RestReason)> {
        self.rest.filter(|(until, _)| *until > now)
    }

    fn is_usable(&self, now: Instant, limit: u32) -> bool {
        self.rests(now).is_none() && self.calls_today < limit
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(count: usize) -> KeyPool {
        KeyPool::new((0..count).map(|i| Secret::new(format!("key{i}"))))
    }

    fn pick(pool: &KeyPool, priority: Priority) -> Result<usize, RestReason> {
        match pool.pick(priority) {
            Ok(picked) => Ok(picked.map_or(usize::MAX, |p| p.index)),
            Err(none) => Err(none.reason),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn keys_are_taken_in_turn_and_resting_ones_skipped() {
        let pool = pool(3);
        let turns: Vec<_> = (0..4).map(|_| pick(&pool, Priority::Interactive)).collect();
        assert_eq!(turns, [Ok(0), Ok(1), Ok(2), Ok(0)]);
        pool.rest(1, Duration::from_secs(10), RestReason::Spent);
        let turns: Vec<_> = (0..3).map(|_| pick(&pool, Priority::Interactive)).collect();
        assert_eq!(turns, [Ok(2), Ok(0), Ok(2)]);
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(pick(&pool, Priority::Interactive), Ok(0));
        assert_eq!(pick(&pool, Priority::Interactive), Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_key_rests_longer_each_time() {
        let pool = pool(1);
        pool.refuse(0);
        let first = pool.pick(Priority::Interactive).unwrap_err();
        pool.refuse(0);
        let second = pool.pick(Priority::Interactive).unwrap_err();
        assert_eq!(first.reason, RestReason::Refused);
        assert_eq!(second.retry_after, first.retry_after * 2);
        (0..50).for_each(|_| pool.refuse(0));
        assert_eq!(pool.pick(Priority::Interactive).unwrap_err().retry_after, REFUSED_REST_MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn background_calls_leave_the_reserve_to_interactive_ones() {
        let pool = pool(1).with_daily_budget(DailyBudget { calls: 10, reserve: 0.2 });
        let background = (0..20).filter(|_| pick(&pool, Priority::Background).is_ok()).count();
        let interactive = (0..20).filter(|_| pick(&pool, Priority::Interactive).is_ok()).count();
        assert_eq!((background, interactive), (8, 2));
        assert_eq!(pick(&pool, Priority::Interactive), Err(RestReason::Spent));
        assert!(pool.pick(Priority::Interactive).unwrap_err().retry_after <= DAY);
        assert_eq!(pool.calls_today(), 10);
    }

    #[test]
    fn a_new_day_starts_at_zero() {
        let mut state =
            State { next: 0, day: 5, uses: vec![Use { calls_today: 9, ..Use::default() }] };
        state.start_day(5);
        assert_eq!(state.uses[0].calls_today, 9);
        state.start_day(6);
        assert_eq!(state.uses[0].calls_today, 0);
    }
}
