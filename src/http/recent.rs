//! What was asked for lately and was not simply there: for the owner to look at.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

/// Entries of each kind that are kept.
const MAX_ENTRIES: usize = 200;
/// Longest address that is kept, in bytes.
const MAX_ADDRESS: usize = 512;

/// A request for a picture that was not a hit.
#[derive(Clone, Debug, Serialize)]
pub struct RecentRender {
    /// Seconds since 1970.
    pub at: u64,
    /// Below the key, which is not kept.
    pub address: String,
    pub family: &'static str,
    /// `miss`, `fallback`, `stale`, `head`, or an error's word.
    pub outcome: &'static str,
    pub status: u16,
    pub duration_ms: u64,
    /// `X-Elements-Hash`.
    pub elements: Option<String>,
}

/// The last renders, and the last errors, which renders do not push out.
#[derive(Debug, Default)]
pub struct RecentRenders {
    renders: Mutex<VecDeque<RecentRender>>,
    errors: Mutex<VecDeque<RecentRender>>,
}

impl RecentRenders {
    pub fn add(&self, render: RecentRender) {
        let list = if render.status < 400 { &self.renders } else { &self.errors };
        let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
        list.truncate(MAX_ENTRIES - 1);
        list.push_front(render);
    }

    /// Renders and errors, newest first.
    pub fn lists(&self) -> (Vec<RecentRender>, Vec<RecentRender>) {
        let copy = |list: &Mutex<VecDeque<RecentRender>>| {
            list.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
        };
        (copy(&self.renders), copy(&self.errors))
    }
}

impl RecentRender {
    /// The part of an address that is kept.
    pub fn address_of(path: [&str; 3], query: &str) -> String {
        let [id_type, style, id] = path;
        let mut address = format!("{id_type}/{style}/{id}");
        if !query.is_empty() {
            address.extend(["?", query]);
        }
        let mut end = address.len().min(MAX_ADDRESS);
        while !address.is_char_boundary(end) {
            end -= 1;
        }
        address.truncate(end);
        address
    }

    pub fn millis(duration: Duration) -> u64 {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(at: u64, status: u16) -> RecentRender {
        RecentRender {
            at,
            address: RecentRender::address_of(["imdb", "poster-default", "tt1.jpg"], "lang=de"),
            family: "poster",
            outcome: "miss",
            status,
            duration_ms: 5,
            elements: None,
        }
    }

    #[test]
    fn the_newest_come_first_and_errors_stay() {
        let recent = RecentRenders::default();
        recent.add(render(0, 404));
        for at in 1..=300 {
            recent.add(render(at, 200));
        }
        let (renders, errors) = recent.lists();
        assert_eq!((renders.len(), renders[0].at), (MAX_ENTRIES, 300));
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].address, "imdb/poster-default/tt1.jpg?lang=de");
    }

    #[test]
    fn a_long_address_is_cut_at_a_letter() {
        let long = RecentRender::address_of(["imdb", "x", "y"], &"ä".repeat(400));
        assert!(long.len() <= MAX_ADDRESS && long.ends_with('ä'));
    }
}
