use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::*;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
static ZEROS: [u8; MAX_FILE_BYTES] = [0; MAX_FILE_BYTES];
/// What a host sends in one go, and the time to the next.
const CHUNK: usize = 256 * KIB;
const PAUSE: Duration = Duration::from_millis(1);

/// A file at a host.
#[derive(Clone, Copy, Debug)]
struct HostFile {
    bytes: usize,
    /// Whether it comes with a Content-Length.
    announced: bool,
    /// When it is asked for.
    asked_at: Duration,
}

impl HostFile {
    fn at_once(bytes: usize) -> Self {
        Self { bytes, announced: true, asked_at: Duration::ZERO }
    }

    /// How long it takes with nobody beside it.
    fn alone(self) -> Duration {
        PAUSE * (1 + u32::try_from(self.bytes.div_ceil(CHUNK)).unwrap())
    }

    /// Sends the file as a client reads it.
    async fn send(self, reservation: FileReservation) -> Result<Bytes, &'static str> {
        tokio::time::sleep(PAUSE).await;
        if self.announced && !reservation.announce(self.bytes) {
            return Err("no memory for so many bytes");
        }
        let mut arrived = 0;
        while arrived < self.bytes {
            tokio::time::sleep(PAUSE).await;
            arrived = (arrived + CHUNK).min(self.bytes);
            if !reservation.cover(arrived) {
                return Err("no memory for what has come");
            }
            assert!(reservation.bytes() >= arrived, "{} of {arrived}", reservation.bytes());
        }
        Ok(Bytes::from_static(&ZEROS).slice(..self.bytes))
    }
}

/// How long each file took, and how often the host was asked for it.
async fn fetch_all(budget: &FileBudget, files: &[HostFile]) -> Vec<(Duration, usize)> {
    futures::future::join_all(files.iter().map(|file| async move {
        tokio::time::sleep(file.asked_at).await;
        let (started, sent) = (Instant::now(), AtomicUsize::new(0));
        let fetched = budget.fetch(|reservation| {
            sent.fetch_add(1, Ordering::Relaxed);
            file.send(reservation)
        });
        let (bytes, reservation) = fetched.await.unwrap();
        assert_eq!((bytes.len(), reservation.bytes()), (file.bytes, file.bytes));
        assert!(budget.taken_bytes() <= budget.shared.bytes() + budget.large.bytes());
        (started.elapsed(), sent.into_inner())
    }))
    .await
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(work)
}

fn file(max_bytes: usize) -> impl Strategy<Value = HostFile> {
    // As many small ones as large ones: the exponent is even.
    let exponent = (10.0 * 1024.0_f64).ln()..(max_bytes as f64).ln();
    let at = 0..4000_u64;
    (exponent, any::<bool>(), at).prop_map(|(exponent, announced, at)| {
        let asked_at = Duration::from_millis(at);
        HostFile { bytes: exponent.exp() as usize, announced, asked_at }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever the sizes and orders of a thousand files: all come, within the budget.
    #[test]
    fn a_thousand_files_of_any_size_come(
        files in prop::collection::vec(file(MAX_FILE_BYTES), 1000),
    ) {
        let budget = FileBudget::new(&Budgets::default());
        run(fetch_all(&budget, &files));
        prop_assert_eq!((budget.taken_bytes(), budget.waiting()), (0, 0));
    }

    /// While all that are asked for fit, nobody waits: each takes as long as it would alone.
    #[test]
    fn with_memory_free_nobody_waits(
        files in prop::collection::vec(file(MAX_FILE_BYTES), 1000),
    ) {
        let budget = FileBudget::new(&Budgets::default());
        let mut rest = files.as_slice();
        while !rest.is_empty() {
            let mut sum = 0;
            let fits = |file: &&HostFile| {
                // One without a length reserves ahead of what has come.
                sum += file.bytes + if file.announced { 0 } else { AHEAD } + FIRST_BYTES;
                sum <= budget.shared().bytes()
            };
            let (batch, after) = rest.split_at(rest.iter().take_while(fits).count().max(1));
            for ((took, sent), file) in run(fetch_all(&budget, batch)).into_iter().zip(batch) {
                prop_assert_eq!((took, sent), (file.alone(), 1));
            }
            rest = after;
        }
    }

    /// Large files that fill all there is for large files do not make small ones wait.
    #[test]
    fn small_files_do_not_wait_for_large_ones(
        small in prop::collection::vec(file(100 * KIB), 40),
        large in 3..12_usize,
    ) {
        let budget = FileBudget::new(&Budgets::default());
        let mut files = vec![HostFile::at_once(MAX_FILE_BYTES - MIB); large];
        files.extend(small.iter().map(|file| HostFile { announced: true, ..*file }));
        let outcomes = run(fetch_all(&budget, &files));
        for ((took, sent), file) in outcomes.into_iter().zip(&files).skip(large) {
            prop_assert_eq!((took, sent), (file.alone(), 1));
        }
    }
}

#[test]
fn large_files_go_one_at_a_time_where_memory_is_short() {
    let budget = FileBudget::new(&Budgets::of(0));
    let shared = budget.shared().bytes();
    let files = vec![HostFile::at_once(shared / 2 + MIB); 4];
    let outcomes = run(fetch_all(&budget, &files));
    // The first at once, one of the others in the part for large files, the rest after these.
    let mut times: Vec<u128> = outcomes.iter().map(|(took, _)| took.as_millis()).collect();
    times.sort_unstable();
    let alone = files[0].alone().as_millis();
    assert_eq!(times[0], alone);
    assert!(times[3] <= alone * 3, "{times:?}");
    assert!(outcomes.iter().all(|(_, sent)| *sent <= 2), "{outcomes:?}");
}

#[test]
fn no_more_is_reserved_than_came_and_one_mib() {
    run(async {
        let budget = FileBudget::new(&Budgets::default());
        let fetched = budget.fetch(|reservation| async move {
            assert!(reservation.bytes() <= AHEAD);
            assert!(reservation.announce(20 * MIB));
            for arrived in (0..=20 * MIB).step_by(128 * KIB) {
                assert!(reservation.cover(arrived));
                assert!(reservation.bytes() <= arrived + AHEAD);
            }
            Ok::<_, ()>(Bytes::from_static(&ZEROS).slice(..20 * MIB))
        });
        let (_, reservation) = fetched.await.unwrap();
        assert_eq!(reservation.bytes(), 20 * MIB);
    });
}

#[test]
fn what_fails_gives_everything_back() {
    run(async {
        let budget = FileBudget::new(&Budgets::default());
        let fetched = budget.fetch(|reservation| async move {
            assert!(reservation.announce(MIB) && reservation.cover(MIB));
            Err::<Bytes, _>("gone")
        });
        assert_eq!(fetched.await.unwrap_err(), FileError::Failed("gone"));
        assert_eq!(budget.taken_bytes(), 0);
        // More than there is at all is refused, and not tried for ever.
        let too_large = (budget.shared.bytes() + budget.large.bytes()) + 1;
        let endless = budget.fetch(|reservation| async move {
            let fits = reservation.cover(too_large);
            Err::<Bytes, _>(fits)
        });
        assert_eq!(endless.await.unwrap_err(), FileError::Busy);
        assert_eq!(budget.taken_bytes(), 0);
    });
}
