use super::*;
use proptest::prelude::*;

const TIMEOUT: Duration = Duration::from_secs(1);

fn none_cached() -> MemoryBudget {
    MemoryBudget::new(10, 5)
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_waits_for_what_is_given_back() {
    let budget = none_cached();
    let mut first = budget.take(8, TIMEOUT).await.unwrap();
    assert!(budget.take(3, TIMEOUT).await.is_none());
    assert_eq!(budget.waiting(), 0);
    let later = async {
        tokio::time::sleep(TIMEOUT / 2).await;
        first.shrink_to(7);
    };
    let (second, ()) = futures::future::join(budget.take(3, TIMEOUT), later).await;
    assert_eq!((second.is_some(), budget.taken_bytes()), (true, 10));
    drop((first, second));
    assert_eq!(budget.taken_bytes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_full_line_turns_away_at_once() {
    let budget = MemoryBudget::new(1, 2);
    let all = budget.take(1, TIMEOUT).await;
    let line = futures::future::join(budget.take(1, TIMEOUT), budget.take(1, TIMEOUT));
    let late = async {
        tokio::task::yield_now().await;
        let asked = Instant::now();
        assert!(budget.waiting() == 2 && budget.take(1, TIMEOUT).await.is_none());
        assert_eq!(asked.elapsed(), Duration::ZERO);
        drop(all);
    };
    // The first one holds what it got until the time of the second is over.
    let line = async {
        let (first, second) = line.await;
        (first.is_some(), second.is_some())
    };
    assert_eq!(futures::future::join(line, late).await.0, (true, false));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_behind_somebody_larger() {
    let budget = none_cached();
    let _first = budget.take(5, TIMEOUT).await.unwrap();
    let small = async {
        tokio::task::yield_now().await;
        let asked = Instant::now();
        assert!(budget.waiting() == 1 && budget.take(5, TIMEOUT).await.is_some());
        assert_eq!(asked.elapsed(), Duration::ZERO);
    };
    let (large, ()) = futures::future::join(budget.take(6, TIMEOUT), small).await;
    assert!(large.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_large_one_is_overtaken_for_a_while_only() {
    let budget = MemoryBudget::overtaken_for(10, 5, TIMEOUT / 4);
    let first = budget.take(6, TIMEOUT).await.unwrap();
    let small = async {
        tokio::time::sleep(TIMEOUT / 8).await;
        assert!(budget.take(4, TIMEOUT).await.is_some());
        tokio::time::sleep(TIMEOUT / 4).await;
        assert!(budget.take(4, TIMEOUT / 8).await.is_none());
        drop(first);
    };
    let (large, ()) = futures::future::join(budget.take(10, TIMEOUT), small).await;
    assert!(large.is_some());
}

#[tokio::test]
async fn more_than_there_is_means_everything() {
    let budget = none_cached();
    let all = budget.take(usize::MAX, TIMEOUT).await.unwrap();
    assert_eq!((budget.taken_bytes(), all.bytes()), (10, 10));
}

#[tokio::test]
async fn what_is_expected_is_only_expected_once() {
    let budget = none_cached();
    let (mut first, mut second) = (budget.try_take(1).unwrap(), budget.try_take(1).unwrap());
    assert!(first.expect(6) && !second.expect(6) && second.expect(4));
    // Whoever is small takes it all the same: what is expected is not taken.
    let small = budget.try_take(8).unwrap();
    assert!(!first.grow_to(6) && !second.grow_to(4));
    drop(small);
    assert!(first.grow_to(6) && second.grow_to(4));
    assert_eq!(budget.taken_bytes(), 10);
    first.shrink_to(2);
    assert!(second.expect(8));
}

struct CachedBytes(Mutex<Option<Reservation>>);

impl Evict for CachedBytes {
    fn evict(&self, _: usize) {
        drop(self.0.lock().unwrap().take());
    }
}

#[tokio::test]
async fn what_is_only_cached_gives_way() {
    let budget = none_cached();
    let cached = Arc::new(CachedBytes(Mutex::new(budget.try_take(9))));
    let weak: Weak<CachedBytes> = Arc::downgrade(&cached);
    budget.evict_from(weak);
    assert!(budget.try_take(1).is_some() && cached.0.lock().unwrap().is_some());
    let mut taken = budget.try_take(2).unwrap();
    assert!(cached.0.lock().unwrap().is_none());
    *cached.0.lock().unwrap() = budget.try_take(8);
    assert!(taken.grow_to(3));
    *cached.0.lock().unwrap() = budget.try_take(7);
    assert!(taken.expect(10));
}

/// One step of a run: what is done with which of the reservations.
#[derive(Clone, Debug)]
enum Step {
    Take(usize),
    Grow(usize, usize),
    Expect(usize, usize),
    Shrink(usize, usize),
    Drop(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (which, bytes) = (0..8_usize, 0..14_usize);
    prop_oneof![
        (1..14_usize).prop_map(Step::Take),
        (which.clone(), bytes.clone()).prop_map(|(which, bytes)| Step::Grow(which, bytes)),
        (which.clone(), bytes.clone()).prop_map(|(which, bytes)| Step::Expect(which, bytes)),
        (which.clone(), bytes).prop_map(|(which, bytes)| Step::Shrink(which, bytes)),
        which.prop_map(Step::Drop),
    ]
}

proptest! {
    /// Against plain sums: nothing is lost, nothing is given out twice.
    #[test]
    fn the_sums_are_right(steps in prop::collection::vec(step(), 0..60)) {
        let budget = none_cached();
        let mut taken: Vec<Reservation> = Vec::new();
        for step in steps {
            let free = 10 - taken.iter().map(|one| one.bytes).sum::<usize>();
            match step {
                Step::Take(bytes) => {
                    let one = budget.try_take(bytes);
                    prop_assert_eq!(one.is_some(), bytes <= free);
                    taken.extend(one);
                }
                Step::Grow(which, bytes) => if let Some(one) = taken.get_mut(which) {
                    let fits = bytes <= one.bytes + free;
                    prop_assert_eq!(one.grow_to(bytes), fits);
                },
                Step::Expect(which, bytes) => if let Some(one) = taken.get_mut(which) {
                    let _ = one.expect(bytes);
                },
                Step::Shrink(which, bytes) => if let Some(one) = taken.get_mut(which) {
                    one.shrink_to(bytes);
                },
                Step::Drop(which) => if which < taken.len() {
                    drop(taken.remove(which));
                },
            }
            let sum: usize = taken.iter().map(|one| one.bytes).sum();
            let expected: usize = taken.iter().map(|one| one.growth).sum();
            prop_assert_eq!(budget.taken_bytes(), sum);
            prop_assert_eq!(budget.0.lock().expected, expected);
        }
        drop(taken);
        prop_assert_eq!(budget.taken_bytes(), 0);
    }
}
