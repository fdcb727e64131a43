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
    allowance.note_stated(StatedQuota { limit: 200, remaining: 60, resets_at: NOW + 500 });
    assert_eq!(allowed(&mut allowance, Priority::Background, 500), 10);
    assert_eq!(allowed(&mut allowance, Priority::Interactive, 500), 50);
    assert_eq!((allowance.limit(NOW), allowance.left(NOW)), (Some(200), Some(0)));
    assert_eq!(allowance.resets_at(NOW), NOW + 500);
    assert!(allowance.allows(Priority::Interactive, NOW + 500));
}

#[test]
fn headers_are_read_in_the_shapes_they_come_in() {
    let epoch = (NOW + 7200).to_string();
    let stated = |limit, remaining, resets_at| Some(StatedQuota { limit, remaining, resets_at });
    let table = [
        ([Some("1000"), Some("998"), Some(epoch.as_str())], stated(1000, 998, NOW + 7200)),
        ([Some("1000"), Some("0"), Some("90")], stated(1000, 0, NOW + 90)),
        ([Some("1000"), Some("5"), None], stated(1000, 5, 20_001 * DAY_SECS)),
        ([Some("10"), Some("99"), Some("60")], stated(10, 10, NOW + 60)),
        ([Some("1000"), Some("1"), Some("99999999999999")], stated(1000, 1, NOW + DAY_SECS)),
        ([Some("1000"), Some("1"), Some("1000000001")], None),
        ([Some("1000"), Some("1"), Some("0")], None),
        ([None, Some("1"), Some("60")], None),
        ([Some("0"), Some("0"), Some("60")], None),
        ([Some("many"), Some("-1"), Some("60")], None),
    ];
    for (values, expected) in table {
        assert_eq!(StatedQuota::read(&headers(values), NOW), expected, "{values:?}");
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
        if let Some(stated) = StatedQuota::read(&headers, NOW) {
            prop_assert!(stated.resets_at > NOW && stated.resets_at <= NOW + DAY_SECS);
            prop_assert!(stated.remaining <= stated.limit);
        }
    }
}
