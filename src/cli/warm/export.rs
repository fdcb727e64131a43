//! TMDB's daily export of all ids, read as it arrives: only the most popular titles are kept.
//!
//! Source: <https://developer.themoviedb.org/docs/daily-id-exports>.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use flate2::write::GzDecoder;
use serde::Deserialize;
use url::Url;

use crate::cli::bulk::{Failure, WebClient};
use crate::clock::Clock;
use crate::model::{Date, MediaType};

/// The day's file is there from 8:00 UTC on, and older ones for months.
const DAYS_BACK: i64 = 4;
const DAY_SECS: u64 = 86_400;
/// Longest line; titles are far shorter.
const MAX_LINE: usize = 64 << 10;
/// More than ten times what the largest file has, unpacked.
const MAX_BYTES: u64 = 4 << 30;

#[derive(Deserialize)]
struct ExportLine {
    id: u32,
    #[serde(default)]
    popularity: f64,
    #[serde(default)]
    adult: bool,
    #[serde(default)]
    video: bool,
}

pub(super) fn noun(media: MediaType) -> &'static str {
    match media {
        MediaType::Movie => "films",
        MediaType::Series => "series",
    }
}

/// Ids as in addresses, the most popular first.
pub(super) async fn most_popular(
    web: &WebClient,
    root: &Url,
    (media, count): (MediaType, usize),
) -> Result<Vec<String>, Failure> {
    let today = (Clock::system().unix_secs() / DAY_SECS) as i64;
    for day in (today - DAYS_BACK..=today).rev() {
        let url = address(root, media, Date::of_days_since_epoch(day))?;
        let Some(mut answer) = web.open(&url).await? else { continue };
        let mut unpacked = GzDecoder::new(Top::new(count));
        let broken = |_: io::Error| Failure::Unusable;
        loop {
            let part = answer.chunk().await;
            let part = part.map_err(|_| Failure::Unreachable("the export broke off".to_owned()))?;
            let Some(part) = part else { break };
            unpacked.write_all(&part).map_err(broken)?;
        }
        let top = unpacked.finish().map_err(broken)?;
        return Ok(top.ids(media));
    }
    let message = "TMDB has no export of these days".to_owned();
    Err(Failure::Refused { code: "no_export".to_owned(), message })
}

fn address(root: &Url, media: MediaType, day: Date) -> Result<Url, Failure> {
    let name = match media {
        MediaType::Movie => "movie",
        MediaType::Series => "tv_series",
    };
    let Date { year, month, day } = day;
    let file = format!("{name}_ids_{month:02}_{day:02}_{year:04}.json.gz");
    let mut url = root.clone();
    url.path_segments_mut().map_err(|()| Failure::Unusable)?.pop_if_empty().push(&file);
    Ok(url)
}

/// Popularity that can be compared; never NaN.
#[derive(Clone, Copy, PartialEq)]
struct Popularity(f64);

impl Eq for Popularity {}

impl PartialOrd for Popularity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Popularity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Takes lines and keeps the most popular titles.
struct Top {
    count: usize,
    /// The least popular on top.
    heap: BinaryHeap<Reverse<(Popularity, Reverse<u32>)>>,
    line: Vec<u8>,
    taken: u64,
}

impl Top {
    fn new(count: usize) -> Self {
        Self { count, heap: BinaryHeap::new(), line: Vec::new(), taken: 0 }
    }

    fn take_line(&mut self) {
        let read = serde_json::from_slice::<ExportLine>(&self.line);
        self.line.clear();
        let Ok(ExportLine { id: id @ 1.., adult: false, video: false, popularity }) = read else {
            return;
        };
        self.heap.push(Reverse((Popularity(popularity), Reverse(id))));
        if self.heap.len() > self.count {
            self.heap.pop();
        }
    }

    fn ids(mut self, media: MediaType) -> Vec<String> {
        if !self.line.is_empty() {
            self.take_line();
        }
        let word = match media {
            MediaType::Movie => "movie",
            MediaType::Series => "series",
        };
        // The least popular goes last: `Reverse` sorts the most popular first.
        let sorted = self.heap.into_sorted_vec();
        sorted.into_iter().map(|Reverse((_, Reverse(id)))| format!("{word}-{id}")).collect()
    }
}

impl Write for Top {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.taken += bytes.len() as u64;
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            self.line.extend_from_slice(part);
            if self.taken > MAX_BYTES || self.line.len() > MAX_LINE {
                return Err(io::Error::other("no list of ids"));
            }
            if part.ends_with(b"\n") {
                self.take_line();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_popular_are_kept_in_order_whatever_the_pieces() {
        let lines = concat!(
            r#"{"adult":false,"id":1,"original_title":"a","popularity":1.5,"video":false}"#,
            "\n",
            r#"{"adult":true,"id":2,"popularity":99.0,"video":false}"#,
            "\n",
            r#"{"adult":false,"id":3,"popularity":80.0,"video":true}"#,
            "\n",
            r#"{"id":4,"original_name":"s","popularity":7.25}"#,
            "\n",
            "no json\n",
            r#"{"id":5,"popularity":3}"#,
            "\n",
            r#"{"id":0,"popularity":300}"#,
            "\n",
            r#"{"id":6,"popularity":7.25}"#,
        );
        for size in [1, 7, 1000] {
            let mut top = Top::new(3);
            for piece in lines.as_bytes().chunks(size) {
                top.write_all(piece).unwrap();
            }
            assert_eq!(top.ids(MediaType::Series), ["series-4", "series-6", "series-5"]);
        }
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut top = Top::new(3);
        assert!(top.write_all(&vec![b'x'; MAX_LINE + 1]).is_err());
    }

    #[test]
    fn the_file_of_a_day_is_named_after_it() {
        let root: Url = "http://files.example.org/p/exports".parse().unwrap();
        let day: Date = "2017-04-08".parse().unwrap();
        let url = address(&root, MediaType::Movie, day).unwrap();
        assert_eq!(url.as_str(), "http://files.example.org/p/exports/movie_ids_04_08_2017.json.gz");
        let url = address(&root, MediaType::Series, day).unwrap();
        assert!(url.path().ends_with("/tv_series_ids_04_08_2017.json.gz"));
    }
}
