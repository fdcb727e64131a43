//! What a key was used for, counted in memory and written now and then.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::settings::Timestamp;
use crate::clock::Clock;
use crate::model::Date;
use crate::store::MonthlyUsage;

/// Counts of one key. They outlive changes of the key's settings.
#[derive(Debug)]
pub(super) struct UsageCounter {
    clock: Clock,
    /// Of all months together.
    requests: AtomicU64,
    /// Requests not yet in the database.
    unsaved_requests: AtomicU64,
    made: Mutex<MadeCount>,
}

/// Pictures made in the month that was counted last.
#[derive(Debug, Default)]
struct MadeCount {
    /// `2026-11`.
    month: String,
    /// Those being made included.
    count: u64,
    /// By month, not yet in the database.
    unsaved: Vec<(String, u64)>,
}

impl MadeCount {
    fn in_month(&mut self, month: String) -> &mut Self {
        if self.month != month {
            (self.month, self.count) = (month, 0);
        }
        self
    }
}

impl UsageCounter {
    /// Goes on from what the database has.
    pub(super) fn new(clock: Clock, requests: u64, made: Option<&MonthlyUsage>) -> Arc<Self> {
        let made = made.map_or_else(MadeCount::default, |made| MadeCount {
            month: made.month.clone(),
            count: made.made,
            unsaved: Vec::new(),
        });
        let (requests, unsaved_requests) = (requests.into(), AtomicU64::new(0));
        Arc::new(Self { clock, requests, unsaved_requests, made: Mutex::new(made) })
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.unsaved_requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Pictures made in this UTC month.
    pub(super) fn made(&self) -> u64 {
        self.made_now().in_month(self.month()).count
    }

    /// Counts one more picture if `quota` leaves room for it.
    pub(super) fn charge(self: &Arc<Self>, quota: Option<u64>) -> Option<PictureCharge> {
        let month = self.month();
        let mut made = self.made_now();
        let made = made.in_month(month.clone());
        if quota.is_some_and(|quota| made.count >= quota) {
            return None;
        }
        made.count += 1;
        Some(PictureCharge { usage: Arc::clone(self), month, confirmed: false })
    }

    /// What is not yet in the database, by month; it counts as saved from now on.
    pub(super) fn take_unsaved(&self, key_id: i64) -> Vec<MonthlyUsage> {
        let mut months = std::mem::take(&mut self.made_now().unsaved);
        let requests = self.unsaved_requests.swap(0, Ordering::Relaxed);
        if requests > 0 && months.last().is_none_or(|(month, _)| *month != self.month()) {
            months.push((self.month(), 0));
        }
        let last = months.len().saturating_sub(1);
        let months = months.into_iter().enumerate();
        months
            .map(|(place, (month, made))| {
                // Requests of the last seconds count for the month in which they are written.
                let requests = if place == last { requests } else { 0 };
                MonthlyUsage { key_id, month, requests, made }
            })
            .collect()
    }

    /// Puts back what could not be saved.
    pub(super) fn return_unsaved(&self, usage: MonthlyUsage) {
        self.unsaved_requests.fetch_add(usage.requests, Ordering::Relaxed);
        if usage.made > 0 {
            self.made_now().unsaved.insert(0, (usage.month, usage.made));
        }
    }

    /// Until counting begins anew: the end of the UTC month.
    pub(super) fn until_next_month(&self) -> Duration {
        let now = self.clock.unix_secs();
        let today = Date::of_unix_secs(now);
        let first = match today.month {
            12 => Date { year: today.year.saturating_add(1), month: 1, day: 1 },
            month => Date { month: month + 1, day: 1, ..today },
        };
        let begins = u64::try_from(first.days_since_epoch()).unwrap_or(0) * 86_400;
        Duration::from_secs(begins.saturating_sub(now).max(1))
    }

    fn month(&self) -> String {
        Timestamp(self.clock.unix_secs()).month()
    }

    fn made_now(&self) -> MutexGuard<'_, MadeCount> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One picture of a key's quota, taken before it is made. Dropped unconfirmed, it is given back.
#[derive(Debug)]
pub struct PictureCharge {
    usage: Arc<UsageCounter>,
    month: String,
    confirmed: bool,
}

impl PictureCharge {
    /// The picture was made.
    pub fn confirm(mut self) {
        self.confirmed = true;
    }
}

impl Drop for PictureCharge {
    fn drop(&mut self) {
        let mut made = self.usage.made_now();
        let month = std::mem::take(&mut self.month);
        if !self.confirmed {
            if made.month == month {
                made.count = made.count.saturating_sub(1);
            }
            return;
        }
        match made.unsaved.last_mut() {
            Some((last, count)) if *last == month => *count += 1,
            _ => made.unsaved.push((month, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn a_quota_counts_what_was_made_and_begins_anew_each_month() {
        let manual = ManualClock::default();
        let usage = UsageCounter::new(manual.clock(), 0, None);
        usage.charge(Some(2)).unwrap().confirm();
        // Not made after all.
        drop(usage.charge(Some(2)).unwrap());
        let being_made = usage.charge(Some(2)).unwrap();
        assert!(usage.charge(Some(2)).is_none());
        being_made.confirm();
        assert_eq!(usage.made(), 2);
        manual.advance(Duration::from_hours(24 * 32));
        assert_eq!(usage.made(), 0);
        usage.charge(Some(2)).unwrap().confirm();
        let saved = usage.take_unsaved(7);
        assert_eq!(saved.iter().map(|used| used.made).collect::<Vec<_>>(), [2, 1]);
        assert!(usage.take_unsaved(7).is_empty());
        saved.into_iter().rev().for_each(|used| usage.return_unsaved(used));
        assert_eq!(usage.take_unsaved(7).len(), 2);
    }

    #[test]
    fn requests_are_saved_once_and_returned_when_they_were_not() {
        let usage = UsageCounter::new(Clock::system(), 10, None);
        usage.count_request();
        usage.count_request();
        assert_eq!(usage.requests(), 12);
        let saved = usage.take_unsaved(7).remove(0);
        assert_eq!((saved.requests, saved.made, saved.key_id), (2, 0, 7));
        usage.return_unsaved(saved.clone());
        assert_eq!(usage.take_unsaved(7), [saved]);
    }

    #[test]
    fn what_the_database_has_of_this_month_counts() {
        let clock = Clock::system();
        let month = Timestamp(clock.unix_secs()).month();
        let made = MonthlyUsage { key_id: 1, month, requests: 9, made: 4 };
        let usage = UsageCounter::new(clock.clone(), 0, Some(&made));
        assert_eq!(usage.made(), 4);
        assert!(usage.charge(Some(4)).is_none());
        let before = MonthlyUsage { month: "2001-01".into(), ..made };
        assert_eq!(UsageCounter::new(clock, 0, Some(&before)).made(), 0);
    }
}
