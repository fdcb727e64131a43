//! Widths that TMDB's image host refused. It serves every width for every file, though only some are
//! documented for each kind: should it stop doing so, each file falls back to its documented ones at
//! once, and a width that was at fault is no longer asked for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::TmdbSize;
use crate::clock::Clock;
use crate::model::ImageList;

/// How long a width is not asked for again.
const STRUCK_FOR: Duration = Duration::from_hours(24);
/// Files remembered; one more forgets all of them, which costs each a refusal.
const MAX_FILES: usize = 1024;

#[derive(Debug)]
pub(super) struct Refusals {
    clock: Clock,
    state: Mutex<RefusalCount>,
}

#[derive(Debug, Default)]
struct RefusalCount {
    /// By the file's path.
    files: HashMap<String, RefusedWidth>,
    struck: HashMap<(ImageList, u16), Instant>,
}

#[derive(Clone, Copy, Debug)]
struct RefusedWidth {
    width: u16,
    at: Instant,
    /// Of which kind the file is, once a documented width of it has been chosen instead.
    list: Option<ImageList>,
}

impl Refusals {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// The file was not to be had in this width, or came narrower.
    pub(super) fn refused(&self, path: &str, width: u16) {
        let mut state = self.lock();
        if state.files.len() >= MAX_FILES {
            state.files.clear();
        }
        let refusal = RefusedWidth { width, at: self.clock.now(), list: None };
        state.files.insert(path.to_owned(), refusal);
    }

    /// Whether the file was refused in some width, so that a documented one has to do.
    pub(super) fn concerns(&self, path: &str, list: ImageList) -> bool {
        let now = self.clock.now();
        let mut state = self.lock();
        let refusal = state.files.get_mut(path).filter(|known| now < known.at + STRUCK_FOR);
        refusal.map(|refusal| refusal.list = Some(list)).is_some()
    }

    /// The file came in this size: had it been refused in another, that width is at fault.
    pub(super) fn succeeded(&self, path: &str, size: TmdbSize) {
        let now = self.clock.now();
        let mut state = self.lock();
        let at_fault = match state.files.get(path) {
            Some(RefusedWidth { width, list: Some(list), .. })
                if size != TmdbSize::Width(*width) =>
            {
                Some((*list, *width))
            }
            _ => None,
        };
        if let Some((list, width)) = at_fault {
            tracing::warn!(?list, width, "the image host refuses a width; going on without it");
            state.struck.insert((list, width), now);
        }
    }

    /// Whether files of this list are not asked for in this width now.
    pub(super) fn is_struck(&self, list: ImageList, width: u16) -> bool {
        let now = self.clock.now();
        self.lock().struck.get(&(list, width)).is_some_and(|at| now < *at + STRUCK_FOR)
    }

    fn lock(&self) -> MutexGuard<'_, RefusalCount> {
        // Whole entries only are put in: a panic elsewhere leaves them as good as they were.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
