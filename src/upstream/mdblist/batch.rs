//! Titles that wait at the same time are looked up together: one call of the day's budget
//! for up to a hundred of them.
//!
//! A title that nobody else waits with goes out at once and alone. While calls are under
//! way, later titles gather for a moment, and for as long as the calls take that are under
//! way or held back by the rate limit.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use super::wire::Batch;
use super::{BATCH_MAX, Mdblist, MdblistTitle};
use crate::model::{ImdbId, MediaType, TmdbId};
use crate::telemetry::metrics::UPSTREAM_BATCHED;
use crate::upstream::{Priority, UpstreamError};

/// How long a title waits for others, while there is traffic.
const WINDOW: Duration = Duration::from_millis(10);
/// Gathered look-ups under way at once: while they are, others gather.
const AT_ONCE: usize = 4;
/// For this long titles are asked for one by one after a batch that failed.
const PAUSE: Duration = Duration::from_mins(5);

/// What MDBList is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Id {
    Imdb(ImdbId),
    Tmdb(TmdbId),
}

impl Id {
    fn is_of(self, title: &MdblistTitle) -> bool {
        match self {
            Self::Imdb(id) => title.ids.imdb == Some(id),
            Self::Tmdb(id) => title.ids.tmdb == Some(id),
        }
    }
}

/// Titles that can be asked for in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Lane {
    by_imdb: bool,
    media: MediaType,
    priority: Priority,
}

type Answer = Result<MdblistTitle, UpstreamError>;

#[derive(Debug)]
struct Waiting {
    id: Id,
    answer: oneshot::Sender<Answer>,
}

/// Titles that wait. One for all clones of a client.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<BatchQueue>,
    slots: Semaphore,
}

#[derive(Debug, Default)]
struct BatchQueue {
    /// Titles that went out alone and are not answered yet.
    alone: usize,
    lanes: HashMap<Lane, Vec<Waiting>>,
    /// A batch failed: no more of them until then.
    paused_until: Option<Instant>,
}

/// How a title goes out.
enum BatchPlace<'a> {
    Alone(Alone<'a>),
    /// With others; the first of them sees to it that somebody asks.
    Gathered {
        answer: oneshot::Receiver<Answer>,
        is_first: bool,
    },
}

/// Counts a title that went out alone, until it is dropped.
struct Alone<'a>(&'a Queue);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.lock().alone -= 1;
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self { state: Mutex::default(), slots: Semaphore::new(AT_ONCE) }
    }
}

impl Queue {
    fn place(&self, lane: Lane, id: Id) -> BatchPlace<'_> {
        let mut state = self.lock();
        let paused = state.paused_until.is_some_and(|until| Instant::now() < until);
        let idle = state.alone == 0 && self.slots.available_permits() == AT_ONCE;
        if paused || (idle && state.lanes.is_empty()) {
            state.alone += 1;
            return BatchPlace::Alone(Alone(self));
        }
        let (sender, answer) = oneshot::channel();
        let waiting = state.lanes.entry(lane).or_default();
        waiting.push(Waiting { id, answer: sender });
        BatchPlace::Gathered { answer, is_first: waiting.len() == 1 }
    }

    /// The next titles of a lane, and whether there are more.
    fn take(&self, lane: Lane) -> (Vec<Waiting>, bool) {
        let mut state = self.lock();
        let Some(mut waiting) = state.lanes.remove(&lane) else {
            return (Vec::new(), false);
        };
        let rest = waiting.split_off(waiting.len().min(BATCH_MAX));
        let more = !rest.is_empty();
        if more {
            state.lanes.insert(lane, rest);
        }
        (waiting, more)
    }

    fn pause(&self) {
        self.lock().paused_until = Some(Instant::now() + PAUSE);
    }

    fn lock(&self) -> MutexGuard<'_, BatchQueue> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mdblist {
    /// Looks one title up, with others if any wait.
    pub(super) async fn look_up(&self, media: MediaType, id: Id) -> Answer {
        let priority = self.client.urgency().priority;
        let lane = Lane { by_imdb: matches!(id, Id::Imdb(_)), media, priority };
        let (answer, is_first) = match self.queue.place(lane, id) {
            BatchPlace::Alone(_counted) => return self.single(media, id).await,
            BatchPlace::Gathered { answer, is_first } => (answer, is_first),
        };
        if is_first {
            // A task of its own: the first may go away while others wait.
            drop(tokio::spawn(self.clone().send(lane)));
        }
        match answer.await {
            Ok(answer) => answer,
            // Whoever was to ask ended in a panic.
            Err(_) => self.single(media, id).await,
        }
    }

    /// Asks for everything that waits in a lane.
    async fn send(self, lane: Lane) {
        tokio::time::sleep(WINDOW).await;
        loop {
            // Never closed; were it, titles would go out all the same.
            let slot = self.queue.slots.acquire().await;
            let (waiting, more) = self.queue.take(lane);
            let ask = self.clone().send_some(lane.media, waiting);
            if !more {
                ask.await;
                return;
            }
            drop(tokio::spawn(ask));
            drop(slot);
        }
    }

    async fn send_some(self, media: MediaType, waiting: Vec<Waiting>) {
        let ids: Vec<Id> = waiting.iter().map(|waiting| waiting.id).collect();
        let together = match ids.len() {
            0 | 1 => None,
            _ => self.together(media, &ids).await,
        };
        let answered = waiting.into_iter().map(|Waiting { id, answer }| {
            let known = together.as_ref().and_then(|together| together.of(id));
            let client = &self;
            async move {
                let answered = match known {
                    Some(answered) => answered,
                    None => client.single(media, id).await,
                };
                // Somebody who went away needs no answer.
                let _ = answer.send(answered);
            }
        });
        futures::future::join_all(answered).await;
    }

    /// One call for many; `None` where asking one by one may do better.
    async fn together(&self, media: MediaType, ids: &[Id]) -> Option<Together> {
        let imdb: Vec<ImdbId> = ids.iter().filter_map(|id| id.imdb()).collect();
        let tmdb: Vec<TmdbId> = ids.iter().filter_map(|id| id.tmdb()).collect();
        let answer = match imdb.is_empty() {
            false => self.many("imdb", media, &imdb).await,
            true => self.many("tmdb", media, &tmdb).await,
        };
        match answer {
            Ok(Batch { titles, is_whole }) => {
                metrics::counter!(UPSTREAM_BATCHED.name, "provider" => self.client.label())
                    .increment(ids.len() as u64);
                let is_named = |title: &MdblistTitle| match imdb.is_empty() {
                    false => title.ids.imdb.is_some(),
                    true => title.ids.tmdb.is_some(),
                };
                let all_named = is_whole && titles.iter().all(is_named);
                Some(Together::Answered { titles, all_named, label: self.client.label() })
            }
            // The same would be said to each of them.
            Err(
                error @ (UpstreamError::RateLimited { .. }
                | UpstreamError::QuotaSpent { .. }
                | UpstreamError::Unauthorized { .. }
                | UpstreamError::CircuitOpen { .. }),
            ) => Some(Together::Refused(error)),
            Err(_) => {
                self.queue.pause();
                None
            }
        }
    }

    async fn single(&self, media: MediaType, id: Id) -> Answer {
        match id {
            Id::Imdb(id) => self.one(["imdb", media.show_path(), &id.to_string()], media).await,
            Id::Tmdb(id) => self.one(["tmdb", media.show_path(), &id.to_string()], media).await,
        }
    }
}

impl Id {
    fn imdb(self) -> Option<ImdbId> {
        match self {
            Self::Imdb(id) => Some(id),
            Self::Tmdb(_) => None,
        }
    }

    fn tmdb(self) -> Option<TmdbId> {
        match self {
            Self::Imdb(_) => None,
            Self::Tmdb(id) => Some(id),
        }
    }
}

/// What came of one call for many.
enum Together {
    Answered {
        titles: Vec<MdblistTitle>,
        /// Each title says which one it is: one that was asked for and is not among them
        /// is not known.
        all_named: bool,
        label: &'static str,
    },
    Refused(UpstreamError),
}

impl Together {
    /// What it says of one title; `None` where it does not.
    fn of(&self, id: Id) -> Option<Answer> {
        match self {
            Self::Refused(error) => Some(Err(error.clone())),
            Self::Answered { titles, all_named, label } => {
                match titles.iter().find(|title| id.is_of(title)) {
                    Some(title) => Some(Ok(title.clone())),
                    None if *all_named => Some(Err(UpstreamError::NotFound { provider: label })),
                    None => None,
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
