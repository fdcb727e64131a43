//! How long data stay fresh: by the title's age, spread so that a library does
//! not refresh at once.

use std::time::Duration;

use crate::model::Date;

const DAY: u64 = 86_400;

/// What a title's age says about its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// How old data may grow before they are refreshed behind the scenes.
    pub data: Duration,
    /// How long others may keep a picture without asking.
    pub max_age: Duration,
}

/// The freshness of a title first released on `released`, at `now` (seconds
/// since 1970). A day for the unreleased, the new and the undated, growing with
/// age to 30 days at two years.
pub fn of_title(released: Option<Date>, now: u64) -> Freshness {
    const SETTLED_DAYS: i64 = 730;
    let today = (now / DAY) as i64;
    let age = released.map_or(0, |date| today - date.days_since_epoch()).clamp(0, SETTLED_DAYS);
    let share = age as f64 / SETTLED_DAYS as f64;
    let between = |young: u64, old: u64| {
        Duration::from_secs((young as f64 + (old - young) as f64 * share) as u64)
    };
    Freshness { data: between(DAY, 30 * DAY), max_age: between(3600, DAY) }
}

/// `duration` changed by up to 15 % either way, the same for the same `seed`.
pub fn spread(duration: Duration, seed: u64) -> Duration {
    // A multiplicative hash: neighbouring seeds end far apart.
    let hash = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let share = hash as f64 / f64::from(u32::MAX);
    duration.mul_f64(0.85 + 0.30 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: &str, today: &str) -> Freshness {
        let date: Date = day.parse().unwrap();
        let today: Date = today.parse().unwrap();
        of_title(Some(date), today.days_since_epoch() as u64 * DAY)
    }

    #[test]
    fn the_new_are_refreshed_daily_and_the_settled_monthly() {
        let day = Duration::from_secs(DAY);
        assert_eq!(on("2026-11-20", "2026-11-20").data, day);
        assert_eq!(on("2027-05-01", "2026-11-20").data, day);
        assert_eq!(on("1999-03-30", "2026-11-20").data, 30 * day);
        assert_eq!(on("1999-03-30", "2026-11-20").max_age, day);
        assert_eq!(of_title(None, 0).max_age, Duration::from_hours(1));
        let middle = on("2025-11-20", "2026-11-20").data;
        assert!(middle > 14 * day && middle < 17 * day, "{middle:?}");
    }

    #[test]
    fn titles_do_not_refresh_at_once() {
        let hour = Duration::from_hours(1);
        let spread: Vec<Duration> = (0..1000).map(|seed| spread(hour, seed)).collect();
        assert!(spread.iter().all(|d| (3060..=4140).contains(&d.as_secs())));
        let early = spread.iter().filter(|d| **d < hour).count();
        assert!((400..600).contains(&early), "{early}");
    }
}
