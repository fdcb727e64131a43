//! What is known of a title.

use std::time::Duration;

use super::awards::MergedAwards;
use super::ratings::Merged;
use super::report::{ProviderReport, ReportState};
use super::title::Resolved;
use super::{labels_of, value};
use crate::cache::{CachedAnswer, Watch, freshness};
use crate::model::{AppliedOverride, Date, Showing};
use crate::store::Labels;
use crate::upstream::tmdb::{Details, EpisodeDetails, SeasonDetails};

/// What TMDB has of a title: everything its artwork is chosen from.
#[derive(Clone, Debug)]
pub struct TitleRecord {
    pub resolved: Resolved,
    /// `None` where TMDB named the title and then failed, or is late.
    pub details: Option<CachedAnswer<Details>>,
    /// Of the episode that a still is asked of.
    pub episode: Option<CachedAnswer<EpisodeDetails>>,
    /// Of the season that is pictured, where TMDB lists it.
    pub season: Option<CachedAnswer<SeasonDetails>>,
    /// What the admin has chosen for the family that is asked for.
    pub applied: AppliedOverride,
}

/// All that is known of a title, and what of it a picture shows.
#[derive(Clone, Debug)]
pub struct TitleData {
    pub record: TitleRecord,
    /// One rating per source, and those that lost to it.
    pub ratings: Merged,
    pub awards: MergedAwards,
    /// What each provider of ratings answered.
    pub providers: Vec<ProviderReport>,
    /// Place among all films or all series, by IMDb's data set; approximate.
    pub rank: Option<u16>,
    pub showing: Showing,
    pub timing: Timing,
    /// Seconds since 1970.
    pub collected_at: u64,
    /// The title's data since before they were collected: tells when they have changed.
    pub watch: Watch,
}

/// How long the steps took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Timing {
    pub resolve_ms: u64,
    pub gather_ms: u64,
}

impl TitleRecord {
    /// Without details: its artwork is the one that the look-up of its id has named.
    pub(super) fn guessed(resolved: Resolved, applied: AppliedOverride) -> Self {
        Self { resolved, details: None, episode: None, season: None, applied }
    }

    pub fn details(&self) -> Option<&Details> {
        self.details.as_ref().and_then(value)
    }

    pub fn episode(&self) -> Option<&EpisodeDetails> {
        self.episode.as_ref().and_then(value)
    }

    pub fn season(&self) -> Option<&SeasonDetails> {
        self.season.as_ref().and_then(value)
    }

    /// First release of the film, the series or, for a picture of one of its parts, of that.
    pub fn released(&self) -> Option<Date> {
        let of_title = || match self.details() {
            Some(details) => details.title.released,
            None => self.resolved.found.and_then(|found| found.released),
        };
        let of_episode = self.episode().and_then(|episode| episode.aired);
        let of_season = || self.season().and_then(|season| season.aired);
        of_episode.or_else(of_season).or_else(of_title)
    }
}

impl TitleData {
    pub fn details(&self) -> Option<&Details> {
        self.record.details()
    }

    pub fn episode(&self) -> Option<&EpisodeDetails> {
        self.record.episode()
    }

    pub fn season(&self) -> Option<&SeasonDetails> {
        self.record.season()
    }

    pub fn released(&self) -> Option<Date> {
        self.record.released()
    }

    /// Spellings by which the title can be purged.
    pub fn labels(&self) -> Labels {
        labels_of(&self.record.resolved)
    }

    /// Something is missing that may be there in a moment.
    pub fn is_provisional(&self) -> bool {
        self.record.details.is_none() || self.providers.iter().any(ProviderReport::is_missing)
    }

    /// An answer was not waited for.
    pub fn is_late(&self) -> bool {
        self.providers.iter().any(|report| report.state == ReportState::Late)
    }

    /// Something is old and being refreshed behind.
    pub fn is_stale(&self) -> bool {
        self.providers.iter().any(ProviderReport::is_stale)
            || self.record.details.as_ref().is_some_and(|details| details.stale)
    }

    /// When the first of the data are to be asked for again, in seconds since 1970.
    pub fn refresh_at(&self) -> Option<u64> {
        let of_ratings = self.providers.iter().filter_map(ProviderReport::refresh_at);
        let of_details = self.record.details.as_ref().map(|details| details.refresh_at);
        of_ratings.chain(of_details).min()
    }

    /// How long the title's data, and pictures made of them, stay fresh by its age.
    pub fn freshness(&self) -> freshness::Freshness {
        freshness::of_title(self.released(), self.collected_at)
    }
}

impl Timing {
    pub(super) fn of(resolve: Duration, gather: Duration) -> Self {
        Self { resolve_ms: resolve.as_millis() as u64, gather_ms: gather.as_millis() as u64 }
    }
}
