//! All titles of many days, from a list that ends after 500 pages.

use std::collections::HashSet;

use futures::StreamExt;

use super::output::TitleWriter;
use crate::cli::bulk::{AdminClient, CallPace, Failure, WorkOutcome, WorkProgress};
use crate::model::{Date, MediaType};
use crate::upstream::tmdb::{DiscoverPage, ListedTitle, MAX_DISCOVER_PAGES};

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DayRange {
    from: Date,
    to: Date,
}

impl DayRange {
    /// `None` where `to` is before `from`.
    pub(super) fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// `None` for a single day.
    fn halves(self) -> Option<(Self, Self)> {
        let (from, to) = (self.from.days_since_epoch(), self.to.days_since_epoch());
        let middle = from + (to - from) / 2;
        let first = Self { to: Date::of_days_since_epoch(middle), ..self };
        let second = Self { from: Date::of_days_since_epoch(middle + 1), ..self };
        (from < to).then_some((first, second))
    }
}

impl std::fmt::Display for DayRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// Reads lists of titles.
pub(super) struct Discovery<'a> {
    pub(super) client: &'a AdminClient,
    pub(super) pace: &'a CallPace,
    pub(super) media: MediaType,
    pub(super) min_votes: u32,
    /// Of each stretch of days; `None` for all.
    pub(super) max_pages: Option<u32>,
    pub(super) at_once: usize,
    pub(super) with_details: bool,
    pub(super) progress: &'a WorkProgress,
}

/// What one stretch of days has given so far.
#[derive(Default)]
struct FoundTitles {
    titles: Vec<ListedTitle>,
    ids: HashSet<u32>,
    /// The most that any page said.
    pages: u32,
    results: u32,
    failed: bool,
}

impl FoundTitles {
    fn take(&mut self, page: DiscoverPage) {
        self.pages = self.pages.max(page.total_pages);
        self.results = self.results.max(page.total_results);
        for title in page.titles {
            if self.ids.insert(title.tmdb_id.number()) {
                self.titles.push(title);
            }
        }
    }
}

impl Discovery<'_> {
    /// Writes every title once, the oldest stretch of days first.
    pub(super) async fn run(&self, whole: DayRange, output: &mut TitleWriter) {
        let mut left = vec![whole];
        while let Some(range) = left.pop() {
            if !output.is_open() {
                return;
            }
            self.progress.expect(1);
            let first = match self.page(range, 1, false).await {
                Ok(first) => first,
                Err(failure) => {
                    self.note(&format!("{range}"), Err(&failure));
                    continue;
                }
            };
            self.note(&format!("{range}"), Ok(()));
            let is_too_long = first.total_pages > MAX_DISCOVER_PAGES && self.max_pages.is_none();
            match range.halves().filter(|_| is_too_long) {
                Some((early, late)) => left.extend([late, early]),
                None => self.range(range, first, output).await,
            }
        }
    }

    /// A stretch of days whose pages can all be had, or a single day.
    async fn range(&self, range: DayRange, first: DiscoverPage, output: &mut TitleWriter) {
        let mut found = FoundTitles::default();
        found.take(first);
        let limit = self.max_pages.unwrap_or(MAX_DISCOVER_PAGES);
        self.pages(range, (2, limit, false), &mut found).await;
        // Rows move between pages while they are read: from the other end, what has slipped through is found.
        let is_short = (found.titles.len() as u32) < found.results;
        if is_short && !found.failed && self.max_pages.is_none() {
            self.pages(range, (1, limit, true), &mut found).await;
        }
        found.titles.retain(|title| output.is_new(title));
        if self.with_details {
            self.details(found.titles, output).await;
        } else {
            for title in found.titles {
                output.write(&title);
                self.written(&title);
            }
        }
    }

    /// Pages from a number on to the last that there is, also when there are more than was said at first.
    async fn pages(
        &self,
        range: DayRange,
        (from, limit, newest_first): (u32, u32, bool),
        found: &mut FoundTitles,
    ) {
        let mut next = from;
        while next <= found.pages.min(limit) {
            let last = found.pages.min(limit);
            self.progress.expect((last + 1 - next) as usize);
            let pages = futures::stream::iter(next..=last);
            let mut pages = std::pin::pin!(
                pages
                    .map(|page| async move { (page, self.page(range, page, newest_first).await) })
                    .buffered(self.at_once)
            );
            while let Some((number, page)) = pages.next().await {
                let item = format!("{range}, page {number}");
                match page {
                    Ok(page) => {
                        self.note(&item, Ok(()));
                        found.take(page);
                    }
                    Err(failure) => {
                        self.note(&item, Err(&failure));
                        found.failed = true;
                    }
                }
            }
            next = last + 1;
        }
    }

    async fn page(
        &self,
        range: DayRange,
        page: u32,
        newest_first: bool,
    ) -> Result<DiscoverPage, Failure> {
        self.pace.step().await;
        let order = if newest_first { "desc" } else { "asc" };
        let query = format!(
            "type={}&from={}&to={}&min_votes={}&page={page}&order={order}",
            self.media.name(),
            range.from,
            range.to,
            self.min_votes
        );
        let answer = self.client.json(&["discover"], &query).await?;
        serde_json::from_value(answer).map_err(|_| Failure::Unusable)
    }

    /// Writes titles with all their fields; those that cannot be had with what the list says.
    async fn details(&self, titles: Vec<ListedTitle>, output: &mut TitleWriter) {
        self.progress.expect(titles.len());
        let asked = futures::stream::iter(titles).map(|title| async move {
            let details = self.details_of(&title).await;
            (title, details)
        });
        let mut asked = std::pin::pin!(asked.buffered(self.at_once));
        while let Some((listed, details)) = asked.next().await {
            match details {
                Ok(details) => {
                    output.write(&details);
                    self.written(&details);
                }
                Err(failure) => {
                    output.write(&listed);
                    self.note(&format!("{} {}", listed.tmdb_id, listed.title), Err(&failure));
                }
            }
        }
    }

    async fn details_of(&self, title: &ListedTitle) -> Result<ListedTitle, Failure> {
        self.pace.step().await;
        let id = title.tmdb_id.to_string();
        let answer = self.client.json(&["details", self.media.name(), &id], "").await?;
        let mut details: ListedTitle =
            serde_json::from_value(answer).map_err(|_| Failure::Unusable)?;
        // The day that the list was asked by.
        details.release_date = details.release_date.or(title.release_date);
        Ok(details)
    }

    /// A call is done; failures are told and counted.
    fn note(&self, item: &str, done: Result<(), &Failure>) {
        match done {
            Ok(()) => self.progress.step(),
            Err(failure) => self.progress.done(item, &WorkOutcome::Failed(failure.to_string())),
        }
    }

    fn written(&self, title: &ListedTitle) {
        if self.with_details {
            self.progress.step();
        }
        self.progress.count(&title.title, &WorkOutcome::Written(String::new()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_leave_no_day_out_and_none_twice() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let mut left = vec![DayRange::new(day("1949-12-30"), day("1950-03-02")).unwrap()];
        let mut days = Vec::new();
        while let Some(range) = left.pop() {
            match range.halves() {
                Some((early, late)) => left.extend([late, early]),
                None => days.push(range.from.days_since_epoch()),
            }
        }
        let first = day("1949-12-30").days_since_epoch();
        assert_eq!(days, (first..first + 63).collect::<Vec<_>>());
        assert_eq!(DayRange::new(day("1950-01-02"), day("1950-01-01")), None);
    }
}
