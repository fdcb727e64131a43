//! What has changed since a picture was made: a counter per title, more or less.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::Labels;

/// Counters. Two titles that share one make each other's pictures be looked at
/// again, which costs microseconds.
const SLOTS: usize = 4096;

/// Most labels of one title that are watched.
const WATCHED: usize = 3;

/// Counts changes of what is remembered, by the labels of the titles concerned.
#[derive(Debug)]
pub struct Generations {
    slots: Box<[AtomicU64]>,
    everything: Arc<AtomicU64>,
}

/// The labels of one title, and what was counted for them at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    slots: [u16; WATCHED],
    seen: u64,
}

impl Default for Generations {
    fn default() -> Self {
        Self::beside(Arc::default())
    }
}

impl Generations {
    /// Counts beside another counter: when that counts on, everything may have changed.
    pub fn beside(everything: Arc<AtomicU64>) -> Self {
        let slots = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        Self { slots, everything }
    }

    /// What is remembered of these titles has changed.
    pub fn bump(&self, labels: &Labels) {
        for title in &labels.titles {
            self.slots[slot(title)].fetch_add(1, Ordering::Release);
        }
    }

    /// Everything may have changed.
    pub fn bump_all(&self) {
        self.everything.fetch_add(1, Ordering::Release);
    }

    /// Watches a title from now on.
    pub fn watch(&self, labels: &Labels) -> Watch {
        let mut slots = [0; WATCHED];
        for (watched, title) in slots.iter_mut().zip(&labels.titles) {
            *watched = slot(title) as u16;
        }
        Watch { slots, seen: self.count(slots) }
    }

    /// Whether nothing has changed for the title since it was watched.
    pub fn is_current(&self, watch: &Watch) -> bool {
        self.count(watch.slots) == watch.seen
    }

    /// Counters only grow, so an unchanged sum means that none of them grew.
    fn count(&self, slots: [u16; WATCHED]) -> u64 {
        let everything = self.everything.load(Ordering::Acquire);
        slots.iter().fold(everything, |sum, slot| {
            sum.wrapping_add(self.slots[usize::from(*slot)].load(Ordering::Acquire))
        })
    }
}

fn slot(title: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    title.hash(&mut hasher);
    hasher.finish() as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(title: &str) -> Labels {
        Labels { titles: vec![title.to_owned()], family: None }
    }

    #[test]
    fn a_change_concerns_its_own_title() {
        let generations = Generations::default();
        let (one, other) =
            (generations.watch(&labels("movie-1")), generations.watch(&labels("tv-2")));
        generations.bump(&labels("movie-1"));
        assert!(!generations.is_current(&one) && generations.is_current(&other));
        generations.bump_all();
        assert!(!generations.is_current(&other));
    }

    #[test]
    fn a_counter_beside_it_concerns_every_title() {
        let datasets = Arc::new(AtomicU64::new(7));
        let generations = Generations::beside(Arc::clone(&datasets));
        let watch = generations.watch(&labels("movie-1"));
        assert!(generations.is_current(&watch));
        datasets.fetch_add(1, Ordering::Release);
        assert!(!generations.is_current(&watch));
    }
}
