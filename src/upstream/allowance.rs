//! What one key may still call today: by the provider's word where it gives one,
//! else by the plan that is assumed.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use super::Priority;

const DAY_SECS: u64 = 86_400;

/// Plans are sold in steps of about ten: where 1,000 calls a day
/// are free, the next plans have 10,000 and 100,000.
const NEXT_PLAN: u32 = 10;

/// Calls that each key may make per day (UTC) by the plan that is assumed.
///
/// An assumption binds background calls only: a key of a larger plan must not be held
/// back by it. A provider that says how many calls are left binds everybody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DailyBudget {
    pub calls: u32,
    /// Share that background work must leave alone, 0 to 1.
    pub reserve: f32,
}

impl DailyBudget {
    /// A quarter of a free plan is left to whoever waits.
    pub fn of_free_plan(calls: u32) -> Self {
        Self { calls, reserve: 0.25 }
    }

    fn kept_back(self, calls: u32) -> u32 {
        (f64::from(calls) * f64::from(self.reserve.clamp(0.0, 1.0))).round() as u32
    }
}

/// What a provider says of a key in its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Seconds since 1970.
    pub(super) resets_at: u64,
}

impl Told {
    /// Reads `X-RateLimit-Limit`, `-Remaining` and `-Reset`; the last in seconds from
    /// `now` or since 1970, midnight UTC where it is missing. A day is the most.
    pub(super) fn read(headers: &HeaderMap, now: u64) -> Option<Self> {
        let number = |name| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let limit = number("x-ratelimit-limit").map(small).filter(|limit| *limit > 0)?;
        let remaining = number("x-ratelimit-remaining").map(small)?.min(limit);
        let resets_at = match number("x-ratelimit-reset") {
            Some(at) if at > 1_000_000_000 => at,
            Some(seconds) => now + seconds.min(DAY_SECS),
            None => next_midnight(now),
        };
        (resets_at > now).then_some(Self {
            limit,
            remaining,
            resets_at: resets_at.min(now + DAY_SECS),
        })
    }
}

/// How one key was used, and what is known of its plan. Times are seconds since 1970.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowance {
    budget: Option<DailyBudget>,
    /// Days since 1970 that `calls` belong to.
    day: u64,
    calls: u32,
    /// Calls per day: the budget's, or a larger plan's once more were accepted.
    plan: Option<u32>,
    told: Option<Told>,
}

/// What of it outlives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    day: u64,
    calls: u32,
    plan: Option<u32>,
}

impl Allowance {
    pub(super) fn of(budget: Option<DailyBudget>) -> Self {
        Self { budget, plan: budget.map(|budget| budget.calls), ..Self::default() }
    }

    /// Whether a call of this priority may be made.
    pub(super) fn allows(&self, priority: Priority, now: u64) -> bool {
        let reserve = |of| self.budget.map_or(0, |budget| budget.kept_back(of));
        match (self.told(now), priority) {
            (Some(told), Priority::Interactive) => told.remaining > 0,
            (Some(told), Priority::Background) => told.remaining > reserve(told.limit),
            (None, Priority::Interactive) => true,
            (None, Priority::Background) => {
                self.plan.is_none_or(|plan| self.calls_on(now) < plan.saturating_sub(reserve(plan)))
            }
        }
    }

    pub(super) fn count(&mut self, now: u64) {
        self.start_day(now);
        self.calls = self.calls.saturating_add(1);
        if let Some(told) = &mut self.told {
            told.remaining = told.remaining.saturating_sub(1);
        }
    }

    /// The provider accepted the last call.
    pub(super) fn accepted(&mut self) {
        if let Some(plan) = self.plan.as_mut().filter(|plan| **plan < self.calls) {
            *plan = plan.saturating_mul(NEXT_PLAN);
        }
    }

    /// The provider says that the calls are spent.
    pub(super) fn spent(&mut self) {
        // Sooner than its plan would have it: so it is a smaller one.
        if self.plan.is_some_and(|plan| self.calls < plan) {
            self.plan = self.budget.map(|budget| budget.calls);
        }
        self.told = None;
    }

    pub(super) fn tell(&mut self, told: Told) {
        self.told = Some(told);
    }

    /// Calls since midnight UTC.
    pub(super) fn calls_on(&self, now: u64) -> u32 {
        if self.day == now / DAY_SECS { self.calls } else { 0 }
    }

    /// Calls per day, by word or by assumption.
    pub(super) fn limit(&self, now: u64) -> Option<u32> {
        self.told(now).map(|told| told.limit).or(self.plan)
    }

    /// Calls left until [`resets_at`](Self::resets_at).
    pub(super) fn left(&self, now: u64) -> Option<u32> {
        let assumed = || self.plan.map(|plan| plan.saturating_sub(self.calls_on(now)));
        self.told(now).map(|told| told.remaining).or_else(assumed)
    }

    pub(super) fn resets_at(&self, now: u64) -> u64 {
        self.told(now).map_or_else(|| next_midnight(now), |told| told.resets_at)
    }

    pub(super) fn kept(&self) -> Kept {
        Kept { day: self.day, calls: self.calls, plan: self.plan }
    }

    /// Takes up where an earlier process ended, whose calls are added to those made since.
    pub(super) fn take_up(&mut self, kept: &Kept, now: u64) {
        if let (Some(budget), Some(plan)) = (self.budget, kept.plan) {
            self.plan = Some(plan.max(budget.calls));
        }
        if kept.day == now / DAY_SECS {
            self.start_day(now);
            self.calls = self.calls.saturating_add(kept.calls);
        }
    }

    fn told(&self, now: u64) -> Option<Told> {
        self.told.filter(|told| now < told.resets_at)
    }

    fn start_day(&mut self, now: u64) {
        if self.day != now / DAY_SECS {
            self.day = now / DAY_SECS;
            self.calls = 0;
        }
    }
}

/// From `now` until `at`, both in seconds since 1970.
pub(super) fn until(at: u64, now: u64) -> Duration {
    Duration::from_secs(at.saturating_sub(now).max(1))
}

fn next_midnight(now: u64) -> u64 {
    (now / DAY_SECS + 1) * DAY_SECS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const NOW: u64 = 20_000 * DAY_SECS + 3600;
    const FREE: DailyBudget = DailyBudget { calls: 100, reserve: 0.25 };

    fn headers(values: [Option<&str>; 3]) -> HeaderMap {
        let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
        let pairs = names.iter().zip(values).filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value?).ok()?))
        });
        pairs.collect()
    }

    /// Calls of `priority` that are let through, of up to `most`.
    fn allowed(allowance: &mut Allowance, priority: Priority, most: u32) -> u32 {
        (0..most)
            .filter(|_| {
                let allowed = allowance.allows(priority, NOW);
                if allowed {
                    allowance.count(NOW);
                }
                allowed
            })
            .count() as u32
    }

    #[test]
    fn an_assumed_plan_holds_background_calls_back_and_nobody_else() {
        let mut allowance = Allowance::of(Some(FREE));
        assert_eq!(allowed(&mut allowance, Priority::Background, 500), 75);
        assert_eq!(allowed(&mut allowance, Priority::Interactive, 500), 500);
        assert_eq!(allowance.left(NOW), Some(0));
        assert_eq!(allowance.calls_on(NOW), 575);
        assert_eq!(allowance.calls_on(NOW + DAY_SECS), 0);
    }

    #[test]
    fn a_larger_plan_is_noticed_when_more_calls_are_accepted() {
        let mut allowance = Allowance::of(Some(FREE));
        for _ in 0..101 {
            allowance.count(NOW);
            allowance.accepted();
        }
        assert_eq!((allowance.limit(NOW), allowance.left(NOW)), (Some(1000), Some(899)));
        assert!(allowance.allows(Priority::Background, NOW));
        allowance.spent();
        assert_eq!(allowance.limit(NOW), Some(100), "it was no larger plan after all");
    }

    #[test]
    fn the_providers_word_binds_everybody_until_it_counts_anew() {
        let mut allowance = Allowance::of(Some(FREE));
        allowance.tell(Told { limit: 200, remaining: 60, resets_at: NOW + 500 });
        assert_eq!(allowed(&mut allowance, Priority::Background, 500), 10);
        assert_eq!(allowed(&mut allowance, Priority::Interactive, 500), 50);
        assert_eq!((allowance.limit(NOW), allowance.left(NOW)), (Some(200), Some(0)));
        assert_eq!(allowance.resets_at(NOW), NOW + 500);
        assert!(allowance.allows(Priority::Interactive, NOW + 500));
    }

    #[test]
    fn headers_are_read_in_the_shapes_they_come_in() {
        let epoch = (NOW + 7200).to_string();
        let told = |limit, remaining, resets_at| Some(Told { limit, remaining, resets_at });
        let table = [
            ([Some("1000"), Some("998"), Some(epoch.as_str())], told(1000, 998, NOW + 7200)),
            ([Some("1000"), Some("0"), Some("90")], told(1000, 0, NOW + 90)),
            ([Some("1000"), Some("5"), None], told(1000, 5, 20_001 * DAY_SECS)),
            ([Some("10"), Some("99"), Some("60")], told(10, 10, NOW + 60)),
            ([Some("1000"), Some("1"), Some("99999999999999")], told(1000, 1, NOW + DAY_SECS)),
            ([Some("1000"), Some("1"), Some("1000000001")], None),
            ([Some("1000"), Some("1"), Some("0")], None),
            ([None, Some("1"), Some("60")], None),
            ([Some("0"), Some("0"), Some("60")], None),
            ([Some("many"), Some("-1"), Some("60")], None),
        ];
        for (values, expected) in table {
            assert_eq!(Told::read(&headers(values), NOW), expected, "{values:?}");
        }
    }

    #[test]
    fn counts_are_taken_up_on_the_same_day_and_plans_on_any() {
        let mut before = Allowance::of(Some(FREE));
        (0..120).for_each(|_| before.count(NOW));
        before.accepted();
        let mut after = Allowance::of(Some(FREE));
        after.count(NOW + 60);
        after.take_up(&before.kept(), NOW + 60);
        assert_eq!((after.calls_on(NOW + 60), after.limit(NOW)), (121, Some(1000)));
        let mut next_day = Allowance::of(Some(FREE));
        next_day.take_up(&before.kept(), NOW + DAY_SECS);
        assert_eq!(next_day.calls_on(NOW + DAY_SECS), 0);
        assert_eq!(next_day.limit(NOW + DAY_SECS), Some(1000));
    }

    proptest! {
        #[test]
        fn whatever_a_header_says_is_believed_for_a_day_at_most(
            limit in "[0-9a-z -]{0,24}", remaining in "[0-9]{0,24}", reset in "[0-9]{0,24}",
        ) {
            let headers = headers([Some(&limit), Some(&remaining), Some(&reset)]);
            if let Some(told) = Told::read(&headers, NOW) {
                prop_assert!(told.resets_at > NOW && told.resets_at <= NOW + DAY_SECS);
                prop_assert!(told.remaining <= told.limit);
            }
        }
    }
}
