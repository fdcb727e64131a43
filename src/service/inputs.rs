//! Everything that decides about a picture's pixels, gathered.

use std::time::Duration;

use tokio::time::Instant;

use super::cached_picture::{PictureRequest, Stamp};
use super::source::SourceKey;
use super::{Artworks, ServeError};
use crate::cache::freshness;
use crate::gather::{self, ArtworkPreference, Chosen, Completeness, DataRequest, TitleData};
use crate::model::{ArtworkKind, ArtworkRef, ArtworkSource};
use crate::plan;
use crate::request::Options;
use crate::store::Digest;
use crate::telemetry::metrics::STEP_SECONDS;

/// Raise when the same request should give other pixels: a moved badge, a new font.
pub(super) const RENDER_VERSION: u16 = 1;

/// Shortest time between two looks at the data of one picture, in seconds.
const MIN_RECHECK_SECS: u64 = 30;

/// What a picture is made of.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) data: TitleData,
    pub(super) chosen: Chosen,
    pub(super) source: SourceKey,
    /// Artwork that could not be used.
    pub(super) failed: Vec<ArtworkRef>,
}

impl Inputs {
    /// Collects the data of a title and chooses its artwork.
    pub(super) async fn gather(
        artworks: &Artworks,
        wanted: &PictureRequest,
        completeness: Completeness,
    ) -> Result<Self, ServeError> {
        let request = DataRequest::new(wanted.title, wanted.kind, &wanted.options);
        let gatherer = artworks.gatherer();
        let likely = |chosen| artworks.fetch_ahead(chosen, wanted);
        let data = gatherer.gather(&request, completeness, likely).await?;
        let chosen = gatherer.choose(&data.record, &request.artwork, &[]).await?;
        let source = artworks.source_of(&chosen, wanted).await;
        Ok(Self { data, chosen, source, failed: Vec::new() })
    }

    /// The same with the next best artwork, after this one could not be used. Where
    /// it was `host_fault`, the other source's comes first.
    pub(super) async fn with_other_artwork(
        mut self,
        artworks: &Artworks,
        wanted: &PictureRequest,
        host_fault: bool,
    ) -> Result<Self, ServeError> {
        let mut wish = ArtworkPreference::of(wanted.kind, &wanted.options);
        if host_fault {
            wish.source = match self.chosen.artwork.source {
                ArtworkSource::Tmdb => ArtworkSource::Fanart,
                ArtworkSource::Fanart => ArtworkSource::Tmdb,
            };
        }
        self.failed.push(self.chosen.artwork.clone());
        self.chosen = artworks.gatherer().choose(&self.data.record, &wish, &self.failed).await?;
        self.source = artworks.source_of(&self.chosen, wanted).await;
        Ok(self)
    }

    /// Ratings were wanted, and there is none.
    pub(super) fn lacks_ratings(&self, wanted: &PictureRequest) -> bool {
        wanted.options.ratings.limit > 0 && self.data.showing.ratings.is_empty()
    }

    /// Names the pixels: everything they depend on, and nothing else.
    pub(super) fn digest(&self, wanted: &PictureRequest, jpeg_quality: u8) -> Digest {
        let PictureRequest { kind, title: _, format, options } = wanted;
        let look = look_of(options);
        let shown: Vec<_> = self
            .data
            .showing
            .ratings
            .iter()
            .map(|rating| (rating.source, rating.score, rating.verdict))
            .collect();
        let all = (
            RENDER_VERSION,
            kind,
            format,
            jpeg_quality,
            &self.source,
            look,
            shown,
            self.data.showing.award,
        );
        Digest::of(format!("{all:?}").as_bytes())
    }

    /// How long a picture made of this is good.
    pub(super) fn stamp(&self) -> Stamp {
        let now = freshness::now();
        let title = self.data.freshness();
        let provisional = self.data.is_provisional() || !self.failed.is_empty();
        let soonest = now + MIN_RECHECK_SECS;
        let latest = now + title.data.as_secs();
        let refresh_at = self.data.refresh_at().unwrap_or(latest);
        let recheck_at = refresh_at.clamp(soonest, latest.max(soonest));
        Stamp {
            max_age: if provisional { Duration::from_mins(1) } else { title.max_age },
            provisional,
            stale: self.data.is_stale(),
            recheck_at: if provisional { soonest } else { recheck_at },
            watch: self.data.watch,
        }
    }
}

/// The part of the options that reaches the pixels once data have been chosen.
fn look_of(options: &Options) -> impl std::fmt::Debug {
    // No `..`: a new option has to be decided on.
    let Options {
        image_size,
        ratings: _,
        badge_style,
        badge_size,
        badge_shape,
        badge_background,
        label_style,
        position,
        direction,
        split,
        edge_inset_x,
        edge_inset_y,
        image_source: _,
        language: _,
        textless_first: _,
        textless: _,
        fit,
        blur,
        awards: _,
        fallback: _,
        beyond,
    } = options.clone();
    (
        (image_size, badge_style, badge_size, badge_shape, badge_background, label_style),
        (position, direction, split, edge_inset_x, edge_inset_y, fit, blur),
        beyond,
    )
}

pub(super) fn step(step: &'static str, kind: ArtworkKind, started: Instant) {
    metrics::histogram!(STEP_SECONDS.name, "step" => step, "family" => kind.family())
        .record(started.elapsed());
}

impl Artworks {
    /// Which file of the chosen artwork is fetched: the smallest that suffices.
    pub(super) async fn source_of(&self, chosen: &Chosen, wanted: &PictureRequest) -> SourceKey {
        let size = match chosen.artwork.source {
            ArtworkSource::Fanart => None,
            ArtworkSource::Tmdb => {
                let sizes = self.gatherer().providers().tmdb.sizes().await;
                let width = plan::width_of(wanted.kind, wanted.options.image_size);
                let original = (chosen.width > 0).then_some(chosen.width);
                let kind = match chosen.pick {
                    gather::Pick::SeriesBackdrop(_) => ArtworkKind::Backdrop,
                    _ => wanted.kind,
                };
                Some(sizes.pick(kind, width, original))
            }
        };
        SourceKey { artwork: chosen.artwork.clone(), size }
    }

    /// Starts fetching artwork that will mostly be the one that is chosen.
    async fn fetch_ahead(&self, chosen: Chosen, wanted: &PictureRequest) {
        let source = self.source_of(&chosen, wanted).await;
        drop(self.sources.fetch(self.gatherer().providers(), &source));
    }
}
