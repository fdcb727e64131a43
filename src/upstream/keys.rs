//! A provider's keys: taken in turn, rested when refused or spent, counted per day.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::allowance::{Allowance, DailyBudget, Kept, Told, until};
use crate::clock::Clock;
use crate::env::Secret;

const DAY: Duration = Duration::from_hours(24);

/// Rest of a key that was refused once; doubled with each further refusal.
/// Short at first: a gateway's 403 is no word of the provider's on the key.
const REFUSED_REST: Duration = Duration::from_secs(5);
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

tokio::task_local! {
    static CURRENT: Priority;
}

impl Priority {
    /// Of the work under way, where a whole piece of it was given one.
    pub fn current() -> Self {
        CURRENT.try_with(|priority| *priority).unwrap_or_default()
    }

    /// Does a whole piece of work with this priority: calls that would be made because somebody waits are made with it.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
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
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    next: usize,
    uses: Vec<Use>,
}

#[derive(Clone, Debug, Default)]
struct Use {
    allowance: Allowance,
    refusals: u32,
    rest: Option<(Instant, RestReason)>,
}

/// How a key was used, for the next process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUsage {
    /// Tells keys apart without telling them: see [`mark`].
    mark: String,
    #[serde(flatten)]
    kept: Kept,
    /// The provider said that its calls are spent; seconds since 1970.
    spent_until: Option<u64>,
}

/// What all keys of a provider have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Calls per day, by the provider's word or the plan that is assumed.
    pub limit: u64,
    pub left: u64,
    /// When the first of them is counted anew, in seconds since 1970.
    pub resets_at: u64,
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
        Self { keys, clock: Clock::system(), state: Mutex::new(State { next: 0, uses }) }
    }

    /// For hosts that need no key.
    pub fn none() -> Self {
        Self::new([])
    }

    /// The same keys, each with this plan.
    #[must_use]
    pub fn with_daily_budget(self, budget: Option<DailyBudget>) -> Self {
        for entry in &mut self.lock().uses {
            entry.allowance = Allowance::of(budget);
        }
        self
    }

    /// Counts days and rests on this clock from now on.
    pub(super) fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Leaves key `index` alone for `time`, a day at most.
    pub fn rest(&self, index: usize, time: Duration, reason: RestReason) {
        if let Some(entry) = self.lock().uses.get_mut(index) {
            entry.rest = Some((self.clock.now() + time.min(DAY), reason));
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

    /// The provider says that the key's calls are spent, for about `time`.
    pub(super) fn spend(&self, index: usize, time: Duration) {
        if let Some(entry) = self.lock().uses.get_mut(index) {
            entry.allowance.spent();
        }
        self.rest(index, time, RestReason::Spent);
    }

    /// The provider accepted the key.
    pub(super) fn accept(&self, index: usize) {
        if let Some(entry) = self.lock().uses.get_mut(index) {
            entry.refusals = 0;
            entry.allowance.accepted();
        }
    }

    /// The provider says what the key has left.
    pub(super) fn tell(&self, index: usize, told: Told) {
        if let Some(entry) = self.lock().uses.get_mut(index) {
            entry.allowance.tell(told);
        }
    }

    /// Takes the next key that may be used, and counts the call; `None` where no key is needed.
    pub(super) fn pick(&self, priority: Priority) -> Result<Option<Picked>, NoKey> {
        let (now, secs) = (self.clock.now(), self.clock.unix_secs());
        let mut state = self.lock();
        let count = state.uses.len();
        let first = state.next;
        let usable = (0..count)
            .map(|step| (first + step) % count)
            .find(|&index| state.uses[index].is_usable(priority, now, secs));
        let Some(index) = usable else {
            return Err(state.why_none(now, secs));
        };
        state.next = (index + 1) % count;
        state.uses[index].allowance.count(secs);
        Ok(self.keys.get(index).map(|secret| Picked { index, secret: secret.clone() }))
    }

    /// Whether another key than `index` could be used right now.
    pub(super) fn has_other(&self, index: usize, priority: Priority) -> bool {
        let (now, secs) = (self.clock.now(), self.clock.unix_secs());
        let state = self.lock();
        let mut others = state.uses.iter().enumerate().filter(|(other, _)| *other != index);
        others.any(|(_, entry)| entry.is_usable(priority, now, secs))
    }

    /// Calls of all keys since midnight UTC.
    pub fn calls_today(&self) -> u64 {
        let now = self.clock.unix_secs();
        self.lock().uses.iter().map(|entry| u64::from(entry.allowance.calls_on(now))).sum()
    }

    /// What all keys together have left; `None` where nobody counts by the day.
    pub fn quota(&self) -> Option<Quota> {
        let (instant, now) = (self.clock.now(), self.clock.unix_secs());
        let state = self.lock();
        let quotas = state.uses.iter().filter_map(|entry| {
            let spent = matches!(entry.rests(instant), Some((_, RestReason::Spent)));
            let left = if spent { 0 } else { entry.allowance.left(now)? };
            let limit = u64::from(entry.allowance.limit(now)?);
            Some(Quota { limit, left: u64::from(left), resets_at: entry.allowance.resets_at(now) })
        });
        quotas.reduce(|a, b| Quota {
            limit: a.limit + b.limit,
            left: a.left + b.left,
            resets_at: a.resets_at.min(b.resets_at),
        })
    }

    /// How the keys were used, for [`take_up`](Self::take_up) after a restart.
    pub fn usage(&self) -> Vec<KeyUsage> {
        let (instant, now) = (self.clock.now(), self.clock.unix_secs());
        let state = self.lock();
        let of = |(key, entry): (&Secret, &Use)| KeyUsage {
            mark: mark(key),
            kept: entry.allowance.kept(),
            spent_until: match entry.rests(instant) {
                Some((until, RestReason::Spent)) => Some(now + (until - instant).as_secs()),
                _ => None,
            },
        };
        self.keys.iter().zip(&state.uses).map(of).collect()
    }

    /// Goes on counting where an earlier process ended.
    pub fn take_up(&self, usage: &[KeyUsage]) {
        let now = self.clock.unix_secs();
        for (index, key) in self.keys.iter().enumerate() {
            let mark = mark(key);
            let Some(kept) = usage.iter().find(|kept| kept.mark == mark) else {
                continue;
            };
            if let Some(entry) = self.lock().uses.get_mut(index) {
                entry.allowance.take_up(&kept.kept, now);
            }
            if let Some(at) = kept.spent_until.filter(|at| *at > now) {
                self.rest(index, until(at, now), RestReason::Spent);
            }
        }
    }

    /// How many keys rest now.
    pub fn resting(&self) -> usize {
        let now = self.clock.now();
        self.lock().uses.iter().filter(|entry| entry.rests(now).is_some()).count()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while holding it, and the counts are right after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The reason of the key that comes back first.
    fn why_none(&self, now: Instant, secs: u64) -> NoKey {
        let spent = |at| NoKey { reason: RestReason::Spent, retry_after: until(at, secs) };
        let reasons = self.uses.iter().map(|entry| match entry.rests(now) {
            Some((until, reason)) => NoKey { reason, retry_after: until - now },
            None => spent(entry.allowance.resets_at(secs)),
        });
        // There is a use at least, with keys or without.
        reasons.min_by_key(|none| none.retry_after).unwrap_or_else(|| spent(secs))
    }
}

impl Use {
    fn rests(&self, now: Instant) -> Option<(Instant, RestReason)> {
        self.rest.filter(|(until, _)| *until > now)
    }

    fn is_usable(&self, priority: Priority, now: Instant, secs: u64) -> bool {
        self.rests(now).is_none() && self.allowance.allows(priority, secs)
    }
}

/// Four hexadecimal digits of a key's digest: enough to notice another key, far too few to
/// find one by (an OMDb key has 32 bits).
fn mark(key: &Secret) -> String {
    blake3::hash(key.expose().as_bytes()).to_hex()[..4].to_owned()
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
        let budget = DailyBudget { calls: 10, reserve: 0.2 };
        let pool = pool(1).with_daily_budget(Some(budget));
        let background = (0..20).filter(|_| pick(&pool, Priority::Background).is_ok()).count();
        assert_eq!(background, 8);
        let none = pool.pick(Priority::Background).unwrap_err();
        assert_eq!(none.reason, RestReason::Spent);
        assert!(none.retry_after <= DAY);
        assert_eq!(pick(&pool, Priority::Interactive), Ok(0));
        assert_eq!(pool.calls_today(), 9);
        assert_eq!(pool.quota().map(|quota| (quota.limit, quota.left)), Some((10, 1)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_has_nothing_left_is_passed_over() {
        let pool = pool(2);
        let resets_at = Clock::system().unix_secs() + 3600;
        pool.tell(0, Told { limit: 1000, remaining: 0, resets_at });
        let turns: Vec<_> = (0..3).map(|_| pick(&pool, Priority::Interactive)).collect();
        assert_eq!(turns, [Ok(1), Ok(1), Ok(1)]);
        pool.tell(1, Told { limit: 1000, remaining: 0, resets_at: resets_at - 1800 });
        let none = pool.pick(Priority::Interactive).unwrap_err();
        assert!(none.retry_after <= Duration::from_mins(30), "{none:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn use_outlives_a_restart_by_key_and_holds_none() {
        let before = pool(2).with_daily_budget(Some(DailyBudget { calls: 9, reserve: 0.0 }));
        (0..4).for_each(|_| drop(before.pick(Priority::Interactive)));
        before.spend(1, Duration::from_mins(30));
        let text = serde_json::to_string(&before.usage()).unwrap();
        assert!(!text.contains("key"), "{text}");
        // The pool has another key in front now.
        let keys = ["new", "key1", "key0"].map(Secret::new);
        let after = KeyPool::new(keys);
        after.take_up(&serde_json::from_str::<Vec<KeyUsage>>(&text).unwrap());
        assert_eq!(after.calls_today(), 4);
        assert_eq!(after.resting(), 1);
        let turns: Vec<_> = (0..3).map(|_| pick(&after, Priority::Interactive)).collect();
        assert_eq!(turns, [Ok(0), Ok(2), Ok(0)]);
    }
}
