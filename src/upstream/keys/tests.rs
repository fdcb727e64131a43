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
    pool.note_stated(0, StatedQuota { limit: 1000, remaining: 0, resets_at });
    let turns: Vec<_> = (0..3).map(|_| pick(&pool, Priority::Interactive)).collect();
    assert_eq!(turns, [Ok(1), Ok(1), Ok(1)]);
    pool.note_stated(1, StatedQuota { limit: 1000, remaining: 0, resets_at: resets_at - 1800 });
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
