//! From a request to a picture, each step once: gather, choose, spec, find, base, paint.

use std::sync::Arc;

use super::attempts::{Attempt, Attempts};
use super::cached_picture::{CachedPicture, PictureRequest, Stamp};
use super::error::{ServeError, reason};
use super::picture_cache::PictureCache;
use super::picture_store::PictureStore;
use super::renderer::{Reach, Renderer};
use super::source::SourceKey;
use super::spec::RenderSpec;
use crate::clock::Clock;
use crate::gather::{Chosen, Completeness, DataRequest, Gatherer, Pick, TitleData};
use crate::model::{ArtworkKind, ArtworkSource};
use crate::plan;
use crate::render::{Framing, PoolError};
use crate::request::ImageSize;
use crate::telemetry::metrics::RENDERS;

/// The parts that a picture passes through, in order.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) gatherer: Gatherer,
    pub(super) cache: PictureCache,
    pub(super) store: PictureStore,
    pub(super) renderer: Renderer,
    /// libjpeg's quality, 1-100.
    pub(super) jpeg_quality: u8,
    pub(super) clock: Clock,
}

/// What came of making a picture.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) picture: Arc<CachedPicture>,
    /// Painted just now, not found unchanged.
    pub(super) painted: bool,
    /// Ratings were to be shown, and there is none.
    pub(super) lacks_ratings: bool,
}

/// A picture that is explained instead of made.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) data: TitleData,
    pub(super) chosen: Chosen,
    pub(super) spec: Arc<RenderSpec>,
}

impl Pipeline {
    pub(super) fn gatherer(&self) -> &Gatherer {
        &self.gatherer
    }

    /// The picture of a request, with as much of its data as `completeness` waits for.
    pub(super) async fn run(
        &self,
        request: &Arc<PictureRequest>,
        completeness: Completeness,
    ) -> Result<Rendered, ServeError> {
        let data = self.gather(request, completeness).await?;
        let lacks_ratings = lacks_ratings(request, &data);
        if lacks_ratings && !request.options.fallback {
            return Err(ServeError::NoRatings);
        }
        let mut attempts = Attempts::new(self, request, &data, completeness);
        while let Some(attempt) = attempts.next().await {
            let error = match self.attempt_in_time(request, &data, &attempt).await {
                None => {
                    attempts.leave_stage();
                    continue;
                }
                Some(Ok(None)) => continue,
                Some(Ok(Some((picture, painted)))) => {
                    if completeness == Completeness::Full {
                        self.cache.insert(request, Arc::clone(&picture));
                    }
                    return Ok(Rendered { picture, painted, lacks_ratings });
                }
                Some(Err(error)) => error,
            };
            count(request.kind, error.render_outcome());
            if !error.is_about_artwork() {
                return Err(error);
            }
            tracing::warn!(artwork.kind = ?request.kind, cause = %reason(&error), "artwork cannot be used");
            self.renderer.forget(&attempt.spec.source);
            attempts.note_failure(&attempt, error);
        }
        Err(attempts.into_error())
    }

    /// Everything of a request's picture but the picture.
    pub(super) async fn draft(
        &self,
        request: &Arc<PictureRequest>,
        completeness: Completeness,
    ) -> Result<Draft, ServeError> {
        let data = self.gather(request, completeness).await?;
        let mut attempts = Attempts::new(self, request, &data, Completeness::Full);
        let Some(Attempt { chosen, spec, .. }) = attempts.next().await else {
            return Err(attempts.into_error());
        };
        Ok(Draft { chosen, spec, data })
    }

    async fn gather(
        &self,
        request: &PictureRequest,
        completeness: Completeness,
    ) -> Result<TitleData, ServeError> {
        let data = DataRequest::new(request.title, request.kind, &request.options);
        let likely = |chosen| self.fetch_ahead(request, chosen);
        Ok(self.gatherer.gather(&data, completeness, likely).await?)
    }

    /// Starts fetching artwork that will probably be chosen, while details and ratings are asked
    /// for.
    async fn fetch_ahead(&self, request: &PictureRequest, chosen: Chosen) {
        let file = self.file_of(&chosen, request.kind, request.options.image_size).await;
        drop(self.renderer.files().fetch(self.gatherer.providers(), &file));
    }

    /// One attempt; `None` when its time is over.
    async fn attempt_in_time(
        &self,
        request: &Arc<PictureRequest>,
        data: &TitleData,
        attempt: &Attempt,
    ) -> Option<Result<Option<(Arc<CachedPicture>, bool)>, ServeError>> {
        let attempting = self.attempt(request, data, attempt);
        match attempt.until {
            Some(until) => tokio::time::timeout_at(until, attempting).await.ok(),
            None => Some(attempting.await),
        }
    }

    /// The picture of one spec, and whether it was painted for this: found in memory, on disk, or
    /// made. `None` where nothing of its artwork is stored and no host may be asked.
    async fn attempt(
        &self,
        request: &Arc<PictureRequest>,
        data: &TitleData,
        attempt: &Attempt,
    ) -> Result<Option<(Arc<CachedPicture>, bool)>, ServeError> {
        let spec = &attempt.spec;
        let stamp = Stamp::new(data, spec.provisional, self.clock.unix_secs());
        if let Some(same) = self.cache.same(request, &spec.picture_key()) {
            return Ok(Some((Arc::new(same.stamped(stamp)), false)));
        }
        // What may be on the disk needs no worker.
        let on_disk = PictureStore::takes(spec);
        if !on_disk {
            self.expect_worker()?;
        }
        let reservation = self.cache.reserve(spec).await?;
        if let Some(image) = self.store.get(spec).await {
            let picture = CachedPicture::new(image, spec, stamp, reservation);
            return Ok(Some((Arc::new(picture), false)));
        }
        if on_disk {
            self.expect_worker()?;
        }
        let reach = match attempt.fetches {
            true => Reach::Hosts(self.gatherer.providers()),
            false => Reach::Stored,
        };
        let Some(image) = self.renderer.render(spec, reach).await? else {
            return Ok(None);
        };
        count(request.kind, "ok");
        self.store.put(spec, &image);
        let picture = CachedPicture::new(image, spec, stamp, reservation);
        Ok(Some((Arc::new(picture), true)))
    }

    /// Whether one more picture would be painted while somebody still waits for it.
    fn expect_worker(&self) -> Result<(), ServeError> {
        match self.renderer.pool().is_hopeless(self.waiting()) {
            true => Err(PoolError::Busy.into()),
            false => Ok(()),
        }
    }

    /// Pictures that wait for memory or a worker.
    pub(super) fn waiting(&self) -> usize {
        let Self { renderer, cache, .. } = self;
        renderer.files().waiting() + renderer.pool().waiting() + cache.waiting()
    }

    /// Which file of an artwork is fetched for a family in a size: the smallest that suffices.
    pub(super) async fn file_of(
        &self,
        chosen: &Chosen,
        kind: ArtworkKind,
        size: ImageSize,
    ) -> SourceKey {
        let tmdb_size = match chosen.artwork.source {
            ArtworkSource::Fanart => None,
            ArtworkSource::Tmdb => {
                let sizes = self.gatherer.providers().tmdb.sizes().await;
                let original = (chosen.width > 0).then_some(chosen.width);
                let hosted_as = match chosen.pick {
                    Pick::SeriesBackdrop(_) => ArtworkKind::Backdrop,
                    _ => kind,
                };
                Some(sizes.pick(hosted_as, plan::width_of(kind, size), original))
            }
        };
        SourceKey { artwork: chosen.artwork.clone(), size: tmdb_size }
    }

    /// The frame of a request's picture.
    pub(super) fn framing(&self, request: &PictureRequest) -> Framing {
        Framing {
            kind: request.kind,
            size: request.options.image_size,
            fit: request.options.fit,
            blur: request.options.blur,
            quality: self.jpeg_quality,
        }
    }
}

fn lacks_ratings(request: &PictureRequest, data: &TitleData) -> bool {
    request.options.ratings.limit > 0 && data.showing.ratings.is_empty()
}

fn count(kind: ArtworkKind, outcome: &'static str) {
    metrics::counter!(RENDERS.name, "family" => kind.family(), "outcome" => outcome).increment(1);
}
