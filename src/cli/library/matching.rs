//! Which title each item of a library is.

use std::collections::BTreeMap;

use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::cli::bulk::{
    AdminClient, Failure, MatchedTitle, WorkOutcome, WorkProgress, find_by_name, title_of, unsure,
};
use crate::identify::NamedIds;
use crate::library::{LibraryItem, TitleMatch};
use crate::model::MediaType;

/// Finds titles.
pub(super) struct Matching<'a> {
    pub(super) client: &'a AdminClient,
    /// Of earlier runs, by the item's path.
    pub(super) earlier: &'a BTreeMap<String, TitleMatch>,
    /// Whatever earlier runs found.
    pub(super) anew: bool,
}

impl Matching<'_> {
    /// Items with their titles, in order, and whether it was interrupted. What is not sure is told with what it may be.
    pub(super) async fn all(
        &self,
        items: Vec<LibraryItem>,
        (jobs, stop): (usize, &CancellationToken),
        progress: &WorkProgress,
    ) -> (Vec<(LibraryItem, TitleMatch)>, bool) {
        progress.expect(items.len());
        let asked = futures::stream::iter(items)
            .map(|item| async move {
                let found = self.one(&item).await;
                (item, found)
            })
            .buffered(jobs);
        let mut asked = std::pin::pin!(asked);
        let mut matched = Vec::new();
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => return (matched, true),
                next = asked.next() => next,
            };
            match next {
                None => return (matched, false),
                Some((item, Ok(found))) => {
                    progress.step();
                    matched.push((item, found));
                }
                Some((item, Err(why))) => progress.done(&item.path, &WorkOutcome::Failed(why)),
            }
        }
    }

    async fn one(&self, item: &LibraryItem) -> Result<TitleMatch, String> {
        let told = |failure: Failure| failure.to_string();
        if let Some(found) = self.by_id(item).await.map_err(told)? {
            return Ok(found);
        }
        let earlier = self.earlier.get(&item.path).filter(|earlier| !self.anew && !earlier.by_id);
        if let Some(earlier) = earlier {
            return Ok(earlier.clone());
        }
        let media = if item.form.is_series() { MediaType::Series } else { MediaType::Movie };
        let found = find_by_name(self.client, &item.name, Some(media)).await.map_err(told)?;
        let (found, confidence) = found.map_err(|others| unsure(&others))?;
        Ok(matched(found, confidence, false))
    }

    /// By an id in the name or an `.nfo` file; `None` where there is none that anybody knows.
    async fn by_id(&self, item: &LibraryItem) -> Result<Option<TitleMatch>, Failure> {
        let NamedIds { imdb, tmdb, tvdb } = item.name.ids;
        let word = if item.form.is_series() { "series" } else { "movie" };
        let ids = [
            imdb.map(|id| ("imdb", id.to_string())),
            tmdb.map(|id| ("tmdb", format!("{word}-{id}"))),
            tvdb.filter(|_| item.form.is_series()).map(|id| ("tvdb", format!("{word}-{id}"))),
        ];
        for (id_type, id) in ids.into_iter().flatten() {
            match title_of(self.client, id_type, &id, "").await {
                Ok(found) => return Ok(Some(matched(found, 100, true))),
                Err(failure) if failure.is_absence() => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(None)
    }
}

fn matched(found: MatchedTitle, confidence: u8, by_id: bool) -> TitleMatch {
    let label = found.label();
    TitleMatch { title: found.id, label, confidence, by_id }
}
