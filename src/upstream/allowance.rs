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
pub(super) struct StatedQuota {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Seconds since 1970.
    pub(super) resets_at: u64,
}

impl StatedQuota {
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
    stated: Option<StatedQuota>,
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
        match (self.stated(now), priority) {
            (Some(stated), Priority::Interactive) => stated.remaining > 0,
            (Some(stated), Priority::Background) => stated.remaining > reserve(stated.limit),
            (None, Priority::Interactive) => true,
            (None, Priority::Background) => {
                self.plan.is_none_or(|plan| self.calls_on(now) < plan.saturating_sub(reserve(plan)))
            }
        }
    }

    pub(super) fn count(&mut self, now: u64) {
        self.start_day(now);
        self.calls = self.calls.saturating_add(1);
        if let Some(stated) = &mut self.stated {
            stated.remaining = stated.remaining.saturating_sub(1);
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
        self.stated = None;
    }

    pub(super) fn note_stated(&mut self, stated: StatedQuota) {
        self.stated = Some(stated);
    }

    /// Calls since midnight UTC.
    pub(super) fn calls_on(&self, now: u64) -> u32 {
        if self.day == now / DAY_SECS { self.calls } else { 0 }
    }

    /// Calls per day, by word or by assumption.
    pub(super) fn limit(&self, now: u64) -> Option<u32> {
        self.stated(now).map(|stated| stated.limit).or(self.plan)
    }

    /// Calls left until [`resets_at`](Self::resets_at).
    pub(super) fn left(&self, now: u64) -> Option<u32> {
        let assumed = || self.plan.map(|plan| plan.saturating_sub(self.calls_on(now)));
        self.stated(now).map(|stated| stated.remaining).or_else(assumed)
    }

    pub(super) fn resets_at(&self, now: u64) -> u64 {
        self.stated(now).map_or_else(|| next_midnight(now), |stated| stated.resets_at)
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

    fn stated(&self, now: u64) -> Option<StatedQuota> {
        self.stated.filter(|stated| now < stated.resets_at)
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
mod tests;
