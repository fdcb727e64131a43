//! A title's place among those that are trending today, and among all.

use std::time::Duration;

use super::title::Resolved;
use super::{DataRequest, Gatherer, TitleRecord, value};
use crate::model::SashMark;
use crate::store::Labels;

/// One call a day serves all titles.
const FRESH: Duration = Duration::from_hours(20);
/// A place that is older than this is no place.
const MAX_AGE_SECS: u64 = 26 * 3600;

impl Gatherer {
    /// The place by IMDb's data set, where that is on.
    pub(super) async fn rank(&self, record: &TitleRecord) -> Option<u16> {
        let of_details = || record.details()?.title.ids.imdb;
        self.datasets.rank(record.resolved.imdb.or_else(of_details)?).await
    }

    /// The place from 1 on; `None` where it is not asked for, not known, or too old. TMDB is asked at most once a day for films
    /// and once for series.
    pub(super) async fn trending_place(
        &self,
        request: &DataRequest,
        resolved: &Resolved,
    ) -> Option<u8> {
        if !request.beyond.sash.contains(&SashMark::Trending) || resolved.is_collection {
            return None;
        }
        let media = resolved.media;
        let ask = |priority: crate::upstream::Priority| {
            let tmdb = self.providers.tmdb.with(priority.into());
            async move { tmdb.trending(media).await }
        };
        let labels = Labels::default();
        let cached = self.answers.trending.get(media, labels, |_| FRESH, ask).await.ok()?;
        let is_young = self.now().saturating_sub(cached.entry.read_at) <= MAX_AGE_SECS;
        let titles = value(&cached).filter(|_| is_young)?;
        let place = titles.iter().position(|title| *title == resolved.tmdb)?;
        u8::try_from(place + 1).ok()
    }
}
