//! Many items at once, within bounds, until the user has had enough.

use futures::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;

use super::progress::{WorkOutcome, WorkProgress};

/// Does `work` for each item, at most `jobs` at once. Interrupted, what is under way is dropped. True when it was interrupted.
pub(in crate::cli) async fn run_all<I, F>(
    items: impl Stream<Item = I>,
    (jobs, stop): (usize, &CancellationToken),
    progress: &WorkProgress,
    work: impl Fn(I) -> F,
) -> bool
where
    F: Future<Output = (String, WorkOutcome)>,
{
    let mut done = std::pin::pin!(items.map(work).buffer_unordered(jobs));
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return true,
            next = done.next() => match next {
                None => return false,
                Some((item, outcome)) => {
                    progress.done(&item, &outcome);
                    if matches!(outcome, WorkOutcome::Fatal(_)) {
                        return false;
                    }
                }
            },
        }
    }
}
